import type { ArrayNode, Input, NdArray, OpenOptions, WorkOptions } from "@somakit/core";
import { FormatError } from "@somakit/core/errors";
import * as denseFaces from "../dense_faces.gen.js";
import * as sparseFaces from "../sparse_faces.gen.js";

/** Arrays that a face may have beside its embedding. */
const PARTS = ["embed", "fod_bbox", "chip_bbox", "chip"] as const;

type Part = (typeof PARTS)[number];

/** Rows of some faces by the name of their array: their embeddings, and whatever else the file has of them. */
export interface FaceRows {
  /** (faces, 128) */
  readonly embed: NdArray<"float32">;
  /** (faces, 4): x1, y1, x2, y2 of the detection, in pixels. */
  readonly fod_bbox?: NdArray<"float32">;
  /** (faces, 5): x1, y1, x2, y2 in pixels, and an angle in radians. */
  readonly chip_bbox?: NdArray<"float32">;
  /** (faces, 150, 150, 3): pictures, RGB. */
  readonly chip?: NdArray<"uint8">;
}

/** Which face this is: its absolute frame, and the person, or in a dense dump its place in the frame. */
export interface FaceTarget {
  readonly frame: number;
  readonly person: number;
}

/** One face. */
export interface FaceEntry extends FaceTarget {
  /** Of one row each. */
  readonly rows: FaceRows;
}

/** Bytes of faces that iterating holds at once, about. */
const WINDOW_BYTES = 1 << 23;

/** The arrays of a dump, row by row. */
class FaceArrays {
  /** How many faces there are. */
  readonly length: number;
  readonly #nodes: ReadonlyMap<Part, ArrayNode>;

  private constructor(length: number, nodes: ReadonlyMap<Part, ArrayNode>) {
    this.length = length;
    this.#nodes = nodes;
  }

  /** Throws `FormatError` for arrays of another shape, or of another number of faces. */
  static async open(file: FacesFile, options: WorkOptions): Promise<FaceArrays> {
    const group = await file.faces.node();
    const nodes = new Map<Part, ArrayNode>();
    for (const part of PARTS) {
      const node = await group?.child(part, options);
      if (node && node.kind !== "array") throw new FormatError("mismatch", "it is no array", { path: node.path });
      if (node) nodes.set(part, checked(node, part));
    }
    const embed = nodes.get("embed");
    if (!embed) throw new FormatError("missing", "there are no embeddings", { path: "faces.embed" });
    const length = embed.shape[0] as number;
    const odd = [...nodes.values()].find(({ shape }) => shape[0] !== length);
    if (odd) throw new FormatError("corrupt", `${odd.shape[0]} rows, but ${length} embeddings`, { path: odd.path });
    return new FaceArrays(length, nodes);
  }

  async rows(start: number, stop: number, options: WorkOptions): Promise<FaceRows> {
    const parts: [Part, NdArray][] = [];
    for (const [part, node] of this.#nodes)
      parts.push([
        part,
        node.rows ? await node.rows(start, stop, options) : (await node.load(options)).slice([start, stop]),
      ]);
    return Object.fromEntries(parts) as unknown as FaceRows;
  }

  /** Faces that may be read at once. */
  get window(): number {
    let bytes = 0;
    for (const { type, shape } of this.#nodes.values())
      bytes += shape.slice(1).reduce((product, size) => product * size, type.itemSize);
    return Math.max(1, Math.floor(WINDOW_BYTES / Math.max(1, bytes)));
  }
}

const SHAPES: Readonly<Record<Part, { readonly dtype: string; readonly row: readonly number[] }>> = {
  embed: { dtype: "float32", row: [128] },
  fod_bbox: { dtype: "float32", row: [4] },
  chip_bbox: { dtype: "float32", row: [5] },
  chip: { dtype: "uint8", row: [150, 150, 3] },
};

function checked(node: ArrayNode, part: Part): ArrayNode {
  const { dtype, row } = SHAPES[part];
  const shape = node.shape.slice(1);
  if (node.type.name === dtype && node.shape.length > 0 && shape.join() === row.join()) return node;
  const found = `${node.type.name} (${node.shape.join(", ")})`;
  throw new FormatError("mismatch", `${dtype} (n, ${row.join(", ")}) expected, ${found} found`, { path: node.path });
}

type FacesFile = denseFaces.SkelShopFacesFile | sparseFaces.SkelShopFaceTargetsFile;

/** Rows `from` up to `to` of some that begin with row `first`. */
function part(rows: FaceRows, first: number, from: number, to: number): FaceRows {
  return Object.fromEntries(
    Object.entries(rows).map(([name, array]) => [name, (array as NdArray).slice([from - first, to - first])]),
  ) as unknown as FaceRows;
}

function whole(array: NdArray): readonly number[] {
  return Array.from(array.contiguous() as Iterable<number | bigint>, Number);
}

/** Reads faces frame by frame. Close it when done. */
export class FaceReader implements AsyncIterable<FaceRows> {
  readonly kind = "faces-dense";
  readonly file: denseFaces.SkelShopFacesFile;
  readonly #arrays: FaceArrays;
  /** Faces up to each frame, this one included. */
  readonly #ends: readonly number[];

  private constructor(file: denseFaces.SkelShopFacesFile, arrays: FaceArrays, ends: readonly number[]) {
    this.file = file;
    this.#arrays = arrays;
    this.#ends = ends;
  }

  /** Throws `FormatError` for a file that is something else, and for numbers of faces that fall, or are not those of the file. */
  static async open(input: Input, options: OpenOptions = {}): Promise<FaceReader> {
    const file = await denseFaces.open(input, options);
    try {
      const arrays = await FaceArrays.open(file, options);
      const ends = whole(await file.faces.indices(options));
      const path = "faces.indices";
      const fall = ends.findIndex((end, frame) => end < (ends[frame - 1] ?? 0));
      if (fall >= 0) throw new FormatError("corrupt", `it falls at index ${fall}`, { path });
      const last = ends.at(-1) ?? 0;
      if (last !== arrays.length)
        throw new FormatError("corrupt", `it ends at ${last}, but there are ${arrays.length} faces`, { path });
      return new FaceReader(file, arrays, ends);
    } catch (error) {
      await file.close();
      throw error;
    }
  }

  /** How many frames there are. */
  get length(): number {
    return this.#ends.length;
  }

  /** How many faces there are in all of them. */
  get faces(): number {
    return this.#arrays.length;
  }

  /** The faces of one frame. Throws `RangeError` for a frame that there is not. */
  frame(frame: number, options: WorkOptions = {}): Promise<FaceRows> {
    const [start, stop] = this.#range(frame);
    return this.#arrays.rows(start, stop, options);
  }

  /** The faces of each frame. */
  async *[Symbol.asyncIterator](): AsyncGenerator<FaceRows, void, void> {
    let [first, last] = [0, 0];
    let rows: FaceRows | undefined;
    for (let frame = 0; frame < this.length; frame++) {
      const [start, stop] = this.#range(frame);
      if (!rows || stop > last) {
        first = start;
        last = Math.max(stop, Math.min(this.#arrays.length, start + this.#arrays.window));
        rows = await this.#arrays.rows(first, last, {});
      }
      yield part(rows, first, start, stop);
    }
  }

  /** Every face with its frame and its place in the frame. */
  async *entries(): AsyncGenerator<FaceEntry, void, void> {
    let frame = 0;
    for await (const rows of this) {
      const count = rows.embed.shape[0] as number;
      for (let person = 0; person < count; person++) yield { frame, person, rows: part(rows, 0, person, person + 1) };
      frame++;
    }
  }

  async close(): Promise<void> {
    await this.file.close();
  }

  #range(frame: number): readonly [start: number, stop: number] {
    const stop = this.#ends[frame];
    if (stop === undefined) throw new RangeError(`there is no frame ${frame} of ${this.length}`);
    return [this.#ends[frame - 1] ?? 0, stop];
  }
}

/** Reads faces of chosen persons in chosen frames. Close it when done. */
export class SparseFaceReader implements AsyncIterable<FaceEntry> {
  readonly kind = "faces-sparse";
  readonly file: sparseFaces.SkelShopFaceTargetsFile;
  readonly #arrays: FaceArrays;
  readonly #frames: readonly number[];
  readonly #persons: readonly number[];
  readonly #ascending: boolean;

  private constructor(file: sparseFaces.SkelShopFaceTargetsFile, arrays: FaceArrays, targets: readonly number[]) {
    this.file = file;
    this.#arrays = arrays;
    this.#frames = targets.filter((_, index) => index % 2 === 0);
    this.#persons = targets.filter((_, index) => index % 2 === 1);
    this.#ascending = this.#frames.every((frame, index) => frame >= (this.#frames[index - 1] ?? 0));
  }

  /** Throws `FormatError` for a file that is something else. */
  static async open(input: Input, options: OpenOptions = {}): Promise<SparseFaceReader> {
    const file = await sparseFaces.open(input, options);
    try {
      const arrays = await FaceArrays.open(file, options);
      const targets = await file.faces.frame_pers(options);
      if (targets.shape[0] !== arrays.length)
        throw new FormatError("corrupt", `${targets.shape[0]} rows, but ${arrays.length} embeddings`, {
          path: "faces.frame_pers",
        });
      return new SparseFaceReader(file, arrays, whole(targets));
    } catch (error) {
      await file.close();
      throw error;
    }
  }

  /** How many faces there are. */
  get length(): number {
    return this.#arrays.length;
  }

  /** Frame and person of the `index`-th face. Throws `RangeError` for a face that there is not. */
  targetAt(index: number): FaceTarget {
    const [frame, person] = [this.#frames[index], this.#persons[index]];
    if (frame === undefined || person === undefined)
      throw new RangeError(`there is no face ${index} of ${this.length}`);
    return { frame, person };
  }

  /** The `index`-th face. Throws `RangeError` for a face that there is not. */
  async entryAt(index: number, options: WorkOptions = {}): Promise<FaceEntry> {
    return { ...this.targetAt(index), rows: await this.#arrays.rows(index, index + 1, options) };
  }

  /** The embedding of the `index`-th face, (128). Throws `RangeError` for a face that there is not. */
  async embeddingAt(index: number, options: WorkOptions = {}): Promise<NdArray<"float32">> {
    this.targetAt(index);
    return (await this.#arrays.rows(index, index + 1, options)).embed.slice(0);
  }

  /** All faces of a person in a frame, in the order of the file; none when there are none. */
  async find(frame: number, person: number, options: WorkOptions = {}): Promise<readonly FaceEntry[]> {
    const found: FaceEntry[] = [];
    let index = this.#ascending ? firstNotBelow(this.#frames, frame) : 0;
    for (; index < this.length; index++) {
      const target = this.targetAt(index);
      if (this.#ascending && target.frame > frame) break;
      if (target.frame === frame && target.person === person) found.push(await this.entryAt(index, options));
    }
    return found;
  }

  /** Every face, in the order of the file. */
  async *[Symbol.asyncIterator](): AsyncGenerator<FaceEntry, void, void> {
    const step = this.#arrays.window;
    for (let start = 0; start < this.length; start += step) {
      const stop = Math.min(this.length, start + step);
      const rows = await this.#arrays.rows(start, stop, {});
      for (let index = start; index < stop; index++)
        yield { ...this.targetAt(index), rows: part(rows, start, index, index + 1) };
    }
  }

  /**
   * The faces of each frame from 0 up to the last one that has any, each at the place of its person; undefined for persons in
   * between. Of several faces of one person in one frame the first counts. Throws `FormatError` `unsupported` for a file
   * whose frames do not ascend.
   */
  async *asDense(): AsyncGenerator<readonly (FaceRows | undefined)[], void, void> {
    if (!this.#ascending)
      throw new FormatError("unsupported", "its frames do not ascend", { path: "faces.frame_pers" });
    let people: (FaceRows | undefined)[] = [];
    let current = 0;
    for await (const { frame, person, rows } of this) {
      for (; current < frame; current++) {
        yield people;
        people = [];
      }
      while (people.length <= person && people.length < MOST_PERSONS) people.push(undefined);
      if (person >= people.length)
        throw new FormatError("limit", `person ${person} is beyond what can be counted up to`, {
          path: "faces.frame_pers",
        });
      people[person] ??= rows;
    }
    if (this.length > 0) yield people;
  }

  async close(): Promise<void> {
    await this.file.close();
  }
}

const MOST_PERSONS = 1 << 16;

/** Position of the first number that is `least` or more, among ascending ones. */
function firstNotBelow(numbers: readonly number[], least: number): number {
  let [low, high] = [0, numbers.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((numbers[middle] as number) < least) low = middle + 1;
    else high = middle;
  }
  return low;
}
