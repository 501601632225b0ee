//! The house as it was read last, by its version: people, rules and services are asked for with every booking and hardly ever change.
//!
//! The version is read in the transaction that asks, and every write to the house makes it larger, so that what comes from here is what a fresh
//! read would find. Only functions that write nothing to the house may ask: one that did, and was rolled back, would leave what never was.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::{Arc, Mutex, PoisonError};

use super::rows::{CombinationRow, LocationRow, ResourceRow, ServiceRow};
use crate::domain::Rule;

/// A location's house at one version of it.
#[derive(Debug)]
pub(super) struct House {
    pub place: LocationRow,
    pub resources: Vec<ResourceRow>,
    pub combinations: Vec<CombinationRow>,
    pub rules: Vec<Rule>,
    /// Who has rules of their own.
    pub subjects: BTreeSet<String>,
    pub services: Vec<ServiceRow>,
}

impl House {
    /// Names of the services, by id.
    pub fn service_names(&self) -> BTreeMap<String, String> {
        self.services.iter().map(|service| (service.id.clone(), service.name.clone())).collect()
    }
}

/// Houses kept at most; when there are more all are read again, one by one.
const HOUSES_MAX: usize = 10_000;

/// What is known of the houses.
#[derive(Debug, Default)]
pub(super) struct Houses(Mutex<HashMap<String, (i64, Arc<House>)>>);

impl Houses {
    /// The house of a location, if it is known at this version and under this row.
    pub fn known(&self, place: &LocationRow, version: i64) -> Option<Arc<House>> {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.get(&place.id).filter(|(at, house)| *at == version && house.place == *place).map(|(_, house)| Arc::clone(house))
    }

    /// Keeps a house.
    pub fn keep(&self, version: i64, house: &Arc<House>) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= HOUSES_MAX {
            known.clear();
        }
        known.insert(house.place.id.clone(), (version, Arc::clone(house)));
    }
}
