#!/usr/bin/env python3
"""Shows that the cache of `tribunal pull` and that of huggingface_hub are one and the same, both ways, on a hub of its own on
loopback: what one has fetched the other finds, and fetches no content again; what huggingface_hub left half done is
continued; a lock of one holds the other back.

Needs huggingface_hub (run with 2.4.0). Example: Tools/hub/check_cache.py --tribunal .build/debug/tribunal
Exit code 1 if anything does not hold.
"""
import argparse
import hashlib
import http.server
import json
import os
import pathlib
import random
import subprocess
import sys
import tempfile
import threading

REPOSITORY = "lantern-vale/mill"
COMMIT = "0123456789" * 4


def git_blob(content):
    return hashlib.sha1(b"blob %d\0" % len(content) + content).hexdigest()


def contents():
    dice = random.Random(6)
    return {
        "config.json": (b'{"model_type": "llama"}', False),
        "tokenizer.json": (b"{}", False),
        "additional_chat_templates/tool.jinja": (b"{{ messages }}", False),
        "model.safetensors": (dice.randbytes(3_000_000), True),
    }


class Hub(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    files = contents()
    fetched = []

    def log_message(self, *arguments):
        pass

    def answer(self, status, body=b"", headers=()):
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def do_HEAD(self):
        self.do_GET()

    def do_GET(self):
        path = self.path.split("?")[0]
        api = f"/api/models/{REPOSITORY}"
        if path in (f"{api}/revision/main", f"{api}/revision/{COMMIT}"):
            names = [{"rfilename": name} for name in self.files]
            return self.answer(200, json.dumps({"id": REPOSITORY, "sha": COMMIT, "siblings": names}).encode())
        if path == f"{api}/tree/{COMMIT}":
            return self.answer(200, json.dumps([self.entry(name) for name in self.files]).encode())
        for revision in ("main", COMMIT):
            home = f"/{REPOSITORY}/resolve/{revision}/"
            if path.startswith(home):
                return self.content(path[len(home):])
        self.answer(404, headers=[("X-Error-Code", "RepoNotFound")])

    def entry(self, name):
        content, is_large = self.files[name]
        entry = {"type": "file", "path": name, "size": len(content), "oid": git_blob(content)}
        if is_large:
            entry["lfs"] = {"oid": hashlib.sha256(content).hexdigest(), "size": len(content), "pointerSize": 134}
        return entry

    def content(self, name):
        commit = [("X-Repo-Commit", COMMIT)]
        if name not in self.files:
            return self.answer(404, headers=commit + [("X-Error-Code", "EntryNotFound")])
        content, is_large = self.files[name]
        tag = hashlib.sha256(content).hexdigest() if is_large else git_blob(content)
        headers = commit + [("ETag", f'"{tag}"'), ("Accept-Ranges", "bytes")]
        if self.command == "GET":
            self.fetched.append(name)
        wanted = self.headers.get("Range")
        if wanted:
            first, _, last = wanted.removeprefix("bytes=").partition("-")
            first, last = int(first), int(last or len(content) - 1)
            part = content[first:last + 1]
            headers.append(("Content-Range", f"bytes {first}-{first + len(part) - 1}/{len(content)}"))
            return self.answer(206, part, headers)
        self.answer(200, content, headers)


class Check:
    def __init__(self, program, url):
        self.program, self.url, self.failures = program, url, 0

    def expect(self, is_right, words):
        print(("ok    " if is_right else "WRONG ") + words)
        self.failures += not is_right

    def environment(self, cache):
        plain = {key: value for key, value in os.environ.items() if not key.startswith("HF_")}
        return plain | {
            "HF_ENDPOINT": self.url, "HF_HUB_CACHE": str(cache), "HF_HUB_DISABLE_TELEMETRY": "1", "HF_HUB_DISABLE_XET": "1",
        }

    def pull(self, cache, *arguments):
        done = subprocess.run(
            [self.program, "pull", REPOSITORY, "--json", *arguments], env=self.environment(cache), capture_output=True, text=True
        )
        if done.returncode != 0:
            print(done.stderr, file=sys.stderr)
        return json.loads(done.stdout) if done.returncode == 0 else None

    def python(self, cache, code):
        """Each in a process of its own: huggingface_hub reads the environment when it is imported."""
        done = subprocess.run(
            [sys.executable, "-c", f"from huggingface_hub import *\n{code}"],
            env=self.environment(cache), capture_output=True, text=True,
        )
        if done.returncode != 0:
            print(done.stderr[-2000:], file=sys.stderr)
        return done.stdout.strip()

    def same(self, folder):
        return all(
            (pathlib.Path(folder) / name).read_bytes() == content for name, (content, _) in Hub.files.items()
        )

    def run(self, folder):
        ours, theirs, half = folder / "ours", folder / "theirs", folder / "half"

        facts = self.pull(ours, "--include", "*.jinja")
        self.expect(facts is not None and self.same(facts["folder"]), "tribunal pull fetches the repository")
        before = len(Hub.fetched)
        found = self.python(ours, f"print(snapshot_download('{REPOSITORY}', local_files_only=True))")
        self.expect(found == facts["folder"], "huggingface_hub finds it offline, in the same folder")
        found = self.python(ours, f"print(snapshot_download('{REPOSITORY}'))")
        self.expect(found == facts["folder"], "huggingface_hub finds it online")
        self.expect(len(Hub.fetched) == before, "and fetches no content again")
        found = self.python(ours, f"print(try_to_load_from_cache('{REPOSITORY}', 'model.safetensors'))")
        self.expect(found == f"{facts['folder']}/model.safetensors", "a single file is found by branch")
        found = self.python(
            ours,
            "from huggingface_hub import _CACHED_NO_EXIST as absent\n"
            f"print(try_to_load_from_cache('{REPOSITORY}', 'generation_config.json') is absent)",
        )
        self.expect(found == "True", "a file that the repository lacks is known to be absent")
        found = self.python(
            ours, "scan = scan_cache_dir()\nprint(len(scan.repos), len(scan.warnings), sum(r.nb_files for r in scan.repos))"
        )
        self.expect(found == f"1 0 {len(Hub.files)}", "scan_cache_dir sees one sound repository")

        found = self.python(theirs, f"print(snapshot_download('{REPOSITORY}'))")
        before = len(Hub.fetched)
        facts = self.pull(theirs, "--offline")
        self.expect(facts is not None and facts["folder"] == found, "tribunal finds offline what huggingface_hub fetched")
        facts = self.pull(theirs, "--include", "*.jinja")
        self.expect(facts is not None and facts["fetchedBytes"] == 0, "and online has nothing to fetch")
        self.expect(len(Hub.fetched) == before, "and fetches no content again")
        facts = self.pull(theirs, "--offline", "--to", str(folder / "plain"), "--include", "*.jinja")
        self.expect(facts is not None and self.same(folder / "plain"), "and copies it into a folder")
        found = self.python(
            theirs, f"print(snapshot_download('{REPOSITORY}', local_dir='{folder / 'plain'}'))"
        )
        self.expect(len(Hub.fetched) == before, "in which huggingface_hub has nothing to fetch either")

        content = Hub.files["model.safetensors"][0]
        blobs = half / "models--lantern-vale--mill" / "blobs"
        blobs.mkdir(parents=True)
        tag = hashlib.sha256(content).hexdigest()
        (blobs / f"{tag}.incomplete").write_bytes(content[:1_000_000])
        facts = self.pull(half)
        sizes = {entry["path"]: entry["fetchedBytes"] for entry in facts["files"]} if facts else {}
        self.expect(sizes.get("model.safetensors") == 2_000_000, "tribunal continues what huggingface_hub left half done")

        lock = folder / "locked" / ".locks" / "models--lantern-vale--mill" / f"{tag}.lock"
        lock.parent.mkdir(parents=True)
        code = f"""
from filelock import FileLock
import os, subprocess, sys
lock = FileLock('{lock}')
lock.acquire()
child = subprocess.Popen(['{self.program}', 'pull', '{REPOSITORY}', '--json'], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
line = child.stderr.readline().decode()
waits = 'waiting' in line and child.poll() is None
lock.release()
child.communicate()
print(waits, child.returncode)
"""
        found = self.python(folder / "locked", code)
        self.expect(found == "True 0", "tribunal waits for huggingface_hub's lock and goes on after it")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tribunal", required=True, help="the program")
    arguments = parser.parse_args()
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Hub)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    check = Check(os.path.abspath(arguments.tribunal), f"http://127.0.0.1:{server.server_address[1]}")
    with tempfile.TemporaryDirectory() as folder:
        check.run(pathlib.Path(folder))
    server.shutdown()
    sys.exit(1 if check.failures else 0)


if __name__ == "__main__":
    main()
