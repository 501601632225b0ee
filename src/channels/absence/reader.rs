//! Looking at a sentence from some lexeme on: fixed phrases, and numbers in words.

use super::lex::{Lexeme, Sort};
use super::lexicon::Lexicon;

/// The lexemes of a sentence, and the words of its language.
#[derive(Debug, Clone, Copy)]
pub(super) struct Reader<'a> {
    pub lexemes: &'a [Lexeme],
    pub lexicon: &'static Lexicon,
}

/// Something that was read, and the lexeme after it.
pub(super) type Found<T> = Option<(T, usize)>;

impl<'a> Reader<'a> {
    pub fn text(self, i: usize) -> &'a str {
        self.lexemes.get(i).map_or("", |lexeme| lexeme.text.as_str())
    }

    pub fn is(self, i: usize, word: &str) -> bool {
        self.text(i) == word
    }

    pub fn is_glued(self, i: usize) -> bool {
        self.lexemes.get(i).is_some_and(|lexeme| lexeme.glued)
    }

    /// The lexeme after a phrase of words between spaces, if it stands here.
    pub fn phrase(self, i: usize, phrase: &str) -> Option<usize> {
        let mut next = i;
        for word in phrase.split(' ') {
            if !self.is(next, word) {
                return None;
            }
            next += 1;
        }
        Some(next)
    }

    /// The lexeme after the longest of these phrases that stands here.
    pub fn any(self, i: usize, phrases: &[&str]) -> Option<usize> {
        phrases.iter().filter_map(|phrase| self.phrase(i, phrase)).max()
    }

    /// What the longest of these phrases that stands here means, and the lexeme after it.
    pub fn meant<T: Copy>(self, i: usize, phrases: &[(&str, T)]) -> Found<T> {
        phrases.iter().filter_map(|(phrase, meaning)| Some((*meaning, self.phrase(i, phrase)?))).max_by_key(|(_, next)| *next)
    }

    /// The same, or this lexeme where none does.
    pub fn skip(self, i: usize, phrases: &[&str]) -> usize {
        self.any(i, phrases).unwrap_or(i)
    }

    /// A number in digits.
    pub fn number(self, i: usize) -> Found<u32> {
        Some((self.lexemes.get(i)?.number()?, i + 1))
    }

    /// A number in digits or in words.
    pub fn count(self, i: usize) -> Found<u32> {
        self.number(i).or_else(|| self.in_words(i))
    }

    /// A number in words: `eleven`, `kumi na moja`.
    pub fn in_words(self, i: usize) -> Found<u32> {
        let Some((tens, next)) = self.meant(i, self.lexicon.tens) else { return self.meant(i, self.lexicon.numbers) };
        let more = self.any(next, self.lexicon.and).and_then(|after| self.meant(after, self.lexicon.numbers)).filter(|(ones, _)| *ones < 10);
        Some(more.map_or((tens, next), |(ones, next)| (tens + ones, next)))
    }

    /// Is there a number of so many digits?
    pub fn has_digits(self, i: usize, digits: usize) -> bool {
        self.lexemes.get(i).is_some_and(|lexeme| lexeme.sort == Sort::Number && lexeme.text.len() == digits)
    }

    /// What joins two ends of a span: `to`, `until`, `-`, `..`.
    pub fn joint(self, i: usize, between: bool) -> Option<usize> {
        let marks = ["-", "–", "—", ". .", ". . .", "…"];
        self.any(i, self.lexicon.joints).or_else(|| self.any(i, &marks)).or_else(|| self.any(i, self.lexicon.and).filter(|_| between))
    }
}
