-- adopt:by-name
-- Seed 001: what the questionnaire app has before its first phase, so that its own database can be taken over as it is.
CREATE TABLE pages (
    id SERIAL PRIMARY KEY,
    title VARCHAR(200) NOT NULL,
    description TEXT,
    order_index INTEGER NOT NULL DEFAULT 0,
    is_active BOOLEAN NOT NULL DEFAULT TRUE,
    created_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP,
    module_name VARCHAR(200),
    module_emoji VARCHAR(20),
    chapter_number INTEGER,
    estimated_minutes INTEGER,
    completion_message TEXT
);

CREATE TABLE questions (
    id SERIAL PRIMARY KEY,
    page_id INTEGER NOT NULL REFERENCES pages (id),
    question_text TEXT NOT NULL,
    question_type VARCHAR(8) NOT NULL CHECK (question_type IN ('slider', 'mcq', 'ordering', 'essay')),
    image_path VARCHAR(500),
    order_index INTEGER NOT NULL DEFAULT 0,
    is_required BOOLEAN NOT NULL DEFAULT FALSE,
    item_id VARCHAR(100) UNIQUE,
    domain VARCHAR(200),
    tags TEXT,
    reverse_scored BOOLEAN NOT NULL DEFAULT FALSE,
    scale_type VARCHAR(100),
    scale_labels TEXT,
    essay_char_limit INTEGER,
    slider_min_label VARCHAR(200),
    slider_max_label VARCHAR(200),
    mcq_options TEXT,
    mcq_correct_answer TEXT,
    allow_multiple_selection BOOLEAN NOT NULL DEFAULT FALSE,
    ordering_options TEXT,
    randomize_order BOOLEAN NOT NULL DEFAULT FALSE,
    scene_title VARCHAR(200),
    scene_narrative TEXT,
    scene_image_url VARCHAR(500),
    scene_theme VARCHAR(100),
    created_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP
);

CREATE TABLE student_responses (
    id SERIAL PRIMARY KEY,
    session_id VARCHAR(36) NOT NULL UNIQUE,
    email VARCHAR(320) NOT NULL,
    full_name VARCHAR(200) NOT NULL,
    age_group VARCHAR(200) NOT NULL,
    country VARCHAR(200) NOT NULL,
    origin_country VARCHAR(200) NOT NULL,
    completed_at TIMESTAMP,
    created_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP
);

CREATE TABLE question_answers (
    id SERIAL PRIMARY KEY,
    response_id INTEGER NOT NULL REFERENCES student_responses (id),
    question_id INTEGER NOT NULL REFERENCES questions (id),
    answer_text TEXT,
    answer_value FLOAT,
    answer_json TEXT
);
