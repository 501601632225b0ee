//! The words of the pages in each language: `words/*.ftl`, in the language of Project Fluent, one file for each part of the screen.

use std::sync::OnceLock;

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};
use unic_langid::LanguageIdentifier;

use crate::domain::Language;

/// Each part's words, English and Swahili.
const PARTS: [(&str, &str); 6] = [
    (include_str!("words/panels.en.ftl"), include_str!("words/panels.sw.ftl")),
    (include_str!("words/settings.en.ftl"), include_str!("words/settings.sw.ftl")),
    (include_str!("words/frame.en.ftl"), include_str!("words/frame.sw.ftl")),
    (include_str!("words/day.en.ftl"), include_str!("words/day.sw.ftl")),
    (include_str!("words/told.en.ftl"), include_str!("words/told.sw.ftl")),
    (include_str!("words/look.en.ftl"), include_str!("words/look.sw.ftl")),
];

/// The words of one language.
pub struct Words {
    bundle: FluentBundle<FluentResource>,
    /// Which.
    pub language: Language,
}

impl Words {
    /// Those of a language; read once.
    pub fn of(language: Language) -> &'static Words {
        static ENGLISH: OnceLock<Words> = OnceLock::new();
        static SWAHILI: OnceLock<Words> = OnceLock::new();
        match language {
            Language::English => ENGLISH.get_or_init(|| Words::read(language)),
            Language::Swahili => SWAHILI.get_or_init(|| Words::read(language)),
        }
    }

    /// A text that cannot be read leaves its names standing; that none is such is tested.
    fn read(language: Language) -> Words {
        let tag: LanguageIdentifier = language.as_str().parse().unwrap_or_default();
        let mut bundle = FluentBundle::new_concurrent(vec![tag]);
        bundle.set_use_isolating(false);
        for (english, swahili) in PARTS {
            let text = if language == Language::English { english } else { swahili };
            let resource = FluentResource::try_new(text.to_owned()).unwrap_or_else(|(readable, errors)| {
                tracing::error!(?errors, "some words of the pages cannot be read");
                readable
            });
            if let Err(errors) = bundle.add_resource(resource) {
                tracing::error!(?errors, "some words of the pages stand there twice");
            }
        }
        Words { bundle, language }
    }

    /// A text by its name.
    pub fn say(&self, name: &str) -> String {
        self.say_with(name, &[])
    }

    /// A text by its name, with values in it.
    pub fn say_with(&self, name: &str, values: &[(&'static str, FluentValue<'_>)]) -> String {
        let Some(pattern) = self.bundle.get_message(name).and_then(|message| message.value()) else {
            tracing::error!(name, "the pages have no such words");
            return name.to_owned();
        };
        let mut args = FluentArgs::new();
        for (name, value) in values {
            args.set(*name, value.clone());
        }
        let mut errors = Vec::new();
        let text = self.bundle.format_pattern(pattern, Some(&args), &mut errors).into_owned();
        if !errors.is_empty() {
            tracing::error!(name, ?errors, "some words of the pages lack a value");
        }
        text
    }

    /// A text about so many of something.
    pub fn count(&self, name: &str, n: usize) -> String {
        self.say_with(name, &[("n", FluentValue::from(n))])
    }

    /// A text by its name, or this where there is none.
    pub fn known(&self, name: &str, otherwise: &str) -> String {
        if self.knows(name) { self.say(name) } else { otherwise.to_owned() }
    }

    /// Is there a text of this name?
    pub fn knows(&self, name: &str) -> bool {
        self.bundle.has_message(name)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};
    use std::path::Path;

    use super::*;

    /// The messages of a text, each with the values that it asks for.
    fn messages(text: &str) -> BTreeMap<String, BTreeSet<String>> {
        let (mut all, mut current) = (BTreeMap::new(), String::new());
        for line in text.lines().filter(|line| !line.starts_with('#')) {
            if let Some((name, _)) = line.split_once(" =").filter(|(name, _)| !name.starts_with([' ', '}'])) {
                current = name.to_owned();
                assert!(all.insert(current.clone(), BTreeSet::new()).is_none(), "{current} stands there twice");
            }
            for value in line.split('$').skip(1) {
                let value: String = value.chars().take_while(|c| c.is_alphanumeric() || *c == '_' || *c == '-').collect();
                all.entry(current.clone()).or_default().insert(value);
            }
        }
        all
    }

    /// Every source file of the pages, as one text.
    fn sources(folder: &Path) -> String {
        let mut all = String::new();
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                all.push_str(&sources(&path));
            } else if path.extension().is_some_and(|ending| ending == "rs") {
                all.push_str(&std::fs::read_to_string(path).unwrap());
            }
        }
        all
    }

    #[test]
    fn what_is_said_in_english_is_said_in_swahili_with_the_same_values() {
        for (english, swahili) in PARTS {
            for (text, language) in [(english, "English"), (swahili, "Swahili")] {
                assert!(FluentResource::try_new(text.to_owned()).is_ok(), "{language}: {}", text.lines().next().unwrap_or_default());
            }
            let (english, swahili) = (messages(english), messages(swahili));
            let names = |all: &BTreeMap<String, BTreeSet<String>>| all.keys().cloned().collect::<Vec<_>>();
            assert_eq!(names(&english), names(&swahili));
            for (name, values) in &english {
                assert_eq!(values, &swahili[name], "{name}");
            }
        }
    }

    #[test]
    fn no_words_stand_in_two_parts_and_none_is_asked_for_that_is_not_there() {
        let all: Vec<String> = PARTS.iter().flat_map(|(english, _)| messages(english).into_keys()).collect();
        let known: BTreeSet<&String> = all.iter().collect();
        assert_eq!(known.len(), all.len(), "the same words in two parts");
        let source = sources(Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/src/http/web")));
        for call in [".say(\"", ".count(\"", ".say_with(\""] {
            for rest in source.split(call).skip(1) {
                let name = rest.split('"').next().unwrap_or_default();
                assert!(known.contains(&name.to_owned()), "{name:?} is asked for and not there");
            }
        }
        // Names that are put together from a word begin as they stand there: `"state-{`.
        let literals: BTreeSet<&str> = source.split('"').collect();
        let begun = literals.iter().filter_map(|text| Some(text.split_once('{')?.0).filter(|begin| begin.ends_with('-')));
        // Choices of a form are named after what is chosen.
        let chosen = source.split("choices(visit, \"").skip(1).filter_map(|rest| rest.split('"').next()).map(|what| format!("{what}-"));
        let begun: Vec<String> = begun.map(str::to_owned).chain(chosen).collect();
        let is_said = |name: &str| literals.contains(name) || begun.iter().any(|begin| name.starts_with(begin.as_str()));
        let unused: Vec<_> = known.iter().filter(|name| !is_said(name.as_str())).collect();
        assert!(unused.is_empty(), "nobody says {unused:?}");
    }
}
