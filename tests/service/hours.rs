//! Hours and time away as a scheduler types them: kept as they are, or told at the field what will not do.

use zamu::keyring::Role;
use zamu::store::{NewBooking, Store};

use super::harness::Service;
use super::house::{self, SPA, held_by, here, stamp};
use super::settings::{fault_at, saved};
use super::visitor::{Visitor, hidden, place};

#[tokio::test]
async fn hours_and_time_away_are_added_and_taken_back() {
    here!();
    let service = Service::start().await;
    let mut sam = Visitor::signed_in(&service, "sam", Role::Scheduler, None).await;
    let page = "/admin/at/westlands/hours";
    let sunday = [("rule_kind", "EXCEPTION"), ("is_closed", "yes"), ("valid_from", "2026-12-25"), ("valid_to", "2026-12-25")];
    saved(&sam.fill(page, page, &sunday).await, "/admin/at/westlands/hours?done=added");
    let graces = [
        ("person_id", "grace"),
        ("rule_kind", "WEEKLY"),
        ("days_of_week", "1"),
        ("days_of_week", "2"),
        ("start_time", "10:00"),
        ("end_time", "26:00"),
    ];
    saved(&sam.fill(page, page, &graces).await, "/admin/at/westlands/hours?done=added");
    let rules = service.spa.store.rules(SPA).await.unwrap();
    let of_grace = rules.iter().find(|rule| rule.resource.as_deref() == Some("grace")).unwrap();
    assert_eq!((of_grace.weekdays.0, of_grace.start_minute, of_grace.end_minute), (0b11, 600, 1560));
    let shown = sam.get(page).await.with(200);
    assert!(shown.text.contains("Mon, Tue") && shown.text.contains("10:00–26:00") && shown.text.contains("The whole location"), "{}", shown.text);
    let (form, monday) = (
        sam.get(page).await.text,
        [("person_id", "joy"), ("rule_kind", "WEEKLY"), ("days_of_week", "1"), ("start_time", "09:00"), ("end_time", "12:00")],
    );
    let (proof, key) = (hidden(&form, "proof"), hidden(&form, "key"));
    let twice: Vec<(&str, &str)> = [("proof", proof.as_str()), ("key", key.as_str())].into_iter().chain(monday).collect();
    for _ in 0..2 {
        saved(&sam.post(page, &twice).await, "/admin/at/westlands/hours?done=added");
    }
    let rules = service.spa.store.rules(SPA).await.unwrap();
    assert_eq!(rules.iter().filter(|rule| rule.resource.as_deref() == Some("joy")).count(), 1, "pressed twice, added once");
    let overlapping = [("rule_kind", "WEEKLY"), ("start_time", "12:00"), ("end_time", "18:00")];
    let answer = sam.fill(page, page, &overlapping).await;
    let told = "There are such hours already: The whole location, every week, Every day, 09:00–17:00. Change the days, the times or the dates here, or remove those in the list first.";
    assert_eq!(fault_at(&answer, "start_time"), told);
    assert!(answer.text.contains("This was not saved.") && answer.text.contains("value=\"12:00\""), "{}", answer.text);
    for (field, said, fields) in [
        (
            "end_time",
            "09:00 is not after 17:00. Past midnight hours are counted on: 33:00 is 09:00 on the next day.",
            vec![("person_id", "joy"), ("rule_kind", "WEEKLY"), ("start_time", "17:00"), ("end_time", "09:00")],
        ),
        ("end_time", "Expected a time from 00:00 to 48:00", vec![("rule_kind", "WEEKLY"), ("start_time", "09:00"), ("end_time", "49:00")]),
        (
            "start_time",
            "Expected a time from 00:00 to 23:59, such as 09:30.",
            vec![("rule_kind", "WEEKLY"), ("start_time", "25:00"), ("end_time", "26:00")],
        ),
        ("end_time", "Fill in both times, or tick “Closed”.", vec![("rule_kind", "WEEKLY"), ("start_time", "09:00")]),
        ("valid_from", "These hours need a first and a last date.", vec![("rule_kind", "EXCEPTION"), ("is_closed", "yes")]),
        (
            "valid_to",
            "The last day, Tuesday 1 December 2026, is before the first, Thursday 24 December 2026.",
            vec![("rule_kind", "DATE_RANGE"), ("is_closed", "yes"), ("valid_from", "2026-12-24"), ("valid_to", "2026-12-01")],
        ),
    ] {
        let answer = sam.fill(page, page, &fields).await;
        assert!(fault_at(&answer, field).contains(said), "{fields:?}: {}", answer.text);
        assert!(!answer.text.contains("minutes after midnight"), "{}", answer.text);
    }
    let nobody = [("person_id", "nobody"), ("rule_kind", "WEEKLY"), ("start_time", "12:00"), ("end_time", "18:00")];
    assert_eq!(fault_at(&sam.fill(page, page, &nobody).await, "person_id"), "Choose one of those that there are.");
    assert_eq!(service.spa.store.rules(SPA).await.unwrap().len(), rules.len());
    let asking = format!("{page}/{}/remove", of_grace.id);
    assert!(place(&sam.fill(&asking, &asking, &[]).await.with(303)).starts_with("/admin/at/westlands/hours?gone="));
    assert_eq!(service.spa.store.rules(SPA).await.unwrap().len(), rules.len() - 1);

    let away = [("person_id", "joy"), ("start", "2026-11-23T09:00"), ("end", "2026-11-23T17:00"), ("reason", "school")];
    saved(&sam.fill(page, "/admin/at/westlands/away", &away).await, "/admin/at/westlands/hours?done=added");
    let shown = sam.get(page).await.with(200);
    assert!(shown.text.contains("2026-11-23 09:00") && shown.text.contains("school"), "{}", shown.text);
    let backwards = [("person_id", "joy"), ("start", "2026-11-23T17:00"), ("end", "2026-11-23T09:00"), ("reason", "school")];
    let answer = sam.fill(page, "/admin/at/westlands/away", &backwards).await;
    assert_eq!(fault_at(&answer, "end"), "The end is not after the start. Choose a later one.");
    let whole = zamu::domain::Span::new(house::at("2026-11-23", "00:00"), house::at("2026-11-24", "00:00"));
    let blocks = service.spa.store.blocks(SPA, whole).await.unwrap();
    assert_eq!((blocks.len(), blocks[0].created_by.as_str()), (1, "scheduler:sam"));
    let removed = sam.fill(page, &format!("/admin/at/westlands/away/{}/remove", blocks[0].id), &[]).await.with(303);
    assert!(service.spa.store.blocks(SPA, whole).await.unwrap().is_empty());
    let note = sam.get(place(&removed)).await.with(200);
    assert!(note.text.contains("Removed: Joy, 2026-11-23 09:00 – 2026-11-23 17:00, school."), "{}", note.text);
    let (undo, gone) = ("/admin/at/westlands/away/put-back", hidden(&note.text, "gone"));
    for _ in 0..2 {
        saved(&sam.fill(place(&removed), undo, &[("gone", &gone)]).await, "/admin/at/westlands/hours?done=undone");
        let back = service.spa.store.blocks(SPA, whole).await.unwrap();
        assert_eq!((back.len(), back[0].span, back[0].reason.as_str()), (1, blocks[0].span, "school"), "also when it is asked for twice");
    }
}

/// A booking of Amina's that somebody holds.
async fn take(service: &Service, id: &str, at: zamu::domain::Minute, who: &str) {
    let new = NewBooking { id: Some(id.into()), customer_id: Some("amina".into()), ..NewBooking::new(SPA, "swedish", at) };
    service.spa.store.take_booking(&new, &held_by(&[who]), &stamp()).await.unwrap().unwrap();
}

#[tokio::test]
async fn hours_go_only_when_it_was_shown_which_bookings_they_hold_and_can_be_put_back() {
    here!();
    let service = Service::start().await;
    let mut sam = Visitor::signed_in(&service, "sam", Role::Scheduler, None).await;
    let page = "/admin/at/westlands/hours";
    let evenings = [("person_id", "grace"), ("rule_kind", "WEEKLY"), ("start_time", "08:00"), ("end_time", "20:00")];
    saved(&sam.fill(page, page, &evenings).await, "/admin/at/westlands/hours?done=added");
    let graces = async || service.spa.store.rules(SPA).await.unwrap().into_iter().find(|rule| rule.resource.as_deref() == Some("grace"));
    let rule = graces().await.unwrap();
    take(&service, "late", house::sat("18:00"), "grace").await;
    // Within the location's hours, too, and another's.
    take(&service, "early", house::sat("10:00"), "grace").await;
    take(&service, "other", house::sat("12:00"), "joy").await;

    let asking = format!("{page}/{}/remove", rule.id);
    assert!(sam.get(page).await.with(200).text.contains(&format!("href=\"{asking}\"")), "the list leads to the question");
    let asked = sam.get(&asking).await.with(200);
    for text in [
        "Remove these hours?",
        "Grace, every week, Every day, 08:00–20:00",
        "One booking lies within these hours",
        "Sat 21 Nov, 18:00–19:00 Swedish massage, Amina",
        "– Grace",
        "Keep them",
    ] {
        assert!(asked.text.contains(text), "{text}: {}", asked.text);
    }
    assert!(!asked.text.contains("10:00–11:00"), "{}", asked.text);
    assert_eq!(graces().await.as_ref(), Some(&rule), "a question takes nothing away");
    // Without the location's hours nobody but Grace is there.
    let all = sam.get(&format!("{page}/hours/remove")).await.with(200);
    assert!(all.text.contains("Sat 21 Nov, 12:00–13:00 Swedish massage, Amina") && !all.text.contains("18:00–19:00"), "{}", all.text);

    let carried = sam.form(&asking, &asking).await;
    let removed = sam.send_form(&asking, &carried, &[]).await.with(303);
    assert_eq!(graces().await, None);
    assert_eq!(place(&sam.send_form(&asking, &carried, &[]).await.with(303)), place(&removed), "pressed twice, it is told once more");
    let note = sam.get(place(&removed)).await.with(200);
    assert!(note.text.contains("Removed: Grace, every week, Every day, 08:00–20:00.") && note.text.contains(">Undo<"), "{}", note.text);
    let (undo, gone) = (format!("{page}/put-back"), hidden(&note.text, "gone"));
    let late = sam.form(place(&removed), &undo).await;
    saved(&sam.send_form(&undo, &late, &[("gone", &gone)]).await, "/admin/at/westlands/hours?done=undone");
    assert_eq!(graces().await.as_ref(), Some(&rule), "as it was");
    assert!(!sam.get(place(&removed)).await.with(200).text.contains("Removed: Grace"), "what is there again is not said to be removed");

    // Where others have taken their place by then, that is said, and nothing changes.
    let removed = sam.fill(&asking, &asking, &[]).await.with(303);
    let carried = sam.form(place(&removed), &undo).await;
    let fewer = [("person_id", "grace"), ("rule_kind", "WEEKLY"), ("days_of_week", "6"), ("start_time", "09:00"), ("end_time", "12:00")];
    saved(&sam.fill(page, page, &fewer).await, "/admin/at/westlands/hours?done=added");
    let refused = sam.send_form(&undo, &carried, &[("gone", &gone)]).await.with(422);
    assert!(refused.text.contains("others in their place by now: Grace, every week, Sat, 09:00–12:00."), "{}", refused.text);
    assert_eq!(graces().await.unwrap().end_minute, 720);

    // What was removed nowhere is not put back.
    let forged = sam.fill(place(&removed), &undo, &[("gone", "eyJob3VycyI6W119")]).await;
    assert_eq!(forged.status, 422, "{}", forged.text);
    let mut desk = Visitor::signed_in(&service, "fay", Role::Frontdesk, None).await;
    assert_eq!(desk.get(&asking).await.status, 403);
}

/// Evening hours of somebody, every day; their rule.
async fn evenings(service: &Service, sam: &mut Visitor<'_>, who: &str) -> String {
    let page = "/admin/at/westlands/hours";
    let hours = [("person_id", who), ("rule_kind", "WEEKLY"), ("start_time", "08:00"), ("end_time", "20:00")];
    saved(&sam.fill(page, page, &hours).await, "/admin/at/westlands/hours?done=added");
    service.spa.store.rules(SPA).await.unwrap().into_iter().find(|rule| rule.resource.as_deref() == Some(who)).unwrap().id
}

#[tokio::test]
async fn hours_stay_where_other_bookings_lie_in_them_by_now_than_were_shown_and_it_is_asked_again() {
    here!();
    let service = Service::start().await;
    let mut sam = Visitor::signed_in(&service, "sam", Role::Scheduler, None).await;
    let mut amos = Visitor::signed_in(&service, "amos", Role::Scheduler, None).await;
    let page = "/admin/at/westlands/hours";
    let asking = format!("{page}/{}/remove", evenings(&service, &mut sam, "grace").await);
    let is_there = async || service.spa.store.rules(SPA).await.unwrap().iter().any(|rule| rule.resource.as_deref() == Some("grace"));
    take(&service, "shown", house::sat("18:00"), "grace").await;
    let asked = sam.form(&asking, &asking).await;
    take(&service, "since", house::at("2026-11-22", "18:00"), "grace").await;

    let again = sam.send_form(&asking, &asked, &[]).await.with(422);
    for text in ["Since you looked, one more booking has come to lie within these hours.", "2 bookings lie within these hours"] {
        assert!(again.text.contains(text), "{text}: {}", again.text);
    }
    let (new, known) = again.text.split_once("Sun 22 Nov, 18:00–19:00").expect("the new one is named");
    assert!(new.contains("New:") && !known.contains("New:") && known.contains("Sat 21 Nov, 18:00–19:00"), "the new one first: {}", again.text);
    assert!(is_there().await, "nothing was removed");
    amos.cookies.insert("zamu_language".into(), "sw".into());
    let swahili = amos.fill(&asking, &asking, &[("seen", "none of ours")]).await;
    assert_eq!(swahili.status, 422, "what no question of theirs has told is told: {}", swahili.text);

    // Of what was told one has gone since: there is nothing new to tell.
    service.spa.store.cancel_booking("shown", None, false, &stamp()).await.unwrap();
    let carried = Visitor::carried_in(&again.text, &asking);
    let of_amos = amos.form(&asking, &asking).await;
    let removed = sam.send_form(&asking, &carried, &[]).await.with(303);
    assert!(place(&removed).starts_with(&format!("{page}?gone=")) && !is_there().await, "{}", removed.text);

    // A colleague who still has the question open is told that they are gone, and so is whoever asks only now.
    amos.cookies.remove("zamu_language");
    saved(&amos.send_form(&asking, &of_amos, &[]).await, "/admin/at/westlands/hours?done=gone");
    saved(&amos.get(&asking).await, "/admin/at/westlands/hours?done=gone");
    let list = amos.get(&format!("{page}?done=gone")).await.with(200);
    assert!(list.text.contains("That is not there any more: it was removed already."), "{}", list.text);
}

#[tokio::test]
async fn a_booking_nobody_holds_is_left_outside_where_fewer_are_there_than_it_needs_or_none_of_the_gender_wished_for() {
    here!();
    let service = Service::start().await;
    let mut sam = Visitor::signed_in(&service, "sam", Role::Scheduler, None).await;
    let page = "/admin/at/westlands/hours";
    let (graces, brians) = (evenings(&service, &mut sam, "grace").await, evenings(&service, &mut sam, "brian").await);
    for (day, what, gender) in
        [("21", "couples", None), ("22", "swedish", Some("male")), ("23", "swedish", None), ("24", "swedish", Some("nonbinary"))]
    {
        let start = house::at(&format!("2026-11-{day}"), "18:00");
        let new = NewBooking { id: Some(format!("on-{day}")), gender: gender.map(str::to_owned), ..NewBooking::new(SPA, what, start) };
        service.spa.store.take_booking(&new, &held_by(&[]), &stamp()).await.unwrap().unwrap();
    }
    // Of two who are there in the evening one stays; a wish that nobody here can meet keeps nobody out.
    for (rule, left) in [(&graces, ["21"].as_slice()), (&brians, &["21", "22"])] {
        let asked = sam.get(&format!("{page}/{rule}/remove")).await.with(200);
        let named: Vec<&str> = ["21", "22", "23", "24"].into_iter().filter(|day| asked.text.contains(&format!("?booking=on-{day}"))).collect();
        assert_eq!(named, left, "{}", asked.text);
    }
}

#[tokio::test]
async fn a_temp_with_half_of_their_hours_is_told_so_on_the_form_of_the_day_with_the_rest_kept() {
    here!();
    let service = Service::start().await;
    let mut ruth = Visitor::signed_in(&service, "ruth", Role::Manager, None).await;
    let page = "/admin/at/westlands/2026-11-21/temp";
    for (start, end, said) in [
        ("11:00", "", "Fill in both times, or neither"),
        ("18:00", "02:00", "02:00 is not after 18:00. Choose a later end; who stays past midnight is added in Settings, under People."),
        ("18:00", "later", "Expected a time from 00:00 to 23:59, such as 09:30."),
    ] {
        let answer = ruth.fill(page, page, &[("name", "Faith"), ("can", "swedish"), ("start", start), ("end", end)]).await.with(422);
        assert!(answer.text.contains(said), "{}", answer.text);
        assert!(answer.text.contains("value=\"Faith\"") && answer.text.contains("value=\"swedish\" checked"), "{}", answer.text);
    }
    assert!(service.spa.store.resources(SPA).await.unwrap().iter().all(|one| one.name != "Faith"));
    let hired = ruth.fill(page, page, &[("name", "Faith"), ("can", "swedish"), ("start", "18:00"), ("end", "20:00")]).await;
    assert_eq!(hired.status, 303, "{}", hired.text);
}
