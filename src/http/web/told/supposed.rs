//! What is so only in a what-if, in the visitor's words.

use maud::{Markup, html};

use super::super::lines::line_of;
use super::super::words::Words;
use super::past::several;
use super::{english, person};
use crate::operations::whatif::Missing;
use crate::store::Day;

/// What is not so on a day.
pub(in super::super) fn supposed(w: &Words, day: &Day, one: &Missing) -> Markup {
    let what = one.what.strip_prefix(&one.about).unwrap_or(&one.what);
    let about = person(day, &one.about).unwrap_or_else(|| line_of(w, day, &one.about));
    let said = |name: &str| Some(w.say_with(name, &[("what", about.as_str().into())]));
    let worded = match what.trim_start_matches(": ") {
        text if text.starts_with(" is not on file for ") => said("told-real-stranger"),
        " is not booked: it was drawn or added by the what-if" => said("told-real-drawn"),
        " is booked: the what-if had taken it away" => said("told-real-left-out"),
        text => promised(w, &about, text),
    };
    worded.map_or_else(|| english(w, &one.what), |said| html! { (said) })
}

/// A promise that the what-if does not keep.
fn promised(w: &Words, about: &str, text: &str) -> Option<String> {
    let promises =
        [("its customer was told ", "told-real-told"), ("its customer chose ", "told-real-chose"), ("it was promised to ", "told-real-promised")];
    let (names, name) = promises.into_iter().find_map(|(begin, name)| Some((text.strip_prefix(begin)?, name)))?;
    let names = names.split(", ").next().unwrap_or(names);
    Some(w.say_with(name, &[("what", about.into()), ("name", several(w, names).into())]))
}
