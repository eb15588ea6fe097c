#pragma once
#include <jansson.h>

// json_typeof, json_incref and json_decref are macros or inline: given names that Swift can import.
static inline int tjson_type(const json_t *value) { return (int)json_typeof(value); }
static inline void tjson_decref(json_t *value) { json_decref(value); }
static inline int tjson_error_code(const json_error_t *error) { return (int)json_error_code(error); }
static inline const char *tjson_error_text(const json_error_t *error) { return error->text; }
