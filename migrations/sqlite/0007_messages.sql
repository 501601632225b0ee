-- Messages: in whose language and when they may go out, what each said, who is sending it, and what became of it.
-- Rollback: let the workers end; drop the indexes named here and the new columns, and create outbox_due of 0004 again. What was withdrawn or
-- dismissed would look undelivered then: give those rows a delivered_us first.

ALTER TABLE tenants ADD COLUMN language TEXT NOT NULL DEFAULT 'en' CHECK (language IN ('en', 'sw'));
-- Between these two, in minutes after local midnight and over midnight where the first is the later, customers are left in peace; both NULL: never.
ALTER TABLE tenants ADD COLUMN quiet_from_minute INTEGER CHECK (quiet_from_minute BETWEEN 0 AND 1439);
ALTER TABLE tenants ADD COLUMN quiet_to_minute INTEGER CHECK (quiet_to_minute BETWEEN 0 AND 1439);
-- So long before a visit its customer is reminded; NULL: not.
ALTER TABLE tenants ADD COLUMN reminder_minutes INTEGER CHECK (reminder_minutes BETWEEN 1 AND 20160);
-- NULL: the tenant's.
ALTER TABLE customers ADD COLUMN language TEXT CHECK (language IN ('en', 'sw'));

ALTER TABLE outbox ADD COLUMN state TEXT NOT NULL DEFAULT 'pending'
    CHECK (state IN ('pending', 'delivered', 'withdrawn', 'dead', 'dismissed'));
-- What a message about a booking says: when it begins, and who serves it (a JSON array of ids, sorted; NULL where it names nobody).
ALTER TABLE outbox ADD COLUMN says_start_us INTEGER;
ALTER TABLE outbox ADD COLUMN says_who TEXT;
-- Who is sending it, and until when nobody else does.
ALTER TABLE outbox ADD COLUMN claimed_by TEXT;
ALTER TABLE outbox ADD COLUMN claimed_until_us INTEGER;
-- A try ended without an answer: it may have arrived.
ALTER TABLE outbox ADD COLUMN in_doubt INTEGER NOT NULL DEFAULT 0 CHECK (in_doubt IN (0, 1));
-- Who withdrew, retried or dismissed it last, and when.
ALTER TABLE outbox ADD COLUMN settled_by TEXT;
ALTER TABLE outbox ADD COLUMN settled_us INTEGER;

UPDATE outbox SET state = 'delivered' WHERE delivered_us IS NOT NULL;
-- What earlier versions told stands in the key: topic/booking/vN/WHO+WHO.
UPDATE outbox SET says_start_us = (SELECT b.start_us FROM bookings AS b WHERE b.id = outbox.booking_id)
WHERE class = 'message' AND booking_id IS NOT NULL AND topic IN ('booking.confirmed', 'assignment.finalized', 'assignment.changed');
UPDATE outbox SET says_who = substr(dedup_key, length(topic) + length(booking_id) + 4)
WHERE class = 'message' AND booking_id IS NOT NULL AND topic IN ('assignment.finalized', 'assignment.changed');
UPDATE outbox SET says_who = substr(says_who, instr(says_who, '/') + 1) WHERE says_who IS NOT NULL;
UPDATE outbox SET says_who = CASE says_who WHEN '' THEN '[]' ELSE '["' || replace(says_who, '+', '","') || '"]' END WHERE says_who IS NOT NULL;

DROP INDEX outbox_due;
CREATE INDEX outbox_pending ON outbox (class, next_attempt_us, id) WHERE state = 'pending';
CREATE INDEX outbox_by_booking ON outbox (booking_id, id) WHERE class = 'message';
CREATE INDEX outbox_in_order ON outbox (booking_id, class, id) WHERE state = 'pending';
CREATE INDEX outbox_dead ON outbox (id) WHERE state = 'dead';
-- Whom a reminder may be due to.
CREATE INDEX bookings_confirmed ON bookings (tenant_id, start_us) WHERE state = 'confirmed';
