//! Guided ejection: all tasks into the days of a given team. A task that fits nowhere pushes out the tasks that have been the least trouble so far;
//! those look for a place in turn.
//!
//! Source: Nagata & Bräysy, "A powerful route minimization heuristic for the vehicle routing problem with time windows", Oper. Res. Letters 37
//! (2009), with fixed times instead of routes: what must go for a task to fit is then one known set per person.
//!
//! Measured on the 35 published instances: 32 reach the largest number of simultaneous tasks in under 0.2 s. Without the shaking between
//! ejections the hard ones (120 tasks on 20 of 25 people) are seldom solved at all.

use super::super::super::stop::Stop;
use super::Caps;
use super::part::Part;
use crate::domain::random::Random;

/// Exchanges and moves tried after each ejection.
const SHAKES: usize = 10;
/// People outside the team among whom the next to join is chosen. Measured over six seeds: by chance alone the two hardest
/// instances take a quarter and a half longer.
const CANDIDATES: usize = 4;
/// The flag is looked at once in so many steps: some hundred microseconds.
const STEPS_PER_LOOK: u64 = 64;

/// Who does what so far, within a team.
#[derive(Debug, Clone)]
pub struct Roster<'p> {
    part: &'p Part,
    /// Per worker: tasks in the order of time.
    days: Vec<Vec<usize>>,
    /// Per task: its worker.
    on: Vec<Option<usize>>,
    /// Who may be given anything.
    team: Vec<bool>,
    /// Tasks without a worker; the last one is next.
    out: Vec<usize>,
    /// Price of `out`.
    out_cost: u64,
    /// Per task: how often it found no free place. High ones are not pushed out again.
    trouble: Vec<u64>,
    rng: Random,
}

impl<'p> Roster<'p> {
    /// Everything as it is; the team is those who do something.
    pub fn new(part: &'p Part, on: &[Option<usize>], seed: u64) -> Roster<'p> {
        let mut roster = Roster {
            part,
            days: vec![Vec::new(); part.workers()],
            on: vec![None; part.tasks()],
            team: vec![false; part.workers()],
            out: Vec::new(),
            out_cost: 0,
            trouble: part.priority.clone(),
            rng: Random::new(seed),
        };
        for (task, worker) in on.iter().enumerate() {
            match worker {
                Some(w) => {
                    roster.team[*w] = true;
                    roster.put(task, *w);
                }
                None => roster.leave(task),
            }
        }
        roster
    }

    /// Who does each task.
    pub fn on(&self) -> &[Option<usize>] {
        &self.on
    }

    /// Price of what nobody does.
    pub fn out_cost(&self) -> u64 {
        self.out_cost
    }

    /// How many of the team there are, and how many of them temps.
    pub fn team_size(&self) -> (usize, usize) {
        let members = (0..self.team.len()).filter(|&w| self.team[w]);
        members.fold((0, 0), |(all, temps), w| (all + 1, temps + usize::from(self.part.temporary[w])))
    }

    /// Takes in one after the other of `who` until the team has `size` members.
    pub fn admit_up_to(&mut self, size: usize, who: impl Fn(usize) -> bool) {
        let mut members = self.team_size().0;
        for w in 0..self.team.len() {
            if members < size && !self.team[w] && who(w) {
                self.team[w] = true;
                members += 1;
            }
        }
    }

    /// Sends home those of the team that do nothing.
    pub fn dismiss_idle(&mut self) {
        for w in 0..self.team.len() {
            self.team[w] &= !self.days[w].is_empty();
        }
    }

    /// Sends home the one with the fewest minutes among those of the team that count.
    pub fn dismiss_least(&mut self, counts: impl Fn(usize) -> bool) {
        let minutes = |w: &usize| self.days[*w].iter().map(|&j| self.part.spans[j].minutes()).sum::<i64>();
        if let Some(w) = (0..self.team.len()).filter(|&w| self.team[w] && counts(w)).min_by_key(minutes) {
            self.dismiss(w);
        }
    }

    /// Another stream of pseudo-random choices.
    pub fn reseed(&mut self, seed: u64) {
        self.rng = Random::new(seed);
    }

    /// Forgets which tasks were trouble.
    pub fn forget(&mut self) {
        self.trouble.clone_from(&self.part.priority);
    }

    /// Looks for places until what is left is worth at most `out_max`; false when `steps` were not enough, or the flag was raised.
    pub fn settle(&mut self, out_max: u64, caps: Caps, steps: u64, stop: &Stop) -> bool {
        for step in 0..steps {
            if self.out_cost <= out_max {
                return true;
            }
            if step % STEPS_PER_LOOK == 0 && stop.cause().is_some() {
                return false;
            }
            self.step(caps);
        }
        self.out_cost <= out_max
    }

    /// Finds one task a place, at the price of others where it must.
    fn step(&mut self, caps: Caps) {
        let Some(task) = self.out.pop() else { return };
        self.out_cost -= self.part.priority[task];
        let (mut free, mut cheapest, mut equals) = (None, None, 0);
        for &w in &self.part.eligible[task] {
            if !self.team[w] {
                continue;
            }
            let clash = self.clash(task, w);
            if clash.is_empty() {
                let fit = (self.slack(task, w, clash.start), self.rng.below(8), w);
                free = Some(free.map_or(fit, |best: (i64, usize, usize)| best.min(fit)));
            } else {
                let price: u64 = self.days[w][clash].iter().map(|&j| self.trouble[j]).sum();
                equals = if cheapest.is_some_and(|(best, _)| best == price) { equals + 1 } else { 1 };
                if cheapest.is_none_or(|(best, _)| price < best || (price == best && self.rng.below(equals) == 0)) {
                    cheapest = Some((price, w));
                }
            }
        }
        if let Some((_, _, w)) = free {
            return self.put(task, w);
        }
        self.trouble[task] += 1;
        let Some((_, w)) = cheapest else {
            self.leave(task);
            return self.call_in(task, caps);
        };
        let gone = self.days[w][self.clash(task, w)].to_vec();
        for other in gone {
            self.take(other);
            self.leave(other);
        }
        self.put(task, w);
        for _ in 0..SHAKES {
            self.shake();
        }
    }

    /// Somebody outside the team takes the place of somebody in it: one of a few who may do most of what was trouble, for the one most of whose day
    /// they could take over.
    pub fn exchange(&mut self, caps: Caps) {
        let outside: Vec<usize> = (0..self.team.len()).filter(|&w| !self.team[w]).collect();
        if outside.is_empty() {
            return;
        }
        let (mut joins, mut most) = (outside[0], None);
        for _ in 0..CANDIDATES {
            let w = outside[self.rng.below(outside.len())];
            let able: u64 = (0..self.on.len()).filter(|&j| self.part.can[w][j]).map(|j| self.trouble[j] - self.part.priority[j]).sum();
            if most.is_none_or(|best| able > best) {
                (joins, most) = (w, Some(able));
            }
        }
        let workers = self.team.len();
        let turn = self.rng.below(workers);
        let lost = |w: &usize| (self.days[*w].iter().filter(|&&j| !self.part.can[joins][j]).count(), (w + turn) % workers);
        if let Some(leaves) = self.replaceable(joins, caps).into_iter().min_by_key(lost) {
            self.replace(leaves, joins);
        }
    }

    /// Nobody of the team may do this task: somebody who may joins, anybody leaves.
    fn call_in(&mut self, task: usize, caps: Caps) {
        let who = &self.part.eligible[task];
        let joins = who[self.rng.below(who.len())];
        let leaves = self.replaceable(joins, caps);
        if !leaves.is_empty() {
            let at = self.rng.below(leaves.len());
            self.replace(leaves[at], joins);
        }
    }

    /// Those whose place `joins` may take without too many temps in the team.
    fn replaceable(&self, joins: usize, caps: Caps) -> Vec<usize> {
        let is_temp = |w: usize| self.part.temporary[w];
        let room = self.team_size().1 < caps.temporary;
        (0..self.team.len()).filter(|&w| self.team[w] && (room || !is_temp(joins) || is_temp(w))).collect()
    }

    fn replace(&mut self, leaves: usize, joins: usize) {
        self.team[joins] = true;
        let day = self.days[leaves].clone();
        self.dismiss(leaves);
        for task in day {
            if self.part.can[joins][task]
                && let Some(at) = self.out.iter().rposition(|&j| j == task)
            {
                self.out.remove(at);
                self.out_cost -= self.part.priority[task];
                self.put(task, joins);
            }
        }
    }

    fn dismiss(&mut self, worker: usize) {
        self.team[worker] = false;
        for task in std::mem::take(&mut self.days[worker]) {
            self.on[task] = None;
            self.leave(task);
        }
    }

    /// Moves a task to somebody else of the team, or exchanges it for what is in its way there; nothing becomes undone.
    fn shake(&mut self) {
        let task = self.rng.below(self.on.len());
        let who = &self.part.eligible[task];
        let to = who[self.rng.below(who.len())];
        let Some(from) = self.on[task].filter(|&from| from != to && self.team[to]) else { return };
        let others = &self.days[to][self.clash(task, to)];
        if others.iter().any(|&j| !self.part.can[from][j]) {
            return;
        }
        let others = others.to_vec();
        self.take(task);
        for &j in &others {
            self.take(j);
        }
        let fits = others.iter().all(|&j| self.clash(j, from).is_empty());
        let (here, there) = if fits { (from, to) } else { (to, from) };
        for j in others {
            self.put(j, here);
        }
        self.put(task, there);
    }

    /// Where in a worker's day the tasks stand that share an instant with this one.
    fn clash(&self, task: usize, worker: usize) -> std::ops::Range<usize> {
        let (day, span) = (&self.days[worker], self.part.spans[task]);
        let from = day.partition_point(|&j| self.part.spans[j].end <= span.start);
        let count = day[from..].iter().take_while(|&&j| self.part.spans[j].start < span.end).count();
        from..from + count
    }

    /// Minutes that stay free beside the task in the gap before position `at`: the smaller side, as short gaps are lost.
    fn slack(&self, task: usize, worker: usize, at: usize) -> i64 {
        /// A side without an end is worth no more than this.
        const OPEN_MINUTES: i64 = 30;
        let (day, span) = (&self.days[worker], self.part.spans[task]);
        let before = at.checked_sub(1).map_or(OPEN_MINUTES, |k| span.start.0 - self.part.spans[day[k]].end.0);
        let after = day.get(at).map_or(OPEN_MINUTES, |&j| self.part.spans[j].start.0 - span.end.0);
        before.min(after)
    }

    fn put(&mut self, task: usize, worker: usize) {
        let start = self.part.spans[task].start;
        let at = self.days[worker].partition_point(|&j| self.part.spans[j].start < start);
        self.days[worker].insert(at, task);
        self.on[task] = Some(worker);
    }

    fn take(&mut self, task: usize) {
        if let Some(worker) = self.on[task].take() {
            self.days[worker].retain(|&j| j != task);
        }
    }

    fn leave(&mut self, task: usize) {
        self.out.push(task);
        self.out_cost += self.part.priority[task];
    }
}
