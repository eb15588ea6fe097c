#include <errno.h>
#include <linux/futex.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "ckernels.h"

struct ck_pool {
  int threads;
  pthread_t *workers;
  ck_task task;
  void *context;
  size_t count;
  atomic_size_t next;         // next task to take
  atomic_uint generation;     // counts jobs; workers wait for it to change
  atomic_uint running;        // workers still inside the job
  atomic_uint sleepers;       // workers asleep on `generation`
  atomic_int stop;
};

static void futex_wait(atomic_uint *word, unsigned expected) {
  syscall(SYS_futex, word, FUTEX_WAIT_PRIVATE, expected, NULL, NULL, 0);
}

static void futex_wake(atomic_uint *word) { syscall(SYS_futex, word, FUTEX_WAKE_PRIVATE, 1 << 30, NULL, NULL, 0); }

static void relax(void) {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#endif
}

static long nanoseconds(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec * 1000000000L + t.tv_nsec;
}

// Waits until *word differs from `old`: spins for some microseconds, then sleeps. A longer spin loses milliseconds when the
// core is wanted by someone else.
static void wait_change(atomic_uint *word, unsigned old, atomic_uint *sleepers) {
  long until = nanoseconds() + 20000;
  while (nanoseconds() < until)
    for (int i = 0; i < 50; i++) {
      if (atomic_load_explicit(word, memory_order_acquire) != old) return;
      relax();
    }
  atomic_fetch_add(sleepers, 1);
  while (atomic_load(word) == old) futex_wait(word, old);
  atomic_fetch_sub(sleepers, 1);
}

static void work(ck_pool *pool) {
  for (;;) {
    size_t task = atomic_fetch_add(&pool->next, 1);
    if (task >= pool->count) return;
    pool->task(pool->context, task);
  }
}

static void *worker(void *argument) {
  ck_pool *pool = argument;
  unsigned seen = 0;
  for (;;) {
    wait_change(&pool->generation, seen, &pool->sleepers);
    seen = atomic_load(&pool->generation);
    if (atomic_load(&pool->stop)) return NULL;
    work(pool);
    atomic_fetch_sub(&pool->running, 1);
  }
}

ck_pool *ck_pool_create(int threads) {
  ck_pool *pool = calloc(1, sizeof *pool);
  if (!pool) return NULL;
  pool->workers = calloc((size_t)(threads > 1 ? threads : 1), sizeof *pool->workers);
  if (!pool->workers) {
    free(pool);
    return NULL;
  }
  pool->threads = 1;
  for (int i = 1; i < threads; i++) {
    if (pthread_create(&pool->workers[pool->threads - 1], NULL, worker, pool) != 0) break;
    pool->threads++;
  }
  return pool;
}

void ck_pool_destroy(ck_pool *pool) {
  if (!pool) return;
  atomic_store(&pool->stop, 1);
  atomic_fetch_add(&pool->generation, 1);
  futex_wake(&pool->generation);
  for (int i = 0; i < pool->threads - 1; i++) pthread_join(pool->workers[i], NULL);
  free(pool->workers);
  free(pool);
}

int ck_pool_threads(const ck_pool *pool) { return pool->threads; }

void ck_pool_run(ck_pool *pool, ck_task task, void *context, size_t count) {
  if (pool->threads == 1 || count < 2) {
    for (size_t i = 0; i < count; i++) task(context, i);
    return;
  }
  pool->task = task;
  pool->context = context;
  pool->count = count;
  atomic_store(&pool->next, 0);
  atomic_store(&pool->running, (unsigned)(pool->threads - 1));
  atomic_fetch_add(&pool->generation, 1);
  if (atomic_load(&pool->sleepers)) futex_wake(&pool->generation);
  work(pool);
  // Workers that woke late find no task left; all must be out before the next job changes the fields. A worker whose core
  // was taken may need a while: give the core away instead of burning it.
  for (int spins = 0; atomic_load_explicit(&pool->running, memory_order_acquire); spins++) {
    if (spins < 2000)
      relax();
    else
      usleep(20);
  }
}
