//! The grid of cases: a heatmap where there are several parameters, bars where there is one.

use std::collections::HashMap;

use maud::{Markup, html};
use serde_json::Value;

use super::chart::{Scale, drawing, tenth, ticks};
use super::words::{self, figure, title};
use crate::scenario::{Case, Metric, Study};

const MAPS_MAX: usize = 12;
const ROWS_MAX: usize = 40;
const COLUMNS_MAX: usize = 24;
const BARS_MAX: usize = 40;
/// What a cell shows first: the first of these on which the cases differ.
const SHOWN: [Metric; 5] = [Metric::Unplaced, Metric::Temps, Metric::People, Metric::Spread, Metric::Balance];

/// The cases by their parameters; `None` where there are none.
pub fn section(study: &Study) -> Option<Markup> {
    let metric = SHOWN.into_iter().find(|metric| differs(study, *metric)).unwrap_or(Metric::Unplaced);
    match study.parameters.as_slice() {
        [] => None,
        [one] => Some(bars(study, one, metric)),
        [rows, columns, others @ ..] => Some(maps(study, rows, columns, others, metric)),
    }
}

fn differs(study: &Study, metric: Metric) -> bool {
    let mut all = study.cases.iter().map(|case| case.total.get(metric));
    let first = all.next();
    all.any(|value| Some(value) != first)
}

/// A parameter's values: numbers ascending, anything else as it comes.
fn values(study: &Study, parameter: &str) -> Vec<Value> {
    let mut values: Vec<Value> = Vec::new();
    for value in study.cases.iter().filter_map(|case| case.parameters.get(parameter)) {
        if !values.contains(value) {
            values.push(value.clone());
        }
    }
    if values.iter().all(Value::is_number) {
        let of = |value: &Value| value.as_f64().unwrap_or(0.0);
        values.sort_by(|a, b| of(a).total_cmp(&of(b)));
    }
    values
}

/// Cases by what was chosen, each value as JSON.
type ByChoice<'s> = HashMap<Vec<String>, &'s Case>;

fn by_choice<'s>(study: &'s Study, parameters: &[&str]) -> ByChoice<'s> {
    let key = |case: &Case| parameters.iter().map(|name| case.parameters.get(*name).map(Value::to_string).unwrap_or_default()).collect();
    study.cases.iter().map(|case| (key(case), case)).collect()
}

fn maps(study: &Study, row: &str, column: &str, others: &[String], metric: Metric) -> Markup {
    let names: Vec<&str> = [row, column].into_iter().chain(others.iter().map(String::as_str)).collect();
    let cases = by_choice(study, &names);
    let mut rest: Vec<Vec<(String, Value)>> = vec![Vec::new()];
    for name in others {
        rest = rest.iter().flat_map(|chosen| values(study, name).into_iter().map(move |value| with(chosen, name, value))).collect();
    }
    let most = study.cases.iter().filter_map(|case| case.total.get(metric)).fold(0.0, f64::max);
    let map = Map { rows: values(study, row), columns: values(study, column), row, column, metric, most, cases: &cases };
    html! {
        p.lead {
            "Each cell is a case: " (title(metric).to_lowercase())
            @if metric == Metric::Unplaced { " with the service level below" }
            ". ✗ marks a case that breaks an expectation. The base has " (shown(&study.base_total, metric)) "."
        }
        div.maps {
            @for chosen in rest.iter().take(MAPS_MAX) {
                (map.table(chosen))
            }
        }
        @if rest.len() > MAPS_MAX {
            p.note { (rest.len() - MAPS_MAX) " more maps are left out here; the table of cases and the rows for notebooks have every case." }
        }
    }
}

fn with(chosen: &[(String, Value)], name: &str, value: Value) -> Vec<(String, Value)> {
    chosen.iter().cloned().chain([(name.to_owned(), value)]).collect()
}

/// A heatmap over two parameters.
struct Map<'s> {
    rows: Vec<Value>,
    columns: Vec<Value>,
    row: &'s str,
    column: &'s str,
    metric: Metric,
    most: f64,
    cases: &'s ByChoice<'s>,
}

impl Map<'_> {
    fn table(&self, chosen: &[(String, Value)]) -> Markup {
        let fixed: Vec<String> = chosen.iter().map(|(name, value)| format!("{name} {}", words::value(value))).collect();
        let caption = if fixed.is_empty() { String::new() } else { format!(" where {}", words::list(&fixed)) };
        let left_out = self.rows.len().saturating_sub(ROWS_MAX) + self.columns.len().saturating_sub(COLUMNS_MAX);
        html! {
            div.scroll tabindex="0" role="group" aria-label=(format!("{} by {} and {}{caption}", title(self.metric), self.row, self.column)) {
                table.heat {
                    caption { (title(self.metric)) " by " (self.row) " (down) and " (self.column) " (across)" (caption) }
                    thead {
                        tr {
                            td {}
                            @for column in self.columns.iter().take(COLUMNS_MAX) { th scope="col" { (self.column) " " (words::value(column)) } }
                        }
                    }
                    tbody {
                        @for row in self.rows.iter().take(ROWS_MAX) {
                            tr {
                                th scope="row" { (self.row) " " (words::value(row)) }
                                @for column in self.columns.iter().take(COLUMNS_MAX) { (self.cell(row, column, chosen)) }
                            }
                        }
                    }
                }
            }
            @if left_out > 0 {
                p.note { (left_out) " more rows or columns are left out here; the table of cases has every case." }
            }
        }
    }

    fn cell(&self, row: &Value, column: &Value, chosen: &[(String, Value)]) -> Markup {
        let key: Vec<String> = [row, column].into_iter().chain(chosen.iter().map(|(_, value)| value)).map(Value::to_string).collect();
        let Some(case) = self.cases.get(&key) else { return html! { td.none { "–" } } };
        let value = case.total.get(self.metric).unwrap_or(0.0);
        let broken = case.expectations.iter().any(|verdict| !verdict.holds);
        html! {
            td class=(format!("heat-{}", step(value, self.most))) data-case=(case.label) title=(case.label) {
                strong { (figure(self.metric, value)) @if broken { span.broken { " ✗" } } }
                @if self.metric == Metric::Unplaced {
                    small { (shown(&case.total, Metric::ServiceLevel)) }
                }
            }
        }
    }
}

/// How hot a value is, from 0 (none at all) to 6.
pub fn step(value: f64, most: f64) -> usize {
    if value <= 0.0 || most <= 0.0 { 0 } else { ((value / most * 6.0).ceil() as usize).clamp(1, 6) }
}

fn shown(figures: &crate::scenario::Figures, metric: Metric) -> String {
    figures.get(metric).map_or("–".to_owned(), |value| figure(metric, value))
}

const WIDTH: f64 = 1080.0;
const HEAD: f64 = 26.0;
const PLOT: f64 = 210.0;
const GUTTER: f64 = 56.0;

/// A bar for each value of the one parameter, the base as a line.
fn bars(study: &Study, parameter: &str, metric: Metric) -> Markup {
    let cases = by_choice(study, &[parameter]);
    let all = values(study, parameter);
    let bars: Vec<(&Value, &Case)> =
        all.iter().take(BARS_MAX).filter_map(|value| Some((value, *cases.get(std::slice::from_ref(&value.to_string()))?))).collect();
    let base = study.base_total.get(metric).unwrap_or(0.0);
    let range = |case: &Case| {
        case.ranges.iter().find(|range| range.metric == metric.as_str() && range.high > range.low).map(|range| (range.low.max(0.0), range.high))
    };
    let top = bars.iter().map(|(_, case)| range(case).map_or(case.total.get(metric).unwrap_or(0.0), |(_, high)| high)).fold(base, f64::max);
    // Room above the highest for its number.
    let marks = ticks(0.0, top.max(1.0) * 1.1, 4);
    let bottom = HEAD + PLOT;
    let scale = Scale::new((0.0, marks.last().copied().unwrap_or(1.0)), (bottom, HEAD));
    let slot = (WIDTH - GUTTER - 90.0) / bars.len().max(1) as f64;
    let content = html! {
        @for mark in &marks {
            line.rule x1=(GUTTER) x2=(WIDTH - 90.0) y1=(scale.at(*mark)) y2=(scale.at(*mark)) {}
            text.tick x=(GUTTER - 8.0) y=(scale.at(*mark) + 4.0) text-anchor="end" { (figure(metric, *mark)) }
        }
        @for (k, (value, case)) in bars.iter().enumerate() {
            @let (middle, height) = (GUTTER + slot * (k as f64 + 0.5), case.total.get(metric).unwrap_or(0.0));
            @let half = (slot * 0.32).min(46.0);
            g data-case=(case.label) {
                title { (case.label) ": " (figure(metric, height)) }
                rect.case-bar x=(tenth(middle - half)) width=(tenth(half * 2.0)) y=(scale.at(height)) height=(tenth((bottom - scale.at(height)).max(1.0))) rx="2" {}
                @if let Some((low, high)) = range(case) {
                    path.whisker d=(format!("M{0} {1}V{2}M{3} {1}h10M{3} {2}h10", tenth(middle), scale.at(low), scale.at(high), tenth(middle - 5.0))) {}
                }
                @let above = range(case).map_or(height, |(_, high)| high.max(height));
                text.value.strong x=(tenth(middle)) y=(tenth(scale.at(above) - 6.0)) text-anchor="middle" { (figure(metric, height)) }
                text.tick x=(tenth(middle)) y=(bottom + 18.0) text-anchor="middle" { (words::clipped(&words::value(value), (slot / 6.5) as usize + 1)) }
            }
        }
        line.base-line x1=(GUTTER) x2=(WIDTH - 90.0) y1=(scale.at(base)) y2=(scale.at(base)) {}
        text.value x=(WIDTH - 84.0) y=(scale.at(base) + 4.0) { "base " (figure(metric, base)) }
        text.tick x=(tenth((GUTTER + WIDTH - 90.0) / 2.0)) y=(bottom + 38.0) text-anchor="middle" { (parameter) }
    };
    let name = format!("{} for each {parameter}, the base as a dashed line", title(metric));
    html! {
        p.lead { (name) "." @if bars.iter().any(|(_, case)| range(case).is_some()) { " Whiskers: 95 % confidence of the mean over the seeds." } }
        figure.wide { (drawing(&name, (WIDTH, bottom + 46.0), "bars", &content)) }
        @if all.len() > BARS_MAX {
            p.note { (all.len() - BARS_MAX) " more values are left out here; the table of cases has every case." }
        }
    }
}
