//! Feasibility and value of a plan from the sheet alone.
