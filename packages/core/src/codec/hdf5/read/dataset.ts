import { FormatError } from "../../../errors.js";
import type { NdArray } from "../../../ndarray/ndarray.js";
import { sizeOf } from "../../../ndarray/strides.js";
import { allocate } from "../../../source/bounds.js";
import type { WorkOptions } from "../../../source/source.js";
import type { ArrayNode, GroupNode } from "../../../tree/node.js";
import { shapeOfRows } from "../../../tree/rows.js";
import type { Value } from "../../../value/value.js";
import { attributesOf } from "./attributes.js";
import { type Block, blocksOf } from "./blocks.js";
import type { ElementType } from "./datatype.js";
import { DirectRows } from "./direct-rows.js";
import { arrayOfBytes, arrayOfValues, toStoredOrder, varyingValues } from "./elements.js";
import { filterFailure, installFilters } from "./filters.js";
import type { H5Filter, H5wasm } from "./h5wasm.js";
import { admit, admitPieces, type Place, withMemory } from "./place.js";
import type { CallOptions } from "./session.js";

/** What is known of a data set without reading elements. */
export interface DatasetHeader {
  readonly element: ElementType;
  /** Without the axes of its elements. */
  readonly shape: readonly number[];
  readonly chunks: readonly number[] | null;
  readonly filters: readonly H5Filter[];
}

/** Bytes that the library reads at once, and elements of no fixed size. */
const WINDOW = 1 << 23;
const VALUES = 4096;

/** A data set as an array whose elements are still in the file. */
export class DatasetNode implements ArrayNode {
  readonly kind = "array";
  readonly order = "C";
  readonly path: string;
  readonly type: ArrayNode["type"];
  readonly shape: readonly number[];
  readonly rows?: NonNullable<ArrayNode["rows"]>;
  readonly chunks?: NonNullable<ArrayNode["chunks"]>;
  readonly #place: Place;
  readonly #header: DatasetHeader;
  readonly #direct: DirectRows | undefined;

  constructor(place: Place, header: DatasetHeader) {
    this.path = place.path;
    this.type = header.element.type;
    this.shape = [...header.shape, ...header.element.shape];
    this.#place = place;
    this.#header = header;
    if (!header.element.varying) this.#direct = DirectRows.of(place, header.shape, header.element.size);
    if (header.shape.length > 0) this.rows = (start, stop, options) => this.#rows(start, stop, options);
    if (!header.element.varying) this.chunks = (options) => this.#pieces(options);
  }

  attributes(options?: WorkOptions): Promise<GroupNode> {
    return attributesOf(this.#place, options);
  }

  async load(options: WorkOptions = {}): Promise<NdArray> {
    const { shape } = this.#header;
    return this.#read({ start: shape.map(() => 0), count: shape }, options);
  }

  async #rows(start: number, stop: number, options: WorkOptions = {}): Promise<NdArray> {
    const { shape } = this.#header;
    const count = shapeOfRows(shape, start, stop);
    return this.#read({ start: [start, ...shape.slice(1).map(() => 0)], count }, options);
  }

  async #read(region: Block, options: WorkOptions): Promise<NdArray> {
    const { element } = this.#header;
    await installFilters(this.#header.filters);
    if (element.varying) return this.#readValues(region, options);
    const byteLength = sizeOf(region.count) * element.size;
    admit(this.#place, byteLength);
    const target = allocate(byteLength, this.path);
    await this.#fill(target, region, options);
    return arrayOfBytes(element, region.count, target);
  }

  async #readValues(region: Block, options: WorkOptions): Promise<NdArray> {
    const { element } = this.#header;
    const { maxLoadBytes } = this.#place.options;
    const total = sizeOf(region.count);
    admit(this.#place, total * 16);
    const budget = { left: maxLoadBytes ?? mostBytes(this.#place) };
    const values = new Array<Value>(total);
    for (const block of blocksOf(region, { chunks: this.#header.chunks, most: VALUES })) {
      const count = sizeOf(block.count);
      const before = budget.left;
      const found = await this.#call(
        (module, file) => {
          // What an attempt has counted that had to be made again is not counted twice.
          budget.left = before;
          return withMemory(module, count * element.size, (address) => {
            module.HEAPU8.fill(0, address, address + count * element.size);
            if (this.#get(module, file, block, address) < 0) return [];
            try {
              return varyingValues(module, element, address, count, budget);
            } finally {
              this.#reclaim(module, file, block, address);
            }
          });
        },
        { signal: options.signal, heaps: true },
      );
      for (const [index, place] of runs(region, block)) {
        for (let at = 0; at < place.length; at++) values[place.start + at] = found[index + at] as Value;
      }
    }
    return arrayOfValues(this.type, region.count, values);
  }

  /** Reads a region, block by block, into `target`, which it fills in C order. */
  async #fill(target: Uint8Array, region: Block, options: WorkOptions): Promise<void> {
    const { element, chunks } = this.#header;
    if (await this.#readDirect(target, region, options)) return;
    if (chunks) admit(this.#place, sizeOf(chunks) * element.size, "a chunk of it");
    const total = target.byteLength;
    let done = 0;
    for (const block of blocksOf(region, { chunks, most: Math.max(1, Math.floor(WINDOW / element.size)) })) {
      const byteLength = sizeOf(block.count) * element.size;
      const read = (module: H5wasm, file: bigint): boolean =>
        withMemory(module, byteLength, (address) => {
          if (this.#get(module, file, block, address) < 0) return false;
          scatter(target, region, block, module.HEAPU8.subarray(address, address + byteLength), element);
          return true;
        });
      if (!(await this.#call(read, { signal: options.signal, heaps: false })))
        throw new FormatError("corrupt", "HDF5 cannot read it", { path: this.path });
      done += byteLength;
      options.onProgress?.({ stage: `read ${this.path}`, done, total });
    }
  }

  /** Reads rows without the library, where that is possible and the region consists of such; false elsewhere. */
  async #readDirect(target: Uint8Array, { start, count }: Block, options: WorkOptions): Promise<boolean> {
    const { element, shape } = this.#header;
    const isRows = count.every((size, axis) => axis === 0 || size === shape[axis]);
    if (!this.#direct || !isRows || !(await this.#direct.read(start[0] ?? 0, target, options))) return false;
    // As the library hands them out.
    toStoredOrder(element, target);
    return true;
  }

  async *#pieces(options: WorkOptions = {}): AsyncGenerator<Uint8Array, void, void> {
    const { element, shape } = this.#header;
    admitPieces(this.#place, sizeOf(shape) * element.size);
    await installFilters(this.#header.filters);
    const whole: Block = { start: shape.map(() => 0), count: shape };
    for (const run of packedRuns(whole, this.#header.chunks, Math.floor(WINDOW / element.size))) {
      admit(this.#place, sizeOf(run.count) * element.size, "a row of its chunks");
      const target = allocate(sizeOf(run.count) * element.size, this.path);
      await this.#fill(target, run, options);
      toStoredOrder(element, target);
      if (target.byteLength > 0) yield target;
    }
  }

  /** As the session's; a failure of a filter is named. */
  async #call<T>(call: (module: H5wasm, file: bigint) => T, { signal, heaps }: CallOptions): Promise<T> {
    const { session } = this.#place;
    try {
      return await session.call(this.path, call, { signal, heaps });
    } catch (error) {
      throw (await filterFailure(error, this.#header.filters, this.path)) ?? error;
    }
  }

  #get(module: H5wasm, file: bigint, { start, count }: Block, address: number): number {
    const { name } = this.#place;
    if (count.length === 0) return module.get_dataset_data(file, name, null, null, null, BigInt(address));
    const steps = count.map(() => 1n);
    return module.get_dataset_data(file, name, count.map(BigInt), start.map(BigInt), steps, BigInt(address));
  }

  #reclaim(module: H5wasm, file: bigint, { count }: Block, address: number): void {
    const { name } = this.#place;
    if (count.length === 0) module.reclaim_vlen_memory(file, name, "", BigInt(address));
    else module.reclaim_vlen_memory_count(file, name, "", BigInt(address), count.map(BigInt));
  }
}

function mostBytes({ session }: Place): number {
  return session.source.byteLength * 16 + (1 << 26);
}

/** Copies the elements of `block` to their places in those of `region`. */
function scatter(target: Uint8Array, region: Block, block: Block, bytes: Uint8Array, { size }: ElementType): void {
  for (const [index, { start, length }] of runs(region, block))
    target.set(bytes.subarray(index * size, (index + length) * size), start * size);
}

/** Which elements of a block lie where in a region that is packed in C order: runs that are packed in both. */
function* runs(
  region: Block,
  block: Block,
): Generator<readonly [index: number, place: { readonly start: number; readonly length: number }], void, void> {
  // Axes from here on are one run: all behind the first are whole.
  let axis = block.count.length;
  let length = 1;
  while (axis > 0) {
    axis--;
    length *= block.count[axis] as number;
    if (block.count[axis] !== region.count[axis]) break;
  }
  const outer = block.count.slice(0, axis);
  const steps = region.count.map((_, at) => sizeOf(region.count.slice(at + 1)));
  const first = block.start.reduce(
    (sum, start, at) => sum + (start - (region.start[at] as number)) * (steps[at] as number),
    0,
  );
  const position = outer.map(() => 0);
  for (let index = 0; ; index += length) {
    const start = position.reduce((sum, value, at) => sum + value * (steps[at] as number), first);
    yield [index, { start, length }];
    let at = outer.length - 1;
    while (at >= 0 && position[at] === (outer[at] as number) - 1) position[at--] = 0;
    if (at < 0) return;
    position[at] = (position[at] as number) + 1;
  }
}

/** Parts of a region that follow each other in C order, each of about `most` elements and along whole chunks of axis 0. */
function* packedRuns(region: Block, chunks: readonly number[] | null, most: number): Generator<Block, void, void> {
  const [rows = 1, ...others] = region.count;
  if (region.count.length === 0 || region.count.includes(0)) {
    yield region;
    return;
  }
  const chunk = chunks?.[0] ?? 1;
  const step = Math.max(chunk, Math.floor(most / sizeOf(others) / chunk) * chunk);
  for (let row = 0; row < rows; row += step) {
    const [start = 0, ...starts] = region.start;
    yield { start: [start + row, ...starts], count: [Math.min(step, rows - row), ...others] };
  }
}
