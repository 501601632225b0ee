//! `zamu check`.

use serde_json::{Value, json};

use super::{Exit, input, output};
use crate::alloc::check::{Checked, check_document};
use crate::sheet::Plan;

/// Checks a plan against its sheet without any solver: is it feasible, and is each tier worth what it says?
///
/// Prints what every tier says and is, and every fault. Exit code 0: no fault; 1: the plan is faulty; 2: the sheet or the plan cannot be
/// read. A plan may come from any program that writes zamu.plan/1.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The day sheet (zamu.sheet/1), `-` for standard input.
    sheet: String,
    /// The plan (zamu.plan/1), `-` for standard input.
    plan: String,
    /// Profile the plan was made with, a shipped one's name or a file: values its weighted sums, and its tiers must be the plan's.
    #[arg(long, value_name = "NAME|FILE")]
    profile: Option<String>,
    /// Print JSON instead.
    #[arg(long)]
    json: bool,
}

/// Runs it.
pub fn run(args: Args) -> anyhow::Result<Exit> {
    let read = || {
        let profile = args.profile.as_deref().map(input::profile).transpose()?;
        let (sheet, file_sha256, document) = input::sheet_and_plan(&args.sheet, &args.plan)?;
        anyhow::Ok((profile, sheet, file_sha256, document))
    };
    let (profile, sheet, file_sha256, document) = read().inspect_err(|error| {
        if args.json {
            // The error itself goes to standard error as always; a closed output changes nothing about it.
            let _ = output::print_json(&unreadable(error));
        }
    })?;
    let checked = check_document(&sheet, &document, &file_sha256, profile.as_ref());
    if args.json {
        output::print_json(&as_json(&checked))?;
    } else {
        output::print(as_text(&document.plan, &checked))?;
    }
    Ok(Exit::answer(checked.passed()))
}

fn unreadable(error: &anyhow::Error) -> Value {
    json!({"error": format!("{error:#}"), "refused": input::refused(error)})
}

fn as_json(checked: &Checked) -> Value {
    let values: serde_json::Map<String, Value> = checked.values.iter().map(|(word, value)| (word.to_owned(), json!(value))).collect();
    let tiers: Vec<Value> = checked.tiers.iter().map(|(name, value)| json!({"name": name, "value": value})).collect();
    json!({"passed": checked.passed(), "faults": checked.faults, "tiers": tiers, "values": values, "notes": checked.notes})
}

fn as_text(plan: &Plan, checked: &Checked) -> String {
    let said = plan.tiers.iter().zip(&checked.tiers).map(|(said, (name, worth))| {
        let or_dash = |value: Option<f64>| value.map_or_else(|| "–".to_owned(), output::number);
        let proven = if said.optimal { "yes" } else { "no" };
        [name.clone(), output::number(said.value), or_dash(*worth), or_dash(said.bound), proven.to_owned()]
    });
    let mut parts = vec![output::table(["tier", "says", "is", "bound", "proven"], said)];
    let others = checked.values.iter().filter(|(word, _)| plan.tiers.iter().all(|t| t.name != *word));
    parts.push(output::table(["not among its tiers", "is"], others.map(|(word, value)| [word.to_owned(), output::number(value)])));
    let list = |head: &str, items: Vec<String>| format!("{head}\n{}", items.iter().map(|item| format!("  {item}")).collect::<Vec<_>>().join("\n"));
    if !checked.notes.is_empty() {
        parts.push(list("Worth knowing:", checked.notes.clone()));
    }
    let faults: Vec<String> = checked.faults.iter().map(ToString::to_string).collect();
    parts.push(match faults.len() {
        0 => format!("No fault: {} bookings placed, {} unplaced.", plan.assignments.len(), plan.unplaced.len()),
        1 => list("1 fault:", faults),
        n => list(&format!("{n} faults:"), faults),
    });
    parts.join("\n\n")
}
