//! A whole morning with the keyboard alone, for those who have no mouse or see no pointer.

use serde_json::json;
use thirtyfour::Key;
use zamu::keyring::Role;
use zamu::operations::{RunOptions, optimize};
use zamu::store::Store;

use crate::browser::{Browser, Device, here};
use crate::stage::{SPA, Stage, TENANT};

/// Tabs that it may take to get anywhere on a page.
const TABS_MAX: usize = 120;

/// What has the focus, in the words that it shows or has, and whether one sees that it does.
async fn at(browser: &Browser) -> (String, bool) {
    let script = "const at = document.activeElement; if (!at || at === document.body) return ['', true]; \
        const style = getComputedStyle(at); const box = at.getBoundingClientRect(); \
        const outlined = style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2; \
        const inView = box.bottom > 0 && box.right > 0 && box.top < innerHeight && box.left < innerWidth && box.width > 0; \
        const words = [at.innerText, at.getAttribute('aria-label'), at.labels?.[0]?.innerText, at.name, at.value].filter(Boolean).join(' | '); \
        return [words.replace(/\\s+/g, ' '), outlined && inView]";
    let found = browser.eval(script).await;
    (found[0].as_str().unwrap_or_default().to_owned(), found[1].as_bool().unwrap())
}

/// Goes on from where the focus is, by Tab, to what says this; everything on the way shows that it has the focus.
async fn tab_to(browser: &Browser, words: &str) {
    let mut passed = Vec::new();
    for _ in 0..TABS_MAX {
        browser.keys(&[Key::Tab]).await;
        let (said, is_seen) = at(browser).await;
        assert!(is_seen, "the focus is on {said:?}, and nobody sees it");
        if said.contains(words) {
            return;
        }
        passed.push(said);
    }
    panic!("{words:?} is not reached by Tab, only {passed:#?}");
}

/// The same, and presses it.
async fn press(browser: &Browser, words: &str) {
    tab_to(browser, words).await;
    browser.keys(&[Key::Enter]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_whole_morning_is_done_with_the_keyboard_alone() {
    here!();
    let stage = Stage::open().await;
    stage.book("amina", "swedish", "10:00", &["grace"]).await;
    stage.book("ben", "deep", "10:00", &[]).await;
    stage.book("chloe", "swedish", "10:00", &["joy"]).await;
    let browser = Browser::open(Device::Desk, "en").await;
    stage.account(Role::Manager).await;
    browser.go(&format!("{}/admin", stage.url)).await;

    // Signs in.
    browser.see("input[name=house]").await;
    for (name, text) in [("house", TENANT), ("login", "manager"), ("password", crate::stage::PASSWORD)] {
        let script = format!("return document.activeElement.name === '{name}'");
        for _ in 0..TABS_MAX {
            if browser.eval(&script).await == json!(true) {
                break;
            }
            browser.keys(&[Key::Tab]).await;
            assert!(at(&browser).await.1);
        }
        browser.letters(text).await;
    }
    browser.keys(&[Key::Enter]).await;
    browser.see("#day").await;

    // Past the ways and to what the page is about, and to the day.
    browser.keys(&[Key::Tab]).await;
    let (said, is_seen) = at(&browser).await;
    assert!(is_seen && said.contains("Skip"), "the first stop leads past the ways: {said}");
    browser.keys(&[Key::Enter]).await;
    browser.until("one is past the ways", async || browser.eval("return document.activeElement.id").await == json!("main")).await;
    press(&browser, "The day after").await;
    browser.reads("Saturday 21 November").await;

    // Somebody is out.
    press(&browser, "Somebody is out").await;
    browser.see("input[name=words]").await;
    if browser.eval("return document.activeElement.name").await != json!("words") {
        tab_to(&browser, "words").await;
    }
    browser.letters("Joy is out sick tomorrow").await;
    browser.keys(&[Key::Enter]).await;
    browser.see("#look").await;
    press(&browser, "Confirm").await;
    browser.reads("Confirmed by").await;

    // What nobody could serve waits in the queue; a repair is accepted there.
    optimize(stage.store.as_ref(), stage.clock.as_ref(), SPA, stage.date, &RunOptions::night("night")).await.unwrap();
    let waiting = stage.store.open_attention(SPA, None).await.unwrap();
    assert!(!waiting.is_empty(), "somebody is left with nobody");
    press(&browser, "Needs attention").await;
    browser.see(".queue a").await;
    press(&browser, "10:00").await;
    browser.reads("What helps?").await;
    browser.see("#helps form button").await;
    // A temp would, whose name is asked for.
    tab_to(&browser, "name").await;
    browser.letters("Njeri").await;
    press(&browser, "Do it").await;
    browser.reads("nothing is left to decide here").await;

    // Somebody gave Brian what only Grace can do: the day is searched for a better one, and that is applied.
    let wrong = stage.book("dan", "deep", "14:00", &["brian"]).await;
    press(&browser, "Day").await;
    browser.see("#day").await;
    if !browser.text().await.contains("Saturday 21 November") {
        press(&browser, "The day after").await;
        browser.reads("Saturday 21 November").await;
    }
    press(&browser, "Re-optimize").await;
    press(&browser, "Look what would change").await;
    browser.see("form[action$='/apply'] button").await;
    press(&browser, "Apply it").await;
    browser.reads("Applied:").await;
    assert_eq!(stage.holders(&wrong).await, ["grace"]);

    // And out.
    press(&browser, "Sign out").await;
    browser.see("input[name=password]").await;
    browser.close().await;
}
