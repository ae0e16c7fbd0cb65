-- document (runtime/document): what becomes of papers after they were issued -----------------------------------------------------------------
-- revoked_at and revoked_because stay written for processes of the version before; whoever reads takes the last row of document_status.
ALTER TABLE document DROP CONSTRAINT document_status_check;
ALTER TABLE document ADD CHECK (status IN ('issued', 'suspended', 'replaced', 'revoked')),
    ADD right_number text NOT NULL DEFAULT '',      -- of the right that it proves and follows
    ADD replaced_by  text REFERENCES document;      -- the paper that came in its place, where there is one
CREATE INDEX document_right ON document (right_number) WHERE right_number <> '';
CREATE TABLE document_status (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    document    text NOT NULL REFERENCES document,
    status      text NOT NULL CHECK (status IN ('issued', 'suspended', 'replaced', 'revoked')), -- issued: it was resumed
    at          timestamptz NOT NULL,
    because     jsonb,                              -- the reason in each language, as the definition has it
    application uuid NOT NULL,                      -- by which step of which application
    node        text NOT NULL,
    visit       int  NOT NULL
);
CREATE INDEX document_status_of ON document_status (document, id);
INSERT INTO document_status (document, status, at, because, application, node, visit)
    SELECT id, status, revoked_at, revoked_because, application, node, visit FROM document WHERE status = 'revoked';
CREATE TRIGGER document_status_append_only BEFORE UPDATE OR DELETE ON document_status FOR EACH STATEMENT EXECUTE FUNCTION append_only();
