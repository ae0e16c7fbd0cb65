-- document (runtime/document): one body for the same bytes of one owner; a key for each application -----------------------------------------------
ALTER TABLE upload ADD file uuid REFERENCES file;         -- its body; NULL = that of its own ID, as before
ALTER TABLE upload ADD key bytea;                         -- of the body, under the application's key once it is claimed; '' = forgotten; NULL = file.key, as before
ALTER TABLE upload DROP CONSTRAINT upload_id_fkey;
CREATE INDEX upload_file ON upload ((coalesce(file, id)));
CREATE INDEX upload_application ON upload (application) WHERE application IS NOT NULL;
CREATE INDEX upload_owner ON upload (owner);
COMMENT ON COLUMN file.key IS 'of a paper: wrapped by a master key; of uploads: one byte while any of them has its key; empty = nobody can open it';
CREATE TABLE application_key (
    application uuid PRIMARY KEY,
    key         bytea NOT NULL                            -- wrapped by a master key; '' = erased, and with it whatever it has wrapped
);
