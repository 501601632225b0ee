-- What-ifs asked over HTTP, with how far they are and what came out; runs that make a day of one real.
-- Rollback: drop the table whatifs, delete runs of the kind promoted, restore the CHECK of runs.

CREATE TABLE whatifs (
    id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    tenant_id TEXT COLLATE "C" NOT NULL REFERENCES tenants (id),
    location_id TEXT COLLATE "C" NOT NULL REFERENCES locations (id),
    from_date TEXT COLLATE "C" NOT NULL,
    to_date TEXT COLLATE "C" NOT NULL,
    -- JSON: the scenario as it was asked.
    scenario TEXT COLLATE "C" NOT NULL,
    state TEXT COLLATE "C" NOT NULL CHECK (state IN ('queued', 'running', 'done', 'failed', 'cancelled')),
    -- Days solved, of how many; of none before it is known how many there are.
    days_done BIGINT NOT NULL DEFAULT 0 CHECK (days_done >= 0),
    days_total BIGINT NOT NULL DEFAULT 0 CHECK (days_total >= 0),
    -- Somebody wants it to end.
    cancel_asked BOOLEAN NOT NULL DEFAULT FALSE,
    -- JSON: the study, once it is done.
    result TEXT COLLATE "C",
    -- Why it failed.
    error TEXT COLLATE "C",
    actor TEXT COLLATE "C" NOT NULL,
    created_us BIGINT NOT NULL,
    started_us BIGINT,
    finished_us BIGINT,
    CHECK (from_date <= to_date),
    CHECK ((state IN ('queued', 'running')) = (finished_us IS NULL)),
    CHECK ((state = 'done') = (result IS NOT NULL)),
    CHECK ((state = 'failed') = (error IS NOT NULL))
);
CREATE INDEX whatifs_by_tenant ON whatifs (tenant_id, id);
CREATE INDEX whatifs_open ON whatifs (tenant_id) WHERE state IN ('queued', 'running');
CREATE INDEX whatifs_ended ON whatifs (finished_us) WHERE finished_us IS NOT NULL;

ALTER TABLE runs DROP CONSTRAINT runs_kind_check;
ALTER TABLE runs ADD CONSTRAINT runs_kind_check CHECK (kind IN ('night', 'repair', 'daypart', 'promoted'));
