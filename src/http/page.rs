//! Pages by key: a page begins after the last row of the one before, whatever was written meanwhile.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::problem::Problem;
use crate::store::PageEnd;

/// Rows of a page, unless said otherwise.
const LIMIT: u32 = 50;
/// Rows of a page at most.
const LIMIT_MAX: u32 = 200;

/// Where a page begins and how long it is.
pub struct PageParams {
    /// After this row.
    pub after: Option<PageEnd>,
    /// Rows at most.
    pub limit: u32,
}

impl PageParams {
    /// As they were asked for.
    ///
    /// # Errors
    /// A cursor that no page of ours ended with; a limit out of range.
    pub fn read(cursor: Option<&str>, limit: Option<u32>) -> Result<PageParams, Problem> {
        let limit = limit.unwrap_or(LIMIT);
        if !(1..=LIMIT_MAX).contains(&limit) {
            return Err(Problem::invalid(format!("limit: {limit} rows; expected 1 to {LIMIT_MAX}")));
        }
        let after = cursor.filter(|cursor| !cursor.is_empty()).map(|cursor| {
            let end = URL_SAFE_NO_PAD.decode(cursor).ok().and_then(|bytes| serde_json::from_slice::<PageEnd>(&bytes).ok());
            end.filter(|end| end.start.0.abs() < i64::from(u32::MAX) && !end.id.contains('\0'))
                .ok_or_else(|| Problem::invalid("cursor: no page ended there; send the `next` of the page before, as it is"))
        });
        Ok(PageParams { after: after.transpose()?, limit })
    }
}

/// The cursor of the page after this one.
pub fn cursor(end: &PageEnd) -> String {
    URL_SAFE_NO_PAD.encode(serde_json::to_vec(end).unwrap_or_default())
}
