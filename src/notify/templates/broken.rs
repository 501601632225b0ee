//! Words that cannot be read or filled in: which bracket or placeholder it is, and on which line.

/// Characters of the words that are shown around what is broken, at most.
const SHOWN_MAX: usize = 40;

/// What will not do, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Broken {
    /// The line, from 1.
    pub line: usize,
    /// The bracket with what stands at it, the whole placeholder, or how the line begins; shortened.
    pub text: String,
    /// What is wrong with it.
    pub why: Why,
}

/// What is wrong with a part of the words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Why {
    /// A `{` that is not closed.
    Unclosed,
    /// A `}` that closes nothing.
    Unopened,
    /// A placeholder that names nothing there is.
    Placeholder,
    /// Cases without the one for all others.
    NoOther,
    /// A line that begins like another part of a message.
    Begin,
}

/// The placeholders of words, each with where it begins; or the bracket that has no other.
fn placeholders(text: &str) -> Result<Vec<(usize, &str)>, (usize, Why)> {
    let (mut open, mut all, mut quoted) = (Vec::new(), Vec::new(), false);
    for (at, c) in text.char_indices() {
        match c {
            '\n' => quoted = false,
            '"' if !open.is_empty() => quoted = !quoted,
            _ if quoted => {}
            '{' => open.push(at),
            '}' => match open.pop() {
                None => return Err((at, Why::Unopened)),
                Some(start) if open.is_empty() => all.push((start, &text[start..=at])),
                Some(_) => {}
            },
            _ => {}
        }
    }
    open.first().map_or(Ok(all), |start| Err((*start, Why::Unclosed)))
}

/// Where a line begins with a character that begins a part of a message, outside of every placeholder.
fn begins(text: &str, inside: &[(usize, &str)]) -> Option<usize> {
    let starts = text.match_indices('\n').map(|(at, _)| at + 1);
    let mut first = starts.map(|start| start + text[start..].len() - text[start..].trim_start_matches([' ', '\t']).len());
    first.find(|at| text[*at..].starts_with(['.', '[', '*']) && !inside.iter().any(|(from, part)| (*from..from + part.len()).contains(at)))
}

/// What is broken in words that do not work; `fails` says of a placeholder whether it does not work alone. `None` where nothing is to be found.
pub(super) fn find(text: &str, fails: impl Fn(&str) -> bool) -> Option<Broken> {
    let broken = |at: usize, shown: &str, why| {
        let line = text[..at].matches('\n').count() + 1;
        Some(Broken { line, text: shown.to_owned(), why })
    };
    let all = match placeholders(text) {
        Ok(all) => all,
        Err((at, Why::Unopened)) => {
            let line = text[..=at].rsplit('\n').next().unwrap_or_default();
            let from = line.char_indices().rev().nth(SHOWN_MAX - 1).map_or(0, |(from, _)| from);
            return broken(at, &line[from..], Why::Unopened);
        }
        Err((at, why)) => return broken(at, &start(&text[at..]), why),
    };
    if let Some(at) = begins(text, &all) {
        return broken(at, &text[at..=at], Why::Begin);
    }
    let (at, part) = all.into_iter().find(|(_, part)| fails(part))?;
    let why = if part.contains("->") && !part.contains("*[") { Why::NoOther } else { Why::Placeholder };
    broken(at, &start(part), why)
}

/// The first line of a text, as much as is shown of it.
fn start(text: &str) -> String {
    let line = text.lines().next().unwrap_or_default().trim_end();
    let shown: String = line.chars().take(SHOWN_MAX).collect();
    if shown.len() < text.len() { format!("{} …", shown.trim_end()) } else { shown }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bracket_or_the_placeholder_that_is_broken_is_found_with_its_line() {
        let found = |text: &str| {
            let broken = find(text, |part| part.contains('!') || !part.contains("*[") && part.contains("->")).unwrap();
            (broken.line, broken.text, broken.why)
        };
        assert_eq!(found("Hello { $customer"), (1, "{ $customer".into(), Why::Unclosed));
        assert_eq!(found("Hello\n{ $customer, see\nyou { $time }"), (2, "{ $customer, see …".into(), Why::Unclosed));
        assert_eq!(found("Hello\nsee you $time }."), (2, "see you $time }".into(), Why::Unopened));
        assert_eq!(found("{ $time }\n{ \"}\" } { $who! }."), (2, "{ $who! }".into(), Why::Placeholder));
        assert_eq!(found("{ $count ->\n    [one] x\n}"), (1, "{ $count -> …".into(), Why::NoOther));
        assert_eq!(found("{ $count ->\n   *[other] x\n}\n  .more"), (4, ".".into(), Why::Begin));
        assert_eq!(find("{ $count ->\n   *[other] x\n}\nmore.", |_| false), None);
    }
}
