//! What the checker promises: it finds what an independent checker finds, on thousands of plans, and each rule alone.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on stops")]

mod support;

use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde::Deserialize;
use serde_json::{Value, json};
use support::oracle::{self, brute_force};
use support::plans;
use support::rng::Rng;
use support::sheets::{Knobs, random_sheet};
use zamu::alloc::check::{Checked, check, check_document, check_with_profile};
use zamu::alloc::profile::{Profile, Term};
use zamu::sheet::plan::{Certified, Reason, RuledOut};
use zamu::sheet::read::{from_str, plan_document_from_slice};
use zamu::sheet::{Plan, Sheet, write};

/// Reads sheets with plans from lines of JSON, answers each line with what `check_plan.py` finds. Where it fails over a plan that names
/// what the sheet does not have, the plan is faulty and has no values.
const DRIVER: &str = r#"
import json, sys
sys.path.insert(0, sys.argv[1])
from check_plan import faults_and_values
for line in sys.stdin:
    case = json.loads(line)
    answers = []
    for plan in case["plans"]:
        try:
            faults, values = faults_and_values(case["sheet"], plan)
        except KeyError as error:
            faults, values = [f"fails over {error}"], None
        answers.append({"faults": faults, "values": values})
    print(json.dumps(answers), flush=True)
"#;

#[derive(Debug, Deserialize)]
struct Answer {
    faults: Vec<String>,
    values: Option<std::collections::BTreeMap<String, f64>>,
}

/// The folder of `check_plan.py` in the data beside the project, or in that of a folder above.
fn tools() -> Option<PathBuf> {
    let above = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors();
    above.map(|folder| folder.join("shared/tools")).find(|tools| tools.join("check_plan.py").is_file())
}

/// Terms for a plan: `unplaced`, then some others in some order.
fn some_terms(rng: &mut Rng) -> Vec<Term> {
    let mut others = Term::ALL[1..].to_vec();
    rng.shuffle(&mut others);
    others.truncate(rng.below(Term::ALL.len()));
    others.insert(0, Term::Unplaced);
    others
}

/// A random sheet with valid plans and spoiled ones.
fn case(seed: u64) -> (Sheet, Vec<Plan>) {
    let mut rng = Rng::new(seed ^ 0x5eed);
    let knobs = rng.pick(&[Knobs::TINY, Knobs::TINY, Knobs::SMALL, Knobs::SMALL, Knobs::DAY]).plain();
    let sheet = random_sheet(seed, knobs);
    let mut made = Vec::new();
    for _ in 0..3 {
        let plan = plans::valid_plan(&sheet, &some_terms(&mut rng), &mut rng);
        for _ in 0..3 {
            let mut spoiled = plan.clone();
            plans::spoil(&sheet, &mut spoiled, rng.below(plans::SPOILS), &mut rng);
            made.push(spoiled);
        }
        made.push(plan);
    }
    (sheet, made)
}

#[test]
fn the_independent_checker_agrees_on_thousands_of_plans() {
    let Some(tools) = tools() else {
        assert_ne!(std::env::var("CI").as_deref(), Ok("true"), "../shared/tools/check_plan.py is missing");
        eprintln!("SKIPPED: ../shared/tools/check_plan.py is missing, so nobody compared the checker with it");
        return;
    };
    let python = Command::new("python3").arg("-c").arg(DRIVER).arg(tools).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn();
    let mut python = match python {
        Ok(python) => python,
        Err(error) => {
            assert_ne!(std::env::var("CI").as_deref(), Ok("true"), "python3 is missing: {error}");
            eprintln!("SKIPPED: python3 is missing ({error}), so nobody compared the checker with check_plan.py");
            return;
        }
    };
    let (mut ask, mut answers) = (python.stdin.take().unwrap(), BufReader::new(python.stdout.take().unwrap()).lines());
    let (mut sound, mut faulty) = (0, 0);
    for seed in 0..350 {
        let (sheet, plans) = case(seed);
        let document: Value = serde_json::from_str(&write::to_json(&sheet)).unwrap();
        let documents: Vec<Value> = plans.iter().map(|plan| serde_json::from_str(&write::plan_to_json(plan)).unwrap()).collect();
        writeln!(ask, "{}", json!({"sheet": document, "plans": documents})).unwrap();
        let theirs: Vec<Answer> = serde_json::from_str(&answers.next().unwrap().unwrap()).unwrap();
        for (plan, theirs) in plans.iter().zip(theirs) {
            // Through the file, as a user would.
            let read = plan_document_from_slice(write::plan_to_json(plan).as_bytes()).unwrap();
            let ours = check_document(&sheet, &read, "", None);
            agree(&ours, &theirs, &format!("seed {seed}\n{}{}", write::to_json(&sheet), write::plan_to_json(plan)));
            *(if theirs.faults.is_empty() { &mut sound } else { &mut faulty }) += 1;
        }
    }
    drop(ask);
    assert!(python.wait().unwrap().success());
    assert!(sound > 1000 && faulty > 1500, "too few of one kind to compare: {sound} sound, {faulty} faulty");
}

/// The same verdict, about the same bookings, resources and tiers, and the same values.
#[track_caller]
fn agree(ours: &Checked, theirs: &Answer, of: &str) {
    // What only ours looks at: lists and words beyond feasibility and value, and the tier that the format does not know.
    let alike: Vec<_> = ours
        .faults
        .iter()
        .filter(|f| !(matches!(f.code, "waived" | "changes" | "status" | "reason") || f.about == "spread" && f.code == "tier-value"))
        .collect();
    assert_eq!(alike.is_empty(), theirs.faults.is_empty(), "ours {:?}\ntheirs {:?}\n{of}", ours.faults, theirs.faults);
    for fault in &theirs.faults {
        let known = alike.iter().any(|f| fault.contains(f.about.as_str()))
            || fault.starts_with("assignments and unplaced together")
                && alike.iter().any(|f| f.code.contains("unplaced") || matches!(f.code, "missing" | "unknown-booking"))
            || fault.starts_with("fails over");
        assert!(known, "only theirs: {fault}\nours {:?}\n{of}", ours.faults);
    }
    if let Some(values) = &theirs.values {
        for fault in &alike {
            let about_lists = fault.code.contains("unplaced") || matches!(fault.code, "missing" | "unknown-booking");
            let known = theirs.faults.iter().any(|f| f.contains(&fault.about) || about_lists && f.starts_with("assignments and unplaced together"));
            assert!(known, "only ours: {fault}\ntheirs {:?}\n{of}", theirs.faults);
        }
        for (word, value) in values {
            let mine = ours.values.get(word).unwrap();
            assert!((mine - value).abs() <= 1e-9 * value.abs().max(1.0), "{word}: ours {mine}, theirs {value}\n{of}");
        }
    }
}

#[test]
fn a_plan_made_by_the_formats_text_passes_whole() {
    for seed in 0..300 {
        let mut rng = Rng::new(seed);
        let sheet = random_sheet(seed, Knobs::SMALL);
        let plan = plans::valid_plan(&sheet, &Term::ALL, &mut rng);
        let checked = check(&sheet, &plan);
        assert!(checked.passed(), "seed {seed}: {:?}\n{}{}", checked.faults, write::to_json(&sheet), write::plan_to_json(&plan));
        assert_eq!(checked.notes, [""; 0], "seed {seed}");
    }
}

#[test]
fn no_sound_plan_is_better_than_the_enumerated_best() {
    let mut compared = 0;
    for seed in 0..200 {
        let sheet = random_sheet(seed, Knobs::TINY);
        let tiers = [Term::Unplaced, Term::Balance];
        let Some(best) = brute_force(&sheet, &tiers, false) else { continue };
        let mut rng = Rng::new(seed);
        for _ in 0..20 {
            let plan = plans::valid_plan(&sheet, &tiers, &mut rng);
            let values = check(&sheet, &plan).values;
            let (unplaced, balance) = (values.get("unplaced").unwrap(), values.get("balance").unwrap());
            assert!(unplaced > best[0] || unplaced == best[0] && balance >= best[1] - 1e-9 * best[1].max(1.0), "seed {seed}");
        }
        compared += 1;
    }
    assert!(compared > 150, "{compared} sheets were small enough");
}

#[test]
fn random_sheets_use_every_rule() {
    let sheets: Vec<Sheet> = (0..100).map(|seed| random_sheet(seed, Knobs::TINY)).collect();
    let bookings: Vec<_> = sheets.iter().flat_map(|s| s.bookings.iter().map(move |b| (s, b))).collect();
    assert!(bookings.iter().any(|(_, b)| b.demands.is_empty()));
    assert!(bookings.iter().any(|(_, b)| b.demands.iter().map(|d| d.count).sum::<u32>() > 1));
    assert!(bookings.iter().any(|(s, b)| oracle::options(s, b, true).iter().any(|o| o.len() > b.demands.len())), "a combination");
    assert!(bookings.iter().any(|(_, b)| b.same_resource_as.is_some() && b.gender.is_some()));
    assert!(bookings.iter().any(|(_, b)| !b.affinity.is_empty() && b.zone.is_some() && b.priority > 1 && b.buffer_before_minutes > 0));
    let resources: Vec<_> = sheets.iter().flat_map(|s| &s.resources).collect();
    assert!(resources.iter().any(|r| r.temporary && r.carried_minutes != 0.0 && r.shifts.len() > 1 && !r.blocks.is_empty()));
    assert!(resources.iter().any(|r| r.shifts.is_empty()));
    let waived = |s: &Sheet, wish: &str| s.resources.iter().all(|r| r.gender.as_deref() != Some(wish));
    assert!(bookings.iter().any(|(s, b)| b.gender.as_deref().is_some_and(|wish| waived(s, wish))));
    for status in ["provisional", "bound", "finalized"] {
        assert!(bookings.iter().any(|(_, b)| b.assignment.as_ref().is_some_and(|a| a.status.as_str() == status)));
    }
}

/// Two people and two tables; the rules below are broken one at a time.
fn house() -> Sheet {
    let shift = json!([{"start": "2026-11-21T09:00:00+03:00", "end": "2026-11-21T17:00:00+03:00"}]);
    let booking = |id: &str, from: &str, to: &str, more: Value| {
        let mut booking =
            json!({"id": id, "start": format!("2026-11-21T{from}:00+03:00"), "end": format!("2026-11-21T{to}:00+03:00"), "demands": [{}]});
        booking.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        booking
    };
    let document = json!({"format": "zamu.sheet/1", "location": {"id": "l", "timezone": "Africa/Nairobi"}, "date": "2026-11-21",
        "resources": [
            {"id": "ann", "gender": "female", "qualifications": ["swedish"], "shifts": shift,
             "blocks": [{"start": "2026-11-21T12:00:00+03:00", "end": "2026-11-21T13:00:00+03:00", "reason": "break"}]},
            {"id": "bob", "gender": "male", "qualifications": [], "shifts": shift, "temporary": true},
            {"id": "t1", "kind": "table", "seats": 2, "shifts": shift}, {"id": "t2", "kind": "table", "seats": 4, "min_party": 2, "shifts": shift}],
        "combinations": [{"id": "t1+t2", "members": ["t1", "t2"], "seats": 6, "min_party": 5}],
        "bookings": [
            booking("skilled", "10:00", "11:00", json!({"demands": [{"qualifications": ["swedish"]}], "buffer_after_minutes": 15})),
            booking("her", "11:30", "12:00", json!({"gender": "female"})),
            booking("bound", "13:00", "14:00", json!({"assignment": {"status": "bound", "resources": ["bob"]}})),
            booking("told", "14:00", "15:00", json!({"assignment": {"status": "finalized", "resources": ["bob"]}})),
            booking("free", "15:00", "16:00", json!({"assignment": {"status": "provisional", "resources": ["ann"]}})),
            booking("again", "16:00", "16:30", json!({"same_resource_as": "free"})),
            booking("pair", "09:00", "09:30", json!({"demands": [{"count": 2}]})),
            booking("four", "10:00", "12:00", json!({"demands": [{"kind": "table"}], "party_size": 4})),
            booking("six", "12:00", "13:00", json!({"demands": [{"kind": "table"}], "party_size": 6})),
            booking("wish", "16:30", "17:00", json!({"gender": "other"})),
            booking("nobody", "10:00", "11:00", json!({"demands": []}))]});
    from_str(&document.to_string()).unwrap()
}

/// A sound plan for [`house`], everything placed but `six`, which could be.
fn sound(terms: &[Term]) -> Plan {
    let by = [&[0][..], &[0], &[1], &[1], &[0], &[0], &[0, 1], &[3], &[9], &[1], &[]];
    let placement = by.iter().map(|by| (*by != [9]).then(|| by.to_vec())).collect();
    let mut plan = plans::plan_of(&house(), &placement, terms, &mut Rng::new(1));
    for tier in &mut plan.tiers {
        (tier.bound, tier.optimal) = (Some(tier.value), true);
    }
    plan.status = zamu::sheet::plan::PlanStatus::Optimal;
    plan
}

/// Codes of the faults after the change, without those about values and lists that follow from it.
fn codes(change: impl FnOnce(&mut Plan)) -> Vec<(&'static str, String)> {
    let mut plan = sound(&[Term::Unplaced]);
    change(&mut plan);
    plans::make_true(&house(), &mut plan);
    check(&house(), &plan).faults.into_iter().map(|f| (f.code, f.about)).collect()
}

fn give(plan: &mut Plan, booking: &str, to: &[&str]) {
    plan.unplaced.retain(|u| u.booking != booking);
    plan.assignments.retain(|a| a.booking != booking);
    plan.assignments.push(zamu::sheet::plan::Placed { booking: booking.into(), resources: to.iter().map(|id| (*id).to_owned()).collect() });
}

#[track_caller]
fn breaks(booking: &str, to: &[&str], code: &str, about: &str) {
    assert_eq!(codes(|plan| give(plan, booking, to)), [(code, about.to_owned())] as [(&str, String); 1]);
}

#[test]
fn each_rule_of_the_sheet_is_found_broken_alone() {
    assert_eq!(codes(|_| ()), []);
    breaks("skilled", &["bob"], "qualification", "skilled");
    breaks("her", &["bob"], "gender", "her");
    breaks("bound", &["ann"], "held", "bound");
    breaks("told", &["ann"], "held", "told");
    breaks("again", &["bob"], "same-resource", "again");
    breaks("pair", &["ann"], "wrong-count", "pair");
    breaks("pair", &["ann", "ann"], "resource-twice", "pair");
    breaks("four", &["t1"], "party", "four");
    breaks("six", &["bob"], "kind", "six");
    breaks("four", &["t1", "t2"], "party", "four");
    breaks("four", &["t3"], "unknown-resource", "four");
    breaks("nobody", &["bob"], "wrong-count", "nobody");
    assert_eq!(codes(|plan| give(plan, "six", &["t1", "t2"])), [], "a combination serves what no table could");
    assert_eq!(codes(|plan| give(plan, "wish", &["ann"])), [], "a wish that nobody could grant is waived");
}

#[test]
fn time_is_kept_to_the_minute_with_buffers() {
    let late = |minutes: i64, booking: usize| {
        let mut sheet = house();
        sheet.bookings[booking].span =
            zamu::domain::Span::new(sheet.bookings[booking].span.start.plus(minutes), sheet.bookings[booking].span.end.plus(minutes));
        check(&sheet, &Plan { sheet_sha256: write::sha256(&sheet), ..sound(&[]) }).faults.into_iter().map(|f| (f.code, f.about)).collect::<Vec<_>>()
    };
    assert_eq!(late(0, 1), []);
    assert_eq!(late(5, 1), [("block", "her".to_owned())]);
    assert_eq!(late(-15, 1), []);
    assert_eq!(late(-20, 1), [("overlap", "ann".to_owned())]);
    assert_eq!(late(5, 9), [("shift", "wish".to_owned())]);
}

#[test]
fn a_long_booking_is_found_over_every_one_it_covers() {
    let mut sheet = house();
    // From 13:00 to 16:30, over the two that bob serves from 14:00 and from 16:30.
    sheet.bookings[2].span.end = sheet.bookings[9].span.start;
    sheet.bookings[9].span.start = sheet.bookings[9].span.start.plus(-5);
    let plan = sound(&[]);
    let found: Vec<String> = check(&sheet, &plan).faults.into_iter().map(|f| f.message).collect();
    assert_eq!(found, ["told", "wish"].map(|other| format!("serves bound and {other} at the same time (buffers included)")));
}

#[test]
fn a_blocked_or_absent_member_keeps_a_combination_away() {
    let mut sheet = house();
    sheet.resources[2].shifts.clear();
    let mut plan = sound(&[]);
    give(&mut plan, "six", &["t1", "t2"]);
    assert_eq!(check(&sheet, &plan).faults.iter().map(|f| f.code).collect::<Vec<_>>(), ["shift"]);
}

#[test]
fn a_combination_serves_beside_staff_as_the_format_says() {
    let mut sheet = house();
    let anybody = sheet.bookings[2].demands[0].clone();
    sheet.bookings[8].demands.push(anybody);
    let mut plan = sound(&[]);
    give(&mut plan, "six", &["bob", "t1", "t2"]);
    assert_eq!(check(&sheet, &plan).faults, []);
    give(&mut plan, "six", &["bob", "t2"]);
    assert_eq!(check(&sheet, &plan).faults.iter().map(|f| f.code).collect::<Vec<_>>(), ["party"]);
}

#[test]
fn people_are_dealt_out_to_demands_one_each() {
    let mut sheet = house();
    let skilled = sheet.bookings[0].demands[0].clone();
    sheet.bookings[6].demands = vec![sheet.bookings[1].demands[0].clone(), skilled.clone()];
    assert_eq!(check(&sheet, &sound(&[])).faults, [], "the skilled one is left for the demand that needs her");
    sheet.bookings[6].demands = vec![skilled.clone(), skilled];
    assert_eq!(check(&sheet, &sound(&[])).faults.iter().map(|f| f.code).collect::<Vec<_>>(), ["qualification"]);
}

#[test]
fn finalized_bookings_may_move_where_the_plan_prices_it() {
    let mut plan = sound(&[Term::Unplaced, Term::FinalizedMoved]);
    give(&mut plan, "told", &["ann"]);
    plans::make_true(&house(), &mut plan);
    let checked = check(&house(), &plan);
    assert_eq!((checked.faults, checked.values.get("finalized_moved")), (vec![], Some(1.0)));
    give(&mut plan, "bound", &["ann"]);
    plans::make_true(&house(), &mut plan);
    assert_eq!(check(&house(), &plan).faults.iter().map(|f| f.code).collect::<Vec<_>>(), ["held"]);
}

/// Codes of the faults of the sound plan with all terms after a change that nothing makes true again.
fn told(change: impl FnOnce(&mut Plan)) -> Vec<&'static str> {
    let mut plan = sound(&Term::ALL);
    change(&mut plan);
    check(&house(), &plan).faults.into_iter().map(|f| f.code).collect()
}

#[test]
fn every_booking_stands_in_the_plan_once() {
    assert_eq!(told(|_| ()), [""; 0]);
    assert_eq!(told(|p| p.unplaced.clear()), ["missing"]);
    assert_eq!(told(|p| p.unplaced.push(p.unplaced[0].clone())), ["unplaced-twice"]);
    assert_eq!(told(|p| p.assignments.push(p.assignments[0].clone())), ["assigned-twice"]);
    assert_eq!(told(|p| p.assignments.push(zamu::sheet::plan::Placed { booking: "x".into(), resources: vec![] })), ["unknown-booking"]);
    assert_eq!(
        told(|p| p.unplaced.push(zamu::sheet::plan::Unplaced { booking: "her".into(), reason: p.unplaced[0].reason.clone() })),
        ["placed-and-unplaced"]
    );
    assert_eq!(told(|p| p.unplaced[0].reason = Reason::Foreign(Value::Null)), ["no-reason"]);
    let strange = Certified::CrowdedOut { bookings: vec!["six".into()], resources: vec!["zoe".into()] };
    assert_eq!(told(|p| p.unplaced[0].reason = Reason::Certified(strange)), ["reason"]);
    let ruled_out = |resource: &str| {
        let ruled_out = vec![RuledOut { resource: resource.into(), rule: "party".into(), detail: "too many".into() }];
        Reason::Certified(Certified::ImpossibleAlone { ruled_out })
    };
    assert_eq!(told(|p| p.unplaced[0].reason = ruled_out("t1+t2")), [""; 0], "a combination may be ruled out as a whole");
    assert_eq!(told(|p| p.unplaced[0].reason = ruled_out("t9")), ["reason"]);
}

#[test]
fn a_tier_is_worth_what_it_says() {
    for k in 0..Term::ALL.len() {
        assert_eq!(
            told(|p| (p.tiers[k].value, p.tiers[k].bound) = (p.tiers[k].value + 0.01, None)),
            ["tier-value", "optimal-with-gap"],
            "{:?}",
            Term::ALL[k]
        );
    }
    assert_eq!(told(|p| p.tiers[2].bound = Some(p.tiers[2].value + 1.0)), ["bound-above-value"]);
    assert_eq!(told(|p| p.tiers[2].bound = Some(p.tiers[2].value - 1.0)), ["optimal-with-gap"]);
    assert_eq!(told(|p| (p.tiers[2].bound, p.tiers[2].optimal) = (None, false)), ["status"]);
    assert_eq!(told(|p| p.tiers[2].value = f64::NAN), ["tier-value"]);
}

#[test]
fn changes_and_waived_wishes_are_those_that_follow() {
    assert_eq!(told(|p| p.waived.clear()), ["waived"]);
    assert_eq!(told(|p| p.waived.push(p.waived[0].clone())), ["waived"]);
    assert_eq!(told(|p| p.changes.push(zamu::sheet::plan::Change { booking: "her".into(), from: vec![], to: vec!["ann".into()] })), ["changes"]);
    let mut plan = sound(&[Term::Unplaced]);
    give(&mut plan, "free", &["bob"]);
    give(&mut plan, "again", &["bob"]);
    assert_eq!(check(&house(), &plan).faults.iter().map(|f| (f.code, f.about.as_str())).collect::<Vec<_>>(), [("changes", "free")]);
}

#[test]
fn the_values_are_those_worked_out_by_hand() {
    let values = check(&house(), &sound(&[])).values;
    // ann: 60 + 30 + 60 + 30 + 30 of 420 minutes; bob: 60 + 60 + 30 + 30 of 480; table 2: 120 of 480.
    let balance = 210.0 * 210.0 / 420.0 + 180.0 * 180.0 / 480.0 + 120.0 * 120.0 / 480.0;
    let expected = [
        ("unplaced", 1.0),
        ("finalized_moved", 0.0),
        ("balance", balance),
        ("moved", 0.0),
        ("resources_used", 3.0),
        ("temporary_used", 1.0),
        ("seats_wasted", 0.0),
        ("zone_missed", 0.0),
        ("affinity", 0.0),
        ("spread", 30.0),
    ];
    assert_eq!(values.iter().collect::<Vec<_>>(), expected);
}

#[test]
fn a_weighted_sum_is_valued_with_its_profile() {
    let text = "[[tier]]\nterm = \"unplaced\"\n[[tier]]\nname = \"comfort\"\nweights = { moved = 2.0, resources_used = 0.5 }\n";
    let profile = Profile::parse("house", text).unwrap();
    let mut plan = Plan { profile: "house".into(), ..sound(&[Term::Unplaced, Term::Moved]) };
    plan.tiers[1].name = "comfort".into();
    (plan.tiers[1].value, plan.tiers[1].bound) = (1.5, Some(1.5));
    let checked = check_with_profile(&house(), &plan, &profile);
    assert_eq!((checked.faults, checked.notes), (vec![], vec![]));
    assert_eq!(check(&house(), &plan).notes.len(), 1, "without the profile its value is open");
    plan.tiers[1].value = 2.5;
    assert_eq!(check_with_profile(&house(), &plan, &profile).faults[0].code, "tier-value");
    plan.tiers.pop();
    assert_eq!(check_with_profile(&house(), &plan, &profile).faults[0].code, "tier-order");
}
