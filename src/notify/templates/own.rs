//! A house's own words in the place of the shipped ones: checked when they are written, with every case that there may be, and never a reason for
//! not being told: where they do not work after all, the shipped words are said.

use super::broken::{self, Broken};
use super::{Shape, Text, Words, render_shaped};
use crate::domain::Language;
use crate::store::messages::{ALERT, ASKED, AboutBooking, AboutDay, Offer, RESOLVED, TOPICS};
use crate::store::{OutboxClass, OutboxRow, TemplateRow};

/// Characters that a subject's words have at most.
pub const SUBJECT_MAX: usize = 500;
/// Characters that a body's words have at most.
pub const BODY_MAX: usize = 4000;

/// What the words of messages to customers may name.
const OF_CUSTOMERS: [&str; 8] = ["customer", "what", "date", "time", "who", "gendernote", "timechanged", "count"];
/// What a question to a customer may name too.
const OF_QUESTIONS: [&str; 11] = ["customer", "what", "date", "time", "who", "gendernote", "timechanged", "count", "offered", "times", "people"];
/// What the words of messages to the manager may name.
const OF_MANAGERS: [&str; 4] = ["location", "date", "lines", "count"];

/// What the words of a topic may name, as `$name`.
pub fn variables(topic: &str) -> &'static [&'static str] {
    match topic {
        ALERT | RESOLVED => &OF_MANAGERS,
        ASKED => &OF_QUESTIONS,
        _ => &OF_CUSTOMERS,
    }
}

/// Why words will not do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnFault {
    /// It is the subject, and not the body.
    pub in_subject: bool,
    /// What is wrong with it.
    pub why: OwnWrong,
}

/// What is wrong with words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OwnWrong {
    /// Nothing is said.
    Empty,
    /// More than so many characters.
    Long(usize),
    /// They cannot be read as Fluent, or filled in; where and why, as far as that can be told.
    Unreadable(Option<Broken>),
    /// They name what the topic does not have.
    Unknown(String),
    /// A subject is one line.
    Lines,
}

/// The shipped words of a topic as they are written, to begin with.
pub fn shipped(language: Language, topic: &str) -> Option<Text> {
    let text = Words::source(language);
    let head = format!("{} =", id_of(topic));
    let lines: Vec<&str> = text.lines().skip_while(|line| *line != head).skip(1).take_while(|line| line.starts_with("    ")).collect();
    let part = |name: &str| {
        let start = format!("    .{name} = ");
        let from = lines.iter().position(|line| line.starts_with(&start))?;
        let rest = lines[from + 1..].iter().take_while(|line| !line.starts_with("    ."));
        let all: Vec<&str> = std::iter::once(&lines[from][start.len()..]).chain(rest.map(|line| &line[4..])).collect();
        Some(all.join("\n"))
    };
    Some(Text { subject: part("subject")?, body: part("body")? })
}

fn id_of(topic: &str) -> String {
    topic.replace('.', "-")
}

/// The words as a message of Fluent. Every line but the first is indented, so that none can begin another message.
fn composed(topic: &str, subject: &str, body: &str) -> String {
    let indented = |text: &str| text.replace("\r\n", "\n").replace('\n', "\n        ");
    format!("{} =\n    .subject = {}\n    .body = {}\n", id_of(topic), indented(subject), indented(body))
}

/// The words read, if they are one message with the two parts that it has, and nothing else.
fn read(language: Language, topic: &str, subject: &str, body: &str) -> Result<Words, String> {
    let words = Words::read(language, &composed(topic, subject, body))?;
    match words.shape(&id_of(topic)) {
        Shape { messages: 1, attributes: 2 } => Ok(words),
        _ => Err("a line begins like another part of a message; write it otherwise".to_owned()),
    }
}

/// Names that words mention as `$name`; an amount such as `$5` is none.
fn mentioned(text: &str) -> impl Iterator<Item = &str> {
    let names =
        text.split('$').skip(1).map(|rest| rest.split(|c: char| !c.is_ascii_alphanumeric() && c != '-' && c != '_').next().unwrap_or_default());
    names.filter(|name| name.starts_with(|c: char| c.is_ascii_alphabetic()))
}

/// Looks at words before they are kept: they can be read, name only what there is, and say something in every case. What they say in the first.
///
/// # Errors
/// The first thing that is wrong.
pub fn check(language: Language, topic: &str, subject: &str, body: &str) -> Result<Text, OwnFault> {
    let fault = |in_subject, why| Err(OwnFault { in_subject, why });
    for (in_subject, text, max) in [(true, subject, SUBJECT_MAX), (false, body, BODY_MAX)] {
        if text.trim().is_empty() {
            return fault(in_subject, OwnWrong::Empty);
        }
        if text.chars().count() > max {
            return fault(in_subject, OwnWrong::Long(max));
        }
        if let Some(unknown) = mentioned(text).find(|name| !variables(topic).contains(name)) {
            return fault(in_subject, OwnWrong::Unknown(unknown.to_owned()));
        }
        // Each by itself, to know which of the two it is.
        let (alone_subject, alone_body) = if in_subject { (text, "-") } else { ("-", text) };
        if read(language, topic, alone_subject, alone_body).is_err() {
            let broken = broken::find(text, |part| read(language, topic, "-", part).is_err());
            return fault(in_subject, OwnWrong::Unreadable(broken));
        }
    }
    let own = [TemplateRow {
        tenant_id: String::new(),
        language,
        topic: topic.to_owned(),
        subject: subject.to_owned(),
        body: body.to_owned(),
        changed_by: String::new(),
        changed_at: chrono::DateTime::UNIX_EPOCH,
    }];
    let mut first = None;
    for payload in examples(language, topic) {
        // What a case says with one of the two alone tells which of them fails, and each placeholder alone which of those.
        let said = render_shaped(topic, &payload, Some(&own[0]));
        let text = match said {
            Ok(text) => text,
            Err(_) => {
                let fails = |subject: &str, body: &str| {
                    let row = TemplateRow { subject: subject.to_owned(), body: body.to_owned(), ..own[0].clone() };
                    render_shaped(topic, &payload, Some(&row)).is_err()
                };
                let in_subject = fails(subject, "-");
                let broken = broken::find(if in_subject { subject } else { body }, |part| fails("-", part));
                return fault(in_subject, OwnWrong::Unreadable(broken));
            }
        };
        if text.subject.trim().is_empty() || text.body.trim().is_empty() {
            return fault(text.subject.trim().is_empty(), OwnWrong::Empty);
        }
        if text.subject.contains('\n') {
            return fault(true, OwnWrong::Lines);
        }
        first = first.or(Some(text));
    }
    first.ok_or(OwnFault { in_subject: false, why: OwnWrong::Unreadable(None) })
}

/// Cases of a topic: with nobody, one and several named, wishes that could and could not be met, questions of each sort.
fn examples(language: Language, topic: &str) -> Vec<serde_json::Value> {
    if !TOPICS.contains(&topic) {
        return Vec::new();
    }
    let people = |n: usize| -> Vec<String> { ["Grace", "Joy", "Brian"].into_iter().take(n).map(str::to_owned).collect() };
    let mut all = Vec::new();
    for n in [1, 3, 2, 0] {
        for (yes, times) in [(false, 0), (true, 2), (true, 0), (false, 1)] {
            let value = if [ALERT, RESOLVED].contains(&topic) {
                let bookings = people(n.max(1)).iter().map(|name| format!("10:00 Amina ({name})")).collect();
                serde_json::to_value(AboutDay { location: "Westlands".into(), date: "2026-11-21".into(), bookings, language })
            } else {
                let times =
                    [("2026-11-21", "14:00"), ("2026-11-22", "09:30")].into_iter().take(times).map(|(date, time)| (date.to_owned(), time.to_owned()));
                serde_json::to_value(AboutBooking {
                    customer: "Amina".into(),
                    service: "Swedish massage".into(),
                    location: "Westlands".into(),
                    date: "2026-11-21".into(),
                    time: "10:00".into(),
                    names: people(n),
                    gender_waived: yes,
                    language,
                    time_changed: yes,
                    offer: Offer { times: times.collect(), people: if yes { people(2) } else { Vec::new() } },
                })
            };
            all.extend(value.ok());
        }
    }
    all
}

/// The words of a row: the house's own, where it has some for its topic and language and they work, else the shipped ones.
///
/// # Errors
/// As [`super::render`].
pub fn render_with(row: &OutboxRow, own: &[TemplateRow]) -> Result<Text, String> {
    let language = row.payload.get("language").and_then(serde_json::Value::as_str).and_then(Language::from_word).unwrap_or_default();
    let mine = own.iter().find(|own| row.class == OutboxClass::Message && own.topic == row.topic && own.language == language);
    let Some(mine) = mine else { return super::render(row) };
    match render_shaped(&row.topic, &row.payload, Some(mine)) {
        Ok(text) => Ok(text),
        Err(why) => {
            tracing::warn!(topic = row.topic, tenant = mine.tenant_id, why, "a house's own words do not work; the shipped ones are said");
            super::render(row)
        }
    }
}

impl TemplateRow {
    /// Its words, read.
    pub(super) fn words(&self) -> Result<Words, String> {
        read(self.language, &self.topic, &self.subject, &self.body)
    }
}

#[cfg(test)]
mod tests {
    use super::super::broken::Why;
    use super::*;
    use crate::store::messages::{BOOKED, FINALIZED};

    #[test]
    fn the_shipped_words_pass_as_own_ones_and_say_the_same() {
        for language in Language::ALL {
            for topic in TOPICS {
                let words = shipped(language, topic).unwrap_or_else(|| panic!("{topic} has no words in {language:?}"));
                let said = check(language, topic, &words.subject, &words.body).unwrap_or_else(|fault| panic!("{topic} in {language:?}: {fault:?}"));
                let first = examples(language, topic).remove(0);
                assert_eq!(render_shaped(topic, &first, None).as_ref(), Ok(&said), "{topic} in {language:?}");
            }
        }
    }

    #[test]
    fn own_words_are_said_with_what_they_name() {
        let said =
            check(Language::English, FINALIZED, "See you at { $time }", "Hello { $customer }!\n\n{ $who } looks forward to you: { $what }.").unwrap();
        assert_eq!(said.subject, "See you at 10:00");
        assert!(said.body.starts_with("Hello Amina!\n\nGrace looks forward to you: Swedish massage at Westlands on Saturday"), "{}", said.body);
        let plural = "{ $count ->\n    [one] { $who } comes\n   *[other] { $who } come\n}";
        assert_eq!(check(Language::English, FINALIZED, "Soon", plural).unwrap().body, "Grace comes");
        assert_eq!(check(Language::English, FINALIZED, "Soon", "Bring $5.").unwrap().body, "Bring $5.");
    }

    #[test]
    fn words_that_cannot_work_are_refused_where_they_stand() {
        let wrong = |subject: &str, body: &str| check(Language::English, BOOKED, subject, body).unwrap_err();
        assert_eq!(wrong(" ", "x"), OwnFault { in_subject: true, why: OwnWrong::Empty });
        assert_eq!(wrong("x", "{ \"\" }"), OwnFault { in_subject: false, why: OwnWrong::Empty });
        assert_eq!(wrong("x", &"x".repeat(BODY_MAX + 1)).why, OwnWrong::Long(BODY_MAX));
        assert_eq!(wrong("x", "{ $price }"), OwnFault { in_subject: false, why: OwnWrong::Unknown("price".into()) });
        let hidden = "{ $count ->\n    [7] { $lines }\n   *[other] x\n}";
        assert_eq!(wrong("x", hidden).why, OwnWrong::Unknown("lines".into()), "also in a case that no example has");
        assert_eq!(wrong("one\ntwo", "x"), OwnFault { in_subject: true, why: OwnWrong::Lines });
        for (body, line, text, why) in [
            ("Dear { $customer", 1, "{ $customer", Why::Unclosed),
            ("x\nx }", 2, "x }", Why::Unopened),
            ("{ $time }\n{ nothing-such }", 2, "{ nothing-such }", Why::Placeholder),
            ("{ -brand }", 1, "{ -brand }", Why::Placeholder),
            ("{ customer }", 1, "{ customer }", Why::Placeholder),
            ("{ $ customer }", 1, "{ $ customer }", Why::Placeholder),
            ("{ NUMBER($count) }", 1, "{ NUMBER($count) }", Why::Placeholder),
            ("{ $count ->\n    [one] x\n}", 1, "{ $count -> …", Why::NoOther),
            ("x\n.subject = y", 2, ".", Why::Begin),
            ("x\n.more = y", 2, ".", Why::Begin),
        ] {
            let broken = Some(Broken { line, text: text.to_owned(), why });
            assert_eq!(wrong("x", body), OwnFault { in_subject: false, why: OwnWrong::Unreadable(broken) }, "{body}");
        }
        for subject in ["{ $customer", "{ nothing-such }"] {
            let fault = wrong(subject, "x");
            assert!(fault.in_subject && matches!(fault.why, OwnWrong::Unreadable(Some(_))), "{fault:?}");
        }
        // What looks like another message is only a line of this one.
        assert_eq!(check(Language::English, BOOKED, "x", "x\nbooking-moved = y").unwrap().body, "x\nbooking-moved = y");
    }
}
