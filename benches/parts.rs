//! The parts of a solve, each alone, on a made-up spa day of 20 and of 50 people. Each bench asserts the answer that it times.

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use zamu::alloc::eligibility::House;
use zamu::alloc::explain::{reason, witness};
use zamu::alloc::instance::{Instance, cliques};
use zamu::alloc::model::Model;
use zamu::alloc::{Limits, Profile, allocate, check, greedy, served_by_plan, value};
use zamu::domain::Span;
use zamu::sheet::plan::{Certified, PlanStatus};
use zamu::sheet::spa::{Size, Spa};
use zamu::sheet::{Plan, Sheet};

const SEED: u64 = 1;
const SIZES: [Size; 2] = [Size::M, Size::L];

fn strict() -> Profile {
    Profile::shipped("strict").unwrap_or_else(|| panic!("strict is shipped"))
}

/// A day of 20 people with its plan, proven and sound.
fn solved() -> (Sheet, Plan) {
    let sheet = Spa::of(Size::M).day(SEED);
    let plan = allocate(&sheet, &strict(), Limits { threads: 2, ..Limits::default() });
    assert_eq!(plan.status, PlanStatus::Optimal);
    (sheet, plan)
}

/// How often some person may serve some booking.
fn pairs(instance: &Instance) -> usize {
    instance.bookings.iter().flat_map(|job| &job.demands).map(|ways| ways.resources.len()).sum()
}

fn eligibility(c: &mut Criterion) {
    let mut group = c.benchmark_group("who may serve what, everybody and everything");
    for size in SIZES {
        let sheet = Spa::of(size).day(SEED);
        let expected = pairs(&Instance::new(&sheet, false));
        group.bench_function(size.as_str(), |b| {
            b.iter(|| {
                let house = House::new(black_box(&sheet), false);
                let able =
                    |booking: &zamu::sheet::Booking| sheet.resources.iter().filter(|r| house.eligible(booking, &booking.demands[0], r)).count();
                assert_eq!(sheet.bookings.iter().map(able).sum::<usize>(), expected);
            });
        });
    }
}

fn preparing(c: &mut Criterion) {
    let mut group = c.benchmark_group("prepare a sheet");
    for size in SIZES {
        let sheet = Spa::of(size).day(SEED);
        let expected = pairs(&Instance::new(&sheet, false));
        group.bench_function(size.as_str(), |b| b.iter(|| assert_eq!(pairs(&Instance::new(black_box(&sheet), false)), expected)));
    }
}

fn dealing(c: &mut Criterion) {
    let mut group = c.benchmark_group("greedy baseline on a prepared sheet");
    for size in SIZES {
        let sheet = Spa::of(size).day(SEED);
        let (instance, profile) = (Instance::new(&sheet, false), strict());
        let expected = value::tiers(&instance, &greedy::repair_current(&instance), &profile);
        assert!((0.0..sheet.bookings.len() as f64 / 5.0).contains(&expected[0]), "most of them are served: {expected:?}");
        group.bench_function(size.as_str(), |b| {
            b.iter(|| {
                let served = greedy::repair_current(black_box(&instance));
                assert_eq!(value::tiers(&instance, &served, &profile), expected);
            });
        });
    }
}

fn crowds(c: &mut Criterion) {
    let mut group = c.benchmark_group("crowds of overlapping bookings, everybody's");
    for size in SIZES {
        let sheet = Spa::of(size).day(SEED);
        let instance = Instance::new(&sheet, false);
        let of = |r: usize| {
            let mine = instance.bookings.iter().enumerate().filter(move |(_, job)| job.demands[0].resources.contains(&r));
            mine.map(|(b, job)| (job.occupied, b)).collect::<Vec<(Span, usize)>>()
        };
        let items: Vec<Vec<(Span, usize)>> = (0..instance.resource_count()).map(of).collect();
        // The most at any instant, which is always some booking's start.
        let most = |items: &Vec<(Span, usize)>| {
            let at = |start| items.iter().filter(|(span, _)| span.start <= start && start < span.end).count();
            items.iter().map(|(span, _)| at(span.start)).max().filter(|most| *most > 1).unwrap_or(0)
        };
        let expected: usize = items.iter().map(most).sum();
        group.bench_function(size.as_str(), |b| {
            b.iter(|| {
                let largest = |items: &Vec<_>| cliques(black_box(items)).iter().map(Vec::len).max().unwrap_or(0);
                assert_eq!(items.iter().map(largest).sum::<usize>(), expected);
            });
        });
    }
}

fn building(c: &mut Criterion) {
    let sheet = Spa::of(Size::L).day(SEED);
    let (instance, profile) = (Instance::new(&sheet, false), strict());
    let everything: Vec<usize> = (0..sheet.bookings.len()).collect();
    let served = greedy::repair_current(&instance);
    let worth = value::tiers(&instance, &served, &profile);
    let constants = value::constants(&instance, &profile);
    let mut group = c.benchmark_group("build the model and value the baseline in it");
    group.bench_function("L", |b| {
        b.iter(|| {
            let model = Model::build(black_box(&instance), &everything, &profile);
            let columns = model.columns_of(&served);
            let in_model: Vec<f64> = model.tiers.iter().zip(&constants).map(|(tier, constant)| constant + tier.value(&columns)).collect();
            assert!(in_model.iter().zip(&worth).all(|(a, b)| (a - b).abs() <= 1e-6 * b.max(1.0)), "{in_model:?} {worth:?}");
        });
    });
}

fn checking(c: &mut Criterion) {
    let (sheet, plan) = solved();
    let mut spoiled = plan.clone();
    spoiled.assignments[0].resources = vec!["nobody".into()];
    let mut group = c.benchmark_group("check a plan, M");
    group.bench_function("sound", |b| b.iter(|| assert!(check::check_with_profile(black_box(&sheet), &plan, &strict()).passed())));
    group.bench_function("spoiled", |b| b.iter(|| assert!(!check::check_with_profile(black_box(&sheet), &spoiled, &strict()).passed())));
}

fn explaining(c: &mut Criterion) {
    let (sheet, plan) = solved();
    let instance = Instance::new(&sheet, false);
    let Some(served) = served_by_plan(&instance, &plan) else { panic!("the plan is for this sheet") };
    let left: Vec<usize> = (0..served.len()).filter(|&b| served[b].is_none()).collect();
    assert!(!left.is_empty());
    let limits = Limits::default();
    let reasons = || left.iter().map(|&b| reason::reason(black_box(&instance), &served, b, &limits)).collect::<Vec<Certified>>();
    let expected = reasons();
    for (&booking, reason) in left.iter().zip(&expected) {
        assert_eq!(witness::holds(&instance, booking, reason, &limits), Some(true), "{reason:?}");
    }
    let mut group = c.benchmark_group("a certified reason for everyone unplaced");
    group.sample_size(20);
    group.bench_function("M", |b| b.iter(|| assert_eq!(reasons(), expected)));
}

criterion_group!(benches, eligibility, preparing, dealing, crowds, building, checking, explaining);
criterion_main!(benches);
