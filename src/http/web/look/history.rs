//! What happened to a booking, in words and by the clock on the location's wall.

use chrono_tz::Tz;
use maud::{Markup, html};

use super::super::lines::history_value;
use super::super::told;
use super::super::words::Words;
use super::names::Names;
use super::scrolled;
use crate::http::admin::bookings::attempts_in;
use crate::http::admin::messages::MessageView;
use crate::store::{Day, HistoryKind, HistoryRow};

/// A booking's past, said in one language.
pub(super) struct Past<'a> {
    pub(super) w: &'a Words,
    pub(super) names: &'a Names,
    pub(super) zone: Tz,
    /// Its day with what took place, for what the reasons name.
    pub(super) day: &'a Day,
}

impl Past<'_> {
    /// Every change, oldest first.
    pub(super) fn changes(&self, history: &[HistoryRow]) -> Markup {
        let w = self.w;
        let table = html! {
            table {
                caption { (w.say("look-history-caption")) }
                thead { tr { @for name in ["look-col-when", "look-col-what", "look-col-was", "look-col-is", "look-col-who", "look-col-why"] { th scope="col" { (w.say(name)) } } } }
                tbody { @for row in history {
                    tr {
                        th scope="row" { time datetime=(row.at.to_rfc3339()) { (w.instant(row.at, self.zone)) } }
                        td { (w.say(&format!("look-history-{}", row.kind.as_str()))) }
                        td { (self.value(row.kind, &row.from)) }
                        td { (self.value(row.kind, &row.to)) }
                        td { (row.actor) }
                        td { (told::on(w, self.day, &row.reason)) }
                    }
                } }
            }
        };
        scrolled(&w.say("look-history-caption"), &table)
    }

    fn value(&self, kind: HistoryKind, value: &str) -> String {
        history_value(self.w, self.zone, kind, value, &|id| self.names.person(id).to_owned())
    }

    /// Every attempt to find somebody, as the history tells; nothing where there was none.
    pub(super) fn attempts(&self, history: &[HistoryRow]) -> Markup {
        let (w, attempts) = (self.w, attempts_in(history));
        if attempts.is_empty() {
            return html! { p { (w.say("look-attempts-none")) } };
        }
        let table = html! {
            table {
                caption { (w.say("look-attempts-caption")) }
                thead { tr { @for name in ["look-col-number", "look-col-when", "look-col-who", "look-col-outcome", "look-col-why"] { th scope="col" { (w.say(name)) } } } }
                tbody { @for one in &attempts {
                    tr {
                        th scope="row" { (one.attempt) }
                        td { time datetime=(one.at.to_rfc3339()) { (w.instant(one.at, self.zone)) } }
                        td { (one.actor) }
                        td { @if let Some(outcome) = &one.outcome { (self.value(HistoryKind::State, outcome)) } @else { (w.say("look-attempt-open")) } }
                        td { (told::on(w, self.day, one.reason.as_deref().unwrap_or_default())) }
                    }
                } }
            }
        };
        scrolled(&w.say("look-attempts-caption"), &table)
    }

    /// What its customer and managers were told of it.
    pub(super) fn messages(&self, messages: &[MessageView]) -> Markup {
        let w = self.w;
        if messages.is_empty() {
            return html! { p { (w.say("look-messages-none")) } };
        }
        let table = html! {
            table {
                caption { (w.say("look-messages-about")) }
                thead { tr { @for name in ["look-col-when", "look-col-what", "look-col-to", "look-col-became", "look-col-sent"] { th scope="col" { (w.say(name)) } } } }
                tbody { @for one in messages {
                    tr {
                        th scope="row" { time datetime=(one.created_at.to_rfc3339()) { (w.instant(one.created_at, self.zone)) } }
                        td { (w.known(&topic(&one.topic), &one.topic)) }
                        td { (one.channel) " " (one.to) }
                        td { (w.say(&format!("look-message-{}", one.state))) @if let Some(error) = &one.last_error { br; span.sub { (told::english(w, error)) } } }
                        td { @if let Some(at) = one.delivered_at { time datetime=(at.to_rfc3339()) { (w.instant(at, self.zone)) } } @else { "–" } }
                    }
                } }
            }
        };
        scrolled(&w.say("look-messages-about"), &table)
    }
}

/// The name of the words for what a message tells.
pub(super) fn topic(word: &str) -> String {
    format!("look-topic-{}", word.replace(['.', '_'], "-"))
}
