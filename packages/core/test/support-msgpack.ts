import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { describe } from "vitest";
import { type MsgpackItem, type ReadMsgpackStreamOptions, readMsgpackStream } from "../src/codec/msgpack/index.js";
import { littleEndian } from "../src/ndarray/dtype.js";
import { NdArray } from "../src/ndarray/ndarray.js";
import { floatText } from "../src/value/python-text.js";
import { scalarBytes } from "../src/value/scalar-bytes.js";
import { Complex, ExtValue, NumpyScalar, Timestamp, type Value } from "../src/value/value.js";
import { hasNumpy } from "./support-python.js";

const GOLDEN = new URL("golden/", import.meta.url);

/** What Python stores of values, each given as Python spells it, with `m` for msgpack and `np` for numpy. */
export interface Golden {
  readonly python: string;
  readonly hex: string;
  /** How keys must be taken. */
  readonly keys?: "any";
}

const GOLDEN_FILE = new URL("msgpack-python.json", GOLDEN);

export function goldenValues(): Golden[] {
  return JSON.parse(readFileSync(GOLDEN_FILE, "utf8")) as Golden[];
}

export function keepGolden(values: readonly Golden[]): void {
  writeFileSync(GOLDEN_FILE, `[\n${values.map((value) => JSON.stringify(value)).join(",\n")}\n]\n`);
}

/** What a BodyCompress file holds once it is decompressed: values one after another. */
export function payload(name: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(readFileSync(new URL(`bodycompress/${name}.msgpack`, GOLDEN)));
}

export function expectedPayload<T>(name: string): T {
  return JSON.parse(readFileSync(new URL(`bodycompress/${name}.expected.json`, GOLDEN), "utf8")) as T;
}

const PYTHON = process.env["SOMAKIT_PYTHON"] ?? "/usr/bin/python3";
const hasMsgpack = hasNumpy && spawnSync(PYTHON, ["-c", "import msgpack, msgpack_numpy"]).status === 0;

/** A group of tests that compare with Python's msgpack and msgpack-numpy; shown as skipped where they are missing. */
export const describeWithMsgpack: typeof describe.skip = hasMsgpack
  ? (describe as typeof describe.skip)
  : describe.skip;

export function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("hex");
}

export function unhex(text: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(Buffer.from(text.replace(/\s/g, ""), "hex"));
}

/** All values of a stream. */
export async function itemsOf(
  pieces: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  options?: ReadMsgpackStreamOptions,
): Promise<MsgpackItem[]> {
  const items: MsgpackItem[] = [];
  for await (const item of readMsgpackStream(pieces, options)) items.push(item);
  return items;
}

/** A value in the notation of the BodyCompress fixtures, which shortens long bytes. */
export function describeStored(value: Value): unknown {
  if (value === null || typeof value === "boolean" || typeof value === "string") return value;
  if (value instanceof Timestamp) return { timestamp: [value.seconds, value.nanoseconds] };
  if (value instanceof ExtValue) return { ext: [value.code, hex(value.data)] };
  if (value instanceof Complex) return { complex: [value.re, value.im] };
  if (value instanceof Uint8Array)
    return value.length < 32 ? { bytes: hex(value) } : { bytes_len: value.length, sha256: sha256(value) };
  if (value instanceof NumpyScalar)
    return {
      npscalar: { dtype: value.type.descr, value: describeElement(value.value), hex: hex(scalarBytes(value)) },
    };
  if (value instanceof NdArray) return describeArray(value);
  if (Array.isArray(value)) return { list: value.map(describeStored) };
  if (!(value instanceof Map)) return describeElement(value);
  const entries = [...value];
  if (entries.some(([key]) => typeof key !== "string"))
    return { dict_items: entries.map(([key, item]) => [describeStored(key), describeStored(item)]) };
  return { dict: Object.fromEntries(entries.map(([key, item]) => [key, describeStored(item)])) };
}

function describeArray(array: NdArray): unknown {
  const head = { dtype: array.type.descr, shape: array.shape };
  const elements = [...array] as unknown[];
  if (array.dtype === "string") return { ...head, values: elements };
  if (array.dtype === "bytes") return { ...head, values_hex: elements.map((item) => hex(item as Uint8Array)) };
  const swapped = array.type.byteOrder === ">" && { stored_dtype: array.type.descr };
  return {
    dtype: littleEndian(array.type).descr,
    shape: array.shape,
    sha256: sha256(array.toBytes()),
    ...swapped,
    first: elements.slice(0, 8).map(describeElement),
    sum: array.dtype.startsWith("complex") ? null : elements.reduce((sum: number, item) => sum + Number(item), 0),
  };
}

function describeElement(value: unknown): unknown {
  if (value instanceof Complex) return [value.re, value.im];
  if (typeof value === "boolean") return value;
  if (typeof value === "bigint") return Number.isSafeInteger(Number(value)) ? Number(value) : { py: String(value) };
  return Number.isFinite(Number(value)) ? Number(value) : { py: floatText(Number(value)) };
}

function sha256(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}
