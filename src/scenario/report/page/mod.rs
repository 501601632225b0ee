//! A study as one page that opens anywhere: no network, readable without scripts, on a phone, in the dark and on paper.
//!
//! Pictures that scale are drawn as SVG, heatmaps are tables. Names come from people and are escaped by what writes the page.

mod chart;
mod front;
mod gantt;
mod grid;
mod half_hours;
mod hours;
mod lanes;
mod load;
mod summary;
mod tables;
mod time;
mod words;

use maud::{DOCTYPE, Markup, PreEscaped, html};

use super::super::{Detail, Study};
use super::rows;

/// The style that stands in a page.
pub const STYLE: &str = include_str!("style.css");
/// The script that stands in a page.
pub const SCRIPT: &str = include_str!("script.js");
/// The page may load nothing at all; its own style and script stand in it.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";

pub use summary::best;

/// A case's day drawn in full, beside the same day of the base.
#[derive(Debug, Clone, PartialEq)]
pub struct Picture {
    /// The case's label.
    pub label: String,
    /// The day as it is; `None` where there is nothing to draw it beside.
    pub base: Option<Detail>,
    /// The day of the case.
    pub scenario: Detail,
}

/// A part of the page with its place in the list at the top.
struct Part {
    id: &'static str,
    title: &'static str,
    content: Markup,
}

/// The page.
pub fn page(study: &Study, pictures: &[Picture]) -> String {
    let parts = parts(study, pictures);
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                meta http-equiv="Content-Security-Policy" content=(POLICY);
                title { (study.name) " – what if" }
                style { (PreEscaped(STYLE)) }
            }
            body {
                (chart::patterns())
                main {
                    (summary::section(study))
                    nav aria-label="On this page" { ul { @for part in &parts { li { a href=(format!("#{}", part.id)) { (part.title) } } } } }
                    @for part in &parts {
                        section id=(part.id) aria-labelledby=(format!("{}-title", part.id)) {
                            h2 id=(format!("{}-title", part.id)) { (part.title) }
                            (part.content)
                        }
                    }
                    footer { p { "Written by zamu. A what-if changes nothing that lives. Times are those of the location's clock; money is in units of the location's currency." } }
                }
                script { (PreEscaped(SCRIPT)) }
            }
        }
    }
    .into_string()
}

fn parts(study: &Study, pictures: &[Picture]) -> Vec<Part> {
    let drawn = |section: fn(&[Picture]) -> Markup| (!pictures.is_empty()).then(|| section(pictures));
    // A house of tables alone has nobody whose load or whose hours could be drawn.
    let peopled = pictures.iter().any(|picture| rows::facts::people(&picture.scenario).next().is_some());
    let of_people = |section| drawn(section).filter(|_| peopled);
    let all = [
        ("grid", "All cases at a glance", grid::section(study)),
        ("front", "People against service level", front::section(study)),
        ("day", "The day", drawn(gantt::section)),
        ("load", "Load of each person", of_people(load::section)),
        ("half-hours", "Demand against capacity", of_people(half_hours::section)),
        ("hours", "What one more hour is worth", hours::section(study, pictures)),
        ("cases", "Cases", Some(tables::cases(study))),
        ("days", "Days", Some(tables::days(study))),
        ("unplaced", "Unplaced, and why", tables::unplaced(study)),
        ("expectations", "Expectations", tables::expectations(study)),
        ("words", "What the words mean", Some(tables::glossary(study))),
    ];
    all.into_iter().filter_map(|(id, title, content)| Some(Part { id, title, content: content? })).collect()
}
