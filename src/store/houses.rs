//! The house as it was read last, by its version: people, rules and services are asked for with every booking and hardly ever change.
//!
//! The version is read in the transaction that asks, and every write to the house makes it larger, so that what comes from here is what a fresh
//! read would find. Only functions that write nothing to the house may ask: one that did, and was rolled back, would leave what never was.
//! What people carry from the fairness ledger into a day is kept the same way, by the ledger's own version.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::{Arc, Mutex, PoisonError};

use chrono::NaiveDate;

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
/// Days of one location for which it is kept what people carry into them.
const DAYS_MAX: usize = 100;

/// Seconds above their fair share that people bring to a day, by id.
pub(super) type Carried = BTreeMap<String, i64>;

/// The same by local day.
type CarriedByDay = HashMap<NaiveDate, Arc<Carried>>;

/// What is known of the houses.
#[derive(Debug, Default)]
pub(super) struct Houses {
    houses: Mutex<HashMap<String, (i64, Arc<House>)>>,
    carried: Mutex<HashMap<String, (i64, CarriedByDay)>>,
}

impl Houses {
    /// The house of a location, if it is known at this version and under this row.
    pub fn known(&self, place: &LocationRow, version: i64) -> Option<Arc<House>> {
        let known = self.houses.lock().unwrap_or_else(PoisonError::into_inner);
        known.get(&place.id).filter(|(at, house)| *at == version && house.place == *place).map(|(_, house)| Arc::clone(house))
    }

    /// Keeps a house.
    pub fn keep(&self, version: i64, house: &Arc<House>) {
        let mut known = self.houses.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= HOUSES_MAX {
            known.clear();
        }
        known.insert(house.place.id.clone(), (version, Arc::clone(house)));
    }

    /// What people carry into a day, if it is known at this version of the ledger.
    pub fn carried(&self, location: &str, date: NaiveDate, version: i64) -> Option<Arc<Carried>> {
        let known = self.carried.lock().unwrap_or_else(PoisonError::into_inner);
        known.get(location).filter(|(at, _)| *at == version)?.1.get(&date).cloned()
    }

    /// Keeps what people carry into a day.
    pub fn keep_carried(&self, location: &str, date: NaiveDate, version: i64, carried: &Arc<Carried>) {
        let mut known = self.carried.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= HOUSES_MAX {
            known.clear();
        }
        let (at, days) = known.entry(location.to_owned()).or_default();
        if *at != version || days.len() >= DAYS_MAX {
            days.clear();
        }
        *at = version;
        days.insert(date, Arc::clone(carried));
    }
}
