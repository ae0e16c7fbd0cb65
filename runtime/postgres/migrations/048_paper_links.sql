-- delivery (runtime/delivery): papers of which their holders are sent a link by e-mail ------------------------------------------------------------------------
CREATE TABLE emailed (                          -- that it may be
    paper       text PRIMARY KEY REFERENCES document,
    application uuid NOT NULL,
    authority   text NOT NULL
);
CREATE INDEX emailed_application ON emailed (application);
CREATE TABLE paper_link (
    id          uuid PRIMARY KEY,
    paper       text NOT NULL REFERENCES emailed ON DELETE CASCADE,
    application uuid NOT NULL,
    asked_by    uuid NOT NULL,                  -- a person
    language    text NOT NULL,                  -- of the mail
    address     bytea,                          -- under the key of the application; NULL = the mail has gone, or will not go
    hash        bytea UNIQUE,                   -- SHA-256 of the token in the link, which is kept nowhere; NULL = no mail was tried yet
    asked_at    timestamptz NOT NULL,
    sent_at     timestamptz,                    -- a mail server has taken it
    failed_at   timestamptz,                    -- it was tried for the last time
    expires_at  timestamptz,
    opened      int NOT NULL DEFAULT 0,         -- how often the paper was downloaded by it
    closed_at   timestamptz,                    -- it was used up, a newer one came, or no mail could be sent
    CHECK ((hash IS NULL) = (expires_at IS NULL)),
    CHECK (failed_at IS NULL OR closed_at IS NOT NULL)
);
CREATE UNIQUE INDEX paper_link_open ON paper_link (paper) WHERE closed_at IS NULL;
CREATE INDEX paper_link_paper ON paper_link (paper, asked_at);
CREATE INDEX paper_link_application ON paper_link (application);
