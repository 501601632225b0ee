-- Accounts: a tenant's own people, who sign in with a password.
-- Rollback: drop the table accounts; everybody signs in with a token then.

CREATE TABLE accounts (
    tenant_id TEXT COLLATE "C" NOT NULL REFERENCES tenants (id),
    login TEXT COLLATE "C" NOT NULL CHECK (length(login) BETWEEN 1 AND 64 AND login = lower(trim(login))),
    name TEXT COLLATE "C" NOT NULL,
    role TEXT COLLATE "C" NOT NULL CHECK (role IN ('frontdesk', 'scheduler', 'manager', 'admin')),
    -- The only location they see; none: all of the tenant's.
    location_id TEXT COLLATE "C" REFERENCES locations (id),
    -- An Argon2id hash as PHC text.
    password TEXT COLLATE "C" NOT NULL CHECK (password LIKE '$argon2id$%'),
    language TEXT COLLATE "C",
    active BOOLEAN NOT NULL DEFAULT TRUE,
    -- Larger by one with every change that ends the sessions there are.
    epoch BIGINT NOT NULL DEFAULT 1 CHECK (epoch >= 1),
    created_us BIGINT NOT NULL,
    changed_us BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, login)
);
