//! The way in to the pages: who is let in, for how long, and the ways in which others try.

use std::time::Duration;

use chrono::TimeDelta;
use reqwest::header::{RETRY_AFTER, SET_COOKIE};
use zamu::clock::Clock;
use zamu::http::access::{Access, ROUTES};
use zamu::http::limits::Rates;
use zamu::http::web::is_page;
use zamu::keyring::{Algorithm, Role};
use zamu::operations::accounts::{Change, change};

use super::harness::{Answer, Service, UNLIMITED, read};
use super::house::{self, SPA, here};
use super::visitor::{PASSWORD, Visitor, account, hidden, place};

/// A path of the table of routes with something in its places.
fn filled(path: &str) -> String {
    path.replace("{location}", SPA)
        .replace("{date}", "2026-11-21")
        .replace("{id}", "none-such")
        .replace("{login}", "none-such")
        .replace("{language}", "en")
        .replace("{topic}", "booking.moved")
}

async fn changed(service: &Service, login: &str, what: Change) {
    change(&service.spa.store, service.clock.as_ref(), "serenity", login, &what).await.unwrap();
}

fn is_sent_to_sign_in(answer: &Answer) -> bool {
    answer.status == 303 && place(answer).starts_with("/admin/sign-in?to=")
}

#[tokio::test]
async fn without_a_session_every_page_leads_to_the_sign_in_and_back() {
    here!();
    let service = Service::start().await;
    account(&service, "ruth", Role::Admin, None).await;
    let mut visitor = Visitor::new(&service);
    let mut pages = 0;
    for route in ROUTES.iter().filter(|route| is_page(route.path) && route.access != Access::Public) {
        let path = filled(route.path);
        let answer = if route.method == "GET" { visitor.get(&path).await } else { visitor.post(&path, &[]).await };
        assert!(is_sent_to_sign_in(&answer), "{} {path}: {} {}", route.method, answer.status, answer.text);
        pages += 1;
    }
    assert!(pages > 5);
    let wanted = "/admin/at/westlands/2026-11-21?standing=held";
    let sent = visitor.get(wanted).await;
    let form = visitor.get(place(&sent)).await.with(200);
    let back = hidden(form.text.split_once("action=\"/admin/sign-in\"").unwrap().1, "to").replace("&amp;", "&");
    assert_eq!(back, wanted);
    let fields = [("house", "serenity"), ("login", "ruth"), ("password", PASSWORD), ("to", back.as_str())];
    let entered = visitor.post("/admin/sign-in", &fields).await;
    assert_eq!((entered.status, place(&entered)), (303, wanted));
    visitor.get(wanted).await.with(200);
}

#[tokio::test]
async fn what_does_not_fit_lets_nobody_in_and_says_the_same_whatever_it_is() {
    here!();
    let service = Service::start().await;
    account(&service, "ruth", Role::Manager, None).await;
    account(&service, "amos", Role::Manager, None).await;
    changed(&service, "amos", Change { active: Some(false), ..Change::default() }).await;
    let mut visitor = Visitor::new(&service);
    for (house, login, password) in [
        ("serenity", "ruth", "another long one"),
        ("serenity", "nobody", PASSWORD),
        ("elsewhere", "ruth", PASSWORD),
        ("serenity", "amos", PASSWORD),
        ("", "", ""),
    ] {
        let answer = visitor.post("/admin/sign-in", &[("house", house), ("login", login), ("password", password)]).await.with(401);
        assert!(answer.text.contains("The house, the name or the password is wrong."), "{}", answer.text);
        assert!(answer.text.contains(&format!("value=\"{login}\"")) && !answer.text.contains(PASSWORD), "what was typed stays, but no password");
        assert_eq!(visitor.session(), None);
    }
    let long = "x".repeat(100_000);
    visitor.post("/admin/sign-in", &[("house", "serenity"), ("login", "ruth"), ("password", &long)]).await.with(400);
    visitor.sign_in("ruth", PASSWORD).await.with(303);
    assert!(visitor.session().is_some());
}

#[tokio::test]
async fn a_session_ends_at_once_when_its_account_is_disabled_or_its_password_is_changed() {
    here!();
    let service = Service::start().await;
    let mut ruth = Visitor::signed_in(&service, "ruth", Role::Manager, None).await;
    let page = "/admin/at/westlands/2026-11-21";
    for (what, undone) in [
        (Change { active: Some(false), ..Change::default() }, Change { active: Some(true), ..Change::default() }),
        (Change { role: Some(Role::Frontdesk), ..Change::default() }, Change { role: Some(Role::Manager), ..Change::default() }),
    ] {
        ruth.get(page).await.with(200);
        changed(&service, "ruth", what).await;
        assert!(is_sent_to_sign_in(&ruth.get(page).await));
        changed(&service, "ruth", undone).await;
        assert!(is_sent_to_sign_in(&ruth.get(page).await), "it does not come to life again");
        ruth.sign_in("ruth", PASSWORD).await.with(303);
    }
}

#[tokio::test]
async fn a_form_counts_only_with_the_proof_of_its_own_session() {
    here!();
    let service = Service::start().await;
    let mut ruth = Visitor::signed_in(&service, "ruth", Role::Admin, None).await;
    let mut amos = Visitor::signed_in(&service, "amos", Role::Admin, None).await;
    let page = "/admin/at/westlands/2026-11-21";
    let own = hidden(&ruth.get(page).await.with(200).text, "proof");
    let others = hidden(&amos.get(page).await.with(200).text, "proof");
    let forged = format!("{}{}", &own[..own.len() - 1], if own.ends_with('0') { "1" } else { "0" });
    for route in ROUTES.iter().filter(|route| is_page(route.path) && route.access != Access::Public && route.method == "POST") {
        let path = filled(route.path);
        for proof in [None, Some(""), Some(forged.as_str()), Some(others.as_str())] {
            let fields: Vec<(&str, &str)> = proof.map(|proof| ("proof", proof)).into_iter().chain([("key", "k1")]).collect();
            let answer = ruth.post(&path, &fields).await;
            assert_eq!(answer.status, 403, "{path} with {proof:?}: {}", answer.text);
        }
    }
    ruth.headers = vec![("sec-fetch-site", "cross-site")];
    ruth.post("/admin/sign-out", &[("proof", own.as_str())]).await.with(403);
    ruth.headers.clear();
    ruth.get(page).await.with(200);
    let copy = ruth.session().unwrap().to_owned();
    let left = ruth.post("/admin/sign-out", &[("proof", own.as_str())]).await;
    assert_eq!((left.status, place(&left), ruth.session()), (303, "/admin/sign-in", None));
    assert!(is_sent_to_sign_in(&ruth.get(page).await));
    ruth.cookies.insert("zamu_session".into(), copy);
    assert!(is_sent_to_sign_in(&ruth.get(page).await), "a copy of the cookie opens nothing any more");
    amos.get(page).await.with(200);
}

#[tokio::test]
async fn who_signs_out_is_told_no_more_of_a_day_in_any_window() {
    here!();
    let service = Service::start().await;
    let mut ruth = Visitor::signed_in(&service, "ruth", Role::Admin, None).await;
    let page = "/admin/at/westlands/2026-11-21";
    let proof = hidden(&ruth.get(page).await.with(200).text, "proof");
    let cookie = format!("zamu_session={}", ruth.session().unwrap());
    let stream = service.http.get(format!("{}{page}/events", service.url)).header("cookie", cookie).send().await.unwrap();
    assert_eq!(stream.status(), 200);
    let told = tokio::spawn(stream.text());
    ruth.post("/admin/sign-out", &[("proof", proof.as_str())]).await.with(303);
    let told = tokio::time::timeout(Duration::from_secs(60), told).await.expect("the stream ends by itself").unwrap().unwrap();
    assert!(told.contains("event: day"), "it told of the day before: {told}");
}

#[tokio::test]
async fn the_cookie_is_for_the_pages_alone_and_for_https_where_that_is_used() {
    here!();
    let service = Service::start().await;
    account(&service, "ruth", Role::Manager, None).await;
    let flags = |answer: &Answer| {
        let said = answer.headers.get_all(SET_COOKIE).iter().map(|value| value.to_str().unwrap());
        let session = said.into_iter().find(|said| said.starts_with("zamu_session=")).unwrap().to_owned();
        let mut flags: Vec<String> = session.split(';').skip(1).map(|flag| flag.trim().to_lowercase()).collect();
        flags.sort();
        flags
    };
    let mut visitor = Visitor::new(&service);
    assert_eq!(flags(&visitor.sign_in("ruth", PASSWORD).await), ["httponly", "path=/admin", "samesite=strict"]);
    visitor.headers = vec![("x-forwarded-proto", "https")];
    assert_eq!(flags(&visitor.sign_in("ruth", PASSWORD).await), ["httponly", "path=/admin", "samesite=strict", "secure"]);
    let behind = Service::with(UNLIMITED, true, 0).await;
    account(&behind, "ruth", Role::Manager, None).await;
    assert!(flags(&Visitor::new(&behind).sign_in("ruth", PASSWORD).await).contains(&"secure".to_owned()));
}

#[tokio::test]
async fn nobody_is_sent_on_to_another_site() {
    here!();
    let service = Service::start().await;
    account(&service, "ruth", Role::Manager, None).await;
    for to in [
        "https://evil.example/admin",
        "//evil.example",
        "/\\evil.example",
        "/admin//evil.example",
        "/admin/\r\nx: y",
        "/v1/bookings",
        "/admin/v1/people",
    ] {
        let mut visitor = Visitor::new(&service);
        let fields = [("house", "serenity"), ("login", "ruth"), ("password", PASSWORD), ("to", to)];
        let entered = visitor.post("/admin/sign-in", &fields).await;
        assert_eq!((entered.status, place(&entered)), (303, "/admin"), "{to:?}");
        let form = visitor.get("/admin/sign-in?to=https://evil.example").await;
        assert_eq!((form.status, place(&form)), (303, "/admin"), "who has signed in goes on, but not there");
    }
    let form = Visitor::new(&service).get("/admin/sign-in?to=https://evil.example").await.with(200);
    assert!(!form.text.contains("value=\"https://evil"), "{}", form.text);
    let chosen = Visitor::new(&service).post("/admin/language", &[("language", "sw"), ("to", "//evil.example")]).await;
    assert_eq!((chosen.status, place(&chosen)), (303, "/admin"));
}

#[tokio::test]
async fn a_token_lets_in_its_bearer_unless_they_are_a_customer() {
    here!();
    let service = Service::start().await;
    let mut visitor = Visitor::new(&service);
    let customer = service.token(Role::User, "amina");
    let answer = visitor.post("/admin/sign-in", &[("token", &customer)]).await.with(401);
    assert!(answer.text.contains("customer") && !answer.text.contains(&customer), "{}", answer.text);
    let answer = visitor.post("/admin/sign-in", &[("token", "nonsense")]).await.with(401);
    assert!(answer.text.contains("The token does not count"), "{}", answer.text);
    let token = service.token(Role::Manager, "joy");
    visitor.post("/admin/sign-in", &[("token", &token)]).await.with(303);
    visitor.get("/admin/at/westlands/2026-11-21").await.with(200);
    // The key got out and was replaced: what it opened is over.
    service.app.keys.change(|keys| keys.rotate_token(Algorithm::Hs256, service.clock.now(), 0)).unwrap();
    assert!(is_sent_to_sign_in(&visitor.get("/admin/at/westlands/2026-11-21").await));
}

#[tokio::test]
async fn a_session_is_no_bearer_token_and_a_bearer_token_is_no_session() {
    here!();
    let service = Service::start().await;
    let ruth = Visitor::signed_in(&service, "ruth", Role::Admin, None).await;
    let answer = service.get(ruth.session().unwrap(), "/admin/v1/people?location_id=westlands").await.with(401);
    assert_eq!(answer.code(), "UNAUTHENTICATED");
    // Nor does the cookie itself open the API.
    let cookie = format!("zamu_session={}", ruth.session().unwrap());
    read(service.http.get(format!("{}/admin/v1/people?location_id=westlands", service.url)).header("cookie", cookie)).await.with(401);
    let token = service.token(Role::Admin, "ruth");
    let mut visitor = Visitor::new(&service);
    visitor.cookies.insert("zamu_session".into(), token);
    assert!(is_sent_to_sign_in(&visitor.get("/admin/at/westlands/2026-11-21").await));
}

#[tokio::test]
async fn every_page_lets_in_the_roles_of_the_table_and_nobody_else() {
    here!();
    let service = Service::start().await;
    for role in [Role::Frontdesk, Role::Scheduler, Role::Manager, Role::Admin] {
        let mut visitor = Visitor::signed_in(&service, &format!("a-{}", role.word()), role, None).await;
        let proof = hidden(&visitor.get("/admin/at/westlands/2026-11-21").await.with(200).text, "proof");
        for route in ROUTES.iter().filter(|route| is_page(route.path) && !route.path.ends_with("/events") && route.path != "/admin/sign-out") {
            let Access::Roles(roles) = route.access else { continue };
            let path = filled(route.path);
            let answer = if route.method == "GET" {
                visitor.get(&path).await
            } else {
                visitor.post(&path, &[("proof", &proof), ("key", &format!("{}-{path}", role.word()))]).await
            };
            assert_eq!(answer.status == 403, !roles.contains(&role), "{} {path} as {}: {}", route.method, role.word(), answer.text);
            assert!(answer.status < 500 && !is_sent_to_sign_in(&answer), "{} {path} as {}: {}", route.method, role.word(), answer.text);
        }
    }
}

#[tokio::test]
async fn an_account_for_one_location_sees_that_one_only() {
    here!();
    let service = Service::start().await;
    let other = zamu::store::LocationRow { id: "karen".into(), tenant_id: "serenity".into(), name: "Karen".into(), timezone: house::TIMEZONE };
    zamu::store::Store::upsert_location(&service.spa.store, &other).await.unwrap();
    let mut ruth = Visitor::signed_in(&service, "ruth", Role::Manager, Some(SPA)).await;
    ruth.get("/admin/at/westlands/2026-11-21").await.with(200);
    let hidden = ruth.get("/admin/at/karen/2026-11-21").await.with(404);
    assert!(!hidden.text.contains("Karen"), "{}", hidden.text);
}

#[tokio::test]
async fn whoever_tries_too_often_waits_and_others_do_not() {
    here!();
    let service = Service::with_rates(Rates { sign_in_per_minute: 5, ..UNLIMITED }).await;
    account(&service, "ruth", Role::Manager, None).await;
    let mut visitor = Visitor::new(&service);
    let mut waited = None;
    for _ in 0..20 {
        let answer = visitor.sign_in("ruth", "another long one").await;
        if answer.status == 429 {
            waited = Some(answer);
            break;
        }
        assert_eq!(answer.status, 401);
    }
    let answer = waited.expect("nobody tries twenty times in a moment");
    let seconds: u64 = answer.headers[RETRY_AFTER].to_str().unwrap().parse().unwrap();
    assert!((1..=60).contains(&seconds) && answer.text.contains("Too many tries"), "{}", answer.text);
    let right = visitor.sign_in("ruth", PASSWORD).await;
    assert!(right.status == 429 && visitor.session().is_none(), "not even with the right one: {}", right.status);
}

#[tokio::test]
async fn behind_a_proxy_each_desk_has_tries_of_its_own_and_nobody_gets_more_by_claiming_to_be_another() {
    here!();
    let service = Service::with(Rates { sign_in_per_minute: 5, ..UNLIMITED }, false, 1).await;
    let mut guesser = Visitor::new(&service);
    let mut refused = false;
    for (k, login) in (0..20).map(|k| (k, format!("somebody-{k}"))) {
        // What the proxy adds stands last; what came before it is the guesser's own.
        let claimed: &'static str = if k % 2 == 0 { "198.51.100.1, 203.0.113.7" } else { "198.51.100.2, 203.0.113.7" };
        guesser.headers = vec![("x-forwarded-for", claimed)];
        refused |= guesser.sign_in(&login, "another long one").await.status == 429;
    }
    assert!(refused, "twenty logins from one address in a moment");
    let mut other = Visitor::new(&service);
    other.headers = vec![("x-forwarded-for", "203.0.113.8")];
    assert_eq!(other.sign_in("nobody", "another long one").await.status, 401, "another desk behind the same proxy has tries left");
}

#[tokio::test]
async fn a_session_is_renewed_while_it_is_used_and_over_when_it_is_not() {
    here!();
    let service = Service::start().await;
    let mut ruth = Visitor::signed_in(&service, "ruth", Role::Manager, None).await;
    let first = ruth.session().unwrap().to_owned();
    let page = "/admin/at/westlands/2026-11-21";
    let wait = |hours| service.clock.set(service.clock.now() + TimeDelta::hours(hours));
    wait(5);
    ruth.get(page).await.with(200);
    assert_eq!(ruth.session(), Some(first.as_str()), "not yet");
    wait(2);
    let proof = hidden(&ruth.get(page).await.with(200).text, "proof");
    let second = ruth.session().unwrap().to_owned();
    assert_ne!(second, first);
    wait(11);
    ruth.get(page).await.with(200);
    assert_eq!(hidden(&ruth.get(page).await.with(200).text, "proof"), proof, "pages that stand open still count");
    wait(13);
    assert!(is_sent_to_sign_in(&ruth.get(page).await));
}

#[tokio::test]
async fn the_pages_speak_the_language_of_the_account_or_the_browser() {
    here!();
    let service = Service::start().await;
    let mut visitor = Visitor::new(&service);
    visitor.headers = vec![("accept-language", "sw-KE,en;q=0.5")];
    let form = visitor.get("/admin/sign-in").await.with(200);
    assert!(form.text.contains("lang=\"sw\"") && form.text.contains("Nywila"), "{}", form.text);
    let wrong = visitor.sign_in("nobody", PASSWORD).await.with(401);
    assert!(wrong.text.contains("Nyumba, jina au nywila si sahihi."), "{}", wrong.text);
    let mut ruth = Visitor::signed_in(&service, "ruth", Role::Manager, None).await;
    assert!(ruth.get("/admin/at/westlands/2026-11-21").await.text.contains("lang=\"en\""));
    ruth.post("/admin/language", &[("language", "sw"), ("to", "/admin")]).await.with(303);
    let mut elsewhere = Visitor::new(&service);
    elsewhere.sign_in("ruth", PASSWORD).await.with(303);
    assert!(elsewhere.get("/admin/at/westlands/2026-11-21").await.text.contains("lang=\"sw\""), "what was chosen is the account's");
}
