import { FormatError } from "../../../errors.js";
import type { NdArray } from "../../../ndarray/ndarray.js";
import { sizeOf } from "../../../ndarray/strides.js";
import type { WorkOptions } from "../../../source/source.js";
import type { ArrayNode } from "../../../tree/node.js";
import type { ArrayStorage } from "../../../tree/write.js";
import type { Value } from "../../../value/value.js";
import { AttributeWriter, nothing } from "./attribute-writer.js";
import { ChunkWriter } from "./chunk-writer.js";
import { datasetHeader } from "./dataset-header.js";
import type { Storage } from "./messages.js";
import type { Output } from "./output.js";
import { type StoragePlan, storagePlan } from "./plan.js";
import type { Shared, Unfinished } from "./shared.js";
import { storedElements, storedType, typeToWrite } from "./stored-array.js";

/** Elements up to here are kept in the header of their data set. */
const COMPACT = 512;

/** A data set whose elements are written. */
export class Hdf5DatasetWriter implements Unfinished {
  readonly path: string;
  readonly #shared: Shared;
  readonly #attributes: AttributeWriter;
  #parts: Omit<Parameters<typeof datasetHeader>[0], "attributes" | "path"> | undefined;

  /** Use {@link Hdf5GroupWriter.write}. */
  constructor(shared: Shared, path: string) {
    this.path = path;
    this.#shared = shared;
    this.#attributes = new AttributeWriter(shared.output, path);
  }

  setAttribute(name: string, value: Value): Promise<void> {
    return this.#shared.inTurn(() => this.#attributes.set(name, value));
  }

  /** Called by {@link Hdf5GroupWriter.write}. */
  async fill(array: NdArray | ArrayNode | null, wanted: ArrayStorage, options: WorkOptions): Promise<void> {
    const { path } = this;
    const { output } = this.#shared;
    if (array === null) {
      const storage: Storage = { kind: "contiguous", address: undefined, byteLength: 0 };
      const filters = { gzip: 0, shuffle: false };
      this.#parts = { datatype: nothing().datatype, itemSize: 4, shape: null, growing: false, storage, filters };
      return;
    }
    const streamed = isStreamable(array);
    const inMemory = streamed ? undefined : "load" in array ? await array.load(options) : array;
    const type = inMemory ? typeToWrite(inMemory) : array.type;
    const stored = storedType(type, path);
    const { shape } = array;
    const plan = storagePlan(wanted, { ...stored, shape, growing: false, path });
    const bytes = inMemory
      ? [await storedElements(output, inMemory, path)]
      : (array as StreamableNode).chunks({ signal: this.#shared.options.signal, ...options });
    const storage = await storeElements(output, bytes, { plan, shape, itemSize: stored.itemSize });
    this.#parts = {
      datatype: stored.message,
      itemSize: stored.itemSize,
      shape,
      growing: false,
      storage,
      filters: plan.filters,
    };
  }

  async finish(): Promise<number> {
    if (!this.#parts) throw new FormatError("unwritable", "its elements were not written", { path: this.path });
    return this.#shared.output.append(
      datasetHeader({ ...this.#parts, attributes: this.#attributes.messages(), path: this.path }),
    );
  }
}

type StreamableNode = ArrayNode & { readonly chunks: NonNullable<ArrayNode["chunks"]> };

function isStreamable(array: NdArray | ArrayNode): array is StreamableNode {
  if (!("kind" in array) || array.array || !array.chunks || array.order === "F") return false;
  return array.type.name !== "string" && array.type.name !== "object";
}

async function storeElements(
  output: Output,
  pieces: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  {
    plan,
    shape,
    itemSize,
  }: { readonly plan: StoragePlan; readonly shape: readonly number[]; readonly itemSize: number },
): Promise<Storage> {
  const byteLength = sizeOf(shape) * itemSize;
  if (plan.chunks) {
    const { chunks, filters } = plan;
    const writer = new ChunkWriter(output, { itemSize, row: shape.slice(1), chunks, filters });
    for await (const piece of pieces) await writer.add(piece);
    return { kind: "chunked", index: (await writer.finish()).index, chunks, itemSize };
  }
  if (byteLength <= COMPACT) {
    const bytes = new Uint8Array(byteLength);
    let at = 0;
    for await (const piece of pieces) {
      bytes.set(piece, at);
      at += piece.byteLength;
    }
    return { kind: "compact", bytes };
  }
  let address: number | undefined;
  for await (const piece of pieces) {
    if (address !== undefined) await output.extend(piece);
    else {
      address = output.start(new Uint8Array(0)).address;
      await output.extend(piece);
    }
  }
  return { kind: "contiguous", address, byteLength };
}
