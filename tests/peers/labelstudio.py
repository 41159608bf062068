"""Label Studio's own objects and validator, for tests/peers/labelstudio. FOLDER has tasks.json and config.xml.

  validate FOLDER                 are the configuration and every task valid? And is what is made wrong on purpose not?
  annotate FOLDER TEXT list|dict  an export in JSON in which four people annotated every task; TEXT is a file
  shorten FOLDER EXPORT           the same export as JSON-MIN
  version                         of the package
"""

import copy
import importlib.metadata
import json
import os
import sys
import tempfile

from label_studio_sdk.converter import Converter
from label_studio_sdk.label_interface import LabelInterface
from label_studio_sdk.label_interface.objects import AnnotationValue, PredictionValue, TaskValue


def read(path):
    with open(path, encoding="utf-8") as f:
        return f.read()


def load(folder):
    return LabelInterface(read(os.path.join(folder, "config.xml"))), json.loads(read(os.path.join(folder, "tasks.json")))


def wrong_with(interface, task):
    """What the validator says against a task; None when nothing."""
    TaskValue.model_validate({"data": task["data"]})
    # In this version validate_task() calls its validators of predictions without one: they are asked by themselves.
    if not interface.validate_task({"data": task["data"]}):
        return "data are not what the configuration shows"
    for prediction in task["predictions"]:
        PredictionValue.model_validate(prediction)
        errors = interface.validate_prediction(prediction, return_errors=True)
        if errors:
            return errors
    return None


def is_valid(config):
    try:
        LabelInterface(config).validate()
    except Exception:
        return False
    return True


def validate(folder):
    interface, tasks = load(folder)
    interface.validate()
    for number, task in enumerate(tasks, 1):
        wrong = wrong_with(interface, task)
        assert wrong is None, f"task {number}: {wrong}"
    config = read(os.path.join(folder, "config.xml"))
    area = interface.get_control("text")
    assert not is_valid(config.replace(f'toName="{area.to_name[0]}"', 'toName="nothing"')), "toName is not looked at"
    assert not is_valid(config.replace("TextArea", "Text", 1)), "tags are not looked at"
    with_text = [t for t in tasks if t["predictions"]]
    for change in (
        lambda t: t["data"].pop(interface.get_object(area.to_name[0]).value_name),
        lambda t: t["predictions"][0]["result"][0].update(from_name="nothing"),
        lambda t: t["predictions"][0]["result"][0].update(type="choices"),
        lambda t: t["predictions"][0].pop("result"),
    ):
        for task in with_text[:1]:
            broken = copy.deepcopy(task)
            change(broken)
            try:
                wrong = wrong_with(interface, broken)
            except ValueError as e:  # of the models
                wrong = e
            assert wrong is not None, "a task that is broken on purpose is valid"
    print(f"{folder}: {len(tasks)} tasks, {len(with_text)} with a text to begin with")


def annotation(interface, by, text, cancelled=False):
    regions = [] if cancelled else [interface.get_control("text").label(text=[text])]
    made = AnnotationValue(completed_by=by, was_cancelled=cancelled, result=regions, result_count=len(regions))
    made = json.loads(made.model_dump_json())
    assert interface.validate_annotation(made), f"annotation of {by}"
    return made


def annotate(folder, text, form):
    interface, tasks = load(folder)
    text = read(text)
    other = text.replace("e", "c", 1)
    for number, task in enumerate(tasks, 1):
        made = [annotation(interface, by, t) for by, t in ((11, text), (12, text), (13, other))]
        made.append(annotation(interface, 14, "", cancelled=True))
        for i, a in enumerate(made):
            a["id"] = 10 * number + i
            if form == "dict":
                a["completed_by"] = {"id": a["completed_by"], "email": f"p{a['completed_by']}@example.org"}
        task.update(id=number, annotations=made)
    json.dump(tasks, sys.stdout)


def shorten(folder, export):
    with tempfile.TemporaryDirectory() as out:
        converter = Converter(read(os.path.join(folder, "config.xml")), out, download_resources=False)
        converter.convert_to_json_min(export, out, is_dir=False)
        print(read(os.path.join(out, "result.json")))


def version():
    print("label-studio-sdk", importlib.metadata.version("label-studio-sdk"))


if __name__ == "__main__":
    {"validate": validate, "annotate": annotate, "shorten": shorten, "version": version}[sys.argv[1]](*sys.argv[2:])
