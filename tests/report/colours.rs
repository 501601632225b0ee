//! Text of the page stands out from its ground in both schemes, by the formula of the Web Content Accessibility Guidelines 2.2.

use std::collections::HashMap;

const STYLE: &str = include_str!("../../src/scenario/report/page/style.css");
const LEAST: f64 = 4.5;

/// Text and the ground it stands on, by the names of their variables.
fn pairs() -> Vec<(String, String)> {
    let mut pairs: Vec<(String, String)> = Vec::new();
    let mut on = |texts: &[&str], ground: &str| pairs.extend(texts.iter().map(|text| ((*text).to_owned(), ground.to_owned())));
    on(&["ink", "quiet", "accent", "good", "bad"], "ground");
    on(&["ink", "quiet", "good", "bad"], "card");
    on(&["good"], "good-soft");
    on(&["bad"], "bad-soft");
    on(&["quiet"], "faint");
    on(&["quiet"], "hatch-ground");
    on(&["quiet"], "off");
    on(&["quiet"], "good-soft");
    on(&["bar-ink"], "lack-ground");
    on(&["ground"], "accent");
    for k in 0..9 {
        on(&["bar-ink"], &format!("c{k}"));
    }
    for k in 0..7 {
        let text = if k < 5 { "heat-low" } else { "heat-high" };
        on(&[text], &format!("heat-{k}"));
        on(&[text], &format!("cool-{k}"));
    }
    pairs
}

/// The variables of the first block that begins with `opening`.
fn variables(opening: &str) -> HashMap<String, [f64; 3]> {
    let block = STYLE.split_once(opening).unwrap().1.split('}').next().unwrap();
    let named = block.split(';').filter_map(|line| line.trim().strip_prefix("--")?.split_once(": #"));
    named.map(|(name, hex)| (name.to_owned(), [0, 2, 4].map(|at| f64::from(u8::from_str_radix(&hex[at..at + 2], 16).unwrap()) / 255.0))).collect()
}

fn luminance(colour: [f64; 3]) -> f64 {
    let linear = colour.map(|c| if c <= 0.04045 { c / 12.92 } else { ((c + 0.055) / 1.055).powf(2.4) });
    0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
}

fn contrast(one: [f64; 3], other: [f64; 3]) -> f64 {
    let (a, b) = (luminance(one), luminance(other));
    (a.max(b) + 0.05) / (a.min(b) + 0.05)
}

#[test]
fn text_stands_out_from_its_ground_in_light_and_in_dark() {
    let light = variables(":root {");
    let dark = variables("(prefers-color-scheme: dark) {\n  :root {");
    let mut faint = Vec::new();
    for (scheme, colours) in [("light", &light), ("dark", &dark)] {
        for (text, ground) in pairs() {
            let (text_colour, ground_colour) = (colours[&text], colours[&ground]);
            let found = contrast(text_colour, ground_colour);
            if found < LEAST {
                faint.push(format!("{scheme}: {text} on {ground} has {found:.2}"));
            }
        }
    }
    assert!(faint.is_empty(), "{LEAST} is the least: {faint:#?}");
}
