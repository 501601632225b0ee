//! Started in an empty folder with no configuration at all.

use serde_json::json;

use crate::running::{Running, zamu};

#[tokio::test]
async fn in_an_empty_folder_it_makes_what_it_needs_and_an_admins_first_word_makes_the_house() {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    let service = Running::start(here, &[]);
    assert!(here.join("zamu.db").is_file());
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(std::fs::metadata(here.join("zamu.keys")).unwrap().permissions().mode() & 0o777, 0o600);
    }
    for (path, kind) in [
        ("/healthz", "application/json"),
        ("/readyz", "application/json"),
        ("/docs/", "text/html"),
        ("/openapi.json", "application/json"),
        ("/metrics", "text/plain"),
    ] {
        let answer = service.get("", path).await.with(200);
        assert!(answer.headers["content-type"].to_str().unwrap().starts_with(kind), "{path}: {:?}", answer.headers);
        assert!(!answer.text.is_empty(), "{path}");
    }
    let token = zamu(here).args(["token", "--tenant", "fresh", "--role", "admin"]).output().unwrap();
    assert!(token.status.success());
    let token = String::from_utf8(token.stdout).unwrap().trim().to_owned();
    let place = json!({"name": "Karen", "timezone": "Africa/Nairobi"});
    let made = service.send(&token, "POST", "/admin/v1/locations", place).await.with(201);
    let listed = service.get(&token, "/v1/locations").await.with(200);
    assert_eq!(listed.body, json!([made.body]));
    service.assert_well();
}
