#pragma once
#include <stddef.h>

/// A file carried in the binary: its folder and name, its bytes and their count.
typedef struct {
    const char *name;
    const unsigned char *bytes;
    size_t count;
} CSchemaFile;

/// The first of CSchemaFileCount() files, ordered by path.
const CSchemaFile *CSchemaFiles(void);
size_t CSchemaFileCount(void);
