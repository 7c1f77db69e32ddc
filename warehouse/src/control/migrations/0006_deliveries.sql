-- Messages about alerts, to whom and how far. `target` stands for an address, which is not kept here. A message goes out
-- again only where an alert got worse. `form` is `single` or `digest`; `state` is `waiting`, `sent`, `dropped` (there was
-- nothing to say any more) or `failed`. Times are microseconds since 1970, UTC.
CREATE TABLE deliveries (
    id       TEXT PRIMARY KEY,
    alert    TEXT NOT NULL,
    target   TEXT NOT NULL,
    severity INTEGER NOT NULL,
    form     TEXT NOT NULL,
    state    TEXT NOT NULL,
    due_at   INTEGER NOT NULL,
    attempts INTEGER NOT NULL,
    made_at  INTEGER NOT NULL,
    done_at  INTEGER,
    UNIQUE (alert, target, severity)
) STRICT;
CREATE INDEX deliveries_due ON deliveries (due_at) WHERE state = 'waiting';
