//! Objective profiles: which tiers, in which order, with what slack. Read from TOML; the shipped ones are compiled in.

/// An objective in strict tiers with its limits.
#[derive(Debug, Clone, PartialEq)]
pub struct Profile {
    /// Name, as in `--profile nightly`.
    pub name: String,
    /// What it is for, in a sentence.
    pub description: String,
    /// The tiers; the first matters most and is always `unplaced`.
    pub tiers: Vec<Tier>,
    /// When a run is worth applying.
    pub apply: Apply,
    /// What bounds the search by default.
    pub limits: ProfileLimits,
}

/// One tier: a weighted sum of terms, most often a single one.
#[derive(Debug, Clone, PartialEq)]
pub struct Tier {
    /// Name in the plan: a term's, or the profile's own word for a weighted sum.
    pub name: String,
    /// Terms with their weights.
    pub terms: Vec<(Term, f64)>,
    /// How far later tiers may push this one above its best value, as a share of it (0.01 is one percent).
    pub slack: f64,
}

/// The tiers of the sheet format.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Term {
    /// Σ priority over unplaced bookings.
    Unplaced,
    /// Finalized bookings whose resources differ from the current ones.
    FinalizedMoved,
    /// Σ (carried + served minutes)² / capacity.
    Balance,
    /// Bookings placed elsewhere than now.
    Moved,
    /// Resources that serve at least one booking.
    ResourcesUsed,
    /// Temporary resources that serve at least one booking.
    TemporaryUsed,
    /// Seats of the tables taken less the party.
    SeatsWasted,
    /// Bookings with a zone wish served from another zone.
    ZoneMissed,
    /// −Σ affinity of the chosen resources.
    Affinity,
}

/// When a run's plan replaces the current assignment.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Apply {
    /// Least relative improvement of the first tier that differs, 0.1 is ten percent; a broken sheet is always applied.
    pub threshold: f64,
}

/// What bounds the search by default.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ProfileLimits {
    /// Seconds, enforced by whoever has a clock.
    pub time_limit_s: f64,
    /// Branch-and-bound nodes per tier.
    pub nodes_max: u64,
}

impl Term {
    /// Every term, in the order of the sheet format's table.
    pub const ALL: [Term; 9] = [
        Term::Unplaced,
        Term::FinalizedMoved,
        Term::Balance,
        Term::Moved,
        Term::ResourcesUsed,
        Term::TemporaryUsed,
        Term::SeatsWasted,
        Term::ZoneMissed,
        Term::Affinity,
    ];

    /// The word in a profile and a plan.
    pub fn as_str(self) -> &'static str {
        match self {
            Term::Unplaced => "unplaced",
            Term::FinalizedMoved => "finalized_moved",
            Term::Balance => "balance",
            Term::Moved => "moved",
            Term::ResourcesUsed => "resources_used",
            Term::TemporaryUsed => "temporary_used",
            Term::SeatsWasted => "seats_wasted",
            Term::ZoneMissed => "zone_missed",
            Term::Affinity => "affinity",
        }
    }
}

impl Profile {
    /// Whether finalized bookings may move at a price instead of being held.
    pub fn prices_finalized(&self) -> bool {
        self.tiers.iter().any(|tier| tier.terms.iter().any(|(term, _)| *term == Term::FinalizedMoved))
    }
}
