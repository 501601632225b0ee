//! The commands about who does how much and who is missed: ledger, resilience. Yesterday goes by the machine's clock, as the commands do.

use chrono::Days;
use zamu::clock::{Clock, SystemClock};
use zamu::domain::local::local_date;
use zamu::store::{NewBooking, Store};

use crate::house::{SPA, Spa, TIMEZONE, at, held_by, stamp};
use crate::zamu;

/// The spa with two massages yesterday, both by Grace, and a deep-tissue one far ahead, which only she can do.
fn spa() -> Spa {
    tokio::runtime::Runtime::new().unwrap().block_on(async {
        let spa = Spa::open().await;
        let yesterday = local_date(TIMEZONE, SystemClock.now()).checked_sub_days(Days::new(1)).unwrap().to_string();
        for (service, date, clock) in [("swedish", yesterday.as_str(), "10:00"), ("swedish", &yesterday, "12:00"), ("deep", "2090-01-14", "10:00")] {
            spa.store.take_booking(&NewBooking::new(SPA, service, at(date, clock)), &held_by(&["grace"]), &stamp()).await.unwrap().unwrap();
        }
        spa.store.close().await;
        spa
    })
}

#[test]
fn the_ledger_closes_once_shows_everybody_and_takes_corrections() {
    let spa = spa();
    let here = spa.folder.path();
    assert!(zamu(here, "ledger close --location westlands").out.starts_with("westlands: closed 1 day,"));
    assert_eq!(zamu(here, "ledger close").out, "westlands: nothing to close\n");
    let corrected = zamu(here, "ledger correct --location westlands --who Grace --minutes -30 --reason stocktaking --json");
    assert_eq!((corrected.code, corrected.json()["minutes"].as_i64()), (0, Some(-30)), "{corrected:?}");
    let shown = zamu(here, "ledger --location westlands --json").json();
    let grace = shown["people"].as_array().unwrap().iter().find(|one| one["id"] == "grace").unwrap();
    assert_eq!(
        (grace["actual_minutes"].as_i64(), grace["target_minutes"].as_f64(), grace["balance_minutes"].as_f64()),
        (Some(120), Some(40.0), Some(50.0))
    );
    let text = zamu(here, "ledger --location westlands").out;
    for word in ["1 day closed", "Grace", "above share", "stocktaking"] {
        assert!(text.contains(word), "no {word:?} in\n{text}");
    }
    let wrong = zamu(here, "ledger correct --location westlands --who grase --minutes 30 --reason x").complaint();
    assert!(wrong.contains("did you mean Grace"), "{wrong}");
    assert!(zamu(here, "ledger correct --location westlands --who joy --minutes 0 --reason x").complaint().contains("expected 1 to 10080"));
    assert!(zamu(here, "ledger --location westlans").complaint().contains("westlands"));
}

#[test]
fn resilience_says_the_same_of_a_stored_day_and_of_its_sheet() {
    let spa = spa();
    let here = spa.folder.path();
    let stored = zamu(here, "resilience --location westlands --date 2090-01-14 --json");
    assert_eq!(stored.code, 1, "without grace nobody serves it: {stored:?}");
    assert_eq!((&stored.json()["absences"][0]["id"], &stored.json()["absences"][0]["breaks"]), (&"grace".into(), &1.into()));
    assert_eq!(zamu(here, "sheet --location westlands --date 2090-01-14 --out day.json").code, 0);
    assert_eq!(zamu(here, "resilience day.json --json --threads 1").out, stored.out);
    let text = zamu(here, "resilience day.json").out;
    assert!(text.contains("nothing breaks without brian, or joy") && text.contains("deep-tissue"), "{text}");
    let quiet = zamu(here, "resilience --location westlands --date 2090-01-15");
    assert_eq!(quiet.code, 0, "nothing is booked: {quiet:?}");
    assert!(zamu(here, "resilience nothing.json").complaint().contains("nothing.json"));
    assert_eq!(zamu(here, "resilience").code, 2);
}
