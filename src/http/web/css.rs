//! The one stylesheet: the files under `css/`, and the places of a day's minutes as classes, because a page has no inline style.
//!
//! A place is said in quarters of an hour and, where it is between two, in the minutes after: two short classes instead of one for every minute.

use std::fmt::Write;

/// The most minutes a local day has, with the hour that comes twice.
pub(super) const DAY_MINUTES_MAX: i64 = 25 * 60;
/// The steps in which places are said first.
const QUARTER: i64 = 15;
/// The most lanes side by side in one column.
pub(super) const LANES_MAX: usize = 24;

const FILES: [&str; 7] = [
    include_str!("css/base.css"),
    include_str!("css/parts.css"),
    include_str!("css/day.css"),
    include_str!("css/panels.css"),
    include_str!("css/settings.css"),
    include_str!("css/look.css"),
    include_str!("css/phone.css"),
];

/// The classes of what begins so many minutes below the top.
pub(super) fn top(minutes: i64) -> String {
    placed('y', minutes)
}

/// The classes of what takes so many minutes.
pub(super) fn height(minutes: i64) -> String {
    placed('h', minutes)
}

fn placed(side: char, minutes: i64) -> String {
    match (minutes / QUARTER, minutes % QUARTER) {
        (quarters, 0) => format!("{side}{quarters}"),
        (quarters, after) => format!("{side}{quarters} {side}a{after}"),
    }
}

/// The whole stylesheet.
pub(super) fn whole() -> String {
    let mut text = FILES.concat();
    for n in 0..=DAY_MINUTES_MAX / QUARTER {
        let minutes = n * QUARTER;
        let _ = write!(text, ".y{n}{{top:calc(var(--m)*{minutes} + var(--y,0px))}}.h{n}{{height:calc(var(--m)*{minutes} + var(--h,0px))}}");
    }
    for n in 1..QUARTER {
        let _ = write!(text, ".ya{n}{{--y:calc(var(--m)*{n})}}.ha{n}{{--h:calc(var(--m)*{n})}}");
    }
    for n in 0..LANES_MAX {
        let _ = write!(text, ".lane{n}{{--lane:{n}}}.of{}{{--lanes:{}}}", n + 1, n + 1);
    }
    for n in 0..=100 {
        let _ = write!(text, ".w{n}{{inline-size:{n}%}}.x{n}{{inset-inline-start:{n}%}}.heat{n}{{--heat:{n}%}}");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_minute_of_a_day_has_its_place_in_the_stylesheet() {
        let text = whole();
        for minutes in 0..=DAY_MINUTES_MAX {
            for class in [top(minutes), height(minutes)].iter().flat_map(|classes| classes.split(' ')) {
                assert!(text.contains(&format!(".{class}{{")), "{class} of minute {minutes}");
            }
        }
        assert_eq!((top(75).as_str(), height(50).as_str()), ("y5", "h3 ha5"));
        assert!(text.contains(".y5{top:calc(var(--m)*75 + var(--y,0px))}") && text.contains(".ha5{--h:calc(var(--m)*5)}"));
        assert!(text.len() < 40_000, "{} bytes are loaded before anything is shown", text.len());
    }
}
