//! The panels as a person uses them: looked at first, decided with a button, and said in words at every step.

use zamu::keyring::Role;
use zamu::operations::{RunOptions, optimize};
use zamu::store::{DayView, Store};

use crate::browser::{Device, here};
use crate::stage::{SPA, Stage};

#[tokio::test(flavor = "multi_thread")]
async fn a_day_is_put_right_from_a_phone_and_the_search_comes_back_by_itself() {
    here!();
    let stage = Stage::open().await;
    let deep = stage.book("amina", "deep", "10:00", &["joy"]).await;
    stage.book("ben", "swedish", "10:00", &["grace"]).await;
    let browser = stage.browser(Device::Phone, Role::Manager).await;
    browser.go(&stage.page()).await;
    browser.press("Re-optimize").await;
    browser.press("Look what would change").await;
    // The page of the search becomes that of what it found without anybody touching it.
    browser.reads("2 bookings change hands").await;
    browser.assert_accessible("what a run would do").await;
    assert_eq!(stage.holders(&deep).await, ["joy"]);
    browser.picture("panel-opt-look").await;
    browser.press("Apply it").await;
    browser.reads("Applied: 2 bookings changed hands").await;
    browser.assert_accessible("what a run did").await;
    assert_eq!(stage.holders(&deep).await, ["grace"]);
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn somebody_is_out_in_a_sentence_and_back_again() {
    here!();
    let stage = Stage::open().await;
    let booking = stage.book("amina", "swedish", "10:00", &["grace"]).await;
    stage.book("ben", "deep", "13:00", &["grace"]).await;
    let browser = stage.browser(Device::Desk, Role::Manager).await;
    browser.go(&format!("{}/absence", stage.page())).await;
    browser.fill("input[name=words]", "Gracie is out sick tomorrow").await;
    browser.press("Look what it means").await;
    browser.see("#asked-back").await;
    browser.press("Grace").await;
    browser.reads("One is moved without a word").await;
    browser.assert_accessible("an absence that is looked at").await;
    browser.picture("panel-abs-look").await;
    browser.press("Confirm").await;
    browser.reads("Confirmed by").await;
    assert_ne!(stage.holders(&booking).await, ["grace"]);
    browser.press("Undo").await;
    browser.reads("It was taken back").await;
    browser.assert_accessible("an absence that was taken back").await;
    assert_eq!(stage.holders(&booking).await, ["grace"]);
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_waits_is_helped_from_the_queue() {
    here!();
    let stage = Stage::open().await;
    stage.book("amina", "deep", "10:00", &["grace"]).await;
    stage.book("ben", "deep", "10:00", &[]).await;
    optimize(stage.store.as_ref(), stage.clock.as_ref(), SPA, stage.date, &RunOptions::night("night")).await.unwrap();
    let waiting = stage.store.open_attention(SPA, None).await.unwrap().remove(0).booking_id;
    let browser = stage.browser(Device::Phone, Role::Manager).await;
    browser.go(&format!("{}/admin/at/{SPA}/attention", stage.url)).await;
    browser.press("Deep tissue").await;
    // What helps comes by itself.
    browser.reads("Take on a temp for deep-tissue").await;
    browser.assert_accessible("a row with what helps").await;
    browser.picture("panel-att-helps").await;
    browser.fill("#helps input[name=name]", "Njeri").await;
    let change = "//li[contains(., 'Take on a temp')]//button";
    browser.driver.find(thirtyfour::By::XPath(change)).await.unwrap().click().await.unwrap();
    browser.reads("nothing is left to decide here").await;
    assert_eq!(stage.holders(&waiting).await.len(), 1);
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_booking_is_taken_while_the_customer_is_on_the_phone() {
    here!();
    // A day of 25 hours.
    let stage = Stage::open_at(chrono_tz::America::New_York, "2026-11-01").await;
    stage.book("amina", "deep", "10:00", &["grace"]).await;
    let browser = stage.browser(Device::Phone, Role::Frontdesk).await;
    browser.go(&stage.page()).await;
    browser.press("Take a booking").await;
    browser.see("select[name=service]").await.send_keys("Deep tissue").await.unwrap();
    // The times come without another press.
    browser.see("#times").await;
    assert!(!browser.text().await.contains("10:15"), "Grace is busy then");
    // The same question may be asked again, and then another one.
    browser.press("Show times").await;
    browser.press("Show times").await;
    assert!(!browser.has("main form button:disabled").await, "asking twice ends nothing");
    browser.see("#times").await;
    browser.assert_accessible("times that are free").await;
    browser.picture("panel-book-times").await;
    browser.press("14:00").await;
    browser.fill("input[name=customer_name]", "Zuri").await;
    browser.fill("input[name=phone]", "12").await;
    browser.see("#who button[type=submit]").await.click().await.unwrap();
    browser.see("[aria-invalid=true]").await;
    browser.assert_accessible("a booking that will not do").await;
    browser.picture("panel-book-fault").await;
    assert_eq!(browser.eval("return document.querySelector('input[name=customer_name]').value").await, "Zuri", "nothing is typed twice");
    browser.fill("input[name=phone]", "+12125550142").await;
    browser.see("#who button[type=submit]").await.click().await.unwrap();
    browser.reads("14:00–15:00 Deep tissue").await;
    browser.see("#panel").await;
    browser.picture("panel-book-done").await;
    let day = stage.store.day(SPA, stage.date, DayView::Live).await.unwrap();
    let taken = day.bookings.iter().find(|row| row.span.start == stage.at("14:00")).unwrap();
    assert_eq!(taken.resources, ["grace"]);
    // The browser notes that the form was refused, and nothing else.
    assert!(browser.complaints().await.iter().all(|one| one.contains("/book?") && one.contains("422")));
    browser.close_complaining().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_absence_is_found_again_the_next_morning_and_taken_back() {
    here!();
    let stage = Stage::open_at(chrono_tz::Asia::Kathmandu, "2026-11-21").await;
    let booking = stage.book("amina", "swedish", "10:00", &["grace"]).await;
    let browser = stage.browser(Device::Phone, Role::Manager).await;
    browser.go(&format!("{}/absence", stage.page())).await;
    browser.fill("input[name=words]", "Grace is out sick tomorrow").await;
    browser.press("Look what it means").await;
    browser.press("Confirm").await;
    browser.reads("Confirmed by").await;
    browser.go(&stage.page()).await;
    browser.press("Somebody is out").await;
    browser.reads("Absences that stand").await;
    browser.assert_accessible("absences that stand").await;
    browser.picture("panel-abs-standing").await;
    browser.see("#standing form button[type=submit]").await.click().await.unwrap();
    browser.reads("It was taken back").await;
    assert_eq!(stage.holders(&booking).await, ["grace"]);
    browser.close().await;
}
