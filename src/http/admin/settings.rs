//! The tenant's settings.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Extension, State};
use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::hours::minutes;
use super::{given, name, words};
use crate::alloc::Profile;
use crate::domain::QuietHours;
use crate::http::app::{App, Caller};
use crate::http::ask;
use crate::http::once::Sent;
use crate::http::problem::{Faults, Problem};
use crate::keyring::mask;
use crate::store::{Contact, ExposurePolicy, TenantRow};

/// Which of the free times customers are shown.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Exposure {
    /// 1 to 3 for a person, 3 to 5 for a location.
    Range,
    /// All up to 5, else 3, sometimes 4 or 5.
    Stylist,
}

/// The settings.
#[derive(Debug, Serialize, ToSchema)]
pub struct SettingsView {
    /// The tenant's id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// When the day's names are told, by each location's clock on the wall.
    #[schema(format = "zamu-clock-of-day", example = "18:00")]
    pub cutoff_time: String,
    /// So many days before the day itself.
    pub cutoff_days_before: u32,
    /// May customers choose a person?
    pub staff_preference_enabled: bool,
    /// Which of the free times customers are shown.
    pub exposure_policy: Exposure,
    /// Profile of the nightly run.
    pub profile: String,
    /// So many minutes before the cutoff the nightly run begins.
    pub night_minutes: u32,
    /// A profile whose runs are recorded beside those of the live one, and change nothing.
    pub shadow_profile: Option<String>,
    /// Least relative improvement that a run applies; the profile's own where it is nothing.
    pub apply_threshold: Option<f64>,
    /// Minutes after which a hold that was not confirmed runs out.
    pub hold_minutes: u32,
    /// Until so many minutes before its start customers may change a booking.
    pub customer_change_minutes: u32,
    /// Country whose phone numbers may be given without their country code.
    pub phone_region: Option<String>,
    /// Switches, by name.
    pub feature_flags: BTreeMap<String, bool>,
    /// Channels on which customers may be told; empty for all.
    pub channels: Vec<String>,
    /// Where the manager hears of what needs attention, masked.
    pub manager_contact: Option<String>,
    /// In which language customers and the manager are written to, unless a customer has their own.
    pub language: String,
    /// From when on customers are left in peace, by each location's clock on the wall; nothing where they are never.
    pub quiet_from: Option<String>,
    /// Until when.
    pub quiet_to: Option<String>,
    /// So many minutes before a visit its customer is reminded; nothing where they are not.
    pub reminder_minutes: Option<u32>,
}

/// A minute of the day as people write it.
fn clock(minute: u32) -> String {
    format!("{:02}:{:02}", minute / 60, minute % 60)
}

impl From<TenantRow> for SettingsView {
    fn from(row: TenantRow) -> SettingsView {
        SettingsView {
            id: row.id,
            name: row.name,
            cutoff_time: clock(row.cutoff_minute),
            cutoff_days_before: row.cutoff_days_before,
            staff_preference_enabled: row.staff_preference_enabled,
            exposure_policy: match row.exposure_policy {
                ExposurePolicy::Range => Exposure::Range,
                ExposurePolicy::Stylist => Exposure::Stylist,
            },
            profile: row.profile,
            night_minutes: row.night_minutes,
            shadow_profile: row.shadow_profile,
            apply_threshold: row.apply_threshold,
            hold_minutes: row.hold_minutes,
            customer_change_minutes: row.customer_change_minutes,
            phone_region: row.phone_region,
            feature_flags: row.feature_flags,
            channels: row.channels.into_iter().collect(),
            manager_contact: row.manager.map(|contact| format!("{}:{}", contact.channel, mask(&contact.address))),
            language: row.language.as_str().to_owned(),
            quiet_from: row.quiet_hours.map(|quiet| clock(quiet.from_minute)),
            quiet_to: row.quiet_hours.map(|quiet| clock(quiet.to_minute)),
            reminder_minutes: row.reminder_minutes,
        }
    }
}

/// The settings of the caller's tenant.
#[utoipa::path(get, path = "/admin/v1/settings", tag = "house", responses((status = 200, body = SettingsView), Faults))]
pub async fn read(app: State<Arc<App>>, caller: Extension<Caller>) -> Result<Json<SettingsView>, Problem> {
    Ok(Json(app.tenant(&caller).await?.into()))
}

/// What changes about the settings; what is left out stays.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SettingsChange {
    /// Name.
    #[schema(min_length = 1, max_length = 200)]
    pub name: Option<String>,
    /// When the day's names are told.
    #[schema(format = "zamu-clock-of-day", example = "18:00")]
    pub cutoff_time: Option<String>,
    /// So many days before the day itself.
    #[schema(maximum = 14)]
    pub cutoff_days_before: Option<u32>,
    /// May customers choose a person?
    pub staff_preference_enabled: Option<bool>,
    /// Which of the free times customers are shown.
    pub exposure_policy: Option<Exposure>,
    /// Profile of the nightly run.
    #[schema(format = "zamu-profile", example = "nightly")]
    pub profile: Option<String>,
    /// So many minutes before the cutoff the nightly run begins.
    #[schema(maximum = 1440)]
    pub night_minutes: Option<u32>,
    /// A profile whose runs are recorded beside those of the live one, and change nothing; `null` for none.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<String>, format = "zamu-profile", example = "spread")]
    pub shadow_profile: Option<Option<String>>,
    /// Least relative improvement that a run applies; `null` for the profile's own.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<f64>, minimum = 0, maximum = 1)]
    pub apply_threshold: Option<Option<f64>>,
    /// Minutes after which a hold runs out.
    #[schema(minimum = 1, maximum = 120)]
    pub hold_minutes: Option<u32>,
    /// Until so many minutes before its start customers may change a booking.
    #[schema(maximum = 43200)]
    pub customer_change_minutes: Option<u32>,
    /// Country whose phone numbers may be given without their country code, `KE`; `null` for none.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<String>, pattern = "^[A-Z]{2}$")]
    pub phone_region: Option<Option<String>>,
    /// Switches, by name.
    pub feature_flags: Option<BTreeMap<String, bool>>,
    /// Channels on which customers may be told; empty for all.
    pub channels: Option<Vec<String>>,
    /// Where the manager hears of what needs attention, `email:ann@example.org`; `null` for nowhere.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<String>)]
    pub manager_contact: Option<Option<String>>,
    /// In which language customers and the manager are written to, `en` or `sw`, unless a customer has their own.
    #[schema(pattern = "^(en|sw)$")]
    pub language: Option<String>,
    /// From when on customers are left in peace, over midnight where it is later than `quiet_to`; `null` for never.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<String>, format = "zamu-clock-of-day", example = "21:00")]
    pub quiet_from: Option<Option<String>>,
    /// Until when; `null` for never.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<String>, format = "zamu-clock-of-day", example = "08:00")]
    pub quiet_to: Option<Option<String>>,
    /// So many minutes before a visit its customer is reminded; `null` for not at all.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<u32>, minimum = 1, maximum = 20160)]
    pub reminder_minutes: Option<Option<u32>>,
}

/// Changes the settings of the caller's tenant.
#[utoipa::path(patch, path = "/admin/v1/settings", tag = "house", request_body = SettingsChange, params(("Idempotency-Key" = String, Header, min_length = 1, max_length = 200, pattern = "^[!-~]{1,200}$")), responses((status = 200, body = SettingsView), Faults))]
pub async fn change(app: State<Arc<App>>, caller: Extension<Caller>, sent: Sent<SettingsChange>) -> Result<Json<SettingsView>, Problem> {
    let Sent { body, once } = sent;
    if caller.location.is_some() {
        return Err(Problem::new("FORBIDDEN", "this token is for one location only and cannot change what holds for all"));
    }
    let row = changed(app.tenant(&caller).await?, body)?;
    // The manager's address is not put into the note of the request; the answer is told from what is on file.
    let done = super::hours::Nothing {};
    once.run(&app, Some(&done), |store| {
        let row = row.clone();
        async move {
            store.upsert_tenant(&row).await?;
            Ok(super::hours::Nothing {})
        }
    })
    .await?;
    Ok(Json(app.tenant(&caller).await?.into()))
}

fn changed(mut row: TenantRow, body: SettingsChange) -> Result<TenantRow, Problem> {
    if let Some(text) = &body.name {
        row.name = name("name", text)?;
    }
    if let Some(text) = &body.cutoff_time {
        row.cutoff_minute = minute_of_day("cutoff_time", text)?;
    }
    row.cutoff_days_before = body.cutoff_days_before.unwrap_or(row.cutoff_days_before);
    row.staff_preference_enabled = body.staff_preference_enabled.unwrap_or(row.staff_preference_enabled);
    if let Some(policy) = body.exposure_policy {
        row.exposure_policy = match policy {
            Exposure::Range => ExposurePolicy::Range,
            Exposure::Stylist => ExposurePolicy::Stylist,
        };
    }
    if let Some(profile) = body.profile {
        row.profile = shipped("profile", profile)?;
    }
    row.night_minutes = body.night_minutes.unwrap_or(row.night_minutes);
    if let Some(profile) = body.shadow_profile {
        row.shadow_profile = profile.map(|profile| shipped("shadow_profile", profile)).transpose()?;
    }
    if let Some(threshold) = body.apply_threshold {
        if threshold.is_some_and(|share| !(0.0..=1.0).contains(&share)) {
            return Err(Problem::invalid("apply_threshold: expected a share from 0 to 1, such as 0.1"));
        }
        row.apply_threshold = threshold;
    }
    row.hold_minutes = body.hold_minutes.unwrap_or(row.hold_minutes);
    row.customer_change_minutes = body.customer_change_minutes.unwrap_or(row.customer_change_minutes);
    if let Some(region) = body.phone_region {
        if region.as_ref().is_some_and(|region| region.len() != 2 || !region.bytes().all(|b| b.is_ascii_uppercase())) {
            return Err(Problem::invalid("phone_region: expected a country's two letters, such as KE"));
        }
        row.phone_region = region;
    }
    if let Some(flags) = body.feature_flags {
        if flags.len() > 100 || flags.keys().any(|flag| flag.is_empty() || flag.chars().count() > 100) {
            return Err(Problem::invalid("feature_flags: expected at most 100 names of 1 to 100 characters"));
        }
        row.feature_flags = flags;
    }
    if let Some(channels) = body.channels {
        row.channels = words("channels", channels)?.into_iter().collect::<BTreeSet<String>>();
    }
    if let Some(contact) = body.manager_contact {
        row.manager = contact.map(|text| manager(&text)).transpose()?;
    }
    if let Some(word) = &body.language {
        row.language = ask::language("language", word)?;
    }
    row.quiet_hours = quiet_hours(row.quiet_hours, body.quiet_from, body.quiet_to)?;
    if let Some(minutes) = body.reminder_minutes {
        if minutes.is_some_and(|minutes| !(1..=20_160).contains(&minutes)) {
            return Err(Problem::invalid("reminder_minutes: expected 1 to 20160 (two weeks)"));
        }
        row.reminder_minutes = minutes;
    }
    Ok(row)
}

fn shipped(field: &str, profile: String) -> Result<String, Problem> {
    if Profile::shipped(&profile).is_none() {
        return Err(Problem::invalid(format!("{field}: there is no profile {profile:?}; expected one of {}", super::runs::shipped_names())));
    }
    Ok(profile)
}

fn minute_of_day(field: &str, text: &str) -> Result<u32, Problem> {
    let minute = minutes(field, text)?;
    if minute >= 1440 { Err(Problem::invalid(format!("{field}: expected 00:00 to 23:59"))) } else { Ok(minute) }
}

/// The quiet hours with what changes about them: there are both ends, or there are none.
fn quiet_hours(there: Option<QuietHours>, from: Option<Option<String>>, to: Option<Option<String>>) -> Result<Option<QuietHours>, Problem> {
    let end = |field: &str, given: Option<Option<String>>, there: Option<u32>| match given {
        None => Ok(there),
        Some(text) => text.map(|text| minute_of_day(field, &text)).transpose(),
    };
    let from = end("quiet_from", from, there.map(|quiet| quiet.from_minute))?;
    let to = end("quiet_to", to, there.map(|quiet| quiet.to_minute))?;
    match (from, to) {
        (Some(from_minute), Some(to_minute)) => Ok(Some(QuietHours { from_minute, to_minute })),
        (None, None) => Ok(None),
        _ => Err(Problem::invalid("quiet_from, quiet_to: expected both, such as 21:00 and 08:00, or null for both")),
    }
}

fn manager(text: &str) -> Result<Contact, Problem> {
    match text.split_once(':') {
        Some((channel, address)) if !channel.trim().is_empty() && !address.trim().is_empty() && text.chars().count() <= 300 => {
            Ok(Contact::new(channel.trim(), address.trim()))
        }
        _ => Err(Problem::invalid("manager_contact: expected a channel, a colon and an address, such as email:ann@example.org")),
    }
}
