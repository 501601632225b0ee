//! One run whole: how good its plan is, who moved, and what it left to nobody.

use std::sync::Arc;

use axum::extract::{Path, State};
use maud::{Markup, html};

use super::super::form::escaped;
use super::super::frame::{Frame, Here, Page};
use super::super::lines;
use super::super::record::Record;
use super::super::told;
use super::super::visit::Visit;
use super::super::words::Words;
use super::runs::took;
use super::scrolled;
use crate::http::app::App;
use crate::http::problem::Problem;
use crate::operations::handover;
use crate::sheet::plan::{Change, TierOutcome, TierValue, Unplaced};
use crate::store::{Day, DayView, LocationRow, RunRow, RunStatus};

/// The page of a run.
pub async fn show(app: State<Arc<App>>, visit: Visit, Path((location, id)): Path<(String, String)>) -> Result<Page, Problem> {
    let location = app.location(visit.caller()?, &location).await?;
    let run = app.run(visit.caller()?, &id).await?;
    if run.location_id != location.id {
        return Err(Problem::not_found("run", &id));
    }
    let frame = Frame::at(&app, &visit, Here::Runs, &location.id, Some(run.date)).await?;
    // What took place since is on it, too.
    let day = app.store.day(&location.id, run.date, DayView::Recorded).await?;
    let w = visit.words();
    let whole = Whole { w, location: &location, run: &run, day: &day, may_undo: may_undo(&app, &visit, &run).await? };
    let title =
        w.say_with("look-run-title", &[("kind", w.say(&format!("look-run-{}", run.kind.as_str())).into()), ("date", w.date(run.date).into())]);
    Ok(frame.page(&title, whole.page()?))
}

/// Can what it moved be put back, and by this visitor?
async fn may_undo(app: &App, visit: &Visit, run: &RunRow) -> Result<bool, Problem> {
    if run.status != RunStatus::Applied || !visit.may("POST", "/admin/at/{location}/{date}/optimize/undo") {
        return Ok(false);
    }
    let day = app.store.day(&run.location_id, run.date, DayView::Live).await?;
    Ok(handover::way_back(app.store.as_ref(), app.clock.as_ref(), &day, run).await?.is_some())
}

struct Whole<'a> {
    w: &'a Words,
    location: &'a LocationRow,
    run: &'a RunRow,
    day: &'a Day,
    may_undo: bool,
}

impl Whole<'_> {
    fn page(&self) -> Result<Markup, Problem> {
        let w = self.w;
        let Record { tiers, baseline, moved, unplaced } = Record::of(self.run)?;
        Ok(html! {
            (self.facts())
            h2 { (w.say("look-tiers")) }
            p.sub { (w.say("look-tiers-mean")) }
            (scrolled(&w.say("look-tiers"), &self.tiers(&tiers, &baseline)))
            h2 { (w.say("look-run-moved")) }
            @if moved.is_empty() { p { (w.say("look-run-moved-none")) } } @else { (scrolled(&w.say("look-run-moved"), &self.moved(&moved))) }
            h2 { (w.say("look-run-unplaced")) }
            @if unplaced.is_empty() { p { (w.say("look-run-unplaced-none")) } } @else { (self.unplaced(&unplaced)) }
        })
    }

    fn facts(&self) -> Markup {
        let (w, run, zone) = (self.w, self.run, self.location.timezone);
        let proof = if run.plan_status == "optimal" { "look-proof-optimal" } else { "look-proof-feasible" };
        let day = format!("/admin/at/{}/{}", self.location.id, run.date);
        html! {
            dl {
                dt { (w.say("look-col-outcome")) } dd { (w.say(&format!("look-outcome-{}", run.status.as_str()))) }
                dt { (w.say("look-col-why")) } dd { (told::why_of_a_run(w, Some(self.day), run)) }
                dt { (w.say("look-col-who")) } dd { (told::who(w, run)) }
                dt { (w.say("look-run-began")) } dd { time datetime=(run.started_at.to_rfc3339()) { (w.instant(run.started_at, zone)) } }
                dt { (w.say("look-run-ended")) } dd { time datetime=(run.finished_at.to_rfc3339()) { (w.instant(run.finished_at, zone)) } }
                dt { (w.say("look-col-took")) } dd { (took(w, run)) }
                dt { (w.say("look-col-profile")) } dd { (run.profile) }
                dt { (w.say("look-proof")) } dd { (w.say(proof)) }
                dt { (w.say("look-solver")) } dd { (run.solver) " – " (run.stopped) }
                dt { (w.say("look-input-hash")) } dd { code.hash { (run.input_sha256) } }
            }
            p {
                a.button href=(day) { (w.say("look-to-the-day")) }
                @if self.may_undo { " " a.button href=(format!("{day}/optimize?run={}", escaped(&run.id))) { (w.say("look-run-undo")) } }
            }
        }
    }

    /// Each tier beside what it means.
    fn tiers(&self, tiers: &[TierOutcome], baseline: &[TierValue]) -> Markup {
        let w = self.w;
        let before = |name: &str| baseline.iter().find(|tier| tier.name == name).map_or_else(|| "–".to_owned(), |tier| w.number(tier.value, 2));
        html! {
            table {
                caption { (w.say("look-tiers-caption")) }
                thead { tr {
                    th scope="col" { (w.say("look-col-tier")) }
                    th.number scope="col" { (w.say("look-col-value")) }
                    th.number scope="col" { (w.say("look-col-bound")) }
                    th.number scope="col" { (w.say("look-col-baseline")) }
                    th scope="col" { (w.say("look-proof")) }
                } }
                tbody { @for tier in tiers {
                    tr {
                        th scope="row" { (lines::tier(w, &tier.name)) }
                        td.number { (w.number(tier.value, 2)) }
                        td.number { (tier.bound.map_or_else(|| "–".to_owned(), |bound| w.number(bound, 2))) }
                        td.number { (before(&tier.name)) }
                        td { (w.say(if tier.optimal { "look-tier-proven" } else { "look-tier-open" })) }
                    }
                } }
            }
        }
    }

    /// A booking in a line, with a link to all of it.
    fn link(&self, id: &str) -> Markup {
        html! { a href=(format!("/admin/bookings/{}", escaped(id))) { (lines::line_of(self.w, self.day, id)) } }
    }

    fn moved(&self, moved: &[Change]) -> Markup {
        let w = self.w;
        html! {
            table {
                caption { (w.count("look-run-moved-caption", moved.len())) }
                thead { tr { @for name in ["look-col-booking", "look-col-from-whom", "look-col-to-whom"] { th scope="col" { (w.say(name)) } } } }
                tbody { @for one in moved {
                    tr {
                        th scope="row" { (self.link(&one.booking)) }
                        td { (lines::names(w, self.day, &one.from)) }
                        td { (lines::names(w, self.day, &one.to)) }
                    }
                } }
            }
        }
    }

    fn unplaced(&self, unplaced: &[Unplaced]) -> Markup {
        html! { @for one in unplaced { section.card-box { h3 { (self.link(&one.booking)) } p { (lines::left(self.w, self.day, &one.reason)) } } } }
    }
}
