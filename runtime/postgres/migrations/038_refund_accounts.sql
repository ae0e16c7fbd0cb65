-- refunds to an account (runtime/payment) ------------------------------------------------------------------------------------------
-- What cannot go back the way on which it came, paid in cash or with a card that is closed, goes to an account that the applicant names.
ALTER TABLE payout ADD refund uuid REFERENCES refund; -- that goes back by this payout: it is owed as a refund, and no step waits for it
CREATE UNIQUE INDEX payout_refund ON payout (refund) WHERE refund IS NOT NULL AND ended_at IS NULL; -- one at a time
ALTER TABLE money_incident
    DROP CONSTRAINT money_incident_outcome_check,
    ADD CONSTRAINT money_incident_outcome_check CHECK (outcome IN ('', 'retry', 'by-hand', 'over', 'account')); -- account: the applicant has named one
