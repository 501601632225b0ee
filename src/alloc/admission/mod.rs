//! Admission by reshuffle: does one more booking fit on a day on which everybody who is placed has to stay placed?
//!
//! A day is prepared once and asked many times. What is provisional may be moved, in chains of any length; bound, finalized and begun bookings stay
//! where they are, and so does whoever is held by people who cannot serve it (that is for the run after an absence to settle). The answer is exact: an
//! assignment in which everybody is served, or a certified no. The steps, cheapest first:
//!
//! 1. Somebody is free: the least busy of them, and nobody moves.
//! 2. `crowd`: at one single instant of the booking there are more bookings than people for them (Hall 1935). Settles most refusals.
//! 3. `chains` and `path`: A takes B's, B takes C's, one move more at a time, so that as few move as can. Settles most yeses that are left, and
//!    the no of everything that no chain leads out of.
//! 4. `exact`: depth-first search over what a chain could touch at all, with Hall's condition kept at every instant of the day; in turns with
//!    `eject`, which looks for a yes where that one takes long to prove a no.
//! 5. The mixed-integer program of the same question, when those have used up their work.
//!
//! Pure and deterministic; work is counted, never timed.

mod board;
mod chains;
mod crowd;
mod eject;
mod exact;
mod hall;
mod path;

use std::collections::BTreeMap;

use super::greedy::{self, Diary};
use super::instance::{Instance, Served};
use super::solve::feasible;
use super::stop::Stop;
use board::{Board, Question, Task};
use chains::Chains;
use exact::Puzzle;
pub use exact::Search;

/// What the first look for chains may cost, in options looked at. A chain of three moves takes some hundreds.
const FIRST_CHAINS_WORK_MAX: u64 = 2_000;
/// What the second one may cost, when it is known that the booking fits and only a short way is wanted.
const CHAINS_WORK_MAX: u64 = 30_000;
/// What the last one may cost, when it is not known yet.
const LAST_CHAINS_WORK_MAX: u64 = 500_000;
/// What the second search may cost, in options looked at, before the program is asked.
const SEARCH_WORK_MAX: u64 = 3_000_000;

/// Slots of bookings up to which the program is quick: some tens of milliseconds.
const PROGRAM_TASKS_MAX: usize = 200;

/// Whether a booking fits, and how.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// These (sorted) are free for it, and nobody has to move.
    Free(Vec<usize>),
    /// It fits once others move.
    Reshuffled(Reshuffle),
    /// It does not fit, however the others are moved.
    Full,
    /// It could not be found out: the solver gave up, or bookings are linked in more ways than can be told apart.
    Undecided,
}

/// A new assignment with one booking more, as its difference from the one that stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reshuffle {
    /// Who serves the new booking, sorted.
    pub by: Vec<usize>,
    /// Who is served by others from now on, and by whom (sorted), in the order of bookings.
    pub moves: Vec<(usize, Vec<usize>)>,
}

/// Which step found the answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Step {
    /// Somebody was free, or nobody could serve it even on an empty day.
    Glance,
    /// Too many at one instant.
    Crowd,
    /// A chain of moves, or none leads anywhere.
    Chain,
    /// The depth-first search.
    Search,
    /// The mixed-integer program.
    Program,
}

/// How long a question may be looked into.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Effort {
    /// Until it is answered. On days of 50 people the hardest questions take seconds.
    #[default]
    Whole,
    /// Somebody waits: the program is asked only where few bookings take part, as on any day of 20 people. On larger ones some questions
    /// (of those that all quick steps left open) stay undecided.
    Brief,
}

/// An answer and what it took.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    /// Does it fit?
    pub answer: Answer,
    /// Which step found out.
    pub step: Step,
}

impl Answer {
    /// Who would serve the booking, if it fits.
    pub fn by(&self) -> Option<&[usize]> {
        match self {
            Answer::Free(by) => Some(by),
            Answer::Reshuffled(found) => Some(&found.by),
            Answer::Full | Answer::Undecided => None,
        }
    }
}

/// A day prepared for questions.
#[derive(Debug)]
pub struct Admission<'d, 's> {
    instance: &'d Instance<'s>,
    standing: Served,
    diary: Diary,
    board: Board,
}

impl<'d, 's> Admission<'d, 's> {
    /// Prepares a day. `standing` says who serves whom now; bookings without anybody are not there yet (or are not promised to anybody) and may be
    /// asked for. What [`Instance`] holds is never moved.
    pub fn new(instance: &'d Instance<'s>, standing: Served) -> Admission<'d, 's> {
        let mut diary = Diary::empty(instance.resource_count());
        for (job, by) in instance.bookings.iter().zip(&standing) {
            for &r in by.iter().flatten() {
                diary.take(r, job.occupied, job.length_minutes);
            }
        }
        let board = Board::new(instance, &standing);
        Admission { instance, standing, diary, board }
    }

    /// The same with everybody who is held by somebody now.
    pub fn of_current(instance: &'d Instance<'s>) -> Admission<'d, 's> {
        let standing = instance.bookings.iter().map(|job| (!job.current.is_empty()).then(|| job.current.clone())).collect();
        Admission::new(instance, standing)
    }

    /// Does this booking fit beside everybody who is placed? Asks about each as if the other unplaced ones were not there.
    ///
    /// # Panics
    /// If the booking is placed already.
    pub fn ask(&self, booking: usize, effort: Effort) -> Verdict {
        assert!(self.standing[booking].is_none(), "booking {booking} is placed already");
        if let Some(by) = greedy::least_busy(self.instance, &self.standing, &self.diary, booking) {
            return Verdict { answer: Answer::Free(by), step: Step::Glance };
        }
        let question = self.board.question(self.instance, &self.standing, booking);
        if question.tasks.iter().any(|task| task.options.is_empty()) {
            return self.no(&question, Step::Glance);
        }
        if crowd::is_too_large(&self.board, &question) {
            return self.no(&question, Step::Crowd);
        }
        match Chains::new(&self.board, &question).search(FIRST_CHAINS_WORK_MAX) {
            Search::Found(placed) => return self.yes(&question, placed, Step::Chain),
            Search::Impossible => return self.no(&question, Step::Chain),
            Search::OutOfWork => {}
        }
        if let Some(placed) = path::search(&self.board, &question) {
            return self.yes(&question, placed, Step::Chain);
        }
        let puzzle = Puzzle::new(&self.board, &question);
        let (step, found) = match puzzle.search(SEARCH_WORK_MAX) {
            Search::OutOfWork => match Chains::new(&self.board, &question).search(LAST_CHAINS_WORK_MAX) {
                Search::Found(placed) => return self.yes(&question, placed, Step::Chain),
                _ if effort == Effort::Brief && puzzle.size() > PROGRAM_TASKS_MAX => (Step::Program, Search::OutOfWork),
                _ => (Step::Program, feasible::one_each(&puzzle.options_left(), &puzzle.exclusions(), &Stop::new())),
            },
            found => (Step::Search, found),
        };
        match found {
            // It fits. What the search found moves more than it has to: a longer look for a short chain is worth it.
            Search::Found(choice) => match Chains::new(&self.board, &question).search(CHAINS_WORK_MAX) {
                Search::Found(placed) => self.yes(&question, placed, step),
                _ => self.yes(&question, puzzle.placed(&choice), step),
            },
            Search::Impossible => self.no(&question, step),
            Search::OutOfWork => Verdict { answer: Answer::Undecided, step },
        }
    }

    /// No, unless something that might have been moved was left out of the question.
    fn no(&self, question: &Question, step: Step) -> Verdict {
        let answer = if question.is_whole && self.board.is_whole { Answer::Full } else { Answer::Undecided };
        Verdict { answer, step }
    }

    /// Yes, with `placed`: tasks of the board and of the question that are served otherwise from now on, and by which of their options.
    fn yes(&self, question: &Question, placed: Vec<(usize, usize)>, step: Step) -> Verdict {
        let placed = self.without_needless_moves(question, placed);
        let count = self.board.tasks.len();
        let task = |t: usize| if t < count { &self.board.tasks[t] } else { &question.tasks[t - count] };
        // A booking of several tasks may have moved with some of them only.
        let mut served: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
        let touched: Vec<usize> = placed.iter().flat_map(|&(t, _)| task(t).members.iter().copied()).collect();
        for &member in &touched {
            let by = served.entry(member).or_default();
            by.clear();
            let beside = (0..count + question.tasks.len()).filter(|&t| task(t).members.contains(&member) && !question.replaces(t));
            for t in beside {
                let option = placed.iter().find(|(moved, _)| *moved == t).map(|(_, o)| *o).or(task(t).standing);
                by.extend(option.map(|o| task(t).options[o].as_slice()).unwrap_or_default());
            }
            by.sort_unstable();
        }
        let by = served.remove(&question.booking).unwrap_or_default();
        let moves: Vec<(usize, Vec<usize>)> = served.into_iter().filter(|(b, by)| self.standing[*b].as_ref() != Some(by)).collect();
        Verdict { answer: Answer::Reshuffled(Reshuffle { by, moves }), step }
    }

    /// Leaves out every move that made room for nobody: only who stands in the way of the new booking has to move, and who stands in theirs, and so on.
    fn without_needless_moves(&self, question: &Question, placed: Vec<(usize, usize)>) -> Vec<(usize, usize)> {
        let count = self.board.tasks.len();
        let task = |t: usize| -> &Task { if t < count { &self.board.tasks[t] } else { &question.tasks[t - count] } };
        let (mut needed, mut rest): (Vec<_>, Vec<_>) = placed.into_iter().partition(|&(t, _)| t >= count);
        let mut at = 0;
        while let Some(&(t, option)) = needed.get(at) {
            at += 1;
            let stands_in_the_way =
                |&(other, _): &(usize, usize)| task(other).standing.is_some_and(|home| task(other).collides(home, task(t), option));
            let (moves, stays): (Vec<_>, Vec<_>) = rest.into_iter().partition(stands_in_the_way);
            needed.extend(moves);
            rest = stays;
        }
        // Whoever stands still was no obstacle to whoever else stood, so only those who moved count.
        let is_needless = |needed: &[(usize, usize)], t: usize| {
            task(t).standing.is_some_and(|home| needed.iter().all(|&(other, o)| other == t || !task(t).collides(home, task(other), o)))
        };
        while let Some(at) = (0..needed.len()).find(|&k| is_needless(&needed, needed[k].0)) {
            needed.remove(at);
        }
        needed
    }
}
