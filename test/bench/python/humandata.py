"""HumanData as mmhuman3d has it, for measuring beside: the steps that its documentation and recorded runs show, and no others.

Not mmhuman3d's source, which is not installed and was not copied. It loads every entry, checks what is assigned, keeps
keypoints without the joints that their masks leave out, puts them back on every read, and slices what it has put back.
"""
import json
import os

import numpy as np

CONVENTIONS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../../schemas/conventions")
UNSTATED = object()

# Key: type, shape (-1 for any size), frame axis (None for none).
SUPPORTED = {
    "image_path": (list, None, UNSTATED),
    "image_id": (list, None, UNSTATED),
    "bbox_xywh": (np.ndarray, (-1, 5), 0),
    "config": (str, None, None),
    "keypoints2d": (np.ndarray, (-1, -1, 3), 0),
    "keypoints3d": (np.ndarray, (-1, -1, 4), 0),
    "smpl": (dict, None, 0),
    "smplh": (dict, None, 0),
    "smplx": (dict, None, 0),
    "meta": (dict, None, UNSTATED),
    "keypoints2d_mask": (np.ndarray, (-1,), None),
    "keypoints2d_convention": (str, None, None),
    "keypoints3d_mask": (np.ndarray, (-1,), None),
    "keypoints3d_convention": (str, None, None),
    "vertices": (np.ndarray, (-1,), None),
    "misc": (dict, None, UNSTATED),
}
ATTRIBUTES = {
    "__key_strict__": "key_strict",
    "__data_len__": "data_len",
    "__keypoints_compressed__": "keypoints_compressed",
}


class HumanData(dict):
    def __init__(self):
        super().__init__()
        self.key_strict = False
        self.data_len = -1
        self.keypoints_compressed = False

    @classmethod
    def fromfile(cls, path):
        data = cls()
        data.load(path)
        return data

    def load(self, path):
        with np.load(path, allow_pickle=True) as file:
            entries = {key: file[key] for key in file.files}
        for key, value in entries.items():
            kind = SUPPORTED[key][0] if key in SUPPORTED else None
            if value.ndim == 0:
                value = value.item()
            elif kind is not None and not isinstance(value, kind):
                value = kind(value)
            if value is None:
                continue
            if key in ATTRIBUTES:
                setattr(self, ATTRIBUTES[key], value)
                continue
            if key == "bbox_xywh" and value.shape[1] == 4:
                value = np.hstack([value, np.ones((len(value), 1))])
            self.set_raw(key, value)
        if self.data_len < 0:
            lengths = (frames_of(key, self.raw(key)) for key in SUPPORTED if key in self)
            self.data_len = next((length for length in lengths if length is not None), -1)
        for key in [key for key in self if key.startswith("keypoints")]:
            name = key + "_convention"
            if not key.endswith(("_mask", "_convention")) and name not in self:
                self[name] = "human_data"

    def raw(self, key):
        return super().__getitem__(key)

    def set_raw(self, key, value):
        super().__setitem__(key, value)

    def __getitem__(self, key):
        value = self.raw(key)
        mask = key + "_mask"
        if not (self.keypoints_compressed and is_keypoints(key, value) and mask in self):
            return value
        return padded(value, np.asarray(self.raw(mask)))

    def __setitem__(self, key, value):
        self.check(key, value)
        if self.keypoints_compressed and "keypoints" in key:
            if "_mask" in key:
                return
            if is_keypoints(key, value):
                value = without_masked(value, np.asarray(self.raw(key + "_mask")))
        self.set_raw(key, value)

    def check(self, key, value):
        if key not in SUPPORTED:
            if self.key_strict:
                raise KeyError(key)
            return
        kind, shape, _ = SUPPORTED[key]
        if type(value) is not kind:
            raise ValueError(key)
        for axis, size in enumerate(shape or ()):
            if axis >= value.ndim or 0 < size != value.shape[axis]:
                raise ValueError(key)
        length = frames_of(key, value)
        if length is not None and self.data_len < 0:
            self.data_len = length
        if length is not None and length != self.data_len:
            raise ValueError(key)

    def compress_keypoints_by_mask(self):
        assert not self.keypoints_compressed
        pairs = [(key, key + "_mask") for key in self if is_keypoints(key, self.raw(key))]
        for _, mask in pairs:
            if mask not in self:
                raise KeyError(mask)
        for key, mask in pairs:
            self.set_raw(key, without_masked(self.raw(key), np.asarray(self.raw(mask))))
        self.keypoints_compressed = True

    def decompress_keypoints(self):
        assert self.keypoints_compressed
        whole = {key: self[key] for key in self if is_keypoints(key, self.raw(key))}
        self.update(whole)
        self.keypoints_compressed = False

    def get_slice(self, start, stop=None):
        rows = slice(start) if stop is None else slice(start, stop)
        part = HumanData()
        part.key_strict = self.key_strict
        for key in self:
            # Once for the axis to cut along and once for the cut: a read puts back all joints of all frames.
            axis = self.axis(key, self[key])
            part[key] = cut(self[key], axis, rows)
        if self.keypoints_compressed:
            part.compress_keypoints_by_mask()
        return part

    def axis(self, key, value):
        """The axis to cut along, None for values that are kept whole, a dict of them for the members of a dict."""
        stated = SUPPORTED[key][2] if key in SUPPORTED else UNSTATED
        if stated is None:
            return None
        if isinstance(value, dict) and value:
            return {name: 0 if length(member, 0) == self.data_len else None for name, member in value.items()}
        axis = 0 if stated is UNSTATED else stated
        return axis if length(value, axis) == self.data_len else None


def length(value, axis):
    if isinstance(value, np.ndarray):
        return value.shape[axis] if axis < value.ndim else None
    return len(value) if hasattr(value, "__len__") else None


def cut(value, axis, rows):
    if isinstance(axis, dict):
        return {name: cut(member, axis[name], rows) for name, member in value.items()}
    if axis is None:
        return value
    return value[(slice(None),) * axis + (rows,)] if isinstance(value, np.ndarray) else value[rows]


def frames_of(key, value):
    """How many frames a value of a supported key has; None for those that say nothing about it."""
    if key not in SUPPORTED or SUPPORTED[key][2] in (None, UNSTATED):
        return None
    return (value["betas"] if isinstance(value, dict) else value).shape[0]


def is_keypoints(key, value):
    return "keypoints" in key and "_mask" not in key and isinstance(value, np.ndarray)


def without_masked(value, mask):
    assert value.shape[1] == len(mask)
    return value[:, np.where(mask == 1)[0]]


def padded(value, mask):
    assert value.shape[1] == mask.sum()
    whole = np.zeros((value.shape[0], len(mask), value.shape[2]), value.dtype)
    whole[:, np.where(mask == 1)[0]] = value
    return whole


def names(convention):
    with open(os.path.join(CONVENTIONS, convention.lower() + ".json"), encoding="utf-8") as file:
        return [keypoint["name"] for keypoint in json.load(file)["keypoints"]]


def convert_kps(keypoints, source, target):
    """Keypoints of `target`, which are arrays of float64, and a mask of those that `source` has."""
    pairs = [(index, source.index(name)) for index, name in enumerate(target) if name in source]
    to, where = [index for index, _ in pairs], [index for _, index in pairs]
    converted = np.zeros((*keypoints.shape[:-2], len(target), keypoints.shape[-1]))
    converted[..., to, :] = keypoints[..., where, :]
    mask = np.zeros(len(target), np.uint8)
    mask[to] = 1
    return converted, mask
