//! Forms of many fields as they are shown.

use maud::{Markup, html};

use super::super::super::app::App;
use super::super::kept::Kept;
use super::super::seen::{self, Merged};
use super::super::told;
use super::super::visit::Visit;
use super::{Empty, Fault, Field, Takes, Values};

/// A form as it is shown.
pub(in super::super) struct Form<'a> {
    pub(in super::super) app: &'a App,
    pub(in super::super) visit: &'a Visit,
    /// Tells its fields from those of other forms on the page.
    pub(in super::super) name: &'static str,
    /// Where it is sent to.
    pub(in super::super) action: String,
    pub(in super::super) fields: &'a [Field],
    /// What stands in it when it is fresh.
    pub(in super::super) usual: &'a Values,
    /// What it was sent with, where it comes back.
    pub(in super::super) refused: Option<&'a Kept>,
    /// It is about something that is on file, which is what is usual: whoever sends it is told when that was changed meanwhile.
    pub(in super::super) is_on_file: bool,
    /// The name of the button's words.
    pub(in super::super) button: &'static str,
}

impl Form<'_> {
    /// The whole form.
    pub(in super::super) fn markup(&self) -> Markup {
        self.with_buttons(&html! {})
    }

    /// The same with a second button, which sends its name along.
    pub(in super::super) fn with_second(&self, name: &str, button: &str) -> Markup {
        self.with_buttons(&html! { " " button type="submit" name=(name) value="yes" { (self.visit.words().say(button)) } })
    }

    fn with_buttons(&self, others: &Markup) -> Markup {
        let w = self.visit.words();
        let fault = self.refused.and_then(Kept::fault);
        let at_no_field = fault.filter(|fault| !self.fields.iter().any(|field| fault.field.as_deref() == Some(field.name)));
        let named = |fault: &Fault| fault.field.clone().filter(|name| name != seen::FIELD);
        let typed = self.refused.map(Kept::values);
        let changed = typed.filter(|_| self.is_on_file && fault.is_some_and(seen::is_changed));
        let merged = changed.map(|typed| Merged::of(self.app, self.visit, self.fields, typed, self.usual));
        let values = merged.as_ref().map_or(typed.unwrap_or(self.usual), |merged| &merged.values);
        let sent = typed.filter(|_| merged.is_none());
        html! {
            form.fields method="post" action=(self.action) {
                (self.visit.carried(self.app))
                @if self.is_on_file { (seen::carried(self.app, self.visit, self.fields, self.usual, sent)) }
                @if let Some(fault) = fault {
                    p.warning role="alert" {
                        (w.say("fault-form"))
                        @if at_no_field.is_some() { " " @if let Some(name) = named(fault) { (name) ": " } (fault.said) }
                        @if let Some(merged) = &merged { (merged.said(w)) }
                    }
                }
                @for field in self.fields {
                    @let now = merged.as_ref().filter(|merged| merged.is_of_both(field)).map(|_| self.now(field));
                    (self.field(field, values, now.as_deref()))
                }
                div { button.primary type="submit" { (w.say(self.button)) } (others) }
            }
        }
    }

    /// A field with what stands in it; `now` is what is on file where it was changed meanwhile.
    fn field(&self, field: &Field, values: &Values, now: Option<&str>) -> Markup {
        let w = self.visit.words();
        let fault = self.refused.and_then(Kept::fault).filter(|fault| fault.field.as_deref() == Some(field.name));
        let (id, label) = (format!("{}-{}", self.name, field.name), w.say(&format!("f-{}", field.name.replace('_', "-"))));
        let hint = Some(format!("f-{}-hint", field.name.replace('_', "-"))).filter(|hint| field.has_hint && w.knows(hint)).map(|hint| w.say(&hint));
        let about = format!("{id}-about");
        let described = (hint.is_some() || fault.is_some() || now.is_some()).then_some(about.as_str());
        let below = html! {
            @if described.is_some() {
                span id=(about) {
                    @if let Some(fault) = fault { span.error { (told::fault(w, &fault.said)) } " " }
                    @if let Some(now) = now { span.error { (w.say_with("seen-there", &[("value", now.into())])) } " " }
                    @if let Some(hint) = &hint { span.sub { (hint) } }
                }
            }
        };
        let invalid = fault.map(|_| "true");
        // What is not shown is typed anew.
        let value = if self.refused.is_some() || field.is_shown() { values.one(field.name) } else { "" };
        match &field.takes {
            Takes::Yes => html! {
                div.field {
                    label.inline { input type="checkbox" name=(field.name) value="yes" checked[!values.all(field.name).is_empty()] aria-describedby=[described] aria-invalid=[invalid]; (label) }
                    (below)
                }
            },
            Takes::Any(known) => ticked(field, (&label, values.all(field.name)), known, html! {}, &below),
            Takes::Days => {
                let days: Vec<(String, String)> = (1..=7).map(|day| (day.to_string(), w.say(&format!("weekday-{day}")))).collect();
                ticked(field, (&label, values.all(field.name)), &days, html! {}, &below)
            }
            Takes::Words(known) => {
                let boxes: Vec<(String, String)> = known.iter().map(|word| (word.clone(), word.clone())).collect();
                let others: Vec<&str> =
                    values.all(field.name).iter().flat_map(|one| one.split(',')).map(str::trim).filter(|one| !known.contains(*one)).collect();
                let more = html! { label for=(id) { span.sub { (w.say("f-others")) } input id=(id) name=(field.name) value=(others.join(", ")) aria-describedby=[described] aria-invalid=[invalid]; } };
                ticked(field, (&label, values.all(field.name)), &boxes, more, &below)
            }
            Takes::One(known) => html! {
                div.field {
                    label for=(id) { (label) }
                    select id=(id) name=(field.name) required[field.empty == Empty::Refused] aria-describedby=[described] aria-invalid=[invalid] {
                        // Where what stood there is none of them any more, nothing is chosen in its place.
                        @if field.empty != Empty::Refused || !known.iter().any(|(word, _)| word == value) { option value="" { "–" } }
                        @for (word, called) in known { option value=(word) selected[word == value] { (called) } }
                    }
                    (below)
                }
            },
            Takes::Switches(known) => {
                let boxes: Vec<(String, String)> = known.iter().map(|name| (name.clone(), name.clone())).collect();
                ticked(field, (&label, values.all(field.name)), &boxes, html! { @if known.is_empty() { p.sub { (w.say("no-switches")) } } }, &below)
            }
            Takes::Lines(lines) => html! {
                div.field {
                    label for=(id) { (label) }
                    textarea id=(id) name=(field.name) rows=(lines) required[field.empty == Empty::Refused] aria-describedby=[described] aria-invalid=[invalid] { (value) }
                    (below)
                }
            },
            Takes::Secret(purpose) => html! {
                div.field {
                    label for=(id) { (label) }
                    input id=(id) name=(field.name) type="password" autocomplete=(purpose) required[field.empty == Empty::Refused] aria-describedby=[described] aria-invalid=[invalid];
                    (below)
                }
            },
            takes => {
                let (least, most) = match takes {
                    Takes::Whole(least, most) => (Some(least), Some(most)),
                    _ => (None, None),
                };
                html! {
                    div.field {
                        label for=(id) { (label) }
                        input id=(id) name=(field.name) type=(takes.kind()) value=(value) min=[least] max=[most] required[field.empty == Empty::Refused]
                            aria-describedby=[described] aria-invalid=[invalid];
                        (below)
                    }
                }
            }
        }
    }

    /// What is on file in a field, as it is said.
    fn now(&self, field: &Field) -> String {
        let w = self.visit.words();
        let values = self.usual.all(field.name);
        let among = |known: &[(String, String)]| {
            let called = |value: &String| known.iter().find(|(word, _)| word == value).map_or_else(|| value.clone(), |(_, called)| called.clone());
            values.iter().map(called).collect::<Vec<_>>().join(", ")
        };
        let said = match &field.takes {
            Takes::Yes => w.say(if values.is_empty() { "no" } else { "yes" }),
            Takes::One(known) | Takes::Any(known) => among(known),
            Takes::Days => values.iter().map(|day| w.known(&format!("weekday-{day}"), day)).collect::<Vec<_>>().join(", "),
            _ => values.join(", "),
        };
        if said.is_empty() { "–".to_owned() } else { said }
    }
}

/// Boxes to tick under a name, of which these are chosen.
fn ticked(field: &Field, (label, chosen): (&str, &[String]), known: &[(String, String)], more: Markup, below: &Markup) -> Markup {
    html! {
        fieldset {
            legend { (label) }
            div.row {
                @for (word, called) in known {
                    label.inline { input type="checkbox" name=(field.name) value=(word) checked[chosen.contains(word)]; (called) }
                }
            }
            (more)
            (below)
        }
    }
}

/// A form of one button, for what takes no more.
pub(in super::super) fn press(app: &App, visit: &Visit, action: &str, button: &str, is_grave: bool) -> Markup {
    html! {
        form.inline method="post" action=(action) {
            (visit.carried(app))
            button.danger[is_grave] type="submit" { (visit.words().say(button)) }
        }
    }
}
