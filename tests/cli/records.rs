//! The commands that read a database: locations, bookings, sheet, runs.

use crate::house::{SPA, Spa, held_by, sat, stamp};
use crate::{contents, zamu};
use zamu::store::{NewBooking, Store};

/// A spa with one booking on Saturday, closed so that nothing writes to it any more.
fn spa_with_a_booking() -> Spa {
    tokio::runtime::Runtime::new().unwrap().block_on(async {
        let spa = Spa::open().await;
        let new = NewBooking { id: Some("b1".into()), customer_id: Some("amina".into()), ..NewBooking::new(SPA, "swedish", sat("10:00")) };
        spa.store.take_booking(&new, &held_by(&["grace"]), &stamp()).await.unwrap().unwrap();
        spa.store.close().await;
        spa
    })
}

#[test]
fn locations_bookings_and_their_history_are_shown_as_a_table_and_as_json() {
    let spa = spa_with_a_booking();
    let here = spa.folder.path();
    assert!(zamu(here, "locations").out.contains("Africa/Nairobi"));
    assert_eq!(zamu(here, "locations --json").json()[0]["id"], SPA);
    let table = zamu(here, "bookings list --location westlands --date 2026-11-21").out;
    for word in ["10:00–11:00", "b1", "Swedish massage", "Amina", "provisional", "Grace"] {
        assert!(table.contains(word), "{word}: {table}");
    }
    let list = zamu(here, "bookings list --location westlands --date 2026-11-21 --json").json();
    assert_eq!((list[0]["start"].as_str(), list[0]["resources"][0].as_str()), (Some("2026-11-21T10:00:00+03:00"), Some("grace")));
    assert!(zamu(here, "bookings show b1").out.contains("frontdesk"));
    assert_eq!(zamu(here, "bookings show b1 --json").json()["history"][0]["booking_id"], "b1");
}

#[test]
fn a_days_sheet_goes_straight_into_the_solver() {
    let spa = spa_with_a_booking();
    let here = spa.folder.path();
    assert_eq!(zamu(here, "sheet --location westlands --date 2026-11-21 --out day.json").code, 0);
    let solved = zamu(here, "solve day.json");
    assert!(solved.code == 0 && solved.out.contains("proven"), "{solved:?}");
    assert_eq!(zamu(here, "sheet --location westlands --date 2026-11-21").json()["bookings"][0]["id"], "b1");
}

#[test]
fn a_day_without_bookings_or_runs_is_no_error() {
    let spa = spa_with_a_booking();
    assert!(zamu(spa.folder.path(), "bookings list --location westlands --date 2026-11-22").out.contains("nothing is booked"));
    assert_eq!(zamu(spa.folder.path(), "runs list --location westlands --json").json(), serde_json::json!([]));
    assert_eq!(zamu(spa.folder.path(), "runs list --location westlands").code, 0);
}

#[test]
fn what_is_not_there_is_named_with_the_nearest_thing_that_is() {
    let spa = spa_with_a_booking();
    let here = spa.folder.path();
    for (words, said) in [
        ("bookings list --location westland --date 2026-11-21", vec!["westland", "did you mean \"westlands\"?"]),
        ("sheet --location karen --date 2026-11-21 --out day.json", vec!["karen", "westlands"]),
        ("sheet --location westlands --date 21.11.2026 --out day.json", vec!["21.11.2026", "YYYY-MM-DD"]),
        ("sheet --location westlands --date 2026-02-30 --out day.json", vec!["2026-02-30"]),
        ("bookings show b9", vec!["b9"]),
        ("runs show r9", vec!["r9", "zamu runs list"]),
        ("runs list --location karen", vec!["karen", "westlands"]),
    ] {
        let complaint = zamu(here, words).complaint();
        for word in said {
            assert!(complaint.contains(word), "{words}: {word:?} is not in {complaint}");
        }
        assert!(!here.join("day.json").exists(), "{words}");
    }
}

#[test]
fn a_database_that_is_missing_a_directory_or_something_else_is_named_and_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    std::fs::create_dir(here.join("somewhere")).unwrap();
    std::fs::write(here.join("notes.txt"), "not a database, but long enough to look at: ".repeat(100)).unwrap();
    let before = contents(here);
    for file in ["nothing.db", "somewhere", "notes.txt"] {
        let complaint = zamu(here, &format!("locations --db {file}")).complaint();
        assert!(complaint.contains(file), "{complaint}");
        assert_eq!(contents(here), before, "{file}");
    }
}
