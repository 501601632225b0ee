//! A language's words for the one grammar: what is said, in whatever language, is read by the same reader.

use std::ops::{Deref, Range};

use chrono::Weekday;

use super::calendar::Which;
use super::hours::Part;
use super::lex::{Lexeme, Sort};
use super::names::Mention;
use super::questions::Ask;
use super::{About, Unclear, english, swahili};
use crate::domain::Language;

/// Phrases of words between spaces.
pub(super) type Phrases = &'static [&'static str];
/// Phrases, each with what it means.
pub(super) type Meanings<T> = &'static [(&'static str, T)];

/// The words of one language. Where two phrases stand at one place, the longer one is meant.
#[derive(Debug)]
pub(super) struct Lexicon {
    pub language: Language,
    /// Does what a word is counted or told apart by stand behind it: "siku tatu", "Jumatatu ijayo"?
    pub noun_first: bool,
    pub numbers: Meanings<u32>,
    /// Numbers that others are added to.
    pub tens: Meanings<u32>,
    pub and: Phrases,
    /// What joins two ends of a span.
    pub joints: Phrases,

    pub weekdays: Meanings<Weekday>,
    /// Short names of weekdays, with or without a dot.
    pub weekdays_short: Meanings<Weekday>,
    pub months: Meanings<u32>,
    pub months_short: Meanings<u32>,
    /// What comes again and again.
    pub repeated: Phrases,
    /// The same, behind a weekday, without anything between: `Mondays`.
    pub repeated_after: Phrases,
    pub the: Phrases,
    /// Makes a number a day of a month from before it: `tarehe`.
    pub date: Phrases,
    /// The same from behind it: `st`.
    pub ordinals: Phrases,
    pub of: Phrases,
    pub of_this_month: Phrases,
    pub on: Phrases,
    /// Days by how far they are from today.
    pub relative: Meanings<i64>,
    /// `in` three days.
    pub days_ahead: Phrases,
    pub days_ahead_after: Phrases,
    /// Days of a unit.
    pub units: Meanings<i64>,
    pub which: Meanings<Which>,
    /// Stands by a weekday: it is one of the next week.
    pub of_next_week: Phrases,
    pub of_this_week: Phrases,
    pub before_weekday_next_week: Phrases,

    pub parts: Meanings<Part>,
    pub in_part: Phrases,
    pub this: Phrases,
    pub at: Phrases,
    pub noon: Phrases,
    pub midnight: Phrases,
    /// Minutes of a unit, and whether it needs to be said that it is how long.
    pub time_units: Meanings<(u32, bool)>,
    pub half_an_hour: Phrases,

    pub starts: Phrases,
    /// Those of them that say that somebody goes.
    pub leaves: Phrases,
    pub after: Phrases,
    /// Those that keep a time with its day.
    pub past: Phrases,
    pub onwards: Phrases,
    pub ends: Phrases,
    /// Those of them that say that somebody comes.
    pub arrives: Phrases,
    pub until: Phrases,
    pub before: Phrases,
    pub backs: Phrases,
    pub between: Phrases,
    pub from: Phrases,
    /// Stands before a span that has a name.
    pub over: Phrases,
    pub rest: Phrases,
    pub now: Phrases,
    pub whole: Phrases,
    pub half_day: Phrases,
    pub halves: [&'static str; 2],
    pub this_week: Phrases,
    pub this_weekend: Phrases,
    pub next_weekend: Phrases,
    pub next_week: Phrases,
    /// Half an hour more.
    pub and_a_half: Phrases,
    /// Stands before a length.
    pub lasting: Phrases,
    /// The next so many days.
    pub next: Phrases,

    /// Says that somebody is away: the phrase, and the reason it gives.
    pub away: Meanings<Option<&'static str>>,
    pub late: Phrases,
    pub early: Phrases,
    /// Says that somebody is there; after a "not" it says the opposite.
    pub there: Phrases,
    /// "Not there" in one word: "hatakuja".
    pub not_there: Phrases,
    /// Those of `there` that are health.
    pub well: Phrases,
    /// Those of `there` that say it only after a form of to be.
    pub there_stated: Phrases,
    pub to_be: Phrases,
    /// Is both "is", before what somebody is, and "is there": "yuko likizo", "yuko".
    pub is_or_is_there: Phrases,
    /// "Is not", where it stands right before what somebody is, and "is not there" elsewhere: "hayuko likizo", "hayuko".
    pub is_not: Phrases,
    /// Stands between "is not" and what somebody is not in.
    pub in_what: Phrases,
    /// Turns what follows into its opposite. Those with true say so alone, too: "Grace can't tomorrow".
    pub not: Meanings<bool>,
    /// Takes an absence back instead of telling of one.
    pub undoes: Phrases,
    /// Looks ahead: what lasts some days does not begin today just because nothing else was said.
    pub ahead: Phrases,
    /// The same within words that say more: "hatakuja".
    pub ahead_too: Phrases,
    pub asks: Phrases,
    /// Says nothing that matters here.
    pub fillers: Phrases,
    /// Words of days, times and spans that stand in no list above: for telling a misspelt one from an unknown one.
    pub others: Phrases,

    /// Words of a choice.
    pub says: Says,
}

/// What is put into the sentences that are offered.
#[derive(Debug)]
pub(super) struct Says {
    pub from: &'static str,
    pub until: &'static str,
    pub to: &'static str,
    /// The last day is part of it.
    pub through: &'static str,
    pub back: &'static str,
    pub today: &'static str,
    pub tomorrow: &'static str,
    pub rest_of_day: &'static str,
}

impl Lexicon {
    /// The words of a language.
    pub fn of(language: Language) -> &'static Lexicon {
        match language {
            Language::English => &english::WORDS,
            Language::Swahili => &swahili::WORDS,
        }
    }

    /// The phrases that may be what a misspelt word was to be.
    fn phrases(&self) -> impl Iterator<Item = &'static str> {
        let away = self.away.iter().map(|(phrase, _)| *phrase);
        let not = self.not.iter().map(|(phrase, _)| *phrase);
        away.chain(not).chain([self.there, self.undoes, self.ahead, self.fillers, self.others].into_iter().flatten().copied())
    }

    /// Is it a word of the grammar?
    pub fn is_known(&self, word: &str) -> bool {
        self.phrases().any(|phrase| phrase == word)
    }

    /// Does the word stand in a phrase of the language?
    fn has(&self, word: &str) -> bool {
        self.phrases().any(|phrase| phrase.split(' ').any(|one| one == word))
    }
}

/// A sentence, and the language it is in.
#[derive(Debug, Clone, Copy)]
pub(super) struct Sentence<'a> {
    pub text: &'a str,
    pub lexicon: &'static Lexicon,
}

impl Deref for Sentence<'_> {
    type Target = str;

    fn deref(&self) -> &str {
        self.text
    }
}

/// The language that more of the words belong to that are of one language alone; names are of none. English where that leaves both.
pub(super) fn language_of(lexemes: &[Lexeme], mentions: &[Mention]) -> Language {
    // The word of the command is of no language.
    let command = usize::from(lexemes.first().is_some_and(|lexeme| lexeme.text == "/")) * 2;
    let is_name = |i: usize| i < command || mentions.iter().any(|mention| mention.lexemes.contains(&i));
    let (english, swahili) = (Lexicon::of(Language::English), Lexicon::of(Language::Swahili));
    let balance = lexemes.iter().enumerate().filter(|(i, lexeme)| !is_name(*i) && lexeme.sort == Sort::Word);
    let swahili_words: i32 = balance.map(|(_, lexeme)| i32::from(swahili.has(&lexeme.text)) - i32::from(english.has(&lexeme.text))).sum();
    if swahili_words > 0 { Language::Swahili } else { Language::English }
}

/// Above this a word is a known one misspelt.
const LIKENESS_MIN: f64 = 0.75;

/// What is asked about words that nobody knows.
pub(super) fn unknown_word(sentence: Sentence<'_>, at: &Range<usize>) -> Unclear {
    let said = &sentence[at.clone()];
    let (wanted, lexicon) = (said.to_lowercase(), sentence.lexicon);
    let likeness = |word: &'static str| (strsim::normalized_damerau_levenshtein(word, &wanted), word);
    let long = lexicon.phrases().filter(|word| word.len() > 3 && **word != *wanted).map(likeness);
    match long.filter(|(likeness, _)| *likeness >= LIKENESS_MIN && !lexicon.is_known(&wanted)).max_by(|a, b| a.0.total_cmp(&b.0)) {
        Some((_, near)) => {
            let instead = vec![(near.to_owned(), near.to_owned())];
            sentence.asks(About::Word, &Ask::Misspelt { said, near }).with(at, instead)
        }
        None => sentence.asks(About::Word, &Ask::Unknown(said)),
    }
}

impl<'a> Sentence<'a> {
    /// A question in the language of the sentence.
    pub fn asks(self, about: About, ask: &Ask<'_>) -> Unclear {
        Unclear::new(about, ask.in_words(self.lexicon.language))
    }
}
