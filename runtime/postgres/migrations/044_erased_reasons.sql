-- erasing (runtime/app): what officers and banks have written about an application goes with it ------------------------------------------
CREATE INDEX payout_application ON payout (application);
CREATE INDEX till_taking_application ON till_taking (application);
CREATE INDEX bill_notice_reference ON bill_notice (reference);
-- Of a hold nothing changes but that its reason is erased.
DROP TRIGGER document_hold_append_only ON document_hold;
CREATE FUNCTION document_hold_erased() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    OLD.reason := NEW.reason;
    IF NEW.reason <> 'erased' OR OLD IS DISTINCT FROM NEW THEN
        RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER document_hold_append_only BEFORE DELETE ON document_hold FOR EACH STATEMENT EXECUTE FUNCTION append_only();
CREATE TRIGGER document_hold_erased BEFORE UPDATE ON document_hold FOR EACH ROW EXECUTE FUNCTION document_hold_erased();
