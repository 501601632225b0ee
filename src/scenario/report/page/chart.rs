//! What every chart needs: scales, round ticks, room for text, a frame with a name for those who do not see it.

use maud::{Markup, html};

/// Maps values onto a length of the drawing.
#[derive(Debug, Clone, Copy)]
pub struct Scale {
    from: f64,
    to: f64,
    start: f64,
    end: f64,
}

impl Scale {
    /// `from` is drawn at `start`, `to` at `end`. An empty range is drawn at its start.
    pub fn new((from, to): (f64, f64), (start, end): (f64, f64)) -> Scale {
        Scale { from, to, start, end }
    }

    /// Where a value is drawn, in tenths of a pixel.
    pub fn at(self, value: f64) -> f64 {
        let range = self.to - self.from;
        let share = if range == 0.0 { 0.0 } else { (value - self.from) / range };
        tenth(self.start + share * (self.end - self.start))
    }
}

/// Rounded to a tenth of a pixel: nothing finer shows, and the page stays small.
pub fn tenth(value: f64) -> f64 {
    (value * 10.0).round() / 10.0
}

/// Round numbers from the one at or below `low` to the one at or above `high`, about `wanted` steps apart.
pub fn ticks(low: f64, high: f64, wanted: usize) -> Vec<f64> {
    let rough = ((high - low) / wanted.max(1) as f64).max(1e-9);
    let power = 10f64.powf(rough.log10().floor());
    let step = [1.0, 2.0, 5.0, 10.0].map(|digit| digit * power).into_iter().find(|step| *step >= rough * 0.999).unwrap_or(power);
    let (first, last) = ((low / step + 1e-9).floor() as i64, (high / step - 1e-9).ceil() as i64);
    (first..=last).map(|k| k as f64 * step).collect()
}

/// How many characters of the charts' text fit into a width.
pub fn characters(width: f64) -> usize {
    (width / 6.4).floor().max(0.0) as usize
}

/// Text that ends where its room does.
pub fn inside(text: &str, (x, y): (f64, f64), (width, height): (f64, f64), class: &str) -> Markup {
    html! {
        svg x=(tenth(x)) y=(tenth(y)) width=(tenth(width)) height=(tenth(height)) {
            text class=(class) x="0" y=(tenth(height / 2.0 + 4.0)) { (text) }
        }
    }
}

/// A drawing that scrolls sideways where there is no room, named for those who do not see it.
pub fn drawing(name: &str, (width, height): (f64, f64), class: &str, content: &Markup) -> Markup {
    html! {
        div class=(format!("scroll {class}")) tabindex="0" role="group" aria-label=(name) {
            svg role="img" aria-label=(name) viewBox=(format!("0 0 {width} {height}")) width=(width) height=(height) { (content) }
        }
    }
}

/// Hatching for what is blocked, lost or short: it shows without colour too.
pub fn patterns() -> Markup {
    html! {
        svg.patterns width="0" height="0" aria-hidden="true" {
            defs {
                pattern id="hatch" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)" {
                    rect.hatch-ground width="6" height="6" {}
                    line.hatch-line x1="0" y1="0" x2="0" y2="6" {}
                }
                pattern id="lack" width="5" height="5" patternUnits="userSpaceOnUse" patternTransform="rotate(-45)" {
                    rect.lack-ground width="5" height="5" {}
                    line.lack-line x1="0" y1="0" x2="0" y2="5" {}
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ticks_are_round_and_enclose_the_values() {
        assert_eq!(ticks(0.0, 17.0, 4), [0.0, 5.0, 10.0, 15.0, 20.0]);
        assert_eq!(ticks(0.0, 500.0, 5), [0.0, 100.0, 200.0, 300.0, 400.0, 500.0]);
        assert_eq!(ticks(0.0, 0.0, 4), [0.0]);
        let fine = ticks(0.942, 1.0, 4);
        assert!(fine[0] <= 0.942 && *fine.last().unwrap() >= 1.0 && fine.len() < 8, "{fine:?}");
    }

    #[test]
    fn a_scale_without_a_range_stays_where_it_is() {
        assert_eq!(Scale::new((3.0, 3.0), (10.0, 90.0)).at(3.0), 10.0);
        assert_eq!(Scale::new((0.0, 4.0), (10.0, 90.0)).at(1.0), 30.0);
    }
}
