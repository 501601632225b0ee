//! Asking a what-if: a few common questions with their numbers, and a field for a scenario in TOML.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use maud::{Markup, html};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::super::form::{Filled, Landing};
use super::super::frame::{Frame, Here, Page};
use super::super::told;
use super::super::visit::Visit;
use super::super::words::Words;
use super::filled;
use super::names::Names;
use super::whatifs::of_location;
use crate::http::admin::whatifs::{WhatIfGiven, asked};
use crate::http::app::App;
use crate::http::ask::Asked;
use crate::http::once::{Once, Sent};
use crate::http::problem::Problem;
use crate::scenario::Scenario;
use crate::scenario::document::{ScenarioFaults, from_toml_to_json, shipped_profile};
use crate::store::WhatIfRow;

/// Temps that a question may be about.
const TEMPS_MAX: i64 = 5;
/// Percent of demand, fewer and more.
const PERCENT: (i64, i64) = (-90, 300);
/// Minutes by which shifts may become longer or shorter at either end.
const SHIFT_MAX: i64 = 240;
/// Drawn demand is drawn so often, so that a figure has a range.
const SEEDS: [u64; 3] = [1, 2, 3];

/// What is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Question {
    /// One temp more, or several.
    Temp,
    /// More customers or fewer.
    Demand,
    /// Somebody is away.
    Away,
    /// Longer hours or shorter.
    Hours,
    /// A scenario of one's own.
    Own,
}

impl Question {
    pub(super) const ALL: [Question; 5] = [Question::Temp, Question::Demand, Question::Away, Question::Hours, Question::Own];

    pub(super) fn word(self) -> &'static str {
        match self {
            Question::Temp => "temp",
            Question::Demand => "demand",
            Question::Away => "away",
            Question::Hours => "hours",
            Question::Own => "own",
        }
    }

    fn from_word(word: &str) -> Result<Question, Problem> {
        let known = Question::ALL.map(Question::word).join(", ");
        Question::ALL
            .into_iter()
            .find(|one| one.word() == word)
            .ok_or_else(|| Problem::invalid(format!("question: {word:?}; expected one of {known}")))
    }
}

/// What the form was filled with; what a question does not need is empty.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Given {
    question: String,
    from: String,
    to: String,
    count: String,
    percent: String,
    service: String,
    who: String,
    able: Vec<String>,
    begin: String,
    end: String,
    earlier: String,
    later: String,
    scenario: String,
    /// The what-if that is asked again, as it was asked.
    again: String,
}

/// The address of the form.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Begun {
    question: String,
    from: String,
    to: String,
}

/// The form of a question.
pub async fn form(app: State<Arc<App>>, visit: Visit, Path(location): Path<String>, begun: Asked<Begun>) -> Result<Page, Problem> {
    let Begun { question, from, to } = begun.0;
    let question = Question::from_word(&question)?;
    let text = |text: &str| text.to_owned();
    let given = Given {
        from,
        to,
        count: text("1"),
        percent: text("10"),
        begin: if question == Question::Temp { text("09:00") } else { String::new() },
        end: if question == Question::Temp { text("17:00") } else { String::new() },
        earlier: text("0"),
        later: text("60"),
        scenario: text(EXAMPLE),
        ..Given::default()
    };
    page(&app, &visit, &location, question, &given, None).await
}

/// What a scenario looks like, to begin with.
const EXAMPLE: &str = "name = \"Longer evenings\"\n\n[[change]]\nkind = \"shift\"\nwho = \"*\"\nlater_minutes = 60\n";

async fn page(app: &Arc<App>, visit: &Visit, location: &str, question: Question, given: &Given, fault: Option<&Problem>) -> Result<Page, Problem> {
    let frame = Frame::at(app, visit, Here::WhatIfs, location, None).await?;
    let (location, _) = frame.place()?;
    let names = Names::of(app, location).await?;
    let w = visit.words();
    let form = Form { w, names: &names, given };
    let body = html! {
        @if let Some(fault) = fault { div.warning role="alert" { (told::refusal(w, fault)) } }
        form.fields method="post" action=(format!("/admin/at/{}/whatifs", location.id)) {
            (visit.carried(app))
            input type="hidden" name="question" value=(question.word());
            div.row {
                label { (w.say("look-filter-from")) input type="date" name="from" value=(given.from) required; }
                label { (w.say("look-filter-to")) input type="date" name="to" value=(given.to) required; }
            }
            (form.fields(question))
            p.sub { (w.say("look-ask-means")) }
            div { button.primary type="submit" { (w.say("look-ask-do")) } }
        }
        p { a.button href=(format!("/admin/at/{}/whatifs", location.id)) { (w.say("look-whatifs-all")) } }
    };
    Ok(frame.page(&w.say(&format!("look-ask-{}", question.word())), body))
}

struct Form<'a> {
    w: &'a Words,
    names: &'a Names,
    given: &'a Given,
}

impl Form<'_> {
    fn fields(&self, question: Question) -> Markup {
        let (w, given) = (self.w, self.given);
        match question {
            Question::Temp => html! {
                label { (w.say("look-ask-count")) input type="number" name="count" min="1" max=(TEMPS_MAX) step="1" value=(given.count) required; }
                (self.able())
                (self.between(true))
            },
            Question::Demand => html! {
                label { (w.say("look-ask-percent")) input type="number" name="percent" min=(PERCENT.0) max=(PERCENT.1) step="1" value=(given.percent) required; }
                label { (w.say("filter-service"))
                    select name="service" {
                        option value="" { (w.say("filter-all")) }
                        @for one in self.names.services.iter().filter(|one| one.active) { option value=(one.id) selected[given.service == one.id] { (one.name) } }
                    }
                }
            },
            Question::Away => html! { (self.who(false)) (self.between(false)) },
            Question::Hours => html! {
                (self.who(true))
                label { (w.say("look-ask-earlier")) input type="number" name="earlier" min=(-SHIFT_MAX) max=(SHIFT_MAX) step="5" value=(given.earlier) required; }
                label { (w.say("look-ask-later")) input type="number" name="later" min=(-SHIFT_MAX) max=(SHIFT_MAX) step="5" value=(given.later) required; }
            },
            Question::Own => html! {
                label { (w.say("look-ask-scenario")) textarea.code name="scenario" rows="16" spellcheck="false" required { (given.scenario) } }
            },
        }
    }

    fn able(&self) -> Markup {
        let all: std::collections::BTreeSet<&String> = self.names.staff().flat_map(|one| &one.qualifications).collect();
        html! {
            fieldset.ticks {
                legend { (self.w.say("look-ask-able")) }
                @for one in all { label { input type="checkbox" name="able" value=(one) checked[self.given.able.contains(one)]; " " (one) } " " }
            }
        }
    }

    fn between(&self, is_needed: bool) -> Markup {
        let (w, given) = (self.w, self.given);
        html! {
            div.row {
                label { (w.say("look-ask-begin")) input type="time" name="begin" value=(given.begin) required[is_needed]; }
                label { (w.say("look-ask-end")) input type="time" name="end" value=(given.end) required[is_needed]; }
            }
            @if !is_needed { p.sub { (w.say("look-ask-whole-day")) } }
        }
    }

    fn who(&self, or_everybody: bool) -> Markup {
        let (w, given) = (self.w, self.given);
        html! {
            label { (w.say("look-col-person"))
                select name="who" required {
                    @if or_everybody { option value="*" { (w.say("look-everybody")) } } @else { option value="" { (w.say("look-choose")) } }
                    @for one in self.names.staff() { option value=(one.id) selected[given.who == one.id] { (self.names.person(&one.id)) } }
                }
            }
        }
    }
}

/// Asks a what-if, as the API does. What is wrong with it is said above the form, which stays as it was filled.
pub async fn send(app: State<Arc<App>>, visit: Visit, Path(location): Path<String>, form: Filled<Given>) -> Result<Response, Problem> {
    let Filled { body: given, once } = form;
    let caller = visit.caller()?;
    app.location(caller, &location).await?;
    if let Some(id) = filled(Some(&given.again)) {
        return Ok(Box::pin(once_more(&app, &visit, (&location, &id), once)).await?.into_response());
    }
    let question = Question::from_word(&given.question)?;
    let done = match scenario(visit.words(), question, &given) {
        Ok(scenario) => {
            let body = WhatIfGiven { location_id: location.clone(), from: given.from.clone(), to: given.to.clone(), scenario };
            Box::pin(asked(&app, caller, Sent { body, once })).await
        }
        Err(problem) => Err(problem),
    };
    match done {
        Ok(_) => Ok(Landing::at(format!("/admin/at/{location}/whatifs")).with("done", "asked").into_response()),
        Err(problem) if problem.is_of_the_form() => {
            let status = problem.status_code();
            Ok((status, page(&app, &visit, &location, question, &given, Some(&problem)).await?).into_response())
        }
        Err(problem) => Err(problem),
    }
}

/// Asks what was asked before over the same days, as they stand now, and leads to the new one.
async fn once_more(app: &App, visit: &Visit, (location, id): (&str, &str), once: Once) -> Result<Landing, Problem> {
    let caller = visit.caller()?;
    let (row, _) = of_location(app, caller, location, id).await?;
    let Value::Object(scenario) = row.scenario else { return Err(Problem::invalid("the what-if on file has no scenario; ask it with the form")) };
    let body = WhatIfGiven { location_id: row.location_id, from: row.from.to_string(), to: row.to.to_string(), scenario };
    let anew = Box::pin(asked(app, caller, Sent { body, once })).await?;
    Ok(Landing::at(format!("/admin/at/{location}/whatifs/{}", anew.id)).with("done", "asked"))
}

/// The button that asks a what-if again.
pub(super) fn again(app: &App, visit: &Visit, row: &WhatIfRow) -> Markup {
    html! {
        @if visit.may("POST", "/admin/at/{location}/whatifs") {
            form.inline method="post" action=(format!("/admin/at/{}/whatifs", row.location_id)) {
                (visit.carried(app))
                input type="hidden" name="again" value=(row.id);
                button type="submit" { (visit.words().say("look-whatif-again")) }
            }
        }
    }
}

/// A question as a scenario's document.
fn scenario(w: &Words, question: Question, given: &Given) -> Result<Map<String, Value>, Problem> {
    let time = |text: &String| filled(Some(text));
    let document = match question {
        Question::Temp => {
            let count = number("count", &given.count, 1, TEMPS_MAX)?;
            if given.able.is_empty() {
                return Err(Problem::invalid("able: nothing is ticked; say what the temp can do"));
            }
            let change = json!({"kind": "temp", "count": "$temps", "qualifications": given.able, "from": given.begin, "to": given.end});
            let counts: Vec<i64> = (1..=count).collect();
            json!({"name": w.say_with("look-asked-temp", &[("n", count.into())]), "parameters": {"temps": counts}, "change": [change]})
        }
        Question::Demand => {
            let percent = number("percent", &given.percent, PERCENT.0, PERCENT.1)?;
            let mut change = json!({"kind": "demand", "grow": f64::from(i32::try_from(percent).unwrap_or_default()) / 100.0});
            if let Some(service) = filled(Some(&given.service)) {
                change["service"] = json!(service);
            }
            let sign = if percent < 0 { "−" } else { "+" };
            json!({"name": w.say_with("look-asked-demand", &[("percent", format!("{sign}{}", percent.abs()).into())]), "seeds": SEEDS, "change": [change]})
        }
        Question::Away => {
            let mut change = json!({"kind": "absence", "who": given.who});
            for (name, text) in [("from", time(&given.begin)), ("to", time(&given.end))] {
                if let Some(text) = text {
                    change[name] = json!(text);
                }
            }
            json!({"name": w.say("look-asked-away"), "change": [change]})
        }
        Question::Hours => {
            let (earlier, later) = (number("earlier", &given.earlier, -SHIFT_MAX, SHIFT_MAX)?, number("later", &given.later, -SHIFT_MAX, SHIFT_MAX)?);
            let change = json!({"kind": "shift", "who": given.who, "earlier_minutes": earlier, "later_minutes": later});
            json!({"name": w.say_with("look-asked-hours", &[("minutes", w.minutes(earlier + later).into())]), "change": [change]})
        }
        Question::Own => {
            let text = given.scenario.replace("\r\n", "\n");
            // Once for what is wrong, with its lines: the document itself has none.
            Scenario::from_toml("scenario", &text, &shipped_profile).map_err(|faults| wrong(&faults))?;
            from_toml_to_json("scenario", &text).map_err(|faults| wrong(&faults))?
        }
    };
    match document {
        Value::Object(members) => Ok(members),
        _ => Ok(Map::new()),
    }
}

fn wrong(faults: &ScenarioFaults) -> Problem {
    Problem::invalid(faults.to_string())
}

fn number(field: &str, text: &str, least: i64, most: i64) -> Result<i64, Problem> {
    let read = text.trim().parse().ok().filter(|number| (least..=most).contains(number));
    read.ok_or_else(|| Problem::invalid(format!("{field}: {text:?}; expected a whole number from {least} to {most}")))
}
