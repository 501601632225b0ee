//! The house as rows: tenants, locations, people and tables, services, blocks, customers.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, NaiveDate, Utc};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};

use crate::domain::{Language, QuietHours, ResourceKind, Span};
use crate::sheet::Demand;

/// Who does something, when and why: stands in the history of everything that is changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stamp {
    /// A person's or a job's name: `frontdesk`, `night-run`.
    pub actor: String,
    /// When.
    pub at: DateTime<Utc>,
    /// Why, for people.
    pub reason: String,
}

impl Stamp {
    /// Who, when and why.
    pub fn new(actor: &str, at: DateTime<Utc>, reason: &str) -> Stamp {
        Stamp { actor: actor.to_owned(), at, reason: reason.to_owned() }
    }
}

/// What writing a row did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Upsert {
    /// It is new.
    Inserted,
    /// It was there and is different now.
    Updated,
    /// It was there just so; nothing was written.
    Unchanged,
}

/// Where somebody is reached. Shows itself without the address.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Contact {
    /// Channel word: `email`, `sms`, `console`.
    pub channel: String,
    /// Address on that channel.
    pub address: String,
}

impl Contact {
    /// An address on a channel.
    pub fn new(channel: &str, address: &str) -> Contact {
        Contact { channel: channel.to_owned(), address: address.to_owned() }
    }
}

/// A tenant and its settings.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TenantRow {
    /// Identifier.
    pub id: String,
    /// Name for people.
    pub name: String,
    /// The cutoff: minutes after local midnight.
    pub cutoff_minute: u32,
    /// The cutoff: how many days before the day itself.
    pub cutoff_days_before: u32,
    /// May customers choose a person?
    pub staff_preference_enabled: bool,
    /// Profile of the nightly run.
    pub profile: String,
    /// Least relative improvement that is applied; `None` is the profile's own.
    pub apply_threshold: Option<f64>,
    /// Who hears of what needs attention.
    pub manager: Option<Contact>,
    /// How many of the free times a customer is shown.
    pub exposure_policy: ExposurePolicy,
    /// Minutes after which a hold that was not confirmed runs out, 1 to 120.
    pub hold_minutes: u32,
    /// Until so many minutes before its start a customer may cancel or move a booking.
    pub customer_change_minutes: u32,
    /// ISO 3166 code of the country whose phone numbers may be given without their country code.
    pub phone_region: Option<String>,
    /// Switches, by name.
    pub feature_flags: BTreeMap<String, bool>,
    /// Channels on which customers may be told; empty for all.
    pub channels: BTreeSet<String>,
    /// So many minutes before the cutoff the nightly run begins.
    pub night_minutes: u32,
    /// A profile whose runs are recorded beside those of the live one, and change nothing.
    pub shadow_profile: Option<String>,
    /// In which language customers and the manager are written to, unless a customer has their own.
    pub language: Language,
    /// When customers are left in peace; `None` is never.
    pub quiet_hours: Option<QuietHours>,
    /// So many minutes before a visit its customer is reminded, at most 20160 (two weeks); `None` is not.
    pub reminder_minutes: Option<u32>,
}

/// How many of the free times a customer is shown, and which.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ExposurePolicy {
    /// 1 to 3 for a person, 3 to 5 for a location (document "General Scheduler").
    Range,
    /// All up to 5, else 3, sometimes 4 or 5 (document "Hair Stylist Scheduler").
    Stylist,
}

impl ExposurePolicy {
    /// The word in the store and in the header.
    pub fn as_str(self) -> &'static str {
        match self {
            ExposurePolicy::Range => "range",
            ExposurePolicy::Stylist => "stylist",
        }
    }

    /// The policy with this word, if there is one.
    pub fn from_word(word: &str) -> Option<ExposurePolicy> {
        [ExposurePolicy::Range, ExposurePolicy::Stylist].into_iter().find(|policy| policy.as_str() == word)
    }
}

impl TenantRow {
    /// A tenant with the default settings: cutoff at 18:00 the day before, no choice of a person, profile `nightly`.
    pub fn new(id: &str, name: &str) -> TenantRow {
        TenantRow {
            id: id.to_owned(),
            name: name.to_owned(),
            cutoff_minute: 18 * 60,
            cutoff_days_before: 1,
            staff_preference_enabled: false,
            profile: "nightly".to_owned(),
            apply_threshold: None,
            manager: None,
            exposure_policy: ExposurePolicy::Range,
            hold_minutes: 10,
            customer_change_minutes: 120,
            phone_region: None,
            feature_flags: BTreeMap::new(),
            channels: BTreeSet::new(),
            night_minutes: 120,
            shadow_profile: None,
            language: Language::English,
            quiet_hours: None,
            reminder_minutes: None,
        }
    }
}

/// A place with its time zone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LocationRow {
    /// Identifier, unique in the database.
    pub id: String,
    /// Whose it is.
    pub tenant_id: String,
    /// Name for people.
    pub name: String,
    /// IANA time zone; cannot change once something is booked.
    pub timezone: Tz,
}

/// A person or a table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ResourceRow {
    /// Where.
    pub location_id: String,
    /// Identifier, unique within the location.
    pub id: String,
    /// Person or table.
    pub kind: ResourceKind,
    /// Name for people.
    pub name: String,
    /// Staff: as on file.
    pub gender: Option<String>,
    /// What they can do.
    pub qualifications: BTreeSet<String>,
    /// Table: how many it seats; 0 for staff.
    pub seats: u32,
    /// Table: the smallest party it is given to.
    pub min_party: u32,
    /// Part of the house.
    pub zone: Option<String>,
    /// A temp; needs both dates.
    pub is_temporary: bool,
    /// First date they are here; `None` is since ever.
    pub active_from: Option<NaiveDate>,
    /// Last date they are here; `None` is for good.
    pub active_to: Option<NaiveDate>,
    /// Still with the house.
    pub active: bool,
}

impl ResourceRow {
    /// A person with these qualifications, here for good.
    pub fn staff(location_id: &str, id: &str, name: &str, qualifications: &[&str]) -> ResourceRow {
        ResourceRow {
            location_id: location_id.to_owned(),
            id: id.to_owned(),
            kind: ResourceKind::Staff,
            name: name.to_owned(),
            gender: None,
            qualifications: qualifications.iter().map(|&q| q.to_owned()).collect(),
            seats: 0,
            min_party: 1,
            zone: None,
            is_temporary: false,
            active_from: None,
            active_to: None,
            active: true,
        }
    }

    /// A table.
    pub fn table(location_id: &str, id: &str, name: &str, seats: u32, min_party: u32) -> ResourceRow {
        ResourceRow { kind: ResourceKind::Table, seats, min_party, ..ResourceRow::staff(location_id, id, name, &[]) }
    }

    /// The same person as a temp from a date to a date, both included.
    #[must_use]
    pub fn temporary(self, from: NaiveDate, to: NaiveDate) -> ResourceRow {
        ResourceRow { is_temporary: true, active_from: Some(from), active_to: Some(to), ..self }
    }

    /// The same person with a gender on file.
    #[must_use]
    pub fn with_gender(self, gender: &str) -> ResourceRow {
        ResourceRow { gender: Some(gender.to_owned()), ..self }
    }

    /// Are they with the house on this local date?
    pub fn is_here_on(&self, date: NaiveDate) -> bool {
        self.active && self.has_date(date)
    }

    /// Is this local date one of theirs, whether they are still with the house or not?
    pub fn has_date(&self, date: NaiveDate) -> bool {
        self.active_from.is_none_or(|from| from <= date) && self.active_to.is_none_or(|to| date <= to)
    }
}

/// Tables that serve one party together.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CombinationRow {
    /// Where.
    pub location_id: String,
    /// Identifier, unique within the location.
    pub id: String,
    /// Ids of its tables, two or more.
    pub members: BTreeSet<String>,
    /// How many it seats.
    pub seats: u32,
    /// The smallest party it is given to.
    pub min_party: u32,
}

/// Something that can be booked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ServiceRow {
    /// Where.
    pub location_id: String,
    /// Identifier, unique within the location.
    pub id: String,
    /// Name for people.
    pub name: String,
    /// Length without buffers.
    pub duration_minutes: u32,
    /// Minutes needed before by those who serve.
    pub buffer_before_minutes: u32,
    /// Minutes needed after by those who serve.
    pub buffer_after_minutes: u32,
    /// All of these are needed of each person.
    pub qualifications: BTreeSet<String>,
    /// How many people serve it: 0, 1, 2 for couples.
    pub staff_count: u32,
    /// Whether it takes a table.
    pub needs_table: bool,
    /// Price in the smallest unit of the currency.
    pub price_cents: Option<i64>,
    /// It can be booked by customers.
    pub active: bool,
}

impl ServiceRow {
    /// A service by one person with this qualification, without buffers.
    pub fn new(location_id: &str, id: &str, name: &str, duration_minutes: u32, qualifications: &[&str]) -> ServiceRow {
        ServiceRow {
            location_id: location_id.to_owned(),
            id: id.to_owned(),
            name: name.to_owned(),
            duration_minutes,
            buffer_before_minutes: 0,
            buffer_after_minutes: 0,
            qualifications: qualifications.iter().map(|&q| q.to_owned()).collect(),
            staff_count: 1,
            needs_table: false,
            price_cents: None,
            active: true,
        }
    }

    /// What a booking of it asks for.
    pub fn demands(&self) -> Vec<Demand> {
        let staff = (self.staff_count > 0).then(|| Demand {
            kind: ResourceKind::Staff,
            qualifications: self.qualifications.clone(),
            count: self.staff_count,
        });
        let table = self.needs_table.then(|| Demand { kind: ResourceKind::Table, qualifications: BTreeSet::new(), count: 1 });
        staff.into_iter().chain(table).collect()
    }
}

/// A customer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CustomerRow {
    /// Whose customer.
    pub tenant_id: String,
    /// Identifier, unique within the tenant.
    pub id: String,
    /// Name for people.
    pub name: String,
    /// Where they are told; without one nothing can be sent, and that is noted.
    pub contact: Option<Contact>,
    /// Where else they are reached.
    pub second: Option<Contact>,
    /// In which language they are written to; `None` is the tenant's.
    pub language: Option<Language>,
}

impl CustomerRow {
    /// A customer without any contact.
    pub fn new(tenant_id: &str, id: &str, name: &str) -> CustomerRow {
        CustomerRow { tenant_id: tenant_id.to_owned(), id: id.to_owned(), name: name.to_owned(), contact: None, second: None, language: None }
    }

    /// The same customer, told there.
    #[must_use]
    pub fn told_at(self, contact: Contact) -> CustomerRow {
        CustomerRow { contact: Some(contact), ..self }
    }
}

/// Time away from duty that is to be written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewBlock {
    /// Where.
    pub location_id: String,
    /// Who.
    pub resource_id: String,
    /// When.
    pub span: Span,
    /// Why: `sick`, `holiday`, `break`.
    pub reason: String,
}

/// Time away from duty as stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BlockRow {
    /// Identifier.
    pub id: String,
    /// Where.
    pub location_id: String,
    /// Who.
    pub resource_id: String,
    /// When.
    pub span: Span,
    /// Why.
    pub reason: String,
    /// Who wrote it.
    pub created_by: String,
    /// When it was written.
    pub created_at: DateTime<Utc>,
}
