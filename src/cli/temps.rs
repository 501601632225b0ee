//! `zamu temps`.

use std::collections::BTreeSet;

use anyhow::bail;
use chrono::{NaiveDate, NaiveTime, Timelike};
use clap::Subcommand;
use serde_json::json;

use super::db::{DayWord, DbArg, block_on, location, parse_day};
use super::output::{Exit, print, print_json, table};
use crate::clock::{Clock, SystemClock};
use crate::domain::{ResourceKind, Rule, Weekdays};
use crate::operations::retire_temps;
use crate::store::{ResourceRow, Store};

/// Temporary staff: added for some days, bookable at once, retired when their last day is over.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    command: TempsCommand,
}

#[derive(Debug, Subcommand)]
enum TempsCommand {
    /// Lists the temps of a location, those who left too
    List(ListArgs),
    /// Adds a temp with the same hours on each day
    Add(AddArgs),
    /// Retires every temp whose last day is over; for a job after 03:00 local time
    Retire(RetireArgs),
}

#[derive(Debug, clap::Args)]
struct ListArgs {
    /// The location's id
    #[arg(long, value_name = "ID")]
    location: String,
    /// Print JSON
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    db: DbArg,
}

#[derive(Debug, clap::Args)]
#[command(after_help = "Example:
  zamu temps add --location westlands --id faith --name Faith --can swedish,deep-tissue --gender female \\
      --from tomorrow --hours 11:00-18:00")]
struct AddArgs {
    /// The location's id
    #[arg(long, value_name = "ID")]
    location: String,
    /// The temp's id; must be new
    #[arg(long, value_name = "ID")]
    id: String,
    /// The temp's name, as customers will hear it
    #[arg(long)]
    name: String,
    /// What the temp can do, with commas
    #[arg(long, value_name = "QUALIFICATION,…", value_delimiter = ',', required = true)]
    can: Vec<String>,
    /// Gender, for customers who wish for one
    #[arg(long)]
    gender: Option<String>,
    /// First local day: YYYY-MM-DD, today or tomorrow
    #[arg(long, value_name = "DAY", value_parser = parse_day)]
    from: DayWord,
    /// Last local day [default: the first]
    #[arg(long, value_name = "DAY", value_parser = parse_day)]
    to: Option<DayWord>,
    /// Hours by the location's clock
    #[arg(long, value_name = "HH:MM-HH:MM", value_parser = parse_hours)]
    hours: Hours,
    /// Print JSON
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    db: DbArg,
}

#[derive(Debug, clap::Args)]
struct RetireArgs {
    /// Print JSON
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    db: DbArg,
}

/// Minutes after midnight.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Hours {
    start: u32,
    end: u32,
}

fn parse_hours(text: &str) -> Result<Hours, String> {
    let minute = |clock: &str| NaiveTime::parse_from_str(clock, "%H:%M").ok().map(|t| t.hour() * 60 + t.minute());
    match text.split_once('-').and_then(|(start, end)| Some((minute(start)?, minute(end)?))) {
        Some((start, end)) if start < end => Ok(Hours { start, end }),
        _ => Err("expected two times of one day, such as 11:00-18:00".to_owned()),
    }
}

/// Runs it.
pub fn run(args: &Args) -> anyhow::Result<Exit> {
    match &args.command {
        TempsCommand::List(args) => block_on(list(args)),
        TempsCommand::Add(args) => block_on(add(args)),
        TempsCommand::Retire(args) => block_on(retire(args)),
    }
}

async fn list(args: &ListArgs) -> anyhow::Result<Exit> {
    let store = args.db.open().await?;
    location(&*store, &args.location).await?;
    let mut temps = store.resources(&args.location).await?;
    temps.retain(|person| person.is_temporary && person.kind == ResourceKind::Staff);
    show(temps, args.json)
}

async fn add(args: &AddArgs) -> anyhow::Result<Exit> {
    let store = args.db.open().await?;
    let place = location(&*store, &args.location).await?;
    let from = args.from.date(place.timezone, SystemClock.now());
    let to = args.to.map_or(from, |day| day.date(place.timezone, SystemClock.now()));
    if to < from {
        bail!("--to: {to} is before {from}");
    }
    check_new(&*store, args).await?;
    let can: Vec<&str> = args.can.iter().map(String::as_str).collect();
    let temp = ResourceRow { gender: args.gender.clone(), ..ResourceRow::staff(&place.id, &args.id, &args.name, &can).temporary(from, to) };
    store.upsert_resource(&temp).await?;
    let hours = Rule::weekly(&format!("{}-hours", args.id), Some(&args.id), Weekdays::ALL, args.hours.start, args.hours.end);
    store.upsert_rule(&place.id, &hours).await?;
    show(vec![temp], args.json)
}

/// An id that is taken would change somebody else; a qualification that no service asks for is most likely mistyped.
async fn check_new(store: &dyn Store, args: &AddArgs) -> anyhow::Result<()> {
    if store.resources(&args.location).await?.iter().any(|person| person.id == args.id) {
        bail!("--id: {} has a {:?} already, choose another id", args.location, args.id);
    }
    let asked: BTreeSet<String> = store.services(&args.location).await?.into_iter().flat_map(|service| service.qualifications).collect();
    let asked: Vec<String> = asked.into_iter().collect();
    if let Some(unknown) = args.can.iter().find(|one| !asked.contains(one)) {
        bail!("--can: no service at {} asks for {unknown:?}; {}", args.location, super::db::suggestion(unknown, &asked));
    }
    Ok(())
}

async fn retire(args: &RetireArgs) -> anyhow::Result<Exit> {
    let store = args.db.open().await?;
    show(retire_temps(&*store, &SystemClock).await?, args.json)
}

fn show(temps: Vec<ResourceRow>, json: bool) -> anyhow::Result<Exit> {
    let date = |date: Option<NaiveDate>| date.map(|d| d.to_string()).unwrap_or_default();
    if json {
        let all: Vec<_> = temps
            .iter()
            .map(|t| json!({"id": t.id, "location": t.location_id, "name": t.name, "qualifications": t.qualifications, "from": t.active_from, "to": t.active_to, "active": t.active}))
            .collect();
        print_json(&all)?;
    } else if temps.is_empty() {
        print("no temps")?;
    } else {
        let rows = temps.into_iter().map(|t| {
            let can: Vec<String> = t.qualifications.into_iter().collect();
            [
                t.location_id,
                t.id,
                t.name,
                can.join(", "),
                date(t.active_from),
                date(t.active_to),
                if t.active { "active" } else { "retired" }.to_owned(),
            ]
        });
        print(table(["location", "temp", "name", "can do", "from", "to", ""], rows))?;
    }
    Ok(Exit::Done)
}
