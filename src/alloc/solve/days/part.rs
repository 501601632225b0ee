//! A component as people with candidates: what the pricing works on.

use super::super::super::instance::Instance;
use super::super::super::profile::{Term, Tier};
use super::super::super::value;
use super::ascent::Fixed;
use super::person::Person;

/// A demand of a booking.
#[derive(Debug, Clone, Copy)]
pub struct Demand {
    /// Component position of the booking.
    pub booking: usize,
    /// How many people it takes.
    pub count: f64,
}

/// The component.
#[derive(Debug, Clone)]
pub struct Part {
    /// Sheet positions of its bookings.
    pub bookings: Vec<usize>,
    /// All demands, booking by booking.
    pub demands: Vec<Demand>,
    /// Weight of leaving a booking unplaced.
    pub priority: Vec<f64>,
    /// Who could serve something.
    pub people: Vec<Person>,
    /// Per booking: the range of its demands.
    first: Vec<usize>,
}

impl Part {
    /// Reads a component. `None` where a tier is not a sum over bookings and people's days, or where tables can be combined. Links between bookings,
    /// and moves of bookings that several people serve, are left out: what is proven without them holds with them.
    pub fn of(instance: &Instance, bookings: &[usize], tiers: &[Tier]) -> Option<Part> {
        let jobs = || bookings.iter().map(|&b| &instance.bookings[b]);
        let is_sum = |term: Term| !matches!(term, Term::Spread | Term::ResourcesUsed | Term::TemporaryUsed);
        let by_one = |term: Term| matches!(term, Term::ZoneMissed | Term::SeatsWasted);
        let terms = || tiers.iter().flat_map(|t| &t.terms).map(|(term, _)| *term);
        let combined = jobs().any(|job| job.demands.iter().any(|ways| !ways.combinations.is_empty()));
        if combined || !terms().all(is_sum) || (terms().any(by_one) && !jobs().all(|job| job.is_single())) {
            return None;
        }
        let mut demands = Vec::new();
        let mut first = vec![0];
        for (j, job) in jobs().enumerate() {
            demands.extend(job.demands.iter().map(|ways| Demand { booking: j, count: ways.count as f64 }));
            first.push(demands.len());
        }
        let people = value::resources_of(instance, bookings).into_iter().map(|r| {
            let mut list = Vec::new();
            for (j, job) in jobs().enumerate() {
                for (d, ways) in job.demands.iter().enumerate() {
                    if ways.resources.binary_search(&r).is_ok() {
                        let costs = tiers.iter().map(|t| cost(instance, bookings[j], r, t)).collect();
                        list.push((first[j] + d, job.occupied, job.length_minutes, costs));
                    }
                }
            }
            Person::new(r, list)
        });
        let people = people.collect();
        Some(Part { bookings: bookings.to_vec(), demands, priority: jobs().map(|job| job.priority).collect(), people, first })
    }

    /// Sheet position of the booking of a demand.
    pub fn booking_of(&self, demand: usize) -> usize {
        self.bookings[self.demands[demand].booking]
    }

    /// Priorities of those who certainly stay unplaced.
    pub fn taken(&self, fixed: &Fixed) -> f64 {
        fixed.iter().zip(&self.priority).filter(|(f, _)| **f == Some(true)).map(|(_, p)| p).sum()
    }

    /// What a booking's demands pay at these prices.
    pub fn paid(&self, booking: usize, prices: &[f64]) -> f64 {
        (self.first[booking]..self.first[booking + 1]).map(|k| self.demands[k].count * prices[k]).sum()
    }

    /// Sets what counts.
    pub fn weigh(&mut self, instance: &Instance, weights: &[f64], balance: f64) {
        for person in &mut self.people {
            person.weigh(instance, weights, balance);
        }
    }

    /// Cells of all days' tables.
    pub fn cells(&self) -> u64 {
        self.people.iter().map(Person::cells).sum::<u64>().max(1)
    }
}

/// What it costs a tier at least that the resource is one of those who serve the booking.
fn cost(instance: &Instance, booking: usize, resource: usize, tier: &Tier) -> f64 {
    if instance.bookings[booking].is_single() {
        return value::pair_cost(instance, booking, resource, &tier.terms);
    }
    let apart: Vec<(Term, f64)> = tier.terms.iter().copied().filter(|(term, _)| *term == Term::Affinity).collect();
    value::pair_cost(instance, booking, resource, &apart)
}
