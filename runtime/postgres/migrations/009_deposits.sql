-- deposit (runtime/payment) -------------------------------------------------------------------------------------------------------
-- What was paid and is held, not earned: a row for each line of a payment. It is settled once: it goes back, or the authority keeps it.
CREATE TABLE deposit (
    id          uuid PRIMARY KEY,          -- subject of the entry that moves it
    payment     uuid NOT NULL REFERENCES payment,
    line        int  NOT NULL,             -- of the payment, from 0
    application uuid NOT NULL,
    fee         text NOT NULL,
    amount      bigint NOT NULL CHECK (amount > 0), -- minor units of the payment's currency
    held_with   text NOT NULL DEFAULT '',  -- code of the right as long as which it is held
    status      text NOT NULL DEFAULT 'held' CHECK (status IN ('held', 'released', 'forfeited')),
    because     text NOT NULL DEFAULT '',  -- step/visit, right:status, or the outcome of the application
    looked_at   timestamptz NOT NULL,      -- at its right, the last time
    settled_at  timestamptz,
    UNIQUE (payment, line),
    CHECK ((status = 'held') = (settled_at IS NULL))
);
CREATE INDEX deposit_application ON deposit (application);
CREATE INDEX deposit_held_with ON deposit (looked_at) WHERE status = 'held' AND held_with <> '';
