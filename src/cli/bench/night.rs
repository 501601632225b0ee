//! `zamu bench night`.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use chrono::{DateTime, NaiveDate, Utc};
use serde::Serialize;

use super::super::db::block_on;
use super::super::output::{Exit, causes, print, print_json};
use super::super::{deadline, progress};
use super::machine;
use crate::alloc::{Limits, Profile, greedy, instance::Instance};
use crate::clock::{SetClock, Stopwatch};
use crate::domain::{BookingState, ResourceKind, Rule, Weekdays, local};
use crate::operations::night::{RunOptions, RunReport, optimize_each};
use crate::sheet::spa::Spa;
use crate::store::{
    DayView, ImportBooking, LocationRow, NewBlock, ResourceRow, RowResult, RunStatus, ServiceRow, SqliteStore, Stamp, Store, TenantRow,
};

const TENANT: &str = "bench";
/// Bookings of each location.
const BOOKINGS: usize = 60;
/// A team of twelve that is asked for until it is full, or somewhat more than sixty times.
const TEAM: Spa = Spa { staff: 12, load_percent: 80, absent: 0, bound_percent: 10, gender_percent: 15 };

/// Measures a whole night: many locations, each read, searched to proof, checked and applied, as `zamu optimize --all` does it.
///
/// Makes a database of locations of 12 people and 60 bookings: a spa's day, each with a seed of its own, booked greedily. Every plan that is better
/// at all is applied, whatever the profile's threshold.
/// After the night every day is read again: everybody whom its plan serves must be held by who serves them.
///
/// Exit code 0; 1 when a day was not proven, not applied or not as its plan says.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  zamu bench night --locations 100
  zamu bench night --locations 10000 --keep night.db        leaves the database for other commands, its day already allocated")]
pub struct Args {
    /// How many locations
    #[arg(long, value_name = "N", default_value_t = 100, value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    locations: u32,
    /// Searches at a time [default: one for each core]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    searches: Option<u16>,
    /// A shipped profile (see `zamu profiles`)
    #[arg(long, default_value = "nightly", value_name = "NAME")]
    profile: String,
    /// People of each location who fall ill after everything was booked
    #[arg(long, value_name = "N", default_value_t = 0, value_parser = clap::value_parser!(u16).range(0..=12))]
    absent: u16,
    /// Keeps the database in this file, which must not exist yet; else it is a scratch one
    #[arg(long, value_name = "FILE")]
    keep: Option<PathBuf>,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// What came out.
#[derive(Debug, Serialize)]
struct Report {
    machine: machine::Machine,
    locations: usize,
    bookings: usize,
    searches_at_once: usize,
    /// Making the database.
    make_s: f64,
    /// The night: from the first day read to the last plan applied.
    wall_s: f64,
    locations_per_s: f64,
    /// Seconds of all searches, added up; and the longest.
    search_s: f64,
    search_max_s: f64,
    /// Seconds of all reading and writing, waiting for the one writer among them, added up.
    store_s: f64,
    /// How many plans were applied, how many days stand as well as theirs would, how many were proven in all tiers.
    applied: usize,
    kept: usize,
    proven: usize,
    moved: usize,
    /// The most memory held at once in the night, where the system says it.
    memory_mib: Option<u64>,
    faults: Vec<String>,
}

/// Runs it.
pub fn run(args: &Args) -> anyhow::Result<Exit> {
    let Some(profile) = Profile::shipped(&args.profile) else {
        let known: Vec<&str> = Profile::shipped_texts().iter().map(|(name, _)| *name).collect();
        bail!("there is no profile {:?}; expected one of {}", args.profile, known.join(", "));
    };
    let scratch = tempfile::tempdir().context("no folder for a scratch database")?;
    let file = match &args.keep {
        Some(file) if file.exists() => bail!("{}: is there already; name a file that is not, or remove it", file.display()),
        Some(file) => file.clone(),
        None => scratch.path().join("night.db"),
    };
    let report = block_on(measure(args, &profile, &file))?;
    let sound = report.faults.is_empty();
    if args.json {
        print_json(&report)?;
    } else {
        print(for_people(&report))?;
    }
    Ok(Exit::answer(sound))
}

/// The midnight a day before, when every booking may still move.
fn before(date: NaiveDate) -> DateTime<Utc> {
    local::instant(chrono_tz::Africa::Nairobi, date, 0).plus(-24 * 60).to_utc()
}

async fn measure(args: &Args, profile: &Profile, file: &Path) -> anyhow::Result<Report> {
    let store = SqliteStore::open(file).await?;
    let made = Stopwatch::start();
    let bar = progress::bar("making locations", u64::from(args.locations));
    let mut days = Vec::new();
    store.upsert_tenant(&TenantRow { profile: args.profile.clone(), apply_threshold: Some(0.0), ..TenantRow::new(TENANT, "Bench") }).await?;
    for k in 0..args.locations {
        days.push(make(&store, k, usize::from(args.absent)).await?);
        bar.inc(1);
    }
    bar.finish_and_clear();
    let mut report = Report {
        machine: machine::here(),
        locations: days.len(),
        bookings: days.iter().map(|(_, _, bookings)| bookings).sum(),
        searches_at_once: args.searches.map_or_else(|| machine::here().cores, usize::from),
        make_s: made.elapsed_s(),
        wall_s: 0.0,
        locations_per_s: 0.0,
        search_s: 0.0,
        search_max_s: 0.0,
        store_s: 0.0,
        applied: 0,
        kept: 0,
        proven: 0,
        moved: 0,
        memory_mib: None,
        faults: Vec::new(),
    };
    let clock = SetClock::at(before(days[0].1));
    let options = RunOptions { profile: Some(profile.clone()), limits: Limits::default(), ..RunOptions::night("bench") };
    let _watch = deadline::watch(&options.limits.stop, None);
    let bar = progress::bar("locations", days.len() as u64);
    machine::forget_peak_memory();
    let watch = Stopwatch::start();
    let night = days.iter().map(|(location, date, _)| (location.as_str(), location.clone(), *date));
    optimize_each(&store, &clock, night, &options, report.searches_at_once, |location, answer| {
        bar.inc(1);
        match answer {
            Ok(run) => report.add(location, &run),
            Err(error) => report.faults.push(format!("{location}: {}", causes(&error.into()))),
        }
    })
    .await;
    report.wall_s = watch.elapsed_s();
    report.locations_per_s = days.len() as f64 / report.wall_s;
    report.memory_mib = machine::peak_memory_mib();
    bar.finish_and_clear();
    for (location, date, _) in &days {
        if let Some(fault) = audit(&store, location, *date).await? {
            report.faults.push(format!("{location}: {fault}"));
        }
    }
    store.close().await;
    Ok(report)
}

impl Report {
    fn add(&mut self, location: &str, report: &RunReport) {
        let search_s = report.run.solve_ms as f64 / 1e3;
        self.search_s += search_s;
        self.search_max_s = self.search_max_s.max(search_s);
        self.store_s += report.store_ms / 1e3;
        self.applied += usize::from(report.run.status == RunStatus::Applied);
        self.kept += usize::from(report.run.status == RunStatus::Kept);
        self.moved += report.change.assignments.len();
        let is_proven = report.plan.solve.stopped == "proof";
        self.proven += usize::from(is_proven);
        if !is_proven {
            self.faults.push(format!("{location}: stopped by {}", report.plan.solve.stopped));
        }
    }
}

/// Reads a day again: its run is on record, and everybody is held by people who may serve them and serve nobody else then.
async fn audit(store: &SqliteStore, location: &str, date: NaiveDate) -> anyhow::Result<Option<String>> {
    let runs = store.runs(location, Some(date), None, u32::MAX).await?;
    let [run] = runs.as_slice() else { return Ok(Some(format!("{} runs are on record, expected one", runs.len()))) };
    let day = store.day(location, date, DayView::Live).await?;
    let instance = Instance::new(&day.sheet, false);
    let held = greedy::repair_current(&instance);
    let unplaced: BTreeSet<&str> = run.unplaced.as_array().into_iter().flatten().filter_map(|one| one["booking"].as_str()).collect();
    for ((booking, job), by) in day.sheet.bookings.iter().zip(&instance.bookings).zip(&held) {
        if !unplaced.contains(booking.id.as_str()) && (job.current.is_empty() || by.as_ref() != Some(&job.current)) {
            return Ok(Some(format!("booking {} is not held by people who may serve it", booking.id)));
        }
    }
    if run.status == RunStatus::Applied {
        for change in run.diff.as_array().into_iter().flatten() {
            let to: Vec<&str> = change["to"].as_array().into_iter().flatten().filter_map(|id| id.as_str()).collect();
            let holds = day.booking(change["booking"].as_str().unwrap_or_default()).map(|b| b.resources.iter().map(String::as_str).collect());
            if holds != Some(to) {
                return Ok(Some(format!("booking {} is not with whom the plan gave it to", change["booking"])));
            }
        }
    }
    Ok(None)
}

/// Makes a location with its day and answers with its id, the day and how many bookings there are.
async fn make(store: &SqliteStore, k: u32, absent: usize) -> anyhow::Result<(String, NaiveDate, usize)> {
    let mut sheet = Spa { absent, ..TEAM }.day(u64::from(k));
    sheet.bookings.truncate(BOOKINGS);
    let id = format!("spa-{k:05}");
    let timezone = sheet.location.timezone;
    let stamp = Stamp::new("bench", before(sheet.date), "made up");
    store.upsert_location(&LocationRow { id: id.clone(), tenant_id: TENANT.into(), name: format!("Spa {k}"), timezone }).await?;
    let midnight = local::instant(timezone, sheet.date, 0).0;
    for person in &sheet.resources {
        let qualifications = person.qualifications.clone();
        let row = ResourceRow { gender: person.gender.clone(), qualifications, ..ResourceRow::staff(&id, &person.id, &person.name, &[]) };
        store.upsert_resource(&row).await?;
        for shift in &person.shifts {
            let (from, to) = (shift.start.0 - midnight, shift.end.0 - midnight);
            let rule = Rule::weekly(&format!("{}-hours", person.id), Some(&person.id), Weekdays::ALL, u32::try_from(from)?, u32::try_from(to)?);
            store.upsert_rule(&id, &rule).await?;
        }
        for block in &person.blocks {
            let reason = block.reason.clone().unwrap_or_default();
            store.add_block(&NewBlock { location_id: id.clone(), resource_id: person.id.clone(), span: block.span, reason }, &stamp).await?;
        }
    }
    let mut known = BTreeSet::new();
    let mut batch = Vec::with_capacity(sheet.bookings.len());
    for booking in &sheet.bookings {
        let qualifications: Vec<&str> = booking.demands[0].qualifications.iter().map(String::as_str).collect();
        let minutes = u32::try_from(booking.span.minutes())?;
        let service = format!("{}-{minutes}-{}", qualifications.join("-"), booking.buffer_after_minutes);
        if known.insert(service.clone()) {
            let row = ServiceRow::new(&id, &service, &service, minutes, &qualifications);
            store.upsert_service(&ServiceRow { buffer_after_minutes: booking.buffer_after_minutes, ..row }).await?;
        }
        let holders: Vec<&str> = booking.current();
        let record = ImportBooking::new(&format!("{id}/{}", booking.id), &service, booking.span, BookingState::Confirmed, &holders);
        let status = booking.assignment.as_ref().map_or(record.status, |a| a.status);
        batch.push(ImportBooking { gender: booking.gender.clone(), status, ..record });
    }
    let outcomes = store.import_bookings(&id, &batch, &stamp).await?;
    if let Some(odd) = outcomes.iter().find(|row| row.result != RowResult::Inserted || row.hold_refused.is_some()) {
        bail!("{id}: booking {} did not go in as it was made: {:?}", odd.external_ref, odd);
    }
    debug_assert!(sheet.resources.iter().all(|r| r.kind == ResourceKind::Staff));
    Ok((id, sheet.date, sheet.bookings.len()))
}

fn for_people(report: &Report) -> String {
    let cores = report.searches_at_once.min(report.machine.cores) as f64;
    let mut out = format!(
        "{}\n\n{} locations, {} bookings, made in {:.1} s\nnight       {:.1} s, {:.1} locations a second, {} at a time\nsearch      {:.1} s in all, {:.0} % of the cores' time; the longest {:.2} s\nstore       {:.1} s in all, waiting for the writer among it\n",
        report.machine,
        report.locations,
        report.bookings,
        report.make_s,
        report.wall_s,
        report.locations_per_s,
        report.searches_at_once,
        report.search_s,
        100.0 * report.search_s / (report.wall_s * cores),
        report.search_max_s,
        report.store_s,
    );
    out.push_str(&format!(
        "plans       {} applied, {} kept, {} proven, {} bookings moved\n",
        report.applied, report.kept, report.proven, report.moved
    ));
    if let Some(mib) = report.memory_mib {
        out.push_str(&format!("memory      {mib} MiB at most\n"));
    }
    out.push_str(&format!(
        "audit       {}",
        if report.faults.is_empty() { "every day stands as its plan says".to_owned() } else { report.faults.join("\n") }
    ));
    out
}
