"""Writes ../samples/: small files in the layouts of eight public data sets, with made-up numbers.

    python3 make_samples.py [FOLDER]

Needs numpy and h5py. The layouts are those that the data sets' own tools read and write; see README.md.
"""
import json
import pickle
import struct
import sys
from pathlib import Path

import h5py
import numpy as np

ROOT = Path(sys.argv[1] if len(sys.argv) > 1 else Path(__file__).parent.parent / "samples")


def amass(path: Path) -> None:
    rng = np.random.default_rng(1)
    frames = 6
    np.savez(
        path,
        poses=rng.normal(size=(frames, 156)),
        trans=rng.normal(size=(frames, 3)),
        betas=rng.normal(size=16),
        dmpls=rng.normal(size=(frames, 8)),
        gender="female",
        mocap_framerate=120.0,
    )


def amass_smplx(path: Path) -> None:
    rng = np.random.default_rng(2)
    frames = 5
    poses = rng.normal(size=(frames, 165))
    np.savez(
        path,
        gender="neutral",
        surface_model_type="smplx",
        mocap_frame_rate=np.array(60.0),
        mocap_time_length=frames / 60,
        trans=rng.normal(size=(frames, 3)),
        poses=poses,
        betas=rng.normal(size=16),
        num_betas=16,
        root_orient=poses[:, :3],
        pose_body=poses[:, 3:66],
        pose_hand=poses[:, 75:],
        pose_jaw=poses[:, 66:69],
        pose_eye=poses[:, 69:75],
        markers_latent=rng.normal(size=(7, 3)),
    )


def videopose3d(path: Path) -> None:
    """prepare_data_h36m.py: subject, then action, then positions."""
    rng = np.random.default_rng(3)
    positions = {
        subject: {
            action: rng.normal(size=(frames, 32, 3)).astype("float32")
            for action, frames in (("Directions", 4), ("Directions 1", 3))
        }
        for subject in ("S1", "S5")
    }
    np.savez_compressed(path, positions_3d=positions)


def videopose3d_2d_gt(path: Path) -> None:
    """prepare_data_h36m.py: projections of the positions into the four cameras; no name of the skeleton."""
    rng = np.random.default_rng(12)
    positions = {"S1": {"Walking": [rng.normal(size=(3, 17, 2)).astype("float32") for _ in range(4)]}}
    metadata = {"num_joints": 17, "keypoints_symmetry": [[4, 5, 6, 11, 12, 13], [1, 2, 3, 14, 15, 16]]}
    np.savez_compressed(path, positions_2d=positions, metadata=metadata)


def videopose3d_2d(path: Path) -> None:
    """prepare_data_2d_h36m_*.py: a list of cameras in place of one array, and what the keypoints are."""
    rng = np.random.default_rng(4)
    positions = {"S1": {"Walking": [rng.normal(size=(5, 17, 2)).astype("float32") for _ in range(4)]}}
    metadata = {
        "layout_name": "coco",
        "num_joints": 17,
        "keypoints_symmetry": [[1, 3, 5, 7, 9, 11, 13, 15], [2, 4, 6, 8, 10, 12, 14, 16]],
    }
    np.savez_compressed(path, positions_2d=positions, metadata=metadata)


class Python2Bytes:
    """A str of Python 2: pickled as SHORT_BINSTRING, which is read as latin-1."""

    def __init__(self, text: str):
        self.text = text.encode("latin-1")


class Python2Pickler(pickle._Pickler):
    """Writes protocol 2 as Python 2 did: byte strings for all texts, arrays with their bytes in one."""

    dispatch = pickle._Pickler.dispatch.copy()

    def save_str(self, text: str) -> None:
        self.save_bytestring(text.encode("latin-1"))

    def save_bytestring(self, data: bytes) -> None:
        if len(data) < 256:
            self.write(b"U" + bytes([len(data)]) + data)
        else:
            self.write(b"T" + struct.pack("<i", len(data)) + data)
        self.memoize(Python2Bytes(""))

    def save_array(self, array: np.ndarray) -> None:
        self.write(b"cnumpy.core.multiarray\n_reconstruct\n")
        self.write(b"cnumpy\nndarray\n" + b"K\x00\x85U\x01b\x87R(K\x01")
        self.save(array.shape)
        self.write(b"cnumpy\ndtype\nU" + bytes([len(array.dtype.str[1:])]) + array.dtype.str[1:].encode())
        self.write(b"K\x00K\x01\x87R(K\x03U\x01<NNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK\x00tb\x89")
        self.save_bytestring(np.ascontiguousarray(array).tobytes())
        self.write(b"tb")

    dispatch[str] = save_str
    dispatch[np.ndarray] = save_array


def pw3d(path: Path) -> None:
    """sequenceFiles/*/*.pkl: lists over people, first axis frames."""
    rng = np.random.default_rng(5)
    frames, people = 4, 2
    sequence = {
        "sequence": "courtyard_sample_00",
        "genders": ["m", "f"],
        "betas": [rng.normal(size=10) for _ in range(people)],
        "betas_clothed": [rng.normal(size=10) for _ in range(people)],
        "poses": [rng.normal(size=(frames, 72)) for _ in range(people)],
        "poses_60Hz": [rng.normal(size=(2 * frames, 72)) for _ in range(people)],
        "trans": [rng.normal(size=(frames, 3)) for _ in range(people)],
        "trans_60Hz": [rng.normal(size=(2 * frames, 3)) for _ in range(people)],
        "poses2d": [rng.normal(size=(frames, 3, 18)) for _ in range(people)],
        "jointPositions": [rng.normal(size=(frames, 72)) for _ in range(people)],
        "texture_maps": [np.zeros((2, 2, 3), dtype="uint8") for _ in range(people)],
        "v_template_clothed": [rng.normal(size=(12, 3)) for _ in range(people)],
        "campose_valid": [np.ones(frames, dtype="int64") for _ in range(people)],
        "cam_poses": rng.normal(size=(frames, 4, 4)),
        "cam_intrinsics": np.array([[1961.8, 0, 540], [0, 1969.2, 960], [0, 0, 1]]),
        "img_frame_ids": np.arange(frames),
    }
    with open(path, "wb") as file:
        Python2Pickler(file, protocol=2).dump(sequence)


def aistpp(folder: Path) -> None:
    rng = np.random.default_rng(6)
    frames, cameras = 5, 9
    with open(folder / "keypoints3d.pkl", "wb") as file:
        pickle.dump(
            {
                "keypoints3d": rng.normal(size=(frames, 17, 3)),
                "keypoints3d_optim": rng.normal(size=(frames, 17, 3)),
            },
            file,
            protocol=4,
        )
    with open(folder / "keypoints2d.pkl", "wb") as file:
        pickle.dump(
            {
                "keypoints2d": rng.uniform(0, 1000, size=(cameras, frames, 17, 3)),
                "det_scores": rng.uniform(size=(cameras, frames)),
                "timestamps": np.arange(frames) * 16666,
            },
            file,
            protocol=4,
        )
    with open(folder / "motions.pkl", "wb") as file:
        motion = {
            "smpl_poses": rng.normal(size=(frames, 72)),
            "smpl_scaling": np.array([95.5]),
            "smpl_trans": rng.normal(size=(frames, 3)),
            "smpl_loss": 0.0125,
        }
        pickle.dump(motion, file, protocol=4)


COCO = "nose left_eye right_eye left_ear right_ear left_shoulder right_shoulder left_elbow right_elbow left_wrist right_wrist left_hip right_hip left_knee right_knee left_ankle right_ankle".split()


def coco_keypoints(path: Path) -> None:
    """person_keypoints_*.json"""
    keypoints = [value for i in range(17) for value in (10 + i, 20 + 2 * i, 2 if i % 3 else 0)]
    annotation = {
        "segmentation": [[10.5, 20.5, 40.0, 20.5, 40.0, 70.25]],
        "num_keypoints": 11,
        "area": 702.3,
        "iscrowd": 0,
        "keypoints": keypoints,
        "image_id": 139,
        "bbox": [10.5, 20.5, 29.5, 49.75],
        "category_id": 1,
        "id": 183126,
    }
    crowd = {
        "segmentation": {"counts": [0, 5, 3, 12], "size": [4, 5]},
        "num_keypoints": 0,
        "area": 5,
        "iscrowd": 1,
        "keypoints": [0] * 51,
        "image_id": 139,
        "bbox": [0, 0, 5, 4],
        "category_id": 1,
        "id": 900100000139,
    }
    skeleton = [[16, 14], [14, 12], [17, 15], [15, 13], [12, 13]]
    document = {
        "info": {"description": "made up", "url": "http://cocodataset.org", "version": "1.0", "year": 2017,
                 "contributor": "nobody", "date_created": "2017/09/01"},
        "licenses": [{"url": "http://creativecommons.org/licenses/by/2.0/", "id": 4, "name": "Attribution License"}],
        "images": [{"license": 4, "file_name": "000000000139.jpg", "coco_url": "http://images.cocodataset.org/1.jpg",
                    "height": 426, "width": 640, "date_captured": "2013-11-21 01:34:01",
                    "flickr_url": "http://farm9.staticflickr.com/1.jpg", "id": 139}],
        "annotations": [annotation, crowd],
        "categories": [{"supercategory": "person", "id": 1, "name": "person", "keypoints": COCO, "skeleton": skeleton}],
    }
    path.write_text(json.dumps(document))


def freihand(folder: Path) -> None:
    """training_*.json beside training/rgb, which holds one image for each entry (and for each of four backgrounds)."""
    rng = np.random.default_rng(7)
    folder.mkdir(exist_ok=True)
    samples = 3
    write = lambda name, value: (folder / name).write_text(json.dumps(value))
    write("training_xyz.json", rng.normal(size=(samples, 21, 3)).tolist())
    write("training_K.json", [[[480.0, 0.0, 112.0], [0.0, 480.0, 112.0], [0.0, 0.0, 1.0]]] * samples)
    write("training_scale.json", rng.uniform(0.02, 0.03, size=samples).tolist())
    write("training_mano.json", rng.normal(size=(samples, 1, 61)).tolist())
    (folder / "training" / "rgb").mkdir(parents=True, exist_ok=True)
    for index in range(samples):
        (folder / "training" / "rgb" / f"{index:08d}.jpg").write_bytes(b"\xff\xd8\xff\xd9")
    (folder / "training" / "mask").mkdir(exist_ok=True)
    for index in range(samples):
        (folder / "training" / "mask" / f"{index:08d}.jpg").write_bytes(b"\xff\xd8\xff\xd9")


def sleap(path: Path) -> None:
    """Export of the analysis: arrays with frames last, as MATLAB reads them; NaN for what was not seen."""
    rng = np.random.default_rng(8)
    tracks, nodes, frames = 2, 3, 7
    points = rng.uniform(0, 500, size=(tracks, 2, nodes, frames))
    points[1, :, :, :2] = np.nan
    with h5py.File(path, "w") as file:
        file.create_dataset("track_names", data=np.array([b"female", b"male"]))
        file.create_dataset("node_names", data=np.array([b"head", b"thorax", b"tail"]))
        file.create_dataset("edge_names", data=np.array([[b"head", b"thorax"], [b"thorax", b"tail"]]))
        file.create_dataset("edge_inds", data=np.array([[0, 1], [1, 2]]))
        file.create_dataset("tracks", data=points, compression="gzip", compression_opts=9)
        file.create_dataset("track_occupancy", data=(~np.isnan(points[:, 0, 0])).T.astype("uint8"), compression="gzip")
        file.create_dataset("point_scores", data=rng.uniform(size=(tracks, nodes, frames)), compression="gzip")
        file.create_dataset("instance_scores", data=rng.uniform(size=(tracks, frames)), compression="gzip")
        file.create_dataset("tracking_scores", data=rng.uniform(size=(tracks, frames)), compression="gzip")
        file.create_dataset("labels_path", data="labels.v001.slp")
        file.create_dataset("video_path", data="flies.mp4")
        file.create_dataset("video_ind", data=0)
        file.create_dataset("provenance", data=json.dumps({"sleap_version": "1.3.3"}))


def sleap_untracked(path: Path) -> None:
    """The same of a project without tracks: everybody is in one that has no name, and the empty list of names is of float64."""
    rng = np.random.default_rng(10)
    nodes, frames = 3, 4
    with h5py.File(path, "w") as file:
        file.create_dataset("track_names", data=np.array([]))
        file.create_dataset("node_names", data=np.array([b"head", b"thorax", b"tail"]))
        file.create_dataset("tracks", data=rng.uniform(0, 500, size=(1, 2, nodes, frames)), compression="gzip")
        file.create_dataset("track_occupancy", data=np.ones((frames, 1), "uint8"), compression="gzip")


def sleap_standard(path: Path) -> None:
    """save_analysis_h5(..., preset="standard") of sleap-io: frames first, arrays name their axes."""
    rng = np.random.default_rng(11)
    frames, tracks, nodes = 5, 2, 3
    arrays = {
        "tracks": (rng.uniform(0, 500, size=(frames, tracks, nodes, 2)), ["frame", "track", "node", "xy"]),
        "track_occupancy": (np.ones((frames, tracks), "uint8"), ["frame", "track"]),
        "point_scores": (rng.uniform(size=(frames, tracks, nodes)), ["frame", "track", "node"]),
        "instance_scores": (rng.uniform(size=(frames, tracks)), ["frame", "track"]),
        "tracking_scores": (rng.uniform(size=(frames, tracks)), ["frame", "track"]),
    }
    with h5py.File(path, "w") as file:
        for name, (array, dims) in arrays.items():
            file.create_dataset(name, data=array, compression="gzip", compression_opts=9).attrs["dims"] = json.dumps(dims)
        file.create_dataset("track_names", data=np.array([b"female", b"male"]))
        file.create_dataset("node_names", data=np.array([b"head", b"thorax", b"tail"]))
        file.create_dataset("edge_names", data=np.array([(b"head", b"thorax"), (b"thorax", b"tail")]))
        file.create_dataset("edge_inds", data=np.array([(0, 1), (1, 2)]))
        file.create_dataset("labels_path", data="")
        file.create_dataset("video_path", data="flies.mp4")
        file.create_dataset("video_ind", data=0)
        file.create_dataset("provenance", data="{}")
        file.attrs.update(preset="standard", format="analysis", sleap_io_version="1.0", skeleton_name="fly")
        file.attrs.update(skeleton_symmetries="[]", video_backend_metadata="{}")


def h36m_h5(path: Path) -> None:
    """Arrays of all samples side by side, as training code keeps Human3.6M."""
    rng = np.random.default_rng(9)
    samples = 4
    with h5py.File(path, "w") as file:
        file.attrs["subset"] = "S1 S5"
        file.create_dataset("pose/3d", data=rng.normal(size=(samples, 32, 3)))
        file.create_dataset("pose/2d", data=rng.uniform(0, 1000, size=(samples, 32, 2)))
        file.create_dataset("pose/3d-univ", data=rng.normal(size=(samples, 32, 3)))
        file["pose"].attrs["unit"] = "mm"
        file.create_dataset("subject", data=np.array([1, 1, 5, 5]))
        file.create_dataset("action", data=np.array([2, 2, 15, 15]))
        file.create_dataset("subaction", data=np.array([1, 1, 2, 2]))
        file.create_dataset("camera", data=np.array([54138969, 55011271, 58860488, 60457274]))
        file.create_dataset("frame", data=np.array([1, 1, 6, 6]))
        for group in ("intrinsics", "intrinsics-univ"):
            for name in ("54138969", "55011271", "58860488", "60457274"):
                file.create_dataset(f"{group}/{name}", data=np.array([1145.0, 512.5, 1143.8, 515.4]))


def main() -> None:
    ROOT.mkdir(parents=True, exist_ok=True)
    amass(ROOT / "amass.npz")
    amass_smplx(ROOT / "amass_smplx.npz")
    videopose3d(ROOT / "data_3d_h36m.npz")
    videopose3d_2d(ROOT / "data_2d_h36m.npz")
    videopose3d_2d_gt(ROOT / "data_2d_h36m_gt.npz")
    pw3d(ROOT / "pw3d.pkl")
    aistpp(ROOT)
    coco_keypoints(ROOT / "person_keypoints.json")
    freihand(ROOT / "freihand")
    sleap(ROOT / "sleap.analysis.h5")
    sleap_untracked(ROOT / "sleap_untracked.analysis.h5")
    sleap_standard(ROOT / "sleap_standard.analysis.h5")
    h36m_h5(ROOT / "annot.h5")


main()
