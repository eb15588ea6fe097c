#!/usr/bin/env python3
"""Writes a checkpoint of the demo family as GGUF, so that llama.cpp can load it and be compared with Tribunal.

Needs nothing but Python. Example, from the root of the checkout:

    Tools/gguf/export.py Demo/checkpoints/judge judge.gguf
    llama-server --model judge.gguf --port 8080

Only what the demo family uses is known: the Llama architecture without biases or rope scaling, one safetensors file in
bf16, and a byte-level BPE tokenizer that splits digits. Anything else ends with one line and exit code 2; the file appears
when it is complete.
"""
import argparse
import json
import math
import os
import pathlib
import struct
import sys

ALIGNMENT = 32
# Value and tensor types of the format, version 3 (ggml: docs/gguf.md).
UINT32, INT32, FLOAT32, BOOL, STRING, ARRAY = 4, 5, 6, 7, 8, 9
TENSOR_F32, TENSOR_BF16 = 0, 30
FILE_F32, FILE_BF16 = 0, 32
TOKEN_NORMAL, TOKEN_CONTROL, TOKEN_USER_DEFINED = 1, 3, 4

PRE_TOKENIZER = [
    {"type": "Digits", "individual_digits": True},
    {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": True, "use_regex": True},
]
LAYER_TENSORS = {
    "input_layernorm": "attn_norm",
    "self_attn.q_proj": "attn_q",
    "self_attn.k_proj": "attn_k",
    "self_attn.v_proj": "attn_v",
    "self_attn.o_proj": "attn_output",
    "post_attention_layernorm": "ffn_norm",
    "mlp.gate_proj": "ffn_gate",
    "mlp.up_proj": "ffn_up",
    "mlp.down_proj": "ffn_down",
}


class Unsupported(Exception):
    """What keeps a checkpoint from being written as GGUF; the text names the file."""


def read_json(file):
    try:
        return json.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise Unsupported(f"{file}: {error.strerror}") from None
    except ValueError as error:
        raise Unsupported(f"{file}: {error}") from None


def expect(file, found, wanted, what):
    if found != wanted:
        raise Unsupported(f"{file}: {what} is {json.dumps(found)}; only {json.dumps(wanted)} can be exported")


def read_tensors(file):
    """Name to (shape, bytes in bf16), of a safetensors file."""
    try:
        data = file.read_bytes()
    except OSError as error:
        raise Unsupported(f"{file}: {error.strerror}") from None
    try:
        (length,) = struct.unpack_from("<Q", data)
        header = json.loads(data[8:8 + length])
    except (struct.error, ValueError) as error:
        raise Unsupported(f"{file}: no safetensors header: {error}") from None
    tensors = {}
    for name, entry in header.items():
        if name == "__metadata__":
            continue
        expect(file, entry["dtype"], "BF16", f"the type of {name}")
        start, end = (8 + length + at for at in entry["data_offsets"])
        if end > len(data) or end - start != 2 * math.prod(entry["shape"]):
            raise Unsupported(f"{file}: {name} has not the bytes of its shape {entry['shape']}")
        tensors[name] = (entry["shape"], data[start:end])
    return tensors


def widened(data):
    """bf16 as f32: the upper half of the same number."""
    wide = bytearray(2 * len(data))
    wide[2::4], wide[3::4] = data[0::2], data[1::2]
    return bytes(wide)


def interleaved(data, heads, columns):
    """Rows of a query or key projection in the order of ggml's rotation: it turns neighbouring pairs of a head, while the
    checkpoint's halves are turned against each other."""
    width = 2 * columns
    rows = [data[at:at + width] for at in range(0, len(data), width)]
    size = len(rows) // heads
    return b"".join(
        rows[head * size + half * (size // 2) + pair]
        for head in range(heads) for pair in range(size // 2) for half in range(2)
    )


def string(text):
    data = text.encode("utf-8")
    return struct.pack("<Q", len(data)) + data


def value(kind, content):
    if kind == STRING:
        return string(content)
    return struct.pack({UINT32: "<I", INT32: "<i", FLOAT32: "<f", BOOL: "<?"}[kind], content)


def entry(key, kind, content):
    return string(key) + struct.pack("<I", kind) + value(kind, content)


def list_entry(key, kind, content):
    body = b"".join(value(kind, each) for each in content)
    return string(key) + struct.pack("<IIQ", ARRAY, kind, len(content)) + body


def model_entries(folder, config, kind):
    file = folder / "config.json"
    expect(file, config.get("architectures"), ["LlamaForCausalLM"], "architectures")
    expect(file, config.get("rope_scaling"), None, "rope_scaling")
    expect(file, config.get("attention_bias", False), False, "attention_bias")
    expect(file, config.get("mlp_bias", False), False, "mlp_bias")
    expect(file, config.get("hidden_act"), "silu", "hidden_act")
    head = config.get("head_dim") or config["hidden_size"] // config["num_attention_heads"]
    return [
        entry("general.architecture", STRING, "llama"),
        entry("general.name", STRING, folder.resolve().name),
        entry("general.file_type", UINT32, FILE_F32 if kind == TENSOR_F32 else FILE_BF16),
        entry("llama.vocab_size", UINT32, config["vocab_size"]),
        entry("llama.context_length", UINT32, config["max_position_embeddings"]),
        entry("llama.embedding_length", UINT32, config["hidden_size"]),
        entry("llama.block_count", UINT32, config["num_hidden_layers"]),
        entry("llama.feed_forward_length", UINT32, config["intermediate_size"]),
        entry("llama.attention.head_count", UINT32, config["num_attention_heads"]),
        entry("llama.attention.head_count_kv", UINT32, config["num_key_value_heads"]),
        entry("llama.attention.key_length", UINT32, head),
        entry("llama.attention.value_length", UINT32, head),
        entry("llama.attention.layer_norm_rms_epsilon", FLOAT32, config["rms_norm_eps"]),
        entry("llama.rope.dimension_count", UINT32, head),
        entry("llama.rope.freq_base", FLOAT32, config["rope_theta"]),
    ]


def tokenizer_entries(folder, config):
    file = folder / "tokenizer.json"
    tokenizer = read_json(file)
    model = tokenizer["model"]
    expect(file, model["type"], "BPE", "the model")
    expect(file, tokenizer["normalizer"], None, "the normalizer")
    expect(file, tokenizer["post_processor"], None, "the post-processor")
    expect(file, tokenizer["pre_tokenizer"].get("pretokenizers"), PRE_TOKENIZER, "the pre-tokenizer")
    tokens = {number: (token, TOKEN_NORMAL) for token, number in model["vocab"].items()}
    for added in tokenizer["added_tokens"]:
        kind = TOKEN_CONTROL if added["special"] else TOKEN_USER_DEFINED
        tokens[added["id"]] = (added["content"], kind)
    if sorted(tokens) != list(range(config["vocab_size"])):
        raise Unsupported(f"{file}: the tokens are not numbered from 0 to {config['vocab_size'] - 1}")
    merges = [each if isinstance(each, str) else " ".join(each) for each in model["merges"]]
    settings = read_json(folder / "tokenizer_config.json")
    ordered = [tokens[number] for number in range(len(tokens))]
    return [
        entry("tokenizer.ggml.model", STRING, "gpt2"),
        # ggml's name for single digits followed by GPT-2's pattern.
        entry("tokenizer.ggml.pre", STRING, "smollm"),
        list_entry("tokenizer.ggml.tokens", STRING, [token for token, _ in ordered]),
        list_entry("tokenizer.ggml.token_type", INT32, [kind for _, kind in ordered]),
        list_entry("tokenizer.ggml.merges", STRING, merges),
        entry("tokenizer.ggml.bos_token_id", UINT32, config["bos_token_id"]),
        entry("tokenizer.ggml.eos_token_id", UINT32, config["eos_token_id"]),
        entry("tokenizer.ggml.padding_token_id", UINT32, config["pad_token_id"]),
        # The chat template writes what begins a turn.
        entry("tokenizer.ggml.add_bos_token", BOOL, False),
        entry("tokenizer.chat_template", STRING, settings["chat_template"]),
    ]


def renamed(folder, config):
    """(ggml's name, shape, bytes in bf16) of every tensor, in the order of the file."""
    file = folder / "model.safetensors"
    tensors = read_tensors(file)

    def take(name):
        if name not in tensors:
            raise Unsupported(f"{file}: no tensor {name}")
        return tensors.pop(name)

    found = [("token_embd.weight", *take("model.embed_tokens.weight"))]
    for layer in range(config["num_hidden_layers"]):
        for theirs, ours in LAYER_TENSORS.items():
            shape, data = take(f"model.layers.{layer}.{theirs}.weight")
            if ours == "attn_q":
                data = interleaved(data, config["num_attention_heads"], shape[1])
            if ours == "attn_k":
                data = interleaved(data, config["num_key_value_heads"], shape[1])
            found.append((f"blk.{layer}.{ours}.weight", shape, data))
    found.append(("output_norm.weight", *take("model.norm.weight")))
    # Without it the embeddings are used, as the checkpoint's tied weights mean.
    if not config.get("tie_word_embeddings"):
        found.append(("output.weight", *take("lm_head.weight")))
    tensors.pop("lm_head.weight", None)
    if tensors:
        raise Unsupported(f"{file}: unknown tensor {min(tensors)}")
    return found


def padded(data):
    return data + bytes(-len(data) % ALIGNMENT)


def gguf(folder, kind):
    """The whole file."""
    config = read_json(folder / "config.json")
    entries = model_entries(folder, config, kind) + tokenizer_entries(folder, config)
    infos, bodies, offset = [], [], 0
    for name, shape, data in renamed(folder, config):
        # ggml multiplies norms in f32 only.
        own = kind if len(shape) > 1 else TENSOR_F32
        body = padded(widened(data) if own == TENSOR_F32 else data)
        infos.append(string(name) + struct.pack(f"<I{len(shape)}QIQ", len(shape), *reversed(shape), own, offset))
        bodies.append(body)
        offset += len(body)
    head = b"GGUF" + struct.pack("<IQQ", 3, len(infos), len(entries)) + b"".join(entries) + b"".join(infos)
    return padded(head) + b"".join(bodies)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("checkpoint", type=pathlib.Path, help="folder of the checkpoint")
    parser.add_argument("output", type=pathlib.Path, help="the file to write")
    parser.add_argument("--type", choices=["f32", "bf16"], default="f32", help="how matrices are kept (default: f32)")
    arguments = parser.parse_args()
    partial = arguments.output.with_name(arguments.output.name + ".partial")
    try:
        data = gguf(arguments.checkpoint, TENSOR_F32 if arguments.type == "f32" else TENSOR_BF16)
        partial.write_bytes(data)
        os.replace(partial, arguments.output)
        return 0
    except Unsupported as error:
        problem = str(error)
    except KeyError as error:
        problem = f"{arguments.checkpoint}: the key {error} is missing"
    except OSError as error:
        partial.unlink(missing_ok=True)
        problem = f"{arguments.output}: {error.strerror}"
    print(f"error: {problem}", file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main())
