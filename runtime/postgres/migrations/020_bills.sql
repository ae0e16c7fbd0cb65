-- bills (runtime/payment) ---------------------------------------------------------------------------------------------------------------
-- A payment that a bank or a wallet may take, by a reference that its payer says there.
CREATE TABLE bill (
    reference text PRIMARY KEY CHECK (reference ~ '^[0-9]{8,20}$'),
    payment   uuid NOT NULL UNIQUE REFERENCES payment,
    at        timestamptz NOT NULL
);
CREATE TABLE bill_inquiry (                -- what a bank or a wallet was told, and may answer to
    payer   text NOT NULL,                 -- code of the bank or the wallet
    request text NOT NULL,
    bill    text NOT NULL REFERENCES bill,
    at      timestamptz NOT NULL,
    PRIMARY KEY (payer, request)
);
CREATE TABLE bill_notice (                 -- that one was paid there; stored as it came
    payer     text NOT NULL,
    request   text NOT NULL,
    reference text NOT NULL,               -- of the bill, as it was said: there may be none
    paid      text NOT NULL,               -- the payer's own reference of what was paid
    body      bytea NOT NULL,
    result    text NOT NULL DEFAULT '',
    at        timestamptz NOT NULL,
    PRIMARY KEY (payer, request)
);
CREATE UNIQUE INDEX payment_billed ON payment (checkout) WHERE checkout LIKE 'bill:%'; -- what was paid once pays one bill
