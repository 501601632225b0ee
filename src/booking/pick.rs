//! Who holds a booking provisionally: the least-busy free person who may serve it; and where nobody is free, whoever is free once others, whom
//! nobody was told about yet, have moved.
//!
//! Source of the order (start, minutes booked that day, id): ADR "Pooled deferred staff allocation", decision 3. Of the moves: [`crate::alloc::admission`].

use crate::alloc::admission::{Admission, Answer, Effort, Reshuffle};
use crate::alloc::instance::Instance;
use crate::domain::{AssignmentStatus, Minute};
use crate::sheet::{Booking, Sheet};
use crate::store::Day;

/// Who would hold a booking.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Picked {
    /// Ids, sorted.
    pub resources: Vec<String>,
    /// The wish for a gender is waived: nobody of it is on file.
    pub gender_waived: bool,
    /// Provisional bookings that make room, and the ids (sorted) of who holds them then.
    pub moves: Vec<(String, Vec<String>)>,
}

/// Who would hold `booking` beside everything the day's bookings hold at `now`; `None` when there is no room, however others are moved. A booking
/// that is bound asks for exactly its own people.
pub fn pick(day: &Day, booking: &Booking, now: Minute) -> Option<Picked> {
    pick_each(day, std::slice::from_ref(booking), now).pop().flatten()
}

/// The same for several candidates, each as if the others were not there.
pub fn pick_each(day: &Day, candidates: &[Booking], now: Minute) -> Vec<Option<Picked>> {
    let booked = day.sheet.bookings.len();
    let mut asked = as_it_may_move(&day.sheet, now, now >= super::cutoff_of(day));
    asked.bookings.extend_from_slice(candidates);
    let instance = Instance::new(&asked, false);
    let standing =
        instance.bookings.iter().enumerate().map(|(b, job)| (b < booked && !job.current.is_empty()).then(|| job.current.clone())).collect();
    let admission = Admission::new(&instance, standing);
    let ids = |by: &[usize]| {
        let mut ids: Vec<String> = by.iter().map(|&r| asked.resources[r].id.clone()).collect();
        ids.sort();
        ids
    };
    (booked..asked.bookings.len())
        .map(|b| {
            let (by, moves) = match admission.ask(b, Effort::Brief).answer {
                Answer::Free(by) => (by, Vec::new()),
                Answer::Reshuffled(Reshuffle { by, moves }) => (by, moves),
                Answer::Full | Answer::Undecided => return None,
            };
            Some(Picked {
                resources: ids(&by),
                gender_waived: instance.house.gender_waived(&asked.bookings[b]),
                moves: moves.iter().map(|(moved, by)| (asked.bookings[*moved].id.clone(), ids(by))).collect(),
            })
        })
        .collect()
}

/// The sheet with everything made fast that no booking may move any more: what has begun, and the whole day once its names are told.
fn as_it_may_move(sheet: &Sheet, now: Minute, is_told: bool) -> Sheet {
    let mut sheet = sheet.clone();
    for booking in sheet.bookings.iter_mut().filter(|b| is_told || b.span.start <= now) {
        if let Some(assignment) = &mut booking.assignment {
            assignment.status = AssignmentStatus::Bound;
        }
    }
    sheet
}
