//! What the README tells people to type exists: each command with each of its options.

use crate::zamu;

/// The `zamu …` commands in the README's code blocks, without comments and what stands in quotes.
fn commands() -> Vec<String> {
    let text = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/README.md")).unwrap();
    let blocks = text.split("```").skip(1).step_by(2);
    let typed = blocks.flat_map(str::lines).map(|line| line.split(" # ").next().unwrap().split(" | ").next().unwrap());
    typed.filter_map(|line| line.find("zamu ").map(|at| line[at + 5..].trim().to_owned())).collect()
}

#[test]
fn every_command_in_the_readme_exists_with_its_options() {
    let folder = tempfile::tempdir().unwrap();
    let commands = commands();
    assert!(commands.len() > 15, "{commands:?}");
    for command in commands {
        // A subcommand's own words come first: `bookings add`, not `check day.json`.
        let words: Vec<&str> = command.split_whitespace().take_while(|word| !word.starts_with('-')).collect();
        let name = match words.as_slice() {
            [first @ ("bookings" | "runs" | "temps" | "import" | "bench" | "messages" | "ledger" | "accounts"), second, ..] => {
                format!("{first} {second}")
            }
            [first, ..] => (*first).to_owned(),
            [] => String::new(),
        };
        let help = zamu(folder.path(), &format!("{name} --help"));
        assert_eq!(help.code, 0, "{command}: {help:?}");
        for option in command.split_whitespace().filter(|word| word.starts_with("--") && *word != "--help") {
            assert!(
                help.out.contains(&format!("{option} ")) || help.out.contains(&format!("{option}\n")),
                "{command}: {option} is not an option of {name}"
            );
        }
    }
}
