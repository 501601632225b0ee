//! Accounts as rows: a tenant's own people, who sign in with a password.

use chrono::{DateTime, Utc};
use serde::Serialize;

use crate::domain::Language;
use crate::keyring::{PasswordHash, Role};

/// Somebody who signs in with a password. Shows itself without the hash.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AccountRow {
    /// Whose people they belong to.
    pub tenant_id: String,
    /// What they sign in as: unique within the tenant, in small letters.
    pub login: String,
    /// Name for people.
    pub name: String,
    /// What they may do; never [`Role::User`].
    pub role: Role,
    /// The only location they see; `None` for all of the tenant's.
    pub location_id: Option<String>,
    /// What their password is compared with.
    #[serde(skip)]
    pub password: PasswordHash,
    /// In which language they read the pages; `None` is the tenant's.
    pub language: Option<Language>,
    /// May they sign in?
    pub active: bool,
    /// Larger by one with every change that ends the sessions there are: of the password, the role, the location, and whether they may sign in.
    pub epoch: i64,
    /// Since when there is the account.
    pub created_at: DateTime<Utc>,
    /// When anything of it was changed last.
    pub changed_at: DateTime<Utc>,
}

/// What is to be different about an account; what is `None` stays as it is when the change is written, whoever changed it meanwhile.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AccountChange {
    /// Only if the account is still of this epoch: for a change that was decided on by its password or its role.
    pub expected_epoch: Option<i64>,
    /// Name for people.
    pub name: Option<String>,
    /// What they may do.
    pub role: Option<Role>,
    /// The only location they see; `Some(None)` for all of the tenant's.
    pub location_id: Option<Option<String>>,
    /// Another password.
    pub password: Option<PasswordHash>,
    /// Their language; `Some(None)` is the tenant's.
    pub language: Option<Option<Language>>,
    /// May they sign in?
    pub active: Option<bool>,
}

impl AccountChange {
    /// The account with this change made, of the same epoch.
    pub fn on(&self, row: &AccountRow) -> AccountRow {
        let mut row = row.clone();
        if let Some(name) = &self.name {
            row.name.clone_from(name);
        }
        row.role = self.role.unwrap_or(row.role);
        if let Some(location) = &self.location_id {
            row.location_id.clone_from(location);
        }
        if let Some(password) = &self.password {
            row.password = password.clone();
        }
        row.language = self.language.unwrap_or(row.language);
        row.active = self.active.unwrap_or(row.active);
        row
    }
}
