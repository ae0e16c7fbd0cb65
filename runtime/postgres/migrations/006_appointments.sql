-- appointment (runtime/appointment) -----------------------------------------------------------------------------------------------
-- Times that officers have opened for a step, and who has booked them. How many a slot takes is the definition's; that it is never more is
-- the constraint's.
CREATE TABLE slot (
    id        uuid PRIMARY KEY,
    authority text NOT NULL,
    role      text NOT NULL,               -- authority:role whose officers hold it
    service   text NOT NULL,
    node      text NOT NULL,               -- key of the step
    place     text NOT NULL,
    starts_at timestamptz NOT NULL,
    ends_at   timestamptz NOT NULL CHECK (ends_at > starts_at),
    capacity  int NOT NULL CHECK (capacity > 0),
    taken     int NOT NULL DEFAULT 0 CHECK (taken BETWEEN 0 AND capacity),
    closed    boolean NOT NULL DEFAULT false, -- nobody may book it any more; who has booked it keeps it
    opened_by uuid NOT NULL,
    UNIQUE (service, node, place, starts_at)
);
CREATE INDEX slot_free ON slot (service, node, starts_at) WHERE NOT closed AND taken < capacity;
CREATE INDEX slot_day ON slot (role, starts_at);
CREATE TABLE booking (
    act         uuid PRIMARY KEY,          -- the act by which it was asked for
    slot        uuid NOT NULL REFERENCES slot,
    application uuid NOT NULL,
    reference   text NOT NULL,             -- of the application, as people say it
    node        text NOT NULL,
    visit       int  NOT NULL,
    status      text NOT NULL CHECK (status IN ('asked', 'booked', 'attended', 'missed', 'moved', 'released')), -- the last two have given their place back
    at          timestamptz NOT NULL
);
CREATE UNIQUE INDEX booking_one ON booking (application, node, visit) WHERE status = 'booked';
CREATE INDEX booking_application ON booking (application);
CREATE INDEX booking_slot ON booking (slot);
