import { isFormatError } from "@somakit/core";
import { fileSource } from "@somakit/core/node";
import { open, ShotSegmentedReader, type SkelShopReader } from "@somakit/formats/skelshop";
import type { Fixtures } from "../../fixtures.js";
import type { Check, Difference } from "../../system.js";
import { badFramesCheck } from "./text.js";

/** A file that must be refused, and by naming the place that is at fault. */
export function badChecks(path: string, expected: string, fixtures: Fixtures): readonly Check[] {
  if (!path.endsWith(".h5")) return [badFramesCheck(path, expected, fixtures)];
  return [{ name: "bad read", run: () => refusal(fixtures.path(path), expected) }];
}

async function refusal(file: string, expected: string): Promise<readonly Difference[]> {
  const source = await fileSource(file);
  try {
    const reader = expected.includes("not a skeleton timeline")
      ? await ShotSegmentedReader.open(source)
      : await open(source);
    await readAll(reader);
    return [{ path: "", expected: `an error: ${expected}`, found: "a file that can be read" }];
  } catch (error) {
    if (!isFormatError(error)) throw error;
    const place = placeOf(expected);
    const named = place.startsWith("@") && error.path === "" && error.message.includes(`"${place.slice(1)}"`);
    if (named || error.path.startsWith(place)) return [];
    return [{ path: place, expected, found: error.message }];
  } finally {
    await source.close?.();
  }
}

/** `/timeline/shot0/pose0/indices[1] …` as a path of ours. Of one that is missing the error names the key. */
function placeOf(message: string): string {
  const attribute = /^root attribute (\w+)/.exec(message)?.[1];
  if (attribute !== undefined) return `@${attribute}`;
  const [object] = /^\/[\w/]+/.exec(message) ?? /(?<=group )\/[\w/]+/.exec(message) ?? [""];
  return object.slice(1).replaceAll("/", ".");
}

async function readAll(reader: SkelShopReader): Promise<void> {
  if (reader.kind === "unseg") for await (const bundle of reader) for (const [, pose] of bundle) void pose.keypoints;
  if (reader.kind === "trackshots")
    for await (const shot of reader)
      for await (const bundle of shot) for (const [, pose] of bundle) void pose.keypoints;
  if (reader.kind === "images_multipose") for (const name of await reader.names()) await reader.image(name);
}
