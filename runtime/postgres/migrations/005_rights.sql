-- right (runtime/right) -----------------------------------------------------------------------------------------------------------
-- What outlives the applications that grant and change it. There is no row and no job for the end of one: whoever reads it compares its last
-- day with today, so that ten million rights cost nothing while nothing happens to them.
CREATE TABLE "right" (
    number      text PRIMARY KEY,          -- NL-2026-000017
    code        text NOT NULL,
    holder_kind text NOT NULL CHECK (holder_kind IN ('person', 'business', 'property')),
    holder      text NOT NULL CHECK (holder <> ''), -- national number of a person, or the number of a business or a property
    sees        uuid,                      -- who applied for it, where it is no person's; forgotten when it is handed on
    terms       jsonb NOT NULL,            -- by name, as formulas read them
    status      text NOT NULL CHECK (status IN ('valid', 'suspended', 'replaced', 'revoked', 'expired')), -- as last changed; a last day that is over stands above it
    granted_on  date NOT NULL,
    valid_until date,                      -- its last day
    version     int NOT NULL CHECK (version > 0)
);
CREATE INDEX right_holder ON "right" (holder) WHERE holder_kind = 'person';
CREATE INDEX right_sees ON "right" (sees) WHERE holder_kind <> 'person';
CREATE INDEX right_ending ON "right" (code, valid_until) WHERE status IN ('valid', 'suspended'); -- those that run out in a time
CREATE TABLE right_version (               -- what has become of a right, and by which step of which application: once each
    number      text NOT NULL REFERENCES "right",
    version     int NOT NULL,
    what        text NOT NULL,             -- granted, renewed, suspended, resumed, transferred, replaced, revoked, expired
    holder      text NOT NULL,
    terms       jsonb NOT NULL,
    status      text NOT NULL,
    valid_until date,
    service     text NOT NULL,
    application uuid NOT NULL,
    node        text NOT NULL,
    visit       int  NOT NULL,
    at          timestamptz NOT NULL,
    PRIMARY KEY (number, version),
    UNIQUE (application, node, visit)
);
CREATE TRIGGER right_version_append_only BEFORE UPDATE OR DELETE ON right_version FOR EACH STATEMENT EXECUTE FUNCTION append_only();
CREATE TABLE right_number (                -- gap-free numbers
    register text NOT NULL,
    year     text NOT NULL,
    last     bigint NOT NULL,
    PRIMARY KEY (register, year)
);

-- document (runtime/document): a paper that is no longer valid --------------------------------------------------------------------------
ALTER TABLE document ADD revoked_at timestamptz, ADD revoked_because jsonb, -- the reason in each language, as the definition has it
    ADD CHECK (status IN ('issued', 'revoked')), ADD CHECK ((status = 'revoked') = (revoked_at IS NOT NULL));
