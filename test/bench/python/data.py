#!/usr/bin/env python3
"""Make the files that the benchmarks read: the same values every time, from numpy alone.

  data.py OUT KIND [KIND ...] [--frames N] [--clips N]

KIND:
  deflated    OUT/humandata-N.npz          numpy.savez_compressed
  stored      OUT/humandata-N-stored.npz   numpy.savez
  packed      OUT/humandata-N-packed.npz   numpy.savez_compressed, keypoints without the joints that their masks leave out
  pickle2, pickle4, pickle5
              OUT/clips-N-pP.pkl           clips with half-precision keypoints, by that protocol

100,000 frames are 545 MB of arrays (packed: 404 MB), 23,600 clips 386 MB. A file that is there already is not made again.
"""
import argparse
import os
import pickle

import numpy as np

JOINTS = 190
ABSENT = 46
PACKED = 127
CLIP_FRAMES = 80
PEOPLE = 2


def present_joints():
    """Which of the joints the data set has; the others are zero throughout."""
    mask = np.ones(JOINTS, np.uint8)
    mask[np.random.default_rng(1).permutation(JOINTS)[:ABSENT]] = 0
    return mask


def detections(frames, mask):
    """Pixels as a detector gives them: a slow walk with noise in every frame, and a confidence."""
    random = np.random.default_rng(2)
    values = np.empty((frames, JOINTS, 3), np.float32)
    centre = np.cumsum(random.normal(0, 2, (frames, 1, 2)), axis=0) + 500
    pose = random.normal(0, 80, (1, JOINTS, 2))
    for start in range(0, frames, 10000):
        part = slice(start, min(frames, start + 10000))
        count = part.stop - part.start
        values[part, :, :2] = centre[part] + pose + random.normal(0, 1.5, (count, JOINTS, 2))
        values[part, :, 2] = random.beta(8, 2, (count, JOINTS))
    values *= mask[None, :, None]
    return values


def motion(frames, mask):
    """Metres as motion capture gives them: smooth in time, and a confidence of 1."""
    random = np.random.default_rng(3)
    phase = random.uniform(0, 6.28, (1, JOINTS, 3))
    speed = random.uniform(0.01, 0.06, (1, JOINTS, 3))
    pose = random.normal(0, 0.5, (1, JOINTS, 3))
    values = np.empty((frames, JOINTS, 4), np.float32)
    for start in range(0, frames, 10000):
        time = np.arange(start, min(frames, start + 10000))[:, None, None]
        values[start : start + len(time), :, :3] = pose + 0.2 * np.sin(phase + speed * time)
        values[start : start + len(time), :, 3] = 1
    values *= mask[None, :, None]
    return values


def boxes(frames):
    values = np.random.default_rng(4).uniform(0, 900, (frames, 4))
    return np.concatenate([values, np.ones((frames, 1))], axis=1).astype(np.float32)


def image_paths(frames):
    return ["images/camera_%02d/%06d.jpg" % (i // 25000, i) for i in range(frames)]


def human_data(frames):
    mask = present_joints()
    return {
        "__key_strict__": False,
        "__data_len__": frames,
        "__keypoints_compressed__": False,
        "image_path": image_paths(frames),
        "bbox_xywh": boxes(frames),
        "config": "bench",
        "keypoints2d": detections(frames, mask),
        "keypoints2d_mask": mask,
        "keypoints2d_convention": "human_data",
        "keypoints3d": motion(frames, mask),
        "keypoints3d_mask": mask,
        "keypoints3d_convention": "human_data",
        "meta": {"gender": ["neutral"] * frames},
    }


def packed_human_data(frames):
    """The joints of AGORA, which are the first 127 of 190, and SMPL parameters."""
    mask = (np.arange(JOINTS) < PACKED).astype(np.uint8)
    random = np.random.default_rng(6)
    smpl = {"body_pose": (23, 3), "global_orient": (3,), "betas": (10,), "transl": (3,)}
    return {
        "__key_strict__": False,
        "__data_len__": frames,
        "__keypoints_compressed__": True,
        "image_path": image_paths(frames),
        "bbox_xywh": boxes(frames),
        "config": "bench",
        "keypoints2d": detections(frames, mask)[:, mask == 1],
        "keypoints2d_mask": mask,
        "keypoints2d_convention": "human_data",
        "keypoints3d": motion(frames, mask)[:, mask == 1],
        "keypoints3d_mask": mask,
        "keypoints3d_convention": "human_data",
        "smpl": {key: random.normal(0, 0.4, (frames, *shape)).astype(np.float32) for key, shape in smpl.items()},
        "meta": {"gender": ["neutral"] * frames},
    }


def clips(count):
    random = np.random.default_rng(5)
    annotations = []
    for index in range(count):
        pose = random.uniform((-300, -200), (1620, 1080), (PEOPLE, 1, 1, 2)) + random.normal(0, 90, (PEOPLE, 1, 17, 2))
        walk = np.cumsum(random.normal(0, 2, (PEOPLE, CLIP_FRAMES, 1, 2)), axis=1)
        noise = random.normal(0, 1.5, (PEOPLE, CLIP_FRAMES, 17, 2))
        annotations.append(
            {
                "frame_dir": "clip_%06d" % index,
                "label": index % 60,
                "img_shape": (1080, 1920),
                "original_shape": (1080, 1920),
                "total_frames": CLIP_FRAMES,
                "keypoint": (pose + walk + noise).astype(np.float16),
                "keypoint_score": random.beta(8, 2, (PEOPLE, CLIP_FRAMES, 17)).astype(np.float16),
            }
        )
    names = [one["frame_dir"] for one in annotations]
    return {"split": {"train": names[: count * 4 // 5], "val": names[count * 4 // 5 :]}, "annotations": annotations}


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("out")
    parser.add_argument("kinds", nargs="+", choices=["deflated", "stored", "packed", "pickle2", "pickle4", "pickle5"])
    parser.add_argument("--frames", type=int, default=100000)
    parser.add_argument("--clips", type=int, default=23600)
    arguments = parser.parse_args()
    os.makedirs(arguments.out, exist_ok=True)

    made = {}

    def value(make, size):
        if make not in made:
            made[make] = make(size)
        return made[make]

    def save(write, make=human_data):
        return lambda path: write(path, **value(make, arguments.frames))

    def dump(protocol):
        def write(path):
            with open(path, "wb") as file:
                pickle.dump(value(clips, arguments.clips), file, protocol=protocol)

        return write

    stem = os.path.join(arguments.out, "humandata-%d" % arguments.frames)
    makers = {
        "deflated": (stem + ".npz", save(np.savez_compressed)),
        "stored": (stem + "-stored.npz", save(np.savez)),
        "packed": (stem + "-packed.npz", save(np.savez_compressed, packed_human_data)),
    }
    for protocol in (2, 4, 5):
        path = os.path.join(arguments.out, "clips-%d-p%d.pkl" % (arguments.clips, protocol))
        makers["pickle%d" % protocol] = (path, dump(protocol))
    for kind in arguments.kinds:
        path, make = makers[kind]
        if os.path.exists(path):
            continue
        # numpy adds .npz to other names; a file that is there is a finished one.
        unfinished = path + ".part" + os.path.splitext(path)[1]
        make(unfinished)
        os.replace(unfinished, path)


if __name__ == "__main__":
    main()
