//! What every command shares in speaking to people and programs: tables, JSON, files, exit codes. No colour anywhere.

use std::fmt::Display;
use std::io::{ErrorKind, IsTerminal, Write};

use anyhow::Context;
use comfy_table::{CellAlignment, ContentArrangement, LineStyle, Table, TableStyle};
use serde::Serialize;

/// How a command that was understood and carried out ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// Done; exit code 0.
    Done,
    /// The question was answered with no; exit code 1.
    No,
}

impl Exit {
    /// [`Exit::Done`] when the answer is yes.
    pub fn answer(yes: bool) -> Exit {
        if yes { Exit::Done } else { Exit::No }
    }
}

/// One line under the header and nothing else: reads well, and `awk` can take it apart.
const STYLE: TableStyle = TableStyle::new().header_separator(LineStyle::none().fill('─').junction('─'));

/// Prints `text` and a line end. A reader that went away (`zamu … | head`) is not an error.
pub fn print(text: impl Display) -> anyhow::Result<()> {
    match writeln!(std::io::stdout().lock(), "{text}") {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => Err(error).context("standard output"),
        _ => Ok(()),
    }
}

/// Prints `value` as indented JSON.
pub fn print_json<T: Serialize + ?Sized>(value: &T) -> anyhow::Result<()> {
    print(serde_json::to_string_pretty(value)?)
}

/// Rows under a header, as wide as they need to be; fitted to the terminal when there is one. Columns of numbers stand to the right.
pub fn table<const N: usize>(header: [&str; N], rows: impl IntoIterator<Item = [String; N]>) -> String {
    table_of(&header, &rows.into_iter().collect::<Vec<_>>())
}

/// The same where only the rows know how many columns there are.
pub fn table_of<R: AsRef<[String]>>(header: &[&str], rows: &[R]) -> String {
    let rows: Vec<&[String]> = rows.iter().map(AsRef::as_ref).collect();
    let mut table = Table::new();
    table.load_style(STYLE).set_header(header);
    table.set_content_arrangement(if std::io::stdout().is_terminal() { ContentArrangement::Dynamic } else { ContentArrangement::Disabled });
    for (k, column) in table.column_iter_mut().enumerate() {
        if rows.iter().all(|row| is_number(&row[k])) && rows.iter().any(|row| !row[k].is_empty()) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    table.add_rows(rows.into_iter().map(|row| row.to_vec()));
    table.trim_fmt()
}

fn is_number(cell: &str) -> bool {
    !cell.contains(':') && cell.chars().all(|c| c.is_ascii_digit() || matches!(c, '.' | ',' | '-' | '−' | '+' | '%' | ' ' | '–' | '±' | '(' | ')'))
}

/// A number as people read it: whole when it is whole, else with two decimals.
pub fn number(value: f64) -> String {
    // A sum of floats that should be whole seldom is to the last bit.
    if (value - value.round()).abs() < 1e-6 { format!("{:.0}", value.round() + 0.0) } else { format!("{value:.2}") }
}

/// A number of things in words: `1 booking`, `2 bookings`.
pub fn count(number: usize, thing: &str) -> String {
    format!("{number} {thing}{}", if number == 1 { "" } else { "s" })
}

/// An error with its causes, each said once: some libraries repeat their cause in their own words.
pub fn causes(error: &anyhow::Error) -> String {
    let mut said = String::new();
    for cause in error.chain().map(ToString::to_string) {
        if said.is_empty() {
            said = cause;
        } else if !said.contains(&cause) {
            said.push_str(": ");
            said.push_str(&cause);
        }
    }
    said
}

/// A duration as people read it: `0.42 ms`, `42 ms`, `4.20 s`.
pub fn number_of_ms(ms: f64) -> String {
    match ms {
        _ if ms < 9.95 => format!("{ms:.2} ms"),
        _ if ms < 999.5 => format!("{ms:.0} ms"),
        _ => format!("{:.2} s", ms / 1e3),
    }
}

/// Writes `text` to the file `out`, or prints it where `out` is none or `-`.
pub fn write_to(out: Option<&str>, text: &str) -> anyhow::Result<()> {
    match out {
        None | Some("-") => print(text.trim_end_matches('\n')),
        Some(file) => std::fs::write(file, text).with_context(|| format!("{file}: cannot be written, give a file in a folder that exists")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_of_numbers_stand_to_the_right_and_lines_have_no_blanks_at_the_end() {
        let text = table(["who", "minutes"], [["Grace".into(), "60".into()], ["Joy".into(), "1,200".into()]]);
        assert_eq!(text, " who     minutes\n─────────────────\n Grace        60\n Joy       1,200");
    }

    #[test]
    fn numbers_are_as_short_as_they_are_true() {
        assert_eq!([3.0, 2.999_999_999, 812.5, -0.0].map(number), ["3", "3", "812.50", "0"]);
        assert_eq!([0.418, 41.8, 999.4, 4_200.0].map(number_of_ms), ["0.42 ms", "42 ms", "999 ms", "4.20 s"]);
    }
}
