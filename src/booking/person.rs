//! Finding the person a customer names.

use crate::domain::ResourceKind;
use crate::store::ResourceRow;

/// Below this a name is not called like another.
const LIKENESS_MIN: f64 = 0.7;
/// Names that are offered instead of an unknown one.
const NEAR_MAX: usize = 3;

/// The id of the active person of this name or id, whatever the case.
///
/// # Errors
/// The names that are like it, nearest first, where nobody is called so. Two people of one name are nobody: both come back with their ids.
pub fn find(people: &[ResourceRow], asked: &str) -> Result<String, Vec<String>> {
    let wanted = asked.trim().to_lowercase();
    let active: Vec<&ResourceRow> = people.iter().filter(|p| p.active && p.kind == ResourceKind::Staff).collect();
    if let Some(person) = active.iter().find(|p| p.id == asked.trim()) {
        return Ok(person.id.clone());
    }
    let called: Vec<&&ResourceRow> = active.iter().filter(|p| p.name.to_lowercase() == wanted).collect();
    match called.as_slice() {
        [only] => return Ok(only.id.clone()),
        [] => {}
        several => return Err(several.iter().map(|p| format!("{} ({})", p.name, p.id)).collect()),
    }
    let mut near: Vec<(f64, &str)> = active.iter().map(|p| (strsim::jaro_winkler(&p.name.to_lowercase(), &wanted), p.name.as_str())).collect();
    near.retain(|(likeness, _)| *likeness >= LIKENESS_MIN);
    near.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(b.1)));
    Err(near.into_iter().take(NEAR_MAX).map(|(_, name)| name.to_owned()).collect())
}
