-- Accounts: a tenant's own people, who sign in with a password.
-- Rollback: drop the table accounts; everybody signs in with a token then.

CREATE TABLE accounts (
    tenant_id TEXT NOT NULL REFERENCES tenants (id),
    login TEXT NOT NULL CHECK (length(login) BETWEEN 1 AND 64 AND login = lower(trim(login))),
    name TEXT NOT NULL,
    role TEXT NOT NULL CHECK (role IN ('frontdesk', 'scheduler', 'manager', 'admin')),
    -- The only location they see; none: all of the tenant's.
    location_id TEXT REFERENCES locations (id),
    -- An Argon2id hash as PHC text.
    password TEXT NOT NULL CHECK (password LIKE '$argon2id$%'),
    language TEXT,
    active INTEGER NOT NULL DEFAULT 1 CHECK (active IN (0, 1)),
    -- Larger by one with every change that ends the sessions there are.
    epoch INTEGER NOT NULL DEFAULT 1 CHECK (epoch >= 1),
    created_us INTEGER NOT NULL,
    changed_us INTEGER NOT NULL,
    PRIMARY KEY (tenant_id, login)
) STRICT;
