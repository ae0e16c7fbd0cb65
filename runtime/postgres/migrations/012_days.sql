-- application (runtime/application): what a day of a right begins -----------------------------------------------------------------
-- The days on which rights begin a service, worked out when a right is granted or changed, so that ten million rights cost a day only those
-- that are due. A row stays when it is done: each right and day begins a service once.
CREATE TABLE right_day (
    number  text NOT NULL,                 -- of the right
    service text NOT NULL,
    trigger text NOT NULL,                 -- which of the service's, by what it says
    day     text NOT NULL CHECK (day ~ '^\d{4}-\d\d-\d\d$'),
    done_at timestamptz,
    result  text NOT NULL DEFAULT '',      -- begun, or a code of why not
    PRIMARY KEY (number, service, trigger, day)
);
CREATE INDEX right_day_due ON right_day (day, number) WHERE done_at IS NULL;
CREATE INDEX right_day_trigger ON right_day (service, trigger) WHERE done_at IS NULL;
CREATE TABLE right_scan (                  -- how far the rights that were there before a trigger have been looked at
    service text NOT NULL,
    trigger text NOT NULL,
    code    text NOT NULL,                 -- of the right
    through text NOT NULL DEFAULT '',      -- rights up to here, by number
    done_at timestamptz,
    PRIMARY KEY (service, trigger)
);
ALTER TABLE draft ADD COLUMN right_number text, ADD COLUMN right_trigger text, ADD COLUMN right_day text; -- a day of a right has begun it
CREATE UNIQUE INDEX draft_right ON draft (right_number, service, right_trigger, right_day) WHERE right_number IS NOT NULL;
-- right (runtime/right)
CREATE INDEX right_code ON "right" (code, number);
