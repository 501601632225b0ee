//! What every command shares in speaking to people and programs.

/// How a command that was understood and carried out ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// Done; exit code 0.
    Done,
    /// The question was answered with no; exit code 1.
    No,
}
