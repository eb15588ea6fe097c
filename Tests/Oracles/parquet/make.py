"""Small Parquet files as pyarrow, fastparquet, DuckDB and Polars write them, and what pyarrow reads back; `expected.json`
names the versions.

    python3 Tests/Oracles/parquet/make.py

Writes the .parquet files and `expected.json` beside this script. Columns that the reader refuses have no values there.
"""
import json
import os
import random

import duckdb
import fastparquet
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

HERE = os.path.dirname(os.path.abspath(__file__))
WORDS = ["carp", "lantern", "Bram", "der Köhler", "月の鯉", "🏮", "a\nb", '"', "", "honey jar in the lantern hall", " ", "é"]
EXPECTED = {
    "versions": {module.__name__: module.__version__ for module in [pa, fastparquet, duckdb, pl, pd]},
    "files": {},
}


def texts(draw, count, nulls=0.0, vocabulary=WORDS):
    return [None if draw.random() < nulls else draw.choice(vocabulary) for _ in range(count)]


def everything(draw, count, nulls):
    def some(values):
        return [None if draw.random() < nulls else value for value in values]

    return pa.table(
        {
            "text": pa.array(texts(draw, count, nulls)),
            "unique": pa.array(some([f"prompt {index} of {draw.randrange(10**6)}" for index in range(count)])),
            "bytes": pa.array(texts(draw, count, nulls), pa.binary()),
            "large": pa.array(texts(draw, count, nulls), pa.large_string()),
            "category": pa.array(texts(draw, count, nulls)).dictionary_encode(),
            "int8": pa.array(some([draw.randrange(-128, 128) for _ in range(count)]), pa.int8()),
            "int32": pa.array(some([draw.randrange(-(2**31), 2**31) for _ in range(count)]), pa.int32()),
            "uint32": pa.array(some([draw.randrange(2**32) for _ in range(count)]), pa.uint32()),
            "int64": pa.array(some([draw.randrange(-(2**63), 2**63) for _ in range(count)]), pa.int64()),
            "uint64": pa.array(some([draw.randrange(2**63) for _ in range(count)]), pa.uint64()),
            "float": pa.array(some([draw.randrange(-1000, 1000) / 8 for _ in range(count)]), pa.float32()),
            "double": pa.array(some([draw.uniform(-1, 1) for _ in range(count)]), pa.float64()),
            "bool": pa.array(some([draw.random() < 0.5 for _ in range(count)]), pa.bool_()),
            "nothing": pa.nulls(count),
        }
    )


def refused(table):
    count = table.num_rows
    nested = {
        "list": pa.array([["carp"] * (index % 3) for index in range(count)]),
        "group": pa.array([{"part": "carp", "number": index} for index in range(count)]),
        "date": pa.array(range(count), pa.date32()),
        "time": pa.array(range(count), pa.timestamp("ms")),
        "decimal": pa.array([index for index in range(count)], pa.decimal128(9, 2)),
        "fixed": pa.array([b"carp"] * count, pa.binary(4)),
    }
    for name, column in nested.items():
        table = table.append_column(name, column)
    return table


def plain(value):
    return value.decode() if isinstance(value, bytes) else value


def path_of(name):
    return os.path.join(HERE, name + ".parquet")


def write(name, table, refuses=(), **options):
    pq.write_table(table, path_of(name), **options)
    note(name, refuses)


def note(name, refuses=()):
    read = pq.read_table(path_of(name))
    columns = {}
    for column in read.column_names:
        if column not in ("list", "group", "date", "time", "decimal", "fixed") and not refuses:
            columns[column] = [plain(value) for value in read[column].to_pylist()]
    EXPECTED["files"][name] = {"rows": read.num_rows, "columns": columns, "refused": list(refuses)}


def main():
    draw = random.Random(20260301)
    for codec in ["none", "snappy", "gzip", "zstd"]:
        for version in ["1.0", "2.0"]:
            table = everything(draw, 9, 0.3)
            write(f"{codec}-v{version[0]}", table, compression=codec, data_page_version=version, write_statistics=False)
    for version in ["1.0", "2.0"]:
        table = everything(draw, 70, 0.2).select(
            ["text", "unique", "bytes", "int32", "int64", "uint64", "float", "double", "bool"]
        )
        encodings = {
            "text": "DELTA_LENGTH_BYTE_ARRAY", "unique": "DELTA_BYTE_ARRAY", "bytes": "PLAIN", "int32": "DELTA_BINARY_PACKED",
            "int64": "DELTA_BINARY_PACKED", "uint64": "BYTE_STREAM_SPLIT", "float": "BYTE_STREAM_SPLIT",
            "double": "BYTE_STREAM_SPLIT", "bool": "RLE" if version == "2.0" else "PLAIN",
        }
        write(f"encodings-v{version[0]}", table, use_dictionary=False, column_encoding=encodings,
              data_page_version=version, compression="snappy", write_statistics=False)
    steps = pa.table({
        "steady": pa.array(range(0, 1050, 3), pa.int32()),
        "wild": pa.array([draw.randrange(2 ** draw.randrange(1, 63)) for _ in range(350)], pa.int64()),
        "same": pa.array([7] * 350, pa.int64()),
    })
    write("delta-long", steps, use_dictionary=False, column_encoding={name: "DELTA_BINARY_PACKED" for name in steps.column_names},
          compression="zstd", write_statistics=False)
    runs = [None] * 70 + ["carp"] * 90 + [None, "comb"] * 20 + [None] * 7 + ["jar"] * 9
    for version in ["1.0", "2.0"]:
        table = pa.table({"text": pa.array(runs), "gone": pa.nulls(len(runs), pa.string()), "full": ["mill"] * len(runs)})
        write(f"nulls-v{version[0]}", table, data_page_version=version, compression="snappy")
    required = pa.schema([pa.field("text", pa.string(), nullable=False), pa.field("number", pa.int64(), nullable=False)])
    write("required", pa.table({"text": texts(draw, 20), "number": list(range(20))}, schema=required), compression="snappy",
          data_page_version="2.0")
    write("empty", pa.table({"text": pa.array([], pa.string())}))
    write("groups", pa.table({"text": texts(draw, 25, 0.2)}), row_group_size=3, write_statistics=False)
    vocabulary = [f"jar {index}" for index in range(700)]
    write("wide-dictionary", pa.table({"text": texts(draw, 900, 0.1, vocabulary)}), compression="zstd", write_statistics=False)
    write("pages", pa.table({"text": texts(draw, 400, 0.1, vocabulary)}), data_page_size=256, write_batch_size=16,
          dictionary_pagesize_limit=2000, compression="zstd", write_page_checksum=True, write_statistics=False)
    write("checksums", everything(draw, 5, 0.2).select(["text", "int32"]), write_page_checksum=True, compression="gzip",
          data_page_version="2.0")
    write("nested", refused(everything(draw, 4, 0.0).select(["int32", "text"])), compression="snappy")
    frame = pd.DataFrame({"text": texts(draw, 60, 0.2), "number": [draw.randrange(-(10**12), 10**12) for _ in range(60)],
                          "flag": [draw.random() < 0.5 for _ in range(60)], "share": [draw.random() for _ in range(60)]})
    fastparquet.write(path_of("fastparquet"), frame, compression="SNAPPY", row_group_offsets=25, object_encoding={"text": "utf8"})
    connection = duckdb.connect()
    connection.execute("set threads = 1")
    connection.register("frame", frame)
    connection.execute(f"copy frame to '{path_of('duckdb')}' (format parquet, compression zstd, parquet_version v2)")
    pl.DataFrame({name: [None if value is None or value != value else value for value in frame[name].tolist()]
                  for name in frame.columns}).write_parquet(path_of("polars"), compression="gzip", row_group_size=25)
    for writer in ["fastparquet", "duckdb", "polars"]:
        note(writer)
    for codec in ["brotli", "lz4"]:
        write(codec, pa.table({"text": ["carp"] * 5}), refuses=["text"], compression=codec)
    with open(os.path.join(HERE, "expected.json"), "w") as file:
        json.dump(EXPECTED, file, ensure_ascii=True, separators=(",", ":"))
        file.write("\n")


main()
