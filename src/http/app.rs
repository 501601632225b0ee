//! What every request can reach.

use std::sync::Arc;

use metrics_exporter_prometheus::PrometheusHandle;
use tokio::sync::Semaphore;

use super::limits::Limiter;
use super::once::Turns;
use super::problem::Problem;
use super::web::{Live, UnderWay};
use crate::booking::offer::Snapshots;
use crate::clock::Clock;
use crate::keyring::{Claims, Ring, Role, TokenError};
use crate::store::{BookingRow, LocationRow, RunRow, Store, StoreError, StoreErrorKind, TenantRow};

/// The service's parts.
pub struct App {
    /// Where everything stands.
    pub store: Arc<dyn Store>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Whose tokens count.
    pub keys: Arc<Ring>,
    /// How often somebody may ask.
    pub limiter: Arc<dyn Limiter>,
    /// What is known to be free.
    pub snapshots: Snapshots,
    /// What is counted; `None` where another part of the process collects it.
    pub metrics: Option<PrometheusHandle>,
    /// Searches at a time.
    pub searches: Arc<Semaphore>,
    /// Days that somebody looks at.
    pub live: Live,
    /// Cookies are for https alone, also where nothing says that a request came over it.
    pub secure_cookies: bool,
    /// Proxies of the house's own in front, each of which notes in `X-Forwarded-For` who asked it; 0 where whoever connects is who asks.
    pub proxies: usize,
    /// Searches that somebody waits for.
    pub under_way: UnderWay,
    /// Changes that forms and requests ask for at this moment.
    pub turns: Turns,
}

/// Who asks, as their token says.
#[derive(Debug, Clone)]
pub struct Caller {
    /// Their name.
    pub sub: String,
    /// Whose data they see.
    pub tenant: String,
    /// What they may do.
    pub role: Role,
    /// The only location they see; `None` for all of the tenant's.
    pub location: Option<String>,
}

impl From<Claims> for Caller {
    fn from(claims: Claims) -> Caller {
        Caller { sub: claims.sub, tenant: claims.tenant, role: claims.role, location: claims.location }
    }
}

impl Caller {
    /// As they stand in the history.
    pub fn actor(&self) -> String {
        format!("{}:{}", self.role.word(), self.sub)
    }

    /// May they answer for it that a booking goes to somebody the rules keep from it?
    pub fn may_override(&self) -> bool {
        matches!(self.role, Role::Manager | Role::Admin)
    }

    /// Refuses whoever may not, where somebody answers for it.
    ///
    /// # Errors
    /// They are no manager.
    pub fn answers_for(&self, overriding: Option<&str>) -> Result<(), Problem> {
        if overriding.is_none() || self.may_override() {
            return Ok(());
        }
        Err(Problem::new("FORBIDDEN", "only a manager may give a booking to somebody the rules keep from it"))
    }

    /// May they see this location?
    fn sees(&self, location: &LocationRow) -> bool {
        location.tenant_id == self.tenant && self.location.as_ref().is_none_or(|only| *only == location.id)
    }
}

impl App {
    /// Whose token it is.
    ///
    /// # Errors
    /// It is none, or does not count.
    pub fn caller(&self, token: &str) -> Result<Caller, TokenError> {
        self.keys.verify(token, self.clock.now()).map(Caller::from)
    }

    /// The caller's tenant. An admin's first word makes it, with the default settings: whoever can sign tokens may say whose house it is.
    ///
    /// # Errors
    /// There is no such tenant, and the caller is no admin.
    pub async fn tenant(&self, caller: &Caller) -> Result<TenantRow, Problem> {
        match self.store.tenant(&caller.tenant).await {
            Err(error) if error.kind() == StoreErrorKind::NotFound && caller.role == Role::Admin && caller.location.is_none() => {
                let tenant = TenantRow::new(&caller.tenant, &caller.tenant);
                self.store.upsert_tenant(&tenant).await?;
                Ok(tenant)
            }
            answer => Ok(answer?),
        }
    }

    /// A location that the caller may see.
    ///
    /// # Errors
    /// There is none of this id, or it is somebody else's.
    pub async fn location(&self, caller: &Caller, id: &str) -> Result<LocationRow, Problem> {
        let unknown = || Problem::not_found("location", id);
        let location = self.store.location(id).await.map_err(|error| hidden(error, unknown()))?;
        if caller.sees(&location) { Ok(location) } else { Err(unknown()) }
    }

    /// The locations that the caller may see, by id.
    ///
    /// # Errors
    /// The store does not answer.
    pub async fn locations(&self, caller: &Caller) -> Result<Vec<LocationRow>, Problem> {
        Ok(self.store.locations().await?.into_iter().filter(|location| caller.sees(location)).collect())
    }

    /// A booking that the caller may see: of their tenant, and for customers their own.
    ///
    /// # Errors
    /// There is none of this id, or it is somebody else's.
    pub async fn booking(&self, caller: &Caller, id: &str) -> Result<(BookingRow, LocationRow), Problem> {
        let unknown = || Problem::not_found("booking", id);
        let booking = self.store.booking(id).await.map_err(|error| hidden(error, unknown()))?;
        let location = self.location(caller, &booking.location_id).await.map_err(|_| unknown())?;
        if caller.role == Role::User && booking.user_id.as_ref() != Some(&caller.sub) {
            return Err(unknown());
        }
        Ok((booking, location))
    }

    /// A run at a location that a caller may see.
    ///
    /// # Errors
    /// There is none of this id, or it is somebody else's.
    pub async fn run(&self, caller: &Caller, id: &str) -> Result<RunRow, Problem> {
        let unknown = || Problem::not_found("run", id);
        let run = self.store.run(id).await.map_err(|error| hidden(error, unknown()))?;
        self.location(caller, &run.location_id).await.map_err(|_| unknown())?;
        Ok(run)
    }
}

/// Not to be found, in the same words as what is somebody else's.
fn hidden(error: StoreError, unknown: Problem) -> Problem {
    match error.kind() {
        StoreErrorKind::NotFound => unknown,
        _ => error.into(),
    }
}
