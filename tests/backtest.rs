//! The past dealt again: what was recorded, what a greedy hand would have done, and the optimum; nothing is written.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on stops")]

mod salon;

use assert_cmd::Command;
use chrono::NaiveDate;
use zamu::alloc::{Profile, Stop};
use zamu::clock::SystemClock;
use zamu::ingest::{Availability, ImportBatch};
use zamu::operations::backtest::{self, Cause, DayOutcome, OnDuty, ReferenceDay, Running, compare, summarize};
use zamu::store::{DayView, SqliteStore, Store};

fn date(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

/// Only the first fortnight of April, with the year's qualifications of those who worked in it: quick to write.
fn april(mut batch: ImportBatch) -> ImportBatch {
    let (from, to): (NaiveDate, NaiveDate) = ("2018-04-01".parse().unwrap(), "2018-04-14".parse().unwrap());
    let timezone = batch.location.timezone;
    batch.bookings.retain(|b| (from..=to).contains(&zamu::domain::local::date_of(timezone, b.span.start)));
    batch.hours.retain(|h| match h.on {
        Availability::Date(date) => (from..=to).contains(&date),
        Availability::Weekly(_) => true,
    });
    batch.staff.retain(|s| batch.bookings.iter().any(|b| b.worked.as_ref().is_some_and(|w| w.staff == s.external_ref)));
    batch.customers.retain(|c| batch.bookings.iter().any(|b| b.customer.as_ref() == Some(&c.external_ref)));
    batch
}

async fn run(store: &SqliteStore, from: &str, to: &str, profile: &str, on_duty: OnDuty, threads: usize) -> Vec<DayOutcome> {
    let past = backtest::read(store, "hair-salon", date(from), date(to), on_duty).await.unwrap();
    let profile = Profile::shipped(profile).unwrap();
    let running = Running {
        profile: &profile,
        threads,
        seed: 1,
        clock: &SystemClock,
        limited: &|_: &Stop, search: &mut (dyn FnMut() + Send)| search(),
        done: &|| {},
    };
    backtest::run(&past, &running).unwrap()
}

/// JJ is recorded with two cuts at once and a third; KELLY with one and a no-show; a wash nobody was allocated to, and one more.
#[tokio::test]
async fn a_small_day_is_valued_to_the_minute_in_all_three_ways() {
    let folder = salon::dirty();
    let (_database, store) = salon::store_with(&salon::parse(folder.path()).batch).await;
    let days = run(&store, "2018-03-01", "2018-03-31", "spread", OnDuty::Ignored, 1).await;
    let [day] = days.as_slice() else { panic!("one day, not {days:?}") };
    assert_eq!((day.date, day.bookings, day.on_duty), (date("2018-03-14"), 7, 2), "cancelled bookings are left out, no-shows are not");
    assert_eq!(day.recorded_overlaps, 2, "BOB beside ANN, ANN's second cut beside CLEO");
    // Both washes were nobody's, and nobody was ever seen washing.
    assert_eq!((day.recorded.unplaced, day.recorded.spread_minutes), (2, 40.0));
    // Of the four cuts around ten o'clock two people can serve two; the fifth cut is at noon.
    assert_eq!((day.greedy.unplaced, day.optimum.unplaced), (4, 4));
    assert_eq!((day.greedy.spread_minutes, day.optimum.spread_minutes), (40.0, 40.0));
    assert!(day.proven);
}

#[tokio::test]
async fn a_backtest_writes_nothing_and_its_results_do_not_depend_on_the_threads() {
    let Some(dir) = salon::real() else { return };
    let (_database, store) = salon::store_with(&april(salon::parse(&dir).batch)).await;
    let april = date("2018-04-05");
    let before = store.day("hair-salon", april, DayView::Recorded).await.unwrap();
    let alone = run(&store, "2018-04-03", "2018-04-10", "nightly", OnDuty::Worked, 1).await;
    let together = run(&store, "2018-04-03", "2018-04-10", "nightly", OnDuty::Worked, 4).await;
    let figures = |days: &[DayOutcome]| days.iter().map(|d| (d.date, d.recorded, d.greedy, d.optimum)).collect::<Vec<_>>();
    assert_eq!(figures(&alone), figures(&together));
    let after = store.day("hair-salon", april, DayView::Recorded).await.unwrap();
    assert_eq!((before.version, before.sheet), (after.version, after.sheet));
    assert!(store.runs("hair-salon", None, None, 100).await.unwrap().is_empty());
    let summary = summarize(&alone);
    assert_eq!((summary.days, summary.days_proven), (7, 7));
    assert!(alone.iter().all(|d| d.optimum.unplaced <= d.recorded.unplaced + d.recorded_overlaps), "everybody served without an overlap still is");
    assert!(alone.iter().all(|d| d.optimum.unplaced <= d.greedy.unplaced));
}

#[tokio::test]
async fn longer_hours_never_leave_more_customers_unserved() {
    let Some(dir) = salon::real() else { return };
    let (_database, store) = salon::store_with(&april(salon::parse(&dir).batch)).await;
    let (from, to) = ("2018-04-03", "2018-04-07");
    let mut unplaced = Vec::new();
    for on_duty in [OnDuty::Worked, OnDuty::Opening, OnDuty::Ignored] {
        let days = run(&store, from, to, "strict", on_duty, 2).await;
        assert_eq!(days.iter().map(|d| d.on_duty).collect::<Vec<_>>(), [3, 3, 4, 3, 4], "the same people are on duty");
        unplaced.push(summarize(&days).optimum.unplaced);
    }
    assert!(unplaced[0] >= unplaced[1] && unplaced[1] >= unplaced[2], "{unplaced:?}");
}

/// Somebody else's answer, computed with another solver: the same recorded facts and the same smallest spreads.
#[tokio::test]
async fn the_smallest_spreads_are_those_that_another_solver_found() {
    let Some(dir) = salon::real() else { return };
    let (_database, store) = salon::store_with(&april(salon::parse(&dir).batch)).await;
    let days = run(&store, "2018-04-03", "2018-04-14", "spread", OnDuty::Ignored, 2).await;
    let text = std::fs::read_to_string(dir.join("reference_daily_balance_cpsat.csv")).unwrap();
    let theirs: Vec<ReferenceDay> = text.lines().skip(1).map(reference_day).filter(|day| day.date <= date("2018-04-14")).collect();
    let compared = compare(&days, &theirs, OnDuty::Ignored, &["unplaced", "spread"]);
    assert_eq!(compared.len(), 8);
    for day in &compared {
        assert!(day.agrees && day.causes.is_empty(), "{day:?}");
    }
}

fn reference_day(line: &str) -> ReferenceDay {
    let fields: Vec<&str> = line.split(',').collect();
    ReferenceDay {
        date: date(fields[0]),
        bookings: fields[1].parse().unwrap(),
        staff: fields[2].parse().unwrap(),
        qualified_share: fields[3].parse().unwrap(),
        recorded_spread: fields[4].parse().unwrap(),
        recorded_unplaced: fields[5].parse().unwrap(),
        unplaced: fields[6].parse().unwrap(),
        spread: fields[7].parse().unwrap(),
        proven: fields[8] == "OPTIMAL",
    }
}

#[tokio::test]
async fn a_difference_from_a_reference_is_explained_by_what_the_numbers_show_and_by_nothing_else() {
    let folder = salon::dirty();
    let (_database, store) = salon::store_with(&salon::parse(folder.path()).batch).await;
    let days = run(&store, "2018-03-14", "2018-03-14", "spread", OnDuty::Ignored, 1).await;
    let same = ReferenceDay {
        date: date("2018-03-14"),
        bookings: 7,
        staff: 2,
        qualified_share: days[0].qualified_share,
        recorded_spread: 40.0,
        recorded_unplaced: 2,
        unplaced: 4,
        spread: 40.0,
        proven: true,
    };
    let causes = |theirs: ReferenceDay, on_duty, tiers: &[&str]| compare(&days, &[theirs], on_duty, tiers).remove(0).causes;
    let tiers = ["unplaced", "spread"];
    assert!(causes(same.clone(), OnDuty::Ignored, &tiers).is_empty());
    assert_eq!(causes(ReferenceDay { spread: 10.0, ..same.clone() }, OnDuty::Ignored, &tiers), [Cause::Unexplained]);
    assert_eq!(causes(ReferenceDay { spread: 90.0, proven: false, ..same.clone() }, OnDuty::Ignored, &tiers), [Cause::TheyStopped]);
    let better_unproven = ReferenceDay { spread: 10.0, proven: false, ..same.clone() };
    assert_eq!(causes(better_unproven, OnDuty::Ignored, &tiers), [Cause::Unexplained], "to have stopped early explains no better result");
    assert_eq!(causes(ReferenceDay { spread: 10.0, ..same.clone() }, OnDuty::Worked, &tiers), [Cause::Hours]);
    assert_eq!(causes(ReferenceDay { spread: 10.0, ..same.clone() }, OnDuty::Ignored, &["unplaced", "balance"]), [Cause::Objective]);
    let more = ReferenceDay { bookings: 8, unplaced: 5, ..same.clone() };
    assert_eq!(causes(more, OnDuty::Ignored, &tiers), [Cause::Input { what: "bookings", ours: 7.0, theirs: 8.0 }]);
    assert_eq!(causes(ReferenceDay { date: date("2018-03-15"), ..same }, OnDuty::Ignored, &tiers), [Cause::DayMissing]);
}

#[test]
fn the_command_prints_a_table_csv_or_json_and_refuses_days_that_are_not_past() {
    let (files, place) = (salon::dirty(), tempfile::tempdir().unwrap());
    let db = place.path().join("s.db");
    let zamu = || Command::new(assert_cmd::cargo::cargo_bin!("zamu"));
    zamu().args(["import", "hair-salon"]).arg(files.path()).arg("--db").arg(&db).assert().success();
    let backtest = |more: &[&str]| zamu().args(["backtest", "--location", "hair-salon", "--db"]).arg(&db).args(more).assert();
    let text = String::from_utf8(backtest(&[]).success().get_output().stdout.clone()).unwrap();
    assert!(text.contains("2018-03-14") && text.contains("proven on 1 of 1 days") && text.contains("2 recorded bookings are of somebody"), "{text}");
    let csv = String::from_utf8(backtest(&["--format", "csv"]).success().get_output().stdout.clone()).unwrap();
    assert_eq!(csv.lines().count(), 2);
    assert!(csv.starts_with("date,bookings,on_duty,recorded_unplaced,recorded_spread_minutes,"), "{csv}");
    let json: serde_json::Value = serde_json::from_slice(&backtest(&["--json"]).success().get_output().stdout).unwrap();
    assert_eq!((&json["summary"]["days"], &json["days"][0]["bookings"], &json["hours"]), (&1.into(), &7.into(), &"worked".into()));
    let says = |more: &[&str], what: &str| {
        let error = String::from_utf8(backtest(more).code(2).get_output().stderr.clone()).unwrap();
        assert!(error.contains(what), "{error}");
    };
    says(&["--to", "2999-01-01"], "is not past");
    says(&["--from", "2018-04-01", "--to", "2018-03-01"], "is after the last day");
    says(&["--from", "2018-04-01", "--to", "2018-04-02"], "nothing is booked");
    says(&["--profile", "nonesuch"], "there is no profile");
    let reference = place.path().join("theirs.csv");
    let header = "date,bookings,staff,elig_density,recorded_spread,recorded_HOUSE,unassigned_opt,spread_opt,status";
    std::fs::write(&reference, format!("{header}\n2018-03-14,7,2,0.5,40,2,4,30,OPTIMAL\n")).unwrap();
    let path = reference.display().to_string();
    let answer = String::from_utf8(backtest(&["--reference", &path]).code(1).get_output().stdout.clone()).unwrap();
    assert!(answer.contains("1 days, 0 agree") && answer.contains("qualified share is"), "{answer}");
    std::fs::write(&reference, format!("{header}\n2018-03-14,seven,2,0.5,40,2,4,30,OPTIMAL\n")).unwrap();
    says(&["--reference", &path], "line 2: bookings is \"seven\"");
    zamu().args(["backtest", "--location", "x", "--db", "/nowhere.db"]).assert().code(2);
}
