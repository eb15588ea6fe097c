#!/usr/bin/env python3
"""Writes tiny random checkpoints of every family of architectures, with what the reference computes on them.

Made with torch 2.13.0, transformers 5.23.0, safetensors 0.8.0 and numpy; run in this folder:

    python3 make.py

A folder holds config.json as such files look in the wild (older and newer key styles, keys left out), model.safetensors
in bfloat16, and expected.safetensors, computed in float32 from the bfloat16 weights: input_ids [1, T], logits [1, T, V],
resid [L, 1, T, D] (the residual stream after each block), greedy [1, T + N] and margin [1, N] (best minus second-best
logit of each step; every step is a forward pass over the whole sequence). `short.*` is a second, shorter prompt that grows
beyond the length at which LongRoPE changes. The rest are logits of the last 5 positions under edits along `direction`:

    edit               attention output, MLP output and embedding of all layers, biases too
    edit_without_bias  the same, biases left alone
    edit_part          attention output and MLP output of layer 1 alone, half of the direction, biases too
    hook_post_norm     what attention and MLP add to the stream, behind their post-norms
"""
import copy
import json
import pathlib
import sys

import torch
import transformers
from safetensors.torch import save_file
from transformers import AutoModelForCausalLM
from transformers.models.auto.configuration_auto import CONFIG_MAPPING

torch.set_num_threads(1)
HERE = pathlib.Path(__file__).parent
NEW_TOKENS = 12

COMMON = {
    "vocab_size": 41, "hidden_size": 16, "intermediate_size": 24, "num_attention_heads": 4, "bos_token_id": 1,
    "eos_token_id": 2, "pad_token_id": 0, "torch_dtype": "bfloat16", "max_position_embeddings": 128,
}

# name: (configuration as written, edits)
CASES = {
    "llama-linear": (
        {"model_type": "llama", "num_hidden_layers": 2, "num_key_value_heads": 1, "hidden_act": "gelu",
         "attention_bias": True, "mlp_bias": True, "rope_scaling": {"type": "linear", "factor": 2.5},
         "rope_theta": 500.0, "rms_norm_eps": 1e-3},
        ["edit", "edit_without_bias", "edit_part"],
    ),
    "ministral-mixed": (
        {"model_type": "ministral", "num_hidden_layers": 3, "num_key_value_heads": 2, "head_dim": 6,
         "layer_types": ["sliding_attention", "full_attention", "sliding_attention"], "sliding_window": 5,
         "rope_theta": 3000.0},
        [],
    ),
    "qwen2-upper-windows": (
        {"model_type": "qwen2", "num_hidden_layers": 3, "num_key_value_heads": 2, "use_sliding_window": True,
         "sliding_window": 4, "max_window_layers": 1, "rope_scaling": None, "tie_word_embeddings": True},
        ["edit"],
    ),
    "qwen3-yarn": (
        {"model_type": "qwen3", "num_hidden_layers": 2, "num_key_value_heads": 4, "head_dim": 12,
         "attention_bias": True,
         "rope_parameters": {"rope_type": "yarn", "rope_theta": 2000.0, "factor": 4.0, "mscale": 1.5,
                             "mscale_all_dim": 0.5, "beta_fast": 4, "original_max_position_embeddings": 32}},
        ["edit", "edit_without_bias"],
    ),
    "glm-quarter": (
        {"model_type": "glm", "num_hidden_layers": 2, "num_key_value_heads": 2, "head_dim": 12,
         "partial_rotary_factor": 0.25, "attention_bias": False, "rope_theta": 700.0, "tie_word_embeddings": True},
        ["edit_part"],
    ),
    "glm4-half": (
        {"model_type": "glm4", "num_hidden_layers": 2, "num_key_value_heads": 1, "head_dim": 8},
        ["edit", "hook_post_norm"],
    ),
    "gemma2-uncapped": (
        {"model_type": "gemma2", "num_hidden_layers": 3, "num_key_value_heads": 2, "head_dim": 8,
         "attention_bias": True, "attn_logit_softcapping": None, "final_logit_softcapping": 3.0,
         "query_pre_attn_scalar": 20, "sliding_window": 6, "hidden_act": "silu"},
        ["edit", "hook_post_norm"],
    ),
    "gemma3-pattern": (
        {"model_type": "gemma3_text", "num_hidden_layers": 3, "num_key_value_heads": 2, "head_dim": 8,
         "sliding_window": 5, "sliding_window_pattern": 3, "rope_theta": 40000.0, "rope_local_base_freq": 300.0,
         "rope_scaling": {"rope_type": "linear", "factor": 4.0}, "query_pre_attn_scalar": 12,
         "final_logit_softcapping": 2.5},
        ["edit_part", "hook_post_norm"],
    ),
    "phi3-longrope": (
        {"model_type": "phi3", "num_hidden_layers": 2, "num_key_value_heads": 1,
         "num_attention_heads": 2, "partial_rotary_factor": 0.75, "original_max_position_embeddings": 16, "rope_theta": 900.0,
         "tie_word_embeddings": True, "sliding_window": 9,
         "rope_scaling": {"type": "longrope", "short_factor": [1.0, 1.3, 2.0], "long_factor": [1.1, 4.0, 9.0]}},
        ["edit"],
    ),
    "smollm3-interval": (
        {"model_type": "smollm3", "num_hidden_layers": 4, "num_key_value_heads": 2, "no_rope_layer_interval": 2,
         "no_rope_layers": None, "use_sliding_window": True, "sliding_window": 4, "mlp_bias": True},
        ["edit", "edit_without_bias"],
    ),
    "gptoss-plain": (
        {"model_type": "gpt_oss", "num_hidden_layers": 2, "num_key_value_heads": 2, "head_dim": 8,
         "num_local_experts": 5, "num_experts_per_tok": 3, "experts_per_token": 2, "sliding_window": 3,
         "swiglu_limit": 0.75, "swiglu_alpha": 1.25, "hidden_act": "silu"},
        ["edit", "edit_without_bias", "edit_part"],
    ),
}

def random_weights(model, generator):
    """Fills every parameter so that logits spread and no part is idle; norms near 1 (near 0 where 1 is added)."""
    for name, weight in model.named_parameters():
        noise = torch.randn(weight.shape, generator=generator)
        if "norm" in name:
            shift = 0.0 if "gemma" in model.config.model_type else 1.0
            value = shift + 0.3 * noise
        elif weight.dim() == 1 or "bias" in name or "sinks" in name:
            value = 0.5 * noise
        elif "embed" in name or "lm_head" in name:
            value = noise / 2
        else:
            inner = weight.shape[-2] if weight.dim() == 3 else weight.shape[-1]
            value = 1.4 * noise / inner**0.5
        weight.data = value.to(torch.bfloat16).to(torch.float32)


def layers_of(model):
    return model.model.layers


def forward(model, ids):
    """Logits and the residual stream after each block."""
    streams = []
    hooks = [
        layer.register_forward_hook(lambda _, __, out: streams.append(out[0] if isinstance(out, tuple) else out))
        for layer in layers_of(model)
    ]
    with torch.no_grad():
        logits = model(ids, use_cache=False).logits
    for hook in hooks:
        hook.remove()
    return logits, torch.stack(streams)


def greedy(model, ids):
    margins = []
    for _ in range(NEW_TOKENS):
        last = forward(model, ids)[0][:, -1]
        top = last.topk(2, dim=-1)
        margins.append(top.values[:, 0] - top.values[:, 1])
        ids = torch.cat([ids, top.indices[:, :1]], dim=1)
    return ids, torch.stack(margins, dim=1)


def remove(weight, r, axis, strength):
    """Takes r out of a tensor whose first or last axis is the residual stream."""
    r = r.to(weight.dtype)
    if axis == "last":
        return weight - strength * (weight @ r)[..., None] * r
    return weight - strength * torch.outer(r, r @ weight)


def edited(model, r, layers, strength, biases, embedding):
    model = copy.deepcopy(model)
    for layer in layers:
        block = layers_of(model)[layer]
        targets = [(block.self_attn.o_proj, "weight", "first"), (block.self_attn.o_proj, "bias", "last")]
        experts = getattr(block.mlp, "experts", None)
        if experts is not None:
            targets += [(experts, "down_proj", "last"), (experts, "down_proj_bias", "last")]
        else:
            targets += [(block.mlp.down_proj, "weight", "first"), (block.mlp.down_proj, "bias", "last")]
        for module, name, axis in targets:
            weight = getattr(module, name, None)
            if weight is None or ("bias" in name and not biases):
                continue
            weight.data = remove(weight.data, r, axis, strength)
    if embedding:
        weight = model.model.embed_tokens.weight
        weight.data = remove(weight.data, r, "last", strength)
    return model


def hooked_post_norms(model, r):
    names = {"glm4": ["post_self_attn_layernorm", "post_mlp_layernorm"]}.get(
        model.config.model_type, ["post_attention_layernorm", "post_feedforward_layernorm"]
    )
    return [
        getattr(layer, name).register_forward_hook(lambda _, __, x: x - (x @ r)[..., None] * r)
        for layer in layers_of(model) for name in names
    ]


def edit_logits(model, kind, ids, r):
    count = len(layers_of(model))
    if kind == "hook_post_norm":
        hooks = hooked_post_norms(model, r)
        logits = forward(model, ids)[0]
        for hook in hooks:
            hook.remove()
        return logits
    if kind == "edit_part":
        changed = edited(model, r, [1], 0.5, True, False)
    else:
        changed = edited(model, r, range(count), 1.0, kind == "edit", True)
    return forward(changed, ids)[0]


def build(name, written, edits, seed):
    folder = HERE / name
    folder.mkdir(exist_ok=True)
    written = {**COMMON, **written}
    config = CONFIG_MAPPING[written["model_type"]].from_dict(copy.deepcopy(written))
    config._attn_implementation = "eager"
    config.dtype = torch.float32
    generator = torch.Generator().manual_seed(seed)
    model = AutoModelForCausalLM.from_config(config).eval().to(torch.float32)
    random_weights(model, generator)
    ids = torch.randint(3, written["vocab_size"], (1, 20), generator=generator)
    logits, resid = forward(model, ids)
    tokens, margins = greedy(model, ids)
    expected = {"input_ids": ids, "logits": logits, "resid": resid, "greedy": tokens, "margin": margins}
    if "longrope" in name:
        short = ids[:, :14]
        expected["short.input_ids"] = short
        expected["short.logits"] = forward(model, short)[0]
        expected["short.greedy"], expected["short.margin"] = greedy(model, short)
        assert expected["short.margin"].min() > 0.02
        # The reference's own cache is made anew where the length is passed.
        own = model.generate(short, max_new_tokens=NEW_TOKENS, do_sample=False, eos_token_id=None)
        assert own.tolist() == expected["short.greedy"].tolist()
    if edits:
        r = torch.randn(written["hidden_size"], generator=generator)
        r = r / r.norm()
        expected["direction"] = r
        for kind in edits:
            expected[f"{kind}.logits"] = edit_logits(model, kind, ids, r)[:, -5:]
    spread = logits.std().item()
    print(f"{name}: logits {spread:.2f}, margins from {margins.min().item():.3f}")
    tied = model.config.tie_word_embeddings
    state = {
        key: value.to(torch.bfloat16).contiguous() for key, value in model.state_dict().items()
        if not (tied and key == "lm_head.weight")
    }
    (folder / "config.json").write_text(json.dumps(written, indent=2) + "\n")
    save_file(state, folder / "model.safetensors", metadata={"format": "pt"})
    save_file({key: value.clone() for key, value in expected.items()}, folder / "expected.safetensors")


def main():
    assert transformers.__version__ == "5.23.0", transformers.__version__
    for seed, (name, (written, edits)) in enumerate(CASES.items()):
        if len(sys.argv) < 2 or name in sys.argv[1:]:
            build(name, written, edits, 60 + seed)


if __name__ == "__main__":
    main()
