//! `zamu optimize`.

use crate::cli::threads::threads;
use serde_json::{Value, json};

use super::db::{DayWord, DbArg, block_on, location, parse_day};
use super::output::{Exit, causes, count, print, print_json, table};
use super::solve::{reason_in_words, seconds, tiers_table};
use super::{deadline, input, progress};
use crate::alloc::{Limits, StopCause};
use crate::clock::{Clock, SystemClock};
use crate::operations::night::{RunOptions, RunReport, optimize, optimize_each};
use crate::store::{LocationRow, RunStatus, Store};

/// Allocates a day anew and applies the plan if it is worth it: the nightly run, and on demand after a change.
///
/// Reads the day's sheet, searches, checks the plan without the solver, and applies it if nobody changed the day meanwhile (else it starts
/// again from the fresh sheet). A plan that improves the day by less than the profile's threshold is recorded and the day left as it is,
/// unless the day is broken. Every run is recorded: see `zamu runs`.
///
/// With --all as many locations are searched at once as there are cores, and told in the order of their ids. A location that fails stops no
/// other; all that failed are named at the end.
///
/// Exit code 0 when it ran, 1 when a day kept changing under it or, with --all, a location failed.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  zamu optimize --location westlands --date tomorrow
  zamu optimize --all --date tomorrow                          as a nightly job
  zamu optimize --location westlands --date 2026-11-21 --profile strict --dry-run")]
pub struct Args {
    /// The location's id
    #[arg(long, value_name = "ID", required_unless_present = "all")]
    location: Option<String>,
    /// Every location of the database, as many at once as there are cores
    #[arg(long, conflicts_with = "location")]
    all: bool,
    /// The local day: YYYY-MM-DD, today or tomorrow
    #[arg(long, value_name = "DAY", value_parser = parse_day)]
    date: DayWord,
    /// A shipped profile (see `zamu profiles`) or a TOML file [default: the tenant's]
    #[arg(long, value_name = "NAME|FILE")]
    profile: Option<String>,
    /// Say what would happen, and leave the day as it is
    #[arg(long)]
    dry_run: bool,
    /// Seconds after which the best plan so far is the answer [default: the profile's]
    #[arg(long, value_name = "S", value_parser = seconds, allow_negative_numbers = true)]
    time_limit: Option<f64>,
    /// Print JSON
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    db: DbArg,
}

/// Runs it.
pub fn run(args: &Args) -> anyhow::Result<Exit> {
    let profile = args.profile.as_deref().map(input::profile).transpose()?;
    let cores = threads(None);
    // One of many is searched by one thread; a plan does not depend on how many there are.
    let limits = Limits { threads: if args.all { 1 } else { cores }, ..Limits::default() };
    let options = RunOptions { profile, dry_run: args.dry_run, time_limit_s: args.time_limit, limits, ..RunOptions::night("console") };
    block_on(async {
        let store = args.db.open().await?;
        match &args.location {
            Some(id) => one(args, &*store, &location(&*store, id).await?, &options).await,
            None => all(args, &*store, &options, cores).await,
        }
    })
}

async fn one(args: &Args, store: &dyn Store, place: &LocationRow, options: &RunOptions) -> anyhow::Result<Exit> {
    let date = args.date.date(place.timezone, SystemClock.now());
    let _watch = deadline::watch(&options.limits.stop, None);
    let sign = progress::spinner(&format!("allocating {date} at {}", place.name));
    let report = optimize(store, &SystemClock, &place.id, date, options).await?;
    drop(sign);
    if args.json {
        print_json(&as_json(&report))?
    } else {
        print(format_args!("{}\n", in_words(&report)))?
    }
    Ok(Exit::answer(report.run.status != RunStatus::LostRace))
}

async fn all(args: &Args, store: &dyn Store, options: &RunOptions, cores: usize) -> anyhow::Result<Exit> {
    let places = store.locations().await?;
    let bar = progress::bar("locations", places.len() as u64);
    let _watch = deadline::watch(&options.limits.stop, None);
    let now = SystemClock.now();
    let days = places.into_iter().map(|place| (place.id.clone(), place.id, args.date.date(place.timezone, now)));
    let (mut applicable, mut failed, mut printed) = (true, Vec::new(), Ok(()));
    let mut list = JsonList::default();
    optimize_each(store, &SystemClock, days, options, cores, |place, answer| {
        bar.inc(1);
        let said = match answer {
            Ok(report) => {
                applicable &= report.run.status != RunStatus::LostRace;
                if args.json { list.print(&as_json(&report)) } else { print(format_args!("{}\n", in_words(&report))) }
            }
            Err(error) => {
                let error = causes(&error.into());
                let said = if args.json { list.print(&json!({"location": place, "error": error})) } else { Ok(()) };
                failed.push(format!("{place}: {error}"));
                said
            }
        };
        if said.is_err() {
            // Nobody reads any more: finish what is under way, and begin nothing new.
            options.limits.stop.raise(StopCause::Interrupt);
            printed = said;
        }
    })
    .await;
    bar.finish_and_clear();
    printed?;
    if args.json {
        list.finish()?;
    }
    for failure in &failed {
        eprintln!("zamu: {failure}");
    }
    Ok(Exit::answer(applicable && failed.is_empty()))
}

/// A JSON list that is printed as it grows, so that it need not fit into memory.
#[derive(Default)]
struct JsonList {
    has_begun: bool,
}

impl JsonList {
    fn print(&mut self, item: &Value) -> anyhow::Result<()> {
        let before = if std::mem::replace(&mut self.has_begun, true) { "," } else { "[" };
        print(format_args!("{before}\n{item:#}"))
    }

    fn finish(&self) -> anyhow::Result<()> {
        print(if self.has_begun { "]" } else { "[]" })
    }
}

/// A run for programs.
pub fn as_json(report: &RunReport) -> Value {
    json!({"run": report.run, "groups": report.groups, "attempts": report.attempts,
        "attention": report.change.attention.iter().map(|one| json!({"booking": one.booking_id, "code": one.code, "reason": one.reason})).collect::<Vec<_>>(),
        "messages": report.change.messages.iter().map(|one| json!({"topic": one.topic, "booking": one.booking_id, "channel": one.channel})).collect::<Vec<_>>()})
}

/// A run for people: what it found, what became of it, who moves.
pub fn in_words(report: &RunReport) -> String {
    let (run, plan) = (&report.run, &report.plan);
    let mut out = format!(
        "{} on {}: {}, profile {}, {}\n{}\n\n{}",
        report.day.location.name,
        run.date,
        count(report.day.bookings.len(), "booking"),
        run.profile,
        if plan.solve.stopped == "proof" { "proven".to_owned() } else { format!("stopped by {}", plan.solve.stopped) },
        if run.status == RunStatus::DryRun { format!("dry run; {}", run.rationale) } else { run.rationale.clone() },
        tiers_table(plan)
    );
    if !plan.changes.is_empty() {
        out.push_str("\n\n");
        out.push_str(&moves(report));
    }
    for unplaced in &plan.unplaced {
        out.push_str(&format!("\nunplaced {}: {}", unplaced.booking, reason_in_words(&unplaced.reason)));
    }
    out
}

/// Who moves, by name.
pub fn moves(report: &RunReport) -> String {
    let day = &report.day;
    let names = |ids: &[String]| ids.iter().map(|id| day.resource_name(id)).collect::<Vec<_>>().join(", ");
    let rows = report.plan.changes.iter().map(|change| {
        let booking = day.booking(&change.booking);
        let time = booking.map_or(String::new(), |b| b.span.start.to_clock(day.location.timezone));
        let service = booking.and_then(|b| b.service_id.as_ref()).and_then(|id| day.services.get(id)).cloned().unwrap_or_default();
        [time, change.booking.clone(), service, names(&change.from), names(&change.to)]
    });
    table(["time", "booking", "service", "from", "to"], rows)
}
