//! What came of a what-if, in the visitor's words: each case beside the base, and the days of it that can be made real.

use chrono::NaiveDate;
use maud::{Markup, html};

use super::super::form;
use super::super::visit::Visit;
use super::super::words::Words;
use super::scrolled;
use crate::scenario::figures::Figures;
use crate::scenario::{Case, Metric, Study};

/// Cases that are shown; the report has more.
const CASES_MAX: usize = 50;

/// The figures that are shown, each with its heading.
const SHOWN: [(Metric, &str); 6] = [
    (Metric::Bookings, "look-col-bookings"),
    (Metric::Served, "look-col-served"),
    (Metric::Unplaced, "look-col-unplaced"),
    (Metric::People, "look-col-people"),
    (Metric::Temps, "look-col-temps"),
    (Metric::Moved, "look-col-moved"),
];

/// The study of a what-if at an address, as it is read on a local day.
pub(super) fn section(visit: &Visit, study: &Study, path: &str, today: NaiveDate) -> Markup {
    let w = visit.words();
    html! {
        h2 { (w.say("look-outcome-title")) }
        (scrolled(&w.say("look-outcome-title"), &table(w, study)))
        @if visit.may("POST", "/admin/at/{location}/whatifs/{id}/promote") {
            @let real: Vec<_> = study.cases.iter().take(CASES_MAX).filter_map(|case| days(w, case, path, today)).collect();
            @if !real.is_empty() {
                h2 { (w.say("look-promote-title")) }
                p.sub { (w.say("look-promote-means")) }
                @for days in &real { (days) }
            }
        }
    }
}

fn table(w: &Words, study: &Study) -> Markup {
    html! {
        table {
            caption { (w.say("look-outcome-caption")) }
            thead { tr {
                th scope="col" { (w.say("look-col-case")) }
                @for (_, name) in SHOWN { th.number scope="col" { (w.say(name)) } }
            } }
            tbody {
                (row(w, &w.say("look-outcome-base"), &study.base_total, None))
                @for case in study.cases.iter().take(CASES_MAX) { (row(w, &case.label, &case.total, Some(&case.difference))) }
            }
        }
    }
}

fn row(w: &Words, label: &str, total: &Figures, difference: Option<&Figures>) -> Markup {
    let by = |metric: Metric| difference.and_then(|all| all.get(metric)).filter(|by| by.abs() >= 0.05);
    html! {
        tr {
            th scope="row" { (label) }
            @for (metric, _) in SHOWN {
                td.number {
                    @match total.get(metric) { Some(value) => (figure(w, value)), None => "–" }
                    @if let Some(by) = by(metric) { " " span.sub { "(" @if by > 0.0 { "+" } (figure(w, by)) ")" } }
                }
            }
        }
    }
}

/// A whole number as such; a mean with one digit.
fn figure(w: &Words, value: f64) -> String {
    w.number(value, if (value - value.round()).abs() < 0.05 { 0 } else { 1 })
}

/// A case's days that are still to come, each with the way to a look at what making it real would do.
fn days(w: &Words, case: &Case, path: &str, today: NaiveDate) -> Option<Markup> {
    let draw = case.draws.first()?;
    let to_come: Vec<NaiveDate> = draw.days.iter().map(|day| day.date).filter(|date| *date >= today).collect();
    let seed = draw.seed.to_string();
    let to = |date: NaiveDate| {
        form::address(&format!("{path}/promote"), [("case", case.label.as_str()), ("seed", seed.as_str()), ("date", date.to_string().as_str())])
    };
    (!to_come.is_empty()).then(|| {
        html! {
            section.card-box {
                h3 { (case.label) }
                ul.choices { @for date in to_come { li { a.button href=(to(date)) { (w.say_with("look-promote-look", &[("date", w.short_date(date).into())])) span.hidden { ": " (case.label) } } } } }
            }
        }
    })
}
