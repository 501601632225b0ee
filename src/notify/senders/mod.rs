//! Where messages go: for each channel what carries it.

mod http;
mod plain;
mod settings;
mod smtp;

use std::collections::BTreeMap;

use async_trait::async_trait;

pub use http::HttpSender;
pub use plain::{ConsoleSender, FileSender};
pub use settings::SettingsError;
pub use smtp::{Encryption, SmtpSender};

use super::{SendError, SendErrorKind, Sender, Text};
use crate::store::OutboxRow;

/// A sender for each channel, and one for those that have none of their own.
#[derive(Default)]
pub struct Senders {
    by_channel: BTreeMap<String, Box<dyn Sender>>,
    otherwise: Option<Box<dyn Sender>>,
}

impl Senders {
    /// Without any: every message waits.
    pub fn none() -> Senders {
        Senders::default()
    }

    /// The same with a sender for a channel.
    #[must_use]
    pub fn with(mut self, channel: &str, sender: Box<dyn Sender>) -> Senders {
        self.by_channel.insert(channel.to_owned(), sender);
        self
    }

    /// The same with a sender for every channel that has none of its own.
    #[must_use]
    pub fn otherwise(mut self, sender: Box<dyn Sender>) -> Senders {
        self.otherwise = Some(sender);
        self
    }

    /// The channels that have a sender of their own.
    pub fn channels(&self) -> Vec<&str> {
        self.by_channel.keys().map(String::as_str).collect()
    }
}

#[async_trait]
impl Sender for Senders {
    async fn send(&self, row: &OutboxRow, text: &Text) -> Result<(), SendError> {
        match self.by_channel.get(&row.channel).or(self.otherwise.as_ref()) {
            Some(sender) => sender.send(row, text).await,
            None => {
                let why = format!("nothing carries messages on the channel {:?}: give it a section in the file of senders", row.channel);
                Err(SendError::new(SendErrorKind::Refused, why))
            }
        }
    }
}
