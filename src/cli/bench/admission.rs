//! `zamu bench admission`.

use std::collections::BTreeSet;
use std::time::Instant;

use serde::Serialize;

use super::super::output::{Exit, print, print_json, table};
use super::{machine, size};
use crate::alloc::admission::{Admission, Answer, Effort, Step};
use crate::alloc::greedy;
use crate::alloc::instance::{Instance, Served};
use crate::alloc::solve::feasible::all_at_once;
use crate::alloc::stop::Stop;
use crate::domain::{Minute, Span};
use crate::sheet::spa::{Size, Spa};
use crate::sheet::{Booking, Demand, Sheet};

/// Minutes between two times that are asked for.
const STEP_MINUTES: i64 = 15;
/// How full the day is when it is asked about: this many in a hundred of its bookings are there.
const STAGES_PERCENT: [usize; 3] = [60, 80, 100];
/// Refusals of a day that the program is asked about once more.
const SECOND_OPINIONS: usize = 5;

/// Measures how long it takes to say whether one more booking fits, when provisional ones may be moved for it.
///
/// The days are those of a spa while it takes bookings: 60, 80 and 100 % of them are there, nobody is ill. Each is prepared once and asked about
/// every treatment in every length, at every quarter of an hour, for anybody, a woman and a man. Every yes is followed and checked; some
/// refusals of each day are put to the mixed-integer program as a whole, as a second opinion.
///
/// Exit code 0; 1 when an answer did not stand up to that.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  zamu bench admission
  zamu bench admission --sizes M,L --seeds 1,2,3 --json")]
pub struct Args {
    /// Sizes of made-up days: S (8 people), M (20), L (50), XL (200), XXL (500)
    #[arg(long, value_name = "SIZES", value_delimiter = ',', default_value = "M", value_parser = size)]
    sizes: Vec<Size>,
    /// Their seeds, one day each
    #[arg(long, value_name = "SEEDS", value_delimiter = ',', default_value = "1,2,3,4,5,6,7,8,9,10")]
    seeds: Vec<u64>,
    /// Looks into every question until it is answered, where somebody who books would not be kept waiting for it
    #[arg(long)]
    whole: bool,
    /// Print JSON instead of the table
    #[arg(long)]
    json: bool,
}

/// What came out for a size and a stage.
#[derive(Debug, Clone, Serialize)]
struct Row {
    size: &'static str,
    stage_percent: usize,
    days: usize,
    questions: usize,
    /// Somebody was free.
    free: usize,
    /// Somebody was once others had moved.
    reshuffled: usize,
    full: usize,
    undecided: usize,
    /// Questions that the quick steps left to a search or the program.
    searched: usize,
    programs: usize,
    moves_p50: usize,
    moves_max: usize,
    prepare_p50_us: f64,
    p50_us: f64,
    p99_us: f64,
    max_us: f64,
    /// Yeses that were followed, and refusals the program confirmed.
    checked: usize,
    faults: Vec<String>,
}

#[derive(Serialize)]
struct Report {
    machine: machine::Machine,
    rows: Vec<Row>,
}

/// Runs it.
pub fn run(args: &Args) -> anyhow::Result<Exit> {
    let effort = if args.whole { Effort::Whole } else { Effort::Brief };
    let stages = args.sizes.iter().flat_map(|&size| STAGES_PERCENT.map(|percent| (size, percent)));
    let rows: Vec<Row> = stages.map(|(size, percent)| measure(size, percent, &args.seeds, effort)).collect();
    let sound = rows.iter().all(|row| row.faults.is_empty());
    let report = Report { machine: machine::here(), rows };
    if args.json {
        print_json(&report)?;
    } else {
        print(for_people(&report))?;
    }
    Ok(Exit::answer(sound))
}

/// The day as it stood when so many in a hundred of its bookings were there.
fn day(size: Size, percent: usize, seed: u64) -> Sheet {
    let mut sheet = Spa { absent: 0, ..Spa::of(size) }.day(seed);
    // They stand in the order in which they were taken.
    sheet.bookings.truncate(sheet.bookings.len() * percent / 100);
    sheet
}

/// Every treatment as it is booked that day, at every quarter of an hour, for anybody, a woman and a man.
fn questions(sheet: &Sheet) -> Vec<Booking> {
    let kinds: BTreeSet<(i64, u32, &BTreeSet<String>)> =
        sheet.bookings.iter().map(|b| (b.span.minutes(), b.buffer_after_minutes, &b.demands[0].qualifications)).collect();
    let shifts = || sheet.resources.iter().flat_map(|r| &r.shifts);
    let (Some(open), Some(close)) = (shifts().map(|s| s.start.0).min(), shifts().map(|s| s.end.0).max()) else { return Vec::new() };
    let (Some(model), mut out) = (sheet.bookings.first(), Vec::new()) else { return Vec::new() };
    for (minutes, buffer_after_minutes, qualifications) in kinds {
        for gender in [None, Some("female"), Some("male")] {
            for start in (open..=close - minutes - i64::from(buffer_after_minutes)).step_by(STEP_MINUTES as usize) {
                out.push(Booking {
                    id: format!("asked {}", out.len()),
                    span: Span::new(Minute(start), Minute(start + minutes)),
                    buffer_after_minutes,
                    demands: vec![Demand { qualifications: qualifications.clone(), ..model.demands[0].clone() }],
                    gender: gender.map(str::to_owned),
                    assignment: None,
                    ..model.clone()
                });
            }
        }
    }
    out
}

fn measure(size: Size, percent: usize, seeds: &[u64], effort: Effort) -> Row {
    let mut row = Row::empty(size, percent, seeds.len());
    let (mut times_us, mut prepare_us, mut moves) = (Vec::new(), Vec::new(), Vec::new());
    for &seed in seeds {
        let mut sheet = day(size, percent, seed);
        let booked = sheet.bookings.len();
        let asked = questions(&sheet);
        sheet.bookings.extend(asked);
        let instance = Instance::new(&sheet, false);
        let began = Instant::now();
        let admission = Admission::of_current(&instance);
        prepare_us.push(began.elapsed().as_secs_f64() * 1e6);
        let standing: Served = instance.bookings.iter().map(|job| (!job.current.is_empty()).then(|| job.current.clone())).collect();
        let mut doubted = 0;
        for question in booked..sheet.bookings.len() {
            let began = Instant::now();
            let verdict = admission.ask(question, effort);
            times_us.push(began.elapsed().as_secs_f64() * 1e6);
            row.searched += usize::from(verdict.step >= Step::Search);
            row.programs += usize::from(verdict.step == Step::Program);
            let about = || format!("{}-{seed} at {percent} %, {}", size.as_str(), sheet.bookings[question].id);
            let none = Vec::new();
            let (by, moved) = match &verdict.answer {
                Answer::Free(by) => (by, &none),
                Answer::Reshuffled(found) => {
                    moves.push(found.moves.len());
                    (&found.by, &found.moves)
                }
                Answer::Full => {
                    row.full += 1;
                    if verdict.step == Step::Search && doubted < SECOND_OPINIONS {
                        doubted += 1;
                        row.checked += 1;
                        let everybody: Vec<usize> = (0..booked).chain([question]).collect();
                        if all_at_once(&instance, &everybody, &Stop::new()) == Some(true) {
                            row.faults.push(format!("{}: refused, and the program has a way", about()));
                        }
                    }
                    continue;
                }
                Answer::Undecided => {
                    row.undecided += 1;
                    continue;
                }
            };
            row.checked += 1;
            row.free += usize::from(moved.is_empty());
            row.reshuffled += usize::from(!moved.is_empty());
            if !holds(&instance, &standing, question, by, moved) {
                row.faults.push(format!("{}: said to fit, and somebody has to go", about()));
            }
        }
    }
    row.questions = times_us.len();
    (row.p50_us, row.p99_us, row.max_us) = (quantile(&mut times_us, 0.5), quantile(&mut times_us, 0.99), quantile(&mut times_us, 1.0));
    row.prepare_p50_us = quantile(&mut prepare_us, 0.5);
    moves.sort_unstable();
    row.moves_p50 = moves.get(moves.len() / 2).copied().unwrap_or(0);
    row.moves_max = moves.last().copied().unwrap_or(0);
    row
}

/// Does the new assignment hold for everybody, by the rule that deals bookings one by one?
fn holds(instance: &Instance, standing: &Served, question: usize, by: &[usize], moves: &[(usize, Vec<usize>)]) -> bool {
    let mut wanted = standing.clone();
    wanted[question] = Some(by.to_vec());
    for (booking, by) in moves {
        wanted[*booking] = Some(by.clone());
    }
    let dealt = greedy::repair(instance, &wanted);
    wanted.iter().zip(&dealt).all(|(wanted, dealt)| wanted.is_none() || wanted == dealt)
}

/// The value that this share of them do not exceed; 0 of nothing.
fn quantile(of: &mut [f64], share: f64) -> f64 {
    of.sort_by(f64::total_cmp);
    let at = (of.len() as f64 * share).ceil() as usize;
    of.get(at.saturating_sub(1)).copied().unwrap_or(0.0)
}

impl Row {
    fn empty(size: Size, stage_percent: usize, days: usize) -> Row {
        Row {
            size: size.as_str(),
            stage_percent,
            days,
            questions: 0,
            free: 0,
            reshuffled: 0,
            full: 0,
            undecided: 0,
            searched: 0,
            programs: 0,
            moves_p50: 0,
            moves_max: 0,
            prepare_p50_us: 0.0,
            p50_us: 0.0,
            p99_us: 0.0,
            max_us: 0.0,
            checked: 0,
            faults: Vec::new(),
        }
    }
}

fn for_people(report: &Report) -> String {
    let ms = |us: f64| if us < 100.0 { format!("{us:.1} µs") } else { format!("{:.2} ms", us / 1e3) };
    let rows = report.rows.iter().map(|row| {
        [
            format!("{} {} %", row.size, row.stage_percent),
            row.questions.to_string(),
            row.free.to_string(),
            row.reshuffled.to_string(),
            row.full.to_string(),
            row.undecided.to_string(),
            format!("{} ({})", row.searched, row.programs),
            format!("{} / {}", row.moves_p50, row.moves_max),
            ms(row.p50_us),
            ms(row.p99_us),
            ms(row.max_us),
        ]
    });
    let heads = ["day", "questions", "free", "reshuffled", "full", "undecided", "searched (program)", "moves p50 / max", "p50", "p99", "max"];
    let mut out = format!("{}\n\n{}", report.machine, table(heads, rows));
    let checked: usize = report.rows.iter().map(|row| row.checked).sum();
    out.push_str(&format!("\n\n{checked} answers checked"));
    for fault in report.rows.iter().flat_map(|row| &row.faults) {
        out.push_str(&format!("\nFAULT {fault}"));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_small_day_is_asked_and_its_answers_hold() {
        for percent in STAGES_PERCENT {
            let row = measure(Size::S, percent, &[1, 2], Effort::Whole);
            assert!(row.faults.is_empty() && row.undecided == 0, "{row:?}");
            assert_eq!(row.questions, row.free + row.reshuffled + row.full, "{row:?}");
            assert!(row.free > 0 && row.reshuffled > 0 && row.full > 0, "{row:?}");
        }
    }
}
