//! `zamu worker`: the clockwork alone; and what it has in common with `zamu serve`.

use crate::cli::threads::threads;
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::BoxFuture;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;
use tracing::Instrument;
use tracing_subscriber::EnvFilter;

use super::Exit;
use super::db::DbArg;
use super::senders::SendersArg;
use crate::clock::{Clock, SystemClock};
use crate::domain::id;
use crate::notify::{Senders, deliver};
use crate::operations::Clockwork;
use crate::store::{OutboxClass, Store};

/// Does what happens because it is time: the nightly run, the cutoff, slots, holds that run out, reminders, temps whose dates are over, messages
///
/// `zamu serve` does this beside answering. Any number of workers share a PostgreSQL database: each job is leased to one of them at a time and done
/// once; what a worker that died was doing is taken over within a minute, and what was due while nobody worked is caught up.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  zamu worker
  zamu worker --senders senders.toml         and send the messages
  DATABASE_URL=postgres://zamu@127.0.0.1/zamu zamu worker --searches 2
  zamu jobs                                  what is due, under way and done")]
pub struct Args {
    #[command(flatten)]
    db: DbArg,
    #[command(flatten)]
    senders: SendersArg,
    /// Searches of the allocator at a time [default: one for each core]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    searches: Option<u16>,
    /// How lines of the log are written
    #[arg(long, value_enum, default_value_t = LogFormat::Json)]
    log: LogFormat,
}

/// How lines of the log are written.
#[derive(Debug, Clone, Copy, clap::ValueEnum)]
pub enum LogFormat {
    /// One JSON object per line
    Json,
    /// For people
    Text,
}

/// Works until it is told to end.
pub fn run(args: &Args) -> anyhow::Result<Exit> {
    start_log(args.log);
    let senders = args.senders.read()?;
    runtime()?.block_on(async {
        let store = args.db.open().await?;
        let cores = threads(None);
        let clock: Arc<dyn Clock> = Arc::new(SystemClock);
        let stop = CancellationToken::new();
        tokio::spawn(raise_on_signal(stop.clone()));
        let clockwork = Clockwork::new(store.clone(), clock.clone(), &name(), args.searches.map_or(cores, usize::from));
        turn_until(clockwork, Post { store: store.clone(), clock, senders }, stop).await;
        store.close().await;
        tracing::info!("ended");
        Ok(Exit::Done)
    })
}

/// A name for this worker that no other has.
pub fn name() -> String {
    format!("{}-{}", std::process::id(), id::new_id(SystemClock.now()))
}

/// What sends messages, if anything does.
pub struct Post {
    /// Where they lie.
    pub store: Arc<dyn Store>,
    /// What time it is.
    pub clock: Arc<dyn Clock>,
    /// What carries them; without any they wait.
    pub senders: Option<Senders>,
}

/// Between two looks for messages that are due.
const POST_EVERY: Duration = Duration::from_secs(2);

impl Post {
    /// Sends what is due until the end; what is being sent then is sent.
    async fn go_out(&self, stop: &CancellationToken) {
        let Some(senders) = &self.senders else {
            tracing::info!("messages wait in the outbox: no file of senders was named with --senders or ZAMU_SENDERS");
            return;
        };
        while !stop.is_cancelled() {
            match deliver(self.store.as_ref(), self.clock.as_ref(), OutboxClass::Message, senders).await {
                Ok(report) if report.delivered + report.failed.len() > 0 => {
                    tracing::info!(delivered = report.delivered, failed = report.failed.len(), dead = report.dead.len(), "messages");
                }
                Ok(_) => {}
                Err(error) => tracing::error!(%error, "messages could not be sent and are tried again"),
            }
            tokio::select! {
                () = stop.cancelled() => {}
                () = tokio::time::sleep(POST_EVERY) => {}
            }
        }
    }
}

/// Lets a clockwork turn, and messages go out, until it is told to end.
pub async fn turn_until(clockwork: Clockwork, post: Post, stop: CancellationToken) {
    let (end, ending) = watch::channel(false);
    let turning: BoxFuture<'_, ()> = Box::pin(Arc::new(clockwork).run(ending));
    let going_out: BoxFuture<'_, ()> = Box::pin(post.go_out(&stop));
    // What a worker does is done on nobody's behalf: the log says that it is a job of the house.
    let working = async {
        tracing::info!("the clockwork turns");
        tokio::join!(turning, going_out, async {
            stop.cancelled().await;
            end.send_replace(true);
        });
    };
    working.instrument(tracing::info_span!("job", kind = "clockwork")).await;
}

/// Threads that answer and work: more than cores, so that one long look at a full day keeps nobody else waiting.
const THREADS_MIN: usize = 4;

/// What everything runs on.
pub fn runtime() -> std::io::Result<tokio::runtime::Runtime> {
    let threads = std::thread::available_parallelism().map_or(THREADS_MIN, |cores| cores.get().max(THREADS_MIN));
    tokio::runtime::Builder::new_multi_thread().worker_threads(threads).enable_all().build()
}

/// The log goes to standard error, so that standard output says where the service listens; `RUST_LOG` says how much of it.
pub fn start_log(format: LogFormat) {
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

/// Raises the flag on SIGTERM and Ctrl-C.
pub async fn raise_on_signal(stop: CancellationToken) {
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
