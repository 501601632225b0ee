//! The house they book at, made over the Admin API; the manager who re-optimizes meanwhile; and the audit at the end.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context, bail};
use chrono::{DateTime, Days, NaiveDate, Utc};
use reqwest::Method;
use serde::Serialize;
use serde_json::{Value, json};

use super::customer::Known;
use super::report::Seen;
use super::{Args, Ground};
use crate::clock::{Clock, SystemClock};
use crate::domain::id;
use crate::keyring::Role;

/// Days ahead that are booked.
const DAYS: u64 = 10;

/// The house, as an admin sees it.
pub struct Desk {
    ground: Arc<Ground>,
    token: String,
    /// Locations with the service of each.
    places: Vec<(String, String)>,
    dates: Vec<NaiveDate>,
}

/// What was found afterwards.
#[derive(Debug, Default, Serialize)]
pub struct Verdict {
    /// Bookings of this load that the service lists.
    pub bookings: usize,
    /// Pairs of bookings that one person holds at one time.
    pub overlaps: usize,
    /// Bookings that customers know and the service does not list.
    pub lost: usize,
    /// Bookings in another state than the customer was told last.
    pub differing: usize,
    /// Bookings that the service lists twice, or that stand without anybody.
    pub odd: usize,
    /// What the service's own audit of its tables found.
    pub tables: Value,
}

impl Verdict {
    /// Is everything as it must be?
    pub fn is_clean(&self) -> bool {
        self.overlaps + self.lost + self.differing + self.odd == 0 && self.tables["clean"] == Value::Bool(true)
    }
}

impl Desk {
    /// Makes the house.
    pub async fn open(ground: &Arc<Ground>, args: &Args, now: DateTime<Utc>) -> anyhow::Result<Desk> {
        let today = now.date_naive();
        let dates = (2..2 + DAYS).filter_map(|k| today.checked_add_days(Days::new(k))).collect();
        let mut desk = Desk { token: ground.token("load", Role::Admin)?, ground: ground.clone(), places: Vec::new(), dates };
        for k in 0..args.locations {
            let place = desk.post("/admin/v1/locations", &json!({"name": format!("Place {k}"), "timezone": "Africa/Nairobi"})).await?;
            let location = text(&place, "id")?;
            let service = json!({"location_id": location, "name": "Massage", "duration_minutes": 60, "buffer_after_minutes": 15, "qualifications": ["massage"]});
            let service = text(&desk.post("/admin/v1/services", &service).await?, "id")?;
            for person in 0..args.staff {
                let person = json!({"location_id": location, "name": format!("Person {person}"), "qualifications": ["massage"]});
                desk.post("/admin/v1/people", &person).await?;
            }
            let hours = json!({"location_id": location, "rule_kind": "WEEKLY", "start_time": "08:00", "end_time": "20:00"});
            desk.post("/admin/v1/availabilities", &hours).await?;
            let (first, last) = (desk.dates.first().copied(), desk.dates.last().copied());
            desk.post("/admin/v1/slots/generate", &json!({"location_id": location, "from": first, "to": last})).await?;
            desk.places.push((location, service));
        }
        Ok(desk)
    }

    /// How many locations there are.
    pub fn locations(&self) -> usize {
        self.places.len()
    }

    /// How many days are booked.
    pub fn days(&self) -> usize {
        self.dates.len()
    }

    /// A location's id.
    pub fn location(&self, k: usize) -> &str {
        &self.places[k].0
    }

    /// The service of a location.
    pub fn service(&self, location: &str) -> &str {
        self.places.iter().find(|(id, _)| id == location).map_or("", |(_, service)| service)
    }

    /// One of the days.
    pub fn date(&self, k: usize) -> NaiveDate {
        self.dates[k]
    }

    async fn post(&self, path: &str, body: &Value) -> anyhow::Result<Value> {
        let key = id::new_id(SystemClock.now());
        let request = self.ground.http.request(Method::POST, format!("{}{path}", self.ground.url));
        let answer = request.bearer_auth(&self.token).header("Idempotency-Key", key).json(body).send().await?;
        let (status, body) = (answer.status(), answer.json::<Value>().await?);
        if !status.is_success() {
            bail!("{path}: {status}: {}", body["detail"].as_str().unwrap_or("no detail"));
        }
        Ok(body)
    }

    async fn get(&self, path: &str) -> anyhow::Result<Value> {
        let answer = self.ground.http.get(format!("{}{path}", self.ground.url)).bearer_auth(&self.token).send().await?;
        let (status, body) = (answer.status(), answer.json::<Value>().await?);
        if !status.is_success() {
            bail!("{path}: {status}: {}", body["detail"].as_str().unwrap_or("no detail"));
        }
        Ok(body)
    }

    /// Allocates one day after another anew until the end, while customers book on them.
    pub async fn reoptimize(&self, every_s: u32, until: Instant) -> Seen {
        let mut seen = Seen::default();
        for k in 0.. {
            if every_s == 0 || Instant::now() + Duration::from_secs(u64::from(every_s)) >= until {
                break;
            }
            tokio::time::sleep(Duration::from_secs(u64::from(every_s))).await;
            let (location, date) = (self.location(k % self.locations()), self.date(k % self.days()));
            let begun = Instant::now();
            match self.post("/admin/v1/runs", &json!({"location_id": location, "date": date, "time_limit_s": 2.0})).await {
                Ok(_) => seen.answered("reoptimize", 201, begun.elapsed()),
                Err(error) => seen.unexpected("reoptimize", 0, "run failed", &error.to_string()),
            }
        }
        seen
    }

    /// Reads everything back and compares it with what each customer was told.
    pub async fn audit(&self, ledger: &[Known]) -> anyhow::Result<Verdict> {
        let mut verdict = Verdict { tables: self.get("/internal/v1/audit").await?, ..Verdict::default() };
        let mut listed: BTreeMap<String, String> = BTreeMap::new();
        for (location, _) in &self.places {
            self.read_location(location, &mut verdict, &mut listed).await?;
        }
        verdict.bookings = listed.len();
        for known in ledger {
            match listed.get(&known.id) {
                None => verdict.lost += 1,
                // A hold that nobody confirmed may have run out meanwhile.
                Some(state) if *state != known.state && !(known.state == "held" && state == "expired") => verdict.differing += 1,
                Some(_) => {}
            }
        }
        Ok(verdict)
    }

    async fn read_location(&self, location: &str, verdict: &mut Verdict, listed: &mut BTreeMap<String, String>) -> anyhow::Result<()> {
        let mut held: BTreeMap<String, Vec<(DateTime<Utc>, DateTime<Utc>)>> = BTreeMap::new();
        let mut cursor = String::new();
        loop {
            let page = self.get(&format!("/admin/v1/bookings?location_id={location}&limit=200{cursor}")).await?;
            for booking in page["bookings"].as_array().context("a page without bookings")? {
                let state = text(booking, "state")?;
                let span = (instant(booking, "start")?, instant(booking, "end")? + chrono::TimeDelta::minutes(15));
                let holders = booking["holders"].as_array().map(Vec::as_slice).unwrap_or_default();
                if ["held", "confirmed"].contains(&state.as_str()) && holders.len() != 1 {
                    verdict.odd += 1;
                }
                for holder in holders {
                    held.entry(text(holder, "id")?).or_default().push(span);
                }
                if listed.insert(text(booking, "id")?, state).is_some() {
                    verdict.odd += 1;
                }
            }
            match page["next"].as_str() {
                Some(next) => cursor = format!("&cursor={next}"),
                None => break,
            }
        }
        for spans in held.values_mut() {
            spans.sort();
            verdict.overlaps += spans.windows(2).filter(|pair| pair[1].0 < pair[0].1).count();
        }
        Ok(())
    }
}

fn text(value: &Value, member: &str) -> anyhow::Result<String> {
    value[member].as_str().map(str::to_owned).with_context(|| format!("an answer without {member}: {value}"))
}

fn instant(value: &Value, member: &str) -> anyhow::Result<DateTime<Utc>> {
    Ok(DateTime::parse_from_rfc3339(&text(value, member)?)?.with_timezone(&Utc))
}
