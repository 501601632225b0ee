//! The words of an absence: what each sentence of a table means, what is asked back, and that no text at all is guessed at.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails where it stands")]

use std::fmt::Write;

use chrono::{NaiveDateTime, TimeZone};
use chrono_tz::Tz;
use proptest::prelude::*;
use zamu::channels::absence::{About, Person, Question, Understood, understand};
use zamu::domain::{Language, Minute, local};

const TABLES: [(Language, &str); 2] = [(Language::English, include_str!("data/words.txt")), (Language::Swahili, include_str!("data/words_sw.txt"))];
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
fn rows(table: &'static str) -> Vec<(Minute, &'static str, &'static str)> {
    let mut now = Minute(0);
    let mut rows = Vec::new();
    for line in table.lines().filter(|line| !line.is_empty() && !line.starts_with("# ")) {
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
    for (_, table) in TABLES {
        let rows = rows(table);
        assert!(rows.len() >= 150, "{}", rows.len());
        for (now, sentence, meaning) in rows {
            let answer = written(&understand(sentence, &people, now, NAIROBI));
            if answer != meaning {
                writeln!(wrong, "{sentence}\n  is to be  {meaning}\n  is        {answer}").unwrap();
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

#[test]
fn whatever_is_offered_instead_settles_what_was_asked() {
    let people = people();
    for (language, table) in TABLES {
        let mut offered = 0;
        for (now, sentence, _) in rows(table) {
            let Err(question) = understand(sentence, &people, now, NAIROBI) else { continue };
            for choice in &question.choices {
                offered += 1;
                if let Err(next) = understand(&choice.words, &people, now, NAIROBI) {
                    assert_ne!(next.question, question.question, "{sentence}: {:?} is asked the same again", choice.words);
                    assert_eq!(next.language, question.language, "{sentence}: {:?}", choice.words);
                }
            }
        }
        assert!(offered > 50, "{language:?}: {offered}");
    }
}

#[test]
fn what_is_not_clear_is_asked_in_the_language_that_was_spoken() {
    let people = people();
    let now = wall("2026-11-18T09:20", NAIROBI);
    let asked = |sentence: &str| understand(sentence, &people, now, NAIROBI).unwrap_err();
    let english = asked("Grace is off on Friday 21 November");
    assert_eq!((english.language, english.choices[0].means.as_str()), (Language::English, "Saturday 21 November 2026"));
    let swahili = asked("Grace hayupo Ijumaa tarehe 21 Novemba");
    assert_eq!((swahili.language, swahili.choices[0].means.as_str()), (Language::Swahili, "Jumamosi 21 Novemba 2026"));
    assert_eq!(swahili.question, "\"Ijumaa tarehe 21 Novemba\": tarehe hiyo ni Jumamosi 21 Novemba 2026; siku gani inamaanishwa?");
    for (language, table) in TABLES {
        // Words of both languages may be asked about in one of them.
        let mixed = ["Grace is off kesho", "Grace hayupo tomorrow"];
        for (now, sentence, _) in rows(table).into_iter().filter(|(_, sentence, _)| !mixed.contains(sentence)) {
            if let Err(question) = understand(sentence, &people, now, NAIROBI) {
                assert_eq!(question.language, language, "{sentence}");
            }
        }
    }
}

#[test]
fn somebody_called_like_a_word_is_a_name_only_where_no_other_stands() {
    let people = [("leo", "Leo"), ("joy", "Joy"), ("juma", "Juma")].map(|(id, name)| Person { id: id.into(), name: name.into() });
    let now = wall("2026-11-18T09:20", NAIROBI);
    for (sentence, meaning) in [
        ("Leo Joy ni mgonjwa", "joy 2026-11-18 sick"),
        ("Leo ni mgonjwa leo", "leo 2026-11-18 sick"),
        ("Leo is sick today", "leo 2026-11-18 sick"),
        ("Juma hayupo juma lijalo", "juma 2026-11-23..2026-11-29 absent"),
    ] {
        assert_eq!(written(&understand(sentence, &people, now, NAIROBI)), meaning, "{sentence}");
    }
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

/// The same in Swahili.
const PIECES_SWAHILI: &[&str] = &[
    "Grace",
    "Joy",
    "May",
    "Leo",
    "Brian",
    "ni",
    "yuko",
    "hayupo",
    "hatakuja",
    "mgonjwa",
    "likizo",
    "si",
    "hana",
    "hawezi",
    "atarudi",
    "atafika",
    "kuanzia",
    "hadi",
    "mpaka",
    "kabla ya",
    "baada ya",
    "kati ya",
    "na",
    "kwa",
    "leo",
    "kesho",
    "kesho kutwa",
    "Jumatatu",
    "Jumapili",
    "ijayo",
    "hii",
    "wiki",
    "wikendi",
    "siku",
    "tatu",
    "kumi",
    "saa",
    "saa tatu",
    "saa 9",
    "saa 3:30",
    "saa 12",
    "masaa",
    "dakika",
    "asubuhi",
    "mchana",
    "jioni",
    "usiku",
    "alfajiri",
    "na nusu",
    "kasoro robo",
    "kamili",
    "tarehe",
    "tarehe 24",
    "24/11",
    "31",
    "0",
    "Novemba",
    "mwezi wa 11",
    "sasa",
    "siku nzima",
    "nusu siku",
    "kila",
    "14:30",
    "00:00",
    "24:00",
    "-",
    "..",
    "?",
    ",",
    "2026-11-21",
    "pm",
    "to",
    "tomorrow",
    "off",
    "amechelewa",
    "kwa siku iliyobaki",
    "mchana kutwa",
    "99999999999",
    "1",
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

/// What is offered instead says the time that it means: as one time of 24 hours, from it or to it.
fn offers_what_it_says(sentence: &str, now: Minute) -> Result<(), TestCaseError> {
    let Err(question) = understand(sentence, &people(), now, NAIROBI) else { return Ok(()) };
    for choice in &question.choices {
        let Ok(minute) = chrono::NaiveTime::parse_from_str(&choice.means, "%H:%M") else { continue };
        let Ok(said) = understand(&choice.words, &people(), now, NAIROBI) else { continue };
        let minute = minute.signed_duration_since(chrono::NaiveTime::MIN).num_minutes();
        let ends = [said.start_minute.unwrap_or(0), said.end_minute.unwrap_or(1440)];
        prop_assert!(ends.map(i64::from).contains(&minute), "{sentence:?} offers {choice:?}, which is {said:?}");
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
    fn swahili_words_in_any_order_are_never_empty_nor_over(pieces in prop::collection::vec(prop::sample::select(PIECES_SWAHILI), 0..14), now in any_instant(), timezone in any_zone()) {
        holds(&pieces.join(" "), now, timezone)?;
        holds(&format!("Grace hayupo {}", pieces.join(" ")), now, timezone)?;
        holds(&pieces.concat(), now, timezone)?;
    }

    #[test]
    fn words_of_both_languages_are_never_empty_nor_over(pieces in prop::collection::vec(prop_oneof![prop::sample::select(PIECES), prop::sample::select(PIECES_SWAHILI)], 0..12), now in any_instant()) {
        holds(&pieces.join(" "), now, NAIROBI)?;
    }

    #[test]
    fn a_swahili_time_is_offered_as_the_time_it_could_be(hour in 1u32..=12, minutes in prop::sample::select(vec!["", ":15", ":30", " na nusu", " kasoro robo"]), part in prop::sample::select(vec!["", "alfajiri", "asubuhi", "adhuhuri", "mchana", "alasiri", "jioni", "usiku"]), edge in prop::sample::select(vec!["kuanzia", "hadi"])) {
        offers_what_it_says(&format!("Grace hayupo kesho {edge} saa {hour}{minutes} {part}"), wall("2026-11-18T09:20", NAIROBI))?;
    }

    #[test]
    fn no_text_is_too_odd(text in ".{0,60}", now in any_instant(), timezone in any_zone()) {
        holds(&text, now, timezone)?;
        holds(&format!("Grace is sick {text}"), now, timezone)?;
    }
}
