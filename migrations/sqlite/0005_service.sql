-- What the HTTP service needs: holds that run out, who asked, one booking per customer and slot, slots, requests that are made once.
-- Rollback: drop the three tables, the indexes and triggers named here, then the columns; nothing written before depends on them.

ALTER TABLE tenants ADD COLUMN exposure_policy TEXT NOT NULL DEFAULT 'range' CHECK (exposure_policy IN ('range', 'stylist'));
ALTER TABLE tenants ADD COLUMN hold_minutes INTEGER NOT NULL DEFAULT 10 CHECK (hold_minutes BETWEEN 1 AND 120);
-- Until so long before its start a customer may cancel or move a booking.
ALTER TABLE tenants ADD COLUMN customer_change_minutes INTEGER NOT NULL DEFAULT 120 CHECK (customer_change_minutes BETWEEN 0 AND 43200);
-- ISO 3166 code of the country whose phone numbers may be given without their country code.
ALTER TABLE tenants ADD COLUMN phone_region TEXT;
-- JSON: flag → true or false; channels on which customers may be told, empty for all.
ALTER TABLE tenants ADD COLUMN feature_flags TEXT NOT NULL DEFAULT '{}';
ALTER TABLE tenants ADD COLUMN channels TEXT NOT NULL DEFAULT '[]';

ALTER TABLE services ADD COLUMN active INTEGER NOT NULL DEFAULT 1 CHECK (active IN (0, 1));

ALTER TABLE availability_rules ADD COLUMN service_id TEXT;
-- How many bookings may begin at one time; NULL for as many as there are people.
ALTER TABLE availability_rules ADD COLUMN capacity INTEGER CHECK (capacity >= 1);
ALTER TABLE availability_rules ADD COLUMN granularity_minutes INTEGER CHECK (granularity_minutes BETWEEN 1 AND 1440);

-- Addresses are sealed; a keyed hash of each finds the customer again.
ALTER TABLE customers ADD COLUMN second_channel TEXT;
ALTER TABLE customers ADD COLUMN second_address TEXT;
ALTER TABLE customers ADD COLUMN lookup TEXT;
ALTER TABLE customers ADD COLUMN second_lookup TEXT;
CREATE INDEX customers_by_lookup ON customers (tenant_id, lookup) WHERE lookup IS NOT NULL;
CREATE INDEX customers_by_second_lookup ON customers (tenant_id, second_lookup) WHERE second_lookup IS NOT NULL;

-- Who asked, by the name in their token; and the customer whose only booking of this slot it is.
ALTER TABLE bookings ADD COLUMN user_id TEXT;
ALTER TABLE bookings ADD COLUMN booked_by TEXT;
ALTER TABLE bookings ADD COLUMN notes TEXT;
ALTER TABLE bookings ADD COLUMN payment_ref TEXT;
-- When a hold that was not confirmed runs out.
ALTER TABLE bookings ADD COLUMN hold_expires_us INTEGER;
CREATE UNIQUE INDEX bookings_once ON bookings (location_id, service_id, start_us, booked_by)
    WHERE booked_by IS NOT NULL AND state NOT IN ('cancelled', 'expired', 'failed');
CREATE INDEX bookings_holds ON bookings (hold_expires_us) WHERE state = 'held';
CREATE INDEX bookings_by_tenant ON bookings (tenant_id, start_us, id);
CREATE INDEX bookings_by_user ON bookings (tenant_id, user_id, start_us) WHERE user_id IS NOT NULL;
CREATE INDEX bookings_by_customer ON bookings (tenant_id, customer_id) WHERE customer_id IS NOT NULL;
CREATE INDEX bookings_standing_by_day ON bookings (location_id, local_date) WHERE state NOT IN ('cancelled', 'expired', 'failed');
CREATE INDEX bookings_by_slot ON bookings (location_id, service_id, start_us);

-- When a service can begin: made from the rules, counted by the database itself.
CREATE TABLE slots (
    id TEXT NOT NULL PRIMARY KEY,
    location_id TEXT NOT NULL REFERENCES locations (id),
    service_id TEXT NOT NULL,
    local_date TEXT NOT NULL,
    start_us INTEGER NOT NULL,
    end_us INTEGER NOT NULL,
    -- How many could be served at once by those on duty, were nothing else booked; 0 is blocked. At most `capacity_max`, where a rule says so.
    capacity INTEGER NOT NULL CHECK (capacity >= 0),
    capacity_max INTEGER CHECK (capacity_max >= 1),
    booked INTEGER NOT NULL DEFAULT 0,
    hold INTEGER NOT NULL DEFAULT 0,
    status TEXT NOT NULL GENERATED ALWAYS AS (CASE WHEN capacity = 0 THEN 'blocked' WHEN booked + hold >= capacity THEN 'full'
        WHEN booked + hold > 0 THEN 'partial' ELSE 'open' END) STORED,
    UNIQUE (location_id, service_id, start_us),
    FOREIGN KEY (location_id, service_id) REFERENCES services (location_id, id),
    CHECK (start_us < end_us)
) STRICT;
CREATE INDEX slots_by_day ON slots (location_id, local_date, service_id, start_us);

-- The version of the house by which a day's slots were made.
CREATE TABLE slot_days (
    location_id TEXT NOT NULL REFERENCES locations (id),
    local_date TEXT NOT NULL,
    house_version INTEGER NOT NULL,
    PRIMARY KEY (location_id, local_date)
) STRICT;

-- A request that changed something, by its key: the same again gets the same answer and changes nothing.
CREATE TABLE requests (
    tenant_id TEXT NOT NULL,
    actor TEXT NOT NULL,
    request_key TEXT NOT NULL,
    payload_sha256 TEXT NOT NULL,
    -- JSON: what was written.
    outcome TEXT,
    at_us INTEGER NOT NULL,
    PRIMARY KEY (tenant_id, actor, request_key)
) STRICT;
CREATE INDEX requests_by_age ON requests (at_us);

-- Which slots somebody was shown, so that they are shown the same again.
CREATE TABLE exposures (
    exposure_key TEXT NOT NULL PRIMARY KEY,
    -- JSON: ids of slots in the order shown.
    slots TEXT NOT NULL,
    variant TEXT NOT NULL,
    expires_us INTEGER NOT NULL
) STRICT;
CREATE INDEX exposures_by_age ON exposures (expires_us);

-- A slot counts what stands in it, whoever writes.
CREATE TRIGGER slots_count_insert AFTER INSERT ON bookings WHEN NEW.service_id IS NOT NULL BEGIN
    UPDATE slots SET booked = (SELECT COUNT(*) FROM bookings AS b WHERE b.location_id = slots.location_id AND b.service_id = slots.service_id
            AND b.start_us = slots.start_us AND b.state NOT IN ('held', 'created', 'cancelled', 'expired', 'failed')),
        hold = (SELECT COUNT(*) FROM bookings AS b WHERE b.location_id = slots.location_id AND b.service_id = slots.service_id
            AND b.start_us = slots.start_us AND b.state IN ('held', 'created'))
    WHERE location_id = NEW.location_id AND service_id = NEW.service_id AND start_us = NEW.start_us;
END;

CREATE TRIGGER slots_count_update AFTER UPDATE OF state, start_us, service_id, location_id ON bookings BEGIN
    UPDATE slots SET booked = (SELECT COUNT(*) FROM bookings AS b WHERE b.location_id = slots.location_id AND b.service_id = slots.service_id
            AND b.start_us = slots.start_us AND b.state NOT IN ('held', 'created', 'cancelled', 'expired', 'failed')),
        hold = (SELECT COUNT(*) FROM bookings AS b WHERE b.location_id = slots.location_id AND b.service_id = slots.service_id
            AND b.start_us = slots.start_us AND b.state IN ('held', 'created'))
    WHERE (location_id = NEW.location_id AND service_id = NEW.service_id AND start_us = NEW.start_us)
        OR (location_id = OLD.location_id AND service_id = OLD.service_id AND start_us = OLD.start_us);
END;

CREATE TRIGGER slots_count_delete AFTER DELETE ON bookings BEGIN
    UPDATE slots SET booked = (SELECT COUNT(*) FROM bookings AS b WHERE b.location_id = slots.location_id AND b.service_id = slots.service_id
            AND b.start_us = slots.start_us AND b.state NOT IN ('held', 'created', 'cancelled', 'expired', 'failed')),
        hold = (SELECT COUNT(*) FROM bookings AS b WHERE b.location_id = slots.location_id AND b.service_id = slots.service_id
            AND b.start_us = slots.start_us AND b.state IN ('held', 'created'))
    WHERE location_id = OLD.location_id AND service_id = OLD.service_id AND start_us = OLD.start_us;
END;

-- A changed service changes what can be offered on all days.
CREATE TRIGGER house_bump_services_insert AFTER INSERT ON services BEGIN
    UPDATE locations SET version = version + 1 WHERE id = NEW.location_id;
END;
CREATE TRIGGER house_bump_services_update AFTER UPDATE ON services BEGIN
    UPDATE locations SET version = version + 1 WHERE id = NEW.location_id;
END;
CREATE TRIGGER house_bump_service_qualifications_insert AFTER INSERT ON service_qualifications BEGIN
    UPDATE locations SET version = version + 1 WHERE id = NEW.location_id;
END;
CREATE TRIGGER house_bump_service_qualifications_delete AFTER DELETE ON service_qualifications BEGIN
    UPDATE locations SET version = version + 1 WHERE id = OLD.location_id;
END;
