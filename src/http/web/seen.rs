//! Two who have the same form open: each form carries, sealed, what was on file when it was made. When that was changed meanwhile nothing is written,
//! and the form comes back with what was typed and, beside each field, what stands there now.
//!
//! It is compared just before the write, not within it: of two who send within the same moment the later still wins.

use maud::{Markup, html};
use sha2::{Digest, Sha256};

use super::fields::{Fault, Stop, Typed, Values};
use super::visit::Visit;
use crate::http::app::App;
use crate::http::once::Once;

/// The field that carries it.
pub(super) const FIELD: &str = "seen";

/// What tells one state of a row from another.
fn digest(there: &Values) -> String {
    let text = serde_json::to_vec(there).unwrap_or_default();
    Sha256::digest(text).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// What a form about something on file carries.
pub(super) fn carried(app: &App, visit: &Visit, there: &Values) -> Markup {
    html! { input type="hidden" name=(FIELD) value=(visit.sealed(app, &digest(there))); }
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
    if visit.opened(app, carried).is_some_and(|seen| seen == digest(there)) || once.was_made(app).await? {
        return Ok(());
    }
    Err(Fault { field: Some(FIELD.to_owned()), said: visit.words().say("seen-changed") }.into())
}
