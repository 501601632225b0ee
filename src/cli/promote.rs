//! `zamu promote`.

use std::path::PathBuf;

use anyhow::{Context, bail};

use super::db::{DbArg, block_on};
use super::optimize::{as_json, in_words};
use super::output::{Exit, print, print_json};
use super::whatif::{Folder, default_folder};
use crate::clock::SystemClock;
use crate::operations::whatif::{Promotion, promote};
use crate::sheet::read;

/// Makes one solved day of a what-if real: the same checks, the same compare-and-set, the same history and messages as a nightly run.
///
/// RUN is what `zamu whatif --days` shows beside the day, or its first digits. A day that was changed since the what-if read it is refused, and so is a
/// plan that needs what is so only in the what-if: a temp, a longer shift, a booking that was drawn. Each such thing is told with what makes it so.
///
/// Exit code 0 when the day is as the what-if would have it, 1 when it was refused, 2 for bad input; then nothing was written.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  zamu whatif scenarios/strict.toml --against westlands:2026-11-21..2026-11-21 --db spa.db --days
  zamu promote 4f1c2a90b7de --db spa.db")]
pub struct Args {
    /// The run, or its first digits
    run: String,
    /// Where answers are remembered [default: $ZAMU_WHATIF_MEMORY, else zamu/whatif in the user's cache folder]
    #[arg(long, value_name = "DIR", env = "ZAMU_WHATIF_MEMORY")]
    memory: Option<PathBuf>,
    /// Print JSON
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    db: DbArg,
}

/// Runs it.
pub fn run(args: &Args) -> anyhow::Result<Exit> {
    let (run, answer) = Folder::at(args.memory.clone().or_else(default_folder)).find(&args.run)?;
    let Some(version) = answer.version else {
        bail!("run {run} is about a day that is no live day of a database ({} on {}); only those can be made real", answer.location, answer.date);
    };
    let sheet =
        answer.sheet.as_deref().map(read::from_str).transpose().context("the remembered sheet cannot be read; ask again with `zamu whatif`")?;
    let case = if answer.case.is_empty() { "base" } else { &answer.case };
    let promotion = Promotion {
        location: answer.location,
        date: answer.date,
        version,
        plan: answer.plan,
        profile: answer.profile,
        sheet,
        actor: "console".to_owned(),
        why: format!("{}, {case}, run {}", answer.scenario, &run[..12]),
    };
    block_on(async {
        let store = args.db.open().await?;
        match promote(&*store, &SystemClock, &promotion).await? {
            Ok(report) => {
                if args.json {
                    print_json(&as_json(&report))?
                } else {
                    print(in_words(&report))?
                }
                Ok(Exit::Done)
            }
            Err(unreal) => {
                if args.json {
                    print_json(&unreal)?
                } else {
                    print(&unreal)?
                }
                Ok(Exit::No)
            }
        }
    })
}
