"""NTU skeleton texts to clips, as PYSKL's ntu_preproc does it: ntu.py JOB, the counterpart of ours/ntu.ts.

JOB is JSON: {"operation", "file", "out"}; "file" is a folder of .skeleton files. "ntu" preprocesses them all and reports as
reference.py does. "ntu-clips" prints what became of each file, one JSON line a clip.
"""
import hashlib
import json
import os
import sys
import time
import zlib

import numpy as np

EPS = 1e-3


def read_lines(path):
    with open(path) as file:
        lines = file.read().split("\n")
    while lines and lines[-1] == "":
        lines.pop()
    return lines


def parse(path):
    lines = read_lines(path)
    frames = int(lines[0])
    at, frame, bodies = 1, 0, {}
    for _ in range(frames):
        count = int(lines[at])
        at += 1
        if count == 0:
            continue
        for _ in range(count):
            body = int(lines[at].split()[0])
            if body not in bodies:
                bodies[body] = {"start": frame, "poses": []}
            at += 1
            assert int(lines[at]) == 25
            at += 1
            pose = np.zeros((25, 3), dtype=np.float32)
            for joint in range(25):
                pose[joint] = np.array(lines[at].split()[:3], dtype=np.float64)
                at += 1
            bodies[body]["poses"].append(pose)
        frame += 1
    assert at == len(lines)
    for body in bodies.values():
        body["poses"] = np.stack(body["poses"])
        body["motion"] = np.sum(np.var(np.vstack(body["poses"]), axis=0))
    return bodies


def upright(poses):
    found = []
    for index in range(len(poses)):
        x, y = poses[index, :, 0], poses[index, :, 1]
        # NumPy 2 would round the product to float32.
        if float(x.max() - x.min()) <= 0.8 * float(y.max() - y.min()):
            found.append(index)
    return found


def without_spread(bodies):
    kept = []
    for body in bodies:
        poses = body["poses"]
        frames = upright(poses)
        if len(frames) < len(poses):
            if 1 - len(frames) / len(poses) >= 0.69754:
                continue
            body["motion"] = min(body["motion"], np.sum(np.var(poses[frames].reshape(-1, 3), axis=0)))
        kept.append(body)
    assert len(kept) >= 1
    kept.sort(key=lambda body: -body["motion"])
    return kept


def place(bodies):
    length = max(body["start"] + len(body["poses"]) for body in bodies)
    keypoint = np.zeros((2, length, 25, 3), dtype=np.float32)
    first = bodies[0]
    spans = [(first["start"], first["start"] + len(first["poses"])), (0, 0)]
    keypoint[0, spans[0][0] : spans[0][1]] = first["poses"]
    for body in bodies[1:]:
        start, end = body["start"], body["start"] + len(body["poses"])
        for person in (0, 1):
            low, high = spans[person]
            if max(low, start) >= min(high, end):
                keypoint[person, start:end] = body["poses"]
                spans[person] = (min(low, start), max(high, end))
                break
    start, end = 0, length
    while np.sum(np.abs(keypoint[:, start])) < EPS:
        start += 1
    while np.sum(np.abs(keypoint[:, end - 1])) < EPS:
        end -= 1
    keypoint = keypoint[:, start:end]
    if np.sum(np.abs(keypoint[0, 0, 1])) < EPS and np.sum(np.abs(keypoint[1, 0, 1])) > EPS:
        keypoint = keypoint[::-1]
    return keypoint


def clip(path):
    bodies = list(parse(path).values())
    if not bodies:
        return None
    bodies.sort(key=lambda body: -body["motion"])
    if len(bodies) > 1:
        bodies = [body for body in bodies if len(body["poses"]) > 11]
    if len(bodies) != 1:
        bodies = without_spread(bodies)
    keypoint = bodies[0]["poses"][None] if len(bodies) == 1 else place(bodies)
    return np.ascontiguousarray(keypoint.astype(np.float16))


def names(folder):
    return sorted(file for file in os.listdir(folder) if file.endswith(".skeleton"))


def ntu(job):
    clips = [clip(os.path.join(job["file"], name)) for name in names(job["file"])]

    def check():
        crc, frames = 0, 0
        for keypoint in clips:
            crc = zlib.crc32(keypoint.tobytes(), crc)
            frames += keypoint.shape[1]
        return [len(clips), frames, crc]

    return check


def describe(path):
    try:
        keypoint = clip(path)
    except Exception as error:
        return {"error": type(error).__name__}
    if keypoint is None:
        return {"shape": None}
    return {"shape": keypoint.shape, "sha256": hashlib.sha256(keypoint.tobytes()).hexdigest()}


def peak_memory():
    if sys.platform == "linux":
        with open("/proc/self/status") as status:
            for line in status:
                if line.startswith("VmHWM:"):
                    return int(line.split()[1]) * 1024
    return None


def main():
    job = json.loads(sys.argv[1])
    if job["operation"] == "ntu-clips":
        for name in names(job["file"]):
            print(json.dumps({"name": name, **describe(os.path.join(job["file"], name))}))
        return
    cpu, start = time.process_time(), time.perf_counter()
    check = ntu(job)
    seconds, cpu = time.perf_counter() - start, time.process_time() - cpu
    peak = peak_memory()
    print("report " + json.dumps({"seconds": seconds, "cpu": cpu, "peak": peak, "check": json.dumps(check(), separators=(",", ":"))}))


main()
