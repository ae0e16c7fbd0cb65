-- document (runtime/document) -------------------------------------------------------------------------------------------------------------------
ALTER TABLE file ADD pages int NOT NULL DEFAULT 0; -- of a PDF that was uploaded since
