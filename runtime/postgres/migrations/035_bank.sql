-- settlement (runtime/settlement): cash that was brought to a bank, as its statement has it
ALTER TABLE settlement_line
    DROP CONSTRAINT settlement_line_kind_check,
    ADD CONSTRAINT settlement_line_kind_check CHECK (kind IN ('payment', 'refund', 'payout', 'return', 'deposit'));

-- ledger (runtime/ledger): such an entry is found by the slip
CREATE INDEX entry_banked ON entry (reason) WHERE kind = 'till-banked';
