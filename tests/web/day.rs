//! The day as a board.

use serde_json::json;
use thirtyfour::prelude::*;
use zamu::domain::AssignmentStatus;
use zamu::keyring::Role;
use zamu::store::Store;

use crate::browser::{Browser, Device, here};
use crate::stage::Stage;

/// The column of somebody, and a booking's card.
fn column(id: &str) -> String {
    format!(".column[data-column='{id}']")
}

fn card(booking: &str) -> String {
    format!(".card[data-booking='{booking}']")
}

/// Takes a card by mouse and lets it go over a column.
async fn drag(browser: &Browser, booking: &str, to: &str) {
    let (x, y) = browser.middle_of(&card(booking)).await;
    let (to_x, to_y) = browser.middle_of(&column(to)).await;
    let mouse = async |kind: &str, x: f64, y: f64, buttons: u32| {
        browser.tell("Input.dispatchMouseEvent", json!({"type": kind, "x": x, "y": y, "button": "left", "buttons": buttons, "clickCount": 1})).await;
    };
    mouse("mouseMoved", x, y, 0).await;
    mouse("mousePressed", x, y, 1).await;
    for step in 1..=6 {
        let part = f64::from(step) / 6.0;
        mouse("mouseMoved", x + (to_x - x) * part, y + (to_y - y) * part, 1).await;
    }
    browser.see(".column.aim").await;
    // Who may take it is lit before it is let go.
    browser.until("somebody is lit", async || browser.has(".column.can, .column.could, .column.cannot").await).await;
    mouse("mouseReleased", to_x, to_y, 0).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn everybody_has_a_column_and_every_booking_its_place_and_its_sign() {
    here!();
    let stage = Stage::open().await;
    let waits = stage.book("dan", "swedish", "10:00", &[]).await;
    let loose = stage.book("amina", "swedish", "10:00", &["joy"]).await;
    let chosen = stage.book_so("ben", "swedish", "13:00", &["brian"], AssignmentStatus::Bound).await;
    let browser = stage.browser(Device::Desk, Role::Manager).await;
    browser.go(&stage.page()).await;
    browser.see("#day").await;
    let columns = browser.eval("return [...document.querySelectorAll('.column h2')].map((h) => h.textContent)").await;
    assert_eq!(columns, json!(["Unassigned", "Brian", "Grace", "Joy"]));
    for (booking, column_of, sign) in [(&waits, "", "needs attention"), (&loose, "joy", "provisional"), (&chosen, "brian", "chosen")] {
        let there = browser.see(&format!("{} {}", column(column_of), card(booking))).await;
        let said = there.attr("title").await.unwrap().unwrap();
        assert!(said.contains(sign), "{said}");
        let form = there.css_value("border-top-style").await.unwrap();
        let expected = if sign == "provisional" {
            "dashed"
        } else if sign == "chosen" {
            "double"
        } else {
            "solid"
        };
        assert_eq!(form, expected, "told apart by more than colour");
    }
    let (ten, first) = (browser.middle_of(&card(&loose)).await.1, browser.middle_of(&card(&waits)).await.1);
    assert!((ten - first).abs() < 2.0, "what begins at one time stands at one height");
    browser.assert_accessible("the day").await;
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_booking_dragged_to_somebody_free_is_theirs_and_comes_back_when_that_is_undone() {
    here!();
    let stage = Stage::open().await;
    let booking = stage.book("amina", "swedish", "10:00", &["joy"]).await;
    let browser = stage.browser(Device::Desk, Role::Frontdesk).await;
    browser.go(&stage.page()).await;
    drag(&browser, &booking, "brian").await;
    browser.see(&format!("{} {}", column("brian"), card(&booking))).await;
    assert_eq!(stage.holders(&booking).await, ["brian"]);
    browser.reads("Amina: Joy →").await;
    browser.press("Undo").await;
    browser.see(&format!("{} {}", column("joy"), card(&booking))).await;
    assert_eq!(stage.holders(&booking).await, ["joy"]);
    let history = stage.store.history(&booking).await.unwrap();
    assert!(history.iter().any(|row| row.actor == "frontdesk:frontdesk" && row.reason.contains("by hand")), "{history:?}");
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_cannot_take_it_says_why_and_a_drop_there_changes_nothing() {
    here!();
    let stage = Stage::open().await;
    let booking = stage.book("amina", "deep", "10:00", &["grace"]).await;
    let browser = stage.browser(Device::Desk, Role::Frontdesk).await;
    browser.go(&stage.page()).await;
    drag(&browser, &booking, "joy").await;
    browser.reads("lacks the qualification").await;
    browser.reads("Only a manager may give it").await;
    assert_eq!(stage.holders(&booking).await, ["grace"]);
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn dropped_on_somebody_busy_it_offers_the_swap_and_does_it_when_told() {
    here!();
    let stage = Stage::open().await;
    let (amina, ben) = (stage.book("amina", "swedish", "10:00", &["joy"]).await, stage.book("ben", "swedish", "10:00", &["brian"]).await);
    let browser = stage.browser(Device::Desk, Role::Manager).await;
    browser.go(&stage.page()).await;
    drag(&browser, &amina, "brian").await;
    browser.reads("has to change hands").await;
    assert_eq!(stage.holders(&amina).await, ["joy"], "nothing is done before it is looked at");
    browser.assert_accessible("an offer").await;
    browser.press("Do it").await;
    browser.see(&format!("{} {}", column("brian"), card(&amina))).await;
    assert_eq!(stage.holders(&amina).await, ["brian"]);
    assert_ne!(stage.holders(&ben).await, ["brian"]);
    assert!(!stage.holders(&ben).await.is_empty(), "nobody loses everybody");
    browser.press("Undo").await;
    browser.reads("Put back as it was").await;
    assert_eq!((stage.holders(&amina).await, stage.holders(&ben).await), (vec!["joy".to_owned()], vec!["brian".to_owned()]));
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn with_the_keyboard_alone_a_booking_is_found_opened_and_given_to_somebody() {
    here!();
    let stage = Stage::open().await;
    let booking = stage.book("amina", "swedish", "10:00", &["grace"]).await;
    let browser = stage.browser(Device::Desk, Role::Frontdesk).await;
    browser.go(&stage.page()).await;
    browser.see(&card(&booking)).await;
    let on_card = "return document.activeElement?.dataset?.booking ?? ''";
    for _ in 0..40 {
        browser.keys(&[Key::Tab]).await;
        if browser.eval(on_card).await == json!(booking) {
            break;
        }
    }
    assert_eq!(browser.eval(on_card).await, json!(booking), "the board is reached by tabulation");
    browser.letters("m").await;
    browser.see(".column.can").await;
    browser.keys(&[Key::Right]).await;
    browser
        .until("the aim is said", async || browser.eval("return document.getElementById('say').textContent").await.as_str().unwrap().contains("Joy"))
        .await;
    browser.keys(&[Key::Enter]).await;
    browser.see(&format!("{} {}", column("joy"), card(&booking))).await;
    assert_eq!(stage.holders(&booking).await, ["joy"]);
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lift_by_keyboard_is_put_back_by_escape() {
    here!();
    let stage = Stage::open().await;
    let booking = stage.book("amina", "swedish", "10:00", &["grace"]).await;
    let browser = stage.browser(Device::Desk, Role::Frontdesk).await;
    browser.go(&stage.page()).await;
    browser.see(&card(&booking)).await;
    browser.eval(&format!("document.querySelector(\"{}\").focus()", card(&booking))).await;
    browser.letters("m").await;
    browser.see(".column.can").await;
    browser.keys(&[Key::Right, Key::Escape]).await;
    browser.until("nothing is lifted", async || !browser.has(".lifted, .column.aim").await).await;
    assert_eq!(browser.eval("return document.activeElement.dataset.booking").await, json!(booking), "one is back on the booking");
    assert_eq!(stage.holders(&booking).await, ["grace"]);
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn on_a_phone_a_booking_is_given_by_touch() {
    here!();
    let stage = Stage::open().await;
    let booking = stage.book("amina", "swedish", "10:00", &["grace"]).await;
    let browser = stage.browser(Device::Phone, Role::Manager).await;
    browser.go(&stage.page()).await;
    let (width, page) = (browser.eval("return document.documentElement.scrollWidth").await, browser.eval("return window.innerWidth").await);
    assert_eq!(width, page, "the page itself does not scroll sideways");
    browser.assert_accessible("the day").await;
    browser.see(&card(&booking)).await;
    browser.eval(&format!("document.querySelector(\"{}\").scrollIntoView({{block: 'center', inline: 'center'}})", card(&booking))).await;
    browser.see(&card(&booking)).await.click().await.unwrap();
    browser.reads("Who else could serve it").await;
    browser.assert_accessible("a booking").await;
    let give = browser.see("#panel .candidates form input[name=to][value=joy] ~ button").await;
    give.scroll_into_view().await.unwrap();
    give.click().await.unwrap();
    browser.see(&format!("{} {}", column("joy"), card(&booking))).await;
    assert_eq!(stage.holders(&booking).await, ["joy"]);
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn on_a_phone_a_booking_held_until_it_lifts_is_dragged() {
    here!();
    let stage = Stage::open().await;
    let booking = stage.book("amina", "swedish", "10:00", &["brian"]).await;
    let browser = stage.browser(Device::Phone, Role::Manager).await;
    browser.go(&stage.page()).await;
    browser.see(&card(&booking)).await;
    browser.eval("document.getElementById('board').scrollLeft = 150").await;
    let (x, y) = browser.middle_of(&card(&booking)).await;
    let touch = async |kind: &str, points: serde_json::Value| {
        browser.tell("Input.dispatchTouchEvent", json!({"type": kind, "touchPoints": points})).await;
    };
    touch("touchStart", json!([{"x": x, "y": y}])).await;
    browser.see(".ghost").await;
    let (to_x, to_y) = browser.middle_of(&column("grace")).await;
    for step in 1..=5 {
        let part = f64::from(step) / 5.0;
        touch("touchMove", json!([{"x": x + (to_x - x) * part, "y": y + (to_y - y) * part}])).await;
    }
    browser.see(&format!("{}.can.aim", column("grace"))).await;
    touch("touchEnd", json!([])).await;
    browser.see(&format!("{} {}", column("grace"), card(&booking))).await;
    assert_eq!(stage.holders(&booking).await, ["grace"]);
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_day_with_25_hours_has_each_of_them_by_the_clock_on_the_wall() {
    here!();
    let stage = Stage::open_at(chrono_tz::America::New_York, "2026-11-01").await;
    let booking = stage.book("amina", "swedish", "10:00", &["joy"]).await;
    let browser = stage.browser(Device::Desk, Role::Manager).await;
    browser.go(&stage.page()).await;
    browser.reads("Sunday 1 November 2026").await;
    browser.reads("America/New_York").await;
    let said = browser.see(&card(&booking)).await.attr("title").await.unwrap().unwrap();
    assert!(said.starts_with("10:00–11:00"), "{said}");
    let place = "const at = (css) => document.querySelector(css).getBoundingClientRect().top; \
        const hour = [...document.querySelectorAll('.hour')].find((one) => one.textContent === '10:00'); return hour.getBoundingClientRect().top - at('.card')";
    assert!(browser.eval(place).await.as_f64().unwrap().abs() < 4.0, "ten o'clock stands beside ten o'clock");
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn in_swahili_everything_is_said_in_swahili() {
    here!();
    let stage = Stage::open().await;
    stage.book("amina", "swedish", "10:00", &["joy"]).await;
    let browser = stage.browser_in(Device::Desk, Role::Manager, "sw").await;
    browser.go(&stage.page()).await;
    browser.reads("Jumamosi 21 Novemba 2026").await;
    browser.reads("Bila mhudumu").await;
    browser.press("English").await;
    browser.reads("Saturday 21 November 2026").await;
    assert_eq!(browser.eval("return document.documentElement.lang").await, json!("en"));
    browser.close().await;
}
