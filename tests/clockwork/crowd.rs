//! Ten thousand locations with the same cutoff.

use std::collections::BTreeMap;
use std::sync::Arc;

use sqlx::AssertSqlSafe;
use zamu::clock::{Clock, SetClock};
use zamu::operations::Clockwork;
use zamu::operations::clockwork::calendar::{CUTOFF, NIGHT};

use super::house::{self, Spa, instant};

const LOCATIONS: usize = 10_000;
const WORKERS: usize = 4;

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn ten_thousand_locations_with_one_cutoff_are_spread_over_the_workers_and_none_is_done_twice() {
    house::here!();
    let spa = Spa::empty().await;
    let mut shell = spa.shell().await;
    let sql = format!(
        "WITH RECURSIVE n(k) AS (SELECT 1 UNION ALL SELECT k + 1 FROM n WHERE k < {LOCATIONS})
         INSERT INTO locations (id, tenant_id, name, timezone) SELECT 'spa-' || k, 'serenity', 'Spa ' || k, 'Africa/Nairobi' FROM n"
    );
    sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut shell).await.unwrap();
    // What is done again and again was just done: this is about the evening.
    let clock = Arc::new(SetClock::at(instant("2026-11-20", "18:00")));
    for kind in ["slots", "temps", "ledger"] {
        let later = (clock.now() + chrono::TimeDelta::hours(1)).timestamp_micros();
        let sql = format!(
            "INSERT INTO jobs (kind, location_id, subject, due_us, next_attempt_us) SELECT '{kind}', id, '', {later}, {later} FROM locations"
        );
        sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut shell).await.unwrap();
    }
    let sql = "INSERT INTO jobs (kind, location_id, subject, state, due_us, next_attempt_us)
               SELECT d.kind, l.id, d.subject, 'done', 0, 0 FROM locations AS l,
               (SELECT 'night' AS kind, '2026-11-20' AS subject UNION SELECT 'cutoff', '2026-11-20' UNION SELECT 'daypart', '2026-11-20/evening') AS d";
    sqlx::raw_sql(sql).execute(&mut shell).await.unwrap();

    let workers: Vec<Arc<Clockwork>> =
        (0..WORKERS).map(|k| Arc::new(Clockwork::new(Arc::new(spa.store.clone()), clock.clone(), &format!("worker {k}"), 2))).collect();
    let turns: Vec<_> = workers.iter().cloned().map(|worker| tokio::spawn(async move { worker.turn().await.unwrap() })).collect();
    let mut times: BTreeMap<(String, String), usize> = BTreeMap::new();
    let mut shares = Vec::new();
    for turn in turns {
        let turn = turn.await.unwrap();
        assert!(turn.failed.is_empty(), "{:?}", turn.failed.first());
        let evening = turn.done.into_iter().filter(|(key, _)| key.subject == "2026-11-21");
        let mut share = 0;
        for (key, _) in evening {
            share += 1;
            *times.entry((key.kind, key.location_id)).or_default() += 1;
        }
        shares.push(share);
    }
    for kind in [NIGHT, CUTOFF] {
        assert_eq!(times.keys().filter(|(of, _)| of == kind).count(), LOCATIONS + 1, "{kind}");
    }
    assert!(times.values().all(|&times| times == 1));
    let (least, all) = (shares.iter().min().unwrap(), shares.iter().sum::<usize>());
    assert!(least * WORKERS * 4 > all, "one worker was left out: {shares:?}");
    eprintln!("{all} jobs by {WORKERS} workers: {shares:?}");
}
