//! What the search for the smallest team sees of a component: tasks with fixed times, workers, and who may do what.

use std::collections::HashMap;

use super::super::super::instance::{Instance, Served};
use super::super::super::value;
use crate::domain::Span;

/// Bookings that one single resource serves. Tasks and workers are numbered on their own, from 0.
#[derive(Debug)]
pub struct Part {
    /// When the worker of each task is busy.
    pub spans: Vec<Span>,
    /// Price of leaving each task undone, 1 or more and whole.
    pub priority: Vec<u64>,
    /// Who may do each task, ascending, never empty.
    pub eligible: Vec<Vec<usize>>,
    /// By worker and task: may they?
    pub can: Vec<Vec<bool>>,
    /// Which workers are temps.
    pub temporary: Vec<bool>,
    /// Priorities of the bookings that nobody could serve even alone; they are no tasks.
    pub impossible: u64,
    /// The booking of each task.
    bookings: Vec<usize>,
    /// The resource of each worker.
    resources: Vec<usize>,
}

impl Part {
    /// The part of these bookings. `None` where one of them needs more than one resource or shares its resources with another.
    pub fn of(instance: &Instance, bookings: &[usize]) -> Option<Part> {
        if bookings.iter().any(|&b| !instance.bookings[b].is_single() || !instance.bookings[b].twins.is_empty()) {
            return None;
        }
        let (tasks, impossible): (Vec<usize>, Vec<usize>) = bookings.iter().partition(|&&b| instance.alone(b).is_some());
        let resources = value::resources_of(instance, &tasks);
        let worker_of: HashMap<usize, usize> = resources.iter().enumerate().map(|(w, &r)| (r, w)).collect();
        let priority = |b: usize| instance.bookings[b].priority as u64;
        let eligible: Vec<Vec<usize>> =
            tasks.iter().map(|&b| instance.bookings[b].demands[0].resources.iter().map(|r| worker_of[r]).collect()).collect();
        let mut can = vec![vec![false; tasks.len()]; resources.len()];
        for (task, workers) in eligible.iter().enumerate() {
            for &w in workers {
                can[w][task] = true;
            }
        }
        Some(Part {
            spans: tasks.iter().map(|&b| instance.bookings[b].occupied).collect(),
            priority: tasks.iter().map(|&b| priority(b)).collect(),
            eligible,
            can,
            temporary: resources.iter().map(|&r| instance.house.sheet.resources[r].temporary).collect(),
            impossible: impossible.iter().map(|&b| priority(b)).sum(),
            bookings: tasks,
            resources,
        })
    }

    /// How many tasks.
    pub fn tasks(&self) -> usize {
        self.spans.len()
    }

    /// How many workers.
    pub fn workers(&self) -> usize {
        self.temporary.len()
    }

    /// Who does each task according to an assignment of the whole sheet.
    pub fn read(&self, served: &Served) -> Vec<Option<usize>> {
        let worker = |r: &usize| self.resources.binary_search(r).ok();
        self.bookings.iter().map(|&b| served[b].as_ref().and_then(|by| by.first().and_then(worker))).collect()
    }

    /// Enters who does each task into an assignment of the whole sheet.
    pub fn write(&self, on: &[Option<usize>], served: &mut Served) {
        for (task, &b) in self.bookings.iter().enumerate() {
            served[b] = on[task].map(|w| vec![self.resources[w]]);
        }
    }
}
