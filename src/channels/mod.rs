//! What people say to zamu in their own words, read by grammars of its own: no store, no clock, no guesses. What is not clear is asked back.

pub mod absence;
