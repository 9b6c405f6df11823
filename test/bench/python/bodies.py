#!/usr/bin/env python3
"""Make estimated meshes of a moving body, raw and as bodycompress stores them: bodies.py OUT KIND [KIND ...] --bodies N

KIND:
  bodies-raw      OUT/bodies-N.npz       numpy.savez: "vertices" (N/8, 6890, 3) and "joints" (N/8, 24, 3), float32 millimetres
  bodies-clip     OUT/bodies-N-clip.xz   the same frames, one block: bodycompress's algorithm with numpy, msgpack-numpy and xz
  bodies          OUT/bodies-N.xz        N frames, a block for every 24 MiB

The same values every time. Neighbours in the order of vertices are 20 mm apart, a vertex moves 6 mm a frame (medians); the
estimator's error is 1 mm that varies slowly over the body and in time, and 0.1 mm that does not.
"""
import argparse
import os

import numpy as np

from body import Compressor

VERTICES = 6890
JOINTS = 24


def template():
    """Points on limbs, trunk and head, each scanned along rings as artists number them, and how each hangs on the joints."""
    random = np.random.default_rng(11)
    pieces, weights = [], []
    bones = [(-1, 0.0), (-1, 0.5), (1, 0.0), (1, 0.5)] * 6
    left = VERTICES
    for joint, (side, height) in enumerate(bones):
        count = left if joint == JOINTS - 1 else VERTICES // JOINTS
        left -= count
        turn = np.arange(count) / 24.0
        radius = 76 + 14 * np.sin(turn * 0.7 + joint)
        ring = turn * 2 * np.pi
        axis = np.array([side * 140.0, height * 600 + joint * 40, 0.0])
        points = np.stack([radius * np.cos(ring), turn * 22, radius * np.sin(ring)], axis=1) + axis
        pieces.append(points + random.normal(0, 1.5, points.shape))
        share = np.zeros((count, JOINTS))
        along = np.linspace(0, 1, count)
        share[:, joint] = 1 - along * 0.5
        share[:, (joint + 1) % JOINTS] = along * 0.5
        weights.append(share)
    return np.concatenate(pieces), np.concatenate(weights)


def rotations(frame):
    """One matrix a joint: slow swings of several speeds."""
    phases = np.random.default_rng(12).uniform(0, 6.28, (JOINTS, 3, 2))
    swing = 0.32 * np.sin(phases[..., 0] + frame * 0.09) + 0.14 * np.sin(phases[..., 1] + frame * 0.23)
    x, y, z = swing.T
    zero, one = np.zeros(JOINTS), np.ones(JOINTS)
    about_x = np.array([[one, zero, zero], [zero, np.cos(x), -np.sin(x)], [zero, np.sin(x), np.cos(x)]])
    about_y = np.array([[np.cos(y), zero, np.sin(y)], [zero, one, zero], [-np.sin(y), zero, np.cos(y)]])
    about_z = np.array([[np.cos(z), -np.sin(z), zero], [np.sin(z), np.cos(z), zero], [zero, zero, one]])
    return np.einsum("ijn,jkn,kln->nil", about_x, about_y, about_z)


def frames(count):
    points, weights = template()
    home = (weights.T @ points) / weights.sum(0)[:, None]
    random = np.random.default_rng(13)
    waves = np.random.default_rng(14).uniform(0, 6.28, (3, 8))
    index = np.arange(VERTICES)[:, None]
    shape = np.sin(index * np.array([0.002, 0.004, 0.009, 0.013, 0.02, 0.03, 0.045, 0.06]))
    drift = random.normal(0, 1, (3, 8))
    for frame in range(count):
        turn = rotations(frame)
        walk = np.array([90 * np.sin(frame * 0.045), 20 * np.sin(frame * 0.2), 2500 + 120 * np.sin(frame * 0.03)])
        moved = np.einsum("nij,vnj->vni", turn, points[:, None] - home) + home
        vertices = np.einsum("vn,vni->vi", weights, moved)
        drift = 0.8 * drift + 0.6 * random.normal(0, 1, (3, 8))
        slow = shape @ (drift * np.sqrt(2 / 8)).T
        vertices = vertices + walk + slow + random.normal(0, 0.1, vertices.shape)
        joints = home + walk + slow[: JOINTS]
        yield vertices.astype(np.float32), joints.astype(np.float32)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("out")
    parser.add_argument("kinds", nargs="+", choices=["bodies-raw", "bodies-clip", "bodies"])
    parser.add_argument("--bodies", type=int, default=2400)
    arguments = parser.parse_args()
    os.makedirs(arguments.out, exist_ok=True)
    stem = os.path.join(arguments.out, "bodies-%d" % arguments.bodies)
    short = max(1, arguments.bodies // 8)
    paths = {"bodies-raw": stem + ".npz", "bodies-clip": stem + "-clip.xz", "bodies": stem + ".xz"}
    for kind in arguments.kinds:
        if os.path.exists(paths[kind]):
            continue
        unfinished = paths[kind] + ".part"
        if kind == "bodies-raw":
            vertices, joints = zip(*frames(short))
            with open(unfinished, "wb") as file:
                np.savez(file, vertices=np.stack(vertices), joints=np.stack(joints))
        else:
            compressor = Compressor(unfinished)
            for vertices, joints in frames(short if kind == "bodies-clip" else arguments.bodies):
                compressor.append(vertices=vertices, joints=joints)
            compressor.close()
        os.replace(unfinished, paths[kind])


if __name__ == "__main__":
    main()
