//! A spa in a database of its own, days ahead of today, and services on it.

use std::collections::BTreeMap;

use chrono::{Days, NaiveDate};
use serde_json::{Value, json};
use sqlx::Row;
use zamu::clock::{Clock, SystemClock};
use zamu::domain::local;
use zamu::keyring::Role;
use zamu::store::Store;

use super::house::{SPA, Spa, TIMEZONE};
use crate::running::{Answer, Running, UNLIMITED};

/// A spa of which nothing is open but its services.
pub struct Stage {
    pub spa: Spa,
}

/// A local day from today on; the tests never book today.
pub fn in_days(days: u64) -> NaiveDate {
    local::local_date(TIMEZONE, SystemClock.now()).checked_add_days(Days::new(days)).unwrap()
}

impl Stage {
    pub async fn open() -> Stage {
        let spa = Spa::open().await;
        // Whoever else has the file open would keep its write-ahead log alive over a crash.
        spa.store.close().await;
        Stage { spa }
    }

    /// A service, with these options more and this much in its log.
    pub fn serve_at(&self, words: &[&str], level: &str) -> Running {
        let words: Vec<&str> = ["--db", self.spa.place()].into_iter().chain(words.iter().copied()).collect();
        Running::start_at(self.spa.folder.path(), &words, level)
    }

    /// A service that counts nobody's requests.
    pub fn serve(&self) -> Running {
        self.serve_at(&UNLIMITED, "info")
    }

    /// Holds, bookings and slots as they stand in the tables, read without a line of the program's, and every fault that can be seen in them.
    pub async fn faults_by_hand(&self) -> Vec<String> {
        let mut shell = self.spa.shell().await;
        let mut faults = Vec::new();
        let mut spans: BTreeMap<String, Vec<(i64, i64, String)>> = BTreeMap::new();
        for row in sqlx::query("SELECT resource_id, start_us, end_us, booking_id FROM occupancy").fetch_all(&mut shell).await.unwrap() {
            spans.entry(row.get("resource_id")).or_default().push((row.get("start_us"), row.get("end_us"), row.get("booking_id")));
        }
        for (who, spans) in &mut spans {
            spans.sort();
            let both = spans.windows(2).filter(|pair| pair[1].0 < pair[0].1);
            faults.extend(both.map(|pair| format!("{who} holds {} and {} at once", pair[0].2, pair[1].2)));
        }
        let mut standing: BTreeMap<(String, i64), (i64, i64)> = BTreeMap::new();
        for row in sqlx::query("SELECT id, service_id, start_us, state FROM bookings").fetch_all(&mut shell).await.unwrap() {
            let (id, state): (String, String) = (row.get("id"), row.get("state"));
            let holders = spans.values().flatten().filter(|(_, _, booking)| *booking == id).count();
            let wanted = usize::from(["held", "confirmed"].contains(&state.as_str()));
            if holders != wanted {
                faults.push(format!("{id} is {state} and held by {holders}"));
            }
            let counted = standing.entry((row.get("service_id"), row.get("start_us"))).or_default();
            counted.0 += i64::from(state == "confirmed");
            counted.1 += i64::from(state == "held");
        }
        for row in sqlx::query("SELECT id, service_id, start_us, booked, hold FROM slots").fetch_all(&mut shell).await.unwrap() {
            let counted = standing.get(&(row.get("service_id"), row.get("start_us"))).copied().unwrap_or_default();
            let (booked, hold): (i64, i64) = (row.get("booked"), row.get("hold"));
            if (booked, hold) != counted {
                faults.push(format!("slot {} counts {booked} and {hold}, there are {counted:?}", row.get::<String, _>("id")));
            }
        }
        faults
    }
}

/// The ids of a service's slots on some days, made if they are not there.
pub async fn slots(service: &Running, what: &str, days: &[NaiveDate]) -> Vec<String> {
    let admin = service.token("serenity", Role::Admin, "ann");
    let mut ids = Vec::new();
    for day in days {
        service.send(&admin, "POST", "/admin/v1/slots/generate", json!({"location_id": SPA, "from": day, "to": day})).await.with(200);
        let listed = service.get(&admin, &format!("/admin/v1/slots?location_id={SPA}&from={day}&to={day}&service_id={what}")).await.with(200);
        ids.extend(listed.body.as_array().unwrap().iter().map(|slot| slot["id"].as_str().unwrap().to_owned()));
    }
    ids
}

/// What holds a slot for the k-th customer.
pub fn hold_of(slot: &str, k: usize) -> Value {
    json!({"slot_id": slot, "customer": {"name": format!("Customer {k}"), "phone": format!("+2547123{k:05}")}})
}

/// Asks for the look over everything, and fails where it found something.
pub async fn assert_clean(service: &Running) -> Answer {
    let audit = service.get(&service.token("serenity", Role::Admin, "ann"), "/internal/v1/audit").await.with(200);
    assert_eq!(audit.body["clean"], true, "{}", audit.text);
    audit
}
