//! What somebody may do, as a word.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// What somebody may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// Books and sees their own.
    User,
    /// Books for others.
    Frontdesk,
    /// Serves customers and sees their own day; `stylist` in tokens of salons.
    #[serde(alias = "stylist")]
    Scheduler,
    /// Runs a location's day.
    Manager,
    /// Runs the tenant.
    Admin,
}

impl Role {
    /// Every role, from the least to the most.
    pub const ALL: [Role; 5] = [Role::User, Role::Frontdesk, Role::Scheduler, Role::Manager, Role::Admin];

    /// As it stands in a token.
    pub fn word(self) -> &'static str {
        match self {
            Role::User => "user",
            Role::Frontdesk => "frontdesk",
            Role::Scheduler => "scheduler",
            Role::Manager => "manager",
            Role::Admin => "admin",
        }
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

impl FromStr for Role {
    type Err = String;

    fn from_str(text: &str) -> Result<Role, String> {
        let word = if text == "stylist" { "scheduler" } else { text };
        let expected = || format!("expected {} (or stylist, which is scheduler)", Role::ALL.map(Role::word).join(", "));
        Role::ALL.into_iter().find(|role| role.word() == word).ok_or_else(expected)
    }
}
