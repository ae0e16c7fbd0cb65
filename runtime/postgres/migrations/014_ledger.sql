-- ledger (runtime/ledger): chart of accounts, booking days, periods, corrections, chain ---------------------------------------------
-- An account is class:authority or class:authority:head, in one currency. What the version before calls clearing:gateway is the platform's.
ALTER TABLE posting
    ADD authority text GENERATED ALWAYS AS (CASE account WHEN 'clearing:gateway' THEN 'platform' ELSE split_part(account, ':', 2) END) STORED,
    ADD CONSTRAINT posting_chart CHECK (account = 'clearing:gateway' OR account ~
        '^((receivable|payable|refunds):[^:]+|(clearing|revenue|deposit|deposit-due|expense|due-from|due-to):[^:]+:[^:]+)$'),
    ADD CONSTRAINT posting_currency CHECK (currency ~ '^[A-Z]{3}$');

DROP INDEX posting_account;
CREATE INDEX posting_authority ON posting (authority, account, currency);

ALTER TABLE entry DISABLE TRIGGER entry_append_only;
ALTER TABLE entry
    ADD number      bigint GENERATED ALWAYS AS IDENTITY, -- its place in the chain; an entry that was rolled back leaves a hole
    ADD tx          xid8 NOT NULL DEFAULT pg_current_xact_id(), -- in which it was written: lines come with it or never
    ADD day         date,                  -- under which it is booked; that of at, or the first day of the period that is open
    ADD reverses    uuid REFERENCES entry, -- of a counter-entry: the entry that it takes back
    ADD reason      text NOT NULL DEFAULT '',
    ADD proposed_by uuid,
    ADD approved_by uuid,
    ADD CHECK ((reverses IS NOT NULL) = (kind = 'reversed')),
    ADD CHECK (reverses IS NULL OR reason ~ '\S' AND proposed_by IS NOT NULL AND approved_by IS NOT NULL AND proposed_by <> approved_by);
UPDATE entry SET day = (at AT TIME ZONE 'UTC')::date;
ALTER TABLE entry ALTER day SET NOT NULL;
ALTER TABLE entry ENABLE TRIGGER entry_append_only;
CREATE UNIQUE INDEX entry_number ON entry (number);
CREATE UNIQUE INDEX entry_reverses ON entry (reverses) WHERE reverses IS NOT NULL; -- once
CREATE INDEX entry_day ON entry (day);

CREATE FUNCTION entry_day() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.day := (NEW.at AT TIME ZONE 'UTC')::date;
    RETURN NEW;
END $$;
CREATE TRIGGER entry_day BEFORE INSERT ON entry FOR EACH ROW WHEN (NEW.day IS NULL) EXECUTE FUNCTION entry_day(); -- for the version before

CREATE TABLE period (                      -- a month of an authority's book that is closed, and with it every month before
    authority text NOT NULL,
    month     date NOT NULL CHECK (month = date_trunc('month', month)),
    closed_by uuid NOT NULL,
    closed_at timestamptz NOT NULL,
    PRIMARY KEY (authority, month)
);
-- Whoever writes an entry now has either ended before the period closes or sees that it is closed: no lock for each posting.
CREATE FUNCTION period_waits() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    LOCK TABLE diwan.entry IN SHARE MODE;
    RETURN NULL;
END $$;
CREATE TRIGGER period_waits BEFORE INSERT ON period FOR EACH STATEMENT EXECUTE FUNCTION period_waits();

-- Names are qualified: a temporary table of the same name must not be looked at in place of the book.
CREATE OR REPLACE FUNCTION entry_balances() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    written xid8;
    booked  date;
BEGIN
    SELECT tx, day INTO written, booked FROM diwan.entry WHERE id = NEW.entry;
    IF written <> pg_current_xact_id() THEN
        RAISE EXCEPTION 'entry % is in the book: it takes no further line', NEW.entry USING ERRCODE = 'restrict_violation';
    END IF;
    IF EXISTS (SELECT FROM diwan.posting WHERE entry = NEW.entry GROUP BY currency HAVING sum(amount) <> 0) THEN
        RAISE EXCEPTION 'entry % does not sum to zero', NEW.entry USING ERRCODE = 'check_violation';
    END IF;
    IF EXISTS (SELECT FROM diwan.period WHERE authority = NEW.authority AND month >= date_trunc('month', booked)::date) THEN
        -- Said as what a transaction repeats: the next time it finds the period that is open.
        RAISE EXCEPTION 'entry % is booked in a period of % that is closed', NEW.entry, NEW.authority USING ERRCODE = 'serialization_failure';
    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION entry_complete() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF current_setting('transaction_isolation') <> 'read committed' THEN
        RAISE EXCEPTION 'an entry is written in a transaction that sees which periods are closed' USING ERRCODE = 'restrict_violation';
    END IF;
    IF NOT EXISTS (SELECT FROM diwan.posting WHERE entry = NEW.id) THEN
        RAISE EXCEPTION 'entry % has no lines', NEW.id USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.reverses IS NOT NULL AND EXISTS (
        SELECT FROM (
            SELECT account, currency, amount FROM diwan.posting WHERE entry = NEW.reverses
            UNION ALL SELECT account, currency, amount FROM diwan.posting WHERE entry = NEW.id) x
        GROUP BY account, currency HAVING sum(amount) <> 0) THEN
        RAISE EXCEPTION 'entry % does not take back entry %', NEW.id, NEW.reverses USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER entry_complete AFTER INSERT ON entry DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION entry_complete();

CREATE TABLE entry_hash (                  -- the chain: over the hash of the entry before, the entry and its lines
    number bigint PRIMARY KEY,
    hash   bytea NOT NULL CHECK (octet_length(hash) = 32)
);
CREATE TABLE correction (                  -- a counter-entry that one officer proposes and another lets be written
    id          uuid PRIMARY KEY,          -- subject of the counter-entry
    entry       uuid NOT NULL REFERENCES entry,
    authority   text NOT NULL,
    reason      text NOT NULL CHECK (reason ~ '\S'),
    proposed_by uuid NOT NULL,
    proposed_at timestamptz NOT NULL,
    status      text NOT NULL DEFAULT 'proposed' CHECK (status IN ('proposed', 'posted', 'declined')),
    decided_by  uuid,
    decided_at  timestamptz,
    CHECK ((status = 'proposed') = (decided_at IS NULL) AND (decided_at IS NULL) = (decided_by IS NULL)),
    CHECK (status <> 'posted' OR decided_by <> proposed_by)
);
CREATE UNIQUE INDEX correction_entry ON correction (entry) WHERE status <> 'declined';

CREATE TRIGGER period_append_only BEFORE UPDATE OR DELETE ON period FOR EACH STATEMENT EXECUTE FUNCTION append_only();
CREATE TRIGGER entry_hash_append_only BEFORE UPDATE OR DELETE ON entry_hash FOR EACH STATEMENT EXECUTE FUNCTION append_only();
CREATE TRIGGER entry_stays BEFORE TRUNCATE ON entry FOR EACH STATEMENT EXECUTE FUNCTION append_only();
CREATE TRIGGER posting_stays BEFORE TRUNCATE ON posting FOR EACH STATEMENT EXECUTE FUNCTION append_only();
CREATE TRIGGER period_stays BEFORE TRUNCATE ON period FOR EACH STATEMENT EXECUTE FUNCTION append_only();
CREATE TRIGGER entry_hash_stays BEFORE TRUNCATE ON entry_hash FOR EACH STATEMENT EXECUTE FUNCTION append_only();
