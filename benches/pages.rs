//! The manager's screen: how long the page of a large day takes, from the request to its last byte.

#![expect(clippy::unwrap_used, reason = "a bench that cannot go on fails where it stands")]

use std::hint::black_box;
use std::sync::Arc;

use axum::body::{Body, to_bytes};
use axum::http::{Request, header};
use chrono::NaiveDate;
use criterion::{Criterion, criterion_group, criterion_main};
use tower::ServiceExt;
use zamu::booking::offer::Snapshots;
use zamu::clock::{Clock, SetClock};
use zamu::domain::{AssignmentStatus, Rule, Weekdays, local};
use zamu::http::limits::{InProcess, Rates};
use zamu::http::{App, router};
use zamu::keyring::{Keyring, Ring, Role};
use zamu::operations::accounts::{NewAccount, NewPassword, add};
use zamu::store::{BookingRow, Day, Decision, LocationRow, NewBooking, ResourceRow, ServiceRow, SqliteStore, Stamp, Store, TenantRow};

const PEOPLE: usize = 40;
const BOOKINGS: usize = 300;
const ZONE: chrono_tz::Tz = chrono_tz::Africa::Nairobi;
const SATURDAY: NaiveDate = NaiveDate::from_ymd_opt(2026, 11, 21).expect("a date");

/// A house of forty people, each of whom serves seven or eight bookings.
async fn furnish(store: &SqliteStore, clock: &SetClock) {
    store.upsert_tenant(&TenantRow::new("serenity", "Serenity")).await.unwrap();
    let location = LocationRow { id: "westlands".into(), tenant_id: "serenity".into(), name: "Westlands".into(), timezone: ZONE };
    store.upsert_location(&location).await.unwrap();
    store.upsert_service(&ServiceRow::new("westlands", "swedish", "Swedish massage", 60, &["swedish"])).await.unwrap();
    store.upsert_rule("westlands", &Rule::weekly("hours", None, Weekdays::ALL, 540, 1080)).await.unwrap();
    for k in 0..PEOPLE {
        store.upsert_resource(&ResourceRow::staff("westlands", &format!("p{k}"), &format!("Person {k}"), &["swedish"])).await.unwrap();
    }
    for k in 0..BOOKINGS {
        let start = local::instant(ZONE, SATURDAY, 540 + 60 * u32::try_from(k / PEOPLE).unwrap());
        let resources = vec![format!("p{}", k % PEOPLE)];
        let status = AssignmentStatus::Provisional;
        let decide = move |_: &Day, _: &BookingRow| Decision::Hold {
            resources: resources.clone(),
            status,
            gender_waived: false,
            moves: vec![],
            messages: vec![],
        };
        store.take_booking(&NewBooking::new("westlands", "swedish", start), &decide, &Stamp::new("bench", clock.now(), "")).await.unwrap().unwrap();
    }
}

fn bench(criterion: &mut Criterion) {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let (pages, cookie) = runtime.block_on(async {
        let clock = Arc::new(SetClock::at(local::instant(ZONE, SATURDAY.pred_opt().unwrap(), 720).to_utc()));
        let keys = Arc::new(Ring::new(Keyring::in_memory(clock.now()).unwrap()));
        let store = Arc::new(SqliteStore::open_with(&folder.path().join("zamu.db"), keys.clone()).await.unwrap());
        furnish(&store, &clock).await;
        let (login, password) = ("ruth".to_owned(), NewPassword::Given("a rather long one".into()));
        let new = NewAccount { tenant: "serenity".into(), login, name: "Ruth".into(), role: Role::Manager, location: None, language: None, password };
        add(store.as_ref(), clock.as_ref(), &new).await.unwrap();
        let none = Rates { read_per_minute: 0, book_per_minute: 0, manage_per_minute: 0, sign_in_per_minute: 0 };
        let app = App {
            store,
            clock,
            keys,
            limiter: Arc::new(InProcess::new(none)),
            snapshots: Snapshots::default(),
            metrics: None,
            searches: Arc::new(tokio::sync::Semaphore::new(1)),
            live: Default::default(),
            under_way: Default::default(),
            turns: Default::default(),
            secure_cookies: false,
            proxies: 0,
        };
        let pages = router(Arc::new(app));
        let form = Request::post("/admin/sign-in").header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        let form = form.body(Body::from("house=serenity&login=ruth&password=a+rather+long+one")).unwrap();
        let answer = pages.clone().oneshot(form).await.unwrap();
        let cookies: Vec<&str> =
            answer.headers().get_all(header::SET_COOKIE).iter().map(|one| one.to_str().unwrap().split(';').next().unwrap()).collect();
        (pages, cookies.join("; "))
    });
    criterion.bench_function("page of a day of 300 bookings of 40 people", |bencher| {
        bencher.iter(|| {
            let request = Request::get("/admin/at/westlands/2026-11-21").header(header::COOKIE, &cookie).body(Body::empty()).unwrap();
            let body = runtime.block_on(async {
                let answer = pages.clone().oneshot(request).await.unwrap();
                to_bytes(answer.into_body(), usize::MAX).await.unwrap()
            });
            assert_eq!(String::from_utf8_lossy(&body).matches("data-booking=").count(), BOOKINGS);
            black_box(body);
        });
    });
}

criterion_group! { name = benches; config = Criterion::default().sample_size(20); targets = bench }
criterion_main!(benches);
