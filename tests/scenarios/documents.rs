//! What a scenario may say, and what is said of one that cannot be.

use serde_json::{Value, json};
use zamu::scenario::document::{self, shipped_profile};
use zamu::scenario::{Scenario, grid};

use super::{scenario, small};

fn refused(text: &str) -> String {
    Scenario::from_toml("mine.toml", text, &shipped_profile).unwrap_err().to_string()
}

#[test]
fn every_fault_is_told_at_once_with_its_line() {
    let said = refused(
        "profile = \"nightli\"\n\n[parameters]\nunused = [1]\nempty = []\n\n[[change]]\nkind = \"absense\"\n\n[[change]]\nkind = \"temp\"\nqualifications = \"cut\"\nfrom = \"9:00\"\nto = \"17:00\"\n\n[[change]]\nkind = \"demand\"\ngrow = \"$growth\"\n",
    );
    for (line, what) in [
        ("line 1: profile", "there is no profile \"nightli\""),
        ("line 4: parameters.unused", "is used by no change"),
        ("line 5: parameters.empty", "has no values"),
        ("line 7: change[0]", "did you mean \"absence\""),
        ("line 10: change[1]", "qualifications"),
        ("line 16: change[2]", "there is no parameter `growth`"),
    ] {
        assert!(said.lines().any(|found| found.contains(line) && found.contains(what)), "{line}: {what}\n{said}");
    }
}

#[test]
fn what_is_no_toml_or_has_unknown_keys_is_refused_where_it_stands() {
    assert!(refused("name = \n").contains("line 1"));
    assert!(refused("\n\nnmae = \"x\"\n").contains("unknown field `nmae`"));
    assert!(refused("[base]\nsheets = [\"a.json\"]\nlocation = \"spa\"\n").contains("exactly one of"));
    assert!(refused("expect = [\"unplacd = 0\"]\n").contains("did you mean `unplaced`"));
}

#[test]
fn a_change_is_read_with_every_value_of_its_parameters_before_anything_is_run() {
    let said =
        refused("[parameters]\nhours = [\"10:00\", \"noon\"]\n[[change]]\nkind = \"block\"\nwho = \"ann\"\nfrom = \"$hours\"\nto = \"13:00\"\n");
    assert!(said.contains("\"noon\" is no time of day") && said.contains("with hours=noon"), "{said}");
}

#[test]
fn lists_of_parameters_make_every_combination_the_last_changing_fastest() {
    let document = json!({"parameters": {"temps": [0, 1], "growth": [0.0, 0.1, 0.2]},
        "change": [{"kind": "demand", "grow": "$growth"}, {"kind": "temp", "count": "$temps", "qualifications": ["cut"], "from": "09:00", "to": "10:00"}]});
    let labels: Vec<String> = scenario(document).choices().iter().map(grid::label).collect();
    assert_eq!(
        labels,
        ["temps=0 growth=0.0", "temps=0 growth=0.1", "temps=0 growth=0.2", "temps=1 growth=0.0", "temps=1 growth=0.1", "temps=1 growth=0.2"]
    );
}

#[test]
fn whom_no_day_of_the_base_has_is_refused_with_who_is_near() {
    let suits = |changes: Value| scenario(json!({"change": changes})).suits(&[small()]).map_err(|faults| faults.to_string());
    let said = suits(json!([{"kind": "absence", "who": ["anne", "bob"]}, {"kind": "demand", "grow": 0.1, "service": "shave"}, {"kind": "unbind", "bookings": ["b9"]}])).unwrap_err();
    for what in [
        "change[0]: there is nobody called `anne`",
        "did you mean `ann`",
        "change[1]: there is no service `shave`",
        "change[2]: there is no booking `b9`",
    ] {
        assert!(said.contains(what), "{what}\n{said}");
    }
    // Whom a change has brought may be named by the next one.
    suits(json!([{"kind": "hire", "id": "fay", "like": "ann"}, {"kind": "absence", "who": "fay"}])).unwrap();
    assert!(suits(json!([{"kind": "absence", "who": "fay"}, {"kind": "hire", "id": "fay", "like": "ann"}])).is_err());
}

#[test]
fn a_qualification_that_is_nearly_one_of_the_base_is_a_mistake_and_a_new_one_is_not() {
    let suits = |learn: &str| scenario(json!({"change": [{"kind": "training", "who": "bob", "learn": [learn]}]})).suits(&[small()]);
    for nearly in ["Colour", "colours", "col-our"] {
        assert!(suits(nearly).unwrap_err().to_string().contains("did you mean `colour`"), "{nearly}");
    }
    for fine in ["colour", "balayage", "cuts"] {
        suits(fine).unwrap();
    }
}

#[test]
fn the_schema_knows_every_kind_and_lets_parameters_stand_for_values() {
    let schema = serde_json::to_value(document::schema()).unwrap();
    let kinds = schema["$defs"]["Change"]["oneOf"].as_array().unwrap();
    assert_eq!(kinds.len(), 16);
    assert!(kinds.iter().all(|kind| kind["properties"].get("on").is_some()), "{kinds:#?}");
    let grow = &kinds.iter().find(|kind| kind["properties"]["kind"]["const"] == "demand").unwrap()["properties"]["grow"];
    assert!(grow["anyOf"].as_array().unwrap().iter().any(|way| way["pattern"] == "^\\$"), "{grow:#}");
}
