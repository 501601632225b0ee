//! Why a run was applied or not, from what its record is made of.

use maud::{Markup, html};

use super::super::lines::line;
use super::super::words::Words;
use super::english;
use crate::store::{Day, RunRow, RunStatus};

/// What is said in front of the reason where the day was quicker than the run.
const OVERTAKEN: &str = "not applied: the day was changed while it was searched; ";
/// What is said behind it where what was promised had to weigh more.
const RAISED: &str = "; bookings that were promised somebody weigh more than all others together, so that none is given up for others";

/// Some bookings: how many, and the first of them by id.
struct Bookings<'a> {
    n: usize,
    ids: Vec<&'a str>,
}

/// What decided about a run.
enum Cause<'a> {
    /// The sheet was broken: some had nobody, some had people who cannot serve them.
    Broken { unserved: Option<Bookings<'a>>, wrong: Option<Bookings<'a>> },
    /// There is nothing to gain.
    Same,
    /// The gain on the first goal that changes, beside the least that is worth it.
    Gain { tier: &'a str, before: f64, after: f64, percent: f64, threshold: f64, is_enough: bool },
    /// Somebody had looked at it first.
    Looked { by: &'a str, stands: bool },
    /// It was a what-if.
    Promoted { why: &'a str, stands: bool },
}

/// The reason of a run as it is on file, taken apart.
struct Reason<'a> {
    cause: Cause<'a>,
    raised: bool,
}

impl<'a> Reason<'a> {
    /// `None` where it is none that runs have.
    fn of(text: &'a str) -> Option<Reason<'a>> {
        let text = text.strip_prefix(OVERTAKEN).unwrap_or(text);
        let (text, raised) = text.strip_suffix(RAISED).map_or((text, false), |text| (text, true));
        Some(Reason { cause: cause(without_outcome(text))?, raised })
    }
}

/// What came of it is on record by itself: `; 9 of 10 placed, 2 moved`.
fn without_outcome(text: &str) -> &str {
    let is_outcome = |end: &str| {
        let words: Vec<&str> = end.split(' ').collect();
        matches!(words.as_slice(), [_, "of", _, "placed,", _, "moved"])
    };
    text.rsplit_once("; ").filter(|(_, end)| is_outcome(end)).map_or(text, |(reason, _)| reason)
}

fn cause(text: &str) -> Option<Cause<'_>> {
    if let Some(why) = text.strip_prefix("applied because the sheet was broken: ") {
        return Some(Cause::Broken { unserved: counted(why, " without anybody ("), wrong: counted(why, " with people who cannot serve them (") });
    }
    let applied = text.strip_prefix("applied: ");
    let why = applied.or_else(|| text.strip_prefix("kept: "))?;
    let stood = why.strip_prefix("the day stands so already: ").or_else(|| why.strip_prefix("the day stands as the what-if would have it: "));
    let (rest, stands) = (stood.unwrap_or(why), stood.is_some());
    if why == "the day stands as well as the plan would" {
        return Some(Cause::Same);
    }
    if let Some((_, by)) = rest.strip_prefix("looked at first (run ").and_then(|rest| rest.strip_suffix(')')?.split_once(", by ")) {
        return Some(Cause::Looked { by, stands });
    }
    if let Some(why) = rest.strip_prefix("promoted from a what-if: ").or(stood) {
        return Some(Cause::Promoted { why, stands });
    }
    gain(why, applied.is_some())
}

/// `unplaced from 3 to 1 (66.7 %), the threshold is 1.0 %`.
fn gain(text: &str, is_enough: bool) -> Option<Cause<'_>> {
    let (tier, rest) = text.split_once(" from ")?;
    let (before, rest) = rest.split_once(" to ")?;
    let (after, rest) = rest.split_once(" (")?;
    let (percent, threshold) = rest.split_once(" %), the threshold is ")?;
    let number = |text: &str| text.parse().ok();
    let threshold = number(threshold.strip_suffix(" %")?)?;
    Some(Cause::Gain { tier, before: number(before)?, after: number(after)?, percent: number(percent)?, threshold, is_enough })
}

/// `2 without anybody (b1, b2)`: how many, and which.
fn counted<'a>(text: &'a str, what: &str) -> Option<Bookings<'a>> {
    let (before, after) = text.split_once(what)?;
    let n = before.rsplit(", ").next()?.parse().ok()?;
    Some(Bookings { n, ids: after.split(')').next()?.split(", ").collect() })
}

/// What decided, in sentences. Bookings are named where their day is at hand.
fn sentences(w: &Words, day: Option<&Day>, reason: &Reason<'_>) -> Vec<String> {
    let stood = |stands: bool| stands.then(|| w.say("told-run-stands"));
    let mut said: Vec<String> = match &reason.cause {
        Cause::Broken { unserved, wrong } => {
            let parts = [("told-run-unserved", unserved), ("told-run-wrong", wrong)];
            parts.into_iter().filter_map(|(name, some)| Some(listed(w, day, name, some.as_ref()?))).collect()
        }
        Cause::Same => vec![w.say("told-run-same")],
        Cause::Gain { tier, before, after, percent, threshold, is_enough } => {
            let tier = capital(&w.known(&format!("tier-{tier}"), tier));
            let before_after = [("tier", tier.into()), ("before", w.number(*before, 2).into()), ("after", w.number(*after, 2).into())];
            let least = ("threshold", w.number(*threshold, 1).into());
            let values = before_after.into_iter().chain([least]);
            if *is_enough {
                let values: Vec<_> = values.chain([("gain", w.number(*percent, 1).into())]).collect();
                vec![w.say_with("told-run-enough", &values)]
            } else {
                vec![w.say_with("told-run-little", &values.collect::<Vec<_>>())]
            }
        }
        Cause::Looked { by, stands } => stood(*stands).into_iter().chain([w.say_with("told-run-looked", &[("who", (*by).into())])]).collect(),
        Cause::Promoted { why, stands } => stood(*stands).into_iter().chain([w.say_with("told-run-promoted", &[("why", (*why).into())])]).collect(),
    };
    said.extend(reason.raised.then(|| w.say("told-run-raised")));
    said
}

/// `2 bookings had nobody: 10:00–11:00 Deep tissue, Amina; 12:00–13:00 Facial, Ben.`
fn listed(w: &Words, day: Option<&Day>, name: &str, some: &Bookings<'_>) -> String {
    let lines: Vec<String> = some.ids.iter().filter_map(|id| day.and_then(|day| Some(line(w, day, day.booking(id)?)))).collect();
    let more = if lines.is_empty() || lines.len() == some.n { "" } else { "; …" };
    let lines = if lines.is_empty() { String::new() } else { format!(": {}{more}", lines.join("; ")) };
    format!("{}{lines}.", w.count(name, some.n))
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// The reason of a run where it stands as that of something else.
pub(super) fn worded(w: &Words, day: &Day, text: &str) -> Option<String> {
    Some(sentences(w, Some(day), &Reason::of(text)?).join(" "))
}

/// Why a run was applied, or not, and what it comes to: nothing in it says that something was done which was only looked at. A reason that is not
/// known here stands as it is, marked as the English that it is.
pub(in super::super) fn why_of_a_run(w: &Words, day: Option<&Day>, run: &RunRow) -> Markup {
    let Some(reason) = Reason::of(&run.rationale) else { return english(w, &run.rationale) };
    let mut said = sentences(w, day, &reason);
    let moves = run.diff.as_array().map_or(0, Vec::len);
    let left = run.unplaced.as_array().map_or(0, Vec::len);
    if run.status != RunStatus::Kept && (run.rationale.starts_with("applied") || run.status == RunStatus::LostRace) {
        let left = (left > 0).then(|| w.count("opt-left", left));
        said.extend([w.count("opt-moves", moves)].into_iter().chain(left).map(|said| format!("{said}.")));
    }
    html! { (said.join(" ")) }
}

/// Who started a run: one that ran beside another has that one's id on file, which says nothing to anybody.
pub(in super::super) fn who(w: &Words, run: &RunRow) -> String {
    if run.status == RunStatus::Shadow { w.say("told-run-shadow") } else { run.actor.clone() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Language;

    fn said(text: &str) -> [Vec<String>; 2] {
        [Language::English, Language::Swahili]
            .map(|language| Reason::of(text).map_or_else(Vec::new, |reason| sentences(Words::of(language), None, &reason)))
    }

    #[test]
    fn every_reason_that_runs_have_is_said_in_both_languages_without_ids_and_without_words_for_what_was_done() {
        for text in [
            "applied because the sheet was broken: 2 without anybody (b1, b2), 1 with people who cannot serve them (b7); 9 of 10 placed, 2 moved",
            "kept: the day stands as well as the plan would",
            "applied: unplaced from 3 to 1 (66.7 %), the threshold is 1.0 %; 9 of 10 placed, 2 moved",
            "kept: balance from 2.5 to 2.4 (4.0 %), the threshold is 5.0 %",
            "kept: balance from 0 to 1 (-100000000000.0 %), the threshold is 5.0 %",
            "applied: looked at first (run 01jx, by manager:ruth); 9 of 10 placed, 2 moved",
            "kept: the day stands so already: looked at first (run 01jx, by manager:ruth)",
            "applied: promoted from a what-if: Fair, waive (it is fair); 9 of 10 placed, 2 moved",
            "kept: the day stands as the what-if would have it: Fair, waive (it is fair)",
            "not applied: the day was changed while it was searched; applied: unplaced from 3 to 1 (66.7 %), the threshold is 1.0 %; 9 of 10 placed, 2 moved",
            "applied because the sheet was broken: 1 without anybody (b1); 9 of 10 placed, 2 moved; bookings that were promised somebody weigh more than all others together, so that none is given up for others",
        ] {
            let [english, swahili] = said(text);
            assert!(!english.is_empty() && english.len() == swahili.len() && english != swahili, "{text}: {english:?} {swahili:?}");
            for wrong in ["applied", "kept:", "b1", "01jx", "unplaced", "placed,", "100000"] {
                assert!(!english.join(" ").contains(wrong) && !swahili.join(" ").contains(wrong), "{text}: {english:?} {swahili:?}");
            }
        }
    }

    #[test]
    fn what_is_no_reason_of_a_run_is_none() {
        for text in ["", "agreed", "applied", "kept: we talked about it", "applied: given to Joy by hand"] {
            assert!(Reason::of(text).is_none(), "{text}");
        }
    }

    #[test]
    fn a_gain_is_said_with_its_goal_by_name_and_what_it_takes() {
        let [english, _] = said("kept: balance from 2.5 to 2.4 (4.0 %), the threshold is 5.0 %");
        assert_eq!(english, ["Unevenness of the load: 2.5 before, 2.4 with the plan. It is worth it only from 5 % on."]);
        let [english, _] = said(
            "applied because the sheet was broken: 2 without anybody (b1, b2), 1 with people who cannot serve them (b7); 9 of 10 placed, 2 moved",
        );
        assert_eq!(english, ["2 bookings had nobody.", "One booking was with somebody who cannot serve it."]);
    }
}
