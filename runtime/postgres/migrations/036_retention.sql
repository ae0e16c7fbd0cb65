-- application (runtime/application): what is kept no longer ------------------------------------------------------------------------------
ALTER TABLE application
    ADD erased_at timestamptz,                  -- what was personal of it is gone
    ADD erased_by text NOT NULL DEFAULT '',     -- by which rule: 5 years after end
    ADD CHECK (erased_at IS NULL OR status = 'ended');
CREATE INDEX application_kept ON application (service, ended_at, id) WHERE status = 'ended' AND erased_at IS NULL;

-- identity (runtime/identity): whoever was an officer stays known, since the audit names them
ALTER TABLE person ADD officer boolean NOT NULL DEFAULT false;
UPDATE person SET officer = true WHERE capacities <> '{}';
CREATE FUNCTION person_officer() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.officer := NEW.officer OR NEW.capacities <> '{}';
    RETURN NEW;
END $$;
CREATE TRIGGER person_officer BEFORE INSERT OR UPDATE OF capacities ON person FOR EACH ROW EXECUTE FUNCTION person_officer();

-- document (runtime/document): papers of erased applications go when they are no longer valid
CREATE INDEX application_key_erased ON application_key (application) WHERE key = '';
