//! `zamu deliver`.

use std::path::PathBuf;

use serde_json::json;

use super::db::{DbArg, block_on};
use super::output::{Exit, print, print_json};
use crate::clock::SystemClock;
use crate::notify::{ConsoleSender, FileSender, Sender, deliver};
use crate::store::{OutboxClass, OutboxRow, Store, contact};

/// Rows that `--list` reads at a time.
const PAGE: u32 = 500;

/// Delivers the outbox: the messages that are due, in order, each noted when it has gone out.
///
/// A message that fails is tried again later (after 1, 2, 4 … 60 minutes) and does not keep the others back. Exit code 1 when one failed.
#[derive(Debug, clap::Args)]
#[command(group = clap::ArgGroup::new("where").required(true), after_help = "Examples:
  zamu deliver --console
  zamu deliver --file messages.jsonl
  zamu deliver --list --json                 what was written, delivered or not; sends nothing")]
pub struct Args {
    /// Print the messages
    #[arg(long, group = "where", conflicts_with = "json")]
    console: bool,
    /// Append the messages to a file, one JSON object per line
    #[arg(long, value_name = "FILE", group = "where")]
    file: Option<PathBuf>,
    /// Only show what the outbox holds
    #[arg(long, group = "where")]
    list: bool,
    /// The events for programs instead of the messages for people
    #[arg(long)]
    events: bool,
    /// Print JSON
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    db: DbArg,
}

/// Runs it.
pub fn run(args: &Args) -> anyhow::Result<Exit> {
    let class = if args.events { OutboxClass::Event } else { OutboxClass::Message };
    block_on(async {
        let store = args.db.open().await?;
        if args.list {
            return list(&*store, class, args.json).await;
        }
        let sender: Box<dyn Sender> = match &args.file {
            Some(file) => Box::new(FileSender::new(file)),
            None => Box::new(ConsoleSender::stdout()),
        };
        let report = deliver(&*store, &SystemClock, class, sender.as_ref()).await?;
        if args.json {
            let failed: Vec<_> = report.failed.iter().map(|(id, why)| json!({"id": id, "why": why})).collect();
            print_json(&json!({"delivered": report.delivered, "failed": failed}))?;
        } else {
            eprintln!("{} delivered, {} failed", report.delivered, report.failed.len());
            for (id, why) in &report.failed {
                eprintln!("message {id}: {why}");
            }
        }
        Ok(Exit::answer(report.failed.is_empty()))
    })
}

async fn list(store: &dyn Store, class: OutboxClass, json: bool) -> anyhow::Result<Exit> {
    let mut all: Vec<OutboxRow> = Vec::new();
    loop {
        let page = store.outbox(class, all.last().map_or(0, |row| row.id), PAGE).await?;
        if page.is_empty() {
            break;
        }
        all.extend(page);
    }
    if json {
        print_json(&all)?;
        return Ok(Exit::Done);
    }
    let rows = all.into_iter().map(|row| {
        let state = match (row.delivered_at, row.last_error) {
            (Some(at), _) => format!("delivered {}", at.format("%Y-%m-%d %H:%MZ")),
            (None, Some(error)) => format!("failed {} times: {error}", row.attempts),
            (None, None) => "waiting".to_owned(),
        };
        [row.id.to_string(), row.topic, row.booking_id.unwrap_or_default(), format!("{}:{}", row.channel, contact::masked(&row.recipient)), state]
    });
    print(super::output::table(["id", "topic", "booking", "to", "state"], rows))?;
    Ok(Exit::Done)
}
