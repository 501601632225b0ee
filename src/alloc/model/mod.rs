//! The mixed-integer program of a sheet: columns, rows and one linear expression per tier. `models/README.md` is the formulation; its numbers are
//! those of the files here.
//!
//! The model knows no solver: `solve` hands it to HiGHS, `export` writes it as LP or MPS.

pub mod constraints;
pub mod export;
pub mod registry;
pub mod terms;
pub mod variables;

use super::instance::{Instance, Served};
use super::profile::Profile;
use variables::Variables;

/// Position of a column.
pub type Col = usize;

/// What a row is, for names and for reading a model back.
#[derive(Debug, Clone, PartialEq)]
pub enum RowKey {
    /// C1: a demand is met or the booking is unplaced.
    Demand(usize, usize),
    /// C2: a resource meets at most one demand of a booking.
    Distinct(usize, usize),
    /// C3: one booking at a time; the nth maximal set of overlapping bookings of a resource.
    Overlap(usize, usize),
    /// C4: a held booking takes this one of its current resources or stays unplaced.
    Held(usize, usize),
    /// C5: the first booking uses this resource only if the second does or is unplaced.
    SameResource(usize, usize, usize),
    /// Links an auxiliary column of a term; the term's number and a running number.
    Link(&'static str, usize),
    /// Holds an earlier tier.
    Tier(usize),
}

/// A linear row `lower <= Σ coefficient * column <= upper`.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    /// What it says.
    pub key: RowKey,
    /// Left side; may be negative infinity.
    pub lower: f64,
    /// Right side; may be infinity.
    pub upper: f64,
    /// Columns with their coefficients, each column once.
    pub terms: Vec<(Col, f64)>,
}

/// A linear expression with a constant.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Linear {
    /// Value with all columns at zero.
    pub constant: f64,
    /// Columns with their coefficients, each column once.
    pub terms: Vec<(Col, f64)>,
}

/// The program of some bookings of a sheet.
#[derive(Debug)]
pub struct Model<'i> {
    /// The sheet prepared for searching.
    pub instance: &'i Instance<'i>,
    /// Positions of the bookings in it, ascending.
    pub bookings: Vec<usize>,
    /// The columns.
    pub variables: Variables,
    /// The rows.
    pub rows: Vec<Row>,
    /// One expression per tier of the profile it was built for, to be minimized in this order.
    pub tiers: Vec<Linear>,
}

impl<'i> Model<'i> {
    /// Builds the program of `bookings` (ascending positions) for the tiers of `profile`.
    pub fn build(instance: &'i Instance<'i>, bookings: &[usize], profile: &Profile) -> Model<'i> {
        let mut model = Model::feasibility(instance, bookings);
        for tier in &profile.tiers {
            let mut sum = Linear::default();
            for (term, weight) in &tier.terms {
                let part = registry::term(*term).build(&mut model);
                sum.add(*weight, &part);
            }
            model.tiers.push(sum.tidy());
        }
        model
    }

    /// The program without any objective: what may be, not what is best.
    pub fn feasibility(instance: &'i Instance<'i>, bookings: &[usize]) -> Model<'i> {
        let mut model =
            Model { instance, bookings: bookings.to_vec(), variables: Variables::born(instance, bookings), rows: Vec::new(), tiers: Vec::new() };
        for constraint in registry::CONSTRAINTS {
            (constraint.build)(&mut model);
        }
        model
    }

    /// Adds a row; an empty one that holds anyway is left out.
    pub fn row(&mut self, key: RowKey, lower: f64, upper: f64, terms: Vec<(Col, f64)>) {
        if terms.is_empty() && lower <= 0.0 && upper >= 0.0 {
            return;
        }
        self.rows.push(Row { key, lower, upper, terms });
    }

    /// The value of every column for an assignment of its bookings.
    pub fn columns_of(&self, served: &Served) -> Vec<f64> {
        self.variables.values(self.instance, &self.bookings, served)
    }

    /// Who serves each of its bookings, read off a solution; entries of other bookings are left as they are.
    pub fn read_off(&self, values: &[f64], served: &mut Served) {
        for &b in &self.bookings {
            served[b] = None;
            if values[self.variables.unplaced(b)] < 0.5 {
                let mut by: Vec<usize> = self.variables.uses(b).iter().filter(|(_, col)| values[*col] > 0.5).map(|(r, _)| *r).collect();
                by.sort_unstable();
                served[b] = Some(by);
            }
        }
    }
}

impl Linear {
    /// Adds `weight * other`.
    pub fn add(&mut self, weight: f64, other: &Linear) {
        self.constant += weight * other.constant;
        self.terms.extend(other.terms.iter().map(|(col, c)| (*col, weight * c)));
    }

    /// Each column once, in order, without zeros.
    pub fn tidy(mut self) -> Linear {
        self.terms.sort_by_key(|(col, _)| *col);
        self.terms.dedup_by(|next, kept| {
            let same = next.0 == kept.0;
            if same {
                kept.1 += next.1;
            }
            same
        });
        self.terms.retain(|(_, c)| *c != 0.0);
        self
    }

    /// Value for these columns.
    pub fn value(&self, columns: &[f64]) -> f64 {
        self.constant + self.terms.iter().map(|(col, c)| c * columns[*col]).sum::<f64>()
    }
}
