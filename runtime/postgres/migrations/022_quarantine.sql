-- document (runtime/document): what was uploaded is readable when the scanner has said that it is clean ------------------------------------------
ALTER TABLE file ADD scan text NOT NULL DEFAULT 'none' CHECK (scan IN ('none', 'waiting', 'clean', 'infected')); -- none = there was no scanner
ALTER TABLE file ADD scan_at timestamptz;                -- when it is tried next
ALTER TABLE file ADD scan_tries int NOT NULL DEFAULT 0;
CREATE INDEX file_waiting ON file (scan_at) WHERE scan = 'waiting';
