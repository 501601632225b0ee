//! The page: nothing comes from elsewhere, nothing is left out, nothing is run that somebody wrote into a name.

use std::collections::HashMap;
use std::sync::LazyLock;

use serde_json::json;
use zamu::domain::ResourceKind;
use zamu::scenario::expect::Verdict;
use zamu::scenario::report::page::{Picture, page};
use zamu::scenario::{Case, Day, DayResult, Figures, Metric, Study};
use zamu::sheet::plan::Placed;
use zamu::sheet::spa::{Size, Spa};

use crate::made::{Made, no_parameters, one_parameter, priced, result, solved, two_parameters};

static TWO: LazyLock<Made> = LazyLock::new(two_parameters);
static TWO_PAGE: LazyLock<String> = LazyLock::new(|| {
    let page = page(&TWO.study, &[TWO.picture("growth=0.1 temps=0"), TWO.picture("growth=0.25 temps=2")]);
    kept("two-parameters", &page);
    page
});

/// Keeps a page where it can be looked at.
fn kept(name: &str, page: &str) {
    let folder = format!("{}/target/reports", env!("CARGO_MANIFEST_DIR"));
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(format!("{folder}/{name}.html"), page).unwrap();
}

/// A piece of a page from `from` up to the next `to`.
fn between<'p>(page: &'p str, from: &str, to: &str) -> &'p str {
    let start = page.find(from).unwrap_or_else(|| panic!("{from} is not in the page")) + from.len();
    &page[start..start + page[start..].find(to).unwrap_or_else(|| panic!("{to} does not follow {from}"))]
}

/// The page's section of an id.
fn section<'p>(page: &'p str, id: &str) -> &'p str {
    between(page, &format!("<section id=\"{id}\""), "</section>")
}

/// A page's text as a reader sees it.
fn text(markup: &str) -> String {
    let mut out = String::new();
    let mut inside = false;
    for c in markup.chars() {
        match c {
            '<' => inside = true,
            '>' => (inside, _) = (false, out.push(' ')),
            _ if inside => {}
            '\u{202f}' => out.push(' '),
            _ => out.push(c),
        }
    }
    out.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The values of an attribute all over a page.
fn attributes<'p>(page: &'p str, name: &str) -> Vec<&'p str> {
    page.split(&format!(" {name}=\"")).skip(1).map(|rest| rest.split('"').next().unwrap()).collect()
}

#[test]
fn nothing_in_it_comes_from_elsewhere() {
    for outside in ["http://", "https://", "src=", "@import", "<link", "<iframe", "<img", "fetch(", "XMLHttpRequest", "//cdn"] {
        assert!(!TWO_PAGE.contains(outside), "{outside} is in the page");
    }
    assert!(attributes(&TWO_PAGE, "href").iter().all(|href| href.starts_with('#')), "links stay on the page");
    assert!(TWO_PAGE.match_indices("url(").all(|(at, _)| TWO_PAGE[at..].starts_with("url(#")), "fills are those of the page");
    assert!(TWO_PAGE.contains("default-src 'none'"), "and a browser is told to load nothing");
    for target in attributes(&TWO_PAGE, "href") {
        assert!(TWO_PAGE.contains(&format!(" id=\"{}\"", &target[1..])), "{target} leads nowhere");
    }
}

#[test]
fn what_somebody_wrote_into_a_name_is_shown_and_not_run() {
    const EVIL: &str = "<script>alert('x')</script>\"><img src=x onerror=alert(1)>";
    let mut day = priced(TWO.base.day.sheet.clone());
    day.sheet.location.name = EVIL.to_owned();
    day.sheet.resources[1].name = EVIL.to_owned();
    let block = &mut day.sheet.resources[1].blocks[0];
    block.reason = Some(EVIL.to_owned());
    day.sheet.bookings[0].id = EVIL.to_owned();
    let services: Vec<String> = day.about.keys().cloned().collect();
    for id in services {
        day.about.get_mut(&id).unwrap().service = EVIL.to_owned();
    }
    let detail = solved(day);
    let mut told = result(&detail, EVIL);
    told.location = EVIL.to_owned();
    told.stopped = EVIL.to_owned();
    told.hours.iter_mut().for_each(|hour| hour.qualification = EVIL.to_owned());
    told.unplaced.iter_mut().for_each(|lost| (lost.why, lost.code, lost.start) = (EVIL.to_owned(), EVIL.to_owned(), EVIL.to_owned()));
    let mut study = TWO.study.clone();
    (study.name, study.description, study.base, study.profile) = (EVIL.to_owned(), EVIL.to_owned(), EVIL.to_owned(), EVIL.to_owned());
    study.parameters = vec![EVIL.to_owned(), "temps".to_owned()];
    study.base_days = vec![told];
    for case in &mut study.cases {
        case.label = format!("{EVIL} {}", case.label);
        case.parameters.insert(EVIL.to_owned(), json!(EVIL));
        case.expectations = vec![Verdict { that: EVIL.to_owned(), holds: false, found: EVIL.to_owned() }];
    }
    let label = study.cases[0].label.clone();
    let page = page(&study, &[Picture { label, base: Some(detail.clone()), scenario: detail }]);
    assert_eq!(page.matches("<script").count(), 1, "only the page's own script");
    assert!(!page.contains("<img") && !page.contains("\"><img"), "no element of theirs");
    assert!(page.matches("&lt;script&gt;alert(").count() > 50, "the names are there to read");
}

#[test]
fn every_case_stands_in_the_table_with_its_figures() {
    let table = text(section(&TWO_PAGE, "cases"));
    for case in &TWO.study.cases {
        let row = format!("<th scope=\"row\">{}", case.label);
        let row = text(between(section(&TWO_PAGE, "cases"), &row, "</tr>"));
        let unplaced = case.total.get(Metric::Unplaced).unwrap();
        assert!(row.split(' ').any(|word| word == unplaced.to_string()), "{}: {row}", case.label);
        let revenue = format!("{:.2}", case.total.get(Metric::Revenue).unwrap() / 100.0);
        let (thousands, rest) = revenue.split_at(revenue.len() - 6);
        assert!(row.contains(&format!("{thousands} {rest}")), "{revenue} is missing in {row}");
    }
    assert!(table.contains("base"), "{table}");
}

#[test]
fn the_heatmap_s_cells_show_the_figures_of_their_cases() {
    let grid = section(&TWO_PAGE, "grid");
    for case in &TWO.study.cases {
        let cell = between(grid, &format!("data-case=\"{}\"", case.label), "</td>");
        let shown = text(&format!("<{cell}"));
        let (left, level) = (case.total.get(Metric::Unplaced).unwrap(), case.total.get(Metric::ServiceLevel).unwrap() * 100.0);
        let broken = if case.expectations[0].holds { "" } else { " ✗" };
        let level = format!("{level:.1}").trim_end_matches(".0").to_owned();
        assert_eq!(shown, format!("{left}{broken} {level} %"), "{}", case.label);
    }
}

#[test]
fn it_begins_with_what_was_asked_and_what_follows() {
    let top = text(between(&TWO_PAGE, "<main>", "<nav"));
    for part in [&TWO.study.name, &TWO.study.description, &TWO.study.base, &TWO.study.profile, "2026-11-21", "12, by growth and temps"] {
        assert!(top.contains(part), "{part} is missing in: {top}");
    }
    let unplaced = |label: &str| TWO.study.cases.iter().find(|case| case.label == label).unwrap().total.get(Metric::Unplaced).unwrap();
    let conclusion = format!(
        "At best, with growth 0.0 and temps 1, {} of 52 bookings stay unplaced; with growth 0.25 instead {} do, with temps 0 instead {} do.",
        unplaced("growth=0.0 temps=1"),
        unplaced("growth=0.25 temps=1"),
        unplaced("growth=0.0 temps=0")
    );
    assert!(top.contains(&conclusion), "{top}");
    assert!(top.contains("Every one of the 13 plans is proven"), "{top}");
    assert!(top.contains("9 of 12 expectations do not hold"), "{top}");
    let fewer = unplaced("growth=0.0 temps=1") - TWO.study.base_total.get(Metric::Unplaced).unwrap();
    assert!(top.contains(&format!("base 8 ▼ −{}", -fewer)), "a difference has an arrow and a sign: {top}");
}

#[test]
fn where_everybody_is_served_it_says_what_that_takes() {
    let mut study = TWO.study.clone();
    for label in ["growth=0.1 temps=2", "growth=0.1 temps=3", "growth=0.0 temps=1"] {
        let case = study.cases.iter_mut().find(|case| case.label == label).unwrap();
        case.total.set(Metric::Served, case.total.get(Metric::Bookings).unwrap());
        case.total.set(Metric::Unplaced, 0.0);
    }
    let top = text(between(&page(&study, &[]), "<main>", "<nav"));
    let conclusion =
        "With growth 0.1 and temps 2 everybody is served (57 bookings); with growth 0.25 instead 12 are not, with temps 0 instead 13 are not.";
    assert!(top.contains(conclusion), "the most demand that everybody of is served, with the fewest people: {top}");
    assert!(top.contains("In 3 of 12 cases everybody is served; the fewest people who manage that are 8 (growth=0.0 temps=1)."), "{top}");
}

#[test]
fn a_house_of_tables_alone_has_its_day_and_no_load() {
    let mut detail = TWO.base.clone();
    for resource in &mut detail.day.sheet.resources {
        (resource.kind, resource.seats) = (ResourceKind::Table, 4);
    }
    detail.day.sheet.bookings.iter_mut().flat_map(|booking| &mut booking.demands).for_each(|demand| demand.kind = ResourceKind::Table);
    let page = page(&TWO.study, &[Picture { label: "tables".to_owned(), base: None, scenario: detail }]);
    assert!(text(section(&page, "day")).contains("Person 3"), "tables are lanes");
    assert!(!page.contains("<section id=\"load\"") && !page.contains("<section id=\"half-hours\""));
}

#[test]
fn several_days_are_told_from_the_first_to_the_last_and_listed_one_by_one() {
    let mut study = TWO.study.clone();
    let next = |days: &mut Vec<DayResult>| {
        let mut day = days[0].clone();
        day.date = day.date.succ_opt().unwrap();
        days.push(day);
    };
    next(&mut study.base_days);
    study.cases.iter_mut().for_each(|case| next(&mut case.draws[0].days));
    let page = page(&study, &[]);
    assert!(text(&page).contains("Days 2 days, 2026-11-21 to 2026-11-22"));
    let days = section(&page, "days");
    assert_eq!(days.matches("<details>").count(), 13);
    assert!(text(days).contains("growth=0.1 temps=2 2 solved days"), "{}", text(days));
    assert_eq!(days.matches("2026-11-22</th>").count(), 13);
}

#[test]
fn a_plan_that_is_not_proven_is_said_to_be_so() {
    let mut study = TWO.study.clone();
    study.cases[3].draws[0].days[0].proven = false;
    let page = page(&study, &[]);
    assert!(text(&page).contains("1 of 13 plans is not proven"));
    assert!(text(section(&page, "cases")).contains("1 day open"));
}

#[test]
fn the_day_shows_every_booking_and_marks_what_differs() {
    let picture = TWO.picture("growth=0.25 temps=2");
    let base = picture.base.clone().unwrap();
    let page = page(&TWO.study, std::slice::from_ref(&picture));
    let (before, after) = section(&page, "day").split_once(">Scenario").unwrap();
    let titles = |markup: &str| -> HashMap<String, String> {
        let all = markup.split("<title>").skip(1).map(|rest| rest.split("</title>").next().unwrap().to_owned());
        all.filter_map(|title| Some((title.split_once(" · ")?.0.to_owned(), title))).collect()
    };
    let (then, now) = (titles(before), titles(after));
    let served = |detail: &zamu::scenario::Detail, id: &str| {
        detail.plan.assignments.iter().find(|placed| placed.booking == id).map(|placed| placed.resources.clone())
    };
    for booking in &picture.scenario.day.sheet.bookings {
        let title = &now[&booking.id];
        let (was, is) = (served(&base, &booking.id), served(&picture.scenario, &booking.id));
        assert_eq!(title.contains("unplaced: "), is.is_none(), "{title}");
        match (then.contains_key(&booking.id), is) {
            (false, _) => assert!(title.contains("not in the base"), "{title}"),
            (true, Some(is)) if was.as_ref() != Some(&is) => assert!(title.contains("in the base"), "{title}"),
            (true, _) => assert!(!title.contains("in the base"), "{title}"),
        }
    }
    assert!(
        after.matches("class=\"glyph").count() > 3 && !before.split("</ul>").nth(1).unwrap().contains("class=\"glyph"),
        "marks stand beside the base only"
    );
    assert!(text(after).contains(&format!("Unplaced: {}", picture.scenario.plan.unplaced.len())));
}

#[test]
fn times_are_those_of_the_clock_on_the_location_s_wall() {
    let mut detail = TWO.base.clone();
    detail.day.sheet.location.timezone = chrono_tz::Asia::Kolkata;
    let page = page(&TWO.study, &[Picture { label: "elsewhere".to_owned(), base: None, scenario: detail }]);
    let day = section(&page, "day");
    let ticks: Vec<&str> = day.split("<text class=\"tick\"").skip(1).map(|rest| rest.split(['>', '<']).nth(1).unwrap()).collect();
    assert_eq!(
        (ticks[0], ticks[1], *ticks.last().unwrap()),
        ("11:00", "12:00", "23:00"),
        "whole hours by the clock, from before the first shift to after the last"
    );
    assert!(day.contains(" · 11:30–"), "the first booking is at half past by that clock");
}

#[test]
fn the_load_of_a_person_is_told_in_minutes() {
    let load = text(section(&TWO_PAGE, "load"));
    assert!(load.contains("new: ") && load.contains(" of 435"), "{load}");
}

#[test]
fn half_hours_say_where_qualified_people_are_missing() {
    let halves = section(&TWO_PAGE, "half-hours");
    assert!(text(halves).contains("hours of qualified people are missing"), "{}", text(halves));
    assert!(halves.contains("short of qualified people</title>"));
}

#[test]
fn hours_show_what_prices_say_and_what_was_tried() {
    let hours = text(section(&TWO_PAGE, "hours"));
    assert!(hours.contains("✓ 0.4 ≤ 0.5") && hours.contains("≤ 1"), "{hours}");
}

#[test]
fn one_parameter_is_bars_with_the_range_of_its_draws() {
    let made = one_parameter();
    let page = page(&made.study, &[made.picture("temps=1")]);
    kept("one-parameter", &page);
    let grid = section(&page, "grid");
    for case in &made.study.cases {
        assert!(grid.contains(&format!("data-case=\"{}\"", case.label)));
    }
    assert!(text(&page).contains("bookings stay unplaced on average"), "a mean is told as one");
    assert!(grid.contains("class=\"whisker\"") && text(&page).contains("95 %"), "ranges over the seeds are shown");
    assert!(text(section(&page, "days")).contains("3 solved days"));
}

#[test]
fn three_parameters_are_a_map_for_each_value_of_the_third() {
    let mut study = TWO.study.clone();
    study.parameters.push("hours".to_owned());
    let short: Vec<Case> = study.cases.clone();
    study.cases.clear();
    for hours in [4, 8] {
        study.cases.extend(short.iter().cloned().map(|mut case| {
            case.parameters.insert("hours".to_owned(), json!(hours));
            case.label = format!("{} hours={hours}", case.label);
            case
        }));
    }
    let page = page(&study, &[]);
    let grid = text(section(&page, "grid"));
    assert!(grid.contains("where hours 4") && grid.contains("where hours 8"), "{grid}");
    assert_eq!(section(&page, "grid").matches("data-case=").count(), 24);
}

#[test]
fn without_parameters_and_without_a_base_it_still_reads() {
    let made = no_parameters();
    let page = page(&made.study, &[Picture { base: None, ..made.picture("One more person") }]);
    kept("no-parameters", &page);
    assert!(!page.contains("<section id=\"grid\"") && !page.contains("<section id=\"front\""));
    assert!(text(&page).contains("others serve it than it stood with"));
    let empty = Study { cases: Vec::new(), base_days: Vec::new(), base_total: Figures::default(), ..made.study };
    assert!(text(&zamu::scenario::report::page::page(&empty, &[])).contains("The scenario has no cases."));
}

#[test]
fn a_thousand_cases_stay_one_readable_page() {
    let mut study = TWO.study.clone();
    let twelve = study.cases.clone();
    study.parameters = vec!["growth".to_owned(), "temps".to_owned()];
    study.cases = (0..1_000)
        .map(|k| {
            let mut case = twelve[k % 12].clone();
            (case.label, case.parameters) =
                (format!("growth={} temps={}", k / 25, k % 25), json!({"growth": k / 25, "temps": k % 25}).as_object().unwrap().clone());
            case
        })
        .collect();
    let page = page(&study, &[]);
    kept("a-thousand", &page);
    let table = section(&page, "cases");
    assert!(study.cases.iter().all(|case| table.contains(&format!("<th scope=\"row\">{}", case.label))), "every case is in the table");
    assert!(page.len() < 4_000_000, "{} bytes", page.len());
    assert!(
        text(section(&page, "days"))
            .contains("The days of 970 more cases are left out here. The study as JSON and the rows for notebooks have everything.")
    );
}

#[test]
fn it_can_be_read_aloud() {
    let levels: Vec<u32> = TWO_PAGE.match_indices("<h").filter_map(|(at, _)| TWO_PAGE[at + 2..at + 3].parse().ok()).collect();
    assert_eq!((levels[0], levels.iter().filter(|level| **level == 1).count()), (1, 1));
    assert!(levels.windows(2).all(|pair| pair[1] <= pair[0] + 1), "no level of headings is jumped: {levels:?}");
    assert_eq!(TWO_PAGE.matches("<table").count(), TWO_PAGE.matches("<caption>").count(), "every table has a caption");
    assert!(
        TWO_PAGE.match_indices("<th").filter(|(at, _)| !TWO_PAGE[*at..].starts_with("<thead")).all(|(at, _)| TWO_PAGE[at..]
            .split('>')
            .next()
            .unwrap()
            .contains("scope="))
    );
    let named = TWO_PAGE.match_indices("<svg").filter(|(at, _)| TWO_PAGE[*at..].split('>').next().unwrap().contains("viewBox=\"0 0 1080"));
    assert!(named.map(|(at, _)| TWO_PAGE[at..].split('>').next().unwrap()).all(|svg| svg.contains("role=\"img\"") && svg.contains("aria-label=")));
    let mut ids = attributes(&TWO_PAGE, "id");
    let all = ids.len();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), all, "ids are unique");
}

#[test]
fn what_is_unplaced_stands_there_with_its_reason() {
    let unplaced = section(&TWO_PAGE, "unplaced");
    let last = &TWO.study.cases[11];
    for (name, day) in [("base", &TWO.study.base_days[0]), (last.label.as_str(), &last.draws[0].days[0])] {
        let listed = between(unplaced, &format!("<summary><strong>{name}</strong>"), "</details>");
        for lost in &day.unplaced {
            let row = text(between(listed, &format!("<th scope=\"row\">{}</th>", lost.booking), "</tr>"));
            assert!(row.contains(&lost.why) && row.contains(&lost.start[11..16]), "{row}");
        }
    }
    assert!(text(between(unplaced, "<details open>", "</summary>")).contains("growth=0.0 temps=1"), "the best case's are open");
}

#[test]
fn a_day_of_many_people_is_cut_to_what_can_be_seen() {
    let sheet = Spa::of(Size::Xl).day(1);
    let sick = |id: &String| sheet.resources.iter().any(|resource| resource.id == *id && resource.blocks.len() > 1);
    let held = sheet.bookings.iter().filter(|booking| !booking.assignment.as_ref().unwrap().resources.iter().any(sick));
    let assignments = held.map(|booking| Placed { booking: booking.id.clone(), resources: booking.assignment.as_ref().unwrap().resources.clone() });
    let mut detail = TWO.base.clone();
    (detail.plan.assignments, detail.plan.unplaced, detail.plan.changes) = (assignments.collect(), Vec::new(), Vec::new());
    detail.day = Day::of_sheet(sheet, "large.json");
    let page = page(&TWO.study, &[Picture { label: "growth=0.0 temps=0".to_owned(), base: Some(detail.clone()), scenario: detail }]);
    kept("many-people", &page);
    assert!(text(section(&page, "day")).contains("Left out here: 140 people"), "{}", text(section(&page, "day")));
    assert!(text(section(&page, "load")).contains("The 60 whose load differs most are drawn"));
    assert!(page.len() < 2_000_000, "{} bytes", page.len());
}
