//! `zamu optimize`.

use serde_json::{Value, json};

use super::db::{DayWord, DbArg, block_on, location, parse_day};
use super::output::{Exit, count, print, print_json, table};
use super::solve::{reason_in_words, seconds, tiers_table};
use super::{deadline, input, progress};
use crate::alloc::{Limits, Stop};
use crate::clock::{Clock, SystemClock};
use crate::operations::night::{RunOptions, RunReport, optimize};
use crate::store::{LocationRow, RunStatus, SqliteStore, Store};

/// Allocates a day anew and applies the plan if it is worth it: the nightly run, and on demand after a change.
///
/// Reads the day's sheet, searches, checks the plan without the solver, and applies it if nobody changed the day meanwhile (else it starts
/// again from the fresh sheet). A plan that improves the day by less than the profile's threshold is recorded and the day left as it is,
/// unless the day is broken. Every run is recorded: see `zamu runs`.
///
/// Exit code 0 when it ran, 1 when the day kept changing under it.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  zamu optimize --location westlands --date tomorrow
  zamu optimize --all --date tomorrow                          as a nightly job
  zamu optimize --location westlands --date 2026-11-21 --profile strict --dry-run")]
pub struct Args {
    /// The location's id
    #[arg(long, value_name = "ID", required_unless_present = "all")]
    location: Option<String>,
    /// Every location of the database, one after the other
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
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let limits = Limits { threads, ..Limits::default() };
    let options = RunOptions { profile, dry_run: args.dry_run, time_limit_s: args.time_limit, limits, ..RunOptions::night("console") };
    block_on(async {
        let store = args.db.open().await?;
        let locations = match &args.location {
            Some(id) => vec![location(&store, id).await?],
            None => store.locations().await?,
        };
        let mut answers = Vec::new();
        let mut applicable = true;
        for place in &locations {
            let report = one(&store, place, args.date, &options).await?;
            applicable &= report.run.status != RunStatus::LostRace;
            if args.json {
                answers.push(as_json(&report));
            } else {
                print(format_args!("{}\n", in_words(&report)))?;
            }
        }
        if args.json {
            if args.all { print_json(&answers)? } else { print_json(&answers.remove(0))? }
        }
        Ok(Exit::answer(applicable))
    })
}

async fn one(store: &SqliteStore, place: &LocationRow, day: DayWord, options: &RunOptions) -> anyhow::Result<RunReport> {
    let date = day.date(place.timezone, SystemClock.now());
    // A flag of its own: one location's deadline is not the next one's.
    let options = &RunOptions { limits: Limits { stop: Stop::new(), ..options.limits.clone() }, ..options.clone() };
    let _watch = deadline::watch(&options.limits.stop, None);
    let _sign = progress::spinner(&format!("allocating {date} at {}", place.name));
    Ok(optimize(store, &SystemClock, &place.id, date, options).await?)
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
