#!/usr/bin/env python3
"""The worked examples of formats.md, computed anew with nothing but hashlib.

    python3 docs/formats-examples.py            print every example
    python3 docs/formats-examples.py --check    fail when formats.md shows other bytes

It shares no code with Assay, so it is also the shortest description of how to write these records.
"""

import hashlib
import pathlib
import sys


def head(major, n):
    """RFC 8949: the shortest head of a major type."""
    if n < 24:
        return bytes([major << 5 | n])
    for extra, size in ((24, 1), (25, 2), (26, 4), (27, 8)):
        if n < 1 << (8 * size):
            return bytes([major << 5 | extra]) + n.to_bytes(size, "big")
    raise ValueError(n)


def cbor(v):
    """None, bool, int, bytes, str, list, and dict with ascending integer keys."""
    if v is None:
        return b"\xf6"
    if v is True or v is False:
        return b"\xf5" if v else b"\xf4"
    if isinstance(v, int):
        return head(0, v) if v >= 0 else head(1, -1 - v)
    if isinstance(v, bytes):
        return head(2, len(v)) + v
    if isinstance(v, str):
        return head(3, len(v.encode())) + v.encode()
    if isinstance(v, list):
        return head(4, len(v)) + b"".join(map(cbor, v))
    assert list(v) == sorted(v)
    return head(5, len(v)) + b"".join(cbor(k) + cbor(x) for k, x in v.items())


def sha(b):
    return hashlib.sha256(b).digest()


def escape(path):
    """A file name (bytes) as the first half of a sample key."""
    out = ""
    for c in path.decode("utf-8", "surrogateescape"):
        n = ord(c)
        if 0xDC80 <= n <= 0xDCFF:
            out += "%%%02X" % (n - 0xDC00)
        elif c in "%#" or n < 0x20 or 0x7F <= n < 0xA0:
            out += "".join("%%%02X" % b for b in c.encode())
        else:
            out += c
    return out


examples = {}


def show(name, value):
    examples[name] = value.hex() if isinstance(value, bytes) else value


def record(name, value):
    encoded = cbor(value)
    show(name, encoded)
    show(name + " digest", sha(encoded))
    return sha(encoded)


source = sha(b"hello\n")
show("source", source)
show("key", escape(b"scans/50% off#1 \xc3\xa9\xff.tif"))

recipe = record("recipe", {0: 1, 1: 3, 2: [{
    0: "audio.levels", 1: 1, 2: 1, 3: "", 4: [["silence_db", "-60"]], 5: [], 6: [],
    7: [["audio.peak", "dB", 2]], 8: []}]})
work_key = record("work key", {0: 1, 1: source, 2: "", 3: [["transcript", sha(b"hallo\n")]], 4: recipe})
record("result", {0: 1, 1: [2, 0, "no bytes"], 2: 0, 3: [], 4: [[0, 0, 0, 0, 0, []]]})
content = record("content", {
    0: 1, 1: source, 2: 5, 3: "", 4: [0, 1, 1, 3, 1, 2], 5: [["audio.peak", 2, -601]], 6: [],
    7: [["licence", "CC-BY-4.0"]]})
record("correction", {0: 1, 1: ["Hello\n", "Hello.\n"]})
record("correction of a table", {0: 1, 1: 2, 2: 0, 3: [1000, 2000, 3000, 4000], 4: 2, 5: ["Item", "Amount", "Anchor", "340.50"]})
contract = record("contract", {0: 1, 1: "c1", 2: "", 3: "1.0.0", 4: [{
    0: "cer", 1: 1, 2: "ocr.cer", 3: 5, 4: [2, 2], 5: None, 6: 1, 7: 1, 8: "accuracy", 9: "", 10: []}]})
record("contract of format 2", {0: 2, 1: "c2", 2: "", 3: "1.0.0", 4: [], 5: [{
    0: "c", 1: 1, 2: 9, 3: 10, 4: "ocr.confidence", 5: [4, [80, 0], None], 6: 1, 7: 1, 8: "", 9: [], 10: False,
    11: False, 12: None, 13: 0, 14: "", 15: [], 16: []}]})
record("contract of format 3", {0: 3, 1: "c3", 2: "", 3: "1.0.0", 4: [{
    0: "table.Date", 1: 2, 2: "table.schema", 3: 1, 4: [1, 0], 5: None, 6: 1, 7: 1, 8: "", 9: "", 10: [], 11: [0, 0]}],
    5: [], 6: [[["Date", 5, True]]]})
record("contract of format 4", {0: 4, 1: "c4", 2: "", 3: "1.0.0", 4: [], 5: [], 6: [[
    ["In", 3, False, [0, 0], None, []], ["Out", 3, False, None, None, []], ["Moved", 4, False, None, [9995, 1], [0, 1]]]]})
record("contract of format 5", {0: 5, 1: "c5", 2: "", 3: "1.0.0", 4: [], 5: [], 6: [[
    ["Code", 2, True, None, None, [], [], "^[A-Z]$"], ["In", 3, False, None, None, [], [2], ""], ["All", 3, False, None, None, [], [], ""]]]})
record("columns of a table", {0: 3, 1: [{0: "Share", 1: [1, 0, 0, 2, 0, 0, 0, 0], 2: 0, 3: [[1, 125000], [3, -31000]],
                                        4: [[1, "12.5"], [3, "-3.1"]]}]})
record("contract set", [contract])
empty = record("empty trie", {0: 1, 1: 0, 2: []})
leaf = record("leaf", {0: 1, 1: 0, 2: [["a.wav", 1, 5, content, work_key]]})
results = record("results", {0: 1, 1: [["c2", "", "1.0.0", "c", "p10 of ocr.confidence", 1, 9, "ocr.confidence", "%",
                                        1, 4, [80, 0], None, 1, [8250, 2, True], "", 31, []]]})
filters = record("filters", {0: 1, 1: [["german-only", "keep language: [de, nds]"]]})
version = record("version", {0: 1, 1: [[3, recipe]], 2: [contract], 3: leaf, 4: empty, 5: [], 6: [], 7: None})
record("version of format 2", {0: 2, 1: [[3, recipe]], 2: [contract], 3: leaf, 4: empty, 5: [], 6: [version],
                               7: 1767323045000000000, 8: results})

show("pack header", b"ASSAYPK\0" + (1).to_bytes(4, "little") + (1).to_bytes(4, "little"))
show("pack record", b"ARec" + bytes([1, 0, 0, 0]) + (6).to_bytes(8, "little") + source)
show("pack payload", b"hello\n" + bytes(2))

meta_key, meta_value = b"pack.current", (1).to_bytes(8, "big")
show("meta row", sha(bytes([0, len(meta_key)]) + meta_key + meta_value)[:8] + meta_value)
tag_value = cbor({0: 1, 1: version, 2: 1})
show("tag row", sha(bytes([10, len(b"v1")]) + b"v1" + tag_value)[:8] + tag_value)
record("feedback", {0: 1, 1: version, 2: [["scans/a.png#page=1", 310000000, "fail", None]]})
show("tag event key", bytes(1) + (1).to_bytes(8, "big"))
record("tag event", {0: 1, 1: "v1", 2: None, 3: version, 4: 1795296000000000000, 5: "ada", 6: "first delivery"})
show("index key", b"o" + source)
show("edge key", bytes([6]) + (1).to_bytes(8, "big") + (2).to_bytes(8, "big"))
record("run", {
    0: 3, 1: "20260102T030405Z-7", 2: "judge", 3: 1767323045000000000, 4: 1767323046000000000, 5: 80, 6: 0, 7: "0.1.0",
    8: "h", 9: "", 10: 0, 11: [], 12: [0, 0, 0, 0, 0], 13: [31, 31, 0, 0, 0, 0, 0], 14: None, 15: results, 16: filters})


def frame(kind, payload):
    return len(payload).to_bytes(4, "little") + bytes([kind]) + payload


show("frame stop", frame(6, b""))
show("frame exit", frame(5, cbor({0: 0, 1: 0, 2: 0, 3: 4, 4: 812000, 5: 830000, 6: 190000})))


def main():
    if "--check" not in sys.argv[1:]:
        for name, value in examples.items():
            print(f"{name}: {value}")
        return 0
    page = pathlib.Path(__file__).with_name("formats.md").read_text()
    page = "".join(page.split())
    missing = [n for n, v in examples.items() if "".join(v.split()) not in page]
    for name in missing:
        print(f"formats.md does not show: {name}: {examples[name]}")
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main())
