//! `zamu bookings add` and `zamu bookings free`.

use anyhow::{Context, bail};
use serde_json::json;

use super::view::Names;
use crate::booking::{Outcome, Person, Request, book, free};
use crate::cli::db::{DayArgs, DbArg, location, parse_instant, suggestion};
use crate::cli::output::{Exit, print, print_json};
use crate::clock::{Clock, SystemClock};
use crate::domain::{Language, Minute};
use crate::store::{Contact, CustomerRow, LocationRow, NewBooking, Store};

/// Arguments of `bookings add`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  zamu bookings add --location westlands --service swedish --at 2026-11-21T10:00 --customer amina
  zamu bookings add --location westlands --service couples --at 2026-11-21T15:00 --customer ruth --name 'Ruth Wanjiru' \\
      --contact email:ruth@example.org --gender female")]
pub struct AddArgs {
    /// The location's id
    #[arg(long, value_name = "ID")]
    location: String,
    /// What is booked
    #[arg(long, value_name = "ID")]
    service: String,
    /// When it starts: YYYY-MM-DDTHH:MM or "tomorrow HH:MM" by the location's clock, or with an offset
    #[arg(long, value_name = "TIME")]
    at: String,
    /// Who comes; a new customer needs --name too
    #[arg(long, value_name = "ID")]
    customer: Option<String>,
    /// The customer's name; written down, or changed where it was another
    #[arg(long, requires = "customer")]
    name: Option<String>,
    /// Where the customer is told: email, sms or console, a colon, the address
    #[arg(long, value_name = "CHANNEL:ADDRESS", requires = "name", value_parser = parse_contact)]
    contact: Option<Contact>,
    /// In which language the customer is written to: en or sw [default: the house's]
    #[arg(long, value_name = "TAG", requires = "name", value_parser = parse_language)]
    language: Option<Language>,
    /// Wish for staff of this gender
    #[arg(long)]
    gender: Option<String>,
    /// Wish for this person, by name or id, where the house lets customers choose; several with commas
    #[arg(long, value_name = "PERSON", value_delimiter = ',')]
    with: Vec<String>,
    /// How many people come
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..))]
    party: u32,
    /// Print JSON
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    db: DbArg,
}

/// Arguments of `bookings free`.
#[derive(Debug, clap::Args)]
pub struct FreeArgs {
    #[command(flatten)]
    day: DayArgs,
    /// What is to be booked
    #[arg(long, value_name = "ID")]
    service: String,
    /// Wish for staff of this gender
    #[arg(long)]
    gender: Option<String>,
    /// Print JSON
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    db: DbArg,
}

fn parse_contact(text: &str) -> Result<Contact, String> {
    match text.split_once(':') {
        Some((channel, address)) if !channel.is_empty() && !address.is_empty() => Ok(Contact::new(channel, address)),
        _ => Err("expected a channel and an address, such as email:ruth@example.org".to_owned()),
    }
}

/// A language by its tag.
pub fn parse_language(text: &str) -> Result<Language, String> {
    Language::from_word(text).ok_or_else(|| format!("expected one of {}", Language::ALL.map(Language::as_str).join(", ")))
}

/// Takes a booking; the answer is no when nobody is free.
pub async fn add(args: &AddArgs) -> anyhow::Result<Exit> {
    let store = args.db.open().await?;
    let clock = SystemClock;
    let location = location(&*store, &args.location).await?;
    known_service(&*store, &location, &args.service).await?;
    let start = parse_instant(&args.at, location.timezone, SystemClock.now()).context("--at")?;
    if start < clock.now_minute() {
        bail!("--at: {} is past, choose a later time", start.to_rfc3339(location.timezone));
    }
    write_customer(&*store, &location, args).await?;
    let new = NewBooking {
        customer_id: args.customer.clone(),
        gender: args.gender.clone(),
        party_size: args.party,
        ..NewBooking::new(&location.id, &args.service, start)
    };
    let person = if args.with.is_empty() { Person::Any } else { Person::Named(args.with.clone()) };
    let outcome = book(&*store, &clock, &Request { new, person, actor: "console".to_owned() }).await?;
    answer(&*store, location, outcome, "taken", args.json).await
}

/// Tells what became of a request; `done` is the word for one that was met, such as `taken` or `moved`.
pub async fn answer(store: &dyn Store, location: LocationRow, outcome: Outcome, done: &str, json: bool) -> anyhow::Result<Exit> {
    let timezone = location.timezone;
    let (refused, words) = match outcome {
        Outcome::Taken(row) => {
            let view = Names::read(store, location).await?.view(store, *row).await?;
            if json {
                print_json(&json!({"outcome": done, "booking": view}))?;
            } else {
                print(format_args!("{done}: {}", view.in_words()))?;
            }
            return Ok(Exit::Done);
        }
        Outcome::NoRoom(room) => {
            let nearby: Vec<String> = room.nearby.iter().map(|at| at.to_rfc3339(timezone)).collect();
            let clock: Vec<String> = room.nearby.iter().map(|at| at.to_clock(timezone)).collect();
            let free = if clock.is_empty() { "nothing is free that day".to_owned() } else { format!("free that day: {}", clock.join(", ")) };
            (
                json!({"outcome": "no-room", "nearby": nearby}),
                format!("not {done}: nobody who could serve it is free at {}; {free}", room.asked.to_clock(timezone)),
            )
        }
        Outcome::UnknownPerson { asked, near } => {
            let like = if near.is_empty() { "and nobody has a name like it".to_owned() } else { format!("did you mean {}?", near.join(" or ")) };
            (json!({"outcome": "unknown-person", "asked": asked, "near": near}), format!("not {done}: nobody here is called {asked}; {like}"))
        }
        Outcome::ChoiceNotOffered => {
            (json!({"outcome": "choice-not-offered"}), format!("not {done}: this house does not let customers choose a person; leave --with out"))
        }
    };
    if json {
        print_json(&refused)?
    } else {
        print(words)?
    }
    Ok(Exit::No)
}

/// Lists the times of a day at which somebody is free; the answer is no when there are none.
pub async fn free(args: &FreeArgs) -> anyhow::Result<Exit> {
    let store = args.db.open().await?;
    let (location, date) = args.day.resolve(&*store, &SystemClock).await?;
    known_service(&*store, &location, &args.service).await?;
    let times = free::times(&*store, &SystemClock, &location.id, &args.service, date, args.gender.as_deref()).await?;
    if args.json {
        print_json(&times.iter().map(|at| at.to_rfc3339(location.timezone)).collect::<Vec<_>>())?;
    } else if times.is_empty() {
        print(format_args!("nothing is free on {date}"))?;
    } else {
        let clock = |at: &Minute| at.to_clock(location.timezone);
        print(times.iter().map(clock).collect::<Vec<_>>().join(" "))?;
    }
    Ok(Exit::answer(!times.is_empty()))
}

async fn known_service(store: &dyn Store, location: &LocationRow, id: &str) -> anyhow::Result<()> {
    let known: Vec<String> = store.services(&location.id).await?.into_iter().map(|service| service.id).collect();
    if !known.iter().any(|service| service == id) {
        bail!("{} has no service {id:?}; {}", location.id, suggestion(id, &known));
    }
    Ok(())
}

/// A booking refers to its customer, so a new one is written first.
async fn write_customer(store: &dyn Store, location: &LocationRow, args: &AddArgs) -> anyhow::Result<()> {
    let Some(id) = &args.customer else { return Ok(()) };
    let known = store.customer(&location.tenant_id, id).await?;
    match (&args.name, known) {
        (Some(name), known) => {
            let (contact, language) = known.map_or((None, None), |customer| (customer.contact, customer.language));
            let (contact, language) = (args.contact.clone().or(contact), args.language.or(language));
            store.upsert_customer(&CustomerRow { contact, language, ..CustomerRow::new(&location.tenant_id, id, name) }).await?;
            Ok(())
        }
        (None, Some(_)) => Ok(()),
        (None, None) => bail!("there is no customer {id:?} yet; give --name, and --contact where they are to be told"),
    }
}
