-- What officers need beside the queue. The owner of every table is application (runtime/application) unless it is said otherwise.

ALTER TABLE answer ADD COLUMN labels jsonb NOT NULL DEFAULT '{}'; -- of what somebody filled in, as in application

ALTER TABLE task ADD COLUMN from_at timestamptz;       -- nobody may act before
ALTER TABLE task ADD COLUMN claimed_by uuid REFERENCES person; -- who works on it: nobody else decides until claimed_until
ALTER TABLE task ADD COLUMN claimed_until timestamptz;
ALTER TABLE task ADD CHECK ((claimed_by IS NULL) = (claimed_until IS NULL));
ALTER TABLE act ADD COLUMN on_behalf uuid;             -- the officer whose role the actor held by delegation

CREATE TABLE vote (                                    -- of the members of a panel; how they voted stands in the act
    application uuid NOT NULL REFERENCES application,
    node        text NOT NULL,
    visit       int  NOT NULL,
    actor       text NOT NULL,
    act         uuid NOT NULL REFERENCES act,
    at          timestamptz NOT NULL,
    PRIMARY KEY (application, node, visit, actor)      -- everybody votes once
);
CREATE TABLE recusal (                                 -- who must not decide on an application
    application uuid NOT NULL REFERENCES application,
    person      uuid NOT NULL REFERENCES person,
    reason      text NOT NULL,                         -- for the officers' eyes
    at          timestamptz NOT NULL,
    PRIMARY KEY (application, person)
);

-- identity (runtime/identity): who may act in another's role for a while
CREATE TABLE delegation (
    id          uuid PRIMARY KEY,
    capacity    text NOT NULL,                         -- authority:role; it counts while who gave it holds it
    from_person uuid NOT NULL REFERENCES person,
    to_person   uuid NOT NULL REFERENCES person,
    since       timestamptz NOT NULL,
    until       timestamptz NOT NULL,
    made_at     timestamptz NOT NULL DEFAULT now(),
    ended_at    timestamptz,                           -- taken back before its time
    CHECK (since < until AND from_person <> to_person)
);
CREATE INDEX delegation_to ON delegation (to_person, until);
CREATE INDEX delegation_from ON delegation (from_person, until);
CREATE INDEX person_capacities ON person USING gin (capacities) WHERE capacities <> '{}';
