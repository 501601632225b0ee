//! The columns. The only place one is born: a decision column exists only where eligibility (rules R1–R7 of `models/README.md`) allows it.

use std::collections::HashMap;

use super::super::instance::{Instance, Served, Way};
use super::super::value;
use super::Col;

/// What a column stands for. Bookings, demands, resources and combinations by their position in the sheet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Var {
    /// u: the booking is not served. Binary.
    Unplaced(usize),
    /// x: the resource meets the demand of the booking. Binary.
    Meets(usize, usize, usize),
    /// k: the combination meets the demand of the booking. Binary.
    Combined(usize, usize, usize),
    /// m: the booking is served by others than now. In [0, 1].
    Moved(usize),
    /// q: the booking is served from another zone than wished. In [0, 1].
    ZoneMissed(usize),
    /// z: the resource serves at least one booking. Binary.
    Used(usize),
    /// s: the nth unit of served minutes of the resource. In [0, 1].
    Step(usize, usize),
    /// h: the longest served minutes.
    SpreadHigh,
    /// l: the shortest served minutes.
    SpreadLow,
}

/// A column's meaning and domain.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Column {
    /// What it stands for.
    pub var: Var,
    /// Least value.
    pub lower: f64,
    /// Largest value.
    pub upper: f64,
    /// Whole numbers only.
    pub integer: bool,
}

/// All columns of a model, and the ways to find them.
#[derive(Debug, Default)]
pub struct Variables {
    columns: Vec<Column>,
    auxiliary: HashMap<Var, Col>,
    /// Per booking of the sheet: its unplaced column; only those in the model.
    unplaced: HashMap<usize, Col>,
    /// Per booking of the sheet: resource and the column that uses it, one entry per column and member.
    uses: Vec<Vec<(usize, Col)>>,
    /// Per resource: booking and the column that uses it.
    used_by: Vec<Vec<(usize, Col)>>,
    /// Per booking and demand: columns that meet it, with how much of the count each meets.
    meets: HashMap<(usize, usize), Vec<(Col, f64)>>,
    /// Minutes one step of a resource stands for.
    unit_minutes: HashMap<usize, i64>,
}

impl Variables {
    /// The decision columns of these bookings.
    pub fn born(instance: &Instance, bookings: &[usize]) -> Variables {
        let mut variables = Variables {
            uses: vec![Vec::new(); instance.bookings.len()],
            used_by: vec![Vec::new(); instance.resource_count()],
            ..Variables::default()
        };
        for &b in bookings {
            let unplaced = variables.push(Column { var: Var::Unplaced(b), lower: 0.0, upper: 1.0, integer: true });
            variables.unplaced.insert(b, unplaced);
            for (d, ways) in instance.bookings[b].demands.iter().enumerate() {
                for &r in &ways.resources {
                    let col = variables.push(Column { var: Var::Meets(b, d, r), lower: 0.0, upper: 1.0, integer: true });
                    variables.meets.entry((b, d)).or_default().push((col, 1.0));
                    variables.uses[b].push((r, col));
                    variables.used_by[r].push((b, col));
                }
                for (c, members) in &ways.combinations {
                    let col = variables.push(Column { var: Var::Combined(b, d, *c), lower: 0.0, upper: 1.0, integer: true });
                    variables.meets.entry((b, d)).or_default().push((col, ways.count as f64));
                    for &r in members {
                        variables.uses[b].push((r, col));
                        variables.used_by[r].push((b, col));
                    }
                }
            }
        }
        variables
    }

    fn push(&mut self, column: Column) -> Col {
        self.columns.push(column);
        self.columns.len() - 1
    }

    /// An auxiliary column, born at its first mention; the flag says whether this was it.
    fn auxiliary(&mut self, var: Var, upper: f64, integer: bool) -> (Col, bool) {
        if let Some(&col) = self.auxiliary.get(&var) {
            return (col, false);
        }
        let col = self.push(Column { var, lower: 0.0, upper, integer });
        self.auxiliary.insert(var, col);
        (col, true)
    }

    /// m of a booking, and whether it was just born.
    pub fn moved(&mut self, booking: usize) -> (Col, bool) {
        self.auxiliary(Var::Moved(booking), 1.0, false)
    }

    /// q of a booking, and whether it was just born.
    pub fn zone_missed(&mut self, booking: usize) -> (Col, bool) {
        self.auxiliary(Var::ZoneMissed(booking), 1.0, false)
    }

    /// z of a resource, and whether it was just born.
    pub fn used(&mut self, resource: usize) -> (Col, bool) {
        self.auxiliary(Var::Used(resource), 1.0, true)
    }

    /// Minutes of one step of a resource that has steps; 1 for others.
    pub fn unit_minutes(&self, resource: usize) -> i64 {
        self.unit_minutes.get(&resource).copied().unwrap_or(1)
    }

    /// s of a resource: `count` steps of `unit_minutes` each, and whether they were just born.
    pub fn steps(&mut self, resource: usize, count: usize, unit_minutes: i64) -> (Vec<Col>, bool) {
        let new = self.unit_minutes.insert(resource, unit_minutes).is_none();
        ((0..count).map(|k| self.auxiliary(Var::Step(resource, k), 1.0, false).0).collect(), new)
    }

    /// h and l, and whether they were just born; both at most `upper_minutes`.
    pub fn spread(&mut self, upper_minutes: f64) -> (Col, Col, bool) {
        let (high, new) = self.auxiliary(Var::SpreadHigh, upper_minutes, false);
        (high, self.auxiliary(Var::SpreadLow, upper_minutes, false).0, new)
    }

    /// u of a booking of the model.
    ///
    /// # Panics
    /// If the booking is not in the model.
    pub fn unplaced(&self, booking: usize) -> Col {
        self.unplaced[&booking]
    }

    /// Resource and column, once per column and resource, of everything that may serve the booking.
    pub fn uses(&self, booking: usize) -> &[(usize, Col)] {
        &self.uses[booking]
    }

    /// Booking and column of everything the resource may serve, in the order of bookings.
    pub fn used_by(&self, resource: usize) -> &[(usize, Col)] {
        &self.used_by[resource]
    }

    /// The columns that meet a demand, with how much of its count each meets.
    pub fn meets(&self, booking: usize, demand: usize) -> &[(Col, f64)] {
        self.meets.get(&(booking, demand)).map_or(&[], Vec::as_slice)
    }

    /// All columns in order.
    pub fn columns(&self) -> &[Column] {
        &self.columns
    }

    /// The value of every column for an assignment of `bookings`.
    pub(super) fn values(&self, instance: &Instance, bookings: &[usize], served: &Served) -> Vec<f64> {
        let mut chosen: HashMap<Var, f64> = HashMap::new();
        let mut loads = vec![0; instance.resource_count()];
        let mut busy = vec![false; instance.resource_count()];
        for &b in bookings {
            let Some(by) = &served[b] else {
                chosen.insert(Var::Unplaced(b), 1.0);
                continue;
            };
            for (d, way) in instance.bookings[b].deal_exactly(by).unwrap_or_default() {
                chosen.insert(
                    match way {
                        Way::Single(r) => Var::Meets(b, d, r),
                        Way::Combined(c) => Var::Combined(b, d, c),
                    },
                    1.0,
                );
            }
            for &r in by {
                loads[r] += instance.bookings[b].length_minutes;
                busy[r] = true;
            }
        }
        let on_duty = || value::spread_staff(instance).map(|r| loads[r]);
        self.columns
            .iter()
            .map(|column| match column.var {
                Var::Unplaced(_) | Var::Meets(..) | Var::Combined(..) => chosen.get(&column.var).copied().unwrap_or(0.0),
                Var::Moved(b) => f64::from(served[b].as_ref().is_some_and(|by| *by != instance.bookings[b].current)),
                Var::ZoneMissed(b) => f64::from(served[b].iter().flatten().any(|&r| value::misses_zone(instance, b, r))),
                Var::Used(r) => f64::from(busy[r]),
                Var::Step(r, k) => f64::from(loads[r] > k as i64 * self.unit_minutes[&r]),
                Var::SpreadHigh => on_duty().max().unwrap_or(0) as f64,
                Var::SpreadLow => on_duty().min().unwrap_or(0) as f64,
            })
            .collect()
    }
}
