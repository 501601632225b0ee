//! Giving bookings by hand over HTTP: what a page did not offer is not done, whoever made it up.

use zamu::keyring::Role;
use zamu::operations::handover::{Handover, offer};
use zamu::operations::{RunOptions, Told};
use zamu::store::{LocationRow, NewBooking, Store, TenantRow};

use super::harness::Service;
use super::house::{self, SPA, TIMEZONE, held_by, here, sat, stamp};
use super::visitor::{Visitor, hidden, place};

const DAY: &str = "/admin/at/westlands/2026-11-21";
const GIVE: &str = "/admin/at/westlands/2026-11-21/give";

async fn take(service: &Service, id: &str, what: &str, who: &[&str]) {
    let new = NewBooking { id: Some(id.into()), customer_id: Some("amina".into()), ..NewBooking::new(SPA, what, sat("10:00")) };
    service.spa.store.take_booking(&new, &held_by(who), &stamp()).await.unwrap().unwrap();
}

#[tokio::test]
async fn a_booking_is_given_to_somebody_free_and_that_is_undone_by_who_did_it() {
    here!();
    let service = Service::start().await;
    take(&service, "massage", "swedish", &["joy"]).await;
    let mut ruth = Visitor::signed_in(&service, "ruth", Role::Frontdesk, None).await;
    let led = ruth.fill(DAY, GIVE, &[("booking", "massage"), ("to", "brian")]).await.with(303);
    assert_eq!(service.spa.holders("massage").await, ["brian"]);
    let done = hidden(&ruth.get(place(&led)).await.with(200).text, "done");
    // Nobody else takes it back by the same words, and nobody by others.
    let mut ann = Visitor::signed_in(&service, "ann", Role::Frontdesk, None).await;
    ann.fill(DAY, &format!("{DAY}/undo"), &[("done", &done)]).await.with(422);
    ruth.fill(DAY, &format!("{DAY}/undo"), &[("done", "bm90aGluZw")]).await.with(422);
    assert_eq!(service.spa.holders("massage").await, ["brian"]);
    ruth.fill(DAY, &format!("{DAY}/undo"), &[("done", &done)]).await.with(303);
    assert_eq!(service.spa.holders("massage").await, ["joy"]);
}

#[tokio::test]
async fn an_offer_that_somebody_wrote_themselves_is_none() {
    here!();
    let service = Service::start().await;
    take(&service, "massage", "swedish", &["joy"]).await;
    let mut ruth = Visitor::signed_in(&service, "ruth", Role::Frontdesk, None).await;
    let options = RunOptions::repair("ruth", Told::Keep);
    let real = offer(&service.spa.store, service.clock.as_ref(), &Handover::to("massage", "brian"), None, &options).await.unwrap();
    let text = serde_json::to_string(&real).unwrap();
    for made_up in [text.clone(), format!("{}.{text}", "0".repeat(64))] {
        ruth.fill(DAY, GIVE, &[("booking", "massage"), ("to", "brian"), ("offer", &made_up)]).await.with(422);
    }
    assert_eq!(service.spa.holders("massage").await, ["joy"]);
    let shown = ruth.get(&format!("{DAY}?booking=massage&to=brian")).await.with(200);
    let sealed = hidden(&shown.text, "offer").replace("&quot;", "\"").replace("&amp;", "&");
    ruth.fill(DAY, GIVE, &[("booking", "massage"), ("to", "brian"), ("offer", &sealed)]).await.with(303);
    assert_eq!(service.spa.holders("massage").await, ["brian"]);
}

#[tokio::test]
async fn a_booking_of_another_house_or_day_is_not_to_be_found_and_nothing_is_said_of_it() {
    here!();
    let service = Service::start().await;
    take(&service, "massage", "swedish", &["joy"]).await;
    service.spa.store.upsert_tenant(&TenantRow::new("other", "Other")).await.unwrap();
    let location = LocationRow { id: "elsewhere".into(), tenant_id: "other".into(), name: "Elsewhere".into(), timezone: TIMEZONE };
    service.spa.store.upsert_location(&location).await.unwrap();
    let mut ruth = Visitor::signed_in(&service, "ruth", Role::Manager, None).await;
    let other_day = "/admin/at/westlands/2026-11-22";
    for (page, booking) in [(DAY, "none-such"), (other_day, "massage")] {
        let answer = ruth.fill(page, &format!("{page}/give"), &[("booking", booking), ("to", "x"), ("from", "x")]).await.with(404);
        assert!(!answer.text.contains("Amina"), "{}", answer.text);
    }
    ruth.get("/admin/at/elsewhere/2026-11-21").await.with(404);
}

#[tokio::test]
async fn the_place_of_one_of_two_is_taken_only_when_it_is_said_whose() {
    here!();
    let service = Service::start().await;
    take(&service, "couple", "couples", &["grace", "joy"]).await;
    let mut ruth = Visitor::signed_in(&service, "ruth", Role::Frontdesk, None).await;
    let led = ruth.fill(DAY, GIVE, &[("booking", "couple"), ("to", "brian")]).await.with(303);
    assert!(place(&led).contains("booking=couple"), "it is shown first: {}", place(&led));
    assert_eq!(service.spa.holders("couple").await, ["grace", "joy"]);
    ruth.fill(DAY, GIVE, &[("booking", "couple"), ("from", "joy"), ("to", "brian")]).await.with(303);
    assert_eq!(service.spa.holders("couple").await, ["brian", "grace"]);
}

#[tokio::test]
async fn only_who_may_break_a_rule_is_offered_to() {
    here!();
    let service = Service::start().await;
    take(&service, "deep", "deep", &["grace"]).await;
    for (login, role, offered) in [("ann", Role::Manager, true), ("dora", Role::Frontdesk, false)] {
        let mut visitor = Visitor::signed_in(&service, login, role, None).await;
        let seen = visitor.get("/admin/at/westlands/2026-11-21?booking=deep").await.with(200).text;
        assert!(seen.contains("lacks the qualification"), "why is said to everybody: {seen}");
        assert_eq!(seen.contains("All the same?"), offered, "{login}: {seen}");
    }
}
