//! Is it well, and what does it count.

use std::sync::Arc;
use std::time::Duration;

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderValue, header};
use axum::response::IntoResponse;
use metrics::{counter, describe_counter, describe_gauge, describe_histogram};
use metrics_exporter_prometheus::{BuildError, Matcher, PrometheusBuilder, PrometheusHandle};
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
    let text = app.metrics.as_ref().map(|handle| counted(&handle.render())).unwrap_or_default();
    ([(header::CONTENT_TYPE, HeaderValue::from_static("text/plain; version=0.0.4; charset=utf-8"))], text)
}

/// How many were recorded of a histogram `x_count` is `x_count_count`; the exporter leaves a suffix out that the name has already, and whoever
/// reads the format strictly would find a histogram without its count.
fn counted(text: &str) -> String {
    let mut whole = String::with_capacity(text.len() + 256);
    let mut histogram = "";
    for line in text.lines() {
        if let Some(("histogram", name)) = line.strip_prefix("# TYPE ").and_then(|rest| rest.split_once(' ')).map(|(name, kind)| (kind, name)) {
            histogram = name;
        }
        match line.strip_prefix(histogram) {
            Some(rest) if histogram.ends_with("_count") && rest.starts_with(['{', ' ']) => {
                whole.push_str(histogram);
                whole.push_str("_count");
                whole.push_str(rest);
            }
            _ => whole.push_str(line),
        }
        whole.push('\n');
    }
    whole
}

/// Milliseconds and seconds at which requests are counted.
const BUCKETS_S: [f64; 12] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 3.0, 10.0];
const BUCKETS_MS: [f64; 12] = [1.0, 2.5, 5.0, 10.0, 25.0, 50.0, 100.0, 250.0, 1_000.0, 10_000.0, 60_000.0, 600_000.0];

/// Begins to count, for the whole process.
///
/// # Errors
/// Something else counts already.
pub fn recorder() -> Result<PrometheusHandle, BuildError> {
    let builder = PrometheusBuilder::new()
        .set_buckets_for_metric(Matcher::Suffix("_seconds".to_owned()), &BUCKETS_S)?
        .set_buckets_for_metric(Matcher::Suffix("_ms".to_owned()), &BUCKETS_MS)?
        .set_buckets_for_metric(Matcher::Suffix("_count".to_owned()), &[0.0, 1.0, 2.0, 3.0, 4.0, 5.0])?;
    let handle = builder.install_recorder()?;
    describe();
    Ok(handle)
}

/// Says what each number is, and begins the counts at zero: a rate is only seen from a count that was there before.
fn describe() {
    describe_histogram!("http_request_seconds", "how long a request took");
    describe_gauge!("http_requests_under_way", "requests that are being answered");
    describe_histogram!("exposed_slots_count", "how many times one question was shown");
    describe_histogram!("hold_to_confirm_ms", "from a hold to its confirmation");
    describe_histogram!("lock_wait_ms", "how long a transaction waited until other writers were out of its way");
    describe_histogram!("optimizer_score_delta", "what a run of the allocator gained over the day as it stood, by tier");
    describe_counter!("http_requests_total", "requests answered");
    describe_counter!("rate_limited_total", "requests refused because there were too many of one caller");
    describe_counter!("booking_holds_total", "times held");
    describe_counter!("booking_conflicts_total", "bookings refused because nobody was free");
    describe_counter!("assignment_success", "bookings confirmed with somebody who serves them");
    describe_counter!("retry_count", "transactions begun again and days solved again, because somebody else was faster");
    describe_counter!("manual_review_count", "bookings that a person had to look at");
    for name in ["booking_holds_total", "booking_conflicts_total", "assignment_success", "manual_review_count"] {
        counter!(name).increment(0);
    }
    for of in ["transaction", "day"] {
        counter!("retry_count", "of" => of).increment(0);
    }
}
