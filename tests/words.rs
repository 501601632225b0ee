//! The words of an absence: what each sentence of a table means, what is asked back, and that no text at all is guessed at.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails where it stands")]

use std::fmt::Write;

use chrono::{NaiveDateTime, TimeZone};
use chrono_tz::Tz;
use proptest::prelude::*;
use zamu::channels::absence::{About, Person, Question, Understood, understand};
use zamu::domain::{Minute, local};

const TABLE: &str = include_str!("data/words.txt");
const NAIROBI: Tz = chrono_tz::Africa::Nairobi;

fn people() -> Vec<Person> {
    let named = [
        ("grace", "Grace"),
        ("joy", "Joy Achieng"),
        ("brian", "Brian Otieno"),
        ("brian-k", "Brian Kamau"),
        ("faith", "Faith Wambui"),
        ("may", "May Njeri"),
        ("will", "Will Ochieng"),
        ("anne-marie", "Anne-Marie O'Brien"),
        ("daniel", "Daniel Mwangi"),
    ];
    named.map(|(id, name)| Person { id: id.into(), name: name.into() }).into()
}

fn wall(text: &str, timezone: Tz) -> Minute {
    let wall = NaiveDateTime::parse_from_str(text, "%Y-%m-%dT%H:%M").unwrap();
    Minute::of(timezone.from_local_datetime(&wall).earliest().unwrap().to_utc())
}

/// As the table writes it.
fn written(answer: &Result<Understood, Question>) -> String {
    let clock = |minute: u32| format!("{:02}:{:02}", minute / 60, minute % 60);
    match answer {
        Ok(said) => {
            let (start, end) = (said.start_minute.unwrap_or(0), said.end_minute.unwrap_or(1440));
            let when = match (said.start_minute, said.end_minute) {
                (None, None) if said.from == said.to => said.from.to_string(),
                (None, None) => format!("{}..{}", said.from, said.to),
                _ if said.from == said.to => format!("{} {}-{}", said.from, clock(start), clock(end)),
                _ => format!("{} {} to {} {}", said.from, clock(start), said.to, clock(end)),
            };
            format!("{} {when} {}", said.person_id, said.reason)
        }
        Err(question) => {
            let about = match question.about {
                About::Who => "who",
                About::When => "when",
                About::Past => "past",
                About::Backwards => "backwards",
                About::Word => "word",
                About::NotAnAbsence => "not",
            };
            let choices: Vec<&str> = question.choices.iter().map(|choice| choice.words.as_str()).collect();
            format!("?{about} {}", choices.join(" | ")).trim().to_owned()
        }
    }
}

/// When it is said, the sentence, what it means.
fn rows() -> Vec<(Minute, &'static str, &'static str)> {
    let mut now = Minute(0);
    let mut rows = Vec::new();
    for line in TABLE.lines().filter(|line| !line.is_empty() && !line.starts_with("# ")) {
        match line.strip_prefix("@ ") {
            Some(at) => now = wall(at.split(' ').next().unwrap(), NAIROBI),
            None => {
                let (sentence, meaning) = line.split_once("  =>  ").unwrap();
                rows.push((now, sentence, meaning));
            }
        }
    }
    rows
}

#[test]
fn every_sentence_of_the_table_means_what_it_says_there() {
    let (people, mut wrong) = (people(), String::new());
    let rows = rows();
    assert!(rows.len() >= 150, "{}", rows.len());
    for (now, sentence, meaning) in rows {
        let answer = written(&understand(sentence, &people, now, NAIROBI));
        if answer != meaning {
            writeln!(wrong, "{sentence}\n  is to be  {meaning}\n  is        {answer}").unwrap();
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

#[test]
fn whatever_is_offered_instead_settles_what_was_asked() {
    let people = people();
    let mut offered = 0;
    for (now, sentence, _) in rows() {
        let Err(question) = understand(sentence, &people, now, NAIROBI) else { continue };
        for choice in &question.choices {
            offered += 1;
            if let Err(next) = understand(&choice.words, &people, now, NAIROBI) {
                assert_ne!(next.question, question.question, "{sentence}: {:?} is asked the same again", choice.words);
            }
        }
    }
    assert!(offered > 80, "{offered}");
}

#[test]
fn two_of_one_name_are_told_apart_by_what_is_offered() {
    let people = ["joy-1", "joy-2"].map(|id| Person { id: id.into(), name: "Joy".into() });
    let now = wall("2026-11-18T09:20", NAIROBI);
    let question = understand("Joy is out sick today", &people, now, NAIROBI).unwrap_err();
    assert_eq!(question.about, About::Who);
    let meant: Vec<String> = question.choices.iter().map(|choice| understand(&choice.words, &people, now, NAIROBI).unwrap().person_id).collect();
    assert_eq!(meant, ["joy-1", "joy-2"]);
}

#[test]
fn a_day_is_a_day_on_the_wall_when_the_clocks_change() {
    let people = people();
    let berlin = chrono_tz::Europe::Berlin;
    for (said, hours) in [("2026-10-25", 25), ("2026-03-29", 23), ("2026-10-26", 24)] {
        let now = wall("2026-01-05T09:00", berlin);
        let day = understand(&format!("Grace is on leave on {said}"), &people, now, berlin).unwrap();
        assert_eq!((day.span.minutes(), day.span), (hours * 60, local::day_span(berlin, said.parse().unwrap())), "{said}");
    }
    let now = wall("2026-03-27T09:00", berlin);
    let gone = understand("Grace is out on 2026-03-29 from 02:00 to 03:00", &people, now, berlin).unwrap_err();
    assert_eq!(gone.about, About::Backwards, "an hour that does not exist: {}", gone.question);
    let over = understand("Grace is out on 2026-03-29 from 1am to 4am", &people, now, berlin).unwrap();
    assert_eq!(over.span.minutes(), 120);
}

#[test]
fn a_long_text_is_not_read() {
    let question = understand(&"Grace is sick today ".repeat(50), &people(), Minute(0), NAIROBI).unwrap_err();
    assert_eq!(question.about, About::NotAnAbsence);
}

/// Pieces that a sentence may be made of.
const PIECES: &[&str] = &[
    "Grace",
    "Joy",
    "May",
    "Will",
    "Brian",
    "is",
    "out",
    "sick",
    "can't",
    "work",
    "not",
    "back",
    "on",
    "leave",
    "from",
    "to",
    "until",
    "before",
    "after",
    "for",
    "in",
    "the",
    "next",
    "this",
    "today",
    "tomorrow",
    "Monday",
    "Wed",
    "Sunday",
    "week",
    "weekend",
    "morning",
    "tonight",
    "3",
    "11",
    "3pm",
    "9",
    "14:00",
    "25",
    "02:30",
    "noon",
    "midnight",
    "-",
    "..",
    "/",
    "2026-11-21",
    "2026-03-29",
    "2028-02-29",
    "21st",
    "the 31st",
    "Nov",
    "Feb 29",
    "21-23",
    "days",
    "hours",
    "and",
    "half",
    "past",
    "at",
    "leaves",
    "rest of the day",
    "now",
    "all day",
    "every",
    "?",
    ",",
    "/absence",
    "#",
    "'",
    "’s",
    "03/04",
    "..23",
    "9999-12-31",
    "0000-01-01",
    "late",
    "between",
    "00:00",
    "24:00",
    "Ł",
    "ß",
    "🙂",
    "99999999999",
    "1",
    "0",
];

fn any_zone() -> impl Strategy<Value = Tz> {
    prop::sample::select(vec![
        NAIROBI,
        chrono_tz::Europe::Berlin,
        chrono_tz::America::New_York,
        chrono_tz::Australia::Lord_Howe,
        chrono_tz::Pacific::Apia,
    ])
}

/// Instants from 2026 to 2028, many of them about when clocks change.
fn any_instant() -> impl Strategy<Value = Minute> {
    let year = 29_454_240i64..31_032_000;
    let spring = (29_579_000i64..29_581_000).prop_map(Minute);
    prop_oneof![3 => year.prop_map(Minute), 1 => spring]
}

fn holds(sentence: &str, now: Minute, timezone: Tz) -> Result<(), TestCaseError> {
    match understand(sentence, &people(), now, timezone) {
        Ok(said) => {
            prop_assert!(said.span.minutes() > 0, "{sentence:?} is empty");
            prop_assert!(said.span.end > now, "{sentence:?} is over");
            prop_assert!(said.from <= said.to && said.span.minutes() <= 368 * 1440, "{sentence:?}: {said:?}");
            prop_assert!(local::date_of(timezone, said.span.start) >= local::date_of(timezone, now), "{sentence:?} begins before today");
        }
        Err(question) => prop_assert!(!question.question.is_empty()),
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1500))]

    #[test]
    fn words_in_any_order_are_never_empty_nor_over(pieces in prop::collection::vec(prop::sample::select(PIECES), 0..14), now in any_instant(), timezone in any_zone()) {
        holds(&pieces.join(" "), now, timezone)?;
        holds(&format!("Grace is out {}", pieces.join(" ")), now, timezone)?;
        holds(&pieces.concat(), now, timezone)?;
    }

    #[test]
    fn no_text_is_too_odd(text in ".{0,60}", now in any_instant(), timezone in any_zone()) {
        holds(&text, now, timezone)?;
        holds(&format!("Grace is sick {text}"), now, timezone)?;
    }
}
