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
#embed "../Schema/postgres/20261126000012_house.down.sql"
};

static const unsigned char file23[] = {
#embed "../Schema/postgres/20261126000012_house.up.sql"
};

static const unsigned char file24[] = {
#embed "../Schema/postgres/20261126000013_notices_index.down.sql"
};

static const unsigned char file25[] = {
#embed "../Schema/postgres/20261126000013_notices_index.up.sql"
};

static const unsigned char file26[] = {
#embed "../Schema/postgres/20261126000014_clearings.down.sql"
};

static const unsigned char file27[] = {
#embed "../Schema/postgres/20261126000014_clearings.up.sql"
};

static const unsigned char file28[] = {
#embed "../Schema/postgres/20261126000015_clearing_index.down.sql"
};

static const unsigned char file29[] = {
#embed "../Schema/postgres/20261126000015_clearing_index.up.sql"
};

static const unsigned char file30[] = {
#embed "../Schema/postgres/20261126000016_cleared_at_index.down.sql"
};

static const unsigned char file31[] = {
#embed "../Schema/postgres/20261126000016_cleared_at_index.up.sql"
};

static const unsigned char file32[] = {
#embed "../Schema/postgres/20261126000017_questions_page_index.down.sql"
};

static const unsigned char file33[] = {
#embed "../Schema/postgres/20261126000017_questions_page_index.up.sql"
};

static const unsigned char file34[] = {
#embed "../Schema/postgres/20261126000018_pages_questionnaire_index.down.sql"
};

static const unsigned char file35[] = {
#embed "../Schema/postgres/20261126000018_pages_questionnaire_index.up.sql"
};

static const unsigned char file36[] = {
#embed "../Schema/postgres/20261126000019_responses_questionnaire_index.down.sql"
};

static const unsigned char file37[] = {
#embed "../Schema/postgres/20261126000019_responses_questionnaire_index.up.sql"
};

static const unsigned char file38[] = {
#embed "../Schema/postgres/20261126000020_own_outline.down.sql"
};

static const unsigned char file39[] = {
#embed "../Schema/postgres/20261126000020_own_outline.up.sql"
};

static const unsigned char file40[] = {
#embed "../Schema/sqlite/20261121000001_watch_history.down.sql"
};

static const unsigned char file41[] = {
#embed "../Schema/sqlite/20261121000001_watch_history.up.sql"
};

static const unsigned char file42[] = {
#embed "../Schema/sqlite/20261121000002_playback.down.sql"
};

static const unsigned char file43[] = {
#embed "../Schema/sqlite/20261121000002_playback.up.sql"
};

static const unsigned char file44[] = {
#embed "../Schema/sqlite/20261121000003_web.down.sql"
};

static const unsigned char file45[] = {
#embed "../Schema/sqlite/20261121000003_web.up.sql"
};

static const unsigned char file46[] = {
#embed "../Schema/sqlite/20261121000004_cleared_places.down.sql"
};

static const unsigned char file47[] = {
#embed "../Schema/sqlite/20261121000004_cleared_places.up.sql"
};

static const unsigned char file48[] = {
#embed "../Schema/sqlite/20261121000005_questionnaire_tables.down.sql"
};

static const unsigned char file49[] = {
#embed "../Schema/sqlite/20261121000005_questionnaire_tables.up.sql"
};

static const unsigned char file50[] = {
#embed "../Schema/sqlite/20261121000006_session_status.down.sql"
};

static const unsigned char file51[] = {
#embed "../Schema/sqlite/20261121000006_session_status.up.sql"
};

static const unsigned char file52[] = {
#embed "../Schema/sqlite/20261121000007_session_activity.down.sql"
};

static const unsigned char file53[] = {
#embed "../Schema/sqlite/20261121000007_session_activity.up.sql"
};

static const unsigned char file54[] = {
#embed "../Schema/sqlite/20261121000008_answer_history.down.sql"
};

static const unsigned char file55[] = {
#embed "../Schema/sqlite/20261121000008_answer_history.up.sql"
};

static const unsigned char file56[] = {
#embed "../Schema/sqlite/20261121000009_answers_once.down.sql"
};

static const unsigned char file57[] = {
#embed "../Schema/sqlite/20261121000009_answers_once.up.sql"
};

static const unsigned char file58[] = {
#embed "../Schema/sqlite/20261121000010_assessment_sessions.down.sql"
};

static const unsigned char file59[] = {
#embed "../Schema/sqlite/20261121000010_assessment_sessions.up.sql"
};

static const unsigned char file60[] = {
#embed "../Schema/sqlite/20261121000011_questionnaires.down.sql"
};

static const unsigned char file61[] = {
#embed "../Schema/sqlite/20261121000011_questionnaires.up.sql"
};

static const unsigned char file62[] = {
#embed "../Schema/sqlite/20261126000012_house.down.sql"
};

static const unsigned char file63[] = {
#embed "../Schema/sqlite/20261126000012_house.up.sql"
};

static const unsigned char file64[] = {
#embed "../Schema/sqlite/20261126000013_notices_index.down.sql"
};

static const unsigned char file65[] = {
#embed "../Schema/sqlite/20261126000013_notices_index.up.sql"
};

static const unsigned char file66[] = {
#embed "../Schema/sqlite/20261126000014_clearings.down.sql"
};

static const unsigned char file67[] = {
#embed "../Schema/sqlite/20261126000014_clearings.up.sql"
};

static const unsigned char file68[] = {
#embed "../Schema/sqlite/20261126000015_clearing_index.down.sql"
};

static const unsigned char file69[] = {
#embed "../Schema/sqlite/20261126000015_clearing_index.up.sql"
};

static const unsigned char file70[] = {
#embed "../Schema/sqlite/20261126000016_cleared_at_index.down.sql"
};

static const unsigned char file71[] = {
#embed "../Schema/sqlite/20261126000016_cleared_at_index.up.sql"
};

static const unsigned char file72[] = {
#embed "../Schema/sqlite/20261126000017_questions_page_index.down.sql"
};

static const unsigned char file73[] = {
#embed "../Schema/sqlite/20261126000017_questions_page_index.up.sql"
};

static const unsigned char file74[] = {
#embed "../Schema/sqlite/20261126000018_pages_questionnaire_index.down.sql"
};

static const unsigned char file75[] = {
#embed "../Schema/sqlite/20261126000018_pages_questionnaire_index.up.sql"
};

static const unsigned char file76[] = {
#embed "../Schema/sqlite/20261126000019_responses_questionnaire_index.down.sql"
};

static const unsigned char file77[] = {
#embed "../Schema/sqlite/20261126000019_responses_questionnaire_index.up.sql"
};

static const unsigned char file78[] = {
#embed "../Schema/sqlite/20261126000020_own_outline.down.sql"
};

static const unsigned char file79[] = {
#embed "../Schema/sqlite/20261126000020_own_outline.up.sql"
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
    {"postgres/20261126000012_house.down.sql", file22, sizeof file22},
    {"postgres/20261126000012_house.up.sql", file23, sizeof file23},
    {"postgres/20261126000013_notices_index.down.sql", file24, sizeof file24},
    {"postgres/20261126000013_notices_index.up.sql", file25, sizeof file25},
    {"postgres/20261126000014_clearings.down.sql", file26, sizeof file26},
    {"postgres/20261126000014_clearings.up.sql", file27, sizeof file27},
    {"postgres/20261126000015_clearing_index.down.sql", file28, sizeof file28},
    {"postgres/20261126000015_clearing_index.up.sql", file29, sizeof file29},
    {"postgres/20261126000016_cleared_at_index.down.sql", file30, sizeof file30},
    {"postgres/20261126000016_cleared_at_index.up.sql", file31, sizeof file31},
    {"postgres/20261126000017_questions_page_index.down.sql", file32, sizeof file32},
    {"postgres/20261126000017_questions_page_index.up.sql", file33, sizeof file33},
    {"postgres/20261126000018_pages_questionnaire_index.down.sql", file34, sizeof file34},
    {"postgres/20261126000018_pages_questionnaire_index.up.sql", file35, sizeof file35},
    {"postgres/20261126000019_responses_questionnaire_index.down.sql", file36, sizeof file36},
    {"postgres/20261126000019_responses_questionnaire_index.up.sql", file37, sizeof file37},
    {"postgres/20261126000020_own_outline.down.sql", file38, sizeof file38},
    {"postgres/20261126000020_own_outline.up.sql", file39, sizeof file39},
    {"sqlite/20261121000001_watch_history.down.sql", file40, sizeof file40},
    {"sqlite/20261121000001_watch_history.up.sql", file41, sizeof file41},
    {"sqlite/20261121000002_playback.down.sql", file42, sizeof file42},
    {"sqlite/20261121000002_playback.up.sql", file43, sizeof file43},
    {"sqlite/20261121000003_web.down.sql", file44, sizeof file44},
    {"sqlite/20261121000003_web.up.sql", file45, sizeof file45},
    {"sqlite/20261121000004_cleared_places.down.sql", file46, sizeof file46},
    {"sqlite/20261121000004_cleared_places.up.sql", file47, sizeof file47},
    {"sqlite/20261121000005_questionnaire_tables.down.sql", file48, sizeof file48},
    {"sqlite/20261121000005_questionnaire_tables.up.sql", file49, sizeof file49},
    {"sqlite/20261121000006_session_status.down.sql", file50, sizeof file50},
    {"sqlite/20261121000006_session_status.up.sql", file51, sizeof file51},
    {"sqlite/20261121000007_session_activity.down.sql", file52, sizeof file52},
    {"sqlite/20261121000007_session_activity.up.sql", file53, sizeof file53},
    {"sqlite/20261121000008_answer_history.down.sql", file54, sizeof file54},
    {"sqlite/20261121000008_answer_history.up.sql", file55, sizeof file55},
    {"sqlite/20261121000009_answers_once.down.sql", file56, sizeof file56},
    {"sqlite/20261121000009_answers_once.up.sql", file57, sizeof file57},
    {"sqlite/20261121000010_assessment_sessions.down.sql", file58, sizeof file58},
    {"sqlite/20261121000010_assessment_sessions.up.sql", file59, sizeof file59},
    {"sqlite/20261121000011_questionnaires.down.sql", file60, sizeof file60},
    {"sqlite/20261121000011_questionnaires.up.sql", file61, sizeof file61},
    {"sqlite/20261126000012_house.down.sql", file62, sizeof file62},
    {"sqlite/20261126000012_house.up.sql", file63, sizeof file63},
    {"sqlite/20261126000013_notices_index.down.sql", file64, sizeof file64},
    {"sqlite/20261126000013_notices_index.up.sql", file65, sizeof file65},
    {"sqlite/20261126000014_clearings.down.sql", file66, sizeof file66},
    {"sqlite/20261126000014_clearings.up.sql", file67, sizeof file67},
    {"sqlite/20261126000015_clearing_index.down.sql", file68, sizeof file68},
    {"sqlite/20261126000015_clearing_index.up.sql", file69, sizeof file69},
    {"sqlite/20261126000016_cleared_at_index.down.sql", file70, sizeof file70},
    {"sqlite/20261126000016_cleared_at_index.up.sql", file71, sizeof file71},
    {"sqlite/20261126000017_questions_page_index.down.sql", file72, sizeof file72},
    {"sqlite/20261126000017_questions_page_index.up.sql", file73, sizeof file73},
    {"sqlite/20261126000018_pages_questionnaire_index.down.sql", file74, sizeof file74},
    {"sqlite/20261126000018_pages_questionnaire_index.up.sql", file75, sizeof file75},
    {"sqlite/20261126000019_responses_questionnaire_index.down.sql", file76, sizeof file76},
    {"sqlite/20261126000019_responses_questionnaire_index.up.sql", file77, sizeof file77},
    {"sqlite/20261126000020_own_outline.down.sql", file78, sizeof file78},
    {"sqlite/20261126000020_own_outline.up.sql", file79, sizeof file79},
};

const CSchemaFile *CSchemaFiles(void) { return files; }

size_t CSchemaFileCount(void) { return sizeof files / sizeof files[0]; }
