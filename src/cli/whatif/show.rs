//! Showing a study: a table, JSON, rows, a page.

use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};

use super::super::output::{count, number, print, print_json, table, table_of};
use super::{Args, Format};
use crate::scenario::figures::Unit;
use crate::scenario::report::page::{self, Picture, page};
use crate::scenario::report::rows::{self, Item, Sinks, Table, Writer};
use crate::scenario::run::detail;
use crate::scenario::{Case, Day, DayResult, Detail, Metric, Running, Scenario, Study};

/// A scenario and the days it is asked of.
pub struct Question {
    pub scenario: Scenario,
    pub days: Vec<Day>,
}

/// Where studies go.
pub struct Target {
    format: Format,
    place: Place,
}

enum Place {
    Output,
    File(PathBuf),
    Folder(PathBuf),
}

/// Days that a page draws, at most.
const PICTURES_MAX: usize = 4;
/// The figures of a table where nothing else is said.
const USUAL: [Metric; 7] = [Metric::Unplaced, Metric::ServiceLevel, Metric::People, Metric::Temps, Metric::Spread, Metric::Moved, Metric::Revenue];

impl Target {
    /// What was said, as far as it makes sense.
    pub fn of(out: Option<&Path>, format: Format, scenarios: usize) -> anyhow::Result<Target> {
        let place = match out {
            None => Place::Output,
            Some(path) if path == Path::new("-") => Place::Output,
            Some(path) if path.is_dir() || path.as_os_str().to_string_lossy().ends_with('/') => Place::Folder(path.to_owned()),
            Some(path) => Place::File(path.to_owned()),
        };
        match (&place, format) {
            (Place::Output | Place::File(_), Format::Parquet) => bail!("parquet goes into a folder; expected --out DIR/"),
            (Place::File(_) | Place::Output, Format::Html) if scenarios > 1 => bail!("each scenario has a page of its own; expected --out DIR/"),
            _ => Ok(Target { format, place }),
        }
    }

    /// Begins the rows, where rows are wanted.
    pub fn rows(&self) -> anyhow::Result<Option<RowsOut>> {
        let format = match self.format {
            Format::Csv => rows::Format::Csv,
            Format::Parquet => rows::Format::Parquet,
            Format::Table | Format::Json | Format::Html => return Ok(None),
        };
        let sink = |table: Table| -> anyhow::Result<Sink> {
            match &self.place {
                Place::Folder(folder) => {
                    std::fs::create_dir_all(folder).with_context(|| format!("{}: cannot be made", folder.display()))?;
                    create(&folder.join(format!("{}.{}", table.as_str(), format.as_str())))
                }
                Place::File(path) if table == Table::Scenarios => create(path),
                Place::Output if table == Table::Scenarios => Ok(Box::new(std::io::stdout())),
                Place::File(_) | Place::Output => Ok(Box::new(std::io::sink())),
            }
        };
        let sinks = Sinks { scenarios: sink(Table::Scenarios)?, bookings: sink(Table::Bookings)?, people: sink(Table::People)? };
        Ok(Some(RowsOut { writer: Writer::new(format, sinks)?, in_full: matches!(self.place, Place::Folder(_)) }))
    }

    /// Shows one study as soon as it is there, as far as the format lets it.
    pub fn show(&self, study: &Study, question: &Question, running: &Running<'_>, args: &Args) -> anyhow::Result<()> {
        match self.format {
            Format::Table => self.put(&study.name, "txt", &(in_words(study, args) + "\n")),
            Format::Html => self.put(&study.name, "html", &page(study, &question.pictures(study, running)?)),
            Format::Json | Format::Csv | Format::Parquet => Ok(()),
        }
    }

    /// Shows what needs all studies.
    pub fn finish(&self, studies: &[Study]) -> anyhow::Result<()> {
        match (self.format, &self.place) {
            (Format::Json, Place::Output) => print_json(studies),
            (Format::Json, Place::File(_)) => self.put("", "json", &(serde_json::to_string_pretty(studies)? + "\n")),
            (Format::Json, Place::Folder(_)) => {
                studies.iter().try_for_each(|study| self.put(&study.name, "json", &(serde_json::to_string_pretty(study)? + "\n")))
            }
            _ => Ok(()),
        }
    }

    fn put(&self, name: &str, ending: &str, text: &str) -> anyhow::Result<()> {
        let path = match &self.place {
            Place::Output => return print(text.trim_end()),
            Place::File(path) => path.clone(),
            Place::Folder(folder) => {
                std::fs::create_dir_all(folder).with_context(|| format!("{}: cannot be made", folder.display()))?;
                folder.join(format!("{}.{ending}", file_name(name)))
            }
        };
        std::fs::write(&path, text).with_context(|| format!("{}: cannot be written", path.display()))
    }
}

type Sink = Box<dyn Write + Send>;

/// The rows of all studies, as they are written.
pub struct RowsOut {
    writer: Writer<Sink>,
    in_full: bool,
}

impl RowsOut {
    /// Writes the rows of a study: of its days, and where they go into a folder also of their bookings and people.
    pub fn push(&mut self, study: &Study, question: &Question, running: &Running<'_>) -> anyhow::Result<()> {
        for (result, day) in study.base_days.iter().zip(&question.days) {
            let detail = self.detail(question, None, 1, day, running)?;
            self.writer.push(&Item::of_base(study, result, detail.as_ref()))?;
        }
        for case in &study.cases {
            for draw in &case.draws {
                for (result, day) in draw.days.iter().zip(&question.days) {
                    let detail = self.detail(question, Some(case), draw.seed, day, running)?;
                    self.writer.push(&Item::of_case(study, case, draw, result, detail.as_ref()))?;
                }
            }
        }
        Ok(())
    }

    fn detail(&self, question: &Question, case: Option<&Case>, seed: u64, day: &Day, running: &Running<'_>) -> anyhow::Result<Option<Detail>> {
        let choice = case.map(|case| &case.parameters);
        Ok(if self.in_full { Some(detail(&question.scenario, choice, seed, day, running)?) } else { None })
    }

    /// Writes what is left.
    pub fn finish(self) -> anyhow::Result<()> {
        let mut sinks = self.writer.finish()?;
        for sink in [&mut sinks.scenarios, &mut sinks.bookings, &mut sinks.people] {
            sink.flush()?;
        }
        Ok(())
    }
}

fn create(path: &Path) -> anyhow::Result<Sink> {
    let file = std::fs::File::create(path).with_context(|| format!("{}: cannot be written", path.display()))?;
    Ok(Box::new(std::io::BufWriter::new(file)))
}

impl Question {
    /// The days that a page draws: of the best case, and of others on its front, that on which most customers are unserved.
    fn pictures(&self, study: &Study, running: &Running<'_>) -> anyhow::Result<Vec<Picture>> {
        let best = page::best(study);
        let beside = |case: &&Case| best.is_none_or(|best| best.label != case.label && study.circumstances_of(best) == study.circumstances_of(case));
        let others = study.cases.iter().filter(|case| case.on_front).filter(beside);
        let mut pictures = Vec::new();
        for case in best.into_iter().chain(others).take(PICTURES_MAX) {
            let Some(draw) = case.draws.first() else { continue };
            let unplaced = |k: &usize| draw.days[*k].unplaced.len().max(study.base_days[*k].unplaced.len());
            let Some(k) = (0..draw.days.len()).max_by_key(|k| (unplaced(k), std::cmp::Reverse(*k))) else { continue };
            let base = detail(&self.scenario, None, draw.seed, &self.days[k], running)?;
            let scenario = detail(&self.scenario, Some(&case.parameters), draw.seed, &self.days[k], running)?;
            pictures.push(Picture { label: case.label.clone(), base: Some(base), scenario });
        }
        Ok(pictures)
    }
}

/// A scenario's name as that of a file.
fn file_name(name: &str) -> String {
    name.chars().map(|c| if c.is_alphanumeric() || matches!(c, '-' | '_' | '.') { c } else { '-' }).collect()
}

/// The study as tables.
fn in_words(study: &Study, args: &Args) -> String {
    let mut out = format!("{}: {}; profile {}", study.name, study.base, study.profile);
    if !study.description.is_empty() {
        out.push_str(&format!("\n{}", study.description));
    }
    let open = study.cases.iter().filter(|case| !case.is_proven()).count();
    out.push_str(&match open {
        0 => format!("\n{}, every day proven", count(study.cases.len(), "case")),
        open => format!("\n{}, {open} of them with days that are not proven (marked ~)", count(study.cases.len(), "case")),
    });
    out.push_str(&format!("\n\n{}", cases(study, &figures_of(study, args))));
    if args.days {
        out.push_str(&days(study));
    }
    if study.cases.len() > 1 && study.cases.iter().any(|case| case.on_front) {
        out.push_str("\n\n* on the front: of the same customers, no case serves more with as few people");
    }
    out
}

fn figures_of(study: &Study, args: &Args) -> Vec<Metric> {
    let wanted = if args.figures.is_empty() { USUAL.to_vec() } else { args.figures.clone() };
    let applies = |metric: &Metric| study.base_total.get(*metric).is_some();
    let matters = |metric: &Metric| {
        *metric != Metric::Temps || args.figures.contains(metric) || study.cases.iter().any(|case| case.total.get(*metric).is_some_and(|n| n > 0.0))
    };
    wanted.into_iter().filter(applies).filter(matters).collect()
}

/// One row for each case, the base first.
fn cases(study: &Study, figures: &[Metric]) -> String {
    let several = study.cases.len() > 1;
    let mut rows = Vec::new();
    let mut base = vec!["base".to_owned()];
    base.extend(figures.iter().map(|metric| shown(*metric, study.base_total.get(*metric))));
    rows.push(base);
    for case in &study.cases {
        let mark = match (several && case.on_front, case.is_proven()) {
            (true, true) => " *",
            (true, false) => " *~",
            (false, false) => " ~",
            (false, true) => "",
        };
        let mut row = vec![format!("{}{mark}", case.label)];
        row.extend(figures.iter().map(|metric| beside(case, *metric)));
        rows.push(row);
    }
    let mut header = vec!["case"];
    header.extend(figures.iter().map(|metric| metric.as_str()));
    table_of(&header, &rows)
}

/// A figure, how much more that is than the base, and half the width of the range where there is one.
fn beside(case: &Case, metric: Metric) -> String {
    let value = shown(metric, case.total.get(metric));
    let more = case.difference.get(metric).filter(|more| more.abs() > 5e-4).map(|more| signed(metric, more)).unwrap_or_default();
    let range = case.ranges.iter().find(|range| range.metric == metric.as_str()).filter(|range| range.most > range.least);
    let range = range.map(|range| format!(" ±{}", shown(metric, Some((range.high - range.low) / 2.0)))).unwrap_or_default();
    format!("{value}{range}{more}")
}

fn signed(metric: Metric, more: f64) -> String {
    let sign = if more < 0.0 { "-" } else { "+" };
    format!(" ({sign}{})", shown(metric, Some(more.abs())))
}

/// A figure for people.
fn shown(metric: Metric, value: Option<f64>) -> String {
    match (metric.unit(), value) {
        (_, None) => String::new(),
        (Unit::Share, Some(share)) => format!("{:.1} %", share * 100.0),
        (Unit::Cents, Some(cents)) => format!("{:.2}", cents / 100.0),
        (_, Some(value)) if (value - value.round()).abs() < 1e-6 => number(value),
        (_, Some(value)) => format!("{value:.1}"),
    }
}

/// Every day of every case, and what nobody serves.
fn days(study: &Study) -> String {
    let draws = study.cases.iter().flat_map(|case| case.draws.iter().map(move |draw| (case, draw)));
    let of_cases = draws.flat_map(|(case, draw)| {
        let seed = if case.draws.len() > 1 { format!(" seed {}", draw.seed) } else { String::new() };
        draw.days.iter().map(move |day| (format!("{}{seed}", case.label), day))
    });
    let all: Vec<(String, &DayResult)> = study.base_days.iter().map(|day| ("base".to_owned(), day)).chain(of_cases).collect();
    let row = |(label, day): &(String, &DayResult)| {
        let of = |metric| shown(metric, day.figures.get(metric));
        let lost: Vec<String> = day.unplaced.iter().map(|lost| format!("{} {} {}", &lost.start[11..16], lost.service, lost.booking)).collect();
        [
            label.clone(),
            day.date.to_string(),
            of(Metric::Bookings),
            of(Metric::People),
            of(Metric::Spread),
            of(Metric::Moved),
            if day.proven { "proven".to_owned() } else { day.stopped.clone() },
            day.run[..12].to_owned(),
            lost.join(", "),
        ]
    };
    let header = ["case", "day", "bookings", "people", "spread", "moved", "", "run", "nobody serves"];
    let mut out = format!("\n\n{}", table(header, all.iter().map(row)));
    let hours: Vec<[String; 6]> = all
        .iter()
        .flat_map(|(label, day)| {
            day.hours.iter().take(5).map(move |hour| {
                let gain = hour.gain_per_hour.map(|gain| format!("{gain:.2}")).unwrap_or_default();
                let until = format!("{}+{}h", hour.from, hour.hours);
                [label.clone(), day.date.to_string(), hour.qualification.clone(), until, format!("{:.2}", hour.price_per_hour), gain]
            })
        })
        .collect();
    if !hours.is_empty() {
        let header = ["case", "day", "one more who can", "from", "an hour by prices", "dealt again"];
        out.push_str(&format!("\n\n{}", table(header, hours)));
    }
    out
}

/// What the columns of the rows mean.
pub fn columns() -> String {
    let of = |which: Table| {
        let rows = which.fields().into_iter().map(|field| {
            let kind = field.kind.as_str().to_owned();
            [field.name.to_owned(), if field.optional { kind + ", may be empty" } else { kind }, field.meaning.to_owned()]
        });
        format!("{}\n\n{}", which.as_str(), table(["column", "type", "meaning"], rows))
    };
    Table::ALL.map(of).join("\n\n")
}
