-- round (runtime/round) -----------------------------------------------------------------------------------------------------------
-- Applications that wait for a closing day, are ranked together and given places. A round is one service and one first day; what was ranked
-- and what became of the places is written down once and never changed, so that it can be worked out again.
CREATE TABLE round (
    service   text NOT NULL,
    opens     text NOT NULL CHECK (opens ~ '^\d{4}-\d\d-\d\d$'),
    closes    text NOT NULL CHECK (closes ~ '^\d{4}-\d\d-\d\d$'), -- its last day
    authority text NOT NULL,
    plan      text NOT NULL REFERENCES plan,   -- whose terms count: of the first application, and once ranked those by which it was
    status    text NOT NULL DEFAULT 'open' CHECK (status IN ('open', 'ranked', 'over')),
    ranked_at timestamptz,
    over_at   timestamptz,
    PRIMARY KEY (service, opens)
);
CREATE INDEX round_authority ON round (authority, opens DESC);
CREATE INDEX round_live ON round (service, opens) WHERE status <> 'over';
CREATE TABLE round_entry (                 -- where each application stands in its round
    application  uuid PRIMARY KEY,
    service      text NOT NULL,
    opens        text NOT NULL,
    reference    text NOT NULL,
    plan         text NOT NULL,
    submitted_at timestamptz NOT NULL,
    -- applied: on its way to the step; waiting: for the closing day; taken: its place was used; back: its place was handed back; left: ended without one
    status       text NOT NULL DEFAULT 'applied' CHECK (status IN ('applied', 'waiting', 'placed', 'reserve', 'refused', 'taken', 'back', 'left')),
    node         text NOT NULL DEFAULT '',
    visit        int  NOT NULL DEFAULT 0,
    rank         text NOT NULL DEFAULT '',
    tie          text NOT NULL DEFAULT '',
    quotas       text[] NOT NULL DEFAULT '{}',
    position     int,                          -- by rank alone, once ranked
    place        text NOT NULL DEFAULT '',     -- quota whose place it has
    untold       text NOT NULL DEFAULT '',     -- what its application has yet to hear
    handed_on    boolean NOT NULL DEFAULT false, -- back: somebody else has the place, or nobody wants it
    FOREIGN KEY (service, opens) REFERENCES round
);
CREATE INDEX round_entry_status ON round_entry (service, opens, status, position);
CREATE INDEX round_entry_untold ON round_entry (service, opens) WHERE untold <> '';
CREATE INDEX round_entry_back ON round_entry (service, opens) WHERE status = 'back' AND NOT handed_on;
CREATE TABLE round_rank (                  -- what was ranked, and what each was given
    service      text NOT NULL,
    opens        text NOT NULL,
    position     int  NOT NULL,
    application  uuid NOT NULL,
    reference    text NOT NULL,
    plan         text NOT NULL,                -- whose formulas its rank comes from
    submitted_at timestamptz NOT NULL,
    rank         text NOT NULL,
    tie          text NOT NULL,
    quotas       text[] NOT NULL,
    outcome      text NOT NULL CHECK (outcome IN ('placed', 'reserve', 'refused')),
    place        text NOT NULL,
    why          text NOT NULL,
    PRIMARY KEY (service, opens, position),
    UNIQUE (service, opens, application)
);
CREATE TRIGGER round_rank_append_only BEFORE UPDATE OR DELETE ON round_rank FOR EACH STATEMENT EXECUTE FUNCTION append_only();
CREATE TABLE round_record (                -- a chain: ranked, each place that was handed back, over
    service text NOT NULL,
    opens   text NOT NULL,
    number  int  NOT NULL,
    kind    text NOT NULL CHECK (kind IN ('ranked', 'handed-back', 'over')),
    body    bytea NOT NULL,                    -- JSON, as it was hashed
    hash    bytea NOT NULL,                    -- SHA-256 over the hash before and the body
    at      timestamptz NOT NULL,
    PRIMARY KEY (service, opens, number)
);
CREATE TRIGGER round_record_append_only BEFORE UPDATE OR DELETE ON round_record FOR EACH STATEMENT EXECUTE FUNCTION append_only();
