//! `zamu bench quarter`.

use std::collections::BTreeMap;

use rayon::prelude::*;
use serde::Serialize;

use super::super::{Exit, input, output, progress};
use crate::alloc::greedy;
use crate::alloc::instance::Instance;
use crate::alloc::{Limits, Profile, allocate};
use crate::domain::AssignmentStatus;
use crate::operations::ledger::{Done, entries};
use crate::sheet::Sheet;
use crate::sheet::spa::Quarter;

/// Weeks after which the ledger is looked at, beside the last.
const LOOK_WEEKS: u64 = 4;

/// Deals weeks of a made-up spa three ways and shows how unevenly the work has fallen in the end: greedily, balanced day by day, and balanced with
/// what the fairness ledger carries from the days before.
///
/// Everybody has hours, qualifications and a week of leave of their own, one begins in the fifth week, temps come and go. The three ways deal the
/// same days. Each day then closes into a ledger of that way. The figure of a person is the minutes they are above their fair share, for each hour
/// that they were there; its spread (largest less smallest) and its standard deviation over the team are shown after every fourth week and the last.
///
/// Exit code 0 when the ledger's spread ends below both others, else 1.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  zamu bench quarter --seed 1
  zamu bench quarter --seed 2 --weeks 4 --staff 6 --json")]
pub struct Args {
    /// Seed of the weeks
    #[arg(long, value_name = "N", default_value_t = 1)]
    seed: u64,
    /// How many weeks
    #[arg(long, value_name = "N", default_value_t = 13, value_parser = clap::value_parser!(u16).range(1..=13))]
    weeks: u16,
    /// People on the team
    #[arg(long, value_name = "N", default_value_t = 12, value_parser = clap::value_parser!(u16).range(2..=100))]
    staff: u16,
    /// Temps, for two weeks each
    #[arg(long, value_name = "N", default_value_t = 3, value_parser = clap::value_parser!(u16).range(0..=20))]
    temps: u16,
    /// Share of the minutes on duty that is booked, of a hundred
    #[arg(long, value_name = "PERCENT", default_value_t = 60, value_parser = clap::value_parser!(u16).range(1..=100))]
    load: u16,
    /// A shipped profile (see `zamu profiles`) or a TOML file
    #[arg(long, default_value = "nightly", value_name = "NAME|FILE")]
    profile: String,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// A way to deal a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
enum Way {
    Greedy,
    DayByDay,
    Ledger,
}

/// How unevenly the work has fallen after so many weeks.
#[derive(Debug, Clone, Serialize)]
struct Look {
    way: Way,
    weeks: u64,
    /// Largest less smallest, in minutes above the share for each hour there.
    spread: f64,
    /// Standard deviation of the same.
    deviation: f64,
    /// Largest less smallest in minutes, however long they were there.
    spread_minutes: f64,
    /// Bookings left to nobody so far.
    unplaced: usize,
}

/// What somebody's days were so far.
#[derive(Debug, Clone, Copy, Default)]
struct Sum {
    balance_seconds: i64,
    available_minutes: i64,
}

/// Runs it.
pub fn run(args: &Args) -> anyhow::Result<Exit> {
    let profile = input::profile(&args.profile)?;
    let weeks = u64::from(args.weeks);
    let quarter = Quarter {
        staff: usize::from(args.staff),
        weeks,
        temps: usize::from(args.temps),
        load_percent: u32::from(args.load),
        bound_percent: 10,
        gender_percent: 15,
    };
    let days = quarter.days(args.seed);
    let bar = progress::bar("days", 3 * days.len() as u64);
    let looks: Vec<Look> =
        [Way::Greedy, Way::DayByDay, Way::Ledger].into_par_iter().flat_map_iter(|way| replay(way, &days, weeks, &profile, &|| bar.inc(1))).collect();
    bar.finish_and_clear();
    let last = |way: Way| looks.iter().rfind(|look| look.way == way).map_or(0.0, |look| look.spread);
    let is_evener = last(Way::Ledger) < last(Way::Greedy) && last(Way::Ledger) < last(Way::DayByDay);
    if args.json {
        output::print_json(&serde_json::json!({"seed": args.seed, "profile": profile.name, "days": days.len(), "looks": looks}))?;
    } else {
        output::print(for_people(&looks))?;
    }
    Ok(Exit::answer(is_evener))
}

fn for_people(looks: &[Look]) -> String {
    let mut sorted: Vec<&Look> = looks.iter().collect();
    sorted.sort_by_key(|look| look.weeks);
    let rows = sorted.into_iter().map(|look| {
        let way = match look.way {
            Way::Greedy => "greedy",
            Way::DayByDay => "balanced day by day",
            Way::Ledger => "balanced with the ledger",
        };
        let minutes = |value: f64| format!("{value:.2}");
        [
            look.weeks.to_string(),
            way.into(),
            minutes(look.spread),
            minutes(look.deviation),
            format!("{:.0}", look.spread_minutes),
            look.unplaced.to_string(),
        ]
    });
    let table = output::table(["weeks", "dealt", "spread min/h", "deviation min/h", "spread min", "unplaced"], rows);
    format!("{table}\n\nminutes above the fair share for each hour there; spread is largest less smallest over the team")
}

/// Deals the days one after the other and looks at the ledger now and then.
fn replay(way: Way, days: &[Sheet], weeks: u64, profile: &Profile, done: &dyn Fn()) -> Vec<Look> {
    let mut sums: BTreeMap<String, Sum> = BTreeMap::new();
    let (mut looks, mut unplaced) = (Vec::new(), 0);
    let days_of_a_week = days.len() / usize::try_from(weeks).unwrap_or(1).max(1);
    for (k, day) in days.iter().enumerate() {
        let mut sheet = day.clone();
        for resource in sheet.resources.iter_mut().filter(|r| way == Way::Ledger && !r.temporary) {
            // As a sheet from the store says it: whole minutes.
            resource.carried_minutes = sums.get(&resource.id).map_or(0.0, |sum| (sum.balance_seconds as f64 / 60.0).round());
        }
        let dealt = deal(way, &sheet, profile);
        unplaced += sheet.bookings.len() - dealt.len();
        for entry in entries(&sheet, &dealt) {
            let balance_seconds = entry.balance_seconds();
            let sum = sums.entry(entry.resource_id).or_default();
            sum.balance_seconds += balance_seconds;
            sum.available_minutes += entry.available_minutes;
        }
        done();
        let week = (k + 1) as u64 / days_of_a_week as u64;
        if (k + 1) % days_of_a_week == 0 && (week == weeks || (week.is_multiple_of(LOOK_WEEKS) && week + 1 < weeks)) {
            looks.push(look(way, week, &sums, unplaced));
        }
    }
    looks
}

fn deal(way: Way, sheet: &Sheet, profile: &Profile) -> BTreeMap<String, Done> {
    let requested = |b: usize| sheet.bookings[b].assignment.as_ref().is_some_and(|a| a.status == AssignmentStatus::Bound);
    if way == Way::Greedy {
        let served = greedy::repair_current(&Instance::new(sheet, false));
        let name = |by: &[usize]| by.iter().map(|&r| sheet.resources[r].id.clone()).collect();
        let done = served.iter().enumerate().filter_map(|(b, by)| Some((b, name(by.as_ref()?))));
        return done.map(|(b, by)| (sheet.bookings[b].id.clone(), Done { by, requested: requested(b) })).collect();
    }
    let place: BTreeMap<&str, usize> = sheet.bookings.iter().enumerate().map(|(b, booking)| (booking.id.as_str(), b)).collect();
    let plan = allocate(sheet, profile, Limits::default());
    plan.assignments
        .into_iter()
        .map(|placed| {
            let requested = place.get(placed.booking.as_str()).is_some_and(|&b| requested(b));
            (placed.booking, Done { by: placed.resources, requested })
        })
        .collect()
}

fn look(way: Way, weeks: u64, sums: &BTreeMap<String, Sum>, unplaced: usize) -> Look {
    let minutes = |sum: &Sum| sum.balance_seconds as f64 / 60.0;
    let there: Vec<&Sum> = sums.values().filter(|sum| sum.available_minutes > 0).collect();
    let per_hour: Vec<f64> = there.iter().map(|sum| minutes(sum) / (sum.available_minutes as f64 / 60.0)).collect();
    let spread = |values: &[f64]| values.iter().copied().fold(f64::MIN, f64::max) - values.iter().copied().fold(f64::MAX, f64::min);
    let mean = per_hour.iter().sum::<f64>() / per_hour.len().max(1) as f64;
    let variance = per_hour.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / per_hour.len().max(1) as f64;
    let in_minutes: Vec<f64> = there.iter().map(|sum| minutes(sum)).collect();
    Look { way, weeks, spread: spread(&per_hour).max(0.0), deviation: variance.sqrt(), spread_minutes: spread(&in_minutes).max(0.0), unplaced }
}
