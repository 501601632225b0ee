//! The figures behind the pictures: cases, their days, what is unplaced and why, expectations, and what the words mean.

use maud::{Markup, html};

use super::summary::best;
use super::words::{counted, difference, figure, list, meaning, mood, title, unit};
use crate::scenario::study::{DayResult, Lost};
use crate::scenario::{Case, Figures, Metric, Study};

/// Rows of the table of cases.
const CASES_MAX: usize = 2_000;
/// Cases whose days are listed, and days listed of each.
const DAY_CASES_MAX: usize = 30;
const DAYS_MAX: usize = 62;
/// Cases whose unplaced bookings are listed, and bookings listed of each.
const LOST_CASES_MAX: usize = 30;
const LOST_MAX: usize = 40;
/// Expectations listed.
const VERDICTS_MAX: usize = 100;
const EVERYTHING: &str = "The study as JSON and the rows for notebooks have everything.";

/// Figures of a solved day that its table shows.
const OF_A_DAY: [Metric; 9] = [
    Metric::Bookings,
    Metric::Unplaced,
    Metric::ServiceLevel,
    Metric::People,
    Metric::Temps,
    Metric::Spread,
    Metric::Moved,
    Metric::ToldAgain,
    Metric::Utilization,
];

/// Every case beside the base.
pub fn cases(study: &Study) -> Markup {
    let applies = |metric: &Metric| study.base_total.get(*metric).is_some() || study.cases.iter().any(|case| case.total.get(*metric).is_some());
    let is_zero = |metric: &Metric| {
        let zero = |figures: &Figures| figures.get(*metric).is_none_or(|value| value == 0.0);
        zero(&study.base_total) && study.cases.iter().all(|case| zero(&case.total))
    };
    let (zero, metrics): (Vec<Metric>, Vec<Metric>) = Metric::ALL.into_iter().filter(applies).partition(is_zero);
    let several = study.cases.iter().any(|case| !case.ranges.is_empty());
    html! {
        p.lead {
            "Below each figure its difference to the base, ▲ more or ▼ less; coloured where one way is better."
            @if several { " In brackets the 95 % confidence interval of the mean over the seeds." }
            " ◆ marks cases on the front of people against service level."
            @if !zero.is_empty() {
                " Zero everywhere and so without a column: " (list(&zero.iter().map(|metric| title(*metric).to_lowercase()).collect::<Vec<_>>())) "."
            }
        }
        div.scroll.tall tabindex="0" role="group" aria-label="Cases" {
            table.cases.sortable {
                caption { "Cases beside the base" }
                thead { tr { th scope="col" { "Case" } @for metric in &metrics { th.n scope="col" { (title(*metric)) @if !unit(*metric).is_empty() { small { " " (unit(*metric)) } } } } th scope="col" { "Proven" } th scope="col" { "Expected" } } }
                tbody {
                    (base_row(study, &metrics))
                    @for case in study.cases.iter().take(CASES_MAX) { (case_row(case, &metrics)) }
                }
            }
        }
        @if study.cases.len() > CASES_MAX {
            p.note { (counted(study.cases.len() - CASES_MAX, "case is", "cases are")) " left out here. " (EVERYTHING) }
        }
    }
}

fn base_row(study: &Study, metrics: &[Metric]) -> Markup {
    let open = study.base_days.iter().filter(|day| !day.proven).count();
    html! {
        tr.base-row {
            th scope="row" { "base" }
            @for metric in metrics { (cell(*metric, &study.base_total, None, None)) }
            (proven(open))
            td { "–" }
        }
    }
}

fn case_row(case: &Case, metrics: &[Metric]) -> Markup {
    let open = case.draws.iter().flat_map(|draw| &draw.days).filter(|day| !day.proven).count();
    let (all, kept) = (case.expectations.len(), case.expectations.iter().filter(|verdict| verdict.holds).count());
    html! {
        tr {
            th scope="row" { (case.label) @if case.on_front { span.on-front title="on the front of people against service level" { " ◆" } } }
            @for metric in metrics {
                @let range = case.ranges.iter().find(|range| range.metric == metric.as_str() && range.high > range.low);
                (cell(*metric, &case.total, case.difference.get(*metric), range.map(|range| (range.low, range.high))))
            }
            (proven(open))
            @if all == 0 { td { "–" } } @else if all == kept { td.good { "✓ " (kept) } } @else { td.bad { "✗ " (all - kept) " of " (all) } }
        }
    }
}

fn proven(open: usize) -> Markup {
    html! { @if open == 0 { td.good { "✓" } } @else { td.bad { (counted(open, "day", "days")) " open" } } }
}

fn cell(metric: Metric, figures: &Figures, by: Option<f64>, range: Option<(f64, f64)>) -> Markup {
    let Some(value) = figures.get(metric) else { return html! { td.n { "–" } } };
    html! {
        td.n data-v=(value) {
            (figure(metric, value))
            @if let Some(by) = by && let Some(said) = difference(metric, by) {
                @let (class, arrow) = mood(metric, by);
                small class=(class) { (arrow) (said) }
            }
            @if let Some((low, high)) = range { small.range { "(" (figure(metric, low)) "–" (figure(metric, high)) ")" } }
        }
    }
}

/// The first cases, the best one among them.
fn listed(study: &Study, most: usize) -> Vec<&Case> {
    let mut cases: Vec<&Case> = study.cases.iter().take(most).collect();
    if let Some(best) = best(study)
        && !cases.iter().any(|case| std::ptr::eq(*case, best))
    {
        cases.truncate(most - 1);
        cases.insert(0, best);
    }
    cases
}

/// A solved day: whose, with which seed where the demand is drawn, and what came out.
type DayRow<'s> = (&'s str, Option<u64>, &'s DayResult);

/// The days of the base and of the first cases: in one table where each has one, else folded until asked for.
pub fn days(study: &Study) -> Markup {
    let single = study.base_days.len() == 1 && study.cases.iter().all(|case| case.draws.iter().map(|draw| draw.days.len()).sum::<usize>() == 1);
    let cases = listed(study, DAY_CASES_MAX);
    let base: Vec<DayRow<'_>> = study.base_days.iter().map(|day| ("base", None, day)).collect();
    let by_case: Vec<Vec<DayRow<'_>>> =
        cases.iter().map(|case| days_in(case).map(|(seed, day)| (case.label.as_str(), seed, day)).collect()).collect();
    let left_out = study.cases.len() - cases.len();
    html! {
        p.lead { "One row for each solved day, and for each seed where the demand is drawn." }
        @if single {
            (table_of_days("Solved days", &std::iter::once(base).chain(by_case).flatten().collect::<Vec<_>>(), true))
        } @else {
            @for days in std::iter::once(&base).chain(&by_case).filter(|days| !days.is_empty()) { (folded_days(days)) }
        }
        @if left_out > 0 {
            p.note { "The days of " (counted(left_out, "more case", "more cases")) " are left out here. " (EVERYTHING) }
        }
    }
}

/// A case's days, with the seed where there are several draws.
fn days_in(case: &Case) -> impl Iterator<Item = (Option<u64>, &DayResult)> {
    let several = case.draws.len() > 1;
    case.draws.iter().flat_map(move |draw| draw.days.iter().map(move |day| (several.then_some(draw.seed), day)))
}

fn folded_days(days: &[DayRow<'_>]) -> Markup {
    let (name, open) = (days[0].0, days.iter().filter(|(_, _, day)| !day.proven).count());
    html! {
        details {
            summary { strong { (name) } span.quiet { " " (counted(days.len(), "solved day", "solved days")) @if open > 0 { ", " (open) " not proven" } } }
            (table_of_days(&format!("Days of {name}"), days, false))
        }
    }
}

fn table_of_days(name: &str, days: &[DayRow<'_>], with_case: bool) -> Markup {
    let seeded = days.iter().any(|(_, seed, _)| seed.is_some());
    html! {
        div.scroll tabindex="0" role="group" aria-label=(name) {
            table.plain {
                caption { (name) }
                thead {
                    tr {
                        @if with_case { th scope="col" { "Case" } }
                        th scope="col" { "Day" }
                        th scope="col" { "Where" }
                        @if seeded { th scope="col" { "Seed" } }
                        @for metric in OF_A_DAY { th.n scope="col" { (title(metric)) } }
                        th scope="col" { "Proven" }
                        th scope="col" { "Ended by" }
                    }
                }
                tbody { @for row in days.iter().take(DAYS_MAX) { (row_of_day(row, with_case, seeded)) } }
            }
        }
        @if days.len() > DAYS_MAX { p.note { (days.len() - DAYS_MAX) " more days are left out here. " (EVERYTHING) } }
    }
}

fn row_of_day((case, seed, day): &DayRow<'_>, with_case: bool, seeded: bool) -> Markup {
    html! {
        tr {
            @if with_case {
                th scope="row" { (case) }
                td.nowrap { (day.date) }
            } @else {
                th.nowrap scope="row" { (day.date) }
            }
            td { (day.location) }
            @if seeded { td { @match seed { Some(seed) => (seed), None => "–" } } }
            @for metric in OF_A_DAY { td.n { (day.figures.get(metric).map_or("–".to_owned(), |value| figure(metric, value))) } }
            @if day.proven { td.good { "✓" } } @else { td.bad { "not proven" } }
            td { (day.stopped) }
        }
    }
}

/// A booking that nobody serves, with its seed where the demand is drawn.
type LostRow<'s> = (Option<u64>, &'s Lost);

/// What nobody serves, by case; `None` where everybody is served everywhere.
pub fn unplaced(study: &Study) -> Option<Markup> {
    let is_lost = |case: &&Case| days_in(case).any(|(_, day)| !day.unplaced.is_empty());
    let cases: Vec<&Case> = listed(study, LOST_CASES_MAX).into_iter().filter(is_lost).collect();
    let left_out = study.cases.iter().filter(is_lost).count() - cases.len();
    let base = ("base", study.base_days.iter().flat_map(|day| lost(None, day)).collect::<Vec<_>>());
    let mut all: Vec<(&str, Vec<LostRow<'_>>)> = vec![base];
    all.extend(cases.iter().map(|case| (case.label.as_str(), days_in(case).flat_map(|(seed, day)| lost(seed, day)).collect())));
    all.retain(|(_, lost)| !lost.is_empty());
    // Where the best case is not good enough, the reasons are what to read next.
    let shown = best(study).map(|case| case.label.as_str());
    (!all.is_empty()).then(|| {
        html! {
            @for (name, lost) in &all { (lost_of(name, lost, shown == Some(*name))) }
            @if left_out > 0 { p.note { "The unplaced bookings of " (counted(left_out, "more case", "more cases")) " are left out here. " (EVERYTHING) } }
        }
    })
}

fn lost(seed: Option<u64>, day: &DayResult) -> impl Iterator<Item = LostRow<'_>> {
    day.unplaced.iter().map(move |lost| (seed, lost))
}

fn lost_of(name: &str, lost: &[LostRow<'_>], open: bool) -> Markup {
    let seeded = lost.iter().any(|(seed, _)| seed.is_some());
    html! {
        details open[open] {
            summary { strong { (name) } span.quiet { " " (counted(lost.len(), "unplaced booking", "unplaced bookings")) @if seeded { " over all seeds" } } }
            div.scroll tabindex="0" role="group" aria-label=(format!("Unplaced in {name}")) {
                table.plain {
                    caption { "Unplaced in " (name) }
                    thead { tr { th scope="col" { "Booking" } th scope="col" { "Service" } th scope="col" { "From" } @if seeded { th scope="col" { "Seed" } } th scope="col" { "Reason" } th scope="col" { "In words" } } }
                    tbody {
                        @for (seed, lost) in lost.iter().take(LOST_MAX) {
                            tr {
                                th scope="row" { (lost.booking) }
                                td { (lost.service) }
                                td.nowrap { (clock(&lost.start)) }
                                @if seeded { td { @match seed { Some(seed) => (seed), None => "–" } } }
                                td.nowrap { (lost.code) }
                                td.words { (lost.why) }
                            }
                        }
                    }
                }
            }
            @if lost.len() > LOST_MAX { p.note { (lost.len() - LOST_MAX) " more are left out here. " (EVERYTHING) } }
        }
    }
}

/// `2026-11-21 09:00` of an instant as RFC 3339.
fn clock(instant: &str) -> String {
    instant.chars().take(16).map(|c| if c == 'T' { ' ' } else { c }).collect()
}

/// What was expected, the broken ones first; `None` where nothing was.
pub fn expectations(study: &Study) -> Option<Markup> {
    let mut all: Vec<_> = study.cases.iter().flat_map(|case| case.expectations.iter().map(move |verdict| (case, verdict))).collect();
    all.sort_by_key(|(_, verdict)| verdict.holds);
    (!all.is_empty()).then(|| {
        html! {
            div.scroll tabindex="0" role="group" aria-label="Expectations" {
                table.plain {
                    caption { "Expectations, broken ones first" }
                    thead { tr { th scope="col" { "Holds" } th scope="col" { "Expected" } th scope="col" { "Case" } th scope="col" { "Found" } } }
                    tbody {
                        @for (case, verdict) in all.iter().take(VERDICTS_MAX) {
                            tr {
                                @if verdict.holds { td.good { "✓ holds" } } @else { td.bad { "✗ broken" } }
                                th scope="row" { code { (verdict.that) } }
                                td { (case.label) }
                                td { (verdict.found) }
                            }
                        }
                    }
                }
            }
            @if all.len() > VERDICTS_MAX { p.note { (all.len() - VERDICTS_MAX) " more are left out here. " (EVERYTHING) } }
        }
    })
}

/// What the figures mean.
pub fn glossary(study: &Study) -> Markup {
    html! {
        dl.glossary {
            @for metric in Metric::ALL.into_iter().filter(|metric| study.base_total.get(*metric).is_some()) {
                div { dt { (title(metric)) } dd { (meaning(metric)) } }
            }
            div { dt { "Proven" } dd { "The plan's value meets a bound that no plan can beat, within the profile's slack and the scenario's gap." } }
            div { dt { "On the front" } dd { "No other case serves a larger share with no more people, or as large a share with fewer." } }
            div { dt { "Point (pt)" } dd { "The difference of two percentages." } }
        }
    }
}
