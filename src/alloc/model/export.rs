//! The exact model as text for any other solver: CPLEX LP and free MPS.
//!
//! Both formats hold one objective. Of strict tiers it is the chosen one; the tiers before it can be held at given values, which makes the file
//! exactly the program that the search solves at that point.

use std::collections::HashSet;
use std::fmt::Write;

use super::variables::Var;
use super::{Col, Linear, Model, RowKey};

/// A model with names, ready to be written.
#[derive(Debug)]
pub struct Named<'m, 'i> {
    model: &'m Model<'i>,
    tier: usize,
    tier_names: Vec<String>,
    held: Vec<(usize, f64)>,
    columns: Vec<String>,
}

/// Name, left side, right side, and columns with their coefficients.
type NamedRow<'m> = (String, f64, f64, &'m [(Col, f64)]);

impl<'m, 'i> Named<'m, 'i> {
    /// Names every column and row after the sheet's ids. `tier` is the one to minimize, `held` are others with the value they may not exceed.
    pub fn new(model: &'m Model<'i>, tier_names: Vec<String>, tier: usize, held: Vec<(usize, f64)>) -> Named<'m, 'i> {
        let mut seen = HashSet::new();
        let columns = model
            .variables
            .columns()
            .iter()
            .enumerate()
            .map(|(col, column)| {
                let name = column_name(model, column.var);
                if seen.insert(name.clone()) { name } else { format!("{name}~{col}") }
            })
            .collect();
        Named { model, tier, tier_names, held, columns }
    }

    /// The model in CPLEX LP format.
    pub fn to_lp(&self) -> String {
        let mut out = self.header("\\");
        let _ = writeln!(out, "Minimize\n obj:");
        let objective = &self.model.tiers[self.tier];
        self.lp_sum(&mut out, &objective.terms);
        if objective.constant != 0.0 {
            let _ = writeln!(out, "  {:+}", objective.constant);
        }
        out.push_str("Subject To\n");
        for (name, lower, upper, terms) in self.rows() {
            let sides: &[(&str, f64)] = if lower == upper {
                &[("=", lower)]
            } else if upper.is_infinite() {
                &[(">=", lower)]
            } else {
                &[("<=", upper)]
            };
            for (sign, side) in sides {
                let _ = writeln!(out, " {name}:");
                self.lp_sum(&mut out, terms);
                let _ = writeln!(out, "  {sign} {side}");
            }
        }
        out.push_str("Bounds\n");
        for (column, name) in self.model.variables.columns().iter().zip(&self.columns).filter(|(c, _)| !c.integer) {
            let _ = writeln!(out, " {} <= {name} <= {}", column.lower, column.upper);
        }
        out.push_str("Binaries\n");
        for (_, name) in self.model.variables.columns().iter().zip(&self.columns).filter(|(c, _)| c.integer) {
            let _ = writeln!(out, " {name}");
        }
        out.push_str("End\n");
        out
    }

    /// The model in free MPS format.
    pub fn to_mps(&self) -> String {
        let mut out = self.header("*");
        out.push_str("NAME zamu FREE\nROWS\n N obj\n");
        let rows = self.rows();
        let mut entries: Vec<Vec<(&str, f64)>> = vec![Vec::new(); self.columns.len()];
        for (col, c) in &self.model.tiers[self.tier].terms {
            entries[*col].push(("obj", *c));
        }
        for (name, lower, upper, terms) in &rows {
            let kind = if lower == upper {
                "E"
            } else if upper.is_infinite() {
                "G"
            } else {
                "L"
            };
            let _ = writeln!(out, " {kind} {name}");
            for (col, c) in *terms {
                entries[*col].push((name, *c));
            }
        }
        out.push_str("COLUMNS\n");
        let columns = self.model.variables.columns();
        for integer in [true, false] {
            let marker = if integer { ("INTORG", "INTEND") } else { ("", "") };
            if integer {
                let _ = writeln!(out, " MARKER 'MARKER' '{}'", marker.0);
            }
            for col in (0..columns.len()).filter(|&c| columns[c].integer == integer) {
                if entries[col].is_empty() {
                    let _ = writeln!(out, " {} obj 0", self.columns[col]);
                }
                for (row, c) in &entries[col] {
                    let _ = writeln!(out, " {} {row} {c}", self.columns[col]);
                }
            }
            if integer {
                let _ = writeln!(out, " MARKER 'MARKER' '{}'", marker.1);
            }
        }
        out.push_str("RHS\n");
        let constant = self.model.tiers[self.tier].constant;
        if constant != 0.0 {
            let _ = writeln!(out, " RHS obj {}", -constant);
        }
        for (name, lower, upper, _) in &rows {
            let side = if upper.is_infinite() { lower } else { upper };
            if *side != 0.0 {
                let _ = writeln!(out, " RHS {name} {side}");
            }
        }
        out.push_str("BOUNDS\n");
        for (column, name) in columns.iter().zip(&self.columns) {
            let _ = writeln!(out, " UP BND {name} {}", column.upper);
        }
        out.push_str("ENDATA\n");
        out
    }

    fn header(&self, comment: &str) -> String {
        let sheet = self.model.instance.house.sheet;
        let mut out = format!("{comment} zamu: {} on {}, minimizing {}\n", ascii(&sheet.location.id), sheet.date, ascii(&self.tier_names[self.tier]));
        for (tier, value) in &self.held {
            let _ = writeln!(out, "{comment} {} held at {value}", ascii(&self.tier_names[*tier]));
        }
        out
    }

    /// Rows of the model and those that hold tiers: name, sides, terms.
    fn rows(&self) -> Vec<NamedRow<'_>> {
        let mut seen = HashSet::new();
        let mut rows: Vec<NamedRow> = Vec::new();
        for (k, row) in self.model.rows.iter().enumerate() {
            let name = row_name(self.model, &row.key);
            let name = if seen.insert(name.clone()) { name } else { format!("{name}~{k}") };
            rows.push((name, row.lower, row.upper, &row.terms));
        }
        for (tier, value) in &self.held {
            let expression: &Linear = &self.model.tiers[*tier];
            rows.push((format!("tier.{}", ascii(&self.tier_names[*tier])), f64::NEG_INFINITY, value - expression.constant, &expression.terms));
        }
        rows
    }

    fn lp_sum(&self, out: &mut String, terms: &[(usize, f64)]) {
        if terms.is_empty() {
            let _ = writeln!(out, "  0 {}", self.columns.first().map_or("none", String::as_str));
        }
        for (col, c) in terms {
            let sign = if *c < 0.0 { '-' } else { '+' };
            let _ = writeln!(out, "  {sign} {} {}", c.abs(), self.columns[*col]);
        }
    }
}

/// Letters and digits of an id; everything else becomes `_`, which both formats can read.
fn ascii(id: &str) -> String {
    id.chars().map(|c| if c.is_ascii_alphanumeric() || c == '_' { c } else { '_' }).collect()
}

fn column_name(model: &Model, var: Var) -> String {
    let sheet = model.instance.house.sheet;
    let booking = |b: usize| ascii(&sheet.bookings[b].id);
    let resource = |r: usize| ascii(&sheet.resources[r].id);
    match var {
        Var::Unplaced(b) => format!("u.{}", booking(b)),
        Var::Meets(b, d, r) => format!("x.{}.{d}.{}", booking(b), resource(r)),
        Var::Combined(b, d, c) => format!("k.{}.{d}.{}", booking(b), ascii(&sheet.combinations[c].id)),
        Var::Moved(b) => format!("m.{}", booking(b)),
        Var::ZoneMissed(b) => format!("q.{}", booking(b)),
        Var::Used(r) => format!("z.{}", resource(r)),
        Var::Step(r, k) => format!("s.{}.{k}", resource(r)),
        Var::SpreadHigh => "h".to_owned(),
        Var::SpreadLow => "l".to_owned(),
    }
}

fn row_name(model: &Model, key: &RowKey) -> String {
    let sheet = model.instance.house.sheet;
    let booking = |b: &usize| ascii(&sheet.bookings[*b].id);
    let resource = |r: &usize| ascii(&sheet.resources[*r].id);
    match key {
        RowKey::Demand(b, d) => format!("C1.{}.{d}", booking(b)),
        RowKey::Distinct(b, r) => format!("C2.{}.{}", booking(b), resource(r)),
        RowKey::Overlap(r, k) => format!("C3.{}.{k}", resource(r)),
        RowKey::Held(b, r) => format!("C4.{}.{}", booking(b), resource(r)),
        RowKey::SameResource(a, b, r) => format!("C5.{}.{}.{}", booking(a), booking(b), resource(r)),
        RowKey::Link(term, k) => format!("{term}.{k}"),
        RowKey::Tier(t) => format!("tier.{t}"),
    }
}
