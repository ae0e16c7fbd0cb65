-- ledger (runtime/ledger): what entries come to, carried forward, so that a trial balance of any day reads no more than the days of each account and
-- the entries that were written last. The entries alone are the book: these sums follow them, behind the sealer, and are compared with them when
-- the chain is verified.
CREATE TABLE carried (
    authority text NOT NULL,
    account   text NOT NULL,
    currency  text NOT NULL,
    day       date NOT NULL,               -- under which they are booked
    debit     bigint NOT NULL,             -- of the entries up to the number in carried_upto
    credit    bigint NOT NULL,
    PRIMARY KEY (authority, account, currency, day)
);
CREATE TABLE carried_upto (                -- one row
    number bigint NOT NULL,                -- every entry up to this one is in carried, and none after it
    one    boolean PRIMARY KEY DEFAULT true CHECK (one)
);
INSERT INTO carried_upto (number) VALUES (0); -- the sealer carries what is in the book, part by part
