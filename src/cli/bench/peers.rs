//! Their side: what somebody would use instead, asked through the project's own scripts, valued and checked by our checker.

use std::collections::BTreeMap;
use std::fs::File;
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use anyhow::Context;
use serde::{Deserialize, Serialize};

use crate::alloc::Profile;
use crate::alloc::check::{self, Against};
use crate::sheet::plan::{Baseline, PLAN_FORMAT, Placed, PlanStatus, Reason, Solve, TierOutcome, Unplaced};
use crate::sheet::{Plan, Sheet, write};

/// Minutes by which a peer prices balance.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Step {
    /// The sheet's grid.
    Grid,
    /// The largest common divisor of a person's bookings.
    Common,
}

impl Step {
    /// The scripts' word.
    fn as_str(self) -> &'static str {
        match self {
            Step::Grid => "grid",
            Step::Common => "common",
        }
    }
}

/// Terms that the scripts know.
const TIERS: [&str; 3] = ["unplaced", "balance", "moved"];
const DAY: &str = include_str!("../../../benches/peers/day.py");
/// A peer that does not keep its limit is ended after this many times it, and half a minute for Python.
const PATIENCE: f64 = 3.0;

/// A program that solves the same days.
#[derive(Debug, Clone)]
pub struct Peer {
    name: &'static str,
    script: &'static str,
    /// Counts exactly, so that what it proves must be what we prove.
    is_exact: bool,
    version: String,
}

/// Name, Python module, its package, script, whether it counts exactly.
const KNOWN: [(&str, &str, &str, &str, bool); 2] = [
    ("HiGHS", "highspy", "highspy", include_str!("../../../benches/peers/highs.py"), true),
    ("CP-SAT", "ortools", "ortools", include_str!("../../../benches/peers/cpsat.py"), false),
];

/// What is asked of a peer.
#[derive(Debug, Clone, Copy)]
pub struct Question<'a> {
    /// The day.
    pub sheet: &'a Sheet,
    /// Its tiers.
    pub profile: &'a Profile,
    /// Limit for all tiers together.
    pub seconds: f64,
    /// Threads.
    pub threads: u16,
    /// Minutes by which it prices balance.
    pub step: Step,
}

/// What a peer did with a day.
#[derive(Debug, Clone, Serialize)]
pub struct Theirs {
    /// Who.
    pub peer: &'static str,
    /// Its version.
    pub version: String,
    /// Values by our checker, bounds by its word; without a bound where it did not get to a tier.
    pub tiers: Vec<TierOutcome>,
    /// Whether it says that every tier is proven.
    pub proven: bool,
    /// By its own clock: from the prepared sheet to the last answer.
    pub wall_ms: f64,
    /// Its time divided by ours, where we proved every tier.
    pub ratio: Option<f64>,
    /// It did not prove every tier in that time, so the true ratio is larger.
    pub ratio_is_at_least: bool,
    /// Whether it counts exactly.
    #[serde(skip)]
    pub is_exact: bool,
    /// Why there is no answer, where there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub failed: Option<String>,
    /// Everything wrong with its plan.
    pub faults: Vec<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Answer {
    unsupported: Option<String>,
    tiers: Vec<Proven>,
    assignments: Vec<Placed>,
    seconds: f64,
}

#[derive(Debug, Deserialize)]
struct Proven {
    name: String,
    bound: f64,
    optimal: bool,
}

/// The peers this Python has; a note for each it has not.
///
/// # Errors
/// There is no such Python.
pub fn find(python: &Path, profile: &Profile, notes: &mut Vec<String>) -> anyhow::Result<Vec<Peer>> {
    let strange =
        profile.tiers.iter().find(|t| t.slack > 0.0 || t.terms.len() != 1 || t.terms[0].1 != 1.0 || !TIERS.contains(&t.terms[0].0.as_str()));
    if let Some(tier) = strange {
        notes.push(format!("no peers: they know the tiers {} without slack, the profile {} has {}", TIERS.join(", "), profile.name, tier.name));
        return Ok(Vec::new());
    }
    let mut found = Vec::new();
    for (name, module, package, script, is_exact) in KNOWN {
        let ask = format!("import {module}; from importlib.metadata import version; print(version({package:?}))");
        let answer = Command::new(python).args(["-c", &ask]).stdin(Stdio::null()).output();
        let answer = answer.with_context(|| format!("{} cannot be run; name a Python with --python", python.display()))?;
        if answer.status.success() {
            found.push(Peer { name, script, is_exact, version: String::from_utf8_lossy(&answer.stdout).trim().to_owned() });
        } else {
            notes.push(format!("no {name}: {} has no {package} (pip install -r benches/peers/requirements.txt, or --python)", python.display()));
        }
    }
    Ok(found)
}

impl Peer {
    /// Asks it to solve a day.
    ///
    /// # Errors
    /// The scratch folder cannot be written, or Python does not start. A peer that fails at its task is no error: the answer says so.
    pub fn ask(&self, python: &Path, question: Question) -> anyhow::Result<Theirs> {
        let folder = tempfile::tempdir().context("a scratch folder for the peers")?;
        let (sheet, out, complaints) = (folder.path().join("sheet.json"), folder.path().join("answer"), folder.path().join("complaints"));
        std::fs::write(folder.path().join("day.py"), DAY)?;
        std::fs::write(folder.path().join("peer.py"), self.script)?;
        std::fs::write(&sheet, write::to_json(question.sheet))?;
        let tiers: Vec<&str> = question.profile.tiers.iter().map(|t| t.terms[0].0.as_str()).collect();
        let mut child = Command::new(python)
            .arg(folder.path().join("peer.py"))
            .arg(&sheet)
            .args(["--seconds", &question.seconds.to_string(), "--threads", &question.threads.to_string()])
            .args(["--tiers", &tiers.join(","), "--step", question.step.as_str()])
            .stdin(Stdio::null())
            .stdout(File::create(&out)?)
            .stderr(File::create(&complaints)?)
            .spawn()
            .with_context(|| format!("{} cannot be run", python.display()))?;
        let answer = match wait(&mut child, Duration::try_from_secs_f64(question.seconds * PATIENCE + 30.0).unwrap_or(Duration::MAX))? {
            None => Err(format!("ended after {PATIENCE} times its limit")),
            Some(status) if !status.success() => Err(last_line(&std::fs::read_to_string(&complaints).unwrap_or_default())),
            Some(_) => serde_json::from_str::<Answer>(&std::fs::read_to_string(&out)?).map_err(|error| format!("its answer is unreadable: {error}")),
        };
        Ok(self.judge(question, answer))
    }

    /// Values and checks what it answered.
    fn judge(&self, question: Question, answer: Result<Answer, String>) -> Theirs {
        let (answer, failed) = match answer {
            Ok(Answer { unsupported: Some(what), .. }) => (Answer::default(), Some(what)),
            Ok(answer) if answer.tiers.is_empty() => (answer, Some("found nothing in time".to_owned())),
            Ok(answer) => (answer, None),
            Err(what) => (Answer::default(), Some(what)),
        };
        let placed: BTreeMap<&str, Vec<&str>> =
            answer.assignments.iter().map(|p| (p.booking.as_str(), p.resources.iter().map(String::as_str).collect())).collect();
        let values = check::value(question.sheet, &placed);
        let tiers: Vec<TierOutcome> = question
            .profile
            .tiers
            .iter()
            .map(|tier| {
                let said = answer.tiers.iter().find(|said| said.name == tier.terms[0].0.as_str());
                TierOutcome {
                    name: tier.name.clone(),
                    value: values.get(tier.terms[0].0.as_str()).unwrap_or(f64::NAN),
                    bound: said.map(|said| said.bound),
                    optimal: said.is_some_and(|said| said.optimal),
                    slack: None,
                }
            })
            .collect();
        let faults = if failed.is_some() { Vec::new() } else { faults(question, &answer, &tiers) };
        Theirs {
            peer: self.name,
            version: self.version.clone(),
            proven: failed.is_none() && tiers.iter().all(|tier| tier.optimal),
            tiers,
            wall_ms: answer.seconds * 1e3,
            ratio: None,
            ratio_is_at_least: false,
            is_exact: self.is_exact,
            failed,
            faults,
        }
    }
}

/// What our checker finds wrong with who serves what.
fn faults(question: Question, answer: &Answer, tiers: &[TierOutcome]) -> Vec<String> {
    let is_placed = |id: &str| answer.assignments.iter().any(|p| p.booking == id);
    let left = question.sheet.bookings.iter().filter(|b| !is_placed(&b.id));
    let plan = Plan {
        format: PLAN_FORMAT.to_owned(),
        sheet_sha256: String::new(),
        profile: question.profile.name.clone(),
        status: PlanStatus::Feasible,
        // Its bounds are its own word, in its own precision; only the assignment is judged.
        tiers: tiers.iter().map(|tier| TierOutcome { bound: None, optimal: false, ..tier.clone() }).collect(),
        baseline: Baseline::default(),
        assignments: answer.assignments.clone(),
        unplaced: left.map(|b| Unplaced { booking: b.id.clone(), reason: Reason::Foreign("a peer gives none".into()) }).collect(),
        waived: Vec::new(),
        changes: Vec::new(),
        solve: Solve::default(),
    };
    let against = Against { profile: Some(question.profile), file_sha256: None, has_status: false, has_waived: false, has_changes: false };
    check::check_against(question.sheet, &plan, against).faults.iter().map(ToString::to_string).collect()
}

/// How a program ended, or `None` when it had to be ended.
fn wait(child: &mut Child, patience: Duration) -> anyhow::Result<Option<ExitStatus>> {
    let began = Instant::now();
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(Some(status));
        }
        if began.elapsed() > patience {
            child.kill()?;
            child.wait()?;
            return Ok(None);
        }
        // Its own clock measures; this one only waits, and must not keep a core busy.
        std::thread::sleep(Duration::from_millis(20));
    }
}

fn last_line(text: &str) -> String {
    text.lines().rev().find(|line| !line.trim().is_empty()).unwrap_or("ended without a word").to_owned()
}

/// A value of this many parts in a million is the same.
const SAME: f64 = 2e-6;

/// Two tiers that both sides call proven, after tiers they agree on, and that are worth different things: one side is wrong.
pub fn contradiction(ours: &[TierOutcome], theirs: &Theirs) -> Option<String> {
    if !theirs.is_exact || theirs.failed.is_some() {
        return None;
    }
    let both = ours.iter().zip(&theirs.tiers).take_while(|(a, b)| a.optimal && b.optimal);
    let (a, b) = { both }.find(|(a, b)| (a.value - b.value).abs() > SAME * a.value.abs().max(1.0))?;
    Some(format!("{} proves {} {}, we prove {}", theirs.peer, a.name, b.value, a.value))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn theirs(tiers: Vec<TierOutcome>) -> Theirs {
        let answer = Answer::default();
        let version = String::new();
        Theirs {
            peer: "HiGHS",
            version,
            tiers,
            proven: true,
            wall_ms: answer.seconds,
            ratio: None,
            ratio_is_at_least: false,
            is_exact: true,
            failed: None,
            faults: vec![],
        }
    }

    fn tier(name: &str, value: f64, optimal: bool) -> TierOutcome {
        TierOutcome { name: name.into(), value, bound: Some(value), optimal, slack: None }
    }

    #[test]
    fn two_proofs_of_different_values_are_a_contradiction_and_nothing_else_is() {
        let ours = [tier("unplaced", 3.0, true), tier("balance", 812.5, true)];
        assert_eq!(contradiction(&ours, &theirs(ours.to_vec())), None);
        let other = theirs(vec![tier("unplaced", 3.0, true), tier("balance", 813.0, true)]);
        assert_eq!(contradiction(&ours, &other).as_deref(), Some("HiGHS proves balance 813, we prove 812.5"));
        let unproven = theirs(vec![tier("unplaced", 4.0, false), tier("balance", 800.0, true)]);
        assert_eq!(contradiction(&ours, &unproven), None);
    }

    #[test]
    fn a_peer_that_overlaps_bookings_is_caught() {
        let sheet = crate::sheet::spa::Spa::of(crate::sheet::spa::Size::S).day(1);
        let profile = Profile::shipped("strict").unwrap();
        let peer = Peer { name: "HiGHS", script: "", is_exact: true, version: "0".into() };
        let question = Question { sheet: &sheet, profile: &profile, seconds: 1.0, threads: 1, step: Step::Grid };
        let one = sheet.resources[0].id.clone();
        let assignments = sheet.bookings.iter().map(|b| Placed { booking: b.id.clone(), resources: vec![one.clone()] }).collect();
        let tiers = vec![Proven { name: "unplaced".into(), bound: 0.0, optimal: true }];
        let judged = peer.judge(question, Ok(Answer { tiers, assignments, ..Answer::default() }));
        assert!(judged.faults.iter().any(|fault| fault.contains("overlap")), "{:?}", judged.faults);
        assert!(!judged.proven, "two of its tiers have no bound");
        let silent = peer.judge(question, Err("no module".into()));
        assert_eq!((silent.failed.as_deref(), silent.proven), (Some("no module"), false));
    }
}
