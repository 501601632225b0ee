//! `zamu messages`: what people were told, and what could not be delivered.

use clap::Subcommand;
use serde_json::json;

use super::db::{DbArg, block_on};
use super::deliver::state;
use super::output::{Exit, count, print, print_json, table};
use crate::clock::{Clock, SystemClock};
use crate::store::{DeadLetter, MessageFilter, OutboxRow, OutboxState, Stamp, StoreError, contact};

/// Shows the messages to customers and managers, and settles those that could not be delivered.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  zamu messages list --state pending
  zamu messages list --booking BOOKING --json
  zamu messages dead                          what waits for a person; exit code 1 when something does
  zamu messages retry 17 18
  zamu messages retry --all
  zamu messages dismiss 17")]
pub struct Args {
    #[command(subcommand)]
    command: MessagesCommand,
}

#[derive(Debug, Subcommand)]
enum MessagesCommand {
    /// Lists messages, newest first
    List(ListArgs),
    /// Lists messages that could not be delivered and that nobody tries any more; exit code 1 when there are any
    Dead(WhichArgs),
    /// Tries messages that could not be delivered again, from the start
    Retry(SettleArgs),
    /// Settles messages that could not be delivered and need not be: somebody called, or it does not matter any more
    Dismiss(SettleArgs),
}

/// Whose messages.
#[derive(Debug, clap::Args)]
struct WhichArgs {
    /// Only of this location, by id
    #[arg(long, value_name = "ID")]
    location: Option<String>,
    /// Only about this booking, by id
    #[arg(long, value_name = "ID")]
    booking: Option<String>,
    /// Print JSON
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    db: DbArg,
}

#[derive(Debug, clap::Args)]
struct ListArgs {
    /// Only those of which this became: pending, delivered, withdrawn, dead or dismissed
    #[arg(long, value_name = "STATE", value_parser = parse_state)]
    state: Option<OutboxState>,
    /// How many at most
    #[arg(long, value_name = "N", default_value_t = 100, value_parser = clap::value_parser!(u32).range(1..))]
    limit: u32,
    #[command(flatten)]
    which: WhichArgs,
}

#[derive(Debug, clap::Args)]
#[command(group = clap::ArgGroup::new("those").required(true))]
struct SettleArgs {
    /// Which, by number
    #[arg(value_name = "MESSAGE", group = "those")]
    ids: Vec<i64>,
    /// All of them
    #[arg(long, group = "those")]
    all: bool,
    #[command(flatten)]
    which: WhichArgs,
}

fn parse_state(text: &str) -> Result<OutboxState, String> {
    OutboxState::from_word(text).ok_or_else(|| format!("expected one of {}", OutboxState::ALL.map(OutboxState::as_str).join(", ")))
}

/// Runs it.
pub fn run(args: &Args) -> anyhow::Result<Exit> {
    match &args.command {
        MessagesCommand::List(args) => block_on(list(&args.which, args.state, args.limit)).map(|_| Exit::Done),
        MessagesCommand::Dead(args) => block_on(list(args, Some(OutboxState::Dead), 1000)).map(|found| Exit::answer(found == 0)),
        MessagesCommand::Retry(args) => block_on(settle(args, DeadLetter::Retry)),
        MessagesCommand::Dismiss(args) => block_on(settle(args, DeadLetter::Dismiss)),
    }
}

fn filter(args: &WhichArgs, state: Option<OutboxState>) -> MessageFilter {
    MessageFilter { tenant: None, location: args.location.clone(), booking: args.booking.clone(), state }
}

/// Shows messages; how many there are.
async fn list(args: &WhichArgs, state: Option<OutboxState>, limit: u32) -> anyhow::Result<usize> {
    let store = args.db.open().await?;
    let rows = store.messages(&filter(args, state), None, limit).await?;
    let found = rows.len();
    if args.json {
        print_json(&rows.iter().map(view).collect::<Vec<_>>())?;
    } else if found == 0 {
        print("no messages")?;
    } else {
        let line = |row: &OutboxRow| {
            let to = format!("{}:{}", row.channel, contact::masked(&row.recipient));
            [row.id.to_string(), row.topic.clone(), row.booking_id.clone().unwrap_or_default(), to, self::state(row)]
        };
        print(table(["id", "topic", "booking", "to", "state"], rows.iter().map(line)))?;
    }
    Ok(found)
}

/// A message for programs, its address masked.
fn view(row: &OutboxRow) -> serde_json::Value {
    json!({
        "id": row.id, "topic": row.topic, "location": row.location_id, "booking": row.booking_id, "channel": row.channel,
        "to": contact::masked(&row.recipient), "state": row.state, "created_at": row.created_at, "delivered_at": row.delivered_at,
        "next_attempt_at": row.next_attempt_at, "attempts": row.attempts, "last_error": row.last_error, "settled_by": row.settled_by,
        "settled_at": row.settled_at,
    })
}

async fn settle(args: &SettleArgs, what: DeadLetter) -> anyhow::Result<Exit> {
    let store = args.which.db.open().await?;
    let (filter, stamp) = (filter(&args.which, None), Stamp::new("console", SystemClock.now(), "by hand"));
    let mut settled = 0;
    if args.all {
        settled = store.settle_dead(&filter, None, what, &stamp).await?;
    }
    for id in &args.ids {
        if store.settle_dead(&filter, Some(*id), what, &stamp).await? == 0 {
            return Err(StoreError::not_found("undeliverable message", &id.to_string()).into());
        }
        settled += 1;
    }
    let done = match what {
        DeadLetter::Retry => "to be tried again",
        DeadLetter::Dismiss => "dismissed",
    };
    if args.which.json {
        print_json(&json!({"settled": settled, "what": done}))?;
    } else {
        print(format_args!("{} {done}", count(usize::try_from(settled).unwrap_or(usize::MAX), "message")))?;
    }
    Ok(Exit::Done)
}
