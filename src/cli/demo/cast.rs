//! Who plays in the demonstration: a spa in Nairobi, its people, and those who book.

use chrono::NaiveDate;
use chrono_tz::Tz;

use crate::domain::{Rule, Weekdays};
use crate::store::{Contact, CustomerRow, LocationRow, ResourceRow, ServiceRow, Store, TenantRow};

/// Where the demonstration takes place.
pub const SPA: &str = "westlands";
/// Whose spa it is.
pub const TENANT: &str = "serenity";
/// The clock on its wall.
pub const ZONE: Tz = chrono_tz::Africa::Nairobi;
/// The Saturday that it is about.
pub const SATURDAY: NaiveDate = NaiveDate::from_ymd_opt(2026, 11, 21).expect("a date");

/// Somebody who asks for a time on the day.
pub struct Ask {
    /// When they ask, two days before by the clock on the wall, minutes after midnight.
    pub asked: u32,
    /// Their name; the id is the same in small letters.
    pub name: &'static str,
    /// Id of the service.
    pub service: &'static str,
    /// The time they want, minutes after midnight.
    pub start: u32,
    /// The gender they wish for.
    pub gender: Option<&'static str>,
}

const fn ask(asked: u32, name: &'static str, service: &'static str, start: u32, gender: Option<&'static str>) -> Ask {
    Ask { asked, name, service, start, gender }
}

const fn at(hours: u32, minutes: u32) -> u32 {
    hours * 60 + minutes
}

/// The bookings in the order in which they come in.
pub const ASKS: [Ask; 15] = [
    ask(at(8, 12), "Amina", "swedish", at(9, 30), None),
    ask(at(8, 40), "Ben", "swedish", at(9, 30), None),
    ask(at(9, 5), "Chloe", "facial", at(10, 0), Some("female")),
    ask(at(9, 31), "David", "deep-tissue", at(11, 0), None),
    ask(at(10, 2), "Esther", "couples", at(14, 15), None),
    ask(at(10, 45), "Farid", "swedish", at(11, 0), Some("male")),
    ask(at(11, 20), "Gloria", "swedish", at(15, 45), Some("female")),
    ask(at(12, 3), "Hassan", "deep-tissue", at(12, 30), None),
    ask(at(12, 48), "Irene", "facial", at(11, 0), None),
    ask(at(13, 14), "James", "swedish", at(12, 45), None),
    ask(at(14, 26), "Khadija", "hot-stone", at(15, 30), Some("female")),
    ask(at(15, 1), "Liam", "swedish", at(15, 45), None),
    ask(at(16, 9), "Mary", "deep-tissue", at(12, 30), None),
    ask(at(17, 12), "Nuru", "facial", at(14, 0), None),
    ask(at(17, 47), "Otieno", "swedish", at(15, 45), None),
];

/// Who asks when nobody is left, and is taken once there is a temp.
pub const LATECOMER: Ask = ask(at(19, 30), "Priya", "deep-tissue", at(12, 30), None);

/// The temp, for one day.
pub fn temp(day: NaiveDate) -> ResourceRow {
    ResourceRow::staff(SPA, "faith", "Faith", &["swedish", "deep-tissue"]).with_gender("female").temporary(day, day)
}

/// The temp's hours.
pub fn temp_hours() -> Rule {
    Rule::weekly("faith-hours", Some("faith"), Weekdays::ALL, at(11, 0), at(18, 0))
}

/// Writes the spa: its people, their hours, what can be booked.
pub async fn write(store: &dyn Store) -> anyhow::Result<()> {
    let manager = Some(Contact::new("console", "the manager"));
    let phone_region = Some("KE".to_owned());
    store.upsert_tenant(&TenantRow { manager, phone_region, apply_threshold: Some(0.03), ..TenantRow::new(TENANT, "Serenity Spas") }).await?;
    store.upsert_location(&LocationRow { id: SPA.into(), tenant_id: TENANT.into(), name: "Serenity Westlands".into(), timezone: ZONE }).await?;
    for person in team() {
        store.upsert_resource(&person).await?;
    }
    for service in services() {
        store.upsert_service(&service).await?;
    }
    for rule in [
        Rule::weekly("opening", None, Weekdays::ALL, at(9, 0), at(17, 0)),
        Rule::weekly("wanjiku-hours", Some("wanjiku"), Weekdays::ALL, at(10, 0), at(18, 0)),
    ] {
        store.upsert_rule(SPA, &rule).await?;
    }
    for name in ASKS.iter().chain([&LATECOMER]).map(|ask| ask.name) {
        let id = name.to_lowercase();
        let contact = Some(Contact::new("console", &format!("{id}@example.org")));
        store.upsert_customer(&CustomerRow { contact, ..CustomerRow::new(TENANT, &id, name) }).await?;
    }
    Ok(())
}

fn team() -> [ResourceRow; 5] {
    let staff = |id: &str, name: &str, gender: &str, can: &[&str]| ResourceRow::staff(SPA, id, name, can).with_gender(gender);
    [
        staff("daniel", "Daniel", "male", &["swedish"]),
        staff("grace", "Grace", "female", &["swedish", "deep-tissue", "hot-stone"]),
        staff("joy", "Joy", "female", &["swedish", "facial"]),
        staff("peter", "Peter", "male", &["swedish", "deep-tissue"]),
        staff("wanjiku", "Wanjiku", "female", &["facial", "hot-stone"]),
    ]
}

fn services() -> [ServiceRow; 5] {
    let service =
        |id: &str, name: &str, minutes, can: &str| ServiceRow { buffer_after_minutes: 15, ..ServiceRow::new(SPA, id, name, minutes, &[can]) };
    [
        service("swedish", "Swedish massage", 60, "swedish"),
        service("deep-tissue", "Deep tissue", 75, "deep-tissue"),
        service("hot-stone", "Hot stone", 75, "hot-stone"),
        service("facial", "Facial", 45, "facial"),
        ServiceRow { staff_count: 2, ..service("couples", "Couples massage", 60, "swedish") },
    ]
}
