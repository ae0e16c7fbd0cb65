-- application (runtime/application): tasks that go to somebody of their role --------------------------------------------------------
ALTER TABLE task ADD COLUMN assigned text NOT NULL DEFAULT '' CHECK (assigned IN ('', 'load', 'turns')); -- how claimed_by came to have it; '' = they took it
CREATE INDEX task_claimed ON task (claimed_by) WHERE closed_at IS NULL AND claimed_by IS NOT NULL;
CREATE SEQUENCE assignment_turn;
CREATE TABLE assignment (                  -- when an officer was last given a task of a role
    role   text NOT NULL,
    person uuid NOT NULL REFERENCES person,
    turn   bigint NOT NULL,
    PRIMARY KEY (role, person)
);
