//! Two desks over one day, and a service that is away for a while.

use zamu::keyring::Role;
use zamu::operations::assign::reassign;

use crate::browser::{Device, here};
use crate::stage::Stage;

#[tokio::test(flavor = "multi_thread")]
async fn what_another_desk_changes_is_seen_without_a_touch() {
    here!();
    let stage = Stage::open().await;
    let booking = stage.book("amina", "swedish", "10:00", &["joy"]).await;
    let (one, other) = (stage.browser(Device::Desk, Role::Manager).await, stage.browser(Device::Phone, Role::Frontdesk).await);
    for browser in [&one, &other] {
        browser.go(&format!("{}?booking={booking}", stage.page())).await;
        browser.see("#panel").await;
    }
    let give = one.see("#panel .candidates form input[name=to][value=brian] ~ button").await;
    give.click().await.unwrap();
    for browser in [&one, &other] {
        browser.see(&format!(".column[data-column=brian] .card[data-booking='{booking}']")).await;
    }
    one.close().await;
    other.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_offer_that_another_desk_overtook_is_made_anew_and_not_carried_out() {
    here!();
    let stage = Stage::open().await;
    let (amina, ben) = (stage.book("amina", "swedish", "10:00", &["joy"]).await, stage.book("ben", "swedish", "10:00", &["brian"]).await);
    let browser = stage.browser(Device::Desk, Role::Manager).await;
    browser.go(&format!("{}?booking={amina}&to=brian", stage.page())).await;
    browser.reads("has to change hands").await;
    // The form of before, as a desk that was quicker than the news sends it.
    browser.eval("window.old = document.querySelector('.offer form input[name=offer]').value").await;
    reassign(stage.store.as_ref(), stage.clock.as_ref(), &ben, &["grace"], "another desk", "asked for").await.unwrap();
    browser.until("the offer is new", async || browser.text().await.contains("nobody else is moved")).await;
    browser.eval("document.querySelector('.offer form input[name=offer]').value = window.old").await;
    browser.press("Do it").await;
    browser.reads("changed meanwhile").await;
    assert_eq!((stage.holders(&amina).await, stage.holders(&ben).await), (vec!["joy".to_owned()], vec!["grace".to_owned()]));
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_service_that_restarts_in_between_is_followed_again() {
    here!();
    let mut stage = Stage::open().await;
    let booking = stage.book("amina", "swedish", "10:00", &["joy"]).await;
    let browser = stage.browser(Device::Desk, Role::Manager).await;
    browser.go(&stage.page()).await;
    browser.see(&format!(".column[data-column=joy] .card[data-booking='{booking}']")).await;
    stage.stop().await;
    reassign(stage.store.as_ref(), stage.clock.as_ref(), &booking, &["brian"], "another desk", "asked for").await.unwrap();
    stage.start().await;
    browser.see(&format!(".column[data-column=brian] .card[data-booking='{booking}']")).await;
    browser.close_complaining().await;
}
