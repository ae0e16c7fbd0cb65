-- four eyes (runtime/proposal) ----------------------------------------------------------------------------------------------------------
CREATE TABLE proposal (                    -- what one officer proposes and another lets happen
    id          uuid PRIMARY KEY,
    kind        text NOT NULL,
    subject     uuid NOT NULL,             -- what it is about
    authority   text NOT NULL,
    reason      text NOT NULL CHECK (reason ~ '\S'),
    detail      jsonb NOT NULL DEFAULT '{}',
    proposed_by uuid NOT NULL,
    proposed_at timestamptz NOT NULL,
    status      text NOT NULL DEFAULT 'proposed' CHECK (status IN ('proposed', 'approved', 'declined')),
    decided_by  uuid,
    decided_at  timestamptz,
    CHECK ((status = 'proposed') = (decided_at IS NULL) AND (decided_at IS NULL) = (decided_by IS NULL)),
    CHECK (status <> 'approved' OR decided_by <> proposed_by)
);
CREATE UNIQUE INDEX proposal_open ON proposal (kind, subject) WHERE status = 'proposed';
CREATE INDEX proposal_waiting ON proposal (authority, kind, proposed_at) WHERE status = 'proposed';
CREATE INDEX proposal_subject ON proposal (subject);

-- tills (runtime/till) ------------------------------------------------------------------------------------------------------------------
CREATE TABLE till (                        -- a till from when a clerk opens it until it is closed
    id         uuid PRIMARY KEY,
    authority  text NOT NULL,
    number     int  NOT NULL CHECK (number BETWEEN 1 AND 999), -- as it stands on the drawer; its account is clearing:AUTHORITY:till-NUMBER
    clerk      uuid NOT NULL REFERENCES person,
    status     text NOT NULL DEFAULT 'open' CHECK (status IN ('open', 'counted', 'closed')), -- counted: a colleague is to look at the difference
    opened_at  timestamptz NOT NULL,
    counted_at timestamptz,
    closed_at  timestamptz,
    CHECK ((status = 'open') = (counted_at IS NULL) AND (status = 'closed') = (closed_at IS NOT NULL))
);
CREATE UNIQUE INDEX till_clerk ON till (clerk) WHERE status <> 'closed';
CREATE UNIQUE INDEX till_number ON till (authority, number) WHERE status <> 'closed';
CREATE INDEX till_authority ON till (authority, opened_at DESC);
CREATE TABLE till_cash (                   -- in minor units
    till     uuid NOT NULL REFERENCES till,
    currency text NOT NULL CHECK (currency ~ '^[A-Z]{3}$'),
    float    bigint NOT NULL CHECK (float >= 0),    -- counted when it was opened
    expected bigint,                                -- when it was counted
    counted  bigint CHECK (counted >= 0),
    pieces   jsonb NOT NULL DEFAULT '{}',           -- of which value so many, where it was counted piece by piece
    PRIMARY KEY (till, currency),
    CHECK ((expected IS NULL) = (counted IS NULL))
);
CREATE TABLE till_taking (                 -- a payment that was made in cash
    id          uuid PRIMARY KEY,          -- subject of its entry; the key that the page gave it
    till        uuid NOT NULL REFERENCES till,
    place       int  NOT NULL,             -- the how-manieth of its till
    payment     uuid NOT NULL REFERENCES payment,
    application uuid NOT NULL,
    amount      bigint NOT NULL CHECK (amount > 0),
    currency    text NOT NULL,
    tendered    bigint NOT NULL CHECK (tendered >= amount),
    receipt     text NOT NULL,             -- its number, which stays taken when the payment is voided
    at          timestamptz NOT NULL,
    voided_at   timestamptz,
    UNIQUE (till, place),
    FOREIGN KEY (till, currency) REFERENCES till_cash
);
CREATE UNIQUE INDEX till_taking_payment ON till_taking (payment) WHERE voided_at IS NULL;
CREATE TABLE till_difference (             -- a task for an accountant until somebody has said what is to be said
    id        uuid PRIMARY KEY,            -- subject of its entry
    till      uuid NOT NULL,
    currency  text NOT NULL,
    amount    bigint NOT NULL CHECK (amount <> 0), -- above zero there was too much
    authority text NOT NULL,
    owner     text NOT NULL,               -- capacity of who sees to it
    opened_at timestamptz NOT NULL,
    closed_at timestamptz,
    closed_by uuid REFERENCES person,
    reason    text NOT NULL DEFAULT '',
    UNIQUE (till, currency),
    FOREIGN KEY (till, currency) REFERENCES till_cash,
    CHECK ((closed_at IS NULL) = (closed_by IS NULL) AND (closed_at IS NULL) = (reason !~ '\S'))
);
CREATE INDEX till_difference_open ON till_difference (authority, opened_at) WHERE closed_at IS NULL;
CREATE TABLE till_deposit (                -- what a till has taken, brought to the bank
    id       uuid PRIMARY KEY,             -- subject of its entry
    till     uuid NOT NULL,
    currency text NOT NULL,
    amount   bigint NOT NULL CHECK (amount > 0),
    slip     text NOT NULL CHECK (slip ~ '\S'),
    by       uuid NOT NULL REFERENCES person,
    at       timestamptz NOT NULL,
    UNIQUE (till, currency),
    FOREIGN KEY (till, currency) REFERENCES till_cash
);

-- payment (runtime/payment): one that was made in cash and voided is due again, and its application has been told that it was paid
ALTER TABLE payment ADD voided int NOT NULL DEFAULT 0;
ALTER TABLE money_incident
    DROP CONSTRAINT money_incident_kind_check,
    ADD CONSTRAINT money_incident_kind_check CHECK (kind IN ('refund-refused', 'payout-returned', 'payout-unwanted', 'cash-voided'));

-- ledger (runtime/ledger): what a till has too much or too little
ALTER TABLE posting
    DROP CONSTRAINT posting_chart,
    ADD CONSTRAINT posting_chart CHECK (account = 'clearing:gateway' OR account ~
        '^((receivable|payable|refunds|over-short):[^:]+|(clearing|revenue|deposit|deposit-due|expense|due-from|due-to):[^:]+:[^:]+)$');
