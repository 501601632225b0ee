-- The clockwork: jobs with leases, the hours before the cutoff in which the night is run, profiles that run in the shadow of the live one.
-- Rollback: drop the table jobs, delete runs of the kind daypart and the status shadow, restore the two CHECKs of runs, drop the two columns.

ALTER TABLE tenants ADD COLUMN night_minutes INTEGER NOT NULL DEFAULT 120 CHECK (night_minutes BETWEEN 0 AND 1440);
-- A profile whose runs are recorded beside those of the live one and change nothing.
ALTER TABLE tenants ADD COLUMN shadow_profile TEXT;

-- What is to be done when: planned from each location's own clock, leased to one worker at a time, done once.
CREATE TABLE jobs (
    kind TEXT NOT NULL,
    -- Empty: of no location in particular.
    location_id TEXT NOT NULL,
    -- The local day, or its part, that it is about; empty for what is done again and again.
    subject TEXT NOT NULL,
    state TEXT NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'done')),
    due_us INTEGER NOT NULL,
    -- Should be done before.
    deadline_us INTEGER,
    -- Not tried before: when it is due, or a while after it failed.
    next_attempt_us INTEGER NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0,
    -- Whoever does it, until when nobody else may, and the number of that lease: who comes back late has an old one.
    worker TEXT,
    lease_until_us INTEGER,
    lease INTEGER NOT NULL DEFAULT 0,
    finished_us INTEGER,
    outcome TEXT,
    last_error TEXT,
    PRIMARY KEY (kind, location_id, subject)
) STRICT;
CREATE INDEX jobs_waiting ON jobs (due_us, next_attempt_us) WHERE state = 'waiting';
CREATE INDEX jobs_of_day ON jobs (location_id, subject, due_us) WHERE state = 'waiting';
CREATE INDEX jobs_done ON jobs (subject) WHERE state = 'done';

-- SQLite cannot change a CHECK: the table is made anew.
CREATE TABLE runs_anew (
    id TEXT NOT NULL PRIMARY KEY,
    location_id TEXT NOT NULL REFERENCES locations (id),
    local_date TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('night', 'repair', 'daypart')),
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
