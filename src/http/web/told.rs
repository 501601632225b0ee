//! Reasons that are on file with ids in them, as people read them: with names of people and lines of bookings.

use std::collections::BTreeSet;

use super::lines::line;
use super::names::on_day;
use super::words::Words;
use crate::store::Day;

/// What stands before an id of a booking in a reason.
const BOOKING: &str = "booking ";

/// A reason with names in the place of ids: a booking's after its word, `made room for booking 01…`, and those of people where a list of them ends it,
/// `placed: grace, joy`. What is no id of anybody stays as it is.
pub(super) fn named(text: &str, person: &dyn Fn(&str) -> Option<String>, booking: &dyn Fn(&str) -> Option<String>) -> String {
    let mut parts = text.split(BOOKING);
    let mut said = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let end = part.find(|c: char| !(c.is_alphanumeric() || "-_.".contains(c))).unwrap_or(part.len());
        let id = part[..end].trim_end_matches('.');
        match booking(id) {
            Some(line) => said.push_str(&format!("“{line}”{}", &part[id.len()..])),
            None => said.push_str(&format!("{BOOKING}{part}")),
        }
    }
    let Some((before, list)) = said.rsplit_once(": ") else { return said };
    let names: Option<Vec<String>> = list.split(", ").map(person).collect();
    names.map_or_else(|| said.clone(), |names| format!("{before}: {}", names.join(", ")))
}

/// The same of a day.
pub(super) fn on(w: &Words, day: &Day, text: &str) -> String {
    let known: BTreeSet<&str> = day.sheet.resources.iter().map(|one| one.id.as_str()).collect();
    let person = |id: &str| known.contains(id).then(|| on_day(day, id));
    named(text, &person, &|id| day.booking(id).map(|booking| line(w, day, booking)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_of_bookings_and_of_people_are_said_as_names_and_other_words_are_left_alone() {
        let person = |id: &str| ["joy", "grace"].contains(&id).then(|| id[..1].to_uppercase() + &id[1..]);
        let booking = |id: &str| (id == "01a2-b").then(|| "10:00–11:00 Facial, Amina".to_owned());
        for (text, said) in [
            ("placed: joy, grace", "placed: Joy, Grace"),
            ("made room for booking 01a2-b", "made room for “10:00–11:00 Facial, Amina”"),
            ("moved by hand, so that Joy can serve booking 01a2-b.", "moved by hand, so that Joy can serve “10:00–11:00 Facial, Amina”."),
            ("a joy: to see", "a joy: to see"),
            ("by hand: joy, and others", "by hand: joy, and others"),
            ("booking fee of booking xyz", "booking fee of booking xyz"),
            ("", ""),
        ] {
            assert_eq!(named(text, &person, &booking), said);
        }
    }
}
