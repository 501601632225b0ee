//! What the operations are about: a house with something booked in it, days ahead of today.

use std::collections::BTreeMap;

use chrono::{Days, NaiveDate};
use serde_json::{Value, json};
use zamu::clock::{Clock, SystemClock};

use crate::running::Running;

/// Identifiers of things that are there, by what they are of.
pub type Words = BTreeMap<&'static str, Vec<String>>;

const LOCATION: &str = "westlands";

fn in_days(days: u64) -> NaiveDate {
    SystemClock.now().date_naive().checked_add_days(Days::new(days)).unwrap()
}

/// The desk of the house.
pub struct Desk<'s> {
    service: &'s Running,
    admin: &'s str,
    words: Words,
}

impl Desk<'_> {
    fn add(&mut self, sort: &'static str, word: impl ToString) {
        self.words.entry(sort).or_default().push(word.to_string());
    }

    async fn put(&mut self, sort: &'static str, path: &str, body: Value) {
        let id = self.service.send(self.admin, "POST", path, body).await.with(201).text_of("id");
        self.add(sort, id);
    }

    /// A day with holds and bookings, somebody's absence, a table, a rule and a run.
    async fn day(&mut self, day: NaiveDate, number: u64, people: &[&str]) {
        let (service, admin) = (self.service, self.admin);
        self.add("date", day);
        self.add(if number < 5 { "first" } else { "last" }, day);
        for clock in ["T09:30", "T11:00:00+03:00", "T14:15", "T15:45"] {
            self.add("instant", format!("{day}{clock}"));
        }
        self.add("phone", format!("+2547129{number:02}001"));
        self.add("email", format!("zawadi.{number}@example.org"));
        service.send(admin, "POST", "/admin/v1/slots/generate", json!({"location_id": LOCATION, "from": day, "to": day})).await.with(200);
        let shown = format!("/admin/v1/slots?location_id={LOCATION}&from={day}&to={day}&service_id=swedish");
        let slots: Vec<Value> = service.get(admin, &shown).await.with(200).body.as_array().unwrap().clone();
        for slot in slots.iter().step_by(3) {
            self.add("slot", slot["id"].as_str().unwrap());
        }
        for (k, slot) in slots.iter().step_by(4).take(6).enumerate() {
            let body = json!({"slot_id": slot["id"], "customer": {"name": "Zawadi", "phone": format!("+2547123{number:02}{k:03}")}});
            self.put("booking", "/v1/bookings", body).await;
            if k % 2 == 0 {
                let id = self.words["booking"].last().unwrap();
                service.send(admin, "POST", &format!("/v1/bookings/{id}/confirm"), json!({})).await.with(200);
            }
        }
        self.away(people[people.len() - 1], day, "09:00", "10:00").await;
        self.put("table", "/admin/v1/tables", json!({"location_id": LOCATION, "name": format!("T{number}"), "seats": 4})).await;
        let rule = json!({"location_id": LOCATION, "person_id": people[0], "rule_kind": "EXCEPTION", "valid_from": day, "valid_to": day,
            "start_time": "09:00", "end_time": "17:00"});
        self.put("rule", "/admin/v1/availabilities", rule).await;
        self.put("run", "/admin/v1/runs", json!({"location_id": LOCATION, "date": day, "dry_run": true, "time_limit_s": 2})).await;
    }

    async fn away(&mut self, person: &str, day: NaiveDate, from: &str, to: &str) {
        let block =
            json!({"location_id": LOCATION, "person_id": person, "start": format!("{day}T{from}"), "end": format!("{day}T{to}"), "reason": "sick"});
        self.put("block", "/admin/v1/blocks", block).await;
    }
}

/// Furnishes the house of these people and services, and tells what is there.
pub async fn furnish(service: &Running, admin: &str, people: &[&str], services: &[&str]) -> Words {
    let mut desk = Desk { service, admin, words: Words::new() };
    desk.add("location", LOCATION);
    people.iter().for_each(|person| desk.add("person", person));
    services.iter().for_each(|what| desk.add("service", what));
    for number in [3, 4, 5, 9] {
        desk.day(in_days(number), number, people).await;
    }
    // On more days everybody is away after something was booked: that needs attention. On some of them they are here after all, and nobody has
    // looked again.
    for number in 12..16 {
        for clock in ["09:00", "10:30", "12:00", "13:30", "15:00"] {
            let booking = json!({"location_id": LOCATION, "service_id": "swedish", "start": format!("{}T{clock}", in_days(number))});
            desk.put("booking", "/admin/v1/bookings", booking).await;
        }
        let before = desk.words["block"].len();
        for person in people {
            desk.away(person, in_days(number), "00:00", "23:00").await;
        }
        desk.put("run", "/admin/v1/runs", json!({"location_id": LOCATION, "date": in_days(number), "time_limit_s": 5})).await;
        if number > 12 {
            for block in desk.words.get_mut("block").unwrap().split_off(before) {
                service.send(admin, "DELETE", &format!("/admin/v1/blocks/{block}?location_id={LOCATION}"), json!({})).await.with(204);
            }
        }
    }
    let open = service.get(admin, &format!("/admin/v1/attention?location_id={LOCATION}")).await.with(200);
    for row in open.body.as_array().unwrap() {
        // A repair of a day may place everybody on it: some days are for those who are given to somebody by hand.
        let by_hand = row["date"].as_str().unwrap() >= in_days(14).to_string().as_str();
        desk.add(if by_hand { "assigned" } else { "attention" }, row["id"].as_str().unwrap());
    }
    // What-ifs over what is booked.
    for number in [3, 5] {
        let scenario = json!({"change": [{"kind": "waive-gender"}]});
        let asked = json!({"location_id": LOCATION, "from": in_days(number), "to": in_days(number), "scenario": scenario});
        let id = service.send(admin, "POST", "/admin/v1/whatifs", asked).await.with(202).text_of("id");
        desk.add("whatif", id);
    }
    // Absences with nothing booked in them, so that nothing comes between a look and its confirmation; every other one is confirmed.
    for number in 20..28 {
        let person = people[number as usize % people.len()];
        desk.put("absence", "/admin/v1/absences", json!({"location_id": LOCATION, "person": person, "from": in_days(number), "reason": "holiday"}))
            .await;
        desk.add("sentence", format!("{person} is on leave on {}", in_days(number)));
        if number % 2 == 0 {
            let id = &desk.words["absence"][desk.words["absence"].len() - 1];
            service.send(admin, "POST", &format!("/admin/v1/absences/{id}/confirm"), json!({})).await.with(200);
        }
    }
    desk.words
}
