//! Importing other people's files: what is refused, repaired and skipped is said row by row; the rest goes in; twice changes nothing.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on stops")]

mod salon;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use assert_cmd::Command;
use zamu::domain::BookingState;
use zamu::ingest::{Action, Availability, ImportBatch, Mapping, Parsed, RowReport, mapped};
use zamu::store::{DayView, Store};

fn data(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data").join(name)
}

fn spa_by(toml: &str) -> Parsed {
    let mapping = Mapping::read("spa.toml", toml).unwrap();
    mapped::parse("spa.csv", &std::fs::read(data("spa.csv")).unwrap(), &mapping).unwrap()
}

fn spa() -> (ImportBatch, Vec<RowReport>) {
    let parsed = spa_by(&std::fs::read_to_string(data("spa.toml")).unwrap());
    assert!(parsed.left_out.is_empty());
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
fn hours_are_those_worked_or_those_the_mapping_gives() {
    let text = std::fs::read_to_string(data("spa.toml")).unwrap();
    let of = |batch: &ImportBatch, who: &str| {
        batch.hours.iter().filter(|h| h.staff.as_deref() == Some(who)).map(|h| (h.on, h.from, h.to)).collect::<Vec<_>>()
    };
    let worked = of(&spa().0, "Grace");
    assert_eq!(worked.len(), 1);
    assert_eq!((worked[0].1.to_string(), worked[0].2.to_string()), ("10:00:00".into(), "12:15:00".into()), "with the buffer after her last guest");
    let given =
        format!("{text}\n[staff.Uma]\n[[hours]]\ndays = [\"mon\", \"sat\"]\nfrom = \"09:00\"\nto = \"24:00\"\nstaff = [\"Grace\", \"Ben\"]\n");
    let parsed = spa_by(&given);
    assert!(matches!(
        of(&parsed.batch, "Grace")[..],
        [(Availability::Weekly(chrono::Weekday::Mon), ..), (Availability::Weekly(chrono::Weekday::Sat), ..)]
    ));
    assert_eq!(parsed.left_out.len(), 2, "Uma and Zoë have none: {:?}", parsed.left_out);
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
    let Some(dir) = salon::real() else { return };
    let parsed = salon::parse(&dir);
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

#[tokio::test]
async fn the_real_salon_imported_twice_changes_nothing_and_its_days_read_back() {
    let Some(dir) = salon::real() else { return };
    let batch = salon::parse(&dir).batch;
    let (folder, store) = salon::store_with(&batch).await;
    let april = "2018-04-05".parse().unwrap();
    let before = store.day("hair-salon", april, DayView::Recorded).await.unwrap();
    let again = salon::write(&store, &batch).await;
    for (what, tally) in again.tallies() {
        assert!(tally.is_quiet() && tally.refused == 0 && tally.unchanged > 0, "{what}: {tally:?}");
    }
    assert!(again.reports.is_empty());
    let after = store.day("hair-salon", april, DayView::Recorded).await.unwrap();
    assert_eq!((before.version, &before.sheet), (after.version, &after.sheet));
    assert_eq!((after.sheet.bookings.len(), after.sheet.resources.iter().filter(|r| !r.shifts.is_empty()).count()), (16, 4));
    let days = store.days_with_bookings("hair-salon", "2018-01-01".parse().unwrap(), "2019-12-31".parse().unwrap()).await.unwrap();
    assert_eq!((days.len(), days.iter().map(|(_, count)| count).sum::<usize>()), (160, 1906));
    let overlapping = store.booking("hair-salon:2018-06-06T08:30/COLE01/SHCM").await.unwrap();
    assert_eq!((overlapping.resources.len(), overlapping.served_by.as_slice()), (0, ["JJ".to_owned()].as_slice()));
    drop(folder);
}

#[test]
fn each_dirty_row_of_a_salon_meets_the_fate_its_kind_has() {
    let folder = salon::dirty();
    let parsed = salon::parse(folder.path());
    use Action::{Refused, Repaired, Skipped};
    let fates: Vec<(&str, u64, Action, &str)> = parsed.reports.iter().map(|r| (r.file.as_str(), r.line, r.action, r.code)).collect();
    assert_eq!(
        fates,
        [
            ("bookings.csv", 3, Repaired, "overlap"),
            ("bookings.csv", 4, Repaired, "time-mismatch"),
            ("bookings.csv", 5, Repaired, "bad-time"),
            ("bookings.csv", 6, Refused, "bad-time"),
            ("bookings.csv", 7, Refused, "bad-date"),
            ("bookings.csv", 8, Refused, "unknown-service"),
            ("bookings.csv", 9, Repaired, "no-customer"),
            ("bookings.csv", 10, Repaired, "no-staff"),
            ("bookings.csv", 11, Skipped, "duplicate"),
            ("bookings.csv", 12, Refused, "no-such-time"),
            ("bookings.csv", 13, Repaired, "overlap"),
            ("cancellations.csv", 2, Repaired, "no-time"),
            ("cancellations.csv", 3, Skipped, "duplicate"),
            ("cancellations.csv", 4, Repaired, "cancelled-after"),
            ("cancellations.csv", 4, Repaired, "no-time"),
            ("cancellations.csv", 5, Repaired, "bad-cancel-date"),
            ("cancellations.csv", 5, Repaired, "no-time"),
            ("derived_service_minutes.csv", 3, Repaired, "off-grid"),
            ("derived_service_minutes.csv", 4, Refused, "bad-duration"),
            ("derived_service_minutes.csv", 5, Refused, "duplicate"),
            ("no-shows.csv", 3, Refused, "no-booking"),
            ("receipts.csv", 5, Skipped, "refund"),
            ("receipts.csv", 6, Skipped, "quantity"),
            ("receipts.csv", 7, Skipped, "product"),
            ("receipts.csv", 8, Skipped, "listed-price"),
            ("receipts.csv", 9, Skipped, "no-description"),
            ("receipts.csv", 10, Refused, "bad-amount"),
            ("services.csv", 2, Repaired, "price-from-receipts"),
            ("services.csv", 4, Refused, "no-duration"),
            ("services.csv", 5, Refused, "duplicate"),
            ("services.csv", 6, Refused, "no-code"),
        ]
    );
    let batch = &parsed.batch;
    assert_eq!(batch.services[0].price_cents, Some(5050), "the median of what was paid");
    let no_show: Vec<u64> = batch.bookings.iter().filter(|b| b.state == BookingState::NoShow).map(|b| b.line).collect();
    assert_eq!(no_show, [13], "the one of the person named, though the client had two cuts at that hour");
    let references: Vec<&str> = batch.bookings.iter().filter(|b| b.customer.as_deref() == Some("ANN")).map(|b| b.external_ref.as_str()).collect();
    assert_eq!(references, ["2018-03-14T10:00/ANN/CUT", "2018-03-14T10:00/ANN/CUT#2"]);
}

#[tokio::test]
async fn what_a_location_has_on_file_is_kept_when_records_come_in() {
    let folder = salon::dirty();
    let batch = salon::parse(folder.path()).batch;
    let (_database, store) = salon::store_with(&batch).await;
    let mut jj = store.resources("hair-salon").await.unwrap().into_iter().find(|r| r.id == "JJ").unwrap();
    jj.qualifications.insert("EXT".to_owned());
    store.upsert_resource(&jj).await.unwrap();
    assert!(salon::write(&store, &batch).await.staff.is_quiet());
    assert!(store.resources("hair-salon").await.unwrap().iter().any(|r| r.id == "JJ" && r.qualifications.contains("EXT")));
    let mut elsewhere = batch.clone();
    elsewhere.location.timezone = chrono_tz::Asia::Tokyo;
    let stamp = zamu::store::Stamp::new("import", chrono::DateTime::UNIX_EPOCH, "a test");
    let error = zamu::ingest::write::write(&store, &elsewhere, &stamp, &|_| {}).await.unwrap_err().to_string();
    assert!(error.contains("America/Winnipeg") && error.contains("Asia/Tokyo"), "{error}");
}

fn zamu() -> Command {
    Command::new(assert_cmd::cargo::cargo_bin!("zamu"))
}

#[test]
fn the_command_reports_rows_as_text_and_as_json_and_says_when_nothing_has_changed() {
    let (files, place) = (salon::dirty(), tempfile::tempdir().unwrap());
    let db = place.path().join("s.db");
    let import = |more: &[&str]| {
        let mut command = zamu();
        command.args(["import", "hair-salon"]).arg(files.path()).arg("--db").arg(&db).args(more);
        let output = command.assert().success().get_output().clone();
        assert!(output.stderr.is_empty(), "no progress bar where nobody watches");
        String::from_utf8(output.stdout).unwrap()
    };
    assert!(import(&["--dry-run"]).contains("would go in") && !db.exists(), "a dry run writes nothing");
    let text = import(&[]);
    assert!(text.contains("refused bookings.csv line 7: has the date \"14/03/2018\", expected a day as in 03/14/2018; left out"), "{text}");
    let json: serde_json::Value = serde_json::from_str(&import(&["--json"])).unwrap();
    assert_eq!(json["written"]["bookings"]["inserted"], 0);
    assert_eq!(json["written"]["bookings"]["unchanged"], 10);
    assert_eq!(json["reports"].as_array().unwrap().len(), 31);
    assert!(import(&[]).contains("nothing has changed"));
}

#[test]
fn input_that_is_not_what_it_claims_to_be_changes_nothing_and_says_what_to_do() {
    let place = tempfile::tempdir().unwrap();
    let db = place.path().join("s.db");
    let refused = |args: &[&str], says: &str| {
        let output = zamu().arg("import").args(args).arg("--db").arg(&db).assert().code(2).get_output().clone();
        let error = String::from_utf8(output.stderr).unwrap();
        assert!(error.contains(says), "{error}");
        assert!(!db.exists(), "{args:?} made a store");
    };
    let path = |name: &str| data(name).display().to_string();
    let (csv, toml) = (path("spa.csv"), path("spa.toml"));
    refused(&["hair-salon", "/nowhere"], "is not a folder");
    refused(&["hair-salon", &place.path().display().to_string()], "bookings.csv: cannot be opened");
    refused(&["csv", "/nowhere.csv", "--mapping", &toml], "/nowhere.csv: cannot be opened");
    refused(&["csv", &place.path().display().to_string(), "--mapping", &toml], "is a folder");
    refused(&["csv", &csv, "--mapping", &csv], "spa.csv");
    refused(&["csv", &toml, "--mapping", &toml], "lacks the column");
}
