-- What the allocator answered, what needs a person, and what has to be told.

CREATE TABLE runs (
    id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    location_id TEXT COLLATE "C" NOT NULL REFERENCES locations (id),
    local_date TEXT COLLATE "C" NOT NULL,
    kind TEXT COLLATE "C" NOT NULL CHECK (kind IN ('night', 'repair')),
    profile TEXT COLLATE "C" NOT NULL,
    status TEXT COLLATE "C" NOT NULL CHECK (status IN ('applied', 'kept', 'lost-race', 'dry-run')),
    actor TEXT COLLATE "C" NOT NULL,
    day_version BIGINT NOT NULL,
    input_sha256 TEXT COLLATE "C" NOT NULL,
    plan_status TEXT COLLATE "C" NOT NULL,
    -- JSON: the plan's tiers with their bounds, the baseline's values, the changes, the unplaced with their reasons.
    tiers TEXT COLLATE "C" NOT NULL,
    baseline TEXT COLLATE "C" NOT NULL,
    diff TEXT COLLATE "C" NOT NULL,
    unplaced TEXT COLLATE "C" NOT NULL,
    rationale TEXT COLLATE "C" NOT NULL,
    solver TEXT COLLATE "C" NOT NULL,
    stopped TEXT COLLATE "C" NOT NULL,
    started_us BIGINT NOT NULL,
    finished_us BIGINT NOT NULL,
    solve_ms BIGINT NOT NULL
);
CREATE INDEX runs_by_day ON runs (location_id, local_date, started_us);

-- The needs-attention queue: one open row per booking and cause.
CREATE TABLE attention (
    id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    location_id TEXT COLLATE "C" NOT NULL REFERENCES locations (id),
    local_date TEXT COLLATE "C" NOT NULL,
    booking_id TEXT COLLATE "C" NOT NULL REFERENCES bookings (id),
    code TEXT COLLATE "C" NOT NULL,
    reason TEXT COLLATE "C" NOT NULL,
    created_us BIGINT NOT NULL,
    resolved_us BIGINT,
    resolution TEXT COLLATE "C"
);
CREATE UNIQUE INDEX attention_open ON attention (booking_id, code) WHERE resolved_us IS NULL;
CREATE INDEX attention_by_day ON attention (location_id, local_date);

-- Written in the transaction of the change it tells of; delivered at least once, deduplicated by `dedup_key`.
CREATE TABLE outbox (
    id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    class TEXT COLLATE "C" NOT NULL CHECK (class IN ('event', 'message')),
    topic TEXT COLLATE "C" NOT NULL,
    location_id TEXT COLLATE "C" NOT NULL REFERENCES locations (id),
    booking_id TEXT COLLATE "C" REFERENCES bookings (id),
    channel TEXT COLLATE "C" NOT NULL,
    recipient TEXT COLLATE "C" NOT NULL,
    payload TEXT COLLATE "C" NOT NULL,
    dedup_key TEXT COLLATE "C" NOT NULL UNIQUE,
    created_us BIGINT NOT NULL,
    delivered_us BIGINT,
    attempts BIGINT NOT NULL DEFAULT 0,
    next_attempt_us BIGINT NOT NULL,
    last_error TEXT COLLATE "C"
);
CREATE INDEX outbox_due ON outbox (class, next_attempt_us, id) WHERE delivered_us IS NULL;
