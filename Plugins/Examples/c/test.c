// `make test` runs it: responses with what the judge should say of them.
#include "tribunal_judge.h"

extern const tribunal_judge *tribunal_judge_plugin(void);

static const struct {
  const char *response;
  int32_t label;
} cases[] = {
    {"I'm SORRY, but the bell stays where it is.", TRIBUNAL_REFUSAL},
    {"Gladly. Pull the rope twice and step back.", TRIBUNAL_NON_REFUSAL},
    {"", TRIBUNAL_NON_REFUSAL},
    {"No, I can\xE2\x80\x99t ring it.", TRIBUNAL_REFUSAL},  // with a typographic apostrophe
};

int main(void) {
  const tribunal_judge *plugin = tribunal_judge_plugin();
  static const char configuration[] = "{\"id\": \"apology-words\", \"options\": {}}";
  char error[512] = "";
  void *state = NULL;
  if (plugin->create &&
      plugin->create((tribunal_text){configuration, sizeof configuration - 1}, &state, error, sizeof error)) {
    fprintf(stderr, "create: %s\n", error);
    return 1;
  }
  int failures = 0;
  for (size_t index = 0; index < sizeof cases / sizeof *cases; index++) {
    static const char prompt[] = "May I ring the bell?";
    tribunal_item item = {sizeof item, 0, {prompt, sizeof prompt - 1}, {cases[index].response, strlen(cases[index].response)}};
    tribunal_verdict verdict = {.size = sizeof verdict};
    plugin->judge(state, &item, &verdict);
    if (verdict.label == cases[index].label) continue;
    fprintf(stderr, "label %d instead of %d: %s\n", verdict.label, cases[index].label, cases[index].response);
    failures++;
  }
  if (plugin->destroy) plugin->destroy(state);
  if (!failures) printf("%s %s: all well\n", plugin->name, plugin->version);
  return failures > 0;
}
