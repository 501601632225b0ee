//! `zamu jobs`.

use serde_json::json;

use super::db::{DbArg, block_on};
use super::output::{Exit, print, print_json, table};
use crate::clock::{Clock, SystemClock};
use crate::store::JobRow;

/// Shows the list of the clockwork: what is due, under way, failed and done
///
/// Exit code 1 when something has failed and waits to be tried again.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  zamu jobs
  zamu jobs --location westlands --json")]
pub struct Args {
    /// Only this location's
    #[arg(long, value_name = "ID")]
    location: Option<String>,
    /// At most so many
    #[arg(long, value_name = "N", default_value_t = 200)]
    limit: u32,
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
        let jobs = store.jobs(args.location.as_deref(), args.limit).await?;
        let answer = Exit::answer(jobs.iter().all(|job| job.last_error.is_none()));
        if args.json {
            let rows = jobs.iter().map(|job| json!({"state": state(job), "job": job}));
            print_json(&rows.collect::<Vec<_>>())?;
            return Ok(answer);
        }
        let at = |at: chrono::DateTime<chrono::Utc>| at.format("%Y-%m-%d %H:%M:%SZ").to_string();
        let rows = jobs.into_iter().map(|job| {
            let said = job.last_error.clone().or_else(|| job.outcome.clone()).unwrap_or_default();
            [job.key.kind.clone(), job.key.location_id.clone(), job.key.subject.clone(), at(job.due), state(&job).to_owned(), said]
        });
        print(table(["job", "location", "day", "due", "state", "what came of it"], rows))?;
        Ok(answer)
    })
}

/// Where a job stands, in a word.
fn state(job: &JobRow) -> &'static str {
    let now = SystemClock.now();
    if job.done {
        "done"
    } else if job.leased_until.is_some_and(|until| until > now) {
        "under way"
    } else if job.last_error.is_some() {
        "failed"
    } else if job.due <= now {
        "due"
    } else {
        "waiting"
    }
}
