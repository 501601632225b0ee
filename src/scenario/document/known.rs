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
}

impl Known {
    /// On all days together.
    pub fn of(base: &[Day]) -> Known {
        let bookings = || base.iter().flat_map(|day| day.sheet.bookings.iter().map(move |b| (day, b)));
        let qualifications = bookings().flat_map(|(_, b)| b.demands.iter().flat_map(|d| d.qualifications.iter().cloned()));
        Known {
            people: base.iter().flat_map(|day| day.sheet.resources.iter().map(|r| r.id.clone())).collect(),
            services: bookings().map(|(day, b)| day.service_of(b)).chain(qualifications).collect(),
            bookings: bookings().map(|(_, b)| b.id.clone()).collect(),
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
    }
}
