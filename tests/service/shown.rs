//! What customers are shown: few times, the same ones for a while, from every part of the day.

use std::collections::BTreeSet;

use chrono::TimeDelta;
use serde_json::json;
use zamu::keyring::Role;
use zamu::store::{ExposurePolicy, Store, TenantRow};

use super::harness::{Answer, Service, thursday};
use super::house::{self, SPA, here};

fn ids(answer: &Answer) -> Vec<String> {
    answer.body["slots"].as_array().unwrap().iter().map(|slot| slot["id"].as_str().unwrap().to_owned()).collect()
}

fn hour(start: &str) -> u32 {
    start[11..13].parse().unwrap()
}

const PATH: &str = "/v1/slots?location_id=westlands&service_id=swedish&date=2026-11-21";

#[tokio::test]
async fn everybody_is_shown_three_to_five_times_with_every_part_of_the_day_among_them() {
    here!();
    let service = Service::start().await;
    let (mut counts, mut different) = (BTreeSet::new(), BTreeSet::new());
    for k in 0..40 {
        let answer = service.get(&service.token(Role::User, &format!("user-{k}")), PATH).await.with(200);
        let slots = answer.body["slots"].as_array().unwrap();
        counts.insert(slots.len());
        different.insert(ids(&answer));
        let hours: Vec<u32> = slots.iter().map(|slot| hour(slot["start"].as_str().unwrap())).collect();
        assert!(hours.iter().any(|h| *h < 12) && hours.iter().any(|h| (12..17).contains(h)), "morning and afternoon: {hours:?}");
        assert!(hours.windows(2).all(|pair| pair[0] <= pair[1]), "in order");
        assert_eq!((answer.headers["x-exposure-variant"].to_str().unwrap(), &answer.body["total"]), ("range", &json!(28)));
    }
    assert_eq!(counts, [3, 4, 5].into());
    assert!(different.len() > 30, "not everybody is sent to the same times: {}", different.len());
}

#[tokio::test]
async fn the_same_person_is_shown_the_same_for_seven_minutes_even_when_the_hour_turns() {
    here!();
    let service = Service::start().await;
    service.clock.set(thursday() + TimeDelta::minutes(57));
    let amina = service.token(Role::User, "amina-app");
    let first = ids(&service.get(&amina, PATH).await);
    service.clock.set(thursday() + TimeDelta::minutes(63));
    assert_eq!(ids(&service.get(&amina, PATH).await), first, "the stored choice wins over the new salt");
    assert_ne!(ids(&service.get(&amina, &format!("{PATH}&context=another-page")).await), first);
    service.clock.set(thursday() + TimeDelta::minutes(64));
    let mut later = Vec::new();
    for k in 0..5 {
        service.clock.set(thursday() + TimeDelta::minutes(64 + 60 * k));
        later.push(ids(&service.get(&amina, PATH).await));
    }
    assert!(later.iter().any(|shown| *shown != first), "the salt turns with the hour");
}

#[tokio::test]
async fn what_is_taken_meanwhile_is_not_shown_any_more_and_when_all_of_it_is_others_are() {
    here!();
    let service = Service::start().await;
    let amina = service.token(Role::User, "amina-app");
    let path = format!("/v1/slots?location_id={SPA}&service_id=deep&date=2026-11-21");
    let shown = service.get(&amina, &path).await.with(200);
    let first = ids(&shown);
    let other = service.token(Role::User, "other");
    service.hold(&other, &first[0], "+254712345002").await.with(201);
    let now = ids(&service.get(&amina, &path).await);
    assert!(!now.contains(&first[0]) && now.iter().all(|id| first.contains(id)) && !now.is_empty(), "{first:?} {now:?}");
    for (k, id) in first.iter().enumerate().skip(1) {
        service.hold(&other, id, &format!("+25471234501{k}")).await;
    }
    let fresh = service.get(&amina, &path).await.with(200);
    assert!(!ids(&fresh).is_empty() || fresh.body["total"] == 0, "{}", fresh.text);
    assert!(ids(&fresh).iter().all(|id| !first.contains(id)));
}

#[tokio::test]
async fn the_stylist_policy_shows_all_up_to_five_and_else_three_with_some_fours_and_fives() {
    here!();
    let service = Service::start().await;
    let tenant = TenantRow { exposure_policy: ExposurePolicy::Stylist, ..service.spa.store.tenant("serenity").await.unwrap() };
    service.spa.store.upsert_tenant(&tenant).await.unwrap();
    let mut counts = [0usize; 6];
    for k in 0..120 {
        let answer = service.get(&service.token(Role::User, &format!("user-{k}")), PATH).await.with(200);
        assert_eq!(answer.headers["x-exposure-variant"], "stylist");
        counts[ids(&answer).len()] += 1;
    }
    // 84, 18 and 18 are expected of 120; six standard deviations are 24 and more.
    assert!(
        counts[..3].iter().sum::<usize>() == 0 && (54..=108).contains(&counts[3]) && (3..45).contains(&counts[4]) && (3..45).contains(&counts[5]),
        "{counts:?}"
    );
    let admin = service.token(Role::Admin, "ann");
    let few = json!({"location_id": SPA, "service_id": "swedish", "rule_kind": "WEEKLY", "start_time": "10:00", "end_time": "12:00", "slot_granularity_minutes": 15});
    service.send(&admin, "POST", "/admin/v1/availabilities", few).await.with(201);
    let all = service.get(&service.token(Role::User, "late"), PATH).await.with(200);
    assert_eq!((ids(&all).len(), all.body["total"].as_u64(), all.body["has_more"].as_bool()), (5, Some(5), Some(false)));
}

#[tokio::test]
async fn an_experiment_may_ask_for_the_other_policy_and_nothing_else() {
    here!();
    let service = Service::start().await;
    let amina = service.token(Role::User, "amina-app");
    let ask = |word: &'static str| {
        let request = service.http.get(format!("{}{PATH}", service.url)).bearer_auth(&amina).header("X-Exposure-Variant", word);
        super::harness::read(request)
    };
    let other = ask("stylist").await.with(200);
    assert_eq!(other.headers["x-exposure-variant"], "stylist");
    assert_eq!(ask("everything").await.with(422).code(), "INVALID");
}
