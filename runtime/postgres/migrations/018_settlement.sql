-- settlement (runtime/settlement) -------------------------------------------------------------------------------------------------------
-- What a provider says about a day, how it differs from the book, and who has signed the day off. A day that was signed off does not change.
CREATE TABLE settlement_day (
    provider   text NOT NULL,              -- third word of its accounts: clearing:AUTHORITY:PROVIDER
    day        date NOT NULL,
    looked_at  timestamptz NOT NULL,       -- when it was asked for last, in vain or not
    matched_at timestamptz,                -- when both sides were compared last
    failure    text NOT NULL DEFAULT '',   -- why it was asked in vain: what is missing or which line of the file is wrong
    file       bytea,                      -- the settlement file as it came
    sha256     bytea,
    signed_by  uuid REFERENCES person,
    signed_at  timestamptz,
    PRIMARY KEY (provider, day),
    CHECK ((file IS NULL) = (sha256 IS NULL)),
    CHECK ((signed_at IS NULL) = (signed_by IS NULL) AND (signed_at IS NULL OR matched_at IS NOT NULL AND failure = ''))
);
CREATE INDEX settlement_day_open ON settlement_day (provider, day) WHERE signed_at IS NULL;
CREATE TABLE settlement_line (
    provider    text NOT NULL,
    day         date NOT NULL,
    source      text NOT NULL CHECK (source IN ('list', 'file')),
    number      int  NOT NULL,
    kind        text NOT NULL CHECK (kind IN ('payment', 'refund', 'payout', 'return')),
    key         text NOT NULL,
    amount      bigint NOT NULL,           -- minor units; in above zero, out below
    currency    text NOT NULL,
    authority   text NOT NULL DEFAULT '',  -- of the movement of ours that it speaks of, '' = there is none
    application uuid,
    PRIMARY KEY (provider, day, source, number),
    FOREIGN KEY (provider, day) REFERENCES settlement_day
);
CREATE INDEX settlement_line_key ON settlement_line (provider, source, kind, key);
CREATE TABLE settlement_difference (
    id              uuid PRIMARY KEY,
    provider        text NOT NULL,
    day             date NOT NULL,
    source          text NOT NULL CHECK (source IN ('list', 'file')),
    what            text NOT NULL CHECK (what IN ('missing-here', 'missing-there', 'amount', 'currency', 'twice')),
    kind            text NOT NULL,
    key             text NOT NULL,
    line            int  NOT NULL,
    again           int  NOT NULL,
    ours            bigint NOT NULL,
    ours_currency   text NOT NULL,
    theirs          bigint NOT NULL,
    theirs_currency text NOT NULL,
    authority       text NOT NULL,
    application     uuid,
    owner           text NOT NULL,         -- capacity of who sees to it
    opened_at       timestamptz NOT NULL,
    closed_at       timestamptz,
    outcome         text NOT NULL DEFAULT '' CHECK (outcome IN ('', 'matched', 'explained')), -- matched: a later comparison found none
    closed_by       uuid REFERENCES person,
    reason          text NOT NULL DEFAULT '',
    FOREIGN KEY (provider, day) REFERENCES settlement_day,
    CHECK ((closed_at IS NULL) = (outcome = '')),
    CHECK ((outcome = 'explained') = (closed_by IS NOT NULL) AND (outcome = 'explained') = (reason ~ '\S'))
);
-- One that was explained is the same when it is found again; one that a comparison has closed may come back.
CREATE UNIQUE INDEX settlement_difference_one ON settlement_difference
    (provider, day, source, what, kind, key, again, ours, ours_currency, theirs, theirs_currency) WHERE outcome <> 'matched';
CREATE INDEX settlement_difference_open ON settlement_difference (opened_at, id) WHERE closed_at IS NULL;

CREATE FUNCTION settlement_day_stands() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.signed_at IS NOT NULL THEN
        RAISE EXCEPTION 'the day % of % was signed off', OLD.day, OLD.provider USING ERRCODE = 'restrict_violation';
    END IF;
    IF NEW.signed_at IS NOT NULL AND EXISTS (SELECT FROM diwan.settlement_difference d
        WHERE d.provider = NEW.provider AND d.day = NEW.day AND d.closed_at IS NULL) THEN
        RAISE EXCEPTION 'something is open on the day % of %', NEW.day, NEW.provider USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER settlement_day_stands BEFORE UPDATE ON settlement_day FOR EACH ROW EXECUTE FUNCTION settlement_day_stands();
CREATE TRIGGER settlement_day_stays BEFORE DELETE OR TRUNCATE ON settlement_day FOR EACH STATEMENT EXECUTE FUNCTION append_only();
-- What stands under a day is written by whoever holds its row: it cannot be signed off meanwhile.
CREATE FUNCTION settlement_part_stands() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM diwan.settlement_day d WHERE d.signed_at IS NOT NULL
        AND (d.provider = OLD.provider AND d.day = OLD.day OR d.provider = NEW.provider AND d.day = NEW.day)) THEN
        RAISE EXCEPTION 'the day was signed off' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN coalesce(NEW, OLD);
END $$;
CREATE TRIGGER settlement_line_stands BEFORE INSERT OR UPDATE OR DELETE ON settlement_line FOR EACH ROW EXECUTE FUNCTION settlement_part_stands();
CREATE TRIGGER settlement_difference_stands BEFORE INSERT OR UPDATE OR DELETE ON settlement_difference FOR EACH ROW EXECUTE FUNCTION settlement_part_stands();
CREATE TRIGGER settlement_line_stays BEFORE TRUNCATE ON settlement_line FOR EACH STATEMENT EXECUTE FUNCTION append_only();
CREATE TRIGGER settlement_difference_stays BEFORE TRUNCATE ON settlement_difference FOR EACH STATEMENT EXECUTE FUNCTION append_only();

-- payment (runtime/payment): what was paid beside the payment that counts is found by its checkout
CREATE INDEX refund_duplicate ON refund (reason) WHERE reason LIKE 'duplicate:%';
