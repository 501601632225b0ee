//! A sheet with everything looked up once: who may meet which demand, lengths, capacities, twins. All positions index the sheet's own lists.

use crate::domain::{ResourceKind, Span};
use crate::sheet::Sheet;

use super::eligibility::{House, capacity_minutes};

/// Who serves each booking: sorted positions of resources, `None` for unplaced. Indexed like the sheet's bookings.
pub type Served = Vec<Option<Vec<usize>>>;

/// A sheet prepared for searching.
#[derive(Debug)]
pub struct Instance<'s> {
    /// Ids and eligibility.
    pub house: House<'s>,
    /// One per booking of the sheet.
    pub bookings: Vec<Job>,
    /// Minutes on shift less blocks, per resource.
    pub capacity_minutes: Vec<i64>,
    /// Place of each resource in the order of ids: the last word in every tie.
    pub id_rank: Vec<usize>,
}

/// A booking as the search sees it.
#[derive(Debug)]
pub struct Job {
    /// When those who serve it are busy.
    pub occupied: Span,
    /// Booked minutes without buffers.
    pub length_minutes: i64,
    /// Weight of leaving it unplaced.
    pub priority: f64,
    /// Served by exactly `current`, or not placed.
    pub held: bool,
    /// Who holds it now, sorted; empty for nobody.
    pub current: Vec<usize>,
    /// The customer was told a name.
    pub finalized: bool,
    /// Per demand: how many, and who may meet it (sorted).
    pub demands: Vec<Ways>,
    /// Bookings it shares its resources with when both are placed, in both directions.
    pub twins: Vec<usize>,
}

/// The ways to meet one demand.
#[derive(Debug)]
pub struct Ways {
    /// How many different resources.
    pub count: usize,
    /// Who may be one of them, sorted.
    pub resources: Vec<usize>,
    /// Combinations that meet it instead: position in the sheet's list and sorted members.
    pub combinations: Vec<(usize, Vec<usize>)>,
}

/// What fills one slot of a demand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// One resource.
    Single(usize),
    /// A combination, by its position in the sheet's list.
    Combined(usize),
}

impl Job {
    /// Is it served by one single resource, whichever it is?
    pub fn is_single(&self) -> bool {
        self.demands.len() == 1 && self.demands[0].count == 1 && self.demands[0].combinations.is_empty()
    }

    /// Is it served by one single resource, whatever becomes of other bookings?
    pub fn stands_alone(&self) -> bool {
        self.is_single() && self.twins.is_empty() && !(self.held && self.current.len() != 1)
    }

    /// Everyone who takes part in some way to serve it, sorted, each once.
    pub fn everyone(&self) -> Vec<usize> {
        let mut all: Vec<usize> =
            self.demands.iter().flat_map(|w| w.resources.iter().chain(w.combinations.iter().flat_map(|(_, m)| m))).copied().collect();
        all.sort_unstable();
        all.dedup();
        all
    }

    /// The first way to serve it with these resources free, trying resources in the order of `rank` (lower first). Exact: backtracks over demands.
    pub fn first_way(&self, free: &dyn Fn(usize) -> bool, rank: &dyn Fn(usize) -> (i64, usize)) -> Option<Vec<usize>> {
        let mut slots: Vec<Vec<Vec<usize>>> = Vec::new();
        for ways in &self.demands {
            let mut singles: Vec<usize> = ways.resources.iter().copied().filter(|&r| free(r)).collect();
            singles.sort_unstable_by_key(|&r| rank(r));
            let mut options: Vec<Vec<usize>> = singles.into_iter().map(|r| vec![r]).collect();
            options.extend(ways.combinations.iter().filter(|(_, m)| m.iter().all(|&r| free(r))).map(|(_, m)| m.clone()));
            slots.extend(std::iter::repeat_n(options, ways.count));
        }
        slots.sort_by_key(Vec::len);
        let mut taken = Vec::new();
        if !deal(&slots, &mut taken) {
            return None;
        }
        taken.sort_unstable();
        Some(taken)
    }

    /// Could exactly these resources (sorted) serve it?
    pub fn can_be_served_by(&self, resources: &[usize]) -> bool {
        (!self.held || resources == self.current) && self.deal_exactly(resources).is_some()
    }

    /// Deals all of `resources` and nobody else to the demands: per demand and slot, a single resource or a combination. `None` if they cannot be dealt.
    pub fn deal_exactly(&self, resources: &[usize]) -> Option<Vec<(usize, Way)>> {
        let slots: Vec<usize> = self.demands.iter().enumerate().flat_map(|(d, w)| std::iter::repeat_n(d, w.count)).collect();
        let mut dealt = Vec::with_capacity(slots.len());
        self.deal_rest(&slots, resources.to_vec(), &mut dealt).then_some(dealt)
    }

    fn deal_rest(&self, slots: &[usize], left: Vec<usize>, dealt: &mut Vec<(usize, Way)>) -> bool {
        let Some((&demand, rest)) = slots.split_first() else { return left.is_empty() };
        let ways = &self.demands[demand];
        let singles = ways.resources.iter().filter(|r| left.contains(r)).map(|&r| (Way::Single(r), vec![r]));
        let combined = ways.combinations.iter().filter(|(_, m)| m.iter().all(|r| left.contains(r))).map(|(c, m)| (Way::Combined(*c), m.clone()));
        for (way, gone) in singles.chain(combined) {
            dealt.push((demand, way));
            if self.deal_rest(rest, left.iter().copied().filter(|r| !gone.contains(r)).collect(), dealt) {
                return true;
            }
            dealt.pop();
        }
        false
    }
}

/// Gives each slot one of its options so that nobody is taken twice.
fn deal(slots: &[Vec<Vec<usize>>], taken: &mut Vec<usize>) -> bool {
    let Some((first, rest)) = slots.split_first() else { return true };
    for option in first {
        if option.iter().any(|r| taken.contains(r)) {
            continue;
        }
        let before = taken.len();
        taken.extend_from_slice(option);
        if deal(rest, taken) {
            return true;
        }
        taken.truncate(before);
    }
    false
}

impl<'s> Instance<'s> {
    /// Prepares a valid sheet. `finalized_may_move`: the profile prices moves of finalized bookings instead of forbidding them.
    pub fn new(sheet: &'s Sheet, finalized_may_move: bool) -> Instance<'s> {
        let house = House::new(sheet, finalized_may_move);
        let mut bookings: Vec<Job> = sheet
            .bookings
            .iter()
            .map(|booking| Job {
                occupied: booking.occupied(),
                length_minutes: booking.span.minutes(),
                priority: f64::from(booking.priority),
                held: house.is_held(booking),
                current: house.current(booking),
                finalized: booking.assignment.as_ref().is_some_and(|a| a.status == crate::domain::AssignmentStatus::Finalized),
                demands: booking
                    .demands
                    .iter()
                    .map(|demand| Ways {
                        count: demand.count as usize,
                        resources: (0..sheet.resources.len()).filter(|&r| house.eligible(booking, demand, &sheet.resources[r])).collect(),
                        combinations: match demand.kind {
                            ResourceKind::Staff => Vec::new(),
                            ResourceKind::Table => sheet
                                .combinations
                                .iter()
                                .enumerate()
                                .filter_map(|(c, combo)| Some((c, house.eligible_combination(booking, demand, combo)?)))
                                .collect(),
                        },
                    })
                    .collect(),
                twins: Vec::new(),
            })
            .collect();
        for (b, booking) in sheet.bookings.iter().enumerate() {
            if let Some(twin) = booking.same_resource_as.as_deref().and_then(|id| house.booking(id)) {
                bookings[b].twins.push(twin);
                bookings[twin].twins.push(b);
            }
        }
        for job in &mut bookings {
            job.twins.sort_unstable();
            job.twins.dedup();
        }
        let mut by_id: Vec<usize> = (0..sheet.resources.len()).collect();
        by_id.sort_by_key(|&r| sheet.resources[r].id.as_str());
        let mut id_rank = vec![0; by_id.len()];
        for (rank, r) in by_id.into_iter().enumerate() {
            id_rank[r] = rank;
        }
        Instance { house, bookings, capacity_minutes: sheet.resources.iter().map(capacity_minutes).collect(), id_rank }
    }

    /// The same question with one answer fixed: `resource` meets one slot of this demand of the booking, and the booking outranks all others, so
    /// that it is served whenever it can be. Other priorities stay; values are to be taken on the unchanged instance. A combination counts as
    /// `resource` when it is one of its tables. Nobody is pinned who may not meet the demand.
    pub fn pinned(mut self, booking: usize, demand: usize, resource: usize) -> Instance<'s> {
        let total: f64 = self.bookings.iter().map(|job| job.priority).sum();
        let job = &mut self.bookings[booking];
        job.priority = total + 1.0;
        let ways = &mut job.demands[demand];
        let rest =
            Ways { count: ways.count - 1, resources: ways.resources.iter().copied().filter(|&r| r != resource).collect(), combinations: vec![] };
        ways.count = 1;
        ways.resources.retain(|&r| r == resource);
        ways.combinations.retain(|(_, members)| members.contains(&resource));
        if rest.count > 0 {
            job.demands.push(rest);
        }
        self
    }

    /// The same sheet without these bookings: nobody may serve them any more. Their positions stay.
    pub fn without(mut self, bookings: &[usize]) -> Instance<'s> {
        for &b in bookings {
            for ways in &mut self.bookings[b].demands {
                ways.resources.clear();
                ways.combinations.clear();
            }
        }
        self
    }

    /// The same sheet as if `served` were how things stand: whoever is served otherwise counts as moved. Held bookings stay held by their own.
    pub fn standing(mut self, served: &Served) -> Instance<'s> {
        for (job, by) in self.bookings.iter_mut().zip(served).filter(|(job, _)| !job.held) {
            job.current = by.clone().unwrap_or_default();
        }
        self
    }

    /// Number of resources of the sheet.
    pub fn resource_count(&self) -> usize {
        self.capacity_minutes.len()
    }

    /// Served minutes per resource, without what is carried.
    pub fn loads(&self, served: &Served) -> Vec<i64> {
        let mut loads = vec![0; self.resource_count()];
        for (job, by) in self.bookings.iter().zip(served) {
            for &r in by.iter().flatten() {
                loads[r] += job.length_minutes;
            }
        }
        loads
    }

    /// Could the booking be served if nothing else were booked? Some way, or none.
    pub fn alone(&self, booking: usize) -> Option<Vec<usize>> {
        let job = &self.bookings[booking];
        if job.held { job.can_be_served_by(&job.current).then(|| job.current.clone()) } else { job.first_way(&|_| true, &|r| (0, self.id_rank[r])) }
    }
}

/// The maximal sets of items whose half-open spans share an instant, those of two and more. In the order of time; each set in the order of start.
pub fn cliques<T: Copy>(items: &[(Span, T)]) -> Vec<Vec<T>> {
    let mut sorted: Vec<(Span, T)> = items.to_vec();
    sorted.sort_by_key(|(span, _)| *span);
    let (mut out, mut active): (Vec<Vec<T>>, Vec<(Span, T)>) = (Vec::new(), Vec::new());
    let flush = |active: &[(Span, T)], out: &mut Vec<Vec<T>>| {
        if active.len() > 1 {
            out.push(active.iter().map(|(_, t)| *t).collect());
        }
    };
    for (span, item) in sorted {
        if active.iter().any(|(a, _)| a.end <= span.start) {
            flush(&active, &mut out);
            active.retain(|(a, _)| a.end > span.start);
        }
        active.push((span, item));
    }
    flush(&active, &mut out);
    out
}
