//! What-ifs: what a scenario may say, that its changes do what they say and nothing else, that every case is dealt with proof, compared and
//! remembered, and how many people a day needs.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails where it stands")]

#[expect(dead_code, reason = "each test takes what it needs")]
#[path = "../support/mod.rs"]
mod support;

mod changes;
mod command;
mod demand;
mod documents;
mod running;
mod staffing;

use std::sync::Mutex;

use serde_json::{Value, json};
use zamu::alloc::Stop;
use zamu::scenario::document::shipped_profile;
use zamu::scenario::run::{Answer, InMemory};
use zamu::scenario::{Day, Ended, Memory, Running, Scenario, Study, run};
use zamu::sheet::{Sheet, read};

/// A scenario from its document.
fn scenario(document: Value) -> Scenario {
    Scenario::from_json("test", &document, &shipped_profile).unwrap()
}

/// A day of three people and some bookings at a place with summer time.
fn small() -> Day {
    let person = |id: &str, can: &[&str], gender: &str| {
        json!({"id": id, "kind": "staff", "gender": gender, "qualifications": can,
            "shifts": [{"start": "2026-11-21T09:00:00+01:00", "end": "2026-11-21T17:00:00+01:00"}],
            "blocks": [{"start": "2026-11-21T12:00:00+01:00", "end": "2026-11-21T12:30:00+01:00", "reason": "break"}]})
    };
    let booking = |id: &str, from: &str, to: &str, what: &str, status: &str, who: &str, gender: Value| {
        json!({"id": id, "start": format!("2026-11-21T{from}:00+01:00"), "end": format!("2026-11-21T{to}:00+01:00"), "gender": gender,
            "demands": [{"kind": "staff", "qualifications": [what], "count": 1}], "assignment": {"status": status, "resources": [who]}})
    };
    let sheet = json!({"format": "zamu.sheet/1", "location": {"id": "spa", "timezone": "Europe/Berlin"}, "date": "2026-11-21", "grid_minutes": 5,
        "resources": [person("ann", &["cut", "colour"], "female"), person("bob", &["cut"], "male"), person("eve", &["colour"], "female")],
        "bookings": [
            booking("b1", "09:00", "10:00", "cut", "provisional", "ann", json!(null)),
            booking("b2", "09:00", "10:00", "colour", "bound", "eve", json!(null)),
            booking("b3", "10:00", "11:00", "cut", "finalized", "bob", json!(null)),
            booking("b4", "13:00", "14:30", "colour", "provisional", "ann", json!("female")),
            booking("b5", "18:00", "19:00", "cut", "provisional", "bob", json!(null))]});
    Day::of_sheet(read::from_str(&sheet.to_string()).unwrap(), "small")
}

fn without_limit(_: &Stop, _: f64, search: &mut (dyn FnMut() + Send)) {
    search();
}

/// Runs a scenario with a memory and so many threads.
fn run_with(scenario: &Scenario, days: &[Day], memory: &dyn Memory, threads: usize, stop: &Stop) -> Result<Study, Ended> {
    run(scenario, days, &Running { threads, stop, memory, limited: &without_limit, progress: &|_| {} })
}

fn answer(document: Value, days: &[Day]) -> Study {
    run_with(&scenario(document), days, &InMemory::default(), 2, &Stop::new()).unwrap()
}

/// The changed sheet of the only case of these changes.
fn changed(changes: Value, day: &Day) -> Sheet {
    let scenario = scenario(json!({"change": changes}));
    let memory = InMemory::default();
    let stop = Stop::new();
    let running = Running { threads: 1, stop: &stop, memory: &memory, limited: &without_limit, progress: &|_| {} };
    zamu::scenario::run::detail(&scenario, scenario.choices().first(), 1, day, &running).unwrap().day.sheet
}

/// Remembers, and counts what it is asked to.
#[derive(Default)]
struct Counting {
    inside: InMemory,
    kept: Mutex<Vec<String>>,
}

impl Memory for Counting {
    fn recall(&self, run: &str) -> Option<Answer> {
        self.inside.recall(run)
    }

    fn keep(&self, run: &str, answer: &Answer) {
        self.kept.lock().unwrap().push(run.to_owned());
        self.inside.keep(run, answer);
    }
}
