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
#embed "assets/css/dogear.css"
};

static const unsigned char file10[] = {
#embed "assets/icon.svg"
};

static const unsigned char file11[] = {
#embed "assets/js/assessment-book.js"
};

static const unsigned char file12[] = {
#embed "assets/js/assessment-choice.js"
};

static const unsigned char file13[] = {
#embed "assets/js/assessment-courses.js"
};

static const unsigned char file14[] = {
#embed "assets/js/assessment-dialogs.js"
};

static const unsigned char file15[] = {
#embed "assets/js/assessment-essay.js"
};

static const unsigned char file16[] = {
#embed "assets/js/assessment-finish.js"
};

static const unsigned char file17[] = {
#embed "assets/js/assessment-fresh.js"
};

static const unsigned char file18[] = {
#embed "assets/js/assessment-memory.js"
};

static const unsigned char file19[] = {
#embed "assets/js/assessment-notices.js"
};

static const unsigned char file20[] = {
#embed "assets/js/assessment-ordering.js"
};

static const unsigned char file21[] = {
#embed "assets/js/assessment-questions.js"
};

static const unsigned char file22[] = {
#embed "assets/js/assessment-run.js"
};

static const unsigned char file23[] = {
#embed "assets/js/assessment-screen.js"
};

static const unsigned char file24[] = {
#embed "assets/js/assessment-slider.js"
};

static const unsigned char file25[] = {
#embed "assets/js/assessment-standing.js"
};

static const unsigned char file26[] = {
#embed "assets/js/assessment-undo.js"
};

static const unsigned char file27[] = {
#embed "assets/js/assessment-views.js"
};

static const unsigned char file28[] = {
#embed "assets/js/assessment-visit.js"
};

static const unsigned char file29[] = {
#embed "assets/js/assessment-words.js"
};

static const unsigned char file30[] = {
#embed "assets/js/assessment.js"
};

static const unsigned char file31[] = {
#embed "assets/js/assessments.js"
};

static const unsigned char file32[] = {
#embed "assets/js/continue-item.js"
};

static const unsigned char file33[] = {
#embed "assets/js/continue-row.js"
};

static const unsigned char file34[] = {
#embed "assets/js/elsewhere.js"
};

static const unsigned char file35[] = {
#embed "assets/js/follower.js"
};

static const unsigned char file36[] = {
#embed "assets/js/home.js"
};

static const unsigned char file37[] = {
#embed "assets/js/player-page.js"
};

static const unsigned char file38[] = {
#embed "assets/js/player-start.js"
};

static const unsigned char file39[] = {
#embed "assets/js/player-words.js"
};

static const unsigned char file40[] = {
#embed "assets/js/player.js"
};

static const unsigned char file41[] = {
#embed "assets/js/sessions.js"
};

static const unsigned char file42[] = {
#embed "assets/js/ui.js"
};

static const unsigned char file43[] = {
#embed "assets/js/watch.js"
};

static const unsigned char file44[] = {
#embed "assets/questionnaires/a-day-by-the-sea.yaml"
};

static const unsigned char file45[] = {
#embed "assets/questionnaires/how-you-read.yaml"
};

static const unsigned char file46[] = {
#embed "assets/sdk/answer-courier.js"
};

static const unsigned char file47[] = {
#embed "assets/sdk/answer-store.js"
};

static const unsigned char file48[] = {
#embed "assets/sdk/answers.js"
};

static const unsigned char file49[] = {
#embed "assets/sdk/assessment.js"
};

static const unsigned char file50[] = {
#embed "assets/sdk/backoff.js"
};

static const unsigned char file51[] = {
#embed "assets/sdk/browser.js"
};

static const unsigned char file52[] = {
#embed "assets/sdk/device.js"
};

static const unsigned char file53[] = {
#embed "assets/sdk/dogear.js"
};

static const unsigned char file54[] = {
#embed "assets/sdk/emitter.js"
};

static const unsigned char file55[] = {
#embed "assets/sdk/event-answers.js"
};

static const unsigned char file56[] = {
#embed "assets/sdk/event-clock.js"
};

static const unsigned char file57[] = {
#embed "assets/sdk/event-device.js"
};

static const unsigned char file58[] = {
#embed "assets/sdk/event-follower.js"
};

static const unsigned char file59[] = {
#embed "assets/sdk/event-host.js"
};

static const unsigned char file60[] = {
#embed "assets/sdk/event-line.js"
};

static const unsigned char file61[] = {
#embed "assets/sdk/event-place.js"
};

static const unsigned char file62[] = {
#embed "assets/sdk/event-places.js"
};

static const unsigned char file63[] = {
#embed "assets/sdk/event-pulse.js"
};

static const unsigned char file64[] = {
#embed "assets/sdk/event-state.js"
};

static const unsigned char file65[] = {
#embed "assets/sdk/event-stream.js"
};

static const unsigned char file66[] = {
#embed "assets/sdk/event.js"
};

static const unsigned char file67[] = {
#embed "assets/sdk/follow.js"
};

static const unsigned char file68[] = {
#embed "assets/sdk/http.js"
};

static const unsigned char file69[] = {
#embed "assets/sdk/known-answers.js"
};

static const unsigned char file70[] = {
#embed "assets/sdk/lifetime.js"
};

static const unsigned char file71[] = {
#embed "assets/sdk/outgoing.js"
};

static const unsigned char file72[] = {
#embed "assets/sdk/playback-stream.js"
};

static const unsigned char file73[] = {
#embed "assets/sdk/reports.js"
};

static const unsigned char file74[] = {
#embed "assets/sdk/session.js"
};

static const unsigned char file75[] = {
#embed "assets/sdk/storage.js"
};

static const unsigned char file76[] = {
#embed "assets/sdk/tabs.js"
};

static const unsigned char file77[] = {
#embed "assets/sdk/video-watch.js"
};

static const unsigned char file78[] = {
#embed "assets/templates/assessment.mustache"
};

static const unsigned char file79[] = {
#embed "assets/templates/assessments.mustache"
};

static const unsigned char file80[] = {
#embed "assets/templates/home.mustache"
};

static const unsigned char file81[] = {
#embed "assets/templates/player.mustache"
};

static const unsigned char file82[] = {
#embed "assets/templates/problem.mustache"
};

static const unsigned char file83[] = {
#embed "assets/templates/shell.mustache"
};

static const unsigned char file84[] = {
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
    {"css/dogear.css", file9, sizeof file9},
    {"assets/icon.svg", file10, sizeof file10},
    {"js/assessment-book.js", file11, sizeof file11},
    {"js/assessment-choice.js", file12, sizeof file12},
    {"js/assessment-courses.js", file13, sizeof file13},
    {"js/assessment-dialogs.js", file14, sizeof file14},
    {"js/assessment-essay.js", file15, sizeof file15},
    {"js/assessment-finish.js", file16, sizeof file16},
    {"js/assessment-fresh.js", file17, sizeof file17},
    {"js/assessment-memory.js", file18, sizeof file18},
    {"js/assessment-notices.js", file19, sizeof file19},
    {"js/assessment-ordering.js", file20, sizeof file20},
    {"js/assessment-questions.js", file21, sizeof file21},
    {"js/assessment-run.js", file22, sizeof file22},
    {"js/assessment-screen.js", file23, sizeof file23},
    {"js/assessment-slider.js", file24, sizeof file24},
    {"js/assessment-standing.js", file25, sizeof file25},
    {"js/assessment-undo.js", file26, sizeof file26},
    {"js/assessment-views.js", file27, sizeof file27},
    {"js/assessment-visit.js", file28, sizeof file28},
    {"js/assessment-words.js", file29, sizeof file29},
    {"js/assessment.js", file30, sizeof file30},
    {"js/assessments.js", file31, sizeof file31},
    {"js/continue-item.js", file32, sizeof file32},
    {"js/continue-row.js", file33, sizeof file33},
    {"js/elsewhere.js", file34, sizeof file34},
    {"js/follower.js", file35, sizeof file35},
    {"js/home.js", file36, sizeof file36},
    {"js/player-page.js", file37, sizeof file37},
    {"js/player-start.js", file38, sizeof file38},
    {"js/player-words.js", file39, sizeof file39},
    {"js/player.js", file40, sizeof file40},
    {"js/sessions.js", file41, sizeof file41},
    {"js/ui.js", file42, sizeof file42},
    {"js/watch.js", file43, sizeof file43},
    {"questionnaires/a-day-by-the-sea.yaml", file44, sizeof file44},
    {"questionnaires/how-you-read.yaml", file45, sizeof file45},
    {"sdk/answer-courier.js", file46, sizeof file46},
    {"sdk/answer-store.js", file47, sizeof file47},
    {"sdk/answers.js", file48, sizeof file48},
    {"sdk/assessment.js", file49, sizeof file49},
    {"sdk/backoff.js", file50, sizeof file50},
    {"sdk/browser.js", file51, sizeof file51},
    {"sdk/device.js", file52, sizeof file52},
    {"sdk/dogear.js", file53, sizeof file53},
    {"sdk/emitter.js", file54, sizeof file54},
    {"sdk/event-answers.js", file55, sizeof file55},
    {"sdk/event-clock.js", file56, sizeof file56},
    {"sdk/event-device.js", file57, sizeof file57},
    {"sdk/event-follower.js", file58, sizeof file58},
    {"sdk/event-host.js", file59, sizeof file59},
    {"sdk/event-line.js", file60, sizeof file60},
    {"sdk/event-place.js", file61, sizeof file61},
    {"sdk/event-places.js", file62, sizeof file62},
    {"sdk/event-pulse.js", file63, sizeof file63},
    {"sdk/event-state.js", file64, sizeof file64},
    {"sdk/event-stream.js", file65, sizeof file65},
    {"sdk/event.js", file66, sizeof file66},
    {"sdk/follow.js", file67, sizeof file67},
    {"sdk/http.js", file68, sizeof file68},
    {"sdk/known-answers.js", file69, sizeof file69},
    {"sdk/lifetime.js", file70, sizeof file70},
    {"sdk/outgoing.js", file71, sizeof file71},
    {"sdk/playback-stream.js", file72, sizeof file72},
    {"sdk/reports.js", file73, sizeof file73},
    {"sdk/session.js", file74, sizeof file74},
    {"sdk/storage.js", file75, sizeof file75},
    {"sdk/tabs.js", file76, sizeof file76},
    {"sdk/video-watch.js", file77, sizeof file77},
    {"templates/assessment.mustache", file78, sizeof file78},
    {"templates/assessments.mustache", file79, sizeof file79},
    {"templates/home.mustache", file80, sizeof file80},
    {"templates/player.mustache", file81, sizeof file81},
    {"templates/problem.mustache", file82, sizeof file82},
    {"templates/shell.mustache", file83, sizeof file83},
    {"templates/watch.mustache", file84, sizeof file84},
};

const CConsoleFile *CConsoleFiles(void) { return files; }

size_t CConsoleFileCount(void) { return sizeof files / sizeof files[0]; }
