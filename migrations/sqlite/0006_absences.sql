-- Absences: what was previewed, day by day with the versions it was searched on; what was confirmed; what undoing it needs.
-- Rollback: drop the table. The blocks that confirmed absences wrote stay in `blocks`, where every version finds them.

CREATE TABLE absences (
    id TEXT NOT NULL PRIMARY KEY,
    location_id TEXT NOT NULL REFERENCES locations (id),
    resource_id TEXT NOT NULL,
    start_us INTEGER NOT NULL,
    end_us INTEGER NOT NULL,
    reason TEXT NOT NULL,
    -- The sentence it was understood from.
    words TEXT,
    -- May customers be moved who were told a name?
    may_move INTEGER NOT NULL CHECK (may_move IN (0, 1)),
    state TEXT NOT NULL CHECK (state IN ('previewed', 'confirmed', 'undone', 'expired', 'outdated')),
    -- JSON: the days with their versions, who moves from whom to whom, what needs attention. No address stands in it.
    days TEXT NOT NULL,
    previewed_us INTEGER NOT NULL,
    previewed_by TEXT NOT NULL,
    block_id TEXT,
    confirmed_us INTEGER,
    confirmed_by TEXT,
    undone_us INTEGER,
    undone_by TEXT,
    -- JSON: what went back where it was, and what did not.
    undo TEXT,
    replaced_by TEXT,
    FOREIGN KEY (location_id, resource_id) REFERENCES resources (location_id, id),
    CHECK (start_us < end_us)
) STRICT;
CREATE INDEX absences_by_location ON absences (location_id, previewed_us);
CREATE INDEX absences_by_block ON absences (block_id) WHERE block_id IS NOT NULL;
