-- What a change has taken over of releases that came after the one it was begun on. Owner: change (runtime/change).
CREATE TABLE change_taking (
    change uuid NOT NULL REFERENCES change,
    number int NOT NULL,                     -- 1, 2, … of the change
    before bigint NOT NULL REFERENCES release, -- on which it rested
    base   bigint NOT NULL REFERENCES release, -- on which it rests since
    files  jsonb NOT NULL,                   -- path → version of the file, with the edit by which it was joined
    author uuid NOT NULL REFERENCES person,
    at     timestamptz NOT NULL,
    back   boolean NOT NULL DEFAULT false,   -- it was taken back
    PRIMARY KEY (change, number)
);
