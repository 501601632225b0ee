//! What several pages say of bookings, people, goals, reasons and changes, in the visitor's words.

use chrono::DateTime;
use chrono_tz::Tz;
use maud::{Markup, html};

use super::day::{customer, gender_in_words, service};
use super::names::on_day;
use super::told;
use super::words::Words;
use crate::alloc::explain::repairs::{Change, Side};
use crate::sheet::plan::{Certified, Reason, RuledOut};
use crate::store::{BookingRow, Day, HistoryKind, HistoryRow};

/// `10:00–11:00 Swedish massage, Amina`.
pub(super) fn line(w: &Words, day: &Day, booking: &BookingRow) -> String {
    let who = customer(day, booking).unwrap_or_else(|| w.say("walk-in"));
    format!("{} {}, {who}", w.span(booking.span, day.location.timezone), service(day, booking))
}

/// The same by id; the id itself where it is not on that day any more.
pub(super) fn line_of(w: &Words, day: &Day, id: &str) -> String {
    day.booking(id).map_or_else(|| id.to_owned(), |booking| line(w, day, booking))
}

/// Names of people and tables; that there is nobody.
pub(super) fn names(w: &Words, day: &Day, ids: &[String]) -> String {
    if ids.is_empty() { w.say("nobody") } else { ids.iter().map(|id| on_day(day, id)).collect::<Vec<_>>().join(", ") }
}

/// A booking that changes hands: `10:00–11:00 Swedish massage, Amina: Joy → Brian`.
pub(super) fn moved(w: &Words, day: &Day, id: &str, from: &[String], to: &[String]) -> Markup {
    html! {
        b { (line_of(w, day, id)) } ": " (names(w, day, from)) span aria-hidden="true" { " → " } span.hidden { " " (w.say("to-whom")) " " } (names(w, day, to))
    }
}

/// Why nobody serves a booking.
pub(super) fn why(w: &Words, day: &Day, reason: &Certified) -> String {
    match reason {
        Certified::ImpossibleAlone { ruled_out } if ruled_out.is_empty() => w.say("reason-nobody-here"),
        Certified::ImpossibleAlone { ruled_out } => w.say_with("reason-alone", &[("why", ruled(w, day, ruled_out).into())]),
        Certified::CrowdedOut { bookings, resources } => {
            let lines: Vec<String> = bookings.iter().map(|id| line_of(w, day, id)).collect();
            let who = names(w, day, resources);
            w.say_with("reason-crowded", &[("n", bookings.len().into()), ("who", who.into()), ("bookings", lines.join("; ").into())])
        }
        Certified::Undecided => w.say("reason-undecided"),
    }
}

/// Why a plan leaves a booking to nobody; what other makers of plans wrote stays as it is.
pub(super) fn left(w: &Words, day: &Day, reason: &Reason) -> String {
    match reason {
        Reason::Certified(certified) => why(w, day, certified),
        Reason::Foreign(said) => said.as_str().map_or_else(|| said.to_string(), ToOwned::to_owned),
    }
}

/// Who is kept from it by which rule: those of one rule together.
fn ruled(w: &Words, day: &Day, ruled_out: &[RuledOut]) -> String {
    let mut rules: Vec<(&str, Vec<String>)> = Vec::new();
    for out in ruled_out {
        let name = on_day(day, &out.resource);
        match rules.iter_mut().find(|(rule, _)| *rule == out.rule) {
            Some((_, who)) => who.push(name),
            None => rules.push((&out.rule, vec![name])),
        }
    }
    let rule = |rule: &str| w.known(&format!("rule-{rule}"), rule);
    rules.into_iter().map(|(word, who)| format!("{}: {}", who.join(", "), rule(word))).collect::<Vec<_>>().join("; ")
}

/// A reason as it is on file with a row of the queue or a run.
pub(super) fn why_on_file(w: &Words, day: &Day, witness: Option<&serde_json::Value>, said: &str) -> String {
    let certified: Option<Certified> = witness.and_then(|value| serde_json::from_value(value.clone()).ok());
    certified.map_or_else(|| told::on(w, day, said), |reason| why(w, day, &reason))
}

/// What is to be done, in a sentence.
pub(super) fn change(w: &Words, day: &Day, change: &Change) -> String {
    let clock = |at: &chrono::DateTime<chrono::FixedOffset>| at.format("%H:%M").to_string();
    let of = |id: &str| line_of(w, day, id);
    match change {
        Change::Rearrange => w.say("repair-rearrange"),
        Change::ExtendShift { resource, side, minutes, shift } => {
            let (words, at) = match side {
                Side::After => ("repair-stay", clock(&shift.end)),
                Side::Before => ("repair-come", clock(&shift.start)),
            };
            w.say_with(words, &[("name", on_day(day, resource).into()), ("time", w.minutes(*minutes).into()), ("at", at.into())])
        }
        Change::Temp { count, qualifications, gender, shift } => {
            let able: Vec<&str> = qualifications.iter().map(String::as_str).collect();
            let gender = gender.as_ref().map_or_else(String::new, |gender| format!(" ({})", gender_in_words(w, gender)));
            let able = format!("{}{gender}", able.join(" + "));
            w.say_with(
                "repair-temp",
                &[("n", (*count).into()), ("able", able.into()), ("from", clock(&shift.start).into()), ("to", clock(&shift.end).into())],
            )
        }
        Change::WaiveGender { booking } => w.say_with("repair-waive", &[("booking", of(booking).into())]),
        Change::Unbind { booking } => w.say_with("repair-unbind", &[("booking", of(booking).into())]),
        Change::Move { booking, minutes, start } => {
            let words = if *minutes < 0 { "repair-earlier" } else { "repair-later" };
            let time = w.minutes(minutes.abs());
            w.say_with(words, &[("booking", of(booking).into()), ("time", time.into()), ("at", clock(start).into())])
        }
    }
}

/// A value of a booking's history as people say it, with the names of those it names; as it stands there where it is none of ours.
pub(super) fn history_value(w: &Words, zone: Tz, kind: HistoryKind, value: &str, name: &dyn Fn(&str) -> String) -> String {
    match kind {
        _ if value.is_empty() => String::new(),
        HistoryKind::State => w.known(&format!("state-{}", value.replace('_', "-")), value),
        HistoryKind::Assignment => {
            let (status, who) = value.split_once(' ').unwrap_or((value, ""));
            let who = if who == "nobody" { w.say("nobody") } else { who.split(", ").map(name).collect::<Vec<_>>().join(", ") };
            format!("{who} – {}", w.known(&format!("status-{status}"), status))
        }
        HistoryKind::Time => {
            let start = value.split('/').next().and_then(|text| DateTime::parse_from_rfc3339(text).ok());
            start.map_or_else(|| value.to_owned(), |start| w.instant(start.to_utc(), zone))
        }
    }
}

/// What happened to a booking, newest first, as a list.
pub(super) fn history(w: &Words, day: &Day, rows: &[HistoryRow]) -> Markup {
    let zone = day.location.timezone;
    let value = |kind, value: &str| history_value(w, zone, kind, value, &|id| on_day(day, id));
    html! {
        ol.history {
            @for row in rows.iter().rev() {
                li {
                    time datetime=(row.at.to_rfc3339()) { (w.instant(row.at, zone)) } " " b { (row.actor) } ": "
                    @if !row.from.is_empty() { (value(row.kind, &row.from)) " → " } (value(row.kind, &row.to))
                    @if !row.reason.is_empty() { " – " (told::on(w, day, &row.reason)) }
                }
            }
        }
    }
}

/// A goal by its name, and what it means.
pub(super) fn tier(w: &Words, name: &str) -> Markup {
    let means = format!("tier-{name}-means");
    html! {
        (w.known(&format!("tier-{name}"), name))
        @if w.knows(&means) { div.sub { (w.say(&means)) } }
    }
}

/// Goals before and after, most important first: name, before, after. What does not change is left out.
pub(super) fn tiers(w: &Words, rows: &[(String, f64, f64)]) -> Markup {
    let near = |a: f64, b: f64| (a - b).abs() <= 1e-6 * a.abs().max(b.abs()).max(1.0);
    let changed: Vec<_> = rows.iter().filter(|(_, before, after)| !near(*before, *after)).collect();
    html! {
        @if changed.is_empty() { p { (w.say("tiers-same")) } }
        @else {
            div.table-scroll tabindex="0" role="region" aria-label=(w.say("tiers")) {
                table {
                    caption { (w.say("tiers")) }
                    thead { tr { th scope="col" { (w.say("offer-tier")) } th.number scope="col" { (w.say("offer-before")) } th.number scope="col" { (w.say("offer-after")) } th scope="col" { span.hidden { (w.say("tiers-verdict")) } } } }
                    tbody {
                        @for (name, before, after) in changed {
                            tr {
                                th scope="row" { (tier(w, name)) }
                                td.number { (w.number(*before, 2)) } td.number { (w.number(*after, 2)) }
                                td { @if after < before { span.better { "↓ " (w.say("tiers-better")) } } @else { span.worse { "↑ " (w.say("tiers-worse")) } } }
                            }
                        }
                    }
                }
            }
        }
    }
}
