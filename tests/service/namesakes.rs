//! Two people of one name: wherever somebody is named, it is told which of them.

use zamu::keyring::Role;
use zamu::store::{ResourceRow, Store};

use super::harness::Service;
use super::house::{self, SPA, here};
use super::visitor::Visitor;

/// The spa with a second Joy, and a third who left.
async fn two_joys() -> Service {
    let service = Service::start().await;
    let second = ResourceRow::staff(SPA, "joy-2", "Joy", &["swedish"]);
    let left = ResourceRow { active: false, ..ResourceRow::staff(SPA, "grace-0", "Grace", &["swedish"]) };
    for row in [second, left] {
        service.spa.store.upsert_resource(&row).await.unwrap();
    }
    service
}

#[tokio::test]
async fn two_people_of_one_name_are_told_apart_wherever_somebody_is_named() {
    here!();
    let service = two_joys().await;
    let token = service.token(Role::Manager, "ruth");
    let taken = serde_json::json!({"location_id": SPA, "service_id": "swedish", "start": "2026-11-21T10:00"});
    let id = service.send(&token, "POST", "/admin/v1/bookings", taken).await.with(201).text_of("id");
    let to = |who: &str| serde_json::json!({"people": [who], "reason": "asked for"});
    service.send(&token, "PATCH", &format!("/admin/v1/bookings/{id}"), to("brian")).await.with(200);
    service.send(&token, "PATCH", &format!("/admin/v1/bookings/{id}"), to("joy-2")).await.with(200);
    let mut ruth = Visitor::signed_in(&service, "ruth", Role::Manager, None).await;
    for page in [
        "/admin/at/westlands/2026-11-21".to_owned(),
        format!("/admin/at/westlands/2026-11-21?booking={id}"),
        "/admin/at/westlands/2026-11-21/absence".to_owned(),
        "/admin/at/westlands/people".to_owned(),
        "/admin/at/westlands/hours".to_owned(),
        "/admin/at/westlands/bookings".to_owned(),
        "/admin/at/westlands/ledger".to_owned(),
        "/admin/at/westlands/whatifs/ask?question=away".to_owned(),
        format!("/admin/bookings/{id}"),
    ] {
        let shown = ruth.get(&page).await.with(200);
        assert!(shown.text.contains("Joy (joy-2)"), "{page}: {}", shown.text);
        let text = shown.text.replace("Joy (joy-2)", "").replace("Joy (joy)", "");
        assert!(!text.contains("Joy"), "{page} names a Joy without saying which: {}", shown.text);
        assert!(!shown.text.contains("Grace (grace)"), "{page}: who left is taken for nobody: {}", shown.text);
    }
}

#[tokio::test]
async fn somebody_whose_name_nobody_else_has_is_called_by_it_alone() {
    here!();
    let service = two_joys().await;
    let mut ruth = Visitor::signed_in(&service, "ruth", Role::Manager, None).await;
    let day = ruth.get("/admin/at/westlands/2026-11-21").await.with(200);
    assert!(day.text.contains("Brian") && !day.text.contains("Brian ("), "{}", day.text);
}
