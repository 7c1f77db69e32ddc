-- How many rows a push left in quarantine, and how many of them are closed by now.
ALTER TABLE receipts ADD COLUMN rejected INTEGER NOT NULL DEFAULT 0;
ALTER TABLE receipts ADD COLUMN closed INTEGER NOT NULL DEFAULT 0;
UPDATE receipts SET rejected = ifnull(json_extract(body, '$.rows.rejected'), 0);
CREATE INDEX receipts_open ON receipts (dataset, received_at) WHERE rejected > closed;
-- Those whose body still quotes what was sent.
CREATE INDEX receipts_quoting ON receipts (received_at) WHERE rejected > 0;

-- What became of rejected rows. `lines` is a set in the portable Roaring format; no two rows of a receipt share a line.
-- `closed_by` is the receipt of the push that did it, and empty for rows that somebody gave up.
CREATE TABLE closings (
    receipt   TEXT NOT NULL,
    state     TEXT NOT NULL,
    lines     BLOB NOT NULL,
    count     INTEGER NOT NULL,
    closed_by TEXT,
    key       TEXT NOT NULL,
    reason    TEXT,
    closed_at INTEGER NOT NULL,
    UNIQUE (receipt, closed_by, state)
) STRICT;

-- Rejected rows that arrived before this moment have expired. One row.
CREATE TABLE rejects_kept (
    one    INTEGER PRIMARY KEY CHECK (one = 1),
    since  INTEGER NOT NULL
) STRICT;
INSERT INTO rejects_kept (one, since) VALUES (1, 0);
