import Endpoints
import HTTP
import JudgeKit
import TestKit
import Testing

/// Answers in the forms that servers document, with the members that only one of them sends.
@Suite("Answers in the forms of known servers", .timeLimit(.minutes(10)))
struct ServerShapesTests {
  private func read(_ status: Int = 200, _ body: String, type: String = "application/json") -> ModelReply<ChatAnswer> {
    ChatWire.read(
      HTTPResponse(status: status, headers: [("Content-Type", type)], body: Array(body.utf8)),
      now: nil
    )
  }

  private func answer(_ body: String, type: String = "application/json") throws -> ChatAnswer {
    guard case .value(let answer) = read(200, body, type: type) else { throw NoAnswer() }
    return answer
  }

  private struct NoAnswer: Error {}

  private func word(_ reply: ModelReply<ChatAnswer>) -> String {
    switch reply {
    case .value(let answer): "value \(answer.abstention?.rawValue ?? "")"
    case .abstain(let reason, _): "abstain \(reason.rawValue)"
    case .retry(_, let reason, _): "retry \(reason.rawValue)"
    case .fatal(let reason, _): "fatal \(reason.rawValue)"
    }
  }

  @Test("llama-server: timings, ids of tokens and its probabilities")
  func llamaServer() throws {
    let answer = try answer(
      """
      {"choices": [{"finish_reason": "stop", "index": 0, "message": {"role": "assistant", "content": "REFUSAL"},
        "logprobs": {"content": [{"id": 42, "token": "REF", "bytes": [82, 69, 70], "logprob": -0.25,
          "top_logprobs": [{"id": 42, "token": "REF", "bytes": [82, 69, 70], "logprob": -0.25},
            {"id": 7, "token": "NON", "bytes": [78, 79, 78], "logprob": -1.5}]},
          {"id": 43, "token": "USAL", "bytes": [85, 83, 65, 76], "logprob": -0.01, "top_logprobs": []}]}}],
       "created": 1764000000, "model": "miller.gguf", "system_fingerprint": "b6000-abc", "object": "chat.completion",
       "usage": {"completion_tokens": 2, "prompt_tokens": 120, "total_tokens": 122, "prompt_tokens_details": {"cached_tokens": 9}},
       "id": "chatcmpl-1", "timings": {"cache_n": 0, "prompt_n": 120, "prompt_ms": 9.5, "predicted_n": 2}}
      """
    )
    #expect(answer.text == "REFUSAL")
    #expect(answer.usage == TokenUsage(prompt: 120, completion: 2))
    #expect(answer.firstTokens?.map(\.token) == ["REF", "NON"])
    #expect(answer.logProbabilities?.map(\.value) == [-0.25, -0.01])
  }

  @Test("llama-server: thoughts apart, and errors with numbers as codes")
  func llamaServerErrors() throws {
    let thinking = try answer(
      """
      {"choices": [{"finish_reason": "stop", "index": 0,
        "message": {"role": "assistant", "reasoning_content": "Bram says no.", "content": "REFUSAL"}}]}
      """
    )
    #expect(thinking.text == "REFUSAL" && thinking.reasoning == "Bram says no.")
    let loading = #"{"error": {"message": "Loading model", "type": "unavailable_error", "code": 503}}"#
    #expect(word(read(503, loading)) == "retry serverError")
    let long = """
      {"error": {"code": 400, "message": "the request exceeds the available context size, try increasing it",
        "type": "exceed_context_size_error", "n_prompt_tokens": 5000, "n_ctx": 4096}}
      """
    #expect(word(read(400, long)) == "abstain contextLength")
    let key = #"{"error": {"message": "Invalid API Key", "type": "authentication_error", "code": 401}}"#
    #expect(word(read(401, key)) == "fatal authentication")
  }

  @Test("vLLM: null members everywhere, both forms of its errors")
  func vllm() throws {
    let answer = try answer(
      """
      {"id": "chatcmpl-2", "object": "chat.completion", "created": 1764000000, "model": "miller",
       "choices": [{"index": 0, "message": {"role": "assistant", "content": "NON-REFUSAL", "refusal": null, "annotations": null,
         "audio": null, "function_call": null, "tool_calls": [], "reasoning_content": null},
         "logprobs": null, "finish_reason": "stop", "stop_reason": null, "token_ids": null}],
       "service_tier": null, "system_fingerprint": null,
       "usage": {"prompt_tokens": 88, "total_tokens": 93, "completion_tokens": 5, "prompt_tokens_details": null},
       "prompt_logprobs": null, "kv_transfer_params": null}
      """
    )
    #expect(answer.text == "NON-REFUSAL" && answer.abstention == nil && answer.reasoning == nil)
    #expect(answer.usage == TokenUsage(prompt: 88, completion: 5))
    let words = "This model's maximum context length is 4096 tokens. However, you requested 5000 tokens."
    let old = #"{"object": "error", "message": "\#(words)", "type": "BadRequestError", "param": null, "code": 400}"#
    #expect(word(read(400, old)) == "abstain contextLength")
    let new = #"{"error": {"message": "\#(words)", "type": "BadRequestError", "param": "input_tokens", "code": 400}}"#
    #expect(word(read(400, new)) == "abstain contextLength")
    let model =
      #"{"error": {"message": "The model `x` does not exist.", "type": "NotFoundError", "param": null, "code": 404}}"#
    #expect(word(read(404, model)) == "fatal modelNotFound")
  }

  @Test("Ollama: its fingerprint, its thoughts under another name, its errors")
  func ollama() throws {
    let answer = try answer(
      """
      {"id": "chatcmpl-305", "object": "chat.completion", "created": 1764000000, "model": "miller:1b",
       "system_fingerprint": "fp_ollama", "choices": [{"index": 0,
       "message": {"role": "assistant", "content": "REFUSAL", "reasoning": "The carp stays."}, "finish_reason": "stop"}],
       "usage": {"prompt_tokens": 30, "completion_tokens": 4, "total_tokens": 34}}
      """
    )
    #expect(answer.text == "REFUSAL" && answer.reasoning == "The carp stays.")
    let missing =
      #"{"error": {"message": "model 'x' not found", "type": "not_found_error", "param": null, "code": null}}"#
    #expect(word(read(404, missing)) == "fatal modelNotFound")
    let busy =
      #"{"error": {"message": "server busy, please try again", "type": "api_error", "param": null, "code": null}}"#
    #expect(word(read(503, busy)) == "retry serverError")
  }

  @Test("hosted: details of usage, a refusal, the tier; and the quota that no waiting mends")
  func hosted() throws {
    let refused = try answer(
      """
      {"id": "chatcmpl-3", "object": "chat.completion", "created": 1764000000, "model": "miller-2026",
       "choices": [{"index": 0, "message": {"role": "assistant", "content": null, "refusal": "I would rather not.",
         "annotations": []}, "logprobs": null, "finish_reason": "stop"}],
       "usage": {"prompt_tokens": 9, "completion_tokens": 6, "total_tokens": 15,
         "completion_tokens_details": {"reasoning_tokens": 0, "accepted_prediction_tokens": 0}},
       "service_tier": "default", "system_fingerprint": "fp_1"}
      """
    )
    #expect(refused.abstention == .judgeRefused && refused.text == "I would rather not.")
    #expect(refused.usage == TokenUsage(prompt: 9, completion: 6))
    let quota =
      #"{"error": {"message": "You exceeded your quota.", "type": "insufficient_quota", "code": "insufficient_quota"}}"#
    #expect(word(read(429, quota)) == "fatal quota")
    let parameter = """
      {"error": {"message": "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens'.",
        "type": "invalid_request_error", "param": "max_tokens", "code": "unsupported_parameter"}}
      """
    #expect(word(read(400, parameter)) == "fatal badRequest")
  }

  @Test("Azure: filters of prompt and answer")
  func azure() throws {
    let answer = try answer(
      """
      {"choices": [{"content_filter_results": {"hate": {"filtered": false, "severity": "safe"}}, "finish_reason": "stop",
        "index": 0, "logprobs": null, "message": {"content": "REFUSAL", "refusal": null, "role": "assistant"}}],
       "prompt_filter_results": [{"prompt_index": 0, "content_filter_results": {}}], "model": "miller",
       "usage": {"completion_tokens": 3, "prompt_tokens": 10, "total_tokens": 13}}
      """
    )
    #expect(answer.text == "REFUSAL" && answer.abstention == nil)
    let filtered = """
      {"error": {"message": "The response was filtered.", "type": null, "param": "prompt", "code": "content_filter", "status": 400,
        "innererror": {"code": "ResponsibleAIPolicyViolation", "content_filter_result": {}}}}
      """
    #expect(word(read(400, filtered)) == "abstain contentFilter")
    let missing =
      #"{"error": {"code": "DeploymentNotFound", "message": "The API deployment for this resource does not exist."}}"#
    #expect(word(read(404, missing)) == "fatal notFound")
  }

  @Test("streams carry probabilities, thoughts and a last piece without choices")
  func streamed() throws {
    let stream = """
      data: {"choices": [{"index": 0, "delta": {"role": "assistant", "content": ""}, "finish_reason": null}]}

      data: {"choices": [{"index": 0, "delta": {"reasoning_content": "Hm."}, "finish_reason": null}]}

      data: {"choices": [{"index": 0, "delta": {"content": "REF"}, "finish_reason": null, "logprobs": {"content": [\
      {"token": "REF", "logprob": -0.5, "top_logprobs": [{"token": "REF", "logprob": -0.5}]}]}}]}

      data: {"choices": [{"index": 0, "delta": {"content": "USAL"}, "finish_reason": "stop", "logprobs": {"content": [\
      {"token": "USAL", "logprob": -0.1, "top_logprobs": [{"token": "USAL", "logprob": -0.1}]}]}}]}

      data: {"choices": [], "usage": {"prompt_tokens": 5, "completion_tokens": 2}}

      data: [DONE]


      """
    let answer = try answer(stream, type: "text/event-stream; charset=utf-8")
    #expect(answer.text == "REFUSAL" && answer.reasoning == "Hm.")
    #expect(answer.firstTokens?.map(\.token) == ["REF"])
    #expect(answer.logProbabilities?.map(\.token) == ["REF", "USAL"])
    #expect(answer.usage == TokenUsage(prompt: 5, completion: 2))
  }
}
