//! `zamu keys`.

use std::path::PathBuf;

use anyhow::Context;
use chrono::{DateTime, Duration, SecondsFormat, Utc};
use clap::Subcommand;
use serde_json::json;

use super::output::{Exit, print, print_json, table};
use crate::clock::{Clock, SystemClock};
use crate::keyring::{Algorithm, Family, KeyInfo, KeyState, Keyring};

/// Which keyring.
#[derive(Debug, Clone, clap::Args)]
pub struct KeysArg {
    /// The keyring's file
    #[arg(long = "keys", value_name = "FILE", env = "ZAMU_KEYS", default_value = "zamu.keys")]
    pub keys: PathBuf,
}

impl KeysArg {
    /// Opens a keyring that must be there: a mistyped name must not make fresh keys.
    pub fn open(&self) -> anyhow::Result<Keyring> {
        Ok(Keyring::open(&self.keys)?)
    }
}

/// The keyring: which keys there are, fresh ones in place of old ones, and outside issuers of tokens. Never shows a key.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    command: KeysCommand,
}

#[derive(Debug, Subcommand)]
enum KeysCommand {
    /// Makes a keyring of fresh keys, readable for this user only
    Create(ShowArgs),
    /// Lists the keys: id, algorithm, since when, current or retired
    Show(ShowArgs),
    /// Makes a fresh key current; what the old one sealed or signed is still read
    Rotate(RotateArgs),
    /// Accepts the tokens of an outside issuer
    AddIssuer(AddIssuerArgs),
    /// Accepts no more tokens of an outside issuer
    RemoveIssuer(RemoveIssuerArgs),
}

#[derive(Debug, clap::Args)]
struct ShowArgs {
    /// Print JSON
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    keys: KeysArg,
}

#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  zamu keys rotate contact
  zamu keys rotate token --alg eddsa --keep 3600")]
struct RotateArgs {
    /// Which key
    #[command(subcommand)]
    what: Rotation,
}

#[derive(Debug, Subcommand)]
enum Rotation {
    /// The key that seals contact data
    Contact(PlainRotationArgs),
    /// The key that people are found by
    Lookup(PlainRotationArgs),
    /// The key that signs tokens
    Token(TokenRotationArgs),
}

#[derive(Debug, clap::Args)]
struct PlainRotationArgs {
    /// Print JSON
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    keys: KeysArg,
}

#[derive(Debug, clap::Args)]
struct TokenRotationArgs {
    /// How the new key signs: hs256 or eddsa
    #[arg(long, value_name = "ALGORITHM", default_value = "hs256")]
    alg: Algorithm,
    /// How long tokens under the old key are still accepted, in seconds; 0 when it got out
    #[arg(long, value_name = "SECONDS", default_value_t = 86_400)]
    keep: u32,
    /// Print JSON
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    keys: KeysArg,
}

#[derive(Debug, clap::Args)]
#[command(after_help = "Example:
  zamu keys add-issuer --kid salon-sso --public-key sso.pem --tenant nairobi")]
struct AddIssuerArgs {
    /// The name that the issuer's tokens give their key in their header
    #[arg(long, value_name = "NAME")]
    kid: String,
    /// The issuer's Ed25519 public key, as PEM or JWK
    #[arg(long, value_name = "FILE")]
    public_key: PathBuf,
    /// The only tenant whose tokens the issuer may sign [default: every tenant's]
    #[arg(long, value_name = "ID")]
    tenant: Option<String>,
    #[command(flatten)]
    keys: KeysArg,
}

#[derive(Debug, clap::Args)]
struct RemoveIssuerArgs {
    /// The name it was added under
    #[arg(long, value_name = "NAME")]
    kid: String,
    #[command(flatten)]
    keys: KeysArg,
}

/// Runs it.
pub fn run(args: &Args) -> anyhow::Result<Exit> {
    let now = SystemClock.now();
    match &args.command {
        KeysCommand::Create(args) => show(&Keyring::create(&args.keys.keys, now)?, args.json),
        KeysCommand::Show(args) => show(&args.keys.open()?, args.json),
        KeysCommand::Rotate(args) => rotate(&args.what, now),
        KeysCommand::AddIssuer(args) => add_issuer(args, now),
        KeysCommand::RemoveIssuer(args) => {
            args.keys.open()?.remove_issuer(&args.kid)?;
            print(format!("tokens of {} are no longer accepted", args.kid))?;
            Ok(Exit::Done)
        }
    }
}

/// Changes the ring, and nothing else: what rows need after it starts from the [`Rotated`] that comes back.
fn rotate(what: &Rotation, now: DateTime<Utc>) -> anyhow::Result<Exit> {
    let (rotated, json) = match what {
        Rotation::Contact(args) => (rotate_contact(&mut args.keys.open()?, now)?, args.json),
        Rotation::Lookup(args) => (rotate_lookup(&mut args.keys.open()?, now)?, args.json),
        Rotation::Token(args) => (rotate_token(&mut args.keys.open()?, args.alg, now, args.keep)?, args.json),
    };
    if json {
        print_json(&json!({"family": rotated.family, "current": rotated.current}))?;
    } else {
        print(rotated.said)?;
    }
    Ok(Exit::Done)
}

/// A rotation that took place.
struct Rotated {
    family: Family,
    /// The new key's id.
    current: String,
    /// What a person is told.
    said: String,
}

fn rotate_contact(ring: &mut Keyring, now: DateTime<Utc>) -> anyhow::Result<Rotated> {
    let id = ring.rotate_contact(now)?;
    let said = format!("contact key {id} is current; what older keys sealed still opens");
    Ok(Rotated { family: Family::Contact, current: id.to_string(), said })
}

fn rotate_lookup(ring: &mut Keyring, now: DateTime<Utc>) -> anyhow::Result<Rotated> {
    let id = ring.rotate_lookup(now)?;
    let said = format!("lookup key {id} is current; people are still found under older keys");
    Ok(Rotated { family: Family::Lookup, current: id.to_string(), said })
}

fn rotate_token(ring: &mut Keyring, alg: Algorithm, now: DateTime<Utc>, keep_seconds: u32) -> anyhow::Result<Rotated> {
    let kid = ring.rotate_token(alg, now, keep_seconds)?;
    let until = (now + Duration::seconds(i64::from(keep_seconds))).to_rfc3339_opts(SecondsFormat::Secs, true);
    let said = format!("token key {kid} ({alg}) is current; tokens under the one before are accepted until {until}");
    Ok(Rotated { family: Family::Token, current: kid, said })
}

fn add_issuer(args: &AddIssuerArgs, now: DateTime<Utc>) -> anyhow::Result<Exit> {
    let mut ring = args.keys.open()?;
    let file = args.public_key.display();
    let text = std::fs::read_to_string(&args.public_key).with_context(|| format!("{file}: cannot be read; expected a public key as PEM or JWK"))?;
    ring.add_issuer(&args.kid, &text, args.tenant.as_deref(), now).with_context(|| format!("{file} as issuer {:?}", args.kid))?;
    let whose = args.tenant.as_deref().map_or("every tenant".to_owned(), |tenant| format!("tenant {tenant}"));
    print(format!("tokens of {} are accepted for {whose}", args.kid))?;
    Ok(Exit::Done)
}

fn show(ring: &Keyring, json: bool) -> anyhow::Result<Exit> {
    if json {
        print_json(&ring.list())?;
        return Ok(Exit::Done);
    }
    let rows = ring.list().into_iter().map(|key| {
        let state = state(&key);
        [family(key.family).to_owned(), key.id, key.algorithm.to_owned(), at(key.since), state]
    });
    print(table(["family", "key", "algorithm", "since", "state"], rows))?;
    Ok(Exit::Done)
}

fn family(family: Family) -> &'static str {
    match family {
        Family::Contact => "contact",
        Family::Lookup => "lookup",
        Family::Token => "token",
    }
}

fn state(key: &KeyInfo) -> String {
    match &key.state {
        KeyState::Current => "current".to_owned(),
        KeyState::Retired { until: None } => "retired".to_owned(),
        KeyState::Retired { until: Some(until) } => format!("retired, verifies until {}", at(*until)),
        KeyState::Issuer { tenant: None } => "outside issuer, every tenant".to_owned(),
        KeyState::Issuer { tenant: Some(tenant) } => format!("outside issuer, tenant {tenant}"),
    }
}

fn at(instant: DateTime<Utc>) -> String {
    instant.to_rfc3339_opts(SecondsFormat::Secs, true)
}
