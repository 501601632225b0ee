-- What is booked, who holds it, who really served, and what happened to it.

CREATE TABLE bookings (
    id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    tenant_id TEXT COLLATE "C" NOT NULL REFERENCES tenants (id),
    location_id TEXT COLLATE "C" NOT NULL REFERENCES locations (id),
    -- Where it was first written down; a second import of the same row finds it again.
    external_ref TEXT COLLATE "C",
    import_digest TEXT COLLATE "C",
    service_id TEXT COLLATE "C",
    customer_id TEXT COLLATE "C",
    -- The location's local day in which it starts: the sheet it stands on.
    local_date TEXT COLLATE "C" NOT NULL,
    -- The time the customer was given, without buffers.
    start_us BIGINT NOT NULL,
    end_us BIGINT NOT NULL,
    buffer_before_minutes BIGINT NOT NULL DEFAULT 0 CHECK (buffer_before_minutes BETWEEN 0 AND 720),
    buffer_after_minutes BIGINT NOT NULL DEFAULT 0 CHECK (buffer_after_minutes BETWEEN 0 AND 720),
    -- JSON, copied from the service when the booking was made: a later change of the service leaves it alone.
    demands TEXT COLLATE "C" NOT NULL,
    affinity TEXT COLLATE "C" NOT NULL DEFAULT '{}',
    gender TEXT COLLATE "C",
    gender_waived BOOLEAN NOT NULL DEFAULT FALSE,
    zone TEXT COLLATE "C",
    party_size BIGINT NOT NULL DEFAULT 1 CHECK (party_size >= 1),
    priority BIGINT NOT NULL DEFAULT 1 CHECK (priority >= 1),
    same_resource_as TEXT COLLATE "C" REFERENCES bookings (id) DEFERRABLE INITIALLY DEFERRED,
    state TEXT COLLATE "C" NOT NULL CHECK (state IN ('created', 'held', 'capacity_verified', 'assignment_pending', 'assignment_in_progress', 'confirmed',
        'manual_review', 'failed', 'cancelled', 'expired', 'completed', 'no_show')),
    assignment_status TEXT COLLATE "C" NOT NULL DEFAULT 'provisional' CHECK (assignment_status IN ('provisional', 'bound', 'finalized')),
    state_version BIGINT NOT NULL DEFAULT 1,
    created_us BIGINT NOT NULL,
    updated_us BIGINT NOT NULL,
    UNIQUE (location_id, external_ref),
    FOREIGN KEY (location_id, service_id) REFERENCES services (location_id, id),
    FOREIGN KEY (tenant_id, customer_id) REFERENCES customers (tenant_id, id),
    CHECK (start_us < end_us AND end_us - start_us <= 86400000000),
    -- Nobody is told a name before the booking stands.
    CONSTRAINT legal_pair CHECK (assignment_status <> 'finalized'
        OR state IN ('confirmed', 'manual_review', 'cancelled', 'completed', 'no_show'))
);
CREATE INDEX bookings_by_day ON bookings (location_id, local_date);
CREATE INDEX bookings_by_start ON bookings (location_id, start_us);

-- Who is taken when: one row per booking and resource, over the occupied span (with buffers). This is the assignment and the hold in one.
CREATE TABLE occupancy (
    booking_id TEXT COLLATE "C" NOT NULL REFERENCES bookings (id),
    location_id TEXT COLLATE "C" NOT NULL,
    resource_id TEXT COLLATE "C" NOT NULL,
    start_us BIGINT NOT NULL,
    end_us BIGINT NOT NULL,
    PRIMARY KEY (booking_id, resource_id),
    FOREIGN KEY (location_id, resource_id) REFERENCES resources (location_id, id),
    -- Three days: the longest booking with the longest buffers, with room. Lets the overlap test look at a window only.
    CHECK (start_us < end_us AND end_us - start_us <= 259200000000)
);
CREATE INDEX occupancy_by_resource ON occupancy (location_id, resource_id, start_us);

-- Who REALLY served, as recorded by people; no overlap rule, because records are what they are.
CREATE TABLE served_by (
    booking_id TEXT COLLATE "C" NOT NULL REFERENCES bookings (id),
    location_id TEXT COLLATE "C" NOT NULL,
    resource_id TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (booking_id, resource_id),
    FOREIGN KEY (location_id, resource_id) REFERENCES resources (location_id, id)
);

CREATE TABLE booking_history (
    id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    booking_id TEXT COLLATE "C" NOT NULL REFERENCES bookings (id),
    kind TEXT COLLATE "C" NOT NULL CHECK (kind IN ('state', 'assignment', 'time')),
    from_value TEXT COLLATE "C" NOT NULL,
    to_value TEXT COLLATE "C" NOT NULL,
    actor TEXT COLLATE "C" NOT NULL,
    reason TEXT COLLATE "C" NOT NULL,
    at_us BIGINT NOT NULL,
    state_version BIGINT NOT NULL
);
CREATE INDEX booking_history_by_booking ON booking_history (booking_id, id);

CREATE TABLE day_versions (
    location_id TEXT COLLATE "C" NOT NULL REFERENCES locations (id),
    local_date TEXT COLLATE "C" NOT NULL,
    version BIGINT NOT NULL DEFAULT 0,
    PRIMARY KEY (location_id, local_date)
);
