//! Room by an ejection chain: A takes what B had, B what C had, until somebody was free. Breadth first, so the shortest chain is found and few
//! bookings move. It can only answer yes; where it finds nothing, a solver has the last word.
//!
//! Source: ejection chains (Glover, "Ejection chains, reference structures and alternating path methods for traveling salesman problems", Discrete
//! Applied Mathematics 65, 1996), here on intervals: every link displaces exactly one booking.

use std::collections::VecDeque;

use super::super::greedy::Diary;
use super::super::instance::{Instance, Served};

/// `served` with `booking` placed as well, and everybody else still placed; `None` when no chain was found. Bookings that need several at once, are
/// held or linked stay where they are.
pub fn place(instance: &Instance, served: &Served, booking: usize) -> Option<Served> {
    let calendar = Calendar::of(instance, served);
    let job = &instance.bookings[booking];
    if job.held || !job.twins.is_empty() || !job.is_single() {
        return place_beside(instance, served, booking);
    }
    // One entry per displaced booking: who took its place, and the entry that displaced it.
    let mut reached: Vec<Link> = vec![Link { booking, onto: usize::MAX, before: usize::MAX }];
    let mut seen = vec![false; instance.bookings.len()];
    seen[booking] = true;
    let mut queue = VecDeque::from([0]);
    while let Some(at) = queue.pop_front() {
        let moving = reached[at].booking;
        let mut options = instance.bookings[moving].demands[0].resources.clone();
        options.sort_by_key(|&r| instance.id_rank[r]);
        for r in options {
            if served[moving].as_deref() == Some(&[r][..]) {
                continue;
            }
            let in_the_way = calendar.in_the_way(instance, r, moving);
            match in_the_way[..] {
                [] => {
                    if let Some(found) = follow(instance, served, &reached, at, r) {
                        return Some(found);
                    }
                }
                [one] if !seen[one] && is_loose(instance, one) => {
                    seen[one] = true;
                    reached.push(Link { booking: one, onto: r, before: at });
                    queue.push_back(reached.len() - 1);
                }
                _ => {}
            }
        }
    }
    None
}

/// A displaced booking: the one of entry `before` took its place on `onto`.
struct Link {
    booking: usize,
    onto: usize,
    before: usize,
}

/// Carries a chain out, from its end: the last booking goes to `free`. `None` when two of its links meet on one resource and collide.
fn follow(instance: &Instance, served: &Served, reached: &[Link], last: usize, free: usize) -> Option<Served> {
    let mut after = served.clone();
    let (mut at, mut to, mut moved) = (last, free, Vec::new());
    loop {
        after[reached[at].booking] = Some(vec![to]);
        moved.push(reached[at].booking);
        if reached[at].before == usize::MAX {
            break;
        }
        (to, at) = (reached[at].onto, reached[at].before);
    }
    moved.iter().all(|&b| is_alone_there(instance, &after, b)).then_some(after)
}

/// May the booking be moved by a chain?
fn is_loose(instance: &Instance, booking: usize) -> bool {
    let job = &instance.bookings[booking];
    !job.held && job.twins.is_empty() && job.is_single()
}

/// Does nobody of those who serve the booking serve another at that time?
fn is_alone_there(instance: &Instance, served: &Served, booking: usize) -> bool {
    let mine = served[booking].as_deref().unwrap_or_default();
    let span = instance.bookings[booking].occupied;
    (0..served.len())
        .all(|b| b == booking || !instance.bookings[b].occupied.overlaps(span) || served[b].iter().flatten().all(|r| mine.binary_search(r).is_err()))
}

/// The booking placed beside all others as they are, whatever it needs.
fn place_beside(instance: &Instance, served: &Served, booking: usize) -> Option<Served> {
    let mut diary = Diary::empty(instance.resource_count());
    for (job, by) in instance.bookings.iter().zip(served) {
        for &r in by.iter().flatten() {
            diary.take(r, job.occupied, job.length_minutes);
        }
    }
    let mut after = served.clone();
    after[booking] = Some(super::super::greedy::least_busy(instance, served, &diary, booking)?);
    Some(after)
}

/// Who serves what when, per resource.
struct Calendar(Vec<Vec<usize>>);

impl Calendar {
    fn of(instance: &Instance, served: &Served) -> Calendar {
        let mut days = vec![Vec::new(); instance.resource_count()];
        for (b, by) in served.iter().enumerate() {
            for &r in by.iter().flatten() {
                days[r].push(b);
            }
        }
        Calendar(days)
    }

    /// The bookings of a resource that would collide with this one.
    fn in_the_way(&self, instance: &Instance, resource: usize, booking: usize) -> Vec<usize> {
        let span = instance.bookings[booking].occupied;
        self.0[resource].iter().copied().filter(|&b| b != booking && instance.bookings[b].occupied.overlaps(span)).collect()
    }
}
