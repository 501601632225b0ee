//! `zamu finalize`.

use chrono::NaiveDate;
use serde_json::{Value, json};

use super::db::{DayWord, DbArg, block_on, location, parse_day};
use super::output::{Exit, print, print_json};
use crate::clock::{Clock, SystemClock};
use crate::operations::cutoff::{FinalizeReport, finalize, finalize_due};
use crate::store::Store;

/// Finalizes a day: provisional becomes finalized, and each customer's message with the name goes to the outbox, once.
///
/// Who has nobody gets the least-busy free person; where nobody is free, the booking stands in the needs-attention queue and the manager
/// hears of it. Running it again finds nothing to do.
///
/// Exit code 0 when everybody has somebody, 1 when some bookings are served by nobody.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  zamu finalize --due                                            as a job, every few minutes
  zamu finalize --location westlands --date 2026-11-21           now, whatever the cutoff says")]
pub struct Args {
    /// The location's id
    #[arg(long, value_name = "ID", required_unless_present = "due", requires = "date")]
    location: Option<String>,
    /// The local day: YYYY-MM-DD, today or tomorrow
    #[arg(long, value_name = "DAY", value_parser = parse_day, requires = "location")]
    date: Option<DayWord>,
    /// Every day of every location whose cutoff has come in its own time zone
    #[arg(long, conflicts_with = "location")]
    due: bool,
    /// Print JSON
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    db: DbArg,
}

/// Runs it.
pub fn run(args: &Args) -> anyhow::Result<Exit> {
    block_on(async {
        let store = args.db.open().await?;
        let done = finalized(&*store, args).await?;
        if args.json {
            print_json(&done.iter().map(|(place, date, report)| as_json(place, *date, report)).collect::<Vec<_>>())?;
        } else if done.is_empty() {
            print("no cutoff is due")?;
        } else {
            for (place, date, report) in &done {
                print(in_words(place, *date, report))?;
            }
        }
        Ok(Exit::answer(done.iter().all(|(_, _, report)| report.unserved.is_empty())))
    })
}

async fn finalized(store: &dyn Store, args: &Args) -> anyhow::Result<Vec<(String, NaiveDate, FinalizeReport)>> {
    match (&args.location, args.date) {
        (Some(id), Some(day)) => {
            let place = location(store, id).await?;
            let date = day.date(place.timezone, SystemClock.now());
            let report = finalize(store, &SystemClock, &place.id, date, "console").await?;
            Ok(vec![(place.id, date, report)])
        }
        _ => Ok(finalize_due(store, &SystemClock, "cutoff").await?.into_iter().map(|(due, report)| (due.location_id, due.date, report)).collect()),
    }
}

fn as_json(place: &str, date: NaiveDate, report: &FinalizeReport) -> Value {
    let pair = |(booking, resources): &(String, Vec<String>)| json!({"booking": booking, "resources": resources});
    json!({"location": place, "date": date, "finalized": report.finalized.iter().map(pair).collect::<Vec<_>>(), "fallback": report.fallback,
        "unserved": report.unserved.iter().map(|(booking, why)| json!({"booking": booking, "why": why})).collect::<Vec<_>>(),
        "messages": report.messages.len()})
}

/// What a cutoff did, in a line, and a line for each booking nobody serves.
pub fn in_words(place: &str, date: NaiveDate, report: &FinalizeReport) -> String {
    let mut out = format!("{place} on {date}: {} finalized, {} messages in the outbox", report.finalized.len(), report.messages.len());
    if !report.fallback.is_empty() {
        out.push_str(&format!("; the least-busy free person for {}", report.fallback.join(", ")));
    }
    for (booking, why) in &report.unserved {
        out.push_str(&format!("\nnobody serves {booking}: {why}"));
    }
    out
}
