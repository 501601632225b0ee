-- The clockwork: jobs with leases, the hours before the cutoff in which the night is run, profiles that run in the shadow of the live one.
-- Rollback: drop the table jobs, delete runs of the kind daypart and the status shadow, restore the two CHECKs of runs, drop the two columns.

ALTER TABLE tenants ADD COLUMN night_minutes BIGINT NOT NULL DEFAULT 120 CHECK (night_minutes BETWEEN 0 AND 1440);
-- A profile whose runs are recorded beside those of the live one and change nothing.
ALTER TABLE tenants ADD COLUMN shadow_profile TEXT COLLATE "C";

-- What is to be done when: planned from each location's own clock, leased to one worker at a time, done once.
CREATE TABLE jobs (
    kind TEXT COLLATE "C" NOT NULL,
    -- Empty: of no location in particular.
    location_id TEXT COLLATE "C" NOT NULL,
    -- The local day, or its part, that it is about; empty for what is done again and again.
    subject TEXT COLLATE "C" NOT NULL,
    state TEXT COLLATE "C" NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'done')),
    due_us BIGINT NOT NULL,
    -- Should be done before.
    deadline_us BIGINT,
    -- Not tried before: when it is due, or a while after it failed.
    next_attempt_us BIGINT NOT NULL,
    attempts BIGINT NOT NULL DEFAULT 0,
    -- Whoever does it, until when nobody else may, and the number of that lease: who comes back late has an old one.
    worker TEXT COLLATE "C",
    lease_until_us BIGINT,
    lease BIGINT NOT NULL DEFAULT 0,
    finished_us BIGINT,
    outcome TEXT COLLATE "C",
    last_error TEXT COLLATE "C",
    PRIMARY KEY (kind, location_id, subject)
);
CREATE INDEX jobs_waiting ON jobs (due_us, next_attempt_us) WHERE state = 'waiting';
CREATE INDEX jobs_of_day ON jobs (location_id, subject, due_us) WHERE state = 'waiting';
CREATE INDEX jobs_done ON jobs (subject) WHERE state = 'done';

ALTER TABLE runs DROP CONSTRAINT runs_kind_check;
ALTER TABLE runs ADD CONSTRAINT runs_kind_check CHECK (kind IN ('night', 'repair', 'daypart'));
ALTER TABLE runs DROP CONSTRAINT runs_status_check;
ALTER TABLE runs ADD CONSTRAINT runs_status_check CHECK (status IN ('applied', 'kept', 'lost-race', 'dry-run', 'shadow'));
