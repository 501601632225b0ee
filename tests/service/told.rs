//! What the screen says of reasons and refusals: in the visitor's language, with names, on the page where it was asked for.

use chrono::TimeDelta;
use zamu::clock::Clock;
use zamu::keyring::Role;
use zamu::operations::clockwork::Clockwork;
use zamu::operations::handover::{Handover, offer};
use zamu::operations::{RunOptions, Told, finalize, optimize, reassign};
use zamu::store::{NewBooking, RunStatus, Store, WhatIfState};

use super::harness::Service;
use super::house::{self, SPA, held_by, here, instant, sat, saturday, stamp};
use super::visitor::{Visitor, hidden, is_silent_about, main, place, says};

const DAY: &str = "/admin/at/westlands/2026-11-21";

async fn take(service: &Service, id: &str, what: &str, clock: &str, who: &[&str]) {
    let new = NewBooking { id: Some(id.into()), customer_id: Some("amina".into()), ..NewBooking::new(SPA, what, sat(clock)) };
    service.spa.store.take_booking(&new, &held_by(who), &stamp()).await.unwrap().unwrap();
}

/// Two deep-tissue massages at a time, one of which waits in the queue: its row.
async fn waiting() -> (Service, String) {
    let service = Service::start().await;
    take(&service, "deep", "deep", "10:00", &["grace"]).await;
    take(&service, "deeper", "deep", "10:00", &[]).await;
    optimize(&service.spa.store, service.clock.as_ref(), SPA, saturday(), &RunOptions::night("night")).await.unwrap();
    let row = service.spa.store.open_attention(SPA, None).await.unwrap().remove(0);
    (service, row.id)
}

fn swahili(visitor: &mut Visitor<'_>) {
    visitor.cookies.insert("zamu_language".into(), "sw".into());
}

#[tokio::test]
async fn a_run_says_why_in_words_of_people_and_one_that_was_only_looked_at_does_not_say_that_it_was_applied() {
    here!();
    let (service, _) = waiting().await;
    let (store, clock) = (&service.spa.store, service.clock.as_ref());
    for (id, at) in [("b1", "12:00"), ("b2", "13:30"), ("b3", "15:00")] {
        take(&service, id, "swedish", at, &["grace"]).await;
    }
    let look = RunOptions { dry_run: true, ..RunOptions::night("manager:ann") };
    let look = optimize(store, clock, SPA, saturday(), &look).await.unwrap().run;
    assert_eq!(look.status, RunStatus::DryRun);
    assert!(look.rationale.starts_with("applied"), "what is on file says so: {}", look.rationale);
    let mut ann = Visitor::signed_in(&service, "ann", Role::Manager, None).await;
    let pages = ["/admin/at/westlands/runs".to_owned(), format!("/admin/at/westlands/runs/{}", look.id), format!("{DAY}/optimize?run={}", look.id)];
    for page in &pages {
        let shown = ann.get(page).await.with(200);
        says(&shown, &["One booking had nobody"]);
        is_silent_about(&shown, &["applied because", "the sheet was broken", "(deeper)", "unplaced"]);
    }
    let shown = ann.get(&pages[1]).await;
    says(&shown, &["One booking had nobody: 10:00–11:00 Deep tissue, Amina. ", "only asked for", "One booking is left with nobody."]);
    is_silent_about(&shown, &["applied"]);
    swahili(&mut ann);
    for page in &pages {
        let shown = ann.get(page).await.with(200);
        says(&shown, &["Miadi moja haikuwa na mhudumu"]);
        is_silent_about(&shown, &["applied", "placed", "(deeper)", "lang=\"en\""]);
    }
    // One that is applied as it was looked at names who looked, and not the look.
    let applied = zamu::operations::apply_looked(store, clock, &look.id, "manager:ann").await.unwrap().run;
    let shown = ann.get(&format!("/admin/at/westlands/runs/{}", applied.id)).await.with(200);
    says(&shown, &["manager:ann aliuangalia kwanza."]);
    is_silent_about(&shown, &["looked at first", &look.id]);
}

#[tokio::test]
async fn what_the_service_did_to_a_booking_is_said_in_swahili_and_what_people_typed_as_they_typed_it() {
    here!();
    let service = Service::start().await;
    let (store, clock) = (&service.spa.store, service.clock.as_ref());
    take(&service, "deep", "deep", "10:00", &["grace"]).await;
    take(&service, "easy", "swedish", "12:00", &["joy"]).await;
    let mut ann = Visitor::signed_in(&service, "ann", Role::Manager, None).await;
    // By hand against a rule, by hand and back, what was promised at the cutoff, an absence and its end.
    let against = Handover { overriding: Some("she learned it".into()), ..Handover::to("deep", "joy") };
    let options = RunOptions::repair("manager:ann", Told::Keep);
    let offered = offer(store, clock, &against, None, &options).await.unwrap();
    zamu::operations::handover::carry_out(store, clock, &offered, &options).await.unwrap();
    let led = ann.fill(DAY, &format!("{DAY}/give"), &[("booking", "easy"), ("to", "brian")]).await.with(303);
    let done = hidden(&ann.get(place(&led)).await.with(200).text, "done");
    ann.fill(DAY, &format!("{DAY}/undo"), &[("done", &done)]).await.with(303);
    reassign(store, clock, "easy", &["grace"], "manager:ann", "Amina asked for her").await.unwrap();
    let absence = format!("{DAY}/absence");
    let look = ann.fill(&absence, &absence, &[("words", "Grace is out sick on Saturday")]).await.with(303);
    let id = hidden(&ann.get(place(&look)).await.with(200).text, "id");
    ann.fill(place(&look), &format!("{absence}/confirm"), &[("id", &id)]).await.with(303);
    ann.fill(place(&look), &format!("{absence}/undo"), &[("id", &id)]).await.with(303);
    service.clock.set(instant("2026-11-20", "18:00"));
    finalize(store, clock, SPA, saturday(), "clockwork").await.unwrap();
    ann.sign_in("ann", super::visitor::PASSWORD).await.with(303);

    swahili(&mut ann);
    let deep = ann.get("/admin/bookings/deep").await.with(200);
    says(&deep, &["amepewa Joy kwa mkono kinyume cha kanuni (Joy: ", "): she learned it", "mpango wa siku umekuwa wa mwisho"]);
    let easy = ann.get("/admin/bookings/easy").await.with(200);
    says(&easy, &["amepewa Brian kwa mkono", "imerudishwa kwa mkono", "Amina asked for her", "imepangwa upya", "kutokuwepo kulitenduliwa"]);
    let panel = ann.get(&format!("{DAY}?booking=easy")).await.with(200);
    says(&panel, &["amepewa Brian kwa mkono", "Amina asked for her"]);
    let typed = ["Amina asked for her", "asked for"];
    for (id, page) in [("deep", &deep), ("easy", &easy), ("easy", &panel)] {
        for row in store.history(id).await.unwrap().iter().filter(|row| !typed.contains(&row.reason.as_str())) {
            is_silent_about(page, &[&format!(">{}<", row.reason), &format!("– {}<", row.reason)]);
        }
    }
}

#[tokio::test]
async fn a_refusal_says_what_it_means_and_what_to_do_in_the_visitors_language_and_names_no_id() {
    here!();
    let (service, row) = waiting().await;
    let mut ruth = Visitor::signed_in(&service, "ruth", Role::Frontdesk, None).await;
    let lost = ruth.get("/admin/bookings/01none").await.with(404);
    says(&lost, &["There is no such thing", "It may be gone"]);
    is_silent_about(&lost, &["01none"]);
    swahili(&mut ruth);
    let lost = ruth.get("/admin/bookings/01none").await.with(404);
    says(&lost, &["Hakuna kitu kama hicho", "Huenda kimeondolewa"]);
    is_silent_about(&lost, &["01none", "lang=\"en\""]);
    let page = format!("/admin/at/westlands/attention/{row}");
    let refused = ruth.fill(&page, &page, &[("deed", "assign"), ("people", "brian")]).await.with(422);
    says(&refused, &["Haikufanyika.", "Haiwezi kupewa hao: Brian: "]);
    is_silent_about(&refused, &["cannot be served", "booking deeper"]);
    says(&ruth.get("/admin/at/westlands/whatifs").await.with(403), &["Akaunti yako hairuhusiwi kufanya hivyo"]);
    // The absence is over, by the clock on the wall.
    let form = format!("{DAY}/absence");
    let past = [("person", "grace"), ("from", "2026-11-18"), ("to", "2026-11-18"), ("reason", "x")];
    let mut ann = Visitor::signed_in(&service, "ann", Role::Manager, None).await;
    swahili(&mut ann);
    let past = ann.fill(&form, &form, &past).await.with(422);
    says(&past, &["Kutokuwepo huko kumekwisha"]);
    is_silent_about(&past, &["+00:00", "is over since"]);
}

#[tokio::test]
async fn what_is_refused_is_said_on_the_page_where_it_was_asked_for_with_what_stands_now_below() {
    here!();
    let (service, row) = waiting().await;
    let mut ann = Visitor::signed_in(&service, "ann", Role::Manager, None).await;
    let page = format!("/admin/at/westlands/attention/{row}");
    for (fields, why) in [
        (&[("deed", "assign"), ("people", "brian")][..], "It cannot be given to them: Brian: lacks the qualification."),
        (&[("deed", "assign")][..], "Choose who gets it."),
    ] {
        let refused = ann.fill(&page, &page, fields).await.with(422);
        says(&refused, &["role=\"alert\"", "This was not done.", why, "Who else could serve it", "Call the booking off"]);
    }

    // What was done by hand cannot be taken back: the day says so, and stands below.
    take(&service, "massage", "swedish", "14:00", &["joy"]).await;
    let led = ann.fill(DAY, &format!("{DAY}/give"), &[("booking", "massage"), ("to", "brian")]).await.with(303);
    let done = hidden(&ann.get(place(&led)).await.with(200).text, "done");
    take(&service, "other", "swedish", "14:00", &["joy"]).await;
    let refused = ann.fill(DAY, &format!("{DAY}/undo"), &[("done", &done)]).await.with(409);
    says(&refused, &["This was not done.", "Nothing was put back: Joy cannot have “14:00 Swedish massage, Amina” back", "id=\"day\""]);
    assert!(refused.text.contains("name=\"to\" value=\"/admin/at/westlands/2026-11-21\""), "the language is changed on the day: {}", refused.text);
    assert_eq!(service.spa.holders("massage").await, ["brian"]);

    // So are absences: one that was undone is not confirmed, and one that was never confirmed is not undone.
    let form = format!("{DAY}/absence");
    let look = ann.fill(&form, &form, &[("words", "Grace is out sick on Saturday")]).await.with(303);
    let id = hidden(&ann.get(place(&look)).await.with(200).text, "id");
    let early = ann.fill(place(&look), &format!("{form}/undo"), &[("id", &id)]).await.with(409);
    says(&early, &["This was not done.", "Grace is out", "Confirm"]);
    ann.fill(place(&look), &format!("{form}/confirm"), &[("id", &id)]).await.with(303);
    ann.fill(place(&look), &format!("{form}/undo"), &[("id", &id)]).await.with(303);
    let late = ann.fill("/admin/own", &format!("{form}/confirm"), &[("id", &id)]).await.with(409);
    says(&late, &["This was not done.", "It was taken back."]);
}

#[tokio::test]
async fn a_settled_row_says_when_by_whom_and_how_and_does_not_wait_any_more() {
    here!();
    let (service, row) = waiting().await;
    let mut ann = Visitor::signed_in(&service, "ann", Role::Manager, None).await;
    let page = format!("/admin/at/westlands/attention/{row}");
    service.clock.set(service.clock.now() + TimeDelta::minutes(5));
    says(&ann.get(&page).await, &["waits for 5 min"]);
    ann.fill(&page, &page, &[("deed", "cancel"), ("reason", "she will come on Sunday")]).await.with(303);
    service.clock.set(service.clock.now() + TimeDelta::minutes(30));
    let settled = ann.get(&page).await.with(200);
    says(&settled, &["Settled Thu 19 Nov, 12:05 by manager:ann: she will come on Sunday", "waited for 5 min", "It was about this:"]);
    is_silent_about(&settled, &["waits for", "Who else", "What else can be done", "<button"]);
    // Whoever still has the form is led to what stands.
    let late = ann.fill("/admin/own", &page, &[("deed", "resolve"), ("reason", "I rang her")]).await.with(303);
    assert!(place(&late).ends_with("changed=1"), "{}", place(&late));
}

#[tokio::test]
async fn who_gives_a_couples_booking_that_waits_to_others_reads_on_the_button_whose_place_they_take() {
    here!();
    let service = Service::start().await;
    take(&service, "couple", "couples", "10:00", &["grace", "joy"]).await;
    take(&service, "easy", "swedish", "14:00", &["joy"]).await;
    service.clock.set(instant("2026-11-20", "18:00"));
    finalize(&service.spa.store, service.clock.as_ref(), SPA, saturday(), "cutoff").await.unwrap();
    let mut ann = Visitor::signed_in(&service, "ann", Role::Manager, None).await;
    let form = format!("{DAY}/absence");
    let look = ann.fill(&form, &form, &[("words", "Grace is out sick on Saturday")]).await.with(303);
    let id = hidden(&ann.get(place(&look)).await.with(200).text, "id");
    ann.fill(place(&look), &format!("{form}/confirm"), &[("id", &id)]).await.with(303);
    let row = service.spa.store.open_attention(SPA, None).await.unwrap().remove(0);
    let page = format!("/admin/at/westlands/attention/{}", row.id);
    let shown = ann.get(&page).await.with(200);
    says(&shown, &["It is with Grace, Joy now", "Give in place of Grace, Joy</button>"]);
}

#[tokio::test]
async fn who_gives_a_couples_booking_to_somebody_reads_on_the_button_whose_place_they_take() {
    here!();
    let service = Service::start().await;
    take(&service, "couple", "couples", "10:00", &["grace", "joy"]).await;
    take(&service, "alone", "swedish", "14:00", &["joy"]).await;
    let mut ann = Visitor::signed_in(&service, "ann", Role::Manager, None).await;
    let panel = ann.get(&format!("{DAY}?booking=couple")).await.with(200);
    let (left, name) = if main(&panel).contains("in place of Joy</button>") { ("joy", "Joy") } else { ("grace", "Grace") };
    says(&panel, &[&format!(" in place of {name}</button>")]);
    let next = ann.get(&format!("{DAY}?booking=couple&to=brian")).await.with(200);
    let sealed = hidden(&next.text, "offer").replace("&quot;", "\"").replace("&amp;", "&");
    ann.fill(DAY, &format!("{DAY}/give"), &[("booking", "couple"), ("to", "brian"), ("offer", &sealed)]).await.with(303);
    let holders = service.spa.holders("couple").await;
    assert!(holders.len() == 2 && holders.contains(&"brian".to_owned()) && !holders.contains(&left.to_owned()), "{left}: {holders:?}");
    // Of one person it is plain.
    is_silent_about(&ann.get(&format!("{DAY}?booking=alone")).await, &["in place of"]);
}

#[tokio::test]
async fn a_what_if_whose_day_was_changed_since_is_asked_again_by_a_button() {
    here!();
    let service = Service::start().await;
    take(&service, "b1", "swedish", "09:00", &["grace"]).await;
    take(&service, "b2", "swedish", "12:00", &["grace"]).await;
    let mut ann = Visitor::signed_in(&service, "ann", Role::Manager, None).await;
    let list = "/admin/at/westlands/whatifs";
    let scenario = "name = \"Fair\"\n\n[[change]]\nkind = \"waive-gender\"\n";
    let fields = [("question", "own"), ("from", "2026-11-21"), ("to", "2026-11-21"), ("scenario", scenario)];
    ann.fill(&format!("{list}/ask?question=own"), list, &fields).await.with(303);
    Clockwork::new(service.app.store.clone(), service.clock.clone(), "worker", 1).turn().await.unwrap();
    service.clock.set(service.clock.now() + TimeDelta::seconds(1));
    let old = service.spa.store.whatifs("serenity", Some(SPA), None, 1).await.unwrap().remove(0);
    assert_eq!(old.state, WhatIfState::Done);
    take(&service, "b3", "swedish", "14:00", &["grace"]).await;

    let promote = format!("{list}/{}/promote?case=Fair&date=2026-11-21", old.id);
    let refused = ann.get(&promote).await.with(409);
    says(&refused, &["The day was changed since the what-if read it.", "Ask again</button>", &format!("name=\"again\" value=\"{}\"", old.id)]);
    let (proof, key) = (hidden(main(&refused), "proof"), hidden(main(&refused), "key"));
    let anew = ann.post(list, &[("proof", &proof), ("key", &key), ("again", &old.id)]).await.with(303);
    let new = service.spa.store.whatifs("serenity", Some(SPA), None, 1).await.unwrap().remove(0);
    assert_eq!(place(&anew), format!("{list}/{}?done=asked", new.id));
    assert_eq!((&new.scenario, new.from, new.to), (&old.scenario, old.from, old.to));
    assert_ne!(new.id, old.id);
    says(&ann.get(place(&anew)).await.with(200), &["The question was asked.", "Fair"]);
    swahili(&mut ann);
    let refused = ann.get(&promote).await.with(409);
    says(&refused, &["Siku ilibadilishwa tangu swali lilipoisoma.", "Uliza tena</button>"]);
    ann.fill(&format!("{list}/{}", old.id), list, &[("again", "01none")]).await.with(404);
}

#[tokio::test]
async fn a_filter_that_will_not_do_comes_back_as_it_was_filled_with_the_fault_at_its_field() {
    here!();
    let service = Service::start().await;
    take(&service, "b1", "swedish", "09:00", &["grace"]).await;
    let mut desk = Visitor::signed_in(&service, "desk", Role::Frontdesk, None).await;
    let list = "/admin/at/westlands/bookings";
    for (query, field, why) in [
        ("reach=12&state=confirmed&to=2026-11-30", "reach", "This is no phone number."),
        ("reach=a@b&state=confirmed&to=2026-11-30", "reach", "This is no e-mail address."),
        ("from=soon&state=confirmed&to=2026-11-30", "from", "This is no date."),
    ] {
        let back = desk.get(&format!("{list}?{query}")).await.with(422);
        says(&back, &["role=\"alert\"", why, "value=\"confirmed\" selected", "name=\"to\" value=\"2026-11-30\"", "<button"]);
        let (_, input) = main(&back).split_once(&format!("name=\"{field}\"")).unwrap();
        let input = input.split('>').next().unwrap();
        assert!(input.contains("aria-invalid=\"true\"") && input.contains("aria-describedby=\"fault\""), "{query}: {input}");
        is_silent_about(&back, &["There is no such booking", "/admin/bookings/b1"]);
    }
    says(&desk.get(&format!("{list}?reach=12")).await, &["name=\"reach\"", "value=\"12\""]);
    swahili(&mut desk);
    says(&desk.get(&format!("{list}?reach=12")).await, &["Hii si namba ya simu."]);
}
