import {
  type ArrayNode,
  FormatError,
  type GroupNode,
  hdf5,
  type Node,
  NumpyScalar,
  plainScalar,
  type Value,
} from "@somakit/core";
import { fileSource } from "@somakit/core/node";
import { type PersonTrack, ShotSegmentedReader, UnsegmentedReader } from "@somakit/formats/skelshop";
import { differences } from "../../compare.js";
import type { Fixtures } from "../../fixtures.js";
import type { Check, Difference } from "../../system.js";
import { sha16, sha256, widened } from "./digests.js";

type Expected = Readonly<Record<string, unknown>>;

/** Attributes, and what is stored of every person. */
export function storedChecks(path: string, expected: Expected, fixtures: Fixtures): readonly Check[] {
  const kind = expected["fmt_type"];
  return [
    { name: "check", run: () => noIssues(fixtures.path(path), kind) },
    { name: "attrs", run: async () => differences(expected["attrs"], await attributes(fixtures.path(path), "/")) },
    { name: "root", run: () => rootDifferences(fixtures.path(path), expected) },
    kind === "unseg"
      ? { name: "timeline", run: () => unsegDifferences(fixtures.path(path), expected["timeline"] as ExpectedShot) }
      : { name: "shots", run: () => shotDifferences(fixtures.path(path), expected) },
  ];
}

async function noIssues(path: string, kind: unknown): Promise<readonly Difference[]> {
  const reader = await open(path, kind);
  const issues = await reader.check();
  await reader.close();
  return issues.map(({ path: at, message }) => ({ path: at, expected: "no issues", found: message }));
}

async function open(path: string, kind: unknown): Promise<ShotSegmentedReader | UnsegmentedReader> {
  const source = await fileSource(path);
  return kind === "unseg" ? UnsegmentedReader.open(source) : ShotSegmentedReader.open(source);
}

async function rootDifferences(path: string, expected: Expected): Promise<readonly Difference[]> {
  const reader = await open(path, expected["fmt_type"]);
  const { mode, limbs } = reader.info;
  await reader.close();
  return differences({ mode: expected["mode"], limbs: expected["limbs"] }, { mode, limbs });
}

interface ExpectedPose {
  readonly name: string;
  readonly id: number;
  readonly start_frame: number;
  readonly end_frame: number;
  readonly rows: number;
  readonly nnz: number;
  readonly emptyRows: readonly number[];
  readonly dense: { readonly shape: readonly number[]; readonly sha256: string };
}

interface ExpectedShot {
  readonly name: string;
  readonly index: number;
  readonly start_frame: number;
  readonly end_frame: number;
  readonly poses: readonly ExpectedPose[];
  readonly frames: readonly (readonly (readonly [id: number, digest: string, empty?: "empty"])[])[];
}

async function unsegDifferences(path: string, expected: ExpectedShot): Promise<readonly Difference[]> {
  const reader = await UnsegmentedReader.open(await fileSource(path), { empty: "keep" });
  try {
    const { startFrame, endFrame } = reader;
    const found = { ...(await contentOf(await reader.tracks(), reader)), start_frame: startFrame, end_frame: endFrame };
    return differences(common(expected), found);
  } finally {
    await reader.close();
  }
}

async function shotDifferences(path: string, expected: Expected): Promise<readonly Difference[]> {
  const reader = await ShotSegmentedReader.open(await fileSource(path), { empty: "keep" });
  try {
    const shots = expected["shots"] as readonly ExpectedShot[];
    const found: Difference[] = [];
    for (const shot of [...shots].sort((a, b) => a.index - b.index)) {
      const read = await reader.shot(shot.index);
      const { startFrame, endFrame } = read;
      const content = await contentOf(await read.tracks(), read);
      const all = { ...content, start_frame: startFrame, end_frame: endFrame };
      found.push(...differences(common(shot), all, shot.name));
    }
    return reader.length === shots.length
      ? found
      : [...found, { path: "", expected: `${shots.length} shots`, found: String(reader.length) }];
  } finally {
    await reader.close();
  }
}

/** What is looked at of a shot. Persons come in the order of their numbers. */
function common({ start_frame, end_frame, poses, frames }: ExpectedShot): unknown {
  const people = poses.map(({ name, id, start_frame: start, end_frame: end, rows, nnz, emptyRows, dense }) => {
    return { name, id, start, end, rows, nnz, emptyRows, shape: dense.shape, sha256: dense.sha256 };
  });
  const frameless = start_frame > end_frame ? {} : { frames };
  return { poses: people.sort((a, b) => a.id - b.id), ...frameless, start_frame, end_frame };
}

async function contentOf(
  tracks: readonly PersonTrack[],
  shot: AsyncIterable<Iterable<readonly [number, { readonly isEmpty: boolean; readonly keypoints: unknown }]>> & {
    readonly startFrame: number;
    readonly endFrame: number;
  },
): Promise<Record<string, unknown>> {
  const poses: unknown[] = [];
  for (const track of tracks) {
    const { id, startFrame: start, endFrame: end, path, length: rows } = track;
    const keypoints = await track.keypoints();
    const presences = await track.presences();
    const { starts } = await track.window(track);
    poses.push({
      name: path.slice(path.lastIndexOf(".") + 1),
      id,
      start,
      end,
      rows,
      nnz: starts[starts.length - 1],
      emptyRows: presences.flatMap((presence, row) => (presence === "empty" ? [row] : [])),
      shape: keypoints.shape,
      sha256: sha256(widened(keypoints)),
    });
  }
  const frames: unknown[] = [];
  for await (const bundle of shot) {
    frames.push(
      [...bundle].map(([id, pose]) => {
        const digest = sha16(pose.keypoints as Parameters<typeof sha16>[0]);
        return pose.isEmpty ? [id, digest, "empty"] : [id, digest];
      }),
    );
  }
  return { poses, ...(shot.startFrame > shot.endFrame ? {} : { frames }) };
}

/** Attributes in the notation of the fixtures. */
export async function attributes(path: string, ...names: readonly string[]): Promise<Record<string, unknown>> {
  const source = await fileSource(path);
  try {
    let node: GroupNode | ArrayNode = (await hdf5.open(source)) as GroupNode;
    for (const name of names.filter((part) => part !== "/")) {
      const child: Node | undefined = node.kind === "group" ? await node.child(name) : undefined;
      if (child?.kind !== "group" && child?.kind !== "array") throw new FormatError("missing", `no ${name}`);
      node = child;
    }
    const found: Record<string, unknown> = {};
    const group = await node.attributes?.();
    for (const key of group?.keys ?? []) {
      const attribute = await group?.child(key);
      if (attribute?.kind === "scalar") found[key] = attributeText(attribute.value);
    }
    return Object.fromEntries(Object.entries(found).sort(([a], [b]) => (a < b ? -1 : 1)));
  } finally {
    await source.close?.();
  }
}

function attributeText(value: Value): unknown {
  const type = value instanceof NumpyScalar ? value.type.descr : typeof value === "boolean" ? "bool" : `vlen-utf8`;
  return { type, value: plainScalar(value) };
}
