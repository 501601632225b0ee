//! One row of the queue: why, who might serve it, what would help, and what else can be done.

use maud::{Markup, html};

use super::super::day::candidate_in_words;
use super::super::lines;
use super::super::names::on_day;
use super::super::told;
use super::super::visit::Visit;
use super::super::words::Words;
use super::{Shown, facts, reason};
use crate::alloc::Limits;
use crate::alloc::explain::repairs::{Change, Repair};
use crate::domain::BookingState;
use crate::http::app::App;
use crate::http::problem::Problem;
use crate::operations::assign::{self, Candidate};
use crate::operations::attention::{Case, case};
use crate::store::{AttentionRow, BookingRow, Day, HistoryRow, UNPLACED};

/// Seconds that looking for what helps may take.
const LOOK_S: f64 = 15.0;

/// Everything that the page of a row is drawn from.
pub(super) struct Panel<'a> {
    pub(super) app: &'a App,
    pub(super) visit: &'a Visit,
    pub(super) day: &'a Day,
    pub(super) row: &'a AttentionRow,
    pub(super) booking: &'a BookingRow,
    pub(super) shown: &'a Shown,
}

impl Panel<'_> {
    fn w(&self) -> &'static Words {
        self.visit.words()
    }

    fn at(&self) -> String {
        format!("/admin/at/{}/attention/{}", self.row.location_id, self.row.id)
    }

    fn may_act(&self) -> bool {
        self.visit.may("POST", "/admin/at/{location}/attention/{id}")
    }

    /// The whole page below the title.
    pub(super) async fn whole(&self, history: &[HistoryRow]) -> Result<Markup, Problem> {
        let w = self.w();
        let helps = if self.shown.helps.is_some() && self.row.resolution.is_none() { Some(self.searched().await?) } else { None };
        let board = format!("/admin/at/{}/{}?booking={}", self.row.location_id, self.row.date, self.booking.id);
        Ok(html! {
            p { a href=(format!("/admin/at/{}/attention", self.row.location_id)) { "‹ " (w.say("way-attention")) } " · " a href=(board) { (w.say("att-on-the-board")) } }
            @if let Some(done) = self.shown.done.as_deref().filter(|done| ["settled", "open"].contains(done)) {
                div.done role="status" { "✓ " (w.say(&format!("att-done-{done}"))) }
            }
            @if self.shown.changed.is_some() { p.warning role="alert" { (w.say("att-changed")) } }
            @if let Some(refused) = &self.shown.refused { div.warning #refused role="alert" tabindex="-1" { p { b { (w.say("fault-not-done")) } } (told::refusal(w, refused)) } }
            section.card-box {
                @if let Some(how) = &self.row.resolution { (self.settled(how, history)) p.sub { (w.say("att-was")) " " (reason(w, self.day, self.row)) } }
                @else { p { (reason(w, self.day, self.row)) } }
                p.sub { (facts(w, self.row, self.app.clock.now())) }
            }
            @if self.row.resolution.is_none() {
                (self.helps(helps.as_ref()))
                @if self.may_act() { (self.people()) (self.others()) }
            }
            (self.past(history))
        })
    }

    /// When it was settled, by whom and how. Who did it stands in the booking's history where that was changed with it.
    fn settled(&self, how: &str, history: &[HistoryRow]) -> Markup {
        let (w, zone, at) = (self.w(), self.day.location.timezone, self.row.resolved_at);
        let who = history.iter().rev().find(|step| Some(step.at) == at).map(|step| step.actor.as_str());
        let when = at.map(|at| w.instant(at, zone)).unwrap_or_default();
        html! {
            p.done role="status" {
                "✓ "
                @match who {
                    Some(who) => (w.say_with("att-settled-by", &[("at", when.into()), ("who", who.into())])),
                    None => (w.say_with("att-settled", &[("at", when.into())])),
                }
                " " (told::on(w, self.day, how))
            }
        }
    }

    async fn searched(&self) -> Result<Case, Problem> {
        let _turn = self.app.searches.acquire().await;
        Ok(case(self.app.store.as_ref(), self.app.clock.as_ref(), &self.row.id, &Limits::default(), LOOK_S).await?)
    }

    /// What would place it; where it was not searched for yet, a script asks for it at once.
    fn helps(&self, case: Option<&Case>) -> Markup {
        let w = self.w();
        let address = format!("{}?helps=1", self.at());
        html! {
            @if self.row.code == UNPLACED || case.is_some() {
                @match case {
                    None => {
                        section #helps aria-busy="true" hx-get=(address) hx-trigger="load" hx-select="#helps" hx-swap="outerHTML" {
                            h2 { (w.say("what-helps")) }
                            p { (w.say("att-searching")) " " a href=(address) { (w.say("att-search")) } }
                        }
                    },
                    Some(case) => {
                        section #helps {
                            h2 { (w.say("what-helps")) }
                            @if case.has_room { p { (w.say("att-room")) } (self.deed("requeue", "att-requeue", true)) }
                            @if let Some(found) = &case.repairs {
                                ul.queue { @for repair in &found.repairs { li.card-box { (self.repair(repair, case.day_version)) } } }
                                @if found.repairs.is_empty() { p { (w.say(if found.complete { "att-no-help" } else { "att-no-help-yet" })) } }
                                @else if !found.complete { p.sub { (w.say("att-more-help")) } }
                            }
                        }
                    },
                }
            }
        }
    }

    /// A change that would help, what it costs, and the button that does it.
    fn repair(&self, repair: &Repair, version: i64) -> Markup {
        let (w, day) = (self.w(), self.day);
        let near = |tier: &&crate::alloc::explain::repairs::Effect| (tier.at_most - tier.before).abs() > 1e-6;
        let rows: Vec<(String, f64, f64)> = repair.tiers.iter().filter(near).map(|tier| (tier.name.clone(), tier.before, tier.at_most)).collect();
        html! {
            p { b { (lines::change(w, day, &repair.change)) } }
            @if !repair.moves.is_empty() {
                p.sub { (w.count("opt-moves", repair.moves.len())) }
                ul.moves { @for one in &repair.moves { li { (lines::moved(w, day, &one.booking, &one.from, &one.to)) } } }
            }
            @if !repair.also_places.is_empty() { p { (w.count("att-also", repair.also_places.len())) } }
            @if !rows.is_empty() { details { summary { (w.say("att-price")) } (lines::tiers(w, &rows)) } }
            @if self.may_act() {
                form.inline method="post" action=(self.at()) {
                    (self.visit.carried(self.app))
                    input type="hidden" name="deed" value="accept";
                    input type="hidden" name="change" value=(serde_json::to_string(&repair.change).unwrap_or_default());
                    input type="hidden" name="version" value=(version);
                    @if matches!(repair.change, Change::Temp { .. }) { label { (w.say("tmp-name")) " " input name="name" maxlength="200" autocomplete="off"; } }
                    button.primary type="submit" { (w.say("att-accept")) }
                }
            }
        }
    }

    /// Everybody who might serve it. One who is free gets it at once; for somebody busy the board says what it takes.
    fn people(&self) -> Markup {
        let w = self.w();
        let Some(booking) = self.day.booking(&self.booking.id) else { return html! {} };
        let all = assign::candidates(self.day, booking);
        let needed: u32 = booking.demands.iter().map(|demand| demand.count).sum();
        html! {
            h2 { (w.say("who-else")) }
            @if let Some(held) = self.held() { p.sub { (w.say_with("att-held", &[("name", held.into())])) } }
            @if needed > 1 { (self.several(&all, needed)) }
            @else { ul.candidates { @for one in &all { li { (self.candidate(booking, one)) } } } }
        }
    }

    /// Who holds the booking that waits, and loses it to whoever gets it.
    fn held(&self) -> Option<String> {
        let held = &self.booking.resources;
        (!held.is_empty()).then(|| lines::names(self.w(), self.day, held))
    }

    /// The button that gives it to somebody: it says whose place they take.
    fn give(&self, to: Option<&str>) -> Markup {
        let w = self.w();
        html! {
            button type="submit" {
                (w.say("give"))
                @if let Some(to) = to { span.hidden { " " (w.say_with("give-to", &[("name", to.into())])) } }
                @if let Some(held) = self.held() { " " (w.say_with("give-instead", &[("name", held.into())])) }
            }
        }
    }

    fn candidate(&self, booking: &BookingRow, one: &Candidate) -> Markup {
        let (w, why, name) = (self.w(), candidate_in_words(self.w(), self.day, one), on_day(self.day, &one.resource_id));
        let board = format!("/admin/at/{}/{}?booking={}&to={}", self.row.location_id, self.row.date, booking.id, one.resource_id);
        let is_manager = self.visit.caller().is_ok_and(|caller| caller.may_override());
        html! {
            div { b { (name) } " " span.sub { (w.minutes(one.load_minutes)) } @if !why.is_empty() { br; span.why { (why) } } }
            @if one.is_free() {
                form.inline method="post" action=(self.at()) {
                    (self.visit.carried(self.app))
                    input type="hidden" name="deed" value="assign";
                    input type="hidden" name="people" value=(one.resource_id);
                    (self.give(Some(&name)))
                }
            } @else if one.rules.is_empty() {
                a.button href=(board) { (w.say("what-it-takes")) span.hidden { " " (name) } }
            } @else if one.can_be_overridden() && is_manager {
                details {
                    summary { (w.say("override-do")) span.hidden { " " (name) } }
                    form.narrow method="post" action=(self.at()) {
                        (self.visit.carried(self.app))
                        input type="hidden" name="deed" value="assign";
                        input type="hidden" name="people" value=(one.resource_id);
                        label { (w.say("override-why")) input name="overriding" required maxlength="200"; }
                        button type="submit" { (w.say("override-do")) }
                    }
                }
            }
        }
    }

    /// A booking that several people serve together.
    fn several(&self, all: &[Candidate], needed: u32) -> Markup {
        let w = self.w();
        html! {
            form.fields method="post" action=(self.at()) {
                (self.visit.carried(self.app))
                input type="hidden" name="deed" value="assign";
                fieldset {
                    legend { (w.count("att-choose", needed as usize)) }
                    @for one in all {
                        label.choice {
                            input type="checkbox" name="people" value=(one.resource_id) disabled[!one.is_free()];
                            span { b { (on_day(self.day, &one.resource_id)) } @let why = candidate_in_words(w, self.day, one); @if !why.is_empty() { br; span.sub { (why) } } }
                        }
                    }
                }
                div { (self.give(None)) }
            }
        }
    }

    /// One button that does one thing.
    fn deed(&self, deed: &str, words: &str, is_primary: bool) -> Markup {
        html! {
            @if self.may_act() {
                form.inline method="post" action=(self.at()) {
                    (self.visit.carried(self.app))
                    input type="hidden" name="deed" value=(deed);
                    button.primary[is_primary] type="submit" { (self.w().say(words)) }
                }
            }
        }
    }

    /// What else a person can do.
    fn others(&self) -> Markup {
        let w = self.w();
        let waits = self.row.code == UNPLACED;
        html! {
            h2 { (w.say("att-else")) }
            div.doings {
                @if waits { (self.deed("requeue", "att-requeue", false)) " " (self.deed("ask", "att-ask", false)) " " }
                @if waits && self.booking.state == BookingState::ManualReview { (self.deed("confirm", "att-confirm", false)) }
            }
            @if waits { p.sub { (w.say("att-else-means")) } }
            (self.with_reason("cancel", "att-cancel", "att-cancel-why", true))
            @if !waits { (self.with_reason("resolve", "att-resolve", "att-resolve-how", false)) }
        }
    }

    /// Something that is done only with a word about it.
    fn with_reason(&self, deed: &str, words: &str, why: &str, is_grave: bool) -> Markup {
        let w = self.w();
        html! {
            details {
                summary { (w.say(words)) }
                form.narrow method="post" action=(self.at()) {
                    (self.visit.carried(self.app))
                    input type="hidden" name="deed" value=(deed);
                    label { (w.say(why)) input name="reason" required maxlength="200"; }
                    button.danger[is_grave] type="submit" { (w.say(words)) }
                }
            }
        }
    }

    /// What happened to the booking so far.
    fn past(&self, history: &[HistoryRow]) -> Markup {
        let (w, zone) = (self.w(), self.day.location.timezone);
        html! {
            h2 { (w.say("history")) }
            @if let Some(tried) = self.row.tried_at { p.sub { (w.say_with("att-tried", &[("at", w.instant(tried, zone).into())])) } }
            @if let Some(asked) = self.row.asked_at { p.sub { (w.say_with("att-asked-at", &[("at", w.instant(asked, zone).into())])) } }
            (lines::history(w, self.day, history))
        }
    }
}
