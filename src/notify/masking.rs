//! What a sender says, as it may be kept: providers like to repeat the address.

use crate::store::contact;

/// Characters of what a sender says that are kept.
const KEPT_MAX: usize = 500;

/// The text without the address, in whatever spelling: as it is, in lower case, without its plus, with it as in an URL.
pub(super) fn without_address(why: &str, address: &str) -> String {
    let address = address.trim();
    let mut said = why.to_owned();
    if !address.is_empty() {
        let bare = address.trim_start_matches('+');
        let spellings =
            [address.to_owned(), address.to_lowercase(), format!("%2B{bare}"), format!("%2b{bare}"), address.replace('@', "%40"), bare.to_owned()];
        for spelling in spellings {
            said = said.replace(&spelling, &contact::masked(address));
        }
    }
    said.chars().take(KEPT_MAX).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_masked_however_a_provider_writes_it() {
        for said in ["550 +254712345678 is unknown", "no route to 254712345678", "GET /to/%2B254712345678"] {
            let kept = without_address(said, "+254712345678");
            assert!(!kept.contains("712345"), "{kept}");
        }
        let kept = without_address("550 ruth@example.org and ruth%40example.org", "Ruth@example.org");
        assert!(!kept.contains("ruth"), "{kept}");
        assert_eq!(without_address("no route", ""), "no route");
    }
}
