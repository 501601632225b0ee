//! `zamu repairs`.

use crate::cli::threads::threads;
use anyhow::bail;

use super::{Exit, deadline, explain, input, output, progress, solve};
use crate::alloc::explain::repairs::{Repair, Repairs, repairs};
use crate::alloc::instance::Instance;
use crate::alloc::{Limits, Stop, check, served_by_plan};
use crate::sheet::plan::{Certified, Reason};

/// Says what would place each unplaced booking of a plan: the smallest changes, least disturbing first, each solved again.
///
/// A change counts only when the booking is served after it and everybody whom the plan serves is still served. Thought of are: a temp for the time
/// of one booking, a shift extended by up to an hour, a wish for a gender given up, a customer asked who chose a person or was told a name, and the
/// booking moved by up to an hour. Of each person's shift and of each direction only the smallest change that helps is shown. The tiers are those of
/// an assignment that was found: the changed sheet, solved again in full, comes out as good or better in strict order, within the profile's slack.
///
/// Exit code 0 when every booking asked for has a repair, 1 when one has none or the plan is none for this sheet.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  zamu repairs saturday.json plan.json
  zamu repairs saturday.json plan.json b00017 --json")]
pub struct Args {
    /// The day sheet (zamu.sheet/1); `-` for standard input
    sheet: String,
    /// The plan (zamu.plan/1)
    plan: String,
    /// Only this booking
    booking: Option<String>,
    /// The profile the plan was made with, a name or a TOML file [default: the shipped one the plan names]
    #[arg(long, value_name = "NAME|FILE")]
    profile: Option<String>,
    /// Print as JSON
    #[arg(long)]
    json: bool,
    /// Threads to search with; the answer does not depend on it [default: all cores]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    threads: Option<u16>,
    /// Seconds after which what was found so far is the answer
    #[arg(long, value_name = "S", default_value = "20", value_parser = solve::seconds)]
    time_limit: f64,
}

/// Runs it.
pub fn run(args: Args) -> anyhow::Result<Exit> {
    let (sheet, _, document) = input::sheet_and_plan(&args.sheet, &args.plan)?;
    let plan = document.plan;
    let profile = explain::profile_of(&plan, args.profile.as_deref())?;
    let checked = check::check(&sheet, &plan);
    if !checked.passed() {
        let faults: Vec<String> = checked.faults.iter().map(ToString::to_string).collect();
        eprintln!("zamu: {} is not a plan for this sheet, so there is nothing to repair:\n  {}", args.plan, faults.join("\n  "));
        return Ok(Exit::No);
    }
    let instance = Instance::new(&sheet, profile.prices_finalized());
    let Some(served) = served_by_plan(&instance, &plan) else { bail!("{}: names bookings or resources that the sheet has not", args.plan) };
    let asked: Vec<usize> = match &args.booking {
        Some(id) => vec![instance.house.booking(id).ok_or_else(|| explain::unknown_booking(&sheet, &args.sheet, id))?],
        None => (0..served.len()).filter(|&b| served[b].is_none()).collect(),
    };
    if let (Some(id), [only]) = (&args.booking, &asked[..])
        && served[*only].is_some()
    {
        bail!("{id} is placed in {}; expected an unplaced booking (`zamu explain` says why it is served by whom it is)", args.plan);
    }
    let wanted: Vec<(usize, Option<Certified>)> = asked.into_iter().map(|b| (b, plan.certified(&sheet.bookings[b].id).cloned())).collect();
    let stop = Stop::new();
    let found = {
        let _watch = deadline::watch(&stop, Some(args.time_limit));
        let _sign = progress::spinner("looking for repairs");
        let threads = threads(args.threads);
        repairs(&sheet, &profile, &served, &wanted, &Limits { seed: plan.solve.seed, threads, stop: stop.clone(), watch: None })
    };
    if args.json {
        output::print_json(&found)?;
    } else if found.is_empty() {
        output::print("every booking is placed: nothing to repair")?;
    } else {
        for one in &found {
            output::print(in_words(one))?;
        }
    }
    Ok(Exit::answer(found.iter().all(|one| !one.repairs.is_empty())))
}

fn in_words(one: &Repairs) -> String {
    let mut out = format!("{} is unplaced. {}\n", one.booking, solve::reason_in_words(&Reason::Certified(one.reason.clone())));
    if one.repairs.is_empty() {
        out.push_str("No single change of these kinds places it.\n");
    } else {
        let rows = one.repairs.iter().enumerate().map(|(k, repair)| {
            let size = if repair.smallest { repair.sentence.clone() } else { format!("{} (a smaller one was not ruled out)", repair.sentence) };
            [(k + 1).to_string(), size, effect(repair), consequences(repair)]
        });
        out.push_str(&output::table(["", "repair", "tiers (at most)", "then"], rows));
        out.push('\n');
    }
    if !one.complete {
        out.push_str("Not every change was settled before the limit: there may be more, or smaller ones.\n");
    }
    out
}

/// Every tier that changes, with its difference.
fn effect(repair: &Repair) -> String {
    let changed = repair.tiers.iter().filter(|t| (t.at_most - t.before).abs() > 1e-6);
    let words: Vec<String> = changed.map(|t| format!("{} {}", t.name, explain::signed(t.at_most - t.before))).collect();
    words.join(", ")
}

fn consequences(repair: &Repair) -> String {
    let mut words = Vec::new();
    if !repair.also_places.is_empty() {
        words.push(format!("{} too", repair.also_places.join(", ")));
    }
    match &repair.moves[..] {
        [] => {}
        few if few.len() <= 3 => words.extend(few.iter().map(|m| format!("{} to {}", m.booking, m.to.join(" + ")))),
        many => words.push(format!("{} others served by somebody else", many.len())),
    }
    words.join(", ")
}
