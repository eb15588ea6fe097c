#include <dlfcn.h>
#include <stdio.h>

#include "CJudgePlugin.h"

const tribunal_judge *cj_load(const char *path, char *error, size_t error_size) {
  void *library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
  if (!library) {
    snprintf(error, error_size, "%s", dlerror());
    return NULL;
  }
  // Not closed on the way out either: a language's run-time system does not survive it.
  const tribunal_judge *(*plugin)(void);
  *(void **)&plugin = dlsym(library, "tribunal_judge_plugin");
  if (!plugin) {
    snprintf(error, error_size, "it exports no tribunal_judge_plugin; write TRIBUNAL_JUDGE(…) of tribunal_judge.h");
    return NULL;
  }
  const tribunal_judge *table = plugin();
  if (!table) {
    snprintf(error, error_size, "its tribunal_judge_plugin returned NULL");
  } else if (table->abi != TRIBUNAL_JUDGE_ABI) {
    snprintf(error, error_size, "it was built for version %u of tribunal_judge.h, this program reads version %u",
             table->abi, TRIBUNAL_JUDGE_ABI);
  } else if (table->size < sizeof(tribunal_judge)) {
    snprintf(error, error_size, "its table has %u bytes instead of %zu", table->size, sizeof(tribunal_judge));
  } else if (!table->name || !table->version || !table->judge) {
    snprintf(error, error_size, "its table lacks a name, a version or the function judge");
  } else {
    return table;
  }
  return NULL;
}
