//! What a sender says, as it may be kept: providers like to repeat the address.

use crate::store::contact;

/// Characters of what a sender says that are kept.
const KEPT_MAX: usize = 500;

/// The text without the address, in whatever spelling: in capitals or not, without its plus, or as in an URL.
pub(super) fn without_address(why: &str, address: &str) -> String {
    let address = address.trim();
    let mut said = why.to_owned();
    if !address.is_empty() {
        let bare = address.trim_start_matches('+');
        for spelling in [address.to_owned(), format!("%2B{bare}"), address.replace('@', "%40"), bare.to_owned()] {
            said = replaced(&said, &spelling, &contact::masked(address));
        }
    }
    said.chars().take(KEPT_MAX).collect()
}

/// The text with `with` in the place of every `what`, in capitals or not.
fn replaced(text: &str, what: &str, with: &str) -> String {
    // Only ASCII changes its case here, so that the two are as long and have the same beginnings of characters.
    let (lower, what) = (text.to_ascii_lowercase(), what.to_ascii_lowercase());
    let (mut out, mut from) = (String::with_capacity(text.len()), 0);
    for (at, found) in lower.match_indices(&what) {
        out.push_str(&text[from..at]);
        out.push_str(with);
        from = at + found.len();
    }
    out.push_str(&text[from..]);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_masked_however_a_provider_writes_it() {
        for said in ["550 +254712345678 is unknown", "no route to 254712345678", "GET /to/%2B254712345678", "GET /to/%2b254712345678"] {
            let kept = without_address(said, "+254712345678");
            assert!(!kept.contains("712345") && kept.contains('•'), "{kept}");
        }
        let kept = without_address("550 ruth@example.org, RUTH@EXAMPLE.ORG and ruth%40example.org: „niemand“", "Ruth@example.org");
        assert!(!kept.to_lowercase().contains("ruth") && kept.ends_with("„niemand“"), "{kept}");
        assert_eq!(without_address("no route", ""), "no route");
    }
}
