//! `zamu backtest`.

use crate::cli::threads::threads;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use chrono::NaiveDate;
use clap::ValueEnum;
use serde::Serialize;

use super::db::DbArg;
use super::{Exit, deadline, input, output, progress, solve};
use crate::alloc::{Profile, Stop};
use crate::clock::{Clock, SystemClock};
use crate::ingest::table::{self, Column, Table};
use crate::operations::backtest::{self, Comparison, DayOutcome, OnDuty, ReferenceDay, Running, Summary};
use crate::store::Store;

/// Before anything on file.
const EARLIEST: NaiveDate = NaiveDate::from_ymd_opt(1, 1, 1).expect("a date");

/// Every past day as it really was, beside the greedy hand and the proven optimum.
///
/// recorded: who really served, as it was written down. greedy: all bookings dealt from nothing in the order of start, each to the least-busy
/// free person who may serve it. optimum: the allocator's plan; its moves are bookings served by others than recorded. Spread is the longest
/// minus the shortest served minutes of those on duty; unplaced bookings are served by nobody. Bookings that were called off are left out,
/// no-shows are not: the night before nobody knew. The store is only read.
///
/// Spread and balance count what is served: a way of dealing that leaves more unplaced can look more even than one that serves everybody.
///
/// Exit code 0; with --reference 1 when any day differs from it.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  zamu backtest --location hair-salon --db salon.db
  zamu backtest --location hair-salon --db salon.db --from 2018-06-01 --to 2018-06-30 --profile strict --format csv
  zamu backtest --location hair-salon --db salon.db --reference ../shared/data/hair-salon/reference_daily_balance_cpsat.csv")]
pub struct Args {
    /// The location
    #[arg(long, value_name = "L")]
    location: String,
    #[command(flatten)]
    db: DbArg,
    /// First day [default: the first on file]
    #[arg(long, value_name = "D")]
    from: Option<NaiveDate>,
    /// Last day [default: yesterday]
    #[arg(long, value_name = "D")]
    to: Option<NaiveDate>,
    /// A shipped profile (see `zamu profiles`) or a TOML file [default: nightly; with --reference spread]
    #[arg(long, value_name = "NAME|FILE")]
    profile: Option<String>,
    /// Hours of those on duty: worked (as on file; for imported days from the first start to the last end of recorded work), opening (the
    /// house's), or ignored (all day) [default: worked; with --reference ignored]
    #[arg(long, value_enum)]
    hours: Option<HoursArg>,
    /// How to print it
    #[arg(long, value_enum, default_value_t = Format::Table)]
    format: Format,
    /// The same as --format json
    #[arg(long, conflicts_with = "format")]
    json: bool,
    /// Compare with somebody else's results, a CSV file with the columns date, bookings, staff, elig_density, recorded_spread,
    /// recorded_HOUSE, unassigned_opt, spread_opt and status, and say why the two differ where they do
    #[arg(long, value_name = "FILE")]
    reference: Option<PathBuf>,
    /// Seconds for each day [default: the profile's]
    #[arg(long, value_name = "S", value_parser = solve::seconds, allow_negative_numbers = true)]
    time_limit: Option<f64>,
    /// Days at a time; the results do not depend on it [default: all cores]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    threads: Option<u16>,
    /// Seed of the searches
    #[arg(long, value_name = "N", default_value_t = 1)]
    seed: u64,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum HoursArg {
    Worked,
    Opening,
    Ignored,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    Table,
    Csv,
    Json,
}

/// Everything, for programs.
#[derive(Debug, Serialize)]
struct Answer<'a> {
    location: &'a str,
    profile: &'a str,
    hours: OnDuty,
    summary: &'a Summary,
    days: &'a [DayOutcome],
    #[serde(skip_serializing_if = "Option::is_none")]
    reference: Option<&'a [Comparison]>,
}

/// Runs it.
pub fn run(args: Args) -> anyhow::Result<Exit> {
    let mut reference = args.reference.as_deref().map(read_reference).transpose()?;
    if let Some(reference) = &mut reference {
        reference.retain(|day| args.from.is_none_or(|from| from <= day.date) && args.to.is_none_or(|to| day.date <= to));
    }
    let profile = input::profile(args.profile.as_deref().unwrap_or(if reference.is_some() { "spread" } else { "nightly" }))?;
    let on_duty = match args.hours {
        Some(HoursArg::Worked) => OnDuty::Worked,
        Some(HoursArg::Opening) => OnDuty::Opening,
        Some(HoursArg::Ignored) => OnDuty::Ignored,
        None if reference.is_some() => OnDuty::Ignored,
        None => OnDuty::Worked,
    };
    let past = read(&args, on_duty)?;
    if past.is_empty() {
        bail!("nothing is booked at {} on those days; see `zamu bookings`, or widen --from and --to", args.location);
    }
    let bar = progress::bar("days", past.len() as u64);
    let seconds = args.time_limit.unwrap_or(profile.limits.time_limit_s);
    let outcome = backtest::run(
        &past,
        &Running {
            profile: &profile,
            threads: threads(args.threads),
            seed: args.seed,
            clock: &SystemClock,
            limited: &|stop: &Stop, search: &mut (dyn FnMut() + Send)| {
                let _timer = deadline::timer(stop, seconds);
                search();
            },
            done: &|| bar.inc(1),
        },
    );
    bar.finish_and_clear();
    let days = outcome?;
    let compared = reference.map(|reference| compare(&days, &reference, on_duty, &profile));
    let summary = backtest::summarize(&days);
    let format = if args.json { Format::Json } else { args.format };
    match format {
        Format::Table => output::print(tables(&args.location, &profile, on_duty, &days, &summary, compared.as_deref()))?,
        Format::Csv => output::print(csv_text(&days)?.trim_end())?,
        Format::Json => {
            let reference = compared.as_deref();
            output::print_json(&Answer {
                location: &args.location,
                profile: &profile.name,
                hours: on_duty,
                summary: &summary,
                days: &days,
                reference,
            })?;
        }
    }
    Ok(Exit::answer(compared.is_none_or(|days| days.iter().all(|day| day.agrees))))
}

fn compare(days: &[DayOutcome], reference: &[ReferenceDay], on_duty: OnDuty, profile: &Profile) -> Vec<Comparison> {
    let tiers: Vec<&str> = profile.tiers.iter().map(|tier| tier.name.as_str()).collect();
    backtest::compare(days, reference, on_duty, &tiers)
}

fn read(args: &Args, on_duty: OnDuty) -> anyhow::Result<Vec<backtest::PastDay>> {
    let runtime = tokio::runtime::Runtime::new().context("the program's threads cannot be started")?;
    runtime.block_on(async {
        let store = args.db.open().await?;
        let days = read_past(&*store, args, on_duty).await;
        store.close().await;
        days
    })
}

/// Up to yesterday by the clock of the place: what is still to come has no record.
async fn read_past(store: &dyn Store, args: &Args, on_duty: OnDuty) -> anyhow::Result<Vec<backtest::PastDay>> {
    let timezone = store.location(&args.location).await?.timezone;
    let today = SystemClock.now().with_timezone(&timezone).date_naive();
    let yesterday = today.pred_opt().unwrap_or(today);
    if let Some(to) = args.to.filter(|to| *to > yesterday) {
        bail!("--to {to} is not past: it is {today} at {}; a backtest looks at days that are over", args.location);
    }
    let (from, to) = (args.from.unwrap_or(EARLIEST), args.to.unwrap_or(yesterday));
    if from > to {
        bail!("--from {from} is after the last day, {to}");
    }
    Ok(backtest::read(store, &args.location, from, to, on_duty).await?)
}

fn tables(location: &str, profile: &Profile, on_duty: OnDuty, days: &[DayOutcome], summary: &Summary, compared: Option<&[Comparison]>) -> String {
    let mut out = output::table(
        [
            "\ndate",
            "\nbookings",
            "\non duty",
            "unplaced\nrecorded",
            "\ngreedy",
            "\noptimum",
            "spread\nrecorded",
            "\ngreedy",
            "\noptimum",
            "balance\nrecorded",
            "\ngreedy",
            "\noptimum",
            "\nmoved",
            "\nms",
            "\nproof",
        ],
        days.iter().map(|day| {
            let figures = [day.recorded, day.greedy, day.optimum];
            let [u0, u1, u2] = figures.map(|f| f.unplaced.to_string());
            let [s0, s1, s2] = figures.map(|f| output::number(f.spread_minutes));
            let [b0, b1, b2] = figures.map(|f| format!("{:.1}", f.balance));
            let moved = day.optimum.moved.to_string();
            let proof = if day.proven { "proven".to_owned() } else { gap(day) };
            [
                day.date.to_string(),
                day.bookings.to_string(),
                day.on_duty.to_string(),
                u0,
                u1,
                u2,
                s0,
                s1,
                s2,
                b0,
                b1,
                b2,
                moved,
                day.solve_ms.to_string(),
                proof,
            ]
        }),
    );
    out.push_str(&format!(
        "\n\n{location}, profile {}, hours {}: {} days, {} bookings\n\n",
        profile.name,
        on_duty.as_str(),
        summary.days,
        summary.bookings
    ));
    let rows = [("recorded", summary.recorded), ("greedy", summary.greedy), ("optimum", summary.optimum)];
    out.push_str(&output::table(
        ["", "unplaced in all", "mean spread (min)", "mean balance", "served by another"],
        rows.map(|(name, m)| {
            [name.to_owned(), m.unplaced.to_string(), format!("{:.1}", m.spread_minutes_mean), format!("{:.1}", m.balance_mean), m.moved.to_string()]
        }),
    ));
    out.push_str(&format!(
        "\n\nproven on {} of {} days; {} ms of search in all, {} ms on the longest day",
        summary.days_proven, summary.days, summary.solve_ms, summary.solve_ms_max
    ));
    if summary.recorded_overlaps > 0 {
        out.push_str(&format!(
            "\n{} recorded bookings are of somebody recorded as busy with another at that time; the plans serve nobody that way",
            summary.recorded_overlaps
        ));
    }
    if let Some(compared) = compared {
        out.push_str(&format!("\n\n{}", comparison(compared)));
    }
    out
}

/// What is not proven of a day, tier by tier.
fn gap(day: &DayOutcome) -> String {
    let open = day.tiers.iter().filter(|tier| !tier.optimal);
    let words: Vec<String> = open.map(|tier| format!("{} ≥ {}", tier.name, tier.bound.map_or_else(|| "?".to_owned(), output::number))).collect();
    format!("{}: {}", day.stopped, words.join(", "))
}

fn comparison(compared: &[Comparison]) -> String {
    let agree = compared.iter().filter(|day| day.agrees).count();
    let unproven = compared.iter().filter(|day| day.agrees && !day.proven.0 && day.proven.1).count();
    let mean = |of: &dyn Fn(&Comparison) -> f64| compared.iter().map(of).sum::<f64>() / compared.len().max(1) as f64;
    let mut out = format!(
        "reference: {} days, {agree} agree in unplaced and spread; mean smallest spread {:.1} here, {:.1} there",
        compared.len(),
        mean(&|day| day.ours.map_or(0.0, |(_, spread)| spread)),
        mean(&|day| day.theirs.1),
    );
    if unproven > 0 {
        out.push_str(&format!("\n{unproven} of them were not proven there, and are here"));
    }
    let inputs = compared.iter().filter(|day| day.agrees && !day.causes.is_empty()).count();
    if inputs > 0 {
        out.push_str(&format!("\n{inputs} of them agree although an input differs"));
    }
    for day in compared.iter().filter(|day| !day.causes.is_empty()) {
        let ours = day.ours.map_or_else(|| "nothing".to_owned(), |(unplaced, spread)| format!("{unplaced} unplaced, spread {spread}"));
        let causes: Vec<String> = day.causes.iter().map(ToString::to_string).collect();
        out.push_str(&format!("\n  {}: {ours} here; {} unplaced, spread {} there: {}", day.date, day.theirs.0, day.theirs.1, causes.join("; ")));
    }
    out
}

fn csv_text(days: &[DayOutcome]) -> anyhow::Result<String> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    let figures = ["unplaced", "spread_minutes", "balance", "moved"];
    let ways = ["recorded", "greedy", "optimum"];
    let columns = ways.iter().flat_map(|way| figures.iter().map(move |figure| format!("{way}_{figure}")));
    let header = ["date", "bookings", "on_duty"].map(str::to_owned).into_iter().chain(columns);
    writer.write_record(header.chain(["proven", "stopped", "solve_ms"].map(str::to_owned)))?;
    for day in days {
        let values = [day.recorded, day.greedy, day.optimum]
            .into_iter()
            .flat_map(|f| [f.unplaced.to_string(), f.spread_minutes.to_string(), f.balance.to_string(), f.moved.to_string()]);
        let row = [day.date.to_string(), day.bookings.to_string(), day.on_duty.to_string()].into_iter().chain(values);
        writer.write_record(row.chain([day.proven.to_string(), day.stopped.clone(), day.solve_ms.to_string()]))?;
    }
    Ok(String::from_utf8(writer.into_inner()?)?)
}

/// Somebody else's results. A line that cannot be read is an error: a comparison with holes would mislead.
fn read_reference(path: &Path) -> anyhow::Result<Vec<ReferenceDay>> {
    let file = path.display().to_string();
    let mut reports = Vec::new();
    let table = Table::read(&file, &table::read_file(path)?, b',', &mut reports)?;
    if let Some(report) = reports.first() {
        bail!("{file}: line {}: {}", report.line, report.why);
    }
    let names = ["date", "bookings", "staff", "elig_density", "recorded_spread", "recorded_HOUSE", "unassigned_opt", "spread_opt", "status"];
    let [date, bookings, staff, density, recorded, house, unassigned, spread, status] = table.columns(&file, names)?;
    let days = table.rows().iter().map(|row| {
        let number = |column: Column, name: &str| {
            let text = row.get(column);
            text.parse::<f64>().with_context(|| format!("{file}: line {}: {name} is {text:?}; expected a number", row.line))
        };
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "counts; whatever else is there saturates and disagrees")]
        let count = |column: Column, name: &str| number(column, name).map(|value| value as usize);
        Ok(ReferenceDay {
            date: row.get(date).parse().with_context(|| format!("{file}: line {}: date is {:?}; expected 2018-04-03", row.line, row.get(date)))?,
            bookings: count(bookings, "bookings")?,
            staff: count(staff, "staff")?,
            qualified_share: number(density, "elig_density")?,
            recorded_spread: number(recorded, "recorded_spread")?,
            recorded_unplaced: count(house, "recorded_HOUSE")?,
            unplaced: count(unassigned, "unassigned_opt")?,
            spread: number(spread, "spread_opt")?,
            proven: row.get(status) == "OPTIMAL",
        })
    });
    days.collect()
}
