-- What the HTTP service needs: holds that run out, who asked, one booking per customer and slot, slots, requests that are made once.
-- Rollback: drop the three tables, the indexes and triggers named here, then the columns; nothing written before depends on them.

ALTER TABLE tenants ADD COLUMN exposure_policy TEXT COLLATE "C" NOT NULL DEFAULT 'range' CHECK (exposure_policy IN ('range', 'stylist'));
ALTER TABLE tenants ADD COLUMN hold_minutes BIGINT NOT NULL DEFAULT 10 CHECK (hold_minutes BETWEEN 1 AND 120);
-- Until so long before its start a customer may cancel or move a booking.
ALTER TABLE tenants ADD COLUMN customer_change_minutes BIGINT NOT NULL DEFAULT 120 CHECK (customer_change_minutes BETWEEN 0 AND 43200);
-- ISO 3166 code of the country whose phone numbers may be given without their country code.
ALTER TABLE tenants ADD COLUMN phone_region TEXT COLLATE "C";
-- JSON: flag → true or false; channels on which customers may be told, empty for all.
ALTER TABLE tenants ADD COLUMN feature_flags TEXT COLLATE "C" NOT NULL DEFAULT '{}';
ALTER TABLE tenants ADD COLUMN channels TEXT COLLATE "C" NOT NULL DEFAULT '[]';

ALTER TABLE services ADD COLUMN active BOOLEAN NOT NULL DEFAULT TRUE;

ALTER TABLE availability_rules ADD COLUMN service_id TEXT COLLATE "C";
-- How many bookings may begin at one time; NULL for as many as there are people.
ALTER TABLE availability_rules ADD COLUMN capacity BIGINT CHECK (capacity >= 1);
ALTER TABLE availability_rules ADD COLUMN granularity_minutes BIGINT CHECK (granularity_minutes BETWEEN 1 AND 1440);

-- Addresses are sealed; a keyed hash of each finds the customer again.
ALTER TABLE customers ADD COLUMN second_channel TEXT COLLATE "C";
ALTER TABLE customers ADD COLUMN second_address TEXT COLLATE "C";
ALTER TABLE customers ADD COLUMN lookup TEXT COLLATE "C";
ALTER TABLE customers ADD COLUMN second_lookup TEXT COLLATE "C";
CREATE INDEX customers_by_lookup ON customers (tenant_id, lookup) WHERE lookup IS NOT NULL;
CREATE INDEX customers_by_second_lookup ON customers (tenant_id, second_lookup) WHERE second_lookup IS NOT NULL;

-- Who asked, by the name in their token; and the customer whose only booking of this slot it is.
ALTER TABLE bookings ADD COLUMN user_id TEXT COLLATE "C";
ALTER TABLE bookings ADD COLUMN booked_by TEXT COLLATE "C";
ALTER TABLE bookings ADD COLUMN notes TEXT COLLATE "C";
ALTER TABLE bookings ADD COLUMN payment_ref TEXT COLLATE "C";
-- When a hold that was not confirmed runs out.
ALTER TABLE bookings ADD COLUMN hold_expires_us BIGINT;
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
    id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    location_id TEXT COLLATE "C" NOT NULL REFERENCES locations (id),
    service_id TEXT COLLATE "C" NOT NULL,
    local_date TEXT COLLATE "C" NOT NULL,
    start_us BIGINT NOT NULL,
    end_us BIGINT NOT NULL,
    -- How many could be served at once by those on duty, were nothing else booked; 0 is blocked. At most `capacity_max`, where a rule says so.
    capacity BIGINT NOT NULL CHECK (capacity >= 0),
    capacity_max BIGINT CHECK (capacity_max >= 1),
    booked BIGINT NOT NULL DEFAULT 0,
    hold BIGINT NOT NULL DEFAULT 0,
    status TEXT COLLATE "C" NOT NULL GENERATED ALWAYS AS (CASE WHEN capacity = 0 THEN 'blocked' WHEN booked + hold >= capacity THEN 'full'
        WHEN booked + hold > 0 THEN 'partial' ELSE 'open' END) STORED,
    UNIQUE (location_id, service_id, start_us),
    FOREIGN KEY (location_id, service_id) REFERENCES services (location_id, id),
    CHECK (start_us < end_us)
);
CREATE INDEX slots_by_day ON slots (location_id, local_date, service_id, start_us);

-- The version of the house by which a day's slots were made.
CREATE TABLE slot_days (
    location_id TEXT COLLATE "C" NOT NULL REFERENCES locations (id),
    local_date TEXT COLLATE "C" NOT NULL,
    house_version BIGINT NOT NULL,
    PRIMARY KEY (location_id, local_date)
);

-- A request that changed something, by its key: the same again gets the same answer and changes nothing.
CREATE TABLE requests (
    tenant_id TEXT COLLATE "C" NOT NULL,
    actor TEXT COLLATE "C" NOT NULL,
    request_key TEXT COLLATE "C" NOT NULL,
    payload_sha256 TEXT COLLATE "C" NOT NULL,
    -- JSON: what was written.
    outcome TEXT COLLATE "C",
    at_us BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, actor, request_key)
);
CREATE INDEX requests_by_age ON requests (at_us);

-- Which slots somebody was shown, so that they are shown the same again.
CREATE TABLE exposures (
    exposure_key TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    -- JSON: ids of slots in the order shown.
    slots TEXT COLLATE "C" NOT NULL,
    variant TEXT COLLATE "C" NOT NULL,
    expires_us BIGINT NOT NULL
);
CREATE INDEX exposures_by_age ON exposures (expires_us);

-- A slot counts what stands in it, whoever writes.
CREATE FUNCTION slots_count(location TEXT, service TEXT, start_at BIGINT) RETURNS void LANGUAGE sql AS $$
    UPDATE slots SET booked = n.booked, hold = n.hold
    FROM (SELECT COUNT(*) FILTER (WHERE b.state NOT IN ('held', 'created', 'cancelled', 'expired', 'failed')) AS booked,
                 COUNT(*) FILTER (WHERE b.state IN ('held', 'created')) AS hold
          FROM bookings AS b WHERE b.location_id = location AND b.service_id = service AND b.start_us = start_at) AS n
    WHERE slots.location_id = location AND slots.service_id = service AND slots.start_us = start_at;
$$;

CREATE FUNCTION slots_count_bookings() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF TG_OP = 'UPDATE' AND (OLD.location_id, OLD.service_id, OLD.start_us, OLD.state) IS NOT DISTINCT FROM (NEW.location_id, NEW.service_id, NEW.start_us, NEW.state)
    THEN
        RETURN NULL;
    END IF;
    IF TG_OP <> 'INSERT' THEN
        PERFORM slots_count(OLD.location_id, OLD.service_id, OLD.start_us);
    END IF;
    IF TG_OP <> 'DELETE' THEN
        PERFORM slots_count(NEW.location_id, NEW.service_id, NEW.start_us);
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER slots_count_bookings AFTER INSERT OR UPDATE OR DELETE ON bookings FOR EACH ROW EXECUTE FUNCTION slots_count_bookings();

-- A changed service changes what can be offered on all days.
CREATE TRIGGER house_bump_services AFTER INSERT OR UPDATE ON services FOR EACH ROW EXECUTE FUNCTION house_bump();
CREATE TRIGGER house_bump_service_qualifications AFTER INSERT OR DELETE ON service_qualifications FOR EACH ROW EXECUTE FUNCTION house_bump();
