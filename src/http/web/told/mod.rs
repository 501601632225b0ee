//! Reasons that are on file, as people read them: those that the service gives itself in the visitor's language, with names of people and lines of
//! bookings; what somebody typed as they typed it.

mod past;
mod refusal;
mod run;
mod supposed;

use std::borrow::Cow;
use std::collections::BTreeSet;

use maud::{Markup, html};

use super::lines::line;
use super::names::on_day;
use super::words::Words;
use crate::domain::Language;
use crate::store::Day;

pub(super) use refusal::{in_a_line, refusal};
pub(super) use run::{who, why_of_a_run};
pub(super) use supposed::supposed;

/// What the service says of a field in the visitor's words; as it says it where it has none.
pub(super) fn fault<'s>(w: &Words, said: &'s str) -> Cow<'s, str> {
    refusal::detail(w, said).map_or(Cow::Borrowed(said), Cow::Owned)
}

/// What stands before an id of a booking in a reason.
const BOOKING: &str = "booking ";

/// A reason with names in the place of ids: a booking's after its word, `made room for booking 01…`, and those of people where a list of them ends it,
/// `placed: grace, joy`. What is no id of anybody stays as it is.
fn named(text: &str, person: &dyn Fn(&str) -> Option<String>, booking: &dyn Fn(&str) -> Option<String>) -> String {
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

/// The word for English on a page of another language.
fn marked(w: &Words) -> Option<&'static str> {
    (w.language != Language::English).then_some("en")
}

/// What the service or another says, which has no words of the visitor's: marked as the English that it is.
pub(super) fn english(w: &Words, text: &str) -> Markup {
    html! { span lang=[marked(w)] { (text) } }
}

/// Somebody of a day by id; `None` where it is nobody's.
fn person(day: &Day, id: &str) -> Option<String> {
    let known: BTreeSet<&str> = day.sheet.resources.iter().map(|one| one.id.as_str()).collect();
    known.contains(id).then(|| on_day(day, id))
}

/// Why something of a day was done, as its record has it.
pub(super) fn on(w: &Words, day: &Day, text: &str) -> String {
    past::worded(w, day, text).or_else(|| run::worded(w, day, text)).unwrap_or_else(|| as_it_stands(w, day, text))
}

/// What is against giving a booking to somebody where no rule of theirs is: a promise, or that they are too few or of another kind.
pub(super) fn unruled(w: &Words, text: &str) -> String {
    refusal::detail(w, text).unwrap_or_else(|| past::ruled(w, text))
}

/// The same where it is none of the service's own reasons: only ids become names.
fn as_it_stands(w: &Words, day: &Day, text: &str) -> String {
    named(text, &|id| person(day, id), &|id| day.booking(id).map(|booking| line(w, day, booking)))
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
