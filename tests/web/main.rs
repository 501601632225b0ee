//! The manager's screen in a real browser: what a person does there, with a mouse, by touch and by keys, at a desk and with a phone.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails where it stands")]

mod axe;
mod browser;
mod day;
mod history;
mod keyboard;
mod large;
mod live;
mod look;
mod pages;
mod panels;
mod settings;
mod stage;
