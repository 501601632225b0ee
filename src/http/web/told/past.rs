//! The reasons that the service gives itself for what it does to a booking, in the visitor's words.

use super::super::lines::line_of;
use super::super::words::Words;
use super::{as_it_stands, person};
use crate::store::Day;

/// Reasons that are always the same, as they are on file, each with the name of its words.
const SAME: [(&str, &str); 24] = [
    ("booked", "told-booked"),
    ("rescheduled", "told-rescheduled"),
    ("confirmed", "told-confirmed"),
    ("ran out", "told-hold-over"),
    ("the hold was not confirmed in time", "told-hold-over"),
    ("cutoff", "told-cutoff"),
    ("cutoff: the least-busy free person", "told-cutoff-free"),
    ("allocated anew", "told-anew"),
    ("served after all", "told-after-all"),
    ("nobody is free", "told-nobody-free"),
    ("nobody who could serve it is free", "told-nobody-free"),
    ("nobody of the kind it needs is here that day", "reason-nobody-here"),
    ("the search was stopped before it was known whether there is room", "reason-undecided"),
    ("absence undone", "told-absence-undone"),
    ("the absence was undone", "told-absence-undone"),
    ("taken back by hand", "told-taken-back"),
    ("by hand", "told-by-hand"),
    ("decided by staff", "told-by-staff"),
    ("changed by staff", "told-by-staff"),
    ("the day is over", "told-day-over"),
    ("confirmed by hand while nobody serves it", "told-stands-alone"),
    ("it is over or was called off, or moved to another day", "told-begun-or-gone"),
    ("it was changed since", "told-changed-since"),
    ("it has begun", "told-begun"),
];

/// What begins a reason about a rule that would have kept somebody from it, each with the rule's word.
const RULES: [(&str, &str); 8] = [
    ("lacks ", "qualification"),
    ("not of the gender", "gender"),
    ("takes ", "party"),
    ("no shift covers ", "shift"),
    ("could serve, but ", "too-few"),
    ("is a ", "kind"),
    ("the booking is ", "held"),
    ("somebody else holds ", "held"),
];

/// What ends a reason about a promise that would have kept a booking where it is, each with the name of its words.
const PROMISES: [(&str, &str); 2] = [(" was asked for by the customer", "told-chosen"), (" was named to the customer", "told-named")];

/// A reason of the service's own in the visitor's words; `None` where it is none.
pub(super) fn worded(w: &Words, day: &Day, text: &str) -> Option<String> {
    let said = SAME.iter().find(|(given, _)| *given == text).map(|(_, name)| w.say(name));
    said.or_else(|| moved(w, day, text)).or_else(|| by_hand(w, day, text)).or_else(|| nobody(w, day, text)).or_else(|| served(w, day, text))
}

/// Moved for another booking.
fn moved(w: &Words, day: &Day, text: &str) -> Option<String> {
    let line = |id: &str| day.booking(id).map(|_| line_of(w, day, id));
    if let Some(id) = text.strip_prefix("made room for booking ") {
        return Some(w.say_with("told-room", &[("booking", line(id)?.into())]));
    }
    let (who, id) = text.strip_prefix("moved by hand, so that ")?.split_once(" can serve booking ")?;
    Some(w.say_with("told-moved-so", &[("name", several(w, who).into()), ("booking", line(id)?.into())]))
}

/// Given to somebody, or taken from them, by hand; against a rule, where it was; and what was said about it.
fn by_hand(w: &Words, day: &Day, text: &str) -> Option<String> {
    let begun =
        [("given to ", "told-given"), ("taken from ", "told-taken")].into_iter().find_map(|(begin, name)| Some((text.strip_prefix(begin)?, name)));
    let Some((rest, name)) = begun else { return overridden(w, day, text) };
    let (who, rest) = rest.split_once(" by hand")?;
    let mut said = w.say_with(name, &[("name", several(w, who).into())]);
    let mut why = rest;
    if let Some((rules, rest)) = rest.strip_prefix(" against a rule (").and_then(|rest| rest.split_once(')')) {
        said = format!("{said} {}", w.say_with("told-rule", &[("rules", ruled(w, rules).into())]));
        why = rest;
    }
    // What was typed stands as it was typed; whoever settled a row has the people's ids behind it.
    let why = why.strip_prefix(": ").map(|why| as_it_stands(w, day, why));
    Some(why.map_or_else(|| said.clone(), |why| format!("{said}: {why}")))
}

/// Given to somebody with a reason, against a rule: `agreed; overridden (booking b1 cannot be served by joy: Joy: gender): she is learning it`.
fn overridden(w: &Words, day: &Day, text: &str) -> Option<String> {
    let (typed, rest) = text.split_once("; overridden (booking ")?;
    let (rules, why) = rest.split_once("): ")?;
    let (_, rules) = rules.split_once(": ")?;
    let typed = worded(w, day, typed).unwrap_or_else(|| typed.to_owned());
    Some(format!("{typed} {}: {}", w.say_with("told-rule", &[("rules", ruled(w, rules).into())]), as_it_stands(w, day, why)))
}

/// Nobody serves it, and why.
fn nobody(w: &Words, day: &Day, text: &str) -> Option<String> {
    if let Some(why) = text.strip_prefix("nobody could serve it even on an empty day (").and_then(|rest| rest.strip_suffix(')')) {
        return Some(w.say_with("reason-alone", &[("why", ruled(w, why).into())]));
    }
    if let Some(name) = text.strip_suffix(" has no contact on file and has to be told by a person") {
        return Some(w.say_with("told-no-contact", &[("name", name.into())]));
    }
    for (begin, name) in [("it has begun with ", "told-begun-with"), ("its customer chose ", "told-chosen")] {
        if let Some(who) = text.strip_prefix(begin) {
            return Some(w.say_with(name, &[("name", several(w, who).into())]));
        }
    }
    if let Some(who) = text.strip_suffix(" cannot serve it then any more") {
        return Some(w.say_with("told-not-any-more", &[("name", several(w, who).into())]));
    }
    let (n, rest) = text.split_once(" bookings (")?;
    let (ids, who) = rest.split_once(") cannot all be served by ")?;
    let lines: Vec<String> = ids.split(", ").map(|id| line_of(w, day, id)).collect();
    let n: usize = n.parse().ok()?;
    Some(w.say_with("reason-crowded", &[("n", n.into()), ("who", who.into()), ("bookings", lines.join("; ").into())]))
}

/// A row that was settled says behind the reason who serves the booking now: `allocated anew: joy, grace`.
fn served(w: &Words, day: &Day, text: &str) -> Option<String> {
    let (reason, ids) = text.rsplit_once(": ")?;
    let names: Vec<String> = ids.split(", ").map(|id| person(day, id)).collect::<Option<_>>()?;
    Some(format!("{}: {}", worded(w, day, reason)?, names.join(", ")))
}

/// Names that stand in a reason with an `and` between them.
pub(super) fn several(w: &Words, names: &str) -> String {
    names.split(" and ").collect::<Vec<_>>().join(&format!(" {} ", w.say("told-and")))
}

/// `Joy, Brian: lacks deep-tissue; Grace: sick all day`, by the rules' own words.
pub(super) fn ruled(w: &Words, text: &str) -> String {
    let one = |part: &str| match part.split_once(": ") {
        Some((who, rule)) => format!("{who}: {}", against(w, rule)),
        None => against(w, part),
    };
    text.split("; ").map(one).collect::<Vec<_>>().join("; ")
}

/// What is against it: a rule by its word or by what it says, or a promise.
fn against(w: &Words, text: &str) -> String {
    if let Some((names, name)) = PROMISES.iter().find_map(|(end, name)| Some((text.strip_suffix(end)?, name))) {
        return w.say_with(name, &[("name", several(w, names).into())]);
    }
    if w.knows(&format!("rule-{text}")) {
        return w.say(&format!("rule-{text}"));
    }
    // Whatever else keeps somebody from it is that they are away, with the word that was typed for it.
    let word = RULES.iter().find(|(begin, _)| text.starts_with(begin)).map_or("block", |(_, word)| word);
    w.say(&format!("rule-{word}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Language;

    #[test]
    fn what_is_against_it_is_said_by_its_rule_whether_it_stands_by_its_word_or_in_a_sentence() {
        let w = Words::of(Language::English);
        for (text, said) in [
            ("Joy: qualification; Brian: gender", "Joy: lacks the qualification; Brian: not the gender that was wished"),
            ("Joy, Brian: lacks deep-tissue; Grace: sick all day", "Joy, Brian: lacks the qualification; Grace: away then"),
            ("Joy: no shift covers 09:00 to 10:15", "Joy: not on duty then"),
            ("Joy: shift", "Joy: not on duty then"),
            ("10:00 Facial, Amina: Joy and Brian was named to the customer", "10:00 Facial, Amina: its customer was told Joy and Brian"),
            ("10:00 Facial, Amina: Joy was asked for by the customer", "10:00 Facial, Amina: its customer chose Joy"),
        ] {
            assert_eq!(ruled(w, text), said);
        }
    }
}
