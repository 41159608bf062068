"""Is FOLDER/tasks.json what Label Studio imports into a project with FOLDER/config.xml?

    labelstudio-check.py FOLDER        prints the number of tasks; exits 1 and says what is wrong

The rules are those by which Label Studio itself refuses an import (label_studio/tasks/validation.py of its source): a
list of objects; `data` has every $name of the configuration, of the type that its tag takes; `predictions` and
`annotations` are lists of objects with a list `result`; `meta` is an object. And what its editor needs to show a
result: from_name and to_name are names of the configuration that belong together, the type is that of the tag, a text
area's value is a list of texts.
"""

import json
import os
import sys
import xml.etree.ElementTree as ET

TYPES = {"Text": (str, int, float), "Header": (str, int, float), "Image": (str, list), "Audio": (str,)}


def check(folder):
    root = ET.parse(os.path.join(folder, "config.xml")).getroot()
    named = {e.get("name"): e for e in root.iter() if e.get("name")}
    wanted = {e.get("value")[1:]: e.tag for e in root.iter() if (e.get("value") or "").startswith("$")}
    with open(os.path.join(folder, "tasks.json"), encoding="utf-8") as f:
        tasks = json.load(f)
    assert root.tag == "View" and isinstance(tasks, list) and tasks, "no tasks"
    for number, task in enumerate(tasks, 1):
        assert isinstance(task, dict) and isinstance(task.get("data"), dict), f"task {number}: no data"
        assert isinstance(task.get("meta", {}), (dict, list)), f"task {number}: meta"
        for key, tag in wanted.items():
            assert isinstance(task["data"].get(key), TYPES[tag]), f"task {number}: data.{key} of {tag}"
        for part in ("predictions", "annotations"):
            assert isinstance(task.get(part, []), list), f"task {number}: {part}"
            for entry in task.get(part, []):
                assert isinstance(entry.get("result"), list), f"task {number}: {part} without result"
                for result in entry["result"]:
                    area = named[result["from_name"]]
                    assert area.get("toName") == result["to_name"] in named, f"task {number}: names"
                    assert area.tag.lower() == result["type"] == "textarea", f"task {number}: type"
                    assert all(isinstance(t, str) for t in result["value"]["text"]), f"task {number}: text"
    return len(tasks)


if __name__ == "__main__":
    try:
        print(check(sys.argv[1]))
    except (AssertionError, KeyError) as e:
        sys.exit(f"{sys.argv[1]}: {e}")
