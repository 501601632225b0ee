//! `zamu runs`: what the allocator answered, and what became of it.

use anyhow::bail;
use chrono::NaiveDate;
use chrono_tz::Tz;
use clap::Subcommand;

use super::db::{DbArg, block_on, location, parse_date};
use super::output::{Exit, print, print_json, table};
use super::{solve, tiers};
use crate::domain::Minute;
use crate::store::{RunRow, Store, StoreErrorKind};

/// Shows recorded runs: input, profile, tiers with bounds beside the baseline, who moved, and why it was applied or not.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    command: RunsCommand,
}

#[derive(Debug, Subcommand)]
enum RunsCommand {
    /// Lists the runs of a location, newest first
    List(ListArgs),
    /// Shows one run whole
    Show(ShowArgs),
}

#[derive(Debug, clap::Args)]
struct ListArgs {
    /// The location's id
    #[arg(long, value_name = "ID")]
    location: String,
    /// Only runs of this local day
    #[arg(long, value_name = "YYYY-MM-DD", value_parser = parse_date)]
    date: Option<NaiveDate>,
    /// The newest so many
    #[arg(long, value_name = "N", default_value_t = 100)]
    limit: u32,
    /// Print JSON
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    db: DbArg,
}

#[derive(Debug, clap::Args)]
struct ShowArgs {
    /// The run's id, as `zamu runs list` shows it
    id: String,
    /// Print JSON
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    db: DbArg,
}

/// Runs it.
pub fn run(args: &Args) -> anyhow::Result<Exit> {
    match &args.command {
        RunsCommand::List(args) => block_on(list(args)),
        RunsCommand::Show(args) => block_on(show(args)),
    }
}

async fn list(args: &ListArgs) -> anyhow::Result<Exit> {
    let store = args.db.open().await?;
    let timezone = location(&*store, &args.location).await?.timezone;
    let runs = store.runs(&args.location, args.date, None, args.limit).await?;
    if args.json {
        print_json(&runs)?;
        return Ok(Exit::Done);
    }
    if runs.is_empty() {
        print("no runs yet")?;
        return Ok(Exit::Done);
    }
    let rows = runs.iter().map(|run| {
        let plan = tiers::plan_of(run);
        [
            run.id.clone(),
            run.date.to_string(),
            started(run, timezone),
            run.kind.as_str().to_owned(),
            run.profile.clone(),
            run.status.as_str().to_owned(),
            run.plan_status.clone(),
            tiers::in_short(&plan.tiers),
            plan.changes.len().to_string(),
        ]
    });
    print(table(["run", "day", "started", "kind", "profile", "became", "plan", "tiers", "moved"], rows))?;
    Ok(Exit::Done)
}

async fn show(args: &ShowArgs) -> anyhow::Result<Exit> {
    let store = args.db.open().await?;
    let (run, timezone) = find(&*store, &args.id).await?;
    if args.json {
        print_json(&run)?;
        return Ok(Exit::Done);
    }
    print(format_args!(
        "{} run {} of {} at {}, started {} by {}",
        run.kind.as_str(),
        run.id,
        run.date,
        run.location_id,
        started(&run, timezone),
        run.actor
    ))?;
    print(format_args!("sheet {} (version {})", run.input_sha256, run.day_version))?;
    print(format_args!("profile {}: {}, stopped by {}, {} ms, {}", run.profile, run.plan_status, run.stopped, run.solve_ms, run.solver))?;
    // The rationale begins with what became of the run, when it was applied.
    let became = if run.rationale.starts_with(run.status.as_str()) { String::new() } else { format!("{}: ", run.status.as_str()) };
    print(format_args!("{became}{}\n", run.rationale))?;
    let plan = tiers::plan_of(&run);
    print(solve::tiers_table(&plan))?;
    if !plan.changes.is_empty() {
        let rows = plan.changes.iter().map(|change| [change.booking.clone(), change.from.join(", "), change.to.join(", ")]);
        print(format_args!("\n{}", table(["booking", "from", "to"], rows)))?;
    }
    for unplaced in &plan.unplaced {
        print(format_args!("\nunplaced {}: {}", unplaced.booking, solve::reason_in_words(&unplaced.reason)))?;
    }
    Ok(Exit::Done)
}

fn started(run: &RunRow, timezone: Tz) -> String {
    Minute::of(run.started_at).to_utc().with_timezone(&timezone).format("%Y-%m-%d %H:%M").to_string()
}

async fn find(store: &dyn Store, id: &str) -> anyhow::Result<(RunRow, Tz)> {
    match store.run(id).await {
        Ok(run) => {
            let timezone = store.location(&run.location_id).await?.timezone;
            Ok((run, timezone))
        }
        Err(error) if error.kind() == StoreErrorKind::NotFound => {
            bail!("there is no run {id:?}; `zamu runs list --location ID` shows those there are")
        }
        Err(error) => Err(error.into()),
    }
}
