//! What a file of bookings says without saying it: who can do what, who was on duty when, and which recorded pairs cannot both be held.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{Datelike, NaiveDate, NaiveDateTime, NaiveTime, TimeZone, Weekday};
use chrono_tz::Tz;

use super::batch::{Availability, BatchBooking, BatchStaff, Hours};
use crate::domain::{Minute, Span};

/// Everybody is qualified for the services they were seen doing. Cancelled bookings were not seen.
pub fn qualify(staff: &mut [BatchStaff], bookings: &[BatchBooking]) {
    let mut seen: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for booking in bookings.iter().filter(|b| b.takes_time()) {
        if let Some(worked) = &booking.worked {
            seen.entry(&worked.staff).or_default().insert(&booking.service);
        }
    }
    for person in staff {
        let services = seen.get(person.external_ref.as_str()).into_iter().flatten().map(|service| (*service).to_owned());
        person.services = person.services.iter().cloned().chain(services).collect::<BTreeSet<String>>().into_iter().collect();
    }
}

/// A booking that cannot be held beside an earlier one of the same person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Clash {
    /// Position of the booking that goes in without being held.
    pub later: usize,
    /// Position of the one the person was busy with.
    pub earlier: usize,
}

/// Marks bookings that overlap an earlier held one of the same person as not held, and tells which. Earlier means: starts earlier, then
/// stands earlier in the file.
pub fn release_overlaps(bookings: &mut [BatchBooking]) -> Vec<Clash> {
    let mut order: Vec<usize> = (0..bookings.len()).filter(|&k| bookings[k].takes_time() && bookings[k].worked.is_some()).collect();
    order.sort_by_key(|&k| (bookings[k].occupied().start, bookings[k].line, k));
    let mut busy_with: BTreeMap<String, usize> = BTreeMap::new();
    let mut clashes = Vec::new();
    for k in order {
        let occupied = bookings[k].occupied();
        let Some(worked) = bookings[k].worked.as_ref() else { continue };
        let held_before = busy_with.get(&worked.staff).copied().filter(|&other| bookings[other].occupied().overlaps(occupied));
        if let Some(earlier) = held_before {
            clashes.push(Clash { later: k, earlier });
            if let Some(worked) = bookings[k].worked.as_mut() {
                worked.held = false;
            }
        } else {
            busy_with.insert(worked.staff.clone(), k);
        }
    }
    clashes
}

/// The local date and wall clock of an instant.
pub fn wall(at: Minute, timezone: Tz) -> NaiveDateTime {
    timezone.from_utc_datetime(&at.to_utc().naive_utc()).naive_local()
}

/// For each person and day, from the first start to the last end of recorded work. Work that ends after midnight counts up to midnight.
pub fn worked_hours(bookings: &[BatchBooking], timezone: Tz) -> Vec<Hours> {
    let mut days: BTreeMap<(&str, NaiveDate), (NaiveTime, NaiveTime)> = BTreeMap::new();
    for booking in bookings.iter().filter(|b| b.takes_time()) {
        if let Some(worked) = &booking.worked {
            widen(&mut days, (worked.staff.as_str(), wall(booking.occupied().start, timezone).date()), booking.occupied(), timezone);
        }
    }
    days.into_iter().map(|((staff, date), (from, to))| Hours { staff: Some(staff.to_owned()), on: Availability::Date(date), from, to }).collect()
}

/// For each day of the week, from the earliest start to the latest end of any booking on such a day.
pub fn opening_hours(bookings: &[BatchBooking], timezone: Tz) -> Vec<Hours> {
    let mut days: BTreeMap<u32, (NaiveTime, NaiveTime)> = BTreeMap::new();
    for booking in bookings.iter().filter(|b| b.takes_time()) {
        let day = wall(booking.occupied().start, timezone).weekday();
        widen(&mut days, day.num_days_from_monday(), booking.occupied(), timezone);
    }
    let week = std::iter::successors(Some(Weekday::Mon), |day| Some(day.succ())).take(7);
    week.filter_map(|day| {
        days.get(&day.num_days_from_monday()).map(|(from, to)| Hours { staff: None, on: Availability::Weekly(day), from: *from, to: *to })
    })
    .collect()
}

fn widen<K: Ord>(spans: &mut BTreeMap<K, (NaiveTime, NaiveTime)>, key: K, occupied: Span, timezone: Tz) {
    let (start, end) = (wall(occupied.start, timezone), wall(occupied.end, timezone));
    let to = if end.date() > start.date() { NaiveTime::MIN } else { end.time() };
    let entry = spans.entry(key).or_insert((start.time(), to));
    entry.0 = entry.0.min(start.time());
    // Midnight as an end is the latest end there is.
    entry.1 = if entry.1 == NaiveTime::MIN || to == NaiveTime::MIN { NaiveTime::MIN } else { entry.1.max(to) };
}

#[cfg(test)]
mod tests {
    use super::super::batch::Worked;
    use super::*;
    use crate::domain::{AssignmentStatus, BookingState};

    fn booking(line: u64, staff: &str, start: i64, minutes: i64) -> BatchBooking {
        BatchBooking {
            external_ref: line.to_string(),
            file: "t.csv".into(),
            line,
            customer: None,
            service: format!("s{line}"),
            span: Span::new(Minute(start), Minute(start + minutes)),
            buffer_after_minutes: 0,
            party_size: 1,
            gender: None,
            state: BookingState::Completed,
            worked: Some(Worked { staff: staff.into(), held: true }),
            assignment: AssignmentStatus::Finalized,
        }
    }

    #[test]
    fn of_two_overlapping_bookings_the_later_one_is_not_held_and_a_third_after_both_is() {
        let mut rows = [booking(2, "jj", 30, 40), booking(3, "jj", 0, 40), booking(4, "jj", 50, 10), booking(5, "kelly", 10, 60)];
        let clashes = release_overlaps(&mut rows);
        assert_eq!(clashes, [Clash { later: 0, earlier: 1 }]);
        assert_eq!(rows.iter().map(|b| b.worked.as_ref().unwrap().held).collect::<Vec<_>>(), [false, true, true, true]);
    }

    #[test]
    fn hours_run_from_the_first_start_to_the_last_end_and_stop_at_midnight() {
        let rows = [booking(2, "jj", 600, 40), booking(3, "jj", 540, 20), booking(4, "kelly", 1420, 60)];
        let hours = worked_hours(&rows, chrono_tz::UTC);
        let time = |h, m| NaiveTime::from_hms_opt(h, m, 0).unwrap();
        assert_eq!((hours[0].from, hours[0].to), (time(9, 0), time(10, 40)));
        assert_eq!((hours[1].from, hours[1].to), (time(23, 40), NaiveTime::MIN));
        assert_eq!(opening_hours(&rows, chrono_tz::UTC).len(), 1);
    }

    #[test]
    fn people_can_do_what_they_were_seen_doing_and_a_cancelled_booking_was_not_seen() {
        let mut staff = [BatchStaff { external_ref: "jj".into(), name: "JJ".into(), gender: None, services: Vec::new() }];
        let mut rows = [booking(2, "jj", 600, 40), booking(3, "jj", 700, 40)];
        rows[1].state = BookingState::Cancelled;
        qualify(&mut staff, &rows);
        assert_eq!(staff[0].services, ["s2"]);
    }
}
