//! Numbers and names as a reader of the page sees them.

use serde_json::{Map, Value};

use crate::scenario::Metric;
use crate::scenario::figures::{Better, Unit};

/// Keeps thousands and units beside their number.
const NARROW_SPACE: char = '\u{202f}';

/// A number with at most `decimals` digits after the point, zeros at the end left out, thousands apart: `12 400`, `0.5`, `−3`.
pub fn number(value: f64, decimals: usize) -> String {
    let fixed = format!("{:.decimals$}", value.abs());
    let (whole, part) = fixed.split_once('.').unwrap_or((&fixed, ""));
    let part = part.trim_end_matches('0');
    let zero = part.is_empty() && whole.bytes().all(|digit| digit == b'0');
    let sign = if value < 0.0 && !zero { "−" } else { "" };
    let point = if part.is_empty() { "" } else { "." };
    format!("{sign}{}{point}{part}", thousands(whole))
}

/// Money in the smallest unit of a currency, as its larger unit with two decimals.
pub fn money(cents: f64) -> String {
    let fixed = format!("{:.2}", (cents / 100.0).abs());
    let (whole, part) = fixed.split_once('.').unwrap_or((&fixed, "00"));
    let sign = if cents < 0.0 && fixed != "0.00" { "−" } else { "" };
    format!("{sign}{}.{part}", thousands(whole))
}

/// A share from 0 to 1 in percent.
pub fn percent(share: f64) -> String {
    format!("{}{NARROW_SPACE}%", number(share * 100.0, 1))
}

/// A figure.
pub fn figure(metric: Metric, value: f64) -> String {
    match metric.unit() {
        Unit::Share => percent(value),
        Unit::Cents => money(value),
        Unit::Score => number(value, 1),
        Unit::Count | Unit::Minutes => number(value, 1),
    }
}

/// A difference with its sign; `None` where it does not show at the precision of the page.
pub fn difference(metric: Metric, value: f64) -> Option<String> {
    let unsigned = figure(metric, value.abs());
    if unsigned == figure(metric, 0.0) {
        return None;
    }
    let sign = if value > 0.0 { '+' } else { '−' };
    // A share differs by points, not by percent.
    let unsigned = if metric.unit() == Unit::Share { unsigned.replace('%', "pt") } else { unsigned };
    Some(format!("{sign}{unsigned}"))
}

/// How a difference is shown: the class of its colour, and its arrow.
pub fn mood(metric: Metric, difference: f64) -> (&'static str, &'static str) {
    let arrow = if difference > 0.0 { "▲" } else { "▼" };
    let class = match (metric.better(), difference > 0.0) {
        (Better::Neither, _) => "even",
        (Better::Higher, true) | (Better::Lower, false) => "good",
        (Better::Higher, false) | (Better::Lower, true) => "bad",
    };
    (class, arrow)
}

/// A metric's name for people.
pub fn title(metric: Metric) -> &'static str {
    match metric {
        Metric::Bookings => "Bookings",
        Metric::Served => "Served",
        Metric::Unplaced => "Unplaced",
        Metric::ServiceLevel => "Service level",
        Metric::People => "People",
        Metric::Temps => "Temps",
        Metric::Spread => "Spread",
        Metric::Balance => "Balance",
        Metric::Moved => "Moved",
        Metric::ToldAgain => "Told again",
        Metric::GenderWaived => "Gender waived",
        Metric::OnDuty => "On duty",
        Metric::Worked => "Worked",
        Metric::Idle => "Idle",
        Metric::Utilization => "Utilization",
        Metric::Revenue => "Revenue",
    }
}

/// A metric's unit as it stands under its name; empty for things that are counted.
pub fn unit(metric: Metric) -> &'static str {
    match metric.unit() {
        Unit::Minutes => "min",
        Unit::Share => "%",
        Unit::Score => "score",
        Unit::Count | Unit::Cents => "",
    }
}

/// What a metric means.
pub fn meaning(metric: Metric) -> &'static str {
    match metric {
        Metric::Bookings => "Bookings on the days.",
        Metric::Served => "Bookings that somebody serves.",
        Metric::Unplaced => "Bookings that nobody serves.",
        Metric::ServiceLevel => "Served bookings over all bookings.",
        Metric::People => "Staff who serve somebody; over several days person-days.",
        Metric::Temps => "Of these, temps.",
        Metric::Spread => "Longest minus shortest served minutes of the staff on duty; over several days the mean.",
        Metric::Balance => "Sum of (carried + served minutes)² over capacity; lower is fairer.",
        Metric::Moved => "Bookings placed elsewhere than they stood.",
        Metric::ToldAgain => "Of these, those whose customer was told a name.",
        Metric::GenderWaived => "Bookings whose wish for a gender is waived because nobody of it is on file.",
        Metric::OnDuty => "Minutes of staff on shift and not blocked.",
        Metric::Worked => "Minutes of staff in bookings, without buffers.",
        Metric::Idle => "On duty less worked; buffers count as idle.",
        Metric::Utilization => "Worked over on duty.",
        Metric::Revenue => "Prices of what is served.",
    }
}

/// A parameter's value as in the scenario.
pub fn value(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(several) => several.iter().map(self::value).collect::<Vec<_>>().join(", "),
        other => other.to_string(),
    }
}

/// Parameters in words: `growth 0.1 and temps 2`.
pub fn choice(parameters: &Map<String, Value>) -> String {
    let said: Vec<String> = parameters.iter().map(|(name, chosen)| format!("{name} {}", value(chosen))).collect();
    list(&said)
}

/// `a, b and c`.
pub fn list(items: &[String]) -> String {
    match items {
        [] => String::new(),
        [one] => one.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

/// `1 day`, `3 days`.
pub fn counted(count: usize, one: &str, many: &str) -> String {
    format!("{} {}", number(count as f64, 0), if count == 1 { one } else { many })
}

/// The first `room` characters, the last of them `…` where something is left out.
pub fn clipped(text: &str, room: usize) -> String {
    if text.chars().count() <= room {
        return text.to_owned();
    }
    let kept: String = text.chars().take(room.saturating_sub(1)).collect();
    format!("{}…", kept.trim_end())
}

fn thousands(digits: &str) -> String {
    let mut out = String::new();
    for (k, digit) in digits.chars().enumerate() {
        if k > 0 && (digits.len() - k).is_multiple_of(3) {
            out.push(NARROW_SPACE);
        }
        out.push(digit);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_read_as_people_write_them() {
        let said = [number(12400.0, 1), number(-0.04, 1), number(-3.0, 1), number(0.25, 2), money(-1234567.0), percent(0.9725)];
        assert_eq!(said, ["12\u{202f}400", "0", "−3", "0.25", "−12\u{202f}345.67", "97.2\u{202f}%"]);
    }

    #[test]
    fn a_difference_has_a_sign_and_none_is_shown_where_there_is_none() {
        assert_eq!(difference(Metric::Unplaced, 2.0).unwrap(), "+2");
        assert_eq!(difference(Metric::ServiceLevel, -0.021).unwrap(), "−2.1\u{202f}pt");
        assert_eq!(difference(Metric::Unplaced, 0.01), None);
        assert_eq!((mood(Metric::Unplaced, -1.0), mood(Metric::Served, -1.0)), (("good", "▼"), ("bad", "▼")));
    }
}
