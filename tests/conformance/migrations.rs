//! The two folders of migrations go in lock-step.

use std::collections::BTreeSet;
use std::path::Path;

use crate::{postgres, sqlite};

fn names(folder: &str) -> BTreeSet<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations").join(folder);
    std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
}

#[test]
fn the_two_databases_have_the_same_migrations_numbered_without_a_gap() {
    assert_eq!(names("sqlite"), names("postgres"));
    let compiled = |migrator: &sqlx::migrate::Migrator| -> Vec<(i64, String)> {
        migrator.iter().map(|migration| (migration.version, migration.description.to_string())).collect()
    };
    let (one, other) = (compiled(&sqlite::base::MIGRATIONS), compiled(&postgres::base::MIGRATIONS));
    assert_eq!(one, other);
    assert_eq!(one.iter().map(|(version, _)| *version).collect::<Vec<_>>(), (1..=one.len() as i64).collect::<Vec<_>>());
    for (name, (version, _)) in names("sqlite").iter().zip(&one) {
        assert!(name.starts_with(&format!("{version:04}_")), "{name} is not number {version}");
    }
}
