//! Who may do what: one table of routes and roles. A route that is not in it answers nobody.

use axum::http::Method;

use super::limits::Class;
use crate::keyring::Role;
use crate::keyring::Role::{Admin, Frontdesk, Manager, Scheduler, User};

/// Who is let in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Everybody, without a token.
    Public,
    /// Callers with one of these roles.
    Roles(&'static [Role]),
}

/// One route.
#[derive(Debug, Clone, Copy)]
pub struct Route {
    /// The method as a word.
    pub method: &'static str,
    /// The path as it is written in the router.
    pub path: &'static str,
    /// Who may.
    pub access: Access,
    /// What it counts as.
    pub class: Class,
}

const ALL: &[Role] = &[User, Frontdesk, Scheduler, Manager, Admin];
const STAFF: &[Role] = &[Frontdesk, Scheduler, Manager, Admin];
const DESK: &[Role] = &[Frontdesk, Manager, Admin];
const PLANNERS: &[Role] = &[Scheduler, Manager, Admin];
const MANAGERS: &[Role] = &[Manager, Admin];
const ADMINS: &[Role] = &[Admin];

const fn public(path: &'static str) -> Route {
    Route { method: "GET", path, access: Access::Public, class: Class::Read }
}
const fn get(path: &'static str, roles: &'static [Role]) -> Route {
    Route { method: "GET", path, access: Access::Roles(roles), class: Class::Read }
}
const fn staff(method: &'static str, path: &'static str, roles: &'static [Role]) -> Route {
    Route { method, path, access: Access::Roles(roles), class: Class::Manage }
}
const fn book(path: &'static str, roles: &'static [Role]) -> Route {
    Route { method: "POST", path, access: Access::Roles(roles), class: Class::Book }
}

/// The table. The seeds give the Admin API to `admin`, `manager` and `frontdesk`; a `scheduler` (`stylist`) reads it and keeps hours.
pub const ROUTES: &[Route] = &[
    public("/healthz"),
    public("/readyz"),
    public("/metrics"),
    public("/openapi.json"),
    public("/docs"),
    public("/docs/"),
    public("/docs/{*rest}"),
    // --- customers
    get("/v1/locations", ALL),
    get("/v1/services", ALL),
    get("/v1/people", ALL),
    get("/v1/genders", ALL),
    get("/v1/dates", ALL),
    get("/v1/slots", ALL),
    get("/v1/bookings", ALL),
    book("/v1/bookings", ALL),
    get("/v1/bookings/{id}", ALL),
    book("/v1/bookings/{id}/confirm", ALL),
    book("/v1/bookings/{id}/cancel", ALL),
    book("/v1/bookings/{id}/reschedule", ALL),
    // --- the house
    staff("GET", "/admin/v1/locations", STAFF),
    staff("POST", "/admin/v1/locations", ADMINS),
    staff("GET", "/admin/v1/locations/{id}", STAFF),
    staff("PATCH", "/admin/v1/locations/{id}", ADMINS),
    staff("GET", "/admin/v1/people", STAFF),
    staff("POST", "/admin/v1/people", MANAGERS),
    staff("GET", "/admin/v1/people/{id}", STAFF),
    staff("PATCH", "/admin/v1/people/{id}", MANAGERS),
    staff("GET", "/admin/v1/tables", STAFF),
    staff("POST", "/admin/v1/tables", MANAGERS),
    staff("PATCH", "/admin/v1/tables/{id}", MANAGERS),
    staff("POST", "/admin/v1/combinations", MANAGERS),
    staff("GET", "/admin/v1/services", STAFF),
    staff("POST", "/admin/v1/services", MANAGERS),
    staff("GET", "/admin/v1/services/{id}", STAFF),
    staff("PATCH", "/admin/v1/services/{id}", MANAGERS),
    staff("GET", "/admin/v1/availabilities", STAFF),
    staff("POST", "/admin/v1/availabilities", PLANNERS),
    staff("DELETE", "/admin/v1/availabilities/{id}", PLANNERS),
    staff("GET", "/admin/v1/slots", STAFF),
    staff("POST", "/admin/v1/slots/generate", PLANNERS),
    staff("GET", "/admin/v1/blocks", STAFF),
    staff("POST", "/admin/v1/blocks", STAFF),
    staff("DELETE", "/admin/v1/blocks/{id}", STAFF),
    staff("GET", "/admin/v1/temps", STAFF),
    staff("POST", "/admin/v1/temps", MANAGERS),
    staff("GET", "/admin/v1/settings", STAFF),
    staff("PATCH", "/admin/v1/settings", MANAGERS),
    // --- bookings and the day
    staff("GET", "/admin/v1/bookings", STAFF),
    staff("POST", "/admin/v1/bookings", DESK),
    staff("GET", "/admin/v1/bookings/{id}", STAFF),
    staff("PATCH", "/admin/v1/bookings/{id}", DESK),
    staff("GET", "/admin/v1/bookings/{id}/history", STAFF),
    staff("GET", "/admin/v1/runs", STAFF),
    staff("POST", "/admin/v1/runs", PLANNERS),
    staff("GET", "/admin/v1/runs/{id}", STAFF),
    staff("GET", "/admin/v1/absences", MANAGERS),
    staff("POST", "/admin/v1/absences", MANAGERS),
    staff("GET", "/admin/v1/absences/{id}", MANAGERS),
    staff("POST", "/admin/v1/absences/{id}/confirm", MANAGERS),
    staff("POST", "/admin/v1/absences/{id}/undo", MANAGERS),
    staff("GET", "/admin/v1/attention", STAFF),
    staff("GET", "/admin/v1/attention/{id}", STAFF),
    staff("POST", "/admin/v1/attention/{id}/accept", DESK),
    staff("POST", "/admin/v1/attention/{id}/assign", DESK),
    staff("POST", "/admin/v1/attention/{id}/act", DESK),
    staff("POST", "/admin/v1/attention/{id}/resolve", DESK),
    staff("GET", "/admin/v1/messages", STAFF),
    staff("POST", "/admin/v1/messages/{id}/retry", DESK),
    staff("POST", "/admin/v1/messages/{id}/dismiss", DESK),
    staff("GET", "/admin/v1/sheet", STAFF),
    staff("GET", "/admin/v1/resilience", PLANNERS),
    staff("GET", "/admin/v1/ledger", PLANNERS),
    staff("POST", "/admin/v1/ledger/corrections", MANAGERS),
    // --- what-ifs
    staff("GET", "/admin/v1/whatifs", MANAGERS),
    staff("POST", "/admin/v1/whatifs", MANAGERS),
    staff("GET", "/admin/v1/whatifs/{id}", MANAGERS),
    staff("GET", "/admin/v1/whatifs/{id}/events", MANAGERS),
    staff("POST", "/admin/v1/whatifs/{id}/cancel", MANAGERS),
    staff("POST", "/admin/v1/whatifs/{id}/promote", MANAGERS),
    // --- pages
    public("/admin/static/{file}"),
    public("/admin/sign-in"),
    Route { method: "POST", path: "/admin/sign-in", access: Access::Public, class: Class::SignIn },
    Route { method: "POST", path: "/admin/language", access: Access::Public, class: Class::Manage },
    staff("POST", "/admin/sign-out", STAFF),
    staff("GET", "/admin", STAFF),
    staff("GET", "/admin/at/{location}", STAFF),
    staff("GET", "/admin/at/{location}/{date}", STAFF),
    staff("GET", "/admin/at/{location}/{date}/events", STAFF),
    staff("GET", "/admin/at/{location}/{date}/who", STAFF),
    staff("GET", "/admin/at/{location}/{date}/book", DESK),
    staff("POST", "/admin/at/{location}/{date}/book", DESK),
    staff("POST", "/admin/at/{location}/{date}/give", DESK),
    staff("POST", "/admin/at/{location}/{date}/undo", DESK),
    staff("GET", "/admin/at/{location}/{date}/optimize", PLANNERS),
    staff("POST", "/admin/at/{location}/{date}/optimize", PLANNERS),
    staff("POST", "/admin/at/{location}/{date}/optimize/stop", PLANNERS),
    staff("POST", "/admin/at/{location}/{date}/optimize/apply", PLANNERS),
    staff("POST", "/admin/at/{location}/{date}/optimize/undo", PLANNERS),
    staff("GET", "/admin/at/{location}/{date}/absence", MANAGERS),
    staff("POST", "/admin/at/{location}/{date}/absence", MANAGERS),
    staff("POST", "/admin/at/{location}/{date}/absence/confirm", MANAGERS),
    staff("POST", "/admin/at/{location}/{date}/absence/undo", MANAGERS),
    staff("GET", "/admin/at/{location}/{date}/temp", MANAGERS),
    staff("POST", "/admin/at/{location}/{date}/temp", MANAGERS),
    staff("GET", "/admin/at/{location}/attention", STAFF),
    staff("GET", "/admin/at/{location}/attention/{id}", STAFF),
    staff("POST", "/admin/at/{location}/attention/{id}", DESK),
    // --- pages of settings: who may do there what the Admin API has of it
    staff("GET", "/admin/own", STAFF),
    staff("POST", "/admin/own", STAFF),
    staff("GET", "/admin/settings", STAFF),
    staff("POST", "/admin/settings", MANAGERS),
    staff("GET", "/admin/settings/locations", ADMINS),
    staff("POST", "/admin/settings/locations", ADMINS),
    staff("POST", "/admin/settings/locations/{location}", ADMINS),
    staff("GET", "/admin/settings/accounts", ADMINS),
    staff("POST", "/admin/settings/accounts", ADMINS),
    staff("GET", "/admin/settings/accounts/{login}", ADMINS),
    staff("POST", "/admin/settings/accounts/{login}", ADMINS),
    staff("GET", "/admin/settings/words", MANAGERS),
    staff("GET", "/admin/settings/words/{language}/{topic}", MANAGERS),
    staff("POST", "/admin/settings/words/{language}/{topic}", MANAGERS),
    staff("POST", "/admin/settings/words/{language}/{topic}/shipped", MANAGERS),
    staff("GET", "/admin/at/{location}/people", STAFF),
    staff("POST", "/admin/at/{location}/people", MANAGERS),
    staff("POST", "/admin/at/{location}/people/temps", MANAGERS),
    staff("GET", "/admin/at/{location}/people/{id}", STAFF),
    staff("POST", "/admin/at/{location}/people/{id}", MANAGERS),
    staff("GET", "/admin/at/{location}/services", STAFF),
    staff("POST", "/admin/at/{location}/services", MANAGERS),
    staff("GET", "/admin/at/{location}/services/{id}", STAFF),
    staff("POST", "/admin/at/{location}/services/{id}", MANAGERS),
    staff("GET", "/admin/at/{location}/hours", STAFF),
    staff("POST", "/admin/at/{location}/hours", PLANNERS),
    staff("POST", "/admin/at/{location}/hours/put-back", PLANNERS),
    staff("GET", "/admin/at/{location}/hours/{id}/remove", PLANNERS),
    staff("POST", "/admin/at/{location}/hours/{id}/remove", PLANNERS),
    staff("POST", "/admin/at/{location}/away", STAFF),
    staff("POST", "/admin/at/{location}/away/put-back", STAFF),
    staff("POST", "/admin/at/{location}/away/{id}/remove", STAFF),
    staff("GET", "/admin/at/{location}/tables", STAFF),
    staff("POST", "/admin/at/{location}/tables", MANAGERS),
    staff("POST", "/admin/at/{location}/tables/{id}", MANAGERS),
    staff("POST", "/admin/at/{location}/combinations", MANAGERS),
    // --- looking back and ahead
    staff("GET", "/admin/at/{location}/week", STAFF),
    staff("GET", "/admin/at/{location}/bookings", STAFF),
    staff("GET", "/admin/bookings/{id}", STAFF),
    staff("POST", "/admin/bookings/{id}/cancel", DESK),
    staff("POST", "/admin/bookings/{id}/move", DESK),
    staff("GET", "/admin/at/{location}/runs", STAFF),
    staff("GET", "/admin/at/{location}/runs/{id}", STAFF),
    staff("GET", "/admin/at/{location}/ledger", PLANNERS),
    staff("POST", "/admin/at/{location}/ledger", MANAGERS),
    staff("GET", "/admin/messages", STAFF),
    staff("POST", "/admin/messages/{id}/retry", DESK),
    staff("POST", "/admin/messages/{id}/dismiss", DESK),
    staff("GET", "/admin/at/{location}/whatifs", MANAGERS),
    staff("POST", "/admin/at/{location}/whatifs", MANAGERS),
    staff("GET", "/admin/at/{location}/whatifs/ask", MANAGERS),
    staff("GET", "/admin/at/{location}/whatifs/{id}", MANAGERS),
    staff("GET", "/admin/at/{location}/whatifs/{id}/report", MANAGERS),
    staff("GET", "/admin/at/{location}/whatifs/{id}/promote", MANAGERS),
    staff("POST", "/admin/at/{location}/whatifs/{id}/promote", MANAGERS),
    staff("POST", "/admin/at/{location}/whatifs/{id}/cancel", MANAGERS),
    // --- for operators
    staff("POST", "/internal/v1/bookings/{id}/state", MANAGERS),
    staff("GET", "/internal/v1/bookings/{id}/attempts", STAFF),
    staff("GET", "/internal/v1/audit", ADMINS),
];

/// The row of a route; `HEAD` is asked as `GET`.
pub fn route(method: &Method, path: &str) -> Option<&'static Route> {
    let method = if method == Method::HEAD { "GET" } else { method.as_str() };
    ROUTES.iter().find(|route| route.method == method && route.path == path)
}
