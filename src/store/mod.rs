//! The store: a narrow trait in terms of use cases, with two houses for the data. [`SqliteStore`] is the embedded one: a file that creates and
//! migrates itself. [`PostgresStore`] is for many servers and workers. Both are one SQL text (`sql/`), compiled for each; what differs (how to
//! open it, how to keep other writers off a day) stands in their own files, and in `migrations/`.
//!
//! What always holds: double booking is refused by the database itself; a state change, its history row, its event and its messages are
//! one transaction; a day is changed by compare-and-set on its version. The store decides nothing about who serves whom: whoever takes a
//! booking brings the decision along as a function, which runs inside the transaction on the day as it stands there.

mod absences;
mod account_rows;
mod booking_rows;
pub mod contact;
mod day;
mod desk_rows;
mod driver;
mod error;
mod houses;
mod job_rows;
mod ledger_rows;
pub mod messages;
mod outbox_rows;
mod postgres;
mod rows;
mod sealed_rows;
mod sheet_builder;
mod shown;
mod sqlite;
mod template_rows;
mod whatif_rows;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use async_trait::async_trait;
use chrono::{DateTime, NaiveDate, Utc};

use crate::clock::Stopwatch;
use crate::domain::{BookingState, Language, Minute, Rule, Span};
use crate::keyring::{InUse, Ring};

pub use absences::{AbsenceChange, AbsenceRow, AbsenceState, BlockStep};
pub use account_rows::{AccountChange, AccountRow};
pub use booking_rows::{BookingRow, Decision, HistoryKind, HistoryRow, ImportBooking, NewBooking, RowOutcome, RowResult};
pub use day::{AssignmentChange, AttentionRow, Cas, Day, DayChange, DayView, Eased, NewAttention, RunKind, RunRow, RunStatus, UNPLACED};
pub use desk_rows::{Answered, Audit, BookingFilter, BookingPage, ExposureRow, Glance, NewSlot, PageEnd, RequestKey, SlotRow, SlotStatus, SlotsMade};
pub use error::{Result, StoreError, StoreErrorKind};
pub use job_rows::{Ahead, JobKey, JobRow, LeasedJob, NewJob};
pub use ledger_rows::{CorrectionRow, LedgerEntry, LedgerRows, NewCorrection};
pub use outbox_rows::{Claim, DeadLetter, Failure, MessageFilter, NewMessage, OutboxClass, OutboxRow, OutboxState, Says};
pub use postgres::PostgresStore;
pub use rows::{
    BlockRow, CombinationRow, Contact, CustomerRow, ExposurePolicy, LocationRow, NewBlock, ResourceRow, ServiceRow, Stamp, TenantRow, Upsert,
};
pub use sealed_rows::{ResealAt, Resealed, SealedRows};
pub use sqlite::SqliteStore;
pub use template_rows::TemplateRow;
pub use whatif_rows::{NewWhatIf, WHATIF_JOB, WhatIfEnd, WhatIfRow, WhatIfState};

/// The usual name of a keyring's file.
pub const KEYS_FILE: &str = "zamu.keys";

/// Opens the database at a place: an address `postgres://…`, or else a SQLite file, which is made where there is none. Its keyring is the one at
/// [`keys_of`] that place, which is made when something is to be sealed for the first time.
///
/// # Errors
/// As [`open_with`].
pub async fn open(place: &str) -> Result<Arc<dyn Store>> {
    let ring = Ring::at(&keys_of(place)).map_err(|error| StoreError::new(StoreErrorKind::Database, error.to_string()).caused_by(error))?;
    open_with(place, Arc::new(ring)).await
}

/// The same with this keyring.
///
/// # Errors
/// It cannot be opened or connected to, is of a kind that is not known here, its schema is a newer program's, or what is sealed in it does not
/// open with this keyring.
pub async fn open_with(place: &str, ring: Arc<Ring>) -> Result<Arc<dyn Store>> {
    if let Some(file) = file_of(place) {
        return Ok(Arc::new(SqliteStore::open_with(file, ring).await?));
    }
    if !["postgres://", "postgresql://"].iter().any(|scheme| place.starts_with(scheme)) {
        return Err(StoreError::invalid(format!(
            "{}: there is no store for this kind of database; expected a SQLite file or postgres://user:password@host:5432/database",
            without_password(place)
        )));
    }
    Ok(Arc::new(PostgresStore::connect_with(place, PostgresStore::CONNECTIONS, ring).await?))
}

/// The file that a place names, by its name or as `sqlite://…`; `None` for the address of a server.
pub fn file_of(place: &str) -> Option<&Path> {
    match place.split_once("://") {
        None => Some(Path::new(place)),
        Some(("sqlite", file)) => Some(Path::new(file)),
        Some(_) => None,
    }
}

/// Where the keyring of a place is, unless said otherwise: beside a file, in the working directory for a server.
pub fn keys_of(place: &str) -> PathBuf {
    file_of(place).map_or_else(|| PathBuf::from(KEYS_FILE), keys_beside)
}

/// The keyring beside a database file: `zamu.keys` for `zamu.db`.
pub fn keys_beside(file: &Path) -> PathBuf {
    match file.extension() {
        Some(extension) if extension != "keys" => file.with_extension("keys"),
        _ => {
            let mut name = file.as_os_str().to_owned();
            name.push(".keys");
            PathBuf::from(name)
        }
    }
}

/// A place as it may be shown: without the name and the password in an address, and without its options.
fn without_password(place: &str) -> String {
    let Some((scheme, rest)) = place.split_once("://") else { return place.to_owned() };
    let rest = rest.split_once('?').map_or(rest, |(rest, _)| rest);
    match rest.rsplit_once('@') {
        Some((_, host)) => format!("{scheme}://…@{host}"),
        None => format!("{scheme}://{rest}"),
    }
}

/// Counts how long a transaction waited until other writers were out of its way.
fn waited(watch: Stopwatch) {
    metrics::histogram!("lock_wait_ms").record(1e3 * watch.elapsed_s());
}

/// Decides within the transaction who holds a booking, from the day as it stands there without it. Quick: everybody else waits.
pub type Decide<'a> = &'a (dyn Fn(&Day, &BookingRow) -> Decision + Send + Sync);

/// Days of the fairness ledger that are carried into a sheet: a quarter, in whole weeks. Long enough that an uneven month is made good, and short
/// enough that nobody is owed for what nobody remembers; in whole weeks, so that each weekday counts as often as the others.
pub const LEDGER_DAYS: u64 = 91;

/// Says what everybody's day was, of a day that is over. Quick: everybody else waits.
pub type SettleDay<'a> = &'a (dyn Fn(&Day) -> Vec<LedgerEntry> + Send + Sync);

/// What the rest of the program asks of a store. Every method is one transaction, and every error leaves everything as it was.
#[async_trait]
pub trait Store: Send + Sync {
    /// Answers at all, with the schema in place.
    async fn ping(&self) -> Result<()>;
    /// Ends what is under way and lets the database go.
    async fn close(&self);

    // --- the house

    /// Writes a tenant and its settings.
    async fn upsert_tenant(&self, tenant: &TenantRow) -> Result<Upsert>;
    /// Writes a location. Its time zone cannot change once something is booked there.
    async fn upsert_location(&self, location: &LocationRow) -> Result<Upsert>;
    /// Writes a person or a table with all qualifications.
    async fn upsert_resource(&self, resource: &ResourceRow) -> Result<Upsert>;
    /// Writes a combination of tables.
    async fn upsert_combination(&self, combination: &CombinationRow) -> Result<Upsert>;
    /// Writes a service. Bookings made before keep what they were made with.
    async fn upsert_service(&self, service: &ServiceRow) -> Result<Upsert>;
    /// Writes a person with their first rules, all or nothing.
    async fn hire(&self, resource: &ResourceRow, rules: &[Rule]) -> Result<Upsert>;
    /// Writes a customer.
    async fn upsert_customer(&self, customer: &CustomerRow) -> Result<Upsert>;
    /// Writes an availability rule. One that overlaps another of the same subject and kind is refused, both named.
    async fn upsert_rule(&self, location: &str, rule: &Rule) -> Result<Upsert>;
    /// Takes a rule away.
    async fn remove_rule(&self, location: &str, rule: &str) -> Result<()>;
    /// Writes time away from duty. Bookings it conflicts with stay as they are.
    async fn add_block(&self, block: &NewBlock, stamp: &Stamp) -> Result<BlockRow>;
    /// Takes a block away.
    async fn remove_block(&self, block: &str) -> Result<()>;
    /// Takes a block of this location away.
    async fn remove_block_at(&self, location: &str, block: &str) -> Result<()>;

    /// A tenant.
    async fn tenant(&self, id: &str) -> Result<TenantRow>;
    /// All locations, by id.
    async fn locations(&self) -> Result<Vec<LocationRow>>;
    /// A location.
    async fn location(&self, id: &str) -> Result<LocationRow>;
    /// Everybody and every table of a location, by id, those who left too.
    async fn resources(&self, location: &str) -> Result<Vec<ResourceRow>>;
    /// The services of a location, by id.
    async fn services(&self, location: &str) -> Result<Vec<ServiceRow>>;
    /// The availability rules of a location, by id.
    async fn rules(&self, location: &str) -> Result<Vec<Rule>>;
    /// Blocks that share an instant with `span`, by start.
    async fn blocks(&self, location: &str, span: Span) -> Result<Vec<BlockRow>>;
    /// A customer of a tenant, if known.
    async fn customer(&self, tenant: &str, id: &str) -> Result<Option<CustomerRow>>;
    /// A customer of a tenant who is reached there, however it is written; of several the one with the smallest id, those first who are told there.
    async fn customer_by_contact(&self, tenant: &str, contact: &Contact) -> Result<Option<CustomerRow>>;

    // --- accounts

    /// Writes a new account; its epoch is the first, whatever the row says.
    async fn add_account(&self, account: &AccountRow) -> Result<AccountRow>;
    /// Changes an account as it stands when this is written. What ends sessions raises its epoch; what changes nothing writes nothing.
    async fn change_account(&self, tenant: &str, login: &str, change: &AccountChange, at: DateTime<Utc>) -> Result<AccountRow>;
    /// An account of a tenant, if there is one of this login.
    async fn account(&self, tenant: &str, login: &str) -> Result<Option<AccountRow>>;
    /// The accounts of a tenant, by login.
    async fn accounts(&self, tenant: &str) -> Result<Vec<AccountRow>>;

    /// Ends a session at the pages before its time; `until` it is kept that it was. Those that are over by `now` are forgotten.
    async fn end_session(&self, id: &str, until: DateTime<Utc>, now: DateTime<Utc>) -> Result<()>;
    /// Was a session ended before its time?
    async fn session_has_ended(&self, id: &str) -> Result<bool>;

    // --- the house's own words

    /// A tenant's own words for messages, by topic and language.
    async fn templates(&self, tenant: &str) -> Result<Vec<TemplateRow>>;
    /// The same of the tenant whose location this is.
    async fn templates_at(&self, location: &str) -> Result<Vec<TemplateRow>>;
    /// Puts a tenant's own words for a topic in a language in the place of those there were.
    async fn write_template(&self, template: &TemplateRow) -> Result<()>;
    /// Goes back to the shipped words.
    async fn remove_template(&self, tenant: &str, language: Language, topic: &str) -> Result<()>;

    // --- bookings

    /// Takes a booking: reads the day, asks `decide`, writes booking, hold, history and events. `None` when `decide` refused.
    async fn take_booking(&self, new: &NewBooking, decide: Decide<'_>, stamp: &Stamp) -> Result<Option<BookingRow>>;
    /// Moves a booking to another time and asks `decide` who holds it there. `None` when refused: it stays where it was.
    async fn move_booking(&self, id: &str, start: Minute, expected: Option<i64>, decide: Decide<'_>, stamp: &Stamp) -> Result<Option<BookingRow>>;
    /// Confirms a held booking, with the reference of a payment where there is one; `decide` says how firmly, and who holds one that a run has
    /// left with nobody. `None` when refused; a booking whose hold has run out comes back expired, one that stands already as it is.
    async fn confirm_booking(
        &self,
        id: &str,
        expected: Option<i64>,
        payment_ref: Option<&str>,
        decide: Decide<'_>,
        stamp: &Stamp,
    ) -> Result<Option<BookingRow>>;
    /// Lets holds run out that are due, of one location or of all; their ids.
    async fn expire_holds(&self, location: Option<&str>, stamp: &Stamp) -> Result<Vec<String>>;
    /// Steps a booking to another state along the table of legal steps. With `expected` only from that `state_version`.
    async fn transition(&self, id: &str, to: BookingState, expected: Option<i64>, stamp: &Stamp) -> Result<BookingRow>;
    /// Calls a booking off. With `tell`, a customer to whom it stood is told so in the same transaction; what was still to be told of it is
    /// taken back either way. With `expected` only from that `state_version`.
    async fn cancel_booking(&self, id: &str, expected: Option<i64>, tell: bool, stamp: &Stamp) -> Result<BookingRow>;
    /// Records who really served; has no overlap rule.
    async fn record_served_by(&self, id: &str, resources: &[String]) -> Result<()>;
    /// Writes recorded bookings, keyed by `external_ref`; each is judged on its own, the good ones go in. Twice changes nothing.
    async fn import_bookings(&self, location: &str, batch: &[ImportBooking], stamp: &Stamp) -> Result<Vec<RowOutcome>>;
    /// A booking.
    async fn booking(&self, id: &str) -> Result<BookingRow>;
    /// Bookings that start within `span`, in every state, by start and id.
    async fn bookings_between(&self, location: &str, span: Span) -> Result<Vec<BookingRow>>;
    /// Local days from one to another, both included, on which something is booked that was not called off, and how much.
    async fn days_with_bookings(&self, location: &str, from: NaiveDate, to: NaiveDate) -> Result<Vec<(NaiveDate, usize)>>;
    /// What happened to a booking, oldest first.
    async fn history(&self, booking: &str) -> Result<Vec<HistoryRow>>;

    /// Bookings of a tenant by start and id, after the end of another page, at most `limit`.
    async fn bookings_page(&self, tenant: &str, filter: &BookingFilter, after: Option<&PageEnd>, limit: u32) -> Result<BookingPage>;
    /// Counts what must not be, over everything.
    async fn audit(&self) -> Result<Audit>;

    // --- slots and requests

    /// Slots of local days from one to another, both included, of one service or of all, by start.
    async fn slots(&self, location: &str, from: NaiveDate, to: NaiveDate, service: Option<&str>) -> Result<Vec<SlotRow>>;
    /// A slot.
    async fn slot(&self, id: &str) -> Result<SlotRow>;
    /// The version of the house by which a day's slots were made, if they were, and the house's own: where they differ the slots are old.
    async fn slots_version(&self, location: &str, date: NaiveDate) -> Result<(Option<i64>, i64)>;
    /// Makes the slots of a day what `wanted` says, by service. Twice changes nothing.
    async fn make_slots(
        &self,
        location: &str,
        date: NaiveDate,
        house_version: i64,
        wanted: &BTreeMap<String, Vec<NewSlot>>,
        at: DateTime<Utc>,
    ) -> Result<SlotsMade>;
    /// What somebody was shown and is to be shown again.
    async fn exposure(&self, key: &str, now: DateTime<Utc>) -> Result<Option<ExposureRow>>;
    /// Records what somebody is shown. What another process recorded just before stays; what holds comes back.
    async fn record_exposure(&self, row: &ExposureRow, now: DateTime<Utc>) -> Result<ExposureRow>;
    /// Forgets what somebody was shown.
    async fn drop_exposure(&self, key: &str) -> Result<()>;
    /// The same store for one request of one caller: its first write goes through and is noted with its outcome in one transaction; the same
    /// request again is [`StoreErrorKind::Repeated`] and changes nothing.
    fn for_request(&self, request: RequestKey) -> Arc<dyn Store>;
    /// Notes the outcome of the request this store is for, and writes nothing else.
    async fn note(&self) -> Result<()>;
    /// What a request led to, if it was made before.
    async fn answered(&self, tenant: &str, actor: &str, key: &str) -> Result<Option<Answered>>;
    /// Forgets requests from before an instant and what was shown until one; how many rows.
    async fn forget(&self, requests_before: DateTime<Utc>, exposures_until: DateTime<Utc>) -> Result<u64>;

    // --- the day

    /// A day at one glance: its version, which any write that touches it makes larger, and whether its slots and holds are as they should be.
    async fn glance(&self, location: &str, date: NaiveDate, now: DateTime<Utc>) -> Result<Glance>;
    /// A location's local day: sheet, version and whom it is about, as one consistent read.
    async fn day(&self, location: &str, date: NaiveDate, view: DayView) -> Result<Day>;
    /// Applies a change to a day, whole or not at all, if nobody touched the day since it was read.
    async fn change_day(&self, change: &DayChange) -> Result<Cas>;
    /// Records a run that changed nothing.
    async fn record_run(&self, run: &RunRow) -> Result<()>;
    /// Runs of a location, of one day or of all, newest first, at most `limit`: those that are older than the run `before`, where one is named.
    async fn runs(&self, location: &str, date: Option<NaiveDate>, before: Option<&str>, limit: u32) -> Result<Vec<RunRow>>;
    /// A run.
    async fn run(&self, id: &str) -> Result<RunRow>;
    /// Open rows of the needs-attention queue, of one day or of all, oldest first.
    async fn open_attention(&self, location: &str, date: Option<NaiveDate>) -> Result<Vec<AttentionRow>>;
    /// A row of the needs-attention queue, settled or not.
    async fn attention(&self, id: &str) -> Result<AttentionRow>;
    /// Days from `from` on with bookings that nobody serves, where anything has changed since that was last tried again.
    async fn restless_days(&self, from: NaiveDate) -> Result<Vec<(String, NaiveDate)>>;
    /// Notes that everything that waits on a day for somebody to serve it was tried again, on the day as it is now.
    async fn note_tried(&self, location: &str, date: NaiveDate, at: DateTime<Utc>) -> Result<()>;
    /// Notes that the customer of a row was asked, and puts the question into the outbox.
    async fn ask_customer(&self, attention: &str, question: &NewMessage, stamp: &Stamp) -> Result<()>;
    /// Settles a row of the needs-attention queue.
    async fn resolve_attention(&self, id: &str, stamp: &Stamp) -> Result<()>;

    // --- absences

    /// Notes a preview of an absence; the one that it replaces stands as said from then on. Answers with the row.
    async fn save_absence(&self, row: &AbsenceRow, replaces: Option<(&str, AbsenceState)>) -> Result<AbsenceRow>;
    /// An absence, by its id or by that of the block it wrote.
    async fn absence(&self, id: &str) -> Result<AbsenceRow>;
    /// Absences of a location, newest first, at most `limit`.
    async fn absences(&self, location: &str, limit: u32) -> Result<Vec<AbsenceRow>>;
    /// Confirmed absences of a location that touch a span and were not taken back, by when they begin.
    async fn standing_absences(&self, location: &str, span: Span) -> Result<Vec<AbsenceRow>>;
    /// Makes a step of an absence with its block and all its days. `None` when a day was touched since it was read: nothing was written.
    async fn change_absence(&self, change: &AbsenceChange) -> Result<Option<AbsenceRow>>;

    // --- what-ifs

    /// Writes a what-if and puts it on the list of jobs, as one; `None` where the tenant has `open_max` of them open already.
    async fn ask_whatif(&self, new: &NewWhatIf, open_max: u32) -> Result<Option<WhatIfRow>>;
    /// Begins with a what-if, or begins again where another worker left it; `None` where it has ended.
    async fn start_whatif(&self, id: &str, at: DateTime<Utc>) -> Result<Option<WhatIfRow>>;
    /// Notes how many days of how many are solved; `false` when it is to end, or has ended.
    async fn note_whatif(&self, id: &str, done: u32, total: u32) -> Result<bool>;
    /// Ends a what-if; `false` where it has ended before.
    async fn finish_whatif(&self, id: &str, end: &WhatIfEnd, at: DateTime<Utc>) -> Result<bool>;
    /// Calls a what-if off: at once where nobody works on it, else whoever does is asked to end. One that has ended stays as it is.
    async fn cancel_whatif(&self, id: &str, at: DateTime<Utc>) -> Result<WhatIfRow>;
    /// A what-if, without its study.
    async fn whatif(&self, id: &str) -> Result<WhatIfRow>;
    /// The study of a what-if, once it is done.
    async fn whatif_study(&self, id: &str) -> Result<Option<serde_json::Value>>;
    /// What-ifs of a tenant, of one location or of all, newest first, before the row `before`, at most `limit`.
    async fn whatifs(&self, tenant: &str, location: Option<&str>, before: Option<&str>, limit: u32) -> Result<Vec<WhatIfRow>>;
    /// Forgets what-ifs that ended before an instant; how many.
    async fn forget_whatifs(&self, before: DateTime<Utc>) -> Result<u64>;

    // --- the fairness ledger

    /// Closes a day into the ledger: reads it as recorded, asks `settle`, writes the entries. `None` where it was closed before: nothing changes.
    async fn close_day(&self, location: &str, date: NaiveDate, settle: SettleDay<'_>, stamp: &Stamp) -> Result<Option<usize>>;
    /// Days that are closed, entries and corrections from one local day to another, both included.
    async fn ledger(&self, location: &str, from: NaiveDate, to: NaiveDate) -> Result<LedgerRows>;
    /// Writes a correction by hand, with the stamp's actor and reason.
    async fn correct_ledger(&self, new: &NewCorrection, stamp: &Stamp) -> Result<CorrectionRow>;

    // --- the outbox

    /// Rows of the outbox, newest last: all of a class, delivered or not, after the row `after`, at most `limit`.
    async fn outbox(&self, class: OutboxClass, after: i64, limit: u32) -> Result<Vec<OutboxRow>>;
    /// Takes rows that are due for a worker to send, oldest first, at most `limit`: none that another has taken, none of which an earlier one of
    /// the same booking has still to go out, and in a tenant's quiet hours none that can wait until they end.
    async fn outbox_claim(&self, class: OutboxClass, claim: &Claim, limit: u32) -> Result<Vec<OutboxRow>>;
    /// Notes that a row was delivered.
    async fn outbox_delivered(&self, id: i64, at: DateTime<Utc>) -> Result<()>;
    /// Notes that a worker's try failed; nothing where the row is not the worker's any more.
    async fn outbox_failed(&self, id: i64, worker: &str, failure: &Failure) -> Result<()>;
    /// Messages that a filter lets through, newest first, before the row `before`, at most `limit`.
    async fn messages(&self, filter: &MessageFilter, before: Option<i64>, limit: u32) -> Result<Vec<OutboxRow>>;
    /// Decides about messages that could not be delivered, as far as a filter lets them through: this one, or all of them. How many there were.
    async fn settle_dead(&self, filter: &MessageFilter, id: Option<i64>, what: DeadLetter, stamp: &Stamp) -> Result<u64>;
    /// Bookings whose customers are to be reminded now, by id, after the id `after`, at most `limit`.
    async fn reminders_due(&self, now: DateTime<Utc>, after: &str, limit: u32) -> Result<Vec<String>>;
    /// Writes the reminder of a booking, unless it moved away or was called off meanwhile, or was reminded of before.
    async fn remind(&self, booking: &str, now: DateTime<Utc>) -> Result<bool>;

    // --- the clockwork

    /// Puts jobs on the list. One that stands there and waits gets the new times; one that was done stays done.
    async fn plan_jobs(&self, jobs: &[NewJob]) -> Result<()>;
    /// Leases at most `limit` jobs that are due to a worker until an instant, those first that are longest due. Nobody else is given them until then.
    /// A job of a local day waits for the earlier ones of the same day.
    async fn lease_jobs(&self, worker: &str, now: DateTime<Utc>, until: DateTime<Utc>, limit: u32) -> Result<Vec<LeasedJob>>;
    /// Keeps a lease for longer; `false` when somebody else has the job by now.
    async fn extend_lease(&self, job: &LeasedJob, until: DateTime<Utc>) -> Result<bool>;
    /// Notes that a job was done: for good, or to be done again then. `false` when somebody else has the job by now.
    async fn finish_job(&self, job: &LeasedJob, at: DateTime<Utc>, outcome: &str, again: Option<DateTime<Utc>>) -> Result<bool>;
    /// Notes that a job failed, and when it is tried again. `false` when somebody else has the job by now.
    async fn fail_job(&self, job: &LeasedJob, error: &str, next_attempt: DateTime<Utc>) -> Result<bool>;
    /// What is left of a kind of job that is due and should be done by a deadline.
    async fn jobs_ahead(&self, kind: &str, deadline: DateTime<Utc>, now: DateTime<Utc>) -> Result<Ahead>;
    /// When there is next something to do.
    async fn next_job_due(&self, now: DateTime<Utc>) -> Result<Option<DateTime<Utc>>>;
    /// The list of jobs, of one location or of all: those that wait first, by when they are due; at most `limit`.
    async fn jobs(&self, location: Option<&str>, limit: u32) -> Result<Vec<JobRow>>;
    /// A job of the list, if it stands there.
    async fn job(&self, key: &JobKey) -> Result<Option<JobRow>>;
    /// Forgets jobs that were done and are about days that were over before an instant; how many.
    async fn forget_jobs(&self, before: DateTime<Utc>) -> Result<u64>;

    // --- the keys

    /// Seals one batch of rows anew with the current keys, as far as they are not: at most `limit` of them, after where the last batch ended.
    async fn reseal(&self, after: Option<&ResealAt>, limit: u32) -> Result<Resealed>;
    /// Which keys some row still needs. Waits for whoever is writing with the keys as they were before.
    async fn keys_in_use(&self) -> Result<InUse>;
}
