//! Random valid plans, and ways to spoil them.

use std::collections::BTreeSet;

use serde_json::json;
use zamu::alloc::profile::Term;
use zamu::domain::ResourceKind;
use zamu::sheet::plan::{Baseline, Change, PLAN_FORMAT, Placed, PlanStatus, Reason, Solve, TierOutcome, Unplaced, Waived};
use zamu::sheet::{Plan, Sheet, write};

use super::oracle::{Placement, compatible, options, worth};
use super::rng::Rng;

/// A feasible plan, worth what it says: bookings in random order to random resources that are free. Its tiers are `terms`.
pub fn valid_plan(sheet: &Sheet, terms: &[Term], rng: &mut Rng) -> Plan {
    let finalized_may_move = terms.contains(&Term::FinalizedMoved);
    let mut placement: Placement = vec![None; sheet.bookings.len()];
    let mut order: Vec<usize> = (0..placement.len()).collect();
    rng.shuffle(&mut order);
    for k in order {
        let mut ways = options(sheet, &sheet.bookings[k], finalized_may_move);
        let fits = |by: &Vec<usize>| {
            let among = |(j, theirs): (usize, &Option<Vec<usize>>)| {
                theirs.as_ref().is_none_or(|theirs| compatible(&sheet.bookings[k], by, &sheet.bookings[j], theirs))
            };
            placement.iter().enumerate().all(among)
        };
        ways.retain(fits);
        if !ways.is_empty() && rng.chance(90) {
            placement[k] = Some(rng.pick(&ways));
        }
    }
    plan_of(sheet, &placement, terms, rng)
}

/// The plan that says what this placement is and is worth; about half of its tiers are called proven.
pub fn plan_of(sheet: &Sheet, placement: &Placement, terms: &[Term], rng: &mut Rng) -> Plan {
    let id = |k: &usize| sheet.resources[*k].id.clone();
    let (mut assignments, mut unplaced) = (Vec::new(), Vec::new());
    for (booking, by) in sheet.bookings.iter().zip(placement) {
        match by {
            Some(by) => assignments.push(Placed { booking: booking.id.clone(), resources: by.iter().map(id).collect() }),
            None => unplaced.push(Unplaced { booking: booking.id.clone(), reason: Reason::Foreign(json!({"code": "chance"})) }),
        }
    }
    let tiers: Vec<TierOutcome> = terms.iter().map(|term| outcome(*term, worth(sheet, placement, *term), rng)).collect();
    let status = if tiers.iter().all(|t| t.optimal) { PlanStatus::Optimal } else { PlanStatus::Feasible };
    let mut plan = Plan {
        format: PLAN_FORMAT.into(),
        sheet_sha256: write::sha256(sheet),
        profile: "random".into(),
        status,
        tiers,
        baseline: Baseline::default(),
        assignments,
        unplaced,
        waived: Vec::new(),
        changes: Vec::new(),
        solve: Solve::default(),
    };
    tell(sheet, &mut plan);
    plan
}

fn outcome(term: Term, value: f64, rng: &mut Rng) -> TierOutcome {
    let optimal = rng.chance(50);
    let bound = if optimal { Some(value) } else { rng.pick(&[None, Some(value), Some(value - 3.0)]) };
    TierOutcome { name: term.as_str().into(), value, bound, optimal, slack: None }
}

/// Writes down what follows from the assignments: changes and waived wishes.
fn tell(sheet: &Sheet, plan: &mut Plan) {
    plan.changes.clear();
    plan.waived.clear();
    let genders: BTreeSet<&str> = sheet.resources.iter().filter(|r| r.kind == ResourceKind::Staff).filter_map(|r| r.gender.as_deref()).collect();
    for booking in &sheet.bookings {
        let Some(placed) = plan.assignments.iter().find(|a| a.booking == booking.id) else { continue };
        let mut from = booking.assignment.as_ref().map(|a| a.resources.clone()).unwrap_or_default();
        let mut to = placed.resources.clone();
        from.sort_unstable();
        to.sort_unstable();
        if !from.is_empty() && from != to {
            plan.changes.push(Change { booking: booking.id.clone(), from, to });
        }
        let served_by_staff = booking.demands.iter().any(|d| d.kind == ResourceKind::Staff);
        if booking.gender.as_deref().is_some_and(|wish| !genders.contains(wish)) && served_by_staff {
            plan.waived.push(Waived { booking: booking.id.clone(), rule: "gender".into() });
        }
    }
}

/// Every way to spoil a plan that [`spoil`] knows.
pub const SPOILS: usize = 20;

/// Changes the plan in one way, which most often makes it wrong. After a change of the assignments its values and lists are made true
/// again in half of the cases, so that the broken rule itself must be found.
pub fn spoil(sheet: &Sheet, plan: &mut Plan, way: usize, rng: &mut Rng) {
    match way {
        0..=9 => {
            spoil_assignments(sheet, plan, way, rng);
            if rng.chance(50) {
                make_true(sheet, plan);
            }
        }
        10..=13 => spoil_lists(sheet, plan, way, rng),
        _ => spoil_tiers(plan, way, rng),
    }
}

fn spoil_assignments(sheet: &Sheet, plan: &mut Plan, way: usize, rng: &mut Rng) {
    let stranger = rng.pick(&sheet.resources).id;
    let count = plan.assignments.len();
    if count == 0 {
        return place_somebody(sheet, plan, rng);
    }
    let other = plan.assignments[rng.below(count)].resources.clone();
    let placed = &mut plan.assignments[rng.below(count)];
    let held = sheet.bookings.iter().position(|b| b.assignment.as_ref().is_some_and(|a| !a.resources.is_empty()) && b.id == placed.booking);
    match way {
        // Somebody else, perhaps not qualified or not there.
        0 | 1 => match placed.resources.first_mut() {
            Some(first) => *first = stranger,
            None => placed.resources.push(stranger),
        },
        2 => drop(placed.resources.pop()),
        3 => placed.resources.push(stranger),
        4 => placed.resources.extend(placed.resources.first().cloned()),
        5 => placed.resources.push("nobody".into()),
        // Two at once, or a twin apart.
        6 | 7 => placed.resources = other,
        8 if held.is_some() => placed.resources = vec![stranger],
        _ => place_somebody(sheet, plan, rng),
    }
}

/// Places an unplaced booking with as many resources as it asks for, whoever they are.
fn place_somebody(sheet: &Sheet, plan: &mut Plan, rng: &mut Rng) {
    if plan.unplaced.is_empty() {
        return;
    }
    let gone = plan.unplaced.remove(rng.below(plan.unplaced.len()));
    let Some(booking) = sheet.bookings.iter().find(|b| b.id == gone.booking) else { return };
    let mut pool: Vec<String> = sheet.resources.iter().map(|r| r.id.clone()).collect();
    rng.shuffle(&mut pool);
    pool.truncate(booking.demands.iter().map(|d| d.count as usize).sum());
    plan.assignments.push(Placed { booking: gone.booking, resources: pool });
}

fn spoil_lists(sheet: &Sheet, plan: &mut Plan, way: usize, rng: &mut Rng) {
    let booking = rng.pick(&sheet.bookings).id;
    let reason = Reason::Foreign(json!("chance"));
    match way {
        // Neither here nor there.
        10 => {
            plan.assignments.retain(|a| a.booking != booking);
            plan.unplaced.retain(|u| u.booking != booking);
        }
        // In both, or twice in one.
        11 => plan.unplaced.push(Unplaced { booking, reason }),
        12 => {
            let id = if rng.chance(50) { booking } else { "nothing".into() };
            plan.assignments.push(Placed { booking: id, resources: vec![] });
        }
        _ => match plan.unplaced.first_mut() {
            Some(first) => first.reason = Reason::Foreign(rng.pick(&[json!(null), json!(""), json!({})])),
            None => plan.unplaced.push(Unplaced { booking: "nothing".into(), reason }),
        },
    }
}

fn spoil_tiers(plan: &mut Plan, way: usize, rng: &mut Rng) {
    let k = rng.below(plan.tiers.len());
    let tier = &mut plan.tiers[k];
    match way {
        14 => tier.value += rng.pick(&[1.0, -1.0, 1e-3, 1e-9]),
        15 => tier.bound = Some(tier.value + rng.pick(&[0.5, 10.0, 1e-9])),
        16 => (tier.optimal, tier.bound) = (true, Some(tier.value - rng.pick(&[0.5, 10.0, 1e-9]))),
        17 => tier.value = 0.0,
        18 => plan.tiers.reverse(),
        // Without the tier that prices moves, the finalized are held.
        _ => plan.tiers.retain(|t| t.name != "finalized_moved"),
    }
}

/// Values, bounds, changes and waived wishes that follow from the assignments. Where an id is unknown there is nothing to follow.
pub fn make_true(sheet: &Sheet, plan: &mut Plan) {
    let at = |id: &String| sheet.resources.iter().position(|r| r.id == *id);
    let mut placement = Placement::new();
    for booking in &sheet.bookings {
        let by = match plan.assignments.iter().find(|a| a.booking == booking.id) {
            None => None,
            Some(placed) => match placed.resources.iter().map(at).collect::<Option<Vec<usize>>>() {
                Some(by) => Some(by),
                None => return,
            },
        };
        placement.push(by);
    }
    for tier in &mut plan.tiers {
        let Some(term) = Term::ALL.into_iter().find(|t| t.as_str() == tier.name) else { continue };
        tier.value = worth(sheet, &placement, term);
        tier.bound = tier.optimal.then_some(tier.value);
    }
    tell(sheet, plan);
}
