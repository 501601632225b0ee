//! Which of the free times a customer is shown: few, the same for the same person for a while, and from every part of the day.
//!
//! Source: documents "General Scheduler" (policy `range`) and "Hair Stylist Scheduler" (policy `stylist`), slot exposure.

use chrono::{DateTime, Utc};
use sha2::{Digest, Sha256};

use crate::domain::random::Random;
use crate::store::ExposurePolicy;

/// Minutes for which the same person is shown the same.
pub const STICKY_MINUTES: i64 = 7;

/// Hours of the day in which times are spread: morning, afternoon, evening.
const DAY_PARTS: [std::ops::Range<u32>; 3] = [6..12, 12..17, 17..22];

/// Who looks for what: the same words, the same choice within an hour.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Viewer<'a> {
    /// The user or the session.
    pub who: &'a str,
    /// Where and what: location and service.
    pub what: &'a str,
    /// The local day.
    pub date: &'a str,
    /// The person asked for; `None` is the whole location.
    pub person: Option<&'a str>,
    /// Whatever else makes it another look: party, gender, the caller's own context.
    pub context: &'a str,
}

impl Viewer<'_> {
    /// One short word for all of it, which tells nobody who looked.
    pub fn key(&self, policy: ExposurePolicy) -> String {
        hex(&self.digest(policy, None))
    }

    fn digest(&self, policy: ExposurePolicy, salt: Option<i64>) -> [u8; 32] {
        let salt = salt.map(|salt| salt.to_string()).unwrap_or_default();
        let mut hash = Sha256::new();
        for part in [self.who, self.date, self.person.unwrap_or("all"), self.what, self.context, policy.as_str(), &salt] {
            hash.update(u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
            hash.update(part.as_bytes());
        }
        hash.finalize().into()
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Positions of those of the free times that are shown, in the order chosen: `hours` are their hours on the wall clock. The salt of the hour
/// at `now` changes the choice, so that no time is hidden for long.
pub fn choose(policy: ExposurePolicy, viewer: &Viewer<'_>, hours: &[u32], now: DateTime<Utc>) -> Vec<usize> {
    let total = hours.len();
    if total == 0 || (policy == ExposurePolicy::Stylist && total <= 5) {
        return (0..total).collect();
    }
    let digest = viewer.digest(policy, Some(now.timestamp().div_euclid(3600)));
    let mut random = Random::new(digest[..8].iter().fold(0, |seed, byte| seed << 8 | u64::from(*byte)));
    let mut shuffled: Vec<usize> = (0..total).collect();
    for k in (1..total).rev() {
        shuffled.swap(k, random.below(k + 1));
    }
    let count = count(policy, viewer.person.is_some(), total, &mut random);
    let mut picked = Vec::with_capacity(count);
    for part in &DAY_PARTS {
        if picked.len() < count
            && let Some(one) = shuffled.iter().copied().find(|&k| part.contains(&hours[k]))
        {
            picked.push(one);
        }
    }
    let rest: Vec<usize> = shuffled.into_iter().filter(|k| !picked.contains(k)).take(count - picked.len()).collect();
    picked.extend(rest);
    picked
}

/// How many are shown.
fn count(policy: ExposurePolicy, for_person: bool, total: usize, random: &mut Random) -> usize {
    match policy {
        ExposurePolicy::Range => {
            let (least, most): (usize, usize) = if for_person { (1, 3) } else { (3, 5) };
            let (least, most) = (least.min(total), most.min(total));
            least + random.below(most - least + 1)
        }
        ExposurePolicy::Stylist => match random.unit() {
            draw if draw < 0.15 => 4,
            draw if draw < 0.30 => 5,
            _ => 3,
        },
    }
}
