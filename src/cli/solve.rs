//! `zamu solve`.

use crate::cli::threads::threads;
use std::time::Instant;

use super::{Exit, deadline, input, output, progress};
use crate::alloc::{Limits, Stop, allocate};
use crate::sheet::plan::{Certified, Plan, PlanStatus, Reason};
use crate::sheet::{Sheet, write};

/// Decides who serves what on a day sheet, with a proven bound for every tier.
///
/// The plan (zamu.plan/1) goes to --out, or to standard output with `--out -`. Without --out a summary is printed and nothing is written.
/// Exit code 0 when a plan was found (it always is), 2 when the sheet or the profile is faulty; every fault of a sheet is listed at once.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  zamu solve saturday.json
  zamu solve saturday.json --profile repair --out plan.json
  zamu sheet --location westlands --date 2026-11-21 | zamu solve - --out -")]
pub struct Args {
    /// The day sheet (zamu.sheet/1); `-` for standard input
    sheet: String,
    /// A shipped profile (see `zamu profiles`) or a TOML file
    #[arg(long, default_value = "nightly", value_name = "NAME|FILE")]
    profile: String,
    /// Where the plan (zamu.plan/1) goes; `-` for standard output
    #[arg(long, value_name = "PLAN")]
    out: Option<String>,
    /// Seconds after which the best plan so far is the answer [default: the profile's]
    #[arg(long, value_name = "S", value_parser = seconds, allow_negative_numbers = true)]
    time_limit: Option<f64>,
    /// Threads to search with; the plan does not depend on it [default: all cores]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    threads: Option<u16>,
    /// Seed of the search; same sheet, profile and seed give the same plan
    #[arg(long, value_name = "N", default_value_t = 1)]
    seed: u64,
    /// Leave the wall-clock time out of the plan, so that the same search gives the same bytes
    #[arg(long)]
    reproducible: bool,
    /// Print the whole plan as JSON instead of the summary
    #[arg(long, conflicts_with = "out")]
    json: bool,
}

/// A number of seconds above zero.
pub fn seconds(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(s) if s > 0.0 && s.is_finite() => Ok(s),
        _ => Err("expected a number of seconds above 0, such as 2.5".into()),
    }
}

/// Runs it.
pub fn run(args: Args) -> anyhow::Result<Exit> {
    let profile = input::profile(&args.profile)?;
    let (sheet, sha256) = input::sheet(&args.sheet)?;
    let stop = Stop::new();
    let threads = threads(args.threads);
    let began = Instant::now();
    let mut plan = {
        let _watch = deadline::watch(&stop, Some(args.time_limit.unwrap_or(profile.limits.time_limit_s)));
        let _sign = progress::spinner("allocating");
        allocate(&sheet, &profile, Limits { seed: args.seed, threads, stop: stop.clone(), watch: None })
    };
    plan.sheet_sha256 = sha256;
    if !args.reproducible {
        plan.solve.wall_ms = u64::try_from(began.elapsed().as_millis()).ok();
    }
    if args.json {
        output::write_to(None, &write::plan_to_json(&plan))?;
    } else if let Some(out) = &args.out {
        output::write_to(Some(out), &write::plan_to_json(&plan))?;
        if out != "-" {
            output::print(summary(&sheet, &plan))?;
        }
    } else {
        output::print(summary(&sheet, &plan))?;
    }
    Ok(Exit::Done)
}

/// A plan for people: tiers beside the baseline, what moved, what is unplaced and why.
pub fn summary(sheet: &Sheet, plan: &Plan) -> String {
    let mut out = format!(
        "{} on {}: {}, {}; profile {}, {}",
        sheet.location.name,
        sheet.date,
        output::count(sheet.bookings.len(), "booking"),
        output::count(sheet.resources.len(), "resource"),
        plan.profile,
        match plan.status {
            PlanStatus::Optimal => "proven optimal".to_owned(),
            PlanStatus::Feasible if plan.solve.stopped == "proof" => "proven within the profile's slack".to_owned(),
            PlanStatus::Feasible => format!("stopped by {}, gaps shown", plan.solve.stopped),
        }
    );
    if let Some(ms) = plan.solve.wall_ms {
        out.push_str(&format!(", {ms} ms"));
    }
    out.push_str("\n\n");
    out.push_str(&tiers_table(plan));
    out.push_str(&format!("\n\n{} placed, {} of them moved", plan.assignments.len(), plan.changes.len()));
    if !plan.waived.is_empty() {
        let who: Vec<&str> = plan.waived.iter().map(|w| w.booking.as_str()).collect();
        out.push_str(&format!("; gender wish waived (nobody of it on file): {}", who.join(", ")));
    }
    for unplaced in &plan.unplaced {
        out.push_str(&format!("\nunplaced {}: {}", unplaced.booking, reason_in_words(&unplaced.reason)));
    }
    out
}

/// Tiers with value, bound and baseline.
pub fn tiers_table(plan: &Plan) -> String {
    let baseline = |name: &str| plan.baseline.tiers.iter().find(|t| t.name == name).map(|t| output::number(t.value)).unwrap_or_default();
    output::table(
        ["tier", "value", "bound", "proof", "baseline"],
        plan.tiers.iter().map(|t| {
            let proof = match (t.optimal, t.slack) {
                (true, _) => "optimal".to_owned(),
                (false, Some(slack)) if plan.solve.stopped == "proof" => format!("within {} %", slack * 100.0),
                _ => t.bound.map_or("none".to_owned(), |bound| format!("gap {:.3} %", 100.0 * (t.value - bound) / t.value.abs().max(1e-9))),
            };
            [t.name.clone(), output::number(t.value), t.bound.map(output::number).unwrap_or_default(), proof, baseline(&t.name)]
        }),
    )
}

/// A reason in one line.
pub fn reason_in_words(reason: &Reason) -> String {
    match reason {
        Reason::Certified(Certified::ImpossibleAlone { ruled_out }) if ruled_out.is_empty() => {
            "impossible alone: nobody of the kind it needs is on the sheet".into()
        }
        Reason::Certified(Certified::ImpossibleAlone { ruled_out }) => {
            let mut rules: Vec<(&str, usize)> = Vec::new();
            for out in ruled_out {
                match rules.iter_mut().find(|(rule, _)| *rule == out.rule) {
                    Some((_, count)) => *count += 1,
                    None => rules.push((&out.rule, 1)),
                }
            }
            let words: Vec<String> = rules.iter().map(|(rule, count)| format!("{count} by {rule}")).collect();
            format!("impossible alone: all {} are ruled out ({})", ruled_out.len(), words.join(", "))
        }
        Reason::Certified(Certified::CrowdedOut { bookings, resources }) => {
            format!("crowded out: {} bookings ({}) cannot all be served by {}", bookings.len(), bookings.join(", "), resources.join(", "))
        }
        Reason::Certified(Certified::Undecided) => "undecided: the search was stopped before it was known whether there is room".into(),
        Reason::Foreign(value) => value.as_str().map_or_else(|| value.to_string(), str::to_owned),
    }
}
