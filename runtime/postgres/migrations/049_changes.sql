-- Changes of the catalogue: drafts with the edits that made them, proposals, remarks. Owner: change (runtime/change).
CREATE TABLE change (
    id          uuid PRIMARY KEY,
    number      bigint GENERATED ALWAYS AS IDENTITY UNIQUE, -- by which people call it
    title       text NOT NULL,
    reason      text NOT NULL,
    basis       text NOT NULL,               -- the law or decision on which it rests
    live_from   timestamptz,                 -- when it is to go live; NULL = as soon as it is approved
    authority   text NOT NULL,
    author      uuid NOT NULL REFERENCES person,
    status      text NOT NULL DEFAULT 'draft' CHECK (status IN ('draft', 'proposed', 'returned', 'approved', 'refused', 'withdrawn')),
    base        bigint NOT NULL REFERENCES release,
    revision    bigint NOT NULL DEFAULT 0,   -- how many edits were made of its files
    started_at  timestamptz NOT NULL,
    edited_at   timestamptz NOT NULL,
    proposed_at timestamptz,                 -- last
    ended_at    timestamptz,
    application uuid REFERENCES application, -- of the route that it goes by
    publication bigint REFERENCES publication,
    CHECK ((ended_at IS NULL) = (status IN ('draft', 'proposed', 'returned'))),
    CHECK (status NOT IN ('proposed', 'returned') OR proposed_at IS NOT NULL),
    CHECK ((status = 'approved') = (publication IS NOT NULL))
);
CREATE INDEX change_authority ON change (authority, number DESC);

CREATE TABLE change_file (                   -- a file that differs from the base, or did
    change  uuid NOT NULL REFERENCES change,
    path    text NOT NULL,
    body    bytea,                           -- NULL: the change removes it
    version bigint NOT NULL,                 -- how many edits have made it
    differs boolean NOT NULL,                -- from the base; false where the edits have come back to it
    PRIMARY KEY (change, path)
);
CREATE INDEX change_file_path ON change_file (path);

CREATE TABLE change_edit (                   -- one splice of one file: old became new
    change   uuid NOT NULL,
    path     text NOT NULL,
    version  bigint NOT NULL,                -- of the file, with it
    start_at int NOT NULL,                   -- bytes before it
    old      bytea NOT NULL,
    new      bytea NOT NULL,
    was      boolean NOT NULL,               -- the file was there
    is_there boolean NOT NULL,               -- and is
    author   uuid NOT NULL REFERENCES person,
    at       timestamptz NOT NULL,
    undoes   bigint NOT NULL DEFAULT 0,      -- version of the edit that it takes back
    PRIMARY KEY (change, path, version),
    FOREIGN KEY (change, path) REFERENCES change_file
);

CREATE TABLE change_proposal (               -- what reviewers are asked about; written once each time
    change   uuid NOT NULL REFERENCES change,
    number   int NOT NULL,                   -- 1, 2, … of the change
    base     bigint NOT NULL REFERENCES release,
    files    jsonb NOT NULL,                 -- path → digest of source, null where it is removed
    digest   text NOT NULL,                  -- SHA-256 over base, files and words
    words    jsonb NOT NULL,
    checks   jsonb NOT NULL,                 -- what was found
    author   uuid NOT NULL REFERENCES person,
    at       timestamptz NOT NULL,
    PRIMARY KEY (change, number)
);
CREATE TRIGGER change_proposal_append_only BEFORE UPDATE OR DELETE ON change_proposal FOR EACH STATEMENT EXECUTE FUNCTION append_only();

CREATE TABLE change_remark (
    id          uuid PRIMARY KEY,
    change      uuid NOT NULL REFERENCES change,
    proposal    int NOT NULL,                -- at which it was made; 0: while it was drafted
    path        text NOT NULL,               -- of the file; '' = the whole change
    place       text[] NOT NULL,             -- names that lead to what it is about: {steps, step pay}
    answers     uuid REFERENCES change_remark,
    author      uuid NOT NULL REFERENCES person,
    at          timestamptz NOT NULL,
    text        text NOT NULL,
    resolved_by uuid REFERENCES person,
    resolved_at timestamptz,
    CHECK ((resolved_by IS NULL) = (resolved_at IS NULL))
);
CREATE INDEX change_remark_change ON change_remark (change, at);

CREATE TABLE change_presence (               -- who looks at which file now
    change uuid NOT NULL REFERENCES change,
    person uuid NOT NULL REFERENCES person,
    path   text NOT NULL,
    at     timestamptz NOT NULL,
    PRIMARY KEY (change, person)
);
