//! What reading a sheet promises: a valid one is understood to the letter, a faulty one is refused with every fault and its path.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on stops")]

#[expect(dead_code, reason = "shared by several tests, each takes what it needs")]
mod support;

use proptest::prelude::*;
use serde_json::{Value, json};
use support::plans;
use support::rng::Rng;
use support::sheets::{Knobs, random_sheet};
use zamu::alloc::profile::Term;
use zamu::domain::{AssignmentStatus, ResourceKind};
use zamu::sheet::read::{from_slice, from_str, plan_from_slice};
use zamu::sheet::{Faults, Sheet, write};

/// A small valid sheet with one of everything.
fn document() -> Value {
    json!({"format": "zamu.sheet/1",
        "location": {"id": "nairobi-1", "name": "Westlands", "timezone": "Africa/Nairobi"},
        "date": "2026-11-21", "grid_minutes": 5,
        "resources": [
            {"id": "grace", "name": "Grace", "kind": "staff", "gender": "female", "qualifications": ["swedish", "deep-tissue"],
             "shifts": [{"start": "2026-11-21T09:00:00+03:00", "end": "2026-11-21T12:00:00+03:00"},
                        {"start": "2026-11-21T10:00:00Z", "end": "2026-11-21T17:00:00+03:00"}],
             "blocks": [{"start": "2026-11-21T14:00:00+03:00", "end": "2026-11-21T14:45:00+03:00", "reason": "break"}],
             "temporary": false, "carried_minutes": -7.5},
            {"id": "joy"},
            {"id": "t4", "name": "Table 4", "kind": "table", "seats": 4, "min_party": 2, "zone": "window", "shifts": []},
            {"id": "t5", "kind": "table", "seats": 4}],
        "combinations": [{"id": "t4+t5", "members": ["t4", "t5"], "seats": 8, "min_party": 5}],
        "bookings": [
            {"id": "b1", "start": "2026-11-21T10:00:00+03:00", "end": "2026-11-21T11:00:00+03:00",
             "buffer_before_minutes": 0, "buffer_after_minutes": 15,
             "demands": [{"kind": "staff", "qualifications": ["swedish"], "count": 1}],
             "gender": "female", "zone": null, "party_size": 1, "priority": 1, "same_resource_as": null,
             "affinity": {"grace": 0.8}, "assignment": {"status": "provisional", "resources": ["grace"]}},
            {"id": "b2", "start": "2026-11-21T11:15:00+03:00", "end": "2026-11-21T11:45:00+03:00",
             "demands": [{}], "same_resource_as": "b1"}]})
}

fn read(document: &Value) -> Result<Sheet, Faults> {
    from_str(&document.to_string())
}

/// The document with the value at a JSON pointer replaced; a key that is not there is added.
fn with(pointer: &str, value: Value) -> Value {
    let mut changed = document();
    let (parent, key) = pointer.rsplit_once('/').unwrap();
    match changed.pointer_mut(parent).unwrap() {
        Value::Object(entries) => drop(entries.insert(key.to_owned(), value)),
        Value::Array(items) if key == "-" => items.push(value),
        Value::Array(items) => items[key.parse::<usize>().unwrap()] = value,
        _ => panic!("{pointer} leads nowhere"),
    }
    changed
}

fn without(pointer: &str) -> Value {
    let mut changed = document();
    let (parent, key) = pointer.rsplit_once('/').unwrap();
    changed.pointer_mut(parent).unwrap().as_object_mut().unwrap().shift_remove(key).unwrap();
    changed
}

/// Code and path of every fault.
fn found(faults: &Faults) -> Vec<(&str, &str)> {
    faults.0.iter().map(|f| (f.code, f.path.as_str())).collect()
}

/// The document has exactly this fault, and its message says all of `words`.
#[track_caller]
fn refused(document: &Value, code: &str, path: &str, words: &[&str]) {
    let faults = read(document).expect_err("is faulty");
    assert_eq!(found(&faults), [(code, path)], "{faults}");
    for word in words {
        assert!(faults.0[0].message.contains(word), "no {word:?} in {faults}");
    }
}

#[test]
fn the_formats_own_example_is_understood_to_the_letter() {
    let sheet = read(&document()).unwrap();
    assert_eq!(
        (sheet.location.id.as_str(), sheet.location.name.as_str(), sheet.location.timezone.name()),
        ("nairobi-1", "Westlands", "Africa/Nairobi")
    );
    assert_eq!((sheet.date.to_string().as_str(), sheet.grid_minutes), ("2026-11-21", 5));
    let grace = &sheet.resources[0];
    assert_eq!(grace.shifts.iter().map(|s| s.minutes()).collect::<Vec<_>>(), [180, 240]);
    assert_eq!(grace.blocks[0].reason.as_deref(), Some("break"));
    assert_eq!((grace.carried_minutes, grace.gender.as_deref()), (-7.5, Some("female")));
    assert_eq!((sheet.resources[2].kind, sheet.resources[2].seats, sheet.resources[2].min_party), (ResourceKind::Table, 4, 2));
    assert_eq!(sheet.combinations[0].members, ["t4", "t5"]);
    let first = &sheet.bookings[0];
    assert_eq!(first.occupied().minutes(), 75);
    assert_eq!(first.affinity["grace"], 0.8);
    assert_eq!(first.assignment.as_ref().unwrap().status, AssignmentStatus::Provisional);
    assert_eq!(sheet.bookings[1].same_resource_as.as_deref(), Some("b1"));
}

#[test]
fn what_is_left_out_has_its_default() {
    let sheet = read(&without("/grid_minutes")).unwrap();
    assert_eq!(sheet.grid_minutes, 5);
    let joy = &sheet.resources[1];
    assert_eq!((joy.name.as_str(), joy.kind, joy.temporary, joy.carried_minutes), ("joy", ResourceKind::Staff, false, 0.0));
    assert!(joy.shifts.is_empty() && joy.blocks.is_empty() && joy.qualifications.is_empty());
    assert_eq!((sheet.resources[3].min_party, sheet.resources[3].zone.as_deref()), (1, None));
    let second = &sheet.bookings[1];
    assert_eq!((second.party_size, second.priority, second.demands[0].count), (1, 1, 1));
    assert_eq!((second.demands[0].kind, second.assignment.as_ref()), (ResourceKind::Staff, None));
    assert_eq!(read(&without("/location/name")).unwrap().location.name, "nairobi-1");
    assert!(read(&without("/combinations")).unwrap().combinations.is_empty());
}

#[test]
fn null_is_the_same_as_left_out() {
    for key in
        ["gender", "zone", "party_size", "priority", "same_resource_as", "affinity", "assignment", "buffer_before_minutes", "buffer_after_minutes"]
    {
        let pointer = format!("/bookings/0/{key}");
        assert_eq!(read(&with(&pointer, Value::Null)).unwrap(), read(&without(&pointer)).unwrap(), "{key}");
    }
}

#[test]
fn a_word_that_is_no_key_is_refused_with_the_near_one() {
    refused(
        &with("/bookings/0/buffer_after_minuts", json!(5)),
        "unknown-key",
        "bookings[0].buffer_after_minuts",
        &["did you mean \"buffer_after_minutes\""],
    );
    refused(&with("/resources/0/shifts/1/until", json!("x")), "unknown-key", "resources[0].shifts[1].until", &["start, end"]);
    refused(&with("/bookings/0/demands/0/number of", json!(1)), "unknown-key", "bookings[0].demands[0][\"number of\"]", &[]);
}

#[test]
fn a_key_that_must_be_there_is_missed() {
    for (pointer, path) in [
        ("/location", "location"),
        ("/location/timezone", "location.timezone"),
        ("/date", "date"),
        ("/resources/1/id", "resources[1].id"),
        ("/combinations/0/seats", "combinations[0].seats"),
        ("/bookings/0/start", "bookings[0].start"),
        ("/bookings/0/demands", "bookings[0].demands"),
        ("/bookings/0/assignment/status", "bookings[0].assignment.status"),
    ] {
        refused(&without(pointer), "missing-key", path, &["expected"]);
    }
    refused(&without("/resources/2/seats"), "missing-key", "resources[2].seats", &["whole number of seats"]);
    refused(&without("/format"), "wrong-format", "format", &["zamu.sheet/1"]);
    refused(&with("/format", json!("zamu.plan/1")), "wrong-format", "format", &["zamu.plan/1", "zamu.sheet/1"]);
}

#[test]
fn a_value_of_the_wrong_type_is_named() {
    refused(&with("/bookings/0/demands/0/count", json!("two")), "wrong-type", "bookings[0].demands[0].count", &["the text \"two\"", "whole number"]);
    refused(&with("/bookings", json!({})), "wrong-type", "bookings", &["an object", "a list"]);
    refused(&with("/bookings/1", json!(3)), "wrong-type", "bookings[1]", &["the number 3", "an object"]);
    refused(&with("/resources/1/temporary", json!("no")), "wrong-type", "resources[1].temporary", &["true or false"]);
    refused(&with("/bookings/0/affinity/grace", json!("much")), "wrong-type", "bookings[0].affinity.grace", &["number"]);
    refused(&with("/resources/0/kind", json!("stuff")), "unknown-word", "resources[0].kind", &["staff"]);
    refused(&with("/bookings/0/assignment/status", json!("fixed")), "unknown-word", "bookings[0].assignment.status", &["finalized"]);
}

#[test]
fn a_time_needs_an_offset_and_a_whole_minute() {
    let at = "/bookings/0/start";
    refused(&with(at, json!("2026-11-21T10:00:00")), "no-offset", "bookings[0].start", &["no offset", "+03:00"]);
    refused(&with(at, json!("21.11.2026 10:00")), "bad-time", "bookings[0].start", &["RFC 3339"]);
    refused(&with(at, json!("2026-11-21T10:00:30+03:00")), "not-whole-minute", "bookings[0].start", &["whole minute"]);
    refused(&with(at, json!("9999-11-21T10:00:00+03:00")), "out-of-range", "bookings[0].start", &["2200"]);
    refused(&with("/date", json!("2026-02-30")), "bad-date", "date", &["2026-02-30"]);
    refused(&with("/location/timezone", json!("Africa/Nairobbi")), "unknown-timezone", "location.timezone", &["did you mean \"Africa/Nairobi\""]);
}

#[test]
fn what_ends_before_it_starts_is_refused() {
    refused(&with("/bookings/0/end", json!("2026-11-21T09:00:00+03:00")), "ends-before-start", "bookings[0].end", &["60 minutes before"]);
    refused(&with("/bookings/0/end", json!("2026-11-21T10:00:00+03:00")), "ends-before-start", "bookings[0].end", &["when it starts"]);
    refused(&with("/resources/0/blocks/0/end", json!("2026-11-21T13:00:00+03:00")), "ends-before-start", "resources[0].blocks[0].end", &["block"]);
    refused(&with("/resources/0/shifts/0/end", json!("2026-11-21T08:00:00+03:00")), "ends-before-start", "resources[0].shifts[0].end", &["shift"]);
}

#[test]
fn shifts_of_one_person_that_overlap_are_both_named() {
    let document = with("/resources/0/shifts/1/start", json!("2026-11-21T11:00:00+03:00"));
    refused(&document, "overlapping-shifts", "resources[0].shifts[1]", &["resources[0].shifts[0]"]);
}

#[test]
fn an_id_belongs_to_one() {
    refused(&with("/resources/1/id", json!("grace")), "duplicate-id", "resources[1].id", &["resources[0]"]);
    let mut twice = with("/bookings/1/id", json!("b1"));
    twice["bookings"][1]["same_resource_as"] = Value::Null;
    refused(&twice, "duplicate-id", "bookings[1].id", &["bookings[0]"]);
    let again = json!({"id": "t4+t5", "members": ["t5", "t4"], "seats": 8});
    let faults = read(&with("/combinations/-", again)).unwrap_err();
    assert_eq!(found(&faults), [("duplicate-id", "combinations[1].id"), ("duplicate-members", "combinations[1].members")]);
    refused(
        &with("/bookings/0/assignment/resources", json!(["grace", "grace"])),
        "duplicate-id",
        "bookings[0].assignment.resources[1]",
        &["resources[0]"],
    );
}

#[test]
fn a_combination_is_of_two_or_more_known_tables() {
    refused(&with("/combinations/0/members", json!(["t4"])), "too-few-members", "combinations[0].members", &["two or more"]);
    refused(&with("/combinations/0/members", json!(["t4", "t6"])), "unknown-id", "combinations[0].members[1]", &["\"t6\""]);
    refused(&with("/combinations/0/members", json!(["t4", "joy"])), "not-a-table", "combinations[0].members[1]", &["person"]);
}

#[test]
fn an_id_that_nobody_has_is_refused_with_the_near_one() {
    refused(
        &with("/bookings/0/assignment/resources", json!(["grcae"])),
        "unknown-id",
        "bookings[0].assignment.resources[0]",
        &["did you mean \"grace\""],
    );
    refused(&with("/bookings/0/affinity", json!({"Grace": 1})), "unknown-id", "bookings[0].affinity.Grace", &["did you mean \"grace\""]);
    refused(&with("/bookings/1/same_resource_as", json!("b7")), "unknown-id", "bookings[1].same_resource_as", &["\"b7\""]);
    refused(&with("/bookings/1/same_resource_as", json!("b2")), "own-id", "bookings[1].same_resource_as", &["itself"]);
}

#[test]
fn the_grid_divides_every_duration() {
    refused(&with("/bookings/0/end", json!("2026-11-21T11:02:00+03:00")), "off-grid", "bookings[0]", &["62 minutes", "grid_minutes = 5"]);
    refused(&with("/bookings/0/buffer_after_minutes", json!(7)), "off-grid", "bookings[0].buffer_after_minutes", &["7"]);
    refused(&with("/resources/0/shifts/0/end", json!("2026-11-21T11:59:00+03:00")), "off-grid", "resources[0].shifts[0]", &["179"]);
    refused(&with("/resources/0/blocks/0/end", json!("2026-11-21T14:46:00+03:00")), "off-grid", "resources[0].blocks[0]", &["46"]);
    refused(&with("/grid_minutes", json!(0)), "out-of-range", "grid_minutes", &["from 1"]);
    assert!(read(&with("/grid_minutes", json!(15))).is_ok());
}

#[test]
fn numbers_have_their_range() {
    for (pointer, path, value) in [
        ("/bookings/0/demands/0/count", "bookings[0].demands[0].count", json!(0)),
        ("/bookings/0/demands/0/count", "bookings[0].demands[0].count", json!(1_000_000_000)),
        ("/bookings/0/priority", "bookings[0].priority", json!(0)),
        ("/bookings/0/party_size", "bookings[0].party_size", json!(0)),
        ("/bookings/0/party_size", "bookings[0].party_size", json!(2.5)),
        ("/bookings/0/buffer_before_minutes", "bookings[0].buffer_before_minutes", json!(-5)),
        ("/bookings/0/buffer_before_minutes", "bookings[0].buffer_before_minutes", json!(u64::MAX)),
        ("/resources/2/seats", "resources[2].seats", json!(0)),
        ("/resources/2/min_party", "resources[2].min_party", json!(-1)),
        ("/resources/0/carried_minutes", "resources[0].carried_minutes", json!(1e300)),
        ("/bookings/0/affinity/grace", "bookings[0].affinity.grace", json!(-1e300)),
    ] {
        refused(&with(pointer, value), "out-of-range", path, &["expected"]);
    }
    assert_eq!(read(&with("/bookings/0/party_size", json!(2.0))).unwrap().bookings[0].party_size, 2);
}

#[test]
fn a_key_that_stands_twice_is_refused() {
    let text = document().to_string().replace("\"priority\":1", "\"priority\":1,\"priority\":9");
    let faults = from_str(&text).unwrap_err();
    assert_eq!(found(&faults), [("duplicate-key", "bookings[0].priority")]);
}

#[test]
fn what_is_no_json_is_refused_with_its_place() {
    let text = serde_json::to_string_pretty(&document()).unwrap();
    let cut = from_str(&text[..text.len() / 2]).unwrap_err();
    assert_eq!(found(&cut), [("truncated", "")]);
    assert!(cut.0[0].message.contains("line") && cut.0[0].message.contains("column"), "{cut}");
    let broken = from_str(&text.replacen("\"date\":", "\"date\"=", 1)).unwrap_err();
    assert_eq!(found(&broken), [("invalid-json", "")]);
    assert!(broken.0[0].message.contains("line 8"), "{broken}");
    assert_eq!(found(&from_str("").unwrap_err()), [("truncated", "")]);
    assert_eq!(found(&from_str("[1]").unwrap_err()), [("wrong-type", "")]);
    assert_eq!(found(&from_str(&text.replacen("0.8", "NaN", 1)).unwrap_err()), [("invalid-json", "")]);
    assert_eq!(found(&from_str(&text.replacen("0.8", "1e999", 1)).unwrap_err()), [("invalid-json", "")]);
    assert_eq!(found(&from_str(&format!("{text}{text}")).unwrap_err()), [("invalid-json", "")]);
    assert_eq!(found(&from_str(&"[".repeat(100_000)).unwrap_err()), [("invalid-json", "")]);
}

#[test]
fn what_is_not_utf_8_is_refused_with_the_byte() {
    let mut bytes = document().to_string().into_bytes();
    bytes[40] = 0xe9;
    let faults = from_slice(&bytes).unwrap_err();
    assert_eq!(found(&faults), [("not-utf8", "")]);
    assert!(faults.0[0].message.contains("byte 40") && faults.0[0].message.contains("0xe9"), "{faults}");
}

#[test]
fn all_faults_are_reported_at_once_in_the_documents_order() {
    let mut document = document();
    document["date"] = json!("tomorrow");
    document["resources"][0]["shifts"][0]["start"] = json!("2026-11-21T09:00:00");
    document["resources"][1]["sex"] = json!("female");
    document["bookings"][0]["end"] = json!("2026-11-21T09:30:00+03:00");
    document["bookings"][0]["assignment"]["resources"] = json!(["gracy", "nobody"]);
    document["bookings"][1]["priority"] = json!(0);
    let faults = read(&document).unwrap_err();
    assert_eq!(
        found(&faults),
        [
            ("bad-date", "date"),
            ("no-offset", "resources[0].shifts[0].start"),
            ("unknown-key", "resources[1].sex"),
            ("ends-before-start", "bookings[0].end"),
            ("unknown-id", "bookings[0].assignment.resources[0]"),
            ("unknown-id", "bookings[0].assignment.resources[1]"),
            ("out-of-range", "bookings[1].priority"),
        ]
    );
}

#[test]
fn a_sheet_is_written_as_the_format_shows_it() {
    let text = write::to_json(&read(&document()).unwrap());
    let expected = r#"{
  "format": "zamu.sheet/1",
  "location": {
    "id": "nairobi-1",
    "name": "Westlands",
    "timezone": "Africa/Nairobi"
  },
  "date": "2026-11-21",
  "grid_minutes": 5,
  "resources": [
    {
      "id": "grace",
      "name": "Grace",
      "kind": "staff",
      "gender": "female",
      "qualifications": [
        "deep-tissue",
        "swedish"
      ],
      "shifts": [
        {
          "start": "2026-11-21T09:00:00+03:00","#;
    assert!(text.starts_with(expected), "{text}");
    assert!(text.ends_with("}\n") && text.contains("\"carried_minutes\": -7.5\n") && text.contains("\"seats\": 4"), "{text}");
    assert!(!text.contains("null") && !text.contains("\"party_size\"") && !text.contains("\"temporary\""), "defaults are left out: {text}");
    assert_eq!(write::sha256(&read(&document()).unwrap()), write::sha256_bytes(text.as_bytes()));
    assert_eq!(write::sha256_bytes(b"abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

#[test]
fn how_a_sheet_is_laid_out_does_not_change_its_hash() {
    let pretty = serde_json::to_string_pretty(&document()).unwrap().replace("13:00:00+03:00", "10:00:00Z");
    assert_eq!(write::sha256(&from_str(&pretty).unwrap()), write::sha256(&read(&document()).unwrap()));
}

#[test]
fn a_time_whose_offset_has_seconds_survives() {
    // Until 1928 Nairobi's clocks were 2 h 27 min 16 s ahead, which RFC 3339 cannot say.
    let mut old = document();
    old["resources"][0]["blocks"][0] = json!({"start": "1910-01-01T10:00:00Z", "end": "1910-01-01T11:00:00Z"});
    let sheet = read(&old).unwrap();
    assert_eq!(from_str(&write::to_json(&sheet)).unwrap(), sheet);
}

#[test]
fn a_plan_is_read_in_full_and_every_fault_of_its_form_is_found() {
    let plan = json!({"format": "zamu.plan/1", "sheet_sha256": "ab", "profile": "nightly", "status": "optimal",
        "tiers": [{"name": "unplaced", "value": 1, "bound": 1, "optimal": true}, {"name": "balance", "value": 812.5, "bound": 812.5, "optimal": true}],
        "baseline": {"tiers": [{"name": "unplaced", "value": 3}]},
        "assignments": [{"booking": "b1", "resources": ["grace"]}],
        "unplaced": [{"booking": "b9", "reason": {"code": "crowded-out", "bookings": ["b9", "b1"], "resources": ["grace"]}}],
        "waived": [{"booking": "b3", "rule": "gender"}], "changes": [{"booking": "b1", "from": ["joy"], "to": ["grace"]}],
        "solve": {"wall_ms": 41, "stopped": "proof", "solver": "HiGHS 1.15.0", "seed": u64::MAX}});
    let read = plan_from_slice(plan.to_string().as_bytes()).unwrap();
    assert_eq!(read, serde_json::from_value(plan.clone()).unwrap(), "as serde reads it");
    let written = write::plan_to_json(&read);
    assert_eq!(serde_json::from_str::<Value>(&written).unwrap(), plan);
    assert!(written.contains("\"value\": 1,") && written.contains("812.5") && written.contains("18446744073709551615"), "{written}");

    let mut faulty = plan;
    faulty["status"] = json!("OPTIMAL");
    faulty["tiers"][1]["value"] = json!("812.5");
    faulty["assignments"][0]["resource"] = json!("grace");
    faulty["solve"]["seed"] = json!(-1);
    faulty.as_object_mut().unwrap().shift_remove("unplaced");
    let faults = plan_from_slice(faulty.to_string().as_bytes()).unwrap_err();
    let expected = [
        ("unknown-word", "status"),
        ("wrong-type", "tiers[1].value"),
        ("unknown-key", "assignments[0].resource"),
        ("missing-key", "unplaced"),
        ("wrong-type", "solve.seed"),
    ];
    assert_eq!(found(&faults), expected, "{faults}");
}

proptest! {
    #[test]
    fn what_is_written_reads_back_equal(seed: u64, name in "\\PC{0,12}", id in "\\PC{1,12}", carried in -1e6..1e6, affinity in -10.0..10.0) {
        let mut sheet = random_sheet(seed, Knobs::DAY);
        sheet.location.name = name;
        let old = std::mem::replace(&mut sheet.resources[0].id, id.clone());
        sheet.resources[0].carried_minutes = carried;
        for combination in &mut sheet.combinations {
            combination.members.iter_mut().filter(|m| **m == old).for_each(|m| m.clone_from(&id));
        }
        for booking in &mut sheet.bookings {
            booking.affinity.remove(&old);
            booking.affinity.insert(id.clone(), affinity);
            booking.assignment.iter_mut().flat_map(|a| &mut a.resources).filter(|r| **r == old).for_each(|r| r.clone_from(&id));
        }
        prop_assume!(sheet.resources[1..].iter().all(|r| r.id != id));
        let text = write::to_json(&sheet);
        let read = from_str(&text).map_err(|faults| TestCaseError::fail(faults.to_string()))?;
        prop_assert_eq!(&read, &sheet);
        prop_assert_eq!(write::to_json(&read), text);
    }

    #[test]
    fn a_plan_that_is_written_reads_back_equal(seed: u64) {
        let sheet = random_sheet(seed, Knobs::SMALL);
        let plan = plans::valid_plan(&sheet, &Term::ALL, &mut Rng::new(seed));
        prop_assert_eq!(plan_from_slice(write::plan_to_json(&plan).as_bytes()).unwrap(), plan);
    }

    #[test]
    fn no_bytes_make_the_reader_fail_otherwise_than_by_faults(at in 0usize..1400, byte: u8, cut: bool) {
        let mut bytes = document().to_string().into_bytes();
        let at = at % bytes.len();
        bytes[at] = byte;
        if cut {
            bytes.truncate(at);
        }
        if let Err(faults) = from_slice(&bytes) {
            prop_assert!(!faults.0.is_empty());
        }
    }
}
