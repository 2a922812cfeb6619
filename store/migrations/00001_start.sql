-- +goose Up

-- One row a person. What is remembered is JSON and never queried inside; what
-- is queried stands beside it. Times are Unix microseconds, UTC, everywhere.
CREATE TABLE people (
    id       INTEGER PRIMARY KEY, -- Telegram's id of the private chat
    body     TEXT    NOT NULL,    -- flows.Person
    revision INTEGER NOT NULL,    -- times written
    wake_at  INTEGER              -- when the next reminder is due; NULL = none
) STRICT;

CREATE INDEX people_wake ON people (wake_at) WHERE wake_at IS NOT NULL;

-- Inputs heard before. A set, because Telegram's update ids do not rise for ever.
CREATE TABLE seen (
    id TEXT    PRIMARY KEY,
    at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX seen_at ON seen (at);

-- Buttons that were offered. A button carries "<id>.<place>", nothing else.
CREATE TABLE keyboards (
    id      TEXT    PRIMARY KEY,
    person  INTEGER NOT NULL,
    buttons TEXT    NOT NULL, -- []flows.Button, row after row
    at      INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX keyboards_person ON keyboards (person);
CREATE INDEX keyboards_at ON keyboards (at);

-- Still to go to Telegram, in the order of id within a person. A row leaves the
-- table when it was sent, and its words with it.
CREATE TABLE outbox (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    person     INTEGER NOT NULL,
    kind       TEXT    NOT NULL,           -- as flows.PackEffect names it
    body       TEXT    NOT NULL,
    key        TEXT    NOT NULL,           -- of a message that may be changed later; '' = none
    keyboard   TEXT    NOT NULL,           -- keyboards.id; '' = none
    at         INTEGER NOT NULL,
    attempts   INTEGER NOT NULL DEFAULT 0,
    not_before INTEGER NOT NULL DEFAULT 0  -- 0 = at once
) STRICT;

CREATE INDEX outbox_person ON outbox (person, id);
CREATE INDEX outbox_late ON outbox (person, id) WHERE not_before > 0;

-- Messages that were sent in the last two days: what can still be hidden or
-- changed. Numbers only.
CREATE TABLE messages (
    person  INTEGER NOT NULL,
    message INTEGER NOT NULL, -- Telegram's number
    key     TEXT    NOT NULL,
    at      INTEGER NOT NULL,
    PRIMARY KEY (person, message)
) STRICT, WITHOUT ROWID;

CREATE INDEX messages_at ON messages (at);

-- Slow work on its way.
CREATE TABLE jobs (
    id       INTEGER PRIMARY KEY AUTOINCREMENT,
    person   INTEGER NOT NULL,
    body     TEXT    NOT NULL, -- flows.Fetch
    due_at   INTEGER NOT NULL, -- 0 = at once
    attempts INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE INDEX jobs_due ON jobs (due_at, id);
CREATE INDEX jobs_person ON jobs (person);

-- The log of a person's cases. Lines are added, never changed.
CREATE TABLE events (
    person INTEGER NOT NULL,
    seq    INTEGER NOT NULL, -- from 1
    at     INTEGER NOT NULL,
    number INTEGER NOT NULL, -- of the case; 0 = none
    what   TEXT    NOT NULL,
    data   TEXT    NOT NULL, -- JSON: ids and choices
    PRIMARY KEY (person, seq)
) STRICT, WITHOUT ROWID;

-- Inputs that could not be worked on and messages that could not be sent.
CREATE TABLE aside (
    id     INTEGER PRIMARY KEY AUTOINCREMENT,
    input  TEXT    NOT NULL, -- its id
    person INTEGER NOT NULL,
    kind   TEXT    NOT NULL, -- what it was
    class  TEXT    NOT NULL, -- what went wrong: a type and a place, no words
    raw    TEXT,             -- the input as it was heard
    at     INTEGER NOT NULL
) STRICT;

CREATE INDEX aside_person ON aside (person);

-- People whose files are to be gone. A row stays for two days, so that neither a
-- crash nor a download that was under way leaves one behind.
CREATE TABLE erasures (
    person INTEGER PRIMARY KEY,
    at     INTEGER NOT NULL
) STRICT;

-- When the bot last listened to Telegram: one row.
CREATE TABLE listened (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    at  INTEGER NOT NULL
) STRICT;

-- +goose Down
DROP TABLE listened;
DROP TABLE erasures;
DROP TABLE aside;
DROP TABLE events;
DROP TABLE jobs;
DROP TABLE messages;
DROP TABLE outbox;
DROP TABLE keyboards;
DROP TABLE seen;
DROP TABLE people;
