//! The file of senders: which channel is carried by what. Secrets are not in it: it names the environment variables that have them.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde::Deserialize;

use super::smtp::Encryption;
use super::{ConsoleSender, FileSender, HttpSender, Senders, SmtpSender};
use crate::clock::Clock;
use crate::keyring::Signer;

/// What is wrong with a file of senders: which section, what was expected.
#[derive(Debug, thiserror::Error)]
pub enum SettingsError {
    /// It cannot be read.
    #[error("{}: the file of senders cannot be read", path.display())]
    Unreadable {
        /// Which file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// It does not say what it should.
    #[error("{}: {what}", path.display())]
    Wrong {
        /// Which file.
        path: PathBuf,
        /// Where, what was expected and what to do.
        what: String,
    },
}

/// One section: `[email]`, `[sms]`, `[whatsapp]`, or whatever else customers' channels are called; `[otherwise]` for those without one.
#[derive(Debug, Deserialize)]
#[serde(tag = "kind", rename_all = "lowercase", deny_unknown_fields)]
enum Section {
    Console {},
    File {
        path: PathBuf,
    },
    Smtp {
        host: String,
        port: Option<u16>,
        #[serde(default)]
        encryption: EncryptionWord,
        user: Option<String>,
        password_env: Option<String>,
        from: String,
    },
    Http {
        url: String,
        from: Option<String>,
        secret_env: String,
        token_env: Option<String>,
    },
}

/// How the way to a mail server is encrypted, as a word.
#[derive(Debug, Default, Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
enum EncryptionWord {
    #[default]
    StartTls,
    Tls,
    None,
}

/// The section for channels that have none.
const OTHERWISE: &str = "otherwise";

impl Senders {
    /// Those that a file describes. `env` looks an environment variable up.
    ///
    /// # Errors
    /// The file cannot be read, says what is not understood, or names a variable that is not set.
    pub fn read(path: &Path, env: &dyn Fn(&str) -> Option<String>, clock: &Arc<dyn Clock>) -> Result<Senders, SettingsError> {
        let text = std::fs::read_to_string(path).map_err(|source| SettingsError::Unreadable { path: path.to_owned(), source })?;
        let wrong = |what: String| SettingsError::Wrong { path: path.to_owned(), what };
        let sections: BTreeMap<String, Section> = toml::from_str(&text).map_err(|error| wrong(error.to_string().trim_end().to_owned()))?;
        if sections.is_empty() {
            return Err(wrong("there is no section; expected one for each channel, such as [email] with kind = \"smtp\"".to_owned()));
        }
        let mut senders = Senders::none();
        for (channel, section) in sections {
            let sender = sender(section, env, clock).map_err(|what| wrong(format!("[{channel}] {what}")))?;
            senders = if channel == OTHERWISE { senders.otherwise(sender) } else { senders.with(&channel, sender) };
        }
        Ok(senders)
    }
}

fn sender(section: Section, env: &dyn Fn(&str) -> Option<String>, clock: &Arc<dyn Clock>) -> Result<Box<dyn super::Sender>, String> {
    let secret = |member: &str, name: &str| {
        env(name).filter(|value| !value.is_empty()).ok_or_else(|| format!("{member}: the environment variable {name} is not set"))
    };
    Ok(match section {
        Section::Console {} => Box::new(ConsoleSender::stdout()),
        Section::File { path } => Box::new(FileSender::new(path)),
        Section::Smtp { host, port, encryption, user, password_env, from } => {
            let (encryption, usual_port) = match encryption {
                EncryptionWord::Tls => (Encryption::Tls, 465),
                EncryptionWord::StartTls => (Encryption::StartTls, 587),
                EncryptionWord::None => (Encryption::None, 25),
            };
            let login = match (user, password_env) {
                (Some(user), Some(name)) => Some((user, secret("password_env", &name)?)),
                (None, None) => None,
                _ => return Err("user, password_env: expected both, or neither for a server that asks for no password".to_owned()),
            };
            Box::new(SmtpSender::new(&host, port.unwrap_or(usual_port), encryption, login, &from)?)
        }
        Section::Http { url, from, secret_env, token_env } => {
            let url: reqwest::Url = url.parse().map_err(|error| format!("url: {url:?} is none: {error}"))?;
            if !["http", "https"].contains(&url.scheme()) {
                return Err(format!("url: expected https:// or http://, not {}://", url.scheme()));
            }
            let signer = Signer::new(&secret("secret_env", &secret_env)?).map_err(|error| format!("secret_env: {secret_env}: {error}"))?;
            let token = token_env.map(|name| secret("token_env", &name)).transpose()?;
            Box::new(HttpSender::new(url, signer, Arc::clone(clock))?.from(from).with_token(token))
        }
    })
}
