//! Parse, call, exit code.

fn main() -> std::process::ExitCode {
    zamu::cli::main()
}
