//! Somebody with a browser: keeps cookies, follows nothing by itself, and sends forms as a browser does.

use std::collections::BTreeMap;

use reqwest::header::{COOKIE, LOCATION, SET_COOKIE};
use zamu::keyring::Role;
use zamu::operations::accounts::{NewAccount, NewPassword, add};

use super::harness::{Answer, Service, read};

pub const PASSWORD: &str = "a rather long one";

pub struct Visitor<'a> {
    pub service: &'a Service,
    http: reqwest::Client,
    pub cookies: BTreeMap<String, String>,
    /// What is sent along with each request.
    pub headers: Vec<(&'static str, &'static str)>,
}

impl<'a> Visitor<'a> {
    pub fn new(service: &'a Service) -> Visitor<'a> {
        let http = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap();
        Visitor { service, http, cookies: BTreeMap::new(), headers: Vec::new() }
    }

    /// Somebody who has signed in with the password of an account of this role, which is made for them.
    pub async fn signed_in(service: &'a Service, login: &str, role: Role, location: Option<&str>) -> Visitor<'a> {
        account(service, login, role, location).await;
        let mut visitor = Visitor::new(service);
        let answer = visitor.sign_in(login, PASSWORD).await;
        assert_eq!((answer.status, place(&answer)), (303, "/admin"), "{}", answer.text);
        visitor
    }

    async fn send(&mut self, request: reqwest::RequestBuilder) -> Answer {
        let cookies: Vec<String> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let request = self.headers.iter().fold(request.header(COOKIE, cookies.join("; ")), |request, (name, value)| request.header(*name, *value));
        let answer = read(request).await;
        for said in answer.headers.get_all(SET_COOKIE) {
            let (name, rest) = said.to_str().unwrap().split_once('=').unwrap();
            let value = rest.split(';').next().unwrap();
            if value.is_empty() {
                self.cookies.remove(name)
            } else {
                self.cookies.insert(name.to_owned(), value.to_owned())
            };
        }
        answer
    }

    pub async fn get(&mut self, path: &str) -> Answer {
        let request = self.http.get(format!("{}{path}", self.service.url));
        self.send(request).await
    }

    /// Sends a form with just these fields.
    pub async fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let body = serde_html_form::to_string(fields).unwrap();
        let request = self.http.post(format!("{}{path}", self.service.url)).header("content-type", "application/x-www-form-urlencoded").body(body);
        self.send(request).await
    }

    /// Fills the form of a page: with the proof and the key that stand there, and these fields.
    pub async fn fill(&mut self, page: &str, action: &str, fields: &[(&str, &str)]) -> Answer {
        let carried = self.form(page, action).await;
        self.send_form(action, &carried, fields).await
    }

    /// What the form of a page carries unseen.
    pub async fn form(&mut self, page: &str, action: &str) -> Vec<(String, String)> {
        let shown = self.get(page).await;
        assert_eq!(shown.status, 200, "{page}: {}", shown.text);
        Visitor::carried_in(&shown.text, action)
    }

    /// The same of a page that is there: of the form with this action, or of the first where there is none.
    pub fn carried_in(page: &str, action: &str) -> Vec<(String, String)> {
        let form = page.split_once(&format!("action=\"{action}\"")).map_or(page, |(_, rest)| rest.split("</form>").next().unwrap_or(rest));
        let seen = form.contains("name=\"seen\"").then_some("seen");
        ["proof", "key"].into_iter().chain(seen).map(|name| (name.to_owned(), hidden(form, name))).collect()
    }

    /// Sends a form with what it carries, and these fields.
    pub async fn send_form(&mut self, action: &str, carried: &[(String, String)], fields: &[(&str, &str)]) -> Answer {
        let carried = carried.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        let all: Vec<(&str, &str)> = carried.chain(fields.iter().copied()).collect();
        self.post(action, &all).await
    }

    pub async fn sign_in(&mut self, login: &str, password: &str) -> Answer {
        self.post("/admin/sign-in", &[("house", "serenity"), ("login", login), ("password", password)]).await
    }

    pub fn session(&self) -> Option<&str> {
        self.cookies.get("zamu_session").map(String::as_str)
    }
}

pub async fn account(service: &Service, login: &str, role: Role, location: Option<&str>) {
    let new = NewAccount {
        tenant: "serenity".into(),
        login: login.into(),
        name: format!("{}{}", login[..1].to_uppercase(), &login[1..]),
        role,
        location: location.map(str::to_owned),
        language: None,
        password: NewPassword::Given(PASSWORD.into()),
    };
    add(&service.spa.store, service.clock.as_ref(), &new).await.unwrap();
}

/// Where an answer sends a browser on to.
pub fn place(answer: &Answer) -> &str {
    answer.headers.get(LOCATION).map_or("", |value| value.to_str().unwrap())
}

/// The value of a hidden field.
pub fn hidden(page: &str, name: &str) -> String {
    let start = format!("name=\"{name}\" value=\"");
    let (_, rest) = page.split_once(&start).unwrap_or_else(|| panic!("no field {name} in {page}"));
    rest.split('"').next().unwrap().to_owned()
}

/// What a page is about, without what stands around it.
pub fn main(answer: &Answer) -> &str {
    let inside = answer.text.split_once("<main").and_then(|(_, rest)| rest.split_once("</main>"));
    inside.map_or(answer.text.as_str(), |(main, _)| main)
}

/// It says all of these.
#[track_caller]
pub fn says(answer: &Answer, all: &[&str]) {
    for text in all {
        assert!(main(answer).contains(text), "{text:?} is not in {}: {}", answer.status, main(answer));
    }
}

/// It says none of these.
#[track_caller]
pub fn is_silent_about(answer: &Answer, all: &[&str]) {
    for text in all {
        assert!(!main(answer).contains(text), "{text:?} is in {}: {}", answer.status, main(answer));
    }
}
