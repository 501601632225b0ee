//! A day as large as they come: forty people and three hundred bookings.

use serde_json::json;
use thirtyfour::Key;
use zamu::keyring::Role;
use zamu::store::{ResourceRow, Store};

use crate::browser::{Device, here};
use crate::stage::{SPA, Stage};

/// Forty people, each of whom serves seven or eight bookings. Says the last booking of the last person, too.
async fn large() -> (Stage, String) {
    let stage = Stage::open().await;
    for k in 0..37 {
        let one = ResourceRow::staff(SPA, &format!("p{k}"), &format!("Zoe {k:02}"), &["swedish"]).with_gender("female");
        stage.store.upsert_resource(&one).await.unwrap();
    }
    let people: Vec<String> = ["grace", "joy", "brian"].into_iter().map(str::to_owned).chain((0..37).map(|k| format!("p{k}"))).collect();
    let mut last = String::new();
    for k in 0..300 {
        let minutes = 9 * 60 + 75 * (k / 40);
        let customer = ["amina", "ben", "chloe", "dan"][k % 4];
        let booking = stage.book(customer, "swedish", &format!("{:02}:{:02}", minutes / 60, minutes % 60), &[&people[k % 40]]).await;
        if k % 40 == 39 {
            last = booking;
        }
    }
    (stage, last)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_large_day_shows_what_is_in_sight_and_the_rest_is_found_all_the_same() {
    here!();
    let (stage, last) = large().await;
    let browser = stage.browser(Device::Desk, Role::Manager).await;
    browser.go(&stage.page()).await;
    browser.see("#day").await;
    if let Some(folder) = std::env::var_os("ZAMU_TEST_DUMP") {
        dump(&stage, &browser, &folder.into_string().unwrap()).await;
    }
    assert_eq!(browser.eval("return document.querySelectorAll('.card').length").await, json!(300));
    // What is far out of sight costs nothing before somebody goes there.
    let drawn = "return [...document.querySelectorAll('.card')].filter((card) => card.checkVisibility({contentVisibilityAuto: true})).length";
    let drawn = browser.eval(drawn).await.as_i64().unwrap();
    assert!((8..250).contains(&drawn), "{drawn} of 300 bookings are drawn at once");
    // A column has as much room before it is drawn as afterwards.
    let edges =
        "return [document.getElementById('board').scrollWidth, [...document.querySelectorAll('.column')].map((one) => one.offsetWidth).join()]";
    let before = browser.eval(edges).await;
    // The last one is found by whoever looks for it, and is drawn then.
    let card = format!(".card[data-booking='{last}']");
    browser.eval(&format!("document.querySelector(\"{card}\").focus()")).await;
    let seen = format!("return document.querySelector(\"{card}\").checkVisibility({{contentVisibilityAuto: true}})");
    browser.until("the last booking is drawn", async || browser.eval(&seen).await == json!(true)).await;
    assert_eq!(browser.eval(edges).await, before, "nothing moves when it is drawn");
    browser.keys(&[Key::Left]).await;
    browser.until("arrow keys go on from there", async || browser.eval("return document.activeElement?.dataset.from").await == json!("p35")).await;
    browser.assert_accessible("a large day").await;
    browser.close().await;
}

/// Keeps the page and what it loads, for whoever measures it.
async fn dump(stage: &Stage, browser: &crate::browser::Browser, folder: &str) {
    let script = "const done = arguments[arguments.length - 1]; fetch(location.href).then((answer) => answer.text()).then(done)";
    let page = browser.driver.execute_async(script, Vec::<serde_json::Value>::new()).await.unwrap().json().as_str().unwrap().to_owned();
    std::fs::create_dir_all(format!("{folder}/admin/static")).unwrap();
    for link in page.split('"').filter(|text| text.starts_with("/admin/static/")) {
        let content = reqwest::get(format!("{}{link}", stage.url)).await.unwrap().bytes().await.unwrap();
        std::fs::write(format!("{folder}{link}"), content).unwrap();
    }
    std::fs::write(format!("{folder}/page.html"), page).unwrap();
}
