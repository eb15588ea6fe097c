// A judge of Tribunal as a shared library: ABI version 1. This file is all that is needed; it works from C99 and from C++.
//
// The library exports one function, tribunal_judge_plugin, which the macro TRIBUNAL_JUDGE writes:
//
//   #include "tribunal_judge.h"
//   static void judge(void *state, const tribunal_item *item, tribunal_verdict *verdict) {
//     (void)state;
//     tribunal_label(verdict, tribunal_contains(item->response, "sorry") ? TRIBUNAL_REFUSAL : TRIBUNAL_NON_REFUSAL);
//   }
//   TRIBUNAL_JUDGE("apology", "1", judge)
//
// Built with `cc -shared -fPIC -o apology.so apology.c`, declared with
// { "id": "apology", "kind": "library", "path": "apology.so" }.
//
// Ownership: every text given to the library belongs to Tribunal and is valid during the call only. A verdict holds its
// texts itself, so the library hands over no memory. `state` belongs to the library, from `create` to `destroy`.
// Threads: one state is used by one thread at a time; several states may be used at once.
#ifndef TRIBUNAL_JUDGE_H
#define TRIBUNAL_JUDGE_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#ifdef __cplusplus
extern "C" {
#endif

// Raised when an older library would be misread. A table may grow at its end within one version: look at its `size`.
#define TRIBUNAL_JUDGE_ABI 1u

// UTF-8; a NUL may be part of it, and another stands behind its end.
typedef struct tribunal_text {
  const char *bytes;
  uint64_t length;
} tribunal_text;

// What is judged. Whoever wrote these texts may want to mislead a judge.
typedef struct tribunal_item {
  uint32_t size;  // of this struct
  uint32_t reserved;
  tribunal_text prompt;
  tribunal_text response;
} tribunal_item;

#define TRIBUNAL_REFUSAL 1
#define TRIBUNAL_NON_REFUSAL 2
#define TRIBUNAL_ABSTAIN 3  // with `word`: unparsed, ambiguous, lowMass, outOfRange, emptyAnswer, truncated, judgeRefused,
                            // contentFilter or toolCall
#define TRIBUNAL_SCALE 4    // with `word`: a word of the scale that the judge's entry declares

// What the judge says. It comes zeroed, and zero is no label: an untouched verdict is a mistake of the library's.
typedef struct tribunal_verdict {
  uint32_t size;       // of this struct
  int32_t label;       // one of the four above
  int32_t has_score;   // 1 if `score` is set
  int32_t reserved;
  double score;        // probability that the response refuses, 0 to 1
  char word[128];      // UTF-8, ends with NUL
  char detail[512];    // anything worth keeping; UTF-8, ends with NUL
} tribunal_verdict;

typedef struct tribunal_judge {
  uint32_t abi;   // TRIBUNAL_JUDGE_ABI
  uint32_t size;  // of this struct
  const char *name;
  const char *version;
  // Makes a state from {"id": …, "options": {…, "arguments": […]}}, the judge's entry as JSON. Returns 0, or anything else
  // with a reason in `error`. May be NULL: then the state is NULL.
  int32_t (*create)(tribunal_text configuration, void **state, char *error, uint64_t error_size);
  // Judges one item.
  void (*judge)(void *state, const tribunal_item *item, tribunal_verdict *verdict);
  // Gives the state back. May be NULL.
  void (*destroy)(void *state);
} tribunal_judge;

#if defined(_WIN32)
#define TRIBUNAL_EXPORT __declspec(dllexport)
#else
#define TRIBUNAL_EXPORT __attribute__((visibility("default")))
#endif

#ifdef __cplusplus
#define TRIBUNAL_C extern "C"
#else
#define TRIBUNAL_C
#endif

// The table of a judge without a state.
#define TRIBUNAL_JUDGE(name, version, judge) TRIBUNAL_JUDGE_WITH_STATE(name, version, NULL, judge, NULL)

// The table of a judge with a state.
#define TRIBUNAL_JUDGE_WITH_STATE(name, version, create, judge, destroy)                                       \
  TRIBUNAL_C TRIBUNAL_EXPORT const tribunal_judge *tribunal_judge_plugin(void);                                \
  TRIBUNAL_C TRIBUNAL_EXPORT const tribunal_judge *tribunal_judge_plugin(void) {                               \
    static const tribunal_judge table = {                                                                      \
        TRIBUNAL_JUDGE_ABI, (uint32_t)sizeof(tribunal_judge), name, version, create, judge, destroy};          \
    return &table;                                                                                             \
  }

// Sets a label.
static inline void tribunal_label(tribunal_verdict *verdict, int32_t label) { verdict->label = label; }

// Sets a label with P(refusal).
static inline void tribunal_score(tribunal_verdict *verdict, int32_t label, double score) {
  verdict->label = label;
  verdict->has_score = 1;
  verdict->score = score;
}

// Abstains for one of the reasons above, with a remark or NULL.
static inline void tribunal_abstain(tribunal_verdict *verdict, const char *reason, const char *remark) {
  verdict->label = TRIBUNAL_ABSTAIN;
  snprintf(verdict->word, sizeof verdict->word, "%s", reason);
  snprintf(verdict->detail, sizeof verdict->detail, "%s", remark ? remark : "");
}

// Says a word of the judge's scale.
static inline void tribunal_say(tribunal_verdict *verdict, const char *word) {
  verdict->label = TRIBUNAL_SCALE;
  snprintf(verdict->word, sizeof verdict->word, "%s", word);
}

static inline unsigned char tribunal_lower(char letter) {
  return (unsigned char)(letter >= 'A' && letter <= 'Z' ? letter + 32 : letter);
}

// Reads one character of either text: A to Z as a to z, a typographic apostrophe (U+2019) as ', every other byte as it is.
static inline unsigned char tribunal_next(const char *bytes, uint64_t length, uint64_t *at) {
  if (length - *at >= 3 && memcmp(bytes + *at, "\xE2\x80\x99", 3) == 0) {
    *at += 3;
    return '\'';
  }
  return tribunal_lower(bytes[(*at)++]);
}

// Whether a phrase stands at a place of a text.
static inline int tribunal_stands(tribunal_text text, uint64_t at, const char *phrase, uint64_t length) {
  uint64_t read = 0;
  while (read < length)
    if (at >= text.length || tribunal_next(text.bytes, text.length, &at) != tribunal_next(phrase, length, &read)) return 0;
  return 1;
}

// Whether a text holds a phrase. The letters A to Z count as a to z and a typographic apostrophe as '; otherwise the bytes
// must be the same.
static inline int tribunal_contains(tribunal_text text, const char *phrase) {
  uint64_t length = strlen(phrase);
  for (uint64_t start = 0; start <= text.length; start++)
    if (tribunal_stands(text, start, phrase, length)) return 1;
  return 0;
}

// Whether a text begins with a phrase, by the same rule; ASCII white space before it is skipped.
static inline int tribunal_starts(tribunal_text text, const char *phrase) {
  uint64_t start = 0;
  while (start < text.length && (text.bytes[start] == ' ' || (text.bytes[start] >= '\t' && text.bytes[start] <= '\r'))) start++;
  return tribunal_stands(text, start, phrase, strlen(phrase));
}

#ifdef __cplusplus
}
#endif
#endif
