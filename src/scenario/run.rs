//! Many days at once: every case, draw and day of a scenario, in parallel, each distinct question solved once and remembered.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::change::{Changed, Draws};
use super::document::{Scenario, ScenarioFaults, Step};
use super::grid::{self, Choice};
use super::hours::{self, HourValue};
use super::{Case, Day, DayResult, Draw, Figures, Study, dealt};
use crate::alloc::check::check_with_profile;
use crate::alloc::instance::Instance;
use crate::alloc::solve::highs;
use crate::alloc::{Limits, Profile, Stop, served_by_plan};
use crate::sheet::{Plan, read, write};

/// A solved day in full.
#[derive(Debug, Clone, PartialEq)]
pub struct Detail {
    /// The day as it was solved, its changes applied.
    pub day: Day,
    /// The plan; it answers the day's sheet and has passed the checker.
    pub plan: Plan,
}

/// A day's answer, as it is remembered.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Answer {
    /// Which scenario asked first.
    pub scenario: String,
    /// Which case of it; empty for the base.
    pub case: String,
    /// Where.
    pub location: String,
    /// Which local day.
    pub date: chrono::NaiveDate,
    /// The version of the day in the database, where it comes from one.
    pub version: Option<i64>,
    /// The sheet that was solved (zamu.sheet/1), where the day comes from a database: what is only supposed is found by it.
    pub sheet: Option<String>,
    /// The objective.
    pub profile: Profile,
    /// The plan.
    pub plan: Plan,
    /// What hours of one more person are worth.
    pub hours: Vec<HourValue>,
}

/// What was answered before, by the hash of what was asked. Nothing of it is believed before the checker has passed it.
pub trait Memory: Sync {
    /// The answer to a question, if it is remembered.
    fn recall(&self, run: &str) -> Option<Answer>;
    /// Remembers an answer.
    fn keep(&self, run: &str, answer: &Answer);
}

/// Remembers as long as it lives.
#[derive(Debug, Default)]
pub struct InMemory(Mutex<HashMap<String, Answer>>);

impl Memory for InMemory {
    fn recall(&self, run: &str) -> Option<Answer> {
        self.0.lock().ok()?.get(run).cloned()
    }

    fn keep(&self, run: &str, answer: &Answer) {
        if let Ok(mut known) = self.0.lock() {
            known.insert(run.to_owned(), answer.clone());
        }
    }
}

/// How far it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// Days solved, or remembered.
    pub done: usize,
    /// Of how many.
    pub total: usize,
}

/// Runs a search within a number of seconds: it is handed the flag to raise and the work to do.
pub type Limited<'a> = dyn Fn(&Stop, f64, &mut (dyn FnMut() + Send)) + Sync + 'a;

/// How a scenario is run.
pub struct Running<'a> {
    /// Days at a time; each search uses one thread, so that no result depends on it.
    pub threads: usize,
    /// Ends everything.
    pub stop: &'a Stop,
    /// What was answered before.
    pub memory: &'a dyn Memory,
    /// Runs one day's search within a number of seconds.
    pub limited: &'a Limited<'a>,
    /// Hears of each day when it is done.
    pub progress: &'a (dyn Fn(Progress) + Sync),
}

/// Why there is no study.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum Ended {
    /// It was told to stop; what was solved is remembered.
    #[error("stopped before the end; what was solved so far is remembered, and the next run goes on from there")]
    Stopped,
    /// The scenario does not fit its base.
    #[error("{0}")]
    Refused(ScenarioFaults),
    /// A change cannot be made on a day.
    #[error("{place}: {said}")]
    Impossible {
        /// Scenario, case and day.
        place: String,
        /// What is wrong.
        said: String,
    },
    /// A plan that the checker found a fault in. Nothing of it is shown.
    #[error("{place}: the plan breaks a rule, so nothing is shown: {said}")]
    Broken {
        /// Scenario, case and day.
        place: String,
        /// What the checker said.
        said: String,
    },
}

/// A question: a changed day, ready to be solved.
struct Asked {
    changed: Changed,
    run: String,
}

/// What is asked about: the base, or a case with a seed.
#[derive(Clone, Copy)]
struct Which<'s> {
    case: &'s str,
    steps: &'s [Step],
    seed: u64,
}

/// Runs every case of a scenario on every day of a base.
///
/// # Errors
/// The scenario names what the base has not got; a change that cannot be made; it was told to stop.
pub fn run(scenario: &Scenario, base: &[Day], running: &Running<'_>) -> Result<Study, Ended> {
    scenario.suits(base).map_err(Ended::Refused)?;
    let base: Vec<Day> = base
        .iter()
        .cloned()
        .map(|mut day| {
            scenario.name_services(&mut day);
            day
        })
        .collect();
    let choices = scenario.choices();
    let cases: Vec<(String, Vec<Step>)> = choices.iter().map(|choice| case(scenario, choice)).collect::<Result<_, _>>()?;
    let seeds: &[u64] = if scenario.draws() { &scenario.seeds } else { &scenario.seeds[..1] };
    let as_it_is = Which { case: "", steps: &[], seed: seeds[0] };
    let drawn = cases.iter().flat_map(|(case, steps)| seeds.iter().map(move |&seed| Which { case, steps, seed }));
    let units: Vec<(Which<'_>, &Day)> = std::iter::once(as_it_is).chain(drawn).flat_map(|which| base.iter().map(move |day| (which, day))).collect();
    let done = AtomicUsize::new(0);
    let all = || -> Result<Vec<DayResult>, Ended> {
        // Equal questions are found first, so that each is solved once and the end can be foreseen.
        let runs: Vec<String> = units.par_iter().map(|(which, day)| Ok(ask(scenario, *which, day)?.run)).collect::<Result<_, Ended>>()?;
        let mut first: BTreeMap<&str, usize> = BTreeMap::new();
        for (k, run) in runs.iter().enumerate() {
            first.entry(run).or_insert(k);
        }
        let asked: BTreeSet<usize> = first.values().copied().collect();
        let total = asked.len();
        (running.progress)(Progress { done: 0, total });
        let answers: HashMap<usize, DayResult> = asked
            .into_par_iter()
            .map(|k| {
                let (which, day) = units[k];
                let result = result(scenario, which, day, running)?;
                (running.progress)(Progress { done: done.fetch_add(1, Ordering::Relaxed) + 1, total });
                Ok((k, result))
            })
            .collect::<Result<_, Ended>>()?;
        Ok(runs.iter().map(|run| answers[&first[run.as_str()]].clone()).collect())
    };
    let mut results = match rayon::ThreadPoolBuilder::new().num_threads(running.threads.max(1)).build() {
        Ok(pool) => pool.install(all),
        // No threads to be had is no reason not to answer.
        Err(_) => all(),
    }?
    .into_iter();
    let mut days = || results.by_ref().take(base.len()).collect::<Vec<DayResult>>();
    let base_days = days();
    let base_total = Figures::together(base_days.iter().map(|day| &day.figures));
    let cases = cases
        .iter()
        .zip(choices)
        .map(|((label, _), choice)| {
            let draws = seeds.iter().map(|&seed| Draw::new(seed, days())).collect();
            Case::new(label.clone(), choice, draws, &base_total)
        })
        .collect();
    let mut study = Study {
        name: scenario.name.clone(),
        description: scenario.description.clone(),
        base: in_words(&base),
        profile: scenario.profile.name.clone(),
        parameters: scenario.parameters.iter().map(|(name, _)| name.clone()).collect(),
        circumstances: scenario.circumstances(),
        base_days,
        base_total,
        cases,
    };
    study.mark_front();
    study.judge(&scenario.expectations);
    Ok(study)
}

/// One solved day in full: of the base where `choice` is `None`. Solved again where it is not remembered.
///
/// # Errors
/// As [`run`].
pub fn detail(scenario: &Scenario, choice: Option<&Choice>, seed: u64, day: &Day, running: &Running<'_>) -> Result<Detail, Ended> {
    let mut day = day.clone();
    scenario.name_services(&mut day);
    let (label, steps) = match choice {
        Some(choice) => case(scenario, choice)?,
        None => (String::new(), Vec::new()),
    };
    let which = Which { case: &label, steps: &steps, seed };
    let asked = ask(scenario, which, &day)?;
    let answer = answer(scenario, which, &asked, running)?;
    Ok(Detail { day: asked.changed.day, plan: answer.plan })
}

fn case(scenario: &Scenario, choice: &Choice) -> Result<(String, Vec<Step>), Ended> {
    let label = if choice.is_empty() { scenario.name.clone() } else { grid::label(choice) };
    let steps = scenario.steps(choice).map_err(|said| Ended::Impossible { place: format!("{}, {label}", scenario.name), said })?;
    Ok((label, steps))
}

/// Applies the changes of a case to a copy of a day.
fn ask(scenario: &Scenario, which: Which<'_>, day: &Day) -> Result<Asked, Ended> {
    let place = || format!("{}, {}, {}", scenario.name, if which.case.is_empty() { "base" } else { which.case }, day.sheet.date);
    let mut changed = Changed { day: day.clone(), profile: scenario.profile.clone(), late: BTreeSet::new(), drawn: BTreeSet::new() };
    for (k, step) in which.steps.iter().enumerate() {
        if step.on.is_empty() || step.on.iter().any(|on| on.means(day.sheet.date)) {
            let draws = Draws { seed: which.seed, change: k };
            let impossible = |said| Ended::Impossible { place: format!("{}, change[{k}] ({})", place(), step.change.word()), said };
            step.change.apply(&mut changed, draws).map_err(impossible)?;
        }
    }
    changed.profile.tiers.truncate(scenario.first_tiers.unwrap_or(usize::MAX));
    // Only what is a measure may be near: how many are unserved or moved is counted.
    for tier in changed.profile.tiers.iter_mut().skip(1).filter(|tier| !tier.terms.iter().all(|(term, _)| term.is_integral())) {
        tier.gap = scenario.gap;
    }
    let document = write::to_json(&changed.day.sheet);
    if !which.steps.is_empty() {
        let faults = |faults| Ended::Impossible { place: place(), said: format!("the changes make a day that cannot be: {faults}") };
        read::from_str(&document).map_err(faults)?;
    }
    let run = write::sha256_bytes(
        format!(
            "{}\n{}\n{:?}\n{:?}\n{:?}\n{document}",
            env!("CARGO_PKG_VERSION"),
            highs::solver(),
            changed.profile,
            changed.late,
            changed.day.origin.version
        )
        .as_bytes(),
    );
    Ok(Asked { changed, run })
}

fn result(scenario: &Scenario, which: Which<'_>, day: &Day, running: &Running<'_>) -> Result<DayResult, Ended> {
    let asked = ask(scenario, which, day)?;
    let Answer { plan, hours, .. } = answer(scenario, which, &asked, running)?;
    let Changed { day, .. } = &asked.changed;
    Ok(DayResult {
        run: asked.run.clone(),
        location: day.sheet.location.id.clone(),
        date: day.sheet.date,
        figures: Figures::of_day(day, &plan),
        unplaced: dealt::lost(day, &plan),
        hours,
        proven: plan.solve.stopped == "proof",
        stopped: plan.solve.stopped,
    })
}

/// The answer to a question: remembered, if the checker passes it, else solved.
fn answer(scenario: &Scenario, which: Which<'_>, asked: &Asked, running: &Running<'_>) -> Result<Answer, Ended> {
    let Changed { day, profile, late, .. } = &asked.changed;
    let passes = |plan: &Plan| check_with_profile(&day.sheet, plan, profile).faults;
    if let Some(known) = running.memory.recall(&asked.run).filter(|known| passes(&known.plan).is_empty()) {
        return Ok(known);
    }
    if running.stop.cause().is_some() {
        return Err(Ended::Stopped);
    }
    let stop = running.stop.one_of_several();
    let limits = Limits { stop: stop.clone(), ..Limits::default() };
    let mut solved = None;
    (running.limited)(&stop, profile.limits.time_limit_s, &mut || {
        let plan = dealt::plan(&day.sheet, late, profile, &limits);
        let hours = match served_by_plan(&Instance::new(&day.sheet, profile.prices_finalized()), &plan) {
            Some(served) => hours::of_day(day, &served, profile, &limits),
            None => Vec::new(),
        };
        solved = Some((plan, hours));
    });
    let Some((plan, hours)) = solved.filter(|_| running.stop.cause().is_none()) else { return Err(Ended::Stopped) };
    let faults = passes(&plan);
    if !faults.is_empty() {
        let said = faults.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ");
        return Err(Ended::Broken { place: format!("{}, {}, {}", scenario.name, which.case, day.sheet.date), said });
    }
    let answer = Answer {
        scenario: scenario.name.clone(),
        case: which.case.to_owned(),
        location: day.sheet.location.id.clone(),
        date: day.sheet.date,
        version: day.origin.version,
        sheet: day.origin.version.map(|_| write::to_json(&day.sheet)),
        profile: profile.clone(),
        plan,
        hours,
    };
    // What the wall clock ended may be better another time.
    if stop.cause().is_none() {
        running.memory.keep(&asked.run, &answer);
    }
    Ok(answer)
}

/// Which days these are: `westlands, 2026-11-21 to 2026-11-27`.
fn in_words(base: &[Day]) -> String {
    let places: BTreeSet<&str> = base.iter().map(|day| day.sheet.location.name.as_str()).collect();
    let (first, last) = (base.iter().map(|day| day.sheet.date).min(), base.iter().map(|day| day.sheet.date).max());
    let dates = match (first, last) {
        (Some(first), Some(last)) if first == last => first.to_string(),
        (Some(first), Some(last)) => format!("{first} to {last} ({} days)", base.len()),
        _ => "no days".to_owned(),
    };
    format!("{}, {dates}", places.into_iter().collect::<Vec<_>>().join(" and "))
}
