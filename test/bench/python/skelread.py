"""Skeleton files read as skelshop does it: skelread.py JOB, the counterpart of ours/skeleton-reading.ts. skelshop is not
installed: its readers are those that its documentation prints, bundles and poses are the objects that it describes, and a row
becomes a dense array of float64, keypoint by keypoint.

JOB is JSON: {"operation", "file", "out"}; reports as reference.py does.
"""
import json
import sys
import time

import h5py
import numpy as np


class SparsePose:
    def __init__(self, group, limbs):
        self.data, self.indices, self.indptr = (group[name][()] for name in ("data", "indices", "indptr"))
        self.limbs = limbs

    def get_row(self, row):
        pose = np.zeros((self.limbs, 3))
        for at in range(self.indptr[row], self.indptr[row + 1]):
            pose[self.indices[at]] = self.data[at]
        return pose


class Pose:
    def __init__(self, keypoints):
        self.keypoints = keypoints

    def all(self):
        return self.keypoints


class PoseBundle:
    def __init__(self, bundle, cls=Pose):
        self.bundle, self.cls = bundle, cls

    def __iter__(self):
        for pose_id, pose in self.bundle.items():
            yield pose_id, self.cls(pose)


class ShotReader:
    def __init__(self, group, limbs):
        self.start_frame, self.end_frame = group.attrs["start_frame"], group.attrs["end_frame"]
        self.poses = [
            (int(name[len("pose"):]), pose.attrs["start_frame"], pose.attrs["end_frame"], SparsePose(pose, limbs))
            for name, pose in group.items()
        ]

    def __iter__(self):
        for frame in range(self.start_frame, self.end_frame):
            bundle = {}
            for pose_num, start_frame, end_frame, sparse_pose in self.poses:
                if start_frame <= frame < end_frame:
                    bundle[pose_num] = sparse_pose.get_row(frame - start_frame)
            yield PoseBundle(bundle)


def shots(file):
    limbs, timeline = file.attrs["limbs"], file["timeline"]
    if file.attrs["fmt_type"] == "unseg":
        yield ShotReader(timeline, limbs)
        return
    for group in timeline.values():
        yield ShotReader(group, limbs)


def frames(path):
    found = {"frames": 0, "poses": 0, "sum": 0.0}
    with h5py.File(path, "r") as file:
        for shot in shots(file):
            for bundle in shot:
                found["frames"] += 1
                for _, pose in bundle:
                    found["poses"] += 1
                    found["sum"] += pose.all()[0, 2]
    found["sum"] = float(found["sum"])
    return found


def row(path):
    with h5py.File(path, "r") as file:
        timeline = file["timeline"]
        pose = timeline["pose0"]
        at = timeline.attrs["end_frame"] // 2 - pose.attrs["start_frame"]
        start, stop = pose["indptr"][at:at + 2]
        dense = np.zeros((file.attrs["limbs"], 3))
        dense[pose["indices"][start:stop]] = pose["data"][start:stop]
    return dense.tolist()


def peak_memory():
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def plain(value):
    """Whole numbers as JavaScript prints them."""
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, list):
        return [plain(item) for item in value]
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    return value


def main():
    job = json.loads(sys.argv[1])
    operation = {"skel-frames": frames, "skel-row": row}[job["operation"]]
    cpu, started = time.process_time(), time.perf_counter()
    found = operation(job["file"])
    seconds, cpu = time.perf_counter() - started, time.process_time() - cpu
    check = json.dumps(plain(found), separators=(",", ":"))
    print("report " + json.dumps({"seconds": seconds, "cpu": cpu, "peak": peak_memory(), "check": check}))


if __name__ == "__main__":
    main()
