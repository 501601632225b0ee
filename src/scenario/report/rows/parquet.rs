//! Rows as Apache Parquet, in row groups: what is in memory is one row group.

use std::io::Write;
use std::sync::Arc;

use parquet::basic::{Compression, LogicalType, Repetition, Type as Physical};
use parquet::column::writer::ColumnWriter;
use parquet::data_type::ByteArray;
use parquet::errors::Result as Written;
use parquet::file::properties::WriterProperties;
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::types::Type;

use super::columns::Field;
use super::{Cell, Kind, RowsError, Table};

/// Rows of a row group: some megabytes of bookings.
const GROUP_ROWS: usize = 20_000;

/// A table being written.
pub struct Rows<W: Write + Send> {
    table: Table,
    fields: Vec<Field>,
    file: SerializedFileWriter<W>,
    columns: Vec<Chunk>,
    rows: usize,
}

/// A column's part of a row group.
struct Chunk {
    values: Values,
    /// 1 where there is a value, 0 where there is none; empty for columns that always have one.
    there: Vec<i16>,
}

enum Values {
    Text(Vec<ByteArray>),
    Integer(Vec<i64>),
    Number(Vec<f64>),
    Boolean(Vec<bool>),
}

impl<W: Write + Send> Rows<W> {
    /// Writes the file's beginning.
    pub fn new(table: Table, sink: W) -> Result<Rows<W>, RowsError> {
        let fields = table.fields();
        let columns = fields.iter().map(|field| Ok(Arc::new(column(field)?))).collect::<Written<Vec<_>>>()?;
        let schema = Type::group_type_builder(table.as_str()).with_fields(columns).build()?;
        let properties = WriterProperties::builder().set_compression(Compression::SNAPPY).build();
        let file = SerializedFileWriter::new(sink, Arc::new(schema), Arc::new(properties))?;
        let columns = fields.iter().map(|field| Chunk::empty(field.kind)).collect();
        Ok(Rows { table, fields, file, columns, rows: 0 })
    }

    /// Keeps a row, and writes a row group when one is full.
    pub fn row(&mut self, cells: impl Iterator<Item = Cell>) -> Result<(), RowsError> {
        for ((field, chunk), cell) in self.fields.iter().zip(&mut self.columns).zip(cells) {
            chunk.push(field, cell).map_err(|cell| RowsError::Kind {
                table: self.table.as_str(),
                column: field.name,
                kind: field.kind.as_str(),
                cell,
            })?;
        }
        self.rows += 1;
        if self.rows == GROUP_ROWS { Ok(self.write_group()?) } else { Ok(()) }
    }

    /// Writes what is left and gives the sink back.
    pub fn finish(mut self) -> Result<W, RowsError> {
        if self.rows > 0 {
            self.write_group()?;
        }
        Ok(self.file.into_inner()?)
    }

    fn write_group(&mut self) -> Written<()> {
        let mut group = self.file.next_row_group()?;
        for (chunk, field) in self.columns.iter_mut().zip(&self.fields) {
            let full = std::mem::replace(chunk, Chunk::empty(field.kind));
            let Some(mut column) = group.next_column()? else { break };
            full.write(column.untyped(), field.optional)?;
            column.close()?;
        }
        group.close()?;
        self.rows = 0;
        Ok(())
    }
}

impl Chunk {
    fn empty(kind: Kind) -> Chunk {
        let values = match kind {
            Kind::Text | Kind::Timestamp => Values::Text(Vec::new()),
            Kind::Integer => Values::Integer(Vec::new()),
            Kind::Number => Values::Number(Vec::new()),
            Kind::Boolean => Values::Boolean(Vec::new()),
        };
        Chunk { values, there: Vec::new() }
    }

    /// Keeps a cell; gives back one that does not belong here.
    fn push(&mut self, field: &Field, cell: Cell) -> Result<(), Cell> {
        let there = cell != Cell::Empty;
        match (&mut self.values, cell) {
            (Values::Text(values), Cell::Text(text)) => values.push(ByteArray::from(text.into_bytes())),
            (Values::Integer(values), Cell::Integer(value)) => values.push(value),
            (Values::Number(values), Cell::Number(value)) => values.push(value),
            (Values::Boolean(values), Cell::Boolean(value)) => values.push(value),
            (_, Cell::Empty) if field.optional => {}
            (_, cell) => return Err(cell),
        }
        if field.optional {
            self.there.push(i16::from(there));
        }
        Ok(())
    }

    fn write(&self, column: &mut ColumnWriter<'_>, optional: bool) -> Written<()> {
        let there = optional.then_some(self.there.as_slice());
        match (&self.values, column) {
            (Values::Text(values), ColumnWriter::ByteArrayColumnWriter(writer)) => writer.write_batch(values, there, None)?,
            (Values::Integer(values), ColumnWriter::Int64ColumnWriter(writer)) => writer.write_batch(values, there, None)?,
            (Values::Number(values), ColumnWriter::DoubleColumnWriter(writer)) => writer.write_batch(values, there, None)?,
            (Values::Boolean(values), ColumnWriter::BoolColumnWriter(writer)) => writer.write_batch(values, there, None)?,
            _ => return Err(parquet::errors::ParquetError::General("a column's values are not of the column's type".to_owned())),
        };
        Ok(())
    }
}

/// A column as the file declares it.
fn column(field: &Field) -> Written<Type> {
    let (physical, logical) = match field.kind {
        Kind::Text | Kind::Timestamp => (Physical::BYTE_ARRAY, Some(LogicalType::String)),
        Kind::Integer => (Physical::INT64, None),
        Kind::Number => (Physical::DOUBLE, None),
        Kind::Boolean => (Physical::BOOLEAN, None),
    };
    let repetition = if field.optional { Repetition::OPTIONAL } else { Repetition::REQUIRED };
    Type::primitive_type_builder(field.name, physical).with_logical_type(logical).with_repetition(repetition).build()
}
