-- An application that stands still, when it goes on by itself, and who may resume it before: authority:role.
ALTER TABLE application ADD suspended_until timestamptz, ADD suspended_by text;
CREATE INDEX application_suspended ON application (suspended_by, suspended_until) WHERE suspended_by IS NOT NULL;
