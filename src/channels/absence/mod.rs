//! An absence in words: "Grace is out sick today", "Grace is on leave from Monday to Wednesday", `/absence Grace 2026-11-21..23`.
//!
//! A small grammar that knows what it does not know: every word of a sentence has to be accounted for, a name has to be one person's, a date one
//! day. Whatever could be two things, or is nothing that is known here, is asked back with what it could be; nothing is guessed. The last day that
//! is named is part of the absence ("until Friday" has the Friday in it), and the day somebody is back is not.
//!
//! One grammar reads every language, each with its own words (`lexicon`); which one it is, the words say that are of one language alone. "Saa tatu
//! asubuhi" is 09:00, in Swahili time; "saa 8" may be meant on either clock, and is asked back (`clock`).
//!
//! Times without am or pm are read within 6 in the morning and 10 at night, and asked back where that leaves two. The parts of a day are the house's:
//! morning 6–12, afternoon 12–17, evening 17–22.

mod calendar;
mod clock;
mod english;
mod hours;
mod lex;
mod lexicon;
mod names;
mod phrases;
mod questions;
mod reader;
mod swahili;
mod when;

use std::ops::Range;

use chrono::NaiveDate;
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};

use self::lex::Lexeme;
use self::lexicon::{Lexicon, Sentence};
use self::names::Mention;
use self::questions::Ask;
use crate::domain::{Language, Minute, Span};

/// Somebody who can be away.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// Identifier.
    pub id: String,
    /// The name people use.
    pub name: String,
}

/// An absence as it was understood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Understood {
    /// Who, by id.
    pub person_id: String,
    /// The first local day.
    pub from: NaiveDate,
    /// The last local day.
    pub to: NaiveDate,
    /// Minutes after midnight of the first day, where it is not from its beginning.
    pub start_minute: Option<u32>,
    /// Minutes after midnight of the last day, where it is not to its end.
    pub end_minute: Option<u32>,
    /// The same as instants. Never empty, never over.
    pub span: Span,
    /// Why: `sick`, `leave`, `holiday`; `absent` where nothing was said.
    pub reason: String,
}

/// What a question is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum About {
    /// Who is away: nobody was named, nobody is called so, or several are.
    Who,
    /// When: nothing was said, or what was said could be two times or none.
    When,
    /// It would be over already.
    Past,
    /// It would end before it begins.
    Backwards,
    /// A word that is not known here.
    Word,
    /// It tells of something else than an absence.
    NotAnAbsence,
}

/// Something that has to be said more clearly.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    /// What it is about.
    pub about: About,
    /// The question, in words.
    pub question: String,
    /// The language of the question and of the choices: the one that was spoken.
    pub language: Language,
    /// Ways to say it; none where there are too many.
    pub choices: Vec<Choice>,
}

/// One way to say what was meant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Choice {
    /// What it means: `Friday 27 November 2026`.
    pub means: String,
    /// The whole sentence to say instead.
    pub words: String,
}

/// A question before it has its sentences: where the unclear words stand, and what could stand there instead.
#[derive(Debug, Clone)]
struct Unclear {
    about: About,
    question: String,
    at: Range<usize>,
    /// What it means, and the words for it.
    instead: Vec<(String, String)>,
}

impl Unclear {
    fn new(about: About, question: impl Into<String>) -> Unclear {
        Unclear { about, question: question.into(), at: 0..0, instead: Vec::new() }
    }

    fn with(mut self, at: &Range<usize>, instead: Vec<(String, String)>) -> Unclear {
        (self.at, self.instead) = (at.clone(), instead);
        self
    }

    fn asked(self, sentence: Sentence<'_>) -> Question {
        let Unclear { about, question, at, instead } = self;
        let said = |words: String| format!("{}{words}{}", &sentence[..at.start], &sentence[at.end..]);
        let choices = instead.into_iter().map(|(means, words)| Choice { means, words: said(words) }).collect();
        Question { about, question, language: sentence.lexicon.language, choices }
    }
}

/// Longest sentence that is read, in bytes.
pub const WORDS_MAX: usize = 500;
/// Longest absence, in days.
const DAYS_MAX: i64 = 366;

/// Reads a sentence said at `now` about one of these people.
///
/// # Errors
/// What has to be said more clearly.
pub fn understand(text: &str, people: &[Person], now: Minute, timezone: Tz) -> Result<Understood, Question> {
    let lexemes = lex::lexemes(&text[..text.floor_char_boundary(WORDS_MAX)]);
    let mentions = names::mentions(&lexemes, people);
    let lexicon = Lexicon::of(lexicon::language_of(&lexemes, &mentions));
    let sentence = Sentence { text, lexicon };
    let heard = if text.len() > WORDS_MAX {
        Err(sentence.asks(About::NotAnAbsence, &Ask::LongText))
    } else {
        let mentions = names::names(mentions, &lexemes, lexicon);
        read(sentence, (&lexemes, &mentions), people, (now, timezone))
    };
    heard.map_err(|unclear| unclear.asked(sentence))
}

fn read(
    sentence: Sentence<'_>,
    (lexemes, mentions): (&[Lexeme], &[Mention]),
    people: &[Person],
    (now, timezone): (Minute, Tz),
) -> Result<Understood, Unclear> {
    let today = crate::domain::local::date_of(timezone, now);
    let heard = phrases::hear(sentence, lexemes, mentions, today)?;
    let person = names::one(sentence, people, mentions, &heard.unknown)?;
    if let Some(unclear) = heard.trouble {
        return Err(unclear);
    }
    if let Some(run) = heard.unknown.first() {
        return Err(lexicon::unknown_word(sentence, run));
    }
    let said = when::resolve(&heard, sentence, now, timezone)?;
    Ok(Understood {
        person_id: people[person].id.clone(),
        from: said.from,
        to: said.to,
        start_minute: said.start,
        end_minute: said.end,
        span: said.span,
        reason: heard.reason.unwrap_or_else(|| "absent".to_owned()),
    })
}
