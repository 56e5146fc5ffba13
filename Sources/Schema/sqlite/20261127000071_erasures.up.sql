-- Who was erased, for thirty days: a keyed hash of who it was, never an id.
CREATE TABLE erased_people (
    hash TEXT PRIMARY KEY NOT NULL,
    erased_at TEXT NOT NULL
) STRICT;
CREATE INDEX idx_erased_people_erased_at ON erased_people (erased_at);

-- Erasures, how far each is, and what went. Whom one is of stands here for as long as it lasts. One that a log beside the database
-- told of knows hashes alone until it has found whose they are.
CREATE TABLE erasures (
    id TEXT PRIMARY KEY NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('searching', 'running', 'done')),
    hashes TEXT,
    people TEXT,
    counts TEXT NOT NULL DEFAULT '{}',
    is_logged INTEGER NOT NULL CHECK (is_logged IN (0, 1)),
    requested_at TEXT NOT NULL,
    finished_at TEXT,
    CHECK ((state = 'done') = (hashes IS NULL)),
    CHECK ((state = 'running') = (people IS NOT NULL)),
    CHECK ((state = 'done') = (finished_at IS NOT NULL))
) STRICT;
CREATE UNIQUE INDEX one_erasure_per_person ON erasures (hashes) WHERE state = 'running';
CREATE INDEX idx_erasures_open ON erasures (requested_at) WHERE state <> 'done';
