//! Every page there is: fit for everybody, at a desk and on a phone, by day and by night, in both languages.

use serde_json::json;
use zamu::alloc::Stop;
use zamu::domain::AssignmentStatus;
use zamu::domain::id::new_id;
use zamu::http::access::{Access, ROUTES};
use zamu::http::web::is_page;
use zamu::keyring::Role;
use zamu::operations::ledger::correct;
use zamu::operations::whatif::work_out;
use zamu::operations::{RunOptions, optimize};
use zamu::store::{NewBlock, NewWhatIf, ResourceRow, Stamp, Store};

use crate::browser::{Browser, Device, here};
use crate::stage::{SPA, Stage, TENANT};

/// A day with everything on it that a page may have to show.
async fn full() -> (Stage, String) {
    let stage = Stage::open().await;
    let first = stage.book("amina", "swedish", "09:00", &["joy"]).await;
    stage.book_so("ben", "swedish", "10:30", &["brian"], AssignmentStatus::Bound).await;
    stage.book_so("chloe", "deep", "12:00", &["grace"], AssignmentStatus::Provisional).await;
    let sick = NewBlock {
        location_id: SPA.into(),
        resource_id: "grace".into(),
        span: zamu::domain::Span::new(stage.at("11:00"), stage.at("17:00")),
        reason: "sick".into(),
    };
    let stamp = Stamp::new("manager", zamu::clock::Clock::now(stage.clock.as_ref()), "fever");
    stage.store.add_block(&sick, &stamp).await.unwrap();
    let temp = ResourceRow::staff(SPA, "faith", "Faith", &["swedish"]).with_gender("female").temporary(stage.date, stage.date);
    stage.store.upsert_resource(&temp).await.unwrap();
    optimize(stage.store.as_ref(), stage.clock.as_ref(), SPA, stage.date, &RunOptions::night("night-run")).await.unwrap();
    ledger_and_whatif(&stage).await;
    (stage, first)
}

/// Somebody's account was corrected, and a what-if asked and answered.
async fn ledger_and_whatif(stage: &Stage) {
    let (store, clock) = (stage.store.as_ref(), stage.clock.as_ref());
    for (who, minutes) in [("grace", 90), ("joy", -45)] {
        correct(store, clock, SPA, who, minutes, "manager:ruth", "stocktaking").await.unwrap();
    }
    let at = zamu::clock::Clock::now(clock);
    let scenario = json!({"name": "Temps", "parameters": {"temps": [1, 2]},
        "change": [{"kind": "temp", "count": "$temps", "qualifications": ["swedish", "deep-tissue"], "from": "09:00", "to": "17:00"}]});
    let (id, actor) = (new_id(at), "manager:ruth".to_owned());
    let new = NewWhatIf { id: id.clone(), tenant_id: TENANT.into(), location_id: SPA.into(), from: stage.date, to: stage.date, scenario, actor, at };
    store.ask_whatif(&new, 5).await.unwrap().unwrap();
    work_out(store, clock, &id, &Stop::new(), 1).await.unwrap();
}

/// An address for each page that is read, by its route.
async fn addresses(stage: &Stage, booking: &str) -> Vec<(&'static str, String)> {
    let run = stage.store.runs(SPA, None, None, 100).await.unwrap()[0].id.clone();
    let row = stage.store.open_attention(SPA, None).await.unwrap()[0].id.clone();
    let asked = stage.store.whatifs(TENANT, None, None, 1).await.unwrap()[0].id.clone();
    let reads = ROUTES.iter().filter(|route| route.method == "GET" && is_page(route.path) && route.access != Access::Public);
    // What leads elsewhere, and what is no page.
    let pages = reads.filter(|route| {
        !["/admin", "/admin/at/{location}"].contains(&route.path) && !route.path.ends_with("/events") && !route.path.ends_with("/who")
    });
    let filled = |path: &'static str| {
        let id = match path {
            path if path.contains("/attention/") => &row,
            path if path.contains("/runs/") => &run,
            path if path.contains("/bookings/") => booking,
            path if path.contains("/whatifs/") => &asked,
            path if path.contains("/people/") => "grace",
            path if path.contains("/services/") => "swedish",
            path if path.contains("/hours/") => "hours",
            _ => "",
        };
        assert!(!path.contains("{id}") || !id.is_empty(), "say here of what {path} shows the one");
        let path_of = match path {
            path if path.ends_with("/whatifs/ask") => format!("{path}?question=temp&from={0}&to={0}", stage.date),
            path if path.ends_with("/promote") => format!("{path}?case=temps%3D2&date={}", stage.date),
            path => path.to_owned(),
        };
        (
            path,
            path_of
                .replace("{location}", SPA)
                .replace("{date}", &stage.date.to_string())
                .replace("{language}", "sw")
                .replace("{topic}", "booking.confirmed")
                .replace("{id}", id)
                .replace("{login}", "admin"),
        )
    };
    let mut all: Vec<_> = pages.map(|route| filled(route.path)).collect();
    all.push(("a booking's panel", format!("/admin/at/{SPA}/{}?booking={booking}", stage.date)));
    all.push(("an offer", format!("/admin/at/{SPA}/{}?booking={booking}&to=brian", stage.date)));
    let day = format!("/admin/at/{SPA}/{}", stage.date);
    all.push(("what a run would do", format!("{day}/optimize?run={run}")));
    all.push(("a search that is gone", format!("{day}/optimize?search=gone")));
    all.push(("an absence asked back", format!("{day}/absence?words=Gracie")));
    all.push(("what helps", format!("/admin/at/{SPA}/attention/{row}?helps=1")));
    all.push(("free times", format!("/admin/bookings/{booking}?to={}", stage.date)));
    for question in ["demand", "away", "hours", "own"] {
        all.push(("a question", format!("/admin/at/{SPA}/whatifs/ask?question={question}&from={0}&to={0}", stage.date)));
    }
    all.push(("nothing there", "/admin/nothing".to_owned()));
    all
}

/// Looks at every page and at what is wrong with it.
async fn tour(browser: &Browser, stage: &Stage, booking: &str, name: &str) {
    for (route, address) in addresses(stage, booking).await {
        browser.go(&format!("{}{address}", stage.url)).await;
        browser.see("main h1").await;
        let what = format!("{route} ({name})");
        browser.picture(&format!("{name}-{}", route.trim_start_matches('/').replace(['/', '{', '}', ' ', '\''], "-"))).await;
        // A phone's own width grows with what does not fit into it; the device's does not.
        let wide = browser.eval("return document.documentElement.scrollWidth").await;
        assert!(wide.as_i64() <= Some(i64::from(browser.device.width())), "{what} scrolls sideways: {wide}");
        // A report is a document of its own, with a policy of its own.
        let own = if route.ends_with("/report") { 2 } else { 0 };
        assert_eq!(
            browser.eval("return document.querySelectorAll('[style]:not(.ghost), style, script:not([src])').length").await,
            json!(own),
            "{what} has a style or a script in it"
        );
        browser.assert_accessible(&what).await;
        let complaints: Vec<String> =
            browser.complaints().await.into_iter().filter(|line| route != "nothing there" || !line.contains("404")).collect();
        assert!(complaints.is_empty(), "{what}: {}", complaints.join("\n"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_page_is_fit_for_everybody_at_a_desk() {
    here!();
    let (stage, booking) = full().await;
    let browser = stage.browser(Device::Desk, Role::Admin).await;
    tour(&browser, &stage, &booking, "desk").await;
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_page_is_fit_for_everybody_on_a_phone_at_night_in_swahili() {
    here!();
    let (stage, booking) = full().await;
    let browser = stage.browser_in(Device::Phone, Role::Admin, "sw").await;
    browser.tell("Emulation.setEmulatedMedia", json!({"features": [{"name": "prefers-color-scheme", "value": "dark"}]})).await;
    tour(&browser, &stage, &booking, "phone").await;
    browser.close().await;
}
