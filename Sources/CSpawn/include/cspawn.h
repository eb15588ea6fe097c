// Starts a child with pipes on its standard descriptors, limits set before exec, and nothing inherited by accident.
#pragma once
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct {
  uint64_t memory_bytes;   // address space; 0 is no limit
  uint64_t cpu_seconds;    // 0 is no limit
  uint64_t file_bytes;     // largest file it may write; 0 is no limit
  uint64_t open_files;     // 0 is no limit
} cs_limits;

typedef struct {
  pid_t pid;
  int pidfd;
  int input;   // write end of the child's stdin
  int output;  // read end of its stdout
  int errors;  // read end of its stderr
} cs_child;

/// Starts `path` with arguments and environment (both end with NULL) in `folder` (NULL: here). Returns 0, or the errno of
/// what failed, of `execve` too.
int cs_spawn(const char *path, char *const arguments[], char *const environment[], const char *folder,
             const cs_limits *limits, cs_child *child);

/// Waits until the child has ended, at most so many milliseconds (-1: for ever). Returns 1 when it has, with the exit code
/// or the negated signal; 0 when the time was over. What is left of its process group is killed then.
int cs_wait(cs_child *child, int milliseconds, int *status);

/// Kills the child and everything in its process group.
void cs_kill(const cs_child *child);

#ifdef __cplusplus
}
#endif
