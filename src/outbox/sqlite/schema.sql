-- Times are milliseconds since 1970. A set of vendors is text: sorted names, separated by spaces.

CREATE TABLE meta (
    name TEXT PRIMARY KEY,
    value ANY NOT NULL
) STRICT, WITHOUT ROWID;

-- Texts that can be erased are in tables whose rows are appended and never grow or move. `SQLite` overwrites a row that
-- it deletes, but not the copy that stays behind when it moves a row to another page.

CREATE TABLE cases (
    no INTEGER PRIMARY KEY,
    -- A keyed hash of the case id; NULL if no row refers to the case any more.
    hash BLOB,
    -- NULL if the case is erased.
    case_id TEXT
) STRICT;
CREATE UNIQUE INDEX cases_hash ON cases (hash) WHERE hash IS NOT NULL;

CREATE TABLE vendor_case (
    no INTEGER PRIMARY KEY,
    -- NULL if no lane refers to it any more.
    text TEXT
) STRICT;

CREATE TABLE report (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    case_no INTEGER NOT NULL,
    -- A keyed hash of the key.
    key_hash BLOB NOT NULL UNIQUE,
    -- NULL if the event is erased.
    key TEXT,
    digest BLOB NOT NULL,
    stage TEXT NOT NULL,
    occurred_at INTEGER NOT NULL,
    vendors TEXT NOT NULL,
    open TEXT NOT NULL,
    kept INTEGER NOT NULL,
    keep_until INTEGER NOT NULL,
    accepted_at INTEGER NOT NULL
) STRICT;
CREATE INDEX report_case ON report (case_no, seq);
-- Reports whose payload the sweep may delete.
CREATE INDEX report_sweep ON report (keep_until) WHERE open = '' AND kept = 1;

-- Not in `report`, so that a change of `open` does not rewrite it.
CREATE TABLE payload (
    seq INTEGER PRIMARY KEY,
    bytes BLOB NOT NULL
) STRICT;

CREATE TABLE lane (
    id INTEGER PRIMARY KEY,
    vendor TEXT NOT NULL,
    case_no INTEGER NOT NULL,
    state TEXT NOT NULL,
    head INTEGER NOT NULL,
    due INTEGER NOT NULL,
    token INTEGER NOT NULL,
    owner TEXT,
    attempts INTEGER NOT NULL,
    crashes INTEGER NOT NULL,
    lookups INTEGER NOT NULL,
    waited INTEGER NOT NULL,
    since INTEGER NOT NULL,
    reason TEXT,
    acknowledged TEXT,
    acknowledged_at INTEGER,
    acknowledged_seq INTEGER,
    in_flight TEXT,
    in_flight_at INTEGER,
    in_flight_token INTEGER,
    in_flight_since INTEGER,
    in_flight_seq INTEGER,
    vendor_case_no INTEGER,
    -- The fields of the ledger entry that only a newer version knows, as JSON.
    entry TEXT,
    resend TEXT NOT NULL,
    again INTEGER NOT NULL,
    replacement INTEGER,
    may_hold_skipped INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX lane_case ON lane (case_no, vendor);
-- The only index that a claim reads or changes. It contains all columns that the counts need.
CREATE INDEX lane_due ON lane (vendor, due, state) WHERE state IN ('ready', 'leased');
CREATE INDEX lane_blocked ON lane (vendor, reason) WHERE state = 'blocked';
-- For the counts.
CREATE INDEX lane_doubt ON lane (vendor, in_flight) WHERE in_flight IS NOT NULL;
CREATE INDEX lane_newer ON lane (vendor, reason) WHERE reason = 'newer_payload';
CREATE INDEX lane_differs ON lane (vendor, resend, may_hold_skipped) WHERE resend = 'impossible' OR may_hold_skipped = 1;

CREATE TABLE history (
    id INTEGER PRIMARY KEY,
    vendor TEXT NOT NULL,
    seq INTEGER NOT NULL,
    case_no INTEGER NOT NULL,
    stage TEXT NOT NULL,
    occurred_at INTEGER NOT NULL,
    passed TEXT NOT NULL,
    losses TEXT NOT NULL,
    at INTEGER NOT NULL,
    attempts INTEGER NOT NULL,
    request_id TEXT,
    note TEXT
) STRICT;
CREATE INDEX history_case ON history (case_no);
CREATE INDEX history_at ON history (at);

-- Every vendor that a lane belongs to. `state` is NULL until a worker stores one.
CREATE TABLE vendor (
    name TEXT PRIMARY KEY,
    state TEXT,
    until INTEGER NOT NULL DEFAULT 0,
    version INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;

CREATE TABLE worker (
    owner TEXT PRIMARY KEY,
    vendors TEXT NOT NULL,
    seen INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE erased (
    key_hash TEXT PRIMARY KEY,
    at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
