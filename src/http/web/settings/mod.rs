//! Settings: the house, its locations, people, services, hours and tables, and who signs in. Each page changes what the Admin API changes, through the
//! same functions; what will not do is told at its field, with what was typed kept.

pub mod accounts;
pub mod hours;
pub mod house;
pub mod own;
pub mod people;
pub mod places;
pub mod remove;
pub mod services;
pub mod tables;
pub mod templates;
pub(super) mod wrong;

use std::collections::BTreeSet;
use std::sync::Arc;

use maud::{Markup, html};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::super::app::{App, Caller};
use super::super::problem::Problem;
use super::frame::{Frame, Here, Page};
use super::visit::Visit;

/// What the address of a settings page asks for.
#[derive(Debug, Default, Deserialize)]
pub struct Shown {
    /// What was just done, to be said once.
    done: Option<String>,
    /// What was just taken out, sealed, to be put back.
    gone: Option<String>,
}

/// Ways to the settings that a visitor may see: of the house, and of the location they are at.
fn ways(visit: &Visit, here: &str, location: Option<&str>) -> Markup {
    let w = visit.words();
    let of_house = [
        ("house", "/admin/settings", "/admin/settings".to_owned()),
        ("places", "/admin/settings/locations", "/admin/settings/locations".to_owned()),
        ("accounts", "/admin/settings/accounts", "/admin/settings/accounts".to_owned()),
        ("words", "/admin/settings/words", "/admin/settings/words".to_owned()),
    ];
    let of_place = location.into_iter().flat_map(|id| {
        ["people", "services", "hours", "tables"].map(|part| (part, format!("/admin/at/{{location}}/{part}"), format!("/admin/at/{id}/{part}")))
    });
    let all = of_house.into_iter().map(|(part, route, to)| (part, route.to_owned(), to)).chain(of_place);
    let own = std::iter::once(("own", "/admin/own".to_owned(), "/admin/own".to_owned()));
    html! {
        nav.parts aria-label=(w.say("settings-ways")) {
            ul {
                @for (part, _, to) in all.chain(own).filter(|(_, route, _)| visit.may("GET", route)) {
                    li { a href=(to) aria-current=[(part == here).then_some("page")] { (w.say(&format!("settings-{part}"))) } }
                }
            }
        }
    }
}

/// A settings page: of a location, or of the house.
async fn page(app: &Arc<App>, visit: &Visit, here: &str, location: Option<&str>, title: &str, body: Markup) -> Result<Page, Problem> {
    let frame = match location {
        Some(location) => Frame::at(app, visit, Here::Settings, location, None).await?,
        None => Frame::of(app, visit, Here::Settings).await?,
    };
    Ok(frame.page(title, html! { (ways(visit, here, location)) (body) }))
}

/// What was just done, said once.
fn done(visit: &Visit, shown: &Shown) -> Markup {
    let w = visit.words();
    let known = shown.done.as_deref().filter(|done| ["saved", "added", "removed", "undone", "gone"].contains(done));
    html! { @if let Some(done) = known { p.done role="status" { (w.say(&format!("settings-{done}"))) } } }
}

/// Whoever is for one location only does not decide for the others; `what` is what they cannot do.
fn whole_house<'v>(visit: &'v Visit, what: &str) -> Result<&'v Caller, Problem> {
    let caller = visit.caller()?;
    if caller.location.is_some() {
        return Err(Problem::new("FORBIDDEN", format!("this account is for one location only and cannot {what}")));
    }
    Ok(caller)
}

/// The member of a body that says where.
fn located(location: &str) -> Map<String, Value> {
    Map::from_iter([("location_id".to_owned(), json!(location))])
}

/// A choice among words, each called by the name `{prefix}-{word}`.
fn choices(visit: &Visit, prefix: &str, words: &[&str]) -> Vec<(String, String)> {
    words.iter().map(|word| ((*word).to_owned(), visit.words().say(&format!("{prefix}-{}", word.to_lowercase().replace('_', "-"))))).collect()
}

/// What anybody at a location can do, or any service asks for.
async fn qualifications(app: &App, location: &str) -> Result<BTreeSet<String>, Problem> {
    let people = app.store.resources(location).await?;
    let services = app.store.services(location).await?;
    Ok(people.into_iter().flat_map(|one| one.qualifications).chain(services.into_iter().flat_map(|one| one.qualifications)).collect())
}
