//! Rows as CSV.

use std::io::Write;

use csv::{QuoteStyle, WriterBuilder};

use super::columns::Field;
use super::{Cell, RowsError};

/// A table being written.
pub struct Rows<W: Write> {
    writer: csv::Writer<W>,
}

impl<W: Write> Rows<W> {
    /// Writes the heading.
    pub fn new(fields: &[Field], sink: W) -> Result<Rows<W>, RowsError> {
        let mut writer = WriterBuilder::new().quote_style(QuoteStyle::Necessary).from_writer(sink);
        writer.write_record(fields.iter().map(|field| field.name))?;
        Ok(Rows { writer })
    }

    /// Writes a row.
    pub fn row(&mut self, cells: impl Iterator<Item = Cell>) -> Result<(), RowsError> {
        for cell in cells {
            match cell {
                Cell::Empty => self.writer.write_field("")?,
                Cell::Text(text) => self.writer.write_field(text)?,
                Cell::Integer(value) => self.writer.write_field(value.to_string())?,
                Cell::Number(value) => self.writer.write_field(value.to_string())?,
                Cell::Boolean(value) => self.writer.write_field(if value { "true" } else { "false" })?,
            }
        }
        self.writer.write_record(None::<&[u8]>)?;
        Ok(())
    }

    /// Writes what is left and gives the sink back.
    pub fn finish(self) -> Result<W, RowsError> {
        self.writer.into_inner().map_err(|error| RowsError::Io(error.into_error()))
    }
}
