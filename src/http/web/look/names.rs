//! Names of a location's people, tables and services.

use std::collections::BTreeMap;

use super::super::names::called;
use super::super::words::Words;
use crate::domain::ResourceKind;
use crate::http::app::App;
use crate::http::problem::Problem;
use crate::store::{BookingRow, LocationRow, ResourceRow, ServiceRow};

/// What things of a location are called.
pub(super) struct Names {
    pub(super) resources: Vec<ResourceRow>,
    pub(super) services: Vec<ServiceRow>,
    by_id: BTreeMap<String, String>,
}

impl Names {
    /// Those of a location.
    pub(super) async fn of(app: &App, location: &LocationRow) -> Result<Names, Problem> {
        let mut resources = app.store.resources(&location.id).await?;
        let mut services = app.store.services(&location.id).await?;
        resources.sort_by_key(|resource| (!resource.active, resource.name.to_lowercase()));
        services.sort_by_key(|service| (!service.active, service.name.to_lowercase()));
        let by_id = resources.iter().map(|resource| (resource.id.clone(), called(&resources, &resource.id))).collect();
        Ok(Names { resources, services, by_id })
    }

    /// Of a person or a table; the id where there is none of it.
    pub(super) fn person<'a>(&'a self, id: &'a str) -> &'a str {
        self.by_id.get(id).map_or(id, String::as_str)
    }

    /// Of several; `nobody` where there are none.
    pub(super) fn people(&self, w: &Words, ids: &[String]) -> String {
        if ids.is_empty() {
            return w.say("nobody");
        }
        ids.iter().map(|id| self.person(id)).collect::<Vec<_>>().join(", ")
    }

    /// What was booked.
    pub(super) fn service(&self, booking: &BookingRow) -> String {
        let id = booking.service_id.as_deref().unwrap_or_default();
        self.services.iter().find(|service| service.id == id).map_or_else(|| id.to_owned(), |service| service.name.clone())
    }

    /// Those of the staff who are here, by name.
    pub(super) fn staff(&self) -> impl Iterator<Item = &ResourceRow> {
        self.resources.iter().filter(|resource| resource.kind == ResourceKind::Staff && resource.active)
    }
}
