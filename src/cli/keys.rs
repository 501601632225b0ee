//! `zamu keys`.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::Arc;

use anyhow::Context;
use chrono::{DateTime, Duration, SecondsFormat, Utc};
use clap::Subcommand;
use serde::Serialize;
use serde_json::json;

use super::db::{DbArg, block_on};
use super::output::{Exit, print, print_json, table};
use super::progress;
use crate::clock::{Clock, SystemClock};
use crate::keyring::{Algorithm, Family, KeyInfo, KeyState, Keyring, Ring};
use crate::store::Store;

/// Which keyring: by its own name, or the one of a database.
#[derive(Debug, Clone, clap::Args)]
pub struct KeysArg {
    #[command(flatten)]
    of: DbArg,
}

impl KeysArg {
    /// Opens a keyring that must be there: a mistyped name must not make fresh keys.
    pub fn open(&self) -> anyhow::Result<Keyring> {
        Ok(Keyring::open(&self.of.keyring())?)
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
    /// Makes a fresh key current, and writes everything anew that an old one sealed
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
  zamu keys rotate contact --db spa.db
  zamu keys rotate token --alg eddsa --keep 3600

Rows are written anew 500 at a time, while the service runs. A rotation that was stopped is finished by the next one. One keyring
belongs to one database: the keys that its rows no longer need are dropped.")]
struct RotateArgs {
    /// Which key
    #[command(subcommand)]
    what: Rotation,
}

#[derive(Debug, Subcommand)]
enum Rotation {
    /// The key that seals contact data; everything is sealed anew, what was never sealed too
    Contact(PlainRotationArgs),
    /// The key that people are found by; all of them are written anew
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
        KeysCommand::Create(args) => show(&Keyring::create(&args.keys.of.keyring(), now)?, args.json),
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

fn rotate(what: &Rotation, now: DateTime<Utc>) -> anyhow::Result<Exit> {
    match what {
        Rotation::Contact(args) => rotate_rows(args, Family::Contact, now),
        Rotation::Lookup(args) => rotate_rows(args, Family::Lookup, now),
        Rotation::Token(args) => rotate_token(args, now),
    }
}

fn rotate_token(args: &TokenRotationArgs, now: DateTime<Utc>) -> anyhow::Result<Exit> {
    let kid = args.keys.open()?.rotate_token(args.alg, now, args.keep)?;
    if args.json {
        print_json(&json!({"family": Family::Token, "current": kid}))?;
    } else {
        let until = at(now + Duration::seconds(i64::from(args.keep)));
        print(format!("token key {kid} ({}) is current; tokens under the one before are accepted until {until}", args.alg))?;
    }
    Ok(Exit::Done)
}

/// What a rotation of a key that rows need did.
#[derive(Debug, Serialize)]
struct Rotated {
    family: Family,
    /// The new key's id.
    current: String,
    /// An earlier rotation had stopped half-way and was finished; no new key was made.
    finished_earlier: bool,
    /// Was there a database whose rows were written anew?
    database: bool,
    looked_at: u64,
    written: u64,
    /// Keys that went, because nothing uses them any more.
    retired: usize,
}

/// Makes a fresh key current, writes all rows anew with it, and drops the keys that nothing uses any more. One that was stopped half-way is
/// finished first, without another key.
fn rotate_rows(args: &PlainRotationArgs, family: Family, now: DateTime<Utc>) -> anyhow::Result<Exit> {
    let place = &args.keys.of;
    let ring = Arc::new(Ring::open(&place.keyring())?);
    let rotated = block_on(async {
        // Before anything is changed: a database that cannot be opened, or belongs to another keyring, says so.
        let store = if place.is_there() { Some(place.open_with(Arc::clone(&ring)).await?) } else { None };
        let unfinished = ring.keys().list().iter().any(|key| key.family == family && matches!(key.state, KeyState::Retired { .. }));
        let finished_earlier = store.is_some() && unfinished;
        if !finished_earlier {
            ring.change(|keys| if family == Family::Contact { keys.rotate_contact(now) } else { keys.rotate_lookup(now) })?;
        }
        let keys = ring.fresh()?;
        let current = if family == Family::Contact { keys.contact_key() } else { keys.lookup_key() };
        let current = current.map(|id| id.to_string()).unwrap_or_default();
        let mut rotated = Rotated { family, current, finished_earlier, database: store.is_some(), looked_at: 0, written: 0, retired: 0 };
        if let Some(store) = store {
            write_anew(&*store, &ring, &mut rotated, now).await?;
            store.close().await;
        }
        Ok(rotated)
    })?;
    if args.json {
        print_json(&rotated)?
    } else {
        print(said(&rotated))?
    }
    Ok(Exit::Done)
}

/// Rows of one transaction.
const BATCH: u32 = 500;

/// Passes over everything: another where somebody wrote with the key before while the first was under way.
const PASSES_MAX: u32 = 5;

async fn write_anew(store: &dyn Store, ring: &Ring, rotated: &mut Rotated, now: DateTime<Utc>) -> anyhow::Result<()> {
    let sign = progress::spinner("sealing rows anew");
    for _ in 0..PASSES_MAX {
        let mut after = None;
        rotated.looked_at = 0;
        loop {
            let done = store.reseal(after.as_ref(), BATCH).await?;
            rotated.looked_at += u64::from(done.looked_at);
            rotated.written += u64::from(done.written);
            after = done.next;
            if after.is_none() {
                break;
            }
        }
        let in_use = store.keys_in_use().await?;
        rotated.retired += ring.change(|keys| keys.retire(&in_use, now))?;
        let keys = ring.fresh()?;
        let only = |used: &BTreeSet<u8>, current: Option<u8>| used.iter().all(|id| Some(*id) == current);
        if only(&in_use.contact, keys.contact_key()) && only(&in_use.lookup, keys.lookup_key()) {
            break;
        }
    }
    drop(sign);
    Ok(())
}

fn said(done: &Rotated) -> String {
    let earlier = if done.finished_earlier { " (an earlier rotation, which is finished now; rotate again for a fresh key)" } else { "" };
    let head = format!("{} key {} is current{earlier}", family(done.family), done.current);
    if done.database {
        format!("{head}; {} of {} rows were written anew, {} keys that nothing uses any more are gone", done.written, done.looked_at, done.retired)
    } else {
        format!("{head}; there is no database to write anew, and what older keys made is still read")
    }
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
