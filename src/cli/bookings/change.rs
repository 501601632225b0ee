//! `zamu bookings cancel`, `move` and `assign`.

use anyhow::Context;
use serde_json::json;

use super::add::answer;
use super::view::Names;
use crate::booking::{cancel as call_off, reschedule};
use crate::cli::db::{DbArg, parse_instant};
use crate::cli::output::{Exit, print, print_json};
use crate::clock::{Clock, SystemClock};
use crate::operations::reassign;

/// Arguments of `bookings cancel`.
#[derive(Debug, clap::Args)]
pub struct CancelArgs {
    /// The booking's id
    id: String,
    /// Why, for the history
    #[arg(long, default_value = "called off")]
    reason: String,
    /// Only if it is still at this state_version
    #[arg(long, value_name = "N")]
    version: Option<i64>,
    /// Print JSON
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    db: DbArg,
}

/// Arguments of `bookings move`.
#[derive(Debug, clap::Args)]
pub struct MoveArgs {
    /// The booking's id
    id: String,
    /// The new start: YYYY-MM-DDTHH:MM or "tomorrow HH:MM" by the location's clock, or with an offset
    #[arg(long, value_name = "TIME")]
    to: String,
    /// Only if it is still at this state_version
    #[arg(long, value_name = "N")]
    version: Option<i64>,
    /// Print JSON
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    db: DbArg,
}

/// Arguments of `bookings assign`.
#[derive(Debug, clap::Args)]
pub struct AssignArgs {
    /// The booking's id
    id: String,
    /// Who serves it from now on, by id; several with commas
    #[arg(long, value_name = "ID,ID", value_delimiter = ',', required = true)]
    to: Vec<String>,
    /// Why, for the history
    #[arg(long, default_value = "by hand")]
    reason: String,
    /// Print JSON
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    db: DbArg,
}

/// Gives a booking to somebody else; a customer who was told a name is told the new one.
pub async fn assign(args: &AssignArgs) -> anyhow::Result<Exit> {
    let store = args.db.open().await?;
    let to: Vec<&str> = args.to.iter().map(String::as_str).collect();
    let row = reassign(&*store, &SystemClock, &args.id, &to, "console", &args.reason).await?;
    let view = Names::read(&*store, store.location(&row.location_id).await?).await?.view(&*store, row).await?;
    if args.json {
        print_json(&json!({"outcome": "assigned", "booking": view}))?;
    } else {
        print(format_args!("{} is served by {}", view.id, view.resource_names.join(", ")))?;
    }
    Ok(Exit::Done)
}

/// Calls a booking off; its time is free at once.
pub async fn cancel(args: &CancelArgs) -> anyhow::Result<Exit> {
    let store = args.db.open().await?;
    let row = call_off(&*store, &SystemClock, &args.id, args.version, "console", &args.reason).await?;
    let view = Names::read(&*store, store.location(&row.location_id).await?).await?.view(&*store, row).await?;
    if args.json {
        print_json(&json!({"outcome": "cancelled", "booking": view}))?;
    } else {
        print(format_args!("cancelled: {}", view.in_words()))?;
    }
    Ok(Exit::Done)
}

/// Moves a booking to another time; the answer is no when nobody is free then, and it stays where it was.
pub async fn reschedule_to(args: &MoveArgs) -> anyhow::Result<Exit> {
    let store = args.db.open().await?;
    let row = store.booking(&args.id).await?;
    let location = store.location(&row.location_id).await?;
    let start = parse_instant(&args.to, location.timezone, SystemClock.now()).context("--to")?;
    let outcome = reschedule(&*store, &SystemClock, &args.id, start, args.version, "console").await?;
    answer(&*store, location, outcome, "moved", args.json).await
}
