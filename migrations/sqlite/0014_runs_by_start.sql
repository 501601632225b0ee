-- Runs of all days of a location are read newest first, page by page.
-- Rollback: drop the index; nothing depends on it but the speed of that list.

CREATE INDEX runs_by_start ON runs (location_id, started_us);
