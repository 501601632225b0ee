//! The day as tasks: every slot of a provisional booking chooses one of its options, a person, a table or a combination of tables. What stays where
//! it is has been taken out of the options beforehand.

use petgraph::unionfind::UnionFind;

use super::super::instance::{Instance, Served, Way, Ways};
use crate::domain::Span;

/// Most sets of resources that are told apart for linked bookings that need several at once.
const SETS_MAX: usize = 5_000;

/// Something that one of several sets of resources has to be chosen for.
#[derive(Debug, Clone)]
pub struct Task {
    /// The bookings it is part of: one, or all that are linked to each other.
    pub members: Vec<usize>,
    /// When it keeps whoever does it busy.
    pub spans: Vec<Span>,
    /// Sets of resources (sorted) that may do it, none of which is busy with what stays where it is.
    pub options: Vec<Vec<usize>>,
    /// The option that stands, if one does.
    pub standing: Option<usize>,
}

impl Task {
    /// Do the two keep anybody busy at the same time?
    pub fn overlaps(&self, other: &Task) -> bool {
        self.spans.iter().any(|a| other.spans.iter().any(|b| a.overlaps(*b)))
    }

    /// Do the two, so chosen, take somebody twice?
    pub fn collides(&self, option: usize, other: &Task, others: usize) -> bool {
        self.overlaps(other) && share(&self.options[option], &other.options[others])
    }
}

/// Have two sets anybody in common?
pub fn share(one: &[usize], other: &[usize]) -> bool {
    one.iter().any(|r| other.contains(r))
}

/// What may move on a day, and what never does.
#[derive(Debug)]
pub struct Board {
    /// Every slot of everything that may move, in the order of bookings.
    pub tasks: Vec<Task>,
    /// Per task and option: the tasks that stand in its way, ascending.
    pub in_the_way: Vec<Vec<Vec<usize>>>,
    /// Per resource: the tasks that it does as things stand, by start.
    pub of_resource: Vec<Vec<usize>>,
    /// Per resource: when it is busy with what never moves.
    fixed: Vec<Vec<Span>>,
    /// Per booking: may it move? Linked ones only together.
    is_loose: Vec<bool>,
    /// Per booking: the first of the bookings linked to it, as far as they are placed.
    group_of: Vec<usize>,
    /// Is everything that may move among the tasks?
    pub is_whole: bool,
}

/// One booking more, to be placed on a board.
#[derive(Debug)]
pub struct Question {
    /// Which.
    pub booking: usize,
    /// Its slots; or one task for it and all that are linked to it.
    pub tasks: Vec<Task>,
    /// Tasks of the board that it takes the place of, ascending.
    replaced: Vec<usize>,
    /// Are its options all there are?
    pub is_whole: bool,
}

impl Question {
    /// Does it take the place of this task of the board?
    pub fn replaces(&self, task: usize) -> bool {
        self.replaced.binary_search(&task).is_ok()
    }
}

impl Board {
    /// The board of a day on which `standing` is served.
    pub fn new(instance: &Instance, standing: &Served) -> Board {
        let groups = groups(instance, standing);
        let sound = sound(instance, standing);
        let mut is_loose = vec![false; standing.len()];
        for group in groups.iter().filter(|group| group.iter().all(|&b| sound[b] && !instance.bookings[b].held)) {
            for &b in group {
                is_loose[b] = true;
            }
        }
        let mut group_of: Vec<usize> = (0..standing.len()).collect();
        let mut fixed = vec![Vec::new(); instance.resource_count()];
        for group in &groups {
            for &b in group {
                group_of[b] = group[0];
                for &r in standing[b].iter().flatten().filter(|_| !is_loose[b]) {
                    fixed[r].push(instance.bookings[b].occupied);
                }
            }
        }
        let none = || vec![Vec::new(); instance.resource_count()];
        let mut board = Board { tasks: vec![], in_the_way: vec![], of_resource: none(), fixed, is_loose, group_of, is_whole: true };
        for group in &groups {
            if board.is_loose[group[0]] {
                board.add(instance, standing, group);
            }
        }
        board.find_conflicts();
        board
    }

    /// Adds the tasks of a group that may move.
    fn add(&mut self, instance: &Instance, standing: &Served, group: &[usize]) {
        let Some(mut tasks) = tasks_of(instance, group) else {
            // Linked in too many ways: it stays where it is, and a no is no certain no any more.
            self.is_whole = false;
            for &b in group {
                self.is_loose[b] = false;
                for &r in standing[b].iter().flatten() {
                    self.fixed[r].push(instance.bookings[b].occupied);
                }
            }
            // Tasks added before must not take what is fixed now.
            for k in 0..self.tasks.len() {
                let mut task = self.tasks[k].clone();
                self.keep_free(&mut task);
                self.tasks[k] = task;
            }
            return;
        };
        let Some(by) = &standing[group[0]] else { return };
        let dealt: Vec<Vec<usize>> = match (group, tasks.len()) {
            ([_], 2..) => {
                let ways = instance.bookings[group[0]].deal_exactly(by).unwrap_or_default();
                let members = |(d, way): &(usize, Way)| members_of(&instance.bookings[group[0]].demands[*d], *way);
                ways.iter().map(members).collect()
            }
            _ => vec![by.clone()],
        };
        for (task, by) in tasks.iter_mut().zip(dealt) {
            self.keep_free(task);
            task.standing = task.options.iter().position(|option| *option == by);
        }
        self.tasks.append(&mut tasks);
    }

    /// Takes out what is busy with what never moves.
    fn keep_free(&self, task: &mut Task) {
        let home = task.standing.map(|o| task.options[o].clone());
        let Task { options, spans, .. } = task;
        options.retain(|option| option.iter().all(|&r| !self.fixed[r].iter().any(|busy| spans.iter().any(|span| span.overlaps(*busy)))));
        task.standing = home.and_then(|home| task.options.iter().position(|option| *option == home));
    }

    fn find_conflicts(&mut self) {
        for (t, task) in self.tasks.iter().enumerate() {
            for &r in task.standing.map(|o| task.options[o].as_slice()).unwrap_or_default() {
                self.of_resource[r].push(t);
            }
        }
        self.in_the_way = (0..self.tasks.len()).map(|t| self.conflicts(&self.tasks[t], Some(t))).collect();
    }

    /// Per option of a task: the tasks of the board that stand in its way, ascending; not itself.
    pub fn conflicts(&self, task: &Task, itself: Option<usize>) -> Vec<Vec<usize>> {
        let of = |option: &Vec<usize>| {
            let all = option.iter().flat_map(|&r| &self.of_resource[r]).copied();
            let mut out: Vec<usize> = all.filter(|&t| Some(t) != itself && self.tasks[t].overlaps(task)).collect();
            out.sort_unstable();
            out.dedup();
            out
        };
        task.options.iter().map(of).collect()
    }

    /// The question whether `booking` can be placed.
    pub fn question(&self, instance: &Instance, standing: &Served, booking: usize) -> Question {
        let job = &instance.bookings[booking];
        let linked: Vec<usize> = job.twins.iter().copied().filter(|&twin| standing[twin].is_some()).collect();
        let mut unit = vec![booking];
        let mut forced: Vec<&Vec<usize>> = Vec::new();
        for &twin in &linked {
            let group = self.group_of[twin];
            if self.is_loose[twin] {
                unit.extend((0..standing.len()).filter(|&b| standing[b].is_some() && self.group_of[b] == group));
            } else {
                forced.extend(&standing[twin]);
            }
        }
        unit.sort_unstable();
        unit.dedup();
        if job.held {
            forced.push(&job.current);
        }
        let replaced = (0..self.tasks.len()).filter(|&t| self.tasks[t].members.iter().any(|b| unit.contains(b))).collect();
        let tasks = match forced.first() {
            Some(by) => {
                let fits = forced.iter().all(|other| other == by) && unit.iter().all(|&b| instance.bookings[b].can_be_served_by(by));
                Some(vec![one_task(instance, &unit, if fits { vec![by.to_vec()] } else { Vec::new() })])
            }
            None => tasks_of(instance, &unit),
        };
        let is_whole = tasks.is_some();
        let mut tasks = tasks.unwrap_or_else(|| vec![one_task(instance, &unit, Vec::new())]);
        for task in &mut tasks {
            self.keep_free(task);
        }
        Question { booking, tasks, replaced, is_whole }
    }
}

/// Placed bookings that have to have the same resources, directly or through others. Each group ascending, in the order of their first.
fn groups(instance: &Instance, standing: &Served) -> Vec<Vec<usize>> {
    let mut sets = UnionFind::<usize>::new(standing.len());
    for (b, job) in instance.bookings.iter().enumerate() {
        for &twin in job.twins.iter().filter(|&&twin| standing[b].is_some() && standing[twin].is_some()) {
            sets.union(b, twin);
        }
    }
    let mut groups: Vec<Vec<usize>> = Vec::new();
    let mut place_of = vec![usize::MAX; standing.len()];
    for b in (0..standing.len()).filter(|&b| standing[b].is_some()) {
        let root = sets.find_mut(b);
        if place_of[root] == usize::MAX {
            place_of[root] = groups.len();
            groups.push(Vec::new());
        }
        groups[place_of[root]].push(b);
    }
    groups
}

/// Which bookings are served as the rules want it: by people who may, who serve nobody else at that time, the same as their linked ones.
fn sound(instance: &Instance, standing: &Served) -> Vec<bool> {
    let mut sound: Vec<bool> = standing
        .iter()
        .zip(&instance.bookings)
        .map(|(by, job)| {
            let same = |&twin: &usize| standing[twin].is_none() || standing[twin] == *by;
            by.as_ref().is_some_and(|by| job.can_be_served_by(by)) && job.twins.iter().all(same)
        })
        .collect();
    let mut days: Vec<Vec<(Span, usize)>> = vec![Vec::new(); instance.resource_count()];
    for (b, by) in standing.iter().enumerate() {
        for &r in by.iter().flatten() {
            days[r].push((instance.bookings[b].occupied, b));
        }
    }
    for day in &mut days {
        day.sort_unstable();
        for (k, (span, b)) in day.iter().enumerate() {
            for (_, other) in day[k + 1..].iter().take_while(|(later, _)| later.start < span.end).filter(|(later, _)| later.overlaps(*span)) {
                sound[*b] = false;
                sound[*other] = false;
            }
        }
    }
    sound
}

fn members_of(ways: &Ways, way: Way) -> Vec<usize> {
    match way {
        Way::Single(r) => vec![r],
        Way::Combined(c) => ways.combinations.iter().find(|(at, _)| *at == c).map(|(_, members)| members.clone()).unwrap_or_default(),
    }
}

/// A task for each slot of a booking that stands alone; one for all of a group. `None` when a group can be served in too many ways to tell apart.
fn tasks_of(instance: &Instance, group: &[usize]) -> Option<Vec<Task>> {
    let job = &instance.bookings[group[0]];
    if let [only] = group {
        let options = |ways: &Ways| -> Vec<Vec<usize>> {
            let singles = ways.resources.iter().map(|&r| vec![r]);
            singles.chain(ways.combinations.iter().map(|(_, members)| members.clone())).collect()
        };
        let slots = job.demands.iter().flat_map(|ways| std::iter::repeat_n(options(ways), ways.count));
        return Some(slots.map(|options| one_task(instance, &[*only], options)).collect());
    }
    let mut sets = sets_of(instance, group[0])?;
    let jobs = || group.iter().map(|&b| &instance.bookings[b]);
    sets.retain(|set| jobs().all(|job| job.can_be_served_by(set)));
    Some(vec![one_task(instance, group, sets)])
}

fn one_task(instance: &Instance, members: &[usize], mut options: Vec<Vec<usize>>) -> Task {
    let spans: Vec<Span> = members.iter().map(|&b| instance.bookings[b].occupied).collect();
    if spans.iter().enumerate().any(|(k, a)| spans[k + 1..].iter().any(|b| a.overlaps(*b))) {
        // Nobody can do two things at once; only bookings that need nobody can share a time.
        options.retain(Vec::is_empty);
    }
    Task { members: members.to_vec(), spans, options, standing: None }
}

/// Every set of resources that could serve a booking, each once; `None` when there are too many.
fn sets_of(instance: &Instance, booking: usize) -> Option<Vec<Vec<usize>>> {
    let mut sets: Vec<Vec<usize>> = vec![Vec::new()];
    for ways in &instance.bookings[booking].demands {
        for _ in 0..ways.count {
            let mut longer = Vec::new();
            for set in &sets {
                let singles = ways.resources.iter().map(std::slice::from_ref);
                for way in singles.chain(ways.combinations.iter().map(|(_, members)| members.as_slice())).filter(|way| !share(way, set)) {
                    let mut with = [set, way].concat();
                    with.sort_unstable();
                    longer.push(with);
                }
            }
            longer.sort_unstable();
            longer.dedup();
            if longer.len() > SETS_MAX {
                return None;
            }
            sets = longer;
        }
    }
    Some(sets)
}
