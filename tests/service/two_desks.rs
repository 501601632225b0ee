//! Settings that two people have open at once: the later one is told what the earlier one wrote, and nothing of it is lost.

use zamu::domain::Language;
use zamu::keyring::Role;
use zamu::store::Store;

use super::harness::{Answer, Service};
use super::house::{self, SPA, here};
use super::visitor::{Visitor, place};

/// The person's form: these values, and what everybody of them is.
fn grace<'a>(name: &'a str, gender: &'a str) -> Vec<(&'a str, &'a str)> {
    vec![("name", name), ("gender", gender), ("qualifications", "swedish"), ("qualifications", "deep-tissue"), ("active", "yes")]
}

/// The house's form: this name, and the rest as it is.
fn of_house(name: &'static str) -> Vec<(&'static str, &'static str)> {
    vec![
        ("name", name),
        ("language", "en"),
        ("cutoff_time", "18:00"),
        ("cutoff_days_before", "1"),
        ("night_minutes", "120"),
        ("profile", "nightly"),
        ("exposure_policy", "range"),
        ("hold_minutes", "10"),
        ("customer_change_minutes", "120"),
    ]
}

fn is_refused(answer: &Answer, typed: &str, there: &str) {
    assert_eq!(answer.status, 422, "{}", answer.text);
    let text = answer.text.replace("&#39;", "'");
    assert!(text.contains("Somebody else changed it meanwhile."), "{text}");
    assert!(text.contains(typed), "what was typed is kept: {text}");
    assert!(text.contains(&format!("Now on file: {there}.")), "what stands there now is said: {text}");
}

#[tokio::test]
async fn who_saves_a_person_last_is_told_what_was_written_meanwhile_and_overwrites_it_only_knowingly() {
    here!();
    let service = Service::start().await;
    let mut ruth = Visitor::signed_in(&service, "ruth", Role::Manager, None).await;
    let mut amos = Visitor::signed_in(&service, "amos", Role::Manager, None).await;
    let page = "/admin/at/westlands/people/grace";
    let of_ruth = ruth.form(page, page).await;
    assert_eq!(place(&amos.fill(page, page, &grace("Grace Wanjiru", "female")).await), format!("{page}?done=saved"));
    let refused = ruth.send_form(page, &of_ruth, &grace("Grace M.", "female")).await;
    is_refused(&refused, "value=\"Grace M.\"", "Grace Wanjiru");
    let row = async || service.spa.store.resources(SPA).await.unwrap().into_iter().find(|one| one.id == "grace").unwrap();
    assert_eq!(row().await.name, "Grace Wanjiru", "nothing was written");
    assert!(!refused.text.contains("Now on file: female"), "what is the same is not said: {}", refused.text);

    // A field that will not do does not make one forget what the other wrote.
    let twice = ruth.send_form(page, &of_ruth, &grace("", "female")).await;
    assert_eq!(twice.status, 422);
    assert!(twice.text.contains("Somebody else changed it meanwhile."), "{}", twice.text);

    let carried = Visitor::carried_in(&refused.text, page);
    let saved = ruth.send_form(page, &carried, &grace("Grace M.", "female")).await;
    assert_eq!(place(&saved), format!("{page}?done=saved"), "{}", saved.text);
    assert_eq!(row().await.name, "Grace M.");
    // Pressed twice it is one change, although the first press changed what is on file.
    let again = ruth.send_form(page, &carried, &grace("Grace M.", "female")).await;
    assert_eq!(place(&again), format!("{page}?done=saved"), "{}", again.text);
}

#[tokio::test]
async fn what_one_changed_and_the_other_left_alone_is_kept_and_only_what_both_changed_is_marked() {
    here!();
    let service = Service::start().await;
    let mut ruth = Visitor::signed_in(&service, "ruth", Role::Manager, None).await;
    let mut amos = Visitor::signed_in(&service, "amos", Role::Manager, None).await;
    let page = "/admin/at/westlands/people/grace";
    let row = async || service.spa.store.resources(SPA).await.unwrap().into_iter().find(|one| one.id == "grace").unwrap();
    let person =
        |name, gender, can, until| vec![("name", name), ("gender", gender), ("qualifications", can), ("active_to", until), ("active", "yes")];
    let both = "swedish, deep-tissue";
    let of_ruth = ruth.form(page, page).await;
    // Amos writes a gender, a last day and what she can do; Ruth another last day, and a name.
    amos.fill(page, page, &person("Grace", "nonbinary", "swedish", "2026-12-31")).await.with(303);
    let back = ruth.send_form(page, &of_ruth, &person("Grace W.", "female", both, "2027-01-31")).await.with(422);
    let text = &back.text;
    for kept in ["value=\"Grace W.\"", "value=\"nonbinary\"", "value=\"swedish\" checked", "value=\"2027-01-31\""] {
        assert!(text.contains(kept), "{kept}: {text}");
    }
    assert!(!text.contains("value=\"deep-tissue\" checked"), "{text}");
    assert!(text.contains("Taken over from them, since you left it alone: Gender, Can do."), "{text}");
    assert_eq!(text.split("Now on file: ").skip(1).map(|rest| rest.split('.').next().unwrap()).collect::<Vec<_>>(), ["2026-12-31"], "{text}");
    assert_eq!(row().await.name, "Grace", "nothing was written");

    // A third who comes in between is told as well, and a fault of what was typed does not hide it.
    let carried = Visitor::carried_in(text, page);
    let merged = |name, until| person(name, "nonbinary", "swedish", until);
    let unreadable = ruth.send_form(page, &carried, &merged("Grace W.", "soon")).await.with(422);
    assert!(!unreadable.text.contains("Somebody else") && unreadable.text.contains("Expected a day"), "{}", unreadable.text);
    amos.fill(page, page, &person("Grace", "nonbinary", both, "2026-12-31")).await.with(303);
    let again = Visitor::carried_in(&unreadable.text, page);
    let third = ruth.send_form(page, &again, &merged("Grace W.", "2027-01-31")).await.with(422);
    assert!(third.text.contains("since you left it alone: Can do.") && !third.text.contains("Now on file"), "{}", third.text);
    let carried = Visitor::carried_in(&third.text, page);
    ruth.send_form(page, &carried, &person("Grace W.", "nonbinary", both, "2027-01-31")).await.with(303);
    let saved = row().await;
    assert_eq!((saved.name.as_str(), saved.gender.as_deref(), saved.qualifications.len()), ("Grace W.", Some("nonbinary"), 2));
    assert_eq!(saved.active_to, Some(house::day("2027-01-31")));
}

#[tokio::test]
async fn every_form_about_something_on_file_says_when_it_was_changed_meanwhile() {
    here!();
    let service = Service::start().await;
    let mut ann = Visitor::signed_in(&service, "ann", Role::Admin, None).await;
    let mut ruth = Visitor::signed_in(&service, "ruth", Role::Admin, None).await;
    let tables = "/admin/at/westlands/tables";
    ann.fill(tables, tables, &[("name", "Window"), ("seats", "4"), ("min_party", "2")]).await.with(303);
    let table = service.spa.store.resources(SPA).await.unwrap().into_iter().find(|one| one.seats > 0).unwrap().id;
    let what = |name: &'static str| {
        vec![
            ("name", name),
            ("duration_minutes", "60"),
            ("buffer_before_minutes", "0"),
            ("buffer_after_minutes", "15"),
            ("qualifications", "swedish"),
            ("staff_count", "1"),
            ("active", "yes"),
        ]
    };
    let of_table = |name: &'static str| vec![("name", name), ("seats", "4"), ("min_party", "2"), ("active", "yes")];
    let of_place = |name: &'static str| vec![("name", name), ("timezone", "Africa/Nairobi")];
    let words = |subject: &'static str| vec![("subject", subject), ("body", "See you.")];
    let table_form = format!("{tables}/{table}");
    type Filling = Vec<(&'static str, &'static str)>;
    let forms: [(&str, &str, Filling, Filling); 5] = [
        ("/admin/settings", "/admin/settings", of_house("First"), of_house("Second")),
        ("/admin/at/westlands/services/swedish", "/admin/at/westlands/services/swedish", what("First"), what("Second")),
        (tables, &table_form, of_table("First"), of_table("Second")),
        ("/admin/settings/locations", "/admin/settings/locations/westlands", of_place("First"), of_place("Second")),
        ("/admin/settings/words/en/booking.confirmed", "/admin/settings/words/en/booking.confirmed", words("First"), words("Second")),
    ];
    for (page, action, first, second) in forms {
        let of_ruth = ruth.form(page, action).await;
        assert_eq!(ann.fill(page, action, &first).await.status, 303, "{action}");
        let refused = ruth.send_form(action, &of_ruth, &second).await;
        is_refused(&refused, "Second", "First");
        let carried = Visitor::carried_in(&refused.text, action);
        assert_eq!(ruth.send_form(action, &carried, &second).await.status, 303, "{action}");
        // What no page of theirs carried changes nothing.
        let forged: Vec<(String, String)> = ruth.form(page, action).await.into_iter().filter(|(name, _)| name != "seen").collect();
        assert_eq!(ruth.send_form(action, &forged, &first).await.status, 422, "{action}");
    }
    let own = service.spa.store.templates("serenity").await.unwrap();
    assert!(own.iter().any(|row| row.language == Language::English && row.subject == "Second"));
}

#[tokio::test]
async fn what_the_other_changed_and_the_form_does_not_show_is_said_to_be_elsewhere() {
    here!();
    let service = Service::start().await;
    let mut ann = Visitor::signed_in(&service, "ann", Role::Admin, None).await;
    let mut ruth = Visitor::signed_in(&service, "ruth", Role::Admin, None).await;
    let page = "/admin/settings";
    ann.fill(page, page, &of_house("Serenity")).await.with(303);
    let of_ruth = ruth.form(page, page).await;
    let with_contact = [of_house("Serenity"), vec![("manager_contact", "email:ann@example.org")]].concat();
    ann.fill(page, page, &with_contact).await.with(303);
    let back = ruth.send_form(page, &of_ruth, &of_house("Serenity Spas")).await.with(422);
    let text = &back.text;
    assert!(text.contains("Somebody else changed it meanwhile. What they changed is not shown in this form. Look through it"), "{text}");
    assert!(!text.contains("Now on file") && !text.contains("Taken over") && text.contains("value=\"Serenity Spas\""), "{text}");
    let carried = Visitor::carried_in(text, page);
    ruth.send_form(page, &carried, &of_house("Serenity Spas")).await.with(303);
    let house_now = service.spa.store.tenant("serenity").await.unwrap();
    assert_eq!(house_now.manager.map(|manager| manager.address).as_deref(), Some("ann@example.org"), "what was not shown stays");

    // What the form shows is told as such, and not said to be elsewhere.
    let of_ruth = ruth.form(page, page).await;
    ann.fill(page, page, &of_house("Ann's")).await.with(303);
    let back = ruth.send_form(page, &of_ruth, &of_house("Serenity")).await.with(422);
    assert!(back.text.contains("Now on file") && !back.text.contains("not shown in this form"), "{}", back.text);
}

#[tokio::test]
async fn an_accounts_name_that_another_admin_changed_meanwhile_is_not_overwritten_unseen() {
    here!();
    let service = Service::start().await;
    let mut ann = Visitor::signed_in(&service, "ann", Role::Admin, None).await;
    let mut ruth = Visitor::signed_in(&service, "ruth", Role::Admin, None).await;
    super::visitor::account(&service, "dora", Role::Frontdesk, None).await;
    let page = "/admin/settings/accounts/dora";
    let account = async || service.spa.store.account("serenity", "dora").await.unwrap().unwrap();
    let action = format!("{page}?epoch={}", account().await.epoch);
    let fields = |name: &'static str| vec![("name", name), ("role", "frontdesk"), ("active", "yes")];
    let of_ruth = ruth.form(page, &action).await;
    assert_eq!(place(&ann.fill(page, &action, &fields("Dora Achieng")).await), format!("{page}?done=saved"));
    let refused = ruth.send_form(&action, &of_ruth, &fields("Dora A.")).await;
    is_refused(&refused, "value=\"Dora A.\"", "Dora Achieng");
    assert_eq!(account().await.name, "Dora Achieng");
    let carried = Visitor::carried_in(&refused.text, &action);
    assert_eq!(place(&ruth.send_form(&action, &carried, &fields("Dora A.")).await), format!("{page}?done=saved"));
    assert_eq!(account().await.name, "Dora A.");
}
