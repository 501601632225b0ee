//! `zamu deliver`.

use std::path::PathBuf;

use anyhow::bail;
use serde_json::json;

use super::db::{DbArg, block_on};
use super::output::{Exit, print, print_json};
use super::senders::SendersArg;
use crate::clock::SystemClock;
use crate::notify::{ConsoleSender, FileSender, Sender, deliver};
use crate::store::{OutboxClass, OutboxRow, OutboxState, Store, contact};

/// Rows that `--list` reads at a time.
const PAGE: u32 = 500;

/// Delivers the outbox: the messages that are due, in order, each noted when it has gone out.
///
/// A message that fails is tried again later (after 1, 2, 4 … 60 minutes) and keeps back only later ones of its booking; after eight tries, or at once
/// where it is hopeless, it waits for a person (`zamu messages dead`). Any number of workers may deliver at once. Exit code 1 when one failed.
///
/// The file of senders has a section for each channel that customers are told on, and [otherwise] for the rest. Secrets stand in environment variables:
///
///   [email]
///   kind = "smtp"
///   host = "smtp.example.org"
///   encryption = "starttls"                # or "tls", or "none"
///   user = "zamu"
///   password_env = "ZAMU_SMTP_PASSWORD"
///   from = "Serenity <hello@example.org>"
///
///   [sms]
///   kind = "http"                          # a signed POST for each message
///   url = "https://sms.example.org/messages"
///   secret_env = "ZAMU_SMS_SECRET"
///   from = "SERENITY"
///
///   [otherwise]
///   kind = "file"                          # or "console"
///   path = "messages.jsonl"
#[derive(Debug, clap::Args)]
#[command(verbatim_doc_comment, group = clap::ArgGroup::new("where"), after_help = "Examples:
  zamu deliver --senders senders.toml        what carries messages, for each channel
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
    #[command(flatten)]
    senders: SendersArg,
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
        let sender: Box<dyn Sender> = match (&args.file, args.console) {
            (Some(file), _) => Box::new(FileSender::new(file)),
            (None, true) => Box::new(ConsoleSender::stdout()),
            (None, false) => match args.senders.read()? {
                Some(senders) => Box::new(senders),
                None => bail!("where do the messages go? Name a file of senders with --senders or ZAMU_SENDERS, or use --console or --file FILE"),
            },
        };
        let report = deliver(&*store, &SystemClock, class, sender.as_ref()).await?;
        if args.json {
            let failed: Vec<_> = report.failed.iter().map(|(id, why)| json!({"id": id, "why": why})).collect();
            print_json(&json!({"delivered": report.delivered, "failed": failed, "dead": report.dead}))?;
        } else {
            eprintln!("{} delivered, {} failed", report.delivered, report.failed.len());
            for (id, why) in &report.failed {
                let given_up = if report.dead.contains(id) { " (given up: see zamu messages dead)" } else { "" };
                eprintln!("message {id}: {why}{given_up}");
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
        let state = state(&row);
        [row.id.to_string(), row.topic, row.booking_id.unwrap_or_default(), format!("{}:{}", row.channel, contact::masked(&row.recipient)), state]
    });
    print(super::output::table(["id", "topic", "booking", "to", "state"], rows))?;
    Ok(Exit::Done)
}

/// What became of a row, in words.
pub fn state(row: &OutboxRow) -> String {
    let by = row.settled_by.as_deref().map(|who| format!(" by {who}")).unwrap_or_default();
    let why = row.last_error.as_deref().map(|error| format!(": {error}")).unwrap_or_default();
    match (row.state, row.delivered_at) {
        (OutboxState::Delivered, Some(at)) => format!("delivered {}", at.format("%Y-%m-%d %H:%MZ")),
        (OutboxState::Delivered, None) => "delivered".to_owned(),
        (OutboxState::Pending, _) if row.last_error.is_some() => format!("failed {} times{why}", row.attempts),
        (OutboxState::Pending, _) => "waiting".to_owned(),
        (OutboxState::Withdrawn, _) => format!("withdrawn{by}{why}"),
        (OutboxState::Dead, _) => format!("given up{why}"),
        (OutboxState::Dismissed, _) => format!("dismissed{by}{why}"),
    }
}
