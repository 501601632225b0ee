//! `zamu bookings`: taken, shown, moved, called off.

mod add;
mod change;
mod view;

use clap::Subcommand;
use serde_json::json;

use super::db::{DayArgs, DbArg, block_on};
use super::output::{Exit, print, print_json, table};
use crate::clock::SystemClock;
use crate::domain::local::day_span;
use crate::store::HistoryRow;
use view::{Names, View};

/// Takes, shows, moves and calls off bookings.
///
/// A booking is a time: somebody who could serve it holds it provisionally, and the customer hears no name before the cutoff.
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
    /// Lists the times of a day at which a service can be had
    Free(add::FreeArgs),
    /// Takes a booking; exit code 1 when nobody is free, with the free times nearby
    Add(add::AddArgs),
    /// Moves a booking to another time; exit code 1 when nobody is free then
    Move(change::MoveArgs),
    /// Gives a booking to somebody else by hand, under the same rules
    Assign(change::AssignArgs),
    /// Calls a booking off
    Cancel(change::CancelArgs),
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
        BookingsCommand::Free(args) => block_on(add::free(args)),
        BookingsCommand::Add(args) => block_on(add::add(args)),
        BookingsCommand::Move(args) => block_on(change::reschedule_to(args)),
        BookingsCommand::Assign(args) => block_on(change::assign(args)),
        BookingsCommand::Cancel(args) => block_on(change::cancel(args)),
    }
}

async fn list(args: &ListArgs) -> anyhow::Result<Exit> {
    let store = args.db.open().await?;
    let (location, date) = args.day.resolve(&*store, &SystemClock).await?;
    let names = Names::read(&*store, location).await?;
    let mut views: Vec<View> = Vec::new();
    for row in store.bookings_between(&args.day.location, day_span(names.timezone(), date)).await? {
        if args.all || !row.state.is_released() {
            views.push(names.view(&*store, row).await?);
        }
    }
    if args.json {
        print_json(&views)?;
    } else if views.is_empty() {
        print(format_args!("nothing is booked at {} on {}", args.day.location, date))?;
    } else {
        print(table(["time", "booking", "service", "customer", "state", "held", "by"], views.iter().map(View::row)))?;
    }
    Ok(Exit::Done)
}

async fn show(args: &ShowArgs) -> anyhow::Result<Exit> {
    let store = args.db.open().await?;
    let row = store.booking(&args.id).await?;
    let names = Names::read(&*store, store.location(&row.location_id).await?).await?;
    let view = names.view(&*store, row).await?;
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
