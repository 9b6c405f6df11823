"""Skeleton files written as skelshop's UnsegmentedWriter does it (skelshop/io.py at 08336c7): skelwrite.py JOB, the counterpart
of ours/skeletons.ts. skelshop is not installed: these are its steps, with h5py.

JOB is JSON: {"operation", "file", "out"}; reports as reference.py does.
"""
import json
import sys
import time
import zlib

import h5py
import numpy as np

FRAMES, PEOPLE, KEYPOINTS = 20_000, 3, 25


def grow(dataset, rows):
    dataset.resize(dataset.shape[0] + rows, 0)


class UnsegmentedWriter:
    def __init__(self, h5f, num_kps):
        self.h5f, self.poses = h5f, {}
        self.chunk = min(max(15 * num_kps, 1170), 37449)
        self.timeline = h5f.create_group("/timeline", track_order=True)

    def pose(self, pose_id, frame):
        if pose_id not in self.poses:
            group = self.timeline.create_group(f"pose{pose_id}")
            group.attrs["start_frame"] = frame
            data = group.create_dataset("data", (0, 3), np.float32, maxshape=(None, 3), chunks=(self.chunk, 3))
            indices = group.create_dataset("indices", (0,), np.uint16, maxshape=(None,), chunks=(self.chunk,))
            indptr = group.create_dataset("indptr", (0,), np.uint32, maxshape=(None,), chunks=(1024,))
            self.poses[pose_id] = [group, data, indices, indptr, frame - 1]
        return self.poses[pose_id]

    def add_pose(self, frame, pose_id, pose):
        known = self.pose(pose_id, frame)
        _, data, indices, indptr, last = known
        new = frame - last
        grow(indptr, new)
        indptr[-new:] = data.shape[0]
        points, columns = [], []
        for column, point in enumerate(pose):
            if point[2] == 0:
                continue
            points.append(point)
            columns.append(column)
        if points:
            grow(data, len(points))
            grow(indices, len(columns))
            data[-len(points):] = points
            indices[-len(columns):] = columns
        known[-1] = frame

    def end_shot(self):
        self.timeline.attrs["start_frame"] = 0
        for group, data, _, indptr, last in self.poses.values():
            grow(indptr, 1)
            indptr[-1:] = data.shape[0]
            group.attrs["end_frame"] = last + 1
        self.timeline.attrs["end_frame"] = max((last for *_, last in self.poses.values()), default=0) + 1


def check(path):
    with h5py.File(path, "r") as file:
        arrays = [file[f"timeline/pose{i}/{part}"][:] for i in range(PEOPLE) for part in ("data", "indices", "indptr")]
        return [[list(array.shape), zlib.crc32(array.tobytes())] for array in arrays]


def peak_memory():
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def main():
    job = json.loads(sys.argv[1])
    with np.load(job["file"], allow_pickle=True) as npz:
        points = npz["keypoints2d"][:FRAMES].astype(np.float64)
    poses = [[frame[i * KEYPOINTS:(i + 1) * KEYPOINTS] for i in range(PEOPLE)] for frame in points]
    cpu, started = time.process_time(), time.perf_counter()
    with h5py.File(job["out"], "w", libver=("earliest", "v110"), rdcc_nbytes=16 * 2**20, rdcc_nslots=8297) as file:
        writer = UnsegmentedWriter(file, KEYPOINTS)
        for frame, people in enumerate(poses):
            for pose_id, pose in enumerate(people):
                writer.add_pose(frame, pose_id, pose)
        writer.end_shot()
    seconds, cpu = time.perf_counter() - started, time.process_time() - cpu
    report = {"seconds": seconds, "cpu": cpu, "peak": peak_memory()}
    print("report " + json.dumps({**report, "check": json.dumps(check(job["out"]), separators=(",", ":"))}))


if __name__ == "__main__":
    main()
