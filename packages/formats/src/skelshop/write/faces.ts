import type { Hdf5Appender, Hdf5GroupWriter, Hdf5Writer, Sink, TypedArray } from "@somakit/core";
import { createHdf5 } from "@somakit/core/codec/hdf5";
import { FormatError } from "@somakit/core/errors";
import { astype, NdArray } from "@somakit/core/ndarray";
import { checkWhole } from "./pose.js";

/** Numbers of one face, as an array of the stated shape or in a row. */
export type FaceNumbers = NdArray | ArrayLike<number>;

/** A face to be written. Its members are named as they are stored. */
export interface NewFace {
  /** (128): dlib's embedding. */
  readonly embed: FaceNumbers;
  /** (4): x1, y1, x2, y2 of the detection. */
  readonly fod_bbox?: FaceNumbers | undefined;
  /** (5): x1, y1, x2, y2 of the picture, and its angle in radians. */
  readonly chip_bbox?: FaceNumbers | undefined;
  /** (150, 150, 3): the picture, RGB from 0 to 255. */
  readonly chip?: FaceNumbers | undefined;
  /** Whose face it is: needed in a sparse dump. */
  readonly person?: number | undefined;
}

export interface FaceWriterOptions {
  /** `dense`: how many faces each frame has. `sparse`: frame and person of each face. */
  readonly kind: "dense" | "sparse";
  /** What every face has beside its embedding. */
  readonly with?: readonly ("fod_bbox" | "chip_bbox" | "chip")[] | undefined;
  /** Base name of the video file. */
  readonly video?: string | undefined;
  /** Frames of the video. Default: up to the last one that was added. */
  readonly numFrames?: number | undefined;
  /** zlib's level, 1 to 9; 0 for none. Default 4. */
  readonly gzip?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

const PARTS = {
  embed: { dtype: "float32", row: [128], chunks: [256, 128] },
  fod_bbox: { dtype: "float32", row: [4], chunks: [1024, 4] },
  chip_bbox: { dtype: "float32", row: [5], chunks: [1024, 5] },
  // One picture each: SkelShop's are cut across hundreds, of which a file of a single face has to have all.
  chip: { dtype: "uint8", row: [150, 150, 3], chunks: [1, 150, 150, 3] },
} as const;

type Part = keyof typeof PARTS;

/**
 * Writes a face dump, front to back. Frames ascend; those that are missed out have no faces. What does not fit throws `FormatError`
 * `unwritable`, with nothing written: numbers of another shape, faces without what all have, persons that are missing.
 */
export class FaceWriter {
  readonly #options: FaceWriterOptions;
  readonly #file: Hdf5Writer;
  readonly #group: Hdf5GroupWriter;
  readonly #parts: ReadonlyMap<Part, Hdf5Appender>;
  readonly #index: Hdf5Appender;
  #frames = 0;
  #faces = 0;

  constructor(sink: Sink, options: FaceWriterOptions) {
    const { kind, gzip = 4, signal } = options;
    this.#options = options;
    this.#file = createHdf5(sink, { signal });
    this.#group = this.#file.root.group("faces");
    this.#index =
      kind === "dense"
        ? this.#group.append("indices", { dtype: "uint32", row: [], chunks: [1024] })
        : this.#group.append("frame_pers", { dtype: "uint32", row: [2], chunks: [1024, 2] });
    const parts: readonly Part[] = ["embed", ...(options.with ?? [])];
    this.#parts = new Map(parts.map((part) => [part, this.#group.append(part, { ...PARTS[part], gzip })]));
  }

  /** Adds the faces of a frame, in their order. */
  async addFrame(frame: number, faces: readonly NewFace[]): Promise<void> {
    checkWhole("frame", frame, this.#frames, "faces");
    if (frame > MOST)
      throw new FormatError("unwritable", `frame ${frame} does not fit into 32 bits`, { path: "faces" });
    const rows = new Map<Part, NdArray>();
    for (const part of this.#parts.keys()) rows.set(part, rowsOf(part, faces));
    const isSparse = this.#options.kind === "sparse";
    const index = isSparse ? targetsOf(frame, faces) : this.#counts(frame, faces.length);
    this.#frames = frame + 1;
    this.#faces += faces.length;
    const work = [...rows].map(([part, array]) => this.#parts.get(part)?.append(array));
    await Promise.all([this.#index.append(index), ...work]);
  }

  /** Finishes the file, which appears under its name now. */
  async close(): Promise<void> {
    const { video, numFrames = this.#frames } = this.#options;
    if (video !== undefined) await this.#file.root.setAttribute("video", video);
    await this.#file.root.setAttribute("num_frames", numFrames);
    await this.#file.close();
  }

  /** Gives up: nothing remains of the file. */
  abort(): Promise<void> {
    return this.#file.abort();
  }

  /** Faces up to each frame from the last one on, `frame` included. */
  #counts(frame: number, count: number): NdArray {
    const counts = new Uint32Array(frame - this.#frames + 1).fill(this.#faces);
    counts[counts.length - 1] = this.#faces + count;
    return NdArray.from("uint32", counts) as NdArray;
  }
}

const MOST = 2 ** 32 - 1;

function targetsOf(frame: number, faces: readonly NewFace[]): NdArray {
  const targets = new Uint32Array(2 * faces.length);
  let last = 0;
  for (const [index, { person }] of faces.entries()) {
    const path = "faces.frame_pers";
    if (person === undefined)
      throw new FormatError("unwritable", `face ${index} of frame ${frame} is nobody's`, { path });
    checkWhole("person", person, last, path);
    last = person;
    targets.set([frame, person], 2 * index);
  }
  return NdArray.from("uint32", targets, [faces.length, 2]) as NdArray;
}

function rowsOf(part: Part, faces: readonly NewFace[]): NdArray {
  const { dtype, row } = PARTS[part];
  const size = row.reduce<number>((product, length) => product * length, 1);
  const all = dtype === "uint8" ? new Uint8Array(faces.length * size) : new Float32Array(faces.length * size);
  for (const [index, face] of faces.entries()) all.set(numbersOf(part, face[part], row, size), index * size);
  return NdArray.from(dtype as "float32", all as Float32Array, [faces.length, ...row]) as unknown as NdArray;
}

function numbersOf(
  part: Part,
  numbers: FaceNumbers | undefined,
  row: readonly number[],
  size: number,
): ArrayLike<number> {
  const fault = (found: string): FormatError =>
    new FormatError("unwritable", `(${row.join(", ")}) expected, ${found} found`, { path: `faces.${part}` });
  if (numbers === undefined) throw fault("nothing");
  if (!(numbers instanceof NdArray)) {
    if (numbers.length !== size) throw fault(`${numbers.length} numbers`);
    return numbers;
  }
  const shape = `(${numbers.shape.join(", ")})`;
  if (numbers.shape.join() !== row.join()) throw fault(shape);
  if (part === "chip" && numbers.dtype !== "uint8") throw fault(`${numbers.dtype} ${shape}`);
  const plain = part === "chip" ? numbers.contiguous() : astype(numbers, "float32").contiguous();
  return (plain.data as TypedArray as Float32Array).subarray(plain.offset, plain.offset + plain.size);
}
