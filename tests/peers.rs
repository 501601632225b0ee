//! What a strict plan promises beside a program that shares nothing with ours: the textbook model in Python, handed to HiGHS as it is
//! (`benches/peers/highs.py`), proves the same value for every tier, and no bound of ours lies above what it found.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on stops")]

#[expect(dead_code, reason = "every test takes what it needs")]
mod support;

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Lines, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use serde::Deserialize;
use serde_json::Value;
use support::rng::Rng;
use support::sheets::{Knobs, random_sheet};
use zamu::alloc::{Limits, Profile, allocate, check};
use zamu::domain::ResourceKind;
use zamu::sheet::plan::PlanStatus;
use zamu::sheet::spa::Spa;
use zamu::sheet::{Demand, Sheet, read, write};

/// Made-up sheets with everything odd in them, and days of a spa.
const RANDOM_SHEETS: u64 = 400;
const SPA_DAYS: u64 = 24;

#[derive(Debug, Deserialize)]
struct Answer {
    unsupported: Option<String>,
    #[serde(default)]
    tiers: Vec<Tier>,
    #[serde(default)]
    assignments: Vec<Served>,
}

#[derive(Debug, Deserialize)]
struct Tier {
    name: String,
    bound: f64,
    optimal: bool,
}

#[derive(Debug, Deserialize)]
struct Served {
    booking: String,
    resources: Vec<String>,
}

/// A Python that answers each line on its standard input with a line.
struct Peer {
    python: Child,
    ask: ChildStdin,
    answers: Lines<BufReader<ChildStdout>>,
}

impl Peer {
    /// HiGHS in Python, from `.tools/peers` where `.ci/setup test` put it, else from wherever this Python finds it.
    fn start() -> Result<Peer, String> {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let python = |arguments: &[&str]| {
            let mut command = Command::new("python3");
            command.args(arguments);
            if root.join(".tools/peers").is_dir() {
                command.env("PYTHONPATH", root.join(".tools/peers"));
            }
            command
        };
        let found = python(&["-c", "import highspy"]).output().map_err(|error| format!("python3 is missing: {error}"))?;
        if !found.status.success() {
            return Err("python3 has no highspy (.ci/setup test, or pip install -r benches/peers/requirements.txt)".into());
        }
        let script = root.join("benches/peers/highs.py");
        let run = [script.to_str().unwrap(), "-", "--threads", "1", "--seconds", "120", "--step", "common"];
        let mut python = python(&run).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().map_err(|error| error.to_string())?;
        let (ask, answers) = (python.stdin.take().unwrap(), BufReader::new(python.stdout.take().unwrap()).lines());
        Ok(Peer { python, ask, answers })
    }

    fn solve(&mut self, sheet: &Sheet) -> Answer {
        let document: Value = serde_json::from_str(&write::to_json(sheet)).unwrap();
        writeln!(self.ask, "{document}").unwrap();
        serde_json::from_str(&self.answers.next().expect("an answer for each sheet").unwrap()).unwrap()
    }

    fn end(mut self) {
        drop(self.ask);
        assert!(self.python.wait().unwrap().success());
    }
}

/// A random sheet cut down to what the peer understands: everybody needs exactly one person, nobody is linked, there are no tables.
fn plain(seed: u64) -> Option<Sheet> {
    let mut rng = Rng::new(seed ^ 0x9ee5);
    let knobs = rng.pick(&[Knobs::SMALL, Knobs::SMALL, Knobs::DAY]);
    let mut sheet = random_sheet(seed, knobs);
    sheet.combinations.clear();
    sheet.resources.retain(|r| r.kind == ResourceKind::Staff);
    let staff: Vec<String> = sheet.resources.iter().map(|r| r.id.clone()).collect();
    for booking in &mut sheet.bookings {
        let qualifications = booking.demands.first().map(|d| d.qualifications.clone()).unwrap_or_default();
        booking.demands = vec![Demand { kind: ResourceKind::Staff, qualifications, count: 1 }];
        booking.same_resource_as = None;
        booking.party_size = 1;
        booking.affinity.retain(|id, _| staff.contains(id));
        if let Some(assignment) = &mut booking.assignment {
            assignment.resources.retain(|id| staff.contains(id));
            assignment.resources.truncate(1);
        }
    }
    let is_valid = read::from_str(&write::to_json(&sheet)).is_ok();
    assert!(is_valid || staff.is_empty(), "{}", write::to_json(&sheet));
    is_valid.then_some(sheet)
}

/// Small teams, so that a debug build proves a day in a moment.
fn spa(seed: u64) -> Sheet {
    let mut rng = Rng::new(seed ^ 0x59a);
    let staff = rng.between(5, 7) as usize;
    Spa { staff, load_percent: rng.between(50, 85), absent: rng.below(2), bound_percent: rng.between(0, 20), gender_percent: 15 }.day(seed)
}

fn near(a: f64, b: f64) -> bool {
    (a - b).abs() <= 2e-6 * a.abs().max(b.abs()).max(1.0)
}

/// The same values, proven by both; our bounds are met and theirs do not contradict them.
fn agree(sheet: &Sheet, profile: &Profile, theirs: &Answer, of: &str) {
    assert_eq!(theirs.unsupported, None, "{of}");
    let plan = allocate(sheet, profile, Limits::default());
    let faults = check::check_with_profile(sheet, &plan, profile).faults;
    assert!(faults.is_empty(), "{of}: {faults:?}");
    assert_eq!(plan.status, PlanStatus::Optimal, "{of}: {:?}", plan.tiers);
    let placed: BTreeMap<&str, Vec<&str>> =
        theirs.assignments.iter().map(|s| (s.booking.as_str(), s.resources.iter().map(String::as_str).collect())).collect();
    let worth = check::value(sheet, &placed);
    assert_eq!(theirs.tiers.len(), plan.tiers.len(), "{of}: {theirs:?}");
    for (ours, theirs) in plan.tiers.iter().zip(&theirs.tiers) {
        let value = worth.get(&theirs.name).unwrap();
        let both = format!("{of}: {} {} with bound {:?}; theirs {value} with bound {}", ours.name, ours.value, ours.bound, theirs.bound);
        assert!(ours.name == theirs.name && theirs.optimal, "{both}");
        assert!(near(ours.value, value) && near(ours.bound.unwrap(), value), "{both}\n{}", write::to_json(sheet));
        assert!(near(theirs.bound, value), "{both}\n{}", write::to_json(sheet));
    }
}

#[test]
fn the_textbook_program_proves_the_same_value_of_every_tier() {
    let mut peer = match Peer::start() {
        Ok(peer) => peer,
        Err(why) => {
            assert_ne!(std::env::var("CI").as_deref(), Ok("true"), "{why}");
            eprintln!("SKIPPED: {why}, so nobody compared the allocator with the textbook program");
            return;
        }
    };
    let profile = Profile::shipped("strict").unwrap();
    let mut compared = 0;
    let random = (0..RANDOM_SHEETS).filter_map(|seed| Some((format!("random sheet {seed}"), plain(seed)?)));
    for (of, sheet) in random.chain((0..SPA_DAYS).map(|seed| (format!("spa day {seed}"), spa(seed)))) {
        let theirs = peer.solve(&sheet);
        agree(&sheet, &profile, &theirs, &of);
        compared += 1;
    }
    peer.end();
    assert!(compared > 200, "too few to compare: {compared}");
}
