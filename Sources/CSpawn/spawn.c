#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/close_range.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cspawn.h"

#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define IS_SANITIZED 1
#endif
#endif
#ifdef IS_SANITIZED
// The sanitizer does not see _Fork: a lock of its own that another thread holds would stay locked in the child for ever.
#include <sanitizer/linux_syscall_hooks.h>
#define BEFORE_FORK() __sanitizer_syscall_pre_fork()
#define AFTER_FORK(result) __sanitizer_syscall_post_fork(result)
#else
#define IS_SANITIZED 0
#define BEFORE_FORK() ((void)0)
#define AFTER_FORK(result) ((void)(result))
#endif

int cs_is_sanitized(void) { return IS_SANITIZED; }

static void close_pair(int pair[2]) {
  if (pair[0] >= 0) close(pair[0]);
  if (pair[1] >= 0) close(pair[1]);
}

// Where the host itself is bound more tightly, that limit stays: only root could raise it, and nobody asked for more.
static int set_limit(int resource, uint64_t value) {
  struct rlimit limit;
  if (getrlimit(resource, &limit)) return -1;
  if (limit.rlim_max > value) limit.rlim_max = value;
  limit.rlim_cur = limit.rlim_max;
  return setrlimit(resource, &limit);
}

// Closes what is above the report's descriptor.
static void close_others(void) {
  if (!syscall(SYS_close_range, 4u, ~0u, 0u)) return;
  // An old kernel, or a filter that does not know the call: one by one, as far as descriptors may reach.
  struct rlimit limit;
  int end = 1 << 20;
  if (!getrlimit(RLIMIT_NOFILE, &limit) && limit.rlim_cur < (rlim_t)end) end = (int)limit.rlim_cur;
  for (int descriptor = 4; descriptor < end; descriptor++) close(descriptor);
}

typedef struct {
  int stage;
  int reason;
} failure;

static int write_file(const char *path, const char *text, size_t length) {
  int file = open(path, O_WRONLY | O_CLOEXEC);
  if (file < 0) return -1;
  ssize_t count = write(file, text, length);
  int reason = errno;
  close(file);
  errno = reason;
  return count == (ssize_t)length ? 0 : -1;
}

// "7 7 1": the user or group 7 is itself inside, and nobody else is there. Without a formatter, which may allocate.
static size_t one_identity(char line[64], unsigned number) {
  char digits[16];
  size_t count = 0, length = 0;
  do digits[count++] = (char)('0' + number % 10);
  while (number /= 10);
  for (int twice = 0; twice < 2; twice++) {
    for (size_t index = count; index > 0; index--) line[length++] = digits[index - 1];
    line[length++] = ' ';
  }
  line[length++] = '1';
  return length;
}

static int leave_network(void) {
  char user[64], group[64];
  size_t user_length = one_identity(user, (unsigned)getuid()), group_length = one_identity(group, (unsigned)getgid());
  if (unshare(CLONE_NEWUSER | CLONE_NEWNET)) return -1;
  // Older kernels have no such file and do not want it.
  if (write_file("/proc/self/setgroups", "deny", 4) && errno != ENOENT) return -1;
  return write_file("/proc/self/uid_map", user, user_length) || write_file("/proc/self/gid_map", group, group_length);
}

// Runs in the child: only calls that are safe after a fork of a threaded process.
static void become(const char *path, char *const arguments[], char *const environment[], const char *folder,
                   const cs_limits *limits, pid_t parent, int in, int out, int err, int report) {
  failure failed = {CS_STAGE_START, 0};
  struct sigaction standard = {.sa_handler = SIG_DFL};
  for (int signal = 1; signal < 65; signal++) sigaction(signal, &standard, NULL);
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, NULL);
  if (setsid() < 0) goto failed;
  // The pipes are duplicated above 10 first, so that none of them is overwritten before it has moved.
  in = fcntl(in, F_DUPFD, 10);
  out = fcntl(out, F_DUPFD, 10);
  err = fcntl(err, F_DUPFD, 10);
  report = fcntl(report, F_DUPFD_CLOEXEC, 10);
  if (in < 0 || out < 0 || err < 0 || report < 0 || dup2(in, 0) < 0 || dup2(out, 1) < 0 || dup2(err, 2) < 0 ||
      dup3(report, 3, O_CLOEXEC) < 0)
    goto failed;
  report = 3;
  close_others();
  failed.stage = CS_STAGE_FOLDER;
  if (folder && chdir(folder)) goto failed;
  failed.stage = CS_STAGE_NETWORK;
  if (limits->no_network && leave_network()) goto failed;
  failed.stage = CS_STAGE_START;
  // After the change of namespace, which forgets it.
  if (limits->dies_with_thread) {
    if (prctl(PR_SET_PDEATHSIG, SIGKILL)) goto failed;
    if (getppid() != parent) _exit(127);
  }
  if (set_limit(RLIMIT_CORE, 0) || set_limit(RLIMIT_AS, limits->memory_bytes) ||
      set_limit(RLIMIT_CPU, limits->cpu_seconds) || set_limit(RLIMIT_FSIZE, limits->file_bytes) ||
      set_limit(RLIMIT_NOFILE, limits->open_files))
    goto failed;
  execve(path, arguments, environment);
failed:
  failed.reason = errno;
  ssize_t ignored = write(report, &failed, sizeof failed);
  (void)ignored;
  _exit(127);
}

int cs_spawn(const char *path, char *const arguments[], char *const environment[], const char *folder,
             const cs_limits *limits, cs_child *child) {
  int in[2] = {-1, -1}, out[2] = {-1, -1}, err[2] = {-1, -1}, report[2] = {-1, -1};
  int reason = 0;
  child->stage = CS_STAGE_START;
  if (pipe2(in, O_CLOEXEC) || pipe2(out, O_CLOEXEC) || pipe2(err, O_CLOEXEC) || pipe2(report, O_CLOEXEC)) {
    reason = errno;
    goto failed;
  }
  // Ignored, as some launchers leave it, a child's end could not be taken and its number would be free at once.
  struct sigaction ends;
  if (!sigaction(SIGCHLD, NULL, &ends) && ends.sa_handler == SIG_IGN) signal(SIGCHLD, SIG_DFL);
  sigset_t all, before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  // Not fork(): its handlers would tear down OpenBLAS's threads.
  pid_t parent = getpid();
  BEFORE_FORK();
  pid_t pid = _Fork();
  AFTER_FORK(pid);
  if (pid == 0) become(path, arguments, environment, folder, limits, parent, in[0], out[1], err[1], report[1]);
  if (pid < 0) reason = errno;
  pthread_sigmask(SIG_SETMASK, &before, NULL);
  if (pid < 0) goto failed;
  close(report[1]);
  report[1] = -1;
  failure told;
  ssize_t got;
  do got = read(report[0], &told, sizeof told);
  while (got < 0 && errno == EINTR);
  if (got == sizeof told) {
    while (waitpid(pid, NULL, 0) < 0 && errno == EINTR) {
    }
    child->stage = told.stage;
    reason = told.reason;
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

int cs_ended(const cs_child *child, int milliseconds) {
  if (child->pidfd < 0) {
    int flags = WEXITED | WNOWAIT | (milliseconds < 0 ? 0 : WNOHANG);
    for (int waited = 0;; waited += 10) {
      siginfo_t ended = {0};
      while (waitid(P_PID, (id_t)child->pid, &ended, flags) < 0) {
        if (errno != EINTR) return 1;
      }
      if (ended.si_pid == child->pid) return 1;
      if (waited >= milliseconds) return 0;
      poll(NULL, 0, 10);
    }
  }
  struct pollfd ready = {child->pidfd, POLLIN, 0};
  int count;
  do count = poll(&ready, 1, milliseconds);
  while (count < 0 && errno == EINTR);
  return count != 0;
}

int cs_reap(cs_child *child) {
  kill(-child->pid, SIGKILL);
  int raw = 0;
  pid_t ended;
  do ended = waitpid(child->pid, &raw, 0);
  while (ended < 0 && errno == EINTR);
  if (child->pidfd >= 0) close(child->pidfd);
  child->pidfd = -1;
  return ended < 0 ? 0 : WIFSIGNALED(raw) ? -WTERMSIG(raw) : WEXITSTATUS(raw);
}

void cs_kill(const cs_child *child) {
  kill(-child->pid, SIGKILL);
  kill(child->pid, SIGKILL);
}
