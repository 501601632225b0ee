-- The fairness ledger: what each person's fair share of a past day's work was and what they served, and corrections by hand.
-- Rollback: drop the three triggers, the two functions and the three tables, then the column of locations; nothing written before depends on them.

-- Bumped by whatever changes what is carried into the sheets to come. Apart from `version`: the house itself, and what can be offered, stays as it is.
ALTER TABLE locations ADD COLUMN ledger_version BIGINT NOT NULL DEFAULT 0;

-- A local day that is over and stands in the ledger; once.
CREATE TABLE ledger_days (
    location_id TEXT COLLATE "C" NOT NULL REFERENCES locations (id),
    local_date TEXT COLLATE "C" NOT NULL,
    closed_us BIGINT NOT NULL,
    closed_by TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (location_id, local_date)
);

CREATE TABLE ledger_entries (
    location_id TEXT COLLATE "C" NOT NULL,
    local_date TEXT COLLATE "C" NOT NULL,
    resource_id TEXT COLLATE "C" NOT NULL,
    -- On shift and not blocked.
    available_minutes BIGINT NOT NULL CHECK (available_minutes >= 0),
    -- Served, of the work that anybody might have been given.
    actual_minutes BIGINT NOT NULL CHECK (actual_minutes >= 0),
    -- Served because the customer chose this person: neither earned nor owed.
    requested_minutes BIGINT NOT NULL CHECK (requested_minutes >= 0),
    -- The fair share. In seconds, so that the shares of a day sum to its work exactly.
    target_seconds BIGINT NOT NULL CHECK (target_seconds >= 0),
    PRIMARY KEY (location_id, local_date, resource_id),
    FOREIGN KEY (location_id, local_date) REFERENCES ledger_days (location_id, local_date),
    FOREIGN KEY (location_id, resource_id) REFERENCES resources (location_id, id)
);

CREATE TABLE ledger_corrections (
    id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    location_id TEXT COLLATE "C" NOT NULL,
    resource_id TEXT COLLATE "C" NOT NULL,
    -- The local day on which it was made: it leaves the window as that day's entries do.
    local_date TEXT COLLATE "C" NOT NULL,
    -- Added to what the person is above their share; negative owes them work.
    minutes BIGINT NOT NULL CHECK (minutes <> 0 AND minutes BETWEEN -10080 AND 10080),
    reason TEXT COLLATE "C" NOT NULL,
    actor TEXT COLLATE "C" NOT NULL,
    at_us BIGINT NOT NULL,
    FOREIGN KEY (location_id, resource_id) REFERENCES resources (location_id, id)
);
CREATE INDEX ledger_corrections_by_day ON ledger_corrections (location_id, local_date);

CREATE FUNCTION ledger_bump() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    UPDATE locations SET ledger_version = ledger_version + 1 WHERE id = NEW.location_id;
    RETURN NULL;
END $$;
CREATE TRIGGER ledger_bump_days AFTER INSERT ON ledger_days FOR EACH ROW EXECUTE FUNCTION ledger_bump();
CREATE TRIGGER ledger_bump_corrections AFTER INSERT ON ledger_corrections FOR EACH ROW EXECUTE FUNCTION ledger_bump();

-- A correction is written once; a wrong one is put right by another.
CREATE FUNCTION ledger_corrections_are_kept() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    RAISE EXCEPTION 'history-is-kept: a correction of the ledger is never changed or deleted' USING ERRCODE = 'check_violation';
END $$;
CREATE TRIGGER ledger_corrections_are_kept BEFORE UPDATE OR DELETE ON ledger_corrections
    FOR EACH ROW EXECUTE FUNCTION ledger_corrections_are_kept();
