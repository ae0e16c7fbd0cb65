-- settlement (runtime/settlement): what a provider lists and no kind of ours names
ALTER TABLE settlement_line
    DROP CONSTRAINT settlement_line_kind_check,
    ADD CONSTRAINT settlement_line_kind_check CHECK (kind IN ('payment', 'refund', 'payout', 'return', 'deposit', 'chargeback', 'reinstated', 'other'));
