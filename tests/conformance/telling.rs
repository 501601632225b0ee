//! What customers are told is the difference between what they were told last and what holds: nothing of a move nobody was told about, one
//! correction of one that was.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Mutex;

use chrono::TimeDelta;

use super::house::{self, SPA, Spa, held_by, instant, sat, saturday, stamp};
use zamu::booking::{Outcome, Request, book, cancel, cancel_own, reschedule, reschedule_own};
use zamu::clock::{Clock, SetClock};
use zamu::domain::random::Random;
use zamu::domain::{AssignmentStatus, Minute};
use zamu::notify::{SendError, SendErrorKind, Sender, Text, deliver};
use zamu::operations::{finalize, reassign};
use zamu::store::{Claim, DeadLetter, Decision, MessageFilter, NewBooking, OutboxClass, OutboxRow, OutboxState, Stamp, Store};

/// After the cutoff of the Saturday.
fn friday_evening() -> SetClock {
    SetClock::at(instant("2026-11-20", "18:00"))
}

/// What a provider does with a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mood {
    Takes,
    Refuses,
    /// It takes it and its answer is lost.
    TakesUnheard,
    /// The message is lost, and nobody hears of it.
    Loses,
    Rejects,
}

/// What becomes of each message.
type Moods = Box<dyn FnMut(&OutboxRow) -> Mood + Send>;

/// A provider, and what customers have got from it: it drops what it has seen before.
struct Provider {
    moods: Mutex<Moods>,
    keys: Mutex<BTreeSet<String>>,
    inbox: Mutex<Vec<(OutboxRow, Text)>>,
}

impl Provider {
    fn that(mood: impl FnMut(&OutboxRow) -> Mood + Send + 'static) -> Provider {
        Provider { moods: Mutex::new(Box::new(mood)), keys: Mutex::default(), inbox: Mutex::default() }
    }

    fn good() -> Provider {
        Provider::that(|_| Mood::Takes)
    }

    fn take(&self, row: &OutboxRow, text: &Text) {
        if self.keys.lock().unwrap().insert(row.dedup_key.clone()) {
            self.inbox.lock().unwrap().push((row.clone(), text.clone()));
        }
    }

    /// The topics that came in, and what they said.
    fn got(&self) -> Vec<(String, String)> {
        self.inbox.lock().unwrap().iter().map(|(row, text)| (row.topic.clone(), text.body.clone())).collect()
    }

    fn topics(&self) -> Vec<String> {
        self.got().into_iter().map(|(topic, _)| topic).collect()
    }
}

#[async_trait::async_trait]
impl Sender for Provider {
    async fn send(&self, row: &OutboxRow, text: &Text) -> Result<(), SendError> {
        let mood = self.moods.lock().unwrap()(row);
        if [Mood::Takes, Mood::TakesUnheard].contains(&mood) {
            self.take(row, text);
        }
        match mood {
            Mood::Takes => Ok(()),
            Mood::Refuses => Err(SendError::new(SendErrorKind::Refused, "not now")),
            Mood::TakesUnheard | Mood::Loses => Err(SendError::new(SendErrorKind::Unanswered, "no answer")),
            Mood::Rejects => Err(SendError::new(SendErrorKind::Hopeless, "no such number")),
        }
    }
}

async fn send(spa: &Spa, clock: &SetClock, provider: &Provider) {
    deliver(&spa.store, clock, OutboxClass::Message, provider).await.unwrap();
}

async fn take(spa: &Spa, id: &str, clock: &str, who: &str, customer: &str) {
    let new = NewBooking { id: Some(id.into()), customer_id: Some(customer.into()), ..NewBooking::new(SPA, "swedish", sat(clock)) };
    spa.store.take_booking(&new, &held_by(&[who]), &stamp()).await.unwrap().unwrap();
}

/// Amina's booking at 10:00 with Grace, final, the message with the name written and not sent.
async fn finalized() -> (Spa, SetClock) {
    let (spa, clock) = (Spa::open().await, friday_evening());
    take(&spa, "b1", "10:00", "grace", "amina").await;
    finalize(&spa.store, &clock, SPA, saturday(), "cutoff").await.unwrap();
    (spa, clock)
}

async fn give(spa: &Spa, clock: &SetClock, who: &str) {
    reassign(&spa.store, clock, "b1", &[who], "manager", "asked").await.unwrap();
}

async fn states(spa: &Spa) -> Vec<(String, OutboxState)> {
    spa.store.outbox(OutboxClass::Message, 0, 100).await.unwrap().into_iter().map(|row| (row.topic, row.state)).collect()
}

#[tokio::test]
async fn a_move_nobody_was_told_about_is_not_told() {
    house::here!();
    let (spa, clock) = finalized().await;
    give(&spa, &clock, "brian").await;
    let provider = Provider::good();
    send(&spa, &clock, &provider).await;
    let got = provider.got();
    assert_eq!(provider.topics(), ["assignment.finalized"], "{got:?}");
    assert!(got[0].1.contains("Brian will serve you") && !got[0].1.contains("change"), "{got:?}");
    let rows = spa.store.messages(&MessageFilter::default(), None, 10).await.unwrap();
    assert_eq!((rows[1].state, rows[1].settled_by.as_deref()), (OutboxState::Withdrawn, Some("manager")), "what was taken back is on record");
}

#[tokio::test]
async fn a_told_name_that_changes_is_corrected_once_and_one_that_comes_back_in_time_not_at_all() {
    house::here!();
    let (spa, clock) = finalized().await;
    let provider = Provider::good();
    send(&spa, &clock, &provider).await;
    for who in ["brian", "joy", "grace"] {
        give(&spa, &clock, who).await;
    }
    send(&spa, &clock, &provider).await;
    assert_eq!(provider.topics(), ["assignment.finalized"], "she is with Grace, as she was told");
    for who in ["brian", "joy"] {
        give(&spa, &clock, who).await;
    }
    send(&spa, &clock, &provider).await;
    let got = provider.got();
    assert_eq!(provider.topics(), ["assignment.finalized", "assignment.changed"]);
    assert!(got[1].1.contains("Joy will serve you instead") && got[1].1.contains("The time stays the same"), "{got:?}");
}

#[tokio::test]
async fn what_is_being_sent_or_may_have_arrived_is_not_taken_back_but_corrected_after_it() {
    house::here!();
    let (spa, clock) = finalized().await;
    let claim = Claim { worker: "one".into(), at: clock.now(), until: clock.now() + TimeDelta::minutes(2) };
    let taken = spa.store.outbox_claim(OutboxClass::Message, &claim, 10).await.unwrap();
    give(&spa, &clock, "brian").await;
    let provider = Provider::good();
    send(&spa, &clock, &provider).await;
    assert!(provider.got().is_empty(), "the correction waits for what it corrects");
    spa.store.outbox_delivered(taken[0].id, clock.now()).await.unwrap();
    send(&spa, &clock, &provider).await;
    assert_eq!(provider.topics(), ["assignment.changed"]);

    let (spa, clock) = finalized().await;
    let unsure = Provider::that(|row| if row.attempts == 0 { Mood::TakesUnheard } else { Mood::Takes });
    send(&spa, &clock, &unsure).await;
    give(&spa, &clock, "brian").await;
    clock.set(clock.now() + TimeDelta::minutes(10));
    send(&spa, &clock, &unsure).await;
    send(&spa, &clock, &unsure).await;
    assert_eq!(unsure.topics(), ["assignment.finalized", "assignment.changed"], "she may have read that it is Grace, and had");
}

#[tokio::test]
async fn who_is_moved_by_the_house_is_told_the_new_time_and_who_moves_themselves_is_not() {
    house::here!();
    let spa = Spa::open().await;
    let clock = SetClock::at(instant("2026-11-19", "12:00"));
    let new = NewBooking { id: Some("b1".into()), customer_id: Some("amina".into()), ..NewBooking::new(SPA, "swedish", sat("10:00")) };
    book(&spa.store, &clock, &Request::new(new, "web")).await.unwrap();
    let provider = Provider::good();
    // Before she was told anything: it stands, at the new time.
    let Outcome::Taken(_) = reschedule(&spa.store, &clock, "b1", sat("11:00"), None, "frontdesk").await.unwrap() else { panic!("there is room") };
    send(&spa, &clock, &provider).await;
    assert_eq!(provider.topics(), ["booking.confirmed"]);
    assert!(provider.got()[0].1.contains("11:00"), "{:?}", provider.got());
    // To and fro before anything goes out: nothing to tell.
    for time in ["12:00", "11:00"] {
        reschedule(&spa.store, &clock, "b1", sat(time), None, "frontdesk").await.unwrap();
    }
    send(&spa, &clock, &provider).await;
    assert_eq!(provider.topics().len(), 1);
    reschedule_own(&spa.store, &clock, "b1", sat("13:00"), None, "user:amina").await.unwrap();
    send(&spa, &clock, &provider).await;
    assert_eq!(provider.topics().len(), 1, "she knows, because she did it");
    // Back to a time that she was told once, and knows to be another now.
    reschedule(&spa.store, &clock, "b1", sat("11:00"), None, "frontdesk").await.unwrap();
    send(&spa, &clock, &provider).await;
    let got = provider.got();
    assert_eq!(provider.topics(), ["booking.confirmed", "booking.moved"]);
    assert!(got[1].1.contains("your visit is now Swedish massage") && got[1].1.contains("11:00") && !got[1].1.contains("Grace"), "{got:?}");

    clock.set(friday_evening().now());
    finalize(&spa.store, &clock, SPA, saturday(), "cutoff").await.unwrap();
    send(&spa, &clock, &provider).await;
    reschedule(&spa.store, &clock, "b1", sat("15:00"), None, "frontdesk").await.unwrap();
    send(&spa, &clock, &provider).await;
    let got = provider.got();
    assert_eq!(provider.topics()[2..], ["assignment.finalized", "assignment.changed"], "one message has the time and the name");
    assert!(got[3].1.contains("15:00") && got[3].1.contains("will serve you"), "{got:?}");
}

#[tokio::test]
async fn who_is_called_off_by_the_house_is_told_and_who_calls_off_themselves_is_not() {
    house::here!();
    for (by_house, topics) in [(true, vec!["assignment.finalized", "booking.cancelled"]), (false, vec!["assignment.finalized"])] {
        let (spa, clock) = finalized().await;
        let provider = Provider::good();
        send(&spa, &clock, &provider).await;
        give(&spa, &clock, "brian").await;
        if by_house {
            cancel(&spa.store, &clock, "b1", None, "frontdesk", "burst pipe").await.unwrap();
        } else {
            cancel_own(&spa.store, &clock, "b1", None, "user:amina", "no time").await.unwrap();
        }
        send(&spa, &clock, &provider).await;
        assert_eq!(provider.topics(), topics, "the name of somebody who does not come after all is taken back");
        assert!(!by_house || provider.got()[1].1.contains("we have to cancel your visit"), "{:?}", provider.got());
    }
    // Who only held a time was not told that it stands.
    let (spa, clock) = (Spa::open().await, SetClock::at(instant("2026-11-19", "12:00")));
    let hold_until = Some(clock.now() + TimeDelta::minutes(10));
    let new = NewBooking { id: Some("b1".into()), customer_id: Some("amina".into()), hold_until, ..NewBooking::new(SPA, "swedish", sat("10:00")) };
    book(&spa.store, &clock, &Request::new(new, "web")).await.unwrap();
    cancel(&spa.store, &clock, "b1", None, "frontdesk", "asked").await.unwrap();
    assert!(states(&spa).await.is_empty());
}

#[tokio::test]
async fn a_chosen_person_who_is_replaced_after_the_cutoff_is_told() {
    house::here!();
    let (spa, clock) = (Spa::open().await, friday_evening());
    let new = NewBooking { id: Some("b1".into()), customer_id: Some("amina".into()), ..NewBooking::new(SPA, "swedish", sat("10:00")) };
    let bound = |_: &zamu::store::Day, _: &zamu::store::BookingRow| Decision::Hold {
        resources: vec!["joy".into()],
        status: AssignmentStatus::Bound,
        gender_waived: false,
        moves: vec![],
        messages: vec![],
    };
    spa.store.take_booking(&new, &bound, &stamp()).await.unwrap().unwrap();
    let provider = Provider::good();
    for _ in 0..2 {
        finalize(&spa.store, &clock, SPA, saturday(), "cutoff").await.unwrap();
        send(&spa, &clock, &provider).await;
    }
    give(&spa, &clock, "grace").await;
    for _ in 0..2 {
        finalize(&spa.store, &clock, SPA, saturday(), "cutoff").await.unwrap();
        send(&spa, &clock, &provider).await;
    }
    assert_eq!(provider.topics(), ["assignment.finalized", "assignment.changed"]);
    reschedule(&spa.store, &clock, "b1", sat("14:00"), None, "frontdesk").await.unwrap();
    send(&spa, &clock, &provider).await;
    assert_eq!(provider.topics().len(), 3, "the same person at another time is told too: {:?}", provider.got());
}

#[tokio::test]
async fn a_letter_that_died_and_is_out_of_date_is_not_tried_again() {
    house::here!();
    let (spa, clock) = finalized().await;
    send(&spa, &clock, &Provider::that(|_| Mood::Rejects)).await;
    assert_eq!(states(&spa).await, [("assignment.finalized".to_owned(), OutboxState::Dead)]);
    give(&spa, &clock, "brian").await;
    let all = MessageFilter::default();
    assert_eq!(spa.store.settle_dead(&all, None, DeadLetter::Retry, &Stamp::new("manager", clock.now(), "")).await.unwrap(), 0);
    let provider = Provider::good();
    send(&spa, &clock, &provider).await;
    assert_eq!(provider.topics(), ["assignment.finalized"], "she hears of Brian, for the first time");
}

/// What a message says: who and when.
fn said(row: &OutboxRow) -> (Vec<String>, String) {
    let names = row.payload["names"].as_array().unwrap().iter().map(|name| name.as_str().unwrap().to_lowercase()).collect();
    (names, row.payload["time"].as_str().unwrap().to_owned())
}

/// Weeks of a desk in a minute: bookings change hands and times, by the house and by customers, while a provider takes, refuses, rejects and loses
/// messages. In the end everybody was last told what holds, and nobody ever heard the same twice in a row.
#[tokio::test]
async fn whatever_happens_everybody_was_last_told_what_holds_and_nothing_twice_in_a_row() {
    house::here!();
    for seed in 0..6 {
        let (spa, clock) = (Spa::open().await, friday_evening());
        let bookings = [("b1", "09:00", "grace", "amina"), ("b2", "11:00", "joy", "ben"), ("b3", "13:00", "brian", "chloe")];
        for (id, at, who, customer) in bookings {
            take(&spa, id, at, who, customer).await;
        }
        finalize(&spa.store, &clock, SPA, saturday(), "cutoff").await.unwrap();
        let mut moods = Random::new(1000 + seed);
        let provider = Provider::that(move |row| match moods.below(8) {
            0 | 1 => Mood::Refuses,
            2 => Mood::TakesUnheard,
            3 => Mood::Loses,
            4 if row.attempts == 0 => Mood::Rejects,
            _ => Mood::Takes,
        });
        let mut random = Random::new(seed);
        let mut trail = Vec::new();
        for _ in 0..40 {
            let (id, ..) = bookings[random.below(3)];
            let step = random.below(6);
            trail.push((id, step));
            match step {
                0 | 1 => {
                    let who = ["grace", "joy", "brian"][random.below(3)];
                    // Somebody who is busy then is refused, and nothing happens.
                    let _ = reassign(&spa.store, &clock, id, &[who], "manager", "asked").await;
                }
                2 => {
                    let start: Minute = sat("09:00").plus(60 * i64::try_from(random.below(7)).unwrap());
                    reschedule(&spa.store, &clock, id, start, None, "frontdesk").await.unwrap();
                }
                3 => {
                    let start: Minute = sat("09:00").plus(60 * i64::try_from(random.below(7)).unwrap());
                    reschedule_own(&spa.store, &clock, id, start, None, "user").await.unwrap();
                }
                4 => send(&spa, &clock, &provider).await,
                _ => {
                    // Time passes; or a worker takes something and is never heard of again.
                    if random.below(3) == 0 {
                        let claim = Claim { worker: "gone".into(), at: clock.now(), until: clock.now() + TimeDelta::minutes(2) };
                        spa.store.outbox_claim(OutboxClass::Message, &claim, 1).await.unwrap();
                    }
                    clock.set(clock.now() + TimeDelta::minutes(3));
                }
            }
        }
        *provider.moods.lock().unwrap() = Box::new(|_| Mood::Takes);
        spa.store.settle_dead(&MessageFilter::default(), None, DeadLetter::Retry, &Stamp::new("manager", clock.now(), "")).await.unwrap();
        for _ in 0..4 {
            clock.set(clock.now() + TimeDelta::hours(2));
            send(&spa, &clock, &provider).await;
        }
        let mut heard: BTreeMap<String, Vec<(Vec<String>, String)>> = BTreeMap::new();
        for (row, _) in provider.inbox.lock().unwrap().iter() {
            heard.entry(row.booking_id.clone().unwrap()).or_default().push(said(row));
        }
        for (id, ..) in bookings {
            let booking = spa.store.booking(id).await.unwrap();
            let holds = (booking.resources.clone(), booking.span.start.to_clock(house::TIMEZONE));
            let heard = &heard[id];
            assert_eq!(heard.last(), Some(&holds), "seed {seed}, {id}: {trail:?}");
            assert!(heard.windows(2).all(|two| two[0] != two[1]), "seed {seed}, {id} heard the same twice: {heard:?} after {trail:?}");
        }
    }
}
