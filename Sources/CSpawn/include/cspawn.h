// Starts a child with pipes on its standard descriptors, limits set before exec, and nothing inherited by accident.
#pragma once
#include <stddef.h>
#include <stdint.h>
#include <sys/eventfd.h>
#include <sys/types.h>

#ifdef __cplusplus
extern "C" {
#endif

// Where the host has a lower limit of its own, that one holds.
typedef struct {
  uint64_t memory_bytes;      // address space; UINT64_MAX: as much as the host may have
  uint64_t cpu_seconds;       // processor time of each process
  uint64_t file_bytes;        // largest file it may write
  uint64_t open_files;        // of each process
  int32_t no_network;         // 1: a network of its own, without any device that is up
  int32_t dies_with_thread;   // 1: the kernel kills it when the thread that starts it ends, as with kill -9 of the host
} cs_limits;

typedef enum {
  CS_STAGE_START = 0,    // pipes, fork, limits, exec
  CS_STAGE_NETWORK = 1,  // the kernel does not grant a network of its own
  CS_STAGE_FOLDER = 2,   // the working folder
} cs_stage;

typedef struct {
  pid_t pid;     // the process, its group and its session
  int pidfd;     // readable when it has ended; -1 where the kernel has none
  int input;     // write end of the child's stdin
  int output;    // read end of its stdout
  int errors;    // read end of its stderr
  int32_t stage; // what failed, a cs_stage, if cs_spawn did not return 0
} cs_child;

/// Starts `path` with arguments and environment (both end with NULL) in `folder` (NULL: here), as leader of a session of
/// its own. Returns 0, or the errno of what failed, of `execve` too.
int cs_spawn(const char *path, char *const arguments[], char *const environment[], const char *folder,
             const cs_limits *limits, cs_child *child);

/// Waits until the child has ended, at most so many milliseconds (-1: for ever); 1 when it has. It stays a zombie, so that
/// its number, and so its group's and its session's, can belong to nobody else before cs_reap.
int cs_ended(const cs_child *child, int milliseconds);

/// Kills what is left of the child's group, takes the child's end and gives the exit code or the negated signal. Call it
/// once, for a child that has ended or was killed.
int cs_reap(cs_child *child);

/// 1 in a build with a sanitizer: it maps terabytes of its own into each process, which starts under no limit of memory.
int cs_is_sanitized(void);

/// Kills the child and everything in its process group.
void cs_kill(const cs_child *child);

#ifdef __cplusplus
}
#endif
