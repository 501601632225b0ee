//! The rows: what is documented is written, the same in both formats, and adds up to the study's figures.

use std::io::Write;
use std::sync::LazyLock;

use parquet::basic::Type as Physical;
use parquet::file::reader::{FileReader, SerializedFileReader};
use parquet::record::Field;
use zamu::scenario::report::rows::{Format, Item, Kind, RowsError, Sinks, Table, Writer, in_memory};
use zamu::scenario::{Metric, Study};

use crate::made::{Made, one_parameter, priced, result, solved};

static MADE: LazyLock<Made> = LazyLock::new(one_parameter);

/// Every solved day of a study, the base first.
fn items(made: &Made) -> Vec<Item<'_>> {
    let study = &made.study;
    let base = study.base_days.iter().map(|day| Item::of_base(study, day, Some(&made.base)));
    let cases = study.cases.iter().flat_map(|case| {
        case.draws.iter().flat_map(move |draw| {
            let detail = made.details.get(&(case.label.clone(), draw.seed));
            draw.days.iter().map(move |day| Item::of_case(study, case, draw, day, detail))
        })
    });
    base.chain(cases).collect()
}

fn table(sinks: &Sinks<Vec<u8>>, table: Table) -> &[u8] {
    match table {
        Table::Scenarios => &sinks.scenarios,
        Table::Bookings => &sinks.bookings,
        Table::People => &sinks.people,
    }
}

/// The heading and the lines of a CSV file.
fn of_csv(bytes: &[u8]) -> (Vec<String>, Vec<Vec<String>>) {
    let mut reader = csv::Reader::from_reader(bytes);
    let heading = reader.headers().unwrap().iter().map(str::to_owned).collect();
    let rows = reader.records().map(|row| row.unwrap().iter().map(str::to_owned).collect()).collect();
    (heading, rows)
}

/// A Parquet file, opened as a notebook would.
fn opened(bytes: &[u8]) -> SerializedFileReader<std::fs::File> {
    let mut file = tempfile::tempfile().unwrap();
    file.write_all(bytes).unwrap();
    SerializedFileReader::new(file).unwrap()
}

/// The columns and the rows of a Parquet file, as CSV would write them.
fn of_parquet(bytes: &[u8]) -> (Vec<String>, Vec<Vec<String>>) {
    let reader = opened(bytes);
    let heading = reader.metadata().file_metadata().schema_descr().columns().iter().map(|column| column.name().to_owned()).collect();
    let rows = reader.get_row_iter(None).unwrap().map(|row| row.unwrap().get_column_iter().map(|(_, field)| cell(field)).collect()).collect();
    (heading, rows)
}

fn cell(field: &Field) -> String {
    match field {
        Field::Null => String::new(),
        Field::Str(text) => text.clone(),
        Field::Long(value) => value.to_string(),
        Field::Double(value) => value.to_string(),
        Field::Bool(value) => value.to_string(),
        other => panic!("a cell of an undocumented type: {other}"),
    }
}

/// The cells of a column.
fn column(name: &str, (heading, rows): &(Vec<String>, Vec<Vec<String>>)) -> Vec<String> {
    let k = heading.iter().position(|column| column == name).unwrap_or_else(|| panic!("no column {name}"));
    rows.iter().map(|row| row[k].clone()).collect()
}

#[test]
fn the_documented_columns_are_exactly_those_written() {
    let (text, binary) = (in_memory(Format::Csv, items(&MADE)).unwrap(), in_memory(Format::Parquet, items(&MADE)).unwrap());
    for which in Table::ALL {
        let documented = which.fields();
        let names: Vec<&str> = documented.iter().map(|field| field.name).collect();
        assert_eq!(of_csv(table(&text, which)).0, names, "{}", which.as_str());
        let reader = opened(table(&binary, which));
        let written = reader.metadata().file_metadata().schema_descr().columns().to_vec();
        assert_eq!(written.iter().map(|column| column.name()).collect::<Vec<_>>(), names);
        for (field, column) in documented.iter().zip(written) {
            let physical = match field.kind {
                Kind::Text | Kind::Timestamp => Physical::BYTE_ARRAY,
                Kind::Integer => Physical::INT64,
                Kind::Number => Physical::DOUBLE,
                Kind::Boolean => Physical::BOOLEAN,
            };
            assert_eq!((column.physical_type(), column.self_type().is_optional()), (physical, field.optional), "{}", field.name);
            assert!(field.meaning.ends_with('.'), "{} is documented by a sentence", field.name);
        }
    }
}

#[test]
fn parquet_read_back_has_the_rows_of_the_csv() {
    let (text, binary) = (in_memory(Format::Csv, items(&MADE)).unwrap(), in_memory(Format::Parquet, items(&MADE)).unwrap());
    for which in Table::ALL {
        let (one, other) = (of_csv(table(&text, which)), of_parquet(table(&binary, which)));
        assert!(!one.1.is_empty());
        assert_eq!(one, other, "{}", which.as_str());
    }
}

#[test]
fn every_day_booking_and_person_has_a_row_and_the_base_is_one_of_the_cases() {
    let rows = in_memory(Format::Csv, items(&MADE)).unwrap();
    let (scenarios, bookings, people) = (of_csv(&rows.scenarios), of_csv(&rows.bookings), of_csv(&rows.people));
    assert_eq!(scenarios.1.len(), 1 + 3 * 3);
    let details = || std::iter::once(&MADE.base).chain(MADE.details.values());
    assert_eq!(bookings.1.len(), details().map(|detail| detail.day.sheet.bookings.len()).sum::<usize>());
    assert_eq!(people.1.len(), details().map(|detail| detail.day.sheet.resources.len()).sum::<usize>());
    assert_eq!(
        (column("case", &scenarios)[0].as_str(), column("seed", &scenarios)[0].as_str(), column("is_base", &scenarios)[0].as_str()),
        ("base", "", "true")
    );
    assert_eq!(column("seed", &scenarios)[1..4], ["1", "2", "3"]);
    assert_eq!(column("parameters", &scenarios)[9], r#"{"temps":2}"#);
}

#[test]
fn the_rows_add_up_to_the_figures_of_their_day() {
    for item in items(&MADE) {
        let rows = in_memory(Format::Csv, [item]).unwrap();
        let (bookings, people) = (of_csv(&rows.bookings), of_csv(&rows.people));
        let figure = |metric| item.result.figures.get(metric).unwrap();
        let count = |name: &str| column(name, &bookings).iter().filter(|cell| *cell == "true").count() as f64;
        let sum = |name: &str| column(name, &people).iter().map(|cell| cell.parse::<f64>().unwrap()).sum::<f64>();
        assert_eq!(
            (count("served"), count("moved"), count("told_again")),
            (figure(Metric::Served), figure(Metric::Moved), figure(Metric::ToldAgain))
        );
        assert_eq!(
            (sum("worked_minutes"), sum("on_duty_minutes"), sum("idle_minutes")),
            (figure(Metric::Worked), figure(Metric::OnDuty), figure(Metric::Idle))
        );
        let (served, prices) = (column("served", &bookings), column("price_cents", &bookings));
        let earned: f64 = served.iter().zip(&prices).filter(|(served, _)| *served == "true").map(|(_, price)| price.parse::<f64>().unwrap()).sum();
        assert_eq!(earned, figure(Metric::Revenue));
        let reasons = column("reason_code", &bookings);
        assert!(served.iter().zip(&reasons).all(|(served, reason)| (served == "true") == reason.is_empty()), "exactly the unplaced have a reason");
    }
}

#[test]
fn times_are_those_of_the_location_s_clock() {
    let rows = in_memory(Format::Csv, items(&MADE)).unwrap();
    let bookings = of_csv(&rows.bookings);
    assert!(column("start", &bookings).iter().all(|at| at.starts_with("2026-11-21T") && at.ends_with("+03:00")));
    assert!(column("first_shift_start", &of_csv(&rows.people)).iter().all(|at| chrono::DateTime::parse_from_rfc3339(at).is_ok()));
}

#[test]
fn names_that_would_break_a_line_come_back_as_they_were() {
    let mut day = priced(MADE.base.day.sheet.clone());
    day.sheet.resources[1].name = "Ann \"Annie\" O'Neil,\nsenior; é 技".to_owned();
    let detail = solved(day);
    let result = result(&detail, "quoted");
    let study = Study { base_days: vec![result], ..MADE.study.clone() };
    for format in [Format::Csv, Format::Parquet] {
        let rows = in_memory(format, [Item::of_base(&study, &study.base_days[0], Some(&detail))]).unwrap();
        let read = if format == Format::Csv { of_csv(&rows.people) } else { of_parquet(&rows.people) };
        assert_eq!(column("name", &read)[1], detail.day.sheet.resources[1].name, "{}", format.as_str());
        let days = if format == Format::Csv { of_csv(&rows.scenarios) } else { of_parquet(&rows.scenarios) };
        assert_eq!(days.1.len(), 1, "a table of one row has it");
    }
}

#[test]
fn a_study_without_its_days_in_full_still_has_its_scenarios() {
    let bare = items(&MADE).into_iter().map(|item| Item { detail: None, ..item });
    for format in [Format::Csv, Format::Parquet] {
        let rows = in_memory(format, bare.clone()).unwrap();
        let read = |bytes: &[u8]| if format == Format::Csv { of_csv(bytes) } else { of_parquet(bytes) };
        assert_eq!((read(&rows.scenarios).1.len(), read(&rows.bookings).1.len(), read(&rows.people).1.len()), (10, 0, 0));
        assert_eq!(read(&rows.bookings).0.len(), Table::Bookings.fields().len(), "an empty table has its columns");
    }
}

/// Counts what it is given, and refuses to take more than `room`.
struct Narrow {
    room: usize,
}

impl Write for Narrow {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.room = self.room.checked_sub(bytes.len()).ok_or_else(|| std::io::Error::other("the disk is full"))?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[test]
fn many_days_leave_in_row_groups_and_not_at_the_end() {
    let item = items(&MADE)[0];
    let sinks = Sinks { scenarios: Vec::new(), bookings: Vec::new(), people: Vec::new() };
    let mut writer = Writer::new(Format::Parquet, sinks).unwrap();
    let days = 20_000 / MADE.base.day.sheet.bookings.len() + 10;
    for _ in 0..days {
        writer.push(&item).unwrap();
    }
    let rows = writer.finish().unwrap();
    let reader = opened(&rows.bookings);
    assert_eq!(reader.metadata().num_row_groups(), 2);
    assert_eq!(reader.metadata().file_metadata().num_rows() as usize, days * MADE.base.day.sheet.bookings.len());
}

#[test]
fn a_full_disk_is_told_and_not_swallowed() {
    for format in [Format::Csv, Format::Parquet] {
        let narrow = || Narrow { room: 600 };
        let written = Writer::new(format, Sinks { scenarios: narrow(), bookings: narrow(), people: narrow() }).and_then(|mut writer| {
            for item in items(&MADE) {
                writer.push(&item)?;
            }
            writer.finish()
        });
        let told = written.map(|_| ()).unwrap_err();
        assert!(!matches!(told, RowsError::Kind { .. }));
        assert!(told.to_string().contains("the disk is full") && told.to_string().contains("is there room"), "{told}");
    }
}
