//! A spa with a service over it, in any time zone, on a clock that stands where it is set; it can be ended and started again at the same address.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

use chrono::NaiveDate;
use chrono_tz::Tz;
use tokio::net::TcpListener;
use tokio::sync::Semaphore;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use zamu::booking::offer::Snapshots;
use zamu::clock::{Clock, SetClock};
use zamu::domain::{AssignmentStatus, Minute, Rule, Weekdays, local};
use zamu::http::limits::{InProcess, Rates};
use zamu::http::{App, router, server};
use zamu::keyring::{Ring, Role};
use zamu::operations::accounts::{NewAccount, NewPassword, add};
use zamu::store::{
    BookingRow, Contact, CustomerRow, Day, Decision, LocationRow, NewBooking, ResourceRow, ServiceRow, SqliteStore, Stamp, Store, TenantRow,
};

use crate::browser::{Browser, Device};

pub const SPA: &str = "westlands";
pub const TENANT: &str = "serenity";
pub const PASSWORD: &str = "a rather long one";

/// A spa and its service.
pub struct Stage {
    pub zone: Tz,
    /// The day that the tests are about.
    pub date: NaiveDate,
    pub store: Arc<SqliteStore>,
    pub clock: Arc<SetClock>,
    pub url: String,
    keys: Arc<Ring>,
    address: SocketAddr,
    running: Option<(CancellationToken, JoinHandle<()>)>,
    folder: tempfile::TempDir,
}

impl Stage {
    /// A spa in Nairobi on a Saturday in November, the day before at noon.
    pub async fn open() -> Stage {
        Stage::open_at(chrono_tz::Africa::Nairobi, "2026-11-21").await
    }

    /// A spa anywhere, at noon of the day before.
    pub async fn open_at(zone: Tz, date: &str) -> Stage {
        let folder = tempfile::tempdir().unwrap();
        let date: NaiveDate = date.parse().unwrap();
        let clock = Arc::new(SetClock::at(local::instant(zone, date.pred_opt().unwrap(), 720).to_utc()));
        let keys = Arc::new(Ring::at(&folder.path().join("zamu.keys")).unwrap());
        keys.for_sealing().unwrap();
        let store = Arc::new(SqliteStore::open_with(&Stage::file(&folder), keys.clone()).await.unwrap());
        let mut stage = Stage { zone, date, store, clock, url: String::new(), keys, address: ([127, 0, 0, 1], 0).into(), running: None, folder };
        stage.furnish().await;
        stage.start().await;
        stage
    }

    fn file(folder: &tempfile::TempDir) -> PathBuf {
        folder.path().join("zamu.db")
    }

    /// Grace (deep tissue too), Joy and Brian on duty from nine to five, and services of an hour with a quarter after.
    async fn furnish(&self) {
        let store = &self.store;
        store
            .upsert_tenant(&TenantRow { manager: Some(Contact::new("console", "manager")), ..TenantRow::new(TENANT, "Serenity Spas") })
            .await
            .unwrap();
        let location = LocationRow { id: SPA.into(), tenant_id: TENANT.into(), name: "Westlands".into(), timezone: self.zone };
        store.upsert_location(&location).await.unwrap();
        for (id, name, gender, able) in [
            ("grace", "Grace", "female", ["swedish", "deep-tissue"].as_slice()),
            ("joy", "Joy", "female", &["swedish"]),
            ("brian", "Brian", "male", &["swedish"]),
        ] {
            store.upsert_resource(&ResourceRow::staff(SPA, id, name, able).with_gender(gender)).await.unwrap();
        }
        for (id, name, able) in [("swedish", "Swedish massage", "swedish"), ("deep", "Deep tissue", "deep-tissue")] {
            store.upsert_service(&ServiceRow { buffer_after_minutes: 15, ..ServiceRow::new(SPA, id, name, 60, &[able]) }).await.unwrap();
        }
        store.upsert_rule(SPA, &Rule::weekly("hours", None, Weekdays::ALL, 540, 1020)).await.unwrap();
        for (id, name) in [("amina", "Amina"), ("ben", "Ben"), ("chloe", "Chloe"), ("dan", "Dan")] {
            let contact = Some(Contact::new("console", &format!("{id}@example.org")));
            store.upsert_customer(&CustomerRow { contact, ..CustomerRow::new(TENANT, id, name) }).await.unwrap();
        }
    }

    /// Answers, at the address of before where there was one.
    pub async fn start(&mut self) {
        let store = Arc::new(SqliteStore::open_with(&Stage::file(&self.folder), self.keys.clone()).await.unwrap());
        let app = Arc::new(App {
            store,
            clock: self.clock.clone(),
            keys: self.keys.clone(),
            limiter: Arc::new(InProcess::new(Rates { read_per_minute: 0, book_per_minute: 0, manage_per_minute: 0, sign_in_per_minute: 0 })),
            snapshots: Snapshots::default(),
            metrics: None,
            searches: Arc::new(Semaphore::new(1)),
            live: Default::default(),
            secure_cookies: false,
            proxies: 0,
            under_way: Default::default(),
            turns: Default::default(),
        });
        let listener = TcpListener::bind(self.address).await.unwrap();
        self.address = listener.local_addr().unwrap();
        self.url = format!("http://{}", self.address);
        let stop = CancellationToken::new();
        let serving = tokio::spawn(server::serve(listener, router(app), stop.clone()));
        self.running = Some((stop, serving));
    }

    /// Answers no more.
    pub async fn stop(&mut self) {
        if let Some((stop, serving)) = self.running.take() {
            stop.cancel();
            serving.await.unwrap();
        }
    }

    /// A time of the day.
    pub fn at(&self, clock: &str) -> Minute {
        let (hours, minutes) = clock.split_once(':').unwrap();
        local::instant(self.zone, self.date, hours.parse::<u32>().unwrap() * 60 + minutes.parse::<u32>().unwrap())
    }

    /// A booking of a customer, held provisionally by these; by nobody it waits for one.
    pub async fn book(&self, customer: &str, service: &str, clock: &str, by: &[&str]) -> String {
        self.book_so(customer, service, clock, by, AssignmentStatus::Provisional).await
    }

    /// The same, held as firmly as this.
    pub async fn book_so(&self, customer: &str, service: &str, clock: &str, by: &[&str], status: AssignmentStatus) -> String {
        let new = NewBooking { customer_id: Some(customer.to_owned()), ..NewBooking::new(SPA, service, self.at(clock)) };
        let resources: Vec<String> = by.iter().map(|&one| one.to_owned()).collect();
        let decide = move |_: &Day, _: &BookingRow| Decision::Hold {
            resources: resources.clone(),
            status,
            gender_waived: false,
            moves: vec![],
            messages: vec![],
        };
        let stamp = Stamp::new("desk", self.clock.now(), "asked for");
        self.store.take_booking(&new, &decide, &stamp).await.unwrap().unwrap().id
    }

    /// Who holds a booking now.
    pub async fn holders(&self, booking: &str) -> Vec<String> {
        self.store.booking(booking).await.unwrap().resources
    }

    /// The address of the day's page.
    pub fn page(&self) -> String {
        format!("{}/admin/at/{SPA}/{}", self.url, self.date)
    }

    /// An account whose login is the word of its role.
    pub async fn account(&self, role: Role) {
        let (login, password) = (role.word().to_owned(), NewPassword::Given(PASSWORD.into()));
        let new = NewAccount { tenant: TENANT.into(), login, name: "Ruth".into(), role, location: None, language: None, password };
        if self.store.account(TENANT, role.word()).await.unwrap().is_none() {
            add(self.store.as_ref(), self.clock.as_ref(), &new).await.unwrap();
        }
    }

    /// A browser whose user has signed in.
    pub async fn browser(&self, device: Device, role: Role) -> Browser {
        self.browser_in(device, role, "en").await
    }

    /// The same in another language.
    pub async fn browser_in(&self, device: Device, role: Role, language: &str) -> Browser {
        let browser = Browser::open(device, language).await;
        self.account(role).await;
        browser.go(&format!("{}/admin/sign-in", self.url)).await;
        for (name, text) in [("house", TENANT), ("login", role.word()), ("password", PASSWORD)] {
            browser.fill(&format!("input[name={name}]"), text).await;
        }
        browser.see("main form button[type=submit]").await.click().await.unwrap();
        browser.see("#day").await;
        browser
    }
}
