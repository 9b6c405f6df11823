import type { Kind } from "./data.js";

/** A figure to be reached on data of full size. */
export interface Target {
  /** How many times the Python reference's speed. */
  readonly ratio?: number;
  /** Seconds, whatever Python takes. */
  readonly seconds?: number;
  /** Bytes of memory, or how many given those of all arrays of the archive. */
  readonly peak?: number | ((arrayBytes: number) => number);
  /** How many times the size of the file that Python writes. */
  readonly size?: number;
  /** How many times smaller what is written is than the file that is read. */
  readonly compression?: number;
}

export interface Case {
  readonly name: string;
  readonly title: string;
  readonly file: Kind;
  /** What ours/operations.ts does; `cli`, `start` and `generate` run a program and count its start as well. */
  readonly ours: string;
  /** What reference.py does, where it is called something else. */
  readonly python?: string;
  /** The Python program, where it is not reference.py. */
  readonly script?: string;
  /** Whether there is nothing to compare with. */
  readonly alone?: true;
  /** What stands in the place of Python, where that has nothing to compare with: the reader of the library three. */
  readonly against?: "three";
  /** Loads under way at once, and threads for decompression. */
  readonly threads?: 1 | 2;
  /** Cases that read the same things must agree on what they found. */
  readonly reads: string;
  readonly target?: Target;
}

/** `info` of a small file, from the start of the process to its end. */
function start(system: string, file: Case["file"]): Case {
  return {
    name: `start-${system.toLowerCase()}`,
    title: `${system}: \`somakit info\` of a small file`,
    file,
    ours: "start",
    python: "start",
    script: "start.py",
    reads: "started",
    target: { seconds: 0.15 },
  };
}

const LOAD_PEAK = (arrayBytes: number): number => arrayBytes * 1.1 + 64e6;

export const cases: readonly Case[] = [
  {
    name: "open-key",
    title: "npz: open, read one small key",
    file: "deflated",
    ours: "open-key",
    reads: "config",
    target: { seconds: 0.05 },
  },
  { name: "keys", title: "npz: open, list keys and shapes", file: "deflated", ours: "keys", reads: "keys" },
  {
    name: "info",
    title: "npz: `somakit info` as a process",
    file: "deflated",
    ours: "cli",
    python: "keys",
    reads: "keys",
  },
  { name: "frames", title: "npz: 100 frames of one array", file: "deflated", ours: "frames", reads: "frames" },
  { name: "frames-stored", title: "stored npz: 100 frames", file: "stored", ours: "frames", reads: "frames" },
  {
    name: "load-1",
    title: "npz: load all, 1 thread",
    file: "deflated",
    ours: "load",
    threads: 1,
    reads: "arrays",
    target: { ratio: 1, peak: LOAD_PEAK },
  },
  {
    name: "load-2",
    title: "npz: load all, 2 threads",
    file: "deflated",
    ours: "load",
    threads: 2,
    reads: "arrays",
    target: { ratio: 1.8, peak: LOAD_PEAK },
  },
  { name: "load-stored", title: "stored npz: load all", file: "stored", ours: "load", reads: "arrays" },
  { name: "digest", title: "npz: digest of everything", file: "deflated", ours: "digest", reads: "digest" },
  {
    name: "save",
    title: "npz: save, compressed",
    file: "stored",
    ours: "save",
    reads: "arrays",
    target: { ratio: 2.2, peak: 200e6, size: 1.01 },
  },
  {
    name: "pickle-5",
    title: "pickle 5: load",
    file: "pickle5",
    ours: "unpickle",
    reads: "clips",
    target: { ratio: 2 },
  },
  {
    name: "pickle-4",
    title: "pickle 4: load",
    file: "pickle4",
    ours: "unpickle",
    reads: "clips",
    target: { ratio: 2 },
  },
  {
    name: "pickle-2",
    title: "pickle 2: load",
    file: "pickle2",
    ours: "unpickle",
    reads: "clips",
    target: { ratio: 1 },
  },
  {
    name: "pickle-4-memory",
    title: "pickle 4: parse, bytes in memory",
    file: "pickle4",
    ours: "unpickle-memory",
    reads: "clips",
  },
  {
    name: "pickle-4-lazy",
    title: "pickle 4: open, read 10 clips",
    file: "pickle4",
    ours: "touch",
    reads: "some clips",
  },
  {
    name: "pickle-2-lazy",
    title: "pickle 2: open, read 10 clips",
    file: "pickle2",
    ours: "touch",
    reads: "some clips",
    target: { ratio: 10 },
  },
  {
    name: "clips-5-index",
    title: "pickle 5: names of clips, first clip",
    file: "pickle5",
    ours: "clips-index",
    reads: "first clip",
    target: { ratio: 10 },
  },
  {
    name: "clips-4-index",
    title: "pickle 4: names of clips, first clip",
    file: "pickle4",
    ours: "clips-index",
    reads: "first clip",
    target: { ratio: 10 },
  },
  {
    name: "clips-2-index",
    title: "pickle 2: names of clips, first clip",
    file: "pickle2",
    ours: "clips-index",
    reads: "first clip",
    target: { ratio: 10 },
  },
  {
    name: "clips-split",
    title: "pickle 4: one split to a file",
    file: "pickle4",
    ours: "clips-split",
    reads: "split",
  },
  {
    name: "ntu",
    title: "NTU: .skeleton texts to clips, 1 core",
    file: "skeletons",
    ours: "ntu",
    script: "ntu.py",
    reads: "skeletons",
    target: { ratio: 3 },
  },
  {
    name: "ntu-threads",
    title: "NTU: .skeleton texts to clips, 2 cores",
    file: "skeletons",
    ours: "ntu-threads",
    python: "ntu",
    script: "ntu.py",
    reads: "skeletons",
  },
  {
    name: "human-load",
    title: "HumanData: load all",
    file: "packed",
    ours: "human-load",
    reads: "packed",
    target: { ratio: 1 },
  },
  {
    name: "human-slice",
    title: "HumanData: open, slice 10 frames",
    file: "packed",
    ours: "human-slice",
    reads: "first frames",
    target: { ratio: 20 },
  },
  {
    name: "human-middle",
    title: "HumanData: open, 10 frames amid",
    file: "packed",
    ours: "human-middle",
    reads: "middle frames",
  },
  {
    name: "human-padded",
    title: "HumanData: padded read",
    file: "packed",
    ours: "human-padded",
    reads: "padded",
    target: { ratio: 1.5 },
  },
  {
    name: "human-compress",
    title: "HumanData: compress",
    file: "packed",
    ours: "human-compress",
    reads: "packed",
    target: { ratio: 1.5 },
  },
  {
    name: "human-decompress",
    title: "HumanData: decompress",
    file: "packed",
    ours: "human-decompress",
    reads: "unpacked",
  },
  {
    name: "human-convert",
    title: "HumanData: 20,000 frames to coco",
    file: "packed",
    ours: "human-convert",
    reads: "converted",
  },
  {
    name: "skel-frames",
    title: "SkelShop: 200,000 frames, 3 people",
    file: "poses",
    ours: "skel-frames",
    script: "skelread.py",
    reads: "poses",
    target: { ratio: 10, peak: 200e6 },
  },
  {
    name: "skel-shots",
    title: "SkelShop: 5,000 shots of 20 frames",
    file: "shots",
    ours: "skel-frames",
    python: "skel-frames",
    script: "skelread.py",
    reads: "poses of shots",
    target: { ratio: 2 },
  },
  {
    name: "skel-row",
    title: "SkelShop: one pose out of 200,000 frames",
    file: "poses",
    ours: "skel-row",
    script: "skelread.py",
    reads: "a pose",
  },
  {
    name: "skel-write",
    title: "SkelShop: write 20,000 frames, 3 people",
    file: "stored",
    ours: "skel-write",
    script: "skelwrite.py",
    reads: "written skeletons",
    target: { ratio: 20 },
  },
  {
    name: "faces-list",
    title: "Datagen: list 10,000 datapoints",
    file: "faces",
    ours: "faces-list",
    script: "faces.py",
    reads: "datapoints",
  },
  {
    name: "faces-points",
    title: "Datagen: key points of 10,000 datapoints",
    file: "faces",
    ours: "faces-points",
    script: "faces.py",
    reads: "key points",
    target: { ratio: 3 },
  },
  {
    name: "depth-read",
    title: "EXR: 1024 × 1024 × 3 float (beside three)",
    file: "depth",
    ours: "depth-read",
    against: "three",
    reads: "depth",
    target: { ratio: 1.5 },
  },
  {
    name: "body-decode",
    title: "BodyCompress: 2,400 frames, 9 blocks",
    file: "bodies",
    ours: "body-decode",
    script: "body.py",
    reads: "bodies",
    target: { ratio: 1, peak: 300e6 },
  },
  {
    name: "body-decode-block",
    title: "BodyCompress: 300 frames, 1 block",
    file: "bodies-clip",
    ours: "body-decode",
    python: "body-decode",
    script: "body.py",
    reads: "bodies of a clip",
    target: { ratio: 0.8 },
  },
  {
    name: "body-first",
    title: "BodyCompress: first of 2,400 frames",
    file: "bodies",
    ours: "body-first",
    script: "body.py",
    reads: "first body",
    target: { seconds: 0.05 },
  },
  {
    name: "body-seek",
    title: "BodyCompress: frame 1,500, seekable",
    file: "bodies-seekable",
    ours: "body-seek",
    script: "body.py",
    reads: "a body",
    target: { seconds: 0.06 },
  },
  {
    name: "body-encode",
    title: "BodyCompress: write 300 frames",
    file: "bodies-raw",
    ours: "body-encode",
    script: "body.py",
    reads: "written bodies",
    target: { ratio: 2, peak: 300e6, size: 1.08, compression: 8 },
  },
  {
    name: "convert",
    title: "100,000 frames: rows, shots, clips, rows",
    file: "walks",
    ours: "convert",
    alone: true,
    reads: "walks",
    target: { peak: 300e6 },
  },
  {
    name: "coco-info",
    title: "COCO, 150,000 people: open, check headers",
    file: "coco",
    ours: "coco-info",
    script: "coco.py",
    reads: "annotations",
    target: { ratio: 1 },
  },
  {
    name: "coco-validate",
    title: "COCO, 150,000 people: check everything",
    file: "coco",
    ours: "coco-validate",
    script: "coco.py",
    reads: "annotations",
  },
  {
    name: "coco-convert",
    title: "COCO, 150,000 people: to clips",
    file: "coco",
    ours: "coco-convert",
    script: "coco.py",
    reads: "converted annotations",
    target: { seconds: 15, peak: 700e6 },
  },
  start("HumanData", "start-humandata"),
  start("PYSKL", "start-pyskl"),
  start("SkelShop", "start-skelshop"),
  start("BodyCompress", "start-bodycompress"),
  start("Datagen", "start-datagen"),
  start("tar", "start-tar"),
  start("JSON", "start-json"),
  {
    name: "generate",
    title: "Code of all schemas",
    file: "schemas",
    ours: "generate",
    alone: true,
    reads: "generated",
    target: { seconds: 3 },
  },
];
