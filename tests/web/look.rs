//! Looking back as a manager does: bookings are found, a run and a booking tell what happened, an account is put right, a what-if answered.

use zamu::alloc::Stop;
use zamu::clock::Clock;
use zamu::keyring::Role;
use zamu::notify::{SendError, SendErrorKind, Sender, Text, deliver};
use zamu::operations::whatif::work_out;
use zamu::operations::{RunOptions, optimize};
use zamu::store::{OutboxClass, OutboxRow, Store};

use crate::browser::{Browser, Device, here};
use crate::stage::{SPA, Stage, TENANT};

/// New York on the Sunday that has 25 hours.
async fn elsewhere() -> Stage {
    Stage::open_at(chrono_tz::America::New_York, "2026-11-01").await
}

/// How many bookings are listed.
async fn listed(browser: &Browser) -> u64 {
    browser.eval("return document.querySelectorAll('main tbody tr').length").await.as_u64().unwrap()
}

async fn find_and_read(stage: Stage, device: Device) {
    stage.book("amina", "swedish", "09:00", &["joy"]).await;
    stage.book("ben", "swedish", "10:30", &["brian"]).await;
    let deep = stage.book("chloe", "deep", "12:00", &["joy"]).await;
    optimize(stage.store.as_ref(), stage.clock.as_ref(), SPA, stage.date, &RunOptions::night("night-run")).await.unwrap();
    let browser = stage.browser(device, Role::Manager).await;
    let list = format!("{}/admin/at/{SPA}/bookings", stage.url);
    browser.go(&list).await;
    assert_eq!(listed(&browser).await, 3);
    browser.set("select[name=service]", "deep").await;
    browser.press("Show").await;
    browser.until("only deep tissue is listed", async || listed(&browser).await == 1).await;
    browser.assert_accessible("bookings of a service").await;
    browser.go(&list).await;
    browser.set("select[name=state]", "cancelled").await;
    browser.press("Show").await;
    browser.reads("There is no such booking.").await;

    browser.go(&format!("{}/admin/at/{SPA}/runs", stage.url)).await;
    browser.see("main tbody th a").await.click().await.unwrap();
    browser.reads("Who moved").await;
    let run = stage.store.runs(SPA, None, None, 100).await.unwrap().remove(0);
    let text = browser.text().await;
    assert!(!text.contains(&run.rationale) && text.contains("One booking was with somebody who cannot serve it"), "{text}");
    assert!(text.contains("Deep tissue") && text.contains("Grace"), "{text}");
    browser.press("Deep tissue").await;
    browser.reads("Every change, oldest first").await;
    let text = browser.text().await;
    assert!(text.contains("Joy") && text.contains("Grace") && text.contains("night-run") && !text.contains(&deep), "{text}");
    assert!(text.contains("12:00–13:00"), "by the clock on the wall there: {text}");
    browser.assert_accessible("a booking's whole history").await;
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn bookings_are_found_and_a_run_and_a_booking_tell_what_happened_at_a_desk() {
    here!();
    find_and_read(Stage::open().await, Device::Desk).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn bookings_are_found_and_a_run_and_a_booking_tell_what_happened_on_a_phone_elsewhere() {
    here!();
    find_and_read(elsewhere().await, Device::Phone).await;
}

async fn correct_an_account(stage: Stage, device: Device) {
    let browser = stage.browser(device, Role::Manager).await;
    browser.go(&format!("{}/admin/at/{SPA}/ledger", stage.url)).await;
    browser.set("select[name=person]", "joy").await;
    browser.fill("input[name=minutes]", "90").await;
    browser.fill("input[name=reason]", "stocktaking").await;
    browser.see("main form button.primary").await.click().await.unwrap();
    browser.reads("The account was corrected.").await;
    browser.reads("+1 h 30 min").await;
    assert!(browser.text().await.contains("stocktaking"));
    browser.assert_accessible("a corrected account").await;
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_is_corrected_by_hand_at_a_desk() {
    here!();
    correct_an_account(elsewhere().await, Device::Desk).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_is_corrected_by_hand_on_a_phone() {
    here!();
    correct_an_account(Stage::open().await, Device::Phone).await;
}

/// Knows nobody.
struct KnowsNobody;

#[async_trait::async_trait]
impl Sender for KnowsNobody {
    async fn send(&self, _: &OutboxRow, _: &Text) -> Result<(), SendError> {
        Err(SendError::new(SendErrorKind::Hopeless, "the address is nobody's"))
    }
}

async fn try_again(stage: Stage, device: Device) {
    let booking = stage.book("amina", "swedish", "10:00", &["joy"]).await;
    let browser = stage.browser(device, Role::Manager).await;
    browser.go(&format!("{}/admin/bookings/{booking}", stage.url)).await;
    browser.press("Call it off").await;
    browser.fill("input[name=reason]", "she is ill").await;
    browser.press("Call the booking off").await;
    browser.reads("The booking was called off").await;
    deliver(stage.store.as_ref(), stage.clock.as_ref(), OutboxClass::Message, &KnowsNobody).await.unwrap();
    browser.go(&format!("{}/admin/messages", stage.url)).await;
    browser.press("could not be delivered").await;
    browser.reads("the address is nobody").await;
    browser.press("Try again").await;
    browser.reads("The message is tried again.").await;
    browser.press("to be sent").await;
    browser.reads("It was called off").await;
    browser.assert_accessible("messages to be sent").await;
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_that_could_not_be_delivered_is_tried_again_at_a_desk() {
    here!();
    try_again(Stage::open().await, Device::Desk).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_that_could_not_be_delivered_is_tried_again_on_a_phone_elsewhere() {
    here!();
    try_again(elsewhere().await, Device::Phone).await;
}

async fn ask_what_if(stage: Stage, device: Device) {
    stage.book("amina", "deep", "10:00", &["grace"]).await;
    stage.book("ben", "deep", "10:00", &[]).await;
    let browser = stage.browser(device, Role::Manager).await;
    browser.go(&format!("{}/admin/at/{SPA}/whatifs", stage.url)).await;
    browser.press("What if a temp came?").await;
    for name in ["from", "to"] {
        browser.set(&format!("main input[name={name}]"), &stage.date.to_string()).await;
    }
    browser.see("input[name=able][value=deep-tissue]").await.click().await.unwrap();
    browser.see("main form button.primary").await.click().await.unwrap();
    browser.reads("The question was asked.").await;
    let row = stage.store.whatifs(TENANT, None, None, 1).await.unwrap().remove(0);
    work_out(stage.store.as_ref(), stage.clock.as_ref(), &row.id, &Stop::new(), 1).await.unwrap();
    // The page hears of it by itself.
    browser.reads("Open the report").await;
    browser.press("Up to 1 more temps").await;
    browser.reads("What came out").await;
    browser.assert_accessible("what came of a what-if").await;
    browser.press("Look at").await;
    browser.reads("so only in the what-if").await;
    assert!(browser.text().await.contains("zamu temps add"));
    browser.assert_accessible("a day that cannot be made real yet").await;
    browser.picture("look-promote").await;
    browser.press("Up to 1 more temps").await;
    browser.press("Open the report").await;
    browser.reads("everybody is served").await;
    assert!(browser.text().await.contains("Westlands"));
    assert!(stage.store.runs(SPA, None, None, 100).await.unwrap().is_empty() && stage.clock.now() < stage.at("09:00").to_utc());
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_what_if_is_asked_and_its_report_read_at_a_desk() {
    here!();
    ask_what_if(Stage::open().await, Device::Desk).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_what_if_is_asked_and_its_report_read_on_a_phone_elsewhere() {
    here!();
    ask_what_if(elsewhere().await, Device::Phone).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_day_of_a_what_if_is_made_real_with_a_button() {
    here!();
    let stage = Stage::open().await;
    for clock in ["09:00", "10:30", "12:00", "14:00"] {
        stage.book("amina", "swedish", clock, &["grace"]).await;
    }
    let at = stage.clock.now();
    let (id, actor) = (zamu::domain::id::new_id(at), "manager:ruth".to_owned());
    let scenario = serde_json::json!({"name": "Fair", "change": [{"kind": "waive-gender"}]});
    let new = zamu::store::NewWhatIf { id, tenant_id: TENANT.into(), location_id: SPA.into(), from: stage.date, to: stage.date, scenario, actor, at };
    let row = stage.store.ask_whatif(&new, 5).await.unwrap().unwrap();
    work_out(stage.store.as_ref(), stage.clock.as_ref(), &row.id, &Stop::new(), 1).await.unwrap();
    let browser = stage.browser(Device::Phone, Role::Manager).await;
    browser.go(&format!("{}/admin/at/{SPA}/whatifs/{}", stage.url, row.id)).await;
    browser.press("Look at").await;
    browser.reads("change hands").await;
    browser.assert_accessible("a look at a day that would be made real").await;
    assert!(stage.store.runs(SPA, None, None, 100).await.unwrap().is_empty(), "looking does nothing");
    browser.press("Make it real").await;
    browser.reads("What-if made real").await;
    assert_eq!(stage.store.runs(SPA, None, None, 100).await.unwrap().len(), 1);
    browser.close().await;
}
