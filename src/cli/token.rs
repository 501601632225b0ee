//! `zamu token`.

use super::keys::KeysArg;
use super::output::{Exit, print};
use crate::clock::{Clock, SystemClock};
use crate::keyring::{Claims, Role};

/// The longest that a token may count, in seconds: a year. Nobody can take back a token that was given away.
const MAX_TTL: i64 = 366 * 24 * 3600;

/// Prints a token for the service, signed with the keyring's current token key.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:
  curl -H \"Authorization: Bearer $(zamu token --tenant nairobi --role manager)\" localhost:8080/…")]
pub struct Args {
    /// Whose data it opens: the tenant's id
    #[arg(long, value_name = "ID", value_parser = parse_text)]
    tenant: String,
    /// What its bearer may do: admin, manager, scheduler (or stylist), frontdesk or user
    #[arg(long)]
    role: Role,
    /// Who its bearer is: a customer's, a resource's or an employee's id [default: the role]
    #[arg(long, value_name = "NAME", value_parser = parse_text)]
    sub: Option<String>,
    /// The only location it opens [default: all of the tenant's]
    #[arg(long, value_name = "ID", value_parser = parse_text)]
    location: Option<String>,
    /// How long it counts, in seconds
    #[arg(long, value_name = "SECONDS", default_value_t = 3600, value_parser = clap::value_parser!(u32).range(1..=MAX_TTL))]
    ttl: u32,
    #[command(flatten)]
    keys: KeysArg,
}

fn parse_text(text: &str) -> Result<String, String> {
    if text.trim().is_empty() { Err("expected some text".to_owned()) } else { Ok(text.to_owned()) }
}

/// Runs it.
pub fn run(args: &Args) -> anyhow::Result<Exit> {
    let ring = args.keys.open()?;
    let now = SystemClock.now();
    let sub = args.sub.as_deref().unwrap_or(args.role.word());
    let claims = Claims { location: args.location.clone(), ..Claims::lasting(sub, &args.tenant, args.role, now, args.ttl) };
    print(ring.mint(&claims, now)?)?;
    Ok(Exit::Done)
}
