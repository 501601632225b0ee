//! `zamu serve`: the HTTP service.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use tokio::net::TcpListener;
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;
use tracing::Instrument;
use tracing_subscriber::EnvFilter;

use super::Exit;
use super::db::DbArg;
use super::output::print;
use crate::booking::offer::Snapshots;
use crate::clock::{Clock, SystemClock};
use crate::http::limits::{InProcess, Limiter, Rates, Shared};
use crate::http::{App, health, router, server};
use crate::keyring::Ring;
use crate::operations::housekeeping;
use crate::store::Store;

/// Seconds between two looks for holds that have run out.
const HOLDS_EVERY: Duration = Duration::from_secs(20);
/// Seconds between two looks after slots and old requests.
const HOURLY: Duration = Duration::from_secs(3600);

/// Answers over HTTP: the User API under /v1, the Admin API under /admin/v1, documentation under /docs
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  zamu serve
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
    /// Searches of the allocator at a time
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u16).range(1..))]
    searches: u16,
    /// How lines of the log are written
    #[arg(long, value_enum, default_value_t = LogFormat::Json)]
    log: LogFormat,
}

/// How lines of the log are written.
#[derive(Debug, Clone, Copy, clap::ValueEnum)]
enum LogFormat {
    /// One JSON object per line
    Json,
    /// For people
    Text,
}

/// Threads that answer: more than cores, so that one long look at a full day keeps nobody else waiting.
const THREADS_MIN: usize = 4;

/// Answers until it is told to end.
pub fn run(args: &Args) -> anyhow::Result<Exit> {
    start_log(args.log);
    let threads = std::thread::available_parallelism().map_or(THREADS_MIN, |cores| cores.get().max(THREADS_MIN));
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(threads).enable_all().build()?;
    runtime.block_on(serve(args))
}

/// The log goes to standard error, so that standard output says where the service listens; `RUST_LOG` says how much of it.
fn start_log(format: LogFormat) {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info"));
    let log = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    let started = match format {
        LogFormat::Json => log.json().flatten_event(true).with_span_list(false).try_init(),
        LogFormat::Text => log.with_ansi(false).try_init(),
    };
    if started.is_err() {
        tracing::debug!("a log was started before");
    }
}

/// Answers until it is told to end, by SIGTERM or Ctrl-C, and finishes what is under way.
async fn serve(args: &Args) -> anyhow::Result<Exit> {
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let keys = Arc::new(Ring::at(&args.db.keyring())?);
    let store = args.db.open_with(keys.clone()).await?;
    // Where there is none yet: the database has nothing that was sealed, and tokens need a key too.
    keys.for_sealing()?;
    let rates = Rates { read_per_minute: args.reads_per_minute, book_per_minute: args.bookings_per_minute, manage_per_minute: args.staff_per_minute };
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
    });
    let listener = TcpListener::bind(args.listen).await.with_context(|| format!("--listen {}: cannot be listened on", args.listen))?;
    let address = listener.local_addr()?;
    let stop = CancellationToken::new();
    let jobs = [
        tokio::spawn(every(HOLDS_EVERY, stop.clone(), store.clone(), clock.clone(), Job::Holds)),
        tokio::spawn(every(HOURLY, stop.clone(), store.clone(), clock.clone(), Job::Hourly)),
    ];
    tokio::spawn(raise_on_signal(stop.clone()));
    tracing::info!(%address, "listening");
    print(format_args!("listening on http://{address} (documentation at /docs)"))?;
    server::serve(listener, router(app), stop.clone()).await;
    for job in jobs {
        job.await?;
    }
    store.close().await;
    tracing::info!("ended");
    Ok(Exit::Done)
}

#[derive(Debug, Clone, Copy)]
enum Job {
    Holds,
    Hourly,
}

/// Does a job now and then until the end; one that fails is done again next time.
async fn every(period: Duration, stop: CancellationToken, store: Arc<dyn Store>, clock: Arc<dyn Clock>, job: Job) {
    let mut ticks = tokio::time::interval(period);
    ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            _ = ticks.tick() => {}
        }
        async {
            let done = match job {
                Job::Holds => housekeeping::expire_holds(store.as_ref(), clock.as_ref()).await.map(|expired| expired.len()),
                Job::Hourly => housekeeping::hourly(store.as_ref(), clock.as_ref()).await.map(|()| 0),
            };
            match done {
                Ok(0) => {}
                Ok(expired) => tracing::info!(expired, "holds ran out"),
                Err(error) => tracing::error!(%error, "a job failed and is tried again later"),
            }
        }
        .instrument(tracing::info_span!("job", ?job))
        .await;
    }
}

async fn raise_on_signal(stop: CancellationToken) {
    #[cfg(unix)]
    let ended = async {
        match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
            Ok(mut signal) => {
                signal.recv().await;
            }
            Err(_) => std::future::pending().await,
        }
    };
    #[cfg(not(unix))]
    let ended = std::future::pending::<()>();
    tokio::select! {
        _ = tokio::signal::ctrl_c() => {}
        () = ended => {}
    }
    tracing::info!("asked to end: finishing what is under way");
    stop.cancel();
}
