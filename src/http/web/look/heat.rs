//! How full the half-hours of a day are: the time that is asked of people beside the time that they are there. Nothing of HTML in here.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;

use crate::domain::{ResourceKind, Span, local};
use crate::sheet::Resource;
use crate::store::{BookingRow, Day};

/// Minutes of a cell, by the clock on the wall.
pub const CELL_MINUTES: u32 = 30;
/// Cells of a local day, and of the night after it, into which a late shift reaches.
const CELLS_MAX: u32 = 2 * local::DAY_MINUTES / CELL_MINUTES;

/// How much is asked of people, and how much there is of them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Load {
    /// Minutes that people are booked, buffers and all; what nobody serves yet is asked of somebody, too.
    pub booked: i64,
    /// Minutes that people are on duty and not away.
    pub capacity: i64,
}

impl Load {
    /// How full it is, in percent; `None` where nobody is there.
    pub fn percent(self) -> Option<i64> {
        (self.capacity > 0).then(|| (100 * self.booked + self.capacity / 2) / self.capacity)
    }

    /// Is more asked than there is?
    pub fn is_over(self) -> bool {
        self.booked > self.capacity
    }
}

/// A day's half-hours.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Heat {
    /// Which local day.
    pub date: NaiveDate,
    /// Those in which anybody is there or anything is asked, by minutes after midnight of the clock on the wall; from 1440 on it is the night after.
    pub cells: BTreeMap<u32, Load>,
    /// All of the day.
    pub total: Load,
    /// Bookings.
    pub bookings: usize,
    /// Bookings among them that nobody serves.
    pub unplaced: usize,
}

impl Heat {
    /// Of everybody's day, or of those who can do something. `over` are bookings that have taken place, which the day does not show any more.
    pub fn of(day: &Day, over: &[BookingRow], qualification: Option<&str>) -> Heat {
        let can = |resource: &&Resource| qualification.is_none_or(|one| resource.qualifications.contains(one));
        let staff: Vec<&Resource> = day.sheet.resources.iter().filter(|r| r.kind == ResourceKind::Staff).filter(can).collect();
        let present: Vec<Span> = staff.iter().flat_map(|resource| on_duty(resource)).collect();
        let meant = Meant {
            people: staff.iter().map(|r| r.id.as_str()).collect(),
            known: day.sheet.resources.iter().map(|r| r.id.as_str()).collect(),
            qualification,
        };
        let mut heat = Heat { date: day.sheet.date, cells: BTreeMap::new(), total: Load::default(), bookings: 0, unplaced: 0 };
        let mut asked: Vec<(Span, i64)> = Vec::new();
        for booking in day.bookings.iter().chain(over) {
            let people = meant.people_of(booking);
            if people == 0 && qualification.is_some() {
                continue;
            }
            heat.bookings += 1;
            heat.unplaced += usize::from(holders(booking).is_empty() && !booking.demands.is_empty());
            asked.push((booking.occupied(), people));
        }
        let wall = |cell: u32| local::instant(day.location.timezone, day.sheet.date, cell * CELL_MINUTES);
        let mut from = wall(0);
        for cell in 0..CELLS_MAX {
            let span = Span::new(from, wall(cell + 1));
            from = span.end;
            let booked = asked.iter().map(|(occupied, people)| shared(span, *occupied) * people).sum();
            let capacity = present.iter().map(|there| shared(span, *there)).sum();
            if booked > 0 || capacity > 0 {
                heat.cells.insert(cell * CELL_MINUTES, Load { booked, capacity });
                heat.total.booked += booked;
                heat.total.capacity += capacity;
            }
        }
        heat
    }
}

/// Whose time is meant.
struct Meant<'d> {
    people: BTreeSet<&'d str>,
    known: BTreeSet<&'d str>,
    qualification: Option<&'d str>,
}

impl Meant<'_> {
    /// How many of those who are meant a booking takes, or would take as long as nobody serves it.
    fn people_of(&self, booking: &BookingRow) -> i64 {
        let by = holders(booking);
        if by.is_empty() {
            let asks = |qualifications: &BTreeSet<String>| self.qualification.is_none_or(|one| qualifications.contains(one));
            let staff = booking.demands.iter().filter(|demand| demand.kind == ResourceKind::Staff && asks(&demand.qualifications));
            return staff.map(|demand| i64::from(demand.count)).sum();
        }
        // Who has left since is not on the sheet, and their time was taken all the same.
        let is_meant = |id: &&String| self.people.contains(id.as_str()) || self.qualification.is_none() && !self.known.contains(id.as_str());
        i64::try_from(by.iter().filter(is_meant).count()).unwrap_or(i64::MAX)
    }
}

fn holders(booking: &BookingRow) -> &[String] {
    if booking.served_by.is_empty() { &booking.resources } else { &booking.served_by }
}

/// Minutes that two spans share.
fn shared(one: Span, other: Span) -> i64 {
    (one.end.0.min(other.end.0) - one.start.0.max(other.start.0)).max(0)
}

/// When somebody is on a shift and not away.
fn on_duty(resource: &Resource) -> Vec<Span> {
    let mut blocks: Vec<Span> = resource.blocks.iter().map(|block| block.span).collect();
    blocks.sort_unstable();
    let mut there = Vec::new();
    for shift in &resource.shifts {
        let mut from = shift.start;
        for block in blocks.iter().filter(|block| block.overlaps(*shift)) {
            if from < block.start {
                there.push(Span::new(from, block.start));
            }
            from = from.max(block.end);
        }
        if from < shift.end {
            there.push(Span::new(from, shift.end));
        }
    }
    there
}

/// The half-hours of several days between the first and the last that any of them has.
pub fn rows(days: &[Heat]) -> Vec<u32> {
    let first = days.iter().filter_map(|day| day.cells.keys().next()).min();
    let last = days.iter().filter_map(|day| day.cells.keys().next_back()).max();
    first.zip(last).map(|(first, last)| (*first..=*last).step_by(CELL_MINUTES as usize).collect()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::alloc::eligibility::capacity_minutes;
    use crate::domain::{AssignmentStatus, Minute};
    use crate::sheet::{Block, Demand, Location, Sheet};
    use crate::store::{LocationRow, TenantRow};
    use chrono_tz::{Africa, Europe, Tz};

    fn person(id: &str, can: &[&str], shift: Span) -> Resource {
        Resource::staff(id, can.iter().map(|&one| one.to_owned()).collect(), vec![shift])
    }

    fn booking(id: &str, span: Span, can: &str, count: u32, by: &[&str]) -> BookingRow {
        let at = span.start.to_utc();
        BookingRow {
            id: id.to_owned(),
            location_id: "westlands".to_owned(),
            external_ref: None,
            service_id: None,
            customer_id: None,
            user_id: None,
            booked_by: None,
            notes: None,
            payment_ref: None,
            hold_expires_at: None,
            local_date: at.date_naive(),
            span,
            buffer_before_minutes: 0,
            buffer_after_minutes: 15,
            demands: vec![Demand { kind: ResourceKind::Staff, qualifications: [can.to_owned()].into(), count }],
            gender: None,
            gender_waived: false,
            zone: None,
            party_size: 1,
            priority: 1,
            same_resource_as: None,
            affinity: BTreeMap::new(),
            state: crate::domain::BookingState::Confirmed,
            status: AssignmentStatus::Provisional,
            resources: by.iter().map(|&one| one.to_owned()).collect(),
            served_by: Vec::new(),
            state_version: 1,
            created_at: at,
            updated_at: at,
        }
    }

    fn day(zone: Tz, date: &str, resources: Vec<Resource>, bookings: Vec<BookingRow>) -> Day {
        let location = Location { id: "westlands".to_owned(), name: "Westlands".to_owned(), timezone: zone };
        let date = date.parse().unwrap();
        let sheet = Sheet { location, date, grid_minutes: 5, resources, combinations: Vec::new(), bookings: Vec::new() };
        let location = LocationRow { id: "westlands".into(), tenant_id: "serenity".into(), name: "Westlands".into(), timezone: zone };
        let tenant = TenantRow::new("serenity", "Serenity");
        Day { sheet, version: 1, bookings, customers: BTreeMap::new(), services: BTreeMap::new(), location, tenant }
    }

    fn span(zone: Tz, date: &str, from: u32, to: u32) -> Span {
        let date = date.parse().unwrap();
        Span::new(local::instant(zone, date, from), local::instant(zone, date, to))
    }

    fn nairobi(from: u32, to: u32) -> Span {
        span(Africa::Nairobi, "2026-11-21", from, to)
    }

    /// Grace and Joy from nine to five, Grace away for the first half-hour.
    fn people() -> Vec<Resource> {
        let away = Block { span: nairobi(540, 570), reason: Some("break".to_owned()) };
        let grace = Resource { blocks: vec![away], ..person("grace", &["swedish", "deep"], nairobi(540, 1020)) };
        vec![grace, person("joy", &["swedish"], nairobi(540, 1020))]
    }

    #[test]
    fn a_half_hour_sets_bookings_with_their_buffers_against_people_who_are_not_away() {
        let day = day(Africa::Nairobi, "2026-11-21", people(), vec![booking("b1", nairobi(540, 600), "swedish", 1, &["joy"])]);
        let heat = Heat::of(&day, &[], None);
        let cell = |minute: u32| heat.cells.get(&minute).copied().unwrap_or_default();
        assert_eq!(cell(540), Load { booked: 30, capacity: 30 }, "Grace is away");
        assert_eq!((cell(540).percent(), cell(540).is_over()), (Some(100), false));
        assert_eq!(cell(570), Load { booked: 30, capacity: 60 });
        assert_eq!(cell(600), Load { booked: 15, capacity: 60 }, "the quarter after it is booked, too");
        assert_eq!((cell(1020), Load::default().percent()), (Load::default(), None), "the house is closed");
        assert_eq!(rows(std::slice::from_ref(&heat)), (540..=990).step_by(30).collect::<Vec<_>>());
        assert_eq!((heat.bookings, heat.unplaced, heat.total.booked), (1, 0, 75));
        assert_eq!(heat.total.capacity, people().iter().map(capacity_minutes).sum::<i64>());
    }

    #[test]
    fn what_nobody_serves_is_asked_of_as_many_as_it_needs() {
        let both = booking("couple", nairobi(540, 570), "swedish", 2, &[]);
        let day = day(Africa::Nairobi, "2026-11-21", people(), vec![both]);
        let heat = Heat::of(&day, &[], None);
        assert_eq!(heat.cells[&540], Load { booked: 60, capacity: 30 });
        assert!(heat.cells[&540].is_over());
        assert_eq!((heat.bookings, heat.unplaced), (1, 1));
    }

    #[test]
    fn of_one_qualification_only_its_people_and_what_waits_for_them_count() {
        let bookings = vec![
            booking("held", nairobi(600, 660), "swedish", 1, &["grace"]),
            booking("others", nairobi(600, 660), "swedish", 1, &["joy"]),
            booking("waits", nairobi(600, 660), "deep", 1, &[]),
            booking("elsewhere", nairobi(600, 660), "swedish", 1, &[]),
        ];
        let day = day(Africa::Nairobi, "2026-11-21", people(), bookings);
        let heat = Heat::of(&day, &[], Some("deep"));
        assert_eq!(heat.cells[&600], Load { booked: 60, capacity: 30 }, "Grace's own, and what only she can do");
        assert_eq!((heat.bookings, heat.unplaced), (2, 1));
    }

    #[test]
    fn what_took_place_counts_for_those_who_served_it_even_if_they_have_left() {
        let over = BookingRow { served_by: vec!["gone".to_owned()], ..booking("past", nairobi(600, 660), "swedish", 1, &["joy"]) };
        let day = day(Africa::Nairobi, "2026-11-21", people(), Vec::new());
        assert_eq!(Heat::of(&day, std::slice::from_ref(&over), None).total.booked, 75);
        assert_eq!(Heat::of(&day, &[over], Some("swedish")).total.booked, 0, "nobody of this name can do it now");
    }

    #[test]
    fn on_the_day_of_twenty_five_hours_a_half_hour_of_the_wall_clock_holds_all_its_minutes() {
        let date = "2026-10-25";
        let night = span(Europe::Berlin, date, 0, 240);
        assert_eq!(night.minutes(), 300);
        let day = day(Europe::Berlin, date, vec![person("nils", &["swedish"], night)], Vec::new());
        let heat = Heat::of(&day, &[], None);
        assert_eq!((heat.total.capacity, heat.cells[&120].capacity, heat.cells[&150].capacity), (300, 30, 90));
        let spring = span(Europe::Berlin, "2026-03-29", 0, 240);
        let day = self::day(Europe::Berlin, "2026-03-29", vec![person("nils", &["swedish"], spring)], Vec::new());
        let heat = Heat::of(&day, &[], None);
        assert_eq!((heat.total.capacity, heat.cells.get(&120)), (180, None), "that half-hour was not there");
        assert_eq!(rows(&[heat]), (0..=210).step_by(30).collect::<Vec<_>>());
    }

    #[test]
    fn a_shift_into_the_night_goes_on_below_midnight() {
        let late = Span::new(nairobi(1380, 1440).start, Minute(nairobi(1380, 1440).end.0 + 60));
        let day = day(Africa::Nairobi, "2026-11-21", vec![person("nils", &["swedish"], late)], Vec::new());
        assert_eq!(rows(&[Heat::of(&day, &[], None)]), vec![1380, 1410, 1440, 1470]);
    }
}
