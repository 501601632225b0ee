//! What taking hours away would leave outside of them: bookings that stand, and would have nobody at work then.

use chrono::Days;
use chrono_tz::Tz;

use crate::clock::Clock;
use crate::domain::rules::{offered, sheet_shifts};
use crate::domain::{Minute, ResourceKind, Rule, Span, local};
use crate::sheet::Demand;
use crate::store::{BookingRow, LocationRow, ResourceRow, Result, Store, StoreError};

/// Days ahead that are looked at.
const DAYS_AHEAD: u64 = 365;

/// The hours of a location, as these rules have them.
struct Hours<'a> {
    rules: &'a [Rule],
    resources: &'a [ResourceRow],
    zone: Tz,
}

impl Hours<'_> {
    /// May its service be had then?
    fn offer(&self, booking: &BookingRow) -> bool {
        let windows = booking.service_id.as_deref().and_then(|service| offered(self.rules, service, booking.local_date, self.zone).windows);
        windows.is_none_or(|windows| windows.iter().any(|window| window.covers(booking.span)))
    }

    /// Is everybody at work who holds it; where nobody does, as many as it needs?
    fn staff(&self, booking: &BookingRow) -> bool {
        if !booking.resources.is_empty() {
            let mut holders = self.resources.iter().filter(|one| booking.resources.contains(&one.id));
            return holders.all(|one| self.is_at_work(one, booking));
        }
        let wish = self.wish(booking);
        booking.demands.iter().all(|demand| {
            let able = self.resources.iter().filter(|one| is_able(one, demand, wish) && self.is_at_work(one, booking));
            usize::try_from(demand.count).is_ok_and(|count| able.count() >= count)
        })
    }

    /// The gender that is wished for; none where nobody of it is here that day, at work or not: then the wish is waived.
    fn wish<'b>(&self, booking: &'b BookingRow) -> Option<&'b str> {
        let is_of = |one: &ResourceRow, wish: &str| one.kind == ResourceKind::Staff && one.gender.as_deref() == Some(wish);
        let is_here = |wish: &str| self.resources.iter().any(|one| is_of(one, wish) && one.is_here_on(booking.local_date));
        booking.gender.as_deref().filter(|wish| is_here(wish))
    }

    fn is_at_work(&self, one: &ResourceRow, booking: &BookingRow) -> bool {
        let shifts = || sheet_shifts(self.rules, &one.id, booking.local_date, self.zone);
        one.is_here_on(booking.local_date) && shifts().iter().any(|shift| shift.covers(booking.occupied()))
    }
}

/// Could they meet it, whenever they are at work?
fn is_able(one: &ResourceRow, demand: &Demand, wish: Option<&str>) -> bool {
    let is_wished = demand.kind != ResourceKind::Staff || wish.is_none() || wish == one.gender.as_deref();
    one.kind == demand.kind && demand.qualifications.is_subset(&one.qualifications) && is_wished
}

/// From now until a rule has ended, a year at most; the last evening may reach into the next day.
fn ahead(rule: &Rule, zone: Tz, clock: &dyn Clock) -> Span {
    let now = Minute::of(clock.now());
    let after = |date: chrono::NaiveDate, days| date.checked_add_days(Days::new(days)).unwrap_or(date);
    let year = after(local::date_of(zone, now), DAYS_AHEAD);
    let last = rule.valid_to.map_or(year, |to| after(to, 1).min(year));
    Span::new(now, local::day_span(zone, last).end.max(now))
}

/// The bookings ahead that are within the hours of a location and would not be without this rule, by start.
///
/// # Errors
/// There is no such rule; those of the store.
pub async fn left_outside(store: &dyn Store, clock: &dyn Clock, location: &LocationRow, rule: &str) -> Result<Vec<BookingRow>> {
    let (rules, resources, zone) = (store.rules(&location.id).await?, store.resources(&location.id).await?, location.timezone);
    let gone = rules.iter().find(|one| one.id == rule).ok_or_else(|| StoreError::not_found("availability rule", rule))?;
    let others: Vec<Rule> = rules.iter().filter(|one| one.id != rule).cloned().collect();
    let mut left = store.bookings_between(&location.id, ahead(gone, zone, clock)).await?;
    let (before, after) = (Hours { rules: &rules, resources: &resources, zone }, Hours { rules: &others, resources: &resources, zone });
    let loses = |booking: &BookingRow| (before.offer(booking) && !after.offer(booking)) || (before.staff(booking) && !after.staff(booking));
    left.retain(|booking| booking.state.is_active() && loses(booking));
    Ok(left)
}
