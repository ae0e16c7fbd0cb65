-- An application can be withdrawn together with the one that has started it. What is there already holds to the narrower rule before: it need not be read.
ALTER TABLE timeline DROP CONSTRAINT timeline_actor_check;
ALTER TABLE timeline ADD CONSTRAINT timeline_actor_check CHECK (actor IN ('', 'applicant', 'officer', 'party', 'gateway', 'parent', 'system')) NOT VALID;
