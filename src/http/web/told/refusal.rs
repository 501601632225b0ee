//! What is refused, as a page says it: what it means and what to do, in the visitor's language. What has no words of its own stands below that as the
//! service says it, marked as the English that it is; ids are nothing to anybody who reads a page.

use chrono::NaiveDate;
use maud::{Markup, html};

use super::super::words::Words;
use super::past::{ruled, several};
use super::{english, marked};
use crate::http::problem::Problem;

/// Details that are always the same, or begin or end so, each with the name of its words.
const KNOWN: [(&str, &str); 16] = [
    ("this is no address for email", "refused-email"),
    ("this is no address for ", "refused-phone"),
    ("the form is of another session, or an old one", "refused-other-session"),
    ("the form came from another site", "refused-other-site"),
    (" may not do that; it takes one of: ", "refused-role"),
    ("only a manager may give a booking to somebody the rules keep from it", "override-manager"),
    (" was changed since the what-if read it", "refused-whatif-old"),
    ("nothing is booked at ", "refused-whatif-empty"),
    (" is no date; expected ", "refused-date"),
    (" is past: it is ", "refused-past"),
    ("; there is nothing left to do", "refused-settled"),
    (" is over since ", "refused-absence-over"),
    (" ends before it starts", "refused-absence-backwards"),
    ("choose who gets it", "refused-choose"),
    ("these are not as many, or not of the kind, as it asks for", "refused-not-as-many"),
    ("nothing can be taken back on ", "refused-nothing-back"),
];

/// Codes whose details say no more to people than what the code means.
const SAID_BY_CODE: [&str; 9] = [
    "NOT_FOUND",
    "SLOT_FULL",
    "ILLEGAL_TRANSITION",
    "IDEMPOTENCY_KEY_REUSED",
    "RATE_LIMITED",
    "INTERNAL",
    "BUSY",
    "STORE_UNAVAILABLE",
    "WHATIFS_OPEN",
];

/// What a code means for whoever reads a page.
fn means(w: &Words, problem: &Problem) -> Option<String> {
    let name = format!("problem-{}-means", problem.code().to_lowercase().replace('_', "-"));
    w.knows(&name).then(|| w.say(&name))
}

/// Does the detail say more than its code?
fn says_more(problem: &Problem) -> bool {
    let has_id = problem.code() == "VERSION_CONFLICT" && problem.detail().contains("booking ");
    !SAID_BY_CODE.contains(&problem.code()) && !has_id
}

/// What is refused, with what to do, as paragraphs.
pub(in super::super) fn refusal(w: &Words, problem: &Problem) -> Markup {
    let worded = detail(w, problem.detail());
    html! {
        @if let Some(said) = &worded { p { (said) } }
        @else {
            @if let Some(means) = means(w, problem) { p { (means) } }
            @if says_more(problem) { @for line in problem.detail().lines() { p lang=[marked(w)] { (line) } } }
        }
    }
}

/// The same in one line, of what is `said` without the name of a field before it.
pub(in super::super) fn in_a_line(w: &Words, problem: &Problem, said: &str) -> Markup {
    let means = means(w, problem);
    html! {
        @if let Some(said) = detail(w, said) { (said) }
        @else {
            @if let Some(means) = &means { (means) }
            @if says_more(problem) { @if means.is_some() { " " } (english(w, said)) }
        }
    }
}

/// A detail of the service's own in the visitor's words; `None` where it has none.
pub(super) fn detail(w: &Words, text: &str) -> Option<String> {
    let known = KNOWN.iter().find(|(part, _)| text.contains(part)).map(|(_, name)| w.say(name));
    known.or_else(|| with_numbers(w, text)).or_else(|| with_names(w, text))
}

/// What was expected, where it is said by numbers.
fn with_numbers(w: &Words, text: &str) -> Option<String> {
    let (_, expected) = text.rsplit_once("expected ").or_else(|| text.rsplit_once("is longer than ").map(|(start, _)| (start, text)))?;
    let words: Vec<&str> = expected.split(' ').collect();
    let number = |text: &str| text.trim_end_matches(|c: char| !c.is_ascii_digit()).parse::<i64>().ok();
    match words.as_slice() {
        ["a", "whole", "number", "from", least, "to", most] => {
            Some(w.say_with("refused-number", &[("least", number(least)?.into()), ("most", number(most)?.into())]))
        }
        ["1", "to", most, "characters"] => Some(w.say_with("refused-length", &[("n", number(most)?.into())])),
        ["1", "to", most, "days,", ..] => Some(w.say_with("refused-whatif-days", &[("n", number(most)?.into())])),
        ["the", "absence", "of", _, "is", "longer", "than", most, "days"] => Some(w.say_with("refused-absence-long", &[("n", number(most)?.into())])),
        _ => None,
    }
}

/// Who or which day it is about.
fn with_names(w: &Words, text: &str) -> Option<String> {
    if let Some((date, _)) = text.split_once(" is over") {
        let date: NaiveDate = date.parse().ok()?;
        return Some(w.say_with("refused-over", &[("date", w.date(date).into())]));
    }
    if let Some(why) = text.strip_prefix("nothing was taken back: ") {
        return not_back(w, why);
    }
    if let Some((booking, name)) = text.strip_suffix(" any more; look again").and_then(|text| text.split_once(" is not with ")) {
        return Some(w.say_with("refused-not-with", &[("booking", booking.into()), ("name", name.into())]));
    }
    let rest = text.strip_prefix("booking ")?;
    if let Some((whose, _)) = rest.split_once(", who has no contact on file") {
        let (_, name) = whose.split_once(" is ")?;
        return Some(w.say_with("refused-no-contact", &[("name", name.trim_end_matches("'s").into())]));
    }
    let (_, rest) = rest.split_once(" cannot be served by ")?;
    let (_, rules) = rest.split_once(": ")?;
    Some(w.say_with("refused-not-served", &[("why", ruled(w, rules).into())]))
}

/// Why somebody cannot have a booking back that was theirs.
fn not_back(w: &Words, text: &str) -> Option<String> {
    if let Some((name, rest)) = text.split_once(" cannot have ") {
        let (booking, other) = rest.strip_suffix(" then")?.split_once(" back, and is with ")?;
        let values = [("name", several(w, name).into()), ("booking", booking.into()), ("other", other.into())];
        return Some(w.say_with("refused-back-busy", &values));
    }
    let (name, rest) = text.split_once(" cannot serve ")?;
    let (booking, why) = rest.split_once(" any more")?;
    let why = why.trim().strip_prefix('(').and_then(|why| why.strip_suffix(')')).map_or_else(|| w.say("rule-too-few"), |why| ruled(w, why));
    Some(w.say_with("refused-back-unable", &[("name", several(w, name).into()), ("booking", booking.into()), ("why", why.into())]))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Language;

    #[test]
    fn what_the_service_refuses_most_is_said_in_both_languages_without_ids() {
        for text in [
            "the form is of another session, or an old one: load the page again and repeat it",
            "a frontdesk may not do that; it takes one of: manager, admin",
            "2026-11-21 was changed since the what-if read it (it is another question now), and nothing was written; run the what-if again",
            "nothing is booked at Westlands from 2026-11-21 to 2026-11-22; choose days with bookings",
            "\"\" is no date; expected YYYY-MM-DD, such as 2026-11-21",
            "2026-11-20T10:00:00+03:00 is past: it is 2026-11-21T10:00:00+03:00 now; choose a later time",
            "the row 01jx of the needs-attention queue is settled (called off); there is nothing left to do",
            "the absence of 01jx is over since 2026-11-20T09:00:00+00:00; expected one that has still to come",
            "the absence of 01jx ends before it starts",
            "the absence of 01jx is longer than 366 days",
            "minutes: \"x\"; expected a whole number from -1440 to 1440",
            "expected 1 to 200 characters",
            "from 2026-11-22 to 2026-11-20: expected 1 to 92 days, the last not before the first",
            "2026-11-20 is over at Westlands: only a day that is still to come can be made real",
            "booking 01jx is Amina's, who has no contact on file: ask them in person",
            "booking 01jx cannot be served by 01jy: Brian: qualification; Joy: gender",
            "nothing was taken back: Joy cannot have 10:00 Facial, Amina back, and is with 10:30 Facial, Ben then",
            "nothing was taken back: Joy and Brian cannot serve 10:00 Facial, Amina any more (Joy: shift)",
            "10:00 Facial, Amina is not with Joy any more; look again",
            "booking 01jx cannot be served by 01jy: these are not as many, or not of the kind, as it asks for",
        ] {
            let [english, swahili] = [Language::English, Language::Swahili].map(|language| detail(Words::of(language), text).unwrap_or_default());
            assert!(english.len() > 5 && swahili.len() > 5 && english != swahili, "{text}: {english:?}, {swahili:?}");
            for wrong in ["01jx", "01jy", "+00:00", "2026-11-20"] {
                assert!(!english.contains(wrong) && !swahili.contains(wrong), "{text}: {english:?}, {swahili:?}");
            }
        }
    }

    #[test]
    fn what_has_no_words_stands_below_what_it_means_and_is_marked_as_english() {
        let problem = Problem::new("VERSION_CONFLICT", "Joy is away");
        let said = refusal(Words::of(Language::Swahili), &problem).into_string();
        assert!(said.starts_with("<p>Si kama") && said.ends_with("<p lang=\"en\">Joy is away</p>"), "{said}");
        let said = refusal(Words::of(Language::English), &Problem::not_found("booking", "01jx")).into_string();
        assert!(!said.contains("01jx") && said.contains("may be gone"), "{said}");
    }
}
