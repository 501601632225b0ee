//! What holds for the whole house: cutoff, night, what customers may do, languages, quiet hours, reminders.

use std::collections::BTreeSet;
use std::sync::Arc;

use axum::extract::{Extension, State};
use axum::response::Response;
use maud::html;
use serde_json::{Map, Value, json};

use super::super::super::admin::settings::{self as api, SettingsView};
use super::super::super::app::App;
use super::super::super::ask::Asked;
use super::super::super::once::Sent;
use super::super::super::problem::Problem;
use super::super::fields::{Field, Form, Stop, Takes, Typed, Values, needed, optional, read, untouched, without_hint};
use super::super::form::{Filled, Landing};
use super::super::frame::Page;
use super::super::kept::Kept;
use super::super::seen;
use super::super::visit::Visit;
use super::{Shown, choices, done, page};
use crate::alloc::Profile;

const PAGE: &str = "/admin/settings";

/// The switches of the house: those that are on file. None of this service reads any, so that there is none to offer beside them.
fn switches(view: &SettingsView) -> BTreeSet<String> {
    view.feature_flags.keys().cloned().collect()
}

fn fields(visit: &Visit, view: &SettingsView) -> Vec<Field> {
    let profiles = || Profile::shipped_texts().iter().map(|(name, _)| ((*name).to_owned(), (*name).to_owned())).collect();
    vec![
        needed("name", Takes::Text),
        without_hint(needed("language", Takes::One(choices(visit, "language", &["en", "sw"])))),
        needed("cutoff_time", Takes::Clock),
        needed("cutoff_days_before", Takes::Whole(0, 14)),
        needed("night_minutes", Takes::Whole(0, 1440)),
        needed("profile", Takes::One(profiles())),
        optional("shadow_profile", Takes::One(profiles())),
        optional("apply_threshold", Takes::Share),
        needed("staff_preference_enabled", Takes::Yes),
        needed("exposure_policy", Takes::One(choices(visit, "exposure", &["range", "stylist"]))),
        needed("hold_minutes", Takes::Whole(1, 120)),
        needed("customer_change_minutes", Takes::Whole(0, 43_200)),
        optional("phone_region", Takes::Text),
        needed("channels", Takes::Words(["email", "sms", "whatsapp", "console"].map(str::to_owned).into())),
        optional("reminder_minutes", Takes::Whole(1, 20_160)),
        optional("quiet_from", Takes::Clock),
        optional("quiet_to", Takes::Clock),
        // The address on file is not shown, so that an empty field cannot mean that it goes.
        untouched("manager_contact", Takes::Text),
        needed("manager_contact_gone", Takes::Yes),
        needed("feature_flags", Takes::Switches(switches(view))),
    ]
}

async fn drawn(app: &Arc<App>, visit: &Visit, shown: &Shown, refused: Option<&Kept>) -> Result<Page, Problem> {
    let w = visit.words();
    let view = SettingsView::from(app.tenant(visit.caller()?).await?);
    let contact = view.manager_contact.clone();
    let there = Values::of(&view);
    let fields = fields(visit, &view);
    let form = Form {
        app,
        visit,
        name: "house",
        action: PAGE.to_owned(),
        fields: &fields,
        usual: &there,
        refused,
        is_on_file: true,
        button: "settings-save",
    };
    let locations = app.locations(visit.caller()?).await?;
    let may = visit.may("POST", PAGE) && visit.caller()?.location.is_none();
    let body = html! {
        (done(visit, shown))
        h2 { (w.say("settings-of-locations")) }
        ul.choices { @for location in &locations { li { a.button href=(format!("/admin/at/{}/{}", location.id, if visit.may("GET", "/admin/at/{location}/people") { "people" } else { "hours" })) { (location.name) } } } }
        @if may {
            h2 { (w.say("settings-of-house")) }
            @if let Some(contact) = contact { p { (w.say("settings-manager-is")) " " b { (contact) } } }
            (form.markup())
        }
    };
    page(app, visit, "house", None, &w.say("settings-house"), body).await
}

/// The settings of the house.
pub async fn show(app: State<Arc<App>>, visit: Visit, shown: Asked<Shown>) -> Result<Page, Problem> {
    drawn(&app, &visit, &shown.0, None).await
}

/// Changes them.
pub async fn save(app: State<Arc<App>>, visit: Visit, filled: Filled<Typed>) -> Result<Response, Problem> {
    let Filled { body: typed, once } = filled;
    let saved: Result<(), Stop> = async {
        let view = SettingsView::from(app.tenant(visit.caller()?).await?);
        seen::unchanged(&app, &visit, &once, &typed, &Values::of(&view)).await?;
        let mut members: Map<String, Value> = read(&fields(&visit, &view), &typed, visit.words(), Map::new())?;
        if members.remove("manager_contact_gone") == Some(json!(true)) {
            members.insert("manager_contact".to_owned(), Value::Null);
        }
        let body = super::super::super::once::from_value(Value::Object(members))?;
        Box::pin(api::change(app.clone(), Extension(visit.caller()?.clone()), Sent { body, once })).await.map(drop)?;
        Ok(())
    }
    .await;
    let (app, visit) = (&app, &visit);
    let page = |kept: Kept| async move { drawn(app, visit, &Shown::default(), Some(&kept)).await };
    Kept::answered(saved, &typed, Landing::at(PAGE).with("done", "saved"), page).await
}
