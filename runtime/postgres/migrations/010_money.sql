-- payment by instalments (runtime/payment) ----------------------------------------------------------------------------------------
ALTER TABLE payment
    ADD late   boolean NOT NULL DEFAULT false, -- it can still be paid after due_at
    ADD part   int NOT NULL DEFAULT 0,         -- which instalment it is, from 1; 0 = it is none
    ADD parts  int NOT NULL DEFAULT 0,
    ADD coming jsonb NOT NULL DEFAULT '[]',    -- those that come after it: [{amount, dueAt}]
    ADD CHECK (part BETWEEN 0 AND parts),
    ADD other_checkout text NOT NULL DEFAULT ''; -- that was open when it was paid at another one: it may be paid as well
CREATE INDEX payment_other ON payment (id) WHERE other_checkout <> '';

-- payout (runtime/payment) --------------------------------------------------------------------------------------------------------
-- Money that goes out. It is sent to the gateway under its ID, so that it is paid once however often it is sent; what has become of it is
-- unknown until the gateway says so.
CREATE TABLE payout (
    id          uuid PRIMARY KEY,
    application uuid NOT NULL,
    node        text NOT NULL,
    visit       int  NOT NULL,
    step        text NOT NULL,
    authority   text NOT NULL,
    amount      bigint NOT NULL CHECK (amount > 0), -- minor units
    currency    text NOT NULL,
    person      text NOT NULL DEFAULT '',  -- national number, '' = the applicant
    account     text NOT NULL DEFAULT '',  -- IBAN
    checkout    text NOT NULL DEFAULT '',  -- at which the applicant has paid by the card to which it goes, where there is no account
    given       text NOT NULL DEFAULT '',  -- account that the applicant has given after it had failed: for the next try
    status      text NOT NULL CHECK (status IN ('wanted', 'requested', 'sent', 'paid', 'failed', 'cancelled')), -- wanted: an account is
    called_off  boolean NOT NULL DEFAULT false, -- nobody waits for it any more, and it could not be stopped
    gateway_id  text NOT NULL DEFAULT '',
    failure     text NOT NULL DEFAULT '',  -- code
    at          timestamptz NOT NULL,
    ended_at    timestamptz,
    UNIQUE (application, node, visit),
    CHECK ((status IN ('paid', 'failed', 'cancelled')) = (ended_at IS NOT NULL)),
    CHECK (status IN ('wanted', 'cancelled', 'failed') OR account <> '' OR checkout <> '')
);
CREATE INDEX payout_unknown ON payout (id) WHERE status IN ('requested', 'sent');
