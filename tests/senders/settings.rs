//! The file of senders.

use std::sync::Arc;

use zamu::clock::{Clock, SystemClock};
use zamu::notify::Senders;

fn read(text: &str) -> Result<Senders, String> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("senders.toml");
    std::fs::write(&path, text).unwrap();
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let env = |name: &str| (name == "SECRET").then(|| "0123456789abcdef".to_owned());
    Senders::read(&path, &env, &clock).map_err(|error| error.to_string().replace(&*folder.path().to_string_lossy(), ""))
}

const WHOLE: &str = r#"
[email]
kind = "smtp"
host = "smtp.example.org"
user = "zamu"
password_env = "SECRET"
from = "Serenity <hello@example.org>"

[sms]
kind = "http"
url = "https://sms.example.org/messages"
secret_env = "SECRET"
from = "SERENITY"

[whatsapp]
kind = "http"
url = "https://whatsapp.example.org/messages"
secret_env = "SECRET"
token_env = "SECRET"

[otherwise]
kind = "console"
"#;

#[tokio::test]
async fn a_file_says_what_carries_each_channel() {
    let senders = read(WHOLE).unwrap_or_else(|why| panic!("{why}"));
    assert_eq!(senders.channels(), ["email", "sms", "whatsapp"]);
}

#[tokio::test]
async fn what_is_wrong_in_the_file_is_said_with_its_section_and_what_was_expected() {
    for (from, to, said) in [
        ("kind = \"console\"", "kind = \"pigeon\"", "unknown variant `pigeon`"),
        ("user = \"zamu\"\n", "", "[email] user, password_env: expected both"),
        ("host = \"smtp", "hosts = \"smtp", "hosts"),
        ("Serenity <hello@example.org>", "Serenity", "[email] from: \"Serenity\" is no address"),
        ("https://sms", "ftp://sms", "[sms] url: expected https://"),
        ("\"https://sms.example.org/messages\"", "\"sms\"", "[sms] url: \"sms\" is none"),
        ("token_env = \"SECRET\"", "token_env = \"TOKEN\"", "[whatsapp] token_env: the environment variable TOKEN is not set"),
        (WHOLE, "", "there is no section"),
        (WHOLE, "[sms", "senders.toml"),
    ] {
        assert!(WHOLE.contains(from));
        let why = read(&WHOLE.replacen(from, to, 1)).err().unwrap_or_else(|| panic!("{to} is accepted"));
        assert!(why.contains(said) && why.contains("senders.toml"), "{to}: {why}");
    }
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let missing = Senders::read(std::path::Path::new("none/such.toml"), &|_| None, &clock).err().unwrap();
    assert!(missing.to_string().contains("none/such.toml"), "{missing}");
}
