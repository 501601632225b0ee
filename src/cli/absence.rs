//! `zamu absence`.

use crate::cli::threads::threads;
use anyhow::{Context, bail};
use serde_json::{Value, json};

use super::db::{DayWord, DbArg, block_on, location, parse_day, parse_instant};
use super::optimize::{as_json, moves};
use super::output::{Exit, print, print_json};
use super::{deadline, progress};
use crate::alloc::explain::repairs::Repairs;
use crate::alloc::{Limits, Stop};
use crate::booking::person;
use crate::channels::absence::Question;
use crate::clock::{Clock, SystemClock};
use crate::operations::Groups;
use crate::operations::absence::{
    Absence, AbsentDay, Confirmation, PREVIEW_MINUTES, PlannedDay, UndoReport, absence, confirm, planned_days, preview, said, undo,
};
use crate::operations::night::{RunOptions, Told};
use crate::store::{AbsenceRow, LocationRow, Store, StoreErrorKind};

/// Somebody is away: shows what that means, and with --confirm writes it and repairs the days it touches.
///
/// Who and when are said in a sentence, or with the options. What is not clear in a sentence is asked back, and nothing is done.
///
/// The preview sorts the bookings of each day into four groups: kept, moved silently (nobody was told a name), to be told (the customer knows the
/// name), unplaced, with what would place them. Without --tell customers who were told a name or chose the absent person wait in the
/// needs-attention queue; with --tell they are moved where they fit and told again, in the same transaction. A preview is confirmed by its id within
/// 10 minutes and on days that nobody changed; else there is a new one to look at. --confirm without an id does it at once.
///
/// Exit code 0 when everybody is served, 1 when some bookings need attention or a preview could not be confirmed any more.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  zamu absence 'Grace is out sick today' --location westlands                               a preview; nothing is written
  zamu absence '/absence Grace 2026-11-21..23 holiday' --location westlands
  zamu absence --confirm PREVIEW                                                            what was looked at is done
  zamu absence --undo ABSENCE                                                               and taken back again
  zamu absence --location westlands --who grace --date tomorrow --reason sick
  zamu absence --location westlands --who Grace --date 2026-11-21 --to 2026-11-23 --reason holiday --confirm
  zamu absence --location westlands --who grace --from-time 2026-11-21T14:00 --to-time 2026-11-21T17:00 --confirm")]
pub struct Args {
    /// Who is away, when and why, in a sentence
    #[arg(conflicts_with_all = ["who", "date", "from_time", "undo"])]
    words: Option<String>,
    /// The location's id
    #[arg(long, value_name = "ID", required_unless_present_any = ["undo", "confirm"])]
    location: Option<String>,
    /// Who is away, by name or id
    #[arg(long, value_name = "PERSON", required_unless_present_any = ["undo", "confirm", "words"])]
    who: Option<String>,
    /// First local day: YYYY-MM-DD, today or tomorrow
    #[arg(long, value_name = "DAY", value_parser = parse_day, required_unless_present_any = ["from_time", "undo", "confirm", "words"])]
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
    /// Why [default: what the sentence says, or absent]
    #[arg(long)]
    reason: Option<String>,
    /// Do it: this preview, or without an id what the other options say
    #[arg(long, value_name = "PREVIEW", num_args = 0..=1)]
    confirm: Option<Option<String>>,
    /// Move customers who were told a name, and tell them the new one
    #[arg(long)]
    tell: bool,
    /// Take a confirmed absence back: its bookings go back where they were, where that is free
    #[arg(long, value_name = "ABSENCE", conflicts_with_all = ["location", "who", "date", "confirm", "tell", "from_time"])]
    undo: Option<String>,
    /// Print JSON
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    db: DbArg,
}

/// Repairs of one booking that are shown, the best first; --json has all.
const REPAIRS_SHOWN: usize = 5;

/// Runs it.
pub fn run(args: &Args) -> anyhow::Result<Exit> {
    block_on(async {
        let store = args.db.open().await?;
        if let Some(id) = &args.undo {
            return take_back(&*store, id, args.json).await;
        }
        let stop = Stop::new();
        let threads = threads(None);
        let told = if args.tell { Told::MayMove } else { Told::Keep };
        let options = RunOptions { limits: Limits { threads, stop: stop.clone(), ..Limits::default() }, ..RunOptions::repair("console", told) };
        let _watch = deadline::watch(&stop, None);
        if let Some(Some(id)) = &args.confirm {
            return confirmed(&*store, id, args, &options).await;
        }
        let Some(id) = &args.location else { bail!("--location: where? `zamu locations` lists them") };
        let place = location(&*store, id).await?;
        let away = asked(&*store, &place, args).await?;
        let sign = progress::spinner("repairing");
        let (row, days) = if args.confirm.is_some() {
            let report = absence(&*store, &SystemClock, &away, &options).await?;
            (report.absence, report.days)
        } else {
            let looked = preview(&*store, &SystemClock, &away, args.words.as_deref(), &options).await?;
            (looked.row, looked.days)
        };
        drop(sign);
        show(&place, &row, &days, args)?;
        Ok(Exit::answer(days.iter().all(|day| day.run.as_ref().is_none_or(|run| run.groups.unplaced.is_empty()))))
    })
}

/// An absence and its days, and what can be done with it.
fn show(place: &LocationRow, row: &AbsenceRow, days: &[AbsentDay], args: &Args) -> anyhow::Result<()> {
    if args.json {
        let days: Vec<Value> = days.iter().map(day_as_json).collect();
        return print_json(&json!({"id": row.id, "state": row.state, "block": row.block_id, "days": days}));
    }
    print(format_args!("{} at {}, {}: {}\n", row.resource_id, place.name, spelt(place, row), row.reason))?;
    print(in_words(days))?;
    for repairs in days.iter().flat_map(|day| &day.repairs) {
        print(help_in_words(repairs))?;
    }
    if !row.may_move && days.iter().any(|day| !day.affected.finalized.is_empty()) {
        print("customers who know the name keep it until you decide; --tell moves those who fit and tells them the new one")?;
    }
    match &row.block_id {
        Some(_) => print(format_args!("\nwritten; `zamu absence --undo {}` takes it back", row.id)),
        None => print(format_args!("\na preview: nothing is written; within {PREVIEW_MINUTES} minutes `zamu absence --confirm {}` does it", row.id)),
    }
}

/// From when to when, on the location's wall.
fn spelt(place: &LocationRow, row: &AbsenceRow) -> String {
    let on = |at: crate::domain::Minute| at.to_utc().with_timezone(&place.timezone).format("%a %Y-%m-%d %H:%M").to_string();
    format!("{} to {}", on(row.span.start), on(row.span.end))
}

/// Confirms a preview by its id.
async fn confirmed(store: &dyn Store, id: &str, args: &Args, options: &RunOptions) -> anyhow::Result<Exit> {
    if args.words.is_some() || args.who.is_some() || args.tell {
        bail!("--confirm {id}: a preview is confirmed as it was looked at; leave the other options away, or the id");
    }
    let sign = progress::spinner("confirming");
    let answer = confirm(store, &SystemClock, id, options).await?;
    drop(sign);
    let row = match answer {
        Confirmation::Confirmed(row) => *row,
        Confirmation::Refused { why, fresh } => {
            if !args.json {
                print(format_args!("nothing was written: {}. As it is now:\n", why.as_str()))?;
            }
            let place = location(store, &fresh.row.location_id).await?;
            show(&place, &fresh.row, &fresh.days, args)?;
            return Ok(Exit::No);
        }
    };
    let days = planned_days(&row)?;
    if args.json {
        print_json(&json!({"id": row.id, "state": row.state, "block": row.block_id, "days": days}))?;
    } else {
        let said: Vec<String> = days.iter().map(planned_in_words).collect();
        print(if said.is_empty() { "nothing is booked with them then".to_owned() } else { said.join("\n\n") })?;
        print(format_args!("written; `zamu absence --undo {}` takes it back", row.id))?;
    }
    Ok(Exit::answer(days.iter().all(|day| day.groups.unplaced.is_empty())))
}

/// Takes an absence back, by its id or its block's; a block that no absence wrote is only taken away.
async fn take_back(store: &dyn Store, id: &str, json: bool) -> anyhow::Result<Exit> {
    let row = match store.absence(id).await {
        Ok(row) => undo(store, &SystemClock, &row.id, "console").await?,
        Err(error) if error.kind() == StoreErrorKind::NotFound => {
            let gone = store.remove_block(id).await;
            if gone.as_ref().is_err_and(|error| error.kind() == StoreErrorKind::NotFound) {
                bail!("there is no absence and no block {id:?}");
            }
            gone?;
            if json {
                print_json(&json!({"removed": id}))?
            } else {
                print(format_args!("block {id} is gone; the bookings stay as they are"))?
            }
            return Ok(Exit::Done);
        }
        Err(error) => return Err(error.into()),
    };
    let report: UndoReport = row.undo.clone().map(serde_json::from_value).transpose()?.unwrap_or_default();
    if json {
        print_json(&json!({"id": row.id, "state": row.state, "removed": row.block_id, "undo": report}))?;
    } else {
        print(format_args!("undone; {} bookings are where they were{}", report.restored.len(), listed(&report.restored)))?;
        for left in &report.left {
            print(format_args!("{} stays as it is: {}", left.booking_id, left.why))?;
        }
    }
    Ok(Exit::answer(report.left.is_empty()))
}

fn listed(ids: &[String]) -> String {
    if ids.is_empty() { String::new() } else { format!(": {}", ids.join(", ")) }
}

/// The absence that is meant.
async fn asked(store: &dyn Store, place: &LocationRow, args: &Args) -> anyhow::Result<Absence> {
    if let Some(words) = &args.words {
        let mut away = match said(store, &SystemClock, &place.id, words).await? {
            Ok(away) => away,
            Err(question) => bail!("{}", question_in_words(&question)),
        };
        if let Some(reason) = &args.reason {
            away.reason.clone_from(reason);
        }
        return Ok(away);
    }
    let reason = args.reason.clone().unwrap_or_else(|| "absent".to_owned());
    let Some(asked) = args.who.as_deref() else { bail!("who is away? Say it in a sentence, or with --who and --date") };
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
        return Ok(Absence { location_id: place.id.clone(), resource_id: who, span, reason });
    }
    let now = SystemClock.now();
    let Some(first) = args.date.map(|day| day.date(place.timezone, now)) else { bail!("--date: when?") };
    let last = args.to.map_or(first, |day| day.date(place.timezone, now));
    if last < first {
        bail!("--to: {last} is before {first}");
    }
    Ok(Absence::days(place, &who, first, last, &reason))
}

/// A question with the sentences that answer it.
fn question_in_words(question: &Question) -> String {
    let choices: Vec<String> = question.choices.iter().map(|choice| format!("\n  {}: {:?}", choice.means, choice.words)).collect();
    format!("{}{}", question.question, choices.concat())
}

fn day_as_json(day: &AbsentDay) -> Value {
    json!({"date": day.date, "affected": day.affected, "repair": day.run.as_ref().map(as_json), "repairs": day.repairs})
}

/// What would place a booking that nobody serves.
fn help_in_words(one: &Repairs) -> String {
    let rows = one.repairs.iter().enumerate().map(|(k, repair)| format!("\n  {}. {}", k + 1, repair.sentence));
    let rows: Vec<String> = rows.take(REPAIRS_SHOWN).collect();
    match &rows[..] {
        [] if one.complete => format!("\n{}: no single change places it", one.booking),
        [] => format!("\n{}: nothing that places it was found in time", one.booking),
        some => format!("\n{} can be placed by one of these:{}", one.booking, some.concat()),
    }
}

/// An absence day by day: whom it hits, and the four groups.
pub fn in_words(days: &[AbsentDay]) -> String {
    let touched: Vec<String> = days.iter().filter(|day| !day.affected.is_empty()).map(day_in_words).collect();
    if touched.is_empty() { "nothing is booked with them then".to_owned() } else { touched.join("\n\n") }
}

fn groups_in_words(groups: &Groups) -> String {
    let rows =
        [("kept", &groups.kept), ("moved silently", &groups.moved_silently), ("to be told", &groups.to_be_told), ("unplaced", &groups.unplaced)];
    rows.map(|(group, ids)| format!("\n  {group:<15}{:>3}  {}", ids.len(), ids.join(", ")).trim_end().to_owned()).concat()
}

fn planned_in_words(day: &PlannedDay) -> String {
    format!("{}:{}", day.date, groups_in_words(&day.groups))
}

fn day_in_words(day: &AbsentDay) -> String {
    let affected = &day.affected;
    let hit = affected.all().count();
    let mut out = format!(
        "{}: {hit} bookings are theirs ({} nobody was told of, {} chose them, {} know the name)",
        day.date,
        affected.provisional.len(),
        affected.bound.len(),
        affected.finalized.len()
    );
    let Some(run) = &day.run else { return out };
    out.push_str(&groups_in_words(&run.groups));
    if !run.plan.changes.is_empty() {
        out.push_str(&format!("\n\n{}", moves(run)));
    }
    for one in &run.change.attention {
        out.push_str(&format!("\nneeds attention: {} ({}): {}", one.booking_id, one.code, one.reason));
    }
    out
}
