-- What people and the hub did with alerts, in order. `episodes` is a JSON list of the episodes that the alert had then:
-- a step hangs on them, so that it stays when the alert grows or becomes part of another one. Times are microseconds
-- since 1970, UTC; `until` is the end of a snooze.
CREATE TABLE alert_steps (
    n        INTEGER PRIMARY KEY,
    alert    TEXT NOT NULL,
    episodes TEXT NOT NULL,
    at       INTEGER NOT NULL,
    by       TEXT NOT NULL,
    action   TEXT NOT NULL,
    note     TEXT NOT NULL,
    until    INTEGER
) STRICT;

-- Of what nobody is to be told for a while. One that was lifted stays, for whoever asks why an alert was quiet.
CREATE TABLE alert_suppressions (
    n         INTEGER PRIMARY KEY,
    indicator TEXT,
    unit      TEXT,
    until     INTEGER NOT NULL,
    reason    TEXT NOT NULL,
    by        TEXT NOT NULL,
    at        INTEGER NOT NULL,
    lifted_at INTEGER,
    lifted_by TEXT,
    CHECK (indicator IS NOT NULL OR unit IS NOT NULL)
) STRICT;
