//! What people and tables are called where several are named. Two of one name are told apart: every page asks here.

use crate::http::admin::people::PersonView;
use crate::http::admin::tables::TableView;
use crate::sheet::Resource;
use crate::store::{Day, ResourceRow};

/// An id of at most so many characters is shown whole.
const WHOLE_MAX: usize = 12;
/// Of a longer one at least so many are shown, the last.
const TAIL_MIN: usize = 4;

/// Somebody, or a table, who may be taken for another of the same name.
pub(super) trait Named {
    /// Identifier.
    fn id(&self) -> &str;
    /// Name as on file.
    fn name(&self) -> &str;
    /// Still here: whoever left is not taken for anybody.
    fn is_here(&self) -> bool;
}

impl Named for Resource {
    fn id(&self) -> &str {
        &self.id
    }

    fn name(&self) -> &str {
        &self.name
    }

    fn is_here(&self) -> bool {
        true
    }
}

/// Rows and views with these three members.
macro_rules! named {
    ($($row:ty),+) => {
        $(impl Named for $row {
            fn id(&self) -> &str {
                &self.id
            }

            fn name(&self) -> &str {
                &self.name
            }

            fn is_here(&self) -> bool {
                self.active
            }
        })+
    };
}
named!(ResourceRow, PersonView, TableView);

/// What one of these is called: by their name, with their id behind it where somebody else who is here has that name, too; by the id alone where
/// there is nobody of it. Of a long id the end is shown, as much as tells them apart.
pub(super) fn called<N: Named>(all: &[N], id: &str) -> String {
    let Some(one) = all.iter().find(|one| one.id() == id) else { return id.to_owned() };
    let is_alike = |other: &&N| other.id() != id && other.is_here() && is_same(other.name(), one.name());
    let alike: Vec<&str> = all.iter().filter(is_alike).map(Named::id).collect();
    if alike.is_empty() { one.name().to_owned() } else { format!("{} ({})", one.name(), mark(id, &alike)) }
}

/// Somebody's name on a day.
pub(super) fn on_day(day: &Day, id: &str) -> String {
    called(&day.sheet.resources, id)
}

/// Would somebody who reads them say that it is one name?
fn is_same(a: &str, b: &str) -> bool {
    let read = |name: &'_ str| name.trim().chars().flat_map(char::to_lowercase).collect::<String>();
    a == b || (a.len().abs_diff(b.len()) < 8 && read(a) == read(b))
}

/// As much of an id as tells it from the others.
fn mark(id: &str, others: &[&str]) -> String {
    let length = id.chars().count();
    if length <= WHOLE_MAX {
        return id.to_owned();
    }
    let tail = |n: usize| id.chars().skip(length - n).collect::<String>();
    let short = (TAIL_MIN..length).map(tail).find(|tail| !others.iter().any(|other| other.ends_with(tail.as_str())));
    short.map_or_else(|| id.to_owned(), |tail| format!("…{tail}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(id: &str, name: &str) -> ResourceRow {
        ResourceRow::staff("spa", id, name, &[])
    }

    #[test]
    fn two_of_one_name_are_told_apart_and_nobody_else_is_marked() {
        let all = [row("grace", "Grace"), row("g2", "grace "), row("joy", "Joy"), ResourceRow { active: false, ..row("j0", "Joy") }];
        assert_eq!(["grace", "g2", "joy", "gone"].map(|id| called(&all, id)), ["Grace (grace)", "grace  (g2)", "Joy", "gone"]);
        assert_eq!(called(&all, "j0"), "Joy (j0)", "who left is told from who is here");
    }

    #[test]
    fn of_a_long_id_as_much_is_shown_as_tells_it_from_the_other() {
        let all = [
            row("01931f00-aaaa-7000-8000-0000000000ab", "Joy"),
            row("01931f00-bbbb-7000-8000-0000000000cd", "Joy"),
            row("01931f00-cccc-7000-8000-1110000000ef", "Ann"),
            row("01931f00-dddd-7000-8000-2220000000ef", "Ann"),
        ];
        let shown: Vec<String> = all.iter().map(|one| called(&all, &one.id)).collect();
        assert_eq!(shown, ["Joy (…00ab)", "Joy (…00cd)", "Ann (…10000000ef)", "Ann (…20000000ef)"]);
    }
}
