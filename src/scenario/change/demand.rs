//! More or fewer customers than the base has, as the base has them.
//!
//! More: a new customer asks for what one of the base's customers asked for, at the time of another of the same service, moved by up to an hour
//! either way on the sheet's grid, within the hours of the house. So services, day-parts and wishes are those of the base, and no two draws are
//! alike: a smoothed bootstrap (Silverman & Young, Biometrika 74, 1987). Fewer: customers are left out, each as likely as the others.
//!
//! The customers of ten percent more are the first of those of twenty percent more with the same seed (common random numbers; Kahn & Marshall, 1953):
//! cases differ by what is changed and not by luck.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::bookings::{free_id, remove};
use super::words::{DayPart, DaySelector};
use super::{Changed, Draws};
use crate::domain::random::Random;
use crate::domain::{Minute, Span};
use crate::scenario::{About, Day};
use crate::sheet::{Booking, Resource};

/// New customers come at most so much earlier or later than those of the base.
const MOVED_MINUTES: i64 = 60;

/// More or fewer customers, drawn from the base's own pattern.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Demand {
    /// By how much of what is there, as a share: 0.2 is a fifth more, -0.1 a tenth fewer.
    pub grow: f64,
    /// Only this service, or this qualification.
    pub service: Option<String>,
    /// Only what begins in this part of the day.
    pub part: Option<DayPart>,
    /// Only on these weekdays.
    #[serde(default)]
    pub weekdays: Vec<DaySelector>,
}

impl Demand {
    pub(super) fn apply(&self, to: &mut Changed, draws: Draws) {
        if !self.weekdays.is_empty() && !self.weekdays.iter().any(|day| day.means(to.day.sheet.date)) {
            return;
        }
        let mut random = draws.of_day(&to.day);
        // Nothing that was drawn before is a pattern.
        let meant: Vec<usize> = (0..to.day.sheet.bookings.len())
            .filter(|&b| !to.drawn.contains(&to.day.sheet.bookings[b].id) && self.means(&to.day, &to.day.sheet.bookings[b]))
            .collect();
        // The last customer comes by chance, so that the mean is right on small days too; drawn first, so that more never means others.
        let chance = random.unit();
        let wanted = self.grow.abs() * meant.len() as f64;
        let count = wanted.floor() as usize + usize::from(chance < wanted.fract());
        if self.grow > 0.0 {
            self.more(to, &meant, count, &mut random);
        } else {
            fewer(to, meant, count, &mut random);
        }
    }

    fn means(&self, day: &Day, booking: &Booking) -> bool {
        let asks = |service: &String| day.service_of(booking) == *service || booking.demands.iter().any(|d| d.qualifications.contains(service));
        self.service.as_ref().is_none_or(asks) && self.part.is_none_or(|part| part.has(&day.sheet, booking.span.start))
    }

    fn more(&self, to: &mut Changed, meant: &[usize], count: usize, random: &mut Random) {
        let Some(open) = hours_of(&to.day.sheet.resources) else { return };
        let pattern: Vec<(Booking, About)> = meant
            .iter()
            .map(|&b| {
                let booking = &to.day.sheet.bookings[b];
                let about = About { service: to.day.service_of(booking), price_cents: to.day.price_of(booking), booked_at: None };
                (booking.clone(), about)
            })
            .collect();
        if pattern.is_empty() {
            return;
        }
        for _ in 0..count {
            let (asked, about) = &pattern[random.below(pattern.len())];
            let alike: Vec<&Booking> = pattern.iter().filter(|(_, other)| other.service == about.service).map(|(b, _)| b).collect();
            let start = self.time(to, asked, alike[random.below(alike.len())].span.start, open, random);
            let id = free_id(&to.day, "drawn", to.drawn.len() + 1);
            let booking = Booking {
                id: id.clone(),
                span: Span::new(start, start.plus(asked.span.minutes())),
                same_resource_as: None,
                affinity: BTreeMap::new(),
                assignment: None,
                ..asked.clone()
            };
            to.day.sheet.bookings.push(booking);
            to.day.about.insert(id.clone(), about.clone());
            to.drawn.insert(id);
        }
    }

    /// About when another came, on the grid, within the hours of the house and the part of the day that is meant; else when this one came.
    fn time(&self, to: &Changed, asked: &Booking, about: Minute, open: Span, random: &mut Random) -> Minute {
        let grid = i64::from(to.day.sheet.grid_minutes.max(1));
        let steps = MOVED_MINUTES / grid;
        let moved = (random.below(2 * steps as usize + 1) as i64 - steps) * grid;
        let earliest = open.start.plus(i64::from(asked.buffer_before_minutes));
        let latest = open.end.plus(-i64::from(asked.buffer_after_minutes) - asked.span.minutes());
        let fits = |at: Minute| at >= earliest && at <= latest && self.part.is_none_or(|part| part.has(&to.day.sheet, at));
        [about.plus(moved), about.plus(-moved), about].into_iter().find(|at| fits(*at)).unwrap_or(asked.span.start)
    }
}

fn fewer(to: &mut Changed, mut meant: Vec<usize>, count: usize, random: &mut Random) {
    let mut gone = Vec::new();
    while gone.len() < count && !meant.is_empty() {
        let b = meant.swap_remove(random.below(meant.len()));
        gone.push(to.day.sheet.bookings[b].id.clone());
    }
    remove(&mut to.day, &gone);
}

/// From the first to the last minute that anybody is on duty.
fn hours_of(resources: &[Resource]) -> Option<Span> {
    let shifts = || resources.iter().flat_map(|r| &r.shifts);
    Some(Span::new(shifts().map(|s| s.start).min()?, shifts().map(|s| s.end).max()?))
}
