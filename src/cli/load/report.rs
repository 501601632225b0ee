//! What a load has shown, in numbers.

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::{Value, json};

use super::desk::Verdict;
use crate::cli::output;

/// What one customer, or all of them, have seen.
#[derive(Debug, Default)]
pub struct Seen {
    /// Milliseconds by operation.
    times: BTreeMap<&'static str, Vec<f64>>,
    /// Answers by operation and status.
    statuses: BTreeMap<(&'static str, u16), u64>,
    /// Requests that were not answered at all, by operation.
    broken: BTreeMap<&'static str, u64>,
    /// What should not have been answered, with an example of each.
    unexpected: BTreeMap<(&'static str, String), (u64, String)>,
    /// What must never be.
    faults: BTreeMap<&'static str, u64>,
}

impl Seen {
    /// An answer after so long.
    pub fn answered(&mut self, name: &'static str, status: u16, after: Duration) {
        self.times.entry(name).or_default().push(1e3 * after.as_secs_f64());
        *self.statuses.entry((name, status)).or_default() += 1;
    }

    /// No answer.
    pub fn broken(&mut self, name: &'static str) {
        *self.broken.entry(name).or_default() += 1;
    }

    /// An answer that nobody expected.
    pub fn unexpected(&mut self, name: &'static str, status: u16, code: &str, detail: &str) {
        let entry = self.unexpected.entry((name, format!("{status} {code}"))).or_insert_with(|| (0, detail.to_owned()));
        entry.0 += 1;
    }

    /// Something that must never be.
    pub fn fault(&mut self, what: &'static str) {
        *self.faults.entry(what).or_default() += 1;
    }

    /// Joins what another has seen.
    pub fn add(&mut self, other: Seen) {
        for (name, times) in other.times {
            self.times.entry(name).or_default().extend(times);
        }
        for (key, count) in other.statuses {
            *self.statuses.entry(key).or_default() += count;
        }
        for (name, count) in other.broken {
            *self.broken.entry(name).or_default() += count;
        }
        for (key, (count, example)) in other.unexpected {
            self.unexpected.entry(key).or_insert((0, example)).0 += count;
        }
        for (what, count) in other.faults {
            *self.faults.entry(what).or_default() += count;
        }
    }

    /// Was every request answered, as it should be?
    pub fn is_clean(&self) -> bool {
        self.broken.is_empty() && self.unexpected.is_empty() && self.faults.is_empty()
    }

    fn refused(&self, name: &str) -> u64 {
        self.statuses.iter().filter(|((of, status), _)| *of == name && *status >= 400).map(|(_, count)| count).sum()
    }
}

/// The `share` quantile of sorted numbers: the smallest that so many are not above.
fn quantile(sorted: &[f64], share: f64) -> f64 {
    let rank = (share * sorted.len() as f64).ceil() as usize;
    sorted.get(rank.saturating_sub(1)).copied().unwrap_or(f64::NAN)
}

fn sorted(times: &[f64]) -> Vec<f64> {
    let mut times = times.to_vec();
    times.sort_by(f64::total_cmp);
    times
}

/// As a document.
pub fn json(seen: &Seen, verdict: &Verdict, seconds: f64, clients: u32, locations: u32) -> Value {
    let operations: BTreeMap<&str, Value> = seen
        .times
        .iter()
        .map(|(name, times)| {
            let times = sorted(times);
            let of = |share| quantile(&times, share);
            let value = json!({"count": times.len(), "refused": seen.refused(name), "p50_ms": of(0.5), "p95_ms": of(0.95), "p99_ms": of(0.99), "max_ms": of(1.0)});
            (*name, value)
        })
        .collect();
    let unexpected: Vec<Value> = seen
        .unexpected
        .iter()
        .map(|((name, what), (count, example))| json!({"operation": name, "answer": what, "count": count, "example": example}))
        .collect();
    json!({
        "clients": clients, "locations": locations, "seconds": seconds, "operations": operations, "unanswered": seen.broken,
        "unexpected": unexpected, "faults": seen.faults, "audit": verdict, "clean": verdict.is_clean() && seen.is_clean(),
    })
}

/// As a table.
pub fn table(seen: &Seen, verdict: &Verdict, seconds: f64, clients: u32, locations: u32) -> String {
    let rows = seen.times.iter().map(|(name, times)| {
        let times = sorted(times);
        let ms = |share| format!("{:.1}", quantile(&times, share));
        let per_s = format!("{:.1}", times.len() as f64 / seconds);
        [(*name).to_owned(), times.len().to_string(), per_s, seen.refused(name).to_string(), ms(0.5), ms(0.95), ms(0.99), ms(1.0)]
    });
    let table = output::table(["request", "answered", "per s", "refused", "p50 ms", "p95 ms", "p99 ms", "max ms"], rows);
    let mut lines = vec![format!("{clients} customers at {locations} locations for {seconds:.1} s"), table];
    for (name, count) in &seen.broken {
        lines.push(format!("not answered: {name}, {count} times"));
    }
    for ((name, what), (count, example)) in &seen.unexpected {
        lines.push(format!("not expected: {name}: {what}, {count} times, such as: {example}"));
    }
    for (what, count) in &seen.faults {
        lines.push(format!("wrong: {what}, {count} times"));
    }
    let word = if verdict.is_clean() { "clean" } else { "NOT CLEAN" };
    lines.push(format!(
        "audit: {word}: {} bookings, {} overlaps, {} lost, {} in another state than told, {} odd; tables: {}",
        verdict.bookings, verdict.overlaps, verdict.lost, verdict.differing, verdict.odd, verdict.tables
    ));
    lines.join("\n")
}
