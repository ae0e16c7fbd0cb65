-- What comes from outside, and applications that somebody or something else than the applicant begins.

-- identity ------------------------------------------------------------------------------------------------------------------------
-- Somebody who is known by national number and has never signed in has an empty issuer and the number as subject. Their first sign-in with
-- that number takes the row over, with everything that hangs on it.
CREATE INDEX person_number ON person ((facts->>'nationalNumber')) WHERE facts ? 'nationalNumber';

-- application ---------------------------------------------------------------------------------------------------------------------
ALTER TABLE application
    ADD COLUMN parent       uuid REFERENCES application, -- that has started it
    ADD COLUMN parent_node  text NOT NULL DEFAULT '',
    ADD COLUMN parent_visit int  NOT NULL DEFAULT 0,
    ADD COLUMN filled_by    uuid REFERENCES person;      -- officer who has filled it in; decides nothing in it
CREATE UNIQUE INDEX application_child ON application (parent, parent_node, parent_visit) WHERE parent IS NOT NULL;

CREATE TABLE awaited (                     -- what open applications wait for from outside, as their machines tell it
    application uuid NOT NULL REFERENCES application,
    node        text NOT NULL,             -- '' = wherever the application is
    visit       int  NOT NULL,
    event       text NOT NULL,             -- '' = the end of the service that the node has started
    about       text NOT NULL              -- '' = whatever it is about
);
CREATE INDEX awaited_event ON awaited (event, about, application) WHERE event <> '';
CREATE INDEX awaited_application ON awaited (application);

CREATE TABLE event (                       -- what other systems have told
    id          uuid PRIMARY KEY,
    authority   text NOT NULL,             -- that tells it, as its token attests
    source      text NOT NULL,             -- CloudEvents: source and id
    event       text NOT NULL,
    type        text NOT NULL,
    about       text NOT NULL,             -- whom or what it is about; '' where its declaration says nothing of that
    raw         bytea NOT NULL,            -- its data as they came
    data        jsonb NOT NULL,            -- the declared fields
    request     bytea NOT NULL,            -- SHA-256 of type and data
    received_at timestamptz NOT NULL,
    through     uuid NOT NULL DEFAULT '00000000-0000-0000-0000-000000000000', -- applications up to here have been told
    done_at     timestamptz,
    UNIQUE (authority, source, event)
);
CREATE INDEX event_done ON event (done_at) WHERE done_at IS NOT NULL;

CREATE TABLE draft (                       -- filled in for somebody: by an event until they agree, or by an officer at the counter
    id          uuid PRIMARY KEY,
    service     text NOT NULL,
    applicant   uuid NOT NULL REFERENCES person,
    officer     uuid REFERENCES person,    -- NULL: an event has begun it
    trigger     int  NOT NULL DEFAULT 0,   -- of the service, from 0
    event       uuid REFERENCES event ON DELETE SET NULL,
    form        jsonb NOT NULL,            -- answers as they would be typed; emptied when it is over
    language    text NOT NULL DEFAULT '',
    made_at     timestamptz NOT NULL,
    until       timestamptz NOT NULL,
    status      text NOT NULL DEFAULT 'open' CHECK (status IN ('open', 'sent', 'declined', 'lapsed')),
    application uuid REFERENCES application,
    UNIQUE (event, service, trigger)
);
CREATE INDEX draft_applicant ON draft (applicant, until) WHERE status = 'open';
CREATE INDEX draft_until ON draft (until) WHERE status = 'open';
