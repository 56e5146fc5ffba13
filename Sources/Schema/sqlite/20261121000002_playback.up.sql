-- Rows that stood before: their place was last moved when it was last watched, and what is past 95 % has been finished.
ALTER TABLE watch_history ADD COLUMN last_moved_at TEXT;
ALTER TABLE watch_history ADD COLUMN last_session_id TEXT;
ALTER TABLE watch_history ADD COLUMN device_id TEXT;
ALTER TABLE watch_history ADD COLUMN play_count INTEGER NOT NULL DEFAULT 0;
ALTER TABLE watch_history ADD COLUMN pass_open INTEGER NOT NULL DEFAULT 1 CHECK (pass_open IN (0, 1));
ALTER TABLE watch_history ADD COLUMN cleared_at TEXT;
ALTER TABLE watch_history ADD COLUMN clear_id TEXT;
ALTER TABLE watch_history ADD COLUMN hidden_at TEXT;
UPDATE watch_history SET last_moved_at = strftime('%Y-%m-%dT%H:%M:%fZ', last_watched_at);
UPDATE watch_history SET play_count = 1, pass_open = 0
WHERE duration_seconds > 0 AND resume_position_seconds > 0.95 * duration_seconds;

CREATE TABLE playback_sessions (
    id TEXT PRIMARY KEY NOT NULL,
    user_id TEXT NOT NULL,
    content_id TEXT NOT NULL,
    device_id TEXT NOT NULL CHECK (length(device_id) BETWEEN 1 AND 200),
    position_seconds INTEGER NOT NULL CHECK (position_seconds >= 0),
    duration_seconds INTEGER NOT NULL CHECK (duration_seconds >= 0),
    playback_state TEXT NOT NULL CHECK (playback_state IN ('playing', 'paused', 'buffering', 'stopped', 'ended')),
    quality TEXT NOT NULL CHECK (quality IN ('auto', 'low', 'medium', 'high', 'ultra')),
    last_sequence INTEGER,
    position_at TEXT,
    started_at TEXT NOT NULL,
    updated_at TEXT NOT NULL,
    closed_at TEXT,
    handed_off_to TEXT
) STRICT, WITHOUT ROWID;

CREATE INDEX idx_playback_sessions_user_id ON playback_sessions (user_id);
CREATE INDEX idx_playback_sessions_content_id ON playback_sessions (content_id);

CREATE TABLE playback_progress (
    user_id TEXT NOT NULL,
    content_id TEXT NOT NULL,
    platform_id TEXT NOT NULL CHECK (length(platform_id) BETWEEN 1 AND 100),
    progress_seconds INTEGER NOT NULL CHECK (progress_seconds >= 0),
    duration_seconds INTEGER NOT NULL CHECK (duration_seconds >= 0),
    is_completed INTEGER NOT NULL CHECK (is_completed IN (0, 1)),
    device_id TEXT,
    updated_at TEXT NOT NULL,
    PRIMARY KEY (user_id, content_id, platform_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE watch_moves (
    user_id TEXT NOT NULL,
    content_id TEXT NOT NULL,
    number INTEGER NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('jump-back', 'jump-forward', 'session-change', 'clear', 'late-report')),
    moved_at TEXT NOT NULL,
    from_position_seconds INTEGER NOT NULL,
    from_duration_seconds INTEGER NOT NULL,
    from_play_count INTEGER NOT NULL,
    from_pass_open INTEGER NOT NULL CHECK (from_pass_open IN (0, 1)),
    device_id TEXT,
    session_id TEXT,
    PRIMARY KEY (user_id, content_id, number),
    FOREIGN KEY (user_id, content_id) REFERENCES watch_history (user_id, content_id) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

CREATE TABLE content (
    content_id TEXT PRIMARY KEY NOT NULL,
    title TEXT,
    thumbnail_url TEXT,
    duration_seconds INTEGER,
    platform TEXT,
    past_sessions INTEGER NOT NULL DEFAULT 0,
    updated_at TEXT NOT NULL
) STRICT, WITHOUT ROWID;
