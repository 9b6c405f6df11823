"""Faces of Datagen read with json and numpy: faces.py JOB, the counterpart of ours/faces.ts.

JOB is JSON: {"operation", "file", "out"}; reports as reference.py does.
"""
import json
import os
import sys
import time

import numpy as np


def datapoints(root):
    found = []
    for scene in sorted(os.listdir(root)):
        if not scene.startswith(("datapoint_", "scene_", "environment_")):
            continue
        for camera in sorted(os.listdir(os.path.join(root, scene))):
            folder = os.path.join(root, scene, camera)
            if not os.path.isdir(folder):
                continue
            with open(os.path.join(folder, "environment.json")) as file:
                for entry in json.load(file)["environments"]:
                    found.append((folder, f"{scene}/{camera}/{entry['image_name']}"))
    return found


def walk(node, path, sets):
    keys = list(node)
    if all(key.isdigit() for key in keys):
        points = [node[key] for key in sorted(keys, key=int)]
        sets[path] = (
            np.array([[p["global_3d"]["x"], p["global_3d"]["y"], p["global_3d"]["z"]] for p in points]),
            np.array([[p["pixel_2d"]["x"], p["pixel_2d"]["y"]] for p in points]),
            np.array([p["is_visible"] == "true" for p in points]),
        )
        return
    for key in keys:
        walk(node[key], f"{path}.{key}" if path else key, sets)


def keypoints(folder):
    with open(os.path.join(folder, "key_points", "all_key_points.json")) as file:
        document = json.load(file)
    document.pop("version")
    sets = {}
    walk(document, "", sets)
    return sets


def faces_list(job):
    found = datapoints(job["file"])
    return lambda: [len(found), found[0][1], found[-1][1]]


def faces_points(job):
    found = []
    for folder, _ in datapoints(job["file"]):
        sets = keypoints(folder)
        numbers = [float(c[-1, 2]) + float(p[0, 1]) + int(v[0]) for c, p, v in sets.values()]
        found.append((len(sets), sum(numbers)))
    return lambda: [len(found), found[0][0], f"{sum(one for _, one in found):.3f}"]


def peak_memory():
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def main():
    job = json.loads(sys.argv[1])
    operation = {"faces-list": faces_list, "faces-points": faces_points}[job["operation"]]
    cpu, start = time.process_time(), time.perf_counter()
    check = operation(job)
    seconds, cpu = time.perf_counter() - start, time.process_time() - cpu
    report = {"seconds": seconds, "cpu": cpu, "peak": peak_memory()}
    print("report " + json.dumps({**report, "check": json.dumps(check(), separators=(",", ":"))}))


main()
