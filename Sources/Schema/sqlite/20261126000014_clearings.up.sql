-- A whole history is cleared, and brought back, in steps; this says how far it is. Every clearing has an id from now on: a place
-- that has one still holds what it held, for as long as the clearing can be undone.
CREATE TABLE history_clearings (
    clear_id TEXT PRIMARY KEY NOT NULL,
    user_id TEXT NOT NULL,
    cleared_at TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('clearing', 'cleared', 'undoing')),
    restored INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;

CREATE INDEX idx_history_clearings_user_id ON history_clearings (user_id, cleared_at);
CREATE INDEX idx_history_clearings_cleared_at ON history_clearings (cleared_at);

INSERT INTO history_clearings (clear_id, user_id, cleared_at, state)
SELECT clear_id, user_id, MAX(cleared_at), 'cleared'
FROM watch_history
WHERE clear_id IS NOT NULL AND cleared_at IS NOT NULL
GROUP BY clear_id, user_id;
UPDATE watch_history SET clear_id = id WHERE cleared_at IS NOT NULL AND clear_id IS NULL;
