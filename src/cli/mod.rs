//! The command line: one file per command, each a thin shell around a use case.

mod absence;
mod accounts;
mod attention;
mod backtest;
mod bench;
mod bookings;
mod check;
mod convert;
mod db;
mod deadline;
mod deliver;
mod demo;
mod explain;
mod finalize;
mod import;
mod input;
mod jobs;
mod keys;
mod ledger;
mod load;
mod locations;
mod messages;
mod model;
mod optimize;
mod output;
mod profiles;
mod progress;
mod promote;
mod repairs;
mod resilience;
mod runs;
mod senders;
mod serve;
mod sheet;
mod solve;
mod staffing;
mod temps;
mod threads;
mod tiers;
mod token;
mod whatif;
mod worker;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::store::{StoreError, StoreErrorKind};

pub use output::Exit;

/// What stands under the list of commands.
const AFTER_HELP: &str = "A day's way:   bookings add → sheet → optimize → finalize → deliver; absence and temps on the way
A question:    sheet --out day.json, change it, solve, check, explain; whatif for many at once

Start with `zamu demo`. Every command has --help with examples, and --json where it prints.
Database:      --db FILE or postgres://…, else $ZAMU_DB, else $DATABASE_URL, else ./zamu.db
Keyring:       --keys FILE, else $ZAMU_KEYS, else beside the database's file, else ./zamu.keys
Exit codes:    0 done, 1 the answer is no, 2 bad input, which changes nothing";

/// Books the time now and decides tonight who serves it.
#[derive(Debug, Parser)]
#[command(name = "zamu", version, about, long_about = None, max_term_width = 110, after_help = AFTER_HELP)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Demo(demo::Args),
    Locations(locations::Args),
    Bookings(bookings::Args),
    Temps(temps::Args),
    Sheet(sheet::Args),
    Optimize(optimize::Args),
    Runs(runs::Args),
    Absence(absence::Args),
    Attention(attention::Args),
    Finalize(finalize::Args),
    Ledger(ledger::Args),
    Deliver(deliver::Args),
    Messages(messages::Args),
    Solve(solve::Args),
    Check(check::Args),
    Explain(explain::Args),
    Repairs(repairs::Args),
    Resilience(resilience::Args),
    Whatif(whatif::Args),
    Promote(promote::Args),
    Staffing(staffing::Args),
    Model(model::Args),
    Profiles(profiles::Args),
    Import(import::Args),
    Convert(convert::Args),
    Backtest(backtest::Args),
    Bench(bench::Args),
    Serve(serve::Args),
    Worker(worker::Args),
    Jobs(jobs::Args),
    Load(load::Args),
    Keys(keys::Args),
    Token(token::Args),
    Accounts(accounts::Args),
}

/// Parses the arguments, runs the command and turns its answer into an exit code: 0 done, 1 the answer is no, 2 bad input.
pub fn main() -> ExitCode {
    let cli = Cli::parse();
    let answer = match cli.command {
        Command::Demo(args) => demo::run(&args),
        Command::Solve(args) => solve::run(args),
        Command::Check(args) => check::run(args),
        Command::Explain(args) => explain::run(args),
        Command::Repairs(args) => repairs::run(args),
        Command::Resilience(args) => resilience::run(&args),
        Command::Whatif(args) => whatif::run_command(&args),
        Command::Staffing(args) => staffing::run(&args),
        Command::Promote(args) => promote::run(&args),
        Command::Model(args) => model::run(args),
        Command::Profiles(args) => profiles::run(args),
        Command::Import(args) => import::run(args),
        Command::Convert(args) => convert::run(args),
        Command::Backtest(args) => backtest::run(args),
        Command::Bench(args) => bench::run(args),
        Command::Locations(args) => locations::run(&args),
        Command::Bookings(args) => bookings::run(&args),
        Command::Sheet(args) => sheet::run(&args),
        Command::Optimize(args) => optimize::run(&args),
        Command::Runs(args) => runs::run(&args),
        Command::Absence(args) => absence::run(&args),
        Command::Temps(args) => temps::run(&args),
        Command::Attention(args) => attention::run(&args),
        Command::Finalize(args) => finalize::run(&args),
        Command::Ledger(args) => ledger::run(&args),
        Command::Deliver(args) => deliver::run(&args),
        Command::Messages(args) => messages::run(&args),
        Command::Serve(args) => serve::run(&args),
        Command::Worker(args) => worker::run(&args),
        Command::Jobs(args) => jobs::run(&args),
        Command::Load(args) => load::run(&args),
        Command::Keys(args) => keys::run(&args),
        Command::Token(args) => token::run(&args),
        Command::Accounts(args) => accounts::run(&args),
    };
    match answer {
        Ok(Exit::Done) => ExitCode::SUCCESS,
        Ok(Exit::No) => ExitCode::from(1),
        Err(error) => {
            eprintln!("zamu: {}", output::causes(&error));
            ExitCode::from(if is_refusal(&error) { 1 } else { 2 })
        }
    }
}

/// Was the input fine and the answer no: somebody else was there first, or the state does not allow it?
fn is_refusal(error: &anyhow::Error) -> bool {
    use StoreErrorKind::{Conflict, DoubleBooking, IllegalTransition};
    error.downcast_ref::<StoreError>().is_some_and(|error| matches!(error.kind(), Conflict | DoubleBooking | IllegalTransition))
}
