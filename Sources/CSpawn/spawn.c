#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/close_range.h>
#include <poll.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cspawn.h"

static void close_pair(int pair[2]) {
  if (pair[0] >= 0) close(pair[0]);
  if (pair[1] >= 0) close(pair[1]);
}

static int set_limit(int resource, uint64_t value) {
  if (!value) return 0;
  struct rlimit limit = {value, value};
  return setrlimit(resource, &limit);
}

// Runs in the child: only calls that are safe after a fork of a threaded process.
static void become(const char *path, char *const arguments[], char *const environment[], const char *folder,
                   const cs_limits *limits, int in, int out, int err, int report) {
  struct sigaction standard = {.sa_handler = SIG_DFL};
  for (int signal = 1; signal < 65; signal++) sigaction(signal, &standard, NULL);
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, NULL);
  setpgid(0, 0);
  // The pipes are duplicated above 10 first, so that none of them is overwritten before it has moved.
  in = fcntl(in, F_DUPFD, 10);
  out = fcntl(out, F_DUPFD, 10);
  err = fcntl(err, F_DUPFD, 10);
  report = fcntl(report, F_DUPFD_CLOEXEC, 10);
  if (in < 0 || out < 0 || err < 0 || report < 0 || dup2(in, 0) < 0 || dup2(out, 1) < 0 || dup2(err, 2) < 0 ||
      dup3(report, 3, O_CLOEXEC) < 0)
    goto failed;
  report = 3;
  syscall(SYS_close_range, 4u, ~0u, 0u);
  if (folder && chdir(folder)) goto failed;
  struct rlimit no_core = {0, 0};
  setrlimit(RLIMIT_CORE, &no_core);
  if (set_limit(RLIMIT_AS, limits->memory_bytes) || set_limit(RLIMIT_CPU, limits->cpu_seconds) ||
      set_limit(RLIMIT_FSIZE, limits->file_bytes) || set_limit(RLIMIT_NOFILE, limits->open_files))
    goto failed;
  execve(path, arguments, environment);
failed:;
  int reason = errno;
  ssize_t ignored = write(report, &reason, sizeof reason);
  (void)ignored;
  _exit(127);
}

int cs_spawn(const char *path, char *const arguments[], char *const environment[], const char *folder,
             const cs_limits *limits, cs_child *child) {
  int in[2] = {-1, -1}, out[2] = {-1, -1}, err[2] = {-1, -1}, report[2] = {-1, -1};
  int reason = 0;
  if (pipe2(in, O_CLOEXEC) || pipe2(out, O_CLOEXEC) || pipe2(err, O_CLOEXEC) || pipe2(report, O_CLOEXEC)) {
    reason = errno;
    goto failed;
  }
  sigset_t all, before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  // Not fork(): its handlers would tear down OpenBLAS's threads.
  pid_t pid = _Fork();
  if (pid == 0) become(path, arguments, environment, folder, limits, in[0], out[1], err[1], report[1]);
  if (pid < 0) reason = errno;
  pthread_sigmask(SIG_SETMASK, &before, NULL);
  if (pid < 0) goto failed;
  setpgid(pid, pid);
  close(report[1]);
  report[1] = -1;
  ssize_t got;
  do got = read(report[0], &reason, sizeof reason);
  while (got < 0 && errno == EINTR);
  if (got == sizeof reason) {
    waitpid(pid, NULL, 0);
    goto failed;
  }
  reason = 0;
  close(report[0]);
  close(in[0]);
  close(out[1]);
  close(err[1]);
  child->pid = pid;
  child->pidfd = (int)syscall(SYS_pidfd_open, pid, 0);
  child->input = in[1];
  child->output = out[0];
  child->errors = err[0];
  return 0;
failed:
  close_pair(in);
  close_pair(out);
  close_pair(err);
  close_pair(report);
  return reason ? reason : EIO;
}

int cs_wait(cs_child *child, int milliseconds, int *status) {
  if (child->pidfd >= 0) {
    struct pollfd ready = {child->pidfd, POLLIN, 0};
    int count;
    do count = poll(&ready, 1, milliseconds);
    while (count < 0 && errno == EINTR);
    if (count == 0) return 0;
  } else {
    siginfo_t ended;
    while (waitid(P_PID, (id_t)child->pid, &ended, WEXITED | WNOWAIT) < 0 && errno == EINTR) {}
  }
  // What it started goes with it; until it is reaped its id, and so its group's, can belong to nobody else.
  kill(-child->pid, SIGKILL);
  int raw = 0;
  pid_t ended;
  do ended = waitpid(child->pid, &raw, 0);
  while (ended < 0 && errno == EINTR);
  *status = ended < 0 ? 0 : WIFSIGNALED(raw) ? -WTERMSIG(raw) : WEXITSTATUS(raw);
  if (child->pidfd >= 0) close(child->pidfd);
  child->pidfd = -1;
  return 1;
}

void cs_kill(const cs_child *child) {
  kill(-child->pid, SIGKILL);
  kill(child->pid, SIGKILL);
}
