-- What the database itself refuses, whoever writes: this program, another one, or a person with a shell. And what makes a day new.
-- SQLite's own part: PostgreSQL has a deferred exclusion constraint over int8range(start_us, end_us) in this place.

CREATE TRIGGER occupancy_no_overlap_insert BEFORE INSERT ON occupancy BEGIN
    SELECT RAISE(ABORT, 'hold-mismatch: a hold must be on an active booking of the same location, over exactly its time with buffers')
    WHERE NOT EXISTS (SELECT 1 FROM bookings AS b WHERE b.id = NEW.booking_id AND b.location_id = NEW.location_id
        AND b.state NOT IN ('cancelled', 'expired', 'failed')
        AND NEW.start_us = b.start_us - b.buffer_before_minutes * 60000000
        AND NEW.end_us = b.end_us + b.buffer_after_minutes * 60000000);
    SELECT RAISE(ABORT, 'double-booking: this person or table is already held by another booking at that time')
    WHERE EXISTS (SELECT 1 FROM occupancy AS o WHERE o.location_id = NEW.location_id AND o.resource_id = NEW.resource_id
        AND o.start_us < NEW.end_us AND o.start_us > NEW.start_us - 259200000000 AND o.end_us > NEW.start_us
        AND o.booking_id <> NEW.booking_id);
END;

CREATE TRIGGER occupancy_no_overlap_update BEFORE UPDATE ON occupancy BEGIN
    SELECT RAISE(ABORT, 'hold-mismatch: a hold must be on an active booking of the same location, over exactly its time with buffers')
    WHERE NOT EXISTS (SELECT 1 FROM bookings AS b WHERE b.id = NEW.booking_id AND b.location_id = NEW.location_id
        AND b.state NOT IN ('cancelled', 'expired', 'failed')
        AND NEW.start_us = b.start_us - b.buffer_before_minutes * 60000000
        AND NEW.end_us = b.end_us + b.buffer_after_minutes * 60000000);
    SELECT RAISE(ABORT, 'double-booking: this person or table is already held by another booking at that time')
    WHERE EXISTS (SELECT 1 FROM occupancy AS o WHERE o.location_id = NEW.location_id AND o.resource_id = NEW.resource_id
        AND o.start_us < NEW.end_us AND o.start_us > NEW.start_us - 259200000000 AND o.end_us > NEW.start_us
        AND NOT (o.booking_id = OLD.booking_id AND o.resource_id = OLD.resource_id));
END;

-- A booking cannot slide away from under its hold, into another's time: give up the hold, move, hold again.
CREATE TRIGGER bookings_move_without_hold BEFORE UPDATE OF id, location_id, start_us, end_us, buffer_before_minutes, buffer_after_minutes ON bookings
WHEN EXISTS (SELECT 1 FROM occupancy AS o WHERE o.booking_id = OLD.id AND (NEW.id <> OLD.id OR o.location_id <> NEW.location_id
    OR o.start_us <> NEW.start_us - NEW.buffer_before_minutes * 60000000 OR o.end_us <> NEW.end_us + NEW.buffer_after_minutes * 60000000)) BEGIN
    SELECT RAISE(ABORT, 'hold-mismatch: release the hold before moving the booking, then hold again');
END;

-- Who gives up a booking gives up its hold: nothing that comes back to life can bring a hold along.
CREATE TRIGGER bookings_release AFTER UPDATE OF state ON bookings WHEN NEW.state IN ('cancelled', 'expired', 'failed') BEGIN
    DELETE FROM occupancy WHERE booking_id = NEW.id;
END;

-- History is written once.
CREATE TRIGGER history_is_kept BEFORE UPDATE ON booking_history BEGIN
    SELECT RAISE(ABORT, 'history-is-kept: a history row is never changed');
END;
CREATE TRIGGER history_is_not_deleted BEFORE DELETE ON booking_history BEGIN
    SELECT RAISE(ABORT, 'history-is-kept: a history row is never deleted');
END;

-- Versions of the days: every write that touches a day's sheet makes it new. Two statements and no ON CONFLICT, because the outer
-- statement's conflict clause would win over the trigger's.

CREATE TRIGGER day_bump_booking_insert AFTER INSERT ON bookings BEGIN
    INSERT INTO day_versions (location_id, local_date, version) SELECT NEW.location_id, NEW.local_date, 0
    WHERE NOT EXISTS (SELECT 1 FROM day_versions AS d WHERE d.location_id = NEW.location_id AND d.local_date = NEW.local_date);
    UPDATE day_versions SET version = version + 1 WHERE location_id = NEW.location_id AND local_date = NEW.local_date;
END;

CREATE TRIGGER day_bump_booking_update AFTER UPDATE ON bookings BEGIN
    INSERT INTO day_versions (location_id, local_date, version) SELECT OLD.location_id, OLD.local_date, 0
    WHERE NOT EXISTS (SELECT 1 FROM day_versions AS d WHERE d.location_id = OLD.location_id AND d.local_date = OLD.local_date);
    UPDATE day_versions SET version = version + 1 WHERE location_id = OLD.location_id AND local_date = OLD.local_date;
    INSERT INTO day_versions (location_id, local_date, version) SELECT NEW.location_id, NEW.local_date, 0
    WHERE NOT EXISTS (SELECT 1 FROM day_versions AS d WHERE d.location_id = NEW.location_id AND d.local_date = NEW.local_date);
    UPDATE day_versions SET version = version + 1 WHERE location_id = NEW.location_id AND local_date = NEW.local_date;
END;

CREATE TRIGGER day_bump_booking_delete AFTER DELETE ON bookings BEGIN
    INSERT INTO day_versions (location_id, local_date, version) SELECT OLD.location_id, OLD.local_date, 0
    WHERE NOT EXISTS (SELECT 1 FROM day_versions AS d WHERE d.location_id = OLD.location_id AND d.local_date = OLD.local_date);
    UPDATE day_versions SET version = version + 1 WHERE location_id = OLD.location_id AND local_date = OLD.local_date;
END;

CREATE TRIGGER day_bump_occupancy_insert AFTER INSERT ON occupancy BEGIN
    UPDATE day_versions SET version = version + 1
    WHERE (location_id, local_date) IN (SELECT b.location_id, b.local_date FROM bookings AS b WHERE b.id = NEW.booking_id);
END;

CREATE TRIGGER day_bump_occupancy_update AFTER UPDATE ON occupancy BEGIN
    UPDATE day_versions SET version = version + 1
    WHERE (location_id, local_date) IN (SELECT b.location_id, b.local_date FROM bookings AS b WHERE b.id = OLD.booking_id);
    UPDATE day_versions SET version = version + 1
    WHERE (location_id, local_date) IN (SELECT b.location_id, b.local_date FROM bookings AS b WHERE b.id = NEW.booking_id);
END;

CREATE TRIGGER day_bump_occupancy_delete AFTER DELETE ON occupancy BEGIN
    UPDATE day_versions SET version = version + 1
    WHERE (location_id, local_date) IN (SELECT b.location_id, b.local_date FROM bookings AS b WHERE b.id = OLD.booking_id);
END;

-- What touches all days of a location: its people, tables, rules and blocks.

CREATE TRIGGER house_bump_resources_insert AFTER INSERT ON resources BEGIN
    UPDATE locations SET version = version + 1 WHERE id = NEW.location_id;
END;

CREATE TRIGGER house_bump_resources_update AFTER UPDATE ON resources BEGIN
    UPDATE locations SET version = version + 1 WHERE id = NEW.location_id;
END;

CREATE TRIGGER house_bump_resources_delete AFTER DELETE ON resources BEGIN
    UPDATE locations SET version = version + 1 WHERE id = OLD.location_id;
END;

CREATE TRIGGER house_bump_resource_qualifications_insert AFTER INSERT ON resource_qualifications BEGIN
    UPDATE locations SET version = version + 1 WHERE id = NEW.location_id;
END;

CREATE TRIGGER house_bump_resource_qualifications_update AFTER UPDATE ON resource_qualifications BEGIN
    UPDATE locations SET version = version + 1 WHERE id = NEW.location_id;
END;

CREATE TRIGGER house_bump_resource_qualifications_delete AFTER DELETE ON resource_qualifications BEGIN
    UPDATE locations SET version = version + 1 WHERE id = OLD.location_id;
END;

CREATE TRIGGER house_bump_combinations_insert AFTER INSERT ON combinations BEGIN
    UPDATE locations SET version = version + 1 WHERE id = NEW.location_id;
END;

CREATE TRIGGER house_bump_combinations_update AFTER UPDATE ON combinations BEGIN
    UPDATE locations SET version = version + 1 WHERE id = NEW.location_id;
END;

CREATE TRIGGER house_bump_combinations_delete AFTER DELETE ON combinations BEGIN
    UPDATE locations SET version = version + 1 WHERE id = OLD.location_id;
END;

CREATE TRIGGER house_bump_combination_members_insert AFTER INSERT ON combination_members BEGIN
    UPDATE locations SET version = version + 1 WHERE id = NEW.location_id;
END;

CREATE TRIGGER house_bump_combination_members_update AFTER UPDATE ON combination_members BEGIN
    UPDATE locations SET version = version + 1 WHERE id = NEW.location_id;
END;

CREATE TRIGGER house_bump_combination_members_delete AFTER DELETE ON combination_members BEGIN
    UPDATE locations SET version = version + 1 WHERE id = OLD.location_id;
END;

CREATE TRIGGER house_bump_availability_rules_insert AFTER INSERT ON availability_rules BEGIN
    UPDATE locations SET version = version + 1 WHERE id = NEW.location_id;
END;

CREATE TRIGGER house_bump_availability_rules_update AFTER UPDATE ON availability_rules BEGIN
    UPDATE locations SET version = version + 1 WHERE id = NEW.location_id;
END;

CREATE TRIGGER house_bump_availability_rules_delete AFTER DELETE ON availability_rules BEGIN
    UPDATE locations SET version = version + 1 WHERE id = OLD.location_id;
END;

CREATE TRIGGER house_bump_blocks_insert AFTER INSERT ON blocks BEGIN
    UPDATE locations SET version = version + 1 WHERE id = NEW.location_id;
END;

CREATE TRIGGER house_bump_blocks_update AFTER UPDATE ON blocks BEGIN
    UPDATE locations SET version = version + 1 WHERE id = NEW.location_id;
END;

CREATE TRIGGER house_bump_blocks_delete AFTER DELETE ON blocks BEGIN
    UPDATE locations SET version = version + 1 WHERE id = OLD.location_id;
END;
