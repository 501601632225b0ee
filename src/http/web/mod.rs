//! The manager's screen: pages under `/admin`, rendered here, for somebody at a front desk in a hurry.
//!
//! Every page reads and every form works without a script; scripts add dragging, live days and panels that open without a new page. A page names
//! the use case that it shows, and decides nothing itself. Who may see what stands in the table of [`super::access`], as for the APIs.
//!
//! A request becomes a [`Visit`]: who it is, in which language, and the proof that forms carry. A handler answers with a [`Page`], or with a
//! redirection after a form. Loading anything from elsewhere is forbidden to the browser by [`POLICY`].

mod absence;
pub mod assets;
mod attention;
mod book;
mod css;
pub mod day;
mod fault;
mod fields;
mod form;
mod frame;
mod home;
mod kept;
mod lines;
mod live;
mod look;
mod names;
mod optimize;
mod record;
mod seen;
mod session;
pub mod settings;
mod sign_in;
mod temp;
mod told;
mod visit;
mod when;
mod words;

use std::sync::Arc;

use axum::Router;
use axum::routing::{get, post};

use super::app::App;

pub use fault::as_page;
pub use form::{Filled, Landing};
pub use frame::{Frame, Here, Page};
pub use live::Live;
pub use optimize::UnderWay;
pub use visit::{Visit, admit};

/// What a page may load: from this service alone, no inline style or script, and nobody may frame it.
pub const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; \
    form-action 'self'; base-uri 'none'; frame-ancestors 'none'; manifest-src 'self'";

/// Is this an address of a page, and not of an API?
pub fn is_page(path: &str) -> bool {
    let under = path == "/admin" || path.starts_with("/admin/");
    under && path != "/admin/v1" && !path.starts_with("/admin/v1/")
}

/// Every page.
pub fn routes() -> Router<Arc<App>> {
    Router::new()
        .route("/admin", get(home::start))
        .route("/admin/static/{file}", get(assets::serve))
        .route("/admin/sign-in", get(sign_in::ask).post(sign_in::enter))
        .route("/admin/sign-out", post(sign_in::leave))
        .route("/admin/language", post(home::language))
        .route("/admin/at/{location}", get(home::at))
        .route("/admin/at/{location}/{date}", get(day::show))
        .route("/admin/at/{location}/{date}/events", get(live::events))
        .route("/admin/at/{location}/{date}/who", get(day::who))
        .route("/admin/at/{location}/{date}/give", post(day::give))
        .route("/admin/at/{location}/{date}/undo", post(day::undo))
        .route("/admin/at/{location}/{date}/optimize", get(optimize::show).post(optimize::begin))
        .route("/admin/at/{location}/{date}/optimize/stop", post(optimize::stop))
        .route("/admin/at/{location}/{date}/optimize/apply", post(optimize::apply))
        .route("/admin/at/{location}/{date}/optimize/undo", post(optimize::undo))
        .route("/admin/at/{location}/{date}/absence", get(absence::show).post(absence::look))
        .route("/admin/at/{location}/{date}/absence/confirm", post(absence::confirm))
        .route("/admin/at/{location}/{date}/absence/undo", post(absence::take_back))
        .route("/admin/at/{location}/{date}/book", get(book::show).post(book::take))
        .route("/admin/at/{location}/{date}/temp", get(temp::show).post(temp::hire))
        .route("/admin/at/{location}/attention", get(attention::list))
        .route("/admin/at/{location}/attention/{id}", get(attention::one).post(attention::act))
        .merge(of_settings())
        .merge(look::routes())
}

/// Settings, of the house and of its locations.
fn of_settings() -> Router<Arc<App>> {
    use settings::{accounts, hours, house, own, people, places, remove, services, tables, templates};
    Router::new()
        .route("/admin/own", get(own::show).post(own::save))
        .route("/admin/settings", get(house::show).post(house::save))
        .route("/admin/settings/locations", get(places::show).post(places::add))
        .route("/admin/settings/locations/{location}", post(places::save))
        .route("/admin/settings/accounts", get(accounts::show).post(accounts::add))
        .route("/admin/settings/accounts/{login}", get(accounts::one).post(accounts::save))
        .route("/admin/settings/words", get(templates::list))
        .route("/admin/settings/words/{language}/{topic}", get(templates::show).post(templates::save))
        .route("/admin/settings/words/{language}/{topic}/shipped", post(templates::back))
        .route("/admin/at/{location}/people", get(people::show).post(people::add))
        .route("/admin/at/{location}/people/temps", post(people::hire))
        .route("/admin/at/{location}/people/{id}", get(people::one).post(people::save))
        .route("/admin/at/{location}/services", get(services::show).post(services::add))
        .route("/admin/at/{location}/services/{id}", get(services::one).post(services::save))
        .route("/admin/at/{location}/hours", get(hours::show).post(hours::add))
        .route("/admin/at/{location}/hours/put-back", post(remove::hours_back))
        .route("/admin/at/{location}/hours/{id}/remove", get(remove::ask).post(remove::hours))
        .route("/admin/at/{location}/away", post(hours::away))
        .route("/admin/at/{location}/away/put-back", post(remove::away_back))
        .route("/admin/at/{location}/away/{id}/remove", post(remove::away))
        .route("/admin/at/{location}/tables", get(tables::show).post(tables::add))
        .route("/admin/at/{location}/tables/{id}", post(tables::save))
        .route("/admin/at/{location}/combinations", post(tables::combine))
}
