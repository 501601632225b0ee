//! A house's own words: kept for each topic and language, said in the place of the shipped ones, and never a reason for not being told.

use std::sync::Mutex;

use super::house::{self, SPA, Spa, held_by, instant, sat, saturday, stamp};
use zamu::clock::SetClock;
use zamu::domain::Language;
use zamu::notify::{SendError, Sender, Text, deliver};
use zamu::operations::finalize;
use zamu::store::messages::FINALIZED;
use zamu::store::{NewBooking, OutboxClass, OutboxRow, Store, StoreErrorKind, TemplateRow, TenantRow};

/// Keeps what it took.
#[derive(Default)]
struct Letters(Mutex<Vec<Text>>);

#[async_trait::async_trait]
impl Sender for Letters {
    async fn send(&self, _: &OutboxRow, text: &Text) -> Result<(), SendError> {
        self.0.lock().unwrap().push(text.clone());
        Ok(())
    }
}

fn own(tenant: &str, language: Language, subject: &str, body: &str) -> TemplateRow {
    TemplateRow {
        tenant_id: tenant.into(),
        language,
        topic: FINALIZED.into(),
        subject: subject.into(),
        body: body.into(),
        changed_by: "manager:ruth".into(),
        changed_at: instant("2026-11-19", "12:00"),
    }
}

/// What Amina is told at the cutoff, when Grace serves her.
async fn told(spa: &Spa) -> Text {
    let new = NewBooking { customer_id: Some("amina".into()), ..NewBooking::new(SPA, "swedish", sat("10:00")) };
    spa.store.take_booking(&new, &held_by(&["grace"]), &stamp()).await.unwrap().unwrap();
    let clock = SetClock::at(instant("2026-11-20", "18:00"));
    finalize(&spa.store, &clock, SPA, saturday(), "cutoff").await.unwrap();
    let letters = Letters::default();
    deliver(&spa.store, &clock, OutboxClass::Message, &letters).await.unwrap();
    let mut all = letters.0.into_inner().unwrap();
    assert_eq!(all.len(), 1, "{all:?}");
    all.remove(0)
}

#[tokio::test]
async fn own_words_are_kept_for_each_house_topic_and_language() {
    house::here!();
    let spa = Spa::open().await;
    spa.store.upsert_tenant(&TenantRow::new("rival", "Rival Spas")).await.unwrap();
    let (english, swahili) = (own("serenity", Language::English, "Soon", "{ $who }"), own("serenity", Language::Swahili, "Karibu", "{ $who }"));
    let theirs = own("rival", Language::English, "Rivals", "come to us");
    for row in [&english, &swahili, &theirs] {
        spa.store.write_template(row).await.unwrap();
    }
    let again = TemplateRow { subject: "Very soon".into(), changed_by: "admin:ann".into(), ..english };
    spa.store.write_template(&again).await.unwrap();
    let kept = [again, swahili.clone()];
    assert_eq!(spa.store.templates("serenity").await.unwrap(), kept);
    assert_eq!(spa.store.templates_at(SPA).await.unwrap(), kept, "and not the other house's");
    spa.store.remove_template("serenity", Language::English, FINALIZED).await.unwrap();
    spa.store.remove_template("serenity", Language::English, FINALIZED).await.unwrap();
    assert_eq!(spa.again().await.templates("serenity").await.unwrap(), [swahili]);
    assert_eq!(spa.store.templates("rival").await.unwrap(), [theirs]);
    let nobody = spa.store.write_template(&own("nobody", Language::English, "x", "x")).await.unwrap_err();
    assert_eq!(nobody.kind(), StoreErrorKind::NotFound);
}

#[tokio::test]
async fn customers_are_told_in_the_words_of_the_house() {
    house::here!();
    let spa = Spa::open().await;
    spa.store.write_template(&own("serenity", Language::English, "See you at { $time }", "Karibu { $customer }: { $who } is yours.")).await.unwrap();
    spa.store.write_template(&own("serenity", Language::Swahili, "Baadaye", "Baadaye.")).await.unwrap();
    assert_eq!(told(&spa).await, Text { subject: "See you at 10:00".into(), body: "Karibu Amina: Grace is yours.".into() });
}

#[tokio::test]
async fn words_that_do_not_work_are_no_reason_for_not_being_told() {
    house::here!();
    for broken in ["{ $who", "{ $nothing }", "{ nothing }", "x\n.body = y"] {
        let spa = Spa::open().await;
        // As a later version may have left them; what this one keeps was looked at before.
        spa.store.write_template(&own("serenity", Language::English, "Soon", broken)).await.unwrap();
        let text = told(&spa).await;
        assert!(text.body.starts_with("Dear Amina, Grace will serve you: Swedish massage at Westlands"), "{broken}: {text:?}");
    }
}
