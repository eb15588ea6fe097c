// Libraries that judge, and the files that an author of judges gets.
#pragma once
#include <stddef.h>

#include "../../../Plugins/Examples/c/tribunal_judge.h"

/// Loads a library with its symbols to itself and asks it for its table; NULL with a reason in `error`. It stays loaded.
const tribunal_judge *cj_load(const char *path, char *error, size_t error_size);

/// A file of an example, held in the program.
typedef struct {
  const char *name;
  const char *bytes;
  size_t length;
} cj_file;

/// The files of the example in `language` (python, c, swift), `count` of them; NULL if there is none.
const cj_file *cj_example(const char *language, size_t *count);
