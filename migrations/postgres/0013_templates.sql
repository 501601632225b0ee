-- Words of messages that a house has put in the place of ours.
-- Rollback: drop the table templates; everybody is told in the shipped words then.

CREATE TABLE templates (
    tenant_id TEXT COLLATE "C" NOT NULL REFERENCES tenants (id),
    language TEXT COLLATE "C" NOT NULL,
    topic TEXT COLLATE "C" NOT NULL,
    -- In the language of Project Fluent, as the shipped ones.
    subject TEXT COLLATE "C" NOT NULL CHECK (subject <> ''),
    body TEXT COLLATE "C" NOT NULL CHECK (body <> ''),
    changed_by TEXT COLLATE "C" NOT NULL,
    changed_us BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, language, topic)
);
