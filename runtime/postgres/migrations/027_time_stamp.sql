-- document (runtime/document): signatures in files, with a time-stamp that may come later ------------------------------------------------------
ALTER TABLE document ADD stamp_due boolean NOT NULL DEFAULT false; -- its file is signed and waits for its time-stamp
CREATE INDEX document_stamp_due ON document (issued_at) WHERE stamp_due;
CREATE TABLE document_file (               -- files of a paper before the one of today: the same paper, without the time-stamp
    sha256   bytea PRIMARY KEY,
    document text NOT NULL REFERENCES document,
    record   text NOT NULL                 -- its own signed record
);
CREATE TRIGGER document_file_append_only BEFORE UPDATE OR DELETE ON document_file FOR EACH STATEMENT EXECUTE FUNCTION append_only();
