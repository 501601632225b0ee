//! What only a file can: be none, be another program's.

use zamu::store::{SqliteStore, StoreErrorKind};

#[tokio::test]
async fn a_file_that_is_no_database_is_said_to_be_none() {
    let folder = tempfile::tempdir().unwrap();
    let text = folder.path().join("notes.db");
    std::fs::write(&text, "this is a text of some length, and not a database of any kind\n".repeat(200)).unwrap();
    for path in [folder.path().to_path_buf(), text.clone()] {
        let error = SqliteStore::open(&path).await.unwrap_err();
        assert_eq!(error.kind(), StoreErrorKind::Database);
        assert!(error.to_string().contains(&path.display().to_string()), "{error}");
    }
    assert!(std::fs::read_to_string(&text).unwrap().starts_with("this is a text"), "and is left alone");
}
