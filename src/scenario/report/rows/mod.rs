//! A study as rows for notebooks: one table of solved days, one of their bookings, one of their people; as CSV or Parquet.
//!
//! | file | what is there |
//! | --- | --- |
//! | [`columns`] | every column with its type and meaning, beside what fills it |
//! | [`facts`] | what a row is made of |
//! | `csv`, `parquet` | the two ways to write a row |
//!
//! Days are pushed one after another and leave in chunks, so a grid of a thousand cases needs the memory of one chunk.

pub mod columns;
mod csv;
pub mod facts;
mod parquet;

use std::io::Write;

use thiserror::Error;

use columns::{BOOKINGS, Column, Field, PEOPLE, SCENARIOS};
use facts::Standing;
pub use facts::{BookingFacts, DayFacts, Item, PersonFacts};

/// What a cell holds.
#[derive(Debug, Clone, PartialEq)]
pub enum Cell {
    /// Does not apply, or is not known.
    Empty,
    /// UTF-8.
    Text(String),
    /// 64 bits, with sign.
    Integer(i64),
    /// 64-bit floating point.
    Number(f64),
    /// True or false.
    Boolean(bool),
}

/// What may be in a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// UTF-8.
    Text,
    /// 64 bits, with sign.
    Integer,
    /// 64-bit floating point.
    Number,
    /// True or false.
    Boolean,
    /// RFC 3339 text with the location's offset: `2026-11-21T09:00:00+03:00`.
    Timestamp,
}

impl Kind {
    /// Its word in documentation.
    pub fn as_str(self) -> &'static str {
        match self {
            Kind::Text => "text",
            Kind::Integer => "integer",
            Kind::Number => "number",
            Kind::Boolean => "boolean",
            Kind::Timestamp => "timestamp",
        }
    }
}

/// The three tables.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Table {
    /// One row for each case, draw and day.
    Scenarios,
    /// One row for each booking of these days.
    Bookings,
    /// One row for each person on these days' sheets.
    People,
}

impl Table {
    /// All of them.
    pub const ALL: [Table; 3] = [Table::Scenarios, Table::Bookings, Table::People];

    /// Its word, good for a file's name.
    pub fn as_str(self) -> &'static str {
        match self {
            Table::Scenarios => "scenarios",
            Table::Bookings => "bookings",
            Table::People => "people",
        }
    }

    /// Its columns, in the order they are written.
    pub fn fields(self) -> Vec<Field> {
        match self {
            Table::Scenarios => fields(SCENARIOS),
            Table::Bookings => fields(BOOKINGS),
            Table::People => fields(PEOPLE),
        }
    }
}

/// How rows are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// A heading and a line for each row (RFC 4180); an empty cell is empty, booleans are `true` and `false`.
    Csv,
    /// Apache Parquet: typed columns, Snappy; an empty cell is null.
    Parquet,
}

impl Format {
    /// Its word, and the ending of its files.
    pub fn as_str(self) -> &'static str {
        match self {
            Format::Csv => "csv",
            Format::Parquet => "parquet",
        }
    }
}

/// Where the rows of each table go.
#[derive(Debug)]
pub struct Sinks<W> {
    /// Rows of [`Table::Scenarios`].
    pub scenarios: W,
    /// Rows of [`Table::Bookings`].
    pub bookings: W,
    /// Rows of [`Table::People`].
    pub people: W,
}

/// Why rows could not be written.
#[derive(Debug, Error)]
pub enum RowsError {
    /// The CSV writer failed, most likely because its file did.
    #[error("rows could not be written as CSV: {0}; is there room where they go?")]
    Csv(#[from] ::csv::Error),
    /// The Parquet writer failed, most likely because its file did.
    #[error("rows could not be written as Parquet: {0}; is there room where they go?")]
    Parquet(#[from] ::parquet::errors::ParquetError),
    /// A file could not be finished.
    #[error("rows could not be written to the end: {0}; is there room where they go?")]
    Io(#[from] std::io::Error),
    /// A column's value is of another kind than the column.
    #[error("column {column} of {table} is {kind} and was given {cell:?}; the column's row in columns.rs needs mending")]
    Kind {
        /// The table's word.
        table: &'static str,
        /// The column's name.
        column: &'static str,
        /// What the column holds.
        kind: &'static str,
        /// What it was given.
        cell: Cell,
    },
}

/// Writes the three tables together, a day at a time.
pub struct Writer<W: Write + Send> {
    scenarios: Rows<W>,
    bookings: Rows<W>,
    people: Rows<W>,
}

impl<W: Write + Send> Writer<W> {
    /// Begins the three tables.
    ///
    /// # Errors
    /// When a sink refuses the heading.
    pub fn new(format: Format, sinks: Sinks<W>) -> Result<Writer<W>, RowsError> {
        Ok(Writer {
            scenarios: Rows::new(Table::Scenarios, format, sinks.scenarios)?,
            bookings: Rows::new(Table::Bookings, format, sinks.bookings)?,
            people: Rows::new(Table::People, format, sinks.people)?,
        })
    }

    /// Writes a solved day: a row of `scenarios`, and where the day is there in full, its rows of `bookings` and `people`.
    ///
    /// # Errors
    /// When a sink refuses more.
    pub fn push(&mut self, item: &Item<'_>) -> Result<(), RowsError> {
        self.scenarios.row(cells(SCENARIOS, |column| (column.of)(&DayFacts { item })))?;
        let Some(detail) = item.detail else { return Ok(()) };
        let standing = Standing::of(detail);
        for booking in &detail.day.sheet.bookings {
            let facts = BookingFacts { item, detail, standing: &standing, booking };
            self.bookings.row(cells(BOOKINGS, |column| (column.of)(&facts)))?;
        }
        for person in facts::people(detail) {
            let facts = PersonFacts::of(item, detail, &standing, person);
            self.people.row(cells(PEOPLE, |column| (column.of)(&facts)))?;
        }
        Ok(())
    }

    /// Writes what is left and gives the sinks back.
    ///
    /// # Errors
    /// When a sink refuses the rest.
    pub fn finish(self) -> Result<Sinks<W>, RowsError> {
        Ok(Sinks { scenarios: self.scenarios.finish()?, bookings: self.bookings.finish()?, people: self.people.finish()? })
    }
}

/// The three tables in memory, for few days.
///
/// # Errors
/// None that memory has; those of [`Writer`].
pub fn in_memory<'i>(format: Format, items: impl IntoIterator<Item = Item<'i>>) -> Result<Sinks<Vec<u8>>, RowsError> {
    let mut writer = Writer::new(format, Sinks { scenarios: Vec::new(), bookings: Vec::new(), people: Vec::new() })?;
    for item in items {
        writer.push(&item)?;
    }
    writer.finish()
}

/// One table being written.
enum Rows<W: Write + Send> {
    Csv(Box<csv::Rows<W>>),
    Parquet(Box<parquet::Rows<W>>),
}

impl<W: Write + Send> Rows<W> {
    fn new(table: Table, format: Format, sink: W) -> Result<Rows<W>, RowsError> {
        Ok(match format {
            Format::Csv => Rows::Csv(Box::new(csv::Rows::new(&table.fields(), sink)?)),
            Format::Parquet => Rows::Parquet(Box::new(parquet::Rows::new(table, sink)?)),
        })
    }

    fn row(&mut self, cells: impl Iterator<Item = Cell>) -> Result<(), RowsError> {
        match self {
            Rows::Csv(rows) => rows.row(cells),
            Rows::Parquet(rows) => rows.row(cells),
        }
    }

    fn finish(self) -> Result<W, RowsError> {
        match self {
            Rows::Csv(rows) => rows.finish(),
            Rows::Parquet(rows) => rows.finish(),
        }
    }
}

fn fields<F>(columns: &[Column<F>]) -> Vec<Field> {
    columns.iter().map(|column| column.field).collect()
}

fn cells<F>(columns: &'static [Column<F>], of: impl Fn(&Column<F>) -> Cell) -> impl Iterator<Item = Cell> {
    columns.iter().map(of)
}
