import { digest, isFormatError, MemorySink, memorySource, pickle } from "@somakit/core";
import { fileFolder } from "@somakit/core/node";
import {
  motionOf,
  type NtuDatasetName,
  ntuAnnotation,
  readBodyTracks,
  uprightFrames,
  writeNtuDataset,
} from "../../../../packages/formats/src/pyskl/ntu/index.js";
import { differences, isObject } from "../../compare.js";
import type { Fixtures } from "../../fixtures.js";
import type { Check, Difference } from "../../system.js";
import { common } from "./notation.js";

const FOLDER = "nturgb+d_skeletons";

/** The bodies that are in each text of a folder, as upstream gathers them. */
export function bodiesCheck(path: string, files: unknown, fixtures: Fixtures): Check {
  return {
    name: "files",
    run: async () => {
      const found: Record<string, unknown> = {};
      for (const [name, about] of Object.entries(isObject(files) ? files : {})) {
        const tracks = await readBodyTracks(fixtures.bytes(`${path}/${FOLDER}/${name}.skeleton`), { name });
        const bodies = tracks.map((track) => ({
          id: String(track.bodyID),
          start: track.start,
          frames: track.positions.shape[0],
          motion: motionOf(track),
          upright: uprightFrames(track).length,
        }));
        found[name] = { note: isObject(about) ? about["note"] : undefined, bodies };
      }
      return differences(files, found);
    },
  };
}

/** What is made of the texts in a folder is what upstream makes, but for clips without anybody. */
export function madeCheck(path: string, file: string, object: unknown, fixtures: Fixtures): Check {
  return {
    name: `made ${file}`,
    run: async () => {
      const dataset = file.replace(/_.*/, "") as NtuDatasetName;
      const sink = new MemorySink(file);
      await writeNtuDataset(sink, await fileFolder(fixtures.path(`${path}/${FOLDER}`)), { dataset });
      const node = await pickle.open(memorySource(sink.bytes(), file));
      const { pickle: found } = await digest(node, { maxDepth: 500, container: "pickle" });
      return differences(common(withoutNone(object)), common(found));
    },
  };
}

/** The expected file without clips that upstream stores None for, and without their names. */
function withoutNone(object: unknown): unknown {
  const file = structuredClone(object) as ExpectedFile;
  const { annotations, split } = file.dict;
  annotations.list = annotations.list.filter((annotation) => annotation !== null);
  const names = new Set(annotations.list.map((annotation) => annotation?.dict.frame_dir));
  for (const part of Object.values(split.dict)) part.list = part.list.filter((name) => names.has(name));
  return file;
}

interface ExpectedFile {
  readonly dict: {
    readonly annotations: { list: ({ readonly dict: { readonly frame_dir: string } } | null)[] };
    readonly split: { readonly dict: Readonly<Record<string, { list: string[] }>> };
  };
}

/** A text of which no clip can be made. */
export function badSkeletonCheck(path: string, error: string, fixtures: Fixtures): Check {
  return {
    name: "bad",
    run: async () => {
      const name = (path.split("/").at(-1) as string).replace(/\.skeleton$/, "");
      try {
        const made = ntuAnnotation(name, await readBodyTracks(fixtures.bytes(path), { name }));
        return [{ path: "", expected: error, found: `a clip of ${made?.total_frames} frames` }];
      } catch (thrown) {
        if (!isFormatError(thrown)) throw thrown;
        return unlike(error, thrown.code);
      }
    },
  };
}

/** The kind of error that an expected text speaks of. */
function unlike(error: string, code: string): readonly Difference[] {
  const expected = /^file ends/.test(error) ? "truncated" : /nobody is left/.test(error) ? "missing" : "corrupt";
  return code === expected ? [] : [{ path: "", expected: `${expected}: ${error}`, found: code }];
}
