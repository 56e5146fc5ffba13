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
#embed "../Schema/sqlite/20261121000001_watch_history.down.sql"
};

static const unsigned char file9[] = {
#embed "../Schema/sqlite/20261121000001_watch_history.up.sql"
};

static const unsigned char file10[] = {
#embed "../Schema/sqlite/20261121000002_playback.down.sql"
};

static const unsigned char file11[] = {
#embed "../Schema/sqlite/20261121000002_playback.up.sql"
};

static const unsigned char file12[] = {
#embed "../Schema/sqlite/20261121000003_web.down.sql"
};

static const unsigned char file13[] = {
#embed "../Schema/sqlite/20261121000003_web.up.sql"
};

static const unsigned char file14[] = {
#embed "../Schema/sqlite/20261121000004_cleared_places.down.sql"
};

static const unsigned char file15[] = {
#embed "../Schema/sqlite/20261121000004_cleared_places.up.sql"
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
    {"sqlite/20261121000001_watch_history.down.sql", file8, sizeof file8},
    {"sqlite/20261121000001_watch_history.up.sql", file9, sizeof file9},
    {"sqlite/20261121000002_playback.down.sql", file10, sizeof file10},
    {"sqlite/20261121000002_playback.up.sql", file11, sizeof file11},
    {"sqlite/20261121000003_web.down.sql", file12, sizeof file12},
    {"sqlite/20261121000003_web.up.sql", file13, sizeof file13},
    {"sqlite/20261121000004_cleared_places.down.sql", file14, sizeof file14},
    {"sqlite/20261121000004_cleared_places.up.sql", file15, sizeof file15},
};

const CSchemaFile *CSchemaFiles(void) { return files; }

size_t CSchemaFileCount(void) { return sizeof files / sizeof files[0]; }
