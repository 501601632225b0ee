//! Repairs: for an unplaced booking the smallest changes after which it is served and nobody whom the plan serves is dropped. Each was re-solved, and
//! comes with the assignment that proves it.
//!
//! Kinds: a temp for the time of one booking, a shift extended by up to an hour, a wish for a gender given up, a held customer asked, the booking
//! moved by up to an hour. Of each ladder (one per person and end of a shift, one per direction of a move) the smallest change that helps is shown;
//! smaller ones on it were proven useless.
//!
//! Order: whom it disturbs ([`Change::disturbance`]: nobody, a colleague's hours, a temp, the booking's own customer asked, that customer's time moved,
//! another customer), then minutes, then what it does to the tiers in strict order, then the change's own JSON, so that no two are equal.

mod candidates;
mod certify;
mod change;

use rayon::prelude::*;
use serde::Serialize;

pub use candidates::MINUTES_MAX;
pub use change::{Change, Side, Window};

use super::super::Limits;
use super::super::instance::{Instance, Served};
use super::super::profile::Profile;
use super::super::value;
use super::reason;
use crate::sheet::Sheet;
use crate::sheet::plan::{Certified, Change as Moved};
use candidates::Ladder;
use certify::Verdict;

/// What can be done for an unplaced booking.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Repairs {
    /// Booking id.
    pub booking: String,
    /// Why it is unplaced.
    pub reason: Certified,
    /// Whether every change that was thought of is settled; false when a limit left some undecided, and smaller or other repairs may exist.
    pub complete: bool,
    /// Best first.
    pub repairs: Vec<Repair>,
}

/// A change after which the booking is served and nobody is dropped.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Repair {
    /// What is changed.
    pub change: Change,
    /// The same in words.
    pub sentence: String,
    /// Whether all smaller changes of its ladder were proven useless.
    pub smallest: bool,
    /// What it does to every tier of the profile, in its order.
    pub tiers: Vec<Effect>,
    /// Other unplaced bookings that are served as well.
    pub also_places: Vec<String>,
    /// Bookings that the plan serves and that somebody else serves afterwards; from the plan's people to the new ones.
    pub moves: Vec<Moved>,
}

/// A tier before and after a repair.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Effect {
    /// Name of the tier.
    pub name: String,
    /// What the plan is worth on it.
    pub before: f64,
    /// What the repaired assignment is worth. A full search may find less, or, where it betters a tier before, another value.
    pub at_most: f64,
}

/// One certified change, before it is written down.
struct Certain {
    change: Change,
    smallest: bool,
    served: Served,
    after: Vec<f64>,
}

/// What one ladder came to.
struct Climbed {
    found: Option<Certain>,
    settled: bool,
}

/// The repairs of these unplaced bookings of a plan. `said` are the plan's reasons by position of the booking; what is missing or undecided is found
/// out first. The answer does not depend on the number of threads.
pub fn repairs(sheet: &Sheet, profile: &Profile, served: &Served, unplaced: &[(usize, Option<Certified>)], limits: &Limits) -> Vec<Repairs> {
    match rayon::ThreadPoolBuilder::new().num_threads(limits.threads.max(1)).build() {
        Ok(pool) => pool.install(|| all(sheet, profile, served, unplaced, limits)),
        Err(_) => all(sheet, profile, served, unplaced, limits),
    }
}

fn all(sheet: &Sheet, profile: &Profile, served: &Served, unplaced: &[(usize, Option<Certified>)], limits: &Limits) -> Vec<Repairs> {
    let instance = Instance::new(sheet, profile.prices_finalized());
    let questions: Vec<(usize, Certified, Vec<usize>)> = unplaced
        .par_iter()
        .map(|(b, said)| {
            let known = said.clone().filter(|said| super::witness::holds(&instance, *b, said, limits) == Some(true));
            let reason = known.unwrap_or_else(|| reason::reason(&instance, served, *b, limits));
            let crowd = crowd_of(&instance, served, *b, &reason);
            (*b, reason, crowd)
        })
        .collect();
    let work: Vec<(usize, Ladder)> = questions
        .iter()
        .enumerate()
        .flat_map(|(q, (b, reason, crowd))| {
            let mut ladders = candidates::ladders(&instance, served, *b, crowd);
            if *reason == Certified::Undecided {
                ladders.insert(0, vec![Change::Rearrange]);
            }
            ladders.into_iter().map(move |ladder| (q, ladder))
        })
        .collect();
    let climb = |(q, ladder): &(usize, Ladder)| (*q, climb(sheet, profile, served, &questions[*q], ladder, limits));
    let climbed: Vec<(usize, Climbed)> = work.par_iter().map(climb).collect();
    let before = value::tiers(&instance, served, profile);
    let mut answers: Vec<(bool, Vec<Certain>)> = questions.iter().map(|_| (true, Vec::new())).collect();
    for (q, mine) in climbed {
        answers[q].0 &= mine.settled;
        answers[q].1.extend(mine.found);
    }
    questions
        .into_iter()
        .zip(answers)
        .map(|((b, reason, _), (complete, found))| Repairs {
            booking: sheet.bookings[b].id.clone(),
            reason,
            complete,
            repairs: ranked(&sheet.bookings[b].id, found).into_iter().map(|one| written(sheet, profile, served, b, &before, one)).collect(),
        })
        .collect()
}

/// The bookings a repair must touch: the witness of the reason, or all there are where there is none.
fn crowd_of(instance: &Instance, served: &Served, booking: usize, reason: &Certified) -> Vec<usize> {
    let mut crowd: Vec<usize> = match reason {
        Certified::ImpossibleAlone { .. } => vec![booking],
        Certified::CrowdedOut { bookings, .. } => bookings.iter().filter_map(|id| instance.house.booking(id)).collect(),
        Certified::Undecided => (0..served.len()).filter(|&b| b == booking || served[b].is_some()).collect(),
    };
    // The booking itself first: between equal changes its own comes first.
    crowd.sort_by_key(|&b| (b != booking, b));
    crowd.dedup();
    crowd
}

/// The first change of a ladder that helps.
fn climb(
    sheet: &Sheet,
    profile: &Profile,
    served: &Served,
    (booking, _, crowd): &(usize, Certified, Vec<usize>),
    ladder: &Ladder,
    limits: &Limits,
) -> Climbed {
    let mut witness = crowd.clone();
    witness.sort_unstable();
    let mut crowds = vec![witness];
    let mut settled = true;
    for change in ladder {
        let changed = change.apply(sheet);
        match certify::verdict(&changed, profile, served, *booking, &mut crowds, limits) {
            Verdict::Helps(found) => {
                let found = certify::polished(&changed, profile, served, found, limits);
                let instance = Instance::new(&changed, profile.prices_finalized());
                let after = value::tiers(&instance, &found, profile);
                return Climbed { found: Some(Certain { change: change.clone(), smallest: settled, served: found, after }), settled };
            }
            Verdict::Useless => {}
            Verdict::Unknown => settled = false,
        }
    }
    Climbed { found: None, settled }
}

/// Best first; the module says by what.
fn ranked(booking: &str, mut found: Vec<Certain>) -> Vec<Certain> {
    let text = |change: &Change| serde_json::to_string(change).unwrap_or_default();
    found.sort_by(|a, b| {
        let key = |c: &Certain| (c.change.disturbance(booking), c.change.size_minutes());
        let tiers = match (value::is_better(&a.after, &b.after), value::is_better(&b.after, &a.after)) {
            (true, _) => std::cmp::Ordering::Less,
            (_, true) => std::cmp::Ordering::Greater,
            _ => std::cmp::Ordering::Equal,
        };
        key(a).cmp(&key(b)).then(tiers).then_with(|| text(&a.change).cmp(&text(&b.change)))
    });
    found
}

fn written(sheet: &Sheet, profile: &Profile, served: &Served, booking: usize, before: &[f64], one: Certain) -> Repair {
    let changed = one.change.apply(sheet);
    let ids = |by: &[usize]| {
        let mut ids: Vec<String> = by.iter().map(|&r| changed.resources[r].id.clone()).collect();
        ids.sort_unstable();
        ids
    };
    let moves = (0..served.len()).filter_map(|b| {
        let (from, to) = (served[b].as_ref()?, one.served[b].as_ref()?);
        (from != to).then(|| Moved { booking: sheet.bookings[b].id.clone(), from: ids(from), to: ids(to) })
    });
    let also = (0..served.len()).filter(|&b| b != booking && served[b].is_none() && one.served[b].is_some());
    Repair {
        sentence: one.change.sentence(sheet),
        smallest: one.smallest,
        tiers: profile
            .tiers
            .iter()
            .zip(before)
            .zip(&one.after)
            .map(|((tier, before), after)| Effect { name: tier.name.clone(), before: before + 0.0, at_most: after + 0.0 })
            .collect(),
        also_places: also.map(|b| sheet.bookings[b].id.clone()).collect(),
        moves: moves.collect(),
        change: one.change,
    }
}
