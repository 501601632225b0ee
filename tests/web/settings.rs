//! Settings as a manager changes them: what is typed is there afterwards, on the page and wherever it counts.

use thirtyfour::By;
use zamu::keyring::Role;
use zamu::store::Store;

use crate::browser::{Browser, Device, here};
use crate::stage::{SPA, Stage, TENANT};

/// New York on the Sunday that has 25 hours.
async fn elsewhere() -> Stage {
    Stage::open_at(chrono_tz::America::New_York, "2026-11-01").await
}

/// Presses the button of a form.
async fn send(browser: &Browser, form: &str) {
    let button = browser.see(&format!("{form} button.primary")).await;
    button.scroll_into_view().await.unwrap();
    button.click().await.unwrap();
}

/// The names at the heads of the day's columns.
async fn heads(browser: &Browser) -> String {
    browser.eval("return [...document.querySelectorAll('.column h2')].map((h) => h.textContent).join(', ')").await.as_str().unwrap().to_owned()
}

async fn change_the_house(stage: Stage, device: Device) {
    let browser = stage.browser(device, Role::Manager).await;
    browser.go(&format!("{}/admin/settings", stage.url)).await;
    browser.set("input[name=cutoff_time]", "17:30").await;
    browser.set("input[name=hold_minutes]", "500").await;
    // The browser itself keeps what is out of bounds back.
    assert_eq!(browser.eval("return document.querySelector('main form.fields').checkValidity()").await, false);
    browser.set("input[name=hold_minutes]", "12").await;
    send(&browser, "main form.fields").await;
    browser.reads("Saved.").await;
    assert_eq!(browser.see("input[name=cutoff_time]").await.value().await.unwrap().as_deref(), Some("17:30"));
    let tenant = stage.store.tenant(TENANT).await.unwrap();
    assert_eq!((tenant.cutoff_minute, tenant.hold_minutes), (17 * 60 + 30, 12));

    browser.go(&format!("{}/admin/at/{SPA}/services", stage.url)).await;
    browser.press("Deep tissue").await;
    browser.set("input[name=duration_minutes]", "75").await;
    browser.assert_accessible("a service").await;
    send(&browser, "main form.fields").await;
    browser.reads("Saved.").await;
    let services = stage.store.services(SPA).await.unwrap();
    assert_eq!(services.iter().find(|one| one.id == "deep").unwrap().duration_minutes, 75);
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_cutoff_and_a_services_length_are_changed_at_a_desk() {
    here!();
    change_the_house(Stage::open().await, Device::Desk).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_cutoff_and_a_services_length_are_changed_on_a_phone_elsewhere() {
    here!();
    change_the_house(elsewhere().await, Device::Phone).await;
}

async fn add_somebody(stage: Stage, device: Device) {
    let browser = stage.browser(device, Role::Manager).await;
    browser.go(&format!("{}/admin/at/{SPA}/people", stage.url)).await;
    browser.press("Add a person").await;
    let form = format!("form[action='/admin/at/{SPA}/people']");
    browser.fill(&format!("{form} input[name=name]"), "Zawadi").await;
    browser.see(&format!("{form} input[value=swedish]")).await.click().await.unwrap();
    send(&browser, &form).await;
    browser.reads("Added.").await;

    browser.go(&format!("{}/admin/at/{SPA}/hours", stage.url)).await;
    browser.press("Add hours").await;
    let form = format!("form[action='/admin/at/{SPA}/hours']");
    let zawadi = stage.store.resources(SPA).await.unwrap().into_iter().find(|one| one.name == "Zawadi").unwrap().id;
    browser.set(&format!("{form} select[name=person_id]"), &zawadi).await;
    browser.set(&format!("{form} input[name=start_time]"), "17:00").await;
    browser.fill(&format!("{form} input[name=end_time]"), "11:00").await;
    send(&browser, &form).await;
    // What will not do is told at its field, with the rest as it was typed.
    browser.reads("11:00 is not after 17:00.").await;
    browser.assert_accessible("hours that will not do").await;
    assert_eq!(browser.see(&format!("{form} input[name=start_time]")).await.value().await.unwrap().as_deref(), Some("17:00"));
    browser.set(&format!("{form} input[name=start_time]"), "11:00").await;
    browser.fill(&format!("{form} input[name=end_time]"), "16:00").await;
    send(&browser, &form).await;
    browser.reads("11:00–16:00").await;

    // A second thought before they go, and one after.
    browser.press("Remove Zawadi").await;
    browser.reads("No booking would be left outside working hours.").await;
    browser.assert_accessible("hours that are to go").await;
    browser.press("Remove").await;
    browser.reads("Removed: Zawadi, every week, Every day, 11:00–16:00.").await;
    browser.assert_accessible("hours that are gone").await;
    browser.press("Undo").await;
    browser.reads("Put back as it was.").await;

    browser.go(&stage.page()).await;
    assert!(heads(&browser).await.contains("Zawadi"), "{}", heads(&browser).await);
    let duty = browser.see(&format!(".column[data-column='{zawadi}']")).await.text().await.unwrap();
    assert_eq!(duty.matches("off duty").count(), 2, "before eleven and after four: {duty}");
    browser.close_refused().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn somebody_who_is_added_with_hours_is_on_the_day_from_a_phone() {
    here!();
    add_somebody(Stage::open().await, Device::Phone).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn somebody_who_is_added_with_hours_is_on_the_day_at_a_desk_elsewhere() {
    here!();
    add_somebody(elsewhere().await, Device::Desk).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_given_an_account_signs_in_with_its_password() {
    here!();
    let stage = elsewhere().await;
    let browser = stage.browser(Device::Phone, Role::Admin).await;
    browser.go(&format!("{}/admin/settings/accounts", stage.url)).await;
    browser.press("Add an account").await;
    let form = "form[action='/admin/settings/accounts']";
    for (name, text) in [("login", "amos"), ("name", "Amos"), ("password", "quite another long one")] {
        browser.fill(&format!("{form} input[name={name}]"), text).await;
    }
    browser.set(&format!("{form} select[name=role]"), "frontdesk").await;
    send(&browser, form).await;
    browser.reads("Added.").await;
    browser.close().await;

    let amos = Browser::open(Device::Desk, "en").await;
    amos.go(&format!("{}/admin/sign-in", stage.url)).await;
    for (name, text) in [("house", TENANT), ("login", "amos"), ("password", "quite another long one")] {
        amos.fill(&format!("input[name={name}]"), text).await;
    }
    amos.see("main form button[type=submit]").await.click().await.unwrap();
    amos.see("#day").await;
    amos.go(&format!("{}/admin/own", stage.url)).await;
    amos.reads("amos").await;
    amos.close().await;
}

async fn own_words(stage: Stage, device: Device) {
    let browser = stage.browser(device, Role::Manager).await;
    browser.go(&format!("{}/admin/settings/words/en/booking.confirmed", stage.url)).await;
    browser.reads("These are the shipped words.").await;
    let shipped = browser.see("textarea[name=subject]").await.value().await.unwrap();
    browser.fill("textarea[name=subject]", "Karibu, it stands").await;
    browser.press("Look at an example").await;
    browser.reads("It was not saved yet.").await;
    assert!(browser.text().await.contains("Karibu, it stands"));
    send(&browser, "main form.fields").await;
    browser.reads("These are the words of the house.").await;
    let own = stage.store.templates(TENANT).await.unwrap();
    assert_eq!(own.iter().map(|row| row.subject.as_str()).collect::<Vec<_>>(), ["Karibu, it stands"]);
    browser.assert_accessible("words of the house").await;
    // What is lost is shown before it is.
    browser.see("details:has(form[action$='/shipped']) summary").await.click().await.unwrap();
    browser.see("form[action$='/shipped'] button[type=submit]").await.click().await.unwrap();
    browser.reads("These are the shipped words.").await;
    assert_eq!(browser.see("textarea[name=subject]").await.value().await.unwrap(), shipped);
    assert!(stage.store.templates(TENANT).await.unwrap().is_empty());
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn words_of_a_message_become_the_houses_own_and_the_shipped_ones_again_at_a_desk() {
    here!();
    own_words(Stage::open().await, Device::Desk).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn words_of_a_message_become_the_houses_own_and_the_shipped_ones_again_on_a_phone() {
    here!();
    own_words(elsewhere().await, Device::Phone).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_managers_with_one_form_open_hear_of_each_other() {
    here!();
    let stage = Stage::open().await;
    let (one, other) = (stage.browser(Device::Desk, Role::Manager).await, stage.browser(Device::Phone, Role::Admin).await);
    let page = format!("{}/admin/at/{SPA}/people/grace", stage.url);
    one.go(&page).await;
    other.go(&page).await;
    one.fill("input[name=name]", "Grace Wanjiru").await;
    send(&one, "main form.fields").await;
    one.reads("Saved.").await;
    other.fill("input[name=name]", "Grace M.").await;
    send(&other, "main form.fields").await;
    other.reads("Now on file: Grace Wanjiru.").await;
    other.assert_accessible("a form that was changed meanwhile").await;
    other.picture("settings-changed-meanwhile").await;
    assert_eq!(other.driver.find(By::Css("input[name=name]")).await.unwrap().value().await.unwrap().as_deref(), Some("Grace M."));
    send(&other, "main form.fields").await;
    other.reads("Saved.").await;
    let people = stage.store.resources(SPA).await.unwrap();
    assert_eq!(people.iter().find(|row| row.id == "grace").unwrap().name, "Grace M.");
    one.close().await;
    other.close_refused().await;
}
