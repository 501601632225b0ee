-- What the database itself refuses, whoever writes: this program, another one, or a person with a shell. And what makes a day new.
-- PostgreSQL's own part: SQLite has triggers in the place of the exclusion constraint.

-- Equality of text within an exclusion constraint; trusted since PostgreSQL 13, so that the owner of the database may create it.
CREATE EXTENSION IF NOT EXISTS btree_gist WITH SCHEMA public;

-- Nobody is held twice at one time. Looked at when the transaction ends, so that people can swap within it.
ALTER TABLE occupancy ADD CONSTRAINT occupancy_no_overlap
    EXCLUDE USING gist (location_id WITH =, resource_id WITH =, int8range(start_us, end_us) WITH &&) DEFERRABLE INITIALLY DEFERRED;

CREATE FUNCTION occupancy_matches() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF NOT EXISTS (SELECT 1 FROM bookings AS b WHERE b.id = NEW.booking_id AND b.location_id = NEW.location_id
        AND b.state NOT IN ('cancelled', 'expired', 'failed')
        AND NEW.start_us = b.start_us - b.buffer_before_minutes * 60000000
        AND NEW.end_us = b.end_us + b.buffer_after_minutes * 60000000)
    THEN
        RAISE EXCEPTION 'hold-mismatch: a hold must be on an active booking of the same location, over exactly its time with buffers'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER occupancy_matches BEFORE INSERT OR UPDATE ON occupancy FOR EACH ROW EXECUTE FUNCTION occupancy_matches();

-- A booking cannot slide away from under its hold, into another's time: give up the hold, move, hold again.
CREATE FUNCTION bookings_move_without_hold() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF EXISTS (SELECT 1 FROM occupancy AS o WHERE o.booking_id = OLD.id AND (NEW.id <> OLD.id OR o.location_id <> NEW.location_id
        OR o.start_us <> NEW.start_us - NEW.buffer_before_minutes * 60000000 OR o.end_us <> NEW.end_us + NEW.buffer_after_minutes * 60000000))
    THEN
        RAISE EXCEPTION 'hold-mismatch: release the hold before moving the booking, then hold again' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER bookings_move_without_hold BEFORE UPDATE OF id, location_id, start_us, end_us, buffer_before_minutes, buffer_after_minutes ON bookings
    FOR EACH ROW EXECUTE FUNCTION bookings_move_without_hold();

-- Who gives up a booking gives up its hold: nothing that comes back to life can bring a hold along.
CREATE FUNCTION bookings_release() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    DELETE FROM occupancy WHERE booking_id = NEW.id;
    RETURN NULL;
END $$;
CREATE TRIGGER bookings_release AFTER UPDATE OF state ON bookings
    FOR EACH ROW WHEN (NEW.state IN ('cancelled', 'expired', 'failed')) EXECUTE FUNCTION bookings_release();

-- History is written once.
CREATE FUNCTION history_is_kept() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    RAISE EXCEPTION 'history-is-kept: a history row is never changed or deleted' USING ERRCODE = 'check_violation';
END $$;
CREATE TRIGGER history_is_kept BEFORE UPDATE OR DELETE ON booking_history FOR EACH ROW EXECUTE FUNCTION history_is_kept();

-- Versions of the days: every write that touches a day's sheet makes it new.
CREATE FUNCTION day_bump(location TEXT, day TEXT) RETURNS void LANGUAGE sql AS $$
    INSERT INTO day_versions (location_id, local_date, version) VALUES (location, day, 1)
    ON CONFLICT (location_id, local_date) DO UPDATE SET version = day_versions.version + 1;
$$;

CREATE FUNCTION day_bump_bookings() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF TG_OP <> 'INSERT' AND (TG_OP = 'DELETE' OR (OLD.location_id, OLD.local_date) <> (NEW.location_id, NEW.local_date)) THEN
        PERFORM day_bump(OLD.location_id, OLD.local_date);
    END IF;
    IF TG_OP <> 'DELETE' THEN
        PERFORM day_bump(NEW.location_id, NEW.local_date);
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER day_bump_bookings AFTER INSERT OR UPDATE OR DELETE ON bookings FOR EACH ROW EXECUTE FUNCTION day_bump_bookings();

CREATE FUNCTION day_bump_occupancy() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF TG_OP <> 'INSERT' THEN
        PERFORM day_bump(b.location_id, b.local_date) FROM bookings AS b WHERE b.id = OLD.booking_id;
    END IF;
    IF TG_OP <> 'DELETE' THEN
        PERFORM day_bump(b.location_id, b.local_date) FROM bookings AS b WHERE b.id = NEW.booking_id;
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER day_bump_occupancy AFTER INSERT OR UPDATE OR DELETE ON occupancy FOR EACH ROW EXECUTE FUNCTION day_bump_occupancy();

-- What touches all days of a location: its people, tables, rules and blocks.
CREATE FUNCTION house_bump() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF TG_OP = 'DELETE' THEN
        UPDATE locations SET version = version + 1 WHERE id = OLD.location_id;
    ELSE
        UPDATE locations SET version = version + 1 WHERE id = NEW.location_id;
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER house_bump_resources AFTER INSERT OR UPDATE OR DELETE ON resources FOR EACH ROW EXECUTE FUNCTION house_bump();
CREATE TRIGGER house_bump_resource_qualifications AFTER INSERT OR UPDATE OR DELETE ON resource_qualifications
    FOR EACH ROW EXECUTE FUNCTION house_bump();
CREATE TRIGGER house_bump_combinations AFTER INSERT OR UPDATE OR DELETE ON combinations FOR EACH ROW EXECUTE FUNCTION house_bump();
CREATE TRIGGER house_bump_combination_members AFTER INSERT OR UPDATE OR DELETE ON combination_members
    FOR EACH ROW EXECUTE FUNCTION house_bump();
CREATE TRIGGER house_bump_availability_rules AFTER INSERT OR UPDATE OR DELETE ON availability_rules FOR EACH ROW EXECUTE FUNCTION house_bump();
CREATE TRIGGER house_bump_blocks AFTER INSERT OR UPDATE OR DELETE ON blocks FOR EACH ROW EXECUTE FUNCTION house_bump();
