-- checkouts (runtime/payment) -----------------------------------------------------------------------------------------------------------
-- A place at a provider where one payment can be made, or several at once: a line for each. What the version before has opened has none: that is
-- for the payment that its reference names.
CREATE TABLE checkout (
    id        text PRIMARY KEY,            -- at the provider
    reference uuid NOT NULL,               -- by which the provider names it in its reports: the payment, or an ID of its own where it is for several
    opened_at timestamptz NOT NULL DEFAULT now()
);
CREATE TABLE checkout_line (
    checkout text NOT NULL REFERENCES checkout,
    payment  uuid NOT NULL REFERENCES payment,
    amount   bigint NOT NULL CHECK (amount > 0), -- that was due when it was opened, in minor units
    PRIMARY KEY (checkout, payment)
);
CREATE INDEX checkout_line_payment ON checkout_line (payment);

-- settlement (runtime/settlement): a line of a provider may be about the payments of several applications
ALTER TABLE settlement_line ADD shares jsonb NOT NULL DEFAULT '[]'; -- [{authority, application, amount}] of the movements of ours; [] = it is about one
