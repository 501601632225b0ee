//! Brings what the manager's pages load in the browser: from npm, by the lock file beside this, into the build's own folder. Nothing of it is
//! committed, and nothing is left to do for whoever runs the program: it is embedded.
//!
//! `ZAMU_PAGE_MODULES` names a `node_modules` folder that is there already, for builds without a network.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::{env, fs};

/// Where `package.json` and its lock stand.
const HERE: &str = "src/http/web/scripts";
/// What is embedded, by its place under `node_modules`.
const WANTED: [&str; 3] = ["htmx.org/dist/htmx.min.js", "idiomorph/dist/idiomorph.min.js", "interactjs/dist/interact.min.js"];

fn main() {
    for file in ["build.rs", "package.json", "package-lock.json"] {
        println!("cargo::rerun-if-changed={HERE}/{file}");
    }
    println!("cargo::rerun-if-env-changed=ZAMU_PAGE_MODULES");
    let out = PathBuf::from(env::var_os("OUT_DIR").unwrap_or_default());
    let brought = match env::var_os("ZAMU_PAGE_MODULES") {
        Some(modules) => copied(Path::new(&modules), &out),
        None => installed(&out).and_then(|modules| copied(&modules, &out)),
    };
    if let Err(why) = brought {
        println!("cargo::error=the scripts of the manager's pages are missing: {why}");
        println!(
            "cargo::error=install Node.js with npm (.ci/setup does), or name a node_modules folder made by {HERE}/package-lock.json in ZAMU_PAGE_MODULES"
        );
        std::process::exit(1);
    }
}

/// `npm ci` by the lock file, without any package's own scripts; the folder it filled.
fn installed(out: &Path) -> Result<PathBuf, String> {
    let folder = out.join("npm");
    fs::create_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    for file in ["package.json", "package-lock.json"] {
        fs::copy(Path::new(HERE).join(file), folder.join(file)).map_err(|error| format!("{HERE}/{file}: {error}"))?;
    }
    let npm = Command::new("npm").args(["ci", "--ignore-scripts", "--no-audit", "--no-fund"]).current_dir(&folder).stdin(Stdio::null()).output();
    let said = npm.map_err(|error| format!("npm cannot be run: {error}"))?;
    if said.status.success() {
        return Ok(folder.join("node_modules"));
    }
    Err(format!("npm ci failed: {}", String::from_utf8_lossy(&said.stderr).trim()))
}

/// Puts what is wanted beside the build, by its file's name alone.
fn copied(modules: &Path, out: &Path) -> Result<(), String> {
    for wanted in WANTED {
        let from = modules.join(wanted);
        let name = from.file_name().ok_or_else(|| format!("{wanted} names no file"))?;
        fs::copy(&from, out.join(name)).map_err(|error| format!("{}: {error}", from.display()))?;
    }
    Ok(())
}
