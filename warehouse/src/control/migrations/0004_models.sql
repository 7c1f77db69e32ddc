-- How far each model has come. `fingerprint` stands for everything but rows that its rows depend on: its file and the
-- tables of its sources; with another one they are worked out anew. Times are microseconds since 1970, UTC.
CREATE TABLE models (
    name         TEXT PRIMARY KEY,
    fingerprint  TEXT NOT NULL,
    applied      INTEGER NOT NULL,
    refreshed_at INTEGER NOT NULL,
    slices       INTEGER,
    milliseconds INTEGER NOT NULL
) STRICT;
