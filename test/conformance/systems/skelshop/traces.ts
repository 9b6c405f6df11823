import { fileSource } from "@somakit/core/node";
import {
  AsIfSingleShot,
  AsIfTracked,
  type Bundle,
  type EmptyShot,
  type ShotReader,
  ShotSegmentedReader,
  type ShotSegmentedReaderOptions,
  UnsegmentedReader,
} from "@somakit/formats/skelshop";
import { differences } from "../../compare.js";
import type { Fixtures } from "../../fixtures.js";
import type { Check, Difference } from "../../system.js";
import { sha16, sha256 } from "./digests.js";

type Expected = Readonly<Record<string, unknown>>;

/** What SkelShop's readers give, and what a corrected iteration by frames gives. */
export function traceChecks(path: string, expected: Expected, fixtures: Fixtures): readonly Check[] {
  const file = fixtures.path(path);
  const traces = Object.entries(expected["traces"] as Expected).flatMap(([name, trace]): Check[] => {
    if (name === "getitem")
      return Object.entries(trace as Expected).map(([item, found]) => ({
        name: `getitem ${item}`,
        run: () => getItem(file, item, found),
      }));
    const raises = (trace as Expected)["raises"];
    if (raises !== undefined) return [{ name: `trace ${name}`, run: () => notRaised(file, name) }];
    return [{ name: `trace ${name}`, run: async () => differences(trace, await traceOf(file, name)) }];
  });
  const corrected = Object.entries((expected["correctFrom"] ?? {}) as Expected).map(([frame, found]) => ({
    name: `frames from ${frame}`,
    run: () => correctFrom(file, Number(frame), found as CorrectFrom),
  }));
  return [...traces, ...corrected];
}

async function withReader<T>(
  file: string,
  options: ShotSegmentedReaderOptions,
  use: (reader: ShotSegmentedReader) => Promise<T>,
): Promise<T> {
  const reader = await ShotSegmentedReader.open(await fileSource(file), options);
  try {
    return await use(reader);
  } finally {
    await reader.close();
  }
}

/** Endless readers of files without shots break off in SkelShop; here they give frames without persons from 0 on. */
async function notRaised(file: string, name: string): Promise<readonly Difference[]> {
  const found = await traceOf(file, name);
  return differences(
    [{ type: "EmptyShot", start_frame: 0, end_frame: null, infinite: true, firstThree: [[], [], []] }],
    found,
  );
}

async function traceOf(file: string, name: string): Promise<unknown> {
  const frame = Number(/\((-?\d+)/.exec(name)?.[1]);
  const infinite = name.includes("infinite");
  if (/^(Unsegmented|AsIfTracked)/.test(name)) {
    const reader = await UnsegmentedReader.open(await fileSource(file), { sequence: "skelshop" });
    try {
      const tracked = name.startsWith("AsIfTracked");
      const source = tracked ? new AsIfTracked(reader) : reader;
      const found = await flat(name.includes("iter_from") ? source.iterFrom(frame) : source, tracked);
      // Of frames without anybody nobody could tell whether persons have ids.
      return found.poses.some((count) => count > 0) ? found : { ...found, ids: null };
    } finally {
      await reader.close();
    }
  }
  return withReader(file, { sequence: "skelshop", infinite }, async (reader) => {
    if (name.startsWith("AsIfSingleShot")) {
      const single = new AsIfSingleShot(reader);
      return flat(name.includes("iter_from") ? single.iterFrom(frame) : single, true);
    }
    if (name.startsWith("iter_from_frame")) return shots(reader.iterFromFrame(frame));
    if (name.startsWith("iter_from_shot")) return shots(reader.iterFromShot(frame));
    return shots(reader);
  });
}

type AnyBundle = Iterable<readonly [id: number, pose: { readonly keypoints: Parameters<typeof sha16>[0] }]>;

interface Flat {
  readonly count: number;
  readonly poses: readonly number[];
  readonly ids: readonly (readonly number[])[] | null;
  readonly sha256: string;
}

async function flat(bundles: AsyncIterable<AnyBundle>, tracked: boolean): Promise<Flat> {
  const { count, ids, lines } = await linesOf(bundles);
  const poses = ids.map(({ length }) => length);
  return { count, poses, ids: tracked && count > 0 ? ids : null, sha256: sha256(lines) };
}

async function linesOf(
  bundles: AsyncIterable<AnyBundle>,
): Promise<{ readonly count: number; readonly ids: readonly (readonly number[])[]; readonly lines: string }> {
  const ids: number[][] = [];
  const lines: string[] = [];
  for await (const bundle of bundles) {
    const poses = [...bundle];
    ids.push(poses.map(([id]) => id));
    lines.push(poses.map(([, pose]) => sha16(pose.keypoints)).join(","));
  }
  return { count: ids.length, ids, lines: lines.join("\n") };
}

async function shots(all: AsyncIterable<ShotReader | EmptyShot>): Promise<unknown> {
  const found: unknown[] = [];
  for await (const shot of all) {
    const type = shot.kind === "shot" ? "ShotReader" : "EmptyShot";
    const place = { type, start_frame: shot.startFrame, end_frame: shot.endFrame ?? null };
    if (shot.endFrame === undefined) {
      found.push({ ...place, infinite: true, firstThree: await firstIds(shot, 3) });
      continue;
    }
    const { count, ids, lines } = await linesOf(shot);
    found.push({ ...place, count, ids, sha256: sha256(lines) });
  }
  return found;
}

async function firstIds(bundles: AsyncIterable<Bundle>, count: number): Promise<unknown> {
  const ids: (readonly number[])[] = [];
  for await (const bundle of bundles) {
    ids.push(bundle.ids);
    if (ids.length === count) break;
  }
  return ids;
}

/** `[1][2, [0]]`: of shot 1 the frame 2, of person 0. */
function getItem(file: string, item: string, expected: unknown): Promise<readonly Difference[]> {
  return withReader(file, { sequence: "skelshop" }, async (reader) => {
    const [, shot, frame, ids] = /^\[(\d+)\]\[(-?\d+)(?:, \[([\d, ]*)\])?\]$/.exec(item) ?? [];
    const wanted = ids
      ?.split(",")
      .filter((id) => id.trim() !== "")
      .map(Number);
    const bundle = await (await reader.shot(Number(shot))).at(Number(frame), wanted);
    return differences(expected, [bundle.ids, [...bundle.poses()].map((pose) => sha16(pose.keypoints))]);
  });
}

interface CorrectFrom {
  readonly count: number;
  readonly sha256: string;
  readonly sha256Present: string;
}

async function correctFrom(file: string, from: number, expected: CorrectFrom): Promise<readonly Difference[]> {
  const digests: { count: number; sha256: string }[] = [];
  for (const empty of ["keep", "skip"] as const) {
    const { count, lines } = await withReader(file, { empty }, (reader) => linesOf(reader.iterFrames(from)));
    digests.push({ count, sha256: sha256(lines) });
    // The same frames by way of shots.
    const again = await withReader(file, { empty }, (reader) => linesOf(new AsIfSingleShot(reader).iterFrom(from)));
    if (again.lines !== lines) return [{ path: "", expected: "the same frames by way of shots", found: "others" }];
  }
  const [kept, skipped] = digests;
  return differences(expected, { count: kept?.count, sha256: kept?.sha256, sha256Present: skipped?.sha256 });
}
