-- The house: who runs it, where, with whom, doing what, when.

CREATE TABLE tenants (
    id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    name TEXT COLLATE "C" NOT NULL,
    -- When the day is finalized: minutes after local midnight, so many days before the day itself.
    cutoff_minute BIGINT NOT NULL DEFAULT 1080 CHECK (cutoff_minute BETWEEN 0 AND 1439),
    cutoff_days_before BIGINT NOT NULL DEFAULT 1 CHECK (cutoff_days_before BETWEEN 0 AND 14),
    staff_preference_enabled BOOLEAN NOT NULL DEFAULT FALSE,
    profile TEXT COLLATE "C" NOT NULL DEFAULT 'nightly',
    -- NULL: the profile's own.
    apply_threshold DOUBLE PRECISION CHECK (apply_threshold >= 0),
    manager_channel TEXT COLLATE "C",
    manager_address TEXT COLLATE "C"
);

CREATE TABLE locations (
    id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    tenant_id TEXT COLLATE "C" NOT NULL REFERENCES tenants (id),
    name TEXT COLLATE "C" NOT NULL,
    timezone TEXT COLLATE "C" NOT NULL,
    -- Bumped by every change that touches all of its days: people, rules, blocks.
    version BIGINT NOT NULL DEFAULT 0
);

CREATE TABLE resources (
    location_id TEXT COLLATE "C" NOT NULL REFERENCES locations (id),
    id TEXT COLLATE "C" NOT NULL,
    kind TEXT COLLATE "C" NOT NULL CHECK (kind IN ('staff', 'table')),
    name TEXT COLLATE "C" NOT NULL,
    gender TEXT COLLATE "C",
    seats BIGINT NOT NULL DEFAULT 0 CHECK (seats >= 0),
    min_party BIGINT NOT NULL DEFAULT 1 CHECK (min_party >= 0),
    zone TEXT COLLATE "C",
    is_temporary BOOLEAN NOT NULL DEFAULT FALSE,
    active_from TEXT COLLATE "C",
    active_to TEXT COLLATE "C",
    active BOOLEAN NOT NULL DEFAULT TRUE,
    PRIMARY KEY (location_id, id),
    CHECK (NOT is_temporary OR (active_from IS NOT NULL AND active_to IS NOT NULL)),
    CHECK (active_from IS NULL OR active_to IS NULL OR active_from <= active_to),
    CHECK (kind = 'staff' OR seats > 0)
);

CREATE TABLE resource_qualifications (
    location_id TEXT COLLATE "C" NOT NULL,
    resource_id TEXT COLLATE "C" NOT NULL,
    qualification TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (location_id, resource_id, qualification),
    FOREIGN KEY (location_id, resource_id) REFERENCES resources (location_id, id)
);

CREATE TABLE combinations (
    location_id TEXT COLLATE "C" NOT NULL REFERENCES locations (id),
    id TEXT COLLATE "C" NOT NULL,
    seats BIGINT NOT NULL CHECK (seats > 0),
    min_party BIGINT NOT NULL DEFAULT 1 CHECK (min_party >= 0),
    PRIMARY KEY (location_id, id)
);

CREATE TABLE combination_members (
    location_id TEXT COLLATE "C" NOT NULL,
    combination_id TEXT COLLATE "C" NOT NULL,
    resource_id TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (location_id, combination_id, resource_id),
    FOREIGN KEY (location_id, combination_id) REFERENCES combinations (location_id, id),
    FOREIGN KEY (location_id, resource_id) REFERENCES resources (location_id, id)
);

CREATE TABLE services (
    location_id TEXT COLLATE "C" NOT NULL REFERENCES locations (id),
    id TEXT COLLATE "C" NOT NULL,
    name TEXT COLLATE "C" NOT NULL,
    duration_minutes BIGINT NOT NULL CHECK (duration_minutes BETWEEN 1 AND 1440),
    buffer_before_minutes BIGINT NOT NULL DEFAULT 0 CHECK (buffer_before_minutes BETWEEN 0 AND 720),
    buffer_after_minutes BIGINT NOT NULL DEFAULT 0 CHECK (buffer_after_minutes BETWEEN 0 AND 720),
    staff_count BIGINT NOT NULL DEFAULT 1 CHECK (staff_count >= 0),
    needs_table BOOLEAN NOT NULL DEFAULT FALSE,
    -- In the smallest unit of the currency.
    price_cents BIGINT,
    PRIMARY KEY (location_id, id)
);

CREATE TABLE service_qualifications (
    location_id TEXT COLLATE "C" NOT NULL,
    service_id TEXT COLLATE "C" NOT NULL,
    qualification TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (location_id, service_id, qualification),
    FOREIGN KEY (location_id, service_id) REFERENCES services (location_id, id)
);

CREATE TABLE availability_rules (
    location_id TEXT COLLATE "C" NOT NULL REFERENCES locations (id),
    id TEXT COLLATE "C" NOT NULL,
    -- NULL: the whole location.
    resource_id TEXT COLLATE "C",
    kind TEXT COLLATE "C" NOT NULL CHECK (kind IN ('WEEKLY', 'DATE_RANGE', 'EXCEPTION')),
    -- Bit 0 is Monday, bit 6 Sunday.
    weekdays BIGINT NOT NULL CHECK (weekdays BETWEEN 1 AND 127),
    -- Minutes after local midnight by the clock on the wall; past 1440 is the next day.
    start_minute BIGINT NOT NULL CHECK (start_minute BETWEEN 0 AND 1439),
    end_minute BIGINT NOT NULL CHECK (end_minute BETWEEN 1 AND 2880 AND end_minute > start_minute),
    valid_from TEXT COLLATE "C",
    valid_to TEXT COLLATE "C",
    is_closed BOOLEAN NOT NULL DEFAULT FALSE,
    PRIMARY KEY (location_id, id),
    FOREIGN KEY (location_id, resource_id) REFERENCES resources (location_id, id),
    CHECK (valid_from IS NULL OR valid_to IS NULL OR valid_from <= valid_to)
);
CREATE INDEX availability_rules_by_subject ON availability_rules (location_id, resource_id, kind);

CREATE TABLE blocks (
    id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    location_id TEXT COLLATE "C" NOT NULL,
    resource_id TEXT COLLATE "C" NOT NULL,
    start_us BIGINT NOT NULL,
    end_us BIGINT NOT NULL,
    reason TEXT COLLATE "C" NOT NULL,
    created_by TEXT COLLATE "C" NOT NULL,
    created_us BIGINT NOT NULL,
    FOREIGN KEY (location_id, resource_id) REFERENCES resources (location_id, id),
    CHECK (start_us < end_us)
);
CREATE INDEX blocks_by_resource ON blocks (location_id, resource_id, start_us);

CREATE TABLE customers (
    tenant_id TEXT COLLATE "C" NOT NULL REFERENCES tenants (id),
    id TEXT COLLATE "C" NOT NULL,
    name TEXT COLLATE "C" NOT NULL,
    contact_channel TEXT COLLATE "C",
    contact_address TEXT COLLATE "C",
    PRIMARY KEY (tenant_id, id)
);
