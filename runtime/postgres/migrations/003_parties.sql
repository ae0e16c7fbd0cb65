-- Other parties: people who are asked, told or heard in an application that is not theirs. Owner of every table here: application
-- (runtime/application).

-- Who is asked at a task of the role person. The national number stands here and in the form that named it, never in task, act or the
-- audit, where officers read: there the role is the word person.
CREATE TABLE invitation (
    task   uuid PRIMARY KEY REFERENCES task,
    number text NOT NULL CHECK (number <> ''),
    token  text NOT NULL UNIQUE            -- 130 random bits: of the link that the applicant may pass on; it opens nothing by itself
);
CREATE INDEX invitation_number ON invitation (number);

-- What somebody is told by a step: once for (application, node, visit). The words are in the texts of the application, under the step.
CREATE TABLE message (
    id          uuid PRIMARY KEY,
    application uuid NOT NULL REFERENCES application,
    node        text NOT NULL,
    visit       int  NOT NULL,
    step        text NOT NULL,
    person      uuid REFERENCES person,    -- the applicant, or
    number      text,                      -- whoever has this national number, or
    role        text,                      -- the holders of authority:role
    at          timestamptz NOT NULL,
    UNIQUE (application, node, visit),
    CHECK (num_nonnulls(person, number, role) = 1)
);
CREATE INDEX message_person ON message (person, at DESC, id DESC) WHERE person IS NOT NULL;
CREATE INDEX message_number ON message (number, at DESC, id DESC) WHERE number IS NOT NULL;
CREATE INDEX message_role ON message (role, at DESC, id DESC) WHERE role IS NOT NULL;
CREATE TABLE message_read (                -- each holder of a role reads for themself
    message uuid NOT NULL REFERENCES message,
    person  uuid NOT NULL REFERENCES person,
    at      timestamptz NOT NULL,
    PRIMARY KEY (message, person)
);

-- What the public has said at a task of the role public: each person once. Where the definition has a triage, it waits until an officer has
-- taken it or set it aside; only what is taken reaches the machine, and only its published fields are read by others.
CREATE TABLE statement (
    id         uuid PRIMARY KEY,
    task       uuid NOT NULL REFERENCES task,
    person     uuid NOT NULL REFERENCES person,
    action     text NOT NULL,
    data       jsonb,
    comment    text NOT NULL DEFAULT '',
    at         timestamptz NOT NULL,
    role       text NOT NULL DEFAULT '',   -- authority:role that looks at it; "" where nobody has to
    state      text NOT NULL CHECK (state IN ('waiting', 'taken', 'setAside')),
    reason     text NOT NULL DEFAULT '',   -- why it was set aside, in the officer's words, for whoever wrote it
    decided_by uuid REFERENCES person,     -- the officer; NULL where nobody had to look, or time was over
    decided_at timestamptz,
    UNIQUE (task, person)
);
CREATE INDEX statement_waiting ON statement (role, at, id) WHERE state = 'waiting';
CREATE INDEX statement_due ON statement (task) WHERE state = 'waiting';

ALTER TABLE timeline DROP CONSTRAINT timeline_actor_check;
ALTER TABLE timeline ADD CONSTRAINT timeline_actor_check CHECK (actor IN ('', 'applicant', 'officer', 'party', 'gateway', 'system'));
