//! Each kind of change: given this day, after it exactly this is different.

use serde_json::{Value, json};
use zamu::alloc::profile::Term;
use zamu::domain::AssignmentStatus::{Bound, Finalized, Provisional};
use zamu::scenario::Metric;
use zamu::sheet::write;

use super::{answer, changed, scenario, small};

/// What differs between the day and the changed one, as paths of its document.
fn difference(changes: Value) -> Vec<String> {
    let day = small();
    let as_value = |sheet| serde_json::from_str::<Value>(&write::to_json(sheet)).unwrap();
    let mut paths = Vec::new();
    compare(&as_value(&day.sheet), &as_value(&changed(changes, &day)), String::new(), &mut paths);
    paths
}

fn compare(a: &Value, b: &Value, path: String, paths: &mut Vec<String>) {
    match (a, b) {
        (Value::Object(x), Value::Object(y)) => {
            for key in x.keys().chain(y.keys().filter(|key| !x.contains_key(*key))) {
                compare(x.get(key).unwrap_or(&Value::Null), y.get(key).unwrap_or(&Value::Null), format!("{path}.{key}"), paths);
            }
        }
        (Value::Array(x), Value::Array(y)) => {
            for k in 0..x.len().max(y.len()) {
                compare(x.get(k).unwrap_or(&Value::Null), y.get(k).unwrap_or(&Value::Null), format!("{path}[{k}]"), paths);
            }
        }
        _ if a == b => {}
        (_, Value::Object(_) | Value::Array(_)) => paths.push(format!("{path} new")),
        (_, Value::Null) => paths.push(format!("{path} gone")),
        _ => paths.push(format!("{path} = {}", b.as_str().map_or_else(|| b.to_string(), |text| text.to_owned()))),
    }
}

#[test]
fn every_kind_changes_what_it_says_and_nothing_else() {
    let at = |time: &str| format!("2026-11-21T{time}:00+01:00");
    for (change, expected) in [
        (json!({"kind": "absence", "who": "bob"}), vec![".resources[1].blocks[1] new".to_owned()]),
        (
            json!({"kind": "block", "who": ["ann", "bob"], "from": "15:00", "to": "16:00"}),
            vec![".resources[0].blocks[1] new".into(), ".resources[1].blocks[1] new".into()],
        ),
        (
            json!({"kind": "temp", "qualifications": ["cut"], "from": "09:00", "to": "13:00", "count": 2}),
            vec![".resources[3] new".into(), ".resources[4] new".into()],
        ),
        (json!({"kind": "hire", "like": "ann"}), vec![".resources[3] new".into()]),
        (json!({"kind": "shift", "who": "bob", "later_minutes": 120}), vec![format!(".resources[1].shifts[0].end = {}", at("19:00"))]),
        (
            json!({"kind": "shift", "who": "*", "from": "08:30"}),
            (0..3).map(|k| format!(".resources[{k}].shifts[0].start = {}", at("08:30"))).collect(),
        ),
        (json!({"kind": "training", "who": "eve", "learn": ["cut"]}), vec![".resources[2].qualifications[1] = cut".into()]),
        (json!({"kind": "training", "who": "ann", "unlearn": ["cut"]}), vec![".resources[0].qualifications[1] gone".into()]),
        (
            json!({"kind": "service", "service": "cut", "more_minutes": -15, "buffer_after_minutes": 10}),
            vec![
                format!(".bookings[0].end = {}", at("09:45")),
                ".bookings[0].buffer_after_minutes = 10".into(),
                format!(".bookings[2].end = {}", at("10:45")),
                ".bookings[2].buffer_after_minutes = 10".into(),
                format!(".bookings[4].end = {}", at("18:45")),
                ".bookings[4].buffer_after_minutes = 10".into(),
            ],
        ),
        (json!({"kind": "add-bookings", "bookings": [{"at": "14:00", "service": "cut"}]}), vec![".bookings[5] new".into()]),
        (json!({"kind": "remove-bookings", "bookings": ["b5"]}), vec![".bookings[4] gone".into()]),
        (json!({"kind": "waive-gender"}), vec![".bookings[3].gender gone".into()]),
        (json!({"kind": "unbind"}), vec![".bookings[1].assignment.status = provisional".into()]),
        (json!({"kind": "free-finalized"}), vec![".bookings[2].assignment.status = provisional".into()]),
        (json!({"kind": "profile", "name": "strict"}), vec![]),
        (json!({"kind": "cutoff", "late": 0.5}), vec![]),
        (json!({"kind": "demand", "grow": 0.0}), vec![]),
        (json!({"kind": "absence", "who": "bob", "on": "mon"}), vec![]),
        (json!({"kind": "absence", "who": "bob", "on": ["sat"], "from": "15:00"}), vec![".resources[1].blocks[1] new".into()]),
    ] {
        assert_eq!(difference(json!([change])), expected, "{change}");
    }
}

#[test]
fn a_leaver_has_no_hours_and_whoever_chose_them_is_not_served_until_unbound() {
    let leaver = json!({"kind": "leaver", "who": "eve"});
    let sheet = changed(json!([leaver]), &small());
    assert!(sheet.resources[2].shifts.is_empty());
    let unplaced = |changes: Value| answer(json!({"change": changes}), &[small()]).cases[0].total.get(Metric::Unplaced).unwrap();
    // b5 is after everybody's hours; b2 waits for eve.
    assert_eq!(unplaced(json!([leaver])), 2.0);
    // Unbound, ann takes colour at nine, and bob her cut.
    assert_eq!(unplaced(json!([leaver, {"kind": "unbind"}])), 1.0);
}

#[test]
fn changes_are_applied_in_their_order() {
    let sheet = changed(json!([{"kind": "hire", "id": "fay", "like": "bob"}, {"kind": "training", "who": "fay", "learn": ["colour"]}]), &small());
    let fay = sheet.resources.iter().find(|r| r.id == "fay").unwrap();
    assert_eq!(fay.qualifications.iter().collect::<Vec<_>>(), ["colour", "cut"]);
    assert_eq!(fay.blocks.len(), 1, "the break comes with the hours");
    assert!(!fay.temporary);
}

#[test]
fn promises_are_what_they_were_unless_the_scenario_says_otherwise() {
    let status = |sheet: &zamu::sheet::Sheet| sheet.bookings.iter().map(|b| b.assignment.as_ref().unwrap().status).collect::<Vec<_>>();
    assert_eq!(status(&changed(json!([]), &small())), [Provisional, Bound, Finalized, Provisional, Provisional]);
    assert_eq!(status(&changed(json!([{"kind": "unbind", "bookings": ["b2"]}]), &small()))[1], Provisional);
}

#[test]
fn weights_and_slack_are_those_of_the_scenario() {
    let with = |changes: Value| {
        let scenario = scenario(json!({"change": changes}));
        let steps = scenario.steps(&scenario.choices()[0]).unwrap();
        let mut changed =
            zamu::scenario::change::Changed { day: small(), profile: scenario.profile, late: Default::default(), drawn: Default::default() };
        for step in steps {
            step.change.apply(&mut changed, zamu::scenario::change::Draws { seed: 1, change: 0 }).unwrap();
        }
        changed.profile
    };
    let profile = with(json!([{"kind": "profile", "slack": {"balance": 0.02}, "weights": {"preferences": {"affinity": 3.0}}}]));
    assert_eq!(profile.tiers.iter().find(|t| t.name == "balance").unwrap().slack, 0.02);
    assert!(profile.tiers.iter().find(|t| t.name == "preferences").unwrap().terms.contains(&(Term::Affinity, 3.0)));
    assert_eq!(with(json!([{"kind": "profile", "name": "spread"}])).name, "spread");
}

#[test]
fn who_books_after_the_cutoff_moves_nobody() {
    // One of two customers fits beside the others however late; nobody who was told a name is moved for the sake of a late one.
    let day = small();
    for late in [0.0, 0.3, 0.6, 1.0] {
        for seed in 1..6 {
            let document = json!({"seeds": [seed], "change": [{"kind": "cutoff", "late": late}]});
            let study = answer(document, std::slice::from_ref(&day));
            let total = &study.cases[0].total;
            assert!(total.get(Metric::Unplaced) >= study.base_total.get(Metric::Unplaced), "late {late}, seed {seed}: waiting costs nothing");
            if late == 0.0 {
                assert_eq!(total.get(Metric::Balance), study.base_total.get(Metric::Balance));
            }
        }
    }
}
