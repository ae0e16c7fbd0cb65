-- four eyes (runtime/proposal): corrections of the book and refunds by request are proposals as well ----------------------------------------
INSERT INTO proposal (id, kind, subject, authority, reason, proposed_by, proposed_at, status, decided_by, decided_at)
    SELECT id, 'correction', entry, authority, reason, proposed_by, proposed_at, CASE status WHEN 'posted' THEN 'approved' ELSE status END, decided_by, decided_at
    FROM correction;
INSERT INTO proposal (id, kind, subject, authority, reason, detail, proposed_by, proposed_at, status, decided_by, decided_at)
    SELECT id, 'refund', payment, authority, reason, jsonb_build_object('application', application, 'fees', fees), requested_by, requested_at,
        CASE status WHEN 'requested' THEN 'proposed' ELSE status END, decided_by, decided_at
    FROM refund_request;
-- What processes of the version before still write there is proposed and decided here too; the next version drops both tables.
CREATE FUNCTION correction_is_proposal() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO diwan.proposal (id, kind, subject, authority, reason, proposed_by, proposed_at, status, decided_by, decided_at)
        VALUES (NEW.id, 'correction', NEW.entry, NEW.authority, NEW.reason, NEW.proposed_by, NEW.proposed_at,
            CASE NEW.status WHEN 'posted' THEN 'approved' ELSE NEW.status END, NEW.decided_by, NEW.decided_at)
        ON CONFLICT (id) DO UPDATE SET status = excluded.status, decided_by = excluded.decided_by, decided_at = excluded.decided_at;
    RETURN NULL;
END $$;
CREATE TRIGGER correction_is_proposal AFTER INSERT OR UPDATE ON correction FOR EACH ROW EXECUTE FUNCTION correction_is_proposal();
CREATE FUNCTION refund_request_is_proposal() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO diwan.proposal (id, kind, subject, authority, reason, detail, proposed_by, proposed_at, status, decided_by, decided_at)
        VALUES (NEW.id, 'refund', NEW.payment, NEW.authority, NEW.reason, jsonb_build_object('application', NEW.application, 'fees', NEW.fees), NEW.requested_by,
            NEW.requested_at, CASE NEW.status WHEN 'requested' THEN 'proposed' ELSE NEW.status END, NEW.decided_by, NEW.decided_at)
        ON CONFLICT (id) DO UPDATE SET status = excluded.status, decided_by = excluded.decided_by, decided_at = excluded.decided_at;
    RETURN NULL;
END $$;
CREATE TRIGGER refund_request_is_proposal AFTER INSERT OR UPDATE ON refund_request FOR EACH ROW EXECUTE FUNCTION refund_request_is_proposal();

-- payment (runtime/payment): what two officers let an applicant off of
ALTER TABLE payment
    ADD waived jsonb NOT NULL DEFAULT '[]', -- lines that are not to be paid; lines of the assessment less these are
    ADD asked  bigint[] NOT NULL DEFAULT '{}', -- amounts that were asked for before: whoever pays at a checkout of then gets the rest back
    ADD other_checkouts text[] NOT NULL DEFAULT '{}', -- at which it could be made still when it was made elsewhere or a part was waived; other_checkout is of the version before
    DROP CONSTRAINT payment_status_check,
    ADD CONSTRAINT payment_status_check CHECK (status IN ('due', 'paid', 'cancelled', 'waived', 'refunding', 'refunded'));

CREATE INDEX payment_others ON payment (id) WHERE other_checkouts <> '{}';

-- ledger (runtime/ledger): revenue that was forgone
ALTER TABLE posting
    DROP CONSTRAINT posting_chart,
    ADD CONSTRAINT posting_chart CHECK (account = 'clearing:gateway' OR account ~
        '^((receivable|payable|refunds|over-short):[^:]+|(clearing|revenue|deposit|deposit-due|expense|waived|due-from|due-to):[^:]+:[^:]+)$');
