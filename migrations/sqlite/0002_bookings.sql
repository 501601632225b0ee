-- What is booked, who holds it, who really served, and what happened to it.

CREATE TABLE bookings (
    id TEXT NOT NULL PRIMARY KEY,
    tenant_id TEXT NOT NULL REFERENCES tenants (id),
    location_id TEXT NOT NULL REFERENCES locations (id),
    -- Where it was first written down; a second import of the same row finds it again.
    external_ref TEXT,
    import_digest TEXT,
    service_id TEXT,
    customer_id TEXT,
    -- The location's local day in which it starts: the sheet it stands on.
    local_date TEXT NOT NULL,
    -- The time the customer was given, without buffers.
    start_us INTEGER NOT NULL,
    end_us INTEGER NOT NULL,
    buffer_before_minutes INTEGER NOT NULL DEFAULT 0 CHECK (buffer_before_minutes BETWEEN 0 AND 720),
    buffer_after_minutes INTEGER NOT NULL DEFAULT 0 CHECK (buffer_after_minutes BETWEEN 0 AND 720),
    -- JSON, copied from the service when the booking was made: a later change of the service leaves it alone.
    demands TEXT NOT NULL,
    affinity TEXT NOT NULL DEFAULT '{}',
    gender TEXT,
    gender_waived INTEGER NOT NULL DEFAULT 0 CHECK (gender_waived IN (0, 1)),
    zone TEXT,
    party_size INTEGER NOT NULL DEFAULT 1 CHECK (party_size >= 1),
    priority INTEGER NOT NULL DEFAULT 1 CHECK (priority >= 1),
    same_resource_as TEXT REFERENCES bookings (id) DEFERRABLE INITIALLY DEFERRED,
    state TEXT NOT NULL CHECK (state IN ('created', 'held', 'capacity_verified', 'assignment_pending', 'assignment_in_progress', 'confirmed',
        'manual_review', 'failed', 'cancelled', 'expired', 'completed', 'no_show')),
    assignment_status TEXT NOT NULL DEFAULT 'provisional' CHECK (assignment_status IN ('provisional', 'bound', 'finalized')),
    state_version INTEGER NOT NULL DEFAULT 1,
    created_us INTEGER NOT NULL,
    updated_us INTEGER NOT NULL,
    UNIQUE (location_id, external_ref),
    FOREIGN KEY (location_id, service_id) REFERENCES services (location_id, id),
    FOREIGN KEY (tenant_id, customer_id) REFERENCES customers (tenant_id, id),
    CHECK (start_us < end_us AND end_us - start_us <= 86400000000),
    -- Nobody is told a name before the booking stands.
    CONSTRAINT legal_pair CHECK (assignment_status <> 'finalized'
        OR state IN ('confirmed', 'manual_review', 'cancelled', 'completed', 'no_show'))
) STRICT;
CREATE INDEX bookings_by_day ON bookings (location_id, local_date);
CREATE INDEX bookings_by_start ON bookings (location_id, start_us);

-- Who is taken when: one row per booking and resource, over the occupied span (with buffers). This is the assignment and the hold in one.
CREATE TABLE occupancy (
    booking_id TEXT NOT NULL REFERENCES bookings (id),
    location_id TEXT NOT NULL,
    resource_id TEXT NOT NULL,
    start_us INTEGER NOT NULL,
    end_us INTEGER NOT NULL,
    PRIMARY KEY (booking_id, resource_id),
    FOREIGN KEY (location_id, resource_id) REFERENCES resources (location_id, id),
    -- Three days: the longest booking with the longest buffers, with room. Lets the overlap test look at a window only.
    CHECK (start_us < end_us AND end_us - start_us <= 259200000000)
) STRICT;
CREATE INDEX occupancy_by_resource ON occupancy (location_id, resource_id, start_us);

-- Who REALLY served, as recorded by people; no overlap rule, because records are what they are.
CREATE TABLE served_by (
    booking_id TEXT NOT NULL REFERENCES bookings (id),
    location_id TEXT NOT NULL,
    resource_id TEXT NOT NULL,
    PRIMARY KEY (booking_id, resource_id),
    FOREIGN KEY (location_id, resource_id) REFERENCES resources (location_id, id)
) STRICT;

CREATE TABLE booking_history (
    id INTEGER PRIMARY KEY,
    booking_id TEXT NOT NULL REFERENCES bookings (id),
    kind TEXT NOT NULL CHECK (kind IN ('state', 'assignment', 'time')),
    from_value TEXT NOT NULL,
    to_value TEXT NOT NULL,
    actor TEXT NOT NULL,
    reason TEXT NOT NULL,
    at_us INTEGER NOT NULL,
    state_version INTEGER NOT NULL
) STRICT;
CREATE INDEX booking_history_by_booking ON booking_history (booking_id, id);

CREATE TABLE day_versions (
    location_id TEXT NOT NULL REFERENCES locations (id),
    local_date TEXT NOT NULL,
    version INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (location_id, local_date)
) STRICT;
