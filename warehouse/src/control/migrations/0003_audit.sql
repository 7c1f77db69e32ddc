-- Reads of personal data, in order; each hash covers the one before it, the number and the body.
CREATE TABLE audit (
    n    INTEGER PRIMARY KEY,
    body TEXT NOT NULL,
    hash BLOB NOT NULL
) STRICT;
