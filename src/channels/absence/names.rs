//! Whose absence it is: names as people are called, and never somebody who is only called something like it.

use std::collections::BTreeSet;
use std::ops::Range;

use super::lex::{Lexeme, lexemes};
use super::lexicon::{Lexicon, Sentence};
use super::questions::Ask;
use super::{About, Person, Unclear};

/// Names that are offered instead of an unknown one.
const NEAR_MAX: usize = 3;
/// Below this a name is not called like another.
const LIKENESS_MIN: f64 = 0.8;
/// So many people are all offered where nobody was named.
const ALL_MAX: usize = 8;

/// A place where somebody is named.
#[derive(Debug, Clone)]
pub(super) struct Mention {
    /// Which lexemes.
    pub lexemes: Range<usize>,
    at: Range<usize>,
    /// Who could be meant, by position.
    who: Vec<usize>,
}

/// The same word without the ending of the possessive.
fn bare(word: &str) -> &str {
    word.strip_suffix("'s").unwrap_or(word)
}

/// How many lexemes from `i` on spell `key`, if they do.
fn spells(lexemes: &[Lexeme], i: usize, key: &[String]) -> Option<usize> {
    let there = lexemes.get(i..i + key.len()).filter(|_| !key.is_empty())?;
    let last = key.len() - 1;
    let same = there.iter().zip(key).enumerate().all(|(k, (lexeme, part))| lexeme.text == *part || (k == last && bare(&lexeme.text) == part));
    same.then_some(key.len())
}

fn parts(name: &str) -> Vec<String> {
    lexemes(name).into_iter().map(|lexeme| lexeme.text).collect()
}

/// The ways a person can be called: by name, by id, by the first or the last word of the name, by the first and the initial of the last.
fn keys(person: &Person) -> Vec<Vec<String>> {
    let (name, id) = (parts(&person.name), parts(&person.id));
    let mut keys = vec![id.clone(), name.clone()];
    keys.push(std::iter::once("#".to_owned()).chain(id).collect());
    if let ([first, .., last], true) = (&name[..], name.len() > 1) {
        let initial: String = last.chars().take(1).collect();
        keys.extend([vec![first.clone()], vec![last.clone()], vec![first.clone(), initial]]);
    }
    keys
}

/// Everywhere that somebody may be named.
pub(super) fn mentions(lexemes: &[Lexeme], people: &[Person]) -> Vec<Mention> {
    let known: Vec<Vec<Vec<String>>> = people.iter().map(keys).collect();
    let mut found = Vec::new();
    let mut i = 0;
    while i < lexemes.len() {
        let lengths: Vec<usize> = known.iter().map(|keys| keys.iter().filter_map(|key| spells(lexemes, i, key)).max().unwrap_or(0)).collect();
        let longest = lengths.iter().copied().max().unwrap_or(0);
        if longest == 0 {
            i += 1;
            continue;
        }
        let who = (0..people.len()).filter(|&p| lengths[p] == longest).collect();
        let at = lexemes[i].at.start..lexemes[i + longest - 1].at.end;
        found.push(Mention { lexemes: i..i + longest, at, who });
        i += longest;
    }
    found
}

/// Those that are names. A name that is also a word of the grammar (May, Will, Leo) is a name only where no other stands in the sentence, and then
/// the first of it.
pub(super) fn names(mentions: Vec<Mention>, lexemes: &[Lexeme], lexicon: &Lexicon) -> Vec<Mention> {
    let is_word = |mention: &Mention| mention.lexemes.len() == 1 && lexicon.is_known(bare(&lexemes[mention.lexemes.start].text));
    let (mut weak, sure): (Vec<Mention>, Vec<Mention>) = mentions.into_iter().partition(is_word);
    if sure.is_empty() {
        weak.truncate(1);
        return weak;
    }
    sure
}

/// How a person is called so that nobody else is meant.
fn unmistakable(lexicon: &Lexicon, people: &[Person], p: usize) -> (String, String) {
    let name = &people[p].name;
    let mine = parts(name);
    let shared = people.iter().enumerate().any(|(other, person)| other != p && keys(person).contains(&mine));
    // A name that is a word of the grammar too is not unmistakable.
    if shared || mine.len() == 1 && lexicon.is_known(&mine[0]) {
        (format!("{name} ({})", people[p].id), format!("#{}", people[p].id))
    } else {
        (name.clone(), name.clone())
    }
}

/// The one person who is meant.
pub(super) fn one(sentence: Sentence<'_>, people: &[Person], mentions: &[Mention], unknown: &[Range<usize>]) -> Result<usize, Unclear> {
    let instead = |who: &[usize]| -> Vec<(String, String)> { who.iter().map(|&p| unmistakable(sentence.lexicon, people, p)).collect() };
    if mentions.is_empty() {
        return Err(match unknown.first() {
            Some(at) => stranger(sentence, people, at),
            None => {
                let everybody: Vec<usize> = if people.len() <= ALL_MAX { (0..people.len()).collect() } else { Vec::new() };
                let end = sentence.len()..sentence.len();
                let offered = instead(&everybody).into_iter().map(|(means, words)| (means, format!(" {words}"))).collect();
                sentence.asks(About::Who, &Ask::NobodyNamed).with(&end, offered)
            }
        });
    }
    let mut left: BTreeSet<usize> = mentions[0].who.iter().copied().collect();
    for mention in &mentions[1..] {
        let them: BTreeSet<usize> = mention.who.iter().copied().collect();
        let both: BTreeSet<usize> = left.intersection(&them).copied().collect();
        if both.is_empty() {
            let ask = Ask::TwoNamed(&sentence[mentions[0].at.clone()], &sentence[mention.at.clone()]);
            return Err(sentence.asks(About::Who, &ask));
        }
        left = both;
    }
    let left: Vec<usize> = left.into_iter().collect();
    match left[..] {
        [only] => Ok(only),
        _ => {
            let ask = Ask::Namesakes { said: &sentence[mentions[0].at.clone()], count: left.len() };
            Err(sentence.asks(About::Who, &ask).with(&mentions[0].at, instead(&left)))
        }
    }
}

/// Nobody is called so: who is called something like it?
fn stranger(sentence: Sentence<'_>, people: &[Person], at: &Range<usize>) -> Unclear {
    let asked = &sentence[at.clone()];
    let wanted = bare(&asked.to_lowercase().replace('’', "'")).to_owned();
    let mut near: Vec<(f64, usize)> = people
        .iter()
        .enumerate()
        .map(|(p, person)| {
            let called = keys(person).into_iter().map(|key| strsim::jaro_winkler(&key.join(" "), &wanted));
            (called.fold(strsim::jaro_winkler(&person.name.to_lowercase(), &wanted), f64::max), p)
        })
        .filter(|(likeness, _)| *likeness >= LIKENESS_MIN)
        .collect();
    near.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
    near.truncate(NEAR_MAX);
    let instead: Vec<(String, String)> = near.iter().map(|&(_, p)| unmistakable(sentence.lexicon, people, p)).collect();
    let ask = Ask::Stranger { said: asked, near: instead.iter().map(|(name, _)| name.as_str()).collect() };
    sentence.asks(About::Who, &ask).with(at, instead)
}
