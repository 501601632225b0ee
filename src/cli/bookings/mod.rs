//! `zamu bookings`: taken, shown, called off.

mod view;

use clap::Subcommand;
use serde_json::json;

use super::db::{DayArgs, DbArg, block_on, location};
use super::output::{Exit, print, print_json, table};
use crate::domain::local::day_span;
use crate::store::{HistoryRow, Store};
use view::{Names, View};

/// Takes, shows and calls off bookings.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    command: BookingsCommand,
}

#[derive(Debug, Subcommand)]
enum BookingsCommand {
    /// Lists a day's bookings: when, what, who comes, who serves and how firmly that stands
    List(ListArgs),
    /// Shows one booking and everything that happened to it
    Show(ShowArgs),
}

#[derive(Debug, clap::Args)]
struct ListArgs {
    #[command(flatten)]
    day: DayArgs,
    /// Also those that were called off, failed or expired
    #[arg(long)]
    all: bool,
    /// Print JSON
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    db: DbArg,
}

#[derive(Debug, clap::Args)]
struct ShowArgs {
    /// The booking's id
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
        BookingsCommand::List(args) => block_on(list(args)),
        BookingsCommand::Show(args) => block_on(show(args)),
    }
}

async fn list(args: &ListArgs) -> anyhow::Result<Exit> {
    let store = args.db.open().await?;
    let names = Names::read(&store, location(&store, &args.day.location).await?).await?;
    let mut views: Vec<View> = Vec::new();
    for row in store.bookings_between(&args.day.location, day_span(names.timezone(), args.day.date)).await? {
        if args.all || !row.state.is_released() {
            views.push(names.view(&store, row).await?);
        }
    }
    if args.json {
        print_json(&views)?;
    } else if views.is_empty() {
        print(format_args!("nothing is booked at {} on {}", args.day.location, args.day.date))?;
    } else {
        print(table(["time", "booking", "service", "customer", "state", "held", "by"], views.iter().map(View::row)))?;
    }
    Ok(Exit::Done)
}

async fn show(args: &ShowArgs) -> anyhow::Result<Exit> {
    let store = args.db.open().await?;
    let row = store.booking(&args.id).await?;
    let names = Names::read(&store, store.location(&row.location_id).await?).await?;
    let view = names.view(&store, row).await?;
    let history = store.history(&args.id).await?;
    if args.json {
        print_json(&json!({"booking": view, "history": history}))?;
        return Ok(Exit::Done);
    }
    print(table(["time", "booking", "service", "customer", "state", "held", "by"], [view.row()]))?;
    let line = |one: &HistoryRow| {
        let at = one.at.with_timezone(&names.timezone()).format("%Y-%m-%d %H:%M").to_string();
        let from = if one.from.is_empty() { "–".to_owned() } else { one.from.clone() };
        [at, format!("{} → {}", from, one.to), one.actor.clone(), one.reason.clone()]
    };
    print(format_args!("\n{}", table(["when", "what", "by", "why"], history.iter().map(line))))?;
    Ok(Exit::Done)
}
