//! `zamu absence`.

use anyhow::{Context, bail};
use serde_json::{Value, json};

use super::db::{DayWord, DbArg, block_on, location, parse_day, parse_instant};
use super::optimize::{as_json, moves};
use super::output::{Exit, print, print_json};
use super::{deadline, progress};
use crate::alloc::{Limits, Stop};
use crate::booking::person;
use crate::clock::{Clock, SystemClock};
use crate::operations::absence::{Absence, AbsentDay, absence, preview};
use crate::operations::night::{RunOptions, Told};
use crate::store::{LocationRow, Store};

/// Somebody is away: shows what that means, and with --confirm writes it and repairs the days it touches.
///
/// The preview sorts the bookings into four groups: kept, moved silently (nobody was told a name), to be told (the customer knows the name),
/// unplaced. Without --tell customers who were told a name or chose the absent person wait in the needs-attention queue; with --tell they
/// are moved where they fit and told again, in the same transaction.
///
/// Exit code 0 when everybody is served, 1 when some bookings need attention.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  zamu absence --location westlands --who grace --date tomorrow --reason sick               a preview; nothing is written
  zamu absence --location westlands --who grace --date tomorrow --reason sick --confirm
  zamu absence --location westlands --who Grace --date 2026-11-21 --to 2026-11-23 --reason holiday --confirm
  zamu absence --location westlands --who grace --from-time 2026-11-21T14:00 --to-time 2026-11-21T17:00 --confirm
  zamu absence --undo BLOCK")]
pub struct Args {
    /// The location's id
    #[arg(long, value_name = "ID", required_unless_present = "undo")]
    location: Option<String>,
    /// Who is away, by name or id
    #[arg(long, value_name = "PERSON", required_unless_present = "undo")]
    who: Option<String>,
    /// First local day: YYYY-MM-DD, today or tomorrow
    #[arg(long, value_name = "DAY", value_parser = parse_day, required_unless_present_any = ["from_time", "undo"])]
    date: Option<DayWord>,
    /// Last local day [default: the first]
    #[arg(long, value_name = "DAY", value_parser = parse_day, requires = "date")]
    to: Option<DayWord>,
    /// Instead of whole days: from this time
    #[arg(long, value_name = "TIME", conflicts_with = "date", requires = "to_time")]
    from_time: Option<String>,
    /// Instead of whole days: to this time
    #[arg(long, value_name = "TIME", requires = "from_time")]
    to_time: Option<String>,
    /// Why
    #[arg(long, default_value = "absent")]
    reason: String,
    /// Write it and repair
    #[arg(long)]
    confirm: bool,
    /// Move customers who were told a name, and tell them the new one
    #[arg(long)]
    tell: bool,
    /// Take a block away again; the bookings stay as they are
    #[arg(long, value_name = "BLOCK", conflicts_with_all = ["location", "who", "date", "confirm", "tell", "from_time"])]
    undo: Option<String>,
    /// Print JSON
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    db: DbArg,
}

/// Runs it.
pub fn run(args: &Args) -> anyhow::Result<Exit> {
    block_on(async {
        let store = args.db.open().await?;
        if let Some(block) = &args.undo {
            store.remove_block(block).await?;
            if args.json {
                print_json(&json!({"removed": block}))?
            } else {
                print(format_args!("block {block} is gone; `zamu optimize` gives the time its bookings back"))?
            }
            return Ok(Exit::Done);
        }
        let place = location(&*store, args.location.as_deref().unwrap_or_default()).await?;
        let away = asked(&*store, &place, args).await?;
        let stop = Stop::new();
        let threads = std::thread::available_parallelism().map_or(1, usize::from);
        let told = if args.tell { Told::MayMove } else { Told::Keep };
        let options = RunOptions { limits: Limits { threads, stop: stop.clone(), ..Limits::default() }, ..RunOptions::repair("console", told) };
        let _watch = deadline::watch(&stop, None);
        let sign = progress::spinner("repairing");
        let (block, days) = if args.confirm {
            let report = absence(&*store, &SystemClock, &away, &options).await?;
            (Some(report.block.id), report.days)
        } else {
            (None, preview(&*store, &SystemClock, &away, &options).await?)
        };
        drop(sign);
        if args.json {
            print_json(&json!({"block": block, "days": days.iter().map(day_as_json).collect::<Vec<_>>()}))?;
        } else {
            print(in_words(&days))?;
            if !args.tell && days.iter().any(|day| !day.affected.finalized.is_empty()) {
                print("customers who know the name keep it until you decide; --tell moves those who fit and tells them the new one")?;
            }
            match &block {
                Some(id) => print(format_args!("written as block {id}; `zamu absence --undo {id}` takes it away again"))?,
                None => print("a preview: nothing is written; --confirm does it")?,
            }
        }
        Ok(Exit::answer(days.iter().all(|day| day.run.as_ref().is_none_or(|run| run.groups.unplaced.is_empty()))))
    })
}

/// The absence that is meant.
async fn asked(store: &dyn Store, place: &LocationRow, args: &Args) -> anyhow::Result<Absence> {
    let asked = args.who.as_deref().unwrap_or_default();
    let who = match person::find(&store.resources(&place.id).await?, asked) {
        Ok(id) => id,
        Err(near) if near.is_empty() => bail!("nobody at {} is called {asked:?}", place.name),
        Err(near) => bail!("nobody at {} is called {asked:?}; did you mean {}?", place.name, near.join(" or ")),
    };
    if let (Some(from), Some(to)) = (&args.from_time, &args.to_time) {
        let start = parse_instant(from, place.timezone, SystemClock.now()).context("--from-time")?;
        let end = parse_instant(to, place.timezone, SystemClock.now()).context("--to-time")?;
        if end <= start {
            bail!("--to-time: {to} is not after {from}");
        }
        let span = crate::domain::Span::new(start, end);
        return Ok(Absence { location_id: place.id.clone(), resource_id: who, span, reason: args.reason.clone() });
    }
    let now = SystemClock.now();
    let first = args.date.unwrap_or(DayWord::FromToday(0)).date(place.timezone, now);
    let last = args.to.map_or(first, |day| day.date(place.timezone, now));
    if last < first {
        bail!("--to: {last} is before {first}");
    }
    Ok(Absence::days(place, &who, first, last, &args.reason))
}

fn day_as_json(day: &AbsentDay) -> Value {
    let affected = json!({"provisional": day.affected.provisional, "bound": day.affected.bound, "finalized": day.affected.finalized});
    json!({"date": day.date, "affected": affected, "repair": day.run.as_ref().map(as_json)})
}

/// An absence day by day: whom it hits, and the four groups.
pub fn in_words(days: &[AbsentDay]) -> String {
    let touched: Vec<String> = days.iter().filter(|day| !day.affected.is_empty()).map(day_in_words).collect();
    if touched.is_empty() { "nothing is booked with them then".to_owned() } else { touched.join("\n\n") }
}

fn day_in_words(day: &AbsentDay) -> String {
    let affected = &day.affected;
    let hit = affected.provisional.len() + affected.bound.len() + affected.finalized.len();
    let mut out = format!(
        "{}: {hit} bookings are theirs ({} nobody was told of, {} chose them, {} know the name)",
        day.date,
        affected.provisional.len(),
        affected.bound.len(),
        affected.finalized.len()
    );
    let Some(run) = &day.run else { return out };
    let groups = &run.groups;
    let rows =
        [("kept", &groups.kept), ("moved silently", &groups.moved_silently), ("to be told", &groups.to_be_told), ("unplaced", &groups.unplaced)];
    for (group, ids) in rows {
        out.push_str(format!("\n  {group:<15}{:>3}  {}", ids.len(), ids.join(", ")).trim_end());
    }
    if !run.plan.changes.is_empty() {
        out.push_str(&format!("\n\n{}", moves(run)));
    }
    for one in &run.change.attention {
        out.push_str(&format!("\nneeds attention: {} ({}): {}", one.booking_id, one.code, one.reason));
    }
    out
}
