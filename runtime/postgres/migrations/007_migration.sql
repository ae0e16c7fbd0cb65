-- migration -----------------------------------------------------------------------------------------------------------------------
-- Open applications that are to go on by another plan of their service. Owner: runtime/migration.
CREATE TABLE migration (
    id           uuid PRIMARY KEY,
    service      text NOT NULL,
    plan         text NOT NULL REFERENCES plan, -- by which they are to go on
    proposed_by  uuid NOT NULL,
    proposed_at  timestamptz NOT NULL,
    approved_by  uuid CHECK (approved_by <> proposed_by), -- four eyes
    approved_at  timestamptz,
    ended_at     timestamptz                    -- all were moved that could be, or it was called off
);
CREATE UNIQUE INDEX migration_open ON migration (service) WHERE ended_at IS NULL;
CREATE TABLE migration_item (
    migration   uuid NOT NULL REFERENCES migration,
    application uuid NOT NULL,
    status      text NOT NULL DEFAULT 'unchecked' CHECK (status IN ('unchecked', 'movable', 'hindered', 'moved', 'ended', 'unreachable')),
    obstacles   jsonb NOT NULL DEFAULT '[]',   -- codes of the definition, never of the case
    notes       jsonb NOT NULL DEFAULT '[]',
    attempts    int NOT NULL DEFAULT 0,
    at          timestamptz,                   -- of the last look at it
    PRIMARY KEY (migration, application)
);
CREATE INDEX migration_item_status ON migration_item (migration, status, application);
