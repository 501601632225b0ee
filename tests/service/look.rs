//! Looking back and ahead on the manager's screen: the week, bookings, runs, the ledger, messages and what-ifs, with a browser's own means.

use chrono::{TimeDelta, Weekday};
use serde_json::json;
use zamu::clock::Clock;
use zamu::domain::{AssignmentStatus, Minute, Rule, Weekdays};
use zamu::keyring::Role;
use zamu::notify::{SendError, SendErrorKind, Sender, Text, deliver};
use zamu::operations::clockwork::Clockwork;
use zamu::store::{BookingRow, Decision, NewBooking, NewWhatIf, OutboxClass, OutboxRow, Store};

use super::harness::{Answer, Service};
use super::house::{self, SPA, here, sat, stamp};
use super::visitor::{PASSWORD, Visitor, is_silent_about, place, says};

/// A booking of Amina's, held by these.
async fn take(service: &Service, id: &str, what: &str, start: Minute, by: &[&str]) {
    let new = NewBooking { id: Some(id.into()), customer_id: Some("amina".into()), ..NewBooking::new(SPA, what, start) };
    let decide = |_: &zamu::store::Day, _: &BookingRow| Decision::Hold {
        resources: by.iter().map(|&one| one.to_owned()).collect(),
        status: AssignmentStatus::Provisional,
        gender_waived: false,
        moves: vec![],
        messages: vec![],
    };
    service.spa.store.take_booking(&new, &decide, &stamp()).await.unwrap().unwrap();
}

/// A service with four massages on Saturday that Grace has all of.
async fn uneven() -> Service {
    let service = Service::start().await;
    for (id, clock) in [("b1", "09:00"), ("b2", "10:30"), ("b3", "12:00"), ("b4", "14:00")] {
        take(&service, id, "swedish", sat(clock), &["grace"]).await;
    }
    service
}

/// What a page may not have for its policy's sake, and what a table may not lack for a reader's.
#[track_caller]
fn is_sound(answer: &Answer) {
    assert_eq!(answer.status, 200, "{}", answer.text);
    is_silent_about(answer, &[" style=\"", "<style", "onclick=", "look-", "<script>"]);
    assert_eq!(answer.text.matches("<h1>").count(), 1, "{}", answer.text);
    assert_eq!(answer.text.matches("<table").count(), answer.text.matches("<caption>").count(), "{}", answer.text);
    assert!(!answer.text.contains("<th>"), "a heading of a table says what it heads: {}", answer.text);
}

#[tokio::test]
async fn the_week_says_in_words_and_numbers_how_full_each_half_hour_is() {
    here!();
    let service = uneven().await;
    service.spa.store.upsert_rule(SPA, &Rule::weekly("hours", None, Weekdays::of(&[Weekday::Fri, Weekday::Sat]), 540, 1020)).await.unwrap();
    let mut ruth = Visitor::signed_in(&service, "ruth", Role::Manager, None).await;
    let week = ruth.get("/admin/at/westlands/week?from=2026-11-16").await;
    is_sound(&week);
    // Three people on Saturday at nine, one of them with a massage; the house is open until five.
    says(&week, &["1 of 3 half-hours of people booked", "0.5 of 3 half-hours of people booked", "nobody is on duty", ">1/3<", "heat14"]);
    says(&week, &["href=\"/admin/at/westlands/2026-11-21\"", "Sat 21 Nov", "5 h", "24 h", "21 %", "from=2026-11-09", "from=2026-11-23"]);
    let deep = ruth.get("/admin/at/westlands/week?from=2026-11-16&can=deep-tissue").await;
    is_sound(&deep);
    says(&deep, &["1 of 1 half-hours of people booked", "63 %", "can=deep-tissue"]);
    let refused = ruth.get("/admin/at/westlands/week?from=soon").await.with(422);
    says(&refused, &["This is no date.", "such as 2026-11-21"]);
    ruth.cookies.insert("zamu_language".into(), "sw".into());
    let swahili = ruth.get("/admin/at/westlands/week?from=2026-11-16").await;
    is_sound(&swahili);
    says(&swahili, &["nusu saa 1 kati ya 3 za watu zina miadi", "hakuna aliye kazini"]);
}

#[tokio::test]
async fn a_half_hour_that_asks_for_more_people_than_there_are_says_so() {
    here!();
    let service = uneven().await;
    let mut ruth = Visitor::signed_in(&service, "ruth", Role::Manager, None).await;
    take(&service, "couple", "couples", sat("09:00"), &[]).await;
    take(&service, "b5", "swedish", sat("09:00"), &["joy"]).await;
    let week = ruth.get("/admin/at/westlands/week?from=2026-11-21").await;
    is_sound(&week);
    says(&week, &["4 of 3 half-hours of people booked: more than there are people for", "<strong>!</strong>4/3", "<strong>! 1</strong>"]);
}

#[tokio::test]
async fn bookings_are_narrowed_by_what_the_desk_knows_and_go_on_page_by_page() {
    here!();
    let service = uneven().await;
    for n in 0..60 {
        take(&service, &format!("n{n}"), "deep", house::at("2026-11-23", "09:00").plus(n), &[]).await;
    }
    let mut desk = Visitor::signed_in(&service, "desk", Role::Frontdesk, None).await;
    let list = "/admin/at/westlands/bookings";
    let first = desk.get(list).await;
    is_sound(&first);
    says(&first, &["href=\"/admin/bookings/b1\"", "Sat 21 Nov, 09:00–10:00", "Amina", "Grace", "confirmed", "rel=\"next\""]);
    let next = first.text.split("rel=\"next\" href=\"").nth(1).unwrap().split('"').next().unwrap().replace("&amp;", "&");
    let second = desk.get(&next).await;
    is_sound(&second);
    says(&second, &["/admin/bookings/n59\""]);
    is_silent_about(&second, &["/admin/bookings/b1\"", "rel=\"next\""]);

    let only = desk.get(&format!("{list}?service=swedish&person=grace&state=confirmed&from=2026-11-21&to=2026-11-21")).await;
    says(&only, &["/admin/bookings/b4\""]);
    is_silent_about(&only, &["/admin/bookings/n0\""]);
    for nothing in ["state=cancelled", "person=brian", "from=2026-11-22&to=2026-11-22", "reach=nobody@example.org", "service=couples"] {
        says(&desk.get(&format!("{list}?{nothing}")).await, &["There is no such booking."]);
    }
    // Without a first day there are past ones, too.
    service.clock.set(house::instant("2026-11-22", "08:00"));
    desk.sign_in("desk", PASSWORD).await.with(303);
    is_silent_about(&desk.get(list).await, &["/admin/bookings/b1\""]);
    says(&desk.get(&format!("{list}?from=")).await, &["/admin/bookings/b1\""]);
    desk.get(&format!("{list}?state=lost")).await.with(422);
}

#[tokio::test]
async fn a_bookings_page_tells_its_whole_life_and_moves_it_as_the_api_does() {
    here!();
    let service = uneven().await;
    let mut desk = Visitor::signed_in(&service, "desk", Role::Frontdesk, None).await;
    let page = "/admin/bookings/b1";
    let shown = desk.get(page).await;
    is_sound(&shown);
    says(
        &shown,
        &[
            "Swedish massage",
            "Amina",
            "Grace – provisional",
            "/admin/at/westlands/2026-11-21?booking=b1",
            "frontdesk",
            "asked for",
            "Thu 19 Nov, 12:00",
        ],
    );
    is_silent_about(&shown, &["amina@example.org", "type=\"radio\""]);

    let free = desk.get(&format!("{page}?to=2026-11-21")).await;
    is_sound(&free);
    says(&free, &["value=\"2026-11-21T15:30:00+03:00\"", "Free times on Saturday 21 November 2026"]);
    is_silent_about(&free, &["value=\"2026-11-21T09:00:00+03:00\"", "value=\"2026-11-21T16:45:00+03:00\""]);
    let version = service.spa.store.booking("b1").await.unwrap().state_version.to_string();
    let moved = [("version", version.as_str()), ("start", "2026-11-21T15:30:00+03:00")];
    let answer = desk.fill(&format!("{page}?to=2026-11-21"), &format!("{page}/move"), &moved).await;
    assert_eq!((answer.status, place(&answer)), (303, "/admin/bookings/b1?done=moved"), "{}", answer.text);
    let after = desk.get(place(&answer)).await;
    is_sound(&after);
    says(&after, &["The booking was moved", "15:30–16:30", "Sat 21 Nov, 09:00", "Sat 21 Nov, 15:30", "frontdesk:desk", "It stands", "to be sent"]);

    // Somebody else was quicker.
    let old = desk.fill(&format!("{page}?to=2026-11-21"), &format!("{page}/move"), &moved).await;
    assert_eq!(old.status, 409, "{}", old.text);
    assert_eq!(service.spa.store.booking("b1").await.unwrap().span.start, sat("15:30"));
    says(&desk.get(&format!("{page}?to=2026-11-15")).await, &["There is no free time on Sunday 15 November 2026"]);
}

#[tokio::test]
async fn a_booking_is_called_off_once_and_then_nothing_can_be_done_about_it() {
    here!();
    let service = uneven().await;
    let mut desk = Visitor::signed_in(&service, "desk", Role::Frontdesk, None).await;
    let mut scheduler = Visitor::signed_in(&service, "sam", Role::Scheduler, None).await;
    let page = "/admin/bookings/b2";
    is_silent_about(&scheduler.get(page).await.with(200), &["/admin/bookings/b2/cancel", "/admin/bookings/b2/move"]);
    let version = service.spa.store.booking("b2").await.unwrap().state_version.to_string();
    let answer = desk.fill(page, &format!("{page}/cancel"), &[("version", &version), ("reason", "she is ill")]).await;
    assert_eq!((answer.status, place(&answer)), (303, "/admin/bookings/b2?done=cancelled"), "{}", answer.text);
    let after = desk.get(place(&answer)).await;
    is_sound(&after);
    says(&after, &["The booking was called off", "she is ill", "called off"]);
    is_silent_about(&after, &["/admin/bookings/b2/cancel", "/admin/bookings/b2/move"]);
    desk.get("/admin/bookings/none-such").await.with(404);
    // Words of an address are not ours.
    is_silent_about(&desk.get(&format!("{page}?done=paid-back")).await, &["paid-back", "role=\"status\">The"]);
}

#[tokio::test]
async fn a_run_is_shown_whole_with_names_and_reasons_in_words() {
    here!();
    let service = uneven().await;
    take(&service, "d1", "deep", sat("09:00"), &[]).await;
    let mut ruth = Visitor::signed_in(&service, "ruth", Role::Manager, None).await;
    says(&ruth.get("/admin/at/westlands/runs").await, &["There was no such run."]);
    let token = service.token(Role::Manager, "ruth");
    // Nobody can do deep tissue and swedish at once: Grace has b1 and is the only one for d1 and d2.
    take(&service, "d2", "deep", sat("09:00"), &[]).await;
    let run = service.send(&token, "POST", "/admin/v1/runs", json!({"location_id": SPA, "date": "2026-11-21"})).await.with(201);
    let id = run.text_of("id");
    let list = ruth.get("/admin/at/westlands/runs").await;
    is_sound(&list);
    says(&list, &[&format!("/admin/at/westlands/runs/{id}"), "Nightly run", "manager:ruth", "nightly", "applied: the day stands so", "2026-11-21"]);
    let whole = ruth.get(&format!("/admin/at/westlands/runs/{id}")).await;
    is_sound(&whole);
    says(&whole, &["bookings nobody serves", "unevenness of the load", "proven best", run.body["input_sha256"].as_str().unwrap()]);
    says(&whole, &["09:00–10:00 Swedish massage, Amina</a>", "<td>Grace</td>", "cannot all be served by Grace", "09:00–10:00 Deep tissue"]);
    says(&ruth.get("/admin/at/westlands/runs?date=2026-11-20").await, &["There was no such run."]);
    ruth.get("/admin/at/westlands/runs/none-such").await.with(404);
}

#[tokio::test]
async fn the_ledger_shows_who_is_above_their_share_and_takes_corrections_with_their_reason() {
    here!();
    let service = uneven().await;
    service.clock.set(house::instant("2026-11-23", "06:00"));
    zamu::operations::ledger::close_due(&service.spa.store, service.clock.as_ref(), SPA).await.unwrap();
    let mut ruth = Visitor::signed_in(&service, "ruth", Role::Manager, None).await;
    let mut sam = Visitor::signed_in(&service, "sam", Role::Scheduler, None).await;
    let page = "/admin/at/westlands/ledger";
    let shown = ruth.get(page).await;
    is_sound(&shown);
    says(&shown, &["days closed: 1", "2 h 40 min above", "1 h 20 min below", "x50 w50 above", "x25 w25", "Nothing was corrected."]);
    is_silent_about(&sam.get(page).await.with(200), &["name=\"minutes\""]);

    let fields = [("person", "joy"), ("way", "more"), ("minutes", "60"), ("reason", "stocktaking")];
    let answer = ruth.fill(page, page, &fields).await;
    assert_eq!((answer.status, place(&answer)), (303, "/admin/at/westlands/ledger?done=corrected"), "{}", answer.text);
    let after = ruth.get(place(&answer)).await;
    is_sound(&after);
    says(&after, &["The account was corrected.", "stocktaking", "manager:ruth", "+1 h", "20 min below"]);
    for (name, value) in [("minutes", "0"), ("minutes", "20000"), ("reason", " "), ("person", "nobody"), ("way", "up")] {
        let fields: Vec<(&str, &str)> = fields.iter().map(|&(known, old)| (known, if known == name { value } else { old })).collect();
        let refused = ruth.fill(page, page, &fields).await;
        assert!((400..500).contains(&refused.status), "{name}={value}: {}", refused.text);
    }
    assert_eq!(ruth.get(page).await.text.matches("stocktaking").count(), 1);
}

/// Knows nobody.
struct KnowsNobody;

#[async_trait::async_trait]
impl Sender for KnowsNobody {
    async fn send(&self, _: &OutboxRow, _: &Text) -> Result<(), SendError> {
        Err(SendError::new(SendErrorKind::Hopeless, "the address is nobody's"))
    }
}

#[tokio::test]
async fn messages_that_could_not_be_delivered_are_tried_again_or_settled_by_hand() {
    here!();
    let service = uneven().await;
    let mut desk = Visitor::signed_in(&service, "desk", Role::Frontdesk, None).await;
    let mut sam = Visitor::signed_in(&service, "sam", Role::Scheduler, None).await;
    says(&desk.get("/admin/messages").await, &["There are no such messages."]);
    let token = service.token(Role::Frontdesk, "desk");
    let taken =
        json!({"location_id": SPA, "service_id": "swedish", "start": "2026-11-21T15:30", "customer": {"name": "Zawadi", "phone": "+254712345001"}});
    service.send(&token, "POST", "/admin/v1/bookings", taken).await.with(201);
    let pending = desk.get("/admin/messages?state=pending").await;
    is_sound(&pending);
    says(&pending, &["It stands", "to be sent", "•", "/admin/bookings/"]);
    is_silent_about(&pending, &["712345001", "/retry\""]);

    deliver(&service.spa.store, service.clock.as_ref(), OutboxClass::Message, &KnowsNobody).await.unwrap();
    let dead = desk.get("/admin/messages?state=dead").await;
    is_sound(&dead);
    says(&dead, &["could not be delivered", "the address is nobody", "/retry\"", "/dismiss\""]);
    is_silent_about(&sam.get("/admin/messages?state=dead").await.with(200), &["/retry\"", "/dismiss\""]);
    let action = dead.text.split("action=\"").find_map(|rest| rest.split('"').next().filter(|path| path.ends_with("/retry"))).unwrap().to_owned();
    let answer = desk.fill("/admin/messages?state=dead", &action, &[]).await;
    assert_eq!((answer.status, place(&answer)), (303, "/admin/messages?state=dead&done=retried"), "{}", answer.text);
    says(&desk.get(place(&answer)).await, &["The message is tried again.", "There are no such messages."]);
    says(&desk.get("/admin/messages?state=pending").await, &["frontdesk:desk"]);

    deliver(&service.spa.store, service.clock.as_ref(), OutboxClass::Message, &KnowsNobody).await.unwrap();
    let answer = desk.fill("/admin/messages?state=dead", &action.replace("/retry", "/dismiss"), &[]).await;
    assert_eq!(place(&answer), "/admin/messages?state=dead&done=dismissed", "{}", answer.text);
    says(&desk.get("/admin/messages?state=dismissed").await, &["settled by hand"]);
    desk.get("/admin/messages?state=lost").await.with(422);
}

/// The days that the questions are about.
const DAYS: [(&str, &str); 2] = [("from", "2026-11-20"), ("to", "2026-11-22")];

async fn ask(visitor: &mut Visitor<'_>, question: &str, fields: &[(&str, &str)]) -> Answer {
    let all: Vec<(&str, &str)> = [("question", question)].into_iter().chain(DAYS).chain(fields.iter().copied()).collect();
    let form = format!("/admin/at/westlands/whatifs/ask?question={question}&from=2026-11-20&to=2026-11-22");
    is_sound(&visitor.get(&form).await);
    visitor.fill(&form, "/admin/at/westlands/whatifs", &all).await
}

#[tokio::test]
async fn common_questions_are_asked_with_their_numbers_and_answered_by_a_report() {
    here!();
    let service = uneven().await;
    let mut ruth = Visitor::signed_in(&service, "ruth", Role::Manager, None).await;
    let list = "/admin/at/westlands/whatifs";
    let empty = ruth.get(list).await;
    is_sound(&empty);
    says(&empty, &["Nothing was asked yet.", "What if a temp came?", "question=own&amp;from=2026-11-19"]);
    let temp = [("count", "2"), ("able", "swedish"), ("able", "deep-tissue"), ("begin", "10:00"), ("end", "16:00")];
    let questions: [(&str, &[(&str, &str)]); 4] = [
        ("temp", &temp),
        ("demand", &[("percent", "-25"), ("service", "swedish")]),
        ("away", &[("who", "grace"), ("begin", ""), ("end", "12:00")]),
        ("hours", &[("who", "*"), ("earlier", "0"), ("later", "-60")]),
    ];
    for (question, fields) in questions {
        let answer = ask(&mut ruth, question, fields).await;
        assert_eq!((answer.status, place(&answer)), (303, "/admin/at/westlands/whatifs?done=asked"), "{question}: {}", answer.text);
    }
    let listed = ruth.get(list).await;
    is_sound(&listed);
    says(
        &listed,
        &["Up to 2 more temps", "−25 % customers", "Somebody is away", "Hours changed by −1 h", "waits", "every 2s", "Fri 20 Nov – Sun 22 Nov"],
    );
    let worker = Clockwork::new(service.app.store.clone(), service.clock.clone(), "worker", 1);
    for _ in 0..questions.len() {
        worker.turn().await.unwrap();
        service.clock.set(service.clock.now() + TimeDelta::minutes(1));
    }
    let done = ruth.get(list).await;
    is_sound(&done);
    is_silent_about(&done, &["every 2s", "failed"]);
    says(&done, &["3 of 3 days solved", "<progress"]);

    let rows = service.spa.store.whatifs("serenity", Some(SPA), None, 10).await.unwrap();
    let scenario = |name: &str| rows.iter().find(|row| row.scenario["name"] == name).unwrap().scenario.clone();
    assert_eq!(scenario("Up to 2 more temps")["parameters"], json!({"temps": [1, 2]}));
    assert_eq!(scenario("Up to 2 more temps")["change"][0]["qualifications"], json!(["swedish", "deep-tissue"]));
    assert_eq!(scenario("−25 % customers")["change"], json!([{"kind": "demand", "grow": -0.25, "service": "swedish"}]));
    assert_eq!(scenario("Somebody is away")["change"], json!([{"kind": "absence", "who": "grace", "to": "12:00"}]));
    let id = &rows.iter().find(|row| row.scenario["name"] == "Up to 2 more temps").unwrap().id;
    let one = ruth.get(&format!("{list}/{id}")).await;
    is_sound(&one);
    says(&one, &["Open the report", "&quot;kind&quot;: &quot;temp&quot;", "manager:ruth"]);

    let report = ruth.get(&format!("{list}/{id}/report")).await.with(200);
    let policy = report.headers["content-security-policy"].to_str().unwrap();
    assert!(policy.starts_with("default-src 'none'; style-src 'sha256-") && !policy.contains("unsafe"), "{policy}");
    assert!(report.text.contains("<title>Up to 2 more temps – what if</title>") && report.text.contains("temps=2"), "{}", report.text);
    // A browser runs what has these very hashes.
    for (tag, source) in [("style", "style-src"), ("script", "script-src")] {
        let text = report.text.split_once(&format!("<{tag}>")).unwrap().1.split_once(&format!("</{tag}>")).unwrap().0;
        assert!(policy.contains(&format!("{source} '{}'", hashed(text))), "{source} in {policy}");
    }
    assert!(!report.text.contains(" style="), "the policy lets no style stand in an element");
}

fn hashed(text: &str) -> String {
    use base64::Engine;
    use sha2::Digest;
    format!("sha256-{}", base64::engine::general_purpose::STANDARD.encode(sha2::Sha256::digest(text)))
}

#[tokio::test]
async fn a_scenario_of_ones_own_is_asked_in_toml_and_its_faults_are_told_with_their_lines_above_the_form() {
    here!();
    let service = uneven().await;
    let mut ruth = Visitor::signed_in(&service, "ruth", Role::Manager, None).await;
    let good = "name = \"Evenings\"\r\n\r\n[[change]]\r\nkind = \"shift\"\r\nwho = \"*\"\r\nlater_minutes = 60\r\n";
    let answer = ask(&mut ruth, "own", &[("scenario", good)]).await;
    assert_eq!(place(&answer), "/admin/at/westlands/whatifs?done=asked", "{}", answer.text);
    for (wrong, told) in [
        ("name = ", "line 1"),
        ("[[change]]\nkind = \"shift\"\nwho = 1\n", "line 1"),
        ("[base]\nlocation = \"westlands\"\nfrom = \"2026-11-21\"\nto = \"2026-11-21\"\n", "leave it out"),
    ] {
        let refused = ask(&mut ruth, "own", &[("scenario", wrong)]).await;
        assert_eq!(refused.status, 422, "{}", refused.text);
        says(&refused, &[told, "role=\"alert\"", "<textarea"]);
        says(&refused, &[wrong.lines().next().unwrap().replace('"', "&quot;").as_str()]);
    }
    let refused = ask(&mut ruth, "temp", &[("count", "1"), ("begin", "10:00"), ("end", "16:00")]).await;
    assert_eq!(refused.status, 422);
    says(&refused, &["say what the temp can do", "value=\"10:00\""]);
    let backwards = ruth
        .fill(
            "/admin/at/westlands/whatifs/ask?question=away",
            "/admin/at/westlands/whatifs",
            &[("question", "away"), ("from", "2026-11-22"), ("to", "2026-11-20"), ("who", "grace")],
        )
        .await;
    assert_eq!(backwards.status, 422);
    says(&backwards, &["the last not before the first", "value=\"2026-11-22\""]);
    assert_eq!(service.spa.store.whatifs("serenity", None, None, 10).await.unwrap().len(), 1, "only the good one was asked");
}

#[tokio::test]
async fn a_what_if_that_waits_is_called_off_from_the_list_and_has_no_report() {
    here!();
    let service = uneven().await;
    let mut ruth = Visitor::signed_in(&service, "ruth", Role::Manager, None).await;
    ask(&mut ruth, "hours", &[("who", "grace"), ("earlier", "30"), ("later", "0")]).await;
    let list = "/admin/at/westlands/whatifs";
    let id = service.spa.store.whatifs("serenity", Some(SPA), None, 1).await.unwrap().remove(0).id;
    let answer = ruth.fill(list, &format!("{list}/{id}/cancel"), &[]).await;
    assert_eq!(place(&answer), "/admin/at/westlands/whatifs?done=called-off", "{}", answer.text);
    let after = ruth.get(place(&answer)).await;
    is_sound(&after);
    says(&after, &["The what-if was called off.", "called off"]);
    is_silent_about(&after, &["/cancel\"", "/report\""]);
    ruth.get(&format!("{list}/{id}/report")).await.with(409);
    ruth.get(&format!("{list}/none-such")).await.with(404);
}

/// Asks, and waits until it is answered; its id.
async fn answered(service: &Service, visitor: &mut Visitor<'_>, scenario: &str) -> String {
    let answer = ask(visitor, "own", &[("scenario", scenario)]).await;
    assert_eq!(answer.status, 303, "{}", answer.text);
    Clockwork::new(service.app.store.clone(), service.clock.clone(), "worker", 1).turn().await.unwrap();
    service.clock.set(service.clock.now() + TimeDelta::seconds(1));
    let row = service.spa.store.whatifs("serenity", Some(SPA), None, 1).await.unwrap().remove(0);
    assert_eq!(row.state, zamu::store::WhatIfState::Done, "{row:?}");
    row.id
}

#[tokio::test]
async fn a_day_of_a_what_if_is_looked_at_and_then_made_real_by_a_button() {
    here!();
    let service = uneven().await;
    let mut ruth = Visitor::signed_in(&service, "ruth", Role::Manager, None).await;
    let mut sam = Visitor::signed_in(&service, "sam", Role::Scheduler, None).await;
    let id = answered(&service, &mut ruth, "name = \"Fair\"\n\n[[change]]\nkind = \"waive-gender\"\n").await;
    let page = format!("/admin/at/westlands/whatifs/{id}");
    let shown = ruth.get(&page).await;
    is_sound(&shown);
    says(&shown, &["What came out", "As it is", "Look at Sat 21 Nov", &format!("{page}/promote?case=Fair&amp;seed=")]);
    let promote = format!("{page}/promote");
    let look = ruth.get(&format!("{promote}?case=Fair&date=2026-11-21")).await;
    is_sound(&look);
    says(&look, &["bookings change hands", "Swedish massage, Amina", "Make it real"]);
    let holders = async || {
        let day = service.spa.saturday().await;
        day.bookings.into_iter().filter(|booking| booking.resources != ["grace"]).count()
    };
    assert_eq!(holders().await, 0, "nothing was done by looking");

    let fields = [("case", "Fair"), ("date", "2026-11-21"), ("reason", "everybody gets some of it")];
    sam.get(&format!("{promote}?case=Fair&date=2026-11-21")).await.with(403);
    let real = ruth.fill(&format!("{promote}?case=Fair&date=2026-11-21"), &promote, &fields).await;
    let run = service.spa.store.runs(SPA, None, None, 100).await.unwrap().remove(0);
    assert_eq!((real.status, place(&real)), (303, format!("/admin/at/westlands/runs/{}", run.id).as_str()), "{}", real.text);
    assert!(holders().await > 0);
    says(&ruth.get(place(&real)).await, &["What-if made real", "everybody gets some of it"]);
    let again = ruth.fill("/admin/own", &promote, &fields).await.with(409);
    says(&again, &["This cannot be made real, and nothing was changed.", "Ask again</button>"]);
    assert_eq!(service.spa.store.runs(SPA, None, None, 100).await.unwrap().len(), 1);
    ruth.get(&format!("{promote}?case=Other&date=2026-11-21")).await.with(422);
}

#[tokio::test]
async fn a_day_that_needs_what_is_only_supposed_is_refused_with_the_list_of_it() {
    here!();
    let service = uneven().await;
    let mut ruth = Visitor::signed_in(&service, "ruth", Role::Manager, None).await;
    let temps = "name = \"Temps\"\n\n[parameters]\ntemps = [1]\n\n[[change]]\nkind = \"temp\"\ncount = \"$temps\"\nqualifications = [\"swedish\"]\nfrom = \"09:00\"\nto = \"17:00\"\n";
    let id = answered(&service, &mut ruth, temps).await;
    let place = format!("/admin/at/westlands/whatifs/{id}/promote");
    let look = ruth.get(&format!("{place}?case=temps%3D1&date=2026-11-21")).await;
    is_sound(&look);
    says(&look, &["so only in the what-if", "temp is not on file for that day", "<code>zamu temps add --location westlands --id temp"]);
    is_silent_about(&look, &["Make it real</button>"]);
    let forced = ruth.fill("/admin/own", &place, &[("case", "temps=1"), ("date", "2026-11-21")]).await.with(409);
    says(&forced, &["This cannot be made real yet", "temp is not on file for that day", "zamu temps add --location westlands --id temp"]);
    assert!(service.spa.store.runs(SPA, None, None, 100).await.unwrap().is_empty());
    ruth.cookies.insert("zamu_language".into(), "sw".into());
    says(&ruth.get(&format!("{place}?case=temps%3D1&date=2026-11-21")).await, &["temp hayupo kwenye orodha ya siku hiyo."]);
    // The report names the place, and whose booking it is, and not their ids.
    let report = ruth.get(&format!("/admin/at/westlands/whatifs/{id}/report")).await.with(200);
    assert!(report.text.contains("<td>Westlands</td>") && !report.text.contains("<td>westlands</td>"), "{}", report.text);
}

#[tokio::test]
async fn an_older_page_of_what_ifs_stays_that_page_while_it_is_watched() {
    here!();
    let service = uneven().await;
    let mut ruth = Visitor::signed_in(&service, "ruth", Role::Manager, None).await;
    for n in 0..51 {
        let at = service.clock.now() + TimeDelta::seconds(n);
        let (id, scenario) = (zamu::domain::id::new_id(at), json!({"name": format!("number {n}")}));
        let (from, to) = (house::day("2026-11-21"), house::day("2026-11-21"));
        let new = NewWhatIf { id, tenant_id: "serenity".into(), location_id: SPA.into(), from, to, scenario, actor: "ruth".into(), at };
        service.spa.store.ask_whatif(&new, 1000).await.unwrap().unwrap();
    }
    let first = ruth.get("/admin/at/westlands/whatifs").await.with(200);
    let (_, next) = first.text.split_once("rel=\"next\" href=\"").unwrap();
    let next = next.split('"').next().unwrap().to_owned();
    let second = ruth.get(&next).await.with(200);
    says(&second, &["number 0", &format!("hx-get=\"{next}\"")]);
    is_silent_about(&second, &["number 50"]);
}

#[tokio::test]
async fn what_happened_to_a_booking_is_said_with_names_and_not_with_ids() {
    here!();
    let service = uneven().await;
    let mut ruth = Visitor::signed_in(&service, "ruth", Role::Manager, None).await;
    let token = service.token(Role::Manager, "ruth");
    let given = json!({"people": ["joy"], "reason": "made room for booking b2"});
    service.send(&token, "PATCH", "/admin/v1/bookings/b1", given).await.with(200);
    let line = "made room for “10:30–11:30 Swedish massage, Amina”";
    says(&ruth.get("/admin/bookings/b1").await, &[line]);
    let panel = ruth.get("/admin/at/westlands/2026-11-21?booking=b1").await.with(200);
    assert!(panel.text.contains(line), "{}", panel.text);

    // A booking that waits is given to somebody: the settled row says to whom.
    for id in ["d1", "d2"] {
        take(&service, id, "deep", sat("15:30"), &[]).await;
    }
    service.send(&token, "POST", "/admin/v1/runs", json!({"location_id": SPA, "date": "2026-11-21"})).await.with(201);
    let row = service.spa.store.open_attention(SPA, None).await.unwrap().remove(0);
    let other = if row.booking_id == "d1" { "d2" } else { "d1" };
    service.send(&token, "PATCH", &format!("/admin/v1/bookings/{other}"), json!({"state": "cancelled"})).await.with(200);
    let page = format!("/admin/at/westlands/attention/{}", row.id);
    ruth.fill(&page, &page, &[("deed", "assign"), ("people", "grace"), ("reason", "agreed")]).await.with(303);
    let settled = ruth.get(&page).await.with(200);
    says(&settled, &["agreed: Grace"]);
    is_silent_about(&settled, &["agreed: grace"]);
}
