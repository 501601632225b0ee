//! The store's methods: each one transaction around a function of one connection, and tried again where another writer was in the way.

use std::collections::BTreeMap;
use std::sync::Arc;

use async_trait::async_trait;
use chrono::{DateTime, NaiveDate, Utc};

use super::{
    Backend, absences, accounts, attention, bookings, contacts, day, desk, house, import, jobs, journal, ledger, outbox, pages, read_house, reseal,
    sessions, take, telling, templates, whatifs,
};
use crate::domain::{BookingState, Language, Minute, Rule, Span};
use crate::keyring::InUse;
use crate::store::{
    AbsenceChange, AbsenceRow, AbsenceState, AccountChange, AccountRow, Ahead, Answered, AttentionRow, Audit, BlockRow, BookingFilter, BookingPage,
    BookingRow, Cas, Claim, CombinationRow, Contact, CorrectionRow, CustomerRow, Day, DayChange, DayView, DeadLetter, Decide, ExposureRow, Failure,
    Glance, HistoryRow, ImportBooking, JobKey, JobRow, LeasedJob, LedgerRows, LocationRow, MessageFilter, NewBlock, NewBooking, NewCorrection,
    NewJob, NewMessage, NewSlot, NewWhatIf, OutboxClass, OutboxRow, PageEnd, RequestKey, ResealAt, Resealed, ResourceRow, Result, RowOutcome, RunRow,
    ServiceRow, SettleDay, SlotRow, SlotsMade, Stamp, Store, StoreError, StoreErrorKind, TemplateRow, TenantRow, Upsert, WhatIfEnd, WhatIfRow,
};

/// How often a transaction that lost to another writer is begun, at most.
const TRIES_MAX: u32 = 8;
/// How often one is begun that double-booked somebody, at most. What was decided on may have been taken meanwhile by a booking on another day's
/// sheet, over midnight; who decides again sees it.
const DOUBLE_BOOKED_MAX: u32 = 3;

/// Could a transaction that failed in this way go through when it is begun again?
fn may_pass(error: &StoreError, tries: u32) -> bool {
    match error.kind() {
        StoreErrorKind::Busy => tries < TRIES_MAX,
        StoreErrorKind::DoubleBooking => tries < DOUBLE_BOOKED_MAX,
        _ => false,
    }
}

/// Bookings that a person has to look at now.
fn reviews(count: usize) {
    metrics::counter!("manual_review_count").increment(u64::try_from(count).unwrap_or(0));
}

/// Runs a function of one connection in a write transaction and commits what it did; begun again where another writer was in the way.
macro_rules! written {
    ($store:expr, $call:path $(, $argument:expr)*) => {{
        let mut tries = 0;
        loop {
            let done = async {
                let mut tx = $store.write().await?;
                if let Some(request) = &$store.request {
                    desk::claim(&mut tx, request).await?;
                }
                let answer = $call(&mut tx $(, $argument)*).await?;
                if let Some(request) = &$store.request {
                    desk::conclude(&mut tx, request, &answer).await?;
                }
                tx.commit().await?;
                Ok(answer)
            };
            tries += 1;
            match done.await {
                Err(error) if may_pass(&error, tries) => metrics::counter!("retry_count", "of" => "transaction").increment(1),
                answer => break answer,
            }
        }
    }};
}

/// The same for a function that may decide to change nothing: what it had begun is put back then.
macro_rules! decided {
    ($store:expr, $call:path $(, $argument:expr)*) => {{
        let mut tries = 0;
        loop {
            let done = async {
                let mut tx = $store.write().await?;
                if let Some(request) = &$store.request {
                    desk::claim(&mut tx, request).await?;
                }
                let answer = $call(&mut tx $(, $argument)*).await?;
                match &answer {
                    Some(done) => {
                        if let Some(request) = &$store.request {
                            desk::conclude(&mut tx, request, done).await?;
                        }
                        tx.commit().await?;
                    }
                    None => tx.rollback().await?,
                }
                Ok(answer)
            };
            tries += 1;
            match done.await {
                Err(error) if may_pass(&error, tries) => metrics::counter!("retry_count", "of" => "transaction").increment(1),
                answer => break answer,
            }
        }
    }};
}

/// Runs a function of one connection in a read transaction.
macro_rules! read {
    ($store:expr, $call:path $(, $argument:expr)*) => {{
        let mut tx = $store.read().await?;
        $call(&mut tx $(, $argument)*).await
    }};
}

#[async_trait]
impl Store for Backend {
    async fn ping(&self) -> Result<()> {
        read!(self, read_house::ping)
    }
    async fn close(&self) {
        self.close_all().await;
    }

    async fn upsert_tenant(&self, tenant: &TenantRow) -> Result<Upsert> {
        written!(self, house::upsert_tenant, tenant)
    }
    async fn upsert_location(&self, location: &LocationRow) -> Result<Upsert> {
        written!(self, house::upsert_location, location)
    }
    async fn upsert_resource(&self, resource: &ResourceRow) -> Result<Upsert> {
        written!(self, house::upsert_resource, resource)
    }
    async fn upsert_combination(&self, combination: &CombinationRow) -> Result<Upsert> {
        written!(self, house::upsert_combination, combination)
    }
    async fn upsert_service(&self, service: &ServiceRow) -> Result<Upsert> {
        written!(self, house::upsert_service, service)
    }
    async fn upsert_customer(&self, customer: &CustomerRow) -> Result<Upsert> {
        written!(self, house::upsert_customer, customer)
    }
    async fn upsert_rule(&self, location: &str, rule: &Rule) -> Result<Upsert> {
        written!(self, house::upsert_rule, location, rule)
    }
    async fn remove_rule(&self, location: &str, rule: &str) -> Result<()> {
        written!(self, house::remove_rule, location, rule)
    }
    async fn add_block(&self, block: &NewBlock, stamp: &Stamp) -> Result<BlockRow> {
        written!(self, house::add_block, block, stamp)
    }
    async fn remove_block(&self, block: &str) -> Result<()> {
        written!(self, house::remove_block, block)
    }

    async fn add_account(&self, account: &AccountRow) -> Result<AccountRow> {
        written!(self, accounts::add, account)
    }
    async fn change_account(&self, tenant: &str, login: &str, change: &AccountChange, at: DateTime<Utc>) -> Result<AccountRow> {
        written!(self, accounts::change, tenant, login, change, at)
    }
    async fn account(&self, tenant: &str, login: &str) -> Result<Option<AccountRow>> {
        read!(self, accounts::account, tenant, login)
    }
    async fn accounts(&self, tenant: &str) -> Result<Vec<AccountRow>> {
        read!(self, accounts::accounts, tenant)
    }

    async fn end_session(&self, id: &str, until: DateTime<Utc>, now: DateTime<Utc>) -> Result<()> {
        written!(self, sessions::end, id, until, now)
    }
    async fn session_has_ended(&self, id: &str) -> Result<bool> {
        read!(self, sessions::has_ended, id)
    }

    async fn templates(&self, tenant: &str) -> Result<Vec<TemplateRow>> {
        read!(self, templates::of_tenant, tenant)
    }
    async fn templates_at(&self, location: &str) -> Result<Vec<TemplateRow>> {
        read!(self, templates::at, location)
    }
    async fn write_template(&self, template: &TemplateRow) -> Result<()> {
        written!(self, templates::write, template)
    }
    async fn remove_template(&self, tenant: &str, language: Language, topic: &str) -> Result<()> {
        written!(self, templates::remove, tenant, language, topic)
    }

    async fn tenant(&self, id: &str) -> Result<TenantRow> {
        read!(self, read_house::tenant, id)
    }
    async fn locations(&self) -> Result<Vec<LocationRow>> {
        read!(self, read_house::locations)
    }
    async fn location(&self, id: &str) -> Result<LocationRow> {
        read!(self, read_house::location, id)
    }
    async fn resources(&self, location: &str) -> Result<Vec<ResourceRow>> {
        read!(self, read_house::resources, location)
    }
    async fn services(&self, location: &str) -> Result<Vec<ServiceRow>> {
        read!(self, read_house::services, location)
    }
    async fn rules(&self, location: &str) -> Result<Vec<Rule>> {
        read!(self, read_house::rules, location)
    }
    async fn blocks(&self, location: &str, span: Span) -> Result<Vec<BlockRow>> {
        read!(self, read_house::blocks, location, span)
    }
    async fn customer(&self, tenant: &str, id: &str) -> Result<Option<CustomerRow>> {
        read!(self, read_house::customer, tenant, id)
    }
    async fn customer_by_contact(&self, tenant: &str, contact: &Contact) -> Result<Option<CustomerRow>> {
        read!(self, contacts::find, tenant, contact)
    }

    async fn take_booking(&self, new: &NewBooking, decide: Decide<'_>, stamp: &Stamp) -> Result<Option<BookingRow>> {
        decided!(self, take::take, new, decide, stamp)
    }
    async fn move_booking(&self, id: &str, start: Minute, expected: Option<i64>, decide: Decide<'_>, stamp: &Stamp) -> Result<Option<BookingRow>> {
        decided!(self, take::reschedule, id, start, expected, decide, stamp)
    }
    async fn confirm_booking(
        &self,
        id: &str,
        expected: Option<i64>,
        payment_ref: Option<&str>,
        decide: Decide<'_>,
        stamp: &Stamp,
    ) -> Result<Option<BookingRow>> {
        decided!(self, take::confirm, id, expected, payment_ref, decide, stamp)
    }
    async fn expire_holds(&self, location: Option<&str>, stamp: &Stamp) -> Result<Vec<String>> {
        let mut expired = Vec::new();
        let days: Result<Vec<(String, NaiveDate)>> = read!(self, take::days_with_due_holds, location, stamp.at);
        for (location, date) in days? {
            let on_day: Result<Vec<String>> = written!(self, take::expire_holds, &location, date, stamp);
            expired.extend(on_day?);
        }
        Ok(expired)
    }
    async fn transition(&self, id: &str, to: BookingState, expected: Option<i64>, stamp: &Stamp) -> Result<BookingRow> {
        let stepped: Result<BookingRow> = written!(self, take::transition, id, to, expected, stamp);
        if stepped.is_ok() && to == BookingState::ManualReview {
            reviews(1);
        }
        stepped
    }
    async fn cancel_booking(&self, id: &str, expected: Option<i64>, tell: bool, stamp: &Stamp) -> Result<BookingRow> {
        written!(self, telling::cancel, id, expected, tell, stamp)
    }
    async fn record_served_by(&self, id: &str, resources: &[String]) -> Result<()> {
        written!(self, bookings::record_served_by, id, resources)
    }
    async fn import_bookings(&self, location: &str, batch: &[ImportBooking], stamp: &Stamp) -> Result<Vec<RowOutcome>> {
        written!(self, import::import, location, batch, stamp)
    }
    async fn booking(&self, id: &str) -> Result<BookingRow> {
        read!(self, bookings::booking, id)
    }
    async fn bookings_between(&self, location: &str, span: Span) -> Result<Vec<BookingRow>> {
        read!(self, bookings::between, location, span)
    }
    async fn days_with_bookings(&self, location: &str, from: NaiveDate, to: NaiveDate) -> Result<Vec<(NaiveDate, usize)>> {
        read!(self, bookings::days, location, from, to)
    }
    async fn history(&self, booking: &str) -> Result<Vec<HistoryRow>> {
        read!(self, journal::history, booking)
    }

    async fn day(&self, location: &str, date: NaiveDate, view: DayView) -> Result<Day> {
        read!(self, day::read, location, date, view, None)
    }
    async fn change_day(&self, change: &DayChange) -> Result<Cas> {
        let applied: Result<Option<Cas>> = decided!(self, day::change, change);
        let Some(applied) = applied? else { return Ok(Cas::LostRace) };
        reviews(change.assignments.iter().filter(|step| step.state == Some(BookingState::ManualReview)).count());
        Ok(applied)
    }
    async fn record_run(&self, run: &RunRow) -> Result<()> {
        written!(self, journal::insert_run, run)
    }
    async fn runs(&self, location: &str, date: Option<NaiveDate>, before: Option<&str>, limit: u32) -> Result<Vec<RunRow>> {
        read!(self, journal::runs, location, date, before, limit)
    }
    async fn run(&self, id: &str) -> Result<RunRow> {
        read!(self, journal::run, id)
    }
    async fn open_attention(&self, location: &str, date: Option<NaiveDate>) -> Result<Vec<AttentionRow>> {
        read!(self, attention::waiting, location, date)
    }
    async fn attention(&self, id: &str) -> Result<AttentionRow> {
        read!(self, attention::row, id)
    }
    async fn restless_days(&self, from: NaiveDate) -> Result<Vec<(String, NaiveDate)>> {
        read!(self, attention::restless_days, from)
    }
    async fn note_tried(&self, location: &str, date: NaiveDate, at: DateTime<Utc>) -> Result<()> {
        written!(self, attention::note_tried, location, date, at)
    }
    async fn ask_customer(&self, attention: &str, question: &NewMessage, stamp: &Stamp) -> Result<()> {
        written!(self, attention::ask, attention, question, stamp)
    }
    async fn resolve_attention(&self, id: &str, stamp: &Stamp) -> Result<()> {
        written!(self, attention::resolve, id, stamp)
    }

    async fn close_day(&self, location: &str, date: NaiveDate, settle: SettleDay<'_>, stamp: &Stamp) -> Result<Option<usize>> {
        decided!(self, ledger::close, location, date, settle, stamp)
    }
    async fn ledger(&self, location: &str, from: NaiveDate, to: NaiveDate) -> Result<LedgerRows> {
        read!(self, ledger::read, location, from, to)
    }
    async fn correct_ledger(&self, new: &NewCorrection, stamp: &Stamp) -> Result<CorrectionRow> {
        written!(self, ledger::correct, new, stamp)
    }

    async fn outbox(&self, class: OutboxClass, after: i64, limit: u32) -> Result<Vec<OutboxRow>> {
        read!(self, outbox::outbox, class, after, limit)
    }
    async fn outbox_claim(&self, class: OutboxClass, claim: &Claim, limit: u32) -> Result<Vec<OutboxRow>> {
        written!(self, outbox::claim, class, claim, limit)
    }
    async fn outbox_delivered(&self, id: i64, at: DateTime<Utc>) -> Result<()> {
        written!(self, outbox::delivered, id, at)
    }
    async fn outbox_failed(&self, id: i64, worker: &str, failure: &Failure) -> Result<()> {
        written!(self, outbox::failed, id, worker, failure)
    }
    async fn messages(&self, filter: &MessageFilter, before: Option<i64>, limit: u32) -> Result<Vec<OutboxRow>> {
        read!(self, outbox::messages, filter, before, limit)
    }
    async fn settle_dead(&self, filter: &MessageFilter, id: Option<i64>, what: DeadLetter, stamp: &Stamp) -> Result<u64> {
        written!(self, outbox::settle_dead, filter, id, what, stamp)
    }
    async fn reminders_due(&self, now: DateTime<Utc>, after: &str, limit: u32) -> Result<Vec<String>> {
        read!(self, telling::reminders_due, now, after, limit)
    }
    async fn remind(&self, booking: &str, now: DateTime<Utc>) -> Result<bool> {
        written!(self, telling::remind, booking, now)
    }

    async fn plan_jobs(&self, jobs: &[NewJob]) -> Result<()> {
        written!(self, jobs::plan, jobs)
    }
    async fn lease_jobs(&self, worker: &str, now: DateTime<Utc>, until: DateTime<Utc>, limit: u32) -> Result<Vec<LeasedJob>> {
        written!(self, jobs::lease, worker, now, until, limit)
    }
    async fn extend_lease(&self, job: &LeasedJob, until: DateTime<Utc>) -> Result<bool> {
        written!(self, jobs::extend, job, until)
    }
    async fn finish_job(&self, job: &LeasedJob, at: DateTime<Utc>, outcome: &str, again: Option<DateTime<Utc>>) -> Result<bool> {
        written!(self, jobs::finish, job, at, outcome, again)
    }
    async fn fail_job(&self, job: &LeasedJob, error: &str, next_attempt: DateTime<Utc>) -> Result<bool> {
        written!(self, jobs::fail, job, error, next_attempt)
    }
    async fn jobs_ahead(&self, kind: &str, deadline: DateTime<Utc>, now: DateTime<Utc>) -> Result<Ahead> {
        read!(self, jobs::ahead, kind, deadline, now)
    }
    async fn next_job_due(&self, now: DateTime<Utc>) -> Result<Option<DateTime<Utc>>> {
        read!(self, jobs::next_due, now)
    }
    async fn jobs(&self, location: Option<&str>, limit: u32) -> Result<Vec<JobRow>> {
        read!(self, jobs::list, location, limit)
    }
    async fn job(&self, key: &JobKey) -> Result<Option<JobRow>> {
        read!(self, jobs::job, key)
    }
    async fn forget_jobs(&self, before: DateTime<Utc>) -> Result<u64> {
        written!(self, jobs::forget, before)
    }

    async fn save_absence(&self, row: &AbsenceRow, replaces: Option<(&str, AbsenceState)>) -> Result<AbsenceRow> {
        written!(self, absences::save, row, replaces)
    }
    async fn absence(&self, id: &str) -> Result<AbsenceRow> {
        read!(self, absences::absence, id)
    }
    async fn absences(&self, location: &str, limit: u32) -> Result<Vec<AbsenceRow>> {
        read!(self, absences::absences, location, limit)
    }
    async fn standing_absences(&self, location: &str, span: Span) -> Result<Vec<AbsenceRow>> {
        read!(self, absences::standing, location, span)
    }
    async fn change_absence(&self, change: &AbsenceChange) -> Result<Option<AbsenceRow>> {
        let changed: Result<Option<AbsenceRow>> = decided!(self, absences::change, change);
        let changed = changed?;
        if changed.is_some() {
            let steps = change.days.iter().flat_map(|day| &day.assignments);
            reviews(steps.filter(|step| step.state == Some(BookingState::ManualReview)).count());
        }
        Ok(changed)
    }

    async fn ask_whatif(&self, new: &NewWhatIf, open_max: u32) -> Result<Option<WhatIfRow>> {
        decided!(self, whatifs::ask, new, open_max)
    }
    async fn start_whatif(&self, id: &str, at: DateTime<Utc>) -> Result<Option<WhatIfRow>> {
        written!(self, whatifs::start, id, at)
    }
    async fn note_whatif(&self, id: &str, done: u32, total: u32) -> Result<bool> {
        written!(self, whatifs::progress, id, done, total)
    }
    async fn finish_whatif(&self, id: &str, end: &WhatIfEnd, at: DateTime<Utc>) -> Result<bool> {
        written!(self, whatifs::finish, id, end, at)
    }
    async fn cancel_whatif(&self, id: &str, at: DateTime<Utc>) -> Result<WhatIfRow> {
        written!(self, whatifs::cancel, id, at)
    }
    async fn whatif(&self, id: &str) -> Result<WhatIfRow> {
        read!(self, whatifs::whatif, id)
    }
    async fn whatif_study(&self, id: &str) -> Result<Option<serde_json::Value>> {
        read!(self, whatifs::study, id)
    }
    async fn whatifs(&self, tenant: &str, location: Option<&str>, before: Option<&str>, limit: u32) -> Result<Vec<WhatIfRow>> {
        read!(self, whatifs::whatifs, tenant, location, before, limit)
    }
    async fn forget_whatifs(&self, before: DateTime<Utc>) -> Result<u64> {
        written!(self, whatifs::forget, before)
    }

    async fn reseal(&self, after: Option<&ResealAt>, limit: u32) -> Result<Resealed> {
        let done: Result<Resealed> = written!(self, reseal::batch, after, limit);
        let done = done?;
        if done.next.is_none() {
            self.sweep().await?;
        }
        Ok(done)
    }
    async fn keys_in_use(&self) -> Result<InUse> {
        let settled: Result<()> = written!(self, reseal::settled);
        settled?;
        read!(self, reseal::keys_in_use)
    }

    async fn slots(&self, location: &str, from: NaiveDate, to: NaiveDate, service: Option<&str>) -> Result<Vec<SlotRow>> {
        read!(self, desk::slots, location, from, to, service)
    }
    async fn slot(&self, id: &str) -> Result<SlotRow> {
        read!(self, desk::slot, id)
    }
    async fn slots_version(&self, location: &str, date: NaiveDate) -> Result<(Option<i64>, i64)> {
        read!(self, desk::slots_version, location, date)
    }
    async fn make_slots(
        &self,
        location: &str,
        date: NaiveDate,
        house_version: i64,
        wanted: &BTreeMap<String, Vec<NewSlot>>,
        at: DateTime<Utc>,
    ) -> Result<SlotsMade> {
        written!(self, desk::make_slots, location, date, house_version, wanted, at)
    }
    async fn exposure(&self, key: &str, now: DateTime<Utc>) -> Result<Option<ExposureRow>> {
        read!(self, desk::exposure, key, now)
    }
    async fn record_exposure(&self, row: &ExposureRow, now: DateTime<Utc>) -> Result<ExposureRow> {
        written!(self, desk::record_exposure, row, now)
    }
    async fn drop_exposure(&self, key: &str) -> Result<()> {
        written!(self, desk::drop_exposure, key)
    }
    fn for_request(&self, request: RequestKey) -> Arc<dyn Store> {
        Arc::new(Backend { request: Some(request), ..self.clone() })
    }
    async fn note(&self) -> Result<()> {
        written!(self, desk::nothing)
    }
    async fn hire(&self, resource: &ResourceRow, rules: &[Rule]) -> Result<Upsert> {
        written!(self, house::hire, resource, rules)
    }
    async fn remove_block_at(&self, location: &str, block: &str) -> Result<()> {
        written!(self, house::remove_block_at, location, block)
    }
    async fn answered(&self, tenant: &str, actor: &str, key: &str) -> Result<Option<Answered>> {
        read!(self, desk::answered, tenant, actor, key)
    }
    async fn forget(&self, requests_before: DateTime<Utc>, exposures_until: DateTime<Utc>) -> Result<u64> {
        written!(self, desk::forget, requests_before, exposures_until)
    }
    async fn bookings_page(&self, tenant: &str, filter: &BookingFilter, after: Option<&PageEnd>, limit: u32) -> Result<BookingPage> {
        read!(self, pages::bookings, tenant, filter, after, limit)
    }
    async fn audit(&self) -> Result<Audit> {
        read!(self, pages::audit)
    }
    async fn glance(&self, location: &str, date: NaiveDate, now: DateTime<Utc>) -> Result<Glance> {
        read!(self, desk::glance, location, date, now)
    }
}
