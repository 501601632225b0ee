//! Instances of the shift minimisation personnel task scheduling problem: tasks at fixed times, the workers qualified for each, fewest workers.
//!
//! The text format is that of Krishnamoorthy, Ernst & Baatar, "Algorithms for large scale shift minimisation personnel task scheduling problems",
//! EJOR 219 (2012), also in OR-Library as `ptask`:
//!
//! ```text
//! # comment
//! Type = 1
//! Jobs = 2
//!    2   95
//!   95  359
//! Qualifications = 1
//!  2: 0 1
//! ```
//!
//! A job's line is its start and its end, half-open; a worker's line is how many jobs follow and then their numbers, from 0.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use chrono::NaiveDate;
use chrono_tz::Tz;

use crate::domain::{Minute, ResourceKind, Span};
use crate::sheet::{Booking, Demand, Location, Resource, Sheet};

/// Times further from 0 than this are a mistake, and a sheet knows only so many years.
const TIME_MAX: i64 = 1_000_000;
/// More jobs or workers than this are another kind of file.
const COUNT_MAX: usize = 100_000;
/// Largest grid of a sheet.
const GRID_MINUTES_MAX: i64 = 24 * 60;

/// An instance as its file says it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Smptsp {
    /// Start and end of each task, half-open, in the file's units.
    pub tasks: Vec<(i64, i64)>,
    /// Per worker: the tasks they may do, ascending.
    pub workers: Vec<Vec<usize>>,
}

/// One thing wrong with a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LineFault {
    /// Counted from 1; one past the last where the file ends too early.
    pub line: usize,
    /// What was found and what was expected.
    pub message: String,
}

impl fmt::Display for LineFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: {}", self.line, self.message)
    }
}

/// Everything wrong with a file, in the order of its lines. Never empty when it is an error.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LineFaults(pub Vec<LineFault>);

impl fmt::Display for LineFaults {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        /// More than these say nothing new.
        const SHOWN: usize = 20;
        for (k, fault) in self.0.iter().take(SHOWN).enumerate() {
            write!(f, "{}{fault}", if k > 0 { "\n" } else { "" })?;
        }
        match self.0.len().saturating_sub(SHOWN) {
            0 => Ok(()),
            more => write!(f, "\nand {more} more"),
        }
    }
}

impl std::error::Error for LineFaults {}

impl Smptsp {
    /// Reads the text of a file.
    ///
    /// # Errors
    /// Every fault with its line. Where a header or a line is missing, what follows it is not read.
    pub fn read(text: &str) -> Result<Smptsp, LineFaults> {
        let mut reader = Reader { lines: content(text), at: 0, end: text.lines().count() + 1, faults: Vec::new() };
        match reader.file() {
            Some(found) if reader.faults.is_empty() => Ok(found),
            _ => Err(LineFaults(reader.faults)),
        }
    }

    /// The day sheet that asks the same: each task a booking for one person, each worker a person.
    ///
    /// A unit of time is a minute, counted from midnight (UTC) of 2012-01-01; an instance longer than a day goes on into the next. Everybody is on
    /// shift from the first start to the last end. Tasks that the same workers may do share a qualification, which exactly those workers have;
    /// a task that everybody may do needs none.
    pub fn to_sheet(&self, name: &str) -> Sheet {
        let date = NaiveDate::from_ymd_opt(2012, 1, 1).unwrap_or_default();
        let midnight = Minute::of(date.and_time(chrono::NaiveTime::MIN).and_utc());
        let span = |start: i64, end: i64| Span::new(midnight.plus(start), midnight.plus(end));
        let horizon = self.horizon();
        let classes = self.classes();
        let duty: Vec<Span> = horizon.map(|(start, end)| span(start, end)).into_iter().collect();
        let can = |tasks: &[usize]| tasks.iter().filter_map(|&j| classes[j].clone()).collect();
        let workers = self.workers.iter().enumerate().map(|(w, tasks)| Resource::staff(format!("w{w}"), can(tasks), duty.clone()));
        let tasks = self.tasks.iter().zip(&classes).enumerate().map(|(j, (&(start, end), class))| Booking {
            id: format!("t{j}"),
            span: span(start, end),
            buffer_before_minutes: 0,
            buffer_after_minutes: 0,
            demands: vec![Demand { kind: ResourceKind::Staff, qualifications: class.iter().cloned().collect(), count: 1 }],
            gender: None,
            zone: None,
            party_size: 1,
            priority: 1,
            same_resource_as: None,
            affinity: BTreeMap::new(),
            assignment: None,
        });
        Sheet {
            location: Location { id: name.to_owned(), name: name.to_owned(), timezone: Tz::UTC },
            date,
            grid_minutes: self.grid_minutes(),
            resources: workers.collect(),
            combinations: Vec::new(),
            bookings: tasks.collect(),
        }
    }

    /// First start and last end; none without tasks.
    fn horizon(&self) -> Option<(i64, i64)> {
        let start = self.tasks.iter().map(|(start, _)| *start).min()?;
        Some((start, self.tasks.iter().map(|(_, end)| *end).max()?))
    }

    /// The largest grid that divides every duration.
    fn grid_minutes(&self) -> u32 {
        let common = self.tasks.iter().copied().chain(self.horizon()).fold(0, |common, (start, end)| gcd(common, end - start));
        let grid = (1..=GRID_MINUTES_MAX.min(common)).rev().find(|minutes| common % minutes == 0).unwrap_or(1);
        u32::try_from(grid).unwrap_or(1)
    }

    /// The qualification each task needs, named after the first task that needs it; none where everybody may do it.
    fn classes(&self) -> Vec<Option<String>> {
        let mut qualified: Vec<Vec<usize>> = vec![Vec::new(); self.tasks.len()];
        for (w, tasks) in self.workers.iter().enumerate() {
            for &j in tasks {
                qualified[j].push(w);
            }
        }
        let mut first: BTreeMap<&[usize], usize> = BTreeMap::new();
        for (j, workers) in qualified.iter().enumerate() {
            first.entry(workers).or_insert(j);
        }
        qualified.iter().map(|workers| (workers.len() < self.workers.len()).then(|| format!("q{}", first[workers.as_slice()]))).collect()
    }
}

fn gcd(a: i64, b: i64) -> i64 {
    if b == 0 { a } else { gcd(b, a % b) }
}

/// The lines that say something, with their numbers.
fn content(text: &str) -> Vec<(usize, &str)> {
    let lines = text.lines().enumerate().map(|(k, line)| (k + 1, line.trim()));
    lines.filter(|(_, line)| !line.is_empty() && !line.starts_with('#')).collect()
}

struct Reader<'t> {
    lines: Vec<(usize, &'t str)>,
    at: usize,
    /// Number of the line after the last.
    end: usize,
    faults: Vec<LineFault>,
}

impl<'t> Reader<'t> {
    fn fault(&mut self, line: usize, message: String) {
        self.faults.push(LineFault { line, message });
    }

    /// The next line with its number; reports the end of the file.
    fn next(&mut self, expected: &str) -> Option<(usize, &'t str)> {
        let found = self.lines.get(self.at).copied();
        self.at += 1;
        if found.is_none() {
            self.fault(self.end, format!("the file ends here; expected {expected}"));
        }
        found
    }

    fn file(&mut self) -> Option<Smptsp> {
        let kind = self.header("Type")?;
        if kind.1 != 1 {
            self.fault(kind.0, format!("type {}; expected Type = 1, tasks at fixed times", kind.1));
            return None;
        }
        let jobs = self.header("Jobs")?.1;
        let mut tasks = Vec::new();
        for k in 0..jobs {
            let (line, text) = self.next(&format!("the start and end of task {k} of {jobs}"))?;
            tasks.push(self.task(line, text));
        }
        let count = self.header("Qualifications")?.1;
        let mut workers = Vec::new();
        for k in 0..count {
            let (line, text) = self.next(&format!("the tasks of worker {k} of {count}, as in 2: 0 1"))?;
            workers.push(self.worker(line, text, jobs));
        }
        if let Some(&(line, text)) = self.lines.get(self.at) {
            self.fault(line, format!("{text:?} after the last worker; expected the end of the file"));
        }
        Some(Smptsp { tasks: tasks.into_iter().collect::<Option<_>>()?, workers: workers.into_iter().collect::<Option<_>>()? })
    }

    /// `word = number`, with its line.
    fn header(&mut self, word: &str) -> Option<(usize, usize)> {
        let (line, text) = self.next(&format!("{word} = a number"))?;
        let number = text.split_once('=').filter(|(left, _)| left.trim() == word).and_then(|(_, right)| right.trim().parse().ok());
        match number.filter(|number| *number <= COUNT_MAX) {
            Some(number) => Some((line, number)),
            None => {
                self.fault(line, format!("{:?}; expected {word} = a number from 0 to {COUNT_MAX}", shortened(text)));
                None
            }
        }
    }

    fn task(&mut self, line: usize, text: &str) -> Option<(i64, i64)> {
        let numbers: Option<Vec<i64>> = text.split_whitespace().map(|word| word.parse().ok().filter(|t: &i64| t.abs() <= TIME_MAX)).collect();
        match numbers.as_deref() {
            Some([start, end]) if start < end => Some((*start, *end)),
            Some([start, end]) => {
                self.fault(line, format!("the task ends at {end} and starts at {start}; expected an end after the start"));
                None
            }
            _ => {
                self.fault(line, format!("{:?}; expected a start and an end, whole numbers of at most {TIME_MAX}", shortened(text)));
                None
            }
        }
    }

    fn worker(&mut self, line: usize, text: &str, jobs: usize) -> Option<Vec<usize>> {
        let read = |word: &str| word.parse::<usize>().ok();
        let parts = text.split_once(':').and_then(|(count, list)| {
            let listed: Option<Vec<usize>> = list.split_whitespace().map(read).collect();
            Some((read(count.trim())?, listed?))
        });
        let Some((count, listed)) = parts else {
            self.fault(line, format!("{:?}; expected how many tasks the worker may do, a colon, and their numbers, as in 2: 0 1", shortened(text)));
            return None;
        };
        let tasks: BTreeSet<usize> = listed.iter().copied().collect();
        if let Some(unknown) = tasks.iter().find(|j| **j >= jobs) {
            self.fault(line, format!("names task {unknown}; expected numbers from 0 to below {jobs}"));
            return None;
        }
        if tasks.len() != listed.len() {
            self.fault(line, format!("names {} tasks more than once; expected each once", listed.len() - tasks.len()));
            return None;
        }
        if tasks.len() != count {
            self.fault(line, format!("says {count} tasks and lists {}; expected as many as it says", tasks.len()));
            return None;
        }
        Some(tasks.into_iter().collect())
    }
}

/// The beginning of a line.
fn shortened(text: &str) -> String {
    text.chars().take(60).collect()
}
