import { createHash } from "node:crypto";
import { digest, NdArray, nodeOfValue } from "@somakit/core";
import type { Frame } from "@somakit/formats/bodycompress";
import { differences, isObject } from "../../compare.js";
import type { Difference } from "../../system.js";
import { common } from "./notation.js";

/** The checksum of all numeric arrays of all frames, by the rule of the manifest. */
export class FrameDigest {
  readonly #hash = createHash("sha256");

  add(frame: Frame): void {
    const keys = Object.keys(frame).sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
    for (const key of keys) {
      const array = frame[key];
      if (!(array instanceof NdArray) || !/^(bool|u?int|float|complex)/.test(array.dtype)) continue;
      const code = String(array.type.descr).replace(/^>/, "<");
      this.#hash.update(`${key}\0${code}\0${array.shape.join(",")}\0`).update(array.toBytes());
    }
  }

  hex(): string {
    return this.#hash.digest("hex");
  }
}

/** A value as the manifest describes it, against what is expected. */
export async function describedAs(expected: unknown, value: unknown, path: string): Promise<readonly Difference[]> {
  const { any } = await digest(nodeOfValue(asMap(value), path), { container: "any" });
  return differences(common(expected), common(any), path);
}

/** Objects that the schema describes as the dicts that they are stored as. */
function asMap(value: unknown): unknown {
  if (!isObject(value) || ![Object.prototype, null].includes(Object.getPrototypeOf(value) as object | null))
    return value;
  return new Map(Object.entries(value).map(([key, member]) => [key, asMap(member)]));
}

/** What is expected of frames in order: their number, the checksum of their arrays, and some of them in full. */
export async function compareFrames(expected: unknown, frames: readonly Frame[]): Promise<readonly Difference[]> {
  if (!isObject(expected)) return [{ path: "frames", expected: "to be told what to expect", found: "nothing" }];
  const sum = new FrameDigest();
  for (const frame of frames) sum.add(frame);
  const found = { count: frames.length, ...("digest" in expected && { digest: sum.hex() }) };
  const { count, digest: hex } = expected;
  const wanted = { count, ...(hex !== undefined && { digest: hex }) };
  const full = isObject(expected["full"]) ? Object.entries(expected["full"]) : [];
  const inFull = full.map(([index, description]) =>
    describedAs(description, frames[Number(index)], `frames[${index}]`),
  );
  return [...differences(wanted, found, "frames"), ...(await Promise.all(inFull)).flat()];
}
