//! `zamu check`.

use super::Exit;

/// Checks a plan against its sheet without any solver.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The day sheet (zamu.sheet/1), `-` for standard input.
    sheet: String,
}

/// Runs it.
pub fn run(args: Args) -> anyhow::Result<Exit> {
    anyhow::bail!("{}: being written", args.sheet)
}
