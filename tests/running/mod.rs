//! The real program as a process: started on a free port, spoken to over HTTP, ended with the test.

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc;
use std::time::{Duration, Instant};

use serde_json::Value;
use zamu::clock::{Clock, SystemClock};
use zamu::keyring::{Claims, Keyring, Role};

/// How long a process may take to begin or to end: a net for the case that it never does, not a promise.
const PATIENCE: Duration = Duration::from_secs(120);

/// The options that leave nobody waiting for a minute to pass.
pub const UNLIMITED: [&str; 6] = ["--reads-per-minute", "0", "--bookings-per-minute", "0", "--staff-per-minute", "0"];

/// `zamu` in a folder, with nothing in its environment that would say where anything is.
pub fn zamu(folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_zamu"));
    command.current_dir(folder).stdin(Stdio::null());
    for name in ["DATABASE_URL", "ZAMU_KEYS", "ZAMU_LISTEN", "REDIS_URL", "RUST_LOG"] {
        command.env_remove(name);
    }
    command
}

/// What came back.
#[derive(Debug, Clone)]
pub struct Answer {
    pub status: u16,
    pub headers: reqwest::header::HeaderMap,
    pub text: String,
    pub body: Value,
}

impl Answer {
    /// The code of its problem, or the empty text.
    pub fn code(&self) -> &str {
        self.body["code"].as_str().unwrap_or_default()
    }

    /// A text of its body.
    #[track_caller]
    pub fn text_of(&self, member: &str) -> String {
        self.body[member].as_str().unwrap_or_else(|| panic!("no {member} in {}", self.text)).to_owned()
    }

    /// Fails unless it has this status.
    #[track_caller]
    pub fn with(self, status: u16) -> Answer {
        assert_eq!(self.status, status, "{}", self.text);
        self
    }
}

/// A service that runs as a process of its own.
pub struct Running {
    child: Child,
    pub url: String,
    pub http: reqwest::Client,
    folder: PathBuf,
    log: PathBuf,
    keys_used: AtomicU64,
}

impl Running {
    /// Starts one in a folder and waits until it says where it listens. `RUST_LOG` is `level`.
    pub fn start_at(folder: &Path, words: &[&str], level: &str) -> Running {
        static COUNT: AtomicU64 = AtomicU64::new(0);
        let log = folder.join(format!("log-{}.jsonl", COUNT.fetch_add(1, Ordering::SeqCst)));
        let mut command = zamu(folder);
        command.args(["serve", "--listen", "127.0.0.1:0"]).args(words).env("RUST_LOG", level);
        let mut child = command.stdout(Stdio::piped()).stderr(File::create(&log).unwrap()).spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let (tell, told) = mpsc::channel();
        std::thread::spawn(move || {
            // To the end, so that the process never waits for somebody who reads.
            while let Some(Ok(line)) = lines.next() {
                let _ = tell.send(line);
            }
        });
        let url = told.recv_timeout(PATIENCE).ok().and_then(|line| line.strip_prefix("listening on ")?.split_whitespace().next().map(str::to_owned));
        let Some(url) = url else {
            let _ = child.kill();
            panic!("the service did not begin: {}", std::fs::read_to_string(&log).unwrap_or_default());
        };
        let http = reqwest::Client::builder().timeout(PATIENCE).pool_max_idle_per_host(64).build().unwrap();
        Running { child, url, http, folder: folder.to_owned(), log, keys_used: AtomicU64::new(0) }
    }

    /// One that logs as much as it does for everybody.
    pub fn start(folder: &Path, words: &[&str]) -> Running {
        Running::start_at(folder, words, "info")
    }

    /// A token of this installation, for a day.
    pub fn token(&self, tenant: &str, role: Role, sub: &str) -> String {
        let now = SystemClock.now();
        Keyring::open(&self.folder.join("zamu.keys")).unwrap().mint(&Claims::lasting(sub, tenant, role, now, 24 * 3600), now).unwrap()
    }

    pub async fn get(&self, token: &str, path: &str) -> Answer {
        self.try_get(token, path).await.unwrap()
    }

    pub async fn try_get(&self, token: &str, path: &str) -> reqwest::Result<Answer> {
        read(self.http.get(format!("{}{path}", self.url)).bearer_auth(token)).await
    }

    /// A change with a key of its own.
    pub async fn send(&self, token: &str, method: &str, path: &str, body: Value) -> Answer {
        let key = format!("{}-{}", self.child.id(), self.keys_used.fetch_add(1, Ordering::SeqCst));
        self.try_send(token, method, path, &body, &key).await.unwrap()
    }

    /// A change with this key; an error where nobody answered.
    pub async fn try_send(&self, token: &str, method: &str, path: &str, body: &Value, key: &str) -> reqwest::Result<Answer> {
        let request = self.http.request(method.parse().unwrap(), format!("{}{path}", self.url));
        read(request.bearer_auth(token).header("Idempotency-Key", key).json(body)).await
    }

    /// `kill -9`: not a word more.
    pub fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Asks it to end, as a supervisor does.
    pub fn ask_to_end(&self) {
        let told = Command::new("sh").args(["-c", &format!("kill -TERM {}", self.child.id())]).status().unwrap();
        assert!(told.success());
    }

    /// Waits until it has ended.
    pub fn ended(&mut self) -> ExitStatus {
        let until = Instant::now() + PATIENCE;
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status;
            }
            assert!(Instant::now() < until, "the service does not end: {}", self.log());
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// What it has written to its log.
    pub fn log(&self) -> String {
        String::from_utf8_lossy(&std::fs::read(&self.log).unwrap()).into_owned()
    }

    /// The lines of its log as JSON; what is none fails.
    pub fn log_lines(&self) -> Vec<Value> {
        self.log().lines().map(|line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error} in the log: {line}"))).collect()
    }

    /// Fails where its log tells of something that broke.
    #[track_caller]
    pub fn assert_well(&self) {
        let broken: Vec<String> =
            self.log().lines().filter(|line| line.contains("\"level\":\"ERROR\"") || line.contains("panicked")).map(str::to_owned).collect();
        assert!(broken.is_empty(), "{}", broken.join("\n"));
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Sends a request and reads its answer to the end.
pub async fn read(request: reqwest::RequestBuilder) -> reqwest::Result<Answer> {
    let response = request.send().await?;
    let (status, headers) = (response.status().as_u16(), response.headers().clone());
    let text = response.text().await?;
    Ok(Answer { status, headers, body: serde_json::from_str(&text).unwrap_or(Value::Null), text })
}
