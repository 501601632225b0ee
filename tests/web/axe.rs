//! What axe-core, the common judge of accessibility, says of a page.

use std::path::Path;

use serde_json::Value;

use crate::browser::Browser;

const AXE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/.tools/pages/node_modules/axe-core/axe.min.js");

impl Browser {
    /// Fails where axe finds a violation of any of its rules.
    pub async fn assert_accessible(&self, what: &str) {
        if !Path::new(AXE).exists() {
            assert!(std::env::var_os("CI").is_none_or(|ci| ci != "true"), "there is no axe-core: .ci/setup test installs it");
            eprintln!("SKIPPED: there is no axe-core, so nobody judges {what} (.ci/setup test installs it)");
            return;
        }
        self.driver.execute(std::fs::read_to_string(AXE).unwrap(), Vec::<Value>::new()).await.unwrap();
        let script = "const done = arguments[arguments.length - 1]; axe.run().then((found) => done(found.violations.map((one) => \
            `${one.id} (${one.impact}): ${one.help}: ${one.nodes.map((node) => node.html + ' ' + node.failureSummary).slice(0, 3).join(' | ')}`)), (error) => done([String(error)]));";
        let found = self.driver.execute_async(script, Vec::<Value>::new()).await.unwrap().json().clone();
        let found: Vec<&str> = found.as_array().unwrap().iter().map(|one| one.as_str().unwrap()).collect();
        assert!(found.is_empty(), "{what}, {:?}:\n{}", self.device, found.join("\n"));
    }
}
