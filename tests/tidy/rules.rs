//! The import rules of the house as tables, and what breaks them.

use crate::Breach;
use crate::scan::paths;

/// The most lines a file may have.
pub const MAX_LINES: usize = 600;

/// Longer files, each with its reason.
pub const LONG_FILES: [(&str, &str); 0] = [];

/// Which rooms under `src` a room may name. The first prefix that fits a file's path decides; `*` is every room.
const ROOMS: &[(&str, &[&str])] = &[
    // The checker shares no code with what it checks: of its own room it knows only the profile.
    ("src/alloc/check", &["domain", "sheet", "alloc::check", "alloc::profile", "alloc::Profile"]),
    ("src/domain/", &["domain"]),
    ("src/sheet/", &["sheet", "domain"]),
    ("src/alloc/", &["alloc", "domain", "sheet"]),
    // A what-if cannot reach what lives.
    ("src/scenario/", &["scenario", "alloc", "domain", "sheet"]),
    // Contact data is sealed on its way into the store.
    ("src/store/", &["store", "domain", "sheet", "keyring", "clock"]),
    ("src/keyring/", &["keyring", "domain", "clock"]),
    ("src/booking/", &["booking", "domain", "sheet", "alloc", "store", "clock"]),
    // Who signs in is a use case; passwords, tokens and sessions are the keyring's.
    ("src/operations/accounts.rs", &["operations", "domain", "store", "clock", "keyring"]),
    ("src/operations/", &["operations", "scenario", "channels", "booking", "domain", "sheet", "alloc", "store", "clock"]),
    // Secrets are in the keyring's hands, also those that sign what a provider gets.
    ("src/notify/", &["notify", "domain", "store", "clock", "keyring"]),
    ("src/ingest/", &["ingest", "domain", "sheet", "store"]),
    // Words are understood without a store and without a clock.
    ("src/channels/", &["channels", "domain"]),
    // Routes and pages: the use cases in HTTP's words.
    ("src/http/", &["http", "scenario", "channels", "domain", "sheet", "alloc", "store", "booking", "operations", "notify", "clock", "keyring"]),
    ("src/clock.rs", &["clock", "domain"]),
    ("src/cli/", &["*"]),
    ("src/lib.rs", &["*"]),
    ("src/main.rs", &["*"]),
    ("src/bin/", &["*"]),
];

/// Where outside code may be named, by path: everywhere (`src/`), or only under these prefixes.
const PLACES: &[(&str, &[&str])] = &[
    // The solver hides behind `alloc::solve`.
    ("good_lp", &["src/alloc/solve"]),
    ("highs", &["src/alloc/solve"]),
    ("highs_sys", &["src/alloc/solve"]),
    // The database hides behind `store`.
    ("sqlx", &["src/store/"]),
    // The heart has no clock and no I/O.
    ("tokio", &["src/http/", "src/store/", "src/booking/", "src/operations/", "src/notify/", "src/ingest/", "src/cli/"]),
    ("futures_util", &["src/notify/", "src/store/", "src/operations/", "src/http/", "src/cli/"]),
    ("async_trait", &["src/http/", "src/store/", "src/booking/", "src/operations/", "src/notify/", "src/ingest/", "src/cli/"]),
    ("std::fs", &["src/http/web/scripts/", "src/keyring/", "src/store/", "src/notify/", "src/ingest/", "src/cli/"]),
    // Rows of a study stream into a writer that the caller opened.
    (
        "std::io",
        &["src/keyring/", "src/store/", "src/operations/", "src/notify/", "src/ingest/", "src/cli/", "src/sheet/", "src/scenario/report/rows/"],
    ),
    ("std::env", &["src/http/web/scripts/", "src/cli/"]),
    ("std::net", &["src/http/", "src/cli/"]),
    ("std::process", &["src/http/web/scripts/", "src/cli/", "src/main.rs"]),
    ("std::time", &["src/clock.rs", "src/notify/", "src/booking/", "src/http/", "src/store/", "src/operations/", "src/cli/"]),
    ("std::time::SystemTime", &["src/clock.rs"]),
    // How long something took is not what time it is.
    ("std::time::Instant", &["src/clock.rs", "src/http/", "src/operations/", "src/cli/"]),
    ("chrono::Utc::now", &["src/clock.rs"]),
    ("chrono::Local", &[]),
    // A terminal is something only the command line knows.
    ("clap", &["src/cli/"]),
    ("comfy_table", &["src/cli/"]),
    ("indicatif", &["src/cli/"]),
    ("ctrlc", &["src/cli/"]),
    ("tracing_subscriber", &["src/cli/"]),
    ("tempfile", &["src/cli/", "src/keyring/"]),
    // Errors have types inside; the binary only prints them.
    ("anyhow", &["src/cli/"]),
    ("csv", &["src/ingest/", "src/scenario/", "src/cli/"]),
    ("flate2", &["src/cli/convert.rs"]),
    ("rayon", &["src/alloc/", "src/scenario/", "src/operations/", "src/ingest/", "src/cli/"]),
    ("schemars", &["src/scenario/"]),
    ("maud", &["src/scenario/report/", "src/http/web/"]),
    ("parquet", &["src/scenario/report/"]),
    // The heart's flows, and the page's: how much of a half-hour's demand the people on duty can meet.
    ("petgraph", &["src/alloc/", "src/scenario/report/page/"]),
    ("toml", &["src/alloc/profile", "src/scenario/", "src/notify/senders/settings", "src/ingest/", "src/cli/"]),
    ("sha2", &["src/keyring/", "src/booking/", "src/http/", "src/sheet/", "src/store/", "src/ingest/", "src/operations/"]),
    (
        "serde_json",
        &[
            "src/keyring/",
            "src/http/",
            "src/sheet/",
            "src/alloc/",
            "src/scenario/",
            "src/store/",
            "src/booking/",
            "src/operations/",
            "src/notify/",
            "src/ingest/",
            "src/cli/",
        ],
    ),
    (
        "uuid",
        &["src/cli/load/", "src/domain/", "src/keyring/", "src/http/", "src/store/", "src/booking/", "src/operations/", "src/notify/", "src/ingest/"],
    ),
    ("tracing", &["src/http/", "src/alloc/", "src/store/", "src/booking/", "src/operations/", "src/notify/", "src/ingest/", "src/cli/"]),
    // HTTP stays at the edge; the load command is a client.
    ("axum", &["src/http/"]),
    ("axum_extra", &["src/http/"]),
    ("tower", &["src/http/"]),
    ("tower_http", &["src/http/"]),
    ("utoipa", &["src/http/"]),
    ("utoipa_axum", &["src/http/"]),
    ("utoipa_swagger_ui", &["src/http/"]),
    ("hyper", &["src/http/"]),
    ("hyper_util", &["src/http/"]),
    ("serde_html_form", &["src/http/"]),
    ("serde_path_to_error", &["src/scenario/", "src/http/"]),
    ("governor", &["src/http/"]),
    ("redis", &["src/http/"]),
    ("metrics", &["src/http/", "src/booking/", "src/operations/", "src/store/"]),
    ("metrics_exporter_prometheus", &["src/http/"]),
    ("tokio_util", &["src/http/", "src/cli/"]),
    // Providers of text messages, and mail servers, are spoken to by what carries messages; the load command is a client too.
    ("reqwest", &["src/cli/", "src/notify/senders/"]),
    ("lettre", &["src/notify/senders/"]),
    ("fluent_bundle", &["src/notify/templates", "src/http/web/"]),
    ("unic_langid", &["src/notify/templates", "src/http/web/"]),
    ("moka", &["src/booking/"]),
    // Secrets stay in one room.
    ("chacha20poly1305", &["src/keyring/"]),
    ("hmac", &["src/keyring/"]),
    ("argon2", &["src/keyring/"]),
    ("jsonwebtoken", &["src/keyring/"]),
    ("aws_lc_rs", &["src/keyring/"]),
    ("getrandom", &["src/keyring/"]),
    ("zeroize", &["src/keyring/"]),
    ("base64", &["src/keyring/", "src/http/"]),
    ("phonenumber", &["src/keyring/"]),
    ("strsim", &["src/"]),
    ("thiserror", &["src/"]),
];

/// Plain words and numbers anybody may use.
const EVERYWHERE: [&str; 3] = ["chrono", "chrono_tz", "serde"];

/// What a file imports against the house's rules. `file` is its path from the project's root.
pub fn breaches_of_imports(file: &str, text: &str) -> Vec<Breach> {
    if file.ends_with("/tests.rs") {
        return Vec::new();
    }
    let breach = |line, what| Breach { file: file.to_owned(), line, what };
    let Some((_, rooms)) = ROOMS.iter().find(|(prefix, _)| file.starts_with(prefix)) else {
        return vec![breach(1, "is in a room that has no row in tests/tidy/rules.rs".to_owned())];
    };
    let named: Vec<_> = paths(text, &module_of(file)).into_iter().filter(|named| !named.in_test).collect();
    let aliases: Vec<(String, String)> = named.iter().filter_map(|n| Some((n.path.rsplit_once("::")?.1.to_owned(), n.path.clone()))).collect();
    let mut found = Vec::new();
    for one in &named {
        if let Some(inside) = one.path.strip_prefix("crate::").or_else(|| one.path.strip_prefix("zamu::"))
            && !rooms.iter().any(|room| *room == "*" || is_under(inside, room))
        {
            found.push(breach(one.line, format!("names {}, which this room may not import ({})", one.path, rooms.join(", "))));
        }
        let whole = unaliased(&one.path, &aliases);
        if let Some((outside, places)) = place_of(&whole)
            && !places.iter().any(|prefix| file.starts_with(prefix))
        {
            let places = if places.is_empty() { "nowhere".to_owned() } else { places.join(", ") };
            found.push(breach(one.line, format!("names {outside}, whose place is {places}")));
        }
    }
    found
}

/// Dependencies in a `Cargo.toml` that no table mentions.
pub fn crates_without_place(toml: &str) -> Vec<String> {
    let section = toml.split("\n[").find_map(|part| part.strip_prefix("dependencies]\n")).unwrap_or_default();
    let names = section.lines().filter_map(|line| Some(line.split_once('=')?.0.trim().replace('-', "_")));
    names.filter(|name| !EVERYWHERE.contains(&name.as_str()) && !PLACES.iter().any(|(outside, _)| outside == name)).collect()
}

/// The longest row of [`PLACES`] that `path` lies under.
fn place_of(path: &str) -> Option<(&'static str, &'static [&'static str])> {
    PLACES.iter().filter(|(outside, _)| is_under(path, outside)).max_by_key(|(outside, _)| outside.len()).copied()
}

/// `Utc::now` as `chrono::Utc::now` where the file imports `chrono::Utc`.
fn unaliased(path: &str, aliases: &[(String, String)]) -> String {
    let (head, rest) = path.split_once("::").unwrap_or((path, ""));
    match aliases.iter().find(|(last, whole)| last == head && !rest.is_empty() && whole != path) {
        Some((_, whole)) => format!("{whole}::{rest}"),
        None => path.to_owned(),
    }
}

fn is_under(path: &str, prefix: &str) -> bool {
    path.strip_prefix(prefix).is_some_and(|rest| rest.is_empty() || rest.starts_with("::"))
}

/// `["alloc", "check"]` for `src/alloc/check.rs`, `["alloc"]` for `src/alloc/mod.rs`.
fn module_of(file: &str) -> Vec<String> {
    let inside = file.strip_prefix("src/").unwrap_or(file).trim_end_matches(".rs");
    inside.split('/').filter(|part| !matches!(*part, "mod" | "lib" | "main")).map(str::to_owned).collect()
}
