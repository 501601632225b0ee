//! A way found by pushing others out: whoever is homeless takes the place that costs least, whoever stood there is homeless now, until nobody is.
//!
//! Guided ejection search: a task that was hard to place is dear to push out from then on, so the search does not turn in circles for long (Nagata &
//! Bräysy 2009, "A powerful route minimization heuristic for the vehicle routing problem with time windows"). It only ever answers yes. On days
//! of 50 people it finds in milliseconds what a systematic search looks for in vain.

use super::board::{Task, share};
use crate::domain::random::Random;

/// The tasks, who is where, and how often each was homeless.
pub struct Ejection<'b> {
    tasks: Vec<&'b Task>,
    /// Per task: options it may take.
    options: Vec<Vec<usize>>,
    at: Vec<Option<usize>>,
    /// Per resource: tasks that have it.
    of_resource: Vec<Vec<usize>>,
    homeless: Vec<usize>,
    /// Per task: how dear it is to push it out.
    price: Vec<u64>,
    random: Random,
}

impl<'b> Ejection<'b> {
    /// Everybody who may stay is where it stands.
    pub fn new(tasks: &[&'b Task], options: Vec<Vec<usize>>, resources: usize) -> Ejection<'b> {
        let at: Vec<Option<usize>> = tasks.iter().zip(&options).map(|(task, left)| task.standing.filter(|o| left.contains(o))).collect();
        let mut of_resource = vec![Vec::new(); resources];
        for (v, o) in at.iter().enumerate() {
            for &r in o.map(|o| tasks[v].options[o].as_slice()).unwrap_or_default() {
                of_resource[r].push(v);
            }
        }
        let homeless = (0..tasks.len()).filter(|&v| at[v].is_none()).collect();
        Ejection { tasks: tasks.to_vec(), options, at, of_resource, homeless, price: vec![1; tasks.len()], random: Random::new(tasks.len() as u64) }
    }

    /// Which option each takes, if a way is found while looking at no more than `work_max` pairs of tasks.
    pub fn search(mut self, work_max: u64) -> Option<Vec<usize>> {
        let mut work = 0;
        while let Some(v) = self.homeless.pop() {
            if work > work_max {
                return None;
            }
            self.price[v] += 1;
            let (option, looked_at) = self.cheapest(v)?;
            work += looked_at;
            for w in self.in_the_way(v, option) {
                self.leave(w);
                self.homeless.push(w);
            }
            self.take(v, option);
        }
        self.at.into_iter().collect()
    }

    /// The option of least cost, one of them by chance where several cost the same, and how much was looked at.
    fn cheapest(&mut self, v: usize) -> Option<(usize, u64)> {
        let (mut best, mut equals, mut looked_at) = (None, 0, 0);
        for k in 0..self.options[v].len() {
            let option = self.options[v][k];
            let mut cost = 0;
            for &r in &self.tasks[v].options[option] {
                looked_at += self.of_resource[r].len() as u64 + 1;
                cost += self.of_resource[r].iter().filter(|&&w| self.tasks[w].overlaps(self.tasks[v])).map(|&w| self.price[w]).sum::<u64>();
            }
            match best {
                Some((least, _)) if cost > least => continue,
                Some((least, _)) if cost == least => equals += 1,
                _ => equals = 1,
            }
            if equals == 1 || self.random.below(equals) == 0 {
                best = Some((cost, option));
            }
        }
        best.map(|(_, option)| (option, looked_at))
    }

    fn in_the_way(&self, v: usize, option: usize) -> Vec<usize> {
        let set = &self.tasks[v].options[option];
        let mut out: Vec<usize> =
            set.iter().flat_map(|&r| &self.of_resource[r]).copied().filter(|&w| self.tasks[w].overlaps(self.tasks[v])).collect();
        out.sort_unstable();
        out.dedup();
        debug_assert!(out.iter().all(|&w| self.at[w].is_some_and(|o| share(&self.tasks[w].options[o], set))));
        out
    }

    fn take(&mut self, v: usize, option: usize) {
        self.at[v] = Some(option);
        for &r in &self.tasks[v].options[option] {
            self.of_resource[r].push(v);
        }
    }

    fn leave(&mut self, v: usize) {
        if let Some(option) = self.at[v].take() {
            for &r in &self.tasks[v].options[option] {
                self.of_resource[r].retain(|&w| w != v);
            }
        }
    }
}
