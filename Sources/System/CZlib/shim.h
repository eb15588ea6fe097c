#pragma once
#include <zlib.h>

// inflateInit2 is a macro: given a name that Swift can import. 32 tells zlib to know gzip and zlib heads by themselves.
static inline int tzlib_inflate_init(z_stream *stream) { return inflateInit2(stream, MAX_WBITS + 32); }
