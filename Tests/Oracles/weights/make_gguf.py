"""Tiny random models of the families whose GGUF files Tribunal runs, with the logits of the reference.

    python3 Tests/Oracles/weights/make_gguf.py

writes `<family>.gguf` and `logits.safetensors` beside itself. Every file follows llama.cpp's converter: names from the gguf
package's own map, rows of query and key heads as pairs for the families that ggml turns as neighbours, gains of Gemma's norms
with 1 added, Llama 3.1's stretching as divisors. The logits are those of transformers in float32 on the values that the file
holds; for families that transformers reads from GGUF itself, its reading must give the same weights. Made with gguf 0.19.0,
transformers 5.23.0, torch 2.13.0, safetensors 0.8.0.
"""
import pathlib
import tempfile

import gguf
import numpy as np
import torch
import transformers
from gguf import GGMLQuantizationType as Type
from safetensors.numpy import save_file

HERE = pathlib.Path(__file__).parent
WIDTH, INNER, HEADS, KV, VOCABULARY, LENGTH = 32, 64, 4, 2, 64, 24
SHAPE = dict(hidden_size=WIDTH, intermediate_size=INNER, num_attention_heads=HEADS, num_key_value_heads=KV,
             vocab_size=VOCABULARY, num_hidden_layers=2, max_position_embeddings=256, bos_token_id=1, eos_token_id=2,
             pad_token_id=None, tie_word_embeddings=False)
LLAMA3 = dict(rope_type="llama3", rope_theta=10000.0, factor=8.0, low_freq_factor=1.0, high_freq_factor=4.0,
              original_max_position_embeddings=64)
PLAIN = dict(rope_type="default", rope_theta=50000.0)
PARTIAL = dict(PLAIN, partial_rotary_factor=0.5)
# family: (architecture of the file, configuration class, what differs)
FAMILIES = {
    "llama": ("llama", "LlamaConfig", dict(rope_parameters=LLAMA3, tie_word_embeddings=True)),
    "qwen2": ("qwen2", "Qwen2Config", dict(rope_parameters=PLAIN)),
    "qwen3": ("qwen3", "Qwen3Config", dict(rope_parameters=PLAIN, head_dim=16)),
    "smollm3": ("smollm3", "SmolLM3Config", dict(rope_parameters=PLAIN, num_hidden_layers=4, tie_word_embeddings=True)),
    "phi3": ("phi3", "Phi3Config", dict(rope_parameters=PLAIN, original_max_position_embeddings=256, sliding_window=9)),
    "gemma2": ("gemma2", "Gemma2Config", dict(rope_parameters=PLAIN, head_dim=16, query_pre_attn_scalar=16,
                                              sliding_window=8, attn_logit_softcapping=4.0,
                                              final_logit_softcapping=6.0, tie_word_embeddings=True)),
    "gemma3": ("gemma3", "Gemma3TextConfig", dict(
        rope_parameters={"full_attention": dict(rope_type="linear", factor=8.0, rope_theta=1e6),
                         "sliding_attention": dict(rope_type="default", rope_theta=10000.0)},
        head_dim=16, query_pre_attn_scalar=16, sliding_window=8, num_hidden_layers=6, tie_word_embeddings=True)),
    "chatglm": ("chatglm", "GlmConfig", dict(rope_parameters=PARTIAL, head_dim=16, attention_bias=True)),
    "glm4": ("glm4", "Glm4Config", dict(rope_parameters=PARTIAL, head_dim=16, attention_bias=True)),
}
PAIRED = {"llama", "smollm3"}
SHIFTED = {"gemma2", "gemma3"}
READ_BY_REFERENCE = {"llama", "qwen2", "qwen3", "phi3", "gemma2", "gemma3"}
# Where the package's map does not know the hub's name.
EXTRA_NAMES = {
    "post_self_attn_layernorm": "post_attention_norm", "post_mlp_layernorm": "post_ffw_norm", "gate_up_proj": "ffn_up",
    "qkv_proj": "attn_qkv", "post_attention_layernorm": "ffn_norm",
}
# The llama file mixes formats, so that the rows of pairs are put in order in each.
MIXED = {"attn_q": Type.F16, "attn_k": Type.Q8_0, "attn_v": Type.Q5_0, "attn_output": Type.Q4_0, "ffn_gate": Type.Q4_1,
         "ffn_up": Type.Q5_1, "ffn_down": Type.BF16, "token_embd": Type.Q8_0}


def paired(rows, heads):
    """Halves of a head's rows side by side."""
    return rows.reshape(heads, 2, rows.shape[0] // heads // 2, *rows.shape[1:]).swapaxes(1, 2).reshape(rows.shape)


def unpaired(rows, heads):
    return rows.reshape(heads, rows.shape[0] // heads // 2, 2, *rows.shape[1:]).swapaxes(1, 2).reshape(rows.shape)


def file_name(hub, arch, names):
    base, _, kind = hub.rpartition(".")
    known = names.get_name(base)
    part = base.split(".")[-1]
    if known is None or (arch == "glm4" and part in EXTRA_NAMES):
        known = f"blk.{base.split('.')[2]}.{EXTRA_NAMES[part]}"
    return f"{known}.{kind}"


def export(family, path):
    arch, config_class, settings = FAMILIES[family]
    torch.manual_seed(20260106)
    config = getattr(transformers, config_class)(**{**SHAPE, **settings})
    model = transformers.AutoModelForCausalLM.from_config(config, dtype=torch.float32, attn_implementation="eager").eval()
    draw = np.random.default_rng(20260107)
    head = getattr(config, "head_dim", None) or WIDTH // HEADS
    numbers = {value: key for key, value in gguf.MODEL_ARCH_NAMES.items()}
    names = gguf.get_tensor_name_map(numbers[arch], config.num_hidden_layers)

    writer = gguf.GGUFWriter(path, arch)
    writer.add_context_length(config.max_position_embeddings)
    writer.add_embedding_length(WIDTH)
    writer.add_block_count(config.num_hidden_layers)
    writer.add_feed_forward_length(INNER)
    writer.add_head_count(HEADS)
    writer.add_head_count_kv(KV)
    writer.add_layer_norm_rms_eps(config.rms_norm_eps)
    rope = config.rope_parameters.get("full_attention", config.rope_parameters)
    writer.add_rope_freq_base(rope["rope_theta"])
    turned = int(head * rope.get("partial_rotary_factor", 1))
    if head != WIDTH // HEADS or arch in ("gemma2", "gemma3", "glm4", "chatglm"):
        writer.add_key_length(head)
        writer.add_value_length(head)
    if arch not in ("gemma2", "gemma3"):
        writer.add_rope_dimension_count(turned)
    if rope["rope_type"] == "linear":
        writer.add_rope_scaling_type(gguf.RopeScalingType.LINEAR)
        writer.add_rope_scaling_factor(rope["factor"])
    if rope["rope_type"] == "llama3":
        inverse = 1 / (rope["rope_theta"] ** (np.arange(0, turned, 2) / turned))
        waves = 2 * np.pi / inverse
        low, high, factor = (rope[key] for key in ("low_freq_factor", "high_freq_factor", "factor"))
        original = rope["original_max_position_embeddings"]
        share = (original / waves - low) / (high - low)
        divisors = np.where(waves < original / high, 1, np.where(waves > original / low, factor,
                                                                 1 / ((1 - share) / factor + share)))
        writer.add_tensor("rope_freqs.weight", divisors.astype(np.float32))
    if getattr(config, "sliding_window", None) and arch != "qwen2":
        writer.add_sliding_window(config.sliding_window)
    if arch == "gemma2":
        writer.add_attn_logit_softcapping(config.attn_logit_softcapping)
        writer.add_final_logit_softcapping(config.final_logit_softcapping)
    writer.add_tokenizer_model("gpt2")
    writer.add_token_list([f"<{number}>" for number in range(VOCABULARY)])
    writer.add_token_types([1] * VOCABULARY)
    writer.add_token_merges([])
    writer.add_eos_token_id(2)
    writer.add_eot_token_id(5)
    writer.add_chat_template("{{ messages[0].content }}")

    state = model.state_dict()
    kept = {}
    for hub, tensor in state.items():
        if hub == "lm_head.weight" and config.tie_word_embeddings:
            continue
        isNorm = "norm" in hub
        values = draw.normal(0, 0.3 if isNorm else 0.12, tuple(tensor.shape)).astype(np.float32)
        if isNorm and arch not in SHIFTED:
            values += 1
        name = file_name(hub, arch, names)
        heads = HEADS if ".attn_q." in name else KV if ".attn_k." in name else 0
        stored = paired(values, heads) if arch in PAIRED and heads else values
        if isNorm and arch in SHIFTED:
            stored = stored + np.float32(1)
        kind = Type.F32 if stored.ndim < 2 else Type.BF16
        if family == "llama" and stored.ndim == 2:
            kind = MIXED[name.split(".")[-2]]
        data = gguf.quantize(stored, kind)
        writer.add_tensor(name, data, raw_dtype=kind)
        back = gguf.dequantize(data, kind).astype(np.float32).reshape(stored.shape)
        if arch in PAIRED and heads:
            back = unpaired(back, heads)
        if isNorm and arch in SHIFTED:
            back = back - np.float32(1)
        kept[hub] = torch.from_numpy(back.copy())
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()

    missing, unexpected = model.load_state_dict(kept, strict=False)
    assert not unexpected and set(missing) <= {"lm_head.weight"}, (missing, unexpected)
    model.tie_weights()
    if family in READ_BY_REFERENCE:
        check(family, path, model)
    ids = torch.from_numpy(np.random.default_rng(3).integers(0, VOCABULARY, (1, LENGTH)))
    with torch.no_grad():
        return ids.numpy(), model(ids).logits.numpy()[0]


def check(family, path, model):
    """The reference's own reading of the file has the same weights."""
    from transformers.modeling_gguf_pytorch_utils import load_gguf_checkpoint

    with torch.device("meta"):
        dummy = transformers.AutoModelForCausalLM.from_config(model.config)
    tensors = load_gguf_checkpoint(str(path), return_tensors=True, model_to_load=dummy)["tensors"]
    for name, tensor in model.state_dict().items():
        if name in tensors:
            assert torch.equal(torch.as_tensor(np.asarray(tensors[name])).float(), tensor), (family, name)
    unread = set(model.state_dict()) - set(tensors)
    assert unread <= {"lm_head.weight"}, (family, unread)


def main():
    expected = {}
    for family in FAMILIES:
        ids, logits = export(family, HERE / f"{family}.gguf")
        expected[f"{family}.ids"], expected[f"{family}.logits"] = ids, np.ascontiguousarray(logits)
        print(family, (HERE / f"{family}.gguf").stat().st_size, float(logits.std()))
    save_file(expected, HERE / "logits.safetensors")
    (HERE / "logits.safetensors").chmod(0o644)


main()
