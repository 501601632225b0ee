//! What a what-if over stored days promises: its base is what the night would search, it writes nothing, and one of its days becomes real as a
//! nightly run would make it, or not at all.

use super::house::{self, SPA, Spa, at, day, held_by, instant, sat, saturday, staff, stamp};
use chrono::Days;
use zamu::alloc::{Limits, Profile, Stop, allocate};
use zamu::clock::{Clock, SetClock};
use zamu::domain::{AssignmentStatus, BookingState, Rule, RuleKind, Span, Weekdays};
use zamu::operations::night::run_once;
use zamu::operations::whatif::{Promotion, Worked, days, promote, work_out};
use zamu::operations::{RunOptions, finalize, optimize};
use zamu::scenario::Day;
use zamu::sheet::{Block, Resource, Sheet, write};
use zamu::store::{
    BookingRow, Decision, HistoryRow, NewBlock, NewBooking, NewWhatIf, OutboxClass, ResourceRow, RunKind, RunStatus, ServiceRow, Store,
    StoreErrorKind,
};

const FRIDAY: &str = "2026-11-20";

fn friday_morning() -> SetClock {
    SetClock::at(instant(FRIDAY, "09:00"))
}

fn nightly() -> Profile {
    Profile::shipped("nightly").unwrap()
}

async fn booked(spa: &Spa, id: &str, service: &str, start: (&str, &str), who: &str, status: AssignmentStatus) {
    let new = NewBooking { id: Some(id.into()), customer_id: Some("amina".into()), ..NewBooking::new(SPA, service, at(start.0, start.1)) };
    let decide = |_: &zamu::store::Day, _: &BookingRow| Decision::Hold {
        resources: vec![who.to_owned()],
        status,
        gender_waived: false,
        moves: vec![],
        messages: vec![],
    };
    spa.store.take_booking(&new, &decide, &stamp()).await.unwrap().unwrap();
}

/// Grace has everything of the Saturday, which the night can better.
async fn uneven() -> Spa {
    let spa = Spa::open().await;
    for (id, clock) in [("b1", "09:00"), ("b2", "10:30"), ("b3", "12:00"), ("b4", "14:00")] {
        booked(&spa, id, "swedish", ("2026-11-21", clock), "grace", AssignmentStatus::Provisional).await;
    }
    spa
}

async fn base(spa: &Spa, clock: &SetClock) -> Day {
    days(&spa.store, clock, SPA, saturday(), saturday()).await.unwrap().remove(0)
}

/// A day of a what-if, solved, as it is to be made real.
fn promotion(day: &Day, sheet: &Sheet, profile: Profile) -> Promotion {
    Promotion {
        location: SPA.into(),
        date: saturday(),
        version: day.origin.version.unwrap(),
        plan: allocate(sheet, &profile, Limits::default()),
        profile,
        sheet: Some(sheet.clone()),
        actor: "manager:ruth".into(),
        why: "the fairer day".into(),
    }
}

#[tokio::test]
async fn working_a_what_if_out_leaves_every_table_as_it_was() {
    house::here!();
    let spa = uneven().await;
    let clock = friday_morning();
    let scenario = serde_json::json!({
        "seeds": [1, 2],
        "change": [{"kind": "absence", "who": "grace"}, {"kind": "demand", "grow": 0.5}, {"kind": "temp", "qualifications": ["swedish"], "from": "10:00", "to": "16:00"}]
    });
    let new = NewWhatIf {
        id: "ask".into(),
        tenant_id: "serenity".into(),
        location_id: SPA.into(),
        from: day(FRIDAY),
        to: saturday(),
        scenario,
        actor: "manager:ruth".into(),
        at: clock.now(),
    };
    spa.store.ask_whatif(&new, 5).await.unwrap().unwrap();
    let before = spa.every_row_but("whatifs").await;
    assert!(before["bookings"].contains("2026-11-21"));
    assert_eq!(work_out(&spa.store, &clock, "ask", &Stop::new(), 2).await.unwrap(), Worked::Done);
    assert!(spa.store.whatif_study("ask").await.unwrap().is_some());
    assert_eq!(spa.every_row_but("whatifs").await, before);
}

#[tokio::test]
async fn the_days_of_a_base_are_what_the_night_searches() {
    house::here!();
    let spa = Spa::open().await;
    let priced = ServiceRow { price_cents: Some(450_000), ..spa.store.services(SPA).await.unwrap().into_iter().find(|s| s.id == "deep").unwrap() };
    spa.store.upsert_service(&priced).await.unwrap();
    use AssignmentStatus::{Bound, Finalized, Provisional};
    booked(&spa, "yesterday", "swedish", (FRIDAY, "10:00"), "joy", Provisional).await;
    spa.store.record_served_by("yesterday", &["brian".to_owned()]).await.unwrap();
    for (id, service, clock, who, status) in [
        ("begun", "swedish", "09:00", "grace", Provisional),
        ("told", "swedish", "12:00", "joy", Finalized),
        ("chosen", "deep", "12:00", "grace", Bound),
        ("left", "swedish", "14:00", "grace", Provisional),
        ("away", "swedish", "15:30", "brian", Finalized),
    ] {
        booked(&spa, id, service, ("2026-11-21", clock), who, status).await;
    }
    let sick = NewBlock { location_id: SPA.into(), resource_id: "brian".into(), span: Span::new(sat("15:00"), sat("17:00")), reason: "sick".into() };
    spa.store.add_block(&sick, &stamp()).await.unwrap();
    let clock = SetClock::at(instant("2026-11-21", "09:30"));
    let base = days(&spa.store, &clock, SPA, day(FRIDAY), saturday()).await.unwrap();
    assert_eq!(base.len(), 2);

    let night = run_once(&clock, spa.saturday().await, &RunOptions { dry_run: true, ..RunOptions::night("test") }).await.unwrap();
    assert_eq!(base[1].sheet, night.searched);
    let plan = allocate(&base[1].sheet, &nightly(), Limits::default());
    assert_eq!((&plan.assignments, &plan.unplaced), (&night.plan.assignments, &night.plan.unplaced));
    assert_eq!((base[1].origin.source.as_str(), base[1].origin.version), ("database", Some(spa.saturday().await.version)));
    let about = &base[1].about["chosen"];
    assert_eq!((about.service.as_str(), about.price_cents, about.booked_at.unwrap().to_utc()), ("deep", Some(450_000), stamp().at));

    let over = &base[0];
    assert_eq!((over.sheet.bookings[0].current(), over.origin.version), (vec!["brian"], None), "who really served");
    assert_eq!(over.sheet.bookings[0].assignment.as_ref().unwrap().status, Provisional, "and it may be dealt anew");
}

#[tokio::test]
async fn a_base_that_cannot_be_is_refused_in_words() {
    house::here!();
    let spa = uneven().await;
    let clock = friday_morning();
    let refused = async |location: &str, from: &str, to: &str| {
        let error = days(&spa.store, &clock, location, day(from), day(to)).await.unwrap_err();
        (error.kind(), error.to_string())
    };
    assert_eq!(refused("nowhere", "2026-11-21", "2026-11-21").await.0, StoreErrorKind::NotFound);
    for (from, to, said) in [
        ("2026-11-22", "2026-11-21", "before the first"),
        ("2026-01-01", "2027-01-02", "367 days; expected at most 366"),
        ("2026-11-23", "2026-11-30", "nothing is booked at Westlands from 2026-11-23 to 2026-11-30"),
    ] {
        let (kind, message) = refused(SPA, from, to).await;
        assert_eq!(kind, StoreErrorKind::Invalid);
        assert!(message.contains(said), "{message}");
    }
    assert_eq!(days(&spa.store, &clock, SPA, day("2026-01-01"), day("2027-01-01")).await.unwrap().len(), 1);
}

#[tokio::test]
async fn a_promoted_day_stands_as_after_a_nightly_run_with_the_history_and_the_messages_of_one() {
    house::here!();
    let (one, other) = (uneven().await, uneven().await);
    let clock = friday_morning();
    let story = async |spa: &Spa| {
        finalize(&spa.store, &SetClock::at(instant(FRIDAY, "18:00")), SPA, saturday(), "cutoff").await.unwrap();
        let mut lines = Vec::new();
        for id in ["b1", "b2", "b3", "b4"] {
            let of = |row: HistoryRow| format!("{id} {:?} {} > {}", row.kind, row.from, row.to);
            lines.extend(spa.store.history(id).await.unwrap().into_iter().map(of));
        }
        let sent = spa.store.outbox(OutboxClass::Message, 0, 100).await.unwrap();
        lines.extend(sent.into_iter().map(|row| format!("{} {} {}", row.topic, row.recipient, row.payload)));
        lines
    };
    let night = optimize(&one.store, &clock, SPA, saturday(), &RunOptions::night("night")).await.unwrap();
    assert_eq!(night.run.status, RunStatus::Applied);

    let day = base(&other, &clock).await;
    let report = promote(&other.store, &clock, &promotion(&day, &day.sheet, nightly())).await.unwrap().unwrap();
    assert_eq!((report.run.kind, report.run.status), (RunKind::Promoted, RunStatus::Applied));
    assert_eq!(report.change.assignments.len(), night.change.assignments.len());
    let on_file = other.store.runs(SPA, Some(saturday()), None, 100).await.unwrap();
    assert_eq!((on_file.len(), on_file[0].kind, on_file[0].actor.as_str()), (1, RunKind::Promoted, "manager:ruth"));
    assert!(on_file[0].rationale.contains("the fairer day"), "{}", on_file[0].rationale);
    let moved = &report.change.assignments[0].booking_id;
    assert_eq!(other.store.history(moved).await.unwrap().last().unwrap().actor, "manager:ruth");
    assert_eq!(story(&one).await, story(&other).await);
    assert!(other.store.audit().await.unwrap().is_clean());
}

#[tokio::test]
async fn who_is_given_somebody_by_a_promotion_after_the_cutoff_is_told_at_once() {
    house::here!();
    let spa = Spa::open().await;
    booked(&spa, "served", "deep", ("2026-11-21", "10:00"), "grace", AssignmentStatus::Provisional).await;
    let waits = NewBooking { id: Some("waits".into()), customer_id: Some("amina".into()), ..NewBooking::new(SPA, "deep", sat("10:00")) };
    spa.store.take_booking(&waits, &held_by(&[]), &stamp()).await.unwrap().unwrap();
    let clock = SetClock::at(instant(FRIDAY, "18:00"));
    finalize(&spa.store, &clock, SPA, saturday(), "cutoff").await.unwrap();
    spa.store.upsert_resource(&staff("faith", "female", &["deep-tissue"]).temporary(saturday(), saturday())).await.unwrap();
    let day = base(&spa, &clock).await;
    promote(&spa.store, &clock, &promotion(&day, &day.sheet, nightly())).await.unwrap().unwrap();
    let row = spa.store.booking("waits").await.unwrap();
    assert_eq!((row.resources.as_slice(), row.status), (&["faith".to_owned()][..], AssignmentStatus::Finalized));
    let sent = spa.store.outbox(OutboxClass::Message, 0, 100).await.unwrap();
    assert!(sent.iter().any(|row| row.booking_id.as_deref() == Some("waits") && row.topic == "assignment.finalized"), "{sent:?}");
}

#[tokio::test]
async fn a_day_that_was_touched_since_is_refused_and_so_is_the_same_day_twice() {
    house::here!();
    let spa = uneven().await;
    let clock = friday_morning();
    let day = base(&spa, &clock).await;
    let planned = promotion(&day, &day.sheet, nightly());
    promote(&spa.store, &clock, &planned).await.unwrap().unwrap();
    let before = spa.every_row_but("whatifs").await;
    let error = promote(&spa.store, &clock, &planned).await.unwrap_err();
    assert_eq!(error.kind(), StoreErrorKind::Conflict);
    assert!(error.to_string().contains("run the what-if again"), "{error}");
    assert_eq!(spa.every_row_but("whatifs").await, before);

    // A day that stands as the plan would have it may be promoted as often as anybody likes.
    let day = base(&spa, &clock).await;
    for _ in 0..2 {
        let kept = promote(&spa.store, &clock, &promotion(&day, &day.sheet, nightly())).await.unwrap().unwrap();
        assert_eq!(kept.run.status, RunStatus::Kept);
    }
    let over = SetClock::at(instant("2026-11-22", "09:00"));
    assert_eq!(promote(&spa.store, &over, &promotion(&day, &day.sheet, nightly())).await.unwrap_err().kind(), StoreErrorKind::Invalid);
}

/// The day with this temp on it, from nine to five.
fn with_temp(sheet: &Sheet) -> Sheet {
    let grace = sheet.resources.iter().find(|r| r.id == "grace").unwrap();
    let temp = Resource { id: "temp".into(), name: "Temp 1".into(), temporary: true, ..grace.clone() };
    Sheet { resources: [sheet.resources.clone(), vec![temp]].concat(), ..sheet.clone() }
}

#[tokio::test]
async fn a_plan_that_needs_a_temp_who_is_not_there_is_refused_with_the_command_until_there_is_one() {
    house::here!();
    let spa = Spa::open().await;
    for (id, who) in [("b1", "grace"), ("b2", "joy"), ("b3", "brian"), ("b4", "")] {
        let new = NewBooking { id: Some(id.into()), ..NewBooking::new(SPA, "swedish", sat("10:00")) };
        let by: Vec<&str> = if who.is_empty() { vec![] } else { vec![who] };
        spa.store.take_booking(&new, &held_by(&by), &stamp()).await.unwrap().unwrap();
    }
    let clock = friday_morning();
    let day = base(&spa, &clock).await;
    let changed = with_temp(&day.sheet);
    let before = spa.every_row_but("whatifs").await;
    let unreal = promote(&spa.store, &clock, &promotion(&day, &changed, nightly())).await.unwrap().unwrap_err();
    assert_eq!(spa.every_row_but("whatifs").await, before, "nothing was written");
    assert_eq!(
        unreal.missing.iter().map(|one| (one.about.as_str(), one.command.as_str())).collect::<Vec<_>>(),
        [(
            "temp",
            "zamu temps add --location westlands --id temp --name 'Temp 1' --can deep-tissue,swedish --gender female --from 2026-11-21 --hours 09:00-17:00"
        )]
    );

    let hired = ResourceRow::staff(SPA, "temp", "Temp 1", &["swedish", "deep-tissue"]).with_gender("female").temporary(saturday(), saturday());
    let hours = Rule::weekly("temp-hours", Some("temp"), Weekdays::ALL, 540, 1020).within(RuleKind::DateRange, saturday(), saturday());
    spa.store.hire(&hired, &[hours]).await.unwrap();
    let day = base(&spa, &clock).await;
    let done = promote(&spa.store, &clock, &promotion(&day, &day.sheet, nightly())).await.unwrap().unwrap();
    assert_eq!((done.run.status, done.groups.unplaced.len()), (RunStatus::Applied, 0));
    assert!(!spa.holders("b4").await.is_empty());
}

#[tokio::test]
async fn what_is_so_only_in_the_what_if_is_listed_whole_each_with_what_makes_it_so() {
    house::here!();
    let spa = Spa::open().await;
    use AssignmentStatus::{Bound, Finalized, Provisional};
    booked(&spa, "told", "swedish", ("2026-11-21", "09:00"), "grace", Finalized).await;
    booked(&spa, "chosen", "deep", ("2026-11-21", "11:00"), "grace", Bound).await;
    booked(&spa, "late", "swedish", ("2026-11-21", "15:00"), "joy", Provisional).await;
    booked(&spa, "dropped", "swedish", ("2026-11-21", "13:00"), "joy", Provisional).await;
    let sick = NewBlock { location_id: SPA.into(), resource_id: "brian".into(), span: Span::new(sat("13:00"), sat("17:00")), reason: "sick".into() };
    let block = spa.store.add_block(&sick, &stamp()).await.unwrap().id;
    let clock = friday_morning();
    let day = base(&spa, &clock).await;
    // Grace is out, whoever was told is free to be moved, Brian is well again and Joy is not there in the afternoon; one booking is another.
    let mut sheet = day.sheet.clone();
    for person in &mut sheet.resources {
        match person.id.as_str() {
            "grace" => person.shifts.clear(),
            "joy" => person.blocks.push(Block { span: Span::new(sat("14:00"), sat("17:00")), reason: None }),
            _ => person.blocks.clear(),
        }
    }
    let told = sheet.bookings.iter_mut().find(|b| b.id == "told").unwrap();
    told.assignment.as_mut().unwrap().status = Provisional;
    let dropped = sheet.bookings.iter().position(|b| b.id == "dropped").unwrap();
    sheet.bookings[dropped].id = "drawn".into();
    let before = spa.every_row_but("whatifs").await;
    let unreal = promote(&spa.store, &clock, &promotion(&day, &sheet, nightly())).await.unwrap().unwrap_err();
    assert_eq!(spa.every_row_but("whatifs").await, before);
    let commands: Vec<(&str, &str)> = unreal.missing.iter().map(|one| (one.about.as_str(), one.command.split(" --reason").next().unwrap())).collect();
    let freed = format!("DELETE /admin/v1/blocks/{block}?location_id=westlands");
    let told_to = commands.iter().find(|(about, _)| *about == "told").unwrap().1;
    assert!(told_to.starts_with("zamu bookings assign told --to "), "{told_to}");
    let others: Vec<(&str, &str)> = commands.iter().copied().filter(|(about, _)| *about != "told").collect();
    assert_eq!(
        others,
        [
            ("chosen", "zamu absence --location westlands --who grace --date 2026-11-21"),
            ("drawn", "zamu bookings add --location westlands --service SERVICE --at 2026-11-21T13:00"),
            ("dropped", "zamu bookings cancel dropped"),
            ("late", freed.as_str()),
        ],
        "{unreal}"
    );
}

#[tokio::test]
async fn a_plan_for_a_changed_day_that_fits_the_real_one_is_recorded_with_what_holds_there() {
    house::here!();
    let spa = uneven().await;
    let clock = friday_morning();
    let day = base(&spa, &clock).await;
    // Without Brian; who is there after all.
    let mut without = day.sheet.clone();
    without.resources.iter_mut().find(|r| r.id == "brian").unwrap().shifts.clear();
    let planned = promotion(&day, &without, nightly());
    let done = promote(&spa.store, &clock, &planned).await.unwrap().unwrap();
    assert_eq!((done.run.status, done.plan.assignments.as_slice()), (RunStatus::Applied, planned.plan.assignments.as_slice()));
    assert_eq!(done.run.input_sha256, write::sha256(&day.sheet));
    let balance = |plan: &zamu::sheet::Plan| plan.tiers.iter().find(|tier| tier.name == "balance").unwrap().value;
    assert!(zamu::alloc::check::check_with_profile(&done.searched, &done.plan, &nightly()).passed());
    assert!(balance(&done.plan).is_finite() && spa.holders("b1").await != ["brian"]);
    assert_eq!(spa.store.booking("b1").await.unwrap().state, BookingState::Confirmed);
}

#[tokio::test]
async fn a_profile_that_prices_told_customers_moves_none_of_them_by_promotion() {
    house::here!();
    let spa = Spa::open().await;
    // Joy is the only one left for the wish, but somebody else was told her name.
    booked(&spa, "told", "swedish", ("2026-11-21", "10:00"), "grace", AssignmentStatus::Finalized).await;
    let new = NewBooking { id: Some("deep".into()), ..NewBooking::new(SPA, "deep", sat("10:00")) };
    spa.store.take_booking(&new, &held_by(&[]), &stamp()).await.unwrap().unwrap();
    let clock = friday_morning();
    let day = base(&spa, &clock).await;
    let planned = promotion(&day, &day.sheet, Profile::shipped("repair").unwrap());
    assert!(planned.plan.unplaced.is_empty(), "the what-if may think of it");
    let unreal = promote(&spa.store, &clock, &planned).await.unwrap().unwrap_err();
    assert_eq!(unreal.missing.len(), 1, "{unreal}");
    assert!(unreal.to_string().contains("its customer was told Grace"), "{unreal}");
    assert_eq!(spa.holders("told").await, ["grace"]);
}

#[tokio::test]
async fn a_base_over_many_days_leaves_out_those_without_bookings() {
    house::here!();
    let spa = uneven().await;
    let later = saturday().checked_add_days(Days::new(5)).unwrap();
    booked(&spa, "later", "swedish", (&later.to_string(), "10:00"), "joy", AssignmentStatus::Provisional).await;
    spa.store.upsert_resource(&staff("ann", "female", &["swedish"])).await.unwrap();
    let base = days(&spa.store, &friday_morning(), SPA, day(FRIDAY), later).await.unwrap();
    assert_eq!(base.iter().map(|day| day.sheet.date).collect::<Vec<_>>(), [saturday(), later]);
}
