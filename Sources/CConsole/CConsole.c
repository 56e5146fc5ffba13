// Written by scripts/embed.py: the files that the binary carries.
#include "CConsole.h"
#include <stddef.h>

static const unsigned char file0[] = {
#embed "../../docs/openapi.yaml"
};

static const unsigned char file1[] = {
#embed "assets/clips/harbour.jpg"
};

static const unsigned char file2[] = {
#embed "assets/clips/harbour.webm"
};

static const unsigned char file3[] = {
#embed "assets/clips/lanterns.jpg"
};

static const unsigned char file4[] = {
#embed "assets/clips/lanterns.webm"
};

static const unsigned char file5[] = {
#embed "assets/clips/orbits.jpg"
};

static const unsigned char file6[] = {
#embed "assets/clips/orbits.webm"
};

static const unsigned char file7[] = {
#embed "assets/clips/tidepool.jpg"
};

static const unsigned char file8[] = {
#embed "assets/clips/tidepool.webm"
};

static const unsigned char file9[] = {
#embed "assets/css/admin.css"
};

static const unsigned char file10[] = {
#embed "assets/css/api.css"
};

static const unsigned char file11[] = {
#embed "assets/css/dogear.css"
};

static const unsigned char file12[] = {
#embed "assets/css/events.css"
};

static const unsigned char file13[] = {
#embed "assets/css/jobs.css"
};

static const unsigned char file14[] = {
#embed "assets/icon.svg"
};

static const unsigned char file15[] = {
#embed "assets/js/account-form.js"
};

static const unsigned char file16[] = {
#embed "assets/js/account-own.js"
};

static const unsigned char file17[] = {
#embed "assets/js/account-page.js"
};

static const unsigned char file18[] = {
#embed "assets/js/account.js"
};

static const unsigned char file19[] = {
#embed "assets/js/admin-follow.js"
};

static const unsigned char file20[] = {
#embed "assets/js/assessment-book.js"
};

static const unsigned char file21[] = {
#embed "assets/js/assessment-choice.js"
};

static const unsigned char file22[] = {
#embed "assets/js/assessment-courses.js"
};

static const unsigned char file23[] = {
#embed "assets/js/assessment-dialogs.js"
};

static const unsigned char file24[] = {
#embed "assets/js/assessment-essay.js"
};

static const unsigned char file25[] = {
#embed "assets/js/assessment-finish.js"
};

static const unsigned char file26[] = {
#embed "assets/js/assessment-fresh.js"
};

static const unsigned char file27[] = {
#embed "assets/js/assessment-further.js"
};

static const unsigned char file28[] = {
#embed "assets/js/assessment-line.js"
};

static const unsigned char file29[] = {
#embed "assets/js/assessment-matrix.js"
};

static const unsigned char file30[] = {
#embed "assets/js/assessment-memory.js"
};

static const unsigned char file31[] = {
#embed "assets/js/assessment-notices.js"
};

static const unsigned char file32[] = {
#embed "assets/js/assessment-ordering.js"
};

static const unsigned char file33[] = {
#embed "assets/js/assessment-questions.js"
};

static const unsigned char file34[] = {
#embed "assets/js/assessment-run.js"
};

static const unsigned char file35[] = {
#embed "assets/js/assessment-screen.js"
};

static const unsigned char file36[] = {
#embed "assets/js/assessment-slider.js"
};

static const unsigned char file37[] = {
#embed "assets/js/assessment-standing.js"
};

static const unsigned char file38[] = {
#embed "assets/js/assessment-undo.js"
};

static const unsigned char file39[] = {
#embed "assets/js/assessment-views.js"
};

static const unsigned char file40[] = {
#embed "assets/js/assessment-visit.js"
};

static const unsigned char file41[] = {
#embed "assets/js/assessment-words.js"
};

static const unsigned char file42[] = {
#embed "assets/js/assessment.js"
};

static const unsigned char file43[] = {
#embed "assets/js/assessments.js"
};

static const unsigned char file44[] = {
#embed "assets/js/continue-item.js"
};

static const unsigned char file45[] = {
#embed "assets/js/continue-row.js"
};

static const unsigned char file46[] = {
#embed "assets/js/elsewhere.js"
};

static const unsigned char file47[] = {
#embed "assets/js/event-avatars.js"
};

static const unsigned char file48[] = {
#embed "assets/js/event-editor.js"
};

static const unsigned char file49[] = {
#embed "assets/js/event-host-page.js"
};

static const unsigned char file50[] = {
#embed "assets/js/event-parts.js"
};

static const unsigned char file51[] = {
#embed "assets/js/event-paste.js"
};

static const unsigned char file52[] = {
#embed "assets/js/event-question-forms.js"
};

static const unsigned char file53[] = {
#embed "assets/js/event-screen-page.js"
};

static const unsigned char file54[] = {
#embed "assets/js/event-words.js"
};

static const unsigned char file55[] = {
#embed "assets/js/events.js"
};

static const unsigned char file56[] = {
#embed "assets/js/follower.js"
};

static const unsigned char file57[] = {
#embed "assets/js/home.js"
};

static const unsigned char file58[] = {
#embed "assets/js/host-controls.js"
};

static const unsigned char file59[] = {
#embed "assets/js/host-door.js"
};

static const unsigned char file60[] = {
#embed "assets/js/host-endings.js"
};

static const unsigned char file61[] = {
#embed "assets/js/host-people.js"
};

static const unsigned char file62[] = {
#embed "assets/js/host-view.js"
};

static const unsigned char file63[] = {
#embed "assets/js/job-calls.js"
};

static const unsigned char file64[] = {
#embed "assets/js/job-form.js"
};

static const unsigned char file65[] = {
#embed "assets/js/job-gaps.js"
};

static const unsigned char file66[] = {
#embed "assets/js/job-parts.js"
};

static const unsigned char file67[] = {
#embed "assets/js/job-plan.js"
};

static const unsigned char file68[] = {
#embed "assets/js/job-runs.js"
};

static const unsigned char file69[] = {
#embed "assets/js/job-words.js"
};

static const unsigned char file70[] = {
#embed "assets/js/job.js"
};

static const unsigned char file71[] = {
#embed "assets/js/jobs.js"
};

static const unsigned char file72[] = {
#embed "assets/js/join-door.js"
};

static const unsigned char file73[] = {
#embed "assets/js/join-own.js"
};

static const unsigned char file74[] = {
#embed "assets/js/join-player.js"
};

static const unsigned char file75[] = {
#embed "assets/js/join-views.js"
};

static const unsigned char file76[] = {
#embed "assets/js/join.js"
};

static const unsigned char file77[] = {
#embed "assets/js/player-page.js"
};

static const unsigned char file78[] = {
#embed "assets/js/player-start.js"
};

static const unsigned char file79[] = {
#embed "assets/js/player-words.js"
};

static const unsigned char file80[] = {
#embed "assets/js/player.js"
};

static const unsigned char file81[] = {
#embed "assets/js/playground.js"
};

static const unsigned char file82[] = {
#embed "assets/js/plays.js"
};

static const unsigned char file83[] = {
#embed "assets/js/qr.js"
};

static const unsigned char file84[] = {
#embed "assets/js/reach.js"
};

static const unsigned char file85[] = {
#embed "assets/js/resumable.js"
};

static const unsigned char file86[] = {
#embed "assets/js/screen-views.js"
};

static const unsigned char file87[] = {
#embed "assets/js/server-watch.js"
};

static const unsigned char file88[] = {
#embed "assets/js/sessions.js"
};

static const unsigned char file89[] = {
#embed "assets/js/ui.js"
};

static const unsigned char file90[] = {
#embed "assets/js/unsubscribe.js"
};

static const unsigned char file91[] = {
#embed "assets/js/watch.js"
};

static const unsigned char file92[] = {
#embed "assets/posts/dogear_news.jsonl"
};

static const unsigned char file93[] = {
#embed "assets/questionnaires/a-day-by-the-sea.yaml"
};

static const unsigned char file94[] = {
#embed "assets/questionnaires/a-weekend-away.yaml"
};

static const unsigned char file95[] = {
#embed "assets/questionnaires/how-you-read.yaml"
};

static const unsigned char file96[] = {
#embed "assets/sdk/answer-courier.js"
};

static const unsigned char file97[] = {
#embed "assets/sdk/answer-store.js"
};

static const unsigned char file98[] = {
#embed "assets/sdk/answers.js"
};

static const unsigned char file99[] = {
#embed "assets/sdk/assessment.d.ts"
};

static const unsigned char file100[] = {
#embed "assets/sdk/assessment.js"
};

static const unsigned char file101[] = {
#embed "assets/sdk/backoff.js"
};

static const unsigned char file102[] = {
#embed "assets/sdk/browser.js"
};

static const unsigned char file103[] = {
#embed "assets/sdk/device.js"
};

static const unsigned char file104[] = {
#embed "assets/sdk/dogear.d.ts"
};

static const unsigned char file105[] = {
#embed "assets/sdk/dogear.js"
};

static const unsigned char file106[] = {
#embed "assets/sdk/emitter.js"
};

static const unsigned char file107[] = {
#embed "assets/sdk/event-answers.js"
};

static const unsigned char file108[] = {
#embed "assets/sdk/event-clock.js"
};

static const unsigned char file109[] = {
#embed "assets/sdk/event-device.js"
};

static const unsigned char file110[] = {
#embed "assets/sdk/event-follower.js"
};

static const unsigned char file111[] = {
#embed "assets/sdk/event-host.d.ts"
};

static const unsigned char file112[] = {
#embed "assets/sdk/event-host.js"
};

static const unsigned char file113[] = {
#embed "assets/sdk/event-line.js"
};

static const unsigned char file114[] = {
#embed "assets/sdk/event-place.js"
};

static const unsigned char file115[] = {
#embed "assets/sdk/event-places.js"
};

static const unsigned char file116[] = {
#embed "assets/sdk/event-pulse.js"
};

static const unsigned char file117[] = {
#embed "assets/sdk/event-state.js"
};

static const unsigned char file118[] = {
#embed "assets/sdk/event-stream.js"
};

static const unsigned char file119[] = {
#embed "assets/sdk/event.d.ts"
};

static const unsigned char file120[] = {
#embed "assets/sdk/event.js"
};

static const unsigned char file121[] = {
#embed "assets/sdk/follow.js"
};

static const unsigned char file122[] = {
#embed "assets/sdk/http.d.ts"
};

static const unsigned char file123[] = {
#embed "assets/sdk/http.js"
};

static const unsigned char file124[] = {
#embed "assets/sdk/ids.js"
};

static const unsigned char file125[] = {
#embed "assets/sdk/known-answers.js"
};

static const unsigned char file126[] = {
#embed "assets/sdk/lifetime.js"
};

static const unsigned char file127[] = {
#embed "assets/sdk/outgoing.js"
};

static const unsigned char file128[] = {
#embed "assets/sdk/playback-stream.js"
};

static const unsigned char file129[] = {
#embed "assets/sdk/reports.js"
};

static const unsigned char file130[] = {
#embed "assets/sdk/session.js"
};

static const unsigned char file131[] = {
#embed "assets/sdk/storage.js"
};

static const unsigned char file132[] = {
#embed "assets/sdk/tabs.js"
};

static const unsigned char file133[] = {
#embed "assets/sdk/video-watch.js"
};

static const unsigned char file134[] = {
#embed "assets/templates/account.mustache"
};

static const unsigned char file135[] = {
#embed "assets/templates/admin-backups.mustache"
};

static const unsigned char file136[] = {
#embed "assets/templates/admin-erasure.mustache"
};

static const unsigned char file137[] = {
#embed "assets/templates/admin-errors.mustache"
};

static const unsigned char file138[] = {
#embed "assets/templates/admin-keys.mustache"
};

static const unsigned char file139[] = {
#embed "assets/templates/admin-now.mustache"
};

static const unsigned char file140[] = {
#embed "assets/templates/admin-people.mustache"
};

static const unsigned char file141[] = {
#embed "assets/templates/admin-problem.mustache"
};

static const unsigned char file142[] = {
#embed "assets/templates/admin-questionnaire.mustache"
};

static const unsigned char file143[] = {
#embed "assets/templates/admin-questionnaires.mustache"
};

static const unsigned char file144[] = {
#embed "assets/templates/admin-respondent.mustache"
};

static const unsigned char file145[] = {
#embed "assets/templates/admin-settings.mustache"
};

static const unsigned char file146[] = {
#embed "assets/templates/admin-shell.mustache"
};

static const unsigned char file147[] = {
#embed "assets/templates/admin-sign-in.mustache"
};

static const unsigned char file148[] = {
#embed "assets/templates/admin-sure.mustache"
};

static const unsigned char file149[] = {
#embed "assets/templates/admin-table.mustache"
};

static const unsigned char file150[] = {
#embed "assets/templates/api.mustache"
};

static const unsigned char file151[] = {
#embed "assets/templates/assessment.mustache"
};

static const unsigned char file152[] = {
#embed "assets/templates/assessments.mustache"
};

static const unsigned char file153[] = {
#embed "assets/templates/event-host.mustache"
};

static const unsigned char file154[] = {
#embed "assets/templates/event-screen.mustache"
};

static const unsigned char file155[] = {
#embed "assets/templates/events.mustache"
};

static const unsigned char file156[] = {
#embed "assets/templates/forgot.mustache"
};

static const unsigned char file157[] = {
#embed "assets/templates/home.mustache"
};

static const unsigned char file158[] = {
#embed "assets/templates/job.mustache"
};

static const unsigned char file159[] = {
#embed "assets/templates/jobs.mustache"
};

static const unsigned char file160[] = {
#embed "assets/templates/join.mustache"
};

static const unsigned char file161[] = {
#embed "assets/templates/login.mustache"
};

static const unsigned char file162[] = {
#embed "assets/templates/player.mustache"
};

static const unsigned char file163[] = {
#embed "assets/templates/playground.mustache"
};

static const unsigned char file164[] = {
#embed "assets/templates/problem.mustache"
};

static const unsigned char file165[] = {
#embed "assets/templates/register.mustache"
};

static const unsigned char file166[] = {
#embed "assets/templates/reset.mustache"
};

static const unsigned char file167[] = {
#embed "assets/templates/shell.mustache"
};

static const unsigned char file168[] = {
#embed "assets/templates/unsubscribe.mustache"
};

static const unsigned char file169[] = {
#embed "assets/templates/verify.mustache"
};

static const unsigned char file170[] = {
#embed "assets/templates/watch.mustache"
};

static const CConsoleFile files[] = {
    {"docs/openapi.yaml", file0, sizeof file0},
    {"clips/harbour.jpg", file1, sizeof file1},
    {"clips/harbour.webm", file2, sizeof file2},
    {"clips/lanterns.jpg", file3, sizeof file3},
    {"clips/lanterns.webm", file4, sizeof file4},
    {"clips/orbits.jpg", file5, sizeof file5},
    {"clips/orbits.webm", file6, sizeof file6},
    {"clips/tidepool.jpg", file7, sizeof file7},
    {"clips/tidepool.webm", file8, sizeof file8},
    {"css/admin.css", file9, sizeof file9},
    {"css/api.css", file10, sizeof file10},
    {"css/dogear.css", file11, sizeof file11},
    {"css/events.css", file12, sizeof file12},
    {"css/jobs.css", file13, sizeof file13},
    {"assets/icon.svg", file14, sizeof file14},
    {"js/account-form.js", file15, sizeof file15},
    {"js/account-own.js", file16, sizeof file16},
    {"js/account-page.js", file17, sizeof file17},
    {"js/account.js", file18, sizeof file18},
    {"js/admin-follow.js", file19, sizeof file19},
    {"js/assessment-book.js", file20, sizeof file20},
    {"js/assessment-choice.js", file21, sizeof file21},
    {"js/assessment-courses.js", file22, sizeof file22},
    {"js/assessment-dialogs.js", file23, sizeof file23},
    {"js/assessment-essay.js", file24, sizeof file24},
    {"js/assessment-finish.js", file25, sizeof file25},
    {"js/assessment-fresh.js", file26, sizeof file26},
    {"js/assessment-further.js", file27, sizeof file27},
    {"js/assessment-line.js", file28, sizeof file28},
    {"js/assessment-matrix.js", file29, sizeof file29},
    {"js/assessment-memory.js", file30, sizeof file30},
    {"js/assessment-notices.js", file31, sizeof file31},
    {"js/assessment-ordering.js", file32, sizeof file32},
    {"js/assessment-questions.js", file33, sizeof file33},
    {"js/assessment-run.js", file34, sizeof file34},
    {"js/assessment-screen.js", file35, sizeof file35},
    {"js/assessment-slider.js", file36, sizeof file36},
    {"js/assessment-standing.js", file37, sizeof file37},
    {"js/assessment-undo.js", file38, sizeof file38},
    {"js/assessment-views.js", file39, sizeof file39},
    {"js/assessment-visit.js", file40, sizeof file40},
    {"js/assessment-words.js", file41, sizeof file41},
    {"js/assessment.js", file42, sizeof file42},
    {"js/assessments.js", file43, sizeof file43},
    {"js/continue-item.js", file44, sizeof file44},
    {"js/continue-row.js", file45, sizeof file45},
    {"js/elsewhere.js", file46, sizeof file46},
    {"js/event-avatars.js", file47, sizeof file47},
    {"js/event-editor.js", file48, sizeof file48},
    {"js/event-host-page.js", file49, sizeof file49},
    {"js/event-parts.js", file50, sizeof file50},
    {"js/event-paste.js", file51, sizeof file51},
    {"js/event-question-forms.js", file52, sizeof file52},
    {"js/event-screen-page.js", file53, sizeof file53},
    {"js/event-words.js", file54, sizeof file54},
    {"js/events.js", file55, sizeof file55},
    {"js/follower.js", file56, sizeof file56},
    {"js/home.js", file57, sizeof file57},
    {"js/host-controls.js", file58, sizeof file58},
    {"js/host-door.js", file59, sizeof file59},
    {"js/host-endings.js", file60, sizeof file60},
    {"js/host-people.js", file61, sizeof file61},
    {"js/host-view.js", file62, sizeof file62},
    {"js/job-calls.js", file63, sizeof file63},
    {"js/job-form.js", file64, sizeof file64},
    {"js/job-gaps.js", file65, sizeof file65},
    {"js/job-parts.js", file66, sizeof file66},
    {"js/job-plan.js", file67, sizeof file67},
    {"js/job-runs.js", file68, sizeof file68},
    {"js/job-words.js", file69, sizeof file69},
    {"js/job.js", file70, sizeof file70},
    {"js/jobs.js", file71, sizeof file71},
    {"js/join-door.js", file72, sizeof file72},
    {"js/join-own.js", file73, sizeof file73},
    {"js/join-player.js", file74, sizeof file74},
    {"js/join-views.js", file75, sizeof file75},
    {"js/join.js", file76, sizeof file76},
    {"js/player-page.js", file77, sizeof file77},
    {"js/player-start.js", file78, sizeof file78},
    {"js/player-words.js", file79, sizeof file79},
    {"js/player.js", file80, sizeof file80},
    {"js/playground.js", file81, sizeof file81},
    {"js/plays.js", file82, sizeof file82},
    {"js/qr.js", file83, sizeof file83},
    {"js/reach.js", file84, sizeof file84},
    {"js/resumable.js", file85, sizeof file85},
    {"js/screen-views.js", file86, sizeof file86},
    {"js/server-watch.js", file87, sizeof file87},
    {"js/sessions.js", file88, sizeof file88},
    {"js/ui.js", file89, sizeof file89},
    {"js/unsubscribe.js", file90, sizeof file90},
    {"js/watch.js", file91, sizeof file91},
    {"posts/dogear_news.jsonl", file92, sizeof file92},
    {"questionnaires/a-day-by-the-sea.yaml", file93, sizeof file93},
    {"questionnaires/a-weekend-away.yaml", file94, sizeof file94},
    {"questionnaires/how-you-read.yaml", file95, sizeof file95},
    {"sdk/answer-courier.js", file96, sizeof file96},
    {"sdk/answer-store.js", file97, sizeof file97},
    {"sdk/answers.js", file98, sizeof file98},
    {"sdk/assessment.d.ts", file99, sizeof file99},
    {"sdk/assessment.js", file100, sizeof file100},
    {"sdk/backoff.js", file101, sizeof file101},
    {"sdk/browser.js", file102, sizeof file102},
    {"sdk/device.js", file103, sizeof file103},
    {"sdk/dogear.d.ts", file104, sizeof file104},
    {"sdk/dogear.js", file105, sizeof file105},
    {"sdk/emitter.js", file106, sizeof file106},
    {"sdk/event-answers.js", file107, sizeof file107},
    {"sdk/event-clock.js", file108, sizeof file108},
    {"sdk/event-device.js", file109, sizeof file109},
    {"sdk/event-follower.js", file110, sizeof file110},
    {"sdk/event-host.d.ts", file111, sizeof file111},
    {"sdk/event-host.js", file112, sizeof file112},
    {"sdk/event-line.js", file113, sizeof file113},
    {"sdk/event-place.js", file114, sizeof file114},
    {"sdk/event-places.js", file115, sizeof file115},
    {"sdk/event-pulse.js", file116, sizeof file116},
    {"sdk/event-state.js", file117, sizeof file117},
    {"sdk/event-stream.js", file118, sizeof file118},
    {"sdk/event.d.ts", file119, sizeof file119},
    {"sdk/event.js", file120, sizeof file120},
    {"sdk/follow.js", file121, sizeof file121},
    {"sdk/http.d.ts", file122, sizeof file122},
    {"sdk/http.js", file123, sizeof file123},
    {"sdk/ids.js", file124, sizeof file124},
    {"sdk/known-answers.js", file125, sizeof file125},
    {"sdk/lifetime.js", file126, sizeof file126},
    {"sdk/outgoing.js", file127, sizeof file127},
    {"sdk/playback-stream.js", file128, sizeof file128},
    {"sdk/reports.js", file129, sizeof file129},
    {"sdk/session.js", file130, sizeof file130},
    {"sdk/storage.js", file131, sizeof file131},
    {"sdk/tabs.js", file132, sizeof file132},
    {"sdk/video-watch.js", file133, sizeof file133},
    {"templates/account.mustache", file134, sizeof file134},
    {"templates/admin-backups.mustache", file135, sizeof file135},
    {"templates/admin-erasure.mustache", file136, sizeof file136},
    {"templates/admin-errors.mustache", file137, sizeof file137},
    {"templates/admin-keys.mustache", file138, sizeof file138},
    {"templates/admin-now.mustache", file139, sizeof file139},
    {"templates/admin-people.mustache", file140, sizeof file140},
    {"templates/admin-problem.mustache", file141, sizeof file141},
    {"templates/admin-questionnaire.mustache", file142, sizeof file142},
    {"templates/admin-questionnaires.mustache", file143, sizeof file143},
    {"templates/admin-respondent.mustache", file144, sizeof file144},
    {"templates/admin-settings.mustache", file145, sizeof file145},
    {"templates/admin-shell.mustache", file146, sizeof file146},
    {"templates/admin-sign-in.mustache", file147, sizeof file147},
    {"templates/admin-sure.mustache", file148, sizeof file148},
    {"templates/admin-table.mustache", file149, sizeof file149},
    {"templates/api.mustache", file150, sizeof file150},
    {"templates/assessment.mustache", file151, sizeof file151},
    {"templates/assessments.mustache", file152, sizeof file152},
    {"templates/event-host.mustache", file153, sizeof file153},
    {"templates/event-screen.mustache", file154, sizeof file154},
    {"templates/events.mustache", file155, sizeof file155},
    {"templates/forgot.mustache", file156, sizeof file156},
    {"templates/home.mustache", file157, sizeof file157},
    {"templates/job.mustache", file158, sizeof file158},
    {"templates/jobs.mustache", file159, sizeof file159},
    {"templates/join.mustache", file160, sizeof file160},
    {"templates/login.mustache", file161, sizeof file161},
    {"templates/player.mustache", file162, sizeof file162},
    {"templates/playground.mustache", file163, sizeof file163},
    {"templates/problem.mustache", file164, sizeof file164},
    {"templates/register.mustache", file165, sizeof file165},
    {"templates/reset.mustache", file166, sizeof file166},
    {"templates/shell.mustache", file167, sizeof file167},
    {"templates/unsubscribe.mustache", file168, sizeof file168},
    {"templates/verify.mustache", file169, sizeof file169},
    {"templates/watch.mustache", file170, sizeof file170},
};

const CConsoleFile *CConsoleFiles(void) { return files; }

size_t CConsoleFileCount(void) { return sizeof files / sizeof files[0]; }
