//! A small spa in a real database, for the tests of the store and the day's life. Which database it is says the module `base` beside this one.

pub mod meddling;

pub use super::base::{BEGIN, Base, DOUBLE_BOOKING, INSERTS, MIGRATIONS, Shell, TheStore, UPDATES, reached};

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use chrono::{DateTime, NaiveDate, Utc};
use sqlx::AssertSqlSafe;
use zamu::domain::{Minute, Rule, Weekdays, local};
use zamu::keyring::Ring;
use zamu::store::{Contact, CustomerRow, Day, DayView, Decision, LocationRow, ResourceRow, ServiceRow, Stamp, Store, TenantRow};

pub const SPA: &str = "westlands";
pub const TIMEZONE: chrono_tz::Tz = chrono_tz::Africa::Nairobi;

/// Ends the test, loudly, where the database that it is about cannot be reached.
macro_rules! here {
    () => {
        if !house::reached() {
            return;
        }
    };
}
pub(crate) use here;

/// A spa in Nairobi with three people on duty 09:00 to 17:00, its database, and a folder of its own.
pub struct Spa {
    pub store: TheStore,
    pub folder: tempfile::TempDir,
    base: Base,
}

pub fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

/// The Saturday that most tests are about.
pub fn saturday() -> NaiveDate {
    day("2026-11-21")
}

/// A wall-clock time at the spa: `at("2026-11-21", "10:00")`.
pub fn at(date: &str, clock: &str) -> Minute {
    let (hours, minutes) = clock.split_once(':').unwrap();
    local::instant(TIMEZONE, day(date), hours.parse::<u32>().unwrap() * 60 + minutes.parse::<u32>().unwrap())
}

/// A time on that Saturday.
pub fn sat(clock: &str) -> Minute {
    at("2026-11-21", clock)
}

pub fn instant(date: &str, clock: &str) -> DateTime<Utc> {
    at(date, clock).to_utc()
}

pub fn stamp() -> Stamp {
    Stamp::new("frontdesk", instant("2026-11-19", "12:00"), "asked for")
}

pub fn staff(id: &str, gender: &str, qualifications: &[&str]) -> ResourceRow {
    let name = format!("{}{}", id[..1].to_uppercase(), &id[1..]);
    ResourceRow::staff(SPA, id, &name, qualifications).with_gender(gender)
}

impl Spa {
    /// Grace (swedish, deep-tissue), Joy (swedish), Brian (swedish); massages of an hour with a quarter after, a deep-tissue one, a couples one.
    pub async fn open() -> Spa {
        let spa = Spa::empty().await;
        for person in
            [staff("grace", "female", &["swedish", "deep-tissue"]), staff("joy", "female", &["swedish"]), staff("brian", "male", &["swedish"])]
        {
            spa.store.upsert_resource(&person).await.unwrap();
        }
        spa
    }

    /// The spa without anybody.
    pub async fn empty() -> Spa {
        let folder = tempfile::tempdir().unwrap();
        let base = Base::new(folder.path());
        let store = base.open().await;
        let manager = Some(Contact::new("console", "manager"));
        store.upsert_tenant(&TenantRow { manager, ..TenantRow::new("serenity", "Serenity Spas") }).await.unwrap();
        let location = LocationRow { id: SPA.into(), tenant_id: "serenity".into(), name: "Westlands".into(), timezone: TIMEZONE };
        store.upsert_location(&location).await.unwrap();
        let massage = ServiceRow { buffer_after_minutes: 15, ..ServiceRow::new(SPA, "swedish", "Swedish massage", 60, &["swedish"]) };
        let deep = ServiceRow {
            qualifications: ["deep-tissue".to_owned()].into(),
            ..ServiceRow { id: "deep".into(), name: "Deep tissue".into(), ..massage.clone() }
        };
        let couples = ServiceRow { id: "couples".into(), name: "Couples massage".into(), staff_count: 2, ..massage.clone() };
        for service in [massage, deep, couples] {
            store.upsert_service(&service).await.unwrap();
        }
        store.upsert_rule(SPA, &Rule::weekly("hours", None, Weekdays::ALL, 540, 1020)).await.unwrap();
        for (id, name) in [("amina", "Amina"), ("ben", "Ben"), ("chloe", "Chloe"), ("dan", "Dan")] {
            let contact = Some(Contact::new("console", &format!("{id}@example.org")));
            let customer = CustomerRow { contact, ..CustomerRow::new("serenity", id, name) };
            store.upsert_customer(&customer).await.unwrap();
        }
        Spa { store, folder, base }
    }

    /// Where the database is, in the words of `--db`.
    pub fn place(&self) -> &str {
        self.base.place()
    }

    /// The same database, as another program opens it.
    pub async fn again(&self) -> TheStore {
        self.base.open().await
    }

    /// The same with this keyring, or why not.
    pub async fn again_with(&self, ring: Arc<Ring>) -> zamu::store::Result<TheStore> {
        self.base.open_with(ring).await
    }

    /// Where its keyring is.
    pub fn keys(&self) -> PathBuf {
        self.folder.path().join("zamu.keys")
    }

    /// A shell on the database, as a person has it.
    pub async fn shell(&self) -> Shell {
        self.base.shell().await
    }

    /// Every row of every table but this one, as text.
    pub async fn every_row_but(&self, left_out: &str) -> BTreeMap<String, String> {
        let mut shell = self.shell().await;
        let is_server = BEGIN == "BEGIN";
        let tables = if is_server {
            "SELECT table_name::text FROM information_schema.tables WHERE table_schema = current_schema()"
        } else {
            "SELECT name FROM sqlite_master WHERE type = 'table'"
        };
        let tables: Vec<String> = sqlx::query_scalar(tables).fetch_all(&mut shell).await.unwrap();
        let mut rows = BTreeMap::new();
        for table in tables.into_iter().filter(|table| table != left_out && !table.starts_with("sqlite_")) {
            let sql = if is_server {
                format!("SELECT COALESCE(string_agg(t::text, '|' ORDER BY t::text), '') FROM {table} AS t")
            } else {
                let columns = AssertSqlSafe(format!("SELECT 'quote(' || name || ')' FROM pragma_table_info('{table}')"));
                let columns: Vec<String> = sqlx::query_scalar(columns).fetch_all(&mut shell).await.unwrap();
                format!("SELECT COALESCE(group_concat({}, '|'), '') FROM {table}", columns.join(" || ',' || "))
            };
            let text: String = sqlx::query_scalar(AssertSqlSafe(sql)).fetch_one(&mut shell).await.unwrap();
            rows.insert(table, text);
        }
        assert!(rows["customers"].contains("Amina") && rows.len() > 20, "{rows:?}");
        rows
    }

    pub async fn saturday(&self) -> Day {
        self.store.day(SPA, saturday(), DayView::Live).await.unwrap()
    }

    /// Who holds a booking now.
    pub async fn holders(&self, booking: &str) -> Vec<String> {
        self.store.booking(booking).await.unwrap().resources
    }
}

/// A decision that always names these people.
pub fn held_by(resources: &[&str]) -> impl Fn(&Day, &zamu::store::BookingRow) -> Decision + Send + Sync + use<> {
    let resources: Vec<String> = resources.iter().map(|&r| r.to_owned()).collect();
    let status = zamu::domain::AssignmentStatus::Provisional;
    move |_, _| Decision::Hold { resources: resources.clone(), status, gender_waived: false, moves: vec![], messages: vec![] }
}
