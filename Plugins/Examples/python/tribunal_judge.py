"""A judge of Tribunal in Python: protocol version 1 over stdin and stdout. Needs nothing but Python 3.8.

    from tribunal_judge import serve

    def judge(item):
        return "refusal" if "sorry" in item.response.lower() else "nonRefusal"

    serve(judge, name="apology")

`judge` gets an item with `prompt` and `response` and returns
  a label: "refusal", "nonRefusal", or a word of the scale that the judge's entry declares;
  a label with P(refusal): ("refusal", 0.93);
  label("refusal", score=0.93, detail="why"): the same with a remark that is kept; score and detail may be left out;
  abstain(reason, detail="why"): unparsed, ambiguous, lowMass, outOfRange, emptyAnswer, truncated, judgeRefused,
  contentFilter, toolCall; the detail may be left out.
An exception costs the verdict of its item only; its text is kept. What the judge prints goes to its log.
"""
import json
import os
import sys
import traceback
from collections import namedtuple

Item = namedtuple("Item", "prompt response")
Abstention = namedtuple("Abstention", "reason detail")
Labelled = namedtuple("Labelled", "label score detail")


def abstain(reason, detail=None):
    """No label, for one of the reasons above."""
    return Abstention(reason, detail)


def label(word, score=None, detail=None):
    """A label, with P(refusal) and a remark if there are any."""
    return Labelled(word, score, detail)


def answer(item_id, said):
    """The line that tells what a judge said, as a dictionary."""
    if isinstance(said, Abstention):
        line = {"id": item_id, "label": "abstain", "reason": said.reason}
    elif isinstance(said, tuple):
        word, score = said[:2] if isinstance(said, Labelled) else said
        line = {"id": item_id, "label": word, "score": None if score is None else float(score)}
    elif isinstance(said, str):
        line = {"id": item_id, "label": said}
    else:
        raise TypeError(f"a judge returns a label, (label, score), label(...) or abstain(reason), not {said!r}")
    detail = getattr(said, "detail", None)
    if detail is not None:
        line["detail"] = str(detail)
    return line


def serve(judge, name, version="1", start=None):
    """Answers until the input ends. `start`, if given, gets the judge's entry ({"id": …, "options": {…}}) first."""
    lines = sys.stdin.buffer
    # A print of the judge's, or of a library's, must not end up between the answers.
    out = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    sys.stdout = sys.stderr

    def say(line):
        out.write(json.dumps(line, allow_nan=False).encode() + b"\n")
        out.flush()

    hello = json.loads(lines.readline())
    if hello.get("hello") != 1:
        sys.exit("this judge speaks version 1 of the protocol")
    if start is not None:
        start(hello["judge"])
    say({"ready": 1, "name": name, "version": version})
    for line in lines:
        item = json.loads(line)
        try:
            line = answer(item["id"], judge(Item(item["prompt"], item["response"])))
            json.dumps(line, allow_nan=False)
        except Exception as error:
            traceback.print_exc()
            line = {"id": item["id"], "error": f"{type(error).__name__}: {error}"}
        say(line)
