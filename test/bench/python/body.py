"""Estimated bodies as bodycompress handles them: body.py JOB, the counterpart of ours/bodies.ts. bodycompress is not installed:
this does what its format is described to be, with the libraries that it uses: numpy, msgpack-numpy and the xz program.

JOB is JSON: {"operation", "file", "out"}.
"""
import json
import os
import queue
import subprocess
import sys
import threading
import time
import zlib

import msgpack
import msgpack_numpy
import numpy as np

VERSION = [0, 2, 1]
CODED = {"vertices": (-2, 1), "joints": (-2, 1), "vertex_uncertainties": (-1, 1000), "joint_uncertainties": (-1, 1000)}


def pack(value):
    return msgpack.packb(value, default=msgpack_numpy.encode)


def xz(data):
    return subprocess.run(["xz", "-5", "--to-stdout"], input=data, stdout=subprocess.PIPE, check=True).stdout


def encode(values, factor, axis):
    whole = np.round(values * factor)
    return [np.diff(whole, axis=axis, prepend=0).astype(np.int32), factor]


def decode(coded, axis):
    steps, factor = coded
    return np.cumsum(steps, axis=axis, dtype=np.int64).astype(np.float32) / np.float32(factor)


class Compressor:
    """Frames go to a thread that packs them and writes them to one xz process, which appends to the file."""

    def __init__(self, path, metadata=None, quantization_mm=0.5):
        self.path, self.factor, self.length = path, 1 / quantization_mm, 0
        first = xz(pack({"__bodycompress_version__": VERSION, "length": 0, "data_start": None}))
        body = xz(pack(metadata))
        self.metadata_start = len(first) + 64
        self.data_start = self.metadata_start + len(body)
        with open(path, "wb") as file:
            file.write(first)
            file.seek(self.metadata_start)
            file.write(body)
        self.file = open(path, "ab")
        self.process = subprocess.Popen(
            ["xz", "--threads=0", "-5", "--to-stdout"], stdin=subprocess.PIPE, stdout=self.file
        )
        self.frames = queue.Queue(8)
        self.thread = threading.Thread(target=self._run)
        self.thread.start()

    def append(self, **frame):
        self.frames.put(frame)
        self.length += 1

    def _run(self):
        while (frame := self.frames.get()) is not None:
            coded = {
                "qd_" + key: encode(frame[key], self.factor * scale, axis)
                for key, (axis, scale) in CODED.items()
                if key in frame
            }
            rest = {key: value for key, value in frame.items() if key not in CODED}
            self.process.stdin.write(pack({**rest, **coded}))

    def close(self):
        self.frames.put(None)
        self.thread.join()
        self.process.stdin.close()
        self.process.wait()
        self.file.close()
        header = xz(pack({"__bodycompress_version__": VERSION, "length": self.length, "data_start": self.data_start}))
        with open(self.path, "r+b") as file:
            file.write(header)


def objects(path, start=0):
    """What a file holds from `start` on, by a process of xz."""
    with open(path, "rb") as file:
        file.seek(start)
        process = subprocess.Popen(["xz", "--threads=0", "-qq", "-dc"], stdin=file, stdout=subprocess.PIPE)
        try:
            yield from msgpack.Unpacker(process.stdout, object_hook=msgpack_numpy.decode)
        finally:
            process.stdout.close()
            process.wait()


def header(path):
    return next(objects(path))


def read(path):
    for frame in objects(path, header(path)["data_start"]):
        for key, (axis, _) in CODED.items():
            if "qd_" + key in frame:
                frame[key] = decode(frame.pop("qd_" + key), axis)
        yield frame


def check_of(frames):
    crc, count = 0, 0
    for frame in frames:
        crc = zlib.crc32(np.ascontiguousarray(frame["vertices"]), crc)
        crc = zlib.crc32(np.ascontiguousarray(frame["joints"]), crc)
        count += 1
    return [count, crc]


def body_decode(job):
    last, count = None, 0
    for last in read(job["file"]):
        count += 1
    return lambda: [count, *check_of([last])]


def body_first(job):
    frame = next(read(job["file"]))
    return lambda: check_of([frame])


def body_seek(job):
    """There is no other way than through all frames before it."""
    at = header(job["file"])["length"] * 5 // 8
    for index, frame in enumerate(read(job["file"])):
        if index == at:
            break
    return lambda: check_of([frame])


def body_encode(job):
    arrays = np.load(job["file"])
    vertices, joints = arrays["vertices"], arrays["joints"]
    yield
    compressor = Compressor(job["out"])
    for index in range(len(vertices)):
        compressor.append(vertices=vertices[index], joints=joints[index])
    compressor.close()
    yield lambda: check_of(read(job["out"]))


def peak_memory():
    """Of this process, and of the largest of those that it started."""
    import resource

    return (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss + resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss) * 1024


def main():
    job = json.loads(sys.argv[1])
    operation = {
        "body-decode": body_decode,
        "body-first": body_first,
        "body-seek": body_seek,
        "body-encode": body_encode,
    }[job["operation"]]
    steps = None
    if job["operation"] == "body-encode":
        steps = operation(job)
        next(steps)
    cpu, start = os.times(), time.perf_counter()
    check = next(steps) if steps else operation(job)
    seconds, end = time.perf_counter() - start, os.times()
    spent = sum(end[:4]) - sum(cpu[:4])
    report = {"seconds": seconds, "cpu": spent, "peak": peak_memory()}
    print("report " + json.dumps({**report, "check": json.dumps(check(), separators=(",", ":"))}))


if __name__ == "__main__":
    main()
