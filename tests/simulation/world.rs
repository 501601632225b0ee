//! The world that is simulated: three houses in three zones, a clock, customers, managers, and messages that arrive or do not.

use std::collections::BTreeMap;
use std::sync::atomic::AtomicUsize;
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use chrono::{DateTime, Days, NaiveDate, TimeDelta, Utc};
use chrono_tz::Tz;
use tokio::sync::Notify;
use zamu::booking::{self, Outcome, Person, Request};
use zamu::clock::{Clock, SetClock};
use zamu::domain::{BookingState, Minute, Rule, Span, Weekdays, local};
use zamu::notify::{SendError, SendErrorKind, Sender, Text, deliver};
use zamu::operations::absence::{Absence, confirm, preview, undo};
use zamu::operations::attention::act;
use zamu::operations::attention::case;
use zamu::operations::{Clockwork, RunOptions, Told, optimize};
use zamu::store::{
    AbsenceState, Contact, CustomerRow, LocationRow, NewBooking, OutboxClass, OutboxRow, ResourceRow, ServiceRow, Store, StoreErrorKind, TenantRow,
};

use super::house::Spa;
use super::house::meddling::{Death, Meddling};
use crate::rng::Rng;

/// The houses: id, zone, cutoff, how many days before.
pub const HOUSES: [(&str, Tz, u32, u32); 3] = [
    ("karen", chrono_tz::Africa::Nairobi, 18 * 60, 1),
    // At an hour that the clocks go through twice, and one that they leave out.
    ("mitte", chrono_tz::Europe::Berlin, 2 * 60 + 30, 1),
    ("soho", chrono_tz::America::New_York, 7 * 60, 0),
];
const PEOPLE: [(&str, &str, &[&str]); 4] =
    [("ada", "female", &["cut", "colour"]), ("bo", "male", &["cut"]), ("cy", "female", &["cut"]), ("di", "female", &["cut", "colour"])];
const CUSTOMERS: usize = 12;

/// What a customer or manager got: every message by its key, in the order of arrival.
#[derive(Default)]
pub struct Post {
    /// By address: key and topic and what it says.
    pub got: Mutex<Vec<OutboxRow>>,
    /// Of a hundred messages so many are refused, and as many arrive without an answer.
    pub bad: AtomicUsize,
    rng: Mutex<Option<Rng>>,
}

#[async_trait]
impl Sender for Post {
    async fn send(&self, row: &OutboxRow, text: &Text) -> Result<(), SendError> {
        assert!(!text.body.is_empty() && !text.body.contains('{'), "{text:?}");
        let bad = self.bad.load(std::sync::atomic::Ordering::SeqCst) as u32;
        let roll = self.rng.lock().unwrap().as_mut().map_or(100, |rng| rng.below(100)) as u32;
        if roll < bad {
            return Err(SendError::new(SendErrorKind::Refused, "the line is busy"));
        }
        let mut got = self.got.lock().unwrap();
        // A receiver drops what it has.
        if !got.iter().any(|before| before.dedup_key == row.dedup_key) {
            got.push(row.clone());
        }
        drop(got);
        if roll < 2 * bad { Err(SendError::new(SendErrorKind::Unanswered, "hung up")) } else { Ok(()) }
    }
}

/// What was done, for whoever looks at a failure.
pub type Log = Arc<Mutex<Vec<String>>>;

/// The world.
pub struct World {
    pub spa: Spa,
    pub clock: Arc<SetClock>,
    pub post: Post,
    pub rng: Rng,
    /// What was done.
    log: Log,
    /// The latest that the clock ever showed.
    pub latest: DateTime<Utc>,
    next: usize,
}

impl World {
    /// Begins before a change of the clocks in Berlin and one in New York.
    pub async fn new(seed: u64, log: Log) -> World {
        let mut rng = Rng::new(seed);
        let begin = if rng.chance(50) { "2026-10-21T09:00:00Z" } else { "2027-03-11T09:00:00Z" };
        let begin: DateTime<Utc> = begin.parse().unwrap();
        let spa = Spa::empty().await;
        for (id, zone, cutoff_minute, cutoff_days_before) in HOUSES {
            let manager = Some(Contact::new("console", &format!("manager of {id}")));
            let tenant = TenantRow {
                manager,
                cutoff_minute,
                cutoff_days_before,
                staff_preference_enabled: true,
                shadow_profile: (id == "soho").then(|| "spread".to_owned()),
                ..TenantRow::new(&format!("t-{id}"), id)
            };
            spa.store.upsert_tenant(&tenant).await.unwrap();
            let place = LocationRow { id: id.into(), tenant_id: tenant.id.clone(), name: id.into(), timezone: zone };
            spa.store.upsert_location(&place).await.unwrap();
            for (who, gender, can) in PEOPLE {
                spa.store.upsert_resource(&ResourceRow::staff(id, who, who, can).with_gender(gender)).await.unwrap();
            }
            for (service, minutes) in [("cut", 45), ("colour", 90)] {
                let row = ServiceRow { buffer_after_minutes: 15, ..ServiceRow::new(id, service, service, minutes, &[service]) };
                spa.store.upsert_service(&row).await.unwrap();
            }
            spa.store.upsert_rule(id, &Rule::weekly("hours", None, Weekdays::ALL, 540, 1020)).await.unwrap();
            for k in 0..CUSTOMERS {
                // One of them cannot be written to.
                let contact = (k > 0).then(|| Contact::new("console", &format!("{k}@{id}")));
                let customer = CustomerRow { contact, ..CustomerRow::new(&tenant.id, &format!("c{k}"), &format!("Customer {k}")) };
                spa.store.upsert_customer(&customer).await.unwrap();
            }
        }
        let post = Post { rng: Mutex::new(Some(Rng::new(seed ^ 0xfeed))), ..Post::default() };
        World { spa, clock: Arc::new(SetClock::at(begin)), post, rng, log, latest: begin, next: 0 }
    }

    pub fn now(&self) -> DateTime<Utc> {
        self.clock.now()
    }

    fn house(&mut self) -> (String, Tz) {
        let (id, zone, ..) = self.rng.pick(&HOUSES);
        (id.to_owned(), zone)
    }

    fn note(&mut self, what: String) {
        self.log.lock().unwrap().push(format!("{} {what}", self.now().format("%m-%d %H:%M")));
    }

    /// The clock goes on, or jumps.
    pub async fn time_passes(&mut self) {
        let by = match self.rng.below(20) {
            0 => -TimeDelta::minutes(i64::from(self.rng.between(1, 180))),
            1 => TimeDelta::hours(i64::from(self.rng.between(10, 30))),
            _ => TimeDelta::minutes(i64::from(self.rng.between(5, 240))),
        };
        self.clock.set(self.now() + by);
        self.latest = self.latest.max(self.now());
        self.note(format!("the clock goes {} minutes", by.num_minutes()));
    }

    /// The clockwork turns; now and then its process dies in the middle.
    pub async fn clockwork_turns(&mut self) {
        let at_once = 1 + self.rng.below(2);
        if self.rng.chance(30) {
            let steps = self.rng.below(120);
            let silence = Arc::new(Notify::new());
            let store = self.spa.store.clone();
            let death = Some((AtomicUsize::new(steps), Death::Silence(silence.clone())));
            let mortal = Arc::new(Meddling { store, left: AtomicUsize::new(0), done: AtomicUsize::new(0), steps: death });
            let clockwork = Clockwork::new(mortal, self.clock.clone(), "mortal", at_once);
            let died = tokio::select! {
                turn = clockwork.turn() => { turn.unwrap(); false }
                () = silence.notified() => true,
            };
            self.note(format!("the clockwork turns{}", if died { format!(" and dies after {steps} steps") } else { String::new() }));
        } else {
            self.turn_to_the_end().await;
        }
    }

    /// What is due is done, whatever died before: by then every lease has run out.
    pub async fn turn_to_the_end(&mut self) {
        for _ in 0..2 {
            let clockwork = Clockwork::new(Arc::new(self.spa.store.clone()), self.clock.clone(), "living", 2);
            let turn = clockwork.turn().await.unwrap();
            assert!(turn.failed.is_empty(), "{:?}", turn.failed);
            self.note(format!("the clockwork turns: {} jobs", turn.done.len()));
            self.clock.set(self.now() + TimeDelta::minutes(3));
            self.latest = self.latest.max(self.now());
        }
    }

    /// Messages go out; `bad` of a hundred do not, and as many without an answer.
    pub async fn post_comes(&mut self, bad: usize) {
        self.post.bad.store(bad, std::sync::atomic::Ordering::SeqCst);
        let report = deliver(&self.spa.store, self.clock.as_ref(), OutboxClass::Message, &self.post).await.unwrap();
        self.note(format!("{} messages arrive, {} do not", report.delivered, report.failed.len()));
    }

    /// Somebody asks for a time within the next days.
    pub async fn customer_books(&mut self) {
        let (house, zone) = self.house();
        let date = local::local_date(zone, self.now()).checked_add_days(Days::new(self.rng.below(4) as u64)).unwrap();
        let start = local::instant(zone, date, 540 + 15 * self.rng.between(0, 30));
        let service = self.rng.pick(&["cut", "cut", "colour"]);
        self.next += 1;
        let (id, who) = (format!("b{}", self.next), self.rng.below(CUSTOMERS));
        let hold_until = self.rng.chance(30).then(|| self.now() + TimeDelta::minutes(10));
        let gender = self.rng.chance(15).then(|| "female".to_owned());
        let new =
            NewBooking { id: Some(id.clone()), customer_id: Some(format!("c{who}")), hold_until, gender, ..NewBooking::new(&house, service, start) };
        let person = if self.rng.chance(15) { Person::named(self.rng.pick(&["ada", "bo", "cy"])) } else { Person::Any };
        let outcome = booking::book(&self.spa.store, self.clock.as_ref(), &Request { new, person, actor: "web".into() }).await;
        let said = match outcome {
            Ok(Outcome::Taken(_)) if hold_until.is_some() && self.rng.chance(70) => {
                let stands = booking::confirm(&self.spa.store, self.clock.as_ref(), &id, None, None, "web").await.unwrap();
                format!("takes {id} and confirms: {stands:?}").chars().take(50).collect()
            }
            Ok(Outcome::Taken(_)) => format!("takes {id}"),
            Ok(other) => format!("finds {other:?}"),
            Err(error) => {
                assert_eq!(error.kind(), StoreErrorKind::Invalid, "{error}");
                "asks for a time that is past".to_owned()
            }
        };
        self.note(format!("c{who} of {house} {said}"));
    }

    /// A booking that stands, if there is any.
    async fn standing(&mut self) -> Option<zamu::store::BookingRow> {
        let (house, _) = self.house();
        let now = self.clock.now_minute();
        let span = Span::new(now, now.plus(4 * 1440));
        let all: Vec<_> = self.spa.store.bookings_between(&house, span).await.unwrap().into_iter().filter(|b| b.state.is_active()).collect();
        (!all.is_empty()).then(|| self.rng.pick(&all))
    }

    /// Somebody calls off, or moves, by themselves or through the house.
    pub async fn somebody_changes_their_mind(&mut self) {
        let Some(booking) = self.standing().await else { return };
        let (store, clock, by_house) = (self.spa.store.clone(), self.clock.clone(), self.rng.chance(30));
        let said = if self.rng.chance(50) {
            let done = match by_house {
                true => booking::cancel(&store, clock.as_ref(), &booking.id, None, "desk", "closed").await,
                false => booking::cancel_own(&store, clock.as_ref(), &booking.id, None, "web", "ill").await,
            };
            done.unwrap();
            "is called off"
        } else {
            let start = booking.span.start.plus(15 * (i64::from(self.rng.between(0, 16)) - 8));
            let moved = match by_house {
                true => booking::reschedule(&store, clock.as_ref(), &booking.id, start, None, "desk").await,
                false => booking::reschedule_own(&store, clock.as_ref(), &booking.id, start, None, "web").await,
            };
            match moved {
                Ok(Outcome::Taken(_)) => "moves",
                Ok(_) => "finds no other time",
                Err(error) => {
                    assert_eq!(error.kind(), StoreErrorKind::Invalid, "{error}");
                    "asks for a time that is past"
                }
            }
        };
        self.note(format!("{} {said}", booking.id));
    }

    /// Somebody falls ill or goes on holiday: looked at, and mostly confirmed; sometimes something happens in between, sometimes it is undone.
    pub async fn somebody_is_away(&mut self) {
        let (house, zone) = self.house();
        let who = self.rng.pick(&PEOPLE).0;
        let from = local::local_date(zone, self.now());
        let to = from.checked_add_days(Days::new(self.rng.below(4) as u64)).unwrap();
        let location = self.spa.store.location(&house).await.unwrap();
        let mut away = Absence::days(&location, who, from, to, "sick");
        away.span.start = away.span.start.max(self.clock.now_minute());
        let told = if self.rng.chance(50) { Told::MayMove } else { Told::Keep };
        let options = RunOptions { time_limit_s: Some(10.0), ..RunOptions::repair("manager", told) };
        let before = self.spa.store.outbox(OutboxClass::Message, 0, 100_000).await.unwrap().len();
        let seen = preview(&self.spa.store, self.clock.as_ref(), &away, None, &options).await.unwrap();
        let after = self.spa.store.outbox(OutboxClass::Message, 0, 100_000).await.unwrap().len();
        assert_eq!(before, after, "nobody is messaged before the manager acts");
        if self.rng.chance(25) {
            self.customer_books().await;
        }
        if self.rng.chance(15) {
            return self.note(format!("{who} of {house} may be away until {to}, and is not"));
        }
        let done = confirm(&self.spa.store, self.clock.as_ref(), &seen.row.id, &options).await.unwrap();
        let stands = self.spa.store.absence(&seen.row.id).await.unwrap().state == AbsenceState::Confirmed;
        self.note(format!("{who} of {house} is away until {to}: {}", if stands { "confirmed" } else { "refused, looked at anew" }));
        drop(done);
        if stands && self.rng.chance(35) {
            if self.rng.chance(50) {
                self.time_passes().await;
                self.turn_to_the_end().await;
            }
            undo(&self.spa.store, self.clock.as_ref(), &seen.row.id, "manager").await.unwrap();
            self.note(format!("{who} of {house} is here after all"));
        }
    }

    /// A temp comes for a day or two.
    pub async fn temp_comes(&mut self) {
        let (house, zone) = self.house();
        let from = local::local_date(zone, self.now()).checked_add_days(Days::new(self.rng.below(2) as u64)).unwrap();
        let to = from.checked_add_days(Days::new(self.rng.below(2) as u64)).unwrap();
        self.next += 1;
        let id = format!("temp-{}", self.next);
        let temp = ResourceRow::staff(&house, &id, &id, &["cut", "colour"]).with_gender("female").temporary(from, to);
        self.spa.store.hire(&temp, &[Rule::weekly(&id, Some(&id), Weekdays::ALL, 600, 960)]).await.unwrap();
        self.note(format!("{id} comes to {house} until {to}"));
    }

    /// The manager looks at what waits and does something about it, or runs the day anew.
    pub async fn manager_acts(&mut self) {
        let (house, zone) = self.house();
        let Some(row) = self.spa.store.open_attention(&house, None).await.unwrap().into_iter().next() else {
            let date: NaiveDate = local::local_date(zone, self.now()).checked_add_days(Days::new(self.rng.below(3) as u64)).unwrap();
            optimize(&self.spa.store, self.clock.as_ref(), &house, date, &RunOptions::night("manager")).await.unwrap();
            return self.note(format!("{house} on {date} is run anew"));
        };
        let (store, clock, by) = (self.spa.store.clone(), self.clock.clone(), act::by("manager"));
        let clock = clock.as_ref();
        let over = store.booking(&row.booking_id).await.unwrap().span.start <= Minute::of(self.now());
        let did = match self.rng.below(5) {
            0 | 1 if !over => {
                let seen = case(&store, clock, &row.id, &Default::default(), 10.0).await.unwrap();
                let Some(repair) = seen.repairs.and_then(|found| found.repairs.into_iter().next()) else { return };
                // What was shown a moment ago can be done, unless it is too late for the time it moves to.
                let done = act::accept(&store, clock, &row.id, &repair.change, Some(seen.day_version), None, &by).await;
                format!("{}: {:?}", repair.sentence, done.map(|done| done.settled).map_err(|error| error.to_string()))
            }
            2 => format!("{:?}", act::requeue(&store, clock, &row.id, &by).await.map(|done| done.settled)),
            3 => format!("asks: {:?}", act::ask(&store, clock, &row.id, &by).await.map(|done| done.said).map_err(|error| error.to_string())),
            _ => format!("calls off: {:?}", act::cancel(&store, clock, &row.id, "nobody can", &by).await.map(|done| done.settled)),
        };
        self.note(format!("the manager of {house} about {}: {did}", row.booking_id));
    }

    /// Visits that are over took place, or nobody came.
    pub async fn visits_take_place(&mut self) {
        let now = self.clock.now_minute();
        for (house, ..) in HOUSES {
            let past = Span::new(now.plus(-3 * 1440), now.plus(-60));
            for booking in self.spa.store.bookings_between(house, past).await.unwrap() {
                let over = booking.span.end <= now && booking.state == BookingState::Confirmed && !booking.resources.is_empty();
                if over && self.rng.chance(60) {
                    let to = if self.rng.chance(90) { BookingState::Completed } else { BookingState::NoShow };
                    let stamp = zamu::store::Stamp::new("desk", self.now(), "over");
                    self.spa.store.transition(&booking.id, to, None, &stamp).await.unwrap();
                }
            }
        }
    }

    /// Everything that was received, by booking, in order.
    pub fn received(&self) -> BTreeMap<String, Vec<OutboxRow>> {
        let mut by_booking: BTreeMap<String, Vec<OutboxRow>> = BTreeMap::new();
        for row in self.post.got.lock().unwrap().iter() {
            if let Some(booking) = &row.booking_id {
                by_booking.entry(booking.clone()).or_default().push(row.clone());
            }
        }
        by_booking
    }
}
