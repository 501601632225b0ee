//! Every column of the three tables: its name, type and meaning, beside what fills it, so that what is documented is what is written.

use super::facts::{BookingFacts, DayFacts, Item, PersonFacts};
use super::{Cell, Kind};
use crate::scenario::Metric;
use crate::scenario::figures::Unit;

/// What is documented of a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Field {
    /// Its name, the same in CSV and Parquet.
    pub name: &'static str,
    /// What is in it.
    pub kind: Kind,
    /// May a cell be empty?
    pub optional: bool,
    /// What it means, with its unit.
    pub meaning: &'static str,
}

/// A column: what is documented of it, and what fills it.
#[derive(Debug, Clone, Copy)]
pub struct Column<F> {
    /// What is documented.
    pub field: Field,
    /// What fills a cell.
    pub of: F,
}

type OfDay = fn(&DayFacts<'_>) -> Cell;
type OfBooking = fn(&BookingFacts<'_>) -> Cell;
type OfPerson = fn(&PersonFacts<'_>) -> Cell;

const fn always<F: Copy>(name: &'static str, kind: Kind, meaning: &'static str, of: F) -> Column<F> {
    Column { field: Field { name, kind, optional: false, meaning }, of }
}

const fn maybe<F: Copy>(name: &'static str, kind: Kind, meaning: &'static str, of: F) -> Column<F> {
    Column { field: Field { name, kind, optional: true, meaning }, of }
}

const STUDY: &str = "Name of the scenario.";
const CASE: &str = "The case: its parameters in words, the scenario's name where it has none, or `base`.";
const IS_BASE: &str = "Whether this is the base as it is, not a case.";
const PARAMETERS: &str = "The case's parameters as a JSON object; `{}` for the base.";
const SEED: &str = "Seed of the draw of the demand; empty for the base.";
const RUN: &str = "Hash of what was asked (sheet, profile, seed): the same question has the same run.";
const LOCATION: &str = "Id of the location.";
const DATE: &str = "The local day, as `YYYY-MM-DD`.";

/// Columns of `scenarios`: one row for each case, draw and day, the base among them.
pub const SCENARIOS: &[Column<OfDay>] = &[
    always("scenario", Kind::Text, STUDY, |row| text(row.item.study)),
    always("case", Kind::Text, CASE, |row| text(row.item.label())),
    always("is_base", Kind::Boolean, IS_BASE, |row| Cell::Boolean(row.item.case.is_none())),
    always("parameters", Kind::Text, PARAMETERS, |row| Cell::Text(row.item.parameters())),
    maybe("seed", Kind::Integer, SEED, |row| seed(row.item)),
    always("run", Kind::Text, RUN, |row| text(&row.item.result.run)),
    always("location", Kind::Text, LOCATION, |row| text(&row.item.result.location)),
    always("date", Kind::Text, DATE, |row| Cell::Text(row.item.result.date.to_string())),
    maybe("bookings", Kind::Integer, "Bookings on the day.", |row| figure(row, Metric::Bookings)),
    maybe("served", Kind::Integer, "Bookings that somebody serves.", |row| figure(row, Metric::Served)),
    maybe("unplaced", Kind::Integer, "Bookings that nobody serves.", |row| figure(row, Metric::Unplaced)),
    maybe("service_level", Kind::Number, "Served over bookings, from 0 to 1; 1 on an empty day.", |row| figure(row, Metric::ServiceLevel)),
    maybe("people", Kind::Integer, "Staff who serve somebody.", |row| figure(row, Metric::People)),
    maybe("temps", Kind::Integer, "Temps who serve somebody.", |row| figure(row, Metric::Temps)),
    maybe("spread_minutes", Kind::Number, "Longest minus shortest served minutes of the staff on duty.", |row| figure(row, Metric::Spread)),
    maybe("balance", Kind::Number, "Sum of (carried + served minutes)² / capacity minutes; lower is fairer.", |row| figure(row, Metric::Balance)),
    maybe("moved", Kind::Integer, "Bookings placed elsewhere than they stood.", |row| figure(row, Metric::Moved)),
    maybe("told_again", Kind::Integer, "Moved bookings whose customer was told a name.", |row| figure(row, Metric::ToldAgain)),
    maybe("gender_waived", Kind::Integer, "Bookings whose wish for a gender is waived.", |row| figure(row, Metric::GenderWaived)),
    maybe("on_duty_minutes", Kind::Integer, "Minutes of staff on shift and not blocked.", |row| figure(row, Metric::OnDuty)),
    maybe("worked_minutes", Kind::Integer, "Minutes of staff in bookings, without buffers.", |row| figure(row, Metric::Worked)),
    maybe("idle_minutes", Kind::Integer, "On duty less worked, in minutes.", |row| figure(row, Metric::Idle)),
    maybe("utilization", Kind::Number, "Worked over on duty, from 0 to 1.", |row| figure(row, Metric::Utilization)),
    maybe("revenue_cents", Kind::Integer, "Prices of what is served, in the smallest unit of the currency; empty without prices.", |row| {
        figure(row, Metric::Revenue)
    }),
    always("proven", Kind::Boolean, "Whether the plan is proven, within the profile's slack and the scenario's gap.", |row| {
        Cell::Boolean(row.item.result.proven)
    }),
    always("stopped", Kind::Text, "What ended the search: `proof`, `work`, `deadline`, `interrupt`.", |row| text(&row.item.result.stopped)),
];

/// Columns of `bookings`: one row for each booking of these days.
pub const BOOKINGS: &[Column<OfBooking>] = &[
    always("scenario", Kind::Text, STUDY, |row| text(row.item.study)),
    always("case", Kind::Text, CASE, |row| text(row.item.label())),
    always("is_base", Kind::Boolean, IS_BASE, |row| Cell::Boolean(row.item.case.is_none())),
    always("parameters", Kind::Text, PARAMETERS, |row| Cell::Text(row.item.parameters())),
    maybe("seed", Kind::Integer, SEED, |row| seed(row.item)),
    always("run", Kind::Text, RUN, |row| text(&row.item.result.run)),
    always("location", Kind::Text, LOCATION, |row| text(&row.item.result.location)),
    always("date", Kind::Text, DATE, |row| Cell::Text(row.item.result.date.to_string())),
    always("booking", Kind::Text, "Id of the booking.", |row| text(&row.booking.id)),
    always("service", Kind::Text, "The service; where it is not known, the qualifications asked for, joined by `+`.", |row| {
        Cell::Text(row.detail.day.service_of(row.booking))
    }),
    always("start", Kind::Timestamp, "When the customer's time begins, in the location's zone.", |row| Cell::Text(row.at(row.booking.span.start))),
    always("end", Kind::Timestamp, "When it ends.", |row| Cell::Text(row.at(row.booking.span.end))),
    always("minutes", Kind::Integer, "Its length in minutes, without buffers.", |row| Cell::Integer(row.booking.span.minutes())),
    always("buffer_before_minutes", Kind::Integer, "Minutes those who serve need before.", |row| {
        Cell::Integer(i64::from(row.booking.buffer_before_minutes))
    }),
    always("buffer_after_minutes", Kind::Integer, "Minutes those who serve need after.", |row| {
        Cell::Integer(i64::from(row.booking.buffer_after_minutes))
    }),
    always("qualifications", Kind::Text, "Qualifications asked for, joined by `+`; empty text where none is.", |row| {
        let wanted: std::collections::BTreeSet<&str> =
            row.booking.demands.iter().flat_map(|demand| demand.qualifications.iter().map(String::as_str)).collect();
        Cell::Text(wanted.into_iter().collect::<Vec<_>>().join("+"))
    }),
    always("resources_wanted", Kind::Integer, "How many people and tables it asks for.", |row| {
        Cell::Integer(row.booking.demands.iter().map(|demand| i64::from(demand.count)).sum())
    }),
    maybe("gender", Kind::Text, "Wish for staff of this gender.", |row| optional(row.booking.gender.as_deref())),
    maybe("zone", Kind::Text, "Wish for a part of the house.", |row| optional(row.booking.zone.as_deref())),
    always("party_size", Kind::Integer, "How many people come.", |row| Cell::Integer(i64::from(row.booking.party_size))),
    always("priority", Kind::Integer, "Weight of leaving it unplaced, 1 or more.", |row| Cell::Integer(i64::from(row.booking.priority))),
    maybe("price_cents", Kind::Integer, "Its price in the smallest unit of the currency.", |row| {
        row.detail.day.price_of(row.booking).map_or(Cell::Empty, Cell::Integer)
    }),
    maybe("booked_at", Kind::Timestamp, "When it was booked.", |row| {
        row.detail.day.about.get(&row.booking.id).and_then(|about| about.booked_at).map_or(Cell::Empty, |at| Cell::Text(row.at(at)))
    }),
    maybe("held", Kind::Text, "How firmly it stood: `provisional`, `bound` (the customer chose), `finalized` (the customer was told).", |row| {
        optional(row.booking.assignment.as_ref().map(|held| held.status.as_str()))
    }),
    maybe("stood_with", Kind::Text, "Ids of those it stood with before, sorted, joined by `+`.", |row| joined(&row.booking.current())),
    maybe("served_by", Kind::Text, "Ids of those who serve it in the plan, sorted, joined by `+`; empty where nobody is needed or does.", |row| {
        joined(&row.served_by().unwrap_or_default().iter().map(String::as_str).collect::<Vec<_>>())
    }),
    always("served", Kind::Boolean, "Whether the plan places it.", |row| Cell::Boolean(row.served_by().is_some())),
    always("moved", Kind::Boolean, "Whether others serve it than it stood with.", |row| Cell::Boolean(row.moved())),
    always("told_again", Kind::Boolean, "Whether it moved although its customer was told a name.", |row| Cell::Boolean(row.told_again())),
    always("gender_waived", Kind::Boolean, "Whether its wish for a gender is waived because nobody of it is on file.", |row| {
        Cell::Boolean(row.gender_waived())
    }),
    maybe("reason_code", Kind::Text, "Why nobody serves it: `impossible-alone`, `crowded-out`, `undecided`.", |row| {
        optional(row.lost().map(|lost| lost.code.as_str()))
    }),
    maybe("reason", Kind::Text, "The reason in words.", |row| optional(row.lost().map(|lost| lost.why.as_str()))),
];

/// Columns of `people`: one row for each person on these days' sheets, on duty or not.
pub const PEOPLE: &[Column<OfPerson>] = &[
    always("scenario", Kind::Text, STUDY, |row| text(row.item.study)),
    always("case", Kind::Text, CASE, |row| text(row.item.label())),
    always("is_base", Kind::Boolean, IS_BASE, |row| Cell::Boolean(row.item.case.is_none())),
    always("parameters", Kind::Text, PARAMETERS, |row| Cell::Text(row.item.parameters())),
    maybe("seed", Kind::Integer, SEED, |row| seed(row.item)),
    always("run", Kind::Text, RUN, |row| text(&row.item.result.run)),
    always("location", Kind::Text, LOCATION, |row| text(&row.item.result.location)),
    always("date", Kind::Text, DATE, |row| Cell::Text(row.item.result.date.to_string())),
    always("person", Kind::Text, "Id of the person.", |row| text(&row.person.id)),
    always("name", Kind::Text, "Name for people.", |row| text(&row.person.name)),
    maybe("gender", Kind::Text, "As on file.", |row| optional(row.person.gender.as_deref())),
    always("qualifications", Kind::Text, "What they can do, sorted, joined by `+`.", |row| {
        Cell::Text(row.person.qualifications.iter().map(String::as_str).collect::<Vec<_>>().join("+"))
    }),
    always("temporary", Kind::Boolean, "A temp.", |row| Cell::Boolean(row.person.temporary)),
    maybe("first_shift_start", Kind::Timestamp, "When their first shift begins, in the location's zone; empty when they have none.", |row| {
        row.person.shifts.iter().map(|shift| shift.start).min().map_or(Cell::Empty, |at| Cell::Text(row.at(at)))
    }),
    maybe("last_shift_end", Kind::Timestamp, "When their last shift ends; empty when they have none.", |row| {
        row.person.shifts.iter().map(|shift| shift.end).max().map_or(Cell::Empty, |at| Cell::Text(row.at(at)))
    }),
    always("on_duty_minutes", Kind::Integer, "Minutes on shift and not blocked.", |row| Cell::Integer(row.on_duty_minutes)),
    always("bookings", Kind::Integer, "Bookings they serve.", |row| Cell::Integer(row.bookings)),
    always("worked_minutes", Kind::Integer, "Minutes in these bookings, without buffers.", |row| Cell::Integer(row.worked_minutes)),
    always("buffer_minutes", Kind::Integer, "Minutes of buffers around these bookings.", |row| Cell::Integer(row.buffer_minutes)),
    always("idle_minutes", Kind::Integer, "On duty less worked, in minutes; buffers count as idle.", |row| {
        Cell::Integer(row.on_duty_minutes - row.worked_minutes)
    }),
    maybe("utilization", Kind::Number, "Worked over on duty, from 0 to 1; empty when never on duty.", |row| {
        if row.on_duty_minutes > 0 { Cell::Number(row.worked_minutes as f64 / row.on_duty_minutes as f64) } else { Cell::Empty }
    }),
    always("carried_minutes", Kind::Number, "Minutes above the fair share from earlier days; may be negative.", |row| {
        Cell::Number(row.person.carried_minutes)
    }),
];

fn text(text: &str) -> Cell {
    Cell::Text(text.to_owned())
}

fn optional(text: Option<&str>) -> Cell {
    text.map_or(Cell::Empty, |text| Cell::Text(text.to_owned()))
}

fn joined(ids: &[&str]) -> Cell {
    if ids.is_empty() { Cell::Empty } else { Cell::Text(ids.join("+")) }
}

/// A seed as an integer with sign: those above 2⁶³ wrap, as notebooks read 64 bits.
fn seed(item: &Item<'_>) -> Cell {
    item.seed.map_or(Cell::Empty, |seed| Cell::Integer(seed.cast_signed()))
}

/// A figure of a day: counts, money and whole minutes are whole.
fn figure(row: &DayFacts<'_>, metric: Metric) -> Cell {
    let Some(value) = row.item.result.figures.get(metric) else { return Cell::Empty };
    let whole = match metric.unit() {
        Unit::Count | Unit::Cents => true,
        Unit::Minutes => metric != Metric::Spread,
        Unit::Share | Unit::Score => false,
    };
    if whole { Cell::Integer(value.round() as i64) } else { Cell::Number(value) }
}
