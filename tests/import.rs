//! Importing other people's files: what is refused, repaired and skipped is said row by row; the rest goes in; twice changes nothing.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use zamu::domain::BookingState;
use zamu::ingest::{Action, ImportBatch, Mapping, RowReport, mapped, salon};

fn data(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data").join(name)
}

/// The real salon's folder, which lies beside the project. Without it the test is skipped, loudly; on the build machine it must be there.
fn salon_dir() -> Option<PathBuf> {
    let beside = std::env::var_os("ZAMU_SHARED").map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared"), PathBuf::from);
    let dir = beside.join("data/hair-salon");
    if dir.join("bookings.csv").exists() {
        return Some(dir);
    }
    assert!(std::env::var_os("CI").is_none(), "{} is missing, and the build machine has to have it", dir.display());
    eprintln!("SKIPPED: {} is missing, so the real salon was not imported", dir.display());
    None
}

fn spa() -> (ImportBatch, Vec<RowReport>) {
    let mapping = Mapping::read("spa.toml", &std::fs::read_to_string(data("spa.toml")).unwrap()).unwrap();
    let parsed = mapped::parse("spa.csv", &std::fs::read(data("spa.csv")).unwrap(), &mapping).unwrap();
    (parsed.batch, parsed.reports)
}

fn count(reports: &[RowReport]) -> BTreeMap<(&str, Action, &str), usize> {
    let mut counts = BTreeMap::new();
    for report in reports {
        *counts.entry((report.file.as_str(), report.action, report.code)).or_insert(0) += 1;
    }
    counts
}

#[test]
fn every_dirty_row_of_a_spreadsheet_is_reported_with_its_line_and_its_fate() {
    let (batch, reports) = spa();
    let fates: Vec<(u64, Action, &str)> = reports.iter().map(|r| (r.line, r.action, r.code)).collect();
    use Action::{Refused, Repaired, Skipped};
    assert_eq!(
        fates,
        [
            (3, Repaired, "overlap"),
            (4, Repaired, "not-utf-8"),
            (5, Refused, "no-such-time"),
            (6, Refused, "bad-date"),
            (11, Repaired, "off-grid"),
            (11, Repaired, "no-staff"),
            (13, Repaired, "unknown-staff"),
            (14, Refused, "unknown-service"),
            (16, Skipped, "duplicate"),
            (17, Refused, "bad-party-size"),
            (18, Refused, "unknown-status"),
            (19, Refused, "bad-time"),
            (20, Refused, "wrong-field-count"),
            (21, Repaired, "ambiguous-time"),
            (22, Repaired, "no-customer"),
        ]
    );
    assert_eq!(batch.bookings.iter().map(|b| b.line).collect::<Vec<_>>(), [2, 3, 4, 7, 11, 12, 13, 15, 21, 22]);
    assert!(reports.iter().all(|r| r.file == "spa.csv" && r.why.len() > 10));
}

#[test]
fn what_goes_in_says_what_the_file_said() {
    let (batch, _) = spa();
    let by_line = |line| batch.bookings.iter().find(|b| b.line == line).unwrap();
    let eve = by_line(7);
    assert_eq!(eve.customer.as_deref(), Some("Eve \"the boss\"; and\r\nfriends"));
    assert_eq!((eve.party_size, eve.span.minutes(), eve.buffer_after_minutes), (2, 60, 15));
    assert_eq!(eve.span.start.to_rfc3339(batch.location.timezone), "2018-03-12T10:00:00-05:00", "daylight saving has begun the day before");
    assert_eq!(by_line(2).span.start.to_rfc3339(batch.location.timezone), "2018-03-10T10:00:00-06:00");
    assert_eq!(by_line(3).gender.as_deref(), Some("female"));
    let bob = by_line(3).worked.as_ref().unwrap();
    assert_eq!((bob.staff.as_str(), bob.held), ("Grace", false), "Grace is busy with the buffer after Ann");
    assert_eq!(by_line(11).span.minutes(), 65);
    assert_eq!((by_line(12).state, by_line(15).state, by_line(22).state), (BookingState::NoShow, BookingState::Cancelled, BookingState::Completed));
    let zoe = batch.staff.iter().find(|s| s.external_ref == "Zoë").unwrap();
    assert_eq!(zoe.services, ["Hot stone"]);
}

#[test]
fn a_mapping_says_all_that_is_wrong_with_it_by_key() {
    let text = std::fs::read_to_string(data("spa.toml")).unwrap();
    let wrong = text
        .replace("America/Winnipeg", "Winnipeg")
        .replace("\"%d.%m.%Y\"", "\"%d.%m.\"")
        .replace("\"cancelled\"", "\"gone\"")
        .replace("minutes = 60", "minutes = 61")
        .replace("[\"Hot stone\"]", "[\"Cold stone\"]");
    let error = Mapping::read("spa.toml", &wrong).unwrap_err().to_string();
    for key in ["location.timezone", "formats.date", "values.status.\"storno\"", "services.\"Swedish\".minutes", "staff.\"Zoë\".services"] {
        assert!(error.contains(key), "{key} is not in: {error}");
    }
    assert!(error.starts_with("spa.toml: 5 faults:"), "{error}");
    let error = Mapping::read("spa.toml", &text.replace("staff = \"Therapist\"", "stuff = \"Therapist\"")).unwrap_err().to_string();
    assert!(error.contains("line 2") && error.contains("stuff"), "{error}");
    let error = Mapping::read("spa.toml", &text.replace("minutes = \"Length\"", "minutes = 5")).unwrap_err().to_string();
    assert!(error.contains("expected a string"), "{error}");
}

#[test]
fn a_file_without_the_columns_its_mapping_names_is_an_error_that_names_them_all() {
    let mapping = Mapping::read("spa.toml", &std::fs::read_to_string(data("spa.toml")).unwrap()).unwrap();
    let error = mapped::parse("x.csv", b"Day;From\n", &mapping).unwrap_err().to_string();
    assert!(error.contains("x.csv: line 1") && error.contains("Length, Treatment, Therapist"), "{error}");
}

#[test]
fn the_real_salon_comes_in_whole_and_everything_that_did_not_is_accounted_for() {
    let Some(dir) = salon_dir() else { return };
    let parsed = salon::parse(&salon::Files::read(&dir).unwrap(), &salon::Options::default()).unwrap();
    let batch = &parsed.batch;
    let in_state = |state| batch.bookings.iter().filter(|b| b.state == state).count();
    assert_eq!(batch.bookings.iter().filter(|b| b.file == "bookings.csv").count(), 1906, "every booking");
    assert_eq!((in_state(BookingState::NoShow), in_state(BookingState::Cancelled)), (60, 241));
    assert_eq!((batch.staff.len(), batch.services.len()), (6, 29));
    assert_eq!(batch.bookings.iter().filter(|b| b.takes_time() && b.worked.is_none()).count(), 19, "HOUSE is nobody");
    assert_eq!(batch.bookings.iter().filter(|b| b.worked.as_ref().is_some_and(|w| !w.held)).count(), 10);
    let counts = count(&parsed.reports);
    assert_eq!(counts[&("bookings.csv", Action::Repaired, "overlap")], 10);
    assert_eq!(counts[&("bookings.csv", Action::Repaired, "no-customer")], 1);
    assert_eq!(counts[&("cancellations.csv", Action::Skipped, "duplicate")], 2);
    assert_eq!(counts[&("cancellations.csv", Action::Repaired, "no-time")], 241);
    assert_eq!(counts[&("services.csv", Action::Refused, "no-duration")], 4);
    assert!(!counts.keys().any(|(file, action, _)| *file == "bookings.csv" && *action == Action::Refused));
    assert!(parsed.reports.iter().all(|r| r.line >= 2), "every report has a line under the header");
    let refs: std::collections::BTreeSet<&str> = batch.bookings.iter().map(|b| b.external_ref.as_str()).collect();
    assert_eq!(refs.len(), batch.bookings.len(), "references are distinct");
}
