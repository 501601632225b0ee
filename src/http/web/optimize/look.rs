//! What a run would do, or did, for whoever decides about it.

use maud::{Markup, html};

use super::super::lines;
use super::super::record::Record;
use super::super::told;
use super::Panel;
use crate::domain::AssignmentStatus;
use crate::http::problem::Problem;
use crate::operations::{as_it_stands, handover};
use crate::sheet::plan::{Change, TierOutcome, TierValue};
use crate::store::{RunRow, RunStatus};

/// The goals as the day stands and as it would, by name.
fn compared(before: &[TierValue], after: &[TierOutcome]) -> Vec<(String, f64, f64)> {
    let pairs = before.iter().zip(after).filter(|(before, after)| before.name == after.name);
    pairs.map(|(before, after)| (after.name.clone(), before.value, after.value)).collect()
}

impl Panel<'_> {
    /// Who moves, what that is worth, who is left; and the decision.
    pub(super) async fn look(&self, run: &RunRow, changed: bool) -> Result<Markup, Problem> {
        let (w, day) = (self.visit.words(), self.day);
        let parts = Record::of(run)?;
        let is_look = run.status == RunStatus::DryRun;
        let is_applied = run.status == RunStatus::Applied;
        let is_old = (changed && !is_applied) || (is_look && run.day_version != day.version);
        let told = |one: &&Change| day.booking(&one.booking).is_some_and(|row| row.status == AssignmentStatus::Finalized);
        let told: Vec<String> = parts.moved.iter().filter(told).map(|one| lines::line_of(w, day, &one.booking)).collect();
        Ok(html! {
            section #look {
                @match run.status {
                    RunStatus::Applied => { (self.applied(run, parts.moved.len()).await?) },
                    RunStatus::Kept => { div.done role="status" { (w.say("opt-kept")) } },
                    _ => { p.sub { (w.say("opt-look-only")) } },
                }
                @if is_applied && changed { p.warning role="alert" { (w.say("opt-stays")) } }
                @if is_old { p.warning role="alert" { (w.say("opt-changed")) } }
                p { (w.say(if run.plan_status == "optimal" { "opt-proven" } else { "opt-unproven" })) }
                h2 { (w.count("opt-moves", parts.moved.len())) }
                @if is_look && !told.is_empty() {
                    div.warning { (w.count("opt-told-moved", told.len())) ul { @for line in &told { li { (line) } } } }
                }
                @if !parts.moved.is_empty() { ul.moves { @for one in &parts.moved { li { (lines::moved(w, day, &one.booking, &one.from, &one.to)) } } } }
                @if is_look && !is_old && let Some(before) = as_it_stands(self.app.clock.as_ref(), day, run) { (lines::tiers(w, &compared(&before, &parts.tiers))) }
                @if !parts.unplaced.is_empty() {
                    h2 { (w.count("opt-left", parts.unplaced.len())) }
                    ul { @for one in &parts.unplaced { li { b { (lines::line_of(w, day, &one.booking)) } br; (lines::left(w, day, &one.reason)) } } }
                }
                @if is_look { (self.decision(run, is_old || parts.moved.is_empty() && parts.unplaced.is_empty())) }
                details { summary { (w.say("opt-record")) } p.sub { (told::who(w, run)) ", " (run.profile) ": " (told::why_of_a_run(w, Some(day), run)) } }
            }
        })
    }

    /// That it was applied, the way to the day, and the way back with what that means for those who were told a name.
    async fn applied(&self, run: &RunRow, moved: usize) -> Result<Markup, Problem> {
        let (w, day, clock) = (self.visit.words(), self.day, self.app.clock.as_ref());
        let back = handover::way_back(self.app.store.as_ref(), clock, day, run).await?;
        let told: Vec<String> = back.iter().flat_map(|back| back.told(clock, day)).map(|id| lines::line_of(w, day, id)).collect();
        Ok(html! {
            div.done role="status" {
                div {
                    "✓ " (w.count("opt-applied", moved))
                    @match &back {
                        Some(back) if back.moves.len() < back.moves_then => { div.sub { (w.say_with("opt-undo-part", &[("n", back.moves.len().into()), ("of", back.moves_then.into())])) } },
                        None if moved > 0 => { div.sub { (w.say("opt-no-way-back")) } },
                        _ => {},
                    }
                    @if !told.is_empty() { div.sub { (w.count("opt-undo-told", told.len())) ul { @for line in &told { li { (line) } } } } }
                }
                a.button href=(self.day_address()) { (w.say("to-the-day")) }
                @if back.is_some() { form.inline method="post" action=(format!("{}/undo", self.at())) {
                    (self.visit.carried(self.app))
                    input type="hidden" name="run" value=(run.id);
                    button type="submit" { (w.say("undo")) }
                } }
            }
        })
    }

    fn decision(&self, run: &RunRow, nothing_to_apply: bool) -> Markup {
        let w = self.visit.words();
        html! {
            form.inline method="post" action=(format!("{}/apply", self.at())) {
                (self.visit.carried(self.app))
                input type="hidden" name="run" value=(run.id);
                @if !nothing_to_apply { button.primary type="submit" { (w.say("opt-apply")) } }
                @else { a.button href=(self.at()) { (w.say("opt-again")) } }
                a.button href=(self.day_address()) { (w.say("opt-leave")) }
            }
        }
    }
}
