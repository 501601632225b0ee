//! Words of messages that a house has put in the place of the shipped ones, as rows.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::domain::Language;

/// A house's own words for the messages of one topic in one language.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TemplateRow {
    /// Whose.
    pub tenant_id: String,
    /// In which language.
    pub language: Language,
    /// What they tell: `assignment.finalized`.
    pub topic: String,
    /// One line, in the language of Project Fluent.
    pub subject: String,
    /// The whole, likewise.
    pub body: String,
    /// Who wrote them.
    pub changed_by: String,
    /// When.
    pub changed_at: DateTime<Utc>,
}
