//! Taking a booking on the manager's screen, over HTTP: what is free is offered, and what was typed is not lost.

use zamu::domain::AssignmentStatus;
use zamu::keyring::Role;
use zamu::store::{NewBooking, ServiceRow, Store, TenantRow};

use super::harness::Service;
use super::house::{self};
use super::house::{SPA, held_by, here, instant, sat, stamp};
use super::visitor::{Visitor, place};

const DAY: &str = "/admin/at/westlands/2026-11-21";

async fn take(service: &Service, id: &str, what: &str, clock: &str, who: &[&str]) {
    let new = NewBooking { id: Some(id.into()), ..NewBooking::new(SPA, what, sat(clock)) };
    service.spa.store.take_booking(&new, &held_by(who), &stamp()).await.unwrap().unwrap();
}

async fn desk(service: &Service) -> Visitor<'_> {
    Visitor::signed_in(service, "dora", Role::Frontdesk, None).await
}

/// The times that a page offers, by the clock.
fn times(page: &str) -> Vec<&str> {
    let Some((_, list)) = page.split_once("id=\"times\"") else { return Vec::new() };
    list.split("</ul>").next().unwrap().split("</a>").filter_map(|one| one.rsplit('>').next()).filter(|text| text.contains(':')).collect()
}

#[tokio::test]
async fn a_booking_is_taken_by_picking_a_service_a_time_and_saying_who_comes() {
    here!();
    let service = Service::start().await;
    take(&service, "deep", "deep", "10:00", &["grace"]).await;
    let mut dora = desk(&service).await;
    assert!(dora.get(DAY).await.with(200).text.contains("Take a booking"));
    let page = format!("{DAY}/book");
    assert!(times(&dora.get(&page).await.with(200).text).is_empty(), "first what, then when");

    let asked = format!("{page}?service=deep");
    let seen = dora.get(&asked).await.with(200).text;
    let free = times(&seen);
    assert!(free.contains(&"11:15") && !free.contains(&"10:00"), "only Grace can, and she is busy at ten: {free:?}");
    assert!(!seen.contains("customer_name"), "no form before a time is picked");
    let picked = format!("{asked}&at=2026-11-21T14:00:00%2B03:00");
    assert!(dora.get(&picked).await.with(200).text.contains("value=\"2026-11-21T14:00:00+03:00\" selected"));

    let fields =
        [("book_at", "2026-11-21T14:00:00+03:00"), ("customer_name", "Zuri Otieno"), ("phone", "+254 712 345 679"), ("notes", "a quiet room")];
    let led = dora.fill(&picked, &asked, &fields).await.with(303);
    let id = place(&led).split_once("booking=").unwrap().1.to_owned();
    assert!(place(&led).starts_with(&format!("{DAY}?booking=")), "{}", place(&led));
    let row = service.spa.store.booking(&id).await.unwrap();
    assert_eq!((row.span.start, row.resources.as_slice(), row.notes.as_deref()), (sat("14:00"), &["grace".to_owned()][..], Some("a quiet room")));
    let day = dora.get(place(&led)).await.with(200).text;
    assert!(day.contains("Zuri Otieno") && day.contains("a quiet room"), "{day}");
    // From there it is one step to another time, or to calling it off.
    let doings = format!("/admin/bookings/{id}#doings");
    assert!(day.contains(&format!("href=\"{doings}\">Move or cancel</a>")), "{day}");
    assert!(dora.get(&doings).await.with(200).text.contains("id=\"doings\""));
}

#[tokio::test]
async fn somebody_who_walks_in_gives_no_name_and_a_form_sent_twice_books_once() {
    here!();
    let service = Service::start().await;
    service.clock.set(instant("2026-11-21", "08:00"));
    let mut dora = desk(&service).await;
    let asked = format!("{DAY}/book?service=swedish&party=1&gender=&person=");
    let picked = format!("{asked}&at=2026-11-21T10:00:00%2B03:00");
    let form = dora.get(&picked).await.with(200).text;
    let (proof, key) = (super::visitor::hidden(&form, "proof"), super::visitor::hidden(&form, "key"));
    let sent = [
        ("proof", proof.as_str()),
        ("key", key.as_str()),
        ("book_at", "2026-11-21T10:00:00+03:00"),
        ("customer_name", ""),
        ("phone", ""),
        ("email", ""),
        ("notes", ""),
    ];
    let first = dora.post(&asked, &sent).await.with(303);
    let second = dora.post(&asked, &sent).await.with(303);
    assert_eq!(place(&first), place(&second));
    let all = service.spa.saturday().await.bookings;
    assert_eq!((all.len(), all[0].customer_id.as_ref()), (1, None));
}

#[tokio::test]
async fn a_name_is_enough_at_the_desk_and_for_another_day_there_has_to_be_one() {
    here!();
    let service = Service::start().await;
    let mut dora = desk(&service).await;
    let asked = format!("{DAY}/book?service=swedish");
    let picked = format!("{asked}&at=2026-11-21T10:00:00%2B03:00");
    let at = ("book_at", "2026-11-21T10:00:00+03:00");
    let seen = dora.fill(&picked, &asked, &[at]).await.with(422).text;
    let (_, field) = seen.split_once("name=\"customer_name\"").unwrap();
    assert!(field.split('>').next().unwrap().contains("aria-invalid=\"true\""), "who comes tomorrow has a name: {seen}");
    for _ in 0..2 {
        dora.fill(&picked, &asked, &[at, ("customer_name", "Zuri")]).await.with(303);
    }
    let day = service.spa.saturday().await;
    let names: Vec<&str> = day.bookings.iter().map(|one| day.customers[one.customer_id.as_ref().unwrap()].name.as_str()).collect();
    assert_eq!(names, ["Zuri", "Zuri"], "two of one name are two people");
    assert!(day.customers.values().all(|one| one.contact.is_none()));
    // Nobody is said to be told whom nobody can write to.
    let (page, version) = (format!("/admin/bookings/{}", day.bookings[0].id), day.bookings[0].state_version.to_string());
    let seen = dora.get(&format!("{page}?to=2026-11-21")).await.with(200).text;
    assert!(seen.contains("There is no phone number or e-mail address of Zuri on file") && !seen.contains("The customer is told"), "{seen}");
    let led = dora.fill(&page, &format!("{page}/cancel"), &[("version", &version), ("reason", "ill")]).await.with(303);
    let seen = dora.get(place(&led)).await.with(200).text;
    assert!(seen.contains("was called off. Nobody can write to its customer"), "{seen}");
}

#[tokio::test]
async fn how_many_come_is_asked_where_they_sit_at_a_table() {
    here!();
    let service = Service::start().await;
    let dinner = ServiceRow { needs_table: true, staff_count: 0, ..ServiceRow::new(SPA, "dinner", "Dinner", 90, &[]) };
    service.spa.store.upsert_service(&dinner).await.unwrap();
    let mut dora = desk(&service).await;
    let massage = dora.get(&format!("{DAY}/book?service=swedish&party=99")).await.with(200).text;
    assert!(!massage.contains("name=\"party\"") && !times(&massage).is_empty(), "{massage}");
    let dinner = dora.get(&format!("{DAY}/book?service=dinner&party=4")).await.with(200).text;
    let (_, field) = dinner.split_once("name=\"party\"").unwrap();
    assert!(field.split('>').next().unwrap().contains("value=\"4\""), "{dinner}");
    dora.get(&format!("{DAY}/book?service=dinner&party=0")).await.with(422);
}

#[tokio::test]
async fn what_will_not_do_comes_back_as_it_was_typed_with_the_times_that_are_left() {
    here!();
    let service = Service::start().await;
    let mut dora = desk(&service).await;
    let asked = format!("{DAY}/book?service=deep");
    let picked = format!("{asked}&at=2026-11-21T10:00:00%2B03:00");
    let mut typed = vec![("book_at", "2026-11-21T10:00:00+03:00"), ("customer_name", "Zuri"), ("phone", "12"), ("notes", "first visit")];
    let seen = dora.fill(&picked, &asked, &typed).await.with(422).text;
    assert!(seen.contains("value=\"Zuri\"") && seen.contains("first visit") && seen.contains("aria-invalid=\"true\""), "{seen}");
    assert!(seen.contains("This is no phone number. Expected one of this country"), "{seen}");
    typed[2] = ("phone", "+254712345679");
    let form = dora.get(&picked).await.with(200).text;
    let (proof, key) = (super::visitor::hidden(&form, "proof"), super::visitor::hidden(&form, "key"));
    take(&service, "quicker", "deep", "10:00", &["grace"]).await;
    let sent: Vec<(&str, &str)> = [("proof", proof.as_str()), ("key", key.as_str())].into_iter().chain(typed.iter().copied()).collect();
    let seen = dora.post(&asked, &sent).await.with(422).text;
    assert!(seen.contains("10:00 is not free any more") && seen.contains("value=\"Zuri\"") && seen.contains(">14:00</option>"), "{seen}");
    assert!(!seen.contains(">10:00</option>") && times(&seen).is_empty(), "no link that would lose what was typed: {seen}");
    let (_, field) = seen.split_once("name=\"book_at\"").unwrap();
    let field = field.split("</select>").next().unwrap();
    assert!(field.contains("<option value=\"\">–</option>") && !field.contains("selected"), "no other time is picked for anybody: {field}");
    assert_eq!(service.spa.saturday().await.bookings.len(), 1, "nothing was written");
}

#[tokio::test]
async fn wishes_count_and_nobody_books_into_the_past_or_into_another_house() {
    here!();
    let service = Service::start().await;
    let mut dora = desk(&service).await;
    let of = |page: &str| times(page).len();
    let anybody = of(&dora.get(&format!("{DAY}/book?service=swedish")).await.with(200).text);
    let man = of(&dora.get(&format!("{DAY}/book?service=swedish&gender=male&party=1")).await.with(200).text);
    // Everybody is, so that nobody can step in for Brian.
    for who in ["grace", "joy", "brian"] {
        take(&service, &format!("busy-{who}"), "swedish", "10:00", &[who]).await;
    }
    let busy = of(&dora.get(&format!("{DAY}/book?service=swedish&gender=male")).await.with(200).text);
    assert!(anybody >= man && busy < man && busy > 0, "{anybody} {man} {busy}");
    dora.get(&format!("{DAY}/book?service=nothing")).await.with(404);
    dora.get(&format!("{DAY}/book?service=swedish&person=joy")).await.with(404);
    let tenant = service.spa.store.tenant("serenity").await.unwrap();
    service.spa.store.upsert_tenant(&TenantRow { staff_preference_enabled: true, ..tenant }).await.unwrap();
    let asked = format!("{DAY}/book?service=swedish&person=brian&party=1");
    assert_eq!(of(&dora.get(&asked).await.with(200).text), busy, "whom the house lets customers choose");
    let led = dora
        .fill(&format!("{asked}&at=2026-11-21T14:00:00%2B03:00"), &asked, &[("book_at", "2026-11-21T14:00:00+03:00"), ("customer_name", "Zuri")])
        .await
        .with(303);
    let row = service.spa.store.booking(place(&led).split_once("booking=").unwrap().1).await.unwrap();
    assert_eq!((row.resources, row.status), (vec!["brian".to_owned()], AssignmentStatus::Bound));
    service.clock.set(instant("2026-11-21", "13:05"));
    let mut dora = Visitor::signed_in(&service, "late", Role::Frontdesk, None).await;
    let seen = dora.get(&format!("{DAY}/book?service=swedish")).await.with(200).text;
    assert_eq!(times(&seen).first(), Some(&"13:15"), "from now on");
    service.clock.set(instant("2026-11-22", "13:05"));
    let mut dora = Visitor::signed_in(&service, "later", Role::Frontdesk, None).await;
    assert!(dora.get(&format!("{DAY}/book?service=swedish")).await.with(200).text.contains("is over. It can be looked at"));
    let mut stylist = Visitor::signed_in(&service, "sam", Role::Scheduler, None).await;
    stylist.get(&format!("{DAY}/book")).await.with(403);
    stylist.get("/admin/at/elsewhere/2026-11-21/book").await.with(403);
    dora.get("/admin/at/elsewhere/2026-11-21/book").await.with(404);
}
