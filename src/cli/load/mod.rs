//! `zamu load`: many customers at once against a running service, and an audit of what they left behind.

mod customer;
mod desk;
mod report;

use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::bail;
use chrono::{DateTime, Utc};

use super::Exit;
use super::db::block_on;
use super::keys::KeysArg;
use super::output::{print, print_json};
use crate::clock::{Clock, SystemClock};
use crate::keyring::{Claims, Keyring, Role};
use customer::Customer;
use desk::Desk;
use report::Seen;

/// Lets many customers book at once over HTTP and says how long they waited and whether anything went wrong
#[derive(Debug, clap::Args)]
#[command(after_help = "The service must let them: start it with
  zamu serve --reads-per-minute 0 --bookings-per-minute 0 --staff-per-minute 0

Examples:
  zamu load --clients 500 --locations 1
  zamu load --clients 500 --locations 50 --seconds 60 --json")]
pub struct Args {
    /// Where the service answers
    #[arg(long, value_name = "URL", default_value = "http://127.0.0.1:8080")]
    url: String,
    #[command(flatten)]
    keys: KeysArg,
    /// Customers at a time
    #[arg(long, value_name = "N", default_value_t = 500, value_parser = clap::value_parser!(u32).range(1..=20_000))]
    clients: u32,
    /// Locations they book at
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=1000))]
    locations: u32,
    /// People on duty at each location
    #[arg(long, value_name = "N", default_value_t = 12, value_parser = clap::value_parser!(u32).range(1..=200))]
    staff: u32,
    /// Seconds they go on
    #[arg(long, value_name = "SECONDS", default_value_t = 30, value_parser = clap::value_parser!(u32).range(1..=3600))]
    seconds: u32,
    /// Milliseconds a customer thinks between two requests, on average; 0 for none
    #[arg(long, value_name = "MS", default_value_t = 2000, value_parser = clap::value_parser!(u32).range(0..=600_000))]
    think_ms: u32,
    /// Seconds between two re-optimizations of a day under their hands; 0 for none
    #[arg(long, value_name = "SECONDS", default_value_t = 2)]
    reoptimize_every: u32,
    /// Of every pseudo-random choice
    #[arg(long, value_name = "N", default_value_t = 1)]
    seed: u64,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// What every customer needs.
pub(super) struct Ground {
    http: reqwest::Client,
    url: String,
    keys: Keyring,
    tenant: String,
}

impl Ground {
    fn token(&self, sub: &str, role: Role) -> anyhow::Result<String> {
        let now = SystemClock.now();
        Ok(self.keys.mint(&Claims::lasting(sub, &self.tenant, role, now, 24 * 3600), now)?)
    }
}

/// Runs it.
pub fn run(args: &Args) -> anyhow::Result<Exit> {
    block_on(load(args))
}

async fn load(args: &Args) -> anyhow::Result<Exit> {
    let now: DateTime<Utc> = SystemClock.now();
    let http = reqwest::Client::builder().pool_max_idle_per_host(usize::MAX).timeout(Duration::from_secs(30)).build()?;
    let url = args.url.trim_end_matches('/').to_owned();
    let ground = Arc::new(Ground { http, url, keys: args.keys.open()?, tenant: format!("load-{}", now.timestamp()) });
    if ground.http.get(format!("{}/readyz", ground.url)).send().await.is_err() {
        bail!("{}: nothing answers there; start the service with `zamu serve`", ground.url);
    }
    let desk = Arc::new(Desk::open(&ground, args, now).await?);
    let until = Instant::now() + Duration::from_secs(u64::from(args.seconds));
    let begun = Instant::now();
    let mut under_way = tokio::task::JoinSet::new();
    for k in 0..args.clients {
        let customer = Customer::new(ground.clone(), desk.clone(), k, args)?;
        under_way.spawn(async move { customer.live(until).await });
    }
    let manager = tokio::spawn({
        let (desk, every) = (desk.clone(), args.reoptimize_every);
        async move { desk.reoptimize(every, until).await }
    });
    let mut seen = Seen::default();
    let mut ledger = Vec::new();
    while let Some(done) = under_way.join_next().await {
        let (one, bookings) = done?;
        seen.add(one);
        ledger.extend(bookings);
    }
    seen.add(manager.await?);
    let seconds = begun.elapsed().as_secs_f64();
    let verdict = desk.audit(&ledger).await?;
    let clean = verdict.is_clean() && seen.is_clean();
    if args.json {
        print_json(&report::json(&seen, &verdict, seconds, args.clients, args.locations))?;
    } else {
        print(report::table(&seen, &verdict, seconds, args.clients, args.locations))?;
    }
    Ok(Exit::answer(clean))
}
