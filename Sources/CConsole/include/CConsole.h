#pragma once
#include <stddef.h>

/// A file carried in the binary: its folder and name, its bytes and their count.
typedef struct {
    const char *name;
    const unsigned char *bytes;
    size_t count;
} CConsoleFile;

/// The first of CConsoleFileCount() files, ordered by path.
const CConsoleFile *CConsoleFiles(void);
size_t CConsoleFileCount(void);
