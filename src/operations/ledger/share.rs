//! What a day was, person by person: served, chosen by the customer, and the fair share. A pure function of a sheet and of what was done.

use std::collections::BTreeMap;

use crate::alloc::eligibility::capacity_minutes;
use crate::alloc::instance::{Instance, Way};
use crate::domain::ResourceKind;
use crate::sheet::{Block, Resource, Sheet};
use crate::store::LedgerEntry;

/// Who served a booking, and why they.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Done {
    /// Ids of those who served.
    pub by: Vec<String>,
    /// The customer chose them.
    pub requested: bool,
}

/// The entries of a day, in the order of the sheet's people. `done` says who served which booking; what is not in it was not served.
pub fn entries(sheet: &Sheet, done: &BTreeMap<String, Done>) -> Vec<LedgerEntry> {
    let pool = without_requested(sheet, done);
    let instance = Instance::new(&pool, false);
    let has_account: Vec<bool> = sheet.resources.iter().map(has_account).collect();
    let (mut actual, mut requested, mut work) = (vec![0; has_account.len()], vec![0; has_account.len()], Vec::new());
    for (b, booking) in sheet.bookings.iter().enumerate() {
        let Some(done) = done.get(&booking.id) else { continue };
        let minutes = booking.span.minutes();
        let by: Vec<usize> = done.by.iter().filter_map(|id| instance.house.resource(id)).collect();
        let theirs = by.iter().copied().filter(|&r| has_account[r]);
        if done.requested {
            theirs.for_each(|r| requested[r] += minutes);
            continue;
        }
        theirs.for_each(|r| actual[r] += minutes);
        let all = parts(&instance, b, by, &has_account).into_iter();
        work.extend(all.map(|part| Work { minutes: minutes * part.served.min(part.could.len() as i64), each_minutes: minutes, could: part.could }));
    }
    let target = balanced(&work, &instance.capacity_minutes);
    let entry = |(r, resource): (usize, &Resource)| {
        let available_minutes = capacity_minutes(resource);
        let was_there = has_account[r] && available_minutes + actual[r] + requested[r] > 0;
        was_there.then(|| LedgerEntry {
            date: sheet.date,
            resource_id: resource.id.clone(),
            available_minutes,
            actual_minutes: actual[r],
            requested_minutes: requested[r],
            target_seconds: target[r],
        })
    };
    sheet.resources.iter().enumerate().filter_map(entry).collect()
}

/// Tables owe nothing, and nobody carries on with a temp.
fn has_account(resource: &Resource) -> bool {
    resource.kind == ResourceKind::Staff && !resource.temporary
}

/// The day as it was for the work that anybody might have been given: nobody is held, and whoever was chosen by a customer is away for that time.
fn without_requested(sheet: &Sheet, done: &BTreeMap<String, Done>) -> Sheet {
    let mut pool = sheet.clone();
    for booking in &mut pool.bookings {
        booking.assignment = None;
    }
    for booking in &sheet.bookings {
        let Some(chosen) = done.get(&booking.id).filter(|done| done.requested) else { continue };
        for resource in pool.resources.iter_mut().filter(|r| chosen.by.contains(&r.id)) {
            resource.blocks.push(Block { span: booking.occupied(), reason: None });
        }
    }
    pool
}

/// Work of one kind in a booking: how many people with an account did it, and which could have.
struct Part {
    served: i64,
    could: Vec<usize>,
}

/// The work of a booking, by what it asks for. Where those who served are not those who may (records are what they are), all of it is one.
fn parts(instance: &Instance, booking: usize, mut by: Vec<usize>, has_account: &[bool]) -> Vec<Part> {
    by.sort_unstable();
    let job = &instance.bookings[booking];
    let accounts = |resources: &[usize]| -> Vec<usize> { resources.iter().copied().filter(|&r| has_account[r]).collect() };
    let Some(dealt) = job.deal_exactly(&by) else {
        return vec![Part { served: accounts(&by).len() as i64, could: accounts(&job.everyone()) }];
    };
    let served = |demand: usize| dealt.iter().filter(|(d, way)| *d == demand && matches!(way, Way::Single(r) if has_account[*r])).count() as i64;
    job.demands.iter().enumerate().map(|(d, ways)| Part { served: served(d), could: accounts(&ways.resources) }).collect()
}

/// Minutes of a booking that were served by people with an account, and who could have.
#[derive(Debug, Clone, PartialEq)]
struct Work {
    minutes: i64,
    /// The most that one of them can have of it.
    each_minutes: i64,
    could: Vec<usize>,
}

/// Rounds over all of the work, at most; a day is settled in some tens.
const ROUNDS_MAX: usize = 1_000;
/// What a round changes at last, in minutes.
const SETTLED_MINUTES: f64 = 1e-4;

/// The fair shares in seconds: everybody as busy as the others for the minutes they were there (`weights`), as far as who could serve what allows.
/// That is the minimum of Σ load² / weight over all ways to divide the work, which has one answer for the loads. Found by dividing one booking anew at
/// a time, the others given (block coordinate descent, Tseng 2001; each step is water-filling). Whole seconds that sum to the work exactly, by the
/// largest remainder.
fn balanced(work: &[Work], weights: &[i64]) -> Vec<i64> {
    let mut loads = vec![0.0; weights.len()];
    let mut shares: Vec<Vec<f64>> = work.iter().map(|one| vec![0.0; one.could.len()]).collect();
    for _ in 0..ROUNDS_MAX {
        let mut changed: f64 = 0.0;
        for (one, mine) in work.iter().zip(&mut shares) {
            for (&r, share) in one.could.iter().zip(mine.iter()) {
                loads[r] -= share;
            }
            let others: Vec<(f64, f64)> = one.could.iter().map(|&r| (loads[r], weights[r] as f64)).collect();
            let anew = filled(one.minutes as f64, one.each_minutes as f64, &others);
            for ((&r, share), new) in one.could.iter().zip(mine.iter_mut()).zip(anew) {
                changed = changed.max((new - *share).abs());
                *share = new;
                loads[r] += new;
            }
        }
        if changed < SETTLED_MINUTES {
            break;
        }
    }
    in_seconds(&loads, 60 * work.iter().map(|one| one.minutes).sum::<i64>())
}

/// Pours `minutes` over vessels of (level times width so far, width), into each at most `most`, until all are as high as can be.
fn filled(minutes: f64, most: f64, vessels: &[(f64, f64)]) -> Vec<f64> {
    let at = |level: f64| vessels.iter().map(move |&(load, width)| (level * width - load).clamp(0.0, most));
    let mut low = vessels.iter().map(|(load, width)| load / width).fold(f64::MAX, f64::min);
    let mut high = vessels.iter().map(|(load, width)| (load + most) / width).fold(0.0, f64::max);
    for _ in 0..60 {
        let middle = (low + high) / 2.0;
        if at(middle).sum::<f64>() < minutes { low = middle } else { high = middle }
    }
    at(high).collect()
}

/// Minutes as whole seconds that sum to `whole`: what rounding leaves goes by the largest remainder (Hamilton), first come first.
fn in_seconds(minutes: &[f64], whole: i64) -> Vec<i64> {
    #[expect(clippy::cast_possible_truncation, reason = "seconds of a day")]
    let mut seconds: Vec<i64> = minutes.iter().map(|one| (60.0 * one).max(0.0).floor() as i64).collect();
    let mut order: Vec<usize> = (0..minutes.len()).filter(|&r| minutes[r] > 0.0).collect();
    order.sort_by(|&a, &b| (60.0 * minutes[b]).fract().total_cmp(&(60.0 * minutes[a]).fract()));
    let mut left = whole - seconds.iter().sum::<i64>();
    while left != 0 && !order.is_empty() {
        for &r in &order {
            let step = left.signum().max(-seconds[r]);
            seconds[r] += step;
            left -= step;
        }
    }
    seconds
}

#[cfg(test)]
mod tests {
    use super::*;

    fn work(minutes: i64, each_minutes: i64, could: &[usize]) -> Work {
        Work { minutes, each_minutes, could: could.to_vec() }
    }

    #[test]
    fn work_that_all_could_do_is_shared_by_the_time_they_were_there() {
        assert_eq!(balanced(&[work(60, 60, &[0, 1]), work(30, 30, &[0, 1])], &[480, 240]), [3_600, 1_800]);
        assert_eq!(balanced(&[work(100, 100, &[0, 1, 2])], &[1, 1, 1]), [2_000, 2_000, 2_000]);
        assert_eq!(balanced(&[work(60, 60, &[])], &[480]), [0], "there is nobody to owe it");
    }

    #[test]
    fn who_alone_can_do_some_of_it_owes_less_of_the_rest() {
        assert_eq!(balanced(&[work(60, 60, &[0]), work(60, 60, &[0, 1])], &[480, 480]), [3_600, 3_600]);
        assert_eq!(balanced(&[work(90, 90, &[0]), work(30, 30, &[0, 1]), work(60, 60, &[1, 2])], &[480, 480, 480]), [5_400, 2_700, 2_700]);
    }

    #[test]
    fn nobody_owes_more_of_a_booking_than_its_length() {
        assert_eq!(balanced(&[work(120, 60, &[0, 1])], &[480, 240]), [3_600, 3_600]);
    }

    #[test]
    fn seconds_that_rounding_leaves_go_to_the_largest_remainder() {
        assert_eq!(in_seconds(&[0.51, 0.53, 0.0], 62), [30, 32, 0]);
        assert_eq!(in_seconds(&[1.0 / 3.0, 1.0 / 3.0, 1.0 / 3.0], 61), [21, 20, 20]);
    }
}
