-- The needs-attention queue: what proves each reason, how often it was tried again, and whether the customer was asked.
-- Rollback: drop the columns; nothing written before depends on them.

-- JSON: the certified reason, as a plan has it.
ALTER TABLE attention ADD COLUMN witness TEXT;
ALTER TABLE attention ADD COLUMN attempts INTEGER NOT NULL DEFAULT 0 CHECK (attempts >= 0);
ALTER TABLE attention ADD COLUMN tried_us INTEGER;
-- The day's version at which it was last tried again: at another one there may be room.
ALTER TABLE attention ADD COLUMN tried_version INTEGER;
ALTER TABLE attention ADD COLUMN asked_us INTEGER;
CREATE INDEX attention_waiting ON attention (local_date, location_id) WHERE resolved_us IS NULL;
