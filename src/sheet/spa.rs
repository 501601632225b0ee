//! Made-up sheets for measuring: the next day of a spa of any size, with everything that makes a day hard. The same seed gives the same bytes.
//!
//! The day comes about as a real one does. Customers ask for a treatment at a time; one who finds somebody qualified and free is booked with
//! the least busy of them (or with the one they insist on), the others go elsewhere. So everybody can be served, until people fall ill.

mod quarter;

use chrono::NaiveDate;
use chrono_tz::Tz;

pub use quarter::Quarter;

use super::{Assignment, Block, Booking, Demand, Location, Resource, Sheet};
use crate::domain::local::{day_span, instant};
use crate::domain::{AssignmentStatus, ResourceKind, Span};

const ZONE: Tz = Tz::Africa__Nairobi;
const DATE: NaiveDate = NaiveDate::from_ymd_opt(2026, 11, 21).expect("a date");
/// Opening hours, in minutes after midnight.
const OPENING: (u32, u32) = (9 * 60, 20 * 60);
/// Treatments begin and breaks begin at whole quarters.
const QUARTER: u32 = 15;
const LUNCH_MINUTES: u32 = 45;
/// Most customers who ask, per person on the team: with rare skills the day may never become as full as wished.
const ASKED_MAX: usize = 500;

/// A treatment: its name, how often it is asked for (in a hundred), how long it may take.
const TREATMENTS: [(&str, u32, &[u32]); 8] = [
    ("swedish", 30, &[60, 60, 90]),
    ("deep-tissue", 18, &[60, 90]),
    ("hot-stone", 8, &[90, 120]),
    ("facial", 14, &[45, 60, 75]),
    ("manicure", 12, &[30, 45]),
    ("prenatal", 4, &[60]),
    ("thai", 6, &[90, 120]),
    ("waxing", 8, &[15, 30, 45]),
];

/// What people are trained for. A team has a few kinds of people, and some who learnt something more.
const ROLES: [&[&str]; 7] = [
    &["swedish", "deep-tissue", "hot-stone"],
    &["swedish", "prenatal"],
    &["facial", "waxing"],
    &["facial", "manicure", "waxing"],
    &["swedish", "thai", "deep-tissue"],
    &["manicure", "waxing"],
    &["swedish", "facial", "hot-stone"],
];

/// How large a day is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Size {
    /// 8 people, some 50 bookings.
    S,
    /// 20 people, some 120 bookings.
    M,
    /// 50 people, some 350 bookings.
    L,
    /// 200 people, some 1,350 bookings.
    Xl,
    /// 500 people, some 3,300 bookings.
    Xxl,
}

impl Size {
    /// All sizes, smallest first.
    pub const ALL: [Size; 5] = [Size::S, Size::M, Size::L, Size::Xl, Size::Xxl];

    /// Its word: `S`, `M`, `L`, `XL`, `XXL`.
    pub fn as_str(self) -> &'static str {
        match self {
            Size::S => "S",
            Size::M => "M",
            Size::L => "L",
            Size::Xl => "XL",
            Size::Xxl => "XXL",
        }
    }

    /// The smallest size whose team is about as large as this one.
    pub fn of_staff(people: usize) -> Size {
        match people {
            0..=12 => Size::S,
            13..=30 => Size::M,
            31..=100 => Size::L,
            101..=300 => Size::Xl,
            _ => Size::Xxl,
        }
    }
}

/// What a day is made with. Percentages are of a hundred.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Spa {
    /// People on the team.
    pub staff: usize,
    /// Customers are taken until the booked minutes are this share of the minutes on duty.
    pub load_percent: u32,
    /// How many of the team turn out to be away after everything was booked.
    pub absent: usize,
    /// Share of customers who insist on a person.
    pub bound_percent: u32,
    /// Share of customers who wish a gender.
    pub gender_percent: u32,
}

impl Spa {
    /// The day of a size.
    pub fn of(size: Size) -> Spa {
        let (staff, load_percent, absent) = match size {
            Size::S => (8, 85, 1),
            Size::M => (20, 85, 1),
            Size::L => (50, 85, 2),
            Size::Xl => (200, 82, 5),
            Size::Xxl => (500, 82, 12),
        };
        Spa { staff, load_percent, absent, bound_percent: 10, gender_percent: 15 }
    }

    /// The day itself. Valid, whatever the numbers; never more absent than there are people.
    pub fn day(&self, seed: u64) -> Sheet {
        let mut dice = Dice(seed);
        let mut team: Vec<Person> = (0..self.staff).map(|_| Person::hired(&mut dice)).collect();
        let bookings = self.fill(&mut dice, &mut team);
        for k in dice.some_of(self.staff, self.absent) {
            team[k].away = true;
        }
        let resources = team.into_iter().enumerate().map(|(k, person)| person.on_the_sheet(k)).collect();
        sheet(self.staff, resources, bookings)
    }

    /// Customers ask until the team is as busy as wished.
    fn fill(&self, dice: &mut Dice, team: &mut [Person]) -> Vec<Booking> {
        let wanted_minutes = team.iter().map(|p| u64::from(p.duty_minutes())).sum::<u64>() * u64::from(self.load_percent) / 100;
        let (mut bookings, mut booked_minutes) = (Vec::new(), 0);
        for _ in 0..team.len() * ASKED_MAX {
            if booked_minutes >= wanted_minutes {
                break;
            }
            let wish = Wish::uttered(dice, self.gender_percent);
            if let Some((who, status)) = self.hold(dice, team, &wish) {
                team[who].take(&wish);
                booked_minutes += u64::from(wish.minutes);
                bookings.push(wish.booked(bookings.len(), who, status));
            }
        }
        bookings
    }

    /// Who holds the wish and how firmly; nobody when nobody can.
    fn hold(&self, dice: &mut Dice, team: &[Person], wish: &Wish) -> Option<(usize, AssignmentStatus)> {
        let able: Vec<usize> = (0..team.len()).filter(|&k| team[k].can_serve(wish)).collect();
        let least_busy = able.iter().copied().min_by_key(|&k| (team[k].booked_minutes, k))?;
        Some(if dice.chance(self.bound_percent) {
            (dice.one_of(&able), AssignmentStatus::Bound)
        } else {
            (least_busy, AssignmentStatus::Provisional)
        })
    }
}

/// One of the team while the day fills up. Times in minutes after midnight.
#[derive(Clone)]
struct Person {
    skills: Vec<&'static str>,
    gender: &'static str,
    shift: (u32, u32),
    lunch: u32,
    carried_minutes: f64,
    taken: Vec<(u32, u32)>,
    booked_minutes: u32,
    away: bool,
}

impl Person {
    fn hired(dice: &mut Dice) -> Person {
        let mut skills = dice.one_of(&ROLES).to_vec();
        if dice.chance(30) {
            skills.push(dice.one_of(&TREATMENTS).0);
        }
        let from = OPENING.0 + dice.one_of(&[0, 0, 0, 60, 120, 180]);
        let to = OPENING.1.min(from + dice.one_of(&[300, 480, 480, 480, 540]));
        // Nobody lunches in the first or the last two hours.
        let lunch = from + 120 + QUARTER * dice.below((to - from - 240).div_ceil(QUARTER));
        Person {
            skills,
            gender: if dice.chance(70) { "female" } else { "male" },
            shift: (from, to),
            lunch,
            carried_minutes: dice.one_of(&[0.0, 0.0, 0.0, 15.0, 30.0, 60.0]),
            taken: vec![(lunch, lunch + LUNCH_MINUTES)],
            booked_minutes: 0,
            away: false,
        }
    }

    fn duty_minutes(&self) -> u32 {
        self.shift.1 - self.shift.0 - LUNCH_MINUTES
    }

    fn can_serve(&self, wish: &Wish) -> bool {
        let (from, to) = wish.occupied();
        self.skills.contains(&wish.treatment)
            && wish.gender.is_none_or(|gender| gender == self.gender)
            && self.shift.0 <= from
            && to <= self.shift.1
            && self.taken.iter().all(|&(a, z)| z <= from || to <= a)
    }

    fn take(&mut self, wish: &Wish) {
        self.taken.push(wish.occupied());
        self.booked_minutes += wish.minutes;
    }

    fn on_the_sheet(self, k: usize) -> Resource {
        let mut blocks = vec![Block { span: span(self.lunch, self.lunch + LUNCH_MINUTES), reason: Some("break".into()) }];
        if self.away {
            blocks.push(Block { span: day_span(ZONE, DATE), reason: Some("sick".into()) });
        }
        let can = self.skills.into_iter().map(str::to_owned).collect();
        Resource {
            name: format!("Person {k}"),
            gender: Some(self.gender.into()),
            blocks,
            carried_minutes: self.carried_minutes,
            ..Resource::staff(staff_id(k), can, vec![span(self.shift.0, self.shift.1)])
        }
    }
}

/// What a customer asks for.
struct Wish {
    treatment: &'static str,
    begin: u32,
    minutes: u32,
    buffer_after_minutes: u32,
    gender: Option<&'static str>,
}

impl Wish {
    fn uttered(dice: &mut Dice, gender_percent: u32) -> Wish {
        let (treatment, _, lengths) = dice.treatment();
        let minutes = dice.one_of(lengths);
        let buffer_after_minutes = dice.one_of(&[0, 10, 15]);
        let latest = OPENING.1 - OPENING.0 - minutes - buffer_after_minutes;
        let begin = OPENING.0 + QUARTER * dice.below(latest / QUARTER + 1);
        let gender = dice.chance(gender_percent).then(|| if dice.chance(80) { "female" } else { "male" });
        Wish { treatment, begin, minutes, buffer_after_minutes, gender }
    }

    fn occupied(&self) -> (u32, u32) {
        (self.begin, self.begin + self.minutes + self.buffer_after_minutes)
    }

    fn booked(&self, k: usize, who: usize, status: AssignmentStatus) -> Booking {
        Booking {
            id: format!("b{k:05}"),
            span: span(self.begin, self.begin + self.minutes),
            buffer_before_minutes: 0,
            buffer_after_minutes: self.buffer_after_minutes,
            demands: vec![Demand { kind: ResourceKind::Staff, qualifications: [self.treatment.to_owned()].into(), count: 1 }],
            gender: self.gender.map(str::to_owned),
            zone: None,
            party_size: 1,
            priority: 1,
            same_resource_as: None,
            affinity: Default::default(),
            assignment: Some(Assignment { status, resources: vec![staff_id(who)] }),
        }
    }
}

fn sheet(people: usize, resources: Vec<Resource>, bookings: Vec<Booking>) -> Sheet {
    Sheet {
        location: Location { id: "bench".into(), name: format!("A spa of {people}"), timezone: ZONE },
        date: DATE,
        grid_minutes: 5,
        resources,
        combinations: Vec::new(),
        bookings,
    }
}

fn staff_id(k: usize) -> String {
    format!("s{k:04}")
}

fn span(from: u32, to: u32) -> Span {
    Span::new(instant(ZONE, DATE, from), instant(ZONE, DATE, to))
}

/// SplitMix64 (Steele, Lea & Flood 2014): small, and the same on every machine for ever, which a crate's generators do not promise.
struct Dice(u64);

impl Dice {
    fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number from 0 to `n` - 1; `n` is 1 or more.
    fn below(&mut self, n: u32) -> u32 {
        (self.bits() % u64::from(n)) as u32
    }

    fn chance(&mut self, percent: u32) -> bool {
        self.below(100) < percent
    }

    fn one_of<T: Copy>(&mut self, from: &[T]) -> T {
        from[(self.bits() % from.len() as u64) as usize]
    }

    /// As often as each is asked for.
    fn treatment(&mut self) -> (&'static str, u32, &'static [u32]) {
        let mut at = self.below(TREATMENTS.iter().map(|(_, weight, _)| weight).sum());
        for treatment in TREATMENTS {
            if at < treatment.1 {
                return treatment;
            }
            at -= treatment.1;
        }
        TREATMENTS[0]
    }

    /// `count` different positions out of `n`, ascending; all of them where there are no more.
    fn some_of(&mut self, n: usize, count: usize) -> Vec<usize> {
        let mut left: Vec<usize> = (0..n).collect();
        while left.len() > count {
            let gone = (self.bits() % left.len() as u64) as usize;
            left.remove(gone);
        }
        left
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sheet::{read, write};

    #[test]
    fn a_day_is_a_valid_sheet_and_its_seed_makes_it_again() {
        for size in [Size::S, Size::M, Size::L] {
            let text = write::to_json(&Spa::of(size).day(7));
            assert_eq!(text, write::to_json(&Spa::of(size).day(7)), "{size:?}");
            assert_ne!(text, write::to_json(&Spa::of(size).day(8)), "{size:?}");
            assert_eq!(write::to_json(&read::from_str(&text).unwrap()), text, "{size:?}");
        }
    }

    #[test]
    fn a_day_is_as_large_and_as_mixed_as_its_size_says() {
        let sheet = Spa::of(Size::M).day(1);
        assert_eq!(sheet.resources.len(), 20);
        assert!((90..=150).contains(&sheet.bookings.len()), "{}", sheet.bookings.len());
        let count = |is: &dyn Fn(&Booking) -> bool| sheet.bookings.iter().filter(|b| is(b)).count();
        let bound = count(&|b| b.assignment.as_ref().is_some_and(|a| a.status == AssignmentStatus::Bound));
        assert!((4..=25).contains(&bound), "{bound}");
        assert!((6..=32).contains(&count(&|b| b.gender.is_some())));
        let away = |r: &&Resource| r.blocks.iter().any(|b| b.reason.as_deref() == Some("sick"));
        assert_eq!(sheet.resources.iter().filter(away).count(), 1);
    }

    #[test]
    fn odd_numbers_still_make_a_day() {
        for (staff, load_percent, absent) in [(0, 85, 3), (1, 1_000, 1), (3, 0, 2)] {
            let sheet = Spa { staff, load_percent, absent, bound_percent: 100, gender_percent: 100 }.day(1);
            assert_eq!(sheet.resources.len(), staff);
        }
    }
}
