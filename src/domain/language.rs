//! Languages that people are written to in.

use serde::{Deserialize, Serialize};

/// A language that every message is there in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
pub enum Language {
    /// English.
    #[default]
    #[serde(rename = "en")]
    English,
    /// Swahili.
    #[serde(rename = "sw")]
    Swahili,
}

impl Language {
    /// All of them.
    pub const ALL: [Language; 2] = [Language::English, Language::Swahili];

    /// The tag of BCP 47: `en`, `sw`.
    pub fn as_str(self) -> &'static str {
        match self {
            Language::English => "en",
            Language::Swahili => "sw",
        }
    }

    /// The language with this tag, if there is one.
    pub fn from_word(word: &str) -> Option<Language> {
        Language::ALL.into_iter().find(|language| language.as_str() == word)
    }
}
