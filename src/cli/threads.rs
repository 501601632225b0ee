//! On how many threads a command searches.

use std::thread::available_parallelism;

/// As many as were asked for; without that, one for each core.
pub fn threads(asked: Option<u16>) -> usize {
    asked.map_or_else(|| available_parallelism().map_or(1, usize::from), usize::from)
}
