//! Styles, scripts and pictures of the pages, embedded. Their names carry their content's hash, so that a browser asks for each only once.

use std::sync::OnceLock;

use axum::body::Bytes;
use axum::extract::Path;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use sha2::{Digest, Sha256};

use super::super::problem::Problem;
use super::css;

/// One file that pages load.
struct Asset {
    /// As a page names it: with the hash of what is in it.
    path: String,
    name: &'static str,
    kind: &'static str,
    content: Bytes,
}

const SCRIPT: &str = "text/javascript; charset=utf-8";

fn all() -> &'static [Asset] {
    static ALL: OnceLock<Vec<Asset>> = OnceLock::new();
    ALL.get_or_init(|| {
        vec![
            asset("zamu.css", "text/css; charset=utf-8", Bytes::from(css::whole())),
            asset("htmx.js", SCRIPT, Bytes::from_static(include_bytes!(concat!(env!("OUT_DIR"), "/htmx.min.js")))),
            asset("morph.js", SCRIPT, Bytes::from_static(include_bytes!(concat!(env!("OUT_DIR"), "/idiomorph.min.js")))),
            asset("interact.js", SCRIPT, Bytes::from_static(include_bytes!(concat!(env!("OUT_DIR"), "/interact.min.js")))),
            asset("zamu.js", SCRIPT, Bytes::from_static(include_bytes!("js/zamu.js"))),
            asset("day.js", SCRIPT, Bytes::from_static(include_bytes!("js/day.js"))),
            asset("icon.svg", "image/svg+xml", Bytes::from_static(include_bytes!("icon.svg"))),
        ]
    })
}

fn asset(name: &'static str, kind: &'static str, content: Bytes) -> Asset {
    let hash: String = Sha256::digest(&content).iter().take(6).map(|byte| format!("{byte:02x}")).collect();
    let path = match name.rsplit_once('.') {
        Some((stem, ending)) => format!("{stem}-{hash}.{ending}"),
        None => format!("{name}-{hash}"),
    };
    Asset { path, name, kind, content }
}

/// The address of an embedded file, by its plain name.
pub fn address(name: &str) -> String {
    let found = all().iter().find(|asset| asset.name == name);
    format!("/admin/static/{}", found.map_or(name, |asset| asset.path.as_str()))
}

/// An embedded file. What it holds never changes under its name.
pub async fn serve(Path(file): Path<String>) -> Response {
    let Some(asset) = all().iter().find(|asset| asset.path == file) else {
        return Problem::new("NOT_FOUND", "there is no such file").into_response();
    };
    let forever = HeaderValue::from_static("public, max-age=31536000, immutable");
    ([(header::CONTENT_TYPE, HeaderValue::from_static(asset.kind)), (header::CACHE_CONTROL, forever)], asset.content.clone()).into_response()
}
