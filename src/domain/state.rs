//! The life of a booking: one table of legal steps, one table of legal pairs with the assignment's status.

use serde::{Deserialize, Serialize};

use super::AssignmentStatus;

/// Where a booking stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BookingState {
    /// Asked for; nobody is held yet.
    Created,
    /// Somebody is held for it, the customer has not confirmed.
    Held,
    /// There is room for it; to be assigned.
    CapacityVerified,
    /// Waits for somebody to be assigned.
    AssignmentPending,
    /// Somebody is being assigned.
    AssignmentInProgress,
    /// It stands.
    Confirmed,
    /// A person has to look at it.
    ManualReview,
    /// It could not be taken.
    Failed,
    /// Called off by the customer or the house.
    Cancelled,
    /// Its hold ran out.
    Expired,
    /// It took place.
    Completed,
    /// Nobody came.
    NoShow,
}

use BookingState::{
    AssignmentInProgress, AssignmentPending, Cancelled, CapacityVerified, Completed, Confirmed, Created, Expired, Failed, Held, ManualReview, NoShow,
};

/// Every legal step. A step that is not here is refused, whoever asks.
pub const TRANSITIONS: &[(BookingState, BookingState)] = &[
    (Created, Held),
    (Created, CapacityVerified),
    (Created, ManualReview),
    (Created, Failed),
    (Created, Cancelled),
    (Held, CapacityVerified),
    (Held, Confirmed),
    (Held, Failed),
    (Held, Cancelled),
    (Held, Expired),
    (CapacityVerified, AssignmentPending),
    (CapacityVerified, Failed),
    (CapacityVerified, Cancelled),
    (AssignmentPending, AssignmentInProgress),
    (AssignmentPending, ManualReview),
    (AssignmentPending, Failed),
    (AssignmentPending, Cancelled),
    (AssignmentInProgress, AssignmentPending), // a retry
    (AssignmentInProgress, Confirmed),
    (AssignmentInProgress, ManualReview),
    (AssignmentInProgress, Failed),
    (AssignmentInProgress, Cancelled),
    (Confirmed, ManualReview), // its person is away
    (Confirmed, Cancelled),
    (Confirmed, Completed),
    (Confirmed, NoShow),
    (ManualReview, AssignmentPending), // requeue
    (ManualReview, Confirmed),         // solved, or forced by a person
    (ManualReview, Failed),
    (ManualReview, Cancelled),
    (ManualReview, Completed),
    (ManualReview, NoShow),
];

impl BookingState {
    /// Every state.
    pub const ALL: [BookingState; 12] = [
        Created,
        Held,
        CapacityVerified,
        AssignmentPending,
        AssignmentInProgress,
        Confirmed,
        ManualReview,
        Failed,
        Cancelled,
        Expired,
        Completed,
        NoShow,
    ];

    /// The word in the store and in event topics.
    pub fn as_str(self) -> &'static str {
        match self {
            Created => "created",
            Held => "held",
            CapacityVerified => "capacity_verified",
            AssignmentPending => "assignment_pending",
            AssignmentInProgress => "assignment_in_progress",
            Confirmed => "confirmed",
            ManualReview => "manual_review",
            Failed => "failed",
            Cancelled => "cancelled",
            Expired => "expired",
            Completed => "completed",
            NoShow => "no_show",
        }
    }

    /// The state with this word, if there is one.
    pub fn from_word(word: &str) -> Option<BookingState> {
        BookingState::ALL.into_iter().find(|state| state.as_str() == word)
    }

    /// May a booking step from here to `to`?
    pub fn may_become(self, to: BookingState) -> bool {
        TRANSITIONS.contains(&(self, to))
    }

    /// The legal next states, in the order of the table.
    pub fn next(self) -> Vec<BookingState> {
        TRANSITIONS.iter().filter(|(from, _)| *from == self).map(|(_, to)| *to).collect()
    }

    /// Is it still to be served? These stand on a day's sheet.
    pub fn is_active(self) -> bool {
        matches!(self, Created | Held | CapacityVerified | AssignmentPending | AssignmentInProgress | Confirmed | ManualReview)
    }

    /// Is its time over? A visit that was missed is: somebody was kept for it.
    pub fn is_over(self) -> bool {
        matches!(self, Completed | NoShow)
    }

    /// Has it given its time back?
    pub fn is_released(self) -> bool {
        matches!(self, Failed | Cancelled | Expired)
    }

    /// May a booking in this state have this assignment status? Nobody is told a name before the booking stands, and a booking that never
    /// stood was never finalized.
    pub fn allows(self, status: AssignmentStatus) -> bool {
        match status {
            AssignmentStatus::Provisional | AssignmentStatus::Bound => true,
            AssignmentStatus::Finalized => matches!(self, Confirmed | ManualReview | Cancelled | Completed | NoShow),
        }
    }
}

/// May an assignment's status go from `from` to `to`? A told name is never untold; what the customer chose stays chosen, unless the
/// manager takes it back to the pool.
pub fn status_may_become(from: AssignmentStatus, to: AssignmentStatus) -> bool {
    use AssignmentStatus::{Bound, Finalized, Provisional};
    matches!((from, to), (Provisional, _) | (Bound, Provisional | Bound | Finalized) | (Finalized, Finalized))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_step_stands_twice_and_none_leads_to_itself() {
        for (k, step) in TRANSITIONS.iter().enumerate() {
            assert!(!TRANSITIONS[..k].contains(step), "{step:?} stands twice");
            assert_ne!(step.0, step.1);
        }
    }

    #[test]
    fn what_is_over_stays_over_and_everything_else_can_be_called_off() {
        for state in BookingState::ALL {
            assert_eq!(state.is_active(), !state.next().is_empty(), "{state:?}");
            assert_eq!(state.is_active(), state.may_become(Cancelled), "{state:?}");
            assert!(!(state.is_active() && state.is_released()));
        }
    }

    #[test]
    fn every_state_can_be_reached_from_created() {
        let mut reached = vec![Created];
        let mut at = 0;
        while at < reached.len() {
            for next in reached[at].next() {
                if !reached.contains(&next) {
                    reached.push(next);
                }
            }
            at += 1;
        }
        assert_eq!(reached.len(), BookingState::ALL.len());
    }

    #[test]
    fn a_step_never_makes_an_illegal_pair_out_of_a_legal_one() {
        for &(from, to) in TRANSITIONS {
            for status in [AssignmentStatus::Provisional, AssignmentStatus::Bound, AssignmentStatus::Finalized] {
                // Requeueing a finalized booking, or failing it, is refused by the pair table: it has to be settled by a person.
                if from.allows(status) && !to.allows(status) {
                    assert!(from == ManualReview && matches!(to, AssignmentPending | Failed), "{from:?} → {to:?} with {status:?}");
                }
            }
        }
    }

    #[test]
    fn words_read_back() {
        for state in BookingState::ALL {
            assert_eq!(BookingState::from_word(state.as_str()), Some(state));
        }
        assert_eq!(BookingState::from_word("Confirmed"), None);
    }
}
