-- disputes (runtime/payment) -----------------------------------------------------------------------------------------------------------
-- A payer has had a payment taken back by the bank of the card. A row for each payment that was made at the checkout.
CREATE TABLE dispute (
    id          uuid PRIMARY KEY,
    provider    text NOT NULL,             -- which says how it stands
    theirs      text NOT NULL,             -- ID there
    checkout    text NOT NULL REFERENCES checkout,
    payment     uuid NOT NULL REFERENCES payment,
    application uuid NOT NULL,
    amount      bigint NOT NULL CHECK (amount > 0), -- minor units, of this payment
    currency    text NOT NULL,
    status      text NOT NULL CHECK (status IN ('open', 'taken', 'won', 'lost')), -- only onwards: open, taken, then one of the others
    reason      text NOT NULL DEFAULT '',  -- code of the payer's bank
    opened_at   timestamptz NOT NULL,
    ended_at    timestamptz,
    UNIQUE (provider, theirs, payment),
    CHECK ((status IN ('won', 'lost')) = (ended_at IS NOT NULL))
);
CREATE INDEX dispute_payment ON dispute (payment);
CREATE INDEX dispute_application ON dispute (application);
CREATE INDEX dispute_open ON dispute (id) WHERE ended_at IS NULL;
ALTER TABLE money_incident
    DROP CONSTRAINT money_incident_kind_check,
    ADD CONSTRAINT money_incident_kind_check CHECK (kind IN ('refund-refused', 'payout-returned', 'payout-unwanted', 'cash-voided', 'disputed', 'dispute-lost')),
    DROP CONSTRAINT money_incident_outcome_check,
    ADD CONSTRAINT money_incident_outcome_check CHECK (outcome IN ('', 'retry', 'by-hand', 'over', 'account', 'forgone')); -- forgone: the authority asks for it no more

-- settlement (runtime/settlement): what was taken back and what came back
ALTER TABLE settlement_line
    DROP CONSTRAINT settlement_line_kind_check,
    ADD CONSTRAINT settlement_line_kind_check CHECK (kind IN ('payment', 'refund', 'payout', 'return', 'deposit', 'chargeback', 'reinstated'));
