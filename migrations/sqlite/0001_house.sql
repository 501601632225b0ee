-- The house: who runs it, where, with whom, doing what, when.

CREATE TABLE tenants (
    id TEXT NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,
    -- When the day is finalized: minutes after local midnight, so many days before the day itself.
    cutoff_minute INTEGER NOT NULL DEFAULT 1080 CHECK (cutoff_minute BETWEEN 0 AND 1439),
    cutoff_days_before INTEGER NOT NULL DEFAULT 1 CHECK (cutoff_days_before BETWEEN 0 AND 14),
    staff_preference_enabled INTEGER NOT NULL DEFAULT 0 CHECK (staff_preference_enabled IN (0, 1)),
    profile TEXT NOT NULL DEFAULT 'nightly',
    -- NULL: the profile's own.
    apply_threshold REAL CHECK (apply_threshold >= 0),
    manager_channel TEXT,
    manager_address TEXT
) STRICT;

CREATE TABLE locations (
    id TEXT NOT NULL PRIMARY KEY,
    tenant_id TEXT NOT NULL REFERENCES tenants (id),
    name TEXT NOT NULL,
    timezone TEXT NOT NULL,
    -- Bumped by every change that touches all of its days: people, rules, blocks.
    version INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE TABLE resources (
    location_id TEXT NOT NULL REFERENCES locations (id),
    id TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('staff', 'table')),
    name TEXT NOT NULL,
    gender TEXT,
    seats INTEGER NOT NULL DEFAULT 0 CHECK (seats >= 0),
    min_party INTEGER NOT NULL DEFAULT 1 CHECK (min_party >= 0),
    zone TEXT,
    is_temporary INTEGER NOT NULL DEFAULT 0 CHECK (is_temporary IN (0, 1)),
    active_from TEXT,
    active_to TEXT,
    active INTEGER NOT NULL DEFAULT 1 CHECK (active IN (0, 1)),
    PRIMARY KEY (location_id, id),
    CHECK (is_temporary = 0 OR (active_from IS NOT NULL AND active_to IS NOT NULL)),
    CHECK (active_from IS NULL OR active_to IS NULL OR active_from <= active_to),
    CHECK (kind = 'staff' OR seats > 0)
) STRICT;

CREATE TABLE resource_qualifications (
    location_id TEXT NOT NULL,
    resource_id TEXT NOT NULL,
    qualification TEXT NOT NULL,
    PRIMARY KEY (location_id, resource_id, qualification),
    FOREIGN KEY (location_id, resource_id) REFERENCES resources (location_id, id)
) STRICT;

CREATE TABLE combinations (
    location_id TEXT NOT NULL REFERENCES locations (id),
    id TEXT NOT NULL,
    seats INTEGER NOT NULL CHECK (seats > 0),
    min_party INTEGER NOT NULL DEFAULT 1 CHECK (min_party >= 0),
    PRIMARY KEY (location_id, id)
) STRICT;

CREATE TABLE combination_members (
    location_id TEXT NOT NULL,
    combination_id TEXT NOT NULL,
    resource_id TEXT NOT NULL,
    PRIMARY KEY (location_id, combination_id, resource_id),
    FOREIGN KEY (location_id, combination_id) REFERENCES combinations (location_id, id),
    FOREIGN KEY (location_id, resource_id) REFERENCES resources (location_id, id)
) STRICT;

CREATE TABLE services (
    location_id TEXT NOT NULL REFERENCES locations (id),
    id TEXT NOT NULL,
    name TEXT NOT NULL,
    duration_minutes INTEGER NOT NULL CHECK (duration_minutes BETWEEN 1 AND 1440),
    buffer_before_minutes INTEGER NOT NULL DEFAULT 0 CHECK (buffer_before_minutes BETWEEN 0 AND 720),
    buffer_after_minutes INTEGER NOT NULL DEFAULT 0 CHECK (buffer_after_minutes BETWEEN 0 AND 720),
    staff_count INTEGER NOT NULL DEFAULT 1 CHECK (staff_count >= 0),
    needs_table INTEGER NOT NULL DEFAULT 0 CHECK (needs_table IN (0, 1)),
    -- In the smallest unit of the currency.
    price_cents INTEGER,
    PRIMARY KEY (location_id, id)
) STRICT;

CREATE TABLE service_qualifications (
    location_id TEXT NOT NULL,
    service_id TEXT NOT NULL,
    qualification TEXT NOT NULL,
    PRIMARY KEY (location_id, service_id, qualification),
    FOREIGN KEY (location_id, service_id) REFERENCES services (location_id, id)
) STRICT;

CREATE TABLE availability_rules (
    location_id TEXT NOT NULL REFERENCES locations (id),
    id TEXT NOT NULL,
    -- NULL: the whole location.
    resource_id TEXT,
    kind TEXT NOT NULL CHECK (kind IN ('WEEKLY', 'DATE_RANGE', 'EXCEPTION')),
    -- Bit 0 is Monday, bit 6 Sunday.
    weekdays INTEGER NOT NULL CHECK (weekdays BETWEEN 1 AND 127),
    -- Minutes after local midnight by the clock on the wall; past 1440 is the next day.
    start_minute INTEGER NOT NULL CHECK (start_minute BETWEEN 0 AND 1439),
    end_minute INTEGER NOT NULL CHECK (end_minute BETWEEN 1 AND 2880 AND end_minute > start_minute),
    valid_from TEXT,
    valid_to TEXT,
    is_closed INTEGER NOT NULL DEFAULT 0 CHECK (is_closed IN (0, 1)),
    PRIMARY KEY (location_id, id),
    FOREIGN KEY (location_id, resource_id) REFERENCES resources (location_id, id),
    CHECK (valid_from IS NULL OR valid_to IS NULL OR valid_from <= valid_to)
) STRICT;
CREATE INDEX availability_rules_by_subject ON availability_rules (location_id, resource_id, kind);

CREATE TABLE blocks (
    id TEXT NOT NULL PRIMARY KEY,
    location_id TEXT NOT NULL,
    resource_id TEXT NOT NULL,
    start_us INTEGER NOT NULL,
    end_us INTEGER NOT NULL,
    reason TEXT NOT NULL,
    created_by TEXT NOT NULL,
    created_us INTEGER NOT NULL,
    FOREIGN KEY (location_id, resource_id) REFERENCES resources (location_id, id),
    CHECK (start_us < end_us)
) STRICT;
CREATE INDEX blocks_by_resource ON blocks (location_id, resource_id, start_us);

CREATE TABLE customers (
    tenant_id TEXT NOT NULL REFERENCES tenants (id),
    id TEXT NOT NULL,
    name TEXT NOT NULL,
    contact_channel TEXT,
    contact_address TEXT,
    PRIMARY KEY (tenant_id, id)
) STRICT;
