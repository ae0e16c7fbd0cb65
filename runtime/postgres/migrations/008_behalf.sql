-- Owned by runtime/application. Somebody who applies for another: in which capacity, and what was attested about them when they did.
ALTER TABLE application
    ADD COLUMN representative uuid REFERENCES person, -- NULL: the applicant applies
    ADD COLUMN behalf         jsonb,                  -- as, nationalNumber, name, birthDate
    ADD CHECK ((representative IS NULL) = (behalf IS NULL) AND representative <> applicant);
CREATE INDEX application_representative ON application (representative, submitted_at, id) WHERE representative IS NOT NULL;

ALTER TABLE draft
    ADD COLUMN representative uuid REFERENCES person, -- who fills it in for the applicant
    ADD COLUMN capacity       text,                   -- in which they do
    ADD CHECK ((representative IS NULL) = (capacity IS NULL) AND (representative IS NULL OR officer IS NULL));
CREATE INDEX draft_representative ON draft (representative, made_at) WHERE representative IS NOT NULL;

ALTER TABLE message ADD COLUMN beside uuid REFERENCES person; -- the representative, who reads what the applicant is told
CREATE INDEX message_beside ON message (beside, at DESC, id DESC) WHERE beside IS NOT NULL;
