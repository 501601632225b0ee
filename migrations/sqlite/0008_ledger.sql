-- The fairness ledger: what each person's fair share of a past day's work was and what they served, and corrections by hand.
-- Rollback: drop the four triggers and the three tables, then the column of locations; nothing written before depends on them.

-- Bumped by whatever changes what is carried into the sheets to come. Apart from `version`: the house itself, and what can be offered, stays as it is.
ALTER TABLE locations ADD COLUMN ledger_version INTEGER NOT NULL DEFAULT 0;

-- A local day that is over and stands in the ledger; once.
CREATE TABLE ledger_days (
    location_id TEXT NOT NULL REFERENCES locations (id),
    local_date TEXT NOT NULL,
    closed_us INTEGER NOT NULL,
    closed_by TEXT NOT NULL,
    PRIMARY KEY (location_id, local_date)
) STRICT;

CREATE TABLE ledger_entries (
    location_id TEXT NOT NULL,
    local_date TEXT NOT NULL,
    resource_id TEXT NOT NULL,
    -- On shift and not blocked.
    available_minutes INTEGER NOT NULL CHECK (available_minutes >= 0),
    -- Served, of the work that anybody might have been given.
    actual_minutes INTEGER NOT NULL CHECK (actual_minutes >= 0),
    -- Served because the customer chose this person: neither earned nor owed.
    requested_minutes INTEGER NOT NULL CHECK (requested_minutes >= 0),
    -- The fair share. In seconds, so that the shares of a day sum to its work exactly.
    target_seconds INTEGER NOT NULL CHECK (target_seconds >= 0),
    PRIMARY KEY (location_id, local_date, resource_id),
    FOREIGN KEY (location_id, local_date) REFERENCES ledger_days (location_id, local_date),
    FOREIGN KEY (location_id, resource_id) REFERENCES resources (location_id, id)
) STRICT;

CREATE TABLE ledger_corrections (
    id TEXT NOT NULL PRIMARY KEY,
    location_id TEXT NOT NULL,
    resource_id TEXT NOT NULL,
    -- The local day on which it was made: it leaves the window as that day's entries do.
    local_date TEXT NOT NULL,
    -- Added to what the person is above their share; negative owes them work.
    minutes INTEGER NOT NULL CHECK (minutes <> 0 AND minutes BETWEEN -10080 AND 10080),
    reason TEXT NOT NULL,
    actor TEXT NOT NULL,
    at_us INTEGER NOT NULL,
    FOREIGN KEY (location_id, resource_id) REFERENCES resources (location_id, id)
) STRICT;
CREATE INDEX ledger_corrections_by_day ON ledger_corrections (location_id, local_date);

CREATE TRIGGER ledger_bump_days AFTER INSERT ON ledger_days BEGIN
    UPDATE locations SET ledger_version = ledger_version + 1 WHERE id = NEW.location_id;
END;

CREATE TRIGGER ledger_bump_corrections AFTER INSERT ON ledger_corrections BEGIN
    UPDATE locations SET ledger_version = ledger_version + 1 WHERE id = NEW.location_id;
END;

-- A correction is written once; a wrong one is put right by another.
CREATE TRIGGER ledger_corrections_are_kept BEFORE UPDATE ON ledger_corrections BEGIN
    SELECT RAISE(ABORT, 'history-is-kept: a correction of the ledger is never changed');
END;
CREATE TRIGGER ledger_corrections_are_not_deleted BEFORE DELETE ON ledger_corrections BEGIN
    SELECT RAISE(ABORT, 'history-is-kept: a correction of the ledger is never deleted');
END;
