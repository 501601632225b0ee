//! What one person could do at most of a day.

use crate::domain::{Minute, Span};

/// The most weight that lies in spans of which no two overlap: weighted interval scheduling (Kleinberg & Tardos, Algorithm Design, 6.1). Spans that
/// only touch do not overlap. O(n²) at worst, for the few dozen spans of a person's day.
pub fn heaviest_apart(spans: impl Iterator<Item = (Span, f64)>) -> f64 {
    let mut spans: Vec<(Span, f64)> = spans.collect();
    spans.sort_by_key(|(span, _)| (span.end, span.start));
    // The best of those that end by then, by their ends.
    let mut best: Vec<(Minute, f64)> = Vec::with_capacity(spans.len());
    for (span, weight) in spans {
        let before = best.iter().rfind(|(end, _)| *end <= span.start).map_or(0.0, |(_, sum)| *sum);
        let so_far = best.last().map_or(0.0, |(_, sum)| *sum);
        best.push((span.end, so_far.max(before + weight)));
    }
    best.last().map_or(0.0, |(_, sum)| *sum)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_the_best_of_all_choices_that_do_not_overlap() {
        let all: Vec<(Span, f64)> = [(0, 60, 1.0), (30, 90, 3.0), (60, 120, 1.5), (90, 150, 1.0), (0, 150, 3.5), (150, 200, 0.25)]
            .map(|(start, end, weight)| (Span::new(Minute(start), Minute(end)), weight))
            .into();
        for chosen in 0..1_u32 << all.len() {
            let some: Vec<(Span, f64)> = (0..all.len()).filter(|k| chosen >> k & 1 == 1).map(|k| all[k]).collect();
            let tried = (0..1_u32 << some.len()).filter_map(|kept| {
                let kept: Vec<(Span, f64)> = (0..some.len()).filter(|k| kept >> k & 1 == 1).map(|k| some[k]).collect();
                let apart = kept.iter().enumerate().all(|(k, one)| kept[..k].iter().all(|other| !one.0.overlaps(other.0)));
                apart.then(|| kept.iter().map(|one| one.1).sum::<f64>())
            });
            let best = tried.fold(0.0, f64::max);
            assert!((heaviest_apart(some.iter().copied()) - best).abs() < 1e-9, "{some:?}");
        }
    }
}
