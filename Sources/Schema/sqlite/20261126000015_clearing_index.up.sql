-- What a cleared place still holds is looked for by when it was cleared.
CREATE INDEX idx_watch_history_clearing ON watch_history (cleared_at) WHERE clear_id IS NOT NULL;
