-- incidents of money (runtime/payment) ---------------------------------------------------------------------------------------------
-- What the gateway will not mend: a refund that it refuses, a payout that came back, one that was paid when nobody waited for it any more. An
-- operator of the authority sees to it.
CREATE TABLE money_incident (
    id          uuid PRIMARY KEY,
    application uuid NOT NULL,
    authority   text NOT NULL,
    kind        text NOT NULL CHECK (kind IN ('refund-refused', 'payout-returned', 'payout-unwanted')),
    subject     uuid NOT NULL,             -- refund or payout
    amount      bigint NOT NULL CHECK (amount > 0),
    currency    text NOT NULL,
    failure     text NOT NULL DEFAULT '',  -- code of the gateway
    opened_at   timestamptz NOT NULL,
    closed_at   timestamptz,
    outcome     text NOT NULL DEFAULT '' CHECK (outcome IN ('', 'retry', 'by-hand', 'over')), -- over: by itself
    closed_by   uuid REFERENCES person,
    reason      text NOT NULL DEFAULT '',  -- how it was settled by hand
    CHECK ((closed_at IS NULL) = (outcome = ''))
);
CREATE UNIQUE INDEX money_incident_subject ON money_incident (subject) WHERE closed_at IS NULL;
CREATE INDEX money_incident_open ON money_incident (authority, opened_at, id) WHERE closed_at IS NULL;
CREATE INDEX money_incident_application ON money_incident (application);

ALTER TABLE payout
    ADD COLUMN instead_of uuid REFERENCES payout, -- one that came back: this one is owed since then, and no step waits for it
    DROP CONSTRAINT payout_application_node_visit_key,
    DROP CONSTRAINT payout_status_check,
    ADD CONSTRAINT payout_status_check CHECK (status IN ('wanted', 'requested', 'sent', 'paid', 'failed', 'cancelled', 'returned', 'by-hand')),
    DROP CONSTRAINT payout_check,
    ADD CONSTRAINT payout_check CHECK ((status IN ('paid', 'failed', 'cancelled', 'returned', 'by-hand')) = (ended_at IS NOT NULL));
CREATE UNIQUE INDEX payout_visit ON payout (application, node, visit) WHERE instead_of IS NULL;
CREATE UNIQUE INDEX payout_instead ON payout (instead_of) WHERE instead_of IS NOT NULL;
