//! Parts of a sheet that share nobody: no person or table may serve bookings of two of them, no link joins them. Their optima are independent, tier
//! by tier, as long as every tier is a sum over bookings and resources.

use petgraph::unionfind::UnionFind;

use super::super::instance::Instance;
use super::super::profile::{Profile, Tier};

/// The bookings of each component, ascending, in the order of their first booking. One single component when a tier is not separable, or may be pushed up to a value for the
/// whole.
pub fn split(instance: &Instance, profile: &Profile) -> Vec<Vec<usize>> {
    let count = instance.bookings.len();
    if count == 0 {
        return Vec::new();
    }
    let is_sum = |tier: &Tier| tier.up_to.is_none() && tier.terms.iter().all(|(term, _)| term.is_separable());
    if !profile.tiers.iter().all(is_sum) {
        return vec![(0..count).collect()];
    }
    let mut sets = UnionFind::<usize>::new(count + instance.resource_count());
    for (b, job) in instance.bookings.iter().enumerate() {
        for r in job.everyone() {
            sets.union(b, count + r);
        }
        for &twin in &job.twins {
            sets.union(b, twin);
        }
    }
    let mut place_of = vec![usize::MAX; count + instance.resource_count()];
    let mut parts: Vec<Vec<usize>> = Vec::new();
    for b in 0..count {
        let root = sets.find_mut(b);
        if place_of[root] == usize::MAX {
            place_of[root] = parts.len();
            parts.push(Vec::new());
        }
        parts[place_of[root]].push(b);
    }
    parts
}
