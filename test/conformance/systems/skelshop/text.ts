import { isFormatError } from "@somakit/core";
import { fileSource } from "@somakit/core/node";
import {
  type Mode,
  openPoseFrames,
  readCuts,
  readIdentification,
  readSelection,
  skeletonOf,
} from "@somakit/formats/skelshop";
import { differences } from "../../compare.js";
import type { Fixtures } from "../../fixtures.js";
import type { Check, Difference } from "../../system.js";
import { sha256 } from "./digests.js";

type Expected = Readonly<Record<string, unknown>>;

/** Files beside those of skeletons and faces. */
export function textChecks(path: string, expected: Expected, fixtures: Fixtures): readonly Check[] {
  const text = (): string => new TextDecoder().decode(fixtures.bytes(path));
  if ("rows" in expected) {
    const read = path.startsWith("bestcands") ? readSelection : readIdentification;
    return [{ name: "rows", run: async () => differences(expected["rows"], read(text())) }];
  }
  if ("cuts" in expected)
    return [{ name: "cuts", run: async () => differences(expected["cuts"], readCuts(text(), path)) }];
  if (!("frames" in expected)) return [];
  return [{ name: "frames", run: () => frameDifferences(fixtures.path(path), expected) }];
}

/** Frames of OpenPose: their persons as the columns of a mode. */
async function frameDifferences(path: string, expected: Expected): Promise<readonly Difference[]> {
  const { version, frames } = await framesOf(path, expected["mode"] as Mode);
  const wanted = (expected["frames"] as readonly Expected[]).map(({ frame, people }) => ({
    frame,
    people: (people as readonly Expected[]).map(({ dtype, shape, sha256: sum }) => ({ dtype, shape, sha256: sum })),
  }));
  return differences({ version: String(expected["version"]), frames: wanted }, { version, frames });
}

async function framesOf(path: string, mode: Mode): Promise<{ readonly version: string; readonly frames: unknown[] }> {
  const source = await fileSource(path);
  try {
    const frames: unknown[] = [];
    let version = "";
    for await (const { frame, content } of (await openPoseFrames(source, skeletonOf(mode))).frames) {
      version = content?.version ?? version;
      const people = (content?.people ?? []).map(({ keypoints }) => {
        const bytes = new Uint8Array(keypoints.buffer, keypoints.byteOffset, keypoints.byteLength);
        return { dtype: "<f4", shape: [keypoints.length / 3, 3], sha256: sha256(bytes) };
      });
      frames.push({ frame, people });
    }
    return { version, frames };
  } finally {
    await source.close?.();
  }
}

/** Frames that must be refused, and by a message that says which is missing. */
export function badFramesCheck(path: string, expected: string, fixtures: Fixtures): Check {
  const run = async (): Promise<readonly Difference[]> => {
    const [named = expected] = /^frame \d+ is missing/.exec(expected) ?? [];
    try {
      await framesOf(fixtures.path(path), "BODY_25");
      return [{ path: "", expected: `an error: ${expected}`, found: "frames that can be read" }];
    } catch (error) {
      if (!isFormatError(error)) throw error;
      return error.message.includes(named) ? [] : [{ path: "", expected, found: error.message }];
    }
  };
  return { name: "bad frames", run };
}
