//! What carries messages, and those that nobody got.

use std::path::Path;

use super::house::Spa;
use crate::{Answer, zamu};

/// A spa with a booking of somebody who is told at this contact, far ahead.
fn with_booking(contact: &str) -> Spa {
    let spa = tokio::runtime::Runtime::new().unwrap().block_on(async {
        let spa = Spa::open().await;
        zamu::store::Store::close(&spa.store).await;
        spa
    });
    let words = format!(
        "bookings add --location westlands --service swedish --at 2090-01-14T10:00 --customer ruth --name Ruth --language sw --contact {contact}"
    );
    assert_eq!(zamu(spa.folder.path(), &words).code, 0);
    spa
}

fn on(here: &Path, words: &str) -> Answer {
    zamu(here, words)
}

#[test]
fn a_file_of_senders_says_where_each_channels_messages_go() {
    let spa = with_booking("letter:Ruth,second-floor");
    let here = spa.folder.path();
    std::fs::write(here.join("senders.toml"), "[letter]\nkind = \"file\"\npath = \"letters.jsonl\"\n").unwrap();
    let sent = on(here, "deliver --senders senders.toml --json").json();
    assert_eq!(sent, serde_json::json!({"delivered": 1, "failed": [], "dead": []}));
    let letters = std::fs::read_to_string(here.join("letters.jsonl")).unwrap();
    assert!(letters.contains("Habari Ruth, nafasi yako imehifadhiwa"), "{letters}");
    std::fs::write(here.join("senders.toml"), "[letter]\nkind = \"pigeon\"\n").unwrap();
    let complaint = on(here, "deliver --senders senders.toml").complaint();
    assert!(complaint.contains("senders.toml") && complaint.contains("pigeon"), "{complaint}");
    assert!(on(here, "deliver").complaint().contains("--senders"));
}

#[test]
fn what_could_not_be_delivered_waits_for_a_person_who_has_it_tried_again_or_dismisses_it() {
    let spa = with_booking("email:nobody-at-all");
    let here = spa.folder.path();
    let smtp = "[email]\nkind = \"smtp\"\nhost = \"127.0.0.1\"\nport = 9\nencryption = \"none\"\nfrom = \"Spa <spa@example.org>\"\n";
    std::fs::write(here.join("senders.toml"), smtp).unwrap();
    assert_eq!(on(here, "messages dead").code, 0, "nothing waits");
    let given_up = on(here, "deliver --senders senders.toml");
    assert!(given_up.code == 1 && given_up.err.contains("given up: see zamu messages dead"), "{given_up:?}");
    let dead = on(here, "messages dead --json");
    let id = dead.json()[0]["id"].as_i64().unwrap();
    assert!(dead.code == 1 && !dead.out.contains("nobody-at-all"), "{dead:?}");
    assert_eq!(on(here, &format!("messages retry {id}")).out, "1 message to be tried again\n");
    assert_eq!(on(here, "deliver --senders senders.toml").code, 1);
    assert_eq!(on(here, "messages retry --all").code, 0);
    assert_eq!(on(here, "deliver --senders senders.toml").code, 1);
    assert_eq!(on(here, &format!("messages dismiss {id} --json")).json()["settled"], 1);
    assert!(on(here, &format!("messages dismiss {id}")).complaint().contains("there is no undeliverable message"));
    let listed = on(here, "messages list --state dismissed");
    assert!(listed.out.contains("dismissed by console"), "{listed:?}");
    assert!(on(here, "messages list --state lost").complaint().contains("expected one of pending"));
    assert!(on(here, "messages retry").code == 2);
}
