//! `zamu resilience`.

use super::db::{DayWord, DbArg, block_on, location, parse_day};
use super::output::{Exit, count, number, print, print_json, table};
use super::{deadline, input, progress, solve};
use crate::alloc::{Limits, Stop};
use crate::cli::threads::threads;
use crate::clock::{Clock, SystemClock};
use crate::operations::resilience::{self, Absence, Lost, Resilience};

/// For each person and table on duty: what breaks if they are out that day; and which hours of which temp would be worth most.
///
/// The day is dealt again without each of them: as few bookings left to nobody as can be, then as few customers told another name as can be. What a
/// customer chose is held. A temp's worth is how many more bookings would be placed, on the day as it is and on average over the days on which one is
/// out, each as likely as the others.
///
/// Exit code 0 when the day stands whoever is out, 1 when somebody's absence leaves a booking to nobody.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  zamu resilience --location westlands --date tomorrow
  zamu resilience saturday.json --json")]
pub struct Args {
    /// A day sheet (zamu.sheet/1) instead of a day of the database; `-` for standard input
    #[arg(conflicts_with_all = ["location", "date"], required_unless_present = "location")]
    sheet: Option<String>,
    /// The location's id
    #[arg(long, value_name = "ID", requires = "date")]
    location: Option<String>,
    /// The local day: YYYY-MM-DD, today or tomorrow
    #[arg(long, value_name = "DAY", value_parser = parse_day, requires = "location")]
    date: Option<DayWord>,
    /// Print JSON
    #[arg(long)]
    json: bool,
    /// Threads to search with; the report does not depend on it [default: all cores]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    threads: Option<u16>,
    /// Seconds after which what was found so far is the answer
    #[arg(long, value_name = "S", default_value = "60", value_parser = solve::seconds)]
    time_limit: f64,
    #[command(flatten)]
    db: DbArg,
}

/// Runs it.
pub fn run(args: &Args) -> anyhow::Result<Exit> {
    let stop = Stop::new();
    let threads = threads(args.threads);
    let limits = Limits { threads, stop: stop.clone(), ..Limits::default() };
    let report = match (&args.sheet, &args.location, args.date) {
        (Some(file), ..) => {
            let (sheet, _) = input::sheet(file)?;
            let _watch = deadline::watch(&stop, Some(args.time_limit));
            let _sign = progress::spinner("taking one out after the other");
            resilience::resilience(&sheet, &limits)
        }
        (None, id, date) => block_on(async {
            let store = args.db.open().await?;
            let place = location(&*store, id.as_deref().unwrap_or_default()).await?;
            let date = date.unwrap_or(DayWord::FromToday(1)).date(place.timezone, SystemClock.now());
            let _watch = deadline::watch(&stop, None);
            let _sign = progress::spinner("taking one out after the other");
            Ok(resilience::of_day(&*store, &SystemClock, &place.id, date, &limits, args.time_limit).await?)
        })?,
    };
    if args.json {
        print_json(&report)?;
    } else {
        print(in_words(&report))?;
    }
    Ok(Exit::answer(report.absences.iter().all(|one| one.breaks == 0)))
}

/// Two tables: who is missed most, and who would help most.
fn in_words(report: &Resilience) -> String {
    let mut out = format!("{} on {}: {}", report.location, report.date, count(report.bookings, "booking"));
    if !report.unplaced.is_empty() {
        out.push_str(&format!("; with everybody there nobody serves {}", ids(&report.unplaced)));
    }
    let (harmful, harmless): (Vec<&Absence>, Vec<&Absence>) = report.absences.iter().partition(|one| one.breaks > 0 || !one.told_again.is_empty());
    let rows = harmful.iter().map(|one| {
        let proof = if one.certified { String::new() } else { format!("at least {}", number(one.breaks_priority_at_least)) };
        [one.id.clone(), one.name.clone(), one.holds.to_string(), one.breaks.to_string(), one.told_again.len().to_string(), ids(&one.unplaced), proof]
    });
    if !harmful.is_empty() {
        out.push_str(&format!("\n\n{}", table(["out", "name", "holds", "breaks", "told again", "nobody serves then", ""], rows)));
    }
    if !harmless.is_empty() {
        let names: Vec<&str> = harmless.iter().map(|one| one.id.as_str()).collect();
        out.push_str(&format!("\n\nnothing breaks without {}", names.join(", or ")));
    }
    if !report.temps.is_empty() {
        let rows = report.temps.iter().map(|temp| {
            let can: Vec<&str> = temp.qualifications.iter().map(String::as_str).collect();
            [
                can.join(", "),
                temp.gender.clone().unwrap_or_default(),
                format!("{}–{}", &temp.start[11..16], &temp.end[11..16]),
                format!("{:.2}", temp.gains),
                format!("{:.2}", temp.gains_if_one_is_out),
                format!("{:.2}", temp.worth_per_hour),
                if temp.certified { "" } else { "not proven" }.to_owned(),
            ]
        });
        out.push_str(&format!("\n\n{}", table(["a temp who can", "gender", "hours", "places", "if one is out", "an hour", ""], rows)));
        if report.temps_examined < report.temps_considered {
            out.push_str(&format!("\n{} of {} temps thought of were looked at to the end", report.temps_examined, report.temps_considered));
        }
    }
    out
}

fn ids(lost: &[Lost]) -> String {
    let shown: Vec<String> = lost.iter().map(|one| format!("{} {}", one.booking, &one.start[11..16])).collect();
    shown.join(", ")
}
