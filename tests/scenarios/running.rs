//! Running a scenario: every case dealt with proof, beside the base, the same on any number of threads, each question once, and going on where it was.

use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::json;
use zamu::alloc::{Limits, Profile, Stop, StopCause, allocate};
use zamu::scenario::run::{Answer, InMemory};
use zamu::scenario::{Day, Ended, Memory, Metric, Running, run};
use zamu::sheet::spa::{Size, Spa};

use super::{Counting, answer, run_with, scenario, small};

fn grid() -> serde_json::Value {
    json!({"seeds": [1, 2, 3], "parameters": {"growth": [0.0, 0.2], "temps": [0, 1]},
        "change": [{"kind": "demand", "grow": "$growth"},
            {"kind": "temp", "count": "$temps", "qualifications": ["swedish", "facial"], "from": "09:00", "to": "19:00"}]})
}

fn spa(seed: u64) -> Day {
    Day::of_sheet(Spa::of(Size::S).day(seed), "spa")
}

#[test]
fn the_base_is_dealt_as_the_nightly_run_would_deal_it() {
    let day = spa(1);
    let study = answer(json!({"gap": 0.0}), std::slice::from_ref(&day));
    let plan = allocate(&day.sheet, &Profile::shipped("nightly").unwrap(), Limits::default());
    let tier = |name: &str| plan.tiers.iter().find(|t| t.name == name).unwrap().value;
    assert_eq!(study.base_total.get(Metric::Unplaced), Some(tier("unplaced")));
    assert_eq!(study.base_total.get(Metric::Balance), Some(tier("balance")));
    assert_eq!(study.base_total.get(Metric::Moved), Some(tier("moved")));
    assert_eq!(study.cases.len(), 1, "without parameters there is one case");
    assert_eq!(study.cases[0].difference.get(Metric::Unplaced), Some(0.0));
}

#[test]
fn near_enough_is_near_and_only_for_what_is_measured() {
    for seed in 1..5 {
        let days = [spa(seed)];
        let of =
            |gap: f64| answer(json!({"gap": gap, "profile": "strict", "change": [{"kind": "demand", "grow": 0.2}]}), &days).cases[0].total.clone();
        let (exact, near) = (of(0.0), of(0.02));
        let balance = |figures: &zamu::scenario::Figures| figures.get(Metric::Balance).unwrap();
        assert_eq!(exact.get(Metric::Unplaced), near.get(Metric::Unplaced), "seed {seed}");
        assert!(balance(&near) <= 1.02 * balance(&exact) + 1e-6, "seed {seed}: {} beside {}", balance(&near), balance(&exact));
    }
}

#[test]
fn the_first_tiers_alone_serve_as_many_and_say_no_more() {
    let days = [spa(2)];
    let of = |tiers: usize| answer(json!({"profile": "repair", "first_tiers": tiers}), &days).base_total;
    let whole = of(9);
    for tiers in [1, 3] {
        assert_eq!(of(tiers).get(Metric::Unplaced), whole.get(Metric::Unplaced));
    }
    assert_eq!(of(3).get(Metric::Moved), whole.get(Metric::Moved), "the third tier of repair is how many are moved");
}

#[test]
fn no_answer_depends_on_how_many_threads_there_are() {
    let days = [spa(1)];
    let of = |threads| run_with(&scenario(grid()), &days, &InMemory::default(), threads, &Stop::new()).unwrap();
    assert_eq!(of(1), of(4));
}

#[test]
fn each_distinct_question_is_asked_once_and_remembered() {
    let days = [spa(1)];
    let memory = Counting::default();
    let first = run_with(&scenario(grid()), &days, &memory, 2, &Stop::new()).unwrap();
    // The base and growth=0.0 temps=0 are one question for all three seeds; growth=0.0 temps=1 is one more.
    assert_eq!(memory.kept.lock().unwrap().len(), 2 + 3 * 2);
    let again = run_with(&scenario(grid()), &days, &memory, 2, &Stop::new()).unwrap();
    assert_eq!(memory.kept.lock().unwrap().len(), 2 + 3 * 2, "nothing is solved again");
    assert_eq!(first, again);
}

#[test]
fn what_is_remembered_wrongly_is_not_believed() {
    struct Lying(Counting);
    impl Memory for Lying {
        fn recall(&self, run: &str) -> Option<Answer> {
            let mut answer = self.0.recall(run)?;
            // Somebody changed the file: two bookings of one time to one person.
            answer.plan.assignments.iter_mut().for_each(|placed| placed.resources = vec!["s0001".to_owned()]);
            Some(answer)
        }
        fn keep(&self, run: &str, answer: &Answer) {
            self.0.keep(run, answer);
        }
    }
    let days = [spa(1)];
    let memory = Lying(Counting::default());
    let first = run_with(&scenario(json!({})), &days, &memory, 1, &Stop::new()).unwrap();
    assert_eq!(run_with(&scenario(json!({})), &days, &memory, 1, &Stop::new()).unwrap(), first);
    assert_eq!(memory.0.kept.lock().unwrap().len(), 2, "solved again, and remembered again");
}

#[test]
fn a_run_that_is_ended_goes_on_where_it_was() {
    let days = [spa(1), Day { sheet: zamu::sheet::Sheet { date: "2026-11-22".parse().unwrap(), ..spa(2).sheet }, ..spa(2) }];
    let (memory, stop, begun) = (Counting::default(), Stop::new(), AtomicUsize::new(0));
    let limited = |_: &Stop, _: f64, search: &mut (dyn FnMut() + Send)| {
        search();
        if begun.fetch_add(1, Ordering::Relaxed) == 4 {
            stop.raise(StopCause::Interrupt);
        }
    };
    let scenario = scenario(grid());
    let ended = run(&scenario, &days, &Running { threads: 1, stop: &stop, memory: &memory, limited: &limited, progress: &|_| {} });
    assert_eq!(ended.unwrap_err(), Ended::Stopped);
    let before = memory.kept.lock().unwrap().len();
    assert!(before >= 4, "{before}");
    let study = run_with(&scenario, &days, &memory, 1, &Stop::new()).unwrap();
    assert_eq!(memory.kept.lock().unwrap().len(), 2 * (2 + 3 * 2), "what was solved before is not solved again");
    assert_eq!(study, run_with(&scenario, &days, &InMemory::default(), 2, &Stop::new()).unwrap());
}

#[test]
fn several_days_are_summed_and_several_seeds_have_a_range() {
    let days = [spa(1), Day { sheet: zamu::sheet::Sheet { date: "2026-11-22".parse().unwrap(), ..spa(2).sheet }, ..spa(2) }];
    let study = answer(grid(), &days);
    for case in &study.cases {
        for draw in &case.draws {
            let sum: f64 = draw.days.iter().map(|day| day.figures.get(Metric::Unplaced).unwrap()).sum();
            assert_eq!(draw.total.get(Metric::Unplaced), Some(sum));
            let mean = draw.days.iter().map(|day| day.figures.get(Metric::Spread).unwrap()).sum::<f64>() / 2.0;
            assert_eq!(draw.total.get(Metric::Spread), Some(mean));
        }
        let range = case.ranges.iter().find(|range| range.metric == "unplaced").unwrap();
        let all: Vec<f64> = case.draws.iter().map(|draw| draw.total.get(Metric::Unplaced).unwrap()).collect();
        let mean = all.iter().sum::<f64>() / 3.0;
        assert!((range.mean - mean).abs() < 1e-9 && range.low <= mean && mean <= range.high);
        // Student's t with two degrees of freedom.
        let deviation = (all.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / 2.0).sqrt();
        assert!((range.high - mean - 4.303 * deviation / 3f64.sqrt()).abs() < 1e-9);
    }
}

#[test]
fn more_people_never_serve_fewer_and_more_customers_never_leave_fewer_unserved() {
    for seed in 1..4 {
        let study = answer(grid(), &[spa(seed)]);
        let unplaced = |k: usize, draw: usize| study.cases[k].draws[draw].total.get(Metric::Unplaced).unwrap();
        for draw in 0..3 {
            assert!(unplaced(1, draw) <= unplaced(0, draw) && unplaced(3, draw) <= unplaced(2, draw), "seed {seed}: a temp");
            assert!(unplaced(2, draw) >= unplaced(0, draw) && unplaced(3, draw) >= unplaced(1, draw), "seed {seed}: growth");
        }
    }
}

#[test]
fn the_front_has_what_nobody_beats_among_cases_of_the_same_customers() {
    let study = answer(grid(), &[spa(2)]);
    assert_eq!(study.circumstances, ["growth"]);
    let at = |k: usize| (study.cases[k].total.get(Metric::People).unwrap(), study.cases[k].total.get(Metric::ServiceLevel).unwrap());
    for (k, case) in study.cases.iter().enumerate() {
        let beaten = (0..4).filter(|j| j / 2 == k / 2).any(|j| at(j).0 <= at(k).0 && at(j).1 >= at(k).1 && at(j) != at(k));
        assert_eq!(case.on_front, !beaten, "{}", case.label);
    }
}

#[test]
fn prices_make_revenue_where_services_have_them() {
    let with_prices = json!({"service": [{"name": "Cut", "qualifications": ["cut"], "price": 40}, {"name": "Colour", "qualifications": ["colour"], "price": 89.5}],
        "change": [{"kind": "absence", "who": ["ann", "eve"]}]});
    let study = answer(with_prices, &[small()]);
    // b5 is after hours; b2 and b4 need ann or eve.
    assert_eq!(study.base_total.get(Metric::Revenue), Some(2.0 * 4000.0 + 2.0 * 8950.0));
    assert_eq!(study.cases[0].total.get(Metric::Revenue), Some(2.0 * 4000.0));
    assert_eq!(answer(json!({}), &[small()]).base_total.get(Metric::Revenue), None);
}

#[test]
fn an_hour_is_worth_what_dealing_the_day_again_finds_and_its_price_promises_no_less() {
    let (mut tried, mut worth) = (0, 0);
    for seed in 1..12 {
        let document = json!({"change": [{"kind": "demand", "grow": 0.25}]});
        let study = answer(document, &[spa(seed)]);
        for hour in &study.cases[0].draws[0].days[0].hours {
            assert!(hour.price_per_hour > 0.0);
            if let Some(gain) = hour.gain_per_hour {
                tried += 1;
                worth += usize::from(gain > 0.0);
                // A whole booking may stand between the relaxation and the best plan, and no more on days as small as these.
                assert!(gain * f64::from(hour.hours) <= hour.price_per_hour * f64::from(hour.hours) + 1.0, "seed {seed}: {hour:?}");
            }
        }
        assert!(study.base_days[0].figures.get(Metric::Unplaced) > Some(0.0) || study.base_days[0].hours.is_empty(), "seed {seed}");
    }
    assert!(tried > 15 && worth * 2 > tried, "{worth} of {tried}");
}

#[test]
fn who_was_promised_somebody_is_not_given_up_for_customers_who_were_only_drawn() {
    let mut day = spa(3);
    for booking in &mut day.sheet.bookings {
        if let Some(assignment) = &mut booking.assignment {
            assignment.status = zamu::domain::AssignmentStatus::Finalized;
        }
    }
    let base = answer(json!({}), std::slice::from_ref(&day));
    let lost: Vec<&str> = base.base_days[0].unplaced.iter().map(|lost| lost.booking.as_str()).collect();
    for seed in 1..5 {
        let study = answer(json!({"seeds": [seed], "change": [{"kind": "demand", "grow": 0.4}]}), std::slice::from_ref(&day));
        for unplaced in &study.cases[0].draws[0].days[0].unplaced {
            assert!(unplaced.booking.starts_with("drawn") || lost.contains(&unplaced.booking.as_str()), "seed {seed}: {unplaced:?}");
        }
    }
}
