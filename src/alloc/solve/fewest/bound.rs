//! How small a team can be at best, from single instants: whoever is busy at the same time is not the same person.
//!
//! Source: the largest number of simultaneous tasks (Krishnamoorthy, Ernst & Baatar, EJOR 219, 2012, sec. 2); for temps, those tasks less a
//! maximum matching of them with the permanent staff (Hall 1935; augmenting paths: Kuhn 1955). On the 35 published instances beside the project
//! the first is the optimum every time, and costs milliseconds where the linear relaxation costs seconds to minutes.

use super::part::Part;

/// Least number of workers busy at some instant, when tasks worth at most `out_max` are left undone.
pub fn resources(part: &Part, out_max: u64) -> usize {
    instants(part, out_max).into_iter().map(|(least, _)| least).max().unwrap_or(0)
}

/// Least number of temps busy at some instant, when tasks worth at most `out_max` are left undone.
pub fn temporary(part: &Part, out_max: u64) -> usize {
    let mut best = 0;
    for (least, busy) in instants(part, out_max) {
        if least > best {
            best = best.max(least.saturating_sub(matched(part, &busy)));
        }
    }
    best
}

/// At each start of a task: how many of the tasks under way are done at least, and which are under way. By far the most first.
fn instants(part: &Part, out_max: u64) -> Vec<(usize, Vec<usize>)> {
    let mut starts: Vec<_> = part.spans.iter().map(|span| span.start).collect();
    starts.sort_unstable();
    starts.dedup();
    let mut found: Vec<(usize, Vec<usize>)> = starts
        .into_iter()
        .map(|at| {
            let busy: Vec<usize> = (0..part.tasks()).filter(|&j| part.spans[j].start <= at && at < part.spans[j].end).collect();
            (busy.len() - undone_at_most(part, &busy, out_max), busy)
        })
        .collect();
    found.sort_by_key(|(least, _)| std::cmp::Reverse(*least));
    found
}

/// How many of `tasks` may be left undone for `out_max` at most: the cheapest first.
fn undone_at_most(part: &Part, tasks: &[usize], out_max: u64) -> usize {
    let mut prices: Vec<u64> = tasks.iter().map(|&j| part.priority[j]).collect();
    prices.sort_unstable();
    let mut left = out_max;
    prices
        .into_iter()
        .take_while(|price| {
            let affordable = *price <= left;
            left -= if affordable { *price } else { 0 };
            affordable
        })
        .count()
}

/// Most of `tasks` that the permanent staff could do if all were at once.
fn matched(part: &Part, tasks: &[usize]) -> usize {
    let mut task_of = vec![None; part.workers()];
    tasks.iter().filter(|&&j| augment(part, j, &mut task_of, &mut vec![false; part.workers()])).count()
}

fn augment(part: &Part, task: usize, task_of: &mut [Option<usize>], seen: &mut [bool]) -> bool {
    for &w in part.eligible[task].iter().filter(|&&w| !part.temporary[w]) {
        if !seen[w] {
            seen[w] = true;
            if task_of[w].is_none_or(|other| augment(part, other, task_of, seen)) {
                task_of[w] = Some(task);
                return true;
            }
        }
    }
    false
}
