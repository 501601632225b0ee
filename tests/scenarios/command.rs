//! `zamu whatif`, `zamu staffing` and `zamu promote` through the real binary.

use std::path::{Path, PathBuf};
use std::process::Output;

use assert_cmd::Command;
use serde_json::Value;
use zamu::sheet::spa::{Size, Spa};
use zamu::sheet::write;

struct Desk {
    folder: tempfile::TempDir,
}

struct Answer {
    code: i32,
    out: String,
    err: String,
}

impl Desk {
    fn new() -> Desk {
        Desk { folder: tempfile::tempdir().unwrap() }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn write(&self, name: &str, text: &str) -> String {
        std::fs::write(self.path(name), text).unwrap();
        self.path(name).display().to_string()
    }

    fn run(&self, args: &[&str]) -> Answer {
        let Output { status, stdout, stderr } = Command::cargo_bin("zamu")
            .unwrap()
            .args(args)
            .current_dir(self.folder.path())
            .env("ZAMU_WHATIF_MEMORY", self.path("memory"))
            .env("ZAMU_DB", self.path("zamu.db"))
            .env_remove("ZAMU_KEYS")
            .output()
            .unwrap();
        let text = |bytes| String::from_utf8(bytes).unwrap();
        Answer { code: status.code().unwrap(), out: text(stdout), err: text(stderr) }
    }
}

fn shipped() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios");
    let mut files: Vec<PathBuf> =
        std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).filter(|p| p.extension().is_some_and(|e| e == "toml")).collect();
    files.sort();
    files
}

#[test]
fn the_shipped_scenarios_keep_what_they_expect() {
    let desk = Desk::new();
    // What has no base is asked of the salon's days, which the walk-through does.
    let has_base = |path: &&PathBuf| std::fs::read_to_string(path).unwrap().contains("\n[base]");
    let files: Vec<String> = shipped().iter().filter(has_base).map(|path| path.display().to_string()).collect();
    assert!(files.len() >= 4, "{files:?}");
    let mut args = vec!["whatif", "--check"];
    args.extend(files.iter().map(String::as_str));
    let answer = desk.run(&args);
    assert_eq!(answer.code, 0, "{}\n{}", answer.out, answer.err);
    assert!(answer.out.lines().last().unwrap().contains(" hold"), "{}", answer.out);
}

#[test]
fn the_shipped_scenarios_say_what_they_teach() {
    for file in shipped() {
        let text = std::fs::read_to_string(&file).unwrap();
        assert!(text.starts_with('#') && text.contains("# Teaches: "), "{}", file.display());
        assert!(text.contains("expect"), "{}: expects nothing", file.display());
    }
}

#[test]
fn an_expectation_that_does_not_hold_is_told_and_ends_with_1() {
    let desk = Desk::new();
    let sheet = desk.write("day.json", &write::to_json(&Spa::of(Size::S).day(1)));
    desk.write("mine.toml", "expect = [\"unplaced = 99\", \"served >= 0\"]\n");
    let answer = desk.run(&["whatif", "mine.toml", "--against", &sheet, "--check"]);
    assert_eq!(answer.code, 1, "{}", answer.err);
    assert!(answer.out.contains("expected unplaced = 99, but unplaced is ") && answer.out.contains("1 of 2 expectations hold"), "{}", answer.out);
}

#[test]
fn a_faulty_scenario_is_refused_before_anything_is_run_or_written() {
    let desk = Desk::new();
    let sheet = desk.write("day.json", &write::to_json(&Spa::of(Size::S).day(1)));
    desk.write("good.toml", "description = \"nothing\"\n");
    desk.write("bad.toml", "[[change]]\nkind = \"absence\"\nwho = \"nobody\"\n");
    let answer = desk.run(&["whatif", "good.toml", "bad.toml", "--against", &sheet, "--out", "out.txt"]);
    assert_eq!((answer.code, answer.out.as_str()), (2, ""));
    assert!(answer.err.contains("there is nobody called `nobody`"), "{}", answer.err);
    assert!(!desk.path("out.txt").exists() && !desk.path("memory").exists());
    let answer = desk.run(&["whatif", "good.toml"]);
    assert!(answer.code == 2 && answer.err.contains("has no [base]"), "{}", answer.err);
}

#[test]
fn json_has_every_case_and_sorting_puts_the_best_first() {
    let desk = Desk::new();
    let sheet = desk.write("day.json", &write::to_json(&Spa::of(Size::S).day(2)));
    desk.write("mine.toml", "[parameters]\ngrowth = [0.4, 0.0, 0.2]\n[[change]]\nkind = \"demand\"\ngrow = \"$growth\"\n");
    let answer = desk.run(&["whatif", "mine.toml", "--against", &sheet, "--json", "--sort", "unplaced"]);
    assert_eq!(answer.code, 0, "{}", answer.err);
    let studies: Value = serde_json::from_str(&answer.out).unwrap();
    let labels: Vec<&str> = studies[0]["cases"].as_array().unwrap().iter().map(|case| case["label"].as_str().unwrap()).collect();
    assert_eq!(labels, ["growth=0.0", "growth=0.2", "growth=0.4"]);
    assert_eq!(studies[0]["base_days"].as_array().unwrap().len(), 1);
}

#[test]
fn the_schema_is_json_and_a_folder_of_sheets_is_a_base() {
    let desk = Desk::new();
    let schema: Value = serde_json::from_str(&desk.run(&["whatif", "--schema"]).out).unwrap();
    assert!(schema["properties"]["change"].is_object());
    std::fs::create_dir(desk.path("sheets")).unwrap();
    for (k, (date, next)) in [("2026-11-21", "2026-11-22"), ("2026-11-23", "2026-11-24")].iter().enumerate() {
        let text = write::to_json(&Spa::of(Size::S).day(k as u64)).replace("2026-11-22", next).replace("2026-11-21", date);
        desk.write(&format!("sheets/{date}.json"), &text);
    }
    desk.write("mine.toml", "[base]\nsheets = [\"sheets\"]\n");
    let answer = desk.run(&["whatif", "mine.toml", "--days"]);
    assert!(answer.code == 0 && answer.out.contains("2026-11-23"), "{}{}", answer.out, answer.err);
    let answer = desk.run(&["staffing", "sheets", "--json"]);
    assert_eq!(serde_json::from_str::<Value>(&answer.out).unwrap().as_array().unwrap().len(), 2, "{}", answer.err);
}

#[test]
fn a_day_of_the_database_is_asked_about_promoted_once_and_what_is_only_supposed_is_refused() {
    let desk = Desk::new();
    assert_eq!(desk.run(&["demo", "--db", "zamu.db"]).code, 0);
    // The demonstration's day may be over by the machine's clock: then there is nothing to promote, and it says so.
    desk.write("same.toml", "[[change]]\nkind = \"profile\"\nname = \"strict\"\n");
    desk.write("more.toml", "[[change]]\nkind = \"temp\"\nqualifications = [\"swedish\"]\nfrom = \"09:00\"\nto = \"17:00\"\n");
    let before = desk.run(&["bookings", "list", "--location", "westlands", "--date", "2026-11-21", "--json"]).out;
    let answer = desk.run(&["whatif", "same.toml", "more.toml", "--against", "westlands:2026-11-21", "--json"]);
    assert_eq!(answer.code, 0, "{}", answer.err);
    assert_eq!(before, desk.run(&["bookings", "list", "--location", "westlands", "--date", "2026-11-21", "--json"]).out, "a what-if writes nothing");
    let studies: Value = serde_json::from_str(&answer.out).unwrap();
    let run = studies[0]["cases"][0]["draws"][0]["days"][0]["run"].as_str().unwrap();
    let answer = desk.run(&["promote", &run[..12]]);
    assert!(answer.code == 0 || answer.err.contains("no live day") || answer.err.contains("is over"), "{}{}", answer.out, answer.err);
    let answer = desk.run(&["promote", "abc"]);
    assert!(answer.code == 2 && answer.err.contains("is no run"), "{}", answer.err);
}

#[test]
fn a_page_stands_alone_and_rows_say_the_same_as_the_table() {
    let desk = Desk::new();
    let sheet = desk.write("day.json", &write::to_json(&Spa::of(Size::S).day(2)));
    desk.write("mine.toml", "[parameters]\ngrowth = [0.0, 0.2]\n[[change]]\nkind = \"demand\"\ngrow = \"$growth\"\n");
    let ask = |more: &[&str]| desk.run(&[&["whatif", "mine.toml", "--against", &sheet], more].concat());
    let studies: Value = serde_json::from_str(&ask(&["--json"]).out).unwrap();
    assert_eq!(ask(&["--format", "html", "--out", "mine.html"]).code, 0);
    let page = std::fs::read_to_string(desk.path("mine.html")).unwrap();
    assert!(page.contains("growth=0.2") && page.contains("<svg") && !page.contains("src=") && !page.contains("@import"));
    for format in ["csv", "parquet"] {
        let answer = ask(&["--format", format, "--out", "rows/"]);
        assert_eq!(answer.code, 0, "{}", answer.err);
        for table in ["scenarios", "bookings", "people"] {
            assert!(desk.path(&format!("rows/{table}.{format}")).metadata().unwrap().len() > 0);
        }
    }
    let rows = |name: &str| -> Vec<std::collections::BTreeMap<String, String>> {
        csv::Reader::from_path(desk.path(name)).unwrap().deserialize().map(Result::unwrap).collect()
    };
    let (scenarios, bookings) = (rows("rows/scenarios.csv"), rows("rows/bookings.csv"));
    assert_eq!(scenarios.len(), 3, "the base and two cases");
    for (row, figures) in scenarios[1..].iter().zip(studies[0]["cases"].as_array().unwrap()) {
        assert_eq!(row["unplaced"].parse::<f64>().unwrap(), figures["total"]["unplaced"].as_f64().unwrap());
        let lost = bookings.iter().filter(|b| b["case"] == row["case"] && b["is_base"] == row["is_base"] && b["served"] == "false").count();
        assert_eq!(lost as f64, row["unplaced"].parse::<f64>().unwrap(), "{}", row["case"]);
    }
    assert!(ask(&["--format", "parquet"]).err.contains("--out DIR/"));
    // To standard output goes what a pipe can use.
    assert!(ask(&["--format", "csv"]).out.starts_with("scenario,case,is_base"));
}

#[test]
fn the_walk_through_of_the_readme_is_what_its_commands_print() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let salon = root.join("../shared/data/hair-salon");
    if !salon.exists() {
        assert!(std::env::var_os("CI").is_none(), "{}: expected the salon's records beside the project", salon.display());
        eprintln!("skipped: {} is not there", salon.display());
        return;
    }
    let desk = Desk::new();
    assert_eq!(desk.run(&["import", "hair-salon", &salon.display().to_string(), "--db", "salon.db"]).code, 0);
    let readme = std::fs::read_to_string(root.join("scenarios/README.md")).unwrap();
    let scenario = root.join("scenarios/salon.toml").display().to_string();
    let blocks: Vec<&str> = readme.split("```").skip(1).step_by(2).collect();
    let mut compared = 0;
    for pair in blocks.windows(2) {
        let (Some(command), Some(printed)) = (pair[0].strip_prefix("sh\nzamu "), pair[1].strip_prefix("text\n")) else { continue };
        let args: Vec<&str> = command.split_whitespace().map(|word| if word == "scenarios/salon.toml" { scenario.as_str() } else { word }).collect();
        let answer = desk.run(&args);
        assert!(answer.out.starts_with(printed.trim_end()), "{command}\n{}\n{}", answer.out, answer.err);
        compared += 1;
    }
    assert_eq!(compared, 3);
}
