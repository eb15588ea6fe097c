#include <string.h>

#include "CJudgePlugin.h"

// The examples are the scaffolds: one text, tested where it stands.
#pragma clang diagnostic ignored "-Wc23-extensions"

static const char python_judge[] = {
#embed "../../Plugins/Examples/python/judge.py"
};
static const char python_test[] = {
#embed "../../Plugins/Examples/python/test_judge.py"
};
static const char python_kit[] = {
#embed "../../Plugins/Examples/python/tribunal_judge.py"
};
static const char c_judge[] = {
#embed "../../Plugins/Examples/c/judge.c"
};
static const char c_test[] = {
#embed "../../Plugins/Examples/c/test.c"
};
static const char c_make[] = {
#embed "../../Plugins/Examples/c/Makefile"
};
static const char c_kit[] = {
#embed "../../Plugins/Examples/c/tribunal_judge.h"
};
static const char swift_package[] = {
#embed "../../Plugins/Examples/swift/Package.swift"
};
static const char swift_judge[] = {
#embed "../../Plugins/Examples/swift/Sources/ApologyWordsJudge/Judge.swift"
};
static const char swift_main[] = {
#embed "../../Plugins/Examples/swift/Sources/apology-words/main.swift"
};
static const char swift_test[] = {
#embed "../../Plugins/Examples/swift/Tests/ApologyWordsJudgeTests/JudgeTests.swift"
};

static const cj_file python[] = {
    {"judge.py", python_judge, sizeof python_judge},
    {"test_judge.py", python_test, sizeof python_test},
    {"tribunal_judge.py", python_kit, sizeof python_kit},
};
static const cj_file c[] = {
    {"judge.c", c_judge, sizeof c_judge},
    {"test.c", c_test, sizeof c_test},
    {"Makefile", c_make, sizeof c_make},
    {"tribunal_judge.h", c_kit, sizeof c_kit},
};
static const cj_file swift[] = {
    {"Package.swift", swift_package, sizeof swift_package},
    {"Sources/ApologyWordsJudge/Judge.swift", swift_judge, sizeof swift_judge},
    {"Sources/apology-words/main.swift", swift_main, sizeof swift_main},
    {"Tests/ApologyWordsJudgeTests/JudgeTests.swift", swift_test, sizeof swift_test},
};

const cj_file *cj_example(const char *language, size_t *count) {
  if (!strcmp(language, "python")) return *count = sizeof python / sizeof *python, python;
  if (!strcmp(language, "c")) return *count = sizeof c / sizeof *c, c;
  if (!strcmp(language, "swift")) return *count = sizeof swift / sizeof *swift, swift;
  return *count = 0, NULL;
}
