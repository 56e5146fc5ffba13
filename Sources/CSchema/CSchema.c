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
#embed "../Schema/postgres/20261127000021_live_events.down.sql"
};

static const unsigned char file41[] = {
#embed "../Schema/postgres/20261127000021_live_events.up.sql"
};

static const unsigned char file42[] = {
#embed "../Schema/postgres/20261127000022_device_session_identity.down.sql"
};

static const unsigned char file43[] = {
#embed "../Schema/postgres/20261127000022_device_session_identity.up.sql"
};

static const unsigned char file44[] = {
#embed "../Schema/postgres/20261127000023_device_per_event_index.down.sql"
};

static const unsigned char file45[] = {
#embed "../Schema/postgres/20261127000023_device_per_event_index.up.sql"
};

static const unsigned char file46[] = {
#embed "../Schema/postgres/20261127000024_session_token_key_index.down.sql"
};

static const unsigned char file47[] = {
#embed "../Schema/postgres/20261127000024_session_token_key_index.up.sql"
};

static const unsigned char file48[] = {
#embed "../Schema/postgres/20261127000025_device_constraints.down.sql"
};

static const unsigned char file49[] = {
#embed "../Schema/postgres/20261127000025_device_constraints.up.sql"
};

static const unsigned char file50[] = {
#embed "../Schema/postgres/20261127000026_device_id_index.down.sql"
};

static const unsigned char file51[] = {
#embed "../Schema/postgres/20261127000026_device_id_index.up.sql"
};

static const unsigned char file52[] = {
#embed "../Schema/postgres/20261127000027_session_token_index.down.sql"
};

static const unsigned char file53[] = {
#embed "../Schema/postgres/20261127000027_session_token_index.up.sql"
};

static const unsigned char file54[] = {
#embed "../Schema/postgres/20261127000028_resume_state_tracking.down.sql"
};

static const unsigned char file55[] = {
#embed "../Schema/postgres/20261127000028_resume_state_tracking.up.sql"
};

static const unsigned char file56[] = {
#embed "../Schema/postgres/20261127000029_segments_ended_index.down.sql"
};

static const unsigned char file57[] = {
#embed "../Schema/postgres/20261127000029_segments_ended_index.up.sql"
};

static const unsigned char file58[] = {
#embed "../Schema/postgres/20261127000030_events_ended_index.down.sql"
};

static const unsigned char file59[] = {
#embed "../Schema/postgres/20261127000030_events_ended_index.up.sql"
};

static const unsigned char file60[] = {
#embed "../Schema/postgres/20261127000031_event_play.down.sql"
};

static const unsigned char file61[] = {
#embed "../Schema/postgres/20261127000031_event_play.up.sql"
};

static const unsigned char file62[] = {
#embed "../Schema/postgres/20261127000032_participant_names_index.down.sql"
};

static const unsigned char file63[] = {
#embed "../Schema/postgres/20261127000032_participant_names_index.up.sql"
};

static const unsigned char file64[] = {
#embed "../Schema/postgres/20261127000033_presence_index.down.sql"
};

static const unsigned char file65[] = {
#embed "../Schema/postgres/20261127000033_presence_index.up.sql"
};

static const unsigned char file66[] = {
#embed "../Schema/postgres/20261127000034_users.down.sql"
};

static const unsigned char file67[] = {
#embed "../Schema/postgres/20261127000034_users.up.sql"
};

static const unsigned char file68[] = {
#embed "../Schema/postgres/20261127000035_sign_ins.down.sql"
};

static const unsigned char file69[] = {
#embed "../Schema/postgres/20261127000035_sign_ins.up.sql"
};

static const unsigned char file70[] = {
#embed "../Schema/postgres/20261127000036_mail_relay.down.sql"
};

static const unsigned char file71[] = {
#embed "../Schema/postgres/20261127000036_mail_relay.up.sql"
};

static const unsigned char file72[] = {
#embed "../Schema/postgres/20261127000040_put_aside.down.sql"
};

static const unsigned char file73[] = {
#embed "../Schema/postgres/20261127000040_put_aside.up.sql"
};

static const unsigned char file74[] = {
#embed "../Schema/postgres/20261127000041_monitoring.down.sql"
};

static const unsigned char file75[] = {
#embed "../Schema/postgres/20261127000041_monitoring.up.sql"
};

static const unsigned char file76[] = {
#embed "../Schema/postgres/20261127000042_execution_history.down.sql"
};

static const unsigned char file77[] = {
#embed "../Schema/postgres/20261127000042_execution_history.up.sql"
};

static const unsigned char file78[] = {
#embed "../Schema/postgres/20261127000043_runs.down.sql"
};

static const unsigned char file79[] = {
#embed "../Schema/postgres/20261127000043_runs.up.sql"
};

static const unsigned char file80[] = {
#embed "../Schema/postgres/20261127000044_jobs_look_index.down.sql"
};

static const unsigned char file81[] = {
#embed "../Schema/postgres/20261127000044_jobs_look_index.up.sql"
};

static const unsigned char file82[] = {
#embed "../Schema/postgres/20261127000045_one_run_index.down.sql"
};

static const unsigned char file83[] = {
#embed "../Schema/postgres/20261127000045_one_run_index.up.sql"
};

static const unsigned char file84[] = {
#embed "../Schema/postgres/20261127000046_slots_index.down.sql"
};

static const unsigned char file85[] = {
#embed "../Schema/postgres/20261127000046_slots_index.up.sql"
};

static const unsigned char file86[] = {
#embed "../Schema/postgres/20261127000047_windows_index.down.sql"
};

static const unsigned char file87[] = {
#embed "../Schema/postgres/20261127000047_windows_index.up.sql"
};

static const unsigned char file88[] = {
#embed "../Schema/postgres/20261127000048_executions_age_index.down.sql"
};

static const unsigned char file89[] = {
#embed "../Schema/postgres/20261127000048_executions_age_index.up.sql"
};

static const unsigned char file90[] = {
#embed "../Schema/postgres/20261127000049_playground_index.down.sql"
};

static const unsigned char file91[] = {
#embed "../Schema/postgres/20261127000049_playground_index.up.sql"
};

static const unsigned char file92[] = {
#embed "../Schema/postgres/20261127000050_one_play_index.down.sql"
};

static const unsigned char file93[] = {
#embed "../Schema/postgres/20261127000050_one_play_index.up.sql"
};

static const unsigned char file94[] = {
#embed "../Schema/postgres/20261127000051_job_summaries_index.down.sql"
};

static const unsigned char file95[] = {
#embed "../Schema/postgres/20261127000051_job_summaries_index.up.sql"
};

static const unsigned char file96[] = {
#embed "../Schema/postgres/20261127000052_outbox_refusals.down.sql"
};

static const unsigned char file97[] = {
#embed "../Schema/postgres/20261127000052_outbox_refusals.up.sql"
};

static const unsigned char file98[] = {
#embed "../Schema/postgres/20261127000053_outbox_due_index.down.sql"
};

static const unsigned char file99[] = {
#embed "../Schema/postgres/20261127000053_outbox_due_index.up.sql"
};

static const unsigned char file100[] = {
#embed "../Schema/postgres/20261127000056_session_revision.down.sql"
};

static const unsigned char file101[] = {
#embed "../Schema/postgres/20261127000056_session_revision.up.sql"
};

static const unsigned char file102[] = {
#embed "../Schema/postgres/20261127000057_redis_debts.down.sql"
};

static const unsigned char file103[] = {
#embed "../Schema/postgres/20261127000057_redis_debts.up.sql"
};

static const unsigned char file104[] = {
#embed "../Schema/postgres/20261127000060_stream_tickets.down.sql"
};

static const unsigned char file105[] = {
#embed "../Schema/postgres/20261127000060_stream_tickets.up.sql"
};

static const unsigned char file106[] = {
#embed "../Schema/postgres/20261127000061_plays.down.sql"
};

static const unsigned char file107[] = {
#embed "../Schema/postgres/20261127000061_plays.up.sql"
};

static const unsigned char file108[] = {
#embed "../Schema/postgres/20261127000062_second_edition.down.sql"
};

static const unsigned char file109[] = {
#embed "../Schema/postgres/20261127000062_second_edition.up.sql"
};

static const unsigned char file110[] = {
#embed "../Schema/postgres/20261127000063_series_index.down.sql"
};

static const unsigned char file111[] = {
#embed "../Schema/postgres/20261127000063_series_index.up.sql"
};

static const unsigned char file112[] = {
#embed "../Schema/postgres/20261127000070_second_edition.down.sql"
};

static const unsigned char file113[] = {
#embed "../Schema/postgres/20261127000070_second_edition.up.sql"
};

static const unsigned char file114[] = {
#embed "../Schema/postgres/20261127000071_erasures.down.sql"
};

static const unsigned char file115[] = {
#embed "../Schema/postgres/20261127000071_erasures.up.sql"
};

static const unsigned char file116[] = {
#embed "../Schema/postgres/20261127000072_responses_email_index.down.sql"
};

static const unsigned char file117[] = {
#embed "../Schema/postgres/20261127000072_responses_email_index.up.sql"
};

static const unsigned char file118[] = {
#embed "../Schema/postgres/20261127000075_respondent.down.sql"
};

static const unsigned char file119[] = {
#embed "../Schema/postgres/20261127000075_respondent.up.sql"
};

static const unsigned char file120[] = {
#embed "../Schema/postgres/20261127000076_respondent_index.down.sql"
};

static const unsigned char file121[] = {
#embed "../Schema/postgres/20261127000076_respondent_index.up.sql"
};

static const unsigned char file122[] = {
#embed "../Schema/postgres/20261127000077_player.down.sql"
};

static const unsigned char file123[] = {
#embed "../Schema/postgres/20261127000077_player.up.sql"
};

static const unsigned char file124[] = {
#embed "../Schema/postgres/20261127000078_player_index.down.sql"
};

static const unsigned char file125[] = {
#embed "../Schema/postgres/20261127000078_player_index.up.sql"
};

static const unsigned char file126[] = {
#embed "../Schema/postgres/20261127000079_content_url.down.sql"
};

static const unsigned char file127[] = {
#embed "../Schema/postgres/20261127000079_content_url.up.sql"
};

static const unsigned char file128[] = {
#embed "../Schema/postgres/20261127000080_key_use.down.sql"
};

static const unsigned char file129[] = {
#embed "../Schema/postgres/20261127000080_key_use.up.sql"
};

static const unsigned char file130[] = {
#embed "../Schema/postgres/20261127000081_heard_slot.down.sql"
};

static const unsigned char file131[] = {
#embed "../Schema/postgres/20261127000081_heard_slot.up.sql"
};

static const unsigned char file132[] = {
#embed "../Schema/postgres/20261127000082_playback_sessions_heard_index.down.sql"
};

static const unsigned char file133[] = {
#embed "../Schema/postgres/20261127000082_playback_sessions_heard_index.up.sql"
};

static const unsigned char file134[] = {
#embed "../Schema/postgres/20261127000083_student_responses_activity_index.down.sql"
};

static const unsigned char file135[] = {
#embed "../Schema/postgres/20261127000083_student_responses_activity_index.up.sql"
};

static const unsigned char file136[] = {
#embed "../Schema/postgres/20261127000084_events_active_index.down.sql"
};

static const unsigned char file137[] = {
#embed "../Schema/postgres/20261127000084_events_active_index.up.sql"
};

static const unsigned char file138[] = {
#embed "../Schema/postgres/20261127000085_questionnaire_figures.down.sql"
};

static const unsigned char file139[] = {
#embed "../Schema/postgres/20261127000085_questionnaire_figures.up.sql"
};

static const unsigned char file140[] = {
#embed "../Schema/postgres/20261127000086_student_responses_completed_index.down.sql"
};

static const unsigned char file141[] = {
#embed "../Schema/postgres/20261127000086_student_responses_completed_index.up.sql"
};

static const unsigned char file142[] = {
#embed "../Schema/postgres/20261127000087_student_responses_abandoned_index.down.sql"
};

static const unsigned char file143[] = {
#embed "../Schema/postgres/20261127000087_student_responses_abandoned_index.up.sql"
};

static const unsigned char file144[] = {
#embed "../Schema/postgres/20261127000088_student_responses_spelling_index.down.sql"
};

static const unsigned char file145[] = {
#embed "../Schema/postgres/20261127000088_student_responses_spelling_index.up.sql"
};

static const unsigned char file146[] = {
#embed "../Schema/postgres/20261127000089_event_audit_who_index.down.sql"
};

static const unsigned char file147[] = {
#embed "../Schema/postgres/20261127000089_event_audit_who_index.up.sql"
};

static const unsigned char file148[] = {
#embed "../Schema/postgres/20261127000090_events_owner_index.down.sql"
};

static const unsigned char file149[] = {
#embed "../Schema/postgres/20261127000090_events_owner_index.up.sql"
};

static const unsigned char file150[] = {
#embed "../Schema/sqlite/20261121000001_watch_history.down.sql"
};

static const unsigned char file151[] = {
#embed "../Schema/sqlite/20261121000001_watch_history.up.sql"
};

static const unsigned char file152[] = {
#embed "../Schema/sqlite/20261121000002_playback.down.sql"
};

static const unsigned char file153[] = {
#embed "../Schema/sqlite/20261121000002_playback.up.sql"
};

static const unsigned char file154[] = {
#embed "../Schema/sqlite/20261121000003_web.down.sql"
};

static const unsigned char file155[] = {
#embed "../Schema/sqlite/20261121000003_web.up.sql"
};

static const unsigned char file156[] = {
#embed "../Schema/sqlite/20261121000004_cleared_places.down.sql"
};

static const unsigned char file157[] = {
#embed "../Schema/sqlite/20261121000004_cleared_places.up.sql"
};

static const unsigned char file158[] = {
#embed "../Schema/sqlite/20261121000005_questionnaire_tables.down.sql"
};

static const unsigned char file159[] = {
#embed "../Schema/sqlite/20261121000005_questionnaire_tables.up.sql"
};

static const unsigned char file160[] = {
#embed "../Schema/sqlite/20261121000006_session_status.down.sql"
};

static const unsigned char file161[] = {
#embed "../Schema/sqlite/20261121000006_session_status.up.sql"
};

static const unsigned char file162[] = {
#embed "../Schema/sqlite/20261121000007_session_activity.down.sql"
};

static const unsigned char file163[] = {
#embed "../Schema/sqlite/20261121000007_session_activity.up.sql"
};

static const unsigned char file164[] = {
#embed "../Schema/sqlite/20261121000008_answer_history.down.sql"
};

static const unsigned char file165[] = {
#embed "../Schema/sqlite/20261121000008_answer_history.up.sql"
};

static const unsigned char file166[] = {
#embed "../Schema/sqlite/20261121000009_answers_once.down.sql"
};

static const unsigned char file167[] = {
#embed "../Schema/sqlite/20261121000009_answers_once.up.sql"
};

static const unsigned char file168[] = {
#embed "../Schema/sqlite/20261121000010_assessment_sessions.down.sql"
};

static const unsigned char file169[] = {
#embed "../Schema/sqlite/20261121000010_assessment_sessions.up.sql"
};

static const unsigned char file170[] = {
#embed "../Schema/sqlite/20261121000011_questionnaires.down.sql"
};

static const unsigned char file171[] = {
#embed "../Schema/sqlite/20261121000011_questionnaires.up.sql"
};

static const unsigned char file172[] = {
#embed "../Schema/sqlite/20261126000012_house.down.sql"
};

static const unsigned char file173[] = {
#embed "../Schema/sqlite/20261126000012_house.up.sql"
};

static const unsigned char file174[] = {
#embed "../Schema/sqlite/20261126000013_notices_index.down.sql"
};

static const unsigned char file175[] = {
#embed "../Schema/sqlite/20261126000013_notices_index.up.sql"
};

static const unsigned char file176[] = {
#embed "../Schema/sqlite/20261126000014_clearings.down.sql"
};

static const unsigned char file177[] = {
#embed "../Schema/sqlite/20261126000014_clearings.up.sql"
};

static const unsigned char file178[] = {
#embed "../Schema/sqlite/20261126000015_clearing_index.down.sql"
};

static const unsigned char file179[] = {
#embed "../Schema/sqlite/20261126000015_clearing_index.up.sql"
};

static const unsigned char file180[] = {
#embed "../Schema/sqlite/20261126000016_cleared_at_index.down.sql"
};

static const unsigned char file181[] = {
#embed "../Schema/sqlite/20261126000016_cleared_at_index.up.sql"
};

static const unsigned char file182[] = {
#embed "../Schema/sqlite/20261126000017_questions_page_index.down.sql"
};

static const unsigned char file183[] = {
#embed "../Schema/sqlite/20261126000017_questions_page_index.up.sql"
};

static const unsigned char file184[] = {
#embed "../Schema/sqlite/20261126000018_pages_questionnaire_index.down.sql"
};

static const unsigned char file185[] = {
#embed "../Schema/sqlite/20261126000018_pages_questionnaire_index.up.sql"
};

static const unsigned char file186[] = {
#embed "../Schema/sqlite/20261126000019_responses_questionnaire_index.down.sql"
};

static const unsigned char file187[] = {
#embed "../Schema/sqlite/20261126000019_responses_questionnaire_index.up.sql"
};

static const unsigned char file188[] = {
#embed "../Schema/sqlite/20261126000020_own_outline.down.sql"
};

static const unsigned char file189[] = {
#embed "../Schema/sqlite/20261126000020_own_outline.up.sql"
};

static const unsigned char file190[] = {
#embed "../Schema/sqlite/20261127000021_live_events.down.sql"
};

static const unsigned char file191[] = {
#embed "../Schema/sqlite/20261127000021_live_events.up.sql"
};

static const unsigned char file192[] = {
#embed "../Schema/sqlite/20261127000022_device_session_identity.down.sql"
};

static const unsigned char file193[] = {
#embed "../Schema/sqlite/20261127000022_device_session_identity.up.sql"
};

static const unsigned char file194[] = {
#embed "../Schema/sqlite/20261127000026_device_id_index.down.sql"
};

static const unsigned char file195[] = {
#embed "../Schema/sqlite/20261127000026_device_id_index.up.sql"
};

static const unsigned char file196[] = {
#embed "../Schema/sqlite/20261127000027_session_token_index.down.sql"
};

static const unsigned char file197[] = {
#embed "../Schema/sqlite/20261127000027_session_token_index.up.sql"
};

static const unsigned char file198[] = {
#embed "../Schema/sqlite/20261127000028_resume_state_tracking.down.sql"
};

static const unsigned char file199[] = {
#embed "../Schema/sqlite/20261127000028_resume_state_tracking.up.sql"
};

static const unsigned char file200[] = {
#embed "../Schema/sqlite/20261127000029_segments_ended_index.down.sql"
};

static const unsigned char file201[] = {
#embed "../Schema/sqlite/20261127000029_segments_ended_index.up.sql"
};

static const unsigned char file202[] = {
#embed "../Schema/sqlite/20261127000030_events_ended_index.down.sql"
};

static const unsigned char file203[] = {
#embed "../Schema/sqlite/20261127000030_events_ended_index.up.sql"
};

static const unsigned char file204[] = {
#embed "../Schema/sqlite/20261127000031_event_play.down.sql"
};

static const unsigned char file205[] = {
#embed "../Schema/sqlite/20261127000031_event_play.up.sql"
};

static const unsigned char file206[] = {
#embed "../Schema/sqlite/20261127000032_participant_names_index.down.sql"
};

static const unsigned char file207[] = {
#embed "../Schema/sqlite/20261127000032_participant_names_index.up.sql"
};

static const unsigned char file208[] = {
#embed "../Schema/sqlite/20261127000033_presence_index.down.sql"
};

static const unsigned char file209[] = {
#embed "../Schema/sqlite/20261127000033_presence_index.up.sql"
};

static const unsigned char file210[] = {
#embed "../Schema/sqlite/20261127000034_users.down.sql"
};

static const unsigned char file211[] = {
#embed "../Schema/sqlite/20261127000034_users.up.sql"
};

static const unsigned char file212[] = {
#embed "../Schema/sqlite/20261127000035_sign_ins.down.sql"
};

static const unsigned char file213[] = {
#embed "../Schema/sqlite/20261127000035_sign_ins.up.sql"
};

static const unsigned char file214[] = {
#embed "../Schema/sqlite/20261127000036_mail_relay.down.sql"
};

static const unsigned char file215[] = {
#embed "../Schema/sqlite/20261127000036_mail_relay.up.sql"
};

static const unsigned char file216[] = {
#embed "../Schema/sqlite/20261127000040_put_aside.down.sql"
};

static const unsigned char file217[] = {
#embed "../Schema/sqlite/20261127000040_put_aside.up.sql"
};

static const unsigned char file218[] = {
#embed "../Schema/sqlite/20261127000041_monitoring.down.sql"
};

static const unsigned char file219[] = {
#embed "../Schema/sqlite/20261127000041_monitoring.up.sql"
};

static const unsigned char file220[] = {
#embed "../Schema/sqlite/20261127000042_execution_history.down.sql"
};

static const unsigned char file221[] = {
#embed "../Schema/sqlite/20261127000042_execution_history.up.sql"
};

static const unsigned char file222[] = {
#embed "../Schema/sqlite/20261127000043_runs.down.sql"
};

static const unsigned char file223[] = {
#embed "../Schema/sqlite/20261127000043_runs.up.sql"
};

static const unsigned char file224[] = {
#embed "../Schema/sqlite/20261127000044_jobs_look_index.down.sql"
};

static const unsigned char file225[] = {
#embed "../Schema/sqlite/20261127000044_jobs_look_index.up.sql"
};

static const unsigned char file226[] = {
#embed "../Schema/sqlite/20261127000045_one_run_index.down.sql"
};

static const unsigned char file227[] = {
#embed "../Schema/sqlite/20261127000045_one_run_index.up.sql"
};

static const unsigned char file228[] = {
#embed "../Schema/sqlite/20261127000046_slots_index.down.sql"
};

static const unsigned char file229[] = {
#embed "../Schema/sqlite/20261127000046_slots_index.up.sql"
};

static const unsigned char file230[] = {
#embed "../Schema/sqlite/20261127000047_windows_index.down.sql"
};

static const unsigned char file231[] = {
#embed "../Schema/sqlite/20261127000047_windows_index.up.sql"
};

static const unsigned char file232[] = {
#embed "../Schema/sqlite/20261127000048_executions_age_index.down.sql"
};

static const unsigned char file233[] = {
#embed "../Schema/sqlite/20261127000048_executions_age_index.up.sql"
};

static const unsigned char file234[] = {
#embed "../Schema/sqlite/20261127000049_playground_index.down.sql"
};

static const unsigned char file235[] = {
#embed "../Schema/sqlite/20261127000049_playground_index.up.sql"
};

static const unsigned char file236[] = {
#embed "../Schema/sqlite/20261127000050_one_play_index.down.sql"
};

static const unsigned char file237[] = {
#embed "../Schema/sqlite/20261127000050_one_play_index.up.sql"
};

static const unsigned char file238[] = {
#embed "../Schema/sqlite/20261127000051_job_summaries_index.down.sql"
};

static const unsigned char file239[] = {
#embed "../Schema/sqlite/20261127000051_job_summaries_index.up.sql"
};

static const unsigned char file240[] = {
#embed "../Schema/sqlite/20261127000052_outbox_refusals.down.sql"
};

static const unsigned char file241[] = {
#embed "../Schema/sqlite/20261127000052_outbox_refusals.up.sql"
};

static const unsigned char file242[] = {
#embed "../Schema/sqlite/20261127000053_outbox_due_index.down.sql"
};

static const unsigned char file243[] = {
#embed "../Schema/sqlite/20261127000053_outbox_due_index.up.sql"
};

static const unsigned char file244[] = {
#embed "../Schema/sqlite/20261127000056_session_revision.down.sql"
};

static const unsigned char file245[] = {
#embed "../Schema/sqlite/20261127000056_session_revision.up.sql"
};

static const unsigned char file246[] = {
#embed "../Schema/sqlite/20261127000057_redis_debts.down.sql"
};

static const unsigned char file247[] = {
#embed "../Schema/sqlite/20261127000057_redis_debts.up.sql"
};

static const unsigned char file248[] = {
#embed "../Schema/sqlite/20261127000060_stream_tickets.down.sql"
};

static const unsigned char file249[] = {
#embed "../Schema/sqlite/20261127000060_stream_tickets.up.sql"
};

static const unsigned char file250[] = {
#embed "../Schema/sqlite/20261127000061_plays.down.sql"
};

static const unsigned char file251[] = {
#embed "../Schema/sqlite/20261127000061_plays.up.sql"
};

static const unsigned char file252[] = {
#embed "../Schema/sqlite/20261127000062_second_edition.down.sql"
};

static const unsigned char file253[] = {
#embed "../Schema/sqlite/20261127000062_second_edition.up.sql"
};

static const unsigned char file254[] = {
#embed "../Schema/sqlite/20261127000063_series_index.down.sql"
};

static const unsigned char file255[] = {
#embed "../Schema/sqlite/20261127000063_series_index.up.sql"
};

static const unsigned char file256[] = {
#embed "../Schema/sqlite/20261127000070_second_edition.down.sql"
};

static const unsigned char file257[] = {
#embed "../Schema/sqlite/20261127000070_second_edition.up.sql"
};

static const unsigned char file258[] = {
#embed "../Schema/sqlite/20261127000071_erasures.down.sql"
};

static const unsigned char file259[] = {
#embed "../Schema/sqlite/20261127000071_erasures.up.sql"
};

static const unsigned char file260[] = {
#embed "../Schema/sqlite/20261127000072_responses_email_index.down.sql"
};

static const unsigned char file261[] = {
#embed "../Schema/sqlite/20261127000072_responses_email_index.up.sql"
};

static const unsigned char file262[] = {
#embed "../Schema/sqlite/20261127000075_respondent.down.sql"
};

static const unsigned char file263[] = {
#embed "../Schema/sqlite/20261127000075_respondent.up.sql"
};

static const unsigned char file264[] = {
#embed "../Schema/sqlite/20261127000076_respondent_index.down.sql"
};

static const unsigned char file265[] = {
#embed "../Schema/sqlite/20261127000076_respondent_index.up.sql"
};

static const unsigned char file266[] = {
#embed "../Schema/sqlite/20261127000077_player.down.sql"
};

static const unsigned char file267[] = {
#embed "../Schema/sqlite/20261127000077_player.up.sql"
};

static const unsigned char file268[] = {
#embed "../Schema/sqlite/20261127000078_player_index.down.sql"
};

static const unsigned char file269[] = {
#embed "../Schema/sqlite/20261127000078_player_index.up.sql"
};

static const unsigned char file270[] = {
#embed "../Schema/sqlite/20261127000079_content_url.down.sql"
};

static const unsigned char file271[] = {
#embed "../Schema/sqlite/20261127000079_content_url.up.sql"
};

static const unsigned char file272[] = {
#embed "../Schema/sqlite/20261127000080_key_use.down.sql"
};

static const unsigned char file273[] = {
#embed "../Schema/sqlite/20261127000080_key_use.up.sql"
};

static const unsigned char file274[] = {
#embed "../Schema/sqlite/20261127000081_heard_slot.down.sql"
};

static const unsigned char file275[] = {
#embed "../Schema/sqlite/20261127000081_heard_slot.up.sql"
};

static const unsigned char file276[] = {
#embed "../Schema/sqlite/20261127000082_playback_sessions_heard_index.down.sql"
};

static const unsigned char file277[] = {
#embed "../Schema/sqlite/20261127000082_playback_sessions_heard_index.up.sql"
};

static const unsigned char file278[] = {
#embed "../Schema/sqlite/20261127000083_student_responses_activity_index.down.sql"
};

static const unsigned char file279[] = {
#embed "../Schema/sqlite/20261127000083_student_responses_activity_index.up.sql"
};

static const unsigned char file280[] = {
#embed "../Schema/sqlite/20261127000084_events_active_index.down.sql"
};

static const unsigned char file281[] = {
#embed "../Schema/sqlite/20261127000084_events_active_index.up.sql"
};

static const unsigned char file282[] = {
#embed "../Schema/sqlite/20261127000085_questionnaire_figures.down.sql"
};

static const unsigned char file283[] = {
#embed "../Schema/sqlite/20261127000085_questionnaire_figures.up.sql"
};

static const unsigned char file284[] = {
#embed "../Schema/sqlite/20261127000086_student_responses_completed_index.down.sql"
};

static const unsigned char file285[] = {
#embed "../Schema/sqlite/20261127000086_student_responses_completed_index.up.sql"
};

static const unsigned char file286[] = {
#embed "../Schema/sqlite/20261127000087_student_responses_abandoned_index.down.sql"
};

static const unsigned char file287[] = {
#embed "../Schema/sqlite/20261127000087_student_responses_abandoned_index.up.sql"
};

static const unsigned char file288[] = {
#embed "../Schema/sqlite/20261127000088_student_responses_spelling_index.down.sql"
};

static const unsigned char file289[] = {
#embed "../Schema/sqlite/20261127000088_student_responses_spelling_index.up.sql"
};

static const unsigned char file290[] = {
#embed "../Schema/sqlite/20261127000089_event_audit_who_index.down.sql"
};

static const unsigned char file291[] = {
#embed "../Schema/sqlite/20261127000089_event_audit_who_index.up.sql"
};

static const unsigned char file292[] = {
#embed "../Schema/sqlite/20261127000090_events_owner_index.down.sql"
};

static const unsigned char file293[] = {
#embed "../Schema/sqlite/20261127000090_events_owner_index.up.sql"
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
    {"postgres/20261127000021_live_events.down.sql", file40, sizeof file40},
    {"postgres/20261127000021_live_events.up.sql", file41, sizeof file41},
    {"postgres/20261127000022_device_session_identity.down.sql", file42, sizeof file42},
    {"postgres/20261127000022_device_session_identity.up.sql", file43, sizeof file43},
    {"postgres/20261127000023_device_per_event_index.down.sql", file44, sizeof file44},
    {"postgres/20261127000023_device_per_event_index.up.sql", file45, sizeof file45},
    {"postgres/20261127000024_session_token_key_index.down.sql", file46, sizeof file46},
    {"postgres/20261127000024_session_token_key_index.up.sql", file47, sizeof file47},
    {"postgres/20261127000025_device_constraints.down.sql", file48, sizeof file48},
    {"postgres/20261127000025_device_constraints.up.sql", file49, sizeof file49},
    {"postgres/20261127000026_device_id_index.down.sql", file50, sizeof file50},
    {"postgres/20261127000026_device_id_index.up.sql", file51, sizeof file51},
    {"postgres/20261127000027_session_token_index.down.sql", file52, sizeof file52},
    {"postgres/20261127000027_session_token_index.up.sql", file53, sizeof file53},
    {"postgres/20261127000028_resume_state_tracking.down.sql", file54, sizeof file54},
    {"postgres/20261127000028_resume_state_tracking.up.sql", file55, sizeof file55},
    {"postgres/20261127000029_segments_ended_index.down.sql", file56, sizeof file56},
    {"postgres/20261127000029_segments_ended_index.up.sql", file57, sizeof file57},
    {"postgres/20261127000030_events_ended_index.down.sql", file58, sizeof file58},
    {"postgres/20261127000030_events_ended_index.up.sql", file59, sizeof file59},
    {"postgres/20261127000031_event_play.down.sql", file60, sizeof file60},
    {"postgres/20261127000031_event_play.up.sql", file61, sizeof file61},
    {"postgres/20261127000032_participant_names_index.down.sql", file62, sizeof file62},
    {"postgres/20261127000032_participant_names_index.up.sql", file63, sizeof file63},
    {"postgres/20261127000033_presence_index.down.sql", file64, sizeof file64},
    {"postgres/20261127000033_presence_index.up.sql", file65, sizeof file65},
    {"postgres/20261127000034_users.down.sql", file66, sizeof file66},
    {"postgres/20261127000034_users.up.sql", file67, sizeof file67},
    {"postgres/20261127000035_sign_ins.down.sql", file68, sizeof file68},
    {"postgres/20261127000035_sign_ins.up.sql", file69, sizeof file69},
    {"postgres/20261127000036_mail_relay.down.sql", file70, sizeof file70},
    {"postgres/20261127000036_mail_relay.up.sql", file71, sizeof file71},
    {"postgres/20261127000040_put_aside.down.sql", file72, sizeof file72},
    {"postgres/20261127000040_put_aside.up.sql", file73, sizeof file73},
    {"postgres/20261127000041_monitoring.down.sql", file74, sizeof file74},
    {"postgres/20261127000041_monitoring.up.sql", file75, sizeof file75},
    {"postgres/20261127000042_execution_history.down.sql", file76, sizeof file76},
    {"postgres/20261127000042_execution_history.up.sql", file77, sizeof file77},
    {"postgres/20261127000043_runs.down.sql", file78, sizeof file78},
    {"postgres/20261127000043_runs.up.sql", file79, sizeof file79},
    {"postgres/20261127000044_jobs_look_index.down.sql", file80, sizeof file80},
    {"postgres/20261127000044_jobs_look_index.up.sql", file81, sizeof file81},
    {"postgres/20261127000045_one_run_index.down.sql", file82, sizeof file82},
    {"postgres/20261127000045_one_run_index.up.sql", file83, sizeof file83},
    {"postgres/20261127000046_slots_index.down.sql", file84, sizeof file84},
    {"postgres/20261127000046_slots_index.up.sql", file85, sizeof file85},
    {"postgres/20261127000047_windows_index.down.sql", file86, sizeof file86},
    {"postgres/20261127000047_windows_index.up.sql", file87, sizeof file87},
    {"postgres/20261127000048_executions_age_index.down.sql", file88, sizeof file88},
    {"postgres/20261127000048_executions_age_index.up.sql", file89, sizeof file89},
    {"postgres/20261127000049_playground_index.down.sql", file90, sizeof file90},
    {"postgres/20261127000049_playground_index.up.sql", file91, sizeof file91},
    {"postgres/20261127000050_one_play_index.down.sql", file92, sizeof file92},
    {"postgres/20261127000050_one_play_index.up.sql", file93, sizeof file93},
    {"postgres/20261127000051_job_summaries_index.down.sql", file94, sizeof file94},
    {"postgres/20261127000051_job_summaries_index.up.sql", file95, sizeof file95},
    {"postgres/20261127000052_outbox_refusals.down.sql", file96, sizeof file96},
    {"postgres/20261127000052_outbox_refusals.up.sql", file97, sizeof file97},
    {"postgres/20261127000053_outbox_due_index.down.sql", file98, sizeof file98},
    {"postgres/20261127000053_outbox_due_index.up.sql", file99, sizeof file99},
    {"postgres/20261127000056_session_revision.down.sql", file100, sizeof file100},
    {"postgres/20261127000056_session_revision.up.sql", file101, sizeof file101},
    {"postgres/20261127000057_redis_debts.down.sql", file102, sizeof file102},
    {"postgres/20261127000057_redis_debts.up.sql", file103, sizeof file103},
    {"postgres/20261127000060_stream_tickets.down.sql", file104, sizeof file104},
    {"postgres/20261127000060_stream_tickets.up.sql", file105, sizeof file105},
    {"postgres/20261127000061_plays.down.sql", file106, sizeof file106},
    {"postgres/20261127000061_plays.up.sql", file107, sizeof file107},
    {"postgres/20261127000062_second_edition.down.sql", file108, sizeof file108},
    {"postgres/20261127000062_second_edition.up.sql", file109, sizeof file109},
    {"postgres/20261127000063_series_index.down.sql", file110, sizeof file110},
    {"postgres/20261127000063_series_index.up.sql", file111, sizeof file111},
    {"postgres/20261127000070_second_edition.down.sql", file112, sizeof file112},
    {"postgres/20261127000070_second_edition.up.sql", file113, sizeof file113},
    {"postgres/20261127000071_erasures.down.sql", file114, sizeof file114},
    {"postgres/20261127000071_erasures.up.sql", file115, sizeof file115},
    {"postgres/20261127000072_responses_email_index.down.sql", file116, sizeof file116},
    {"postgres/20261127000072_responses_email_index.up.sql", file117, sizeof file117},
    {"postgres/20261127000075_respondent.down.sql", file118, sizeof file118},
    {"postgres/20261127000075_respondent.up.sql", file119, sizeof file119},
    {"postgres/20261127000076_respondent_index.down.sql", file120, sizeof file120},
    {"postgres/20261127000076_respondent_index.up.sql", file121, sizeof file121},
    {"postgres/20261127000077_player.down.sql", file122, sizeof file122},
    {"postgres/20261127000077_player.up.sql", file123, sizeof file123},
    {"postgres/20261127000078_player_index.down.sql", file124, sizeof file124},
    {"postgres/20261127000078_player_index.up.sql", file125, sizeof file125},
    {"postgres/20261127000079_content_url.down.sql", file126, sizeof file126},
    {"postgres/20261127000079_content_url.up.sql", file127, sizeof file127},
    {"postgres/20261127000080_key_use.down.sql", file128, sizeof file128},
    {"postgres/20261127000080_key_use.up.sql", file129, sizeof file129},
    {"postgres/20261127000081_heard_slot.down.sql", file130, sizeof file130},
    {"postgres/20261127000081_heard_slot.up.sql", file131, sizeof file131},
    {"postgres/20261127000082_playback_sessions_heard_index.down.sql", file132, sizeof file132},
    {"postgres/20261127000082_playback_sessions_heard_index.up.sql", file133, sizeof file133},
    {"postgres/20261127000083_student_responses_activity_index.down.sql", file134, sizeof file134},
    {"postgres/20261127000083_student_responses_activity_index.up.sql", file135, sizeof file135},
    {"postgres/20261127000084_events_active_index.down.sql", file136, sizeof file136},
    {"postgres/20261127000084_events_active_index.up.sql", file137, sizeof file137},
    {"postgres/20261127000085_questionnaire_figures.down.sql", file138, sizeof file138},
    {"postgres/20261127000085_questionnaire_figures.up.sql", file139, sizeof file139},
    {"postgres/20261127000086_student_responses_completed_index.down.sql", file140, sizeof file140},
    {"postgres/20261127000086_student_responses_completed_index.up.sql", file141, sizeof file141},
    {"postgres/20261127000087_student_responses_abandoned_index.down.sql", file142, sizeof file142},
    {"postgres/20261127000087_student_responses_abandoned_index.up.sql", file143, sizeof file143},
    {"postgres/20261127000088_student_responses_spelling_index.down.sql", file144, sizeof file144},
    {"postgres/20261127000088_student_responses_spelling_index.up.sql", file145, sizeof file145},
    {"postgres/20261127000089_event_audit_who_index.down.sql", file146, sizeof file146},
    {"postgres/20261127000089_event_audit_who_index.up.sql", file147, sizeof file147},
    {"postgres/20261127000090_events_owner_index.down.sql", file148, sizeof file148},
    {"postgres/20261127000090_events_owner_index.up.sql", file149, sizeof file149},
    {"sqlite/20261121000001_watch_history.down.sql", file150, sizeof file150},
    {"sqlite/20261121000001_watch_history.up.sql", file151, sizeof file151},
    {"sqlite/20261121000002_playback.down.sql", file152, sizeof file152},
    {"sqlite/20261121000002_playback.up.sql", file153, sizeof file153},
    {"sqlite/20261121000003_web.down.sql", file154, sizeof file154},
    {"sqlite/20261121000003_web.up.sql", file155, sizeof file155},
    {"sqlite/20261121000004_cleared_places.down.sql", file156, sizeof file156},
    {"sqlite/20261121000004_cleared_places.up.sql", file157, sizeof file157},
    {"sqlite/20261121000005_questionnaire_tables.down.sql", file158, sizeof file158},
    {"sqlite/20261121000005_questionnaire_tables.up.sql", file159, sizeof file159},
    {"sqlite/20261121000006_session_status.down.sql", file160, sizeof file160},
    {"sqlite/20261121000006_session_status.up.sql", file161, sizeof file161},
    {"sqlite/20261121000007_session_activity.down.sql", file162, sizeof file162},
    {"sqlite/20261121000007_session_activity.up.sql", file163, sizeof file163},
    {"sqlite/20261121000008_answer_history.down.sql", file164, sizeof file164},
    {"sqlite/20261121000008_answer_history.up.sql", file165, sizeof file165},
    {"sqlite/20261121000009_answers_once.down.sql", file166, sizeof file166},
    {"sqlite/20261121000009_answers_once.up.sql", file167, sizeof file167},
    {"sqlite/20261121000010_assessment_sessions.down.sql", file168, sizeof file168},
    {"sqlite/20261121000010_assessment_sessions.up.sql", file169, sizeof file169},
    {"sqlite/20261121000011_questionnaires.down.sql", file170, sizeof file170},
    {"sqlite/20261121000011_questionnaires.up.sql", file171, sizeof file171},
    {"sqlite/20261126000012_house.down.sql", file172, sizeof file172},
    {"sqlite/20261126000012_house.up.sql", file173, sizeof file173},
    {"sqlite/20261126000013_notices_index.down.sql", file174, sizeof file174},
    {"sqlite/20261126000013_notices_index.up.sql", file175, sizeof file175},
    {"sqlite/20261126000014_clearings.down.sql", file176, sizeof file176},
    {"sqlite/20261126000014_clearings.up.sql", file177, sizeof file177},
    {"sqlite/20261126000015_clearing_index.down.sql", file178, sizeof file178},
    {"sqlite/20261126000015_clearing_index.up.sql", file179, sizeof file179},
    {"sqlite/20261126000016_cleared_at_index.down.sql", file180, sizeof file180},
    {"sqlite/20261126000016_cleared_at_index.up.sql", file181, sizeof file181},
    {"sqlite/20261126000017_questions_page_index.down.sql", file182, sizeof file182},
    {"sqlite/20261126000017_questions_page_index.up.sql", file183, sizeof file183},
    {"sqlite/20261126000018_pages_questionnaire_index.down.sql", file184, sizeof file184},
    {"sqlite/20261126000018_pages_questionnaire_index.up.sql", file185, sizeof file185},
    {"sqlite/20261126000019_responses_questionnaire_index.down.sql", file186, sizeof file186},
    {"sqlite/20261126000019_responses_questionnaire_index.up.sql", file187, sizeof file187},
    {"sqlite/20261126000020_own_outline.down.sql", file188, sizeof file188},
    {"sqlite/20261126000020_own_outline.up.sql", file189, sizeof file189},
    {"sqlite/20261127000021_live_events.down.sql", file190, sizeof file190},
    {"sqlite/20261127000021_live_events.up.sql", file191, sizeof file191},
    {"sqlite/20261127000022_device_session_identity.down.sql", file192, sizeof file192},
    {"sqlite/20261127000022_device_session_identity.up.sql", file193, sizeof file193},
    {"sqlite/20261127000026_device_id_index.down.sql", file194, sizeof file194},
    {"sqlite/20261127000026_device_id_index.up.sql", file195, sizeof file195},
    {"sqlite/20261127000027_session_token_index.down.sql", file196, sizeof file196},
    {"sqlite/20261127000027_session_token_index.up.sql", file197, sizeof file197},
    {"sqlite/20261127000028_resume_state_tracking.down.sql", file198, sizeof file198},
    {"sqlite/20261127000028_resume_state_tracking.up.sql", file199, sizeof file199},
    {"sqlite/20261127000029_segments_ended_index.down.sql", file200, sizeof file200},
    {"sqlite/20261127000029_segments_ended_index.up.sql", file201, sizeof file201},
    {"sqlite/20261127000030_events_ended_index.down.sql", file202, sizeof file202},
    {"sqlite/20261127000030_events_ended_index.up.sql", file203, sizeof file203},
    {"sqlite/20261127000031_event_play.down.sql", file204, sizeof file204},
    {"sqlite/20261127000031_event_play.up.sql", file205, sizeof file205},
    {"sqlite/20261127000032_participant_names_index.down.sql", file206, sizeof file206},
    {"sqlite/20261127000032_participant_names_index.up.sql", file207, sizeof file207},
    {"sqlite/20261127000033_presence_index.down.sql", file208, sizeof file208},
    {"sqlite/20261127000033_presence_index.up.sql", file209, sizeof file209},
    {"sqlite/20261127000034_users.down.sql", file210, sizeof file210},
    {"sqlite/20261127000034_users.up.sql", file211, sizeof file211},
    {"sqlite/20261127000035_sign_ins.down.sql", file212, sizeof file212},
    {"sqlite/20261127000035_sign_ins.up.sql", file213, sizeof file213},
    {"sqlite/20261127000036_mail_relay.down.sql", file214, sizeof file214},
    {"sqlite/20261127000036_mail_relay.up.sql", file215, sizeof file215},
    {"sqlite/20261127000040_put_aside.down.sql", file216, sizeof file216},
    {"sqlite/20261127000040_put_aside.up.sql", file217, sizeof file217},
    {"sqlite/20261127000041_monitoring.down.sql", file218, sizeof file218},
    {"sqlite/20261127000041_monitoring.up.sql", file219, sizeof file219},
    {"sqlite/20261127000042_execution_history.down.sql", file220, sizeof file220},
    {"sqlite/20261127000042_execution_history.up.sql", file221, sizeof file221},
    {"sqlite/20261127000043_runs.down.sql", file222, sizeof file222},
    {"sqlite/20261127000043_runs.up.sql", file223, sizeof file223},
    {"sqlite/20261127000044_jobs_look_index.down.sql", file224, sizeof file224},
    {"sqlite/20261127000044_jobs_look_index.up.sql", file225, sizeof file225},
    {"sqlite/20261127000045_one_run_index.down.sql", file226, sizeof file226},
    {"sqlite/20261127000045_one_run_index.up.sql", file227, sizeof file227},
    {"sqlite/20261127000046_slots_index.down.sql", file228, sizeof file228},
    {"sqlite/20261127000046_slots_index.up.sql", file229, sizeof file229},
    {"sqlite/20261127000047_windows_index.down.sql", file230, sizeof file230},
    {"sqlite/20261127000047_windows_index.up.sql", file231, sizeof file231},
    {"sqlite/20261127000048_executions_age_index.down.sql", file232, sizeof file232},
    {"sqlite/20261127000048_executions_age_index.up.sql", file233, sizeof file233},
    {"sqlite/20261127000049_playground_index.down.sql", file234, sizeof file234},
    {"sqlite/20261127000049_playground_index.up.sql", file235, sizeof file235},
    {"sqlite/20261127000050_one_play_index.down.sql", file236, sizeof file236},
    {"sqlite/20261127000050_one_play_index.up.sql", file237, sizeof file237},
    {"sqlite/20261127000051_job_summaries_index.down.sql", file238, sizeof file238},
    {"sqlite/20261127000051_job_summaries_index.up.sql", file239, sizeof file239},
    {"sqlite/20261127000052_outbox_refusals.down.sql", file240, sizeof file240},
    {"sqlite/20261127000052_outbox_refusals.up.sql", file241, sizeof file241},
    {"sqlite/20261127000053_outbox_due_index.down.sql", file242, sizeof file242},
    {"sqlite/20261127000053_outbox_due_index.up.sql", file243, sizeof file243},
    {"sqlite/20261127000056_session_revision.down.sql", file244, sizeof file244},
    {"sqlite/20261127000056_session_revision.up.sql", file245, sizeof file245},
    {"sqlite/20261127000057_redis_debts.down.sql", file246, sizeof file246},
    {"sqlite/20261127000057_redis_debts.up.sql", file247, sizeof file247},
    {"sqlite/20261127000060_stream_tickets.down.sql", file248, sizeof file248},
    {"sqlite/20261127000060_stream_tickets.up.sql", file249, sizeof file249},
    {"sqlite/20261127000061_plays.down.sql", file250, sizeof file250},
    {"sqlite/20261127000061_plays.up.sql", file251, sizeof file251},
    {"sqlite/20261127000062_second_edition.down.sql", file252, sizeof file252},
    {"sqlite/20261127000062_second_edition.up.sql", file253, sizeof file253},
    {"sqlite/20261127000063_series_index.down.sql", file254, sizeof file254},
    {"sqlite/20261127000063_series_index.up.sql", file255, sizeof file255},
    {"sqlite/20261127000070_second_edition.down.sql", file256, sizeof file256},
    {"sqlite/20261127000070_second_edition.up.sql", file257, sizeof file257},
    {"sqlite/20261127000071_erasures.down.sql", file258, sizeof file258},
    {"sqlite/20261127000071_erasures.up.sql", file259, sizeof file259},
    {"sqlite/20261127000072_responses_email_index.down.sql", file260, sizeof file260},
    {"sqlite/20261127000072_responses_email_index.up.sql", file261, sizeof file261},
    {"sqlite/20261127000075_respondent.down.sql", file262, sizeof file262},
    {"sqlite/20261127000075_respondent.up.sql", file263, sizeof file263},
    {"sqlite/20261127000076_respondent_index.down.sql", file264, sizeof file264},
    {"sqlite/20261127000076_respondent_index.up.sql", file265, sizeof file265},
    {"sqlite/20261127000077_player.down.sql", file266, sizeof file266},
    {"sqlite/20261127000077_player.up.sql", file267, sizeof file267},
    {"sqlite/20261127000078_player_index.down.sql", file268, sizeof file268},
    {"sqlite/20261127000078_player_index.up.sql", file269, sizeof file269},
    {"sqlite/20261127000079_content_url.down.sql", file270, sizeof file270},
    {"sqlite/20261127000079_content_url.up.sql", file271, sizeof file271},
    {"sqlite/20261127000080_key_use.down.sql", file272, sizeof file272},
    {"sqlite/20261127000080_key_use.up.sql", file273, sizeof file273},
    {"sqlite/20261127000081_heard_slot.down.sql", file274, sizeof file274},
    {"sqlite/20261127000081_heard_slot.up.sql", file275, sizeof file275},
    {"sqlite/20261127000082_playback_sessions_heard_index.down.sql", file276, sizeof file276},
    {"sqlite/20261127000082_playback_sessions_heard_index.up.sql", file277, sizeof file277},
    {"sqlite/20261127000083_student_responses_activity_index.down.sql", file278, sizeof file278},
    {"sqlite/20261127000083_student_responses_activity_index.up.sql", file279, sizeof file279},
    {"sqlite/20261127000084_events_active_index.down.sql", file280, sizeof file280},
    {"sqlite/20261127000084_events_active_index.up.sql", file281, sizeof file281},
    {"sqlite/20261127000085_questionnaire_figures.down.sql", file282, sizeof file282},
    {"sqlite/20261127000085_questionnaire_figures.up.sql", file283, sizeof file283},
    {"sqlite/20261127000086_student_responses_completed_index.down.sql", file284, sizeof file284},
    {"sqlite/20261127000086_student_responses_completed_index.up.sql", file285, sizeof file285},
    {"sqlite/20261127000087_student_responses_abandoned_index.down.sql", file286, sizeof file286},
    {"sqlite/20261127000087_student_responses_abandoned_index.up.sql", file287, sizeof file287},
    {"sqlite/20261127000088_student_responses_spelling_index.down.sql", file288, sizeof file288},
    {"sqlite/20261127000088_student_responses_spelling_index.up.sql", file289, sizeof file289},
    {"sqlite/20261127000089_event_audit_who_index.down.sql", file290, sizeof file290},
    {"sqlite/20261127000089_event_audit_who_index.up.sql", file291, sizeof file291},
    {"sqlite/20261127000090_events_owner_index.down.sql", file292, sizeof file292},
    {"sqlite/20261127000090_events_owner_index.up.sql", file293, sizeof file293},
};

const CSchemaFile *CSchemaFiles(void) { return files; }

size_t CSchemaFileCount(void) { return sizeof files / sizeof files[0]; }
