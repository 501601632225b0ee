//! Is it well, and what does it count.

use std::sync::Arc;
use std::time::Duration;

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderValue, header};
use axum::response::IntoResponse;
use serde::Serialize;
use utoipa::ToSchema;

use super::app::App;
use super::problem::{Faults, Problem};

/// How long the store may take to answer before the service says it is not ready.
const PATIENCE: Duration = Duration::from_secs(2);

/// That it is well.
#[derive(Debug, Serialize, ToSchema)]
pub struct Well {
    /// `ok`.
    #[schema(example = "ok")]
    pub status: String,
    /// Version of the program.
    pub version: String,
}

fn well() -> Json<Well> {
    Json(Well { status: "ok".to_owned(), version: env!("CARGO_PKG_VERSION").to_owned() })
}

/// The process answers.
#[utoipa::path(get, path = "/healthz", tag = "operators", security(()), responses((status = 200, body = Well)))]
pub async fn healthz() -> Json<Well> {
    well()
}

/// The service can do its work: the store answers, with its schema up to date.
#[utoipa::path(get, path = "/readyz", tag = "operators", security(()), responses((status = 200, body = Well), Faults))]
pub async fn readyz(app: State<Arc<App>>) -> Result<Json<Well>, Problem> {
    match tokio::time::timeout(PATIENCE, app.store.ping()).await {
        Ok(Ok(())) => Ok(well()),
        Ok(Err(error)) => Err(Problem::new("STORE_UNAVAILABLE", format!("the store does not answer: {error}")).retry_after(5)),
        Err(_) => Err(Problem::new("STORE_UNAVAILABLE", format!("the store did not answer within {} s", PATIENCE.as_secs())).retry_after(5)),
    }
}

/// What is counted, as Prometheus reads it.
#[utoipa::path(get, path = "/metrics", tag = "operators", security(()), responses((status = 200, body = String, content_type = "text/plain")))]
pub async fn metrics(app: State<Arc<App>>) -> impl IntoResponse {
    let text = app.metrics.as_ref().map(|handle| handle.render()).unwrap_or_default();
    ([(header::CONTENT_TYPE, HeaderValue::from_static("text/plain; version=0.0.4; charset=utf-8"))], text)
}
