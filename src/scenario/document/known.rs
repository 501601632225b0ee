//! What the base has, and what a scenario names that it has not.

use std::collections::BTreeSet;

use crate::scenario::Day;
use crate::scenario::change::Names;
use crate::sheet::Faults;

/// What stands on the days of a base.
pub struct Known {
    /// People and tables, also those whom changes have brought.
    pub people: BTreeSet<String>,
    services: BTreeSet<String>,
    bookings: BTreeSet<String>,
    qualifications: BTreeSet<String>,
}

/// Shorter words differ by a letter and are two.
const LONG_ENOUGH: usize = 6;

impl Known {
    /// On all days together.
    pub fn of(base: &[Day]) -> Known {
        let bookings = || base.iter().flat_map(|day| day.sheet.bookings.iter().map(move |b| (day, b)));
        let asked = || bookings().flat_map(|(_, b)| b.demands.iter().flat_map(|d| d.qualifications.iter().cloned()));
        let can = base.iter().flat_map(|day| day.sheet.resources.iter().flat_map(|r| r.qualifications.iter().cloned()));
        Known {
            people: base.iter().flat_map(|day| day.sheet.resources.iter().map(|r| r.id.clone())).collect(),
            services: bookings().map(|(day, b)| day.service_of(b)).chain(asked()).collect(),
            bookings: bookings().map(|(_, b)| b.id.clone()).collect(),
            qualifications: asked().chain(can).collect(),
        }
    }

    /// Notes what is named and is not there, with the near matches.
    pub fn miss(&self, names: &Names, path: &str, faults: &mut Faults) {
        for (kind, named, known) in [
            ("nobody called", &names.people, &self.people),
            ("no service", &names.services, &self.services),
            ("no booking", &names.bookings, &self.bookings),
        ] {
            for name in named.iter().filter(|name| *name != "*" && !known.contains(*name)) {
                let mut near: Vec<&String> = known.iter().filter(|k| strsim::jaro_winkler(k, name) > 0.8).take(3).collect();
                near.sort_by(|a, b| strsim::jaro_winkler(b, name).total_cmp(&strsim::jaro_winkler(a, name)));
                let hint = match near.first() {
                    Some(near) => format!("did you mean `{near}`?"),
                    None => format!("expected one of {}", known.iter().take(12).cloned().collect::<Vec<_>>().join(", ")),
                };
                faults.push("unknown", path, format!("there is {kind} `{name}` on any day of the base; {hint}"));
            }
        }
        for name in names.qualifications.iter().filter(|name| !self.qualifications.contains(*name)) {
            if let Some(meant) = self.qualifications.iter().find(|known| is_nearly(known, name)) {
                faults.push("unknown", path, format!("nobody can do `{name}` and no booking asks for it; did you mean `{meant}`?"));
            }
        }
    }
}

/// The same but for capitals, spaces and signs, or for one letter of a long word.
fn is_nearly(known: &str, name: &str) -> bool {
    let bare = |word: &str| word.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect::<String>();
    bare(known) == bare(name) || (name.len() >= LONG_ENOUGH && strsim::osa_distance(known, name) <= 1)
}
