-- delivery (runtime/delivery): papers that are collected at an office -------------------------------------------------------------------------------
CREATE TABLE collection (
    paper       text PRIMARY KEY REFERENCES document,
    application uuid NOT NULL,
    authority   text NOT NULL,
    code        text NOT NULL UNIQUE,           -- that the applicant shows; it opens nothing for who is no officer of the authority
    kept        jsonb,                          -- how long an office keeps it; NULL = until somebody comes
    state       text NOT NULL DEFAULT 'offered' CHECK (state IN ('offered', 'asked', 'ready', 'collected', 'returned')),
    office      text NOT NULL DEFAULT '',       -- '' = none was chosen yet
    since       timestamptz NOT NULL,           -- of its state
    until       timestamptz,                    -- of one that is ready: until when it is kept
    other       jsonb,                          -- who may collect it beside the holder: name and number; NULL = nobody, and again once it was collected
    CHECK ((office = '') = (state = 'offered'))
);
CREATE INDEX collection_office ON collection (authority, office, since) WHERE state IN ('asked', 'ready', 'returned');
CREATE INDEX collection_application ON collection (application);
CREATE INDEX collection_over ON collection (until) WHERE state = 'ready' AND until IS NOT NULL;
CREATE TABLE collection_event (
    id     bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    paper  text NOT NULL REFERENCES collection,
    state  text NOT NULL,
    office text NOT NULL,
    at     timestamptz NOT NULL,
    actor  uuid,                                -- NULL = the applicant, or nobody: its time was over
    detail jsonb NOT NULL DEFAULT '{}'          -- of one that was collected: by whom, and which proof of identity was seen, with its last digits only
);
CREATE UNIQUE INDEX collection_once ON collection_event (paper) WHERE state = 'collected';
CREATE INDEX collection_event_of ON collection_event (paper, id);
CREATE TRIGGER collection_event_append_only BEFORE UPDATE OR DELETE ON collection_event FOR EACH STATEMENT EXECUTE FUNCTION append_only();
