//! Random valid sheets that between them use every constraint of the contract.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{NaiveDate, TimeZone};
use chrono_tz::Tz;
use zamu::domain::{AssignmentStatus, Minute, ResourceKind, Span};
use zamu::sheet::{Assignment, Block, Booking, Combination, Demand, Location, Resource, Sheet};

use super::oracle::options;
use super::rng::Rng;

/// How large, and how far from what every tool understands.
#[derive(Debug, Clone, Copy)]
pub struct Knobs {
    /// Most bookings.
    pub bookings_max: u32,
    /// Most resources, 2 or more.
    pub resources_max: u32,
    /// Leaves out what `check_plan.py` cannot see: a combination beside other demands, and tables' qualifications beside combinations.
    pub plain_combinations: bool,
}

impl Knobs {
    /// Small enough to enumerate.
    pub const TINY: Knobs = Knobs { bookings_max: 5, resources_max: 4, plain_combinations: false };
    /// A quiet day.
    pub const SMALL: Knobs = Knobs { bookings_max: 12, resources_max: 6, plain_combinations: false };
    /// A full day.
    pub const DAY: Knobs = Knobs { bookings_max: 40, resources_max: 12, plain_combinations: false };

    /// Without what `check_plan.py` cannot see.
    pub fn plain(self) -> Knobs {
        Knobs { plain_combinations: true, ..self }
    }
}

const QUALIFICATIONS: [&str; 3] = ["swedish", "facial", "thai"];
/// All of a sheet's times are whole units from its opening.
const UNITS: u32 = 14;

/// What a sheet is made with.
struct Maker {
    rng: Rng,
    opening: Minute,
    /// Minutes of one unit, a multiple of the grid.
    unit: u32,
    grid: u32,
    knobs: Knobs,
}

/// A valid sheet; the same seed and knobs give the same one.
pub fn random_sheet(seed: u64, knobs: Knobs) -> Sheet {
    let mut rng = Rng::new(seed);
    let zone = rng.pick(&[Tz::Africa__Nairobi, Tz::Europe__Berlin, Tz::America__New_York, Tz::UTC, Tz::Asia__Kathmandu]);
    // The second and third are the days on which Berlin's clocks change.
    let day = rng.pick(&["2026-11-21", "2026-03-29", "2026-10-25"]);
    let date: NaiveDate = day.parse().expect("a day");
    let opening =
        Minute::of(zone.from_local_datetime(&date.and_hms_opt(0, 30, 0).expect("a time")).earliest().expect("no clock changes then").to_utc());
    let (grid, unit) = rng.pick(&[(5, 15), (5, 30), (15, 15), (30, 30), (1, 20)]);
    let mut maker = Maker { rng, opening, unit, grid, knobs };
    let resources = maker.resources();
    let combinations = maker.combinations(&resources);
    let location = Location { id: "house".into(), name: "The house".into(), timezone: zone };
    let mut sheet = Sheet { location, date, grid_minutes: grid, resources, combinations, bookings: Vec::new() };
    for k in 0..maker.rng.between(1, knobs.bookings_max) {
        let booking = maker.booking(k, &sheet);
        sheet.bookings.push(booking);
    }
    maker.link(&mut sheet);
    maker.assign(&mut sheet);
    sheet
}

impl Maker {
    /// From one unit to another, counted from the opening.
    fn span(&self, from: u32, to: u32) -> Span {
        let at = |unit: u32| self.opening.plus(i64::from(unit * self.unit));
        Span::new(at(from), at(to))
    }

    fn resources(&mut self) -> Vec<Resource> {
        let count = self.rng.between(2, self.knobs.resources_max);
        // A spa has only staff, a restaurant mostly tables, some houses both.
        let table_percent = self.rng.pick(&[0, 0, 40, 80]);
        let genders = self.rng.pick(&[vec!["female", "male"], vec!["male"], vec!["female", "female", "male"]]);
        (0..count).map(|k| self.resource(k, table_percent, &genders)).collect()
    }

    fn resource(&mut self, k: u32, table_percent: u32, genders: &[&str]) -> Resource {
        let kind = if self.rng.chance(table_percent) { ResourceKind::Table } else { ResourceKind::Staff };
        let table = kind == ResourceKind::Table;
        let first = self.rng.between(0, 3);
        let shifts = match self.rng.below(20) {
            0 => vec![],
            1..=5 => {
                let gap = self.rng.between(0, 2);
                vec![self.span(first, first + 4), self.span(first + 4 + gap, UNITS)]
            }
            _ => {
                let last = self.rng.between(first + 5, UNITS);
                vec![self.span(first, last)]
            }
        };
        let blocks = (0..self.rng.pick(&[0, 0, 0, 1, 1, 2])).map(|_| self.block()).collect();
        let qualified = if table { 20 } else { 65 };
        Resource {
            id: format!("{}{k}", if table { "t" } else { "s" }),
            name: format!("Number {k}"),
            kind,
            gender: (!table && self.rng.chance(85)).then(|| self.rng.pick(genders).to_owned()),
            qualifications: QUALIFICATIONS.iter().filter(|_| self.rng.chance(qualified)).map(|q| (*q).to_owned()).collect(),
            shifts,
            blocks,
            temporary: self.rng.chance(20),
            carried_minutes: self.rng.pick(&[0.0, 0.0, 15.0, 30.0, -20.0, 12.5]),
            seats: if table { self.rng.between(2, 6) } else { 0 },
            min_party: if table { self.rng.between(1, 3) } else { 1 },
            zone: self.rng.pick(&[None, Some("window"), Some("patio")]).map(str::to_owned),
        }
    }

    fn block(&mut self) -> Block {
        let from = self.rng.between(0, UNITS - 1);
        let to = self.rng.between(from + 1, from + 3);
        Block { span: self.span(from, to), reason: self.rng.chance(50).then(|| "break".to_owned()) }
    }

    fn combinations(&mut self, resources: &[Resource]) -> Vec<Combination> {
        let tables: Vec<&Resource> = resources.iter().filter(|r| r.kind == ResourceKind::Table).collect();
        let (mut found, mut sets) = (Vec::new(), BTreeSet::new());
        for k in 0..self.rng.below(4) {
            let mut order = tables.clone();
            self.rng.shuffle(&mut order);
            order.truncate(self.rng.pick(&[2, 2, 3]));
            let set: BTreeSet<String> = order.iter().map(|r| r.id.clone()).collect();
            if set.len() > 1 && sets.insert(set) {
                let seats = order.iter().map(|r| r.seats).sum::<u32>() - self.rng.between(0, 1);
                found.push(Combination {
                    id: format!("c{k}"),
                    members: order.iter().map(|r| r.id.clone()).collect(),
                    seats,
                    min_party: self.rng.between(1, 5),
                });
            }
        }
        found
    }

    fn demands(&mut self, sheet: &Sheet) -> Vec<Demand> {
        let has = |kind| sheet.resources.iter().any(|r| r.kind == kind);
        let (staff, tables) = (has(ResourceKind::Staff), has(ResourceKind::Table));
        let plain = self.knobs.plain_combinations && !sheet.combinations.is_empty();
        let mut demand = |kind, count| {
            let wishes = if kind == ResourceKind::Staff { 35 } else { 10 };
            let bare = plain && kind == ResourceKind::Table;
            let qualifications = QUALIFICATIONS.iter().filter(|_| !bare && self.rng.chance(wishes)).map(|q| (*q).to_owned()).collect();
            Demand { kind, qualifications, count }
        };
        let only = |yes| if yes { ResourceKind::Table } else { ResourceKind::Staff };
        let one = demand(only(tables && (!staff || sheet.bookings.len() % 2 == 1)), 1);
        match self.rng.below(20) {
            0 => vec![],
            1 | 2 => vec![Demand { count: 2, ..one }],
            3 | 4 if !(plain && tables) => {
                let kind = self.rng.pick(&[only(tables), only(!staff)]);
                vec![one, Demand { kind, qualifications: BTreeSet::new(), count: 1 }]
            }
            _ => vec![one],
        }
    }

    fn booking(&mut self, k: u32, sheet: &Sheet) -> Booking {
        let demands = self.demands(sheet);
        let from = self.rng.between(0, UNITS - 3);
        let to = self.rng.between(from + 1, from + 4);
        let buffers = [0, 0, 0, self.grid, self.unit];
        let at_table = demands.iter().any(|d| d.kind == ResourceKind::Table);
        let mut affinity = BTreeMap::new();
        while self.rng.chance(30) {
            affinity.insert(self.rng.pick(&sheet.resources).id, self.rng.pick(&[0.8, 0.5, -0.25, 1.0]));
        }
        Booking {
            id: format!("b{k}"),
            span: self.span(from, to),
            buffer_before_minutes: self.rng.pick(&buffers),
            buffer_after_minutes: self.rng.pick(&buffers),
            demands,
            gender: self.rng.chance(25).then(|| self.rng.pick(&["female", "female", "male", "other"]).to_owned()),
            zone: self.rng.chance(20).then(|| self.rng.pick(&["window", "patio"]).to_owned()),
            party_size: if at_table { self.rng.between(1, 7) } else { 1 },
            priority: self.rng.pick(&[1, 1, 1, 2, 3]),
            same_resource_as: None,
            affinity,
            assignment: None,
        }
    }

    /// Second services with the same person. Most are alike, so that both can be placed.
    fn link(&mut self, sheet: &mut Sheet) {
        for k in 0..sheet.bookings.len() {
            let other = self.rng.below(sheet.bookings.len());
            if other != k && self.rng.chance(15) {
                if self.rng.chance(80) {
                    sheet.bookings[k].demands = sheet.bookings[other].demands.clone();
                    sheet.bookings[k].party_size = sheet.bookings[other].party_size;
                }
                sheet.bookings[k].same_resource_as = Some(sheet.bookings[other].id.clone());
            }
        }
    }

    /// Who holds what now: mostly somebody who could, sometimes nobody, sometimes somebody who cannot (any more).
    fn assign(&mut self, sheet: &mut Sheet) {
        for k in 0..sheet.bookings.len() {
            if self.rng.chance(35) {
                continue;
            }
            let could = options(sheet, &sheet.bookings[k], true);
            let resources = match self.rng.below(10) {
                0 => vec![],
                1 => vec![self.rng.pick(&sheet.resources).id],
                _ if could.is_empty() => continue,
                _ => self.rng.pick(&could).into_iter().map(|at| sheet.resources[at].id.clone()).collect(),
            };
            let status = self.rng.pick(&[
                AssignmentStatus::Provisional,
                AssignmentStatus::Provisional,
                AssignmentStatus::Provisional,
                AssignmentStatus::Bound,
                AssignmentStatus::Finalized,
            ]);
            sheet.bookings[k].assignment = Some(Assignment { status, resources });
        }
    }
}
