"""Counts for tests/fault/operations.bash, in the folder of its dataset: one process for the whole test.

    queue_count.py texts|corpus

Files are counted by what is written in them (texts), or by what the same bytes gave when nothing was decided (corpus).
Each line of stdin is a request, answered by one line of stdout that begins with "ok" or says what is wrong:

  learn V            keeps what each file gives under the pipeline V, by the delivery `out`; answers with their counts
  count V            the files against judged.json and queue.json, whose tickets lose no attempt that they had; answers
                     with the tickets that are neither passed nor gone. V: the pipeline in force
  tables             answers with those of these tickets that are about tables
  task T12           with the exit code that handing in desk/T12/table.csv must have by desk/T12/task.json
  cell FILE TEXT     writes TEXT into the first cell of a table
  events             history.json: what each event tells of before and after (docs/queue.md), and that they connect
  outcomes FOLDER V  a delivery of the latest version against queue.json, sample by sample
  evaluate N         writes eval.jsonl: results for samples of judged.json's version by the delivery `out`; N is random
  annotate KIND N    writes back.csv or back.json, in which people corrected rows of tasks.csv; answers with how many
"""

import collections
import csv
import hashlib
import json
import os
import random
import sys

UNSOLVED = {"open", "retrying", "needs-review", "rejected"}
HELPED = {"repaired", "corrected", "replaced", "waived"}
PASSES = ("every check", "no check of severity error")
# A waiver under another name, of what a model got wrong: it is delivered as it is.
ANSWERED = "which had the same bytes, was waived by"
# What an evaluation told of a file that is gone, on the ticket of the one in its place: that passes, delivered or as a
# duplicate, until the next judging says otherwise.
TOLD = "in whose place it is"
tried = {}  # by ticket: every attempt that was ever told of it


def load(path):
    with open(path, encoding="utf-8") as f:
        return json.load(f)


def lines(path):
    with open(path, encoding="utf-8") as f:
        return [json.loads(line) for line in f]


def delivered(folder):
    """Everything that a delivery tells of, accepted or not."""
    return lines(os.path.join(folder, "manifest.jsonl")) + lines(os.path.join(folder, "others.jsonl"))


def stands_by_file(ticket):
    return any(a["current"] and a["way"] == "replaced" and a["chosen"] for a in ticket["attempts"])


class Texts:
    """Files of docs/, which say themselves what a test reader finds in them."""

    def count(self, queue, _variant):
        """Samples; whether there may be more; sources that give none."""
        # Sources and pages that another file stands for: a page of two tables.
        replaced = {t["subject"] for t in queue if (t["state"] == "replaced" if t["kind"] == "source" else stands_by_file(t))}
        samples = bad = 0
        for name in os.listdir("docs"):
            with open(os.path.join("docs", name), encoding="utf-8") as f:
                said = dict(line.rstrip("\n").split(": ", 1) for line in f if ": " in line)
            path = "docs/" + name
            if "fail" in said:
                samples += 3 if path in replaced else 0
                bad += path not in replaced
                continue
            for page in range(1, int(said.get("pages", 1)) + 1):
                samples += 3 if f"{path}#page={page}" in replaced else 1 + int(said.get("tables", 0))
        return samples, False, bad

    def faults(self, _told, _queue, _variant):
        return []


class Corpus:
    """Files of inbox/: each gives what its bytes gave when it was learnt, unless an attempt or another file stands for it
    or a part of it. Then its pages, videos and sound are still there; tables, shots and segments may be others."""

    WHOLE = {"page", "video", "audio"}

    def __init__(self):
        self.given = {}  # by pipeline and digest: how many samples, whole ones, failures

    @staticmethod
    def sources():
        """By path, the digest of each file that is not a text beside another."""
        found = {}
        for folder, _, names in os.walk("inbox"):
            for name in names:
                if not name.endswith(".txt"):
                    path = os.path.join(folder, name)
                    with open(path, "rb") as f:
                        found[path] = hashlib.sha256(f.read()).digest()
        return found

    def numbers(self, told):
        """Samples, whole ones and failures of each source."""
        by_source = collections.defaultdict(lambda: [0, 0, 0])
        for entry in told:
            n = by_source[entry["key"].split("#")[0]]
            n[0] += entry["outcome"] != "failed"
            n[1] += entry["kind"] in self.WHOLE
            n[2] += entry["outcome"] == "failed"
        return by_source

    def learn(self, variant, told):
        by_source = self.numbers(told)
        for path, digest in self.sources().items():
            if path not in by_source:
                return f"{path}: gives nothing, and no failure"
            if self.given.setdefault((variant, digest), by_source[path]) != by_source[path]:
                return f"{path}: gives otherwise than the same bytes under another name"
        samples, _, failures = map(sum, zip(*by_source.values()))
        return f"ok {samples} samples, {failures} failures"

    def expected(self, queue, variant):
        """By path: samples of which there are no fewer; of all and of whole ones how many there are, None when an attempt or
        another file stands for a part of it; failures."""
        live = [t for t in queue if t["state"] not in ("gone", "passed")]
        standing = [(t, a["way"]) for t in live for a in t["attempts"] if a["current"] and a["chosen"]]
        parts = {t["source"] for t, way in standing if way != "corrected"}
        # What an evaluation told of it is answered under another name: that passes, and a repair that it stands by is not told.
        parts |= {t["source"] for t in queue if t["origin"] == "feedback" and t["state"] == "passed"}
        # The other file may have more pages, and another number of streams.
        replaced = {t["source"] for t, way in standing if way == "replaced"}
        files = {t["subject"] for t, way in standing if way == "replaced"}
        files |= {t["subject"] for t in live if t["kind"] == "source" and t["state"] == "replaced"}
        # A recording's ticket has its source's name: where that fails, it is about the one in the other file. It is passed,
        # or gone as it was, where that is a duplicate.
        recordings = {t["subject"] for t in queue if t["kind"] != "source"}
        for path, digest in self.sources().items():
            every, whole, failures = self.given[variant, digest]
            if path in files or (failures > 0 and path in recordings):
                yield path, 1, None, None, 0
            elif path in parts:
                yield path, whole, None, None if path in replaced else whole, failures
            else:
                yield path, every, every, whole, failures

    def count(self, queue, variant):
        expected = list(self.expected(queue, variant))
        return sum(e[1] for e in expected), any(e[2] is None for e in expected), sum(e[4] for e in expected)

    def faults(self, told, queue, variant):
        """Sources that gave otherwise than they should."""
        by_source = self.numbers(told)
        wrong = []
        for path, least, every, whole, failures in self.expected(queue, variant):
            due, now = (every, whole, failures), by_source.pop(path, [0, 0, 0])
            if now[0] < least or any(d not in (None, n) for d, n in zip(due, now)):
                wrong.append((path, "gave", due, "and now", now))
        return wrong + [(path, "is no file") for path in by_source]


def lose_attempts(queue):
    """Those that a ticket had once and has no more."""
    lost = []
    for t in queue:
        told = {
            tuple(str(a[k]) for k in ("way", "remedy", "rung", "recipe", "work_key", "outcome", "failed_checks", "note"))
            for a in t["attempts"]
            if a["outcome"] != "wanted"
        }
        lost += [(t["id"], *a) for a in tried.get(t["id"], set()) - told]
        tried[t["id"]] = told
    return lost


def fault_of(event, stood, evaluated):
    """stood: what the event before left delivered."""
    state, before, after = event["state"], event["before"], event["after"]
    if before is None:
        return "nothing before"
    if stood is not None and before != stood:
        return "does not go on where the one before it left"
    if event["act"]:
        return None if after == stood else "an act changes what is delivered"
    if state in ("waived", "passed") and ("is a duplicate of" in event["reason"] or "takes it out" in event["reason"]):
        return None if after is None else "what waits is delivered"
    if state == "passed" and TOLD in event["reason"]:
        return None
    if state in HELPED or (state == "passed" and any(words in event["reason"] for words in (*PASSES, ANSWERED))):
        return "nothing is delivered" if after is None else None
    if state == "passed" and "source" in event["reason"]:
        return "no bytes" if after is None else None
    if state == "open" and evaluated:
        return None
    return "something is delivered" if after is not None else None


def events():
    wrong = []
    for t in load("history.json"):
        stood, evaluated = None, False
        for n, e in enumerate(t["history"], 1):
            evaluated = evaluated or "evaluation" in e["reason"]
            fault = fault_of(e, stood, evaluated)
            if fault:
                wrong.append((t["id"], n, e["state"], e["reason"], fault))
            stood = e["after"]
        wrong += [
            (t["id"], "attempt", a["outcome"])
            for a in t["attempts"]
            if a["judged"] and a["judged"]["at"] != t["history"][a["judged"]["event"] - 1]["at"]
        ]
    return f"events that are not as they should be: {wrong}" if wrong else "ok"


def count(variant=None):
    judged, queue = load("judged.json"), load("queue.json")
    samples, more, bad = files.count(queue, variant)
    n = judged["samples"]
    of_samples = [t for t in queue if t["kind"] != "source"]
    # An evaluation's ticket that is open, or waived, may be of a sample that passes.
    of_feedback = {"open", "waived"}
    by_verdict = [t for t in of_samples if t["origin"] == "judged" or t["state"] not in of_feedback]
    beside = sum(t["origin"] == "feedback" and t["state"] in of_feedback for t in of_samples)
    waived = sum(t["state"] == "waived" for t in by_verdict)
    sums = {
        "conserved": judged["conserved"],
        "samples of the files": n["in"] == samples or (more and n["in"] > samples),
        "outcomes": n["in"] == n["accepted"] + n["quarantined"] + n["waived"] + n["duplicate"] + n["filtered"],
        "tickets of failed sources": sum(t["kind"] == "source" and t["state"] in UNSOLVED for t in queue) == bad,
        "tickets of quarantined samples": sum(t["state"] in UNSOLVED for t in by_verdict) == n["quarantined"],
        "tickets of waived samples": waived <= n["waived"] <= waived + beside,
        "a ticket for each subject": len({t["subject"] for t in queue}) == len(queue),
        "open tickets": sum(t["state"] in UNSOLVED - {"rejected"} for t in queue) == judged["queue"]["open"],
        "tickets in each state": all(
            sum(t["state"] == s for t in queue) == number for s, number in judged["queue"]["states"].items()
        ),
    }
    lost = lose_attempts(queue)
    if lost:
        return f"attempts that are not told any more: {lost}"
    wrong = [what for what, holds in sums.items() if not holds]
    if wrong:
        tickets = [(t["id"], t["subject"], t["state"], t["origin"]) for t in queue]
        return f"not so: {', '.join(wrong)}; {samples} samples, {bad} bad sources; {n} {judged.get('imbalance')} {tickets}"
    return "ok " + " ".join(t["id"] for t in queue if t["state"] not in ("passed", "gone"))


def tables():
    """Those of the last count."""
    return "ok " + " ".join(
        t["id"] for t in load("queue.json") if t["kind"] == "table" and t["state"] not in ("passed", "gone")
    )


def task(ticket):
    with open(os.path.join("desk", ticket, "task.json"), encoding="utf-8") as f:
        hand_in = json.load(f)["hand_in"]
    return "ok 0" if f"assay queue resolve {ticket} --text desk/{ticket}/table.csv" in hand_in else "ok 64"


def cell(path, text):
    with open(path, newline="", encoding="utf-8") as f:
        rows = list(csv.reader(f))
    rows[0][0] = text
    with open(path, "w", newline="", encoding="utf-8") as f:
        csv.writer(f).writerows(rows)
    return "ok"


def outcomes(folder, variant=None):
    """Whatever is not delivered has its ticket, and what is delivered has none that says otherwise."""
    allowed = {
        "accepted": {None, "passed", "gone", "repaired", "corrected", "replaced"},
        "waived": {"waived"},
        "quarantined": UNSOLVED,
        "failed": UNSOLVED,
        "duplicate": {None, "passed", "gone"},
        "filtered": {None, "passed", "gone"},
    }
    queue = load("queue.json")
    tickets = {t["subject"]: t for t in queue}
    told = delivered(folder)
    wrong = files.faults(told, queue, variant)
    for entry in told:
        ticket = tickets.get(entry["key"])
        # A recording has its source's name, whose ticket may be about the file that stands for that.
        if ticket and (ticket["kind"] == "source") != (entry["kind"] == "source"):
            ticket = None
        state = ticket and ticket["state"]
        beside = ticket and ticket["origin"] == "feedback" and entry["outcome"] != "quarantined"
        if state not in allowed[entry["outcome"]] and not beside:
            wrong.append((entry["key"], entry["outcome"], state))
    return f"delivered otherwise than their tickets say: {wrong}" if wrong else "ok"


def evaluate(number):
    """Results for about half of what was delivered, one failure at least."""
    chance = random.Random(number)
    keys = [entry["key"] for entry in lines("out/manifest.jsonl")]
    chosen = [key for key in keys if chance.random() < 0.5] or keys[:1]
    with open("eval.jsonl", "w", encoding="utf-8") as f:
        for key in chosen:
            label = "fail" if key == chosen[0] else chance.choice(["pass", "pass", "fail"])
            result = {"key": key, "label": label, "score": chance.randrange(100) / 100}
            f.write(json.dumps(result) + "\n")
    return f"ok {len(chosen)}"


def annotate(kind, number):
    """Up to three people for each of some pages, some of whom agree; one in ten writes nothing or gives up."""
    chance = random.Random(number)
    with open("tasks.csv", newline="", encoding="utf-8") as f:
        rows = [row for row in csv.DictReader(f) if row["kind"] == "page" and chance.random() < 0.5]
    for row in rows:
        texts = [f"value: {chance.choice([3, 7, 12, 50])}\n" for _ in range(2)]
        row["said"] = [(f"p{i}", chance.choice(texts)) for i in range(chance.randint(1, 3))]
    if kind == "csv":
        with open("back.csv", "w", newline="", encoding="utf-8") as f:
            out = csv.writer(f)
            out.writerow(["ticket", "key", "text", "annotator", "source_digest"])
            for row in rows:
                for who, text in row["said"]:
                    out.writerow([row["ticket"], row["key"], text, who, row["source_digest"]])
    else:
        tasks = []
        for row in rows:
            by = [
                {
                    "completed_by": {"id": i, "email": who},
                    "was_cancelled": i > 0 and chance.random() < 0.1,
                    "result": [{"type": "textarea", "from_name": "text", "to_name": "image", "value": {"text": [text]}}],
                }
                for i, (who, text) in enumerate(row["said"])
            ]
            data = {name: row[name] for name in ("ticket", "key", "source_digest")}
            tasks.append({"id": len(tasks) + 1, "data": data, "annotations": by})
        with open("back.json", "w", encoding="utf-8") as f:
            json.dump(tasks, f)
    return f"ok {len(rows)}"


def learn(variant):
    return files.learn(variant, delivered("out"))


files = {"texts": Texts, "corpus": Corpus}[sys.argv[1]]()
REQUESTS = {
    "learn": learn,
    "count": count,
    "tables": tables,
    "task": task,
    "cell": cell,
    "events": events,
    "outcomes": outcomes,
    "evaluate": evaluate,
    "annotate": annotate,
}

for request in sys.stdin:
    words = request.split()
    try:
        answer = REQUESTS[words[0]](*words[1:])
    except (OSError, ValueError, KeyError) as e:
        answer = f"{request.strip()}: {e!r}"
    print(answer.replace("\n", " "), flush=True)
