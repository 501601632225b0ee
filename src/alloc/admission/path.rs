//! The simple chain: each link pushes out one task, and whoever else stands there has somewhere free to go. Breadth first over the tasks, each
//! reached once, so it is quick however long the chain is, and the first one found has the fewest links. It only ever answers yes: a link does not know
//! what the links before it moved, so a chain is checked as a whole when it is complete.
//!
//! Source: augmenting paths (Berge 1957), here on intervals, as in [`super::super::explain::chain`].

use std::collections::VecDeque;

use super::board::{Board, Question, Task};

/// A task that was pushed out.
struct Link {
    /// Which task.
    task: usize,
    /// The link that pushed it out, and the option that one took.
    pushed_by: Option<(usize, usize)>,
    /// Who else had to leave for that, and where to.
    aside: Vec<(usize, usize)>,
}

/// Who is put where, those of the question (after the board's) among them, if a simple chain leads there. For questions of one task.
pub fn search(board: &Board, question: &Question) -> Option<Vec<(usize, usize)>> {
    let count = board.tasks.len();
    let [asked] = question.tasks.as_slice() else { return None };
    let conflicts = board.conflicts(asked, None);
    let of = |t: usize, option: usize| if t == count { &conflicts[option] } else { &board.in_the_way[t][option] };
    let task = |t: usize| board.tasks.get(t).unwrap_or(asked);
    let is_gone = |t: usize| question.replaces(t);
    let free_place = |t: usize| {
        (0..board.tasks[t].options.len()).find(|&o| board.tasks[t].standing != Some(o) && board.in_the_way[t][o].iter().all(|&other| is_gone(other)))
    };
    let mut links = vec![Link { task: count, pushed_by: None, aside: Vec::new() }];
    let mut seen: Vec<bool> = (0..=count).map(|t| t == count || is_gone(t)).collect();
    let mut queue = VecDeque::from([0]);
    while let Some(at) = queue.pop_front() {
        let t = links[at].task;
        for option in (0..task(t).options.len()).filter(|&o| task(t).standing != Some(o)) {
            let in_the_way: Vec<usize> = of(t, option).iter().copied().filter(|&other| !is_gone(other)).collect();
            let (mut aside, mut stuck) = (Vec::new(), Vec::new());
            for &other in &in_the_way {
                match free_place(other) {
                    Some(place) => aside.push((other, place)),
                    None => stuck.push(other),
                }
            }
            match stuck[..] {
                [] => {
                    let found = follow(&links, at, option, aside);
                    if is_sound(board, &found, &task, &is_gone) {
                        return Some(found);
                    }
                }
                [one] if !std::mem::replace(&mut seen[one], true) => {
                    links.push(Link { task: one, pushed_by: Some((at, option)), aside });
                    queue.push_back(links.len() - 1);
                }
                _ => {}
            }
        }
    }
    None
}

/// The moves of a chain whose last link takes `option`.
fn follow(links: &[Link], last: usize, option: usize, aside: Vec<(usize, usize)>) -> Vec<(usize, usize)> {
    let mut placed = aside;
    let (mut at, mut takes) = (last, option);
    loop {
        placed.push((links[at].task, takes));
        placed.extend_from_slice(&links[at].aside);
        match links[at].pushed_by {
            Some((before, took)) => (at, takes) = (before, took),
            None => return placed,
        }
    }
}

/// Is nobody moved twice, and does nobody who moved stand in anybody's way?
fn is_sound<'t>(board: &Board, placed: &[(usize, usize)], task: &impl Fn(usize) -> &'t Task, is_gone: &impl Fn(usize) -> bool) -> bool {
    let moved = |t: usize| placed.iter().any(|(other, _)| *other == t);
    placed.iter().enumerate().all(|(k, &(t, option))| {
        let collides = |&(other, o): &(usize, usize)| other == t || task(t).collides(option, task(other), o);
        if placed[k + 1..].iter().any(collides) {
            return false;
        }
        let stand = task(t).options[option].iter().flat_map(|&r| &board.of_resource[r]);
        stand.into_iter().all(|&other| moved(other) || is_gone(other) || !board.tasks[other].overlaps(task(t)))
    })
}
