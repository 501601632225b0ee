//! Weeks of one spa, day after day with the same people: what evens out over time can only be seen over time.

use chrono::{Days, NaiveDate};

use super::{DATE, Dice, Person, Spa, ZONE, sheet, staff_id};
use crate::domain::Span;
use crate::domain::local::day_span;
use crate::sheet::{Block, Sheet};

/// The first day: a Monday.
const FIRST: NaiveDate = NaiveDate::from_ymd_opt(2027, 1, 4).expect("a date");
/// Monday to Saturday.
const OPEN_DAYS: u64 = 6;
/// The week in which the last of the team begins, from 0.
const NEWCOMER_WEEK: u64 = 4;
/// How long a temp stays.
const TEMP_WEEKS: u64 = 2;

/// How such weeks come about. Everybody has hours and qualifications of their own, works five of the six open days and is on leave for one week; the
/// last of the team begins in the fifth week; temps stay for two weeks each. Percentages are of a hundred.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Quarter {
    /// People on the team, the newcomer among them.
    pub staff: usize,
    /// How many weeks.
    pub weeks: u64,
    /// Temps, each for two weeks.
    pub temps: usize,
    /// Customers are taken until the booked minutes are this share of the minutes on duty.
    pub load_percent: u32,
    /// Share of customers who insist on a person.
    pub bound_percent: u32,
    /// Share of customers who wish a gender.
    pub gender_percent: u32,
}

/// Somebody over the weeks.
struct Hired {
    person: Person,
    id: String,
    /// Weeks in which they are on the team: first, and the one after the last.
    weeks: (u64, u64),
    /// The week of their leave.
    leave: Option<u64>,
    /// The day of the week on which they are off.
    off: u64,
    is_temp: bool,
}

impl Quarter {
    /// The open days in order, each as it stood the evening before: everybody booked with the least busy of those who could, or with whom they
    /// insist on. The same seed gives the same days.
    pub fn days(&self, seed: u64) -> Vec<Sheet> {
        let mut dice = Dice(seed);
        let team = self.team(&mut dice);
        (0..self.weeks).flat_map(|week| (0..OPEN_DAYS).map(move |day| (week, day))).map(|(week, day)| self.day(&mut dice, &team, week, day)).collect()
    }

    fn team(&self, dice: &mut Dice) -> Vec<Hired> {
        let staff = (0..self.staff).map(|k| {
            let first = if k > 0 && k + 1 == self.staff { NEWCOMER_WEEK } else { 0 };
            let leave = Some(u64::from(dice.below(u32::try_from(self.weeks.max(1)).unwrap_or(u32::MAX))));
            Hired { person: hired(dice), id: staff_id(k), weeks: (first, self.weeks), leave, off: k as u64 % OPEN_DAYS, is_temp: false }
        });
        let mut team: Vec<Hired> = staff.collect();
        for k in 0..self.temps {
            let first = u64::from(dice.below(u32::try_from(self.weeks.max(1)).unwrap_or(u32::MAX)));
            let weeks = (first, first + TEMP_WEEKS);
            team.push(Hired { person: hired(dice), id: format!("temp{k}"), weeks, leave: None, off: k as u64 % OPEN_DAYS, is_temp: true });
        }
        team
    }

    fn day(&self, dice: &mut Dice, team: &[Hired], week: u64, day: u64) -> Sheet {
        let on_team = |one: &&Hired| (one.weeks.0..one.weeks.1).contains(&week);
        let works = |one: &&Hired| one.leave != Some(week) && one.off != day;
        let there: Vec<&Hired> = team.iter().filter(on_team).filter(works).collect();
        let mut busy: Vec<Person> = there.iter().map(|one| one.person.clone()).collect();
        let spa = Spa {
            staff: busy.len(),
            load_percent: self.load_percent,
            absent: 0,
            bound_percent: self.bound_percent,
            gender_percent: self.gender_percent,
        };
        let mut bookings = spa.fill(dice, &mut busy);
        for booking in &mut bookings {
            // The day knew them by their places.
            for resource in booking.assignment.iter_mut().flat_map(|a| &mut a.resources) {
                if let Some(k) = (0..there.len()).find(|&k| staff_id(k) == *resource) {
                    resource.clone_from(&there[k].id);
                }
            }
        }
        let resources = team.iter().filter(on_team).map(|one| {
            let mut on_sheet = one.person.clone().on_the_sheet(0);
            on_sheet.id.clone_from(&one.id);
            on_sheet.name.clone_from(&one.id);
            on_sheet.temporary = one.is_temp;
            if one.off == day {
                (on_sheet.shifts, on_sheet.blocks) = (Vec::new(), Vec::new());
            } else if one.leave == Some(week) {
                on_sheet.blocks.push(Block { span: day_span(ZONE, DATE), reason: Some("leave".into()) });
            }
            on_sheet
        });
        let sheet = sheet(self.staff, resources.collect(), bookings);
        moved_to(sheet, FIRST.checked_add_days(Days::new(7 * week + day)).unwrap_or(FIRST))
    }
}

fn hired(dice: &mut Dice) -> Person {
    Person { carried_minutes: 0.0, ..Person::hired(dice) }
}

/// The same day on another date. Nairobi's clocks never change.
fn moved_to(mut sheet: Sheet, date: NaiveDate) -> Sheet {
    let minutes = (date - DATE).num_minutes();
    let moved = |span: &mut Span| *span = Span::new(span.start.plus(minutes), span.end.plus(minutes));
    for resource in &mut sheet.resources {
        resource.shifts.iter_mut().for_each(moved);
        resource.blocks.iter_mut().for_each(|block| moved(&mut block.span));
    }
    sheet.bookings.iter_mut().for_each(|booking| moved(&mut booking.span));
    Sheet { date, ..sheet }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::alloc::eligibility::capacity_minutes;
    use crate::sheet::{read, write};

    const SMALL: Quarter = Quarter { staff: 7, weeks: 6, temps: 2, load_percent: 60, bound_percent: 10, gender_percent: 15 };

    #[test]
    fn every_day_is_a_valid_sheet_and_the_seed_makes_them_again() {
        let (days, again) = (SMALL.days(3), SMALL.days(3));
        assert_eq!(days.len(), 36);
        for (day, same) in days.iter().zip(&again) {
            let text = write::to_json(day);
            assert_eq!(text, write::to_json(same));
            assert_eq!(write::to_json(&read::from_str(&text).unwrap()), text, "{}", day.date);
        }
        assert!(days.windows(2).all(|pair| pair[0].date < pair[1].date));
    }

    #[test]
    fn people_come_are_on_leave_and_go() {
        let days = SMALL.days(3);
        let hours = |day: &Sheet, who: &str| day.resources.iter().find(|r| r.id == who).map(capacity_minutes);
        assert_eq!(hours(&days[0], "s0006"), None, "the newcomer is not hired yet");
        assert!(days[24..].iter().any(|day| hours(day, "s0006").is_some_and(|minutes| minutes > 0)));
        let there = days.iter().filter(|day| hours(day, "s0001").is_some_and(|minutes| minutes > 0)).count();
        assert_eq!(there, 5 * 5, "five days a week, but for the week of leave");
        assert!(days.iter().any(|day| day.resources.iter().any(|r| r.temporary)));
    }
}
