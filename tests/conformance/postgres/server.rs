//! What only a server can: be gone, be somewhere else, hang up in the middle, have several programs at its door at once.

use std::net::TcpListener;
use std::sync::Arc;

use super::base::{apart, outside, server};
use super::house::{self, Base, SPA, Spa, held_by, sat, stamp};
use zamu::domain::AssignmentStatus;
use zamu::keyring::Ring;
use zamu::store::{Decision, NewBooking, PostgresStore, Store, StoreErrorKind};

#[tokio::test]
async fn several_programs_that_find_an_empty_database_all_find_it_ready() {
    house::here!();
    let folder = tempfile::tempdir().unwrap();
    let base = Base::new(folder.path());
    let tasks: Vec<_> = (0..8)
        .map(|_| {
            let place = base.place().to_owned();
            tokio::spawn(async move { PostgresStore::connect(&place, 1).await.unwrap() })
        })
        .collect();
    for task in tasks {
        let store = task.await.unwrap();
        store.ping().await.unwrap();
        store.close().await;
    }
}

#[tokio::test]
async fn an_address_at_which_nothing_answers_is_named_without_its_password() {
    // A port that was free a moment ago.
    let nobody = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    for (place, said) in [
        (format!("postgres://ruth:secret@{nobody}/zamu?application_name=x"), nobody.to_string()),
        ("postgres://ruth:secret@localhost:port/zamu".to_owned(), "localhost:port".to_owned()),
        ("mysql://ruth:secret@localhost/zamu".to_owned(), "mysql://…@localhost/zamu".to_owned()),
    ] {
        let Err(error) = zamu::store::open(&place).await else { panic!("{place} was opened") };
        let text = format!("{error}: {:?}", std::error::Error::source(&error));
        assert!(text.contains(&said) && text.contains("expected") && !text.contains("secret"), "{text}");
        assert!(matches!(error.kind(), StoreErrorKind::Database | StoreErrorKind::Invalid), "{text}");
    }
}

#[tokio::test]
async fn a_database_that_is_not_there_is_named() {
    house::here!();
    let server = server();
    let (place, _) = server.rsplit_once('/').unwrap();
    let error = PostgresStore::connect(&format!("{place}/zamu_test_nowhere"), 1).await.unwrap_err();
    assert_eq!(error.kind(), StoreErrorKind::Database);
    let cause = std::error::Error::source(&error).unwrap().to_string();
    assert!(error.to_string().contains("cannot be connected to") && cause.contains("zamu_test_nowhere"), "{error}: {cause}");
}

/// Ends every connection of this name at the server, as a restart does.
fn hang_up(name: &str) -> i64 {
    apart(async {
        let sql = "SELECT COUNT(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE application_name = $1";
        sqlx::query_scalar(sql).bind(name).fetch_one(&mut outside().await.unwrap()).await.unwrap()
    })
}

#[tokio::test]
async fn a_server_that_hangs_up_in_the_middle_leaves_nothing_half_and_is_called_again() {
    house::here!();
    let spa = Spa::open().await;
    let name = format!("hang-up-{}", std::process::id());
    let ring = Arc::new(Ring::open(&spa.keys()).unwrap());
    let store = PostgresStore::connect_with(&format!("{}&application_name={name}", spa.place()), 3, ring).await.unwrap();
    let new = NewBooking { id: Some("b1".into()), ..NewBooking::new(SPA, "swedish", sat("10:00")) };
    let gone = |_: &zamu::store::Day, _: &zamu::store::BookingRow| {
        assert!(hang_up(&name) > 0);
        let resources = vec!["grace".to_owned()];
        Decision::Hold { resources, status: AssignmentStatus::Provisional, gender_waived: false, moves: vec![], messages: vec![] }
    };
    let error = store.take_booking(&new, &gone, &stamp()).await.unwrap_err();
    assert_eq!(error.kind(), StoreErrorKind::Database, "{error}");
    assert_eq!(spa.store.booking("b1").await.unwrap_err().kind(), StoreErrorKind::NotFound);
    store.take_booking(&new, &held_by(&["grace"]), &stamp()).await.unwrap().unwrap();
    assert!(hang_up(&name) > 0);
    assert_eq!(store.booking("b1").await.unwrap().resources, ["grace"]);
}

#[tokio::test]
async fn every_text_sorts_by_its_bytes_and_every_number_is_as_wide_as_the_program_reads_it() {
    house::here!();
    let spa = Spa::open().await;
    let sql = "SELECT table_name || '.' || column_name FROM information_schema.columns
               WHERE table_schema = current_schema() AND table_name <> '_sqlx_migrations'
                   AND (data_type NOT IN ('text', 'bigint', 'boolean', 'double precision') OR (data_type = 'text' AND collation_name IS DISTINCT FROM 'C'))";
    let odd: Vec<String> = sqlx::query_scalar(sql).fetch_all(&mut spa.shell().await).await.unwrap();
    assert_eq!(odd, Vec::<String>::new());
}
