-- document (runtime/document): uploads that arrive in parts, over lines that break ---------------------------------------------------------------
CREATE TABLE partial (
    id       uuid PRIMARY KEY,
    owner    uuid NOT NULL REFERENCES person,
    name     text NOT NULL,
    size     bigint NOT NULL CHECK (size > 0),
    received bigint NOT NULL DEFAULT 0 CHECK (received BETWEEN 0 AND size),
    upload   uuid REFERENCES upload,        -- what it has become
    refused  text NOT NULL DEFAULT '',      -- why it has become nothing
    at       timestamptz NOT NULL
);
CREATE INDEX partial_owner ON partial (owner);
CREATE TABLE part (                         -- bodies lie with those of files, under keys of their own, until the upload is whole
    id      uuid PRIMARY KEY,
    partial uuid NOT NULL REFERENCES partial ON DELETE CASCADE,
    start   bigint NOT NULL,
    key     bytea NOT NULL,
    UNIQUE (partial, start)
);
