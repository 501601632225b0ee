//! What can be had: the slots of a day that fit beside everything that stands on it, and those of them that a customer is shown.

use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use moka::future::Cache;

use super::exposure::{self, STICKY_MINUTES, Viewer};
use super::{free, person, slots};
use crate::clock::Clock;
use crate::domain::{Minute, local};
use crate::store::{Day, DayView, ExposurePolicy, ExposureRow, LocationRow, Result, ServiceRow, SlotRow, SlotStatus, Stamp, Store, StoreError};

/// What a slot is looked for.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Ask {
    /// Where.
    pub location: String,
    /// What.
    pub service: String,
    /// On which local day.
    pub date: NaiveDate,
    /// With this person, by id, where the tenant lets customers choose.
    pub person: Option<String>,
    /// Wish for staff of this gender.
    pub gender: Option<String>,
    /// How many people come.
    pub party_size: u32,
}

/// The free slots of a day as they are at one version of it.
#[derive(Debug, Clone)]
pub struct Free {
    /// In order of their start.
    pub slots: Vec<SlotRow>,
    /// The wish for a gender is waived: nobody of it is on file.
    pub gender_waived: bool,
}

/// What is known to be free, by day and its version: whatever touches a day makes it be worked out again, and many who ask at once wait for one
/// answer. Cheap to clone: clones share it.
#[derive(Clone)]
pub struct Snapshots {
    known: Cache<(Ask, i64), Arc<Free>>,
    /// What somebody was shown, so that not every look asks the store; another process finds it there.
    shown: Cache<String, ExposureRow>,
}

/// Answers kept.
const SNAPSHOTS_MAX: u64 = 20_000;
/// How long one is kept that nobody asks for.
const SNAPSHOT_IDLE: Duration = Duration::from_secs(300);

impl Default for Snapshots {
    fn default() -> Snapshots {
        let shown = Cache::builder().max_capacity(SNAPSHOTS_MAX).time_to_idle(SNAPSHOT_IDLE * 2).build();
        Snapshots { known: Cache::builder().max_capacity(SNAPSHOTS_MAX).time_to_idle(SNAPSHOT_IDLE).build(), shown }
    }
}

impl Snapshots {
    /// The slots that can be had from now on. Holds that have run out count as free.
    ///
    /// # Errors
    /// Unknown location or service.
    pub async fn free(&self, store: &dyn Store, clock: &dyn Clock, ask: &Ask) -> Result<Arc<Free>> {
        let mut glance = store.glance(&ask.location, ask.date, clock.now()).await?;
        if glance.holds_are_due {
            store.expire_holds(Some(&ask.location), &Stamp::new("holds", clock.now(), "ran out")).await?;
        }
        if !glance.slots_are_new {
            slots::ensure(store, &ask.location, ask.date, clock.now()).await?;
        }
        if glance.holds_are_due || !glance.slots_are_new {
            glance = store.glance(&ask.location, ask.date, clock.now()).await?;
        }
        let work = async {
            let service = super::service(store, &ask.location, &ask.service).await?;
            let day = store.day(&ask.location, ask.date, DayView::Live).await?;
            let slots = store.slots(&ask.location, ask.date, ask.date, Some(&ask.service)).await?;
            Ok::<_, StoreError>(Arc::new(fitting(&day, &service, slots, ask, clock.now_minute())))
        };
        let known = self.known.try_get_with((ask.clone(), glance.version), work).await;
        let known = known.map_err(|error: Arc<StoreError>| StoreError::new(error.kind(), error.to_string()))?;
        // Time has passed since; what has begun meanwhile cannot be had any more.
        let now = clock.now_minute();
        if known.slots.iter().all(|slot| slot.span.start >= now) {
            return Ok(known);
        }
        let slots = known.slots.iter().filter(|slot| slot.span.start >= now).cloned().collect();
        Ok(Arc::new(Free { slots, gender_waived: known.gender_waived }))
    }
}

/// Those of the slots in which one more booking fits, at `now`.
fn fitting(day: &Day, service: &ServiceRow, slots: Vec<SlotRow>, ask: &Ask, now: Minute) -> Free {
    let wish = free::Wish {
        gender: ask.gender.clone(),
        party_size: ask.party_size,
        chosen: ask.person.iter().cloned().collect(),
        ..free::Wish::of(service)
    };
    let open: Vec<SlotRow> =
        slots.into_iter().filter(|slot| slot.span.start >= now && matches!(slot.status, SlotStatus::Open | SlotStatus::Partial)).collect();
    let starts: Vec<Minute> = open.iter().map(|slot| slot.span.start).collect();
    let can = free::among(day, &wish, &starts, now);
    let gender_waived = ask.gender.as_ref().is_some_and(|wish| !day.sheet.resources.iter().any(|r| r.gender.as_ref() == Some(wish)));
    Free { slots: open.into_iter().zip(can).filter_map(|(slot, can)| can.then_some(slot)).collect(), gender_waived }
}

/// Who looks, and how they are shown what there is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Look {
    /// The user or the session.
    pub who: String,
    /// The caller's own word for where the customer is in their conversation; another word is another look.
    pub context: String,
    /// Another policy than the tenant's, for experiments.
    pub variant: Option<ExposurePolicy>,
}

/// What a customer is shown.
#[derive(Debug, Clone, PartialEq)]
pub struct Shown {
    /// By start.
    pub slots: Vec<SlotRow>,
    /// How many can be had in all.
    pub total: usize,
    /// By which policy they were chosen.
    pub variant: ExposurePolicy,
    /// The wish for a gender is waived: nobody of it is on file.
    pub gender_waived: bool,
    /// Where they are.
    pub location: LocationRow,
}

impl Shown {
    /// Is there more than is shown?
    pub fn has_more(&self) -> bool {
        self.total > self.slots.len()
    }
}

/// What became of a look.
#[derive(Debug, Clone, PartialEq)]
pub enum Offer {
    /// This is shown; it may be nothing.
    Shown(Box<Shown>),
    /// Nobody of that name works there.
    UnknownPerson {
        /// The name that was asked for.
        asked: String,
        /// Names that are like it, nearest first.
        near: Vec<String>,
    },
    /// This tenant does not let customers choose a person.
    ChoiceNotOffered,
}

/// Shows somebody the times of a day: the same ones for [`STICKY_MINUTES`], as far as they can still be had.
///
/// # Errors
/// Unknown location or service.
pub async fn show(store: &Arc<dyn Store>, clock: &dyn Clock, snapshots: &Snapshots, ask: &Ask, look: &Look) -> Result<Offer> {
    let location = store.location(&ask.location).await?;
    let tenant = store.tenant(&location.tenant_id).await?;
    let mut ask = ask.clone();
    if let Some(asked) = &ask.person {
        if !tenant.staff_preference_enabled {
            return Ok(Offer::ChoiceNotOffered);
        }
        match person::find(&store.resources(&location.id).await?, asked) {
            Ok(id) => ask.person = Some(id),
            Err(near) => return Ok(Offer::UnknownPerson { asked: asked.clone(), near }),
        }
    }
    let free = snapshots.free(store.as_ref(), clock, &ask).await?;
    let policy = look.variant.unwrap_or(tenant.exposure_policy);
    let slots = snapshots.stuck(store, clock, &ask, look, policy, &location, &free).await?;
    Ok(Offer::Shown(Box::new(Shown { slots, total: free.slots.len(), variant: policy, gender_waived: free.gender_waived, location })))
}

impl Snapshots {
    /// What was shown before, or a new choice that is remembered.
    #[expect(clippy::too_many_arguments, reason = "all of them are what a look is")]
    async fn stuck(
        &self,
        store: &Arc<dyn Store>,
        clock: &dyn Clock,
        ask: &Ask,
        look: &Look,
        policy: ExposurePolicy,
        location: &LocationRow,
        free: &Free,
    ) -> Result<Vec<SlotRow>> {
        let (what, date) = (format!("{}/{}", ask.location, ask.service), ask.date.to_string());
        let context = format!("{}/{}/{}", look.context, ask.gender.as_deref().unwrap_or(""), ask.party_size);
        let viewer = Viewer { who: &look.who, what: &what, date: &date, person: ask.person.as_deref(), context: &context };
        let key = viewer.key(policy);
        let now = clock.now();
        let still = |ids: &[String]| -> Vec<SlotRow> { free.slots.iter().filter(|slot| ids.contains(&slot.id)).cloned().collect() };
        let stored = match self.shown.get(&key).await.filter(|row| row.expires_at > now) {
            Some(row) => Some(row),
            None => store.exposure(&key, now).await?,
        };
        if let Some(stored) = &stored {
            let slots = still(&stored.slots);
            if !slots.is_empty() || free.slots.is_empty() {
                return Ok(slots);
            }
            // Everything that was shown is taken by others: another choice is better than none.
        }
        let hours: Vec<u32> = free.slots.iter().map(|slot| hour(location, slot.span.start)).collect();
        let chosen: Vec<String> = exposure::choose(policy, &viewer, &hours, now).into_iter().map(|k| free.slots[k].id.clone()).collect();
        if chosen.is_empty() {
            return Ok(Vec::new());
        }
        let expires_at = now + TimeDelta::minutes(STICKY_MINUTES);
        let row = ExposureRow { key: key.clone(), slots: chosen.clone(), variant: policy.as_str().to_owned(), expires_at };
        self.shown.insert(key, row.clone()).await;
        remember(store, row, stored.is_some(), now);
        Ok(still(&chosen))
    }
}

/// Writes down what was shown, for the other processes and the time after a restart. Nobody waits for it: until it is written another process
/// chooses by the same seed, and so the same.
fn remember(store: &Arc<dyn Store>, row: ExposureRow, replaces: bool, now: DateTime<Utc>) {
    let store = Arc::clone(store);
    tokio::spawn(async move {
        if replaces && let Err(error) = store.drop_exposure(&row.key).await {
            tracing::warn!(%error, "what somebody was shown could not be forgotten");
        }
        if let Err(error) = store.record_exposure(&row, now).await {
            tracing::warn!(%error, "what somebody was shown could not be written down");
        }
    });
}

fn hour(location: &LocationRow, at: Minute) -> u32 {
    use chrono::Timelike;
    at.to_utc().with_timezone(&location.timezone).hour()
}

/// A local day and what can be had on it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FreeDay {
    /// The local day.
    pub date: NaiveDate,
    /// How many slots can be had.
    pub slots: usize,
}

/// The days from one to another, both included, with how many slots can be had on each; days that are over are left out.
///
/// # Errors
/// Unknown location or service.
pub async fn dates(store: &dyn Store, clock: &dyn Clock, snapshots: &Snapshots, ask: &Ask, to: NaiveDate) -> Result<Vec<FreeDay>> {
    let location = store.location(&ask.location).await?;
    let today = local::local_date(location.timezone, clock.now());
    let mut days = Vec::new();
    for date in ask.date.max(today).iter_days().take_while(|date| *date <= to) {
        let free = snapshots.free(store, clock, &Ask { date, ..ask.clone() }).await?;
        days.push(FreeDay { date, slots: free.slots.len() });
    }
    Ok(days)
}
