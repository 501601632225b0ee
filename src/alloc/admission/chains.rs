//! Chains of moves: the new booking takes somebody's time, whoever stood there takes another's, until somebody was free.
//!
//! Iterative deepening over the number of moves (Korf 1985): whatever leaves its place is put to its final one at once, so every assignment that
//! differs in at most so many tasks is found, and the first that is found moves as few as can. When a search was never cut short by the number of
//! moves, no chain of any length leads anywhere, and the answer is a certain no.
//!
//! Source: ejection chains (Glover 1996), here with as many ejections per link as stand in the way.

use super::board::{Board, Question, Task};
use super::exact::Search;

/// Moves after which a day is searched as a whole instead.
const MOVES_MAX: usize = 12;

/// A search for one question.
pub struct Chains<'b> {
    board: &'b Board,
    question: &'b Question,
    /// Per task of the question and option: who stands in its way on the board.
    in_the_way: Vec<Vec<Vec<usize>>>,
    /// Per task: has it left its place, or was it never there? Those of the question come last.
    is_away: Vec<bool>,
    /// Who has left its place and was not put anywhere yet.
    homeless: Vec<usize>,
    /// Who was put where.
    placed: Vec<(usize, usize)>,
    work: u64,
}

/// What became of one search with so many moves.
enum Went {
    Found,
    /// Nothing; and was anything left out because it would move too many?
    Nothing {
        cut: bool,
    },
    OutOfWork,
}

impl<'b> Chains<'b> {
    /// Nothing moved yet.
    pub fn new(board: &'b Board, question: &'b Question) -> Chains<'b> {
        let count = board.tasks.len();
        Chains {
            board,
            question,
            in_the_way: question.tasks.iter().map(|task| board.conflicts(task, None)).collect(),
            is_away: (0..count + question.tasks.len()).map(|t| t >= count || question.replaces(t)).collect(),
            homeless: (count..count + question.tasks.len()).collect(),
            placed: Vec::new(),
            work: 0,
        }
    }

    /// Who is put where, those of the question (after the board's) among them; at most `work_max` options are looked at.
    pub fn search(mut self, work_max: u64) -> Search {
        let asked = self.question.tasks.len();
        for moves in 1..=MOVES_MAX {
            match self.go(asked + moves, work_max) {
                Went::Found => return Search::Found(self.placed),
                Went::Nothing { cut: false } => return Search::Impossible,
                Went::Nothing { cut: true } => {}
                Went::OutOfWork => break,
            }
        }
        Search::OutOfWork
    }

    fn task(&self, t: usize) -> &'b Task {
        self.board.tasks.get(t).unwrap_or_else(|| &self.question.tasks[t - self.board.tasks.len()])
    }

    /// Puts everybody who is homeless somewhere, moving at most `moves_max` in all.
    fn go(&mut self, moves_max: usize, work_max: u64) -> Went {
        let Some(t) = self.homeless.pop() else { return Went::Found };
        let count = self.board.tasks.len();
        let (task, mut cut) = (self.task(t), false);
        for option in 0..task.options.len() {
            self.work += 1;
            if self.work > work_max {
                return Went::OutOfWork;
            }
            if self.placed.iter().any(|&(other, o)| self.task(other).collides(o, task, option)) {
                continue;
            }
            let in_the_way = if t < count { &self.board.in_the_way[t][option] } else { &self.in_the_way[t - count][option] };
            let out: Vec<usize> = in_the_way.iter().copied().filter(|&other| !self.is_away[other]).collect();
            if self.placed.len() + self.homeless.len() + out.len() + 1 > moves_max {
                cut = true;
                continue;
            }
            let before = self.homeless.len();
            for &other in &out {
                self.is_away[other] = true;
            }
            self.homeless.extend_from_slice(&out);
            self.placed.push((t, option));
            match self.go(moves_max, work_max) {
                Went::Nothing { cut: deeper } => cut |= deeper,
                done => return done,
            }
            self.placed.pop();
            self.homeless.truncate(before);
            for &other in &out {
                self.is_away[other] = false;
            }
        }
        self.homeless.push(t);
        Went::Nothing { cut }
    }
}
