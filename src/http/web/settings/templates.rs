//! The words of messages: those of the house in the place of the shipped ones, looked at with an example before they are kept.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use fluent_bundle::FluentValue;
use maud::{Markup, html};
use serde::Deserialize;

use super::super::super::app::App;
use super::super::super::ask::{self, Asked};
use super::super::super::problem::Problem;
use super::super::fields::{Fault, Field, Form, Stop, Takes, Typed, Values, body, needed, press};
use super::super::form::{Filled, Landing};
use super::super::frame::Page;
use super::super::kept::Kept;
use super::super::seen;
use super::super::visit::Visit;
use super::super::words::Words;
use super::{Shown, done, page, whole_house};
use crate::domain::Language;
use crate::notify::Text;
use crate::notify::templates::broken::{Broken, Why};
use crate::notify::templates::own::{OwnFault, OwnWrong, check, shipped, variables};
use crate::store::TemplateRow;
use crate::store::messages::TOPICS;

const PAGE: &str = "/admin/settings/words";

/// What accounts of one location cannot do.
const DECIDES: &str = "change what holds for all";

/// The topic and the language of an address.
fn named(language: &str, topic: &str) -> Result<(Language, &'static str), Problem> {
    let language = ask::language("language", language).map_err(|_| Problem::not_found("language", language))?;
    let topic = TOPICS.into_iter().find(|known| *known == topic).ok_or_else(|| Problem::not_found("topic", topic))?;
    Ok((language, topic))
}

fn address(language: Language, topic: &str) -> String {
    format!("{PAGE}/{}/{topic}", language.as_str())
}

fn called(w: &Words, topic: &str) -> String {
    w.say(&format!("topic-{}", topic.replace('.', "-")))
}

/// The list of topics, each in each language.
pub async fn list(app: State<Arc<App>>, visit: Visit, shown: Asked<Shown>) -> Result<Page, Problem> {
    let w = visit.words();
    let own = app.store.templates(&whole_house(&visit, DECIDES)?.tenant).await?;
    let is_own = |language: Language, topic: &str| own.iter().any(|row| row.language == language && row.topic == topic);
    let body = html! {
        (done(&visit, &shown.0))
        div.table-scroll tabindex="0" role="region" aria-label=(w.say("settings-words")) {
            table {
                thead { tr { th scope="col" { (w.say("words-topic")) } @for language in Language::ALL { th scope="col" { (w.say(&format!("language-{}", language.as_str()))) } } } }
                tbody {
                    @for topic in TOPICS {
                        tr {
                            th scope="row" { (called(w, topic)) }
                            @for language in Language::ALL { td { a href=(address(language, topic)) { (w.say(if is_own(language, topic) { "words-own" } else { "words-shipped" })) } } }
                        }
                    }
                }
            }
        }
    };
    page(&app, &visit, "words", None, &w.say("settings-words"), body).await
}

fn fields() -> Vec<Field> {
    vec![needed("subject", Takes::Lines(2)), needed("body", Takes::Lines(8))]
}

#[derive(Deserialize)]
struct Said {
    subject: String,
    body: String,
}

fn told(wrong: OwnFault, topic: &str, w: &Words) -> Fault {
    let said = match wrong.why {
        OwnWrong::Empty => w.say("fault-needed"),
        OwnWrong::Long(max) => w.say_with("words-long", &[("most", FluentValue::from(max))]),
        OwnWrong::Unreadable(None) => w.say("words-unreadable"),
        OwnWrong::Unreadable(Some(broken)) => in_words(&broken, topic, w),
        OwnWrong::Unknown(name) => {
            let known: Vec<String> = variables(topic).iter().map(|name| format!("${name}")).collect();
            w.say_with("words-unknown", &[("name", FluentValue::from(format!("${name}"))), ("known", FluentValue::from(known.join(", ")))])
        }
        OwnWrong::Lines => w.say("words-lines"),
    };
    Fault { field: Some(if wrong.in_subject { "subject" } else { "body" }.to_owned()), said }
}

/// Which bracket or placeholder will not do, and on which line.
fn in_words(broken: &Broken, topic: &str, w: &Words) -> String {
    let name = match broken.why {
        Why::Unclosed => "words-unclosed",
        Why::Unopened => "words-unopened",
        Why::Placeholder => "words-placeholder",
        Why::NoOther => "words-no-other",
        Why::Begin => "words-begin",
    };
    let example = variables(topic).first().map(|name| format!("{{ ${name} }}")).unwrap_or_default();
    w.say_with(name, &[("line", FluentValue::from(broken.line)), ("text", broken.text.as_str().into()), ("example", example.into())])
}

fn example(w: &Words, language: Language, text: &Text) -> Markup {
    html! {
        section.card-box aria-label=(w.say("words-example")) {
            h2 { (w.say("words-example")) }
            div lang=(language.as_str()) { p { b { (text.subject) } } p.as-written { (text.body) } }
        }
    }
}

/// What is shown of a topic beside its form.
#[derive(Default)]
struct Beside<'a> {
    shown: Shown,
    /// What the form was sent with, where it comes back.
    refused: Option<&'a Kept>,
    /// What words would say that are looked at and not kept yet.
    looked_at: Option<Text>,
}

/// The words that are said of a topic now, and whether they are the house's own.
async fn said_now(app: &App, visit: &Visit, language: Language, topic: &str) -> Result<(Text, bool), Problem> {
    let all = app.store.templates(&whole_house(visit, DECIDES)?.tenant).await?;
    let own = all.into_iter().find(|row| row.language == language && row.topic == topic).map(|row| Text { subject: row.subject, body: row.body });
    let is_own = own.is_some();
    let none = || Text { subject: String::new(), body: String::new() };
    Ok((own.or_else(|| shipped(language, topic)).unwrap_or_else(none), is_own))
}

fn values_of(there: &Text) -> Values {
    Values::default().with("subject", Some(there.subject.clone())).with("body", Some(there.body.clone()))
}

async fn drawn(app: &Arc<App>, visit: &Visit, language: Language, topic: &'static str, beside: Beside<'_>) -> Result<Page, Problem> {
    let w = visit.words();
    let (there, is_own) = said_now(app, visit, language, topic).await?;
    let ours = shipped(language, topic);
    let on_file = values_of(&there);
    let text = match &beside.looked_at {
        Some(text) => Some(text.clone()),
        None => check(language, topic, &there.subject, &there.body).ok(),
    };
    let fields = fields();
    let action = address(language, topic);
    let form = Form {
        app,
        visit,
        name: "words",
        action: action.clone(),
        fields: &fields,
        usual: &on_file,
        refused: beside.refused,
        is_on_file: true,
        button: "settings-save",
    };
    let names: Vec<String> = variables(topic).iter().map(|name| format!("{{ ${name} }}")).collect();
    let body = html! {
        (done(visit, &beside.shown))
        p { (w.say(if is_own { "words-are-own" } else { "words-are-shipped" })) }
        @if beside.looked_at.is_some() { p.warning role="status" { (w.say("words-not-kept")) } }
        (form.with_second("look", "words-look"))
        p.sub { (w.say("words-may-name")) " " @for name in &names { code { (name) } " " } }
        @if let Some(text) = &text { (example(w, language, text)) }
        @if is_own {
            details {
                summary { (w.say("words-back")) }
                p { (w.say("words-back-means")) }
                @if let Some(ours) = &ours { p { b { (w.say("words-the-shipped")) } } pre.as-written { (ours.subject) "\n\n" (ours.body) } }
                (press(app, visit, &format!("{action}/shipped"), "words-back", true))
            }
        }
    };
    let title = format!("{} · {}", called(w, topic), w.say(&format!("language-{}", language.as_str())));
    page(app, visit, "words", None, &title, body).await
}

/// The words of a topic in a language.
pub async fn show(app: State<Arc<App>>, visit: Visit, Path((language, topic)): Path<(String, String)>, shown: Asked<Shown>) -> Result<Page, Problem> {
    let (language, topic) = named(&language, &topic)?;
    drawn(&app, &visit, language, topic, Beside { shown: shown.0, ..Beside::default() }).await
}

/// Keeps the house's own words, or shows what they would say.
pub async fn save(
    app: State<Arc<App>>,
    visit: Visit,
    Path((language, topic)): Path<(String, String)>,
    filled: Filled<Typed>,
) -> Result<Response, Problem> {
    let (caller, (language, topic)) = (whole_house(&visit, DECIDES)?.clone(), named(&language, &topic)?);
    let (typed, w) = (filled.body, visit.words());
    let checked: Result<(Said, Text), Stop> = async {
        let (there, _) = said_now(&app, &visit, language, topic).await?;
        seen::unchanged(&app, &visit, &filled.once, &typed, &values_of(&there)).await?;
        let said: Said = body(&fields(), &typed, w)?;
        let text = check(language, topic, &said.subject, &said.body).map_err(|wrong| told(wrong, topic, w))?;
        Ok((said, text))
    }
    .await;
    let (said, text) = match checked {
        Ok(checked) => checked,
        Err(stop) => {
            let kept = Kept::stopped(&typed, stop)?;
            return Ok(kept.answer(drawn(&app, &visit, language, topic, Beside { refused: Some(&kept), ..Beside::default() }).await?));
        }
    };
    if typed.iter().any(|(name, _)| name == "look") {
        let kept = Kept::looked_at(&typed);
        let beside = Beside { refused: Some(&kept), looked_at: Some(text), ..Beside::default() };
        return Ok(kept.answer(drawn(&app, &visit, language, topic, beside).await?));
    }
    let row = TemplateRow {
        tenant_id: caller.tenant.clone(),
        language,
        topic: topic.to_owned(),
        subject: said.subject,
        body: said.body,
        changed_by: caller.actor(),
        changed_at: app.clock.now(),
    };
    filled.once.run(&app, Some(&()), |store| async move { Ok(store.write_template(&row).await?) }).await?;
    Ok(Landing::at(address(language, topic)).with("done", "saved").into_response())
}

/// Goes back to the shipped words.
pub async fn back(
    app: State<Arc<App>>,
    visit: Visit,
    Path((language, topic)): Path<(String, String)>,
    filled: Filled<Typed>,
) -> Result<Landing, Problem> {
    let (tenant, (language, topic)) = (whole_house(&visit, DECIDES)?.tenant.clone(), named(&language, &topic)?);
    filled.once.run(&app, Some(&()), |store| async move { Ok(store.remove_template(&tenant, language, topic).await?) }).await?;
    Ok(Landing::at(address(language, topic)).with("done", "removed"))
}
