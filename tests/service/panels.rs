//! The panels of the manager's screen over HTTP: what is looked at first happens as it was looked at, or not at all.

use std::time::Duration;

use zamu::domain::BookingState;
use zamu::keyring::Role;
use zamu::operations::{RunOptions, finalize, optimize, retire_temps};
use zamu::store::{NewBooking, OutboxClass, ResourceRow, RunStatus, Store};

use super::harness::{Answer, Service};
use super::house::{self};
use super::house::{SPA, held_by, here, instant, sat, saturday, stamp};
use super::visitor::{PASSWORD, Visitor, hidden, place};

const DAY: &str = "/admin/at/westlands/2026-11-21";

async fn take(service: &Service, id: &str, what: &str, clock: &str, who: &[&str]) {
    let new = NewBooking { id: Some(id.into()), customer_id: Some("amina".into()), ..NewBooking::new(SPA, what, sat(clock)) };
    service.spa.store.take_booking(&new, &held_by(who), &stamp()).await.unwrap().unwrap();
}

/// Joy holds a deep-tissue massage that only Grace can do, and Grace a swedish one at that time.
async fn broken_day() -> Service {
    let service = Service::start().await;
    take(&service, "deep", "deep", "10:00", &["joy"]).await;
    take(&service, "easy", "swedish", "10:00", &["grace"]).await;
    service
}

/// Two deep-tissue massages at a time, one of which waits in the queue: its row.
async fn waiting() -> (Service, String) {
    let service = Service::start().await;
    take(&service, "deep", "deep", "10:00", &["grace"]).await;
    take(&service, "deeper", "deep", "10:00", &[]).await;
    optimize(&service.spa.store, service.clock.as_ref(), SPA, saturday(), &RunOptions::night("night")).await.unwrap();
    let open = service.spa.store.open_attention(SPA, None).await.unwrap();
    assert_eq!(open.len(), 1);
    (service, open[0].id.clone())
}

async fn manager(service: &Service) -> Visitor<'_> {
    Visitor::signed_in(service, "ann", Role::Manager, None).await
}

/// Where a form led to.
#[track_caller]
fn led(answer: Answer) -> String {
    assert_eq!(answer.status, 303, "{}", answer.text);
    place(&answer).to_owned()
}

/// Waits until the search has come to a run.
async fn found(visitor: &mut Visitor<'_>, search: &str) -> String {
    for _ in 0..3000 {
        let answer = visitor.get(search).await;
        if answer.status == 303 {
            return place(&answer).to_owned();
        }
        assert!(answer.text.contains("The search is under way"), "{}", answer.text);
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("the search never ends");
}

#[tokio::test]
async fn a_run_is_looked_at_first_and_then_applied_as_it_was_seen() {
    here!();
    let service = broken_day().await;
    let mut ann = manager(&service).await;
    let page = format!("{DAY}/optimize");
    let search = led(ann.fill(&page, &page, &[("what", "repair"), ("seconds", "30")]).await);
    assert!(search.starts_with(&format!("{page}?search=")), "{search}");
    let look = found(&mut ann, &search).await;
    let seen = ann.get(&look).await.with(200);
    for text in ["10:00–11:00 Deep tissue, Amina", "2 bookings change hands", "Nothing is written yet", "Every goal is proven", "Apply it"] {
        assert!(seen.text.contains(text), "{text}: {}", seen.text);
    }
    assert_eq!((service.spa.holders("deep").await, service.spa.holders("easy").await), (vec!["joy".to_owned()], vec!["grace".to_owned()]));
    // Who has lost the page finds the look again, and a script is sent on like a browser.
    assert!(ann.get(&page).await.with(200).text.contains(look.rsplit('=').next().unwrap()));
    ann.headers = vec![("hx-request", "true")];
    assert_eq!(ann.get(&search).await.with(200).headers.get("hx-redirect").unwrap().to_str().unwrap(), look);
    ann.headers.clear();

    let run = hidden(&seen.text, "run");
    let applied = led(ann.fill(&look, &format!("{page}/apply"), &[("run", &run)]).await);
    assert_eq!(service.spa.holders("deep").await, ["grace"]);
    assert!(ann.get(&applied).await.with(200).text.contains("Applied: 2 bookings changed hands"));
    let recorded = service.spa.store.run(applied.rsplit('=').next().unwrap()).await.unwrap();
    assert_eq!((recorded.status, recorded.actor.as_str()), (RunStatus::Applied, "manager:ann"));
    let again = led(ann.fill(&look, &format!("{page}/apply"), &[("run", &run)]).await);
    assert!(ann.get(&again).await.with(200).text.contains("cannot be applied"), "the day is another by then");
}

/// Joy serves four in a row, and nobody else does anything.
async fn uneven_day() -> Service {
    let service = Service::start().await;
    for (id, clock) in [("one", "09:00"), ("two", "11:00"), ("three", "13:00"), ("four", "15:00")] {
        take(&service, id, "swedish", clock, &["joy"]).await;
    }
    service
}

/// The day is allocated anew and that is applied: where that leads.
async fn applied(ann: &mut Visitor<'_>) -> String {
    let page = format!("{DAY}/optimize");
    let search = led(ann.fill(&page, &page, &[("what", "night"), ("seconds", "10")]).await);
    let look = found(ann, &search).await;
    let run = hidden(&ann.get(&look).await.text, "run");
    led(ann.fill(&look, &format!("{page}/apply"), &[("run", &run)]).await)
}

#[tokio::test]
async fn what_undoing_a_run_means_for_people_is_said_before_and_nobody_is_left_with_nobody_by_it() {
    here!();
    let service = uneven_day().await;
    let mut ann = manager(&service).await;
    let done = applied(&mut ann).await;
    // Everybody is told who serves them.
    finalize(&service.spa.store, service.clock.as_ref(), SPA, saturday(), "cutoff").await.unwrap();
    let moved = service.spa.saturday().await.bookings.iter().filter(|one| one.resources != ["joy"]).count();
    let seen = ann.get(&done).await.with(200).text;
    let told = if moved == 1 { "Undo tells one customer".to_owned() } else { format!("Undo tells {moved} customers") };
    assert!(seen.contains(&told), "{told}: {seen}");
    // What has begun is not taken from whoever is at it, and the rest is said to be a part.
    let first = service.spa.saturday().await.bookings.iter().filter(|one| one.resources != ["joy"]).map(|one| one.span.start).min().unwrap();
    service.clock.set(first.to_utc());
    ann.sign_in("ann", PASSWORD).await.with(303);
    let seen = ann.get(&done).await.with(200).text;
    assert!(if moved == 1 { !seen.contains(">Undo</button>") } else { seen.contains(&format!("Of {moved} moves {}", moved - 1)) }, "{seen}");
    // A day that is over stays as it was.
    let run = done.rsplit('=').next().unwrap();
    service.clock.set(instant("2026-11-22", "00:05"));
    ann.sign_in("ann", PASSWORD).await.with(303);
    let form = ann.get("/admin/at/westlands/2026-11-22/book?service=swedish").await.with(200).text;
    let carried = [("proof", hidden(&form, "proof")), ("key", "late".to_owned()), ("run", run.to_owned())];
    let carried = carried.each_ref().map(|(name, value)| (*name, value.as_str()));
    let before = service.spa.saturday().await.bookings;
    let stays = led(ann.post(&format!("{DAY}/optimize/undo"), &carried).await);
    assert!(ann.get(&stays).await.with(200).text.contains("Nothing was put back"));
    assert_eq!(service.spa.saturday().await.bookings, before);
}

#[tokio::test]
async fn a_run_that_gave_somebody_up_has_no_way_back() {
    here!();
    let service = Service::start().await;
    take(&service, "deep", "deep", "10:00", &["grace"]).await;
    let first = NewBooking { id: Some("first".into()), priority: 9, ..NewBooking::new(SPA, "deep", sat("10:00")) };
    service.spa.store.take_booking(&first, &held_by(&[]), &stamp()).await.unwrap().unwrap();
    let mut ann = manager(&service).await;
    let done = applied(&mut ann).await;
    assert_eq!((service.spa.holders("first").await, service.spa.holders("deep").await), (vec!["grace".to_owned()], vec![]));
    let seen = ann.get(&done).await.with(200).text;
    assert!(!seen.contains(">Undo</button>") && seen.contains("cannot be undone from here"), "{seen}");
}

#[tokio::test]
async fn what_a_run_moved_is_put_back_with_a_button_as_long_as_it_stands() {
    here!();
    let service = uneven_day().await;
    let mut ann = manager(&service).await;
    let page = format!("{DAY}/optimize");
    let held = async || service.spa.saturday().await.bookings.iter().map(|one| one.resources.concat()).collect::<Vec<_>>();
    let done = applied(&mut ann).await;
    assert!(held().await.iter().any(|who| who != "joy"), "the work is shared out");
    let seen = ann.get(&done).await.with(200).text;
    assert!(seen.contains(">Undo</button>"), "{seen}");
    let run = hidden(&seen, "run");
    let record = format!("/admin/at/westlands/runs/{run}");
    assert!(ann.get(&record).await.with(200).text.contains("Put back what it moved"));
    let back = led(ann.fill(&done, &format!("{page}/undo"), &[("run", &run)]).await);
    assert!(ann.get(&back).await.with(200).text.contains("Put back as it was"));
    assert_eq!(held().await, ["joy"; 4]);
    assert!(!ann.get(&record).await.with(200).text.contains("Put back what it moved"), "it is put back");
    let seen = ann.get(&done).await.with(200).text;
    assert!(!seen.contains(">Undo</button>") && seen.contains("cannot be undone from here"), "{seen}");

    // Somebody is busy by then who would get one back.
    let done = applied(&mut ann).await;
    let form = ann.get(&done).await.text;
    let moved = service.spa.saturday().await.bookings.iter().find(|one| one.resources != ["joy"]).unwrap().clone();
    let at = NewBooking { id: Some("between".into()), ..NewBooking::new(SPA, "swedish", moved.span.start) };
    service.spa.store.take_booking(&at, &held_by(&["joy"]), &stamp()).await.unwrap().unwrap();
    let before = held().await;
    let fields = [("proof", hidden(&form, "proof")), ("key", hidden(&form, "key")), ("run", hidden(&form, "run"))];
    let fields = fields.each_ref().map(|(name, value)| (*name, value.as_str()));
    let stays = led(ann.post(&format!("{page}/undo"), &fields).await);
    assert!(ann.get(&stays).await.with(200).text.contains("Nothing was put back"));
    assert_eq!(held().await, before);
    let mut dora = Visitor::signed_in(&service, "dora", Role::Frontdesk, None).await;
    dora.post(&format!("{page}/undo"), &fields).await.with(403);
}

#[tokio::test]
async fn a_search_is_found_again_by_whoever_comes_and_can_be_ended() {
    here!();
    let service = broken_day().await;
    // Somebody else's search is under way, so that this one waits for its turn; what a desk waits for has turns of its own.
    let turn = service.app.under_way.turn().acquire_owned().await.unwrap();
    let mut ann = manager(&service).await;
    let page = format!("{DAY}/optimize");
    let search = led(ann.fill(&page, &page, &[("what", "told"), ("seconds", "10")]).await);
    let mut joan = Visitor::signed_in(&service, "joan", Role::Scheduler, None).await;
    for seen in [ann.get(&search).await, ann.get(&page).await, joan.get(&page).await] {
        let text = seen.with(200).text;
        assert!(text.contains("It waits for its turn") && text.contains("manager:ann"), "{text}");
    }
    let fields = [("what", "night"), ("seconds", "10")];
    assert_eq!(led(joan.fill("/admin/at/westlands/2026-11-22/optimize", &page, &fields).await), search, "of a day there is one at a time");
    led(joan.fill(&page, &format!("{page}/stop"), &[("search", search.rsplit('=').next().unwrap())]).await);
    drop(turn);
    let look = found(&mut ann, &search).await;
    let run = service.spa.store.run(look.rsplit('=').next().unwrap()).await.unwrap();
    assert_eq!((run.status, run.stopped.as_str()), (RunStatus::DryRun, "interrupt"));
    assert_eq!(service.spa.holders("deep").await, ["joy"]);
}

#[tokio::test]
async fn a_look_at_a_day_that_was_changed_since_is_not_applied() {
    here!();
    let service = broken_day().await;
    let mut ann = manager(&service).await;
    let page = format!("{DAY}/optimize");
    let search = led(ann.fill(&page, &page, &[("what", "night"), ("seconds", "30")]).await);
    let look = found(&mut ann, &search).await;
    let run = hidden(&ann.get(&look).await.text, "run");
    let (proof, key) = {
        let text = ann.get(&look).await.text;
        (hidden(&text, "proof"), hidden(&text, "key"))
    };
    take(&service, "late", "swedish", "15:00", &["brian"]).await;
    let refused = led(ann.post(&format!("{page}/apply"), &[("proof", &proof), ("key", &key), ("run", &run)]).await);
    assert_eq!(service.spa.holders("deep").await, ["joy"]);
    let seen = ann.get(&refused).await.with(200).text;
    assert!(seen.contains("The day was changed since") && !seen.contains("Apply it"), "{seen}");
    let lost = ann.get(&format!("{page}?search=gone")).await.with(200).text;
    assert!(lost.contains("not known here any more") && lost.contains("Look what would change"), "{lost}");
    ann.get(&format!("/admin/at/westlands/2026-11-22/optimize?run={run}")).await.with(404);
    let mut ruth = Visitor::signed_in(&service, "ruth", Role::Frontdesk, None).await;
    ruth.get(&page).await.with(403);
}

#[tokio::test]
async fn somebody_is_out_in_words_asked_back_looked_at_confirmed_and_taken_back() {
    here!();
    let service = Service::start().await;
    take(&service, "easy", "swedish", "10:00", &["grace"]).await;
    take(&service, "deep", "deep", "12:00", &["grace"]).await;
    let mut ann = manager(&service).await;
    let page = format!("{DAY}/absence");
    let asked = led(ann.fill(&page, &page, &[("words", "Gracie is out sick on Saturday")]).await);
    let seen = ann.get(&asked).await.with(200).text;
    assert!(seen.contains("Whom do you mean?") && seen.contains("asked-back") && seen.contains("value=\"Grace is out sick on Saturday\""), "{seen}");

    let look = led(ann.fill(&asked, &page, &[("words", "Grace is out sick on Saturday")]).await);
    let seen = ann.get(&look).await.with(200).text;
    for text in
        ["Grace is out", "One is moved without a word", "One booking would be left with nobody", "What would help", "12:00–13:00 Deep tissue, Amina"]
    {
        assert!(seen.contains(text), "{text}: {seen}");
    }
    assert_eq!((service.spa.holders("easy").await, service.spa.store.open_attention(SPA, None).await.unwrap().len()), (vec!["grace".to_owned()], 0));

    let id = hidden(&seen, "id");
    let done = led(ann.fill(&look, &format!("{page}/confirm"), &[("id", &id)]).await);
    assert!(ann.get(&done).await.with(200).text.contains("Confirmed by manager:ann"));
    assert_ne!(service.spa.holders("easy").await, ["grace"]);
    assert!(
        service.spa.store.outbox(OutboxClass::Message, 0, 10).await.unwrap().iter().all(|row| row.booking_id.is_none()),
        "no customer hears of it"
    );
    let back = led(ann.fill(&done, &format!("{page}/undo"), &[("id", &id)]).await);
    assert!(ann.get(&back).await.with(200).text.contains("It was taken back"));
    assert_eq!(service.spa.holders("easy").await, ["grace"]);
}

#[tokio::test]
async fn an_absence_that_stands_is_found_again_wherever_its_time_away_is_seen_and_undone_from_there() {
    here!();
    let service = broken_day().await;
    let mut ann = manager(&service).await;
    let page = format!("{DAY}/absence");
    assert!(!ann.get(&page).await.with(200).text.contains("Absences that stand"), "there is none");
    let look = led(ann.fill(&page, &page, &[("words", "Grace is out sick on Saturday")]).await);
    assert!(!ann.get(&page).await.text.contains("Absences that stand"), "it was only looked at");
    let seen = ann.get(&look).await.text;
    led(ann.fill(&look, &format!("{page}/confirm"), &[("id", &hidden(&seen, "id"))]).await);

    let found = ann.get(&page).await.with(200).text;
    assert!(found.contains("Absences that stand") && found.contains("confirmed by manager:ann") && !found.contains("removed since"), "{found}");
    let (_, standing) = found.split_once("id=\"standing\"").unwrap();
    let id = hidden(standing, "id");
    let hours = ann.get("/admin/at/westlands/hours").await.with(200).text;
    assert!(hours.contains(&format!("absence?look={id}")) && !hours.contains("/away/"), "the time away goes with its absence: {hours}");
    let gone = ann.get("/admin/at/westlands/2026-11-22/absence").await.with(200).text;
    assert!(gone.contains("Absences that stand"), "it is not over by the clock: {gone}");
    led(ann.fill(&page, &format!("{page}/undo"), &[("id", &id)]).await);
    assert_eq!(service.spa.holders("easy").await, ["grace"]);
    assert!(!ann.get(&page).await.text.contains("Absences that stand"), "it was taken back");
}

#[tokio::test]
async fn a_day_that_is_over_is_shown_as_it_took_place_and_nothing_of_it_can_be_arranged() {
    here!();
    let service = Service::start().await;
    let njeri = ResourceRow {
        is_temporary: true,
        active_from: Some(saturday()),
        active_to: Some(saturday()),
        ..ResourceRow::staff(SPA, "njeri", "Njeri", &["swedish"])
    };
    service.spa.store.upsert_resource(&njeri).await.unwrap();
    take(&service, "served", "swedish", "10:00", &["njeri"]).await;
    let before = service.spa.saturday().await.sheet.resources.into_iter().find(|one| one.id == "njeri").unwrap();
    assert!(!before.shifts.is_empty(), "a temp keeps the location's hours");
    service.clock.set(instant("2026-11-22", "04:00"));
    assert_eq!(retire_temps(&service.spa.store, service.clock.as_ref()).await.unwrap().len(), 1);

    let mut ann = manager(&service).await;
    let seen = ann.get(&format!("{DAY}?booking=served")).await.with(200).text;
    let (_, column) = seen.split_once("data-column=\"njeri\"").unwrap();
    let column = column.split("</section>").next().unwrap();
    assert!(column.contains("card-served-njeri") && !column.contains("off duty") && column.contains("temp"), "{column}");
    assert!(seen.contains("over, as it took place") && !seen.contains("Who else could serve it"), "{seen}");
    for (what, said) in [("optimize", "Re-optimize"), ("absence", "Somebody is out"), ("temp", "Add a temp")] {
        assert!(!seen.contains(&format!("{DAY}/{what}\"")), "{what} is not offered: {seen}");
        let page = ann.get(&format!("{DAY}/{what}")).await.with(200).text;
        assert!(page.contains(said) && page.contains("is over. It can be looked at") && !page.contains("class=\"fields"), "{page}");
    }
}

#[tokio::test]
async fn what_was_ticked_beside_a_sentence_stays_ticked_when_it_is_asked_back() {
    here!();
    let service = broken_day().await;
    let mut ann = manager(&service).await;
    let page = format!("{DAY}/absence");
    let asked = led(ann.fill(&page, &page, &[("words", "Gracie is out sick on Saturday"), ("tell", "1")]).await);
    let seen = ann.get(&asked).await.with(200).text;
    let (_, question) = seen.split_once("asked-back").unwrap();
    let (question, form) = question.split_once("</div>").unwrap();
    assert!(question.contains("name=\"tell\" value=\"1\"") && form.contains("name=\"tell\" value=\"1\" checked"), "{seen}");
    let untold = ann.fill(&page, &page, &[("words", "Gracie is out sick on Saturday")]).await;
    assert!(!ann.get(&led(untold)).await.text.contains("name=\"tell\" value=\"1\" checked"));
}

#[tokio::test]
async fn told_customers_are_moved_only_where_that_was_asked_for_and_a_changed_day_is_looked_at_again() {
    here!();
    let service = Service::start().await;
    take(&service, "told", "swedish", "10:00", &["grace"]).await;
    service.clock.set(instant("2026-11-20", "18:00"));
    finalize(&service.spa.store, service.clock.as_ref(), SPA, saturday(), "cutoff").await.unwrap();
    let mut ann = manager(&service).await;
    let page = format!("{DAY}/absence");
    let picked =
        [("person", "grace"), ("from", "2026-11-21"), ("to", "2026-11-21"), ("from_time", "09:30"), ("to_time", "13:00"), ("reason", "course")];
    let look = led(ann.fill(&page, &page, &picked).await);
    let seen = ann.get(&look).await.with(200).text;
    assert!(seen.contains("One booking would be left with nobody") && seen.contains("What if told customers may be moved?"), "{seen}");
    let telling = led(ann.fill(&page, &page, &[&picked[..], &[("tell", "1")]].concat()).await);
    let seen = ann.get(&telling).await.with(200).text;
    assert!(seen.contains("One customer has to be told") && seen.contains("Confirm and tell them"), "{seen}");

    let id = hidden(&seen, "id");
    let form = ann.get(&telling).await.text;
    let (proof, key) = (hidden(&form, "proof"), hidden(&form, "key"));
    take(&service, "late", "swedish", "11:30", &["grace"]).await;
    let fresh = led(ann.post(&format!("{page}/confirm"), &[("proof", &proof), ("key", &key), ("id", &id)]).await);
    assert!(fresh.ends_with("why=outdated"), "{fresh}");
    assert_eq!(service.spa.holders("told").await, ["grace"], "nothing was written");
    let seen = ann.get(&fresh).await.with(200).text;
    assert!(seen.contains("A day was changed after it was looked at") && seen.contains("11:30–12:30"), "{seen}");
    led(ann.fill(&fresh, &format!("{page}/confirm"), &[("id", &hidden(&seen, "id"))]).await);
    assert_ne!(service.spa.holders("told").await, ["grace"]);
}

#[tokio::test]
async fn a_temp_is_three_fields_away() {
    here!();
    let (service, _) = waiting().await;
    let mut ann = manager(&service).await;
    let page = format!("{DAY}/temp");
    let form = ann.get(&page).await.with(200).text;
    assert!(form.contains("value=\"deep-tissue\" checked") && !form.contains("value=\"swedish\" checked"), "who waits needs it: {form}");
    assert!(form.contains("name=\"start\" value=\"09:00\"") && form.contains("name=\"end\" value=\"17:00\""), "{form}");
    let fields = [("name", "Njeri"), ("can", "deep-tissue"), ("can", "swedish"), ("start", "09:00"), ("end", "12:00")];
    let hired = led(ann.fill(&page, &page, &fields).await);
    assert!(ann.get(&hired).await.with(200).text.contains("Njeri is on the day"));
    let day = service.spa.saturday().await;
    let njeri = day.sheet.resources.iter().find(|one| one.name == "Njeri").unwrap();
    assert!(njeri.temporary && njeri.qualifications.len() == 2 && njeri.shifts.len() == 1, "{njeri:?}");
    assert_eq!(njeri.shifts[0].end, sat("12:00"));
    ann.fill(&page, &page, &[("name", " "), ("start", "09:00"), ("end", "12:00")]).await.with(422);
    let half = ann.fill(&page, &page, &[("name", "Half"), ("start", "09:00")]).await.with(422);
    assert!(half.text.contains("Fill in both times, or neither"), "{}", half.text);
    assert_eq!(service.spa.saturday().await.sheet.resources.len(), 4);
}

#[tokio::test]
async fn what_waits_says_why_who_could_and_what_would_help_and_that_is_done() {
    here!();
    let (service, row) = waiting().await;
    let mut ruth = Visitor::signed_in(&service, "ruth", Role::Frontdesk, None).await;
    let queue = ruth.get("/admin/at/westlands/attention").await.with(200).text;
    assert!(queue.contains("Sat 21 Nov, 10:00–11:00 Deep tissue, Amina") && queue.contains("cannot all be served by Grace"), "{queue}");
    let page = format!("/admin/at/westlands/attention/{row}");
    let seen = ruth.get(&page).await.with(200).text;
    assert!(seen.contains("lacks the qualification") && seen.contains("Looking for what would help"), "{seen}");
    let helped = ruth.get(&format!("{page}?helps=1")).await.with(200).text;
    assert!(helped.contains("Take on a temp for deep-tissue from 10:00 to 11:15.") && helped.contains("What it costs"), "{helped}");
    let change = hidden(helped.split_once("Take on a temp").unwrap().1, "change").replace("&quot;", "\"");
    let version = hidden(&helped, "version");
    let fields = [("deed", "accept"), ("change", change.as_str()), ("version", version.as_str()), ("name", "Njeri")];
    let done = led(ruth.fill(&format!("{page}?helps=1"), &page, &fields).await);
    assert!(ruth.get(&done).await.with(200).text.contains("nothing is left to decide here"));
    assert!(service.spa.store.open_attention(SPA, None).await.unwrap().is_empty());
    let settled = ruth.get(&page).await.with(200).text;
    assert!(settled.contains("✓ Settled Thu 19 Nov") && !settled.contains("Try again now"), "{settled}");
    let stale = led(ruth.fill("/admin/at/westlands/2026-11-21", &page, &fields).await);
    assert!(stale.ends_with("changed=1"), "{stale}");
    ruth.get("/admin/at/westlands/attention/none-such").await.with(404);
}

#[tokio::test]
async fn a_row_is_given_tried_again_asked_let_stand_called_off_and_only_managers_override() {
    here!();
    let (service, row) = waiting().await;
    let waits = service.spa.store.attention(&row).await.unwrap().booking_id;
    let page = format!("/admin/at/westlands/attention/{row}");
    let mut ruth = Visitor::signed_in(&service, "ruth", Role::Frontdesk, None).await;
    for deed in ["requeue", "ask"] {
        let done = led(ruth.fill(&page, &page, &[("deed", deed)]).await);
        assert!(ruth.get(&done).await.with(200).text.contains("it goes on waiting here"), "{deed}");
    }
    let seen = ruth.get(&page).await.with(200).text;
    assert!(seen.contains("the customer was asked") && seen.contains("tried again once"), "{seen}");
    led(ruth.fill(&page, &page, &[("deed", "confirm")]).await);
    assert_eq!(service.spa.store.booking(&waits).await.unwrap().state, BookingState::Confirmed);
    let over = [("deed", "assign"), ("people", "brian"), ("overriding", "he is learning it")];
    ruth.fill(&page, &page, &over).await.with(403);
    ruth.fill(&page, &page, &[("deed", "assign"), ("people", "brian")]).await.with(422);
    ruth.fill(&page, &page, &[("deed", "assign")]).await.with(422);
    assert!(service.spa.holders(&waits).await.is_empty());
    let mut ann = manager(&service).await;
    led(ann.fill(&page, &page, &over).await);
    assert_eq!(service.spa.holders(&waits).await, ["brian"]);

    let (other, row) = waiting().await;
    let waits = other.spa.store.attention(&row).await.unwrap().booking_id;
    let page = format!("/admin/at/westlands/attention/{row}");
    let mut ruth = Visitor::signed_in(&other, "ruth", Role::Frontdesk, None).await;
    led(ruth.fill(&page, &page, &[("deed", "cancel"), ("reason", "she will come on Sunday")]).await);
    assert_eq!(other.spa.store.booking(&waits).await.unwrap().state, BookingState::Cancelled);
    assert!(ruth.get(&page).await.with(200).text.contains("✓ Settled Thu 19 Nov"));
}

#[tokio::test]
async fn every_panel_speaks_english_and_swahili() {
    here!();
    let (service, row) = waiting().await;
    let mut ann = manager(&service).await;
    let run = service.spa.store.runs(SPA, None, None, 100).await.unwrap()[0].id.clone();
    let absence = format!("{DAY}/absence");
    let look = led(ann.fill(&absence, &absence, &[("words", "Grace is out sick on Saturday")]).await);
    let pages = [
        format!("{DAY}/optimize"),
        format!("{DAY}/optimize?run={run}"),
        format!("{DAY}/optimize?search=gone"),
        absence.clone(),
        format!("{absence}?words=Gracie"),
        look,
        format!("{DAY}/temp"),
        "/admin/at/westlands/attention".to_owned(),
        format!("/admin/at/westlands/attention/{row}"),
        format!("/admin/at/westlands/attention/{row}?helps=1"),
    ];
    for (language, word) in [("en", "Day"), ("sw", "Siku")] {
        ann.cookies.insert("zamu_language".into(), language.into());
        for page in &pages {
            let seen = ann.get(page).await.with(200).text;
            assert!(seen.contains(&format!("lang=\"{language}\"")) && seen.contains(word), "{page}: {seen}");
            // A text that is missing stands there by its name.
            for name in ["opt-", "abs-", "att-", "tmp-", "repair-", "reason-", "tier-", "rule-", "tiers-"] {
                assert!(!seen.contains(&format!(">{name}")), "{page} in {language} has no words for a {name}…: {seen}");
            }
            assert!(!seen.contains("style=\"") && !seen.contains("onclick"), "{page}: nothing inline");
        }
    }
}
