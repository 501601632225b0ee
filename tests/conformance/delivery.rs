//! What the delivery of messages promises: by many workers, given up and taken up again, not at night, with reminders.

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};

use super::house::{self, SPA, Spa, at, day, held_by, instant, sat, saturday, stamp};
use zamu::booking::{Request, book, cancel, reschedule};
use zamu::clock::{Clock, SetClock};
use zamu::domain::{Language, QuietHours, Rule, Span, Weekdays};
use zamu::notify::{ATTEMPTS_MAX, SendError, SendErrorKind, Sender, Senders, Text, deliver, deliver_within};
use zamu::operations::{finalize, reassign, remind_due};
use zamu::store::{
    Contact, CustomerRow, DeadLetter, LocationRow, MessageFilter, NewBlock, NewBooking, OutboxClass, OutboxRow, OutboxState, Stamp, Store,
    StoreErrorKind, TenantRow,
};

/// Answers everything in the same way, and keeps what it took.
struct Always {
    answer: Result<(), SendError>,
    took: Mutex<Vec<(OutboxRow, Text)>>,
}

impl Always {
    fn answering(answer: Result<(), SendError>) -> Always {
        Always { answer, took: Mutex::default() }
    }

    fn good() -> Always {
        Always::answering(Ok(()))
    }

    fn failing(kind: SendErrorKind) -> Always {
        Always::answering(Err(SendError::new(kind, "so it is")))
    }

    fn bodies(&self) -> Vec<String> {
        self.took.lock().unwrap().iter().map(|(_, text)| text.body.clone()).collect()
    }
}

#[async_trait::async_trait]
impl Sender for Always {
    async fn send(&self, row: &OutboxRow, text: &Text) -> Result<(), SendError> {
        // Somebody else gets a turn between taking and answering.
        tokio::task::yield_now().await;
        if self.answer.is_ok() {
            self.took.lock().unwrap().push((row.clone(), text.clone()));
        }
        self.answer.clone()
    }
}

async fn take(spa: &Spa, id: &str, clock: &str, who: &str, customer: &str) {
    let new = NewBooking { id: Some(id.into()), customer_id: Some(customer.into()), ..NewBooking::new(SPA, "swedish", sat(clock)) };
    spa.store.take_booking(&new, &held_by(&[who]), &stamp()).await.unwrap().unwrap();
}

async fn cutoff(spa: &Spa, now: DateTime<Utc>) -> SetClock {
    let clock = SetClock::at(now);
    finalize(&spa.store, &clock, SPA, saturday(), "cutoff").await.unwrap();
    clock
}

async fn tenant(spa: &Spa, change: impl FnOnce(TenantRow) -> TenantRow) {
    let there = spa.store.tenant("serenity").await.unwrap();
    spa.store.upsert_tenant(&change(there)).await.unwrap();
}

async fn send(store: &dyn Store, clock: &SetClock, sender: &dyn Sender) -> usize {
    deliver(store, clock, OutboxClass::Message, sender).await.unwrap().delivered
}

fn friday(clock: &str) -> DateTime<Utc> {
    instant("2026-11-20", clock)
}

async fn in_state(spa: &Spa, state: OutboxState) -> Vec<OutboxRow> {
    spa.store.messages(&MessageFilter { state: Some(state), ..MessageFilter::default() }, None, 100).await.unwrap()
}

#[tokio::test]
async fn however_many_workers_deliver_nobody_gets_two() {
    house::here!();
    let spa = Spa::open().await;
    // Every half hour of ten days, for whoever is free.
    for date in 0..10_i64 {
        for hour in [9, 10, 11, 12, 13, 14, 15] {
            for who in ["grace", "joy", "brian"] {
                let new =
                    NewBooking { customer_id: Some("amina".into()), ..NewBooking::new(SPA, "swedish", sat("00:00").plus(1440 * date + 60 * hour)) };
                // The quarter of an hour after it may be taken.
                let _ = spa.store.take_booking(&new, &held_by(&[who]), &stamp()).await;
            }
        }
        let on = saturday() + chrono::Days::new(u64::try_from(date).unwrap());
        finalize(&spa.store, &SetClock::at(friday("18:00")), SPA, on, "cutoff").await.unwrap();
    }
    let (one, other) = (spa.again().await, spa.again().await);
    let (clock, sender) = (SetClock::at(friday("18:00")), Always::good());
    let (first, second, third) = tokio::join!(send(&spa.store, &clock, &sender), send(&one, &clock, &sender), send(&other, &clock, &sender));
    let mut copies: BTreeMap<String, usize> = BTreeMap::new();
    for (row, _) in sender.took.lock().unwrap().iter() {
        *copies.entry(row.dedup_key.clone()).or_default() += 1;
    }
    assert!(copies.len() >= 100 && copies.values().all(|copies| *copies == 1), "{copies:?}");
    assert_eq!(first + second + third, copies.len());
    assert!(in_state(&spa, OutboxState::Pending).await.is_empty());
}

#[tokio::test]
async fn what_fails_again_and_again_waits_longer_each_time_and_then_for_a_person() {
    house::here!();
    let spa = Spa::open().await;
    take(&spa, "b1", "10:00", "grace", "amina").await;
    let clock = cutoff(&spa, friday("18:00")).await;
    let mut waits = Vec::new();
    for attempt in 1..=ATTEMPTS_MAX {
        let report = deliver(&spa.store, &clock, OutboxClass::Message, &Always::failing(SendErrorKind::Refused)).await.unwrap();
        assert_eq!((report.failed.len(), report.dead.len()), (1, usize::from(attempt == ATTEMPTS_MAX)), "try {attempt}");
        let row = spa.store.outbox(OutboxClass::Message, 0, 1).await.unwrap().remove(0);
        if attempt < ATTEMPTS_MAX {
            waits.push((row.next_attempt_at - clock.now()).num_minutes());
            clock.set(row.next_attempt_at);
        }
    }
    for (wait, least) in waits.iter().zip([1, 2, 4, 8, 16, 32, 60]) {
        assert!((least..=least * 5 / 4).contains(wait), "{waits:?}");
    }
    clock.set(clock.now() + TimeDelta::days(3));
    assert_eq!(send(&spa.store, &clock, &Always::good()).await, 0, "nobody tries any more");
    let dead = in_state(&spa, OutboxState::Dead).await;
    assert_eq!((dead.len(), dead[0].attempts, dead[0].last_error.as_deref()), (1, ATTEMPTS_MAX, Some("so it is")));
    let ruth = Stamp::new("manager:ruth", clock.now(), "by hand");
    let theirs = MessageFilter { tenant: Some("rival".into()), ..MessageFilter::default() };
    assert_eq!(
        spa.store.settle_dead(&theirs, Some(dead[0].id), DeadLetter::Retry, &ruth).await.unwrap(),
        0,
        "another house's letters are not theirs"
    );
    let ours = MessageFilter { tenant: Some("serenity".into()), location: Some(SPA.into()), ..MessageFilter::default() };
    assert_eq!(spa.store.settle_dead(&ours, None, DeadLetter::Retry, &ruth).await.unwrap(), 1);
    assert_eq!(send(&spa.store, &clock, &Always::good()).await, 1);
    let row = in_state(&spa, OutboxState::Delivered).await.remove(0);
    assert_eq!((row.settled_by.as_deref(), row.settled_at), (Some("manager:ruth"), Some(clock.now())));
}

#[tokio::test]
async fn what_is_hopeless_is_given_up_at_once_and_can_be_dismissed() {
    house::here!();
    let spa = Spa::open().await;
    take(&spa, "b1", "10:00", "grace", "amina").await;
    let clock = cutoff(&spa, friday("18:00")).await;
    let report = deliver(&spa.store, &clock, OutboxClass::Message, &Always::failing(SendErrorKind::Hopeless)).await.unwrap();
    assert_eq!((report.failed.len(), report.dead.len()), (1, 1));
    let dead = in_state(&spa, OutboxState::Dead).await.remove(0);
    let ruth = Stamp::new("manager:ruth", clock.now(), "by hand");
    assert_eq!(spa.store.settle_dead(&MessageFilter::default(), Some(dead.id), DeadLetter::Dismiss, &ruth).await.unwrap(), 1);
    assert_eq!(spa.store.settle_dead(&MessageFilter::default(), Some(dead.id), DeadLetter::Retry, &ruth).await.unwrap(), 0, "it is settled");
    assert_eq!(send(&spa.store, &clock, &Always::good()).await, 0);
}

#[tokio::test]
async fn a_provider_that_wants_to_be_left_alone_is() {
    house::here!();
    let spa = Spa::open().await;
    take(&spa, "b1", "10:00", "grace", "amina").await;
    let clock = cutoff(&spa, friday("18:00")).await;
    let busy = SendError { retry_after: Some(Duration::from_secs(600)), ..SendError::new(SendErrorKind::Refused, "429") };
    deliver(&spa.store, &clock, OutboxClass::Message, &Always::answering(Err(busy))).await.unwrap();
    clock.set(friday("18:09"));
    assert_eq!(send(&spa.store, &clock, &Always::good()).await, 0);
    clock.set(friday("18:10"));
    assert_eq!(send(&spa.store, &clock, &Always::good()).await, 1);
}

/// Never answers.
struct Stalling;

#[async_trait::async_trait]
impl Sender for Stalling {
    async fn send(&self, _: &OutboxRow, _: &Text) -> Result<(), SendError> {
        std::future::pending().await
    }
}

#[tokio::test]
async fn one_that_stalls_is_given_up_keeps_nobody_else_back_and_may_have_arrived() {
    house::here!();
    let spa = Spa::open().await;
    take(&spa, "b1", "10:00", "grace", "amina").await;
    take(&spa, "b2", "10:00", "joy", "ben").await;
    let ben = CustomerRow::new("serenity", "ben", "Ben").told_at(Contact::new("sms", "+254712345678"));
    spa.store.upsert_customer(&ben).await.unwrap();
    let clock = cutoff(&spa, friday("18:00")).await;
    let senders = Senders::none().with("console", Box::new(Stalling)).otherwise(Box::new(Always::good()));
    let report = deliver_within(&spa.store, &clock, OutboxClass::Message, &senders, Duration::from_millis(20)).await.unwrap();
    assert_eq!((report.delivered, report.failed.len()), (1, 1));
    assert!(report.failed[0].1.contains("no answer"), "{report:?}");
    reassign(&spa.store, &clock, "b1", &["brian"], "manager", "asked").await.unwrap();
    clock.set(friday("18:10"));
    let good = Always::good();
    send(&spa.store, &clock, &good).await;
    assert!(good.bodies()[0].contains("Grace will serve you") && good.bodies()[1].contains("Brian will serve you instead"), "{:?}", good.bodies());
}

#[tokio::test]
async fn a_channel_without_a_sender_waits_and_says_why() {
    house::here!();
    let spa = Spa::open().await;
    take(&spa, "b1", "10:00", "grace", "amina").await;
    let clock = cutoff(&spa, friday("18:00")).await;
    let senders = Senders::none().with("sms", Box::new(Always::good()));
    let report = deliver(&spa.store, &clock, OutboxClass::Message, &senders).await.unwrap();
    assert!(report.failed[0].1.contains("\"console\"") && report.dead.is_empty(), "{report:?}");
}

#[tokio::test]
async fn at_night_customers_are_left_in_peace_unless_it_is_about_the_early_morning() {
    house::here!();
    let spa = Spa::open().await;
    tenant(&spa, |there| TenantRow { quiet_hours: Some(QuietHours { from_minute: 21 * 60, to_minute: 8 * 60 }), ..there }).await;
    spa.store.upsert_rule(SPA, &Rule::weekly("joys", Some("joy"), Weekdays::ALL, 420, 1020)).await.unwrap();
    take(&spa, "b1", "10:00", "grace", "amina").await;
    take(&spa, "b2", "07:30", "joy", "ben").await;
    take(&spa, "b3", "12:00", "brian", "chloe").await;
    let away = NewBlock { location_id: SPA.into(), resource_id: "brian".into(), span: Span::new(sat("00:00"), sat("23:00")), reason: "sick".into() };
    spa.store.add_block(&away, &stamp()).await.unwrap();
    for (id, who) in [("g", "grace"), ("j", "joy")] {
        let span = Span::new(sat("12:00"), sat("16:00"));
        spa.store.add_block(&NewBlock { location_id: SPA.into(), resource_id: who.into(), span, reason: id.into() }, &stamp()).await.unwrap();
    }
    let clock = cutoff(&spa, friday("22:00")).await;
    let night = Always::good();
    assert_eq!(send(&spa.store, &clock, &night).await, 2, "{:?}", night.bodies());
    let mut to: Vec<String> = night.took.lock().unwrap().iter().map(|(row, _)| row.recipient.clone()).collect();
    to.sort();
    assert_eq!(to, ["ben@example.org", "manager"], "whoever comes before the end of the night, and the manager");
    // Ben has been told to come early: that he need not he hears at night too.
    reschedule(&spa.store, &clock, "b2", at("2026-11-23", "11:00"), None, "frontdesk").await.unwrap();
    assert_eq!(send(&spa.store, &clock, &Always::good()).await, 1);
    let waiting = in_state(&spa, OutboxState::Pending).await;
    assert_eq!((waiting.len(), waiting[0].next_attempt_at, waiting[0].attempts), (1, sat("08:00").to_utc(), 0));
    clock.set(sat("07:59").to_utc());
    assert_eq!(send(&spa.store, &clock, &Always::good()).await, 0);
    clock.set(sat("08:00").to_utc());
    let morning = Always::good();
    assert_eq!(send(&spa.store, &clock, &morning).await, 1);
    assert!(morning.bodies()[0].contains("Amina"));
    // What failed in the evening is not tried again at night, either.
    let spa = Spa::open().await;
    tenant(&spa, |there| TenantRow { quiet_hours: Some(QuietHours { from_minute: 21 * 60, to_minute: 8 * 60 }), ..there }).await;
    take(&spa, "b1", "10:00", "grace", "amina").await;
    let clock = cutoff(&spa, friday("20:59")).await;
    send(&spa.store, &clock, &Always::failing(SendErrorKind::Refused)).await;
    clock.set(friday("21:30"));
    assert_eq!(send(&spa.store, &clock, &Always::good()).await, 0);
}

#[tokio::test]
async fn quiet_hours_are_by_the_clock_on_the_wall_also_when_it_changes() {
    house::here!();
    let spa = Spa::open().await;
    let berlin = chrono_tz::Europe::Berlin;
    let mitte = LocationRow { id: "mitte".into(), tenant_id: "serenity".into(), name: "Mitte".into(), timezone: berlin };
    spa.store.upsert_location(&mitte).await.unwrap();
    spa.store.upsert_resource(&zamu::store::ResourceRow::staff("mitte", "anna", "Anna", &["swedish"])).await.unwrap();
    spa.store.upsert_rule("mitte", &Rule::weekly("hours", None, Weekdays::ALL, 540, 1020)).await.unwrap();
    spa.store.upsert_service(&zamu::store::ServiceRow::new("mitte", "swedish", "Swedish", 60, &["swedish"])).await.unwrap();
    tenant(&spa, |there| TenantRow { quiet_hours: Some(QuietHours { from_minute: 20 * 60, to_minute: 9 * 60 }), ..there }).await;
    for (date, before, evening, morning) in [
        ("2026-03-29", "2026-03-20T12:00:00Z", "2026-03-28T21:00:00Z", "2026-03-29T07:00:00Z"),
        ("2026-10-25", "2026-10-20T12:00:00Z", "2026-10-24T21:00:00Z", "2026-10-25T08:00:00Z"),
    ] {
        let start = zamu::domain::local::instant(berlin, day(date), 660);
        let new = NewBooking { customer_id: Some("amina".into()), ..NewBooking::new("mitte", "swedish", start) };
        spa.store.take_booking(&new, &held_by(&["anna"]), &Stamp::new("web", before.parse().unwrap(), "")).await.unwrap().unwrap();
        let clock = SetClock::at(evening.parse().unwrap());
        finalize(&spa.store, &clock, "mitte", day(date), "cutoff").await.unwrap();
        assert_eq!(send(&spa.store, &clock, &Always::good()).await, 0);
        let expected: DateTime<Utc> = morning.parse().unwrap();
        assert_eq!(in_state(&spa, OutboxState::Pending).await[0].next_attempt_at, expected, "{date}");
        clock.set(expected);
        assert_eq!(send(&spa.store, &clock, &Always::good()).await, 1);
    }
}

#[tokio::test]
async fn everybody_is_reminded_once_of_each_start_with_a_name_only_where_it_is_certain() {
    house::here!();
    let spa = Spa::open().await;
    take(&spa, "b1", "10:00", "grace", "amina").await;
    take(&spa, "b2", "15:00", "joy", "ben").await;
    spa.store.take_booking(&NewBooking::new(SPA, "swedish", sat("12:00")), &held_by(&["brian"]), &stamp()).await.unwrap().unwrap();
    let clock = SetClock::at(friday("09:00"));
    assert_eq!(remind_due(&spa.store, &clock).await.unwrap(), 0, "no tenant reminds unless it says so");
    tenant(&spa, |there| TenantRow { reminder_minutes: Some(24 * 60), ..there }).await;
    assert_eq!(remind_due(&spa.store, &clock).await.unwrap(), 0, "an hour too early");
    clock.set(friday("10:00"));
    assert_eq!((remind_due(&spa.store, &clock).await.unwrap(), remind_due(&spa.store, &clock).await.unwrap()), (1, 0));
    let good = Always::good();
    send(&spa.store, &clock, &good).await;
    assert!(good.bodies()[0].contains("we look forward to your visit") && !good.bodies()[0].contains("Grace"), "{:?}", good.bodies());
    // Whoever books when the time for reminders has come knows it.
    let late = NewBooking { id: Some("b3".into()), customer_id: Some("chloe".into()), ..NewBooking::new(SPA, "swedish", sat("09:00")) };
    book(&spa.store, &clock, &Request::new(late, "web")).await.unwrap();
    assert_eq!(remind_due(&spa.store, &clock).await.unwrap(), 0);

    finalize(&spa.store, &clock, SPA, saturday(), "cutoff").await.unwrap();
    clock.set(friday("17:00"));
    assert_eq!(remind_due(&spa.store, &clock).await.unwrap(), 1);
    send(&spa.store, &clock, &good).await;
    let reminders: Vec<String> = good.bodies().into_iter().filter(|body| body.contains("we look forward to your visit: ")).collect();
    assert_eq!(reminders.len(), 2, "{reminders:?}");
    assert!(["Ben", "Joy will serve you", "15:00"].iter().all(|said| reminders[1].contains(said)), "{reminders:?}");
    // Moved: reminded again, of the new start; called off before it went out: not at all.
    reschedule(&spa.store, &clock, "b2", at("2026-11-22", "11:00"), None, "frontdesk").await.unwrap();
    assert_eq!(remind_due(&spa.store, &clock).await.unwrap(), 0);
    clock.set(instant("2026-11-21", "11:00"));
    assert_eq!(remind_due(&spa.store, &clock).await.unwrap(), 1);
    cancel(&spa.store, &clock, "b2", None, "frontdesk", "ill").await.unwrap();
    let before = good.bodies().len();
    send(&spa.store, &clock, &good).await;
    let after = good.bodies();
    assert!(after[before..].iter().all(|body| !body.contains("look forward to your visit: ")), "{after:?}");
}

#[tokio::test]
async fn a_reminder_that_comes_too_late_is_not_sent() {
    house::here!();
    let spa = Spa::open().await;
    tenant(&spa, |there| TenantRow { reminder_minutes: Some(60), ..there }).await;
    take(&spa, "b1", "10:00", "grace", "amina").await;
    let clock = SetClock::at(sat("09:30").to_utc());
    assert_eq!(remind_due(&spa.store, &clock).await.unwrap(), 1);
    clock.set(sat("10:01").to_utc());
    assert_eq!(send(&spa.store, &clock, &Always::good()).await, 0);
    assert_eq!(in_state(&spa, OutboxState::Withdrawn).await.len(), 1);
}

#[tokio::test]
async fn customers_are_told_on_the_channels_of_the_house_only() {
    house::here!();
    let spa = Spa::open().await;
    tenant(&spa, |there| TenantRow { channels: ["sms".to_owned()].into(), ..there }).await;
    let second = Some(Contact::new("sms", "+254712345678"));
    let ruth = CustomerRow { second, ..CustomerRow::new("serenity", "ruth", "Ruth").told_at(Contact::new("email", "ruth@example.org")) };
    spa.store.upsert_customer(&ruth).await.unwrap();
    take(&spa, "b1", "10:00", "grace", "ruth").await;
    take(&spa, "b2", "10:00", "joy", "ben").await;
    cutoff(&spa, friday("18:00")).await;
    let told = spa.store.outbox(OutboxClass::Message, 0, 10).await.unwrap();
    assert_eq!(told.iter().map(|row| row.channel.as_str()).collect::<Vec<_>>(), ["sms"]);
    let open = spa.store.open_attention(SPA, None).await.unwrap();
    assert_eq!((open[0].booking_id.as_str(), open[0].code.as_str()), ("b2", "no-contact"), "a person has to tell who is on another only");
}

#[tokio::test]
async fn everybody_is_written_to_in_their_language() {
    house::here!();
    let spa = Spa::open().await;
    tenant(&spa, |there| TenantRow { language: Language::Swahili, ..there }).await;
    let ben = CustomerRow { language: Some(Language::English), ..CustomerRow::new("serenity", "ben", "Ben").told_at(Contact::new("console", "ben")) };
    spa.store.upsert_customer(&ben).await.unwrap();
    assert_eq!(spa.store.customer("serenity", "ben").await.unwrap(), Some(ben));
    take(&spa, "b1", "10:00", "grace", "amina").await;
    take(&spa, "b2", "10:00", "joy", "ben").await;
    let clock = cutoff(&spa, friday("18:00")).await;
    let good = Always::good();
    send(&spa.store, &clock, &good).await;
    let mut bodies = good.bodies();
    bodies.sort_by_key(|body| !body.contains("Amina"));
    assert_eq!(bodies[0], "Habari Amina, Grace atakuhudumia: Swedish massage, Westlands, Jumamosi, 21 Novemba 2026, 10:00. Karibu sana.");
    assert_eq!(
        bodies[1],
        "Dear Ben, Joy will serve you: Swedish massage at Westlands on Saturday 21 November 2026 at 10:00. We look forward to your visit."
    );
}

#[tokio::test]
async fn settings_that_make_no_sense_are_refused() {
    house::here!();
    let spa = Spa::open().await;
    let there = spa.store.tenant("serenity").await.unwrap();
    for wrong in [
        TenantRow { reminder_minutes: Some(0), ..there.clone() },
        TenantRow { reminder_minutes: Some(20_161), ..there.clone() },
        TenantRow { quiet_hours: Some(QuietHours { from_minute: 1440, to_minute: 0 }), ..there.clone() },
    ] {
        assert_eq!(spa.store.upsert_tenant(&wrong).await.unwrap_err().kind(), StoreErrorKind::Invalid);
    }
    assert_eq!(spa.store.tenant("serenity").await.unwrap(), there);
}
