//! What became of the rows that did not go in as they stood.

use std::collections::BTreeMap;

use serde::Serialize;

use super::batch::Batch;

/// What was done with a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Action {
    /// It says something that cannot be true or cannot be understood: left out.
    Refused,
    /// It went in, changed as the reason says.
    Repaired,
    /// Nothing is wrong with it, but there is nothing in it to bring in, or it is in already.
    Skipped,
}

impl Action {
    /// The word in a report.
    pub fn as_str(self) -> &'static str {
        match self {
            Action::Refused => "refused",
            Action::Repaired => "repaired",
            Action::Skipped => "skipped",
        }
    }
}

/// One row that did not go in as it stood.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RowReport {
    /// The file's name, without its folder.
    pub file: String,
    /// Line on which the row begins; the first line of a file is 1.
    pub line: u64,
    /// What was done.
    pub action: Action,
    /// A stable word for programs, such as `bad-date`.
    pub code: &'static str,
    /// What is wrong with it, and after the semicolon what was done about it.
    pub why: String,
}

/// What a parser makes of its files.
#[derive(Debug, Clone, PartialEq)]
pub struct Parsed {
    /// What goes in.
    pub batch: Batch,
    /// Every row that did not go in as it stood, by file and line.
    pub reports: Vec<RowReport>,
    /// What was left out altogether and why, a sentence each.
    pub left_out: Vec<String>,
}

/// Reports of one file, gathered while it is read.
#[derive(Debug)]
pub struct Reporter<'a> {
    file: &'a str,
    into: &'a mut Vec<RowReport>,
}

impl<'a> Reporter<'a> {
    /// Reports about `file` go to `into`.
    pub fn new(file: &'a str, into: &'a mut Vec<RowReport>) -> Reporter<'a> {
        Reporter { file, into }
    }

    /// The row on `line` is left out.
    pub fn refused(&mut self, line: u64, code: &'static str, why: impl Into<String>) {
        self.push(line, Action::Refused, code, why.into());
    }

    /// The row on `line` goes in, changed.
    pub fn repaired(&mut self, line: u64, code: &'static str, why: impl Into<String>) {
        self.push(line, Action::Repaired, code, why.into());
    }

    /// The row on `line` has nothing to bring in.
    pub fn skipped(&mut self, line: u64, code: &'static str, why: impl Into<String>) {
        self.push(line, Action::Skipped, code, why.into());
    }

    fn push(&mut self, line: u64, action: Action, code: &'static str, why: String) {
        self.into.push(RowReport { file: self.file.to_owned(), line, action, code, why });
    }
}

/// Rows of one file that share a fate and a reason.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group<'r> {
    /// The file's name.
    pub file: &'r str,
    /// What was done.
    pub action: Action,
    /// Why.
    pub why: &'r str,
    /// The lines, ascending.
    pub lines: Vec<u64>,
}

impl Group<'_> {
    /// The lines for people, runs drawn together: `2-4, 9`.
    pub fn line_ranges(&self) -> String {
        let mut runs: Vec<(u64, u64)> = Vec::new();
        for &line in &self.lines {
            match runs.last_mut() {
                Some((_, end)) if *end == line || *end + 1 == line => *end = line,
                _ => runs.push((line, line)),
            }
        }
        let words: Vec<String> = runs.iter().map(|(from, to)| if from == to { from.to_string() } else { format!("{from}-{to}") }).collect();
        words.join(", ")
    }
}

/// Draws together the rows of a file that share a fate and a reason, in the order of file, fate and first line. No row is dropped.
pub fn grouped(reports: &[RowReport]) -> Vec<Group<'_>> {
    let mut groups: BTreeMap<(&str, Action, &str), Vec<u64>> = BTreeMap::new();
    for report in reports {
        groups.entry((&report.file, report.action, &report.why)).or_default().push(report.line);
    }
    let mut groups: Vec<Group<'_>> = groups
        .into_iter()
        .map(|((file, action, why), mut lines)| {
            lines.sort_unstable();
            Group { file, action, why, lines }
        })
        .collect();
    groups.sort_by(|a, b| (a.file, a.action, a.lines.first()).cmp(&(b.file, b.action, b.lines.first())));
    groups
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_with_one_reason_are_drawn_together_and_none_is_lost() {
        let mut reports = Vec::new();
        let mut reporter = Reporter::new("a.csv", &mut reports);
        for line in [9, 2, 3, 4] {
            reporter.refused(line, "bad-date", "no date; left out");
        }
        reporter.repaired(2, "no-customer", "no customer; goes in as a walk-in");
        let groups = grouped(&reports);
        assert_eq!(groups.len(), 2);
        assert_eq!(groups[0].line_ranges(), "2-4, 9");
        assert_eq!(groups.iter().map(|g| g.lines.len()).sum::<usize>(), reports.len());
    }
}
