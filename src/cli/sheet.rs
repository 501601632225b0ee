//! `zamu sheet`.

use super::db::{DayArgs, DbArg, block_on};
use super::output::{Exit, write_to};
use crate::clock::SystemClock;
use crate::sheet::write::to_json;
use crate::store::DayView;

/// Writes a day's sheet (zamu.sheet/1): who is on duty, what is booked, who holds it now.
#[derive(Debug, clap::Args)]
#[command(after_long_help = "Examples:
  zamu sheet --location westlands --date 2026-11-21 | zamu solve -
  zamu sheet --location westlands --date 2026-11-21 --out day.json")]
pub struct Args {
    #[command(flatten)]
    day: DayArgs,
    /// The day as it was recorded: what took place, held by those who really served
    #[arg(long)]
    recorded: bool,
    /// Where to write it; standard output when left out or `-`
    #[arg(long, value_name = "FILE")]
    out: Option<String>,
    #[command(flatten)]
    db: DbArg,
}

/// Runs it.
pub fn run(args: &Args) -> anyhow::Result<Exit> {
    block_on(async {
        let store = args.db.open().await?;
        let (location, date) = args.day.resolve(&*store, &SystemClock).await?;
        let view = if args.recorded { DayView::Recorded } else { DayView::Live };
        let day = store.day(&location.id, date, view).await?;
        write_to(args.out.as_deref(), &to_json(&day.sheet))?;
        Ok(Exit::Done)
    })
}
