//! Two weeks from each seed.

use chrono::TimeDelta;

use super::house;
use super::invariants::{all_told, always, at_rest};
use super::world::{Log, World};

/// Days that a seed goes through.
const DAYS: i64 = 14;

async fn step(world: &mut World) {
    match world.rng.below(100) {
        0..20 => world.time_passes().await,
        20..36 => world.clockwork_turns().await,
        36..46 => world.post_comes(20).await,
        46..70 => world.customer_books().await,
        70..78 => world.somebody_changes_their_mind().await,
        78..84 => world.somebody_is_away().await,
        84..87 => world.temp_comes().await,
        87..94 => world.manager_acts().await,
        _ => world.visits_take_place().await,
    }
}

async fn live(seed: u64, log: Log) {
    let mut world = World::new(seed, log).await;
    let end = world.now() + TimeDelta::days(DAYS);
    let mut steps = 0;
    while world.now() < end {
        step(&mut world).await;
        always(&world).await;
        steps += 1;
        if steps % 12 == 0 {
            // Nothing lies about: what is due is done, and what was written arrives.
            world.turn_to_the_end().await;
            at_rest(&world).await;
            for _ in 0..3 {
                world.post_comes(0).await;
                world.clock.set(world.now() + TimeDelta::minutes(70));
                world.latest = world.latest.max(world.now());
            }
            world.turn_to_the_end().await;
            world.post_comes(0).await;
            all_told(&world).await;
        }
    }
    eprintln!("seed {seed}: {steps} steps, {} messages arrived", world.post.got.lock().unwrap().len());
}

fn number(name: &str) -> Option<u64> {
    std::env::var(name).ok().map(|text| text.parse().unwrap())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn weeks_of_bookings_absences_crashes_and_clock_jumps_break_nothing() {
    house::here!();
    let first = number("ZAMU_TEST_SEED");
    let seeds = match first {
        Some(seed) => seed..seed + number("ZAMU_TEST_SEEDS").unwrap_or(1),
        None => 1..1 + number("ZAMU_TEST_SEEDS").unwrap_or(super::SEEDS),
    };
    for seed in seeds {
        // Whoever reads the failure replays it with this.
        let log = Log::default();
        let told = Seed(seed, log.clone());
        live(seed, log).await;
        std::mem::forget(told);
    }
}

/// Lines of what happened before a failure.
const LINES: usize = 60;

/// Says which seed it was when a test fails, and what happened last.
struct Seed(u64, Log);

impl Drop for Seed {
    fn drop(&mut self) {
        let log = self.1.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        for line in &log[log.len().saturating_sub(LINES)..] {
            eprintln!("{line}");
        }
        eprintln!("ZAMU_TEST_SEED={} cargo test --test simulation", self.0);
    }
}
