-- Everything of ours lives in the schema diwan; Temporal's own tables stand in temporal and temporal_visibility.
-- Who owns a table is said beside it: no other package names it in SQL.

-- release -------------------------------------------------------------------------------------------------------------------------
CREATE TABLE release (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    digest      text NOT NULL UNIQUE,
    catalogue   text NOT NULL,
    files       jsonb NOT NULL,           -- path → text of every file, as read
    reference   jsonb NOT NULL,           -- tariffs, calendars, registries, authorities as the runtime needs them
    released_at timestamptz NOT NULL DEFAULT now()
);
CREATE TABLE plan (
    digest     text PRIMARY KEY,
    service    text NOT NULL,
    body       bytea NOT NULL,            -- canonical bytes; immutable
    created_at timestamptz NOT NULL DEFAULT now()
);
CREATE TABLE texts (
    digest     text PRIMARY KEY,
    service    text NOT NULL,
    body       bytea NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now()
);
CREATE TABLE release_service (
    release bigint NOT NULL REFERENCES release,
    service text   NOT NULL,
    plan    text   NOT NULL REFERENCES plan,
    texts   text   NOT NULL REFERENCES texts,
    PRIMARY KEY (release, service)
);

-- identity ------------------------------------------------------------------------------------------------------------------------
CREATE TABLE person (
    id              uuid PRIMARY KEY,
    issuer          text NOT NULL,
    subject         text NOT NULL,
    facts           jsonb NOT NULL,       -- name, nationalNumber, birthDate, sex: as attested at the last sign-in
    capacities      text[] NOT NULL DEFAULT '{}', -- authority:role
    seen_at         timestamptz NOT NULL DEFAULT now(),
    UNIQUE (issuer, subject)
);
CREATE TABLE sessions (                   -- alexedwards/scs
    token  text PRIMARY KEY,
    data   bytea NOT NULL,
    expiry timestamptz NOT NULL
);
CREATE INDEX sessions_expiry ON sessions (expiry);

-- application ---------------------------------------------------------------------------------------------------------------------
CREATE TABLE application (
    id           uuid PRIMARY KEY,
    reference    text NOT NULL UNIQUE,    -- what people say and write
    service      text NOT NULL,
    authority    text NOT NULL,
    applicant    uuid NOT NULL REFERENCES person,
    release      bigint NOT NULL REFERENCES release,
    plan         text NOT NULL REFERENCES plan,
    texts        text NOT NULL REFERENCES texts,
    language     text NOT NULL,
    status       text NOT NULL CHECK (status IN ('received', 'open', 'waiting', 'ended')),
    node         text NOT NULL DEFAULT '',
    outcome      text NOT NULL DEFAULT '',
    reason       text NOT NULL DEFAULT '', -- key of a text
    sequence     int  NOT NULL DEFAULT 0,  -- steps of the machine that were applied
    form         jsonb NOT NULL,           -- normalised, hidden values dropped
    labels       jsonb NOT NULL DEFAULT '{}', -- of answers chosen among records: field/value → label, as the registry said it then
    facts        jsonb NOT NULL,           -- facts of the applicant at submission
    tariff       jsonb,                    -- what the plan reads of its tariff, as it stood at submission
    answer       jsonb,                    -- of an enquiry
    submitted_at timestamptz NOT NULL,
    ended_at     timestamptz,
    key          text NOT NULL,            -- idempotency key of the submission
    request      bytea NOT NULL,           -- SHA-256 of the submission's canonical body
    UNIQUE (applicant, key),
    CHECK ((status = 'ended') = (outcome <> ''))
);
CREATE INDEX application_applicant ON application (applicant, submitted_at, id);
CREATE INDEX application_open ON application (authority, service) WHERE status <> 'ended';
CREATE INDEX application_received ON application (submitted_at) WHERE status = 'received';
CREATE INDEX application_unended ON application (id) INCLUDE (plan) WHERE status <> 'ended';
CREATE TABLE application_form (            -- every form as it was submitted or corrected
    application uuid NOT NULL REFERENCES application,
    version     int NOT NULL,
    act         uuid,
    form        jsonb NOT NULL,
    at          timestamptz NOT NULL,
    PRIMARY KEY (application, version)
);
CREATE TABLE answer (                      -- whole answers of registries
    application uuid NOT NULL REFERENCES application,
    node        text NOT NULL,
    visit       int  NOT NULL,
    found       boolean NOT NULL,
    body        jsonb NOT NULL,
    at          timestamptz NOT NULL,
    PRIMARY KEY (application, node, visit)
);
CREATE TABLE timeline (
    application uuid NOT NULL REFERENCES application,
    position    int  NOT NULL,
    at          timestamptz NOT NULL,
    kind        text NOT NULL,             -- submitted, entered, done, task, escalated, paid, issued, refunded, ended, comment
    step        text NOT NULL DEFAULT '',
    visit       int  NOT NULL DEFAULT 0,
    outcome     text NOT NULL DEFAULT '',
    actor       text NOT NULL DEFAULT '' CHECK (actor IN ('', 'applicant', 'officer', 'gateway', 'system')),
    comment     text NOT NULL DEFAULT '',
    PRIMARY KEY (application, position)
);
CREATE TABLE task (
    id          uuid PRIMARY KEY,
    application uuid NOT NULL REFERENCES application,
    node        text NOT NULL,
    step        text NOT NULL,
    visit       int  NOT NULL,
    kind        text NOT NULL,             -- review, correct, incident
    role        text NOT NULL,             -- authority:role, or applicant
    actions     text[] NOT NULL,
    comment     text[] NOT NULL DEFAULT '{}',
    frozen      text[] NOT NULL DEFAULT '{}',
    reason      text NOT NULL DEFAULT '',  -- code of an incident
    detail      text NOT NULL DEFAULT '',  -- what of the definition or the tariff it is about, never of the case
    revision    int  NOT NULL,
    opened_at   timestamptz NOT NULL,
    due_at      timestamptz,
    overdue     boolean NOT NULL DEFAULT false,
    closed_at   timestamptz,
    outcome     text NOT NULL DEFAULT '',
    UNIQUE (application, node, visit)
);
CREATE INDEX task_queue ON task (role, (NOT overdue), opened_at, id) WHERE closed_at IS NULL;
CREATE INDEX task_application ON task (application);
CREATE TABLE act (
    id          uuid PRIMARY KEY,
    application uuid NOT NULL REFERENCES application,
    actor       text NOT NULL,             -- person ID, or gateway
    key         text NOT NULL,             -- idempotency key of the caller
    request     bytea NOT NULL,            -- SHA-256 of the request's canonical body
    node        text NOT NULL DEFAULT '',
    visit       int  NOT NULL DEFAULT 0,
    revision    int  NOT NULL DEFAULT 0,
    action      text NOT NULL,
    capacities  text[] NOT NULL,
    comment     text NOT NULL DEFAULT '',
    reference   text NOT NULL DEFAULT '',  -- what it speaks of, such as a payment
    data        jsonb,                     -- corrected form
    labels      jsonb NOT NULL DEFAULT '{}', -- of its answers, as in application
    at          timestamptz NOT NULL,
    result      text,                      -- NULL = not yet known, '' = took effect, else the code of the refusal
    sequence    int NOT NULL DEFAULT 0,    -- as which step of the machine it took effect
    UNIQUE (application, actor, key)
);
CREATE TABLE register_number (             -- gap-free numbers of registers
    authority text NOT NULL,
    register  text NOT NULL,
    year      int  NOT NULL,
    last      bigint NOT NULL,
    PRIMARY KEY (authority, register, year)
);

-- outbox --------------------------------------------------------------------------------------------------------------------------
CREATE TABLE outbox (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    kind        text NOT NULL,             -- start, act, refund
    subject     text NOT NULL,             -- application, act or refund ID
    lane        text NOT NULL DEFAULT '',  -- rows of one lane (an application) are delivered one by one, in the order of id
    payload     jsonb NOT NULL DEFAULT '{}',
    attempts    int NOT NULL DEFAULT 0,
    next_at     timestamptz NOT NULL DEFAULT now(),
    leased_by   text NOT NULL DEFAULT '',
    done_at     timestamptz,
    error       text NOT NULL DEFAULT '',  -- a code; never personal data
    UNIQUE (kind, subject)
);
CREATE INDEX outbox_due ON outbox (next_at) WHERE done_at IS NULL;
CREATE INDEX outbox_lane ON outbox (lane, id) WHERE done_at IS NULL AND lane <> '';
CREATE INDEX outbox_done ON outbox (done_at) WHERE done_at IS NOT NULL;

-- payment -------------------------------------------------------------------------------------------------------------------------
CREATE TABLE assessment (
    id          uuid PRIMARY KEY,
    application uuid NOT NULL,
    node        text NOT NULL,
    visit       int  NOT NULL,
    currency    text NOT NULL,
    lines       jsonb NOT NULL,            -- [{fee, amount}] in minor units
    total       bigint NOT NULL,
    tariff      text NOT NULL,
    at          timestamptz NOT NULL,
    UNIQUE (application, node, visit)
);
CREATE TABLE payment (
    id          uuid PRIMARY KEY,
    assessment  uuid NOT NULL REFERENCES assessment,
    application uuid NOT NULL,
    node        text NOT NULL,
    visit       int  NOT NULL,
    authority   text NOT NULL,
    amount      bigint NOT NULL CHECK (amount > 0), -- minor units
    currency    text NOT NULL,
    status      text NOT NULL CHECK (status IN ('due', 'paid', 'cancelled', 'refunding', 'refunded')),
    checkout    text NOT NULL DEFAULT '',  -- ID at the gateway
    checkout_url text NOT NULL DEFAULT '',
    attempt     int NOT NULL DEFAULT 0,
    due_at      timestamptz,
    paid_at     timestamptz,
    UNIQUE (application, node, visit)
);
CREATE INDEX payment_checkout ON payment (checkout) WHERE checkout <> '';
CREATE INDEX payment_unconfirmed ON payment (id) WHERE paid_at IS NULL AND checkout_url <> '';
CREATE TABLE gateway_event (               -- stored raw before anything else happens
    event       text PRIMARY KEY,
    body        bytea NOT NULL,
    received_at timestamptz NOT NULL DEFAULT now(),
    result      text NOT NULL DEFAULT ''
);
CREATE TABLE refund (
    id          uuid PRIMARY KEY,
    payment     uuid NOT NULL REFERENCES payment,
    application uuid NOT NULL,
    amount      bigint NOT NULL CHECK (amount > 0),
    currency    text NOT NULL,
    reason      text NOT NULL,             -- outcome that led to it
    lines       jsonb NOT NULL,
    status      text NOT NULL CHECK (status IN ('requested', 'done')),
    at          timestamptz NOT NULL,
    done_at     timestamptz,
    UNIQUE (payment, reason)
);

-- ledger --------------------------------------------------------------------------------------------------------------------------
CREATE TABLE entry (
    id          uuid PRIMARY KEY,
    kind        text NOT NULL,             -- assessed, received, cancelled, refund-due, refunded
    subject     uuid NOT NULL,             -- assessment, payment or refund
    application uuid NOT NULL,
    at          timestamptz NOT NULL,
    UNIQUE (kind, subject)
);
CREATE INDEX entry_application ON entry (application);
CREATE TABLE posting (
    entry    uuid NOT NULL REFERENCES entry,
    line     int NOT NULL,
    account  text NOT NULL,                -- receivable:transport, revenue:transport:renewal, clearing:gateway, refunds:transport
    amount   bigint NOT NULL CHECK (amount <> 0), -- minor units; debit positive, credit negative
    currency text NOT NULL,
    PRIMARY KEY (entry, line)
);
CREATE INDEX posting_account ON posting (account, currency);
CREATE FUNCTION entry_balances() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM posting WHERE entry = NEW.entry GROUP BY currency HAVING sum(amount) <> 0) THEN
        RAISE EXCEPTION 'entry % does not sum to zero', NEW.entry USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER posting_balances AFTER INSERT ON posting DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION entry_balances();
CREATE FUNCTION append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER entry_append_only BEFORE UPDATE OR DELETE ON entry FOR EACH STATEMENT EXECUTE FUNCTION append_only();
CREATE TRIGGER posting_append_only BEFORE UPDATE OR DELETE ON posting FOR EACH STATEMENT EXECUTE FUNCTION append_only();

-- document ------------------------------------------------------------------------------------------------------------------------
CREATE TABLE file (                        -- bodies lie outside, encrypted; the key is here, so that erasure is forgetting it
    id         uuid PRIMARY KEY,
    sha256     bytea NOT NULL,             -- of the clear body
    size       bigint NOT NULL,
    media_type text NOT NULL,
    key        bytea NOT NULL,             -- data key, wrapped by the master key
    at         timestamptz NOT NULL DEFAULT now()
);
CREATE TABLE upload (
    id          uuid PRIMARY KEY REFERENCES file,
    owner       uuid NOT NULL REFERENCES person,
    name        text NOT NULL,
    application uuid,                      -- set when a form that names it is submitted
    at          timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX upload_unclaimed ON upload (owner) WHERE application IS NULL;
CREATE TABLE document (
    id          text PRIMARY KEY,          -- 128 random bits, base32: also its public verification ID
    application uuid NOT NULL,
    node        text NOT NULL,
    visit       int NOT NULL,
    code        text NOT NULL,
    authority   text NOT NULL,
    number      text NOT NULL,
    title       jsonb NOT NULL,
    record      text NOT NULL,             -- compact JWS over what the paper says (hash of the file, number, issuer, dates)
    file        uuid NOT NULL REFERENCES file,
    sha256      bytea NOT NULL,
    status      text NOT NULL DEFAULT 'issued',
    issued_at   timestamptz NOT NULL,
    valid_until date,
    UNIQUE (application, node, visit),
    UNIQUE (authority, number)
);
CREATE INDEX document_sha256 ON document (sha256);

-- audit ---------------------------------------------------------------------------------------------------------------------------
CREATE TABLE audit (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at          timestamptz NOT NULL DEFAULT now(),
    authority   text NOT NULL,
    actor       text NOT NULL,             -- opaque
    action      text NOT NULL,             -- read, act, download, verify, sign-in, release
    subject     text NOT NULL,
    detail      jsonb NOT NULL DEFAULT '{}'
);
CREATE INDEX audit_authority ON audit (authority, id);
CREATE TABLE audit_seal (                  -- a hash chain for each authority over batches of rows, made by one sealer
    authority  text NOT NULL,
    position   bigint NOT NULL,
    first      bigint NOT NULL,
    last       bigint NOT NULL,
    hash       bytea NOT NULL,             -- SHA-256 over the previous hash and the rows
    at         timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (authority, position)
);
CREATE TRIGGER audit_append_only BEFORE UPDATE OR DELETE ON audit FOR EACH STATEMENT EXECUTE FUNCTION append_only();
CREATE TRIGGER audit_seal_append_only BEFORE UPDATE OR DELETE ON audit_seal FOR EACH STATEMENT EXECUTE FUNCTION append_only();

-- idempotency of POSTs that are not acts --------------------------------------------------------------------------------------------
CREATE TABLE idempotency (                 -- owner: application (runtime/application)
    actor    text NOT NULL,
    key      text NOT NULL,
    route    text NOT NULL,
    request  bytea NOT NULL,               -- SHA-256 of the body
    status   int NOT NULL DEFAULT 0,       -- 0 = under way
    body     bytea NOT NULL DEFAULT '',
    at       timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (actor, key)
);
