//! `zamu staffing`.

use crate::cli::threads::threads;
use clap::builder::PossibleValuesParser;

use super::db::DbArg;
use super::output::{Exit, count, print, print_json, table};
use super::whatif::base_days;
use super::{deadline, progress};
use crate::alloc::{Limits, Stop};
use crate::scenario::staffing::{Least, Member, Staffing, staffing};

/// How many people a day needs: the fewest of those on duty, and the fewest temps beside them; hour by hour and by qualification.
///
/// BASE is a day sheet, a folder of them, or days of a database as LOCATION:FROM..TO. The answer is proven: no fewer temps serve as many, whatever
/// their hours; with so few temps, who do as little as can be, no fewer people do. What customers chose and were told is kept. Nothing is written.
///
/// Exit code 0 when those on duty are enough, 1 when it takes temps who are not on file or somebody cannot be served at all.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  zamu staffing saturday.json
  zamu staffing westlands:2026-11-21..2026-11-27 --service-level 0.95 --db spa.db
  zamu staffing sheets/ --by hour")]
pub struct Args {
    /// A day sheet, a folder of them, or LOCATION:FROM..TO
    base: String,
    /// The share of customers that is to be served
    #[arg(long, value_name = "SHARE", default_value = "1", value_parser = share)]
    service_level: f64,
    /// Show who (day), or what every hour needs (hour)
    #[arg(long, default_value = "day", value_parser = PossibleValuesParser::new(["day", "hour"]))]
    by: String,
    /// Days at a time; no answer depends on it [default: all cores]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    jobs: Option<u16>,
    /// Print JSON
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    db: DbArg,
}

/// A share from 0 to 1, or in percent.
fn share(text: &str) -> Result<f64, String> {
    let read = match text.strip_suffix('%') {
        Some(percent) => percent.trim().parse::<f64>().map(|percent| percent / 100.0),
        None => text.parse(),
    };
    read.ok().filter(|share| (0.0..=1.0).contains(share)).ok_or_else(|| "expected a share from 0 to 1, or a percentage such as 95%".to_owned())
}

/// Runs it.
pub fn run(args: &Args) -> anyhow::Result<Exit> {
    let days = base_days(&args.base, &args.db)?;
    let stop = Stop::new();
    let threads = threads(args.jobs);
    let limits = Limits { threads, stop: stop.clone(), ..Limits::default() };
    let bar = progress::bar("days", days.len() as u64);
    let needs = {
        let _watch = deadline::watch(&stop, None);
        staffing(&days, args.service_level, &limits, &|| bar.inc(1))
    };
    bar.finish_and_clear();
    let needs = needs?;
    match (args.json, args.by.as_str()) {
        (true, _) => print_json(&needs)?,
        (false, "hour") => print(hours(&needs))?,
        (false, _) => print(in_words(&needs))?,
    }
    Ok(Exit::answer(needs.iter().all(|day| day.team.iter().all(|one| one.id.is_some()) && day.unplaced.len() <= day.allowed)))
}

/// One row for each day, and who.
fn in_words(days: &[Staffing]) -> String {
    let least = |least: Least| {
        if least.enough == least.needed { least.enough.to_string() } else { format!("{}–{}", least.needed, least.enough) }
    };
    let rows = days.iter().map(|day| {
        [
            day.date.to_string(),
            day.bookings.to_string(),
            day.on_duty.to_string(),
            day.busy_now.to_string(),
            least(day.people),
            least(day.temps),
            day.unplaced.len().to_string(),
            who(&day.team),
        ]
    });
    let mut out = table(["day", "bookings", "on duty", "busy now", "people", "temps", "unplaced", "who"], rows);
    let people: usize = days.iter().map(|day| day.people.enough).sum();
    let temps: usize = days.iter().map(|day| day.temps.enough).sum();
    out.push_str(&format!("\n\n{}: {} are enough, {} of them temps", count(days.len(), "day"), count(people, "person-day"), temps));
    let largest = days.iter().map(|day| day.people.enough).max().unwrap_or(0);
    if days.len() > 1 {
        out.push_str(&format!("; {largest} on the fullest day"));
    }
    for day in days.iter().filter(|day| day.unplaced.len() > day.allowed) {
        out.push_str(&format!("\n{}: no temp could serve {}", day.date, day.unplaced.join(", ")));
    }
    out
}

fn who(team: &[Member]) -> String {
    let one = |member: &Member| match &member.id {
        Some(id) => id.clone(),
        None => {
            let can: Vec<&str> = member.qualifications.iter().map(String::as_str).collect();
            let gender = member.gender.as_ref().map(|g| format!(", {g}")).unwrap_or_default();
            format!("a temp {}–{} ({}{gender})", member.from, member.to, can.join(", "))
        }
    };
    team.iter().map(one).collect::<Vec<_>>().join(", ")
}

/// One row for each hour and what customers ask for.
fn hours(days: &[Staffing]) -> String {
    let rows = days.iter().flat_map(|day| {
        day.hours.iter().map(|hour| {
            let short = hour.asked.saturating_sub(hour.on_duty);
            [
                day.date.to_string(),
                hour.hour.clone(),
                hour.qualification.clone(),
                hour.asked.to_string(),
                hour.on_duty.to_string(),
                hour.used.to_string(),
                if short > 0 { format!("{short} short") } else { String::new() },
            ]
        })
    });
    table(["day", "hour", "what", "asked at once", "on duty who can", "used", ""], rows)
}
