//! `zamu demo`: a spa's day from the first booking to the last message, through the same use cases as everything else.

mod cast;
mod story;

use std::path::PathBuf;

use anyhow::{Context, bail};

use super::db::block_on;
use super::output::{Exit, print};
use crate::clock::SystemClock;
use crate::store::{self, SqliteStore, Store};

/// Tells a spa's day in a scratch database: bookings come in, a temp is added, the night's run, somebody is out sick, the repair, the cutoff,
/// the messages.
///
/// Nothing is faked: the story goes through the same use cases as the other commands, only the clock is set. It is the same each time.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  zamu demo
  zamu demo --db spa.db                                            keeps the database, to try the other commands on
  zamu bookings list --location westlands --date 2026-11-21 --db spa.db
  zamu demo --upcoming --db spa.db                                 tomorrow's bookings come in; what becomes of them is yours")]
pub struct Args {
    /// Keep the database here; the file must not exist yet
    #[arg(long, value_name = "FILE")]
    db: Option<PathBuf>,
    /// The bookings of the next day whose names are not told yet come in; the rest is left to you, here or on the manager's screen
    #[arg(long, requires = "db")]
    upcoming: bool,
}

/// Runs it.
pub fn run(args: &Args) -> anyhow::Result<Exit> {
    let scratch = tempfile::tempdir().context("no folder for a scratch database")?;
    let file = args.db.clone().unwrap_or_else(|| scratch.path().join("demo.db"));
    if store::file_of(&file.to_string_lossy()).is_none() {
        bail!("the demonstration needs a new file of its own and goes into no server; leave --db out or give it a file's name");
    }
    if file.exists() {
        bail!("{}: is there already; the demonstration needs a new file", file.display());
    }
    let upcoming = block_on(async {
        let store = SqliteStore::open(&file).await?;
        let day = if args.upcoming { Some(story::begin(&store, &SystemClock).await?) } else { None };
        if day.is_none() {
            story::tell(&store).await?;
        }
        store.close().await;
        Ok(day)
    })?;
    let day = upcoming.unwrap_or(cast::SATURDAY);
    match &args.db {
        Some(file) => {
            let db = file.display();
            print(format_args!("The database is kept in {db}. Try:"))?;
            print(format_args!("  zamu bookings list --location westlands --date {day} --db {db}"))?;
            print(format_args!("  zamu runs list --location westlands --db {db}"))?;
            print(format_args!("  zamu sheet --location westlands --date {day} --db {db} | zamu solve -"))?;
            if upcoming.is_some() {
                print(format_args!("  zamu optimize --location westlands --date {day} --db {db}"))?;
            }
        }
        None => print("The scratch database is gone. `zamu demo --db spa.db` keeps it, to try the other commands on.")?,
    }
    Ok(Exit::Done)
}
