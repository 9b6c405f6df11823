import { FormatError } from "../../../errors.js";
import { sizeOf } from "../../../ndarray/strides.js";
import { allocate } from "../../../source/bounds.js";
import type { WorkOptions } from "../../../source/source.js";
import type { FileBytes } from "./direct/bytes.js";
import type { DirectDataset } from "./direct/object.js";
import { type ChunkNode, chunkAt, readRows, runsOfChunks, type StoredChunk, type StoredRows } from "./direct/rows.js";
import { canUndo, undoFilters } from "./direct/undo-filters.js";
import { located } from "./failure.js";
import { admit, type Place } from "./place.js";

/** Bytes that are read at once. */
const WINDOW = 1 << 23;
/** Chunks that are decompressed at the same time, as long as they have few bytes together. */
const AT_ONCE = 16;
/** A chunk that stays, as rows that are asked for next may be in it. */
const KEPT = 1 << 20;

/** Rows of a data set that are read without the library. */
export class DirectRows {
  readonly #place: Place;
  readonly #stored: StoredRows;
  readonly #filters: DirectDataset["filters"];
  #kept: { readonly first: number; readonly bytes: Uint8Array } | undefined;

  private constructor(place: Place, { storage, filters }: DirectDataset, width: number) {
    this.#place = place;
    this.#filters = filters;
    this.#stored = { storage, width, nodes: new Map<number, ChunkNode>() };
  }

  /** Undefined for data that are stored in a way which only the library knows. */
  static of(place: Place, shape: readonly number[], itemSize: number): DirectRows | undefined {
    const { object } = place;
    if (object?.kind !== "dataset" || object.storage.kind === "other") return undefined;
    const { filters, storage } = object;
    if (filters.length > 0 && (storage.kind !== "chunked" || !canUndo(filters))) return undefined;
    return new DirectRows(place, object, itemSize * sizeOf(shape.slice(1)));
  }

  /**
   * Fills `target` with rows from `start` on, as they are stored; false when the library has to do that. Throws `FormatError`
   * `corrupt`.
   */
  async read(start: number, target: Uint8Array, options: WorkOptions): Promise<boolean> {
    const { width } = this.#stored;
    const most = Math.max(1, Math.floor(WINDOW / Math.max(1, width))) * width;
    const total = target.byteLength;
    for (let done = 0; done < total; done += most) {
      const part = target.subarray(done, done + most);
      const first = start + done / width;
      const isRead =
        this.#filters.length === 0 ? this.#copy(first, part, options) : this.#inflate(first, part, options);
      if (!(await isRead)) return false;
      options.onProgress?.({ stage: `read ${this.#place.path}`, done: Math.min(total, done + most), total });
    }
    return true;
  }

  async #copy(start: number, target: Uint8Array, options: WorkOptions): Promise<boolean> {
    const done = await this.#direct((file) => {
      readRows(file, this.#stored, start, target);
      return true;
    }, options);
    return done ?? false;
  }

  /** The same of chunks that are compressed. */
  async #inflate(start: number, target: Uint8Array, options: WorkOptions): Promise<boolean> {
    const { storage, width } = this.#stored;
    if (storage.kind !== "chunked") return false;
    const chunkBytes = storage.rows * width;
    admit(this.#place, chunkBytes, "a chunk of it");
    const runs = [...runsOfChunks(storage.rows, start, start + target.byteLength / width)];
    const step = Math.max(1, Math.min(AT_ONCE, Math.floor(WINDOW / chunkBytes)));
    for (let at = 0; at < runs.length; at += step) {
      const chunks = await Promise.all(
        runs.slice(at, at + step).map(async (run) => {
          const bytes = await this.#chunk(run.first, chunkBytes, options);
          if (!bytes) return false;
          const { first, row, end } = run;
          target.set(bytes.subarray((row - first) * width, (end - first) * width), (row - start) * width);
          return true;
        }),
      );
      if (chunks.includes(false)) return false;
    }
    return true;
  }

  async #chunk(first: number, byteLength: number, options: WorkOptions): Promise<Uint8Array | undefined> {
    if (this.#kept?.first === first) return this.#kept.bytes;
    const stored = await this.#direct((file) => storedBytes(file, chunkAt(file, this.#stored, first)), options);
    const bytes = stored && (await undoFilters(stored, this.#filters, byteLength));
    if (bytes && byteLength <= KEPT) this.#kept = { first, bytes };
    return bytes;
  }

  async #direct<T>(read: (file: FileBytes) => T, { signal }: WorkOptions): Promise<T | undefined> {
    const { session, path } = this.#place;
    try {
      return await session.direct(read, { signal });
    } catch (error) {
      throw error instanceof FormatError ? located(error, path) : error;
    }
  }
}

function storedBytes(file: FileBytes, { address, byteLength }: StoredChunk): Uint8Array {
  file.expectInside(address, byteLength);
  const bytes = allocate(byteLength, "a chunk");
  file.into(bytes, address);
  return bytes;
}
