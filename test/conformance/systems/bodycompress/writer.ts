import { createHash } from "node:crypto";
import { decodeXz, float, MemorySink, NdArray, openXz, type Value } from "@somakit/core";
import { createWriter, type Frame, open } from "@somakit/formats/bodycompress";
import { differences, isObject } from "../../compare.js";
import type { Fixtures } from "../../fixtures.js";
import type { Check, Difference } from "../../system.js";

interface Case {
  readonly name: string;
  readonly quantization_mm: number;
  readonly metadata: unknown;
  readonly frames: readonly unknown[];
  readonly expect: Readonly<Record<string, unknown>>;
}

/** Every case of a file of inputs with the exact payload that a writer must make of them. */
export function writerChecks(path: string, fixtures: Fixtures): readonly Check[] {
  const { cases } = fixtures.json(path) as { readonly cases: readonly Case[] };
  return cases.map((one) => ({ name: `writes ${one.name}`, run: () => writes(one) }));
}

async function writes({ quantization_mm, metadata, frames, expect }: Case): Promise<readonly Difference[]> {
  const sink = new MemorySink();
  const steps = { quantizationMm: quantization_mm };
  const writer = await createWriter(sink, { metadata: valueIn(metadata) }, { steps, preset: 0 });
  for (const frame of frames) await writer.append(Object.fromEntries(valueIn(frame) as Map<string, Value>) as Frame);
  await writer.close();
  const bytes = sink.bytes();
  const file = await open(bytes);
  const { length, data_start: start = 0 } = await file.header.read();
  const [, second] = (await openXz(bytes)).streams;
  const meta = await contentOf(bytes, second?.offset ?? 0, start ?? 0);
  const data = await contentOf(bytes, start ?? 0, bytes.byteLength);
  const { frame_payload_sha256: each, ...expected } = expect;
  const found = {
    metadata_payload_hex: meta.toString("hex"),
    data_payload_bytes: data.byteLength,
    data_payload_sha256: createHash("sha256").update(data).digest("hex"),
    header_length: length,
  };
  const count = Array.isArray(each) ? each.length : 0;
  return [...differences(expected, found), ...differences(count, frames.length, "frames")];
}

async function contentOf(bytes: Uint8Array, start: number, end: number): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  for await (const piece of decodeXz(bytes.subarray(start, end))) parts.push(piece);
  return Buffer.concat(parts);
}

/** The value that the notation of the inputs stands for. */
function valueIn(notation: unknown): Value {
  if (!isObject(notation)) return notation as Value;
  const { dict, list, float: number, bytes, ndarray } = notation;
  if (isObject(dict)) return new Map(Object.entries(dict).map(([key, item]) => [key, valueIn(item)]));
  if (Array.isArray(list)) return list.map(valueIn);
  if (typeof number === "number") return float(number);
  if (typeof bytes === "string") return new Uint8Array(Buffer.from(bytes, "hex"));
  if (!isObject(ndarray)) throw new Error(`${JSON.stringify(notation)} is no input`);
  const stored = new Uint8Array(Buffer.from(String(ndarray["base64"]), "base64"));
  return NdArray.fromBytes(String(ndarray["dtype"]), ndarray["shape"] as number[], stored);
}
