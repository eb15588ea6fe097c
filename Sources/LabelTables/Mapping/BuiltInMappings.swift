/// Mappings that come with the program. They are texts in the source, so that the program stays one file.
public enum BuiltInMappings {
  /// Name and JSON of each.
  public static let all: [(name: String, json: String)] = [("paper-human", paperHuman), ("paper-counts", paperCounts)]

  /// The published files' own names of the systems, in either mapping.
  private static let rawSystems = #"""
    "HuggingFaceTB/SmolLM2-1.7B-Instruct": "smollm2",
    "models/HuggingFaceTB/SmolLM2-1.7B-Instruct-abliterated": "smollm2-alb",
    "locuslab/mix_ift_v4-smollm2-1.7b-all_raw_folders_baseline-600B": "raw-data",
    "models/locuslab/mix_ift_v4-smollm2-1.7b-all_raw_folders_baseline-600B-abliterated": "raw-data-alb",
    "locuslab/mix_ift_v4-smollm2-1.7b-score0_only-600B": "score0",
    "models/locuslab/mix_ift_v4-smollm2-1.7b-score0_only-600B-abliterated": "score0-alb",
    "locuslab/mix_ift_v4-smollm2-1.7b-score0_mix_rephrased_from_beginning-600B": "score0-rephrase",
    "models/locuslab/mix_ift_v4-smollm2-1.7b-score0_mix_rephrased_from_beginning-600B-abliterated": "score0-rephrase-alb",
    "locuslab/mix_ift_v4-smollm2-1.7b-score0_mix_rephrased_from_beginning_metadata-600B": "score0-rephrase-metatags",
    "models/locuslab/mix_ift_v4-smollm2-1.7b-score0_mix_rephrased_from_beginning_metadata-600B-abliterated": "score0-rephrase-metatags-alb",
    "locuslab/mix_ift_v4-smollm2-1.7b-base-score0_mix_rephrase123_with_mild_refusal45-600B": "score0-rephrase-refusals",
    "models/locuslab/mix_ift_v4-smollm2-1.7b-base-score0_mix_rephrase123_with_mild_refusal45-600B-abliterated": "score0-rephrase-refusals-alb",
    "locuslab/mix_ift_v9-smollm2-1.7b-score0_rephrase123_mild_ref45_metadata_5p-600B-metamix3p-1k-0": "safety-oracle",
    "models/locuslab/mix_ift_v9-smollm2-1.7b-score0_rephrase123_mild_ref45_metadata_5p-600B-metamix3p-1k-0-abliterated": "safety-oracle-alb",
    "zai-org/glm-4-9b-chat-hf": "glm-4",
    "models/zai-org/glm-4-9b-chat-hf-abliterated": "glm-4-alb",
    "meta-llama/Llama-3.3-70B-Instruct": "llama-3.3",
    "models/meta-llama/Llama-3.3-70B-Instruct-abliterated": "llama-3.3-alb",
    "Qwen/Qwen3-14B": "qwen3",
    "models/Qwen/Qwen3-14B-abliterated": "qwen3-alb"
    """#

  private static let paperHuman = #"""
    {
      "version": 1,
      "about": "labels of two people on 200 answers, as arXiv 2510.02768 publishes them",
      "form": "wide",
      "item": ["qid", "model"],
      "cluster": "qid",
      "system": "model",
      "kind": "label",
      "words": { "true": "refusal", "True": "refusal", "false": "nonRefusal", "False": "nonRefusal" },
      "files": [
        { "file": "human_1.csv", "raters": [{ "column": "is_refusal", "name": "human-1", "role": "human" }] },
        { "file": "human_2.csv", "raters": [{ "column": "is_refusal", "name": "human-2", "role": "human" }] }
      ],
      "names": {
        "system": {
          \#(rawSystems)
        }
      }
    }
    """#

  private static let paperCounts = #"""
    {
      "version": 1,
      "about": "counts of judges by system and kind, as arXiv 2510.02768 publishes them, under raw or display names",
      "form": "counts",
      "rater": "refusal_judge",
      "system": "model",
      "kind": "label",
      "refused": "refused",
      "notRefused": "not_refused",
      "total": "total",
      "names": {
        "rater": {
          "regex": "regex",
          "openai": "chatgpt5",
          "llm-Qwen/Qwen3-14B": "qwen3",
          "llm-unsloth/gpt-oss-20b-BF16": "gpt-oss",
          "HuggingFaceTB_SmolLM2-1.7B-Instruct": "smollm2",
          "locuslab_mix_ift_v4-smollm2-1.7b-all_raw_folders_baseline-600B": "raw-data",
          "locuslab_mix_ift_v4-smollm2-1.7b-score0_only-600B": "score0",
          "locuslab_mix_ift_v4-smollm2-1.7b-score0_mix_rephrased_from_beginning-600B": "score0-rephrase",
          "locuslab_mix_ift_v4-smollm2-1.7b-score0_mix_rephrased_from_beginning_metadata-600B": "score0-rephrase-metatags",
          "locuslab_mix_ift_v4-smollm2-1.7b-base-score0_mix_rephrase123_with_mild_refusal45-600B": "score0-rephrase-refusals",
          "locuslab_mix_ift_v9-smollm2-1.7b-score0_rephrase123_mild_ref45_metadata_5p-600B-metamix3p-1k-0": "safety-oracle",
          "zai-org_glm-4-9b-chat-hf": "glm-4",
          "human_1": "human-1",
          "human_2": "human-2",
          "Human 1": "human-1",
          "Human 2": "human-2",
          "ChatGPT5": "chatgpt5",
          "GPT-oss": "gpt-oss",
          "SmolLM2": "smollm2",
          "Raw Data": "raw-data",
          "Score 0": "score0",
          "Score 0 + Rephrase": "score0-rephrase",
          "Score 0 + Rephrase + Metatags": "score0-rephrase-metatags",
          "Score 0 + Rephrase + Refusals": "score0-rephrase-refusals",
          "Safety Oracle": "safety-oracle",
          "GLM-4": "glm-4",
          "Qwen3": "qwen3"
        },
        "system": {
          \#(rawSystems),
          "SmolLM2": "smollm2",
          "SmolLM2-ALB": "smollm2-alb",
          "SmolLM2 - ALB": "smollm2-alb",
          "SmolLM2 -ALB": "smollm2-alb",
          "Raw Data": "raw-data",
          "Raw Data-ALB": "raw-data-alb",
          "Raw Data - ALB": "raw-data-alb",
          "Raw Data -ALB": "raw-data-alb",
          "Score 0": "score0",
          "Score 0-ALB": "score0-alb",
          "Score 0 - ALB": "score0-alb",
          "Score 0 -ALB": "score0-alb",
          "Score 0 + Rephrase": "score0-rephrase",
          "Score 0 + Rephrase-ALB": "score0-rephrase-alb",
          "Score 0 + Rephrase - ALB": "score0-rephrase-alb",
          "Score 0 + Rephrase -ALB": "score0-rephrase-alb",
          "Score 0 + Rephrase + Metatags": "score0-rephrase-metatags",
          "Score 0 + Rephrase + Metatags-ALB": "score0-rephrase-metatags-alb",
          "Score 0 + Rephrase + Metatags - ALB": "score0-rephrase-metatags-alb",
          "Score 0 + Rephrase + Metatags -ALB": "score0-rephrase-metatags-alb",
          "Score 0 + Rephrase + Refusals": "score0-rephrase-refusals",
          "Score 0 + Rephrase + Refusals-ALB": "score0-rephrase-refusals-alb",
          "Score 0 + Rephrase + Refusals - ALB": "score0-rephrase-refusals-alb",
          "Score 0 + Rephrase + Refusals -ALB": "score0-rephrase-refusals-alb",
          "Safety Oracle": "safety-oracle",
          "Safety Oracle-ALB": "safety-oracle-alb",
          "Safety Oracle - ALB": "safety-oracle-alb",
          "Safety Oracle -ALB": "safety-oracle-alb",
          "GLM-4": "glm-4",
          "GLM-4-ALB": "glm-4-alb",
          "GLM-4 - ALB": "glm-4-alb",
          "GLM-4 -ALB": "glm-4-alb",
          "Llama-3.3": "llama-3.3",
          "Llama-3.3-ALB": "llama-3.3-alb",
          "Llama-3.3 - ALB": "llama-3.3-alb",
          "Llama-3.3 -ALB": "llama-3.3-alb",
          "Qwen3": "qwen3",
          "Qwen3-ALB": "qwen3-alb",
          "Qwen3 - ALB": "qwen3-alb",
          "Qwen3 -ALB": "qwen3-alb"
        }
      }
    }
    """#
}
