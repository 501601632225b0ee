//! Back and Forward, what was done and when it is taken back, and a fault beside what was typed.

use serde_json::json;
use thirtyfour::Key;
use zamu::keyring::Role;
use zamu::operations::assign::reassign;

use crate::browser::{Browser, Device, here};
use crate::stage::Stage;

/// Marks the document, so that one that was loaded anew is told from one that was not.
async fn mark(browser: &Browser) {
    browser.eval("window.mark = 'the same'").await;
}

async fn is_same(browser: &Browser) -> bool {
    browser.eval("return window.mark ?? ''").await == json!("the same")
}

async fn focus(browser: &Browser) -> String {
    let script = "const at = document.activeElement; return at?.dataset?.booking ?? at?.id ?? ''";
    browser.eval(script).await.as_str().unwrap_or_default().to_owned()
}

async fn back_and_forth(device: Device) {
    let stage = Stage::open().await;
    let amina = stage.book("amina", "swedish", "10:00", &["joy"]).await;
    let ben = stage.book("ben", "swedish", "13:00", &["joy"]).await;
    let browser = stage.browser(device, Role::Manager).await;
    browser.go(&stage.page().replace("2026-11-21", "2026-11-20")).await;
    browser.see("#day").await;
    browser.see("a[rel=next]").await.click().await.unwrap();
    browser.reads("Saturday 21 November").await;
    mark(&browser).await;
    let open = async |booking: &str| {
        let card = format!(".card[data-booking='{booking}']");
        browser
            .eval(&format!(
                "document.querySelector(\"{card}\").scrollIntoView({{block: 'center', inline: 'center'}}); document.querySelector(\"{card}\").click()"
            ))
            .await;
        browser.see(&format!("{card}.open")).await;
        browser.until("the panel has the focus", async || focus(&browser).await == "panel").await;
    };
    open(&amina).await;
    if device == Device::Desk {
        open(&ben).await;
    } else {
        // A phone's panel stands over the board: it is closed first.
        browser.press("Close").await;
        browser.until("the panel is closed", async || !browser.has("#panel").await).await;
        open(&ben).await;
        browser.driver.back().await.unwrap();
        browser.until("the panel is closed again", async || !browser.has("#panel").await).await;
    }
    browser.driver.back().await.unwrap();
    browser.see(&format!(".card[data-booking='{amina}'].open")).await;
    browser.until("one reads the panel of before", async || focus(&browser).await == "panel").await;
    assert!(browser.text().await.contains("Amina"));
    browser.driver.back().await.unwrap();
    browser.until("there is no panel", async || !browser.has("#panel").await).await;
    browser.until("one is on the booking that was open", async || focus(&browser).await == amina).await;
    browser.driver.forward().await.unwrap();
    browser.see(&format!(".card[data-booking='{amina}'].open")).await;
    assert!(is_same(&browser).await, "what came without a new page goes and comes without one");
    browser.driver.back().await.unwrap();
    browser.until("there is no panel", async || !browser.has("#panel").await).await;
    // No day that was passed is left out.
    browser.driver.back().await.unwrap();
    browser.reads("Friday 20 November").await;
    browser.driver.forward().await.unwrap();
    browser.reads("Saturday 21 November").await;
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn back_goes_from_panel_to_panel_and_from_day_to_day_at_a_desk() {
    here!();
    back_and_forth(Device::Desk).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn back_goes_from_panel_to_panel_and_from_day_to_day_on_a_phone() {
    here!();
    back_and_forth(Device::Phone).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn back_twice_in_a_moment_ends_where_the_address_says() {
    here!();
    let stage = Stage::open().await;
    let (amina, ben) = (stage.book("amina", "swedish", "10:00", &["joy"]).await, stage.book("ben", "swedish", "13:00", &["joy"]).await);
    let browser = stage.browser(Device::Desk, Role::Manager).await;
    browser.go(&stage.page()).await;
    for booking in [&amina, &ben] {
        browser.see(&format!(".card[data-booking='{booking}']")).await.click().await.unwrap();
        browser.see(&format!(".card[data-booking='{booking}'].open")).await;
        let at = format!("booking={booking}");
        browser.until("the address names the panel", async || browser.eval("return location.search").await.as_str().unwrap().contains(&at)).await;
    }
    browser.eval("history.back(); setTimeout(() => history.back(), 0)").await;
    browser.until("the panels are closed", async || browser.eval("return location.search").await == json!("") && !browser.has("#panel").await).await;
    browser.driver.forward().await.unwrap();
    browser.see(&format!(".card[data-booking='{amina}'].open")).await;
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn undo_is_offered_as_long_as_what_was_done_stands() {
    here!();
    let stage = Stage::open().await;
    let booking = stage.book("amina", "swedish", "10:00", &["joy"]).await;
    let browser = stage.browser(Device::Desk, Role::Manager).await;
    browser.go(&format!("{}?booking={booking}", stage.page())).await;
    browser.see("#panel .candidates form input[name=to][value=brian] ~ button").await.click().await.unwrap();
    browser.see("#done form button").await;
    browser.until("one reads what was done", async || focus(&browser).await == "done").await;
    // Whoever loads the page again may still take it back.
    browser.driver.refresh().await.unwrap();
    browser.see("#done form button").await;
    // Another desk changes it: by itself, and after another reload, it is not offered any more.
    reassign(stage.store.as_ref(), stage.clock.as_ref(), &booking, &["grace"], "another desk", "asked for").await.unwrap();
    browser.until("it is offered no more", async || !browser.has("#done form").await).await;
    browser.driver.refresh().await.unwrap();
    browser.reads("This was changed since").await;
    assert!(!browser.has("#done form").await);
    browser.assert_accessible("a day where what was done was changed since").await;
    // Put as it was, it can be taken back again; taken back, the old address offers nothing.
    reassign(stage.store.as_ref(), stage.clock.as_ref(), &booking, &["brian"], "another desk", "asked for").await.unwrap();
    let old = browser.eval("return location.href").await.as_str().unwrap().to_owned();
    browser.see("#done form button").await.click().await.unwrap();
    browser.reads("Put back as it was").await;
    browser.go(&old).await;
    browser.reads("This was changed since").await;
    assert!(!browser.has("#done form").await);
    assert_eq!(stage.holders(&booking).await, ["joy"]);
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rule_that_is_broken_is_named_with_the_reason_at_the_last_step_and_afterwards() {
    here!();
    let stage = Stage::open().await;
    let booking = stage.book("amina", "deep", "10:00", &["grace"]).await;
    let browser = stage.browser(Device::Desk, Role::Manager).await;
    browser.go(&format!("{}?booking={booking}&to=joy", stage.page())).await;
    browser.fill("input[name=overriding]", "she learned it last week").await;
    browser.keys(&[Key::Enter]).await;
    let said = "Against a rule: Joy: lacks the qualification. Why all the same: “she learned it last week”";
    browser.reads(said).await;
    browser.reads("Joy is free").await;
    browser.assert_accessible("an offer against a rule").await;
    browser.press("Do it").await;
    browser.see("#done").await;
    browser.reads(said).await;
    assert_eq!(stage.holders(&booking).await, ["joy"]);
    let history = zamu::store::Store::history(stage.store.as_ref(), &booking).await.unwrap();
    let last = history.last().unwrap();
    assert!(last.reason.contains("Joy: lacks the qualification") && last.reason.contains("she learned it last week"), "{}", last.reason);
    browser.close().await;
}
