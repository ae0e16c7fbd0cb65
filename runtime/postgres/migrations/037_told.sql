-- application (runtime/application): what an applicant is told that no step says ---------------------------------------------------------------------
ALTER TABLE message ADD topic text NOT NULL DEFAULT ''; -- key of the pages' own words; '' = the words of the step
-- delivery (runtime/delivery): who is to collect a paper is reminded once of the time that is left -----------------------------------------------------
ALTER TABLE collection ADD reminded_at timestamptz;
