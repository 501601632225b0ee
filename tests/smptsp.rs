//! Published shift minimisation instances: converted faithfully, solved to the proven optimum; and the smallest team on sheets small enough to
//! try everything.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on stops")]

#[expect(dead_code, reason = "each test takes what it needs")]
mod support;

use std::io::Read;
use std::path::{Path, PathBuf};

use assert_cmd::Command;
use support::oracle::brute_force;
use support::sheets::{Knobs, random_sheet};
use zamu::alloc::instance::Instance;
use zamu::alloc::profile::Term;
use zamu::alloc::{Limits, Profile, Stop, StopCause, allocate, check};
use zamu::ingest::smptsp::Smptsp;
use zamu::sheet::plan::PlanStatus;
use zamu::sheet::{Plan, Sheet, read, write};

/// The published instances. Without them a test is skipped, loudly; on the build machine they must be there.
fn published() -> Option<Vec<PathBuf>> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    // Beside the project, or beside the folder its working trees are in.
    let found = ["../shared", "../../shared"].into_iter().map(|beside| root.join(beside).join("data/smptsp")).find(|dir| dir.is_dir());
    let Some(dir) = found else {
        assert!(std::env::var("CI").as_deref() != Ok("true"), "../shared/data/smptsp is missing, and the build machine has to have it");
        eprintln!("SKIPPED: ../shared/data/smptsp is missing, so no published instance was used");
        return None;
    };
    let mut files: Vec<PathBuf> = std::fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.retain(|file| file.extension().is_some_and(|ending| ending == "gz"));
    files.sort();
    assert_eq!(files.len(), 35);
    Some(files)
}

fn instance(file: &Path) -> Smptsp {
    let mut text = String::new();
    flate2::read::GzDecoder::new(std::fs::File::open(file).unwrap()).read_to_string(&mut text).unwrap();
    Smptsp::read(&text).unwrap()
}

/// The published instance whose name begins like this.
fn named(files: &[PathBuf], start: &str) -> Smptsp {
    instance(files.iter().find(|file| file.file_name().unwrap().to_str().unwrap().starts_with(start)).unwrap())
}

fn min_staff() -> Profile {
    Profile::shipped("min-staff").unwrap()
}

fn value(plan: &Plan, tier: &str) -> f64 {
    plan.tiers.iter().find(|t| t.name == tier).unwrap().value
}

/// Most tasks under way at once, counted at every start.
fn most_at_once(instance: &Smptsp) -> usize {
    let at = |now: i64| instance.tasks.iter().filter(|(start, end)| *start <= now && now < *end).count();
    instance.tasks.iter().map(|(start, _)| at(*start)).max().unwrap()
}

/// Who may do what and when is the same on the sheet as in the instance.
fn assert_faithful(instance: &Smptsp, sheet: &Sheet, about: &str) {
    assert_eq!((sheet.bookings.len(), sheet.resources.len()), (instance.tasks.len(), instance.workers.len()), "{about}");
    let first = sheet.bookings[0].span.start.0 - instance.tasks[0].0;
    for (booking, (start, end)) in sheet.bookings.iter().zip(&instance.tasks) {
        assert_eq!((booking.span.start.0 - first, booking.span.end.0 - first), (*start, *end), "{about}: {}", booking.id);
        assert_eq!(booking.occupied(), booking.span, "{about}: {}", booking.id);
    }
    let prepared = Instance::new(sheet, false);
    let mut may_do: Vec<Vec<usize>> = vec![Vec::new(); instance.workers.len()];
    for (task, job) in prepared.bookings.iter().enumerate() {
        assert!(job.is_single(), "{about}");
        for &worker in &job.demands[0].resources {
            may_do[worker].push(task);
        }
    }
    assert!(may_do == instance.workers, "{about}: somebody may do something else than the file says");
}

#[test]
fn each_published_instance_becomes_a_valid_sheet_on_which_everybody_may_do_what_the_file_says() {
    for file in published().unwrap_or_default() {
        let about = file.display().to_string();
        let instance = instance(&file);
        let sheet = instance.to_sheet("published");
        assert_faithful(&instance, &sheet, &about);
        assert!(read::from_str(&write::to_json(&sheet)).unwrap() == sheet, "{about}: the sheet reads back as another");
    }
}

#[test]
fn an_instance_longer_than_a_day_on_a_coarse_grid_is_as_faithful() {
    let text = "# two days\nType = 1\n\nJobs = 3\n -30 0\n 0 1500\n 1500 3000\nQualifications = 3\n 3: 0 1 2\n 2: 2 0\n 0:\n";
    let instance = Smptsp::read(text).unwrap();
    assert_eq!(instance.workers, [vec![0, 1, 2], vec![0, 2], vec![]]);
    let sheet = instance.to_sheet("two-days");
    assert_eq!(sheet.grid_minutes, 30);
    assert_faithful(&instance, &sheet, "two days");
    // Tasks 0 and 2 are for the same two workers, so they share a qualification.
    assert_eq!(sheet.bookings[0].demands, sheet.bookings[2].demands);
    assert_eq!(read::from_str(&write::to_json(&sheet)).unwrap(), sheet);
}

#[test]
fn a_faulty_instance_is_refused_with_the_line_and_what_was_expected() {
    let good = "Type = 1\nJobs = 2\n0 10\n10 20\nQualifications = 1\n 2: 0 1\n";
    assert!(Smptsp::read(good).is_ok());
    let cases = [
        ("Type = 1", "Type = 2", "line 1: type 2; expected Type = 1"),
        ("Jobs = 2", "Jobs = two", "line 2: \"Jobs = two\"; expected Jobs = a number"),
        ("0 10\n", "10 0\n", "line 3: the task ends at 0 and starts at 10"),
        ("10 20", "10 20 30", "line 4: \"10 20 30\"; expected a start and an end"),
        ("Qualifications = 1", "Qualifications = 2", "line 7: the file ends here; expected the tasks of worker 1 of 2"),
        (" 2: 0 1", " 2: 0 2", "line 6: names task 2; expected numbers from 0 to below 2"),
        (" 2: 0 1", " 2: 0 0", "line 6: names 1 tasks more than once"),
        (" 2: 0 1", " 3: 0 1", "line 6: says 3 tasks and lists 2"),
        (" 2: 0 1", " 0 1", "line 6: \"0 1\"; expected how many tasks"),
        (" 2: 0 1", " 2: 0 1\nmore", "line 7: \"more\" after the last worker"),
    ];
    for (part, spoilt, expected) in cases {
        let message = Smptsp::read(&good.replace(part, spoilt)).unwrap_err().to_string();
        assert!(message.starts_with(expected), "{spoilt:?}: {message}");
    }
    let both = Smptsp::read(&good.replace("0 10\n10 20", "a b\n20 10")).unwrap_err();
    assert_eq!(both.0.iter().map(|fault| fault.line).collect::<Vec<_>>(), [3, 4], "every faulty line is named");
}

#[test]
fn convert_writes_a_sheet_that_solve_reads_and_refuses_what_is_no_instance() {
    let folder = tempfile::tempdir().unwrap();
    let zamu = |words: &[&str]| Command::new(env!("CARGO_BIN_EXE_zamu")).current_dir(folder.path()).args(words).output().unwrap();
    let text = "Type = 1\nJobs = 3\n0 10\n10 20\n5 15\nQualifications = 3\n 2: 0 1\n 1: 2\n 3: 0 1 2\n";
    std::fs::write(folder.path().join("plain.dat"), text).unwrap();
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    std::io::Write::write_all(&mut packed, text.as_bytes()).unwrap();
    let packed = packed.finish().unwrap();
    std::fs::write(folder.path().join("packed.dat.gz"), &packed).unwrap();
    std::fs::write(folder.path().join("cut.dat.gz"), &packed[..packed.len() / 2]).unwrap();
    std::fs::write(folder.path().join("wrong.dat"), "Jobs = 3\n").unwrap();

    assert!(zamu(&["convert", "smptsp", "plain.dat", "--out", "plain.json"]).status.success());
    let solved = zamu(&["solve", "plain.json", "--profile", "min-staff", "--json"]);
    let plan = read::plan_from_slice(&solved.stdout).unwrap();
    assert_eq!((value(&plan, "unplaced"), value(&plan, "resources_used"), plan.status), (0.0, 2.0, PlanStatus::Optimal));

    let printed = zamu(&["convert", "smptsp", "packed.dat.gz"]);
    let sheet = read::from_slice(&printed.stdout).unwrap();
    assert_eq!((sheet.location.name.as_str(), sheet.bookings.len()), ("packed", 3));

    for (file, expected) in [("wrong.dat", "line 1"), ("cut.dat.gz", "cannot be unpacked"), ("none.dat", "no such file")] {
        let refused = zamu(&["convert", "smptsp", file, "--out", "new.json"]);
        let complaint = String::from_utf8(refused.stderr).unwrap();
        assert!(refused.status.code() == Some(2) && complaint.contains(file) && complaint.contains(expected), "{complaint}");
        assert!(!folder.path().join("new.json").exists());
    }
}

#[test]
fn published_instances_are_solved_to_the_proven_optimum() {
    let Some(files) = published() else { return };
    for name in ["data_1_", "data_5_", "data_21_", "data_25_", "data_33_", "data_41_", "data_57_"] {
        let instance = named(&files, name);
        let sheet = instance.to_sheet(name);
        let plan = allocate(&sheet, &min_staff(), Limits::default());
        assert!(check::check_with_profile(&sheet, &plan, &min_staff()).passed(), "{name}");
        assert_eq!(plan.status, PlanStatus::Optimal, "{name}: {:?}", plan.tiers);
        assert_eq!(value(&plan, "unplaced"), 0.0, "{name}");
        assert_eq!(value(&plan, "resources_used"), most_at_once(&instance) as f64, "{name}");
    }
}

#[test]
fn a_hard_instance_gives_the_same_bytes_on_one_thread_and_on_two() {
    let Some(files) = published() else { return };
    let sheet = named(&files, "data_9_").to_sheet("hard");
    let bytes = |threads| write::plan_to_json(&allocate(&sheet, &min_staff(), Limits { threads, ..Limits::default() }));
    assert_eq!(bytes(1), bytes(2));
}

#[test]
fn a_search_for_the_smallest_team_that_is_stopped_says_so_and_keeps_its_bound_honest() {
    let Some(files) = published() else { return };
    let sheet = named(&files, "data_13_").to_sheet("stopped");
    let stop = Stop::new();
    stop.raise(StopCause::Deadline);
    let plan = allocate(&sheet, &min_staff(), Limits { stop, ..Limits::default() });
    assert_eq!((plan.status, plan.solve.stopped.as_str()), (PlanStatus::Feasible, "deadline"));
    for (tier, greedy) in plan.tiers.iter().zip(&plan.baseline.tiers) {
        assert_eq!(tier.value, greedy.value, "{}", tier.name);
        assert!(tier.bound.unwrap() <= tier.value);
    }
}

#[test]
fn the_smallest_team_is_what_trying_everything_finds() {
    // Bookings for one person each, with temps, qualifications, shifts, wishes, priorities and held bookings; and every kind of sheet.
    let orders: [&[Term]; 3] = [
        &[Term::Unplaced, Term::TemporaryUsed, Term::ResourcesUsed],
        &[Term::Unplaced, Term::ResourcesUsed, Term::TemporaryUsed],
        &[Term::Unplaced, Term::ResourcesUsed, Term::Moved],
    ];
    let (mut compared, mut plain) = (0, 0);
    for seed in 0..900 {
        let mut sheet = random_sheet(seed, Knobs { bookings_max: 7, resources_max: 5, plain_combinations: false });
        if seed % 3 > 0 {
            sheet.combinations.clear();
            for booking in &mut sheet.bookings {
                booking.same_resource_as = None;
                booking.demands.truncate(1);
                booking.demands.iter_mut().for_each(|demand| demand.count = 1);
            }
            plain += 1;
        }
        for terms in orders {
            let Some(best) = brute_force(&sheet, terms, false) else { continue };
            let text: String = terms.iter().map(|t| format!("[[tier]]\nterm = \"{}\"\n", t.as_str())).collect();
            let profile = Profile::parse("drawn", &text).unwrap();
            let plan = allocate(&sheet, &profile, Limits::default());
            assert_eq!(plan.status, PlanStatus::Optimal, "seed {seed}: {:?}", plan.tiers);
            let values: Vec<f64> = plan.tiers.iter().map(|t| t.value).collect();
            assert_eq!(values, best, "seed {seed}: {terms:?}");
            assert!(plan.tiers.iter().all(|t| t.bound.unwrap() <= t.value), "seed {seed}: {:?}", plan.tiers);
            compared += 1;
        }
    }
    assert!(compared > 2000 && plain > 500, "{compared} comparisons, {plain} plain sheets");
}
