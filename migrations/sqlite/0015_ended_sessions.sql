-- Sessions at the pages that were ended before their time: who signed out is out, whoever kept a copy of the cookie.
-- Rollback: drop the table ended_sessions; signing out takes the cookie away then, and no more.

CREATE TABLE ended_sessions (
    -- The session's own name.
    id TEXT PRIMARY KEY NOT NULL CHECK (id <> ''),
    -- When it would be over in any case; the row is of no use after that.
    until_us INTEGER NOT NULL
) STRICT;
CREATE INDEX ended_sessions_until ON ended_sessions (until_us);
