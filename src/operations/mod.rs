//! (being written)
pub mod backtest;
