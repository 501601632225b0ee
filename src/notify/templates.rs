//! The words of messages, in each customer's language (`words/*.ftl`, in the language of Project Fluent). While nobody may be named, nobody is.

pub mod broken;
pub mod own;

use std::sync::OnceLock;

use chrono::{Datelike, NaiveDate};
use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource};
use serde::de::DeserializeOwned;
use unic_langid::LanguageIdentifier;

use crate::domain::Language;
use crate::store::messages::{ALERT, AboutBooking, AboutDay, RESOLVED, TOPICS};
use crate::store::{OutboxClass, OutboxRow, TemplateRow};

/// A message in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Text {
    /// One line.
    pub subject: String,
    /// The whole.
    pub body: String,
}

/// The words of a row. Events are for programs: their text is the payload.
///
/// # Errors
/// A topic without a template, or a payload that is not the topic's.
pub fn render(row: &OutboxRow) -> Result<Text, String> {
    if row.class == OutboxClass::Event {
        return Ok(Text { subject: row.topic.clone(), body: row.payload.to_string() });
    }
    render_shaped(&row.topic, &row.payload, None)
}

/// The words of a topic with what it is about: those of `own`, or the shipped ones.
fn render_shaped(topic: &str, about: &serde_json::Value, own: Option<&TemplateRow>) -> Result<Text, String> {
    let own = own.map(TemplateRow::words).transpose()?;
    match topic {
        ALERT | RESOLVED => to_manager(topic, &payload(topic, about)?, own.as_ref()),
        topic if TOPICS.contains(&topic) => to_customer(topic, &payload(topic, about)?, own.as_ref()),
        unknown => Err(format!("there is no template for messages of the topic {unknown:?}")),
    }
}

fn payload<T: DeserializeOwned>(topic: &str, about: &serde_json::Value) -> Result<T, String> {
    serde_json::from_value(about.clone()).map_err(|error| format!("the payload of {topic} is not what its template needs: {error}"))
}

/// The words of one language, or a house's own of one topic.
struct Words {
    bundle: FluentBundle<FluentResource>,
    messages: usize,
}

/// How much there is of words.
struct Shape {
    messages: usize,
    /// Parts of the one that was asked for.
    attributes: usize,
}

/// Values for a template, by name.
type Values<'a> = [(&'static str, &'a str)];

impl Words {
    /// Those of a language; read once.
    fn of(language: Language) -> Result<&'static Words, String> {
        static ENGLISH: OnceLock<Result<Words, String>> = OnceLock::new();
        static SWAHILI: OnceLock<Result<Words, String>> = OnceLock::new();
        let words = match language {
            Language::English => &ENGLISH,
            Language::Swahili => &SWAHILI,
        };
        words.get_or_init(|| Words::read(language, Words::source(language))).as_ref().map_err(Clone::clone)
    }

    /// The shipped words as they are written.
    fn source(language: Language) -> &'static str {
        match language {
            Language::English => include_str!("words/en.ftl"),
            Language::Swahili => include_str!("words/sw.ftl"),
        }
    }

    fn read(language: Language, text: &str) -> Result<Words, String> {
        let failed = |what: &dyn std::fmt::Debug| format!("the words for {:?} cannot be read: {what:?}", language.as_str());
        let tag: LanguageIdentifier = language.as_str().parse().map_err(|error| failed(&error))?;
        let resource = FluentResource::try_new(text.to_owned()).map_err(|(_, errors)| failed(&errors))?;
        let messages = resource.entries().count();
        let mut bundle = FluentBundle::new_concurrent(vec![tag]);
        // No invisible marks around names: a text message counts its characters.
        bundle.set_use_isolating(false);
        bundle.add_resource(resource).map_err(|errors| failed(&errors))?;
        Ok(Words { bundle, messages })
    }

    fn shape(&self, id: &str) -> Shape {
        let attributes = self.bundle.get_message(id).map_or(0, |message| message.attributes().count());
        Shape { messages: self.messages, attributes }
    }

    /// A message, or a part of one (`subject`).
    fn say(&self, id: &str, part: Option<&str>, values: &Values<'_>, count: Option<usize>) -> Result<String, String> {
        let missing = || format!("there are no words for {id:?} {}", part.unwrap_or_default());
        let message = self.bundle.get_message(id).ok_or_else(missing)?;
        let pattern = match part {
            Some(part) => message.get_attribute(part).map(|attribute| attribute.value()),
            None => message.value(),
        };
        let mut args = FluentArgs::new();
        for (name, value) in values {
            args.set(*name, *value);
        }
        if let Some(count) = count {
            args.set(if part.is_some() { "count" } else { "n" }, count);
        }
        let mut errors = Vec::new();
        let text = self.bundle.format_pattern(pattern.ok_or_else(missing)?, Some(&args), &mut errors).into_owned();
        if errors.is_empty() { Ok(text) } else { Err(format!("{id:?} cannot be put into words: {errors:?}")) }
    }

    fn text(&self, topic: &str, values: &Values<'_>, count: usize) -> Result<Text, String> {
        let id = topic.replace('.', "-");
        let part = |part| self.say(&id, Some(part), values, Some(count));
        Ok(Text { subject: part("subject")?, body: part("body")? })
    }

    /// A local day with its weekday. One that is none stays as it is.
    fn date(&self, date: &str) -> Result<String, String> {
        let Ok(day) = date.parse::<NaiveDate>() else { return Ok(date.to_owned()) };
        let named = |id, n: u32| self.say(id, None, &[], usize::try_from(n).ok());
        let (weekday, month) = (named("weekday", day.weekday().number_from_monday())?, named("month", day.month())?);
        let values = [("weekday", weekday.as_str()), ("day", &day.day().to_string()), ("month", &month), ("year", &day.year().to_string())];
        self.say("date", None, &values, None)
    }

    /// `Joy, Brian and Grace`, or with `or`.
    fn joined(&self, how: &str, names: &[String]) -> Result<String, String> {
        match names {
            [] => Ok(String::new()),
            [one] => Ok(one.clone()),
            [most @ .., last] => self.say(how, None, &[("most", &most.join(", ")), ("last", last)], None),
        }
    }
}

fn to_customer(topic: &str, about: &AboutBooking, own: Option<&Words>) -> Result<Text, String> {
    let words = Words::of(about.language)?;
    let date = words.date(&about.date)?;
    let service = if about.service.is_empty() { words.say("your-visit", None, &[], None)? } else { about.service.clone() };
    let place = [("service", service.as_str()), ("location", &about.location), ("date", &date), ("time", &about.time)];
    let what = words.say("what", None, &place, None)?;
    let who = if about.names.is_empty() { words.say("our-team", None, &[], None)? } else { words.joined("all-of", &about.names)? };
    let gender_note = words.say("gender-note", None, &[("waived", yes(about.gender_waived))], None)?;
    let (times, people) = (offered_times(words, about)?, words.joined("one-of", &about.offer.people)?);
    let offered = match (times.is_empty(), people.is_empty()) {
        (false, false) => "both",
        (false, true) => "times",
        (true, false) => "people",
        (true, true) => "nothing",
    };
    let values = [
        ("customer", about.customer.as_str()),
        ("what", &what),
        ("date", &date),
        ("time", &about.time),
        ("who", &who),
        ("gendernote", &gender_note),
        ("timechanged", yes(about.time_changed)),
        ("offered", offered),
        ("times", &times),
        ("people", &people),
    ];
    own.unwrap_or(words).text(topic, &values, about.names.len())
}

fn yes(is: bool) -> &'static str {
    if is { "yes" } else { "no" }
}

/// The times in a question: with the day where it is another than the visit's.
fn offered_times(words: &Words, about: &AboutBooking) -> Result<String, String> {
    let mut times = Vec::with_capacity(about.offer.times.len());
    for (date, time) in &about.offer.times {
        let named = words.date(date)?;
        let id = if *date == about.date { "at-time" } else { "at-date-time" };
        times.push(words.say(id, None, &[("date", &named), ("time", time)], None)?);
    }
    words.joined("one-of", &times)
}

fn to_manager(topic: &str, about: &AboutDay, own: Option<&Words>) -> Result<Text, String> {
    let words = Words::of(about.language)?;
    let date = words.date(&about.date)?;
    let lines: Vec<String> = about.bookings.iter().map(|line| format!("- {line}")).collect();
    own.unwrap_or(words).text(topic, &[("location", &about.location), ("date", &date), ("lines", &lines.join("\n"))], about.bookings.len())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::messages::{ASKED, BOOKED, CANCELLED, CHANGED, FINALIZED, MOVED, Offer, REMINDER};
    use crate::store::{OutboxClass, OutboxState};

    fn row(topic: &str, payload: serde_json::Value) -> OutboxRow {
        let at = chrono::DateTime::UNIX_EPOCH;
        OutboxRow {
            id: 1,
            class: OutboxClass::Message,
            topic: topic.to_owned(),
            location_id: "westlands".to_owned(),
            booking_id: None,
            channel: "console".to_owned(),
            recipient: "ruth".to_owned(),
            payload,
            dedup_key: "key".to_owned(),
            state: OutboxState::Pending,
            created_at: at,
            delivered_at: None,
            next_attempt_at: at,
            attempts: 0,
            last_error: None,
            settled_by: None,
            settled_at: None,
        }
    }

    fn about(language: Language) -> AboutBooking {
        AboutBooking {
            customer: "Ruth".to_owned(),
            service: "Swedish massage".to_owned(),
            location: "Westlands".to_owned(),
            date: "2026-11-21".to_owned(),
            time: "10:00".to_owned(),
            names: vec!["Grace".to_owned()],
            gender_waived: false,
            language,
            time_changed: false,
            offer: Offer::default(),
        }
    }

    fn customer(topic: &str, about: &AboutBooking) -> Text {
        render(&row(topic, serde_json::to_value(about).unwrap())).unwrap()
    }

    fn manager(topic: &str, language: Language, bookings: &[&str]) -> Text {
        let bookings = bookings.iter().map(|&line| line.to_owned()).collect();
        let about = AboutDay { location: "Westlands".to_owned(), date: "2026-11-21".to_owned(), bookings, language };
        render(&row(topic, serde_json::to_value(about).unwrap())).unwrap()
    }

    #[test]
    fn every_topic_has_words_in_every_language_with_nothing_left_open() {
        let names: [&[&str]; 4] = [&[], &["Grace"], &["Grace", "Joy"], &["Grace", "Joy", "Brian"]];
        let times = [("2026-11-21".to_owned(), "14:00".to_owned()), ("2026-11-22".to_owned(), "09:30".to_owned())];
        for language in Language::ALL {
            let mut said = std::collections::BTreeSet::new();
            for topic in TOPICS {
                for names in names {
                    let names: Vec<String> = names.iter().map(|&name| name.to_owned()).collect();
                    for (yes, offered) in [(false, 0), (true, 1), (true, 2)] {
                        // Nobody is told of no booking.
                        if names.is_empty() && [ALERT, RESOLVED].contains(&topic) {
                            continue;
                        }
                        let text = if [ALERT, RESOLVED].contains(&topic) {
                            manager(topic, language, &names.iter().map(String::as_str).collect::<Vec<_>>())
                        } else {
                            let offer = Offer { times: times[..offered].to_vec(), people: if yes { names.clone() } else { Vec::new() } };
                            customer(topic, &AboutBooking { names: names.clone(), gender_waived: yes, time_changed: yes, offer, ..about(language) })
                        };
                        for words in [&text.subject, &text.body] {
                            let left = ["{", "}", "$", "  ", " .", " ,", "->"].into_iter().find(|left| words.contains(left));
                            assert!(left.is_none() && words.trim() == words && words.len() > 10, "{topic} in {language:?}: {words:?} has {left:?}");
                        }
                        assert!(!text.subject.contains('\n') && text.body.contains("Westlands"), "{topic} in {language:?}: {text:?}");
                        assert!(text.body.contains(if language == Language::English {
                            "Saturday 21 November 2026"
                        } else {
                            "Jumamosi, 21 Novemba 2026"
                        }));
                        said.insert(text.body);
                    }
                }
            }
            assert!(said.len() > TOPICS.len() * 3, "what is said hangs on what is so");
        }
    }

    #[test]
    fn the_languages_have_the_same_messages_with_the_same_values() {
        let values = |text: &str| -> std::collections::BTreeSet<String> {
            let names = text.split('$').skip(1).map(|rest| rest.split(|c: char| !c.is_alphanumeric()).next().unwrap_or_default().to_owned());
            names.collect()
        };
        let ids = |text: &str| -> Vec<String> {
            let first = text.lines().filter(|line| line.starts_with(|c: char| c.is_ascii_lowercase()));
            first.filter_map(|line| Some(line.split_once(" =")?.0.to_owned())).collect()
        };
        let (english, swahili) = (include_str!("words/en.ftl"), include_str!("words/sw.ftl"));
        assert_eq!(ids(english), ids(swahili));
        assert_eq!(values(english), values(swahili));
    }

    #[test]
    fn lists_and_plurals_are_right_in_each_language() {
        let three = vec!["Grace".to_owned(), "Joy".to_owned(), "Brian".to_owned()];
        let english = AboutBooking { names: three, ..about(Language::English) };
        let swahili = AboutBooking { language: Language::Swahili, ..english.clone() };
        assert!(customer(FINALIZED, &english).body.contains("Grace, Joy and Brian will serve you"));
        assert!(customer(FINALIZED, &swahili).body.contains("Grace, Joy na Brian watakuhudumia"));
        assert!(customer(CHANGED, &about(Language::Swahili)).body.contains("sasa Grace atakuhudumia"));
        let nobody = AboutBooking { names: Vec::new(), ..swahili };
        assert!(customer(FINALIZED, &nobody).body.contains("timu yetu itakuhudumia"));
        assert!(!customer(REMINDER, &nobody).body.contains("hudumia"));
        assert_eq!(manager(ALERT, Language::English, &["a"]).subject, "One booking without anybody at Westlands on Saturday 21 November 2026");
        assert_eq!(manager(ALERT, Language::English, &["a", "b"]).body, "Nobody serves these at Westlands on Saturday 21 November 2026:\n- a\n- b");
        assert!(manager(ALERT, Language::Swahili, &["a", "b"]).subject.starts_with("Nafasi 2 hazina mhudumu"));
    }

    #[test]
    fn what_is_asked_names_other_days_and_nobody_is_named_before_it_is_certain() {
        let times = vec![("2026-11-21".to_owned(), "14:00".to_owned()), ("2026-11-22".to_owned(), "09:30".to_owned())];
        let offer = Offer { times, people: vec!["Joy".to_owned(), "Brian".to_owned()] };
        let asked = customer(ASKED, &AboutBooking { offer, names: Vec::new(), ..about(Language::English) }).body;
        let expected = "Could you come at 14:00 or on Sunday 22 November 2026 at 09:30 instead, or could Joy or Brian serve you? Please call us.";
        assert!(asked.ends_with(expected), "{asked}");
        for topic in [BOOKED, MOVED, CANCELLED] {
            assert!(!customer(topic, &about(Language::English)).body.contains("Grace"), "{topic}");
        }
    }

    #[test]
    fn what_earlier_versions_wrote_is_still_read_and_what_nobody_knows_is_an_error() {
        let old = serde_json::json!({"customer": "Ruth", "service": "", "location": "Westlands", "date": "2026-11-21", "time": "10:00", "names": [],
            "gender_waived": true});
        let text = render(&row(BOOKED, old)).unwrap();
        assert!(text.body.starts_with("Dear Ruth, your visit at Westlands on Saturday") && text.body.ends_with("could not be met."), "{text:?}");
        assert!(render(&row("booking.sung", serde_json::json!({}))).unwrap_err().contains("no template"));
        assert!(render(&row(BOOKED, serde_json::json!({}))).unwrap_err().contains("payload"));
    }
}
