//! What giving a booking to somebody by hand promises: it says what it takes before anything is written, does exactly that or nothing, leaves
//! nobody with nobody, and can be taken back.

use super::house::{self, SPA, Spa, held_by, instant, sat, saturday, staff, stamp};
use zamu::booking::{Outcome, Request, book};
use zamu::clock::SetClock;
use zamu::domain::{AssignmentStatus, BookingState, Minute, Span};
use zamu::operations::assign::candidates;
use zamu::operations::attention::room::try_again;
use zamu::operations::handover::{CarriedOut, Done, Handover, Offer, Takes, carry_out, offer, undo};
use zamu::operations::{RunOptions, Told, finalize};
use zamu::store::{Decision, HistoryKind, NewBlock, NewBooking, OutboxClass, OutboxState, Store, StoreErrorKind};

fn friday(clock: &str) -> SetClock {
    SetClock::at(instant("2026-11-20", clock))
}

fn manager() -> RunOptions {
    RunOptions::repair("manager", Told::Keep)
}

async fn take(spa: &Spa, id: &str, service: &str, start: Minute, who: &[&str], customer: &str) {
    let new = NewBooking { id: Some(id.into()), customer_id: Some(customer.into()), ..NewBooking::new(SPA, service, start) };
    spa.store.take_booking(&new, &held_by(who), &stamp()).await.unwrap().unwrap();
}

async fn chosen(spa: &Spa, id: &str, start: Minute, who: &str, customer: &str) {
    let new = NewBooking { id: Some(id.into()), customer_id: Some(customer.into()), ..NewBooking::new(SPA, "swedish", start) };
    let decide = |_: &zamu::store::Day, _: &zamu::store::BookingRow| Decision::Hold {
        resources: vec![who.to_owned()],
        status: AssignmentStatus::Bound,
        gender_waived: false,
        moves: vec![],
        messages: vec![],
    };
    spa.store.take_booking(&new, &decide, &stamp()).await.unwrap().unwrap();
}

/// At ten Grace has Amina, Joy has Ben, and Brian has Chloe.
async fn three_at_ten() -> Spa {
    let spa = Spa::open().await;
    for (id, who, customer) in [("of-grace", "grace", "amina"), ("of-joy", "joy", "ben"), ("of-brian", "brian", "chloe")] {
        take(&spa, id, "swedish", sat("10:00"), &[who], customer).await;
    }
    spa
}

async fn asked(spa: &Spa, clock: &SetClock, asked: &Handover) -> Offer {
    offer(&spa.store, clock, asked, None, &manager()).await.unwrap()
}

async fn done(spa: &Spa, clock: &SetClock, offered: &Offer) -> Done {
    match carry_out(&spa.store, clock, offered, &manager()).await.unwrap() {
        CarriedOut::Done(done) => done,
        CarriedOut::Changed(fresh) => panic!("the day was changed: {fresh:?}"),
    }
}

/// Who holds what and where it stands.
async fn standing(spa: &Spa) -> Vec<(String, Vec<String>, BookingState)> {
    let all = spa.store.bookings_between(SPA, Span::new(sat("00:00"), sat("24:00"))).await.unwrap();
    all.into_iter().map(|b| (b.id, b.resources, b.state)).collect()
}

async fn waiting(spa: &Spa) -> Vec<String> {
    spa.store.open_attention(SPA, None).await.unwrap().into_iter().map(|row| row.booking_id).collect()
}

/// What customers are to be told, or were, and nobody took back.
async fn said(spa: &Spa) -> Vec<String> {
    let rows = spa.store.outbox(OutboxClass::Message, 0, 100).await.unwrap();
    let rows = rows.iter().filter(|row| row.state != OutboxState::Withdrawn);
    rows.map(|row| format!("{} {}", row.booking_id.clone().unwrap_or_default(), zamu::notify::render(row).unwrap().body)).collect()
}

fn moved(offered: &Offer) -> Vec<(&str, Vec<&str>)> {
    offered.moves().iter().map(|one| (one.booking_id.as_str(), one.after.resources.iter().map(String::as_str).collect())).collect()
}

#[tokio::test]
async fn to_somebody_free_nothing_else_changes() {
    house::here!();
    let spa = Spa::open().await;
    take(&spa, "b1", "swedish", sat("10:00"), &["grace"], "amina").await;
    let before = spa.saturday().await.version;
    let offered = asked(&spa, &friday("10:00"), &Handover { why: "she asked".into(), ..Handover::to("b1", "joy") }).await;
    assert!(matches!(&offered.takes, Takes::Free { moved } if !moved.is_told), "{offered:?}");
    assert_eq!((spa.saturday().await.version, spa.holders("b1").await), (before, vec!["grace".to_owned()]), "an offer changes nothing");
    done(&spa, &friday("10:01"), &offered).await;
    assert_eq!(spa.holders("b1").await, ["joy"]);
    let line = spa.store.history("b1").await.unwrap().pop().unwrap();
    assert_eq!((line.kind, line.actor.as_str(), line.reason.as_str()), (HistoryKind::Assignment, "manager", "given to Joy by hand: she asked"));
    assert!(said(&spa).await.is_empty(), "nobody was told a name yet");
    let again = asked(&spa, &friday("10:02"), &Handover::to("b1", "joy")).await;
    assert_eq!(again.takes, Takes::Nothing);
}

#[tokio::test]
async fn to_somebody_busy_the_fewest_others_move() {
    house::here!();
    let spa = three_at_ten().await;
    take(&spa, "later", "swedish", sat("14:00"), &["grace"], "dan").await;
    let offered = asked(&spa, &friday("10:00"), &Handover::to("of-grace", "joy")).await;
    assert_eq!(moved(&offered), [("of-grace", vec!["joy"]), ("of-joy", vec!["grace"])], "the two change places, nobody else moves");
    let Takes::Others(found) = &offered.takes else { panic!("{offered:?}") };
    assert!(found.is_proven && found.told_again.is_empty());
    let tier = |name: &str| found.tiers.iter().find(|tier| tier.tier == name).map(|tier| (tier.before, tier.after));
    assert_eq!((tier("unplaced"), tier("finalized_moved"), tier("moved")), (Some((0.0, 0.0)), Some((0.0, 0.0)), Some((0.0, 2.0))));

    let made = done(&spa, &friday("10:01"), &offered).await;
    let now = |id: &str, who: &str| (id.to_owned(), vec![who.to_owned()], BookingState::Confirmed);
    let mut stands = standing(&spa).await;
    stands.sort();
    assert_eq!(stands, [now("later", "grace"), now("of-brian", "brian"), now("of-grace", "joy"), now("of-joy", "grace")]);
    let why = spa.store.history("of-joy").await.unwrap().pop().unwrap();
    assert_eq!((why.actor.as_str(), why.reason.as_str()), ("manager", "moved by hand, so that Joy can serve booking of-grace"));
    assert_eq!(made.version, spa.saturday().await.version);

    let back = undo(&spa.store, &friday("10:02"), SPA, saturday(), &made.moves, "manager").await.unwrap();
    assert_eq!((spa.holders("of-grace").await, spa.holders("of-joy").await), (vec!["grace".to_owned()], vec!["joy".to_owned()]));
    undo(&spa.store, &friday("10:03"), SPA, saturday(), &back.moves, "manager").await.unwrap();
    assert_eq!(spa.holders("of-grace").await, ["joy"], "taking it back can be taken back");
}

#[tokio::test]
async fn who_was_told_a_name_keeps_it_where_there_is_another_way() {
    house::here!();
    let spa = Spa::open().await;
    take(&spa, "told", "swedish", sat("10:00"), &["joy"], "amina").await;
    finalize(&spa.store, &friday("18:00"), SPA, saturday(), "cutoff").await.unwrap();
    take(&spa, "p", "swedish", sat("10:00"), &["grace"], "ben").await;
    take(&spa, "q", "swedish", sat("10:00"), &["brian"], "chloe").await;
    let before = said(&spa).await;
    let clock = friday("18:00");

    let offered = asked(&spa, &clock, &Handover::to("p", "brian")).await;
    assert_eq!(moved(&offered), [("p", vec!["brian"]), ("q", vec!["grace"])]);
    let Takes::Others(found) = &offered.takes else { panic!("{offered:?}") };
    assert!(found.told_again.is_empty());

    let offered = asked(&spa, &clock, &Handover::to("p", "joy")).await;
    let Takes::Others(found) = &offered.takes else { panic!("{offered:?}") };
    assert_eq!(found.told_again, ["told"], "there is no other way, and it says whom it costs");
    assert_eq!(found.tiers.iter().find(|tier| tier.tier == "finalized_moved").map(|tier| tier.after), Some(1.0));
    assert_eq!(said(&spa).await, before, "nobody hears of an offer");
    done(&spa, &clock, &offered).await;
    let after = said(&spa).await;
    let of_amina: Vec<&String> = after.iter().filter(|text| text.starts_with("told ")).collect();
    assert_eq!(of_amina.len(), 1, "one message, with the name that holds: {after:?}");
    assert!(of_amina[0].contains("Grace will serve you"), "{after:?}");
}

#[tokio::test]
async fn what_would_leave_somebody_with_nobody_is_not_offered() {
    house::here!();
    let spa = Spa::open().await;
    take(&spa, "deep", "deep", sat("10:00"), &["grace"], "amina").await;
    take(&spa, "easy", "swedish", sat("10:00"), &["joy"], "ben").await;
    let before = standing(&spa).await;
    let offered = asked(&spa, &friday("10:00"), &Handover::to("easy", "grace")).await;
    let Takes::Impossible { left } = &offered.takes else { panic!("only Grace can do both: {offered:?}") };
    assert_eq!((left.len(), left[0].booking_id.as_str(), left[0].line.as_str()), (1, "deep", "10:00 Deep tissue, Amina"));
    assert!(left[0].why.contains("10:00 Swedish massage, Ben") && left[0].why.ends_with("cannot all be served by Grace"), "{}", left[0].why);
    let refused = carry_out(&spa.store, &friday("10:01"), &offered, &manager()).await.unwrap_err();
    assert_eq!((refused.kind(), standing(&spa).await), (StoreErrorKind::Invalid, before));
}

#[tokio::test]
async fn whom_a_customer_chose_and_who_has_begun_stays() {
    house::here!();
    let spa = Spa::open().await;
    chosen(&spa, "chosen", sat("10:00"), "joy", "amina").await;
    take(&spa, "easy", "swedish", sat("10:00"), &["grace"], "ben").await;
    let offered = asked(&spa, &friday("10:00"), &Handover::to("easy", "joy")).await;
    let Takes::Impossible { left } = &offered.takes else { panic!("{offered:?}") };
    assert_eq!((left[0].booking_id.as_str(), left[0].why.as_str()), ("chosen", "its customer chose Joy"));
    take(&spa, "begun", "swedish", sat("10:00"), &["brian"], "chloe").await;
    let offered = asked(&spa, &SetClock::at(instant("2026-11-21", "10:10")), &Handover::to("easy", "brian")).await;
    let Takes::Impossible { left } = &offered.takes else { panic!("{offered:?}") };
    assert_eq!(left[0].why, "it has begun with Brian");
}

#[tokio::test]
async fn a_rule_in_the_way_is_named_and_a_manager_may_answer_for_some() {
    house::here!();
    let spa = Spa::open().await;
    take(&spa, "deep", "deep", sat("10:00"), &["grace"], "amina").await;
    let offered = asked(&spa, &friday("10:00"), &Handover::to("deep", "brian")).await;
    let Takes::Refused(refused) = &offered.takes else { panic!("{offered:?}") };
    assert_eq!((refused.rules[0].resource_id.as_str(), refused.rules[0].rules.as_slice()), ("brian", ["qualification".to_owned()].as_slice()));
    assert!(refused.may_be_overridden && refused.said.contains("Brian: qualification"), "{refused:?}");
    carry_out(&spa.store, &friday("10:00"), &offered, &manager()).await.unwrap_err();

    let sure = Handover { overriding: Some("he is learning it".into()), ..Handover::to("deep", "brian") };
    let offered = asked(&spa, &friday("10:00"), &sure).await;
    done(&spa, &friday("10:01"), &offered).await;
    assert_eq!(spa.holders("deep").await, ["brian"]);
    assert!(spa.store.history("deep").await.unwrap().pop().unwrap().reason.ends_with("he is learning it"));

    let block = NewBlock { location_id: SPA.into(), resource_id: "joy".into(), span: Span::new(sat("09:00"), sat("12:00")), reason: "course".into() };
    spa.store.add_block(&block, &stamp()).await.unwrap();
    let offered = asked(&spa, &friday("10:00"), &Handover { overriding: Some("I say so".into()), ..Handover::to("deep", "joy") }).await;
    let Takes::Refused(refused) = &offered.takes else { panic!("{offered:?}") };
    assert!(!refused.may_be_overridden && refused.rules[0].rules.contains(&"block".to_owned()), "whoever is away is away: {refused:?}");
    let unknown = offer(&spa.store, &friday("10:00"), &Handover::to("deep", "nobody"), None, &manager()).await.unwrap_err();
    assert_eq!(unknown.kind(), StoreErrorKind::NotFound);
}

#[tokio::test]
async fn a_day_that_was_changed_since_is_looked_at_again() {
    house::here!();
    let spa = three_at_ten().await;
    let offered = asked(&spa, &friday("10:00"), &Handover::to("of-grace", "joy")).await;
    let new = Request::new(NewBooking { id: Some("late".into()), ..NewBooking::new(SPA, "swedish", sat("15:00")) }, "web");
    assert!(matches!(book(&spa.store, &friday("10:01"), &new).await.unwrap(), Outcome::Taken(_)));
    let before = standing(&spa).await;
    let CarriedOut::Changed(fresh) = carry_out(&spa.store, &friday("10:02"), &offered, &manager()).await.unwrap() else { panic!("not that day") };
    assert_eq!((standing(&spa).await, fresh.version), (before, spa.saturday().await.version), "nothing was written");
    assert!(fresh.version > offered.version);
    done(&spa, &friday("10:03"), &fresh).await;
    assert_eq!(spa.holders("of-grace").await, ["joy"]);
    let stale = offer(&spa.store, &friday("10:04"), &Handover::to("of-brian", "joy"), Some(offered.version), &manager()).await.unwrap_err();
    assert_eq!(stale.kind(), StoreErrorKind::Conflict, "who asks for the day they see is told that it is another");
}

#[tokio::test]
async fn of_two_who_serve_together_only_the_one_it_is_taken_from_goes() {
    house::here!();
    let spa = Spa::open().await;
    take(&spa, "couple", "couples", sat("10:00"), &["grace", "joy"], "amina").await;
    take(&spa, "easy", "swedish", sat("10:00"), &["brian"], "ben").await;
    let ask = Handover { from: Some("grace".into()), ..Handover::to("couple", "brian") };
    let offered = asked(&spa, &friday("10:00"), &ask).await;
    assert_eq!(moved(&offered), [("couple", vec!["brian", "joy"]), ("easy", vec!["grace"])]);
    done(&spa, &friday("10:00"), &offered).await;
    assert_eq!(spa.holders("couple").await, ["brian", "joy"]);
    let gone = offer(&spa.store, &friday("10:01"), &ask, None, &manager()).await.unwrap_err();
    assert_eq!(gone.kind(), StoreErrorKind::Conflict, "it is not with Grace any more");
}

#[tokio::test]
async fn taken_from_everybody_it_waits_until_somebody_gets_it() {
    house::here!();
    let spa = Spa::open().await;
    take(&spa, "couple", "couples", sat("10:00"), &["grace", "joy"], "amina").await;
    let offered = asked(&spa, &friday("10:00"), &Handover::to_nobody("couple")).await;
    let made = done(&spa, &friday("10:00"), &offered).await;
    let nobody = vec![("couple".to_owned(), vec![], BookingState::ManualReview)];
    assert_eq!((standing(&spa).await, waiting(&spa).await), (nobody.clone(), vec!["couple".to_owned()]));
    try_again(&spa.store, &friday("10:05"), &manager()).await.unwrap();
    assert_eq!(standing(&spa).await, nobody, "as long as nothing else changes it is not given back behind the manager's back");

    // One of the two is named, and somebody who is free comes with them.
    let offered = asked(&spa, &friday("10:06"), &Handover::to("couple", "brian")).await;
    let [alone] = offered.moves() else { panic!("{offered:?}") };
    assert!(alone.after.resources.len() == 2 && alone.after.resources.contains(&"brian".to_owned()), "{offered:?}");
    done(&spa, &friday("10:06"), &offered).await;
    assert_eq!((waiting(&spa).await.len(), standing(&spa).await[0].2), (0, BookingState::Confirmed));
    let late = undo(&spa.store, &friday("10:07"), SPA, saturday(), &made.moves, "manager").await.unwrap_err();
    assert_eq!(late.kind(), StoreErrorKind::Conflict, "what was changed since stays: {late}");
}

#[tokio::test]
async fn a_told_name_is_not_taken_away_by_a_slip_of_the_hand() {
    house::here!();
    let spa = Spa::open().await;
    take(&spa, "told", "swedish", sat("10:00"), &["joy"], "amina").await;
    let clock = friday("18:00");
    finalize(&spa.store, &clock, SPA, saturday(), "cutoff").await.unwrap();
    let offered = asked(&spa, &clock, &Handover::to_nobody("told")).await;
    let Takes::Refused(refused) = &offered.takes else { panic!("{offered:?}") };
    assert!(refused.may_be_overridden && refused.said.contains("Joy was named to the customer"), "{refused:?}");

    let sure = Handover { overriding: Some("Joy is needed elsewhere".into()), ..Handover::to_nobody("told") };
    let made = done(&spa, &clock, &asked(&spa, &clock, &sure).await).await;
    assert_eq!((waiting(&spa).await, said(&spa).await.len()), (vec!["told".to_owned()], 0), "the name had not gone out, and does not any more");
    undo(&spa.store, &clock, SPA, saturday(), &made.moves, "manager").await.unwrap();
    let told = said(&spa).await;
    assert!((waiting(&spa).await.len(), told.len()) == (0, 1) && told[0].contains("Joy will serve you"), "{told:?}");
}

#[tokio::test]
async fn taken_back_before_the_message_went_out_nobody_hears_of_it() {
    house::here!();
    let spa = Spa::open().await;
    let clock = friday("18:00");
    take(&spa, "told", "swedish", sat("10:00"), &["joy"], "amina").await;
    finalize(&spa.store, &clock, SPA, saturday(), "cutoff").await.unwrap();
    let first = said(&spa).await;
    let made = done(&spa, &clock, &asked(&spa, &clock, &Handover::to("told", "brian")).await).await;
    assert!(made.moves[0].is_told && said(&spa).await[0].contains("Brian"));
    undo(&spa.store, &clock, SPA, saturday(), &made.moves, "manager").await.unwrap();
    assert_eq!(said(&spa).await, first);
}

#[tokio::test]
async fn nothing_is_put_back_where_somebody_is_busy_or_away_by_now() {
    house::here!();
    let spa = three_at_ten().await;
    let made = done(&spa, &friday("10:00"), &asked(&spa, &friday("10:00"), &Handover::to("of-grace", "joy")).await).await;
    let block = NewBlock { location_id: SPA.into(), resource_id: "joy".into(), span: Span::new(sat("09:00"), sat("12:00")), reason: "sick".into() };
    let block = spa.store.add_block(&block, &stamp()).await.unwrap();
    let before = standing(&spa).await;
    let away = undo(&spa.store, &friday("10:01"), SPA, saturday(), &made.moves, "manager").await.unwrap_err();
    assert!(away.kind() == StoreErrorKind::Conflict && away.to_string().contains("Joy cannot serve 10:00 Swedish massage, Ben any more"), "{away}");
    assert_eq!(standing(&spa).await, before);
    spa.store.remove_block(&block.id).await.unwrap();

    // Of the two that changed places one goes on to a third.
    done(&spa, &friday("10:02"), &asked(&spa, &friday("10:02"), &Handover::to("of-joy", "brian")).await).await;
    let before = standing(&spa).await;
    let busy = undo(&spa.store, &friday("10:03"), SPA, saturday(), &made.moves, "manager").await.unwrap_err();
    assert!(busy.to_string().contains("Grace cannot have 10:00 Swedish massage, Amina back, and is with"), "{busy}");
    assert_eq!(standing(&spa).await, before);
}

#[tokio::test]
async fn an_offer_that_somebody_has_tampered_with_is_not_carried_out() {
    house::here!();
    let spa = Spa::open().await;
    take(&spa, "deep", "deep", sat("10:00"), &["grace"], "amina").await;
    take(&spa, "easy", "swedish", sat("10:00"), &["joy"], "ben").await;
    take(&spa, "other", "swedish", sat("10:00"), &["brian"], "chloe").await;
    let offered = asked(&spa, &friday("10:00"), &Handover::to("easy", "brian")).await;
    let before = standing(&spa).await;
    let mut deep_too = offered.clone();
    let Takes::Others(found) = &mut deep_too.takes else { panic!("{offered:?}") };
    let mut stolen = found.moves[0].clone();
    stolen.booking_id = "deep".into();
    stolen.before.resources = vec!["grace".into()];
    stolen.after.resources = vec!["joy".into()];
    found.moves[1].after.resources = vec!["grace".into()];
    found.moves.push(stolen);
    let refused = carry_out(&spa.store, &friday("10:01"), &deep_too, &manager()).await.unwrap_err();
    assert_eq!((refused.kind(), standing(&spa).await), (StoreErrorKind::PlanRefused, before.clone()), "{refused}");
    let mut elsewhere = offered;
    let Takes::Others(found) = &mut elsewhere.takes else { panic!() };
    found.moves[0].after.resources = vec!["grace".into()];
    let refused = carry_out(&spa.store, &friday("10:01"), &elsewhere, &manager()).await.unwrap_err();
    assert_eq!((refused.kind(), standing(&spa).await), (StoreErrorKind::Invalid, before), "{refused}");
}

#[tokio::test]
async fn who_waits_already_is_not_what_it_is_about() {
    house::here!();
    let spa = three_at_ten().await;
    let block = NewBlock { location_id: SPA.into(), resource_id: "brian".into(), span: Span::new(sat("09:00"), sat("12:00")), reason: "sick".into() };
    spa.store.add_block(&block, &stamp()).await.unwrap();
    let offered = asked(&spa, &friday("10:00"), &Handover::to("of-grace", "joy")).await;
    assert_eq!(moved(&offered), [("of-grace", vec!["joy"]), ("of-joy", vec!["grace"])], "Chloe's waits for a decision before and after");
    done(&spa, &friday("10:00"), &offered).await;
    assert_eq!(spa.holders("of-brian").await, ["brian"]);
}

#[tokio::test]
async fn everybody_comes_with_what_keeps_them_from_it() {
    house::here!();
    let spa = three_at_ten().await;
    spa.store.upsert_resource(&staff("zoe", "female", &["nails"])).await.unwrap();
    let day = spa.saturday().await;
    let all = candidates(&day, day.booking("of-grace").unwrap());
    let found = |id: &str| all.iter().find(|one| one.resource_id == id).unwrap();
    assert!(found("grace").is_free());
    assert_eq!(found("joy").busy_lines(&day), ["10:00 Swedish massage, Ben"]);
    assert_eq!(found("zoe").rules.iter().map(|rule| rule.as_str()).collect::<Vec<_>>(), ["qualification"]);
    assert_eq!(all.len(), 4);
}
