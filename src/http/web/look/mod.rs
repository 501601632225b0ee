//! Looking back and ahead: the week, bookings and their whole lives, runs, the fairness ledger, messages, and what-ifs.

mod ask;
mod booking;
mod bookings;
mod heat;
mod history;
mod ledger;
mod messages;
mod names;
mod outcome;
mod promote;
mod report;
mod run;
mod runs;
mod week;
mod whatifs;

use std::sync::Arc;

use axum::Router;
use axum::routing::{get, post};
use maud::{Markup, html};
use serde::Deserialize;

use super::form;
use super::form::filled;
use super::words::Words;
use crate::http::app::App;

/// The pages of this part.
pub(super) fn routes() -> Router<Arc<App>> {
    Router::new()
        .route("/admin/at/{location}/week", get(week::show))
        .route("/admin/at/{location}/bookings", get(bookings::list))
        .route("/admin/bookings/{id}", get(booking::show))
        .route("/admin/bookings/{id}/cancel", post(booking::cancel))
        .route("/admin/bookings/{id}/move", post(booking::change_time))
        .route("/admin/at/{location}/runs", get(runs::list))
        .route("/admin/at/{location}/runs/{id}", get(run::show))
        .route("/admin/at/{location}/ledger", get(ledger::show).post(ledger::correct))
        .route("/admin/messages", get(messages::list))
        .route("/admin/messages/{id}/retry", post(messages::retry))
        .route("/admin/messages/{id}/dismiss", post(messages::dismiss))
        .route("/admin/at/{location}/whatifs", get(whatifs::list).post(ask::send))
        .route("/admin/at/{location}/whatifs/ask", get(ask::form))
        .route("/admin/at/{location}/whatifs/{id}", get(whatifs::show))
        .route("/admin/at/{location}/whatifs/{id}/report", get(report::show))
        .route("/admin/at/{location}/whatifs/{id}/promote", get(promote::show).post(promote::make_real))
        .route("/admin/at/{location}/whatifs/{id}/cancel", post(whatifs::cancel))
}

/// A table that may be wider than the screen: it scrolls by itself, by keyboard too.
fn scrolled(label: &str, table: &Markup) -> Markup {
    html! { div.table-scroll role="region" aria-label=(label) tabindex="0" { (table) } }
}

/// A form that is a button and nothing else.
#[derive(Debug, Deserialize)]
struct Pressed {}

/// What was just done, said once at the top of the page it led to. Words of an address are said only where they are ours.
fn said(w: &Words, done: Option<&String>, known: &[&str]) -> Markup {
    let name = done.filter(|done| known.contains(&done.as_str())).map(|done| format!("look-done-{done}"));
    html! { @if let Some(name) = name { p.done role="status" { (w.say(&name)) } } }
}

/// An address with the members of a query that say something.
fn address(path: &str, members: &[(&str, Option<&str>)]) -> String {
    form::address(path, members.iter().filter_map(|(name, value)| Some((*name, value.filter(|value| !value.is_empty())?))))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::domain::Language;

    const SOURCES: [&str; 15] = [
        include_str!("ask.rs"),
        include_str!("booking.rs"),
        include_str!("bookings.rs"),
        include_str!("heat.rs"),
        include_str!("history.rs"),
        include_str!("ledger.rs"),
        include_str!("messages.rs"),
        include_str!("names.rs"),
        include_str!("outcome.rs"),
        include_str!("promote.rs"),
        include_str!("report.rs"),
        include_str!("run.rs"),
        include_str!("runs.rs"),
        include_str!("week.rs"),
        include_str!("whatifs.rs"),
    ];

    fn names(text: &str) -> BTreeSet<&str> {
        text.lines().filter(|line| line.starts_with(|c: char| c.is_ascii_lowercase())).filter_map(|line| Some(line.split_once(" =")?.0)).collect()
    }

    #[test]
    fn everything_that_these_pages_say_is_said_in_both_languages() {
        let (english, swahili) = (include_str!("../words/look.en.ftl"), include_str!("../words/look.sw.ftl"));
        assert_eq!(names(english), names(swahili));
        for language in [Language::English, Language::Swahili] {
            let w = Words::of(language);
            for source in SOURCES {
                for name in literals(source) {
                    assert!(w.knows(name), "{name} is not said in {language:?}");
                }
            }
        }
    }

    /// Names of words in a source, wherever they are said.
    fn literals(source: &str) -> Vec<&str> {
        let plain = |text: &&str| !text.is_empty() && text.chars().all(|c| c.is_ascii_lowercase() || c == '-');
        let mut found: Vec<&str> = Vec::new();
        for call in [".say(\"", ".say_with(\"", ".count(\""] {
            found.extend(source.split(call).skip(1).filter_map(|after| after.split('"').next()).filter(plain));
        }
        // Headings of tables stand in lists.
        let lists = source.split("for name in [").skip(1).filter_map(|after| after.split(']').next());
        found.extend(lists.flat_map(|list| list.split('"').skip(1).step_by(2)).filter(plain));
        found.extend(source.split('"').filter(|text| text.starts_with("look-") && text.len() > 5).filter(plain));
        found
    }

    #[test]
    fn every_word_of_the_stores_has_words_of_people() {
        use crate::alloc::profile::Profile;
        use crate::domain::BookingState;
        use crate::store::{OutboxState, RunKind, WhatIfState, messages::TOPICS};
        let dashed = |word: &str| word.replace(['.', '_'], "-");
        let mut all: Vec<String> = BookingState::ALL.iter().map(|one| format!("state-{}", dashed(one.as_str()))).collect();
        all.extend(OutboxState::ALL.iter().map(|one| format!("look-message-{}", one.as_str())));
        all.extend(RunKind::ALL.iter().map(|one| format!("look-run-{}", one.as_str())));
        all.extend(["applied", "kept", "lost-race", "dry-run", "shadow"].map(|one| format!("look-outcome-{one}")));
        all.extend(WhatIfState::ALL.iter().map(|one| format!("look-whatif-{}", one.as_str())));
        all.extend(TOPICS.iter().map(|one| format!("look-topic-{}", dashed(one))));
        let tiers = Profile::shipped_texts().iter().filter_map(|(name, _)| Profile::shipped(name)).flat_map(|profile| profile.tiers);
        all.extend(tiers.flat_map(|tier| [format!("tier-{}", tier.name), format!("tier-{}-means", tier.name)]));
        for name in all {
            assert!(Words::of(Language::English).knows(&name), "{name}");
        }
    }
}
