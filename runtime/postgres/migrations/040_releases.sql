-- A release is immutable and signed; when which one is live stands beside it. What a release is made of is kept once, by its content.
-- Owner: release (runtime/release).
DROP TABLE release_service;
ALTER TABLE application DROP CONSTRAINT application_release_fkey;
DROP TABLE release;

CREATE TABLE source (                      -- one version of a file of a catalogue
    digest text PRIMARY KEY,               -- SHA-256 of body
    body   bytea NOT NULL
);
CREATE TABLE reference (                   -- tariffs, calendars, registries, authorities as the runtime needs them
    digest text PRIMARY KEY,
    body   bytea NOT NULL                  -- JSON
);
CREATE TABLE release (
    id        bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    digest    text NOT NULL UNIQUE,        -- SHA-256 over all that follows and the services
    catalogue text NOT NULL,
    files     jsonb NOT NULL,              -- path → digest of source
    reference text NOT NULL REFERENCES reference,
    made_at   timestamptz NOT NULL,
    signature text NOT NULL                -- JWS by the platform's key over digest, catalogue and made_at
);
CREATE TABLE release_service (
    release bigint NOT NULL REFERENCES release,
    service text   NOT NULL,
    plan    text   NOT NULL REFERENCES plan,
    texts   text   NOT NULL REFERENCES texts,
    PRIMARY KEY (release, service)
);
CREATE TABLE publication (                 -- a release is live from a moment on, until that of the next publication
    id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    release       bigint NOT NULL REFERENCES release,
    after         bigint REFERENCES release,  -- what is live until then, on which it rests; NULL of the first
    live_from     timestamptz NOT NULL,
    published_at  timestamptz NOT NULL,
    actor         text NOT NULL,           -- opaque
    way           text NOT NULL CHECK (way IN ('folder', 'change', 'rollback')),
    reason        text NOT NULL DEFAULT '',
    called_off_at timestamptz,             -- before it went live
    called_off_by text,
    CHECK ((called_off_at IS NULL) = (called_off_by IS NULL)),
    CHECK (called_off_at < live_from)
);
CREATE INDEX publication_order ON publication (live_from DESC, id DESC) WHERE called_off_at IS NULL;
ALTER TABLE application ADD CONSTRAINT application_release_fkey FOREIGN KEY (release) REFERENCES release;

CREATE TRIGGER source_append_only BEFORE UPDATE OR DELETE ON source FOR EACH STATEMENT EXECUTE FUNCTION append_only();
CREATE TRIGGER reference_append_only BEFORE UPDATE OR DELETE ON reference FOR EACH STATEMENT EXECUTE FUNCTION append_only();
CREATE TRIGGER release_append_only BEFORE UPDATE OR DELETE ON release FOR EACH STATEMENT EXECUTE FUNCTION append_only();
CREATE TRIGGER release_service_append_only BEFORE UPDATE OR DELETE ON release_service FOR EACH STATEMENT EXECUTE FUNCTION append_only();
