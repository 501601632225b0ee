//! The whole question at once: depth-first search in which every choice is followed to its ends.
//!
//! Only what a chain of moves could touch at all takes part; everything else can stay. Whoever can still stay needs no decision: a search is over
//! when everybody who has to leave was put somewhere. Which of those comes first: the one with the fewest options, and with the crowds that failed most
//! often (Boussemart et al. 2004, dom/wdeg). After each choice Hall's condition is restored at every instant ([`super::hall`]).

use super::super::instance::cliques;
use super::board::{Board, Question, Task, share};
use super::eject::Ejection;
use super::hall::{Crowd, Desk, Left};
use crate::domain::Span;

/// Options looked at before the first fresh start.
const PATIENCE: u64 = 40_000;

/// What a search came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Search<T = Vec<(usize, usize)>> {
    /// A way: what it is, the caller says.
    Found(T),
    /// There is none.
    Impossible,
    /// Not known yet.
    OutOfWork,
}

/// The tasks that take part, each with its options; the first that fails to keep its place is put somewhere else.
#[derive(Debug)]
pub struct Puzzle<'b> {
    /// Their numbers on the board, and after the board's those of the question.
    numbers: Vec<usize>,
    tasks: Vec<&'b Task>,
    crowds: Vec<Vec<usize>>,
    resources: usize,
}

impl<'b> Puzzle<'b> {
    /// What a chain could touch: the question's tasks, whoever stands in their way, whoever stands in theirs, and so on.
    pub fn new(board: &'b Board, question: &'b Question) -> Puzzle<'b> {
        let count = board.tasks.len();
        let mut is_in: Vec<bool> = (0..count).map(|t| question.replaces(t)).collect();
        let mut numbers: Vec<usize> = Vec::new();
        let mut edge: Vec<usize> = question.tasks.iter().flat_map(|task| board.conflicts(task, None)).flatten().collect();
        while let Some(t) = edge.pop() {
            if !std::mem::replace(&mut is_in[t], true) {
                numbers.push(t);
                edge.extend(board.in_the_way[t].iter().flatten());
            }
        }
        numbers.sort_unstable();
        numbers.extend(count..count + question.tasks.len());
        let tasks: Vec<&Task> = numbers.iter().map(|&t| board.tasks.get(t).unwrap_or_else(|| &question.tasks[t - count])).collect();
        let items: Vec<(Span, usize)> = tasks.iter().enumerate().flat_map(|(v, task)| task.spans.iter().map(move |span| (*span, v))).collect();
        let mut crowds = cliques(&items);
        for crowd in &mut crowds {
            crowd.sort_unstable();
            crowd.dedup();
        }
        Puzzle { numbers, tasks, crowds, resources: board.of_resource.len() }
    }

    /// Which option each takes, looking at some `work_max` options at most. Starts again from time to time with what it learnt about where the trouble
    /// is (Gomes, Selman & Kautz 1998), each time with more patience.
    pub fn search(&self, work_max: u64) -> Search<Vec<usize>> {
        let mut state = State::new(self);
        if !state.restore((0..self.tasks.len()).collect()) {
            return Search::Impossible;
        }
        let (root, mut patience) = (state.trail.len(), PATIENCE);
        loop {
            state.work_max = (state.desk.work + patience).min(work_max);
            match state.go() {
                Search::OutOfWork if state.desk.work < work_max => state.undo(root),
                done => return done,
            }
            // Looking for a no did not end soon; it may be a yes.
            let left = (0..self.tasks.len()).map(|v| state.options.of(v).map(|(o, _)| o).collect()).collect();
            if let Some(choice) = Ejection::new(&self.tasks, left, self.resources).search(patience) {
                return Search::Found(choice);
            }
            state.desk.work += patience;
            patience *= 2;
        }
    }

    /// How many tasks take part.
    pub fn size(&self) -> usize {
        self.tasks.len()
    }

    /// How many options each task has.
    pub fn options_left(&self) -> Vec<usize> {
        self.tasks.iter().map(|task| task.options.len()).collect()
    }

    /// Sets of (task, option) of which at most one can be chosen: those that take the same resource at the same instant.
    pub fn exclusions(&self) -> Vec<Vec<(usize, usize)>> {
        let mut out = Vec::new();
        for crowd in &self.crowds {
            let mut takers: Vec<Vec<(usize, usize)>> = vec![Vec::new(); self.resources];
            for &v in crowd {
                for (o, set) in self.tasks[v].options.iter().enumerate() {
                    for &r in set {
                        takers[r].push((v, o));
                    }
                }
            }
            out.extend(takers.into_iter().filter(|takers| takers.len() > 1));
        }
        out
    }

    /// Who is put elsewhere by a choice: numbers on the board (and after it those of the question) with their options.
    pub fn placed(&self, choice: &[usize]) -> Vec<(usize, usize)> {
        let all = self.numbers.iter().zip(&self.tasks).zip(choice);
        all.filter(|((_, task), o)| task.standing != Some(**o)).map(|((t, _), o)| (*t, *o)).collect()
    }
}

/// A search under way.
struct State<'p, 'b> {
    puzzle: &'p Puzzle<'b>,
    /// Per task: tasks it shares an instant with.
    beside: Vec<Vec<usize>>,
    crowds: Vec<Crowd>,
    /// Per task: its crowds.
    crowds_of: Vec<Vec<usize>>,
    options: Options<'b>,
    /// Options that fell away, last ones last.
    trail: Vec<(usize, usize)>,
    /// Per crowd: how often it failed.
    failures: Vec<u64>,
    desk: Desk,
    work_max: u64,
}

/// Which options are left.
struct Options<'b> {
    tasks: Vec<&'b Task>,
    is_left: Vec<Vec<bool>>,
    count: Vec<usize>,
}

impl Left for Options<'_> {
    fn of(&self, task: usize) -> impl Iterator<Item = (usize, &[usize])> {
        let left = self.tasks[task].options.iter().zip(&self.is_left[task]).enumerate();
        left.filter(|(_, (_, is_left))| **is_left).map(|(o, (set, _))| (o, set.as_slice()))
    }
}

impl Options<'_> {
    fn keeps(&self, task: usize, option: usize) -> bool {
        self.is_left[task][option]
    }

    /// Can it still stay where it is?
    fn may_stay(&self, task: usize) -> bool {
        self.tasks[task].standing.is_some_and(|o| self.keeps(task, o))
    }

    fn first(&self, task: usize) -> Option<usize> {
        self.is_left[task].iter().position(|left| *left)
    }
}

impl<'p, 'b> State<'p, 'b> {
    fn new(puzzle: &'p Puzzle<'b>) -> State<'p, 'b> {
        let n = puzzle.tasks.len();
        let (mut crowds_of, mut beside) = (vec![Vec::new(); n], vec![Vec::new(); n]);
        for (c, crowd) in puzzle.crowds.iter().enumerate() {
            for &v in crowd {
                crowds_of[v].push(c);
                beside[v].extend(crowd.iter().copied().filter(|&w| w != v));
            }
        }
        for list in &mut beside {
            list.sort_unstable();
            list.dedup();
        }
        State {
            puzzle,
            beside,
            crowds: puzzle.crowds.iter().map(|crowd| Crowd::new(crowd.clone())).collect(),
            crowds_of,
            options: Options {
                tasks: puzzle.tasks.clone(),
                is_left: puzzle.tasks.iter().map(|task| vec![true; task.options.len()]).collect(),
                count: puzzle.tasks.iter().map(|task| task.options.len()).collect(),
            },
            trail: Vec::new(),
            failures: vec![1; puzzle.crowds.len()],
            desk: Desk::new(puzzle.resources),
            work_max: 0,
        }
    }

    /// Searches from here; the options that are left at the end are the answer.
    fn go(&mut self) -> Search<Vec<usize>> {
        loop {
            if self.desk.work > self.work_max {
                return Search::OutOfWork;
            }
            let Some(v) = self.next() else { return Search::Found(self.choice()) };
            let Some(option) = self.best_option(v) else { return Search::Impossible };
            let mark = self.trail.len();
            let others: Vec<usize> = self.options.of(v).map(|(o, _)| o).filter(|&o| o != option).collect();
            for o in others {
                self.drop(v, o);
            }
            if self.restore(vec![v]) {
                match self.go() {
                    Search::Impossible => {}
                    done => return done,
                }
            }
            self.undo(mark);
            self.drop(v, option);
            if !self.restore(vec![v]) {
                return Search::Impossible;
            }
        }
    }

    /// Who is put somewhere next: of those who cannot stay, the one with the fewest options for the trouble it makes.
    fn next(&self) -> Option<usize> {
        let undecided = (0..self.options.count.len()).filter(|&v| self.options.count[v] > 1 && !self.options.may_stay(v));
        let trouble = |v: usize| self.crowds_of[v].iter().map(|&c| self.failures[c]).sum::<u64>().max(1) as f64;
        undecided.min_by(|&a, &b| (self.options.count[a] as f64 / trouble(a)).total_cmp(&(self.options.count[b] as f64 / trouble(b))))
    }

    /// The option that leaves the others most of theirs.
    fn best_option(&self, v: usize) -> Option<usize> {
        let costs = |set: &[usize]| -> usize {
            let taken = |w: &&usize| {
                self.options.tasks[**w].standing.is_some_and(|o| self.options.keeps(**w, o) && share(&self.options.tasks[**w].options[o], set))
            };
            self.beside[v].iter().filter(taken).count()
        };
        self.options.of(v).min_by_key(|(o, set)| (costs(set), *o)).map(|(o, _)| o)
    }

    /// Everybody's place: where they can stay, they stay; the others have one option left.
    fn choice(&self) -> Vec<usize> {
        let stays = |v: usize| self.options.tasks[v].standing.filter(|&o| self.options.keeps(v, o));
        (0..self.options.count.len()).map(|v| stays(v).or(self.options.first(v)).unwrap_or(0)).collect()
    }

    fn drop(&mut self, v: usize, option: usize) {
        self.options.is_left[v][option] = false;
        self.options.count[v] -= 1;
        self.trail.push((v, option));
    }

    fn undo(&mut self, mark: usize) {
        for (v, option) in self.trail.drain(mark..) {
            self.options.is_left[v][option] = true;
            self.options.count[v] += 1;
        }
    }

    /// Follows the loss of options of these tasks to its ends; false when somebody is left without any.
    fn restore(&mut self, mut changed: Vec<usize>) -> bool {
        let mut is_due = vec![false; self.crowds.len()];
        let mut due: Vec<usize> = Vec::new();
        loop {
            while let Some(v) = changed.pop() {
                for &c in &self.crowds_of[v] {
                    if !std::mem::replace(&mut is_due[c], true) {
                        due.push(c);
                    }
                }
                match self.options.count[v] {
                    0 => {
                        for &c in &self.crowds_of[v] {
                            self.failures[c] += 1;
                        }
                        return false;
                    }
                    1 => self.exclude(v, &mut changed),
                    _ => {}
                }
            }
            let Some(c) = due.pop() else { return true };
            is_due[c] = false;
            let Some(useless) = self.crowds[c].prune(&mut self.desk, &self.options) else {
                self.failures[c] += 1;
                return false;
            };
            for (v, option) in useless {
                self.drop(v, option);
                changed.push(v);
            }
        }
    }

    /// Nobody beside a decided task takes what it takes.
    fn exclude(&mut self, v: usize, changed: &mut Vec<usize>) {
        let Some(only) = self.options.first(v) else { return };
        let set = &self.puzzle.tasks[v].options[only];
        for k in 0..self.beside[v].len() {
            let w = self.beside[v][k];
            let lost: Vec<usize> = self.options.of(w).filter(|(_, other)| share(set, other)).map(|(o, _)| o).collect();
            if !lost.is_empty() {
                self.desk.work += lost.len() as u64;
                for option in lost {
                    self.drop(w, option);
                }
                changed.push(w);
            }
        }
    }
}
