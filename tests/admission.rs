//! Admission by reshuffle: the answer is exact both ways, and a yes is an assignment that the checker passes.

#[expect(dead_code, reason = "every test takes what it needs")]
mod support;

use std::collections::BTreeSet;

use support::oracle::{Placement, compatible, options};
use support::rng::Rng;
use support::sheets::{Knobs, random_sheet};
use zamu::alloc::admission::{Admission, Answer, Effort, Reshuffle, Step};
use zamu::alloc::check;
use zamu::alloc::greedy;
use zamu::alloc::instance::{Instance, Served};
use zamu::domain::AssignmentStatus;
use zamu::sheet::plan::{Baseline, PLAN_FORMAT, Placed, PlanStatus, Solve};
use zamu::sheet::spa::{Size, Spa};
use zamu::sheet::{Assignment, Plan, Sheet};

/// A random sheet on which every assignment holds, and bookings that nobody serves yet.
fn standing_sheet(seed: u64, knobs: Knobs) -> Sheet {
    let mut sheet = random_sheet(seed, knobs);
    let served = greedy::repair_current(&Instance::new(&sheet, false));
    let ids: Vec<String> = sheet.resources.iter().map(|r| r.id.clone()).collect();
    for (booking, by) in sheet.bookings.iter_mut().zip(served) {
        let status = booking.assignment.as_ref().map_or(AssignmentStatus::Provisional, |a| a.status);
        booking.assignment = by.map(|by| Assignment { status, resources: by.iter().map(|&r| ids[r].clone()).collect() });
    }
    sheet
}

/// Everybody but one booking dealt in a random order, each to somebody who is free; some to nobody.
fn deal_without(instance: &Instance, booking: usize, rng: &mut Rng) -> Served {
    let mut order: Vec<usize> = (0..instance.bookings.len()).filter(|&b| b != booking).collect();
    rng.shuffle(&mut order);
    order.sort_by_key(|&b| !instance.bookings[b].held);
    let mut served: Served = vec![None; instance.bookings.len()];
    let mut diary = greedy::Diary::empty(instance.resource_count());
    for b in order {
        if let Some(by) = greedy::least_busy(instance, &served, &diary, b) {
            let job = &instance.bookings[b];
            by.iter().for_each(|&r| diary.take(r, job.occupied, job.length_minutes));
            served[b] = Some(by);
        }
    }
    served
}

/// Can everybody in `wanted` be served at once? Tries everything.
fn fits(sheet: &Sheet, wanted: &[usize]) -> bool {
    let all: Vec<Vec<Vec<usize>>> = sheet.bookings.iter().map(|b| options(sheet, b, false)).collect();
    fn go(sheet: &Sheet, all: &[Vec<Vec<usize>>], wanted: &[usize], placed: &mut Placement) -> bool {
        let Some((&b, rest)) = wanted.split_first() else { return true };
        for by in &all[b] {
            let beside = |(c, theirs): (usize, &Option<Vec<usize>>)| {
                theirs.as_ref().is_none_or(|theirs| compatible(&sheet.bookings[b], by, &sheet.bookings[c], theirs))
            };
            if placed.iter().enumerate().all(beside) {
                placed[b] = Some(by.clone());
                if go(sheet, all, rest, placed) {
                    return true;
                }
                placed[b] = None;
            }
        }
        false
    }
    go(sheet, &all, wanted, &mut vec![None; sheet.bookings.len()])
}

/// The day after a yes: everybody who was placed and the new one, in a plan that the checker passes.
fn after(sheet: &Sheet, standing: &Served, booking: usize, by: &[usize], moves: &[(usize, Vec<usize>)]) {
    let mut served = standing.clone();
    served[booking] = Some(by.to_vec());
    for (moved, by) in moves {
        assert_ne!(served[*moved].as_ref(), Some(by), "a move that moves nobody");
        assert!(served[*moved].is_some(), "only who is placed is moved");
        let assigned = sheet.bookings[*moved].assignment.as_ref();
        assert!(assigned.is_none_or(|a| a.status == AssignmentStatus::Provisional), "what was promised stays");
        served[*moved] = Some(by.clone());
    }
    let mut asked = sheet.clone();
    // The checker knows of reasons for whoever is unplaced; here everybody else is simply not there.
    let there: BTreeSet<String> = (0..served.len()).filter(|&b| served[b].is_some()).map(|b| sheet.bookings[b].id.clone()).collect();
    asked.bookings.retain(|b| there.contains(&b.id));
    for b in &mut asked.bookings {
        b.same_resource_as = b.same_resource_as.take().filter(|twin| there.contains(twin));
    }
    let plan = Plan {
        format: PLAN_FORMAT.to_owned(),
        sheet_sha256: zamu::sheet::write::sha256(&asked),
        profile: "none".into(),
        status: PlanStatus::Feasible,
        tiers: vec![],
        baseline: Baseline { tiers: vec![] },
        assignments: (0..served.len())
            .filter_map(|b| {
                let mut resources: Vec<String> = served[b].as_ref()?.iter().map(|&r| sheet.resources[r].id.clone()).collect();
                resources.sort();
                Some(Placed { booking: sheet.bookings[b].id.clone(), resources })
            })
            .collect(),
        unplaced: vec![],
        waived: vec![],
        changes: vec![],
        solve: Solve { wall_ms: None, stopped: "proof".into(), solver: "test".into(), seed: 1 },
    };
    let against = check::Against { has_waived: false, has_changes: false, ..check::Against::default() };
    let faults: Vec<String> = check::check_against(&asked, &plan, against).faults.iter().map(ToString::to_string).collect();
    assert!(faults.is_empty(), "{faults:?}");
}

/// Asks about every unplaced booking of many sheets: how many yeses without and with moves, and noes.
fn ask_all(seeds: std::ops::Range<u64>, knobs: Knobs) -> [usize; 3] {
    let mut seen = [0; 3];
    for seed in seeds {
        let sheet = standing_sheet(seed, knobs);
        let instance = Instance::new(&sheet, false);
        let whole: Served = instance.bookings.iter().map(|job| (!job.current.is_empty()).then(|| job.current.clone())).collect();
        let mut rng = Rng::new(seed);
        let mut asked: Vec<usize> = (0..whole.len()).collect();
        rng.shuffle(&mut asked);
        for booking in asked.into_iter().take(5) {
            // The others as they stand, or dealt anew in the order of time, as if this one had never been there: often in its way now.
            let mut standing = whole.clone();
            if rng.chance(70) {
                standing = deal_without(&instance, booking, &mut rng);
            }
            standing[booking] = None;
            let mut wanted: Vec<usize> = (0..standing.len()).filter(|&b| standing[b].is_some()).collect();
            wanted.insert(0, booking);
            let verdict = Admission::new(&instance, standing.clone()).ask(booking, Effort::Whole);
            let said = format!("seed {seed}, booking {booking}: {verdict:?}");
            match verdict.answer {
                Answer::Free(by) => {
                    after(&sheet, &standing, booking, &by, &[]);
                    seen[0] += 1;
                }
                Answer::Reshuffled(Reshuffle { by, moves }) => {
                    assert!(!moves.is_empty(), "{said}");
                    after(&sheet, &standing, booking, &by, &moves);
                    seen[1] += 1;
                }
                Answer::Full => {
                    assert!(!fits(&sheet, &wanted), "{said}");
                    seen[2] += 1;
                }
                Answer::Undecided => panic!("{said}"),
            }
        }
    }
    seen
}

#[test]
fn on_small_sheets_the_answer_is_that_of_trying_everything() {
    let [free, moved, full] = ask_all(0..3_000, Knobs { bookings_max: 9, resources_max: 4, plain_combinations: false });
    assert!(free > 500 && moved > 60 && full > 500, "{free} {moved} {full}");
}

#[test]
fn on_larger_sheets_too() {
    let [free, moved, full] = ask_all(0..400, Knobs { bookings_max: 16, resources_max: 6, plain_combinations: false });
    assert!(free > 100 && moved > 20 && full > 100, "{free} {moved} {full}");
}

/// All questions for a treatment on a spa's full day: the answers must not depend on which step finds them.
#[test]
fn on_a_full_day_of_twenty_every_step_is_needed_and_yeses_hold() {
    let mut steps = BTreeSet::new();
    for seed in 1..=3 {
        let sheet = Spa { absent: 0, ..Spa::of(Size::M) }.day(seed);
        let booked = sheet.bookings.len();
        let mut asked = sheet.clone();
        for (k, model) in sheet.bookings.iter().enumerate().step_by(3) {
            for shift in [-45, 15, 75] {
                let mut wish = model.clone();
                wish.id = format!("asked {k} {shift}");
                wish.span = zamu::domain::Span::new(model.span.start.plus(shift), model.span.end.plus(shift));
                wish.assignment = None;
                asked.bookings.push(wish);
            }
        }
        let instance = Instance::new(&asked, false);
        let admission = Admission::of_current(&instance);
        let standing: Served = instance.bookings.iter().map(|job| (!job.current.is_empty()).then(|| job.current.clone())).collect();
        for booking in booked..asked.bookings.len() {
            let verdict = admission.ask(booking, Effort::Whole);
            steps.insert(verdict.step);
            assert_eq!(verdict, admission.ask(booking, Effort::Whole), "the same again");
            if let Answer::Reshuffled(found) = &verdict.answer {
                after(&asked, &standing, booking, &found.by, &found.moves);
            }
        }
    }
    assert!([Step::Glance, Step::Crowd, Step::Chain, Step::Search].iter().all(|step| steps.contains(step)), "{steps:?}");
}
