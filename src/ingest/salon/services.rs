//! The service list: names and list prices, durations from the derived file, usual prices from the receipts.

use std::collections::{BTreeMap, HashMap};

use super::super::batch::BatchService;
use super::super::report::{Reporter, RowReport};
use super::super::table::{BadInput, Table};
use super::{Files, GRID_MINUTES, MINUTES, RECEIPTS, SERVICES};

/// A day's length: no service takes longer.
const MINUTES_MAX: f64 = 1440.0;

/// The services that can be booked.
#[derive(Debug, Default)]
pub(super) struct ServiceList {
    /// In the list's order.
    pub rows: Vec<BatchService>,
    minutes: HashMap<String, u32>,
}

impl ServiceList {
    /// Minutes of a service that can be booked.
    pub fn minutes(&self, code: &str) -> Option<u32> {
        self.minutes.get(code).copied()
    }
}

pub(super) fn parse(files: &Files, reports: &mut Vec<RowReport>, left_out: &mut Vec<String>) -> Result<ServiceList, BadInput> {
    let minutes = durations(&files.minutes, reports)?;
    let table = Table::read(SERVICES, &files.services, b',', reports)?;
    let [code, desc, price] = table.columns(SERVICES, ["Code", "Desc", "Price"])?;
    let usual = match &files.receipts {
        Some(bytes) => {
            let unpriced: Vec<&str> = table.rows().iter().filter(|row| cents(row.get(price)) == Some(0)).map(|row| row.get(desc)).collect();
            let known: Vec<&str> = table.rows().iter().map(|row| row.get(desc)).collect();
            left_out.push(format!("{RECEIPTS} serves only for usual prices: products, tax, and what each visit was charged are left out"));
            usual_prices(bytes, &unpriced, &known, reports)?
        }
        None => {
            left_out.push(format!("there is no {RECEIPTS}: services that the list prices at 0 have no price"));
            HashMap::new()
        }
    };
    let mut list = ServiceList::default();
    let mut reporter = Reporter::new(SERVICES, reports);
    for row in table.rows() {
        let (id, name) = (row.get(code), row.get(desc));
        if id.is_empty() {
            reporter.refused(row.line, "no-code", "has no code; left out");
        } else if list.minutes.contains_key(id) {
            reporter.refused(row.line, "duplicate", format!("lists {id} a second time; left out"));
        } else if let Some(&service_minutes) = minutes.get(id) {
            let listed = cents(row.get(price));
            if listed.is_none() {
                reporter.repaired(
                    row.line,
                    "bad-price",
                    format!("has the price {:?}, expected an amount such as 52 or 52.50; goes in without it", row.get(price)),
                );
            }
            let price_cents = listed.filter(|cents| *cents != 0).or_else(|| {
                let found = usual.get(name).filter(|found| found.cents != 0)?;
                let receipts = if found.receipts == 1 { "the only receipt".to_owned() } else { format!("{} receipts", found.receipts) };
                let why = format!("{id} is listed at 0; its usual price on {receipts}, {}, is taken", amount(found.cents));
                reporter.repaired(row.line, "price-from-receipts", why);
                Some(found.cents)
            });
            list.minutes.insert(id.to_owned(), service_minutes);
            let name = if name.is_empty() { id } else { name };
            list.rows.push(BatchService {
                external_ref: id.into(),
                name: name.into(),
                minutes: service_minutes,
                buffer_after_minutes: 0,
                price_cents,
            });
        } else {
            reporter.refused(row.line, "no-duration", format!("{MINUTES} has no duration for {id}; left out, it cannot be booked"));
        }
    }
    Ok(list)
}

/// Minutes by service. Rounded up to the grid, so that no booking is shorter than its service.
fn durations(bytes: &[u8], reports: &mut Vec<RowReport>) -> Result<HashMap<String, u32>, BadInput> {
    let table = Table::read(MINUTES, bytes, b',', reports)?;
    let [service, minutes] = table.columns(MINUTES, ["Service", "minutes"])?;
    let mut reporter = Reporter::new(MINUTES, reports);
    let mut found = HashMap::new();
    for row in table.rows() {
        let (code, text) = (row.get(service), row.get(minutes));
        let Some(value) = text.parse::<f64>().ok().filter(|m| *m > 0.0 && *m <= MINUTES_MAX) else {
            reporter.refused(row.line, "bad-duration", format!("has {text:?} minutes for {code}, expected a number from 1 to 1440; left out"));
            continue;
        };
        if found.contains_key(code) {
            reporter.refused(row.line, "duplicate", format!("gives {code} a second duration; left out"));
            continue;
        }
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 0 and 1440, checked above")]
        let rounded = (value / f64::from(GRID_MINUTES)).ceil() as u32 * GRID_MINUTES;
        if (f64::from(rounded) - value).abs() > f64::EPSILON {
            reporter.repaired(row.line, "off-grid", format!("gives {code} {value} minutes; rounded up to {rounded}, a multiple of {GRID_MINUTES}"));
        }
        found.insert(code.to_owned(), rounded);
    }
    Ok(found)
}

/// What a service usually costs.
struct Usual {
    cents: i64,
    receipts: usize,
}

/// The median of what was paid for each of the services in `unpriced`; rows that say nothing about that are skipped and reported.
fn usual_prices(bytes: &[u8], unpriced: &[&str], known: &[&str], reports: &mut Vec<RowReport>) -> Result<HashMap<String, Usual>, BadInput> {
    let table = Table::read(RECEIPTS, bytes, b',', reports)?;
    let [desc, quantity, amount_column] = table.columns(RECEIPTS, ["Description", "Quantity", "Amount"])?;
    let mut reporter = Reporter::new(RECEIPTS, reports);
    let mut seen: HashMap<&[String], u64> = HashMap::new();
    let mut paid: BTreeMap<&str, Vec<i64>> = BTreeMap::new();
    for row in table.rows() {
        let (what, charged) = (row.get(desc), cents(row.get(amount_column)));
        if let Some(first) = seen.insert(row.fields(), row.line) {
            reporter.skipped(row.line, "duplicate", format!("is the same as line {first}; counted once"));
        } else if what.is_empty() {
            reporter.skipped(row.line, "no-description", "does not say what was sold; no price taken from it");
        } else if !known.contains(&what) {
            reporter.skipped(row.line, "product", "sells something that is not on the service list; no price taken from it");
        } else if !unpriced.contains(&what) {
            reporter.skipped(row.line, "listed-price", "is for a service whose price is on the service list; no price taken from it");
        } else if row.get(quantity) != "1" {
            reporter.skipped(row.line, "quantity", "is not for one of something; no price taken from it");
        } else {
            match charged {
                Some(cents) if cents >= 0 => paid.entry(what).or_default().push(cents),
                Some(_) => reporter.skipped(row.line, "refund", "gives money back; no price taken from it"),
                None => reporter.refused(row.line, "bad-amount", format!("has the amount {:?}, expected a number; left out", row.get(amount_column))),
            }
        }
    }
    Ok(paid.into_iter().map(|(what, amounts)| (what.to_owned(), Usual { receipts: amounts.len(), cents: median(amounts) })).collect())
}

/// The lower median, so that it is an amount somebody paid.
fn median(mut amounts: Vec<i64>) -> i64 {
    amounts.sort_unstable();
    amounts.get(amounts.len().saturating_sub(1) / 2).copied().unwrap_or(0)
}

/// Hundredths of an amount such as `52`, `52.5` or `-52.50`.
fn cents(text: &str) -> Option<i64> {
    let value: f64 = text.parse().ok().filter(|value: &f64| value.abs() < 1e9)?;
    #[expect(clippy::cast_possible_truncation, reason = "below 1e11, checked above")]
    Some((value * 100.0).round() as i64)
}

fn amount(cents: i64) -> String {
    format!("{}.{:02}", cents / 100, cents % 100)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_read_to_the_cent_and_words_are_no_amounts() {
        assert_eq!((cents("52"), cents("-31.005"), cents("23.94"), cents("free"), cents("nan")), (Some(5200), Some(-3101), Some(2394), None, None));
        assert_eq!(amount(5205), "52.05");
    }

    #[test]
    fn the_usual_price_is_one_that_somebody_paid() {
        assert_eq!(median(vec![5000, 7500, 100, 8000]), 5000);
    }
}
