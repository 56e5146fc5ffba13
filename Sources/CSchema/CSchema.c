// Written by scripts/embed.py: the files that the binary carries.
#include "CSchema.h"
#include <stddef.h>

static const unsigned char file0[] = {
#embed "../Schema/postgres/20261121000001_watch_history.down.sql"
};

static const unsigned char file1[] = {
#embed "../Schema/postgres/20261121000001_watch_history.up.sql"
};

static const unsigned char file2[] = {
#embed "../Schema/postgres/20261121000002_playback.down.sql"
};

static const unsigned char file3[] = {
#embed "../Schema/postgres/20261121000002_playback.up.sql"
};

static const unsigned char file4[] = {
#embed "../Schema/postgres/20261121000003_web.down.sql"
};

static const unsigned char file5[] = {
#embed "../Schema/postgres/20261121000003_web.up.sql"
};

static const unsigned char file6[] = {
#embed "../Schema/postgres/20261121000004_cleared_places.down.sql"
};

static const unsigned char file7[] = {
#embed "../Schema/postgres/20261121000004_cleared_places.up.sql"
};

static const unsigned char file8[] = {
#embed "../Schema/postgres/20261121000005_questionnaire_tables.down.sql"
};

static const unsigned char file9[] = {
#embed "../Schema/postgres/20261121000005_questionnaire_tables.up.sql"
};

static const unsigned char file10[] = {
#embed "../Schema/postgres/20261121000006_session_status.down.sql"
};

static const unsigned char file11[] = {
#embed "../Schema/postgres/20261121000006_session_status.up.sql"
};

static const unsigned char file12[] = {
#embed "../Schema/postgres/20261121000007_session_activity.down.sql"
};

static const unsigned char file13[] = {
#embed "../Schema/postgres/20261121000007_session_activity.up.sql"
};

static const unsigned char file14[] = {
#embed "../Schema/postgres/20261121000008_answer_history.down.sql"
};

static const unsigned char file15[] = {
#embed "../Schema/postgres/20261121000008_answer_history.up.sql"
};

static const unsigned char file16[] = {
#embed "../Schema/postgres/20261121000009_answers_once.down.sql"
};

static const unsigned char file17[] = {
#embed "../Schema/postgres/20261121000009_answers_once.up.sql"
};

static const unsigned char file18[] = {
#embed "../Schema/postgres/20261121000010_assessment_sessions.down.sql"
};

static const unsigned char file19[] = {
#embed "../Schema/postgres/20261121000010_assessment_sessions.up.sql"
};

static const unsigned char file20[] = {
#embed "../Schema/postgres/20261121000011_questionnaires.down.sql"
};

static const unsigned char file21[] = {
#embed "../Schema/postgres/20261121000011_questionnaires.up.sql"
};

static const unsigned char file22[] = {
#embed "../Schema/sqlite/20261121000001_watch_history.down.sql"
};

static const unsigned char file23[] = {
#embed "../Schema/sqlite/20261121000001_watch_history.up.sql"
};

static const unsigned char file24[] = {
#embed "../Schema/sqlite/20261121000002_playback.down.sql"
};

static const unsigned char file25[] = {
#embed "../Schema/sqlite/20261121000002_playback.up.sql"
};

static const unsigned char file26[] = {
#embed "../Schema/sqlite/20261121000003_web.down.sql"
};

static const unsigned char file27[] = {
#embed "../Schema/sqlite/20261121000003_web.up.sql"
};

static const unsigned char file28[] = {
#embed "../Schema/sqlite/20261121000004_cleared_places.down.sql"
};

static const unsigned char file29[] = {
#embed "../Schema/sqlite/20261121000004_cleared_places.up.sql"
};

static const unsigned char file30[] = {
#embed "../Schema/sqlite/20261121000005_questionnaire_tables.down.sql"
};

static const unsigned char file31[] = {
#embed "../Schema/sqlite/20261121000005_questionnaire_tables.up.sql"
};

static const unsigned char file32[] = {
#embed "../Schema/sqlite/20261121000006_session_status.down.sql"
};

static const unsigned char file33[] = {
#embed "../Schema/sqlite/20261121000006_session_status.up.sql"
};

static const unsigned char file34[] = {
#embed "../Schema/sqlite/20261121000007_session_activity.down.sql"
};

static const unsigned char file35[] = {
#embed "../Schema/sqlite/20261121000007_session_activity.up.sql"
};

static const unsigned char file36[] = {
#embed "../Schema/sqlite/20261121000008_answer_history.down.sql"
};

static const unsigned char file37[] = {
#embed "../Schema/sqlite/20261121000008_answer_history.up.sql"
};

static const unsigned char file38[] = {
#embed "../Schema/sqlite/20261121000009_answers_once.down.sql"
};

static const unsigned char file39[] = {
#embed "../Schema/sqlite/20261121000009_answers_once.up.sql"
};

static const unsigned char file40[] = {
#embed "../Schema/sqlite/20261121000010_assessment_sessions.down.sql"
};

static const unsigned char file41[] = {
#embed "../Schema/sqlite/20261121000010_assessment_sessions.up.sql"
};

static const unsigned char file42[] = {
#embed "../Schema/sqlite/20261121000011_questionnaires.down.sql"
};

static const unsigned char file43[] = {
#embed "../Schema/sqlite/20261121000011_questionnaires.up.sql"
};

static const CSchemaFile files[] = {
    {"postgres/20261121000001_watch_history.down.sql", file0, sizeof file0},
    {"postgres/20261121000001_watch_history.up.sql", file1, sizeof file1},
    {"postgres/20261121000002_playback.down.sql", file2, sizeof file2},
    {"postgres/20261121000002_playback.up.sql", file3, sizeof file3},
    {"postgres/20261121000003_web.down.sql", file4, sizeof file4},
    {"postgres/20261121000003_web.up.sql", file5, sizeof file5},
    {"postgres/20261121000004_cleared_places.down.sql", file6, sizeof file6},
    {"postgres/20261121000004_cleared_places.up.sql", file7, sizeof file7},
    {"postgres/20261121000005_questionnaire_tables.down.sql", file8, sizeof file8},
    {"postgres/20261121000005_questionnaire_tables.up.sql", file9, sizeof file9},
    {"postgres/20261121000006_session_status.down.sql", file10, sizeof file10},
    {"postgres/20261121000006_session_status.up.sql", file11, sizeof file11},
    {"postgres/20261121000007_session_activity.down.sql", file12, sizeof file12},
    {"postgres/20261121000007_session_activity.up.sql", file13, sizeof file13},
    {"postgres/20261121000008_answer_history.down.sql", file14, sizeof file14},
    {"postgres/20261121000008_answer_history.up.sql", file15, sizeof file15},
    {"postgres/20261121000009_answers_once.down.sql", file16, sizeof file16},
    {"postgres/20261121000009_answers_once.up.sql", file17, sizeof file17},
    {"postgres/20261121000010_assessment_sessions.down.sql", file18, sizeof file18},
    {"postgres/20261121000010_assessment_sessions.up.sql", file19, sizeof file19},
    {"postgres/20261121000011_questionnaires.down.sql", file20, sizeof file20},
    {"postgres/20261121000011_questionnaires.up.sql", file21, sizeof file21},
    {"sqlite/20261121000001_watch_history.down.sql", file22, sizeof file22},
    {"sqlite/20261121000001_watch_history.up.sql", file23, sizeof file23},
    {"sqlite/20261121000002_playback.down.sql", file24, sizeof file24},
    {"sqlite/20261121000002_playback.up.sql", file25, sizeof file25},
    {"sqlite/20261121000003_web.down.sql", file26, sizeof file26},
    {"sqlite/20261121000003_web.up.sql", file27, sizeof file27},
    {"sqlite/20261121000004_cleared_places.down.sql", file28, sizeof file28},
    {"sqlite/20261121000004_cleared_places.up.sql", file29, sizeof file29},
    {"sqlite/20261121000005_questionnaire_tables.down.sql", file30, sizeof file30},
    {"sqlite/20261121000005_questionnaire_tables.up.sql", file31, sizeof file31},
    {"sqlite/20261121000006_session_status.down.sql", file32, sizeof file32},
    {"sqlite/20261121000006_session_status.up.sql", file33, sizeof file33},
    {"sqlite/20261121000007_session_activity.down.sql", file34, sizeof file34},
    {"sqlite/20261121000007_session_activity.up.sql", file35, sizeof file35},
    {"sqlite/20261121000008_answer_history.down.sql", file36, sizeof file36},
    {"sqlite/20261121000008_answer_history.up.sql", file37, sizeof file37},
    {"sqlite/20261121000009_answers_once.down.sql", file38, sizeof file38},
    {"sqlite/20261121000009_answers_once.up.sql", file39, sizeof file39},
    {"sqlite/20261121000010_assessment_sessions.down.sql", file40, sizeof file40},
    {"sqlite/20261121000010_assessment_sessions.up.sql", file41, sizeof file41},
    {"sqlite/20261121000011_questionnaires.down.sql", file42, sizeof file42},
    {"sqlite/20261121000011_questionnaires.up.sql", file43, sizeof file43},
};

const CSchemaFile *CSchemaFiles(void) { return files; }

size_t CSchemaFileCount(void) { return sizeof files / sizeof files[0]; }
