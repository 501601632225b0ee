//! `zamu attention`: what waits for a person, and what a person does about it.

use crate::cli::threads::threads;
use anyhow::bail;
use serde_json::{Value, json};

use super::db::{DayWord, DbArg, block_on, location, parse_day};
use super::output::{Exit, print, print_json, table};
use super::{explain, progress};
use crate::alloc::explain::repairs::Repair;
use crate::alloc::{Limits, Stop};
use crate::clock::{Clock, SystemClock};
use crate::operations::assign::{Candidate, Override};
use crate::operations::attention::act::{self, Settled};
use crate::operations::attention::{Case, age_minutes, case};
use crate::store::{Stamp, Store};

/// Lists what waits for a person's decision, shows what would mend it, and does what the person decides
///
/// Without a row it lists: bookings nobody serves, customers nobody can write to. With one it shows why, who might serve it, and what would place it,
/// each change solved again and priced; and does one thing about it. What waits is tried again by itself whenever something has changed. Exit code 1
/// when something waits.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  zamu attention --location westlands
  zamu attention ROW                                         why, who might, and what would place it
  zamu attention ROW --accept 2 --name Zawadi                carry the second repair out; a temp is called Zawadi
  zamu attention ROW --assign grace --reason \"she asked\"
  zamu attention ROW --assign joy --override \"she learned it last week\"
  zamu attention ROW --ask                                   write to the customer with the nearest free times
  zamu attention ROW --requeue                               try again now
  zamu attention ROW --cancel --reason \"nobody can\"
  zamu attention ROW --confirm                               let it stand although nobody serves it yet
  zamu attention ROW --resolve --reason \"called them\"")]
#[command(group = clap::ArgGroup::new("deed").requires("row"))]
pub struct Args {
    /// The row that is looked at or settled
    #[arg(value_name = "ROW", required_unless_present = "location")]
    row: Option<String>,
    /// The location's id
    #[arg(long, value_name = "ID", conflicts_with = "row")]
    location: Option<String>,
    /// Only this local day
    #[arg(long, value_name = "DAY", value_parser = parse_day, conflicts_with = "row")]
    date: Option<DayWord>,
    /// Carry this repair out, by its number in the list
    #[arg(long, value_name = "NUMBER", group = "deed", value_parser = clap::value_parser!(u16).range(1..))]
    accept: Option<u16>,
    /// What a temp is called
    #[arg(long, value_name = "NAME", requires = "accept")]
    name: Option<String>,
    /// Give it to these people or tables, with commas
    #[arg(long, value_name = "PERSON,…", group = "deed", value_delimiter = ',')]
    assign: Option<Vec<String>>,
    /// Why they may although they lack a qualification or are not of the wished gender
    #[arg(long, value_name = "WHY", requires = "assign")]
    r#override: Option<String>,
    /// Ask the customer what would suit them instead
    #[arg(long, group = "deed")]
    ask: bool,
    /// Call the booking off
    #[arg(long, group = "deed")]
    cancel: bool,
    /// Try again now
    #[arg(long, group = "deed")]
    requeue: bool,
    /// Let the booking stand although nobody serves it yet
    #[arg(long, group = "deed")]
    confirm: bool,
    /// Say that it is settled
    #[arg(long, group = "deed")]
    resolve: bool,
    /// Why, for the history
    #[arg(long, default_value = "settled by hand")]
    reason: String,
    /// Seconds that looking for repairs may take
    #[arg(long, value_name = "S", default_value = "20", value_parser = super::solve::seconds)]
    time_limit: f64,
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
        match &args.row {
            None => list(&*store, args).await,
            Some(row) => match done(&*store, row, args).await? {
                Some(settled) => tell(&settled, args.json),
                None => show(&look(&*store, row, args).await?, args.json),
            },
        }
    })
}

async fn list(store: &dyn Store, args: &Args) -> anyhow::Result<Exit> {
    let place = location(store, args.location.as_deref().unwrap_or_default()).await?;
    let date = args.date.map(|day| day.date(place.timezone, SystemClock.now()));
    let open = store.open_attention(&place.id, date).await?;
    if args.json {
        print_json(&open)?;
    } else if open.is_empty() {
        print("nothing waits")?;
    } else {
        // Reasons name everybody who was thought of: too long for a column.
        for one in &open {
            let waits = in_words(age_minutes(one, SystemClock.now()));
            let tried = if one.attempts == 0 { String::new() } else { format!(", tried again {} times", one.attempts) };
            let asked = if one.asked_at.is_some() { ", the customer was asked" } else { "" };
            print(format_args!("{}  {}  {} ({}; waits {waits}{tried}{asked})\n    {}", one.id, one.date, one.booking_id, one.code, one.reason))?;
        }
    }
    Ok(Exit::answer(open.is_empty()))
}

fn in_words(minutes: i64) -> String {
    match minutes {
        0..120 => format!("{minutes} minutes"),
        120..2880 => format!("{} hours", minutes / 60),
        _ => format!("{} days", minutes / 1440),
    }
}

async fn look(store: &dyn Store, row: &str, args: &Args) -> anyhow::Result<Case> {
    let threads = threads(None);
    let _sign = progress::spinner("looking for repairs");
    Ok(case(store, &SystemClock, row, &Limits { threads, stop: Stop::new(), ..Limits::default() }, args.time_limit).await?)
}

/// What was done, if anything was asked for.
async fn done(store: &dyn Store, row: &str, args: &Args) -> anyhow::Result<Option<Settled>> {
    let (clock, by) = (&SystemClock, act::by("console"));
    let settled = if let Some(number) = args.accept {
        let case = look(store, row, args).await?;
        let repairs = case.repairs.map(|found| found.repairs).unwrap_or_default();
        let Some(repair) = repairs.get(usize::from(number) - 1) else { bail!("--accept {number}: {row} has {} repairs", repairs.len()) };
        act::accept(store, clock, row, &repair.change, Some(case.day_version), args.name.as_deref(), &by).await?
    } else if let Some(people) = &args.assign {
        let people: Vec<&str> = people.iter().map(String::as_str).collect();
        let overriding = args.r#override.as_deref().map(|why| Override { why });
        act::give(store, clock, row, &people, overriding, &args.reason, &by).await?
    } else if args.ask {
        act::ask(store, clock, row, &by).await?
    } else if args.cancel {
        act::cancel(store, clock, row, &args.reason, &by).await?
    } else if args.requeue {
        act::requeue(store, clock, row, &by).await?
    } else if args.confirm {
        act::confirm(store, clock, row, &args.reason, &by).await?
    } else if args.resolve {
        store.resolve_attention(row, &Stamp::new("console", clock.now(), &args.reason)).await?;
        let booking = store.booking(&store.attention(row).await?.booking_id).await?;
        Settled { booking, settled: true, said: format!("settled: {}", args.reason) }
    } else {
        return Ok(None);
    };
    Ok(Some(settled))
}

fn tell(settled: &Settled, json: bool) -> anyhow::Result<Exit> {
    let booking = &settled.booking;
    if json {
        print_json(
            &json!({"booking": booking.id, "state": booking.state, "resources": booking.resources, "settled": settled.settled, "said": settled.said}),
        )?;
    } else {
        let who = if booking.resources.is_empty() { "nobody".to_owned() } else { booking.resources.join(" and ") };
        let waits = if settled.settled { "" } else { "; it goes on waiting" };
        print(format_args!("{}\n{} is {} and served by {who}{waits}", settled.said, booking.id, booking.state.as_str()))?;
    }
    Ok(Exit::answer(settled.settled))
}

fn show(case: &Case, json: bool) -> anyhow::Result<Exit> {
    if json {
        print_json(&as_json(case))?;
        return Ok(Exit::No);
    }
    print(format_args!("{}  {}\n{}\n", case.row.date, case.line, case.row.reason))?;
    if case.has_room {
        print("there is room by now: --requeue places it\n")?;
    }
    let rows = case.candidates.iter().map(|one| [one.name.clone(), one.resource_id.clone(), format!("{} min", one.load_minutes), keeps(one)]);
    print(table(["who might serve it", "id", "that day", ""], rows))?;
    match &case.repairs {
        Some(found) if !found.repairs.is_empty() => {
            let rows = found.repairs.iter().enumerate().map(|(k, repair)| [(k + 1).to_string(), repair.sentence.clone(), effect(repair)]);
            print(format_args!("\n{}", table(["", "what would place it", "tiers (at most)"], rows)))?;
            if !found.complete {
                print("not every change was settled in time: there may be more, or smaller ones")?;
            }
        }
        Some(_) => print("\nno single change places it")?,
        None => {}
    }
    Ok(Exit::No)
}

fn keeps(one: &Candidate) -> String {
    let rules: Vec<&str> = one.rules.iter().map(|rule| rule.as_str()).collect();
    match (rules.is_empty(), one.busy_with.is_empty()) {
        (true, true) => "free".to_owned(),
        (true, false) => format!("with {}", one.busy_with.join(", ")),
        (false, _) if one.can_be_overridden() => format!("{}; --override lets them", rules.join(", ")),
        (false, _) => rules.join(", "),
    }
}

fn effect(repair: &Repair) -> String {
    let changed = repair.tiers.iter().filter(|tier| (tier.at_most - tier.before).abs() > 1e-6);
    changed.map(|tier| format!("{} {}", tier.name, explain::signed(tier.at_most - tier.before))).collect::<Vec<_>>().join(", ")
}

fn as_json(case: &Case) -> Value {
    let candidates: Vec<Value> = case
        .candidates
        .iter()
        .map(|one| {
            let rules: Vec<&str> = one.rules.iter().map(|rule| rule.as_str()).collect();
            json!({"id": one.resource_id, "name": one.name, "free": one.is_free(), "rules": rules, "busy_with": one.busy_with,
                "can_be_overridden": one.can_be_overridden(), "load_minutes": one.load_minutes})
        })
        .collect();
    json!({"attention": case.row, "line": case.line, "age_minutes": case.age_minutes, "day_version": case.day_version, "has_room": case.has_room,
        "candidates": candidates, "repairs": case.repairs})
}
