-- Absences: what was previewed, day by day with the versions it was searched on; what was confirmed; what undoing it needs.
-- Rollback: drop the table. The blocks that confirmed absences wrote stay in `blocks`, where every version finds them.

CREATE TABLE absences (
    id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    location_id TEXT COLLATE "C" NOT NULL REFERENCES locations (id),
    resource_id TEXT COLLATE "C" NOT NULL,
    start_us BIGINT NOT NULL,
    end_us BIGINT NOT NULL,
    reason TEXT COLLATE "C" NOT NULL,
    -- The sentence it was understood from.
    words TEXT COLLATE "C",
    -- May customers be moved who were told a name?
    may_move BOOLEAN NOT NULL,
    state TEXT COLLATE "C" NOT NULL CHECK (state IN ('previewed', 'confirmed', 'undone', 'expired', 'outdated')),
    -- JSON: the days with their versions, who moves from whom to whom, what needs attention. No address stands in it.
    days TEXT COLLATE "C" NOT NULL,
    previewed_us BIGINT NOT NULL,
    previewed_by TEXT COLLATE "C" NOT NULL,
    block_id TEXT COLLATE "C",
    confirmed_us BIGINT,
    confirmed_by TEXT COLLATE "C",
    undone_us BIGINT,
    undone_by TEXT COLLATE "C",
    -- JSON: what went back where it was, and what did not.
    undo TEXT COLLATE "C",
    replaced_by TEXT COLLATE "C",
    FOREIGN KEY (location_id, resource_id) REFERENCES resources (location_id, id),
    CHECK (start_us < end_us)
);
CREATE INDEX absences_by_location ON absences (location_id, previewed_us);
CREATE INDEX absences_by_block ON absences (block_id) WHERE block_id IS NOT NULL;
