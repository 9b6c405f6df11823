import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import type { NdArray } from "../src/ndarray/ndarray.js";
import { MemorySink } from "../src/source/sink-memory.js";
import type { Sink } from "../src/source/source.js";

const IMAGES = new URL("./images/", import.meta.url);

interface ExpectedImage {
  readonly exr?: {
    readonly channels: Readonly<Record<string, "half" | "float" | "uint">>;
    readonly compression: string;
    readonly dataWindow: readonly [number, number, number, number];
    readonly lineOrder: string;
  };
  /** By channel; under an empty name for images that are one array. */
  readonly arrays: Readonly<
    Record<string, { readonly dtype: string; readonly shape: readonly number[]; readonly sha256: string }>
  >;
}

/** What other libraries read from the sample images. */
export const expectedImages: ReadonlyMap<string, ExpectedImage> = new Map(
  Object.entries(JSON.parse(readFileSync(new URL("expected.json", IMAGES), "utf8")) as Record<string, ExpectedImage>),
);

/** Names of the samples of a format whose channels all have a sample for every pixel. */
export function samples(suffix: ".exr" | ".png"): readonly string[] {
  return [...expectedImages.keys()].filter((name) => name.endsWith(suffix) && !name.startsWith("sampled_"));
}

export function imageBytes(name: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(readFileSync(new URL(name, IMAGES)));
}

/** Type, shape and digest of an array, as `expected.json` states them. */
export function described(array: NdArray): { dtype: string; shape: readonly number[]; sha256: string } {
  const sha256 = createHash("sha256").update(array.toBytes()).digest("hex");
  return { dtype: array.type.descr as string, shape: array.shape, sha256 };
}

/** What `write` puts into a sink. */
export async function written(write: (sink: Sink) => Promise<void>): Promise<Uint8Array<ArrayBuffer>> {
  const sink = new MemorySink();
  await write(sink);
  return sink.bytes();
}

/** A sink that tells what became of it. */
export function watchedSink(): { readonly sink: Sink; readonly ends: string[] } {
  const inner = new MemorySink();
  const ends: string[] = [];
  const sink: Sink = {
    name: "",
    append: (bytes) => inner.append(bytes),
    commit: async () => void ends.push("commit"),
    abort: async () => void ends.push("abort"),
  };
  return { sink, ends };
}
