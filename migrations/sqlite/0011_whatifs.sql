-- What-ifs asked over HTTP, with how far they are and what came out; runs that make a day of one real.
-- Rollback: drop the table whatifs, delete runs of the kind promoted, restore the CHECK of runs.

CREATE TABLE whatifs (
    id TEXT NOT NULL PRIMARY KEY,
    tenant_id TEXT NOT NULL REFERENCES tenants (id),
    location_id TEXT NOT NULL REFERENCES locations (id),
    from_date TEXT NOT NULL,
    to_date TEXT NOT NULL,
    -- JSON: the scenario as it was asked.
    scenario TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('queued', 'running', 'done', 'failed', 'cancelled')),
    -- Days solved, of how many; of none before it is known how many there are.
    days_done INTEGER NOT NULL DEFAULT 0 CHECK (days_done >= 0),
    days_total INTEGER NOT NULL DEFAULT 0 CHECK (days_total >= 0),
    -- Somebody wants it to end.
    cancel_asked INTEGER NOT NULL DEFAULT 0 CHECK (cancel_asked IN (0, 1)),
    -- JSON: the study, once it is done.
    result TEXT,
    -- Why it failed.
    error TEXT,
    actor TEXT NOT NULL,
    created_us INTEGER NOT NULL,
    started_us INTEGER,
    finished_us INTEGER,
    CHECK (from_date <= to_date),
    CHECK ((state IN ('queued', 'running')) = (finished_us IS NULL)),
    CHECK ((state = 'done') = (result IS NOT NULL)),
    CHECK ((state = 'failed') = (error IS NOT NULL))
) STRICT;
CREATE INDEX whatifs_by_tenant ON whatifs (tenant_id, id);
CREATE INDEX whatifs_open ON whatifs (tenant_id) WHERE state IN ('queued', 'running');
CREATE INDEX whatifs_ended ON whatifs (finished_us) WHERE finished_us IS NOT NULL;

-- SQLite cannot change a CHECK: the table is made anew.
CREATE TABLE runs_anew (
    id TEXT NOT NULL PRIMARY KEY,
    location_id TEXT NOT NULL REFERENCES locations (id),
    local_date TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('night', 'repair', 'daypart', 'promoted')),
    profile TEXT NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('applied', 'kept', 'lost-race', 'dry-run', 'shadow')),
    actor TEXT NOT NULL,
    day_version INTEGER NOT NULL,
    input_sha256 TEXT NOT NULL,
    plan_status TEXT NOT NULL,
    -- JSON: the plan's tiers with their bounds, the baseline's values, the changes, the unplaced with their reasons.
    tiers TEXT NOT NULL,
    baseline TEXT NOT NULL,
    diff TEXT NOT NULL,
    unplaced TEXT NOT NULL,
    rationale TEXT NOT NULL,
    solver TEXT NOT NULL,
    stopped TEXT NOT NULL,
    started_us INTEGER NOT NULL,
    finished_us INTEGER NOT NULL,
    solve_ms INTEGER NOT NULL
) STRICT;
INSERT INTO runs_anew SELECT id, location_id, local_date, kind, profile, status, actor, day_version, input_sha256, plan_status, tiers, baseline, diff,
    unplaced, rationale, solver, stopped, started_us, finished_us, solve_ms FROM runs;
DROP TABLE runs;
ALTER TABLE runs_anew RENAME TO runs;
CREATE INDEX runs_by_day ON runs (location_id, local_date, started_us);
