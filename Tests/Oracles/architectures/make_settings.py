#!/usr/bin/env python3
"""Writes settings.json: configurations in the styles that occur, and what the reference makes of each.

Made with torch 2.13.0 and transformers 5.23.0; run in this folder: python3 make_settings.py

Each case has `config` as written and what the reference's model of it holds: `ropes` with inverse frequencies, for LongRoPE
also those of long sequences, and the factor on cosine and sine; for each layer which of them it has (null where positions
do not count) and its window; scale of scores, biases, caps, epsilon, heads.
"""
import copy
import json
import logging
import pathlib

import torch
import transformers
from transformers import AutoModelForCausalLM
from transformers.modeling_rope_utils import ROPE_INIT_FUNCTIONS
from transformers.models.auto.configuration_auto import CONFIG_MAPPING

logging.disable(logging.WARNING)
torch.set_num_threads(1)
COMMON = {
    "vocab_size": 11, "hidden_size": 32, "intermediate_size": 8, "num_attention_heads": 4, "num_hidden_layers": 3,
    "pad_token_id": 0,
}
ONE = {"rope_type": "default"}
YARN = {"rope_type": "yarn", "factor": 4.0, "original_max_position_embeddings": 64}
LLAMA3 = {"factor": 8.0, "low_freq_factor": 1.0, "high_freq_factor": 4.0}
SHORT4, LONG4 = [1.0, 1.1, 1.5, 2.0], [1.0, 3.0, 5.5, 9.0]

CASES = [
    # Standards of the classes.
    {"model_type": "llama"},
    {"model_type": "mistral", "num_attention_heads": 8},
    {"model_type": "ministral", "num_attention_heads": 8, "head_dim": 4},
    {"model_type": "qwen2", "num_attention_heads": 32, "hidden_size": 64},
    {"model_type": "qwen3", "num_attention_heads": 32},
    {"model_type": "glm"},
    {"model_type": "glm4"},
    {"model_type": "gemma2"},
    {"model_type": "gemma3_text", "num_hidden_layers": 7},
    {"model_type": "phi3"},
    {"model_type": "smollm3", "num_hidden_layers": 5},
    {"model_type": "gpt_oss", "num_attention_heads": 8, "num_local_experts": 6},
    # Nulls.
    {"model_type": "llama", "head_dim": None, "num_key_value_heads": None, "rope_scaling": None},
    {"model_type": "mistral", "num_key_value_heads": 2, "sliding_window": None, "head_dim": None},
    {"model_type": "gemma2", "attn_logit_softcapping": None, "final_logit_softcapping": None, "layer_types": None},
    {"model_type": "gpt_oss", "num_key_value_heads": 4, "num_local_experts": 5, "layer_types": None},
    # Older and newer keys, and which of two counts.
    {"model_type": "llama", "rope_theta": 77.0, "rope_parameters": {"rope_type": "default", "rope_theta": 55.0}},
    {"model_type": "llama", "rope_theta": 77.0, "rope_parameters": ONE},
    {"model_type": "llama", "rope_scaling": {"type": "linear", "factor": 3.0},
     "rope_parameters": {"rope_type": "default", "rope_theta": 55.0}},
    {"model_type": "llama", "rope_scaling": {}, "rope_parameters": {"rope_type": "linear", "factor": 2, "rope_theta": 55}},
    {"model_type": "llama", "rope_scaling": {"rope_type": "llama3", "type": "linear", **LLAMA3}, "rope_theta": 5e5,
     "max_position_embeddings": 300},
    {"model_type": "llama", "rope_parameters": {"rope_type": "llama3", **LLAMA3, "rope_theta": 5e5,
                                               "original_max_position_embeddings": 40}},
    {"model_type": "llama", "rope_parameters": {"rope_type": "llama3", **LLAMA3, "rope_theta": 5e5,
                                               "original_max_position_embeddings": 40},
     "original_max_position_embeddings": 500},
    {"model_type": "llama", "rope_scaling": {"rope_type": "dynamic", "factor": 4.0}},
    {"model_type": "llama", "rope_scaling": {**YARN}, "max_position_embeddings": 256},
    {"model_type": "qwen2", "num_attention_heads": 8, "num_key_value_heads": 2, "use_sliding_window": True,
     "max_window_layers": 2, "rope_scaling": {**YARN, "truncate": False, "beta_fast": 16, "beta_slow": 2},
     "rope_theta": 1e6},
    {"model_type": "qwen3", "num_key_value_heads": 2, "head_dim": 16, "use_sliding_window": False, "sliding_window": 9,
     "rope_parameters": {**YARN, "mscale": 0.7, "mscale_all_dim": 1.1, "factor": 12.0}},
    {"model_type": "qwen3", "num_key_value_heads": 2, "head_dim": 16,
     "rope_parameters": {**YARN, "attention_factor": 0.8, "beta_fast": 0, "mscale": 0}},
    {"model_type": "llama", "rope_scaling": {"type": "longrope", "short_factor": SHORT4, "long_factor": LONG4,
                                             "original_max_position_embeddings": 32}, "max_position_embeddings": 128},
    {"model_type": "llama", "rope_scaling": {"rope_type": "longrope", "short_factor": SHORT4, "long_factor": LONG4,
                                             "factor": 16.0}, "max_position_embeddings": 128},
    {"model_type": "phi3", "rope_scaling": {"type": "su", "short_factor": SHORT4, "long_factor": LONG4,
                                            "original_max_position_embeddings": 99},
     "max_position_embeddings": 8192, "num_key_value_heads": 2},
    {"model_type": "phi3", "rope_scaling": {"type": "yarn", "short_factor": SHORT4, "long_factor": LONG4,
                                            "original_max_position_embeddings": 99, "attention_factor": 1.3},
     "original_max_position_embeddings": 64, "max_position_embeddings": 512, "sliding_window": 6},
    {"model_type": "phi3", "partial_rotary_factor": 0.5, "rope_theta": 9e4},
    {"model_type": "glm", "partial_rotary_factor": 1.0, "head_dim": 16, "attention_bias": False},
    {"model_type": "glm", "rope_parameters": {"rope_type": "default", "partial_rotary_factor": 0.25}, "head_dim": 24,
     "partial_rotary_factor": 0.75},
    {"model_type": "glm4", "rope_scaling": {"rope_type": "linear", "factor": 2.0}, "head_dim": 16},
    {"model_type": "glm4", "rope_theta": 300.0, "head_dim": 20, "partial_rotary_factor": 0.25},
    {"model_type": "gemma2", "num_hidden_layers": 4, "head_dim": 16, "query_pre_attn_scalar": 144, "sliding_window": 3,
     "rope_theta": 123.0, "attention_bias": True},
    {"model_type": "gemma2", "layer_types": ["full_attention", "full_attention", "sliding_attention"], "head_dim": 8},
    {"model_type": "gemma3_text", "num_hidden_layers": 5, "sliding_window_pattern": 2, "rope_theta": 5e4,
     "rope_local_base_freq": 200.0, "rope_scaling": {"rope_type": "linear", "factor": 8.0}, "head_dim": 16},
    {"model_type": "gemma3_text", "num_hidden_layers": 2, "head_dim": 16, "_sliding_window_pattern": 2,
     "layer_types": ["full_attention", "sliding_attention"], "sliding_window": 11,
     "rope_parameters": {"full_attention": {"rope_type": "linear", "factor": 2.0, "rope_theta": 1e5},
                         "sliding_attention": {"rope_type": "default"}}, "rope_local_base_freq": 321.0},
    {"model_type": "gemma3_text", "num_hidden_layers": 6, "head_dim": 16, "rope_parameters": None, "rope_scaling": None},
    {"model_type": "smollm3", "num_hidden_layers": 4, "no_rope_layers": [0, 1, 1, 0, 1]},
    {"model_type": "smollm3", "num_hidden_layers": 4, "no_rope_layer_interval": 3, "use_sliding_window": True,
     "sliding_window": 7, "rope_theta": 1e5, "attention_bias": True, "mlp_bias": True},
    {"model_type": "smollm3", "num_hidden_layers": 2, "use_sliding_window": False, "sliding_window": 7,
     "layer_types": ["sliding_attention", "full_attention"]},
    {"model_type": "gpt_oss", "num_attention_heads": 8, "num_experts": 7, "swiglu_limit": 3.0, "sliding_window": 5,
     "attention_bias": False, "rope_scaling": {"rope_type": "yarn", "factor": 2.0, "truncate": True},
     "initial_context_length": 77, "max_position_embeddings": 512, "rope_theta": 9e4},
    {"model_type": "gpt_oss", "num_attention_heads": 8, "num_local_experts": 6, "rope_parameters": {}},
    {"model_type": "ministral", "num_attention_heads": 8, "head_dim": 6, "sliding_window": 3,
     "layer_types": ["sliding_attention", "full_attention", "sliding_attention"]},
]


def listed(tensor):
    return [float(f"{value:.8g}") for value in tensor.tolist()]


def frequencies(model, config, layer_type):
    rotary = model.model.rotary_emb
    if config.model_type == "gemma3_text":
        return (getattr(rotary, f"{layer_type}_original_inv_freq"), None, getattr(rotary, f"{layer_type}_attention_scaling"))
    long = None
    if rotary.rope_type == "longrope":
        original = config.rope_parameters["original_max_position_embeddings"]
        long, _ = ROPE_INIT_FUNCTIONS["longrope"](config, seq_len=original + 1)
        return rotary.original_inv_freq, (original, long), rotary.attention_scaling
    return rotary.original_inv_freq, None, rotary.attention_scaling


def describe(written):
    config = CONFIG_MAPPING[written["model_type"]].from_dict(copy.deepcopy(written))
    model = AutoModelForCausalLM.from_config(config)
    kinds = getattr(config, "layer_types", None)
    layers, ropes = [], []
    for index, layer in enumerate(model.model.layers):
        slides = kinds[index] == "sliding_attention" if kinds else config.model_type in ("mistral", "phi3")
        row = {"window": config.sliding_window if slides else None, "rope": None}
        if getattr(layer.self_attn, "use_rope", True):
            short, long, factor = frequencies(model, config, kinds[index] if kinds else None)
            rope = {"frequencies": listed(short), "factor": float(factor)}
            if long:
                rope.update(original=long[0], long=listed(long[1]))
            if rope not in ropes:
                ropes.append(rope)
            row["rope"] = ropes.index(rope)
        layers.append(row)
    attention = model.model.layers[0].self_attn
    names = {"query": "q_proj", "key": "k_proj", "value": "v_proj", "output": "o_proj"}
    mlp = model.model.layers[0].mlp
    experts = getattr(mlp, "experts", None)
    return {
        "layers": layers, "ropes": ropes, "head_size": attention.head_dim, "kv_heads": config.num_key_value_heads,
        "scale": attention.scaling, "context": config.max_position_embeddings, "epsilon": config.rms_norm_eps,
        "tied": config.tie_word_embeddings,
        "biases": [key for key, name in names.items() if getattr(getattr(attention, name, None), "bias", None) is not None],
        "mlp_bias": getattr(getattr(mlp, "down_proj", None), "bias", None) is not None or experts is not None,
        "score_cap": getattr(attention, "attn_logit_softcapping", None) if config.model_type == "gemma2" else None,
        "logit_cap": getattr(config, "final_logit_softcapping", None),
        "experts": [experts.num_experts, mlp.router.top_k, experts.limit, experts.alpha] if experts is not None else None,
        "parameters": sum(weight.numel() for weight in model.parameters()),
    }


def main():
    assert transformers.__version__ == "5.23.0", transformers.__version__
    cases = []
    for case in CASES:
        written = {**COMMON, **case}
        cases.append({"config": written, "expected": describe(written)})
    text = "[\n" + ",\n".join(json.dumps(case) for case in cases) + "\n]\n"
    (pathlib.Path(__file__).parent / "settings.json").write_text(text)
    print(len(cases), "cases")


if __name__ == "__main__":
    main()
