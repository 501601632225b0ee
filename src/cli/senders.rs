//! What carries messages, as a command is told.

use std::path::PathBuf;
use std::sync::Arc;

use crate::clock::{Clock, SystemClock};
use crate::notify::Senders;

/// Which file says what carries messages.
#[derive(Debug, Clone, clap::Args)]
pub struct SendersArg {
    /// A TOML file that says what carries the messages of each channel
    #[arg(long, value_name = "FILE", env = "ZAMU_SENDERS")]
    senders: Option<PathBuf>,
}

impl SendersArg {
    /// What the file describes; `None` where none is named.
    pub fn read(&self) -> anyhow::Result<Option<Senders>> {
        let Some(path) = &self.senders else { return Ok(None) };
        let clock: Arc<dyn Clock> = Arc::new(SystemClock);
        Ok(Some(Senders::read(path, &|name| std::env::var(name).ok(), &clock)?))
    }
}
