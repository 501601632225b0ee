//! On which line of a file something stands.

use std::collections::BTreeMap;

/// On which line a document's keys stand.
pub struct Lines(BTreeMap<String, usize>);

impl Lines {
    /// Of a document's text; of none that cannot be read.
    pub fn of(text: &str) -> Lines {
        let mut lines = Lines(BTreeMap::new());
        if let Ok(table) = toml::de::DeTable::parse(text) {
            lines.note_table(text, table.get_ref(), "");
        }
        lines
    }

    fn note_table(&mut self, text: &str, table: &toml::de::DeTable<'_>, path: &str) {
        for (key, item) in table.iter() {
            let path = if path.is_empty() { key.get_ref().to_string() } else { format!("{path}.{}", key.get_ref()) };
            self.0.insert(path.clone(), line_of(text, key.span().start));
            self.note(text, item.get_ref(), &path);
        }
    }

    fn note(&mut self, text: &str, value: &toml::de::DeValue<'_>, path: &str) {
        match value {
            toml::de::DeValue::Table(table) => self.note_table(text, table, path),
            toml::de::DeValue::Array(items) => {
                for (k, item) in items.iter().enumerate() {
                    let path = format!("{path}[{k}]");
                    self.0.insert(path.clone(), line_of(text, item.span().start));
                    self.note(text, item.get_ref(), &path);
                }
            }
            _ => {}
        }
    }

    /// A path with its line before it; of a key that is not there, that of what it would stand in.
    pub fn located(&self, path: &str) -> String {
        let mut known = path;
        loop {
            if let Some(line) = self.0.get(known) {
                return format!("line {line}: {path}");
            }
            match known.rfind(['.', '[']) {
                Some(at) => known = &known[..at],
                None => return path.to_owned(),
            }
        }
    }
}

/// The line of a byte, from 1.
pub fn line_of(text: &str, at: usize) -> usize {
    text.bytes().take(at).filter(|byte| *byte == b'\n').count() + 1
}
