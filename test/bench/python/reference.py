"""One measured run of the Python reference: reference.py JOB, the counterpart of ours/main.ts.

JOB is JSON: {"operation", "file", "out"}. The last line printed is "report " and JSON: seconds and CPU seconds of the
operation, peak memory of the process in bytes, and facts about what was read that both sides must agree on.
"""
import json
import os
import pickle
import sys
import time
import zipfile
import zlib

import numpy as np

RANGE = (0.5, 100)
TOUCHED = 10


def crc(data, before=0):
    return zlib.crc32(memoryview(np.ascontiguousarray(data)).cast("B"), before)


def arrays_check(values):
    names = ["bbox_xywh", "keypoints2d", "keypoints2d_mask", "keypoints3d", "keypoints3d_mask"]
    facts = {name: [list(values[name].shape), crc(values[name])] for name in names}
    facts["image_path"] = zlib.crc32("\n".join(values["image_path"].tolist()).encode())
    return facts


def clips_check(annotations):
    labels, names, arrays = 0, 0, 0
    for one in annotations:
        labels += one["label"]
        names = zlib.crc32(one["frame_dir"].encode(), names)
        arrays = crc(one["keypoint_score"], crc(one["keypoint"], arrays))
    return [len(annotations), labels, names, arrays]


def middle(count):
    start = int(count * RANGE[0])
    return slice(start, start + RANGE[1])


def open_key(job):
    with np.load(job["file"], allow_pickle=True) as file:
        value = file["config"]
    return lambda: str(value)


def keys(job):
    found = []
    with zipfile.ZipFile(job["file"]) as archive:
        for entry in archive.namelist():
            with archive.open(entry) as file:
                version = np.lib.format.read_magic(file)
                read = np.lib.format.read_array_header_1_0 if version == (1, 0) else np.lib.format.read_array_header_2_0
                shape, _, dtype = read(file)
                found.append((entry[: -len(".npy")], list(shape), dtype))
    return lambda: [[key, shape] for key, shape, _ in found if shape]


def frames(job):
    with np.load(job["file"], allow_pickle=True) as file:
        whole = file["keypoints2d"]
    part = whole[middle(len(whole))]
    return lambda: [list(part.shape), crc(part)]


def load(job):
    with np.load(job["file"], allow_pickle=True) as file:
        values = {key: file[key] for key in file.files}
    return lambda: arrays_check(values)


def save(job):
    with np.load(job["file"], allow_pickle=True) as file:
        values = {key: file[key] for key in file.files}

    def write():
        np.savez_compressed(job["out"], **values)
        return lambda: written(job["out"])

    return write


def written(path):
    with np.load(path, allow_pickle=True) as file:
        return arrays_check({key: file[key] for key in file.files})


def digest(job):
    sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../conformance/humandata"))
    from describe import describe

    found = json.loads(json.dumps(describe(job["file"])))["npz"]
    return lambda: [[key, value["sha256"]] for key, value in found.items() if "sha256" in value]


def unpickle(job):
    with open(job["file"], "rb") as file:
        value = pickle.load(file)
    return lambda: clips_check(value["annotations"])


def unpickle_memory(job):
    with open(job["file"], "rb") as file:
        data = file.read()

    def read():
        value = pickle.loads(data)
        return lambda: clips_check(value["annotations"])

    return read


def touch(job):
    with open(job["file"], "rb") as file:
        value = pickle.load(file)
    clips = value["annotations"]
    touched = [clips[index * len(clips) // TOUCHED] for index in range(TOUCHED)]
    return lambda: clips_check(touched)


OPERATIONS = {
    "open-key": open_key,
    "keys": keys,
    "frames": frames,
    "load": load,
    "digest": digest,
    "unpickle": unpickle,
    "touch": touch,
}
# What happens before the clock starts.
PREPARED = {"save": save, "unpickle-memory": unpickle_memory}


def peak_memory():
    """Bytes; see ours/peak.ts."""
    if sys.platform == "linux":
        with open("/proc/self/status") as status:
            for line in status:
                if line.startswith("VmHWM:"):
                    return int(line.split()[1]) * 1024
    try:
        import resource
    except ImportError:
        return None
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)


def main():
    job = json.loads(sys.argv[1])
    name = job["operation"]
    run = PREPARED[name](job) if name in PREPARED else lambda: OPERATIONS[name](job)
    cpu, start = time.process_time(), time.perf_counter()
    check = run()
    seconds, cpu = time.perf_counter() - start, time.process_time() - cpu
    peak = peak_memory()
    print("report " + json.dumps({"seconds": seconds, "cpu": cpu, "peak": peak, "check": json.dumps(check(), separators=(",", ":"))}))


main()
