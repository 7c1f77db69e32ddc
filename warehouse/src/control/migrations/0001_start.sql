-- Secrets of this hub, made once.
CREATE TABLE secrets (
    name  TEXT PRIMARY KEY,
    value BLOB NOT NULL
) STRICT;

-- API keys. The key itself is nowhere: only its SHA-256 and the SCRAM-SHA-256 verifiers.
CREATE TABLE keys (
    name        TEXT PRIMARY KEY,
    role        TEXT NOT NULL,
    institution TEXT,
    regions     TEXT NOT NULL,
    scopes      TEXT NOT NULL,
    lookup      BLOB NOT NULL UNIQUE,
    salt        BLOB NOT NULL,
    iterations  INTEGER NOT NULL,
    stored_key  BLOB NOT NULL,
    server_key  BLOB NOT NULL,
    created_at  TEXT NOT NULL,
    expires_at  TEXT,
    revoked_at  TEXT
) STRICT;

-- Contracts put through the API, oldest first by rowid.
CREATE TABLE contracts (
    dataset TEXT NOT NULL,
    version TEXT NOT NULL,
    text    TEXT NOT NULL,
    put_at  TEXT NOT NULL,
    UNIQUE (dataset, version)
) STRICT;

-- How far each consumer of the log has durably come.
CREATE TABLE applied (
    consumer TEXT PRIMARY KEY,
    seq      INTEGER NOT NULL
) STRICT;

-- Receipts; n counts publications. Times are microseconds since 1970, UTC.
CREATE TABLE receipts (
    n               INTEGER PRIMARY KEY,
    id              TEXT NOT NULL UNIQUE,
    seq             INTEGER NOT NULL,
    dataset         TEXT NOT NULL,
    pusher          TEXT NOT NULL,
    status          TEXT NOT NULL,
    idempotency_key TEXT,
    received_at     INTEGER NOT NULL,
    finished_at     INTEGER NOT NULL,
    body            TEXT NOT NULL
) STRICT;
CREATE INDEX receipts_dataset ON receipts (dataset, n);
CREATE INDEX receipts_pusher ON receipts (pusher, n);
CREATE INDEX receipts_finished ON receipts (finished_at);

-- What counts as a repeat: marks of idempotency keys and payload digests, oldest first by rowid.
CREATE TABLE repeats (
    mark        BLOB NOT NULL UNIQUE,
    receipt_n   INTEGER NOT NULL,
    finished_at INTEGER NOT NULL
) STRICT;
