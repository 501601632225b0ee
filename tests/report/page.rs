//! The page: nothing comes from elsewhere, nothing is left out, nothing is run that somebody wrote into a name.

use std::sync::LazyLock;

use zamu::scenario::report::page::{Picture, page};

use crate::made::{Made, no_parameters, one_parameter, two_parameters};

static TWO: LazyLock<Made> = LazyLock::new(two_parameters);

/// Keeps a page where it can be looked at.
fn kept(name: &str, page: &str) {
    std::fs::write(format!("{}/target/report-{name}.html", env!("CARGO_MANIFEST_DIR")), page).unwrap();
}

#[test]
fn looks() {
    let pictures = [TWO.picture("growth=0.1 temps=0"), TWO.picture("growth=0.25 temps=2")];
    kept("two", &page(&TWO.study, &pictures));
    let one = one_parameter();
    kept("one", &page(&one.study, &[one.picture("temps=1")]));
    let none = no_parameters();
    let alone = Picture { base: None, ..none.picture("One more person") };
    kept("none", &page(&none.study, &[alone]));
}
