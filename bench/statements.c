// What the statements of a report cost through SQLite's C API: statements FILE IDS SECONDS
//
// FILE is a copy of a server's database, IDS a file with a line "session user title" for each session. Thirty reports share
// a commit, as with 64 connections. Prints the processor time of a report in microseconds.
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

static void check(int code, sqlite3 *db) {
    if (code == SQLITE_OK || code == SQLITE_DONE) return;
    fprintf(stderr, "statements: %s\n", sqlite3_errmsg(db));
    exit(1);
}

static double processor_time(void) {
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    return usage.ru_utime.tv_sec + usage.ru_stime.tv_sec + (usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
}

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec + time.tv_nsec / 1e9;
}

int main(int count, char **words) {
    if (count != 4) return 2;
    static char sessions[100000][37], users[100000][37], titles[100000][37];
    int known = 0;
    FILE *ids = fopen(words[2], "r");
    while (ids && known < 100000 && fscanf(ids, "%36s %36s %36s", sessions[known], users[known], titles[known]) == 3) known++;
    if (known == 0) return 2;
    sqlite3 *db;
    check(sqlite3_open(words[1], &db), db);
    check(sqlite3_exec(db, "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA cache_size=-131072", NULL, NULL, NULL), db);
    sqlite3_stmt *session, *place;
    check(sqlite3_prepare_v2(db,
        "UPDATE playback_sessions SET position_seconds = ?2, duration_seconds = 7200, playback_state = 'playing', "
        "last_sequence = NULL, position_at = ?3, updated_at = ?3, closed_at = NULL, handed_off_to = NULL WHERE id = ?1",
        -1, &session, NULL), db);
    check(sqlite3_prepare_v2(db,
        "UPDATE watch_history SET resume_position_seconds = ?3, duration_seconds = 7200, last_moved_at = ?4, "
        "last_session_id = ?5, device_id = 'living-room', play_count = 0, pass_open = 1, cleared_at = NULL, "
        "clear_id = NULL, hidden_at = NULL, updated_at = ?4 WHERE user_id = ?1 AND content_id = ?2",
        -1, &place, NULL), db);
    double end = now() + atof(words[3]), began = processor_time();
    long reports = 0;
    while (now() < end) {
        check(sqlite3_exec(db, "BEGIN IMMEDIATE", NULL, NULL, NULL), db);
        for (int index = 0; index < 30; index++, reports++) {
            int one = rand() % known;
            char moment[25];
            snprintf(moment, sizeof moment, "2026-11-26T%02ld:%02ld:%02ld.%03ldZ", reports / 3600000 % 24,
                     reports / 60000 % 60, reports / 1000 % 60, reports % 1000);
            sqlite3_bind_text(session, 1, sessions[one], 36, SQLITE_STATIC);
            sqlite3_bind_int64(session, 2, reports % 7000);
            sqlite3_bind_text(session, 3, moment, 24, SQLITE_STATIC);
            check(sqlite3_step(session), db);
            sqlite3_reset(session);
            sqlite3_bind_text(place, 1, users[one], 36, SQLITE_STATIC);
            sqlite3_bind_text(place, 2, titles[one], 36, SQLITE_STATIC);
            sqlite3_bind_int64(place, 3, reports % 7000);
            sqlite3_bind_text(place, 4, moment, 24, SQLITE_STATIC);
            sqlite3_bind_text(place, 5, sessions[one], 36, SQLITE_STATIC);
            check(sqlite3_step(place), db);
            sqlite3_reset(place);
        }
        check(sqlite3_exec(db, "COMMIT", NULL, NULL, NULL), db);
    }
    printf("%.1f\n", (processor_time() - began) / reports * 1e6);
    return 0;
}
