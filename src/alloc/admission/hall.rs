//! Hall's condition for tasks that share an instant, kept while options fall away: everybody has somebody of their own, and an option that leaves
//! somebody else without anybody falls away too.
//!
//! Source: Régin, "A filtering algorithm for constraints of difference in CSPs" (AAAI 1994); strong components by Tarjan (1972). A task that takes
//! several resources at once counts as if it needed one of them, which keeps the condition necessary.

/// Tasks that share an instant, and who has whom.
#[derive(Debug)]
pub struct Crowd {
    /// The tasks, ascending.
    pub tasks: Vec<usize>,
    /// Per task: the resource it had at last; a hint only.
    has: Vec<usize>,
}

/// Space that all crowds use in turn.
#[derive(Debug)]
pub struct Desk {
    /// Per resource: place in the crowd of the task that has it.
    owner: Vec<usize>,
    seen: Vec<bool>,
    touched: Vec<usize>,
    /// Per place: number in Tarjan's order, lowest reachable one, component, and whether somebody free can be reached.
    index: Vec<usize>,
    low: Vec<usize>,
    component: Vec<usize>,
    is_open: Vec<bool>,
    stack: Vec<usize>,
    next: usize,
    /// Options looked at so far.
    pub work: u64,
}

const NOBODY: usize = usize::MAX;

impl Desk {
    /// For so many resources.
    pub fn new(resources: usize) -> Desk {
        Desk {
            owner: vec![NOBODY; resources],
            seen: vec![false; resources],
            touched: Vec::new(),
            index: Vec::new(),
            low: Vec::new(),
            component: Vec::new(),
            is_open: Vec::new(),
            stack: Vec::new(),
            next: 0,
            work: 0,
        }
    }
}

/// What the tasks may still choose from: calls back with every option (number, set) of a task that is left.
pub trait Left {
    /// The options of a task that are left.
    fn of(&self, task: usize) -> impl Iterator<Item = (usize, &[usize])>;
}

impl Crowd {
    /// A crowd that has nobody yet.
    pub fn new(tasks: Vec<usize>) -> Crowd {
        Crowd { has: vec![NOBODY; tasks.len()], tasks }
    }

    /// Options (task, number) that no way to serve the whole crowd uses; `None` when there is no way at all.
    pub fn prune(&mut self, desk: &mut Desk, left: &impl Left) -> Option<Vec<(usize, usize)>> {
        for &r in &self.has {
            if r != NOBODY {
                desk.owner[r] = NOBODY;
            }
        }
        desk.owner.fill(NOBODY);
        for k in 0..self.tasks.len() {
            let mine = self.has[k];
            let keeps = mine != NOBODY && desk.owner[mine] == NOBODY && left.of(self.tasks[k]).any(|(_, set)| set.contains(&mine));
            if keeps {
                desk.owner[mine] = k;
            } else {
                self.has[k] = NOBODY;
            }
        }
        for k in 0..self.tasks.len() {
            let needs_nobody = left.of(self.tasks[k]).any(|(_, set)| set.is_empty());
            if self.has[k] == NOBODY && !needs_nobody {
                let found = self.find(k, desk, left);
                for r in desk.touched.drain(..) {
                    desk.seen[r] = false;
                }
                if !found {
                    return None;
                }
            }
        }
        Some(self.useless(desk, left))
    }

    /// Finds somebody for the task at place `k`; whoever has them finds somebody else (Kuhn 1955).
    fn find(&mut self, k: usize, desk: &mut Desk, left: &impl Left) -> bool {
        for (_, set) in left.of(self.tasks[k]) {
            for &r in set {
                desk.work += 1;
                if std::mem::replace(&mut desk.seen[r], true) {
                    continue;
                }
                desk.touched.push(r);
                let other = desk.owner[r];
                if other == NOBODY || self.find(other, desk, left) {
                    desk.owner[r] = k;
                    self.has[k] = r;
                    return true;
                }
            }
        }
        false
    }

    /// Options that are on no perfect matching: they take somebody from a task that could neither get anybody free nor change round with this one.
    fn useless(&self, desk: &mut Desk, left: &impl Left) -> Vec<(usize, usize)> {
        let n = self.tasks.len();
        for list in [&mut desk.index, &mut desk.low, &mut desk.component] {
            list.clear();
            list.resize(n, NOBODY);
        }
        desk.is_open.clear();
        desk.is_open.resize(n, false);
        desk.next = 0;
        for k in 0..n {
            if desk.index[k] == NOBODY {
                self.visit(k, desk, left);
            }
        }
        let mut out = Vec::new();
        if desk.is_open.iter().all(|open| *open) {
            return out;
        }
        for (k, &task) in self.tasks.iter().enumerate() {
            for (option, set) in left.of(task) {
                let taken = |r: &usize| {
                    let other = desk.owner[*r];
                    other != NOBODY && other != k && !desk.is_open[other] && desk.component[other] != desk.component[k]
                };
                if set.iter().any(taken) {
                    out.push((task, option));
                }
            }
        }
        out
    }

    /// Tarjan's visit over "could take what the other has". Components come out after all that they lead to, so whether one leads to somebody free
    /// is known by then.
    fn visit(&self, k: usize, desk: &mut Desk, left: &impl Left) {
        (desk.index[k], desk.low[k]) = (desk.next, desk.next);
        desk.next += 1;
        desk.stack.push(k);
        let mut open = false;
        for (_, set) in left.of(self.tasks[k]) {
            open |= set.is_empty();
            for &r in set {
                desk.work += 1;
                let other = desk.owner[r];
                if other == NOBODY {
                    open = true;
                } else if other != k {
                    if desk.index[other] == NOBODY {
                        self.visit(other, desk, left);
                        desk.low[k] = desk.low[k].min(desk.low[other]);
                    } else if desk.component[other] == NOBODY {
                        desk.low[k] = desk.low[k].min(desk.index[other]);
                    }
                    open |= desk.component[other] != NOBODY && desk.is_open[other];
                }
            }
        }
        desk.is_open[k] = open;
        if desk.low[k] == desk.index[k] {
            let from = desk.stack.iter().rposition(|&at| at == k).unwrap_or(0);
            let members = desk.stack.split_off(from);
            let open = members.iter().any(|&at| desk.is_open[at]);
            for at in members {
                desk.component[at] = k;
                desk.is_open[at] = open;
            }
        }
    }
}
