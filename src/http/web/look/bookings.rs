//! Bookings in a list, narrowed and page by page.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use chrono::{Days, NaiveDate};
use maud::{Markup, html};
use serde::Deserialize;

use super::super::fields::Typed;
use super::super::form;
use super::super::frame::{Frame, Here};
use super::super::kept::{Kept, Shown};
use super::super::visit::Visit;
use super::super::words::Words;
use super::names::Names;
use super::{address, filled, scrolled};
use crate::domain::{BookingState, local};
use crate::http::admin::bookings::{Filter, read_filter};
use crate::http::app::{App, Caller};
use crate::http::ask::{self, Asked};
use crate::http::page::{self, PageParams};
use crate::http::problem::Problem;
use crate::store::{BookingPage, BookingRow, LocationRow};

/// Which bookings.
#[derive(Debug, Default, Deserialize)]
pub struct Wanted {
    state: Option<String>,
    service: Option<String>,
    person: Option<String>,
    /// First local day; today where the address says nothing of it, any where it is empty.
    from: Option<String>,
    /// Last local day.
    to: Option<String>,
    /// Phone number or e-mail address of the customer.
    reach: Option<String>,
    cursor: Option<String>,
}

impl Wanted {
    /// The fields of the form as they were filled.
    fn typed(&self) -> Typed {
        [("from", &self.from), ("to", &self.to), ("reach", &self.reach)]
            .into_iter()
            .map(|(name, value)| (name.to_owned(), value.clone().unwrap_or_default()))
            .collect()
    }
}

/// The page of a location's bookings.
pub async fn list(app: State<Arc<App>>, visit: Visit, Path(location): Path<String>, wanted: Asked<Wanted>) -> Result<Response, Problem> {
    let frame = Frame::at(&app, &visit, Here::Bookings, &location, None).await?;
    let (location, today) = frame.place()?;
    let wanted = Wanted { from: Some(wanted.0.from.unwrap_or_else(|| today.to_string())), ..wanted.0 };
    // What was typed wrongly comes back with why it will not do, and finds nothing.
    let (found, kept) = match find(&app, visit.caller()?, location, &wanted).await {
        Ok(found) => (found, None),
        Err(problem) => (BookingPage { bookings: Vec::new(), next: None }, Some(Kept::of(&wanted.typed(), problem)?)),
    };
    let names = Names::of(&app, location).await?;
    let mut customers = Vec::with_capacity(found.bookings.len());
    for booking in &found.bookings {
        let customer = match &booking.customer_id {
            Some(id) => app.store.customer(&location.tenant_id, id).await?,
            None => None,
        };
        customers.push(customer.map(|customer| customer.name).unwrap_or_default());
    }
    let w = visit.words();
    let listed = Listed { w, location, names: &names, wanted: &wanted, back: Shown(kept.as_ref()) };
    let next = found.next.as_ref().map(page::cursor);
    let body = html! {
        (listed.filters())
        @if kept.is_some() {} @else if found.bookings.is_empty() { p { (w.say("look-bookings-none")) } } @else { (scrolled(&w.say("look-bookings-title"), &listed.table(&found.bookings, &customers))) }
        @if let Some(next) = &next { p { a.button rel="next" href=(listed.address(Some(next))) { (w.say("look-more")) } } }
    };
    let page = frame.page(&w.say("look-bookings-title"), body);
    Ok(match kept {
        Some(kept) => kept.answer(page),
        None => page.into_response(),
    })
}

async fn find(app: &App, caller: &Caller, location: &LocationRow, wanted: &Wanted) -> Result<BookingPage, Problem> {
    let day = |name: &str, text: &Option<String>| filled(text.as_ref()).map(|text| ask::date(name, &text)).transpose();
    let midnight = |date: NaiveDate| local::instant(location.timezone, date, 0).to_rfc3339(chrono_tz::UTC);
    let until = day("to", &wanted.to)?.and_then(|date| date.checked_add_days(Days::new(1)));
    let (email, phone) = match filled(wanted.reach.as_ref()) {
        Some(text) if text.contains('@') => (Some(text), None),
        other => (None, other),
    };
    let asked = Filter {
        location_id: Some(location.id.clone()),
        from: day("from", &wanted.from)?.map(midnight),
        to: until.map(midnight),
        state: filled(wanted.state.as_ref()),
        service_id: filled(wanted.service.as_ref()),
        person_id: filled(wanted.person.as_ref()),
        phone,
        email,
        ..Filter::default()
    };
    let params = PageParams::read(wanted.cursor.as_deref(), None)?;
    match read_filter(app, caller, &asked).await.map_err(at_its_field)? {
        Some(filter) => Ok(app.store.bookings_page(&caller.tenant, &filter, params.after.as_ref(), params.limit).await?),
        None => Ok(BookingPage { bookings: Vec::new(), next: None }),
    }
}

/// A phone number and an e-mail address are typed into the same field.
fn at_its_field(problem: Problem) -> Problem {
    match problem.detail().strip_prefix("phone: ").or_else(|| problem.detail().strip_prefix("email: ")) {
        Some(said) => Problem::invalid(format!("reach: {said}")),
        None => problem,
    }
}

struct Listed<'a> {
    w: &'a Words,
    location: &'a LocationRow,
    names: &'a Names,
    wanted: &'a Wanted,
    /// The form as it comes back.
    back: Shown<'a>,
}

impl Listed<'_> {
    fn address(&self, cursor: Option<&str>) -> String {
        let wanted = self.wanted;
        // An empty first day means any, and so does not go without saying.
        let path = form::address(&format!("/admin/at/{}/bookings", self.location.id), [("from", wanted.from.as_deref().unwrap_or_default())]);
        let members = [
            ("state", wanted.state.as_deref()),
            ("service", wanted.service.as_deref()),
            ("person", wanted.person.as_deref()),
            ("to", wanted.to.as_deref()),
            ("reach", wanted.reach.as_deref()),
            ("cursor", cursor),
        ];
        address(&path, &members)
    }

    fn filters(&self) -> Markup {
        let (w, wanted, back) = (self.w, self.wanted, self.back);
        let is = |text: &Option<String>, word: &str| text.as_deref() == Some(word);
        html! {
            (back.why(w))
            form.inline.filters method="get" action=(format!("/admin/at/{}/bookings", self.location.id)) {
                label { (w.say("state")) " "
                    select name="state" {
                        option value="" { (w.say("filter-all")) }
                        @for state in BookingState::ALL { option value=(state.as_str()) selected[is(&wanted.state, state.as_str())] { (state_in_words(w, state)) } }
                    }
                }
                label { (w.say("filter-service")) " "
                    select name="service" {
                        option value="" { (w.say("filter-all")) }
                        @for service in &self.names.services { option value=(service.id) selected[is(&wanted.service, &service.id)] { (service.name) } }
                    }
                }
                label { (w.say("served-by")) " "
                    select name="person" {
                        option value="" { (w.say("look-everybody")) }
                        @for one in &self.names.resources { option value=(one.id) selected[is(&wanted.person, &one.id)] { (self.names.person(&one.id)) } }
                    }
                }
                label { (w.say("look-filter-from")) " " input type="date" name="from" value=(wanted.from.as_deref().unwrap_or_default()) aria-invalid=[back.invalid("from")] aria-describedby=[back.described("from")]; }
                label { (w.say("look-filter-to")) " " input type="date" name="to" value=(wanted.to.as_deref().unwrap_or_default()) aria-invalid=[back.invalid("to")] aria-describedby=[back.described("to")]; }
                label { (w.say("look-filter-reach")) " " input type="text" name="reach" maxlength="200" autocomplete="off" value=(wanted.reach.as_deref().unwrap_or_default()) aria-invalid=[back.invalid("reach")] aria-describedby=[back.described("reach")]; }
                button.primary type="submit" { (w.say("filter-show")) }
            }
        }
    }

    fn table(&self, bookings: &[BookingRow], customers: &[String]) -> Markup {
        let (w, zone) = (self.w, self.location.timezone);
        html! {
            table {
                caption { (w.say("look-bookings-caption")) }
                thead { tr { @for name in ["look-col-when", "look-col-service", "customer", "served-by", "state"] { th scope="col" { (w.say(name)) } } } }
                tbody { @for (booking, customer) in bookings.iter().zip(customers) {
                    tr {
                        th scope="row" { a href=(format!("/admin/bookings/{}", super::super::form::escaped(&booking.id))) { (w.short_date(booking.local_date)) ", " (w.span(booking.span, zone)) } }
                        td { (self.names.service(booking)) }
                        td { (customer) }
                        td { (self.names.people(w, &booking.resources)) }
                        td { (state_in_words(w, booking.state)) @if booking.state.is_active() { br; span.sub { (w.say(&format!("status-{}", booking.status.as_str()))) } } }
                    }
                } }
            }
        }
    }
}

/// A state as people say it.
pub(super) fn state_in_words(w: &Words, state: BookingState) -> String {
    w.say(&format!("state-{}", state.as_str().replace('_', "-")))
}
