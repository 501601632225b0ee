//! Two who have the same form open: each form carries, sealed, what was on file when it was made. When that was changed meanwhile nothing is written,
//! and the form comes back with the work of both: what its person changed as they typed it, everything else as it stands now. Where both changed the
//! same field, theirs stays in it and what stands there now is said beside it.
//!
//! It is compared just before the write, not within it: of two who send within the same moment the later still wins.

use maud::{Markup, html};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::fields::{Fault, Field, Stop, Typed, Values};
use super::visit::Visit;
use super::words::Words;
use crate::http::app::App;
use crate::http::once::Once;

/// The field that carries it.
pub(super) const FIELD: &str = "seen";

/// What a form was made from.
#[derive(Serialize, Deserialize)]
struct Seen {
    /// Tells one state of what is on file from another, also of what the form does not have.
    state: String,
    /// What stood in the fields of the form.
    fields: Values,
}

/// What tells one state of a row from another.
fn digest(there: &Values) -> String {
    let text = serde_json::to_vec(there).unwrap_or_default();
    Sha256::digest(text).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// What a form about something on file carries. One that comes back for another reason than a change carries what it carried: what has been changed
/// since is still to be told.
pub(super) fn carried(app: &App, visit: &Visit, fields: &[Field], there: &Values, sent: Option<&Values>) -> Markup {
    let sealed = match sent.map(|sent| sent.one(FIELD)) {
        Some(sealed) if !sealed.is_empty() => sealed.to_owned(),
        _ => {
            let seen = Seen { state: digest(there), fields: there.of_fields(fields) };
            visit.note(app, &seen)
        }
    };
    html! { input type="hidden" name=(FIELD) value=(sealed); }
}

/// Was a form refused because of what was changed meanwhile?
pub(super) fn is_changed(fault: &Fault) -> bool {
    fault.field.as_deref() == Some(FIELD)
}

/// Is what is on file still what a form was made from? A form that was sent before, with the same key, is answered as it was then. This is asked before
/// what was typed is looked at, since a form that is shown again carries what is on file by then.
///
/// # Errors
/// It was changed, or the form is none of theirs.
pub(super) async fn unchanged(app: &App, visit: &Visit, once: &Once, typed: &Typed, there: &Values) -> Result<(), Stop> {
    let carried = typed.iter().find(|(name, _)| name == FIELD).map_or("", |(_, value)| value.as_str());
    if visit.noted::<Seen>(app, carried).is_some_and(|seen| seen.state == digest(there)) || once.was_made(app).await? {
        return Ok(());
    }
    Err(Fault { field: Some(FIELD.to_owned()), said: visit.words().say("seen-changed") }.into())
}

/// The work of two in one form.
pub(super) struct Merged {
    /// What stands in the fields.
    pub(super) values: Values,
    /// Fields that the other changed and this person did not.
    taken: Vec<&'static str>,
    /// Fields that both changed, each to something else.
    both: Vec<&'static str>,
    /// What was changed is in no field that is shown.
    is_elsewhere: bool,
}

impl Merged {
    /// What was typed and what is on file by now, by what the form was made from. A form that carries nothing of theirs takes nothing over: each field
    /// is one that was typed.
    pub(super) fn of(app: &App, visit: &Visit, fields: &[Field], typed: &Values, there: &Values) -> Merged {
        let seen = visit.noted::<Seen>(app, typed.one(FIELD)).map(|seen| seen.fields);
        let w = visit.words();
        let is_as_seen = |seen: &Values| fields.iter().filter(|field| field.is_shown()).all(|field| field.same(seen, there, w));
        let is_elsewhere = seen.as_ref().is_some_and(is_as_seen);
        let mut merged = Merged { values: typed.clone(), taken: Vec::new(), both: Vec::new(), is_elsewhere };
        for field in fields.iter().filter(|field| !field.same(typed, there, w)) {
            match &seen {
                Some(seen) if !field.is_touched(seen, typed, w) => merged.take(field, there),
                Some(seen) if field.same(seen, there, w) => {}
                _ => merged.both.push(field.name),
            }
        }
        merged
    }

    fn take(&mut self, field: &Field, there: &Values) {
        // What a field never shows is not put into it.
        if field.is_shown() {
            self.values.put(field.name, there.all(field.name).to_vec());
            self.taken.push(field.name);
        }
    }

    /// Did both change this field?
    pub(super) fn is_of_both(&self, field: &Field) -> bool {
        self.both.contains(&field.name)
    }

    /// Whose work stands where, in words.
    pub(super) fn said(&self, w: &Words) -> Markup {
        let called: Vec<String> = self.taken.iter().map(|name| w.say(&format!("f-{}", name.replace('_', "-")))).collect();
        html! {
            @if !called.is_empty() { " " (w.say_with("seen-taken", &[("fields", called.join(", ").into())])) }
            @if !self.both.is_empty() { " " (w.say("seen-both")) } @else if self.is_elsewhere { " " (w.say("seen-elsewhere")) }
            " " (w.say("seen-again"))
        }
    }
}
