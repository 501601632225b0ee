//! What was asked, what came out, and what follows: the top of the page.

use std::collections::BTreeSet;

use maud::{Markup, html};

use super::words::{choice, counted, difference, figure, list, mood, number, title};
use crate::scenario::{Case, Metric, Study};

/// Where the most customers come, the case that leaves the fewest unplaced; of several the one that serves the most, with the fewest people, with the
/// fewest temps. How many come is a circumstance and no merit of a case.
pub fn best(study: &Study) -> Option<&Case> {
    let of = |case: &Case, metric| case.total.get(metric).unwrap_or(0.0);
    let asked = |case: &Case| if study.circumstances.is_empty() { 0.0 } else { of(case, Metric::Bookings) };
    let rank = |case: &Case| [-asked(case), of(case, Metric::Unplaced), -of(case, Metric::Served), of(case, Metric::People), of(case, Metric::Temps)];
    let by_rank = |a: &&Case, b: &&Case| {
        rank(a).iter().zip(&rank(b)).map(|(a, b)| a.total_cmp(b)).find(|order| order.is_ne()).unwrap_or(std::cmp::Ordering::Equal)
    };
    study.cases.iter().min_by(by_rank)
}

/// Everything a reader who reads no further needs.
pub fn section(study: &Study) -> Markup {
    html! {
        header {
            p.kicker { "What if" }
            h1 { (study.name) }
            @if !study.description.is_empty() { p.description { (study.description) } }
            (asked(study))
        }
        section #summary aria-labelledby="summary-title" {
            h2 #summary-title { "In short" }
            div.conclusion { @for sentence in conclusion(study) { p { (sentence) } } }
            @if let Some(case) = best(study) { (numbers(study, case)) }
            (trust(study))
        }
    }
}

fn asked(study: &Study) -> Markup {
    let draws = study.cases.iter().map(|case| case.draws.len()).max().unwrap_or(0);
    html! {
        dl.asked {
            div { dt { "Base" } dd { (study.base) } }
            div { dt { "Profile" } dd { (study.profile) } }
            div { dt { "Days" } dd { (days(study)) } }
            div {
                dt { "Cases" }
                dd {
                    (number(study.cases.len() as f64, 0))
                    @if !study.parameters.is_empty() { ", by " (list(&study.parameters)) }
                    @if draws > 1 { ", " (draws) " draws of the demand each" }
                }
            }
        }
    }
}

/// `2026-11-21`, `7 days, 2026-11-21 to 2026-11-27`.
fn days(study: &Study) -> String {
    let dates: BTreeSet<_> = study.base_days.iter().map(|day| day.date).collect();
    let places: BTreeSet<&str> = study.base_days.iter().map(|day| day.location.as_str()).collect();
    let several = if places.len() > 1 { format!(" in {} locations", places.len()) } else { String::new() };
    match (dates.first(), dates.last()) {
        (Some(first), Some(last)) if first != last => {
            format!("{}{several}, {first} to {last}", counted(study.base_days.len(), "day", "days"))
        }
        (Some(only), _) => format!("{only}{several}"),
        _ => "none".to_owned(),
    }
}

/// A few sentences from the figures.
pub fn conclusion(study: &Study) -> Vec<String> {
    let Some(best) = best(study) else { return vec!["The scenario has no cases.".to_owned()] };
    let mut said = vec![with_best(study, best)];
    if let Some(sentence) = against_base(study, best) {
        said.push(sentence);
    }
    said.extend(fewest_people(study, best));
    said
}

fn unplaced(case: &Case) -> f64 {
    case.total.get(Metric::Unplaced).unwrap_or(0.0)
}

/// `With growth 0.1 and temps 2 everybody is served; with temps 0 instead, 14 are not.`
fn with_best(study: &Study, best: &Case) -> String {
    let left = unplaced(best);
    let bookings = number(best.total.get(Metric::Bookings).unwrap_or(0.0), 1);
    let outcome = if left == 0.0 {
        format!("everybody is served ({bookings} bookings)")
    } else {
        format!("{} of {bookings} bookings stay unplaced", number(left, 1))
    };
    let outcome = if best.draws.len() > 1 { format!("{outcome} on average") } else { outcome };
    let opening = match best.parameters.is_empty() {
        true => format!("With these changes {outcome}"),
        false if left == 0.0 => format!("With {} {outcome}", choice(&best.parameters)),
        false if study.circumstances.is_empty() => format!("At best, with {}, {outcome}", choice(&best.parameters)),
        // The best case of the hardest circumstances.
        false => format!("With the most customers, at best with {}, {outcome}", choice(&best.parameters)),
    };
    let worse: Vec<String> = study.parameters.iter().filter_map(|name| instead(study, best, name)).collect();
    if worse.is_empty() { format!("{opening}.") } else { format!("{opening}; {}.", worse.join(", ")) }
}

/// The worst that another value of one parameter makes of the best case.
fn instead(study: &Study, best: &Case, name: &str) -> Option<String> {
    let alike = |case: &&Case| study.parameters.iter().all(|other| other == name || case.parameters.get(other) == best.parameters.get(other));
    let worst = study.cases.iter().filter(alike).max_by(|a, b| unplaced(a).total_cmp(&unplaced(b)))?;
    (unplaced(worst) > unplaced(best)).then(|| {
        let value = worst.parameters.get(name).map(super::words::value).unwrap_or_default();
        let verb = if unplaced(best) == 0.0 { "are not" } else { "do" };
        format!("with {name} {value} instead {} {verb}", number(unplaced(worst), 1))
    })
}

/// `The base, with 7 people at work, leaves 3 of 51 unplaced; the best case has 8 at work.`
fn against_base(study: &Study, best: &Case) -> Option<String> {
    let (left, bookings) = (study.base_total.get(Metric::Unplaced)?, study.base_total.get(Metric::Bookings)?);
    let people = best.difference.get(Metric::People).unwrap_or(0.0);
    let before = best.total.get(Metric::People).unwrap_or(0.0) - people;
    let at_work = if before == 1.0 { "1 person".to_owned() } else { format!("{} people", number(before, 1)) };
    let outcome =
        if left == 0.0 { "leaves nobody out".to_owned() } else { format!("leaves {} of {} unplaced", number(left, 1), number(bookings, 1)) };
    let here = if study.cases.len() > 1 { "the best case" } else { "the scenario" };
    let now = if people == 0.0 { "as many".to_owned() } else { number(before + people, 1) };
    Some(format!("The base, with {at_work} at work, {outcome}; {here} has {now} at work."))
}

/// Where cases with fewer people do as well as the best one for their own demand, the smallest team that serves everybody.
fn fewest_people(study: &Study, best: &Case) -> Option<String> {
    let people = |case: &Case| case.total.get(Metric::People).unwrap_or(0.0);
    let full: Vec<&Case> = study.cases.iter().filter(|case| unplaced(case) == 0.0).collect();
    let smallest = full.iter().copied().min_by(|a, b| people(a).total_cmp(&people(b)))?;
    if study.cases.len() < 2 {
        return None;
    }
    let count = format!("In {} of {} cases everybody is served", full.len(), number(study.cases.len() as f64, 0));
    if people(smallest) < people(best) {
        return Some(format!("{count}; the fewest people who manage that are {} ({}).", number(people(smallest), 1), smallest.label));
    }
    Some(format!("{count}."))
}

/// Large numbers of the best case beside the base.
fn numbers(study: &Study, case: &Case) -> Markup {
    let chosen = [
        Metric::Unplaced,
        Metric::ServiceLevel,
        Metric::Served,
        Metric::People,
        Metric::Temps,
        Metric::Utilization,
        Metric::Moved,
        Metric::ToldAgain,
        Metric::Revenue,
    ];
    let somewhere = |metric| [&case.total, &study.base_total].iter().any(|figures| figures.get(metric).is_some_and(|value| value != 0.0));
    let always = [Metric::Unplaced, Metric::ServiceLevel, Metric::Served, Metric::People];
    html! {
        h3 { @if study.cases.len() > 1 { "Best case: " (case.label) } @else { "The scenario beside the base" } }
        ul.cards {
            @for metric in chosen.into_iter().filter(|metric| always.contains(metric) || somewhere(*metric)) {
                (card(study, case, metric))
            }
        }
    }
}

fn card(study: &Study, case: &Case, metric: Metric) -> Markup {
    let shown = |value: Option<f64>| value.map_or("–".to_owned(), |value| figure(metric, value));
    let moved = case.difference.get(metric).and_then(|by| Some((difference(metric, by)?, mood(metric, by))));
    html! {
        li {
            span.card-title { (title(metric)) }
            span.card-value { (shown(case.total.get(metric))) }
            span.card-base {
                "base " (shown(study.base_total.get(metric))) " "
                @match moved {
                    Some((by, (class, arrow))) => span class=(format!("delta {class}")) { (arrow) " " (by) },
                    None => span.delta.even { "= same" },
                }
            }
            @if let Some(range) = case.ranges.iter().find(|range| range.metric == metric.as_str() && range.high > range.low) {
                span.card-range { "95 %: " (figure(metric, range.low)) " to " (figure(metric, range.high)) }
            }
        }
    }
}

/// Whether the figures can be relied on, and whether what was expected holds.
fn trust(study: &Study) -> Markup {
    let days = || study.base_days.iter().chain(study.cases.iter().flat_map(|case| case.draws.iter().flat_map(|draw| &draw.days)));
    let (all, open) = (days().count(), days().filter(|day| !day.proven).count());
    let verdicts = || study.cases.iter().flat_map(|case| &case.expectations);
    let (expected, broken) = (verdicts().count(), verdicts().filter(|verdict| !verdict.holds).count());
    html! {
        ul.trust {
            @if open == 0 {
                li.good { span.sign { "✓" } "Every one of the " (counted(all, "plan", "plans")) " is proven: none is better by more than the profile's slack and the scenario's gap." }
            } @else {
                li.bad { span.sign { "!" } (open) " of " (counted(all, "plan", "plans")) @if open == 1 { " is" } @else { " are" } " not proven: a limit ended the search, and better figures may exist." }
            }
            @if expected == 0 {
                li { span.sign { "·" } "Nothing was expected of it." }
            } @else if broken == 0 {
                li.good { span.sign { "✓" } (counted(expected, "expectation holds", "expectations hold")) "." }
            } @else {
                li.bad { span.sign { "✗" } (broken) " of " (counted(expected, "expectation does", "expectations do")) " not hold: " a href="#expectations" { "see which" } "." }
            }
        }
    }
}
