//! Looking at a sentence from some lexeme on: fixed phrases, and numbers in words.

use super::lex::{Lexeme, Sort};

/// The lexemes of a sentence.
#[derive(Debug, Clone, Copy)]
pub(super) struct Reader<'a>(pub &'a [Lexeme]);

/// Something that was read, and the lexeme after it.
pub(super) type Found<T> = Option<(T, usize)>;

const NUMBERS: [(&str, u32); 16] = [
    ("a", 1),
    ("an", 1),
    ("one", 1),
    ("two", 2),
    ("three", 3),
    ("four", 4),
    ("five", 5),
    ("six", 6),
    ("seven", 7),
    ("eight", 8),
    ("nine", 9),
    ("ten", 10),
    ("eleven", 11),
    ("twelve", 12),
    ("fourteen", 14),
    ("another", 1),
];

impl<'a> Reader<'a> {
    pub fn text(self, i: usize) -> &'a str {
        self.0.get(i).map_or("", |lexeme| lexeme.text.as_str())
    }

    pub fn is(self, i: usize, word: &str) -> bool {
        self.text(i) == word
    }

    pub fn is_glued(self, i: usize) -> bool {
        self.0.get(i).is_some_and(|lexeme| lexeme.glued)
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

    /// The same, or this lexeme where none does.
    pub fn skip(self, i: usize, phrases: &[&str]) -> usize {
        self.any(i, phrases).unwrap_or(i)
    }

    /// A number in digits.
    pub fn number(self, i: usize) -> Found<u32> {
        Some((self.0.get(i)?.number()?, i + 1))
    }

    /// A number in digits or in words.
    pub fn count(self, i: usize) -> Found<u32> {
        self.number(i).or_else(|| {
            let (_, number) = NUMBERS.iter().find(|(word, _)| self.is(i, word))?;
            Some((*number, i + 1))
        })
    }

    /// Is there a number of so many digits?
    pub fn has_digits(self, i: usize, digits: usize) -> bool {
        self.0.get(i).is_some_and(|lexeme| lexeme.sort == Sort::Number && lexeme.text.len() == digits)
    }

    /// What joins two ends of a span: `to`, `until`, `-`, `..`.
    pub fn joint(self, i: usize, between: bool) -> Option<usize> {
        let words =
            ["to", "until", "till", "til", "through", "thru", "up to", "-", "–", "—", ". .", ". . .", "…", "up until", "through to", "right through"];
        self.any(i, &words).or_else(|| self.phrase(i, "and").filter(|_| between))
    }
}
