//! zamu books the time now and decides tonight who serves it.
//!
//! The rooms stand along the way a booking takes: taken → on the sheet → allocated → finalized → told. The heart is a pure function;
//! everything that touches a clock, a file or a database stands around it.
//!
//! | room | what it is for | may import |
//! | --- | --- | --- |
//! | [`domain`] | instants, half-open spans, states and their legal steps, availability rules, local time | – |
//! | [`sheet`] | the two documents everything meets in: the day sheet and the plan; reading reports every fault | domain |
//! | [`alloc`] | **the heart**: `allocate(&Sheet, &Profile, Limits) -> Plan`; no clock, no I/O | domain, sheet |
//! | [`scenario`] | what if: changed copies of days, allocated and compared; nothing in it reaches what lives | domain, sheet, alloc |
//! | [`store`] | a narrow trait in terms of use cases, in a SQLite file or a PostgreSQL database; contact data sealed | domain, sheet, keyring |
//! | [`booking`] | taking, moving and cancelling: who holds a time, decided in the transaction that writes it | + alloc, store, clock |
//! | [`operations`] | the manager's day: the nightly run, absence, cutoff, changes by hand, fairness ledger, resilience, backtest, what-ifs over stored days; who signs in | + booking, channels (accounts: keyring) |
//! | [`notify`] | the words of messages in each language, what carries them, and delivery of the outbox | domain, store, clock, keyring |
//! | [`channels`] | what people say in their own words: the words of an absence; pure, and asks back what is not clear | domain |
//! | [`ingest`] | other people's records: dirty rows are reported, the rest goes in | domain, sheet, store |
//! | [`keyring`] | the keys: sealed contact data, lookups by address, tokens; one file, kept by its owner | domain, clock |
//! | [`http`] | the service: the use cases in HTTP's words and as pages, and how often one may ask | all but cli |
//! | [`cli`] | one file per command, each a thin shell around a use case | all |
//! | [`clock`] | the one place that asks the machine what time it is | domain |
//!
//! Within the heart: [`alloc::eligibility`] decides who may serve what, for everybody who asks; [`alloc::admission`] says whether one more
//! booking fits; [`alloc::model`] says a day as a mixed-integer program (`models/README.md`); only `alloc::solve` names the solver;
//! [`alloc::check`] passes every plan and shares no code with the model.
//!
//! What always holds:
//! - Same sheet, profile, seed and limits: same plan, on any number of threads. Only the wall clock may end it early, and then the plan says so.
//! - Nothing is stored, printed or sent before the checker has passed it.
//! - One function answers "may R serve B?" everywhere.
//! - No double booking is a rule of the database, not a check in code.
//! - Applying a plan is compare-and-set on the day's version; a lost race means a fresh sheet.
//! - A change of state, its history row, its event and its messages are one transaction. A message derives from the difference between what its customer was told last and what holds.
//! - The fairness ledger is weighed by the balance tier alone: it takes no capacity away. A day closes into it once.
//! - Writing an absence finds the conflicts it makes; it deletes nothing, and no customer hears anything before a person decides.
//! - No address, and nothing a customer wrote, stands in the database or in a log as it was given.
//! - Bad input is answered with what, where, what was expected and what to do, and changes nothing.
//!
//! `tests/tidy` keeps the imports as they stand here.

pub mod alloc;
pub mod booking;
pub mod channels;
pub mod cli;
pub mod clock;
pub mod domain;
pub mod http;
pub mod ingest;
pub mod keyring;
pub mod notify;
pub mod operations;
pub mod scenario;
pub mod sheet;
pub mod store;
