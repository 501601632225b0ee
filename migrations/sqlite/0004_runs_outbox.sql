-- What the allocator answered, what needs a person, and what has to be told.

CREATE TABLE runs (
    id TEXT NOT NULL PRIMARY KEY,
    location_id TEXT NOT NULL REFERENCES locations (id),
    local_date TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('night', 'repair')),
    profile TEXT NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('applied', 'kept', 'lost-race', 'dry-run')),
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
CREATE INDEX runs_by_day ON runs (location_id, local_date, started_us);

-- The needs-attention queue: one open row per booking and cause.
CREATE TABLE attention (
    id TEXT NOT NULL PRIMARY KEY,
    location_id TEXT NOT NULL REFERENCES locations (id),
    local_date TEXT NOT NULL,
    booking_id TEXT NOT NULL REFERENCES bookings (id),
    code TEXT NOT NULL,
    reason TEXT NOT NULL,
    created_us INTEGER NOT NULL,
    resolved_us INTEGER,
    resolution TEXT
) STRICT;
CREATE UNIQUE INDEX attention_open ON attention (booking_id, code) WHERE resolved_us IS NULL;
CREATE INDEX attention_by_day ON attention (location_id, local_date);

-- Written in the transaction of the change it tells of; delivered at least once, deduplicated by `dedup_key`.
CREATE TABLE outbox (
    id INTEGER PRIMARY KEY,
    class TEXT NOT NULL CHECK (class IN ('event', 'message')),
    topic TEXT NOT NULL,
    location_id TEXT NOT NULL REFERENCES locations (id),
    booking_id TEXT REFERENCES bookings (id),
    channel TEXT NOT NULL,
    recipient TEXT NOT NULL,
    payload TEXT NOT NULL,
    dedup_key TEXT NOT NULL UNIQUE,
    created_us INTEGER NOT NULL,
    delivered_us INTEGER,
    attempts INTEGER NOT NULL DEFAULT 0,
    next_attempt_us INTEGER NOT NULL,
    last_error TEXT
) STRICT;
CREATE INDEX outbox_due ON outbox (class, next_attempt_us, id) WHERE delivered_us IS NULL;
