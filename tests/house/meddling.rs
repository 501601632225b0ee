//! A real store with somebody at the desk who writes something just after a day was read.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};

use async_trait::async_trait;
use chrono::{DateTime, NaiveDate, Utc};
use zamu::domain::{BookingState, Minute, Rule, Span};
use zamu::keyring::InUse;
use zamu::store::{
    Answered, AttentionRow, Audit, BlockRow, BookingFilter, BookingPage, BookingRow, Cas, CombinationRow, CorrectionRow, CustomerRow, Day, DayChange,
    DayView, Decide, ExposureRow, Glance, HistoryRow, ImportBooking, LedgerRows, LocationRow, NewBlock, NewBooking, NewCorrection, NewSlot,
    OutboxClass, OutboxRow, PageEnd, RequestKey, ResealAt, Resealed, ResourceRow, Result, RowOutcome, RunRow, ServiceRow, SettleDay, SlotRow,
    SlotsMade, Stamp, Store, TenantRow, Upsert,
};

use super::{Spa, TheStore, staff};

/// Every read of a day is followed by a real change of the house, so many times.
pub struct Meddling {
    store: TheStore,
    left: AtomicUsize,
    done: AtomicUsize,
}

impl Meddling {
    pub fn new(spa: &Spa, times: usize) -> Meddling {
        Meddling { store: spa.store.clone(), left: AtomicUsize::new(times), done: AtomicUsize::new(0) }
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
                self.store.$name($($argument),*).await
            })*
        }
    };
}

passed_on! {
    fn ping() -> Result<()>;
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
    fn runs(location: &str, date: Option<NaiveDate>) -> Result<Vec<RunRow>>;
    fn open_attention(location: &str, date: Option<NaiveDate>) -> Result<Vec<AttentionRow>>;
    fn resolve_attention(id: &str, stamp: &Stamp) -> Result<()>;
    fn close_day(location: &str, date: NaiveDate, settle: SettleDay<'_>, stamp: &Stamp) -> Result<Option<usize>>;
    fn ledger(location: &str, from: NaiveDate, to: NaiveDate) -> Result<LedgerRows>;
    fn correct_ledger(new: &NewCorrection, stamp: &Stamp) -> Result<CorrectionRow>;
    fn outbox(class: OutboxClass, after: i64, limit: u32) -> Result<Vec<OutboxRow>>;
    fn outbox_due(class: OutboxClass, now: DateTime<Utc>, limit: u32) -> Result<Vec<OutboxRow>>;
    fn outbox_delivered(id: i64, at: DateTime<Utc>) -> Result<()>;
    fn outbox_failed(id: i64, error: &str, next_attempt: DateTime<Utc>) -> Result<()>;
    fn reseal(after: Option<&ResealAt>, limit: u32) -> Result<Resealed>;
    fn keys_in_use() -> Result<InUse>;
}
