//! E-mail over a server that speaks SMTP.

use std::time::Duration;

use async_trait::async_trait;
use lettre::address::AddressError;
use lettre::message::header::ContentType;
use lettre::message::{Mailbox, MessageBuilder};
use lettre::transport::smtp::Error;
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Tls, TlsParameters};
use lettre::{AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor};

use super::{SendError, SendErrorKind, Sender, Text};
use crate::store::OutboxRow;

/// How long the server may take for one answer.
const ANSWER_LIMIT: Duration = Duration::from_secs(20);
/// Refusals that are not about the message: who sends is not let in, or has to say more first.
const NOT_THE_MESSAGE: [u16; 5] = [421, 530, 534, 535, 538];

/// How the way to the server is kept from others' eyes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encryption {
    /// From the first byte.
    Tls,
    /// From when both have said hello; a server that cannot is not used.
    StartTls,
    /// Not at all: for a server on the same machine.
    None,
}

/// Sends over an SMTP server.
pub struct SmtpSender {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
}

impl SmtpSender {
    /// Over this server, from this address, `Serenity <hello@serenity.example>`.
    ///
    /// # Errors
    /// The address is none, or the server's name is none that a certificate can be for.
    pub fn new(host: &str, port: u16, encryption: Encryption, login: Option<(String, String)>, from: &str) -> Result<SmtpSender, String> {
        let from = from.parse().map_err(|error: AddressError| format!("from: {from:?} is no address: {error}"))?;
        let parameters = || TlsParameters::new(host.to_owned()).map_err(|error| format!("host: {error}"));
        let tls = match encryption {
            Encryption::Tls => Tls::Wrapper(parameters()?),
            Encryption::StartTls => Tls::Required(parameters()?),
            Encryption::None => Tls::None,
        };
        let mut builder = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(host).port(port).tls(tls).timeout(Some(ANSWER_LIMIT));
        if let Some((user, password)) = login {
            builder = builder.credentials(Credentials::new(user, password));
        }
        Ok(SmtpSender { transport: builder.build(), from })
    }

    /// The message as it goes out. Its id is made of its key, so that a second copy is known as one.
    fn message(&self, row: &OutboxRow, text: &Text) -> Result<Message, String> {
        let to: Mailbox = row.recipient.parse().map_err(|error: AddressError| format!("the address is none: {error}"))?;
        let id: String = row
            .dedup_key
            .bytes()
            .map(|byte| if byte.is_ascii_alphanumeric() { char::from(byte).to_string() } else { format!("_{byte:02x}") })
            .collect();
        let builder: MessageBuilder = Message::builder()
            .from(self.from.clone())
            .to(to)
            .subject(text.subject.as_str())
            .date(row.created_at.into())
            .message_id(Some(format!("<{id}@{}>", self.from.email.domain())))
            .header(ContentType::TEXT_PLAIN);
        builder.body(text.body.clone()).map_err(|error| error.to_string())
    }
}

#[async_trait]
impl Sender for SmtpSender {
    async fn send(&self, row: &OutboxRow, text: &Text) -> Result<(), SendError> {
        let message = self.message(row, text).map_err(|why| SendError::new(SendErrorKind::Hopeless, why))?;
        match self.transport.send(message).await {
            Ok(_) => Ok(()),
            Err(error) => Err(SendError::new(kind_of(&error), said(&error))),
        }
    }
}

/// What an error means for the message. A server that answers has not taken it; one that hangs up may have.
fn kind_of(error: &Error) -> SendErrorKind {
    let is_about_us = error.status().is_some_and(|code| NOT_THE_MESSAGE.contains(&u16::from(code)));
    match error {
        error if error.is_permanent() && !is_about_us => SendErrorKind::Hopeless,
        error if error.is_permanent() || error.is_transient() || error.is_client() || error.is_tls() => SendErrorKind::Refused,
        _ => SendErrorKind::Unanswered,
    }
}

fn said(error: &Error) -> String {
    use std::error::Error as _;
    match error.source() {
        Some(cause) => format!("{error}: {cause}"),
        None => error.to_string(),
    }
}
