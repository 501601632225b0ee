//! `zamu serve`: the HTTP service.

use std::net::SocketAddr;
use std::sync::Arc;

use anyhow::Context;
use tokio::net::TcpListener;
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;

use super::Exit;
use super::db::DbArg;
use super::output::print;
use super::senders::SendersArg;
use super::worker::{self, LogFormat, Post, raise_on_signal, start_log};
use crate::booking::offer::Snapshots;
use crate::clock::{Clock, SystemClock};
use crate::http::limits::{InProcess, Limiter, Rates, Shared};
use crate::http::{App, health, router, server};
use crate::keyring::Ring;
use crate::operations::Clockwork;

/// Answers over HTTP: the User API under /v1, the Admin API under /admin/v1, documentation under /docs
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  zamu serve
  zamu serve --senders senders.toml          and send the messages
  DATABASE_URL=postgres://zamu@127.0.0.1/zamu zamu serve --listen 0.0.0.0:8080 --redis redis://127.0.0.1:6379
  zamu token --tenant serenity --role manager
  curl -H \"Authorization: Bearer $TOKEN\" http://127.0.0.1:8080/admin/v1/locations")]
pub struct Args {
    /// Where to listen; port 0 takes any that is free
    #[arg(long, value_name = "ADDRESS", env = "ZAMU_LISTEN", default_value = "127.0.0.1:8080")]
    listen: SocketAddr,
    #[command(flatten)]
    db: DbArg,
    /// Count requests in this Redis, so that several processes count together
    #[arg(long, value_name = "URL", env = "REDIS_URL")]
    redis: Option<String>,
    /// Questions a minute per caller; 0 for as many as they like
    #[arg(long, value_name = "N", default_value_t = 60)]
    reads_per_minute: u32,
    /// Bookings a minute per caller; 0 for as many as they like
    #[arg(long, value_name = "N", default_value_t = 10)]
    bookings_per_minute: u32,
    /// Requests of staff a minute per caller; 0 for as many as they like
    #[arg(long, value_name = "N", default_value_t = 600)]
    staff_per_minute: u32,
    /// Tries to sign in a minute, from one address and for one login; 0 for as many as they like
    #[arg(long, value_name = "N", default_value_t = 5)]
    sign_ins_per_minute: u32,
    /// Cookies of the pages for https alone, where a proxy in front does not say so with X-Forwarded-Proto
    #[arg(long)]
    secure_cookies: bool,
    /// Proxies of yours in front: who asks is taken from X-Forwarded-For, that many entries from its end. 0 where people connect directly
    #[arg(long, value_name = "N", default_value_t = 0)]
    proxies: usize,
    /// Searches of the allocator at a time
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u16).range(1..))]
    searches: u16,
    #[command(flatten)]
    senders: SendersArg,
    /// Only answer: the nightly run, the cutoff and everything else that happens because it is time is left to `zamu worker`
    #[arg(long)]
    without_clockwork: bool,
    /// How lines of the log are written
    #[arg(long, value_enum, default_value_t = LogFormat::Json)]
    log: LogFormat,
}

/// Answers until it is told to end.
pub fn run(args: &Args) -> anyhow::Result<Exit> {
    start_log(args.log);
    worker::runtime()?.block_on(serve(args))
}

/// Answers until it is told to end, by SIGTERM or Ctrl-C, and finishes what is under way.
async fn serve(args: &Args) -> anyhow::Result<Exit> {
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let senders = args.senders.read()?;
    let keys = Arc::new(Ring::at(&args.db.keyring())?);
    let store = args.db.open_with(keys.clone()).await?;
    // Where there is none yet: the database has nothing that was sealed, and tokens need a key too.
    keys.for_sealing()?;
    let rates = Rates {
        read_per_minute: args.reads_per_minute,
        book_per_minute: args.bookings_per_minute,
        manage_per_minute: args.staff_per_minute,
        sign_in_per_minute: args.sign_ins_per_minute,
    };
    let limiter: Arc<dyn Limiter> = match &args.redis {
        Some(url) => Arc::new(Shared::connect(url, rates).await?),
        None => Arc::new(InProcess::new(rates)),
    };
    let app = Arc::new(App {
        store: store.clone(),
        clock: clock.clone(),
        keys,
        limiter,
        snapshots: Snapshots::default(),
        metrics: Some(health::recorder()?),
        searches: Arc::new(Semaphore::new(usize::from(args.searches))),
        live: Default::default(),
        secure_cookies: args.secure_cookies,
        proxies: args.proxies,
        under_way: Default::default(),
        turns: Default::default(),
    });
    let listener = TcpListener::bind(args.listen).await.with_context(|| format!("--listen {}: cannot be listened on", args.listen))?;
    let address = listener.local_addr()?;
    let stop = CancellationToken::new();
    tokio::spawn(raise_on_signal(stop.clone()));
    let clockwork = (!args.without_clockwork).then(|| {
        let clockwork = Clockwork::new(store.clone(), clock.clone(), &worker::name(), usize::from(args.searches));
        tokio::spawn(worker::turn_until(clockwork, Post { store: store.clone(), clock, senders }, stop.clone()))
    });
    tracing::info!(%address, "listening");
    print(format_args!("listening on http://{address} (documentation at /docs)"))?;
    server::serve(listener, router(app), stop.clone()).await;
    if let Some(clockwork) = clockwork {
        clockwork.await?;
    }
    store.close().await;
    tracing::info!("ended");
    Ok(Exit::Done)
}
