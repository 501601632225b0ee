//! What somebody may have meant by a word that there is not.

/// From here on a word of a document is taken for a slip of another: Jaro-Winkler similarity, 0 to 1.
pub const ALIKE: f64 = 0.8;

/// The one of `known` that is most like the word, whatever the case, if it is at least that much like it (Jaro-Winkler); of equals the first by
/// name, so that the same mistake is told the same each time.
pub fn nearest<'k>(word: &str, known: impl IntoIterator<Item = &'k str>, alike: f64) -> Option<&'k str> {
    let word = word.to_lowercase();
    let scored = known.into_iter().map(|one| (strsim::jaro_winkler(&word, &one.to_lowercase()), one));
    let best = scored.max_by(|a, b| a.0.total_cmp(&b.0).then_with(|| b.1.cmp(a.1)))?;
    (best.0 >= alike).then_some(best.1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_is_recognized_and_another_word_is_not() {
        let known = ["unplaced", "balance", "moved"];
        assert_eq!(nearest("unplacd", known, ALIKE), Some("unplaced"));
        assert_eq!(nearest("Balance", known, ALIKE), Some("balance"));
        assert_eq!(nearest("colour", known, ALIKE), None);
        assert_eq!(nearest("x", [], ALIKE), None);
        assert_eq!(nearest("aa", ["ab", "ac"], 0.5), Some("ab"), "of equals the first");
    }
}
