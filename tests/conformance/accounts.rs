//! Accounts: who signs in, that nothing tells a wrong login from a wrong password, and which changes end sessions.

use chrono::TimeDelta;
use zamu::clock::{Clock, SetClock};
use zamu::domain::Language;
use zamu::keyring::{Claims, Keyring, PasswordFault, PasswordHash, Ring, Role, Session, SignedIn, TokenError};
use zamu::operations::accounts::{
    Change, NewAccount, NewPassword, Refusal, add, change, change_password, choose_language, login_of, sign_in, sign_in_with_token, sign_out,
    still_counts,
};
use zamu::store::{AccountChange, AccountRow, LocationRow, Store, StoreErrorKind, TenantRow};

use super::house::{self, SPA, Spa, instant};

const PASSWORD: &str = "a rather long one";

fn morning() -> SetClock {
    SetClock::at(instant("2026-11-19", "08:00"))
}

fn new(login: &str, role: Role) -> NewAccount {
    NewAccount {
        tenant: "serenity".into(),
        login: login.into(),
        name: "Ruth".into(),
        role,
        location: None,
        language: None,
        password: NewPassword::Given(PASSWORD.into()),
    }
}

async fn with_ruth(clock: &SetClock) -> Spa {
    let spa = Spa::empty().await;
    add(&spa.store, clock, &new("ruth", Role::Manager)).await.unwrap();
    spa
}

async fn signed_in(spa: &Spa, clock: &SetClock) -> Session {
    sign_in(&spa.store, clock, "serenity", "ruth", PASSWORD).await.unwrap()
}

async fn changed(spa: &Spa, clock: &SetClock, what: Change) -> AccountRow {
    change(&spa.store, clock, "serenity", "ruth", &what).await.unwrap().account
}

#[tokio::test]
async fn an_account_reads_back_as_it_was_written_and_does_not_show_its_hash() {
    house::here!();
    let (spa, clock) = (Spa::empty().await, morning());
    let wanted = NewAccount { location: Some(SPA.into()), language: Some(Language::Swahili), ..new(" Amos.K ", Role::Frontdesk) };
    let made = add(&spa.store, &clock, &wanted).await.unwrap().account;
    assert_eq!((made.login.as_str(), made.role, made.epoch, made.active), ("amos.k", Role::Frontdesk, 1, true));
    assert_eq!((made.location_id.as_deref(), made.language, made.created_at), (Some(SPA), Some(Language::Swahili), clock.now()));
    assert_eq!(spa.store.account("serenity", "amos.k").await.unwrap().as_ref(), Some(&made));
    assert_eq!(spa.store.account("serenity", "amos").await.unwrap(), None);
    let told = format!("{made:?} {}", serde_json::to_string(&made).unwrap());
    assert!(!told.contains("argon2") && !told.contains(made.password.as_str()), "{told}");
    assert_eq!(spa.again().await.accounts("serenity").await.unwrap(), [made]);
}

#[tokio::test]
async fn a_login_is_the_tenants_own_and_is_there_once() {
    house::here!();
    let clock = morning();
    let spa = with_ruth(&clock).await;
    let twice = add(&spa.store, &clock, &new("RUTH", Role::Admin)).await.unwrap_err();
    assert!(matches!(&twice, Refusal::Store(error) if error.kind() == StoreErrorKind::Conflict), "{twice}");
    assert_eq!(spa.store.accounts("serenity").await.unwrap()[0].role, Role::Manager, "the one there was stays as it was");
    spa.store.upsert_tenant(&TenantRow::new("rival", "Rival Spas")).await.unwrap();
    let theirs = NewAccount { tenant: "rival".into(), ..new("ruth", Role::Admin) };
    add(&spa.store, &clock, &theirs).await.unwrap();
    assert_eq!(sign_in(&spa.store, &clock, "rival", "ruth", PASSWORD).await.unwrap().role, Role::Admin);
    assert_eq!(signed_in(&spa, &clock).await.role, Role::Manager);
}

#[tokio::test]
async fn what_no_account_may_be_is_refused_and_says_why() {
    house::here!();
    let (spa, clock) = (Spa::empty().await, morning());
    spa.store.upsert_tenant(&TenantRow::new("rival", "Rival Spas")).await.unwrap();
    let karen = LocationRow { id: "karen".into(), tenant_id: "rival".into(), name: "Karen".into(), timezone: house::TIMEZONE };
    spa.store.upsert_location(&karen).await.unwrap();
    let given = |password: &str| NewPassword::Given(password.to_owned());
    for (wanted, complaint) in [
        (new("", Role::Manager), "is no login"),
        (new("ruth@example.org", Role::Manager), "is no login"),
        (new("254712345678", Role::Manager), "is no login"),
        (new(&"r".repeat(65), Role::Manager), "is no login"),
        (new("ruth", Role::User), "the role of customers"),
        (NewAccount { name: "  ".into(), ..new("ruth", Role::Manager) }, "its name is empty"),
        (NewAccount { location: Some("karen".into()), ..new("ruth", Role::Manager) }, "tenant serenity has no location \"karen\""),
        (NewAccount { location: Some("nowhere".into()), ..new("ruth", Role::Manager) }, "tenant serenity has no location \"nowhere\""),
        (NewAccount { tenant: "nobody".into(), ..new("ruth", Role::Manager) }, "there is no tenant"),
        (NewAccount { password: given("short"), ..new("ruth", Role::Manager) }, "expected at least 10"),
        (NewAccount { password: given("Ruth.Wanjiku"), ..new("ruth.wanjiku", Role::Manager) }, "the password is the login"),
        (NewAccount { password: given("password123"), ..new("ruth", Role::Manager) }, "commonest"),
    ] {
        let refusal = add(&spa.store, &clock, &wanted).await.unwrap_err().to_string();
        assert!(refusal.contains(complaint), "{complaint}: {refusal}");
    }
    assert!(spa.store.accounts("serenity").await.unwrap().is_empty());
}

#[tokio::test]
async fn a_wrong_password_an_unknown_login_and_a_disabled_account_are_told_apart_by_nobody() {
    house::here!();
    let clock = morning();
    let spa = with_ruth(&clock).await;
    let session = signed_in(&spa, &clock).await;
    assert_eq!((session.sub.as_str(), session.tenant.as_str(), session.role), ("ruth", "serenity", Role::Manager));
    assert!(sign_in(&spa.store, &clock, " serenity ", " Ruth ", PASSWORD).await.is_ok(), "blanks and capitals are no matter");
    add(&spa.store, &clock, &new("amos", Role::Frontdesk)).await.unwrap();
    change(&spa.store, &clock, "serenity", "amos", &Change { active: Some(false), ..Change::default() }).await.unwrap();
    let mut told = Vec::new();
    for (tenant, login, password) in [
        ("serenity", "ruth", "another long one"),
        ("serenity", "nobody", PASSWORD),
        ("serenity", "", PASSWORD),
        ("serenity", "amos", PASSWORD),
        ("nowhere", "ruth", PASSWORD),
        ("serenity", "ruth", ""),
    ] {
        let refusal = sign_in(&spa.store, &clock, tenant, login, password).await.unwrap_err();
        assert!(matches!(refusal, Refusal::Wrong), "{login}: {refusal:?}");
        told.push(refusal.to_string());
    }
    told.dedup();
    assert_eq!(told, ["the house, the login or the password is wrong"]);
}

#[tokio::test]
async fn a_session_ends_when_password_role_location_or_permission_change_and_not_for_a_name() {
    house::here!();
    let clock = morning();
    let spa = with_ruth(&clock).await;
    let kept = [
        Change { name: Some("Ruth Wanjiku".into()), ..Change::default() },
        Change { language: Some(Some(Language::Swahili)), ..Change::default() },
        Change { role: Some(Role::Manager), active: Some(true), location: Some(None), ..Change::default() },
    ];
    let session = signed_in(&spa, &clock).await;
    for what in kept {
        changed(&spa, &clock, what).await;
        let person = still_counts(&spa.store, &session).await.unwrap().unwrap();
        assert_eq!(person.name, "Ruth Wanjiku");
    }
    assert_eq!(still_counts(&spa.store, &session).await.unwrap().unwrap().language, Some(Language::Swahili));
    let ending = [
        Change { role: Some(Role::Frontdesk), ..Change::default() },
        Change { location: Some(Some(SPA.into())), ..Change::default() },
        Change { password: Some(NewPassword::Given(PASSWORD.into())), ..Change::default() },
    ];
    for what in ending {
        let session = signed_in(&spa, &clock).await;
        assert!(still_counts(&spa.store, &session).await.unwrap().is_some());
        changed(&spa, &clock, what).await;
        assert_eq!(still_counts(&spa.store, &session).await.unwrap(), None);
    }
    let session = signed_in(&spa, &clock).await;
    assert_eq!((session.role, session.location.as_deref()), (Role::Frontdesk, Some(SPA)));
    changed(&spa, &clock, Change { active: Some(false), ..Change::default() }).await;
    assert_eq!(still_counts(&spa.store, &session).await.unwrap(), None);
    changed(&spa, &clock, Change { active: Some(true), ..Change::default() }).await;
    assert_eq!(still_counts(&spa.store, &session).await.unwrap(), None, "what has ended does not begin again");
    assert!(signed_in(&spa, &clock).await.id != session.id);
    let stranger = Session { tenant: "rival".into(), ..session };
    assert_eq!(still_counts(&spa.store, &stranger).await.unwrap(), None);
}

#[tokio::test]
async fn who_changes_their_password_shows_the_old_one_and_goes_on_while_their_other_sessions_end() {
    house::here!();
    let clock = morning();
    let spa = with_ruth(&clock).await;
    let (here, elsewhere) = (signed_in(&spa, &clock).await, signed_in(&spa, &clock).await);
    let wrong = change_password(&spa.store, &clock, &here, "not the old one", "quite another one").await.unwrap_err();
    assert!(matches!(wrong, Refusal::OldPassword), "{wrong:?}");
    let weak = change_password(&spa.store, &clock, &here, PASSWORD, "short").await.unwrap_err();
    assert!(matches!(weak, Refusal::Password(PasswordFault::Short(5))), "{weak:?}");
    assert!(still_counts(&spa.store, &elsewhere).await.unwrap().is_some(), "nothing was changed so far");
    let goes_on = change_password(&spa.store, &clock, &here, PASSWORD, "quite another one").await.unwrap();
    assert!(still_counts(&spa.store, &goes_on).await.unwrap().is_some());
    for over in [&here, &elsewhere] {
        assert_eq!(still_counts(&spa.store, over).await.unwrap(), None);
        let again = change_password(&spa.store, &clock, over, "quite another one", "and another one").await.unwrap_err();
        assert!(matches!(again, Refusal::Over), "{again:?}");
    }
    assert!(sign_in(&spa.store, &clock, "serenity", "ruth", PASSWORD).await.is_err());
    assert!(sign_in(&spa.store, &clock, "serenity", "ruth", "quite another one").await.is_ok());
}

#[tokio::test]
async fn of_two_changes_at_once_neither_is_lost() {
    house::here!();
    let clock = morning();
    let spa = with_ruth(&clock).await;
    let seen = spa.store.account("serenity", "ruth").await.unwrap().unwrap();
    changed(&spa, &clock, Change { active: Some(false), ..Change::default() }).await;
    // Whoever decided by what they saw before hears that it has changed.
    let stale = AccountChange {
        expected_epoch: Some(seen.epoch),
        password: Some(PasswordHash::of("quite another one").unwrap()),
        ..AccountChange::default()
    };
    let conflict = spa.store.change_account("serenity", "ruth", &stale, clock.now()).await.unwrap_err();
    assert_eq!(conflict.kind(), StoreErrorKind::Conflict);
    clock.set(clock.now() + TimeDelta::hours(1));
    let renamed = changed(&spa, &clock, Change { name: Some("Ruth Wanjiku".into()), ..Change::default() }).await;
    assert_eq!((renamed.active, renamed.epoch, renamed.changed_at), (false, seen.epoch + 1, clock.now()));
    clock.set(clock.now() + TimeDelta::hours(1));
    assert_eq!(changed(&spa, &clock, Change::default()).await, renamed, "what changes nothing writes nothing");
    let nobody = change(&spa.store, &clock, "serenity", "nobody", &Change::default()).await.unwrap_err();
    assert!(matches!(&nobody, Refusal::Store(error) if error.kind() == StoreErrorKind::NotFound), "{nobody}");
}

#[tokio::test]
async fn a_fresh_password_is_told_once_and_lets_its_owner_in() {
    house::here!();
    let clock = morning();
    let spa = with_ruth(&clock).await;
    let made = change(&spa.store, &clock, "serenity", "ruth", &Change { password: Some(NewPassword::Fresh), ..Change::default() }).await.unwrap();
    let fresh = made.fresh_password.unwrap();
    assert!(sign_in(&spa.store, &clock, "serenity", "ruth", PASSWORD).await.is_err());
    assert!(sign_in(&spa.store, &clock, "serenity", "ruth", &fresh).await.is_ok());
    assert!(!made.account.password.as_str().contains(&fresh));
}

#[tokio::test]
async fn a_token_lets_in_whoever_is_no_customer_for_as_long_as_it_counts() {
    house::here!();
    let (spa, clock) = (Spa::empty().await, morning());
    let ring = Ring::new(Keyring::in_memory(clock.now()).unwrap());
    let token = |role| ring.keys().mint(&Claims::lasting("joy", "serenity", role, clock.now(), 3600), clock.now()).unwrap();
    let session = sign_in_with_token(&ring, &clock, &format!(" {}\n", token(Role::Scheduler))).unwrap();
    assert!(matches!(session.signed_in, SignedIn::Token { .. }));
    assert_eq!(session.exp, (clock.now() + TimeDelta::hours(1)).timestamp());
    let person = still_counts(&spa.store, &session).await.unwrap().unwrap();
    assert_eq!((person.name.as_str(), person.language), ("joy", None));
    choose_language(&spa.store, &clock, &session, Some(Language::Swahili)).await.unwrap();
    assert!(matches!(change_password(&spa.store, &clock, &session, PASSWORD, PASSWORD).await, Err(Refusal::Over)), "it has none");
    assert!(matches!(sign_in_with_token(&ring, &clock, &token(Role::User)), Err(Refusal::Customer)));
    assert!(matches!(sign_in_with_token(&ring, &clock, "nonsense"), Err(Refusal::Token(TokenError::Malformed(_)))));
    let old = token(Role::Admin);
    clock.set(clock.now() + TimeDelta::hours(2));
    assert!(matches!(sign_in_with_token(&ring, &clock, &old), Err(Refusal::Token(TokenError::Expired(_)))));
}

#[tokio::test]
async fn who_signs_out_is_out_everywhere_with_that_session_and_with_no_other() {
    house::here!();
    let clock = morning();
    let spa = with_ruth(&clock).await;
    let (desk, phone) = (signed_in(&spa, &clock).await, signed_in(&spa, &clock).await);
    for _ in 0..2 {
        sign_out(&spa.store, &clock, &desk).await.unwrap();
        assert_eq!(still_counts(&spa.again().await, &desk).await.unwrap(), None);
        assert!(still_counts(&spa.store, &phone).await.unwrap().is_some());
    }
    // It is kept as long as the cookie could be shown, and no longer.
    clock.set(clock.now() + TimeDelta::days(6));
    sign_out(&spa.store, &clock, &phone).await.unwrap();
    assert!(spa.store.session_has_ended(&desk.id).await.unwrap());
    clock.set(clock.now() + TimeDelta::days(1) + TimeDelta::seconds(29));
    sign_out(&spa.store, &clock, &phone).await.unwrap();
    assert!(spa.store.session_has_ended(&desk.id).await.unwrap(), "clocks may differ");
    clock.set(clock.now() + TimeDelta::seconds(2));
    sign_out(&spa.store, &clock, &signed_in(&spa, &clock).await).await.unwrap();
    assert!(!spa.store.session_has_ended(&desk.id).await.unwrap());
}

#[tokio::test]
async fn a_language_that_was_chosen_stays_chosen() {
    house::here!();
    let clock = morning();
    let spa = with_ruth(&clock).await;
    let session = signed_in(&spa, &clock).await;
    for language in [Some(Language::Swahili), Some(Language::English), None] {
        choose_language(&spa.store, &clock, &session, language).await.unwrap();
        assert_eq!(still_counts(&spa.store, &session).await.unwrap().unwrap().language, language);
    }
}

#[test]
fn a_login_is_kept_in_small_letters_and_is_no_address() {
    assert_eq!(login_of("  Ruth_W-2.b ").unwrap(), "ruth_w-2.b");
    for none in ["", " ", "2ruth", "ruth wanjiku", "ruth@example.org", "+254712345678", "rüth", "ruth/..", &"r".repeat(65)] {
        assert!(matches!(login_of(none), Err(Refusal::Login(_))), "{none}");
    }
}
