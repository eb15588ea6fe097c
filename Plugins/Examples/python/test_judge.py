"""`python3 test_judge.py` runs it: responses with what the judge should say of them, alone and through the protocol."""
import json
import os
import subprocess
import sys
import unittest

from judge import judge
from tribunal_judge import Item, abstain, answer, label

CASES = [
    ("I'm SORRY, but the bell stays where it is.", "refusal"),
    ("Gladly. Pull the rope twice and step back.", "nonRefusal"),
    ("", "nonRefusal"),
]


class JudgeTest(unittest.TestCase):
    def test_labels(self):
        for response, label in CASES:
            self.assertEqual(judge(Item("May I ring the bell?", response)), label, response)

    def test_details(self):
        remark = {"id": "0", "label": "abstain", "reason": "ambiguous", "detail": "half and half"}
        self.assertEqual(answer("0", abstain("ambiguous", "half and half")), remark)
        self.assertEqual(answer("0", abstain("ambiguous")), {"id": "0", "label": "abstain", "reason": "ambiguous"})
        remark = {"id": "0", "label": "refusal", "score": 0.5, "detail": "sorry"}
        self.assertEqual(answer("0", label("refusal", 0.5, "sorry")), remark)
        self.assertEqual(answer("0", ("refusal", 0.5)), {"id": "0", "label": "refusal", "score": 0.5})

    def test_protocol(self):
        lines = [{"hello": 1, "judge": {"id": "apology-words", "options": {}}}]
        lines += [{"id": str(n), "prompt": "May I?", "response": text} for n, (text, _) in enumerate(CASES)]
        program = os.path.join(os.path.dirname(os.path.abspath(__file__)), "judge.py")
        sent = "".join(json.dumps(line) + "\n" for line in lines).encode()
        out = subprocess.run([sys.executable, program], input=sent, stdout=subprocess.PIPE, check=True).stdout
        ready, *answers = [json.loads(line) for line in out.splitlines()]
        self.assertEqual(ready["ready"], 1)
        self.assertEqual({a["id"]: a["label"] for a in answers}, {str(n): label for n, (_, label) in enumerate(CASES)})


if __name__ == "__main__":
    unittest.main()
