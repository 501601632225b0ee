//! The service over HTTP: the User API under `/v1`, the Admin API under `/admin/v1`, a few routes for operators.
//!
//! Every route stands in the table of [`access`], or answers nobody; every change is made [`once`] per Idempotency-Key; every error is a
//! [`problem`] document. What may be done is decided in the use cases: a handler reads a request, calls one of them, and shows what came of it.

pub mod access;
pub mod admin;
pub mod app;
pub mod ask;
pub mod audit;
mod document;
mod guard;
pub mod health;
pub mod limits;
pub mod once;
pub mod page;
pub mod problem;
pub mod server;
pub mod user;
pub mod view;
pub mod web;

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::StatusCode;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::timeout::TimeoutLayer;
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::{Modify, OpenApi};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use utoipa_swagger_ui::SwaggerUi;

pub use app::{App, Caller};
use problem::Problem;

/// How long a request may take in all.
const REQUEST_PATIENCE: Duration = Duration::from_secs(30);

#[derive(OpenApi)]
#[openapi(
    info(
        title = "zamu",
        description = "Books the time now and decides tonight who serves it. Every change needs an Idempotency-Key; every error is a problem document with a stable code."
    ),
    security(("bearer" = [])),
    modifiers(&Bearer),
    tags(
        (name = "customers", description = "What customers and those who book for them ask for"),
        (name = "house", description = "Locations, people, services, hours, settings"),
        (name = "bookings", description = "Bookings as staff see and change them"),
        (name = "day", description = "Runs of the allocator, absences, the day's sheet, what needs attention"),
        (name = "what-ifs", description = "Scenarios over days of a location, and one of their days made real"),
        (name = "operators", description = "Whether it is well, and what only operators do")
    )
)]
struct Document;

struct Bearer;

impl Modify for Bearer {
    fn modify(&self, document: &mut utoipa::openapi::OpenApi) {
        let scheme = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).bearer_format("JWT").build();
        document.components.get_or_insert_with(Default::default).add_security_scheme("bearer", SecurityScheme::Http(scheme));
    }
}

fn documented() -> OpenApiRouter<Arc<App>> {
    use admin::{
        absences, attention, blocks, bookings, hours, ledger, locations, messages, people, resilience, runs, services, settings, tables, whatifs,
    };
    OpenApiRouter::with_openapi(Document::openapi())
        .routes(routes!(health::healthz))
        .routes(routes!(health::readyz))
        .routes(routes!(health::metrics))
        .routes(routes!(user::house::locations))
        .routes(routes!(user::house::services))
        .routes(routes!(user::house::people))
        .routes(routes!(user::house::genders))
        .routes(routes!(user::times::dates))
        .routes(routes!(user::times::slots))
        .routes(routes!(user::bookings::mine, user::bookings::hold))
        .routes(routes!(user::bookings::one))
        .routes(routes!(user::bookings::confirm))
        .routes(routes!(user::bookings::cancel))
        .routes(routes!(user::bookings::reschedule))
        .routes(routes!(locations::list, locations::make))
        .routes(routes!(locations::one, locations::change))
        .routes(routes!(people::list, people::make))
        .routes(routes!(people::one, people::change))
        .routes(routes!(people::temps, people::hire))
        .routes(routes!(tables::list, tables::make))
        .routes(routes!(tables::change))
        .routes(routes!(tables::combine))
        .routes(routes!(services::list, services::make))
        .routes(routes!(services::one, services::change))
        .routes(routes!(hours::list, hours::make))
        .routes(routes!(hours::remove))
        .routes(routes!(hours::slots))
        .routes(routes!(hours::generate))
        .routes(routes!(blocks::list, blocks::make))
        .routes(routes!(blocks::remove))
        .routes(routes!(settings::read, settings::change))
        .routes(routes!(bookings::list, bookings::take))
        .routes(routes!(bookings::one, bookings::change))
        .routes(routes!(bookings::history))
        .routes(routes!(bookings::step))
        .routes(routes!(bookings::attempts))
        .routes(routes!(runs::list, runs::make))
        .routes(routes!(runs::one))
        .routes(routes!(runs::sheet))
        .routes(routes!(absences::list, absences::look))
        .routes(routes!(absences::one))
        .routes(routes!(absences::confirm))
        .routes(routes!(absences::take_back))
        .routes(routes!(attention::list))
        .routes(routes!(attention::one))
        .routes(routes!(attention::accept))
        .routes(routes!(attention::assign))
        .routes(routes!(attention::act))
        .routes(routes!(attention::resolve))
        .routes(routes!(resilience::show))
        .routes(routes!(ledger::show))
        .routes(routes!(ledger::correct))
        .routes(routes!(messages::list))
        .routes(routes!(messages::retry))
        .routes(routes!(messages::dismiss))
        .routes(routes!(whatifs::list, whatifs::ask))
        .routes(routes!(whatifs::one))
        .routes(routes!(whatifs::events))
        .routes(routes!(whatifs::cancel))
        .routes(routes!(whatifs::promote))
        .routes(routes!(audit::audit))
}

/// The OpenApi document of every route.
pub fn openapi() -> serde_json::Value {
    document::finish(serde_json::to_value(documented().into_openapi()).unwrap_or_default())
}

/// Everything the service answers.
pub fn router(app: Arc<App>) -> Router {
    let (routes, annotated) = documented().split_for_parts();
    let document = document::finish(serde_json::to_value(annotated).unwrap_or_default());
    routes
        .merge(web::routes())
        .merge(SwaggerUi::new("/docs").external_url_unchecked("/openapi.json", document))
        .fallback(|| async { Problem::new("NOT_FOUND", "there is nothing at this address; see /docs") })
        .method_not_allowed_fallback(|| async { Problem::new("METHOD_NOT_ALLOWED", "this cannot be done there; see /docs") })
        .layer(from_fn(plain_problems))
        .layer(from_fn_with_state(app.clone(), guard::admit))
        .layer(DefaultBodyLimit::max(once::BODY_MAX))
        .layer(TimeoutLayer::with_status_code(StatusCode::SERVICE_UNAVAILABLE, REQUEST_PATIENCE))
        .layer(CatchPanicLayer::custom(panicked))
        .layer(from_fn_with_state(app.clone(), guard::observe))
        .layer(CompressionLayer::new())
        .with_state(app)
}

/// A fault of ours: the caller learns nothing of it, the log everything.
fn panicked(cause: Box<dyn std::any::Any + Send>) -> Response {
    let said = cause.downcast_ref::<String>().map(String::as_str).or(cause.downcast_ref::<&str>().copied()).unwrap_or("no words");
    tracing::error!(panic = said, "a handler panicked");
    Problem::new("INTERNAL", "something broke here; nothing was changed, and the log knows more").into_response()
}

/// Errors that the framework answers in plain words become problem documents, too.
async fn plain_problems(request: axum::extract::Request, next: axum::middleware::Next) -> Response {
    let response = next.run(request).await;
    let is_document = response.headers().get("content-type").is_some_and(|kind| kind.as_bytes().starts_with(b"application/problem+json"));
    let code = match response.status() {
        _ if is_document => return response,
        StatusCode::BAD_REQUEST => "BAD_REQUEST",
        StatusCode::PAYLOAD_TOO_LARGE => "PAYLOAD_TOO_LARGE",
        StatusCode::METHOD_NOT_ALLOWED => "METHOD_NOT_ALLOWED",
        _ => return response,
    };
    let allow = response.headers().get("allow").cloned();
    let mut problem = Problem::new(code, "the request cannot be read").into_response();
    if let Some(allow) = allow {
        problem.headers_mut().insert("allow", allow);
    }
    problem
}
