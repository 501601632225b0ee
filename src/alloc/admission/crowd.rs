//! Too many at once: the refusal that needs no search.
//!
//! At any instant everything that is going on needs somebody of its own. As things stand everybody has one; the new booking fits at that instant
//! only if an augmenting path leads from it to somebody who is free then (Hall 1935, Berge 1957). Where a task takes several at once it is
//! asked for one of them only: what is refused so is refused all the more in full.

use super::board::{Board, Question, Task};
use crate::domain::{Minute, Span};

/// Is there an instant at which the question's tasks and those of the board cannot all have somebody?
pub fn is_too_large(board: &Board, question: &Question) -> bool {
    let spans: Vec<Span> = question.tasks.iter().flat_map(|task| &task.spans).copied().collect();
    let starts = board.tasks.iter().flat_map(|task| &task.spans).map(|span| span.start).filter(|start| is_within(*start, &spans));
    let mut instants: Vec<Minute> = starts.chain(spans.iter().map(|span| span.start)).collect();
    instants.sort_unstable();
    instants.dedup();
    instants.into_iter().any(|instant| !Crowd::at(board, question, instant).has_room())
}

fn is_within(instant: Minute, spans: &[Span]) -> bool {
    spans.iter().any(|span| span.start <= instant && instant < span.end)
}

/// Everything that is going on at one instant.
struct Crowd<'b> {
    /// Those of the board first.
    tasks: Vec<&'b Task>,
    /// How many are the board's.
    standing: usize,
    /// Per resource: which of the tasks has it.
    has: Vec<Option<usize>>,
}

impl<'b> Crowd<'b> {
    fn at(board: &'b Board, question: &'b Question, instant: Minute) -> Crowd<'b> {
        let going_on = |task: &Task| is_within(instant, &task.spans);
        let mut tasks: Vec<&Task> =
            board.tasks.iter().enumerate().filter(|(t, task)| !question.replaces(*t) && going_on(task)).map(|(_, task)| task).collect();
        let mut has = vec![None; board.of_resource.len()];
        for (k, task) in tasks.iter().enumerate() {
            if let Some(&r) = task.standing.and_then(|o| task.options[o].first()) {
                has[r] = Some(k);
            }
        }
        let standing = tasks.len();
        tasks.extend(question.tasks.iter().filter(|task| going_on(task)));
        Crowd { tasks, standing, has }
    }

    fn has_room(mut self) -> bool {
        (self.standing..self.tasks.len()).all(|k| {
            let needs_nobody = self.tasks[k].options.iter().any(Vec::is_empty);
            needs_nobody || self.find(k, &mut vec![false; self.has.len()])
        })
    }

    /// Finds somebody for a task; whoever has them now finds somebody else (Kuhn 1955).
    fn find(&mut self, k: usize, seen: &mut [bool]) -> bool {
        let task = self.tasks[k];
        for &r in task.options.iter().flatten() {
            if std::mem::replace(&mut seen[r], true) {
                continue;
            }
            if self.has[r].is_none_or(|other| self.find(other, seen)) {
                self.has[r] = Some(k);
                return true;
            }
        }
        false
    }
}
