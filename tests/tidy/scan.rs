//! Reads Rust text just well enough to say which paths it names, on which line, and whether only a test names them.

/// A path as it stands in a file, such as `crate::sheet::Plan`, made absolute from the module it stands in.
#[derive(Debug, PartialEq, Eq)]
pub struct Named {
    /// Absolute where it starts with `crate`; otherwise as written: `std::fs::read`.
    pub path: String,
    /// Counted from 1.
    pub line: usize,
    /// Stands in code that only tests compile.
    pub in_test: bool,
}

/// The text with comments, strings and characters blanked out; lines keep their numbers.
pub fn masked(text: &str) -> String {
    let chars: Vec<char> = text.chars().collect();
    let mut out: Vec<char> = Vec::with_capacity(chars.len());
    let mut at = 0;
    while at < chars.len() {
        let end = match chars[at] {
            '/' if chars.get(at + 1) == Some(&'/') => (at..chars.len()).find(|&k| chars[k] == '\n').unwrap_or(chars.len()),
            '/' if chars.get(at + 1) == Some(&'*') => end_of_block_comment(&chars, at),
            '"' => end_of_quoted(&chars, at, '"'),
            'r' | 'b' | 'c' if !preceded_by_word(&chars, at) => end_of_prefixed_string(&chars, at).unwrap_or(at),
            '\'' if chars.get(at + 1) == Some(&'\\') || chars.get(at + 2) == Some(&'\'') => end_of_quoted(&chars, at, '\''),
            _ => at,
        };
        if end == at {
            out.push(chars[at]);
            at += 1;
        } else {
            out.extend(chars[at..end].iter().map(|&c| if c == '\n' { '\n' } else { ' ' }));
            at = end;
        }
    }
    out.into_iter().collect()
}

fn preceded_by_word(chars: &[char], at: usize) -> bool {
    at > 0 && (chars[at - 1].is_alphanumeric() || chars[at - 1] == '_')
}

fn end_of_block_comment(chars: &[char], at: usize) -> usize {
    let (mut depth, mut k) = (0, at);
    while k < chars.len() {
        match (chars[k], chars.get(k + 1)) {
            ('/', Some('*')) => (depth, k) = (depth + 1, k + 2),
            ('*', Some('/')) => (depth, k) = (depth - 1, k + 2),
            _ => k += 1,
        }
        if depth == 0 {
            break;
        }
    }
    k.min(chars.len())
}

fn end_of_quoted(chars: &[char], at: usize, quote: char) -> usize {
    let mut k = at + 1;
    while k < chars.len() && chars[k] != quote {
        k += if chars[k] == '\\' { 2 } else { 1 };
    }
    (k + 1).min(chars.len())
}

/// `r"…"`, `r#"…"#`, `b"…"`, `br"…"`, `c"…"`; none when a plain word starts here.
fn end_of_prefixed_string(chars: &[char], at: usize) -> Option<usize> {
    let mut k = at;
    while k < chars.len() && k < at + 2 && matches!(chars[k], 'r' | 'b' | 'c') {
        k += 1;
    }
    let raw = chars[k - 1] == 'r';
    let hashes = chars[k..].iter().take_while(|&&c| c == '#').count();
    if chars.get(k + hashes) != Some(&'"') || (hashes > 0 && !raw) {
        return None;
    }
    if !raw {
        return Some(end_of_quoted(chars, k, '"'));
    }
    let open = k + hashes + 1;
    let closes = |&j: &usize| chars[j] == '"' && chars[j + 1..].iter().take(hashes).filter(|&&c| c == '#').count() == hashes;
    Some((open..chars.len()).find(closes).map_or(chars.len(), |j| j + hashes + 1))
}

/// A word, `::`, or one other character, with its line.
#[derive(Debug)]
struct Token {
    text: String,
    line: usize,
}

fn tokens(masked: &str) -> Vec<Token> {
    let mut out: Vec<Token> = Vec::new();
    for (k, row) in masked.lines().enumerate() {
        let chars: Vec<char> = row.chars().collect();
        let mut at = 0;
        while at < chars.len() {
            let word = chars[at..].iter().take_while(|c| c.is_alphanumeric() || **c == '_').count();
            let length = match word {
                0 if chars[at] == ':' && chars.get(at + 1) == Some(&':') => 2,
                0 => 1,
                length => length,
            };
            if !chars[at].is_whitespace() {
                out.push(Token { text: chars[at..at + length].iter().collect(), line: k + 1 });
            }
            at += length;
        }
    }
    out
}

/// Every path the text names. `module` is the file's own module: `["alloc", "check"]` for `src/alloc/check.rs`.
pub fn paths(text: &str, module: &[String]) -> Vec<Named> {
    let masked = masked(text);
    let mut reader = Reader { tokens: tokens(&masked), module: module.to_vec(), blocks: Vec::new(), test_next: false, found: Vec::new() };
    reader.read();
    reader.found
}

/// One open brace: whether it opened a module of its own, and whether only tests compile what is inside.
struct Block {
    is_module: bool,
    in_test: bool,
}

struct Reader {
    tokens: Vec<Token>,
    module: Vec<String>,
    blocks: Vec<Block>,
    /// `#[cfg(test)]` or `#[test]` was seen and the item it stands on has not begun its body.
    test_next: bool,
    found: Vec<Named>,
}

impl Reader {
    fn text(&self, at: usize) -> &str {
        self.tokens.get(at).map_or("", |token| &token.text)
    }

    fn is_word(&self, at: usize) -> bool {
        self.text(at).starts_with(|c: char| c.is_alphabetic() || c == '_')
    }

    fn read(&mut self) {
        let mut at = 0;
        while at < self.tokens.len() {
            at = self.step(at);
        }
    }

    /// Reads one token, or one whole path, and says where to go on.
    fn step(&mut self, at: usize) -> usize {
        let starts = |wanted: &[&str]| wanted.iter().enumerate().all(|(k, text)| self.text(at + k) == *text);
        if starts(&["#", "[", "cfg", "(", "test", ")", "]"]) || starts(&["#", "[", "test", "]"]) {
            self.test_next = true;
            return at + 4;
        }
        match self.text(at) {
            "{" => self.open(at),
            "}" => self.close(),
            ";" => self.test_next = false,
            "use" if self.text(at + 1) == "{" => return self.tree(at + 1, &[]),
            "use" if self.is_word(at + 1) => return self.tree(at + 1, &[]),
            _ if self.is_word(at) && self.text(at + 1) == "::" && !matches!(at.checked_sub(1).map(|k| self.text(k)), Some("::" | ".")) => {
                return self.tree(at, &[]);
            }
            _ => {}
        }
        at + 1
    }

    fn open(&mut self, at: usize) {
        let is_module = at >= 2 && self.text(at - 2) == "mod";
        if is_module {
            let name = self.text(at - 1).to_owned();
            self.module.push(name);
        }
        let in_test = self.in_test();
        self.blocks.push(Block { is_module, in_test });
        self.test_next = false;
    }

    fn close(&mut self) {
        if self.blocks.pop().is_some_and(|block| block.is_module) {
            self.module.pop();
        }
    }

    fn in_test(&self) -> bool {
        self.test_next || self.blocks.last().is_some_and(|block| block.in_test)
    }

    /// Reads `a::b`, `a::{b, c::*}` or `{a, b}` from `at` and returns the position after it.
    fn tree(&mut self, at: usize, before: &[String]) -> usize {
        if self.text(at) == "{" {
            let mut k = at + 1;
            while k < self.tokens.len() && self.text(k) != "}" {
                k = if self.text(k) == "," { k + 1 } else { self.tree(k, before) };
            }
            return k + 1;
        }
        let mut path = before.to_vec();
        path.push(self.text(at).to_owned());
        if self.text(at + 1) == "::" && (self.is_word(at + 2) || matches!(self.text(at + 2), "{" | "*")) {
            return self.tree(at + 2, &path);
        }
        let named = Named { path: self.absolute(&path), line: self.tokens[at].line, in_test: self.in_test() };
        self.found.push(named);
        if self.text(at + 1) == "as" { at + 3 } else { at + 1 }
    }

    /// With `self` and `super` resolved against the module the path stands in.
    fn absolute(&self, path: &[String]) -> String {
        if !matches!(path[0].as_str(), "self" | "super") {
            return path.join("::");
        }
        let mut module = self.module.clone();
        let supers = path.iter().take_while(|part| *part == "super").count();
        module.truncate(module.len().saturating_sub(supers));
        let rest = path.iter().skip_while(|part| matches!(part.as_str(), "self" | "super")).cloned();
        std::iter::once("crate".to_owned()).chain(module).chain(rest).collect::<Vec<_>>().join("::")
    }
}
