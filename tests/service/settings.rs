//! Settings pages: what is typed is saved as the Admin API would save it, what will not do is told at its field with the rest kept, and nothing changes.

use zamu::keyring::Role;
use zamu::store::{Contact, Store, TenantRow};

use super::harness::{Answer, Service};
use super::house::{self, SPA, here};
use super::visitor::{PASSWORD, Visitor, place};

/// Every settings page of the spa.
const PAGES: [&str; 11] = [
    "/admin/own",
    "/admin/settings",
    "/admin/settings/locations",
    "/admin/settings/accounts",
    "/admin/settings/accounts/ruth",
    "/admin/settings/words",
    "/admin/settings/words/en/attention.asked",
    "/admin/at/westlands/people",
    "/admin/at/westlands/services",
    "/admin/at/westlands/hours",
    "/admin/at/westlands/tables",
];

/// What the form of the house has, filled as most houses have it; with these fields otherwise, or (`None`) left out.
fn house_form<'a>(changes: &[(&'a str, Option<&'a str>)]) -> Vec<(&'a str, &'a str)> {
    let usual = [
        ("name", "Serenity Spas"),
        ("language", "en"),
        ("cutoff_time", "18:00"),
        ("cutoff_days_before", "1"),
        ("night_minutes", "120"),
        ("profile", "nightly"),
        ("shadow_profile", ""),
        ("apply_threshold", ""),
        ("exposure_policy", "range"),
        ("hold_minutes", "10"),
        ("customer_change_minutes", "120"),
        ("phone_region", ""),
        ("channels", ""),
        ("reminder_minutes", ""),
        ("quiet_from", ""),
        ("quiet_to", ""),
        ("manager_contact", ""),
    ];
    let kept = usual.into_iter().filter(|(name, _)| changes.iter().all(|(changed, _)| changed != name));
    kept.chain(changes.iter().filter_map(|(name, value)| Some((*name, (*value)?)))).collect()
}

async fn tenant(service: &Service) -> TenantRow {
    service.spa.store.tenant("serenity").await.unwrap()
}

/// The words that stand at a field that will not do.
#[track_caller]
pub fn fault_at(answer: &Answer, field: &str) -> String {
    assert_eq!(answer.status, 422, "{}", answer.text);
    let marked = answer.text.split("aria-invalid=\"true\"").count() - 1;
    assert!(marked == 1, "{marked} fields are marked: {}", answer.text);
    let (before, _) = answer.text.split_once("aria-invalid=\"true\"").unwrap();
    let name = before.rsplit_once("name=\"").unwrap().1.split('"').next().unwrap();
    assert_eq!(name, field);
    let (_, said) = answer.text.split_once("class=\"error\">").unwrap();
    said.split('<').next().unwrap().to_owned()
}

pub fn saved(answer: &Answer, to: &str) {
    assert_eq!((answer.status, place(answer)), (303, to), "{}", answer.text);
}

#[tokio::test]
async fn what_a_manager_saves_for_the_house_is_on_file_and_on_the_page() {
    here!();
    let service = Service::start().await;
    let mut ruth = Visitor::signed_in(&service, "ruth", Role::Manager, None).await;
    let flags = [("one".to_owned(), false), ("two".to_owned(), true)].into();
    service.spa.store.upsert_tenant(&TenantRow { feature_flags: flags, ..tenant(&service).await }).await.unwrap();
    let fields = house_form(&[
        ("name", Some("Serenity & Sons")),
        ("cutoff_time", Some("17:30")),
        ("hold_minutes", Some("15")),
        ("quiet_from", Some("21:00")),
        ("quiet_to", Some("08:00")),
        ("reminder_minutes", Some("1440")),
        ("staff_preference_enabled", Some("yes")),
        ("channels", Some("sms")),
        ("apply_threshold", Some("0.25")),
        ("shadow_profile", Some("spread")),
        ("phone_region", Some("KE")),
        ("feature_flags", Some("one")),
        ("language", Some("sw")),
    ]);
    saved(&ruth.fill("/admin/settings", "/admin/settings", &fields).await, "/admin/settings?done=saved");
    let row = tenant(&service).await;
    assert_eq!((row.name.as_str(), row.cutoff_minute, row.hold_minutes, row.reminder_minutes), ("Serenity & Sons", 17 * 60 + 30, 15, Some(1440)));
    assert_eq!((row.staff_preference_enabled, row.apply_threshold, row.shadow_profile.as_deref()), (true, Some(0.25), Some("spread")));
    assert_eq!((row.channels.len(), row.feature_flags["one"], row.feature_flags["two"], row.phone_region.as_deref()), (1, true, false, Some("KE")));
    let page = ruth.get("/admin/settings?done=saved").await.with(200);
    for shown in
        ["Saved.", "value=\"Serenity &amp; Sons\"", "value=\"17:30\"", "value=\"21:00\"", "value=\"one\" checked", "value=\"two\">", "value=\"0.25\""]
    {
        assert!(page.text.contains(shown), "{shown}: {}", page.text);
    }
    saved(&ruth.fill("/admin/settings", "/admin/settings", &house_form(&[])).await, "/admin/settings?done=saved");
    let row = tenant(&service).await;
    assert_eq!(
        (row.reminder_minutes, row.quiet_hours, row.apply_threshold, row.staff_preference_enabled),
        (None, None, None, false),
        "what is emptied goes"
    );
}

#[tokio::test]
async fn what_will_not_do_is_told_at_its_field_with_the_rest_kept_and_nothing_is_changed() {
    here!();
    let service = Service::start().await;
    let mut ruth = Visitor::signed_in(&service, "ruth", Role::Manager, None).await;
    let before = tenant(&service).await;
    for (field, value, said) in [
        ("name", " ", "This has to be filled."),
        ("hold_minutes", "121", "Expected a whole number from 1 to 120."),
        ("hold_minutes", "soon", "Expected a whole number from 1 to 120."),
        ("cutoff_time", "25:00", "Expected a time from 00:00 to 23:59, such as 09:30."),
        ("apply_threshold", "1.5", "Expected a share from 0 to 1"),
        ("profile", "mine", "Choose one of those that there are."),
        ("phone_region", "Kenya", "expected a country's two letters, such as KE"),
        ("quiet_from", "21:00", "expected both"),
        ("manager_contact", "ann@example.org", "expected a channel, a colon and an address"),
    ] {
        let fields = house_form(&[(field, Some(value)), ("night_minutes", Some("77"))]);
        let answer = ruth.fill("/admin/settings", "/admin/settings", &fields).await;
        let told = fault_at(&answer, field);
        assert!(told.replace("&#39;", "'").contains(said), "{field}: {told}");
        assert!(answer.text.contains("value=\"77\""), "{field}: what else was typed is kept: {}", answer.text);
        assert!(answer.text.contains("This was not saved."), "{}", answer.text);
    }
    let answer = ruth.fill("/admin/settings", "/admin/settings", &house_form(&[("feature_flags", Some("teleport"))])).await.with(422);
    assert!(answer.text.contains("There are no switches."), "{}", answer.text);
    let mut amos = Visitor::signed_in(&service, "amos", Role::Manager, None).await;
    amos.post("/admin/language", &[("language", "sw"), ("to", "/admin/settings")]).await.with(303);
    let answer = amos.fill("/admin/settings", "/admin/settings", &house_form(&[("hold_minutes", Some("0"))])).await;
    assert_eq!(fault_at(&answer, "hold_minutes"), "Inatarajiwa namba kamili kati ya 1 na 120.");
    assert_eq!(tenant(&service).await, before);
}

#[tokio::test]
async fn the_managers_address_is_never_shown_and_goes_only_when_that_is_said() {
    here!();
    let service = Service::start().await;
    let mut ruth = Visitor::signed_in(&service, "ruth", Role::Manager, None).await;
    let form = |contact: &'static str| house_form(&[("manager_contact", Some(contact))]);
    saved(&ruth.fill("/admin/settings", "/admin/settings", &form("sms:+254798765432")).await, "/admin/settings?done=saved");
    saved(&ruth.fill("/admin/settings", "/admin/settings", &form("")).await, "/admin/settings?done=saved");
    assert_eq!(tenant(&service).await.manager, Some(Contact::new("sms", "+254798765432")), "empty is as it is");
    let page = ruth.get("/admin/settings").await.with(200);
    assert!(page.text.contains("sms:") && !page.text.contains("798765432"), "{}", page.text);
    let gone = house_form(&[("manager_contact_gone", Some("yes"))]);
    saved(&ruth.fill("/admin/settings", "/admin/settings", &gone).await, "/admin/settings?done=saved");
    assert_eq!(tenant(&service).await.manager, None);
}

#[tokio::test]
async fn people_and_temps_are_added_and_changed() {
    here!();
    let service = Service::start().await;
    let mut ruth = Visitor::signed_in(&service, "ruth", Role::Manager, None).await;
    let list = "/admin/at/westlands/people";
    let grace = ruth.get("/admin/at/westlands/people/grace").await.with(200);
    assert!(grace.text.contains("value=\"Grace\"") && grace.text.contains("value=\"deep-tissue\" checked"), "{}", grace.text);
    let fields = [("name", "Zawadi"), ("gender", "female"), ("qualifications", "swedish"), ("qualifications", "hot-stone, ")];
    saved(&ruth.fill(list, list, &fields).await, "/admin/at/westlands/people?done=added");
    let people = service.spa.store.resources(SPA).await.unwrap();
    let zawadi = people.iter().find(|one| one.name == "Zawadi").unwrap();
    assert_eq!((zawadi.qualifications.len(), zawadi.gender.as_deref(), zawadi.active), (2, Some("female"), true));
    let page = format!("{list}/{}", zawadi.id);
    let changed =
        [("name", "Zawadi N."), ("gender", ""), ("qualifications", "swedish"), ("active_from", "2026-12-01"), ("active_to", ""), ("active", "yes")];
    saved(&ruth.fill(&page, &page, &changed).await, &format!("{page}?done=saved"));
    let there = service.spa.store.resources(SPA).await.unwrap().into_iter().find(|one| one.id == zawadi.id).unwrap();
    assert_eq!((there.name.as_str(), there.gender.as_deref(), there.active_from), ("Zawadi N.", None, Some(house::day("2026-12-01"))));
    let none = [("name", ""), ("gender", "x"), ("active", "yes")];
    let answer = ruth.fill(&page, &page, &none).await;
    assert_eq!(fault_at(&answer, "name"), "This has to be filled.");
    let wrong = [("name", "Zawadi"), ("active_from", "2026-12-24"), ("active_to", "2026-12-01"), ("active", "yes")];
    let answer = ruth.fill(&page, &page, &wrong).await;
    let told = "The last day, Tuesday 1 December 2026, is before the first, Thursday 24 December 2026.";
    assert_eq!(fault_at(&answer, "active_to"), told);
    assert!(answer.text.contains("value=\"2026-12-24\""), "{}", answer.text);
    let temp = [("name", "Faith"), ("qualifications", "swedish"), ("from", "2026-11-21"), ("to", "2026-11-22"), ("start", "11:00"), ("end", "18:00")];
    saved(&ruth.fill(list, "/admin/at/westlands/people/temps", &temp).await, "/admin/at/westlands/people?done=added");
    let half = [("name", "Half"), ("from", "2026-11-21"), ("to", "2026-11-22"), ("start", "11:00")];
    let answer = ruth.fill(list, "/admin/at/westlands/people/temps", &half).await;
    assert_eq!(fault_at(&answer, "end").replace("&#39;", "'"), "Fill in both times, or neither: then the location's hours count.");
    assert!(answer.text.contains("value=\"Half\""), "{}", answer.text);
    let faith = service.spa.store.resources(SPA).await.unwrap().into_iter().find(|one| one.name == "Faith").unwrap().id;
    let endless = [("name", "Faith"), ("qualifications", "swedish"), ("active_from", "2026-11-21"), ("active_to", ""), ("active", "yes")];
    let page_of_faith = format!("{list}/{faith}");
    assert_eq!(fault_at(&ruth.fill(&page_of_faith, &page_of_faith, &endless).await, "active_to"), "A temp has a first and a last day.");
    let left = [("name", "Zawadi N."), ("qualifications", "swedish")];
    saved(&ruth.fill(&page, &page, &left).await, &format!("{page}?done=saved"));
    assert!(!service.spa.store.resources(SPA).await.unwrap().iter().find(|one| one.id == zawadi.id).unwrap().active);
    ruth.get("/admin/at/westlands/people/nobody").await.with(404);
}

#[tokio::test]
async fn services_are_added_and_changed_with_their_price() {
    here!();
    let service = Service::start().await;
    let mut ruth = Visitor::signed_in(&service, "ruth", Role::Manager, None).await;
    let list = "/admin/at/westlands/services";
    let fields = [
        ("name", "Hot stone"),
        ("duration_minutes", "75"),
        ("buffer_before_minutes", "0"),
        ("buffer_after_minutes", "15"),
        ("qualifications", "swedish"),
        ("staff_count", "1"),
        ("price_cents", "4,500.50"),
    ];
    saved(&ruth.fill(list, list, &fields).await, "/admin/at/westlands/services?done=added");
    let row = service.spa.store.services(SPA).await.unwrap().into_iter().find(|one| one.name == "Hot stone").unwrap();
    assert_eq!((row.duration_minutes, row.buffer_after_minutes, row.price_cents, row.active), (75, 15, Some(450_050), true));
    let page = format!("{list}/{}", row.id);
    assert!(ruth.get(&page).await.with(200).text.contains("value=\"4500.50\""));
    let mut changed = fields.to_vec();
    changed[6] = ("price_cents", "");
    saved(&ruth.fill(&page, &page, &changed).await, &format!("{page}?done=saved"));
    let row = service.spa.store.services(SPA).await.unwrap().into_iter().find(|one| one.id == row.id).unwrap();
    assert_eq!((row.price_cents, row.active), (None, false), "no price, and the box for active was not ticked");
    changed[6] = ("price_cents", "a lot");
    let answer = ruth.fill(&page, &page, &changed).await;
    assert_eq!(fault_at(&answer, "price_cents"), "Expected an amount such as 1500 or 1500.50.");
    changed[1] = ("duration_minutes", "0");
    assert_eq!(fault_at(&ruth.fill(list, list, &changed).await, "duration_minutes"), "Expected a whole number from 1 to 1440.");
}

#[tokio::test]
async fn locations_and_tables_are_added_and_changed() {
    here!();
    let service = Service::start().await;
    let mut ann = Visitor::signed_in(&service, "ann", Role::Admin, None).await;
    let list = "/admin/settings/locations";
    saved(&ann.fill(list, list, &[("name", "Karen"), ("timezone", "Africa/Nairobi")]).await, "/admin/settings/locations?done=added");
    let answer = ann.fill(list, list, &[("name", "Karen"), ("timezone", "Nairobi")]).await;
    assert!(fault_at(&answer, "timezone").contains("there is no IANA time zone"), "{}", answer.text);
    saved(
        &ann.fill(list, "/admin/settings/locations/westlands", &[("name", "Westlands Mall"), ("timezone", "Africa/Nairobi")]).await,
        "/admin/settings/locations?done=saved",
    );
    assert_eq!(service.spa.store.location(SPA).await.unwrap().name, "Westlands Mall");
    let tables = "/admin/at/westlands/tables";
    for name in ["Window", "Door"] {
        saved(
            &ann.fill(tables, tables, &[("name", name), ("seats", "4"), ("min_party", "2"), ("zone", "front")]).await,
            "/admin/at/westlands/tables?done=added",
        );
    }
    let rows: Vec<_> = service.spa.store.resources(SPA).await.unwrap().into_iter().filter(|one| one.seats > 0).collect();
    assert_eq!((rows.len(), rows[0].min_party, rows[0].zone.as_deref()), (2, 2, Some("front")));
    let one = format!("{tables}/{}", rows[0].id);
    let answer = ann.fill(tables, &one, &[("name", "Window"), ("seats", "2"), ("min_party", "3"), ("active", "yes")]).await.with(422);
    assert!(answer.text.contains("smallest party larger than its seats"), "{}", answer.text);
    saved(
        &ann.fill(tables, &one, &[("name", "Corner"), ("seats", "3"), ("min_party", "1"), ("active", "yes")]).await,
        "/admin/at/westlands/tables?done=saved",
    );
    let both = [("tables", rows[0].id.as_str()), ("tables", rows[1].id.as_str()), ("seats", "7"), ("min_party", "5")];
    saved(&ann.fill(tables, "/admin/at/westlands/combinations", &both).await, "/admin/at/westlands/tables?done=added");
}

#[tokio::test]
async fn an_admin_says_who_signs_in_and_keeps_their_own_right_to_it() {
    here!();
    let service = Service::start().await;
    let mut ann = Visitor::signed_in(&service, "ann", Role::Admin, None).await;
    let list = "/admin/settings/accounts";
    let made = ann
        .fill(list, list, &[("login", "Ruth"), ("name", "Ruth"), ("role", "manager"), ("location", SPA), ("language", ""), ("password", "")])
        .await
        .with(200);
    let fresh = made.text.split_once("<code>").unwrap().1.split('<').next().unwrap().to_owned();
    let again = ann.get(list).await.with(200);
    assert!(again.text.contains("ruth") && !again.text.contains(&fresh) && !again.text.contains("argon2"), "{}", again.text);
    let mut ruth = Visitor::new(&service);
    ruth.sign_in("ruth", &fresh).await.with(303);
    let given = [("login", "amos"), ("name", "Amos"), ("role", "frontdesk"), ("location", ""), ("language", "sw"), ("password", PASSWORD)];
    saved(&ann.fill(list, list, &given).await, "/admin/settings/accounts?done=added");
    Visitor::new(&service).sign_in("amos", PASSWORD).await.with(303);
    for (field, value, said) in [
        ("login", "Amos K.", "Expected a letter, then letters"),
        ("password", "short", "Too short: at least 10 characters."),
        ("password", "qwertyuiop", "commonest"),
        ("role", "user", "Choose one of those that there are."),
        ("location", "karen", "Choose one of those that there are."),
    ] {
        let fields: Vec<(&str, &str)> = given.iter().map(|(name, there)| (*name, if *name == field { value } else { *there })).collect();
        let answer = ann.fill(list, list, &fields).await;
        assert!(fault_at(&answer, field).contains(said), "{field}: {}", answer.text);
        assert!(!answer.text.contains(PASSWORD), "no password stands on a page");
    }
    let twice = ann.fill(list, list, &given).await.with(422);
    assert!(twice.text.contains("already") && twice.text.contains("value=\"Amos\""), "{}", twice.text);

    let page = "/admin/settings/accounts/ruth";
    saved(&ann.fill(page, page, &[("name", "Ruth"), ("role", "manager"), ("location", "")]).await, &format!("{page}?done=saved"));
    assert!(place(&ruth.get("/admin/settings").await).starts_with("/admin/sign-in"), "the box for active was not ticked");
    let own = "/admin/settings/accounts/ann";
    for fields in [
        vec![("name", "Ann"), ("role", "manager"), ("active", "yes")],
        vec![("name", "Ann"), ("role", "admin")],
        vec![("name", "Ann"), ("role", "admin"), ("location", SPA), ("active", "yes")],
    ] {
        let answer = ann.fill(own, own, &fields).await.with(422);
        assert!(answer.text.contains("You cannot take your own right"), "{}", answer.text);
    }
    ann.get(list).await.with(200);
    let mut eve = Visitor::signed_in(&service, "eve", Role::Admin, Some(SPA)).await;
    eve.get(list).await.with(403);
}

#[tokio::test]
async fn no_hash_of_a_password_but_ours_is_left_anywhere() {
    here!();
    let service = Service::start().await;
    let mut ann = Visitor::signed_in(&service, "ann", Role::Admin, None).await;
    let list = "/admin/settings/accounts";
    saved(
        &ann.fill(list, list, &[("login", "amos"), ("name", "Amos"), ("role", "manager"), ("password", PASSWORD)]).await,
        "/admin/settings/accounts?done=added",
    );
    let fields = [("old_password", PASSWORD), ("password", "quite another one"), ("password_again", "quite another one")];
    saved(&ann.fill("/admin/own", "/admin/own", &fields).await, "/admin/own?done=saved");
    let mut shell = service.spa.shell().await;
    let noted: i64 = sqlx::query_scalar("SELECT COUNT(*) FROM requests").fetch_one(&mut shell).await.unwrap();
    assert_eq!(noted, 0, "a noted request has a hash of all that was sent");
}

#[tokio::test]
async fn whoever_changes_their_password_goes_on_and_is_signed_out_everywhere_else() {
    here!();
    let service = Service::start().await;
    let mut ruth = Visitor::signed_in(&service, "ruth", Role::Frontdesk, None).await;
    let mut elsewhere = Visitor::new(&service);
    elsewhere.sign_in("ruth", PASSWORD).await.with(303);
    let form = |old: &'static str, new: &'static str, again: &'static str| [("old_password", old), ("password", new), ("password_again", again)];
    for (fields, field, said) in [
        (form("not the old one", "quite another one", "quite another one"), "old_password", "This is not your current password."),
        (form(PASSWORD, "quite another one", "quite another two"), "password_again", "The two are not the same."),
        (form(PASSWORD, "short", "short"), "password", "Too short: at least 10 characters."),
    ] {
        let answer = ruth.fill("/admin/own", "/admin/own", &fields).await;
        assert_eq!(fault_at(&answer, field), said);
        assert!(!answer.text.contains("quite another"), "no password stands on a page");
    }
    elsewhere.get("/admin/own").await.with(200);
    saved(&ruth.fill("/admin/own", "/admin/own", &form(PASSWORD, "quite another one", "quite another one")).await, "/admin/own?done=saved");
    ruth.get("/admin/own").await.with(200);
    assert!(place(&elsewhere.get("/admin/own").await).starts_with("/admin/sign-in"));
    let mut joy = Visitor::new(&service);
    joy.post("/admin/sign-in", &[("token", &service.token(Role::Manager, "joy"))]).await.with(303);
    assert!(joy.get("/admin/own").await.with(200).text.contains("which has no password"));
}

#[tokio::test]
async fn a_form_that_is_sent_twice_adds_one() {
    here!();
    let service = Service::start().await;
    let mut ruth = Visitor::signed_in(&service, "ruth", Role::Manager, None).await;
    let list = "/admin/at/westlands/people";
    let page = ruth.get(list).await.with(200);
    let (proof, key) = (super::visitor::hidden(&page.text, "proof"), super::visitor::hidden(&page.text, "key"));
    let fields = [("proof", proof.as_str()), ("key", key.as_str()), ("name", "Zawadi"), ("qualifications", "swedish")];
    for _ in 0..2 {
        saved(&ruth.post(list, &fields).await, "/admin/at/westlands/people?done=added");
    }
    assert_eq!(service.spa.store.resources(SPA).await.unwrap().iter().filter(|one| one.name == "Zawadi").count(), 1);
}

#[tokio::test]
async fn every_settings_page_is_there_in_each_language_and_asks_nothing_from_who_may_not_change_it() {
    here!();
    let service = Service::start().await;
    let mut ruth = Visitor::signed_in(&service, "ruth", Role::Admin, None).await;
    for language in ["en", "sw"] {
        ruth.post("/admin/language", &[("language", language), ("to", "/admin")]).await.with(303);
        for path in PAGES.into_iter().chain(["/admin/at/westlands/people/grace", "/admin/at/westlands/services/swedish"]) {
            let page = ruth.get(path).await.with(200);
            assert!(page.text.contains(&format!("lang=\"{language}\"")), "{path}");
            for nameless in [
                ">f-",
                ">settings-",
                ">role-",
                ">repeats-",
                ">weekday-",
                ">language-",
                ">exposure-",
                ">password-",
                ">own-",
                ">words-",
                ">topic-",
                ">fault-",
            ] {
                assert!(!page.text.contains(nameless), "{path} in {language} has no words for {nameless}: {}", page.text);
            }
        }
    }
    let mut desk = Visitor::signed_in(&service, "desk", Role::Frontdesk, None).await;
    for path in [
        "/admin/settings",
        "/admin/at/westlands/people",
        "/admin/at/westlands/people/grace",
        "/admin/at/westlands/services",
        "/admin/at/westlands/tables",
    ] {
        let page = desk.get(path).await.with(200);
        let main = page.text.split_once("<main").unwrap().1;
        assert!(!main.contains("<form"), "{path}: {main}");
    }
}

#[tokio::test]
async fn the_words_of_messages_are_looked_at_kept_and_taken_back() {
    here!();
    let service = Service::start().await;
    let mut ruth = Visitor::signed_in(&service, "ruth", Role::Manager, None).await;
    let page = "/admin/settings/words/en/assignment.finalized";
    let shown = ruth.get(page).await.with(200);
    assert!(
        shown.text.contains("These are the shipped words.") && shown.text.contains("Dear { $customer }, { $who } will serve you"),
        "{}",
        shown.text
    );
    assert!(shown.text.contains("Dear Amina, Grace will serve you: Swedish massage"), "an example: {}", shown.text);
    let own = [("subject", "See you at { $time }"), ("body", "Karibu { $customer }!\r\n\r\n{ $who } is yours <today>.")];
    let looked = ruth.fill(page, page, &[own[0], own[1], ("look", "yes")]).await.with(200);
    assert!(looked.text.contains("It was not saved yet.") && looked.text.contains("Grace is yours &lt;today&gt;."), "{}", looked.text);
    assert!(service.spa.store.templates("serenity").await.unwrap().is_empty());
    saved(&ruth.fill(page, page, &own).await, &format!("{page}?done=saved"));
    let rows = service.spa.store.templates("serenity").await.unwrap();
    assert_eq!(
        (rows.len(), rows[0].body.as_str(), rows[0].changed_by.as_str()),
        (1, "Karibu { $customer }!\n\n{ $who } is yours <today>.", "manager:ruth")
    );
    let shown = ruth.get(page).await.with(200);
    assert!(
        shown.text.contains("These are the words of the house.") && shown.text.contains("Dear { $customer }"),
        "beside the shipped ones: {}",
        shown.text
    );
    assert!(ruth.get("/admin/settings/words").await.with(200).text.contains("our own"));
    saved(&ruth.fill(page, &format!("{page}/shipped"), &[]).await, &format!("{page}?done=removed"));
    assert!(service.spa.store.templates("serenity").await.unwrap().is_empty());
}

#[tokio::test]
async fn words_that_cannot_work_are_told_at_their_field_and_not_kept() {
    here!();
    let service = Service::start().await;
    let mut ruth = Visitor::signed_in(&service, "ruth", Role::Manager, None).await;
    let page = "/admin/settings/words/sw/booking.confirmed";
    for (subject, message, field, said) in [
        ("", "x", "subject", "This has to be filled."),
        ("x", "Habari { $customer", "body", "Line 1: the bracket of “{ $customer” is not closed. Write it as { $customer }."),
        ("x", "Habari\n{ customer }", "body", "Line 2: nothing can be put in the place of “{ customer }”. Expected one of the names below"),
        ("Saa $time }", "x", "subject", "Line 1: the bracket at the end of “Saa $time }” closes nothing."),
        ("x", "Bei ni { $price }", "body", "There is no $price here; expected one of $customer, $what"),
        ("{ $who }\r\n{ $who }", "x", "subject", "A subject is one line."),
    ] {
        let answer = ruth.fill(page, page, &[("subject", subject), ("body", message)]).await;
        let told = fault_at(&answer, field);
        assert!(told.contains(said), "{subject:?} {message:?}: {told}");
        assert!(answer.text.contains(&format!(">{message}</textarea>")), "what was typed is kept: {}", answer.text);
    }
    assert!(service.spa.store.templates("serenity").await.unwrap().is_empty());
    for nowhere in ["/admin/settings/words/de/booking.confirmed", "/admin/settings/words/en/booking.sung"] {
        ruth.get(nowhere).await.with(404);
    }
    let mut eve = Visitor::signed_in(&service, "eve", Role::Manager, Some(SPA)).await;
    eve.get("/admin/settings/words").await.with(403);
    eve.get(page).await.with(403);
}
