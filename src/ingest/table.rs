//! A CSV file as rows that know their line, whatever the spreadsheet did to it: byte order marks, CRLF, quotes over several lines, bytes
//! that are not UTF-8.

use std::collections::HashMap;
use std::path::Path;

use super::report::{Reporter, RowReport};

/// Larger than any salon's lifetime, and small enough to hold in memory.
pub const FILE_BYTES_MAX: u64 = 128 * 1024 * 1024;

/// A file that cannot be read as what it claims to be. Nothing was changed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{file}: {message}")]
pub struct BadInput {
    /// Which file.
    pub file: String,
    /// What was found, what was expected, and what to do.
    pub message: String,
}

impl BadInput {
    /// One about `file`.
    pub fn new(file: impl Into<String>, message: impl Into<String>) -> BadInput {
        BadInput { file: file.into(), message: message.into() }
    }
}

/// Reads a file whole.
///
/// # Errors
/// It is missing, a folder, unreadable, or larger than [`FILE_BYTES_MAX`].
pub fn read_file(path: &Path) -> Result<Vec<u8>, BadInput> {
    let file = path.display().to_string();
    let meta = std::fs::metadata(path).map_err(|e| BadInput::new(&file, format!("cannot be opened: {e}; give the path of a file")))?;
    if meta.is_dir() {
        return Err(BadInput::new(file, "is a folder; give the path of a file"));
    }
    if meta.len() > FILE_BYTES_MAX {
        let message =
            format!("has {} bytes, more than {FILE_BYTES_MAX}; split it by date and import the parts, which changes nothing else", meta.len());
        return Err(BadInput::new(file, message));
    }
    std::fs::read(path).map_err(|e| BadInput::new(file, format!("cannot be read: {e}")))
}

/// A file's rows under its header.
#[derive(Debug)]
pub struct Table {
    columns: HashMap<String, usize>,
    rows: Vec<Row>,
}

/// One row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// Line on which it begins; the first line of a file is 1.
    pub line: u64,
    fields: Vec<String>,
}

/// A column of a table, found by its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Column(usize);

impl Row {
    /// The field in a column, without the blanks around it.
    pub fn get(&self, column: Column) -> &str {
        self.fields.get(column.0).map_or("", String::as_str)
    }

    /// Every field, for telling duplicated rows.
    pub fn fields(&self) -> &[String] {
        &self.fields
    }
}

impl Table {
    /// Reads `bytes` as CSV with a header. Rows with the wrong number of fields are refused and reported; bytes that are not UTF-8 are read
    /// as Latin-1 and reported.
    ///
    /// # Errors
    /// Not text (UTF-16, NUL bytes), no header, or a column named twice.
    pub fn read(file: &str, bytes: &[u8], delimiter: u8, reports: &mut Vec<RowReport>) -> Result<Table, BadInput> {
        let bytes = text_bytes(file, bytes)?;
        let lines = LineStarts::of(bytes);
        let mut reader = csv::ReaderBuilder::new().delimiter(delimiter).flexible(true).has_headers(false).from_reader(bytes);
        let mut reporter = Reporter::new(file, reports);
        let mut record = csv::ByteRecord::new();
        let mut header: Option<Vec<String>> = None;
        let mut rows = Vec::new();
        while reader.read_byte_record(&mut record).map_err(|e| BadInput::new(file, format!("cannot be read as CSV: {e}")))? {
            let line = lines.line_of(bytes, record.position().map_or(0, csv::Position::byte));
            let (fields, repaired) = decode(&record);
            let Some(header) = &header else {
                header = Some(fields);
                continue;
            };
            let line_end = lines.line_of_end(reader.position().byte());
            if fields.len() != header.len() {
                reporter.refused(line, "wrong-field-count", wrong_count(header.len(), fields.len(), line, line_end));
                continue;
            }
            if repaired {
                reporter.repaired(line, "not-utf-8", "has bytes that are not UTF-8; read as Latin-1");
            }
            rows.push(Row { line, fields });
        }
        let header = header.ok_or_else(|| BadInput::new(file, "is empty; expected a header line and rows"))?;
        Ok(Table { columns: index(file, &header)?, rows })
    }

    /// The rows, in the file's order.
    pub fn rows(&self) -> &[Row] {
        &self.rows
    }

    /// The columns with these names, in this order.
    ///
    /// # Errors
    /// All the missing ones at once.
    pub fn columns<const N: usize>(&self, file: &str, names: [&str; N]) -> Result<[Column; N], BadInput> {
        let missing: Vec<&str> = names.iter().copied().filter(|name| !self.columns.contains_key(*name)).collect();
        if missing.is_empty() { Ok(names.map(|name| Column(self.columns[name]))) } else { Err(self.missing(file, &missing)) }
    }

    /// The column with this name, if the file has it.
    pub fn column(&self, name: &str) -> Option<Column> {
        self.columns.get(name).copied().map(Column)
    }

    /// The error for columns that are not there.
    pub fn missing(&self, file: &str, missing: &[&str]) -> BadInput {
        let mut have: Vec<(&usize, &str)> = self.columns.iter().map(|(name, at)| (at, name.as_str())).collect();
        have.sort_unstable();
        let have: Vec<&str> = have.into_iter().map(|(_, name)| name).collect();
        BadInput::new(file, format!("line 1: the header lacks the column {}; it has {}", missing.join(", "), have.join(", ")))
    }
}

fn wrong_count(expected: usize, found: usize, line: u64, line_end: u64) -> String {
    let plain = format!("has {found} fields where the header has {expected}; left out");
    if line_end > line {
        format!("{plain} (a quote opened on line {line} closes only on line {line_end}: the lines between are part of it)")
    } else {
        plain
    }
}

fn index(file: &str, header: &[String]) -> Result<HashMap<String, usize>, BadInput> {
    let mut columns = HashMap::with_capacity(header.len());
    for (at, name) in header.iter().enumerate() {
        if !name.is_empty() && columns.insert(name.clone(), at).is_some() {
            return Err(BadInput::new(file, format!("line 1: the column {name} stands twice; rename one of them")));
        }
    }
    Ok(columns)
}

/// The bytes after a UTF-8 byte order mark.
fn text_bytes<'b>(file: &str, bytes: &'b [u8]) -> Result<&'b [u8], BadInput> {
    if bytes.starts_with(&[0xFF, 0xFE]) || bytes.starts_with(&[0xFE, 0xFF]) {
        return Err(BadInput::new(file, "is UTF-16; save it as CSV UTF-8"));
    }
    if bytes.contains(&0) {
        return Err(BadInput::new(file, "has NUL bytes, so it is not a CSV file; export it as CSV UTF-8"));
    }
    Ok(bytes.strip_prefix(&[0xEF, 0xBB, 0xBF]).unwrap_or(bytes))
}

/// A record's fields as text, and whether any was not UTF-8. Latin-1 because that is what old exports of western names are in.
fn decode(record: &csv::ByteRecord) -> (Vec<String>, bool) {
    let mut repaired = false;
    let fields = record
        .iter()
        .map(|field| match std::str::from_utf8(field) {
            Ok(text) => text.trim().to_owned(),
            Err(_) => {
                repaired = true;
                field.iter().map(|&byte| char::from(byte)).collect::<String>().trim().to_owned()
            }
        })
        .collect();
    (fields, repaired)
}

/// Offsets at which lines begin. The reader's own count is late by the blank lines and line feeds it has yet to pass.
struct LineStarts(Vec<u64>);

impl LineStarts {
    fn of(bytes: &[u8]) -> LineStarts {
        LineStarts(std::iter::once(0).chain(bytes.iter().enumerate().filter(|(_, byte)| **byte == b'\n').map(|(at, _)| at as u64 + 1)).collect())
    }

    /// The line of the first byte at or after `offset` that is not the rest of a line's end.
    fn line_of(&self, bytes: &[u8], offset: u64) -> u64 {
        let skipped = bytes.iter().skip(usize::try_from(offset).unwrap_or(usize::MAX)).take_while(|byte| matches!(byte, b'\r' | b'\n')).count();
        self.0.partition_point(|start| *start <= offset + skipped as u64) as u64
    }

    /// The line of the last byte before `offset`.
    fn line_of_end(&self, offset: u64) -> u64 {
        self.0.partition_point(|start| *start < offset) as u64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(bytes: &[u8]) -> (Table, Vec<RowReport>) {
        let mut reports = Vec::new();
        let table = Table::read("t.csv", bytes, b',', &mut reports).unwrap();
        (table, reports)
    }

    #[test]
    fn every_row_knows_its_line_under_crlf_blank_lines_and_quoted_newlines() {
        let (table, reports) = read(b"\xEF\xBB\xBFa,b\r\n1,2\r\n\r\n\"x\r\ny\",3\r\n4,5");
        assert_eq!(table.rows().iter().map(|row| row.line).collect::<Vec<_>>(), [2, 4, 6]);
        let [a] = table.columns("t.csv", ["a"]).unwrap();
        assert_eq!(table.rows()[1].get(a), "x\r\ny");
        assert!(reports.is_empty());
    }

    #[test]
    fn a_row_with_too_few_fields_is_refused_with_its_line_and_the_rest_is_read() {
        let (table, reports) = read(b"a,b\n1\n2,3\n");
        assert_eq!(table.rows().len(), 1);
        assert_eq!((reports[0].line, reports[0].code), (2, "wrong-field-count"));
    }

    #[test]
    fn a_quote_that_never_closes_says_which_lines_it_swallowed() {
        let (table, reports) = read(b"a,b\n1,2\n\"3,4\n5,6\n");
        assert_eq!(table.rows().len(), 1);
        assert!(reports[0].why.contains("opened on line 3 closes only on line 4"), "{}", reports[0].why);
    }

    #[test]
    fn bytes_that_are_not_utf8_are_read_as_latin1_and_reported() {
        let (table, reports) = read(b"a,b\nJos\xE9,1\n");
        let [a] = table.columns("t.csv", ["a"]).unwrap();
        assert_eq!(table.rows()[0].get(a), "José");
        assert_eq!((reports[0].line, reports[0].code), (2, "not-utf-8"));
    }

    #[test]
    fn what_is_no_csv_is_an_error_and_missing_columns_are_named_together() {
        assert!(Table::read("t.csv", b"\xFF\xFEa\0", b',', &mut Vec::new()).unwrap_err().message.contains("UTF-16"));
        assert!(Table::read("t.csv", b"a\0b", b',', &mut Vec::new()).unwrap_err().message.contains("NUL"));
        assert!(Table::read("t.csv", b"", b',', &mut Vec::new()).unwrap_err().message.contains("empty"));
        let (table, _) = read(b"a,b\n");
        assert!(table.columns("t.csv", ["a", "c", "d"]).unwrap_err().message.contains("column c, d; it has a, b"));
    }
}
