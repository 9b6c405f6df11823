"""What a script does with a large document of annotations: json.load, and a plain loop. coco.py JOB, the counterpart of ours/coco.ts."""
import json
import pickle
import resource
import sys
import time

import numpy as np


def load(job):
    with open(job["file"]) as file:
        return json.load(file)


def info(job):
    data = load(job)
    return [len(data["images"]), len(data["annotations"]), 0]


def validate(job):
    """Types, ranges, ids and references; less than the schema says."""
    data = load(job)
    wrong = 0
    images = {one["id"] for one in data["images"]}
    wrong += len(data["images"]) - len(images)
    for one in data["images"]:
        wrong += not (isinstance(one["file_name"], str) and one["width"] >= 0 and one["height"] >= 0)
    categories = {one["id"] for one in data["categories"]}
    seen = set()
    for one in data["annotations"]:
        wrong += one["id"] in seen
        seen.add(one["id"])
        wrong += one["image_id"] not in images
        wrong += one["category_id"] not in categories
        wrong += one["area"] < 0 or one["iscrowd"] not in (0, 1) or len(one["bbox"]) != 4
        wrong += not all(isinstance(number, (int, float)) for number in one["bbox"])
        wrong += not all(isinstance(number, (int, float)) for number in one["keypoints"])
        wrong += not all(isinstance(number, (int, float)) for part in one["segmentation"] for number in part)
    return [len(data["images"]), len(data["annotations"]), wrong]


def convert(job):
    data = load(job)
    frames = {one["id"]: index for index, one in enumerate(data["images"])}
    people = [[] for _ in frames]
    for one in data["annotations"]:
        if "keypoints" in one and not one["iscrowd"]:
            people[frames[one["image_id"]]].append(one["keypoints"])
    most = max(map(len, people))
    points = np.zeros((most, len(frames), 17, 3), "float32")
    for frame, persons in enumerate(people):
        for person, keypoints in enumerate(persons):
            points[person, frame] = np.reshape(keypoints, (17, 3))
    clip = {
        "frame_dir": "sequence_0000",
        "total_frames": len(frames),
        "img_shape": (480, 640),
        "original_shape": (480, 640),
        "keypoint": points[..., :2].astype("float16"),
        "keypoint_score": (points[..., 2] / 2).astype("float16"),
    }
    with open(job["out"] + ".pkl", "wb") as file:
        pickle.dump({"split": {}, "annotations": [clip]}, file, protocol=4)
    return [len(frames)]


job = json.loads(sys.argv[1])
cpu, start = time.process_time(), time.perf_counter()
check = {"coco-info": info, "coco-validate": validate, "coco-convert": convert}[job["operation"]](job)
seconds, cpu = time.perf_counter() - start, time.process_time() - cpu
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
print("report " + json.dumps({"seconds": seconds, "cpu": cpu, "peak": peak, "check": json.dumps(check, separators=(",", ":"))}))
