//! The panel of one booking: what it is, who could serve it, and what giving it to somebody takes.

use maud::{Markup, html};

use super::super::form::filled;
use super::super::kept;
use super::super::lines;
use super::super::names::on_day;
use super::super::visit::Visit;
use super::super::words::Words;
use super::draw::{address, customer, gender_in_words, service};
use super::hand;
use super::{Looked, Shown};
use crate::domain::BookingState;
use crate::http::app::{App, Caller};
use crate::http::problem::Problem;
use crate::keyring::mask;
use crate::operations::assign::{self, Candidate};
use crate::operations::handover::{self, Handover};
use crate::store::{BookingRow, Day, HistoryRow};

/// The panel of the booking that the address names; nothing where it names none.
pub(super) async fn of(app: &App, visit: &Visit, looked: &Looked, shown: &Shown, back: kept::Shown<'_>) -> Result<Markup, Problem> {
    let Some(id) = shown.booking.as_deref() else { return Ok(html! {}) };
    let found = looked.day.booking(id).or_else(|| looked.over.iter().find(|booking| booking.id == id));
    let Some(booking) = found else {
        let w = visit.words();
        return Ok(html! {
            aside.panel #panel aria-label=(w.say("panel")) {
                (back.why(w))
                p { (w.say("booking-gone")) }
                p { a.button data-close href=(address(looked, shown, &[])) { (w.say("close")) } }
            }
        });
    };
    let history = app.store.history(&booking.id).await?;
    let offer = match shown.to.as_deref() {
        Some(to) => hand::offered(app, visit, looked, shown, booking, to).await?,
        None => html! {},
    };
    let panel = Panel { app, visit, looked, shown, booking, back };
    Ok(panel.whole(&offer, &history))
}

struct Panel<'a> {
    app: &'a App,
    visit: &'a Visit,
    looked: &'a Looked,
    shown: &'a Shown,
    booking: &'a BookingRow,
    back: kept::Shown<'a>,
}

impl Panel<'_> {
    fn whole(&self, offer: &Markup, history: &[HistoryRow]) -> Markup {
        let (w, day, booking) = (self.visit.words(), &self.looked.day, self.booking);
        let zone = day.location.timezone;
        let may_give = self.visit.may("POST", "/admin/at/{location}/{date}/give") && !self.looked.is_over && day.booking(&booking.id).is_some();
        html! {
            aside.panel #panel aria-labelledby="panel-title" tabindex="-1" {
                div.panel-head {
                    h2 #panel-title { (w.span(booking.span, zone)) " " (service(day, booking)) }
                    a.button.close href=(address(self.looked, self.shown, &[])) data-close { (w.say("close")) }
                }
                (self.back.why(w))
                (offer)
                (self.about())
                (self.ways())
                @if may_give { (self.candidates()) }
                h3 { (w.say("history")) }
                (lines::history(w, day, history))
            }
        }
    }

    /// To the booking's own page, and to what can be done there besides giving it to somebody.
    fn ways(&self) -> Markup {
        let (w, booking) = (self.visit.words(), self.booking);
        let page = format!("/admin/bookings/{}", booking.id);
        let may_change =
            self.visit.may("POST", "/admin/bookings/{id}/move") && !self.looked.is_over && booking.state.may_become(BookingState::Cancelled);
        html! {
            @if self.visit.may("GET", "/admin/bookings/{id}") {
                p.ways { @if may_change { a.button href=(format!("{page}#doings")) { (w.say("move-or-cancel")) } " " } a href=(page) { (w.say("whole-history")) } }
            }
        }
    }

    fn about(&self) -> Markup {
        let (w, day, booking) = (self.visit.words(), &self.looked.day, self.booking);
        let by = |ids: &[String]| ids.iter().map(|id| on_day(day, id)).collect::<Vec<_>>().join(", ");
        let holder = if booking.served_by.is_empty() { by(&booking.resources) } else { by(&booking.served_by) };
        let contact = booking.customer_id.as_ref().and_then(|id| day.customers.get(id)?.contact.as_ref()).map(|contact| mask(&contact.address));
        let waits = self.looked.attention.iter().filter(|row| row.booking_id == booking.id);
        html! {
            @for row in waits { p.warning { strong { "! " } (lines::why_on_file(w, day, row.witness.as_ref(), &row.reason)) " " a href=(format!("/admin/at/{}/attention/{}", day.location.id, row.id)) { (w.say("what-helps")) } } }
            dl {
                @if let Some(customer) = customer(day, booking) { dt { (w.say("customer")) } dd { (customer) @if let Some(contact) = contact { " (" (contact) ")" } } }
                dt { (w.say("served-by")) } dd { @if holder.is_empty() { (w.say("nobody")) } @else { (holder) } " – " (w.say(&format!("status-{}", booking.status.as_str()))) }
                dt { (w.say("state")) } dd { (w.say(&format!("state-{}", booking.state.as_str().replace('_', "-")))) }
                @if let Some(gender) = &booking.gender { dt { (w.say("wished")) } dd { (gender_in_words(w, gender)) @if booking.gender_waived { " – " (w.say("waived")) } } }
                @if booking.party_size > 1 { dt { (w.say("party")) } dd { (booking.party_size) } }
                @if let Some(notes) = &booking.notes { dt { (w.say("notes")) } dd { (notes) } }
            }
        }
    }

    /// The address of what it takes to give it to somebody, in whose place the panel is about.
    fn about_giving(&self, to: &str) -> String {
        let from = self.shown.from.as_deref().map(|from| ("from", from));
        let members: Vec<_> = [("booking", self.booking.id.as_str()), ("to", to)].into_iter().chain(from).collect();
        address(self.looked, self.shown, &members)
    }

    /// Whose place somebody would take at a booking of several people.
    fn instead(&self, to: &str) -> Option<String> {
        let booking = self.booking;
        if booking.resources.len() < 2 {
            return None;
        }
        let asked = Handover { from: filled(self.shown.from.as_ref()), ..Handover::to(&booking.id, to) };
        let held = handover::held_by(&self.looked.day, &asked)?;
        let left: Vec<String> = booking.resources.iter().filter(|id| !held.contains(id)).cloned().collect();
        (!left.is_empty()).then(|| lines::names(self.visit.words(), &self.looked.day, &left))
    }

    /// Everybody who might serve it, best first, each with what one can do about it.
    fn candidates(&self) -> Markup {
        let (w, day, booking) = (self.visit.words(), &self.looked.day, self.booking);
        let may_override = self.visit.caller().is_ok_and(Caller::may_override);
        let all = assign::candidates(day, booking).into_iter().filter(|one| !booking.resources.contains(&one.resource_id));
        let at = format!("/admin/at/{}/{}", day.location.id, day.sheet.date);
        html! {
            h3 { (w.say("who-else")) }
            ul.candidates {
                @for one in all {
                    @let name = on_day(day, &one.resource_id);
                    li {
                        div { b { (name) } " " span.sub { (w.minutes(one.load_minutes)) } @let why = why(w, day, &one); @if !why.is_empty() { br; span.why { (why) } } }
                        @if one.is_free() {
                            form method="post" action=(format!("{at}/give")) {
                                (self.visit.carried(self.app))
                                input type="hidden" name="booking" value=(booking.id);
                                input type="hidden" name="to" value=(one.resource_id);
                                @if let Some(from) = &self.shown.from { input type="hidden" name="from" value=(from); }
                                button type="submit" {
                                    (w.say("give")) span.hidden { " " (w.say_with("give-to", &[("name", name.as_str().into())])) }
                                    @if let Some(left) = self.instead(&one.resource_id) { " " (w.say_with("give-instead", &[("name", left.into())])) }
                                }
                            }
                        } @else if one.rules.is_empty() || (may_override && one.can_be_overridden()) {
                            a.button data-stay href=(self.about_giving(&one.resource_id)) { (w.say(if one.rules.is_empty() { "what-it-takes" } else { "all-the-same" })) span.hidden { " " (name) } }
                        }
                    }
                }
            }
            @if !booking.resources.is_empty() {
                p { a.button data-stay href=(self.about_giving(hand::NOBODY)) { (w.say("take-away")) } }
            }
        }
    }
}

/// What keeps somebody from a booking, in words; empty where nothing does.
pub(in super::super) fn why(w: &Words, day: &Day, one: &Candidate) -> String {
    let rules = one.rules.iter().map(|rule| w.say(&format!("rule-{}", rule.as_str())));
    let busy = one.busy_with.iter().filter_map(|id| {
        let other = day.booking(id)?;
        let what = [service(day, other), customer(day, other).unwrap_or_default()].join(" ");
        Some(w.say_with("busy-with", &[("time", w.span(other.span, day.location.timezone).into()), ("what", what.trim().to_owned().into())]))
    });
    rules.chain(busy).collect::<Vec<_>>().join("; ")
}
