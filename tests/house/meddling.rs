//! A real store with somebody at the desk who writes something just after a day was read.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use async_trait::async_trait;
use chrono::{DateTime, NaiveDate, Utc};
use tokio::sync::Notify;
use zamu::domain::{BookingState, Minute, Rule, Span};
use zamu::keyring::InUse;
use zamu::store::{
    AbsenceChange, AbsenceRow, AbsenceState, Answered, AttentionRow, Audit, BlockRow, BookingFilter, BookingPage, BookingRow, Cas, Claim,
    CombinationRow, CorrectionRow, CustomerRow, Day, DayChange, DayView, DeadLetter, Decide, ExposureRow, Failure, Glance, HistoryRow, ImportBooking,
    LedgerRows, LocationRow, MessageFilter, NewBlock, NewBooking, NewCorrection, NewSlot, OutboxClass, OutboxRow, PageEnd, RequestKey, ResealAt,
    Resealed, ResourceRow, Result, RowOutcome, RunRow, ServiceRow, SettleDay, SlotRow, SlotsMade, Stamp, Store, TenantRow, Upsert,
};

use super::{Spa, TheStore, staff};

/// Every read of a day is followed by a real change of the house, so many times.
pub struct Meddling {
    pub store: TheStore,
    pub left: AtomicUsize,
    pub done: AtomicUsize,
    /// Steps until the process is killed, or only whoever uses this store: before and after each call is one. Nothing is tidied up, nobody says goodbye.
    pub steps: Option<(AtomicUsize, Death)>,
}

/// How it ends.
pub enum Death {
    /// The process is killed.
    Process,
    /// The store answers no more; who waits for this notice knows.
    Silence(Arc<Notify>),
}

impl Meddling {
    pub fn new(spa: &Spa, times: usize) -> Meddling {
        Meddling { store: spa.store.clone(), left: AtomicUsize::new(times), done: AtomicUsize::new(0), steps: None }
    }

    /// One step further.
    pub async fn step(&self) {
        let Some((steps, death)) = &self.steps else { return };
        if steps.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1)).is_ok() {
            return;
        }
        match death {
            Death::Process => {
                let killed = std::process::Command::new("kill").args(["-KILL", &std::process::id().to_string()]).status();
                panic!("nobody survives this: {killed:?}");
            }
            Death::Silence(notice) => {
                notice.notify_one();
                std::future::pending().await
            }
        }
    }
}

macro_rules! passed_on {
    ($(fn $name:ident($($argument:ident: $kind:ty),*) -> $answer:ty;)*) => {
        #[async_trait]
        impl Store for Meddling {
            async fn day(&self, location: &str, date: NaiveDate, view: DayView) -> Result<Day> {
                let day = self.store.day(location, date, view).await?;
                if self.left.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1)).is_ok() {
                    let nth = self.done.fetch_add(1, Ordering::SeqCst);
                    let renamed = ResourceRow { name: format!("Brian the {nth}th"), ..staff("brian", "male", &["swedish"]) };
                    self.store.upsert_resource(&renamed).await?;
                }
                Ok(day)
            }
            fn for_request(&self, request: RequestKey) -> std::sync::Arc<dyn Store> {
                self.store.for_request(request)
            }
            $(async fn $name(&self, $($argument: $kind),*) -> $answer {
                self.step().await;
                let answer = self.store.$name($($argument),*).await;
                self.step().await;
                answer
            })*
        }
    };
}

passed_on! {
    fn end_session(id: &str, until: DateTime<Utc>, now: DateTime<Utc>) -> Result<()>;
    fn session_has_ended(id: &str) -> Result<bool>;
    fn ping() -> Result<()>;
    fn save_absence(row: &AbsenceRow, replaces: Option<(&str, AbsenceState)>) -> Result<AbsenceRow>;
    fn absence(id: &str) -> Result<AbsenceRow>;
    fn absences(location: &str, limit: u32) -> Result<Vec<AbsenceRow>>;
    fn standing_absences(location: &str, span: zamu::domain::Span) -> Result<Vec<AbsenceRow>>;
    fn change_absence(change: &AbsenceChange) -> Result<Option<AbsenceRow>>;
    fn close() -> ();
    fn upsert_tenant(tenant: &TenantRow) -> Result<Upsert>;
    fn upsert_location(location: &LocationRow) -> Result<Upsert>;
    fn upsert_resource(resource: &ResourceRow) -> Result<Upsert>;
    fn upsert_combination(combination: &CombinationRow) -> Result<Upsert>;
    fn upsert_service(service: &ServiceRow) -> Result<Upsert>;
    fn hire(resource: &ResourceRow, rules: &[Rule]) -> Result<Upsert>;
    fn remove_block_at(location: &str, block: &str) -> Result<()>;
    fn note() -> Result<()>;
    fn customer_by_contact(tenant: &str, contact: &zamu::store::Contact) -> Result<Option<CustomerRow>>;
    fn upsert_customer(customer: &CustomerRow) -> Result<Upsert>;
    fn upsert_rule(location: &str, rule: &Rule) -> Result<Upsert>;
    fn remove_rule(location: &str, rule: &str) -> Result<()>;
    fn add_block(block: &NewBlock, stamp: &Stamp) -> Result<BlockRow>;
    fn remove_block(block: &str) -> Result<()>;
    fn tenant(id: &str) -> Result<TenantRow>;
    fn locations() -> Result<Vec<LocationRow>>;
    fn location(id: &str) -> Result<LocationRow>;
    fn resources(location: &str) -> Result<Vec<ResourceRow>>;
    fn services(location: &str) -> Result<Vec<ServiceRow>>;
    fn rules(location: &str) -> Result<Vec<Rule>>;
    fn blocks(location: &str, span: Span) -> Result<Vec<BlockRow>>;
    fn customer(tenant: &str, id: &str) -> Result<Option<CustomerRow>>;
    fn take_booking(new: &NewBooking, decide: Decide<'_>, stamp: &Stamp) -> Result<Option<BookingRow>>;
    fn move_booking(id: &str, start: Minute, expected: Option<i64>, decide: Decide<'_>, stamp: &Stamp) -> Result<Option<BookingRow>>;
    fn confirm_booking(id: &str, expected: Option<i64>, payment: Option<&str>, decide: Decide<'_>, stamp: &Stamp) -> Result<Option<BookingRow>>;
    fn expire_holds(location: Option<&str>, stamp: &Stamp) -> Result<Vec<String>>;
    fn bookings_page(tenant: &str, filter: &BookingFilter, after: Option<&PageEnd>, limit: u32) -> Result<BookingPage>;
    fn audit() -> Result<Audit>;
    fn slots(location: &str, from: NaiveDate, to: NaiveDate, service: Option<&str>) -> Result<Vec<SlotRow>>;
    fn slot(id: &str) -> Result<SlotRow>;
    fn slots_version(location: &str, date: NaiveDate) -> Result<(Option<i64>, i64)>;
    fn make_slots(location: &str, date: NaiveDate, version: i64, wanted: &BTreeMap<String, Vec<NewSlot>>, at: DateTime<Utc>) -> Result<SlotsMade>;
    fn exposure(key: &str, now: DateTime<Utc>) -> Result<Option<ExposureRow>>;
    fn record_exposure(row: &ExposureRow, now: DateTime<Utc>) -> Result<ExposureRow>;
    fn drop_exposure(key: &str) -> Result<()>;
    fn answered(tenant: &str, actor: &str, key: &str) -> Result<Option<Answered>>;
    fn forget(requests: DateTime<Utc>, exposures: DateTime<Utc>) -> Result<u64>;
    fn glance(location: &str, date: NaiveDate, now: DateTime<Utc>) -> Result<Glance>;
    fn transition(id: &str, to: BookingState, expected: Option<i64>, stamp: &Stamp) -> Result<BookingRow>;
    fn record_served_by(id: &str, resources: &[String]) -> Result<()>;
    fn import_bookings(location: &str, batch: &[ImportBooking], stamp: &Stamp) -> Result<Vec<RowOutcome>>;
    fn booking(id: &str) -> Result<BookingRow>;
    fn bookings_between(location: &str, span: Span) -> Result<Vec<BookingRow>>;
    fn days_with_bookings(location: &str, from: NaiveDate, to: NaiveDate) -> Result<Vec<(NaiveDate, usize)>>;
    fn history(booking: &str) -> Result<Vec<HistoryRow>>;
    fn change_day(change: &DayChange) -> Result<Cas>;
    fn record_run(run: &RunRow) -> Result<()>;
    fn runs(location: &str, date: Option<NaiveDate>, before: Option<&str>, limit: u32) -> Result<Vec<RunRow>>;
    fn run(id: &str) -> Result<RunRow>;
    fn open_attention(location: &str, date: Option<NaiveDate>) -> Result<Vec<AttentionRow>>;
    fn attention(id: &str) -> Result<AttentionRow>;
    fn restless_days(from: NaiveDate) -> Result<Vec<(String, NaiveDate)>>;
    fn note_tried(location: &str, date: NaiveDate, at: DateTime<Utc>) -> Result<()>;
    fn ask_customer(attention: &str, question: &zamu::store::NewMessage, stamp: &Stamp) -> Result<()>;
    fn resolve_attention(id: &str, stamp: &Stamp) -> Result<()>;
    fn close_day(location: &str, date: NaiveDate, settle: SettleDay<'_>, stamp: &Stamp) -> Result<Option<usize>>;
    fn ledger(location: &str, from: NaiveDate, to: NaiveDate) -> Result<LedgerRows>;
    fn correct_ledger(new: &NewCorrection, stamp: &Stamp) -> Result<CorrectionRow>;
    fn outbox(class: OutboxClass, after: i64, limit: u32) -> Result<Vec<OutboxRow>>;
    fn outbox_claim(class: OutboxClass, claim: &Claim, limit: u32) -> Result<Vec<OutboxRow>>;
    fn outbox_delivered(id: i64, at: DateTime<Utc>) -> Result<()>;
    fn plan_jobs(jobs: &[zamu::store::NewJob]) -> Result<()>;
    fn lease_jobs(worker: &str, now: DateTime<Utc>, until: DateTime<Utc>, limit: u32) -> Result<Vec<zamu::store::LeasedJob>>;
    fn extend_lease(job: &zamu::store::LeasedJob, until: DateTime<Utc>) -> Result<bool>;
    fn finish_job(job: &zamu::store::LeasedJob, at: DateTime<Utc>, outcome: &str, again: Option<DateTime<Utc>>) -> Result<bool>;
    fn fail_job(job: &zamu::store::LeasedJob, error: &str, next_attempt: DateTime<Utc>) -> Result<bool>;
    fn jobs_ahead(kind: &str, deadline: DateTime<Utc>, now: DateTime<Utc>) -> Result<zamu::store::Ahead>;
    fn next_job_due(now: DateTime<Utc>) -> Result<Option<DateTime<Utc>>>;
    fn jobs(location: Option<&str>, limit: u32) -> Result<Vec<zamu::store::JobRow>>;
    fn job(key: &zamu::store::JobKey) -> Result<Option<zamu::store::JobRow>>;
    fn forget_jobs(before: DateTime<Utc>) -> Result<u64>;
    fn outbox_failed(id: i64, worker: &str, failure: &Failure) -> Result<()>;
    fn messages(filter: &MessageFilter, before: Option<i64>, limit: u32) -> Result<Vec<OutboxRow>>;
    fn settle_dead(filter: &MessageFilter, id: Option<i64>, what: DeadLetter, stamp: &Stamp) -> Result<u64>;
    fn reminders_due(now: DateTime<Utc>, after: &str, limit: u32) -> Result<Vec<String>>;
    fn remind(booking: &str, now: DateTime<Utc>) -> Result<bool>;
    fn cancel_booking(id: &str, expected: Option<i64>, tell: bool, stamp: &Stamp) -> Result<BookingRow>;
    fn ask_whatif(new: &zamu::store::NewWhatIf, open_max: u32) -> Result<Option<zamu::store::WhatIfRow>>;
    fn start_whatif(id: &str, at: DateTime<Utc>) -> Result<Option<zamu::store::WhatIfRow>>;
    fn note_whatif(id: &str, done: u32, total: u32) -> Result<bool>;
    fn finish_whatif(id: &str, end: &zamu::store::WhatIfEnd, at: DateTime<Utc>) -> Result<bool>;
    fn cancel_whatif(id: &str, at: DateTime<Utc>) -> Result<zamu::store::WhatIfRow>;
    fn whatif(id: &str) -> Result<zamu::store::WhatIfRow>;
    fn whatif_study(id: &str) -> Result<Option<serde_json::Value>>;
    fn whatifs(tenant: &str, location: Option<&str>, before: Option<&str>, limit: u32) -> Result<Vec<zamu::store::WhatIfRow>>;
    fn forget_whatifs(before: DateTime<Utc>) -> Result<u64>;
    fn add_account(account: &zamu::store::AccountRow) -> Result<zamu::store::AccountRow>;
    fn change_account(tenant: &str, login: &str, change: &zamu::store::AccountChange, at: DateTime<Utc>) -> Result<zamu::store::AccountRow>;
    fn account(tenant: &str, login: &str) -> Result<Option<zamu::store::AccountRow>>;
    fn accounts(tenant: &str) -> Result<Vec<zamu::store::AccountRow>>;
    fn templates(tenant: &str) -> Result<Vec<zamu::store::TemplateRow>>;
    fn templates_at(location: &str) -> Result<Vec<zamu::store::TemplateRow>>;
    fn write_template(template: &zamu::store::TemplateRow) -> Result<()>;
    fn remove_template(tenant: &str, language: zamu::domain::Language, topic: &str) -> Result<()>;
    fn reseal(after: Option<&ResealAt>, limit: u32) -> Result<Resealed>;
    fn keys_in_use() -> Result<InUse>;
}
