//! The machine a benchmark ran on, as far as it tells.

use crate::cli::threads::threads;
use serde::Serialize;

/// What figures depend on.
#[derive(Debug, Clone, Serialize)]
pub struct Machine {
    /// The processor's own name, where the system says it.
    pub cpu: Option<String>,
    /// Cores this process may use.
    pub cores: usize,
    /// `linux x86_64`.
    pub system: String,
    /// Whether this program was built with optimization.
    pub build: &'static str,
}

/// This machine.
pub fn here() -> Machine {
    let cpuinfo = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    Machine {
        cpu: model_name(&cpuinfo),
        cores: threads(None),
        system: format!("{} {}", std::env::consts::OS, std::env::consts::ARCH),
        build: if cfg!(debug_assertions) { "debug" } else { "release" },
    }
}

fn model_name(cpuinfo: &str) -> Option<String> {
    let line = cpuinfo.lines().find(|line| line.starts_with("model name"))?;
    Some(line.split_once(':')?.1.trim().to_owned())
}

impl std::fmt::Display for Machine {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {}, {}", self.cores, if self.cores == 1 { "core" } else { "cores" }, self.system)?;
        if let Some(cpu) = &self.cpu {
            write!(f, ", {cpu}")?;
        }
        if self.build == "debug" {
            write!(f, "; a debug build, far slower than a release build")?;
        }
        Ok(())
    }
}

/// Starts measuring the most memory this process holds at once. Only Linux does; elsewhere nothing happens.
pub fn forget_peak_memory() {
    // 5 sets the high-water mark back to what is held now (proc(5)).
    let _ = std::fs::write("/proc/self/clear_refs", "5");
}

/// The most memory held at once since then, in MiB, where the system says it.
pub fn peak_memory_mib() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kib: u64 = line.trim().trim_end_matches(" kB").parse().ok()?;
    Some(kib.div_ceil(1024))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_processor_is_named_where_the_system_names_it() {
        assert_eq!(model_name("processor\t: 0\nmodel name\t: A Chip @ 2GHz\n").as_deref(), Some("A Chip @ 2GHz"));
        assert_eq!(model_name("processor\t: 0\nBogoMIPS\t: 50.00\n"), None);
    }
}
