//! What does not work, as a page: what happened, and the way on.

use std::sync::Arc;

use axum::response::{IntoResponse, Response};
use maud::html;

use super::super::app::App;
use super::super::problem::Problem;
use super::frame::{Frame, Here};
use super::told;
use super::visit::Visit;

/// A problem as a page, with the problem's status.
pub async fn as_page(app: &Arc<App>, visit: &Visit, problem: &Problem) -> Response {
    let w = visit.words();
    let title = w.say(&format!("problem-{}", problem.code().to_lowercase().replace('_', "-")));
    let body = html! {
        div.fault role="alert" {
            (told::refusal(w, problem))
            p { a.button href="/admin" { (w.say("problem-onward")) } }
        }
    };
    let frame = match Frame::of(app, visit, Here::Elsewhere).await {
        Ok(frame) => frame,
        Err(_) => Frame::bare(visit, Here::Elsewhere),
    };
    let status = problem.status_code();
    (status, frame.page(&title, body)).into_response()
}
