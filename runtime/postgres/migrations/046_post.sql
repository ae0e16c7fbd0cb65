-- delivery (runtime/delivery): papers that go by post -------------------------------------------------------------------------------------------------
CREATE TABLE post (
    paper       text PRIMARY KEY REFERENCES document,
    application uuid NOT NULL,
    authority   text NOT NULL,
    state       text NOT NULL DEFAULT 'offered' CHECK (state IN ('offered', 'asked', 'manifested', 'handed', 'underway', 'delivered', 'returned', 'lost')),
    address     bytea,                          -- under the key of the application; NULL = none is known, or it was forgotten
    item        bigint,                         -- that brings it, or has brought it last; NULL = none is in a manifest
    returns     int NOT NULL DEFAULT 0,         -- how often it came back
    since       timestamptz NOT NULL            -- of its state
);
CREATE INDEX post_asked ON post (authority, since) WHERE state IN ('asked', 'lost');
CREATE INDEX post_application ON post (application);
CREATE TABLE manifest (
    id        text PRIMARY KEY,                 -- AUTHORITY-DAY-NUMBER
    authority text NOT NULL,
    day       date NOT NULL,
    number    int NOT NULL,                     -- of those of the authority and the day, without gaps
    sha256    bytea NOT NULL,                   -- of its file, as it was closed
    closed_at timestamptz NOT NULL,
    closed_by uuid NOT NULL,
    handed_at timestamptz,                      -- to the carrier
    handed_by uuid,
    UNIQUE (authority, day, number)
);
CREATE INDEX manifest_of ON manifest (authority, closed_at);
CREATE TABLE post_item (
    id       bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    paper    text NOT NULL REFERENCES post,
    number   text NOT NULL,                     -- of UPU S10, on its label
    manifest text REFERENCES manifest,          -- NULL = it has its label, and is in none yet
    row      int,
    line     bytea,                             -- its row of the manifest's file, under the key of the application; NULL = forgotten
    state    text NOT NULL DEFAULT 'asked' CHECK (state IN ('asked', 'manifested', 'handed', 'underway', 'delivered', 'returned', 'lost')),
    held     boolean NOT NULL DEFAULT false,    -- it was kept back when the others went: its paper was not valid
    CHECK ((manifest IS NULL) = (row IS NULL)),
    UNIQUE (manifest, row)
);
CREATE UNIQUE INDEX post_item_number ON post_item (number) WHERE NOT held;
CREATE UNIQUE INDEX post_item_open ON post_item (paper) WHERE manifest IS NULL;
CREATE INDEX post_item_of ON post_item (paper);
ALTER TABLE post ADD CONSTRAINT post_item_fk FOREIGN KEY (item) REFERENCES post_item;
CREATE TABLE post_event (                       -- what the carrier has told
    item    bigint NOT NULL REFERENCES post_item,
    at      timestamptz NOT NULL,               -- when it happened
    event   text NOT NULL,
    told_at timestamptz NOT NULL,
    actor   uuid NOT NULL,                      -- who has brought it: a clerk, or the carrier's own system
    PRIMARY KEY (item, at, event)
);
CREATE TRIGGER post_event_append_only BEFORE UPDATE OR DELETE ON post_event FOR EACH STATEMENT EXECUTE FUNCTION append_only();
