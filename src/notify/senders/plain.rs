//! Where messages go that need no provider: the console, and a file.

use std::io::Write;
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

use async_trait::async_trait;

use super::{SendError, Sender, Text};
use crate::store::OutboxRow;

/// Prints messages for people.
pub struct ConsoleSender {
    out: Mutex<Box<dyn Write + Send>>,
}

impl ConsoleSender {
    /// To standard output.
    pub fn stdout() -> ConsoleSender {
        ConsoleSender::to(Box::new(std::io::stdout()))
    }

    /// To anything that can be written to.
    pub fn to(out: Box<dyn Write + Send>) -> ConsoleSender {
        ConsoleSender { out: Mutex::new(out) }
    }
}

#[async_trait]
impl Sender for ConsoleSender {
    async fn send(&self, row: &OutboxRow, text: &Text) -> Result<(), SendError> {
        let mut out = self.out.lock().unwrap_or_else(PoisonError::into_inner);
        writeln!(out, "to {} ({}): {}", row.recipient, row.channel, text.body).and_then(|()| out.flush()).map_err(|error| error.to_string().into())
    }
}

/// Appends messages to a file, one JSON object per line, each written at once and made durable before it counts as sent.
#[derive(Debug, Clone)]
pub struct FileSender {
    path: PathBuf,
}

impl FileSender {
    /// To this file, which is made where there is none.
    pub fn new(path: impl Into<PathBuf>) -> FileSender {
        FileSender { path: path.into() }
    }

    fn append(path: &std::path::Path, line: &[u8]) -> std::io::Result<()> {
        // One write to a file opened for appending: lines of several processes do not mix.
        let mut file = std::fs::OpenOptions::new().create(true).append(true).open(path)?;
        file.write_all(line)?;
        file.sync_data()
    }
}

#[async_trait]
impl Sender for FileSender {
    async fn send(&self, row: &OutboxRow, text: &Text) -> Result<(), SendError> {
        let line = serde_json::json!({
            "dedup_key": row.dedup_key, "topic": row.topic, "channel": row.channel, "to": row.recipient, "booking": row.booking_id,
            "subject": text.subject, "body": text.body,
        });
        let (path, line) = (self.path.clone(), format!("{line}\n"));
        let written =
            tokio::task::spawn_blocking(move || FileSender::append(&path, line.as_bytes()).map_err(|error| format!("{}: {error}", path.display())));
        Ok(written.await.map_err(|error| error.to_string())??)
    }
}
