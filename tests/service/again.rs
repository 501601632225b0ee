//! Forms of the manager's screen that come back, come twice, or come too late.

use zamu::keyring::Role;
use zamu::operations::assign::reassign;
use zamu::store::{NewBooking, Store};

use super::harness::{Answer, Service};
use super::house::{self, SPA, held_by, here, sat, stamp};
use super::visitor::{Visitor, hidden, place};

const DAY: &str = "/admin/at/westlands/2026-11-21";
const GIVE: &str = "/admin/at/westlands/2026-11-21/give";

async fn take(service: &Service, id: &str, what: &str, who: &[&str]) {
    let new = NewBooking {
        id: Some(id.into()),
        customer_id: Some("amina".into()),
        ..NewBooking::new(SPA, what, sat(if id == "easy" { "14:00" } else { "10:00" }))
    };
    service.spa.store.take_booking(&new, &held_by(who), &stamp()).await.unwrap().unwrap();
}

/// A form that came back says why, beside what was typed, and nothing was done.
#[track_caller]
fn came_back(answer: &Answer, status: u16, typed: &[&str]) {
    assert_eq!(answer.status, status, "{}", answer.text);
    assert!(answer.text.contains("This was not done."), "{}", answer.text);
    for one in typed {
        assert!(answer.text.contains(one), "{one} was lost: {}", answer.text);
    }
}

#[tokio::test]
async fn a_form_that_will_not_do_comes_back_with_what_was_typed() {
    here!();
    let service = Service::start().await;
    take(&service, "massage", "swedish", &["joy"]).await;
    let mut ann = Visitor::signed_in(&service, "ann", Role::Manager, None).await;

    let ledger = "/admin/at/westlands/ledger";
    let wrong = [("person", "grace"), ("way", "less"), ("minutes", "99999"), ("reason", "stocktaking in May")];
    let kept = ["value=\"grace\" selected", "value=\"less\" selected", "value=\"99999\"", "value=\"stocktaking in May\"", "aria-invalid=\"true\""];
    came_back(&ann.fill(ledger, ledger, &wrong).await, 422, &kept);
    came_back(
        &ann.fill(ledger, ledger, &[("person", "grace"), ("way", "more"), ("minutes", "a few"), ("reason", "x")]).await,
        422,
        &["value=\"a few\""],
    );

    let temp = format!("{DAY}/temp");
    let backwards = [("name", "Njeri"), ("can", "deep-tissue"), ("start", "12:00"), ("end", "09:00")];
    let kept = ["value=\"Njeri\"", "value=\"deep-tissue\" checked", "name=\"start\" value=\"12:00\"", "name=\"end\" value=\"09:00\""];
    came_back(&ann.fill(&temp, &temp, &backwards).await, 422, &kept);

    let absence = format!("{DAY}/absence");
    let backwards = [
        ("person", "grace"),
        ("from", "2026-11-21"),
        ("from_time", "15:00"),
        ("to", "2026-11-21"),
        ("to_time", "11:00"),
        ("reason", "to the dentist"),
        ("tell", "1"),
    ];
    let kept = [
        "value=\"grace\" selected",
        "value=\"15:00\"",
        "value=\"11:00\"",
        "value=\"to the dentist\"",
        "value=\"1\" checked",
        "It ends before it begins",
    ];
    came_back(&ann.fill(&absence, &absence, &backwards).await, 422, &kept);
    let before = [("person", "grace"), ("from", "2026-11-21"), ("to", "2026-11-20"), ("reason", "leave")];
    came_back(&ann.fill(&absence, &absence, &before).await, 422, &["value=\"2026-11-20\"", "It ends before it begins"]);

    let page = "/admin/bookings/massage";
    let old = [("version", "0"), ("reason", "she has a cold")];
    came_back(&ann.fill(page, &format!("{page}/cancel"), &old).await, 409, &["value=\"she has a cold\"", "<details class=\"card-box\" open"]);
    let old = [("version", "0"), ("start", "2026-11-21T15:30:00+03:00")];
    let again = ann.fill(&format!("{page}?to=2026-11-21"), &format!("{page}/move"), &old).await;
    came_back(&again, 409, &["value=\"2026-11-21T15:30:00+03:00\" required checked"]);
    // As it comes back it holds for how things stand now.
    let version = service.spa.store.booking("massage").await.unwrap().state_version.to_string();
    assert_eq!(hidden(&again.text, "version"), version);

    let shown = ann.get(&format!("{DAY}?booking=massage&to=brian")).await.with(200);
    let sealed = hidden(&shown.text, "offer").replace("&quot;", "\"").replace("&amp;", "&");
    zamu::booking::cancel(&service.spa.store, service.clock.as_ref(), "massage", None, "desk", "she is ill").await.unwrap();
    let late = ann.fill(DAY, GIVE, &[("booking", "massage"), ("to", "brian"), ("offer", &sealed)]).await;
    came_back(&late, 409, &["id=\"board\"", "id=\"panel\"", "data-here=\"/admin/at/westlands/2026-11-21?booking=massage\""]);
}

#[tokio::test]
async fn a_button_that_is_pressed_many_times_in_a_moment_does_it_once_and_answers_alike() {
    here!();
    let service = Service::start().await;
    take(&service, "massage", "swedish", &["joy"]).await;
    let mut ruth = Visitor::signed_in(&service, "ruth", Role::Frontdesk, None).await;
    let led = ruth.fill(DAY, GIVE, &[("booking", "massage"), ("to", "brian")]).await.with(303);
    let page = ruth.get(place(&led)).await.with(200).text;
    let (proof, key, done) = (hidden(&page, "proof"), hidden(&page, "key"), hidden(&page, "done"));
    let fields = [("proof", proof.as_str()), ("key", key.as_str()), ("done", done.as_str())];
    let many = |path: String, fields: Vec<(String, String)>| {
        let hands = (0..8).map(|_| {
            let mut hand = Visitor::new(&service);
            hand.cookies.clone_from(&ruth.cookies);
            let (path, fields) = (path.clone(), fields.clone());
            async move {
                let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
                hand.post(&path, &fields).await
            }
        });
        futures_util::future::join_all(hands.collect::<Vec<_>>())
    };
    let owned = |fields: &[(&str, &str)]| fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect::<Vec<_>>();
    for answer in many(format!("{DAY}/undo"), owned(&fields)).await {
        assert_eq!((answer.status, place(&answer)), (303, "/admin/at/westlands/2026-11-21?done=undone"), "{}", answer.text);
    }
    assert_eq!(service.spa.holders("massage").await, ["joy"]);
    let history = service.spa.store.history("massage").await.unwrap();
    assert_eq!(history.iter().filter(|row| row.reason == "taken back by hand").count(), 1, "{history:?}");

    let version = service.spa.store.booking("massage").await.unwrap().state_version.to_string();
    let fields = [("proof", proof.as_str()), ("key", "another-key"), ("version", version.as_str()), ("reason", "she is ill")];
    for answer in many("/admin/bookings/massage/cancel".to_owned(), owned(&fields)).await {
        assert_eq!((answer.status, place(&answer)), (303, "/admin/bookings/massage?done=cancelled"), "{}", answer.text);
    }
}

#[tokio::test]
async fn undo_is_offered_only_while_what_was_done_stands() {
    here!();
    let service = Service::start().await;
    take(&service, "massage", "swedish", &["joy"]).await;
    let mut ruth = Visitor::signed_in(&service, "ruth", Role::Frontdesk, None).await;
    let led = ruth.fill(DAY, GIVE, &[("booking", "massage"), ("to", "brian")]).await.with(303);
    let done = place(&led).to_owned();
    let offered = |answer: &Answer| answer.text.contains("/undo\"");
    for _ in 0..2 {
        assert!(offered(&ruth.get(&done).await.with(200)), "also to whoever loads the page again");
    }
    reassign(&service.spa.store, service.clock.as_ref(), "massage", &["grace"], "another desk", "asked for").await.unwrap();
    let old = ruth.get(&done).await.with(200);
    assert!(!offered(&old) && old.text.contains("This was changed since"), "{}", old.text);
    // Joy is busy by now, so that the booking cannot go back to her.
    reassign(&service.spa.store, service.clock.as_ref(), "massage", &["brian"], "another desk", "asked for").await.unwrap();
    assert!(offered(&ruth.get(&done).await.with(200)));
    take(&service, "other", "swedish", &["joy"]).await;
    assert!(!offered(&ruth.get(&done).await.with(200)));
}

#[tokio::test]
async fn who_overrides_a_rule_sees_which_and_why_at_every_step() {
    here!();
    let service = Service::start().await;
    take(&service, "massage", "deep", &["grace"]).await;
    let mut ann = Visitor::signed_in(&service, "ann", Role::Manager, None).await;
    let said = "Against a rule: Joy: lacks the qualification. Why all the same: “she learned it”";
    let last = ann.get(&format!("{DAY}?booking=massage&to=joy&overriding=she+learned+it")).await.with(200);
    assert!(last.text.contains(said) && last.text.contains("Joy is free"), "{}", last.text);
    let sealed = hidden(&last.text, "offer").replace("&quot;", "\"").replace("&amp;", "&");
    let led = ann.fill(DAY, GIVE, &[("booking", "massage"), ("to", "joy"), ("offer", &sealed)]).await.with(303);
    assert!(ann.get(place(&led)).await.with(200).text.contains(said));
    let history = service.spa.store.history("massage").await.unwrap();
    let reason = "given to Joy by hand against a rule (Joy: lacks the qualification): she learned it";
    assert!(history.iter().any(|row| row.reason == reason), "{history:?}");
    // Nothing is overridden where no rule is in the way.
    take(&service, "easy", "swedish", &["grace"]).await;
    let plain = ann.get(&format!("{DAY}?booking=easy&to=brian&overriding=no+matter")).await.with(200);
    assert!(!plain.text.contains("Against a rule"), "{}", plain.text);
}
