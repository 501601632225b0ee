//! `zamu whatif`.

mod base;
mod memory;
mod show;

use crate::cli::threads::threads;
use std::path::PathBuf;

use anyhow::bail;
use clap::ValueEnum;

use super::db::DbArg;
use super::{Exit, deadline, output, progress};
use crate::alloc::Stop;
use crate::scenario::{Ended, Metric, Progress, Running, Scenario, Study, document, run};

pub use base::said as base_days;
pub use memory::{Folder, default_folder};

/// Asks what would be: every case of a scenario on every day of its base, beside the base.
///
/// A scenario (TOML; --schema prints its JSON Schema, and scenarios/ has commented ones) has a base, ordered changes, parameters whose lists make a grid,
/// and expectations. The base is what the scenario says, or --against: a day sheet, a folder of them, or days of a database as
/// LOCATION:FROM..TO. Nothing that lives is written; see `zamu promote` for that.
///
/// Days are solved in parallel, each distinct one once. What was solved is remembered by the hash of the changed sheet and the profile, so that a run
/// that was ended goes on where it was, and the same question is answered at once.
///
/// Exit code 0; with --check 1 when an expectation does not hold; 2 for bad input, which changes nothing.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  zamu whatif scenarios/growth.toml
  zamu whatif scenarios/growth.toml --sort unplaced --format html --out growth.html
  zamu whatif mine.toml --against westlands:2026-11-21..2026-11-27 --db spa.db
  zamu whatif scenarios/*.toml --check
  zamu whatif --schema > zamu-scenario.schema.json")]
pub struct Args {
    /// Scenarios (TOML, or the same in JSON)
    #[arg(value_name = "FILE", required_unless_present_any = ["schema", "columns"])]
    files: Vec<PathBuf>,
    /// The base instead of the scenario's own: a day sheet, a folder of them, or LOCATION:FROM..TO
    #[arg(long, value_name = "BASE")]
    against: Option<String>,
    /// Days at a time; no result depends on it [default: all cores]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    jobs: Option<u16>,
    /// How to show it; parquet needs a folder in --out, html a file or a folder
    #[arg(long, value_enum, default_value_t = Format::Table)]
    format: Format,
    /// The same as --format json
    #[arg(long, conflicts_with = "format")]
    json: bool,
    /// Where it goes instead of standard output: a file, or a folder (ends in / or is there), which gets one file for each scenario, and with csv or
    /// parquet the rows of scenarios, people and bookings
    #[arg(long, value_name = "PATH")]
    out: Option<PathBuf>,
    /// Order the cases by a figure, the best first [default: the order of the grid]
    #[arg(long, value_name = "FIGURE", value_parser = figure)]
    sort: Option<Metric>,
    /// The figures of the table
    #[arg(long, value_name = "FIGURES", value_delimiter = ',', value_parser = figure)]
    figures: Vec<Metric>,
    /// Show every day too, and what nobody serves
    #[arg(long)]
    days: bool,
    /// Only the cases on the Pareto front of people against service level
    #[arg(long)]
    front: bool,
    /// Hold the scenarios against their expectations; exit code 1 when one does not hold
    #[arg(long)]
    check: bool,
    /// Where answers are remembered [default: $ZAMU_WHATIF_MEMORY, else zamu/whatif in the user's cache folder]
    #[arg(long, value_name = "DIR", env = "ZAMU_WHATIF_MEMORY")]
    memory: Option<PathBuf>,
    /// Remember nothing, and believe nothing remembered
    #[arg(long, conflicts_with = "memory")]
    fresh: bool,
    /// Print the JSON Schema of scenarios and nothing else
    #[arg(long)]
    schema: bool,
    /// Print what the columns of csv and parquet mean and nothing else
    #[arg(long, conflicts_with = "schema")]
    columns: bool,
    #[command(flatten)]
    db: DbArg,
}

/// How to show a study.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    Table,
    Csv,
    Json,
    Html,
    Parquet,
}

/// The figure of a word.
fn figure(word: &str) -> Result<Metric, String> {
    let known = || Metric::ALL.map(Metric::as_str).join(", ");
    Metric::from_word(word).ok_or_else(|| format!("expected one of {}", known()))
}

/// Runs it.
pub fn run_command(args: &Args) -> anyhow::Result<Exit> {
    if args.schema {
        output::print_json(&document::schema())?;
        return Ok(Exit::Done);
    }
    if args.columns {
        output::print(show::columns())?;
        return Ok(Exit::Done);
    }
    let format = if args.json { Format::Json } else { args.format };
    let target = show::Target::of(args.out.as_deref(), format, args.files.len())?;
    // All are read before any is run: a fault in the last one should not be told after an hour.
    let scenarios: Vec<Scenario> = args.files.iter().map(|file| base::scenario(file)).collect::<Result<_, _>>()?;
    let questions = scenarios
        .into_iter()
        .zip(&args.files)
        .map(|(scenario, file)| {
            let days = base::days(&scenario, file, args.against.as_deref(), &args.db)?;
            scenario.suits(&days).map_err(anyhow::Error::new)?;
            Ok(show::Question { scenario, days })
        })
        .collect::<anyhow::Result<Vec<_>>>()?;
    let stop = Stop::new();
    let _watch = deadline::watch(&stop, None);
    // What is asked twice within one command is solved once, also where nothing is to be remembered beyond it.
    let passing = tempfile::tempdir()?;
    let kept = if args.fresh { None } else { args.memory.clone().or_else(default_folder) };
    let memory = Folder::at(Some(kept.unwrap_or_else(|| passing.path().to_owned())));
    let threads = threads(args.jobs);
    let mut holds = true;
    let mut studies = Vec::new();
    let mut rows = target.rows()?;
    for question in &questions {
        let bar = progress::bar(&question.scenario.name, 0);
        let running = Running {
            threads,
            stop: &stop,
            memory: &memory,
            limited: &|stop: &Stop, seconds: f64, search: &mut (dyn FnMut() + Send)| {
                let _timer = deadline::timer(stop, seconds);
                search();
            },
            progress: &|at: Progress| {
                bar.set_length(at.total as u64);
                bar.set_position(at.done as u64);
            },
        };
        let answered = run(&question.scenario, &question.days, &running);
        bar.finish_and_clear();
        let mut study = match answered {
            Ok(study) => study,
            Err(Ended::Stopped) => bail!("{}: {}", question.scenario.name, Ended::Stopped),
            Err(ended) => return Err(ended.into()),
        };
        if let Some(metric) = args.sort {
            study.sort_by(metric);
        }
        if args.front {
            study.cases.retain(|case| case.on_front);
        }
        holds &= study.holds();
        target.show(&study, question, &running, args)?;
        if let Some(rows) = &mut rows {
            rows.push(&study, question, &running)?;
        }
        studies.push(study);
    }
    target.finish(&studies)?;
    if let Some(rows) = rows {
        rows.finish()?;
    }
    if args.check {
        output::print(verdict(&studies))?;
        return Ok(Exit::answer(holds));
    }
    Ok(Exit::Done)
}

/// What does not hold, and how much does.
fn verdict(studies: &[Study]) -> String {
    let all = || studies.iter().flat_map(|study| study.cases.iter().flat_map(move |case| case.expectations.iter().map(move |v| (study, case, v))));
    let mut out = String::new();
    for (study, case, verdict) in all().filter(|(.., verdict)| !verdict.holds) {
        out.push_str(&format!("{}, {}: expected {}, but {}\n", study.name, case.label, verdict.that, verdict.found));
    }
    let kept = all().filter(|(.., verdict)| verdict.holds).count();
    out.push_str(&format!("{kept} of {} hold", output::count(all().count(), "expectation")));
    out
}
