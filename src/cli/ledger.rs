//! `zamu ledger`.

use anyhow::bail;
use clap::Subcommand;
use serde_json::json;

use super::db::{DayWord, DbArg, block_on, location, parse_day};
use super::output::{Exit, count, number, print, print_json, table};
use crate::booking::person;
use crate::clock::{Clock, SystemClock};
use crate::operations::ledger::{self, Ledger};

/// The fairness ledger: who did more than their fair share over the last 13 weeks, which the next sheets make good.
///
/// A booking's minutes are shared among those who could have served it, in proportion to the minutes they were there. Who was on leave, was not hired
/// yet or lacks the qualification owes none of it; what a customer chose a person for counts apart; a temp has no account. The balance is what a
/// sheet carries (`carried_minutes`), and only the balance of the next days asks for it: it never changes what can be booked.
#[derive(Debug, clap::Args)]
#[command(
    args_conflicts_with_subcommands = true,
    subcommand_negates_reqs = true,
    after_help = "Examples:
  zamu ledger --location westlands
  zamu ledger --location westlands --date tomorrow --json
  zamu ledger close --location westlands
  zamu ledger correct --location westlands --who grace --minutes -60 --reason \"counted the stock\""
)]
pub struct Args {
    #[command(subcommand)]
    command: Option<LedgerCommand>,
    /// The location's id
    #[arg(long, value_name = "ID", required = true)]
    location: Option<String>,
    /// As the sheet of this local day carries it
    #[arg(long, value_name = "DAY", value_parser = parse_day, default_value = "today")]
    date: DayWord,
    /// Print JSON
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    db: DbArg,
}

#[derive(Debug, Subcommand)]
enum LedgerCommand {
    /// Closes every day that is over and is not closed yet, each once; for a job after midnight
    Close(CloseArgs),
    /// Adds minutes to what somebody is above their share, or takes them off; kept with the reason
    Correct(CorrectArgs),
}

#[derive(Debug, clap::Args)]
struct CloseArgs {
    /// Only this location [default: all]
    #[arg(long, value_name = "ID")]
    location: Option<String>,
    /// Print JSON
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    db: DbArg,
}

#[derive(Debug, clap::Args)]
struct CorrectArgs {
    /// The location's id
    #[arg(long, value_name = "ID")]
    location: String,
    /// Whose account, by name or id
    #[arg(long, value_name = "PERSON")]
    who: String,
    /// Counted as served above the share; negative owes them work
    #[arg(long, value_name = "N", allow_negative_numbers = true)]
    minutes: i64,
    /// Why
    #[arg(long)]
    reason: String,
    /// Print JSON
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    db: DbArg,
}

/// Runs it.
pub fn run(args: &Args) -> anyhow::Result<Exit> {
    match &args.command {
        None => block_on(show(args)),
        Some(LedgerCommand::Close(args)) => block_on(close(args)),
        Some(LedgerCommand::Correct(args)) => block_on(correct(args)),
    }
}

async fn show(args: &Args) -> anyhow::Result<Exit> {
    let store = args.db.open().await?;
    let place = location(&*store, args.location.as_deref().unwrap_or_default()).await?;
    let ledger = ledger::show(&*store, &place.id, args.date.date(place.timezone, SystemClock.now())).await?;
    if args.json {
        print_json(&ledger)?;
    } else {
        print(in_words(&ledger))?;
    }
    Ok(Exit::Done)
}

/// Tables of the accounts and of the corrections.
fn in_words(ledger: &Ledger) -> String {
    let mut out = format!("{} to {}: {} closed", ledger.from, ledger.to, count(ledger.closed.len(), "day"));
    let rows = ledger.people.iter().map(|one| {
        [
            one.id.clone(),
            one.name.clone(),
            one.days.to_string(),
            number(one.available_minutes as f64 / 60.0),
            number(one.target_minutes.round()),
            one.actual_minutes.to_string(),
            one.requested_minutes.to_string(),
            one.corrected_minutes.to_string(),
            number(one.balance_minutes.round()),
        ]
    });
    let header = ["person", "name", "days", "hours there", "share", "served", "chosen", "corrected", "above share"];
    out.push_str(&format!("\n\n{}", table(header, rows)));
    if !ledger.corrections.is_empty() {
        let rows = ledger
            .corrections
            .iter()
            .map(|one| [one.date.to_string(), one.resource_id.clone(), one.minutes.to_string(), one.actor.clone(), one.reason.clone()]);
        out.push_str(&format!("\n\n{}", table(["date", "person", "minutes", "by", "why"], rows)));
    }
    out
}

async fn close(args: &CloseArgs) -> anyhow::Result<Exit> {
    let store = args.db.open().await?;
    let places = match &args.location {
        Some(id) => vec![location(&*store, id).await?],
        None => store.locations().await?,
    };
    let mut closed = Vec::new();
    for place in &places {
        closed.push((place.id.as_str(), ledger::close_due_as(&*store, &SystemClock, &place.id, "console").await?));
    }
    if args.json {
        print_json(&closed.iter().map(|(location, days)| json!({"location": location, "closed": days})).collect::<Vec<_>>())?;
    } else {
        for (location, days) in closed {
            match (days.first(), days.last()) {
                (Some(first), Some(last)) => print(format_args!("{location}: closed {}, {first} to {last}", count(days.len(), "day")))?,
                _ => print(format_args!("{location}: nothing to close"))?,
            }
        }
    }
    Ok(Exit::Done)
}

async fn correct(args: &CorrectArgs) -> anyhow::Result<Exit> {
    let store = args.db.open().await?;
    let place = location(&*store, &args.location).await?;
    if args.reason.trim().is_empty() {
        bail!("--reason: expected a few words for whoever looks later");
    }
    let who = match person::find(&store.resources(&place.id).await?, &args.who) {
        Ok(id) => id,
        Err(near) if near.is_empty() => bail!("--who: nobody at {} is called {:?}", place.name, args.who),
        Err(near) => bail!("--who: nobody at {} is called {:?}; did you mean {}?", place.name, args.who, near.join(" or ")),
    };
    let written = ledger::correct(&*store, &SystemClock, &place.id, &who, args.minutes, "console", args.reason.trim()).await?;
    if args.json {
        print_json(&written)?;
    } else {
        print(format_args!("written: {} {:+} minutes ({})", written.resource_id, written.minutes, written.reason))?;
    }
    Ok(Exit::Done)
}
