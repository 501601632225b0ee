//! A browser as somebody at a front desk has it: Chromium without a window, driven over WebDriver.

use std::io::{BufRead, BufReader};
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use thirtyfour::prelude::*;
use thirtyfour::{ChromiumLikeCapabilities, Key, LoggingPrefsLogLevel};

/// How long something may take to show: a net for the case that it never does, not a promise.
const PATIENCE: Duration = Duration::from_secs(20);

/// What somebody looks at the page with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Device {
    /// A laptop with a mouse.
    Desk,
    /// A phone.
    Phone,
}

impl Device {
    /// CSS pixels from side to side.
    pub fn width(self) -> u32 {
        self.size().0
    }

    fn size(self) -> (u32, u32) {
        match self {
            Device::Desk => (1280, 860),
            Device::Phone => (375, 740),
        }
    }
}

/// What is missing, if anything is.
fn missing() -> Option<&'static str> {
    static MISSING: OnceLock<Option<&'static str>> = OnceLock::new();
    *MISSING.get_or_init(|| {
        let is_there = |name: &str| Command::new(name).arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status().is_ok();
        match (is_there("chromedriver"), is_there("chromium") || is_there("chromium-browser")) {
            (true, true) => None,
            (true, false) => Some("there is no chromium"),
            (false, _) => Some("there is no chromedriver"),
        }
    })
}

/// A chromedriver, and every process that it started: they go with the test, however it ends.
struct Chromedriver {
    child: Child,
    url: String,
}

impl Chromedriver {
    fn start() -> Chromedriver {
        let mut command = Command::new("chromedriver");
        command.args(["--port=0", "--log-level=SEVERE"]).stdout(Stdio::piped()).stderr(Stdio::null()).process_group(0);
        let mut child = command.spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok);
        let port = lines.find_map(|line| line.split_once("started successfully on port ")?.1.trim_end_matches('.').parse::<u16>().ok());
        std::thread::spawn(move || lines.for_each(drop));
        let url = format!("http://127.0.0.1:{}", port.expect("chromedriver says where it listens"));
        Chromedriver { child, url }
    }
}

impl Drop for Chromedriver {
    fn drop(&mut self) {
        let _ = Command::new("kill").args(["-KILL", "--", &format!("-{}", self.child.id())]).stderr(Stdio::null()).status();
        let _ = self.child.wait();
    }
}

/// Is there a browser? Without one the tests say so and are skipped, but for a build machine, where they fail.
pub fn is_there() -> bool {
    match missing() {
        None => true,
        Some(why) if std::env::var_os("CI").is_some_and(|ci| ci == "true") => panic!("{why}: .ci/setup test installs it"),
        Some(why) => {
            eprintln!("SKIPPED: {why} (.ci/setup test installs it)");
            false
        }
    }
}

/// Skips the test, loudly, where there is no browser.
macro_rules! here {
    () => {
        if !crate::browser::is_there() {
            return;
        }
    };
}
pub(crate) use here;

/// A browser with a profile of its own.
pub struct Browser {
    pub driver: WebDriver,
    pub device: Device,
    _chromedriver: Chromedriver,
    _profile: tempfile::TempDir,
}

impl Browser {
    /// One that prefers this language.
    pub async fn open(device: Device, language: &str) -> Browser {
        let (chromedriver, profile) = (Chromedriver::start(), tempfile::tempdir().unwrap());
        let (width, height) = device.size();
        let mut wanted = DesiredCapabilities::chrome();
        for argument in [
            "--headless=new",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-quic",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--disable-dev-shm-usage",
            &format!("--user-data-dir={}", profile.path().display()),
            &format!("--window-size={width},{height}"),
            &format!("--accept-lang={language}"),
        ] {
            wanted.add_arg(argument).unwrap();
        }
        if device == Device::Phone {
            let metrics = json!({"width": width, "height": height, "pixelRatio": 2.0, "touch": true, "mobile": true});
            wanted.add_experimental_option("mobileEmulation", json!({"deviceMetrics": metrics})).unwrap();
        }
        wanted.set_browser_log_level(LoggingPrefsLogLevel::Severe).unwrap();
        let driver = WebDriver::new(chromedriver.url.as_str(), wanted).await.unwrap();
        Browser { driver, device, _chromedriver: chromedriver, _profile: profile }
    }

    /// Goes to an address.
    pub async fn go(&self, url: &str) {
        self.driver.goto(url).await.unwrap();
    }

    /// The first element that is there, waited for.
    pub async fn see(&self, css: &str) -> WebElement {
        match self.driver.query(By::Css(css)).wait(PATIENCE, Duration::from_millis(50)).first().await {
            Ok(found) => found,
            Err(_) => panic!("nothing is {css:?} on the page:\n{}", self.text().await),
        }
    }

    /// Is any such element there now?
    pub async fn has(&self, css: &str) -> bool {
        !self.driver.find_all(By::Css(css)).await.unwrap().is_empty()
    }

    /// What the page says, as one reads it.
    pub async fn text(&self) -> String {
        self.eval("return document.body.innerText").await.as_str().unwrap_or_default().to_owned()
    }

    /// Waits until the page says this.
    pub async fn reads(&self, text: &str) {
        self.until(&format!("the page says {text:?}"), async || self.text().await.contains(text)).await;
    }

    /// Waits until something is so.
    pub async fn until(&self, what: &str, mut so: impl AsyncFnMut() -> bool) {
        let until = Instant::now() + PATIENCE;
        while !so().await {
            assert!(Instant::now() < until, "it never came that {what}; the page says:\n{}", self.text().await);
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// What a script answers.
    pub async fn eval(&self, script: &str) -> Value {
        self.driver.execute(script.to_owned(), Vec::<Value>::new()).await.unwrap().json().clone()
    }

    /// Presses on what says so: a link or a button, by its words.
    pub async fn press(&self, words: &str) {
        let path = format!("//*[(self::a or self::button or self::summary) and contains(normalize-space(.), '{words}')]");
        let found = self.driver.query(By::XPath(path)).wait(PATIENCE, Duration::from_millis(50)).and_displayed().first().await;
        let Ok(found) = found else { panic!("nothing says {words:?} that could be pressed:\n{}", self.text().await) };
        found.scroll_into_view().await.unwrap();
        found.click().await.unwrap();
    }

    /// Types into a field that is empty, or whose text goes.
    pub async fn fill(&self, css: &str, text: &str) {
        let field = self.see(css).await;
        field.clear().await.unwrap();
        field.send_keys(text).await.unwrap();
    }

    /// Chooses a value in a field whose keys differ from place to place: a day, a time, one of a list.
    pub async fn set(&self, css: &str, value: &str) {
        self.see(css).await;
        let script = format!(
            "const field = document.querySelector({}); field.value = {}; for (const kind of ['input', 'change']) field.dispatchEvent(new Event(kind, {{bubbles: true}}))",
            json!(css),
            json!(value)
        );
        self.eval(&script).await;
    }

    /// Presses keys where the focus is.
    pub async fn keys(&self, keys: &[Key]) {
        for key in keys {
            self.driver.action_chain().send_keys(String::from(char::from(key.clone()))).perform().await.unwrap();
        }
    }

    /// Types letters where the focus is.
    pub async fn letters(&self, text: &str) {
        self.driver.action_chain().send_keys(text).perform().await.unwrap();
    }

    /// Says something to the browser itself.
    pub async fn tell(&self, command: &str, parameters: Value) -> Value {
        self.driver.cdp().send_raw(command, parameters).await.unwrap()
    }

    /// Where the middle of an element is on the screen, in CSS pixels.
    pub async fn middle_of(&self, css: &str) -> (f64, f64) {
        self.see(css).await;
        let script = format!(
            "const r = document.querySelector({}).getBoundingClientRect(); return [r.x + r.width / 2, r.y + Math.min(r.height / 2, 300)]",
            json!(css)
        );
        let found = self.eval(&script).await;
        (found[0].as_f64().unwrap(), found[1].as_f64().unwrap())
    }

    /// Keeps what the page looks like in the folder that `ZAMU_TEST_PICTURES` names, for somebody to look at.
    pub async fn picture(&self, name: &str) {
        let Some(folder) = std::env::var_os("ZAMU_TEST_PICTURES") else { return };
        std::fs::create_dir_all(&folder).unwrap();
        self.driver.screenshot(&std::path::Path::new(&folder).join(format!("{name}.png"))).await.unwrap();
    }

    /// What the console complained about since it was last asked.
    pub async fn complaints(&self) -> Vec<String> {
        self.driver.browser_log().await.unwrap().into_iter().map(|entry| entry.message).collect()
    }

    /// Ends it, and fails where the page did what its policy forbids, or a script of it broke.
    pub async fn close(self) {
        let complaints = self.complaints().await;
        assert!(complaints.is_empty(), "{}", complaints.join("\n"));
        self.driver.quit().await.unwrap();
    }

    /// Ends it after forms that were refused, and fails where it has anything else to complain about.
    pub async fn close_refused(self) {
        let complaints: Vec<String> = self.complaints().await.into_iter().filter(|line| !line.contains("422")).collect();
        assert!(complaints.is_empty(), "{}", complaints.join("\n"));
        self.driver.quit().await.unwrap();
    }

    /// Ends it after what it has to complain about: a service that was away.
    pub async fn close_complaining(self) {
        self.driver.quit().await.unwrap();
    }
}
