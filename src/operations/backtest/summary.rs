//! All days together.

use serde::Serialize;

use super::day::{DayOutcome, Figures};

/// One way of dealing, over all days.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize)]
pub struct Means {
    /// Bookings nobody served, in all.
    pub unplaced: usize,
    /// Mean over the days of longest minus shortest minutes.
    pub spread_minutes_mean: f64,
    /// Mean over the days.
    pub balance_mean: f64,
    /// Bookings served by others than recorded, in all.
    pub moved: usize,
}

/// All days together.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Summary {
    /// How many.
    pub days: usize,
    /// Bookings on them.
    pub bookings: usize,
    /// Days whose optimum is proven in every tier.
    pub days_proven: usize,
    /// Recorded bookings of somebody who is recorded as busy with an earlier one.
    pub recorded_overlaps: usize,
    /// As people dealt them.
    pub recorded: Means,
    /// As the greedy hand deals them.
    pub greedy: Means,
    /// As the allocator deals them.
    pub optimum: Means,
    /// Milliseconds of all searches together.
    pub solve_ms: u64,
    /// Milliseconds of the longest.
    pub solve_ms_max: u64,
}

/// Sums and means over the days.
pub fn summarize(days: &[DayOutcome]) -> Summary {
    Summary {
        days: days.len(),
        bookings: days.iter().map(|d| d.bookings).sum(),
        days_proven: days.iter().filter(|d| d.proven).count(),
        recorded_overlaps: days.iter().map(|d| d.recorded_overlaps).sum(),
        recorded: means(days, |d| d.recorded),
        greedy: means(days, |d| d.greedy),
        optimum: means(days, |d| d.optimum),
        solve_ms: days.iter().map(|d| d.solve_ms).sum(),
        solve_ms_max: days.iter().map(|d| d.solve_ms).max().unwrap_or(0),
    }
}

fn means(days: &[DayOutcome], of: impl Fn(&DayOutcome) -> Figures) -> Means {
    let count = days.len().max(1) as f64;
    Means {
        unplaced: days.iter().map(|d| of(d).unplaced).sum(),
        spread_minutes_mean: days.iter().map(|d| of(d).spread_minutes).sum::<f64>() / count,
        balance_mean: days.iter().map(|d| of(d).balance).sum::<f64>() / count,
        moved: days.iter().map(|d| of(d).moved).sum(),
    }
}
