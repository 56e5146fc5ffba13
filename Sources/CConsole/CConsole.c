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
#embed "assets/js/elsewhere.js"
};

static const unsigned char file12[] = {
#embed "assets/js/follower.js"
};

static const unsigned char file13[] = {
#embed "assets/js/home.js"
};

static const unsigned char file14[] = {
#embed "assets/js/player.js"
};

static const unsigned char file15[] = {
#embed "assets/js/sessions.js"
};

static const unsigned char file16[] = {
#embed "assets/js/ui.js"
};

static const unsigned char file17[] = {
#embed "assets/js/watch.js"
};

static const unsigned char file18[] = {
#embed "assets/questionnaires/a-day-by-the-sea.yaml"
};

static const unsigned char file19[] = {
#embed "assets/questionnaires/how-you-read.yaml"
};

static const unsigned char file20[] = {
#embed "assets/sdk/dogear.js"
};

static const unsigned char file21[] = {
#embed "assets/sdk/follow.js"
};

static const unsigned char file22[] = {
#embed "assets/sdk/http.js"
};

static const unsigned char file23[] = {
#embed "assets/sdk/queue.js"
};

static const unsigned char file24[] = {
#embed "assets/sdk/session.js"
};

static const unsigned char file25[] = {
#embed "assets/templates/home.mustache"
};

static const unsigned char file26[] = {
#embed "assets/templates/player.mustache"
};

static const unsigned char file27[] = {
#embed "assets/templates/problem.mustache"
};

static const unsigned char file28[] = {
#embed "assets/templates/shell.mustache"
};

static const unsigned char file29[] = {
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
    {"js/elsewhere.js", file11, sizeof file11},
    {"js/follower.js", file12, sizeof file12},
    {"js/home.js", file13, sizeof file13},
    {"js/player.js", file14, sizeof file14},
    {"js/sessions.js", file15, sizeof file15},
    {"js/ui.js", file16, sizeof file16},
    {"js/watch.js", file17, sizeof file17},
    {"questionnaires/a-day-by-the-sea.yaml", file18, sizeof file18},
    {"questionnaires/how-you-read.yaml", file19, sizeof file19},
    {"sdk/dogear.js", file20, sizeof file20},
    {"sdk/follow.js", file21, sizeof file21},
    {"sdk/http.js", file22, sizeof file22},
    {"sdk/queue.js", file23, sizeof file23},
    {"sdk/session.js", file24, sizeof file24},
    {"templates/home.mustache", file25, sizeof file25},
    {"templates/player.mustache", file26, sizeof file26},
    {"templates/problem.mustache", file27, sizeof file27},
    {"templates/shell.mustache", file28, sizeof file28},
    {"templates/watch.mustache", file29, sizeof file29},
};

const CConsoleFile *CConsoleFiles(void) { return files; }

size_t CConsoleFileCount(void) { return sizeof files / sizeof files[0]; }
