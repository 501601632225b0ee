//! What was measured, as a table for people and as JSON.

use std::collections::BTreeMap;

use serde::Serialize;

use super::super::output;
use super::days::Day;
use super::machine::{self, Machine};
use super::ours::{Ours, middle};
use super::peers::{self, Step, Theirs};
use super::{Args, Profile};
use crate::sheet::plan::TierOutcome;

/// A whole run.
#[derive(Debug, Serialize)]
pub struct Report {
    machine: Machine,
    version: &'static str,
    solver: String,
    profile: String,
    threads: u16,
    repeat: u16,
    #[serde(skip_serializing_if = "Option::is_none")]
    peer_step: Option<Step>,
    /// One for each day and task.
    pub rows: Vec<Row>,
    summary: Vec<Summary>,
    /// What a reader should know.
    pub notes: Vec<String>,
}

/// A day, our answer and theirs.
#[derive(Debug, Serialize)]
pub struct Row {
    sheet: String,
    size: &'static str,
    /// `day`, or `repair` after an absence.
    task: &'static str,
    resources: usize,
    bookings: usize,
    /// Our side.
    pub ours: Ours,
    peers: Vec<Theirs>,
    /// Where a peer proved something else than we did.
    contradictions: Vec<String>,
}

/// All days of one size and task.
#[derive(Debug, Serialize)]
struct Summary {
    size: &'static str,
    task: &'static str,
    days: usize,
    proven: usize,
    wall_ms_median: f64,
    wall_ms_worst: f64,
    /// By peer: days it was asked for, days it proved, the median of the ratios.
    peers: BTreeMap<&'static str, Against>,
}

#[derive(Debug, Default, Serialize)]
struct Against {
    asked: usize,
    proven: usize,
    wall_ms_median: f64,
    ratio_median: Option<f64>,
    /// Some of its days were not proven, so the true ratio is at least this.
    ratio_is_at_least: bool,
}

impl Row {
    /// A day with our answer.
    pub fn new(day: &Day, task: &'static str, ours: Ours) -> Row {
        Row {
            sheet: day.name.clone(),
            size: day.size.as_str(),
            task,
            resources: day.sheet.resources.len(),
            bookings: day.sheet.bookings.len(),
            ours,
            peers: Vec::new(),
            contradictions: Vec::new(),
        }
    }

    /// Sets a peer's answer beside ours.
    pub fn add(&mut self, mut theirs: Theirs) {
        // Only a proof can be compared with a proof.
        if self.ours.proven && theirs.wall_ms > 0.0 {
            theirs.ratio = Some(theirs.wall_ms / self.ours.wall_ms);
            theirs.ratio_is_at_least = !theirs.proven;
        }
        self.contradictions.extend(peers::contradiction(&self.ours.tiers, &theirs));
        self.peers.push(theirs);
    }

    fn faults(&self) -> impl Iterator<Item = String> + '_ {
        let of =
            |who: &str, faults: &[String]| faults.iter().map(|fault| format!("{} {}: {who}: {fault}", self.sheet, self.task)).collect::<Vec<_>>();
        let theirs = self.peers.iter().flat_map(move |peer| of(peer.peer, &peer.faults));
        of("zamu", &self.ours.faults).into_iter().chain(theirs).chain(of("proofs", &self.contradictions))
    }

    fn cells(&self) -> Vec<[String; 10]> {
        let ours = &self.ours;
        let name = if self.task == "day" { self.sheet.clone() } else { format!("{} {}", self.sheet, self.task) };
        let mut rows = vec![[
            name.clone(),
            format!("{} / {}", self.resources, self.bookings),
            "zamu".into(),
            tiers(&ours.tiers),
            output::number_of_ms(ours.first_plan_ms),
            format!("{}{}", output::number_of_ms(ours.first_tier_ms), if ours.first_tier_proven { "" } else { ", open" }),
            format!("{}{}", output::number_of_ms(ours.wall_ms), if ours.late { ", late" } else { "" }),
            if ours.proven { "all".into() } else { proven(&ours.tiers) },
            String::new(),
            format!("{:.1} %", 100.0 * ours.model_share),
        ]];
        for peer in &self.peers {
            let (worth, time) = match &peer.failed {
                Some(why) => (why.clone(), String::new()),
                None => (tiers(&peer.tiers), output::number_of_ms(peer.wall_ms)),
            };
            let ratio = peer.ratio.map(|ratio| format!("{}{}×", if peer.ratio_is_at_least { ">" } else { "" }, short(ratio)));
            let proof = if peer.proven { "all".into() } else { proven(&peer.tiers) };
            let size = String::new();
            rows.push([
                name.clone(),
                size,
                peer.peer.into(),
                worth,
                String::new(),
                String::new(),
                time,
                proof,
                ratio.unwrap_or_default(),
                String::new(),
            ]);
        }
        rows
    }
}

/// How many tiers of how many.
fn proven(tiers: &[TierOutcome]) -> String {
    format!("{} of {}", tiers.iter().filter(|tier| tier.optimal).count(), tiers.len())
}

/// `unplaced 5, balance 4709.39 (gap 0.02 %)`.
fn tiers(tiers: &[TierOutcome]) -> String {
    let one = |tier: &TierOutcome| {
        let open = match tier.bound {
            _ if tier.optimal => String::new(),
            Some(bound) if tier.value.fract() == 0.0 && bound.fract() == 0.0 => format!(" (bound {})", output::number(bound)),
            Some(bound) => format!(" (gap {:.3} %)", 100.0 * (tier.value - bound) / tier.value.abs().max(1e-9)),
            None => " (no bound)".into(),
        };
        format!("{} {}{open}", tier.name, output::number(tier.value))
    };
    tiers.iter().map(one).collect::<Vec<_>>().join(", ")
}

fn short(ratio: f64) -> String {
    if ratio < 10.0 { format!("{ratio:.1}") } else { format!("{ratio:.0}") }
}

impl Report {
    /// Before anything was measured.
    pub fn new(args: &Args, profile: &Profile) -> Report {
        Report {
            machine: machine::here(),
            version: env!("CARGO_PKG_VERSION"),
            solver: crate::alloc::solve::highs::solver(),
            profile: profile.name.clone(),
            threads: args.threads,
            repeat: args.repeat,
            peer_step: args.peers.then_some(args.peer_step),
            rows: Vec::new(),
            summary: Vec::new(),
            notes: Vec::new(),
        }
    }

    /// Sums up, size by size.
    pub fn conclude(&mut self) {
        let mut groups: Vec<(&'static str, &'static str)> = Vec::new();
        for row in &self.rows {
            if !groups.contains(&(row.task, row.size)) {
                groups.push((row.task, row.size));
            }
        }
        self.summary = groups.into_iter().map(|(task, size)| self.sum_up(task, size)).collect();
    }

    fn sum_up(&self, task: &'static str, size: &'static str) -> Summary {
        let rows: Vec<&Row> = self.rows.iter().filter(|row| (row.task, row.size) == (task, size)).collect();
        let walls: Vec<f64> = rows.iter().map(|row| row.ours.wall_ms).collect();
        let mut peers: BTreeMap<&'static str, Against> = BTreeMap::new();
        for name in rows.iter().flat_map(|row| row.peers.iter().map(|peer| peer.peer)) {
            peers.entry(name).or_insert_with(|| {
                let asked: Vec<&Theirs> = rows.iter().flat_map(|row| &row.peers).filter(|peer| peer.peer == name && peer.failed.is_none()).collect();
                let ratios: Vec<f64> = asked.iter().filter_map(|peer| peer.ratio).collect();
                Against {
                    asked: asked.len(),
                    proven: asked.iter().filter(|peer| peer.proven).count(),
                    wall_ms_median: middle(asked.iter().map(|peer| peer.wall_ms).collect()),
                    ratio_is_at_least: asked.iter().any(|peer| peer.ratio_is_at_least),
                    ratio_median: (!ratios.is_empty()).then(|| middle(ratios)),
                }
            });
        }
        Summary {
            size,
            task,
            days: rows.len(),
            proven: rows.iter().filter(|row| row.ours.proven).count(),
            wall_ms_worst: walls.iter().copied().fold(0.0, f64::max),
            wall_ms_median: middle(walls),
            peers,
        }
    }

    /// Was every plan sound, and did nobody prove the contrary?
    pub fn is_sound(&self) -> bool {
        self.rows.iter().all(|row| row.faults().next().is_none())
    }

    /// The table with what it was measured on, a line for each size, and notes.
    pub fn for_people(&self) -> String {
        let times = if self.repeat == 1 { String::new() } else { format!(", medians of {}", self.repeat) };
        let threads = if self.threads == 1 { "1 thread".to_owned() } else { format!("{} threads", self.threads) };
        let mut out = format!("zamu {} with {}, profile {}, {threads}{times}\n{}\n\n", self.version, self.solver, self.profile, self.machine);
        let header = ["sheet", "people / bookings", "by", "tiers", "first plan", "first tier", "all tiers", "proven", "ratio", "model"];
        out.push_str(&output::table(header, self.rows.iter().flat_map(Row::cells)));
        out.push_str("\n\n");
        let summary = ["size", "task", "days", "proven", "median", "worst", "beside"];
        out.push_str(&output::table(summary, self.summary.iter().map(Summary::cells)));
        let mut versions: Vec<String> = self.rows.iter().flat_map(|row| &row.peers).map(|peer| format!("{} {}", peer.peer, peer.version)).collect();
        versions.sort();
        versions.dedup();
        if !versions.is_empty() {
            out.push_str(&format!("\n\nBeside: {}. Ratio: their time by ours, > where they did not get to a proof.", versions.join(", ")));
        }
        for note in &self.notes {
            out.push_str(&format!("\nNote: {note}"));
        }
        for fault in self.rows.iter().flat_map(Row::faults) {
            out.push_str(&format!("\nFAULT {fault}"));
        }
        out
    }
}

impl Summary {
    fn cells(&self) -> [String; 7] {
        let beside = self.peers.iter().map(|(name, peer)| {
            let ratio = peer.ratio_median.map(|ratio| format!(", {}{}×", if peer.ratio_is_at_least { ">" } else { "" }, short(ratio)));
            let proven = format!("{} of {} proven", peer.proven, peer.asked);
            format!("{name} {proven}, median {}{}", output::number_of_ms(peer.wall_ms_median), ratio.unwrap_or_default())
        });
        [
            self.size.into(),
            self.task.into(),
            self.days.to_string(),
            format!("{} of {}", self.proven, self.days),
            output::number_of_ms(self.wall_ms_median),
            output::number_of_ms(self.wall_ms_worst),
            beside.collect::<Vec<_>>().join("; "),
        ]
    }
}
