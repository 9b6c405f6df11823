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

from humandata import HumanData, convert_kps, names

RANGE = (0.5, 100)
TOUCHED = 10
SLICED = 10
CONVERTED = 20000


def crc(data, before=0):
    return zlib.crc32(memoryview(np.ascontiguousarray(data)).cast("B"), before)


def arrays_check(values):
    names = ["bbox_xywh", "keypoints2d", "keypoints2d_mask", "keypoints3d", "keypoints3d_mask"]
    facts = {name: [list(values[name].shape), crc(values[name])] for name in names}
    facts["image_path"] = zlib.crc32("\n".join(values["image_path"]).encode())
    return facts


def smpl_check(values):
    genders = values["meta"]["gender"]
    return {
        "smpl": {name: [list(array.shape), crc(array)] for name, array in values["smpl"].items()},
        "gender": [len(genders), zlib.crc32("\n".join(genders).encode())],
    }


def stored(data):
    return {key: data.raw(key) for key in data}


def dict_check(data):
    return {"packed": data.keypoints_compressed, **arrays_check(stored(data)), **smpl_check(data)}


def slice_check(data):
    data.decompress_keypoints()
    return {"frames": data.data_len, **arrays_check(data), **smpl_check(data)}


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


def human_load(job):
    data = HumanData.fromfile(job["file"])
    return lambda: dict_check(data)


def human_slice(job):
    part = HumanData.fromfile(job["file"]).get_slice(SLICED)
    return lambda: slice_check(part)


def human_middle(job):
    data = HumanData.fromfile(job["file"])
    start = data.data_len // 2
    part = data.get_slice(start, start + SLICED)
    return lambda: slice_check(part)


def human_padded(job):
    data = HumanData.fromfile(job["file"])

    def read():
        keypoints = data["keypoints2d"]
        return lambda: [list(keypoints.shape), crc(keypoints)]

    return read


def human_compress(job):
    data = HumanData.fromfile(job["file"])
    data.decompress_keypoints()

    def compress():
        data.compress_keypoints_by_mask()
        return lambda: dict_check(data)

    return compress


def human_decompress(job):
    data = HumanData.fromfile(job["file"])

    def decompress():
        data.decompress_keypoints()
        return lambda: dict_check(data)

    return decompress


def human_convert(job):
    keypoints = HumanData.fromfile(job["file"]).get_slice(CONVERTED)["keypoints2d"]
    source, target = names("human_data"), names("coco")

    def convert():
        converted, mask = convert_kps(keypoints, source, target)
        return lambda: [list(converted.shape), crc(converted), crc(mask)]

    return convert


def clip_crc(one, before=0):
    return crc(one["keypoint_score"], crc(one["keypoint"], before))


def clips_index(job):
    with open(job["file"], "rb") as file:
        value = pickle.load(file)
    names = [one["frame_dir"] for one in value["annotations"]]
    first = next(one for one in value["annotations"] if one["frame_dir"] == names[0])
    return lambda: [len(names), zlib.crc32("\n".join(names).encode()), clip_crc(first)]


def clips_split(job):
    with open(job["file"], "rb") as file:
        value = pickle.load(file)
    wanted = set(value["split"]["val"])
    kept = [one for one in value["annotations"] if one["frame_dir"] in wanted]
    names = {one["frame_dir"] for one in kept}
    split = {name: [each for each in some if each in names] for name, some in value["split"].items()}
    with open(job["out"], "wb") as file:
        pickle.dump({"split": split, "annotations": kept}, file, 4)

    def check():
        with open(job["out"], "rb") as file:
            part = pickle.load(file)["annotations"]
        sum = 0
        for one in part:
            sum = clip_crc(one, sum)
        return [len(part), sum]

    return check


OPERATIONS = {
    "clips-index": clips_index,
    "clips-split": clips_split,
    "human-load": human_load,
    "human-slice": human_slice,
    "human-middle": human_middle,
    "open-key": open_key,
    "keys": keys,
    "frames": frames,
    "load": load,
    "digest": digest,
    "unpickle": unpickle,
    "touch": touch,
}
# What happens before the clock starts.
PREPARED = {
    "save": save,
    "unpickle-memory": unpickle_memory,
    "human-padded": human_padded,
    "human-compress": human_compress,
    "human-decompress": human_decompress,
    "human-convert": human_convert,
}


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
