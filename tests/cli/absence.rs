//! `zamu absence`: said in a sentence, looked at, confirmed by its id, undone.

use std::path::Path;

use assert_cmd::Command;
use serde_json::json;
use zamu::store::Store;

use crate::{Answer, answer, house, zamu};

/// Runs `zamu absence` with a sentence as one argument.
fn say(folder: &Path, sentence: &str, words: &str) -> Answer {
    let mut command = Command::new(env!("CARGO_BIN_EXE_zamu"));
    command.current_dir(folder).env_remove("ZAMU_DB").env_remove("DATABASE_URL").arg("absence").arg(sentence).args(words.split_whitespace());
    answer(command.output().unwrap())
}

fn spa() -> house::Spa {
    tokio::runtime::Runtime::new().unwrap().block_on(async {
        let spa = house::Spa::open().await;
        spa.store.close().await;
        spa
    })
}

#[test]
fn a_sentence_is_looked_at_confirmed_by_its_id_and_undone() {
    let spa = spa();
    let here = spa.folder.path();
    let add = |service: &str, clock: &str| {
        let words = format!("bookings add --location westlands --service {service} --at 2090-01-14T{clock} --customer amina --json");
        zamu(here, &words).json()["booking"]["id"].as_str().unwrap().to_owned()
    };
    let deep = add("deep", "10:00");
    let held = || zamu(here, &format!("bookings show {deep} --json")).json()["booking"]["resources"].clone();
    assert_eq!(held(), json!(["grace"]));
    let look = say(here, "Grace is out sick on 2090-01-14", "--location westlands");
    assert_eq!(look.code, 1, "nobody else can do deep tissue: {look:?}");
    assert!(look.out.contains("unplaced") && look.out.contains("can be placed by one of these:\n  1. "), "{}", look.out);
    let id = look.out.split("zamu absence --confirm ").nth(1).unwrap().split('`').next().unwrap().to_owned();
    assert_eq!(held(), json!(["grace"]), "a look changes nothing");

    let done = zamu(here, &format!("absence --confirm {id} --json"));
    assert_eq!((done.code, done.json()["state"].as_str()), (1, Some("confirmed")), "{done:?}");
    assert_eq!(held(), json!([]));
    assert_eq!(zamu(here, &format!("absence --confirm {id} --json")).json(), done.json(), "twice is once");
    let undone = zamu(here, &format!("absence --undo {id} --json"));
    assert_eq!((undone.code, &undone.json()["undo"]["restored"]), (0, &json!([deep])), "{undone:?}");
    assert_eq!(held(), json!(["grace"]));
    assert_eq!(zamu(here, &format!("absence --confirm {id}")).code, 1, "it was undone");
}

#[test]
fn a_day_that_changed_is_shown_anew_and_not_written() {
    let spa = spa();
    let here = spa.folder.path();
    let add = |clock: &str| zamu(here, &format!("bookings add --location westlands --service deep --at 2090-01-14T{clock} --customer amina"));
    assert_eq!(add("10:00").code, 0);
    let look = say(here, "/absence Grace 2090-01-14..15 holiday", "--location westlands --json");
    let id = look.json()["id"].as_str().unwrap().to_owned();
    assert_eq!((look.json()["state"].as_str(), look.json()["days"][0]["repairs"][0]["booking"].is_string()), (Some("previewed"), true));
    assert_eq!(add("14:00").code, 0);
    let refused = zamu(here, &format!("absence --confirm {id} --json"));
    let fresh = refused.json()["id"].as_str().unwrap().to_owned();
    assert_eq!((refused.code, refused.json()["state"].as_str(), refused.json()["block"].is_null()), (1, Some("previewed"), true), "{refused:?}");
    assert_ne!(fresh, id);
    assert_eq!(zamu(here, &format!("absence --confirm {fresh} --json")).json()["state"], "confirmed");
}

#[test]
fn what_is_not_clear_is_asked_back_and_nothing_is_done() {
    let spa = spa();
    let here = spa.folder.path();
    for (sentence, asked) in [
        ("Gracie is out sick tomorrow", "did you mean Grace?"),
        ("Grace is off 03/04", "which day?"),
        ("Grace is sick", "when?"),
        ("Grace is out tomorrow from 7 to 9", "07:00 to 09:00 or 07:00 to 21:00"),
        ("Grace is back tomorrow", "not of an absence"),
        ("Grace was out yesterday", "is over"),
    ] {
        let complaint = say(here, sentence, "--location westlands --confirm").complaint();
        assert!(complaint.contains(asked), "{sentence}: {complaint}");
    }
    for (words, said) in [
        ("absence --confirm none-such", "none-such"),
        ("absence --undo none-such", "no absence and no block"),
        ("absence --confirm", "--location"),
        ("absence --location westlands", "--who"),
        ("absence --confirm x --tell", "as it was looked at"),
    ] {
        let complaint = zamu(here, words).complaint();
        assert!(complaint.contains(said), "{words}: {complaint}");
    }
    assert_eq!(zamu(here, "runs list --location westlands --json").json(), json!([]));
}
