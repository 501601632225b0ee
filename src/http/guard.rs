//! What every request passes: its id, the table of roles, the rates; and what is counted and written down of it.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use axum::extract::{ConnectInfo, MatchedPath, Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use tracing::Instrument;

use super::access::{Access, Route, route};
use super::app::{App, Caller};
use super::limits::Verdict;
use super::problem::Problem;
use super::web;
use crate::clock::Stopwatch;
use crate::domain::id;
use crate::keyring::Role;

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Names the request, writes one line about it, counts it. The id of a caller is kept, and stands in every line that is written meanwhile.
pub async fn observe(State(app): State<Arc<App>>, mut request: Request, next: Next) -> Response {
    let given = request.headers().get(&REQUEST_ID).and_then(|value| value.to_str().ok());
    let request_id = match given {
        Some(given) if (1..=128).contains(&given.len()) && given.bytes().all(|byte| byte.is_ascii_graphic()) => given.to_owned(),
        _ => id::new_id(app.clock.now()),
    };
    let header = HeaderValue::from_str(&request_id).unwrap_or_else(|_| HeaderValue::from_static("-"));
    request.headers_mut().insert(REQUEST_ID, header.clone());
    let route = request.extensions().get::<MatchedPath>().map_or_else(|| "unmatched".to_owned(), |path| path.as_str().to_owned());
    let method = request.method().clone();
    // The path as it is written in the router: an id in it is nobody's name, but a query string may be.
    let span = tracing::info_span!("request", request_id = %request_id, method = %method, route = %route);
    async move {
        let _counted = UnderWay::begin();
        let watch = Stopwatch::start();
        let mut response = next.run(request).await;
        let (status, seconds) = (response.status().as_u16(), watch.elapsed_s());
        response.headers_mut().insert(REQUEST_ID, header);
        response.headers_mut().insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
        response.headers_mut().entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
        let labels = [("method", word_of(&method).to_owned()), ("route", route), ("status", status.to_string())];
        metrics::counter!("http_requests_total", &labels).increment(1);
        metrics::histogram!("http_request_seconds", &labels).record(seconds);
        if status >= 500 {
            tracing::error!(status, ms = 1e3 * seconds, "answered");
        } else {
            tracing::info!(status, ms = 1e3 * seconds, "answered");
        }
        response
    }
    .instrument(span)
    .await
}

/// Counts a request while it is under way, also when whoever asked hangs up.
struct UnderWay;

impl UnderWay {
    fn begin() -> UnderWay {
        metrics::gauge!("http_requests_under_way").increment(1);
        UnderWay
    }
}

impl Drop for UnderWay {
    fn drop(&mut self) {
        metrics::gauge!("http_requests_under_way").decrement(1);
    }
}

/// The method as it is counted: a word that somebody made up is no name of a count.
fn word_of(method: &Method) -> &str {
    let known = [Method::GET, Method::HEAD, Method::POST, Method::PUT, Method::PATCH, Method::DELETE, Method::OPTIONS];
    if known.contains(method) { method.as_str() } else { "other" }
}

/// Lets a request on to its handler if the table of routes says so and its rate allows it.
pub async fn admit(State(app): State<Arc<App>>, mut request: Request, next: Next) -> Response {
    let path = request.extensions().get::<MatchedPath>().map(|path| path.as_str().to_owned());
    let is_page = web::is_page(path.as_deref().unwrap_or(request.uri().path()));
    let Some(path) = path else { return if is_page { web::admit(&app, None, request, next).await } else { next.run(request).await } };
    if request.uri().path().contains("%00") {
        return Problem::new("BAD_REQUEST", "the address has a NUL character").into_response();
    }
    // A method the path does not know is answered by the router.
    let route = route(request.method(), &path);
    if is_page {
        return web::admit(&app, route, request, next).await;
    }
    let Some(route) = route else { return next.run(request).await };
    match let_in(&app, route, request.headers(), address(&app, &request)).await {
        Ok((caller, verdict)) => {
            if let Some(caller) = caller {
                request.extensions_mut().insert(caller);
            }
            let mut response = next.run(request).await;
            tell_rate(response.headers_mut(), verdict);
            response
        }
        Err(problem) => problem.into_response(),
    }
}

/// Where a request comes from: who connects, or whom the outermost proxy of the house's own says it was asked by. What stands before that in
/// `X-Forwarded-For` anybody may have written, so it counts for nothing (the count of trusted proxies, as MDN describes that header).
pub(super) fn address(app: &App, request: &Request) -> String {
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>().map(|ConnectInfo(from)| from.ip());
    let from = if app.proxies == 0 { peer } else { forwarded(request.headers(), app.proxies).or(peer) };
    from.map_or_else(|| "unknown".to_owned(), |ip| ip.to_canonical().to_string())
}

/// The address that stands so many entries from the end of all that proxies have noted; `None` where there are fewer, or it is none.
fn forwarded(headers: &HeaderMap, proxies: usize) -> Option<IpAddr> {
    let all: Vec<&str> = headers.get_all("x-forwarded-for").iter().filter_map(|value| value.to_str().ok()).flat_map(|text| text.split(',')).collect();
    let entry = all.get(all.len().checked_sub(proxies)?)?.trim();
    entry.parse().ok().or_else(|| entry.parse::<SocketAddr>().ok().map(|from| from.ip()))
}

async fn let_in(app: &App, route: &Route, headers: &HeaderMap, address: String) -> Result<(Option<Caller>, Option<Verdict>), Problem> {
    if route.access == Access::Public {
        return Ok((None, None));
    }
    let caller = authenticated(app, headers);
    let (caller, verdict) = let_in_as(app, route, caller, address).await?;
    Ok((Some(caller), Some(verdict)))
}

/// Lets a caller on, or whoever could not say who they are not.
pub(super) async fn let_in_as(app: &App, route: &Route, caller: Result<Caller, Problem>, address: String) -> Result<(Caller, Verdict), Problem> {
    let caller = match caller {
        Ok(caller) => caller,
        Err(problem) => {
            // Guessing is limited by where it comes from.
            let verdict = app.limiter.ask(route.class, &format!("address/{address}")).await;
            return Err(if verdict.allowed { problem } else { too_many(verdict) });
        }
    };
    let verdict = app.limiter.ask(route.class, &format!("caller/{}/{}", caller.tenant, caller.sub)).await;
    if !verdict.allowed {
        metrics::counter!("rate_limited_total", "class" => route.class.word()).increment(1);
        return Err(too_many(verdict));
    }
    let roles = match route.access {
        Access::Roles(roles) => roles,
        Access::Public => Role::ALL.as_slice(),
    };
    if !roles.contains(&caller.role) {
        let may: Vec<&str> = roles.iter().map(|role| role.word()).collect();
        let detail = format!("a {} may not do that; it takes one of: {}", caller.role.word(), may.join(", "));
        return Err(Problem::new("FORBIDDEN", detail));
    }
    Ok((caller, verdict))
}

fn authenticated(app: &App, headers: &HeaderMap) -> Result<Caller, Problem> {
    let missing = || Problem::new("UNAUTHENTICATED", "send a token: Authorization: Bearer …");
    let said = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok()).ok_or_else(missing)?;
    let (scheme, token) = said.split_once(' ').ok_or_else(missing)?;
    if !scheme.eq_ignore_ascii_case("bearer") {
        return Err(missing());
    }
    app.caller(token.trim()).map_err(|error| Problem::new("UNAUTHENTICATED", format!("the token does not count: {error}")))
}

fn too_many(verdict: Verdict) -> Problem {
    let detail = format!("more than {} requests a minute; come back in {} s", verdict.limit, verdict.retry_after_s);
    Problem::new("RATE_LIMITED", detail).retry_after(verdict.retry_after_s)
}

fn tell_rate(headers: &mut HeaderMap, verdict: Option<Verdict>) {
    if let Some(verdict) = verdict.filter(|verdict| verdict.limit > 0) {
        headers.insert("x-ratelimit-limit", HeaderValue::from(verdict.limit));
        headers.insert("x-ratelimit-remaining", HeaderValue::from(verdict.remaining));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(lines: &[&str]) -> HeaderMap {
        lines.iter().map(|line| (HeaderName::from_static("x-forwarded-for"), HeaderValue::from_str(line).unwrap())).collect()
    }

    #[test]
    fn who_asks_is_whom_the_outermost_proxy_of_the_house_names_whatever_was_claimed_before() {
        let said = |lines: &[&str], proxies| forwarded(&asked(lines), proxies).map(|ip| ip.to_string());
        assert_eq!(said(&["6.6.6.6, 203.0.113.7"], 1), Some("203.0.113.7".to_owned()));
        assert_eq!(said(&["6.6.6.6, 203.0.113.7, 10.0.0.2"], 2), Some("203.0.113.7".to_owned()));
        assert_eq!(said(&["6.6.6.6", "203.0.113.7:4711"], 1), Some("203.0.113.7".to_owned()), "a header per proxy, and with a port");
        assert_eq!(said(&["2001:db8::7"], 1), Some("2001:db8::7".to_owned()));
        assert_eq!(said(&["203.0.113.7"], 2), None, "it did not come through all of them");
        assert_eq!(said(&["somebody"], 1), None);
        assert_eq!(said(&[], 1), None);
    }
}
