-- Folders of definitions as they were when they were released, each kept as a release of its own: what is live since is joined with what the next one
-- changes of it. Owner: release (runtime/release).
CREATE TABLE release_folder (
    number  bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    release bigint NOT NULL REFERENCES release,
    at      timestamptz NOT NULL DEFAULT now()
);
