-- credential (runtime/credential): papers in wallets -----------------------------------------------------------------------------------------
ALTER TABLE document ADD claims uuid REFERENCES file;  -- what a wallet gets of it, encrypted like the paper itself; NULL = nothing
CREATE TABLE credential_offer (            -- secrets stand here as their hashes; rows go when they are used or over
    id         uuid PRIMARY KEY,
    document   text NOT NULL REFERENCES document,
    code       bytea NOT NULL UNIQUE,
    pin        bytea NOT NULL,
    tries      int NOT NULL DEFAULT 0,
    token      bytea UNIQUE,
    expires_at timestamptz NOT NULL
);
CREATE INDEX credential_offer_document ON credential_offer (document);
CREATE INDEX credential_offer_over ON credential_offer (expires_at);
CREATE TABLE credential (                  -- which place in which list of statuses is of which paper
    list     int NOT NULL,
    index    int NOT NULL,
    document text NOT NULL REFERENCES document,
    at       timestamptz NOT NULL,
    PRIMARY KEY (list, index)
);
CREATE INDEX credential_document ON credential (document);
