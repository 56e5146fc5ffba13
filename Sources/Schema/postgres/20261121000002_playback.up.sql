SET LOCAL lock_timeout = '5s';

-- Rows that stood before: their place was last moved when it was last watched, and what is past 95 % has been finished.
ALTER TABLE watch_history ADD COLUMN last_moved_at TIMESTAMPTZ;
ALTER TABLE watch_history ADD COLUMN last_session_id UUID;
ALTER TABLE watch_history ADD COLUMN device_id TEXT;
ALTER TABLE watch_history ADD COLUMN play_count INT NOT NULL DEFAULT 0;
ALTER TABLE watch_history ADD COLUMN pass_open BOOLEAN NOT NULL DEFAULT TRUE;
ALTER TABLE watch_history ADD COLUMN cleared_at TIMESTAMPTZ;
ALTER TABLE watch_history ADD COLUMN clear_id UUID;
ALTER TABLE watch_history ADD COLUMN hidden_at TIMESTAMPTZ;
UPDATE watch_history SET last_moved_at = date_trunc('milliseconds', last_watched_at) AT TIME ZONE 'UTC';
UPDATE watch_history SET play_count = 1, pass_open = FALSE
WHERE duration_seconds > 0 AND resume_position_seconds > 0.95 * duration_seconds;

-- Room on each page, so that a report's new row version stays beside the old one and touches no index.
ALTER TABLE watch_history SET (fillfactor = 70);

CREATE TABLE playback_sessions (
    id UUID PRIMARY KEY,
    user_id UUID NOT NULL,
    content_id UUID NOT NULL,
    device_id TEXT NOT NULL CHECK (length(device_id) BETWEEN 1 AND 200),
    position_seconds INT NOT NULL CHECK (position_seconds >= 0),
    duration_seconds INT NOT NULL CHECK (duration_seconds >= 0),
    playback_state TEXT NOT NULL CHECK (playback_state IN ('playing', 'paused', 'buffering', 'stopped', 'ended')),
    quality TEXT NOT NULL CHECK (quality IN ('auto', 'low', 'medium', 'high', 'ultra')),
    last_sequence BIGINT,
    position_at TIMESTAMPTZ,
    started_at TIMESTAMPTZ NOT NULL,
    updated_at TIMESTAMPTZ NOT NULL,
    closed_at TIMESTAMPTZ,
    handed_off_to UUID
) WITH (fillfactor = 70);

CREATE INDEX idx_playback_sessions_user_id ON playback_sessions (user_id);
CREATE INDEX idx_playback_sessions_content_id ON playback_sessions (content_id);

CREATE TABLE playback_progress (
    user_id UUID NOT NULL,
    content_id UUID NOT NULL,
    platform_id TEXT NOT NULL CHECK (length(platform_id) BETWEEN 1 AND 100),
    progress_seconds INT NOT NULL CHECK (progress_seconds >= 0),
    duration_seconds INT NOT NULL CHECK (duration_seconds >= 0),
    is_completed BOOLEAN NOT NULL,
    device_id TEXT,
    updated_at TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (user_id, content_id, platform_id)
);

CREATE TABLE watch_moves (
    user_id UUID NOT NULL,
    content_id UUID NOT NULL,
    number BIGINT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('jump-back', 'jump-forward', 'session-change', 'clear', 'late-report')),
    moved_at TIMESTAMPTZ NOT NULL,
    from_position_seconds INT NOT NULL,
    from_duration_seconds INT NOT NULL,
    from_play_count INT NOT NULL,
    from_pass_open BOOLEAN NOT NULL,
    device_id TEXT,
    session_id UUID,
    PRIMARY KEY (user_id, content_id, number),
    FOREIGN KEY (user_id, content_id) REFERENCES watch_history (user_id, content_id) ON DELETE CASCADE
);

CREATE TABLE content (
    content_id UUID PRIMARY KEY,
    title TEXT,
    thumbnail_url TEXT,
    duration_seconds INT,
    platform TEXT,
    past_sessions BIGINT NOT NULL DEFAULT 0,
    updated_at TIMESTAMPTZ NOT NULL
);
