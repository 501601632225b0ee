//! `zamu bench`.

mod admission;
mod days;
mod machine;
mod night;
mod ours;
mod peers;
mod quarter;
mod report;

use std::path::PathBuf;

use anyhow::{Context, bail};

use super::{Exit, input, output, progress, solve};
use crate::alloc::Profile;
use crate::sheet::spa::Size;
use days::Day;
use peers::{Peer, Question, Step};
use report::{Report, Row};

/// Measures the allocator on days of a spa, beside what else one could use, on this machine and in one run.
///
/// Without --sheets the days are made up: a spa's next day after somebody fell ill, booked greedily, a tenth of the customers bound to a
/// person, 15 % with a wish for a gender. Each is solved with the profile; the plan is checked, apart from the solver. `first plan` is the
/// greedy baseline; `first tier` a solve of the first tier alone. With --peers the same days go to HiGHS (the textbook program) and to
/// OR-Tools CP-SAT, where Python has them; their plans are valued and checked by our checker, their bounds are their own word. A team of
/// about 20 also gets a row for a repair: the day finalized as solved, its busiest person absent, the profile repair.
///
/// Exit code 0; 1 when a plan had a fault, a repetition gave another plan, or a peer proved something else than we did.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  zamu bench --sizes S,M
  zamu bench --sizes S,M,L --seeds 1,2 --peers --python .venv/bin/python --out table.json
  zamu bench --sheets sheets/ --peers          days of your own, by file
  zamu bench --sizes XL --write sheets/        only writes the days")]
#[command(args_conflicts_with_subcommands = true)]
pub struct Args {
    #[command(subcommand)]
    part: Option<Part>,
    /// Sizes of made-up days: S (8 people), M (20), L (50), XL (200), XXL (500)
    #[arg(long, value_name = "SIZES", value_delimiter = ',', default_value = "S,M,L", value_parser = size)]
    sizes: Vec<Size>,
    /// Their seeds, one day each
    #[arg(long, value_name = "SEEDS", value_delimiter = ',', default_value = "1,2,3")]
    seeds: Vec<u64>,
    /// Given days (zamu.sheet/1) instead: files, or folders of *.json
    #[arg(long, value_name = "DIR|FILE", num_args = 1.., conflicts_with_all = ["sizes", "seeds"])]
    sheets: Vec<PathBuf>,
    /// Writes the days to this folder as SIZE-SEED.json and measures nothing
    #[arg(long, value_name = "DIR", conflicts_with_all = ["sheets", "peers"])]
    write: Option<PathBuf>,
    /// A shipped profile (see `zamu profiles`) or a TOML file
    #[arg(long, default_value = "strict", value_name = "NAME|FILE")]
    profile: String,
    /// Seconds for each of our solves [default: by size: 60, XL 30]
    #[arg(long, value_name = "S", value_parser = solve::seconds)]
    time_limit: Option<f64>,
    /// Threads, ours and theirs
    #[arg(long, value_name = "N", default_value_t = 2, value_parser = clap::value_parser!(u16).range(1..=1024))]
    threads: u16,
    /// How often each of our measurements is made; the median counts
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u16).range(1..=1000))]
    repeat: u16,
    /// Asks HiGHS and CP-SAT too, where Python has them
    #[arg(long)]
    peers: bool,
    /// Seconds for each of theirs [default: by size: 60, XL 120, XXL not asked]
    #[arg(long, value_name = "S", value_parser = solve::seconds, requires = "peers")]
    peer_seconds: Option<f64>,
    /// By how many minutes the peers price balance: the sheet's grid, as anybody would, or each person's largest common divisor, which
    /// makes a far easier program
    #[arg(long, value_enum, default_value_t = Step::Grid, requires = "peers")]
    peer_step: Step,
    /// The Python that has highspy and ortools
    #[arg(long, value_name = "PATH", default_value = "python3", requires = "peers")]
    python: PathBuf,
    /// Print JSON instead of the table
    #[arg(long)]
    json: bool,
    /// Writes the JSON to this file too
    #[arg(long, value_name = "FILE")]
    out: Option<String>,
}

/// What else can be measured.
#[derive(Debug, clap::Subcommand)]
enum Part {
    Admission(admission::Args),
    Night(night::Args),
    Quarter(quarter::Args),
}

fn size(word: &str) -> Result<Size, String> {
    let known = Size::ALL.into_iter().find(|size| size.as_str().eq_ignore_ascii_case(word.trim()));
    known.ok_or_else(|| "expected one of S, M, L, XL, XXL".into())
}

/// Seconds for one of our solves: as long as a user may be asked to wait at that size.
fn our_seconds(size: Size) -> f64 {
    if size == Size::Xl { 30.0 } else { 60.0 }
}

/// Seconds for a peer; none where it is hopeless.
fn their_seconds(size: Size) -> Option<f64> {
    match size {
        Size::S | Size::M | Size::L => Some(60.0),
        Size::Xl => Some(120.0),
        Size::Xxl => None,
    }
}

/// Runs it.
pub fn run(args: Args) -> anyhow::Result<Exit> {
    match &args.part {
        Some(Part::Admission(args)) => return admission::run(args),
        Some(Part::Night(args)) => return night::run(args),
        Some(Part::Quarter(args)) => return quarter::run(args),
        None => {}
    }
    let profile = input::profile(&args.profile)?;
    if let Some(folder) = &args.write {
        return days::write(folder, &args.sizes, &args.seeds);
    }
    let days = if args.sheets.is_empty() { days::made_up(&args.sizes, &args.seeds) } else { days::given(&args.sheets)? };
    let mut report = Report::new(&args, &profile);
    let peers = if args.peers { peers::find(&args.python, &profile, &mut report.notes)? } else { Vec::new() };
    if let Some(file) = &args.out {
        // Before the measurements, which may take an hour, rather than after them.
        std::fs::File::options()
            .append(true)
            .create(true)
            .open(file)
            .with_context(|| format!("{file}: cannot be written, give a file in a folder that exists"))?;
    }
    measure(&args, &profile, &days, &peers, &mut report)?;
    report.conclude();
    let json = serde_json::to_string_pretty(&report)?;
    if let Some(file) = &args.out {
        output::write_to(Some(file), &format!("{json}\n"))?;
    }
    if args.json {
        output::print(json)?
    } else {
        output::print(report.for_people())?
    }
    Ok(Exit::answer(report.is_sound()))
}

/// Measures day after day into the report, until Ctrl-C.
fn measure(args: &Args, profile: &Profile, days: &[Day], peers: &[Peer], report: &mut Report) -> anyhow::Result<()> {
    let repair = Profile::shipped("repair").context("the profile repair is shipped")?;
    let bar = progress::bar("benchmarks", days.iter().map(|day| (1 + peers.len() + usize::from(is_repaired(day))) as u64).sum());
    for day in days {
        let seconds = args.time_limit.unwrap_or_else(|| our_seconds(day.size));
        let effort = ours::Effort { seconds, threads: usize::from(args.threads), repeat: usize::from(args.repeat) };
        let (ours, plan) = ours::measure(&day.sheet, profile, effort);
        bar.inc(1);
        let mut row = Row::new(day, "day", ours);
        for peer in peers {
            if let Some(seconds) = args.peer_seconds.or(their_seconds(day.size)).filter(|_| !row.ours.was_interrupted()) {
                let question = Question { sheet: &day.sheet, profile, seconds, threads: args.threads, step: args.peer_step };
                row.add(peer.ask(&args.python, question)?);
            }
            bar.inc(1);
        }
        let ended = row.ours.was_interrupted();
        report.rows.push(row);
        if !ended && is_repaired(day) {
            if let Some(broken) = days::after_an_absence(&day.sheet, &plan) {
                report.rows.push(Row::new(day, "repair", ours::measure(&broken, &repair, effort).0));
            }
            bar.inc(1);
        }
        if report.rows.last().is_some_and(|row| row.ours.was_interrupted()) {
            report.notes.push("ended by Ctrl-C: the rest was not measured".into());
            break;
        }
    }
    bar.finish_and_clear();
    if report.rows.is_empty() {
        bail!("there is nothing to measure; give --sizes and --seeds, or --sheets");
    }
    Ok(())
}

/// A manager waits for a repair at this size.
fn is_repaired(day: &Day) -> bool {
    day.size == Size::M
}
