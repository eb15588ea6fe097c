"""Writes tokenizers.json: small tokenizers of every kind with what the reference library makes of texts.

Each entry has a `tokenizer.json` as text and cases: `text` with `ids`, `with` (the post-processor's tokens added), `asText`
(special tokens in the text as plain text); `decode` with `decoded` and `skipped` (special tokens left out).

pip install tokenizers==0.23.3
"""
import json
import pathlib
import random
import tokenizers
from tokenizers import AddedToken, Regex, Tokenizer, decoders as D, models as M, normalizers as N
from tokenizers import pre_tokenizers as P, processors as R

VILLAGE = (
    "Ysolt keeps the silver comb in the mill. Corvin's bees don't like it, they'll hum! Bram paid 1234 pennies "
    "(or 12.5) for honey-cakes in Elmsworth; the carp swam. Où est le miel? Größe STRASSE İstanbul ΣΑΣ мельница "
    "蜜蜂在村子里 ミツバチ はち 꿀벌 عسل النحل דבש"
).split(" ")
ODD = [
    "👨‍👩‍👧", "e\u0301", "a\u0323\u0301", "\r\n", "\n", "\t", "   ", "\u00a0", "\0", "ﬁ", "Ⅷ²", "\u1100\u1161\u11a8", "\ufffd", "\x7f",
    "<s>", "</s>", "<unk>", "x" * 20, "7" * 12, "'LL", "▁", "##a", "<0x41>", "…", "“q”", "$=|", "ー", "ß",
]
WORDS = r"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"
LLAMA3 = (
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
)
UPPER, LOWER = r"[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]", r"[\p{Ll}\p{Lm}\p{Lo}\p{M}]"
SHORT = r"(?i:'s|'t|'re|'ve|'m|'ll|'d)?"
O200K = (
    rf"[^\r\n\p{{L}}\p{{N}}]?{UPPER}*{LOWER}+{SHORT}|[^\r\n\p{{L}}\p{{N}}]?{UPPER}+{LOWER}*{SHORT}|\p{{N}}{{1,3}}"
    r"| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+"
)


def text(numbers):
    parts = []
    for _ in range(numbers.choice([1, 3, 6, 10])):
        parts.append(numbers.choice(VILLAGE if numbers.random() < 0.6 else ODD))
        parts.append(numbers.choice([" ", " ", "  ", "", "\n"]))
    return "".join(parts)


def pieces(numbers, normalizer, splitter):
    found = []
    for _ in range(12):
        line = text(numbers)
        if normalizer:
            line = normalizer.normalize_str(line)
        found += [piece for piece, _ in splitter.pre_tokenize_str(line)] if splitter else [line]
    return [piece[:24] for piece in found if piece]


def bpe(numbers, found, prefix="", suffix="", **options):
    words = []
    for piece in found:
        words.append([(prefix if at else "") + letter + (suffix if at == len(piece) - 1 else "") for at, letter in enumerate(piece)])
    tokens = {"<unk>": 0}
    if options.get("byte_fallback"):
        tokens.update({f"<0x{byte:02X}>": byte + 1 for byte in range(256)})
    for word in words:
        for symbol in word:
            if numbers.random() < 0.9:
                tokens.setdefault(symbol, len(tokens))
    merges = []
    for _ in range(60):
        pairs = {}
        for word in words:
            for pair in zip(word, word[1:]):
                if pair[0] in tokens and pair[1] in tokens:
                    pairs[pair] = pairs.get(pair, 0) + 1
        if not pairs:
            break
        left, right = max(pairs, key=lambda pair: (pairs[pair], pair))
        whole = left + right[len(prefix):]
        tokens.setdefault(whole, len(tokens))
        merges.append((left, right))
        for at, word in enumerate(words):
            out = []
            for symbol in word:
                if out and out[-1] == left and symbol == right:
                    out[-1] = whole
                else:
                    out.append(symbol)
            words[at] = out
    if options.get("ignore_merges"):
        for piece in found[:6]:
            tokens.setdefault(piece, len(tokens))
    if prefix:
        options["continuing_subword_prefix"] = prefix
    if suffix:
        options["end_of_word_suffix"] = suffix
    return M.BPE(vocab=tokens, merges=merges, **options)


def unigram(numbers, found, byte_fallback=False):
    scores = {"<unk>": 0.0}
    if byte_fallback:
        scores.update({f"<0x{byte:02X}>": -9.0 for byte in range(256)})
    for piece in found:
        for _ in range(2):
            start = numbers.randrange(len(piece))
            scores.setdefault(piece[start:start + numbers.choice([1, 2, 3, 6])], -round(numbers.random() * 12, 4))
        for letter in piece:
            if numbers.random() < 0.7:
                scores.setdefault(letter, -round(6 + numbers.random() * 8, 4))
    return M.Unigram(list(scores.items()), 0, byte_fallback)


def word_piece(numbers, found):
    tokens = {"[UNK]": 0}
    for piece in found:
        for at, letter in enumerate(piece):
            tokens.setdefault(("##" if at else "") + letter, len(tokens))
        tokens.setdefault(piece[:4], len(tokens))
    return M.WordPiece(tokens, unk_token="[UNK]", max_input_chars_per_word=16)


def word_level(numbers, found):
    return M.WordLevel({piece: at for at, piece in enumerate(dict.fromkeys(["[UNK]"] + found))}, unk_token="[UNK]")


MARKED = D.Sequence([D.Replace("▁", " "), D.ByteFallback(), D.Fuse(), D.Strip(" ", 1, 0)])


def split(pattern, behavior="isolated", invert=False):
    return P.Split(Regex(pattern), behavior, invert)


# Name, normaliser, splitter, model with its options, decoder.
KINDS = [
    ("gpt-2", None, P.ByteLevel(False), (bpe, {}), D.ByteLevel()),
    ("llama 3", None, P.Sequence([split(LLAMA3), P.ByteLevel(False, use_regex=False)]), (bpe, {"ignore_merges": True}), D.ByteLevel()),
    ("qwen", N.NFC(), P.Sequence([split(LLAMA3.replace("{1,3}", "")), P.ByteLevel(False, use_regex=False)]), (bpe, {}), D.ByteLevel()),
    ("o200k", None, P.Sequence([split(O200K), P.ByteLevel(False, use_regex=False)]), (bpe, {}), D.ByteLevel()),
    ("smollm", None, P.Sequence([P.Digits(True), P.ByteLevel(False)]), (bpe, {}), D.ByteLevel()),
    ("llama 2", N.Sequence([N.Prepend("▁"), N.Replace(" ", "▁")]), None, (bpe, {"byte_fallback": True, "fuse_unk": True, "unk_token": "<unk>"}), MARKED),
    ("mistral", None, P.Metaspace("▁", "first", False), (bpe, {"byte_fallback": True, "unk_token": "<unk>"}), MARKED),
    ("gemma", N.Replace(" ", "▁"), P.Split(" ", "merged_with_previous"), (bpe, {"byte_fallback": True, "fuse_unk": True, "unk_token": "<unk>"}), MARKED),
    ("t5", N.Sequence([N.Nmt(), N.NFKC(), N.Replace(Regex(" {2,}"), " ")]), P.Sequence([P.WhitespaceSplit(), P.Metaspace("▁", "always", True)]), (unigram, {}), D.Metaspace("▁", "always")),
    ("unigram with bytes", N.NFKD(), P.Metaspace("▁", "never", True), (unigram, {"byte_fallback": True}), MARKED),
    ("bert", N.BertNormalizer(), P.BertPreTokenizer(), (word_piece, {}), D.WordPiece("##", True)),
    ("words", N.Sequence([N.NFD(), N.StripAccents(), N.Lowercase(), N.Strip()]), P.Whitespace(), (word_level, {}), None),
    ("prefix", None, P.WhitespaceSplit(), (bpe, {"prefix": "##", "unk_token": "<unk>"}), D.WordPiece("##", False)),
    ("suffix", None, P.WhitespaceSplit(), (bpe, {"suffix": "</w>", "unk_token": "<unk>", "fuse_unk": True}), D.BPEDecoder("</w>")),
    ("delimiter", N.ByteLevel(), P.CharDelimiterSplit("e"), (bpe, {}), D.CTC("<pad>", "|", True)),
    ("scripts", None, P.UnicodeScripts(), (unigram, {}), D.Fuse()),
    ("lengths", None, P.FixedLength(3), (bpe, {"unk_token": "<unk>"}), None),
] + [
    (f"punctuation {behavior}", None, P.Punctuation(behavior), (word_level, {}), D.Fuse())
    for behavior in ["isolated", "removed", "merged_with_previous", "merged_with_next", "contiguous"]
] + [
    (f"split {behavior}", None, split(r"\s+|\d", behavior, behavior != "contiguous"), (word_level, {}), D.Fuse())
    for behavior in ["isolated", "removed", "merged_with_previous", "merged_with_next", "contiguous"]
] + [
    (f"pattern {pattern}", None, split(pattern), (word_level, {}), D.Fuse())
    for pattern in [WORDS, r"[\p{L}&&[^\p{Han}]]+", r"(?<=[a-z])(?=[^a-z])", r"[[:punct:]]+", r"(?:\p{L}\p{M}*)+?\b", "x*", r"^\s*|\s*$", r"\p{Lu}?\p{Ll}+|\p{Hiragana}"]
]


def processor(numbers, tokenizer):
    start, end = ("<s>", tokenizer.token_to_id("<s>")), ("</s>", tokenizer.token_to_id("</s>"))
    return numbers.choice([
        lambda: R.TemplateProcessing(single="<s> $A </s>", pair="<s> $A </s> $B </s>", special_tokens=[start, end]),
        lambda: R.BertProcessing(end, start),
        lambda: R.RobertaProcessing(end, start),
        lambda: R.Sequence([R.ByteLevel(False), R.TemplateProcessing(single="<s> $A", pair="<s> $A $B", special_tokens=[start])]),
    ])()


def entry(number, name, normalizer, splitter, model, decoder):
    numbers = random.Random(number)
    kind, options = model
    tokenizer = Tokenizer(kind(numbers, pieces(numbers, normalizer, splitter), **options))
    if normalizer:
        tokenizer.normalizer = normalizer
    if splitter:
        tokenizer.pre_tokenizer = splitter
    if decoder:
        tokenizer.decoder = decoder
    tokenizer.add_special_tokens([AddedToken("<s>"), AddedToken("</s>", rstrip=number % 2 == 0, normalized=False)])
    tokenizer.add_tokens([AddedToken("comb", single_word=True, lstrip=number % 3 == 0), AddedToken("MILL", normalized=True)])
    tokenizer.post_processor = processor(numbers, tokenizer)
    source = tokenizer.to_str()
    tokenizer = Tokenizer.from_str(source)
    cases = []
    for line in ["", " ", "Bram's comb is in <s>the MILL</s>  now"] + [text(numbers) for _ in range(7)]:
        case = {"text": line, "ids": tokenizer.encode(line, add_special_tokens=False).ids, "with": tokenizer.encode(line).ids}
        tokenizer.encode_special_tokens = True
        case["asText"] = tokenizer.encode(line, add_special_tokens=False).ids
        tokenizer.encode_special_tokens = False
        ids = case["ids"] if numbers.random() < 0.5 else [numbers.randrange(tokenizer.get_vocab_size()) for _ in range(5)]
        case["decode"] = ids
        case["decoded"] = tokenizer.decode(ids, skip_special_tokens=False)
        case["skipped"] = tokenizer.decode(ids, skip_special_tokens=True)
        cases.append(case)
    return {"name": name, "tokenizer": source, "cases": cases}


entries = [entry(number, *kind) for number, kind in enumerate(KINDS)]
target = pathlib.Path(__file__).with_name("tokenizers.json")
target.write_text(json.dumps({"tokenizers": tokenizers.__version__, "entries": entries}, separators=(",", ":")) + "\n")
