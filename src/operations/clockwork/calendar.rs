//! What is to be done when, by each location's clock on the wall. Pure: the same location, settings and instant give the same list.
//!
//! Every local time goes through [`local::instant`]: one that the clocks jump over is the jump, one that happens twice is its first occurrence. A
//! job of a day is named after the day, not after the instant, so that it is done once whatever the clocks do.

use chrono::{DateTime, Days, NaiveDate, TimeDelta, Utc};

use crate::domain::local;
use crate::store::{JobKey, LocationRow, NewJob, TenantRow, WHATIF_JOB};

/// Lets holds run out that are due, of all locations.
pub const HOLDS: &str = "holds";
/// Forgets requests, what was shown, and jobs that were done.
pub const FORGET: &str = "forget";
/// Reminds customers of their visits, of all locations.
pub const REMINDERS: &str = "reminders";
/// Tries again what waits for somebody to serve it, of all locations.
pub const ROOM: &str = "room";
/// Keeps a location's slots for the horizon.
pub const SLOTS: &str = "slots";
/// Retires a location's temps whose dates are over.
pub const TEMPS: &str = "temps";
/// Closes a location's days that are over into the fairness ledger.
pub const LEDGER: &str = "ledger";
/// The nightly run over a day.
pub const NIGHT: &str = "night";
/// The cutoff of a day.
pub const CUTOFF: &str = "cutoff";
/// A run over what is left of the day, before a part of it begins.
pub const DAYPART: &str = "daypart";

/// Works a what-if out that somebody asked.
pub const WHATIF: &str = WHATIF_JOB;

/// Minutes after local midnight at which yesterday is put in order.
pub const SMALL_HOURS_MINUTE: u32 = 180;
/// Parts of a day by the clock on the wall: name, first minute, last (document "General Scheduler").
const DAYPARTS: [(&str, u32, u32); 3] = [("morning", 360, 720), ("afternoon", 720, 1020), ("evening", 1020, 1320)];
/// So long before a part of the day begins it is run.
const DAYPART_LEAD_MINUTES: u32 = 30;

/// What is due so soon stands on the list.
pub fn horizon() -> TimeDelta {
    TimeDelta::hours(2)
}

/// The jobs of no location in particular.
pub fn of_everywhere(now: DateTime<Utc>) -> Vec<NewJob> {
    [HOLDS, FORGET, REMINDERS, ROOM].map(|kind| NewJob { key: JobKey::new(kind, "", ""), due: now, deadline: None }).into()
}

/// The jobs of a location that are due until [`horizon`] from now: what downtime left undone too, as far as it still matters.
pub fn of_location(location: &LocationRow, tenant: &TenantRow, now: DateTime<Utc>) -> Vec<NewJob> {
    let again_and_again = |kind: &str, due| NewJob { key: JobKey::new(kind, &location.id, ""), due, deadline: None };
    let today = local::local_date(location.timezone, now);
    let small_hours = last_small_hours(location, now);
    let mut jobs = vec![again_and_again(SLOTS, now), again_and_again(TEMPS, small_hours), again_and_again(LEDGER, small_hours)];
    let last = today.checked_add_days(Days::new(u64::from(tenant.cutoff_days_before) + 1)).unwrap_or(today);
    for date in today.iter_days().take_while(|date| *date <= last) {
        jobs.extend(of_day(location, tenant, date, now));
    }
    jobs.retain(|job| job.due <= now + horizon());
    jobs
}

/// The night before a day, its cutoff, and its parts.
fn of_day(location: &LocationRow, tenant: &TenantRow, date: NaiveDate, now: DateTime<Utc>) -> Vec<NewJob> {
    let cutoff = local::cutoff(location.timezone, date, tenant.cutoff_days_before, tenant.cutoff_minute).to_utc();
    let night = cutoff - TimeDelta::minutes(i64::from(tenant.night_minutes));
    let named = |kind: &str, subject: String| JobKey::new(kind, &location.id, &subject);
    let mut jobs = vec![
        NewJob { key: named(NIGHT, date.to_string()), due: night, deadline: Some(cutoff) },
        NewJob { key: named(CUTOFF, date.to_string()), due: cutoff, deadline: None },
    ];
    for (part, first, last) in DAYPARTS {
        let at = |minute| local::instant(location.timezone, date, minute).to_utc();
        if at(last) > now {
            let key = named(DAYPART, format!("{date}/{part}"));
            jobs.push(NewJob { key, due: at(first - DAYPART_LEAD_MINUTES), deadline: Some(at(first)) });
        }
    }
    jobs
}

/// The last time it was 03:00 there: what should have been done then is done when the clockwork starts.
fn last_small_hours(location: &LocationRow, now: DateTime<Utc>) -> DateTime<Utc> {
    let today = local::local_date(location.timezone, now);
    let at = |date| local::instant(location.timezone, date, SMALL_HOURS_MINUTE).to_utc();
    if at(today) <= now { at(today) } else { at(today.pred_opt().unwrap_or(today)) }
}

/// The next time it is 03:00 there.
pub fn next_small_hours(location: &LocationRow, now: DateTime<Utc>) -> DateTime<Utc> {
    let today = local::local_date(location.timezone, now);
    let at = |date| local::instant(location.timezone, date, SMALL_HOURS_MINUTE).to_utc();
    if at(today) > now { at(today) } else { at(today.succ_opt().unwrap_or(today)) }
}

/// The local day that a job's subject names.
pub fn date_of(subject: &str) -> Option<NaiveDate> {
    subject.split('/').next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono_tz::Tz;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    fn place(timezone: Tz) -> LocationRow {
        LocationRow { id: "here".into(), tenant_id: "t".into(), name: "Here".into(), timezone }
    }

    fn due(timezone: Tz, tenant: &TenantRow, kind: &str, now: &str) -> Vec<(String, String)> {
        let jobs = of_location(&place(timezone), tenant, at(now)).into_iter().filter(|job| job.key.kind == kind);
        jobs.map(|job| (job.key.subject, job.due.with_timezone(&timezone).to_rfc3339())).collect()
    }

    fn cutoff_at(minute: u32) -> TenantRow {
        TenantRow { cutoff_minute: minute, ..TenantRow::new("t", "T") }
    }

    #[test]
    fn tomorrow_is_finalized_at_the_cutoff_and_run_two_hours_before() {
        let tenant = TenantRow::new("t", "T");
        let (zone, now) = (chrono_tz::Africa::Nairobi, "2026-11-20T13:30:00Z");
        assert_eq!(
            due(zone, &tenant, CUTOFF, now),
            [("2026-11-20".into(), "2026-11-19T18:00:00+03:00".to_owned()), ("2026-11-21".into(), "2026-11-20T18:00:00+03:00".to_owned())]
        );
        assert_eq!(due(zone, &tenant, NIGHT, now)[1].1, "2026-11-20T16:00:00+03:00");
        assert_eq!(due(zone, &tenant, CUTOFF, "2026-11-20T10:00:00Z").len(), 1, "tomorrow's is too far off");
    }

    #[test]
    fn a_cutoff_in_the_hour_that_happens_twice_is_due_once_and_one_in_the_missing_hour_at_the_jump() {
        let berlin = chrono_tz::Europe::Berlin;
        // 02:30 happens twice in the night to 2026-10-25: the first time is 00:30Z, the second 01:30Z.
        for now in ["2026-10-25T00:00:00Z", "2026-10-25T00:45:00Z", "2026-10-25T01:45:00Z", "2026-10-25T03:00:00Z"] {
            let of_the_26th: Vec<_> = due(berlin, &cutoff_at(150), CUTOFF, now).into_iter().filter(|(date, _)| date == "2026-10-26").collect();
            assert_eq!(of_the_26th, [("2026-10-26".to_owned(), "2026-10-25T02:30:00+02:00".to_owned())], "{now}");
        }
        // 02:30 does not happen on 2026-03-29.
        let missing = due(berlin, &cutoff_at(150), CUTOFF, "2026-03-29T00:30:00Z");
        assert!(missing.contains(&("2026-03-30".to_owned(), "2026-03-29T03:00:00+02:00".to_owned())), "{missing:?}");
    }

    #[test]
    fn the_small_hours_come_once_a_day_also_when_three_oclock_is_the_jump() {
        let (berlin, mut now) = (place(chrono_tz::Europe::Berlin), at("2026-03-27T12:00:00Z"));
        let mut days = Vec::new();
        for _ in 0..4 {
            now = next_small_hours(&berlin, now);
            days.push(local::local_date(berlin.timezone, now).to_string());
            assert_eq!(last_small_hours(&berlin, now), now);
        }
        assert_eq!(days, ["2026-03-28", "2026-03-29", "2026-03-30", "2026-03-31"]);
    }

    #[test]
    fn after_downtime_only_the_part_of_the_day_that_is_not_over_is_run() {
        let parts = due(chrono_tz::Africa::Nairobi, &TenantRow::new("t", "T"), DAYPART, "2026-11-20T10:00:00Z");
        assert_eq!(parts, [("2026-11-20/afternoon".to_owned(), "2026-11-20T11:30:00+03:00".to_owned())]);
    }
}
