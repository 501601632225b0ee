//! Building the model and solving a day to proof, at 8 and at 20 people. Each bench asserts the optimum that it times.
//!
//! The sheets are spa days made by a generator: greedily booked, then one person absent, one booking in ten bound, every seventh with a gender wish.

use std::hint::black_box;
use std::time::Duration;

use criterion::{Criterion, criterion_group, criterion_main};
use zamu::alloc::instance::Instance;
use zamu::alloc::model::Model;
use zamu::alloc::{Limits, Profile, allocate, check, greedy, value};
use zamu::sheet::plan::PlanStatus;
use zamu::sheet::{Sheet, read};

/// A size, its sheet, and the optimum of the tiers unplaced, balance, moved.
const DAYS: [(&str, &[u8], [f64; 3]); 2] = [
    ("S: 8 people, 52 bookings", include_bytes!("sheets/S.json"), [3.0, 1_473.892_679_328_784_7, 9.0]),
    ("M: 20 people, 119 bookings", include_bytes!("sheets/M.json"), [5.0, 4_709.390_558_731_329, 33.0]),
];

fn sheet(bytes: &[u8]) -> Sheet {
    read::from_slice(bytes).unwrap_or_else(|faults| panic!("{faults}"))
}

fn strict() -> Profile {
    Profile::shipped("strict").unwrap_or_else(|| panic!("strict is shipped"))
}

fn near(a: f64, b: f64) -> bool {
    (a - b).abs() <= 1e-6 * b.abs().max(1.0)
}

fn reading(c: &mut Criterion) {
    let mut group = c.benchmark_group("read and check a sheet");
    for (name, bytes, _) in DAYS {
        group.bench_function(name, |b| b.iter(|| assert!(!sheet(black_box(bytes)).bookings.is_empty())));
    }
}

fn building(c: &mut Criterion) {
    let mut group = c.benchmark_group("build the model");
    for (name, bytes, _) in DAYS {
        let (sheet, profile) = (sheet(bytes), strict());
        let everything: Vec<usize> = (0..sheet.bookings.len()).collect();
        group.bench_function(name, |b| {
            b.iter(|| {
                let instance = Instance::new(black_box(&sheet), false);
                assert_eq!(Model::build(&instance, &everything, &profile).tiers.len(), 3);
            });
        });
    }
}

fn baseline(c: &mut Criterion) {
    let mut group = c.benchmark_group("first feasible plan (greedy baseline)");
    for (name, bytes, optimum) in DAYS {
        let (sheet, profile) = (sheet(bytes), strict());
        group.bench_function(name, |b| {
            b.iter(|| {
                let instance = Instance::new(black_box(&sheet), false);
                let served = greedy::repair_current(&instance);
                assert!(value::tiers(&instance, &served, &profile)[0] >= optimum[0]);
            });
        });
    }
}

fn solving(c: &mut Criterion) {
    let mut group = c.benchmark_group("solve to proof, strict");
    group.sample_size(10).measurement_time(Duration::from_secs(8));
    for (name, bytes, optimum) in DAYS {
        let (sheet, profile) = (sheet(bytes), strict());
        group.bench_function(name, |b| {
            b.iter(|| {
                let plan = allocate(black_box(&sheet), &profile, Limits::default());
                assert_eq!(plan.status, PlanStatus::Optimal);
                assert!(plan.tiers.iter().zip(optimum).all(|(tier, best)| near(tier.value, best)), "{:?}", plan.tiers);
            });
        });
    }
}

fn checking(c: &mut Criterion) {
    let mut group = c.benchmark_group("check a plan");
    for (name, bytes, _) in DAYS {
        let (sheet, profile) = (sheet(bytes), strict());
        let plan = allocate(&sheet, &profile, Limits::default());
        group.bench_function(name, |b| b.iter(|| assert!(check::check_with_profile(black_box(&sheet), &plan, &profile).passed())));
    }
}

criterion_group!(benches, reading, building, baseline, solving, checking);
criterion_main!(benches);
