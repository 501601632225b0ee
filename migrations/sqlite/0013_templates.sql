-- Words of messages that a house has put in the place of ours.
-- Rollback: drop the table templates; everybody is told in the shipped words then.

CREATE TABLE templates (
    tenant_id TEXT NOT NULL REFERENCES tenants (id),
    language TEXT NOT NULL,
    topic TEXT NOT NULL,
    -- In the language of Project Fluent, as the shipped ones.
    subject TEXT NOT NULL CHECK (subject <> ''),
    body TEXT NOT NULL CHECK (body <> ''),
    changed_by TEXT NOT NULL,
    changed_us INTEGER NOT NULL,
    PRIMARY KEY (tenant_id, language, topic)
) STRICT;
