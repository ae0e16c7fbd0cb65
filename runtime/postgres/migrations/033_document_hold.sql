-- document (runtime/document): officers suspend a paper, and let it hold again, beside what its right does to it ------------------------------------
ALTER TABLE document ADD held boolean NOT NULL DEFAULT false; -- as the last row of document_hold says
CREATE TABLE document_hold (
    id       bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    document text NOT NULL REFERENCES document,
    held     boolean NOT NULL,
    at       timestamptz NOT NULL,
    reason   text NOT NULL CHECK (reason ~ '\S'), -- for the holder and for officers; strangers are not told
    proposal uuid NOT NULL UNIQUE REFERENCES proposal
);
CREATE INDEX document_hold_of ON document_hold (document, id);
CREATE TRIGGER document_hold_append_only BEFORE UPDATE OR DELETE ON document_hold FOR EACH STATEMENT EXECUTE FUNCTION append_only();
