//! C3 overlap: a resource serves at most one booking at any instant.
//!
//! One row per maximal set of bookings that share an instant (a maximal clique of the interval graph), not one per pair: the clique rows describe
//! the convex hull of one person's day, because interval matrices are totally unimodular (Fulkerson & Gross 1965).

use super::super::super::instance::cliques;
use super::super::{Col, Model, RowKey};
use crate::domain::Span;

/// `Σ_{b in Q} use[b,r] <= 1` for every resource r and maximal set Q of overlapping bookings it may serve.
pub fn build(model: &mut Model) {
    for r in 0..model.instance.resource_count() {
        let items = spans_of(model, r);
        for (k, clique) in cliques(&items).into_iter().enumerate() {
            let terms = clique.into_iter().flat_map(|(from, to)| &model.variables.used_by(r)[from..to]).map(|(_, col)| (*col, 1.0)).collect();
            model.row(RowKey::Overlap(r, k), f64::NEG_INFINITY, 1.0, terms);
        }
    }
}

/// The bookings a resource may serve: when, and the range of its list that holds their columns (several where a booking has several demands).
pub fn spans_of(model: &Model, resource: usize) -> Vec<(Span, (usize, usize))> {
    let mine: &[(usize, Col)] = model.variables.used_by(resource);
    let mut items = Vec::new();
    let mut from = 0;
    while from < mine.len() {
        let b = mine[from].0;
        let to = from + mine[from..].iter().take_while(|(other, _)| *other == b).count();
        items.push((model.instance.bookings[b].occupied, (from, to)));
        from = to;
    }
    items
}
