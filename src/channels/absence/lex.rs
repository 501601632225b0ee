//! A sentence as words, numbers and marks, each with its place in the sentence.

use std::ops::Range;

/// What sort of thing stands there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sort {
    Word,
    Number,
    Mark,
}

/// One word, number or mark.
#[derive(Debug, Clone)]
pub(super) struct Lexeme {
    /// In lower case.
    pub text: String,
    pub sort: Sort,
    /// Where it stands, in bytes of the sentence.
    pub at: Range<usize>,
    /// Nothing stands between it and the one before.
    pub glued: bool,
}

impl Lexeme {
    /// Its value, if it is a number of a size that dates and times have.
    pub fn number(&self) -> Option<u32> {
        (self.sort == Sort::Number && self.text.len() <= 4).then(|| self.text.parse().ok()).flatten()
    }
}

fn sort_of(c: char) -> Sort {
    // Marks that are written over a letter belong to the word.
    if c.is_alphabetic() || ('\u{300}'..='\u{36f}').contains(&c) {
        Sort::Word
    } else if c.is_ascii_digit() {
        Sort::Number
    } else {
        Sort::Mark
    }
}

fn is_apostrophe(c: char) -> bool {
    matches!(c, '\'' | '’' | 'ʼ')
}

/// Takes a sentence apart. An apostrophe between letters belongs to its word.
pub(super) fn lexemes(sentence: &str) -> Vec<Lexeme> {
    let mut out: Vec<Lexeme> = Vec::new();
    let mut letters = sentence.char_indices().peekable();
    while let Some((start, first)) = letters.next() {
        if first.is_whitespace() {
            continue;
        }
        let sort = sort_of(first);
        let mut end = start + first.len_utf8();
        let mut text: String = first.to_lowercase().collect();
        while sort != Sort::Mark
            && let Some(&(at, c)) = letters.peek()
        {
            let inside = sort == Sort::Word && is_apostrophe(c) && sentence[at + c.len_utf8()..].chars().next().is_some_and(char::is_alphabetic);
            if sort_of(c) != sort && !inside {
                break;
            }
            if inside {
                text.push('\'')
            } else {
                text.extend(c.to_lowercase())
            }
            end = at + c.len_utf8();
            letters.next();
        }
        let glued = out.last().is_some_and(|before| before.at.end == start);
        out.push(Lexeme { text, sort, at: start..end, glued });
    }
    out
}
