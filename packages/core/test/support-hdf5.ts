import { execFileSync, spawnSync } from "node:child_process";
import { describe } from "vitest";
import { hdf5 } from "../src/codec/hdf5/index.js";
import type { OpenContainerOptions } from "../src/engine/container.js";
import { FormatError } from "../src/errors.js";
import { fileSource } from "../src/node/file.js";
import type { Source } from "../src/source/source.js";
import { digest } from "../src/tree/digest.js";
import type { ArrayNode, GroupNode, Node } from "../src/tree/node.js";
import { arrayNode } from "../src/tree/value-node.js";

const PYTHON = process.env["SOMAKIT_PYTHON"] ?? "/usr/bin/python3";

/** Whether there is a Python with h5py to compare with. */
export const hasH5py: boolean = spawnSync(PYTHON, ["-c", "import h5py"]).status === 0;

/** A group of tests that run h5py; shown as skipped where there is none. */
export const describeWithH5py: typeof describe.skip = hasH5py ? (describe as typeof describe.skip) : describe.skip;

/** What a script prints, with `h5py` and `np` at hand, and `path` its first argument. */
export function h5py(path: string, script: string, ...args: readonly string[]): string {
  const head = "import sys, json, h5py, numpy as np\npath = sys.argv[1]\n";
  return execFileSync(PYTHON, ["-W", "ignore", "-c", head + script, path, ...args], {
    encoding: "utf8",
    maxBuffer: 2 ** 28,
  });
}

export async function openGroup(source: Source, options: OpenContainerOptions = {}): Promise<GroupNode> {
  const root = await hdf5.open(source, options);
  if (root.kind !== "group") throw new Error("the root is no group");
  return root;
}

export async function openPath(path: string, options: OpenContainerOptions = {}): Promise<GroupNode> {
  return openGroup(await fileSource(path), options);
}

/** The node at `names` below `group`. */
export async function nodeAt(group: GroupNode, ...names: readonly string[]): Promise<Node> {
  let node: Node = group;
  for (const name of names) {
    const child: Node | undefined = node.kind === "group" ? await node.child(name) : undefined;
    if (!child) throw new Error(`there is no ${names.join("/")}`);
    node = child;
  }
  return node;
}

export async function arrayAt(group: GroupNode, ...names: readonly string[]): Promise<ArrayNode> {
  const node = await nodeAt(group, ...names);
  if (node.kind !== "array") throw new Error(`${names.join("/")} is no array`);
  return node;
}

/** The source as one that has to be waited for, as URLs and Blobs do. */
export function waitedFor(source: Source): Source & { readonly requests: [start: number, end: number][] } {
  const requests: [number, number][] = [];
  return {
    byteLength: source.byteLength,
    name: source.name,
    requests,
    async read(start, end, options) {
      requests.push([start, end]);
      return source.read(start, end, options);
    },
  };
}

/** What is at each place of a file: members, attributes, types, contents; or `!` and the code of the error that is there. */
export async function placesIn(source: Source): Promise<ReadonlyMap<string, string>> {
  const places = new Map<string, string>();
  const note = async (place: string, work: () => Promise<string>): Promise<void> => {
    try {
      places.set(place, await work());
    } catch (error) {
      if (!(error instanceof FormatError)) throw error;
      places.set(place, `!${error.code} ${error.message}`);
    }
  };
  const visit = async (node: Node, name: string): Promise<void> => {
    await note(`${name}@`, async () => {
      const attributes = await node.attributes?.();
      for (const key of attributes?.keys ?? [])
        await note(`${name}@${key}`, async () => contentOf((await attributes?.child(key)) as Node));
      return JSON.stringify(attributes?.keys ?? []);
    });
    await note(`${name}/`, () => contentOf(node));
    if (node.kind !== "group") return;
    for (const key of node.keys)
      await note(`${name}/${key}`, async () => {
        await visit((await node.child(key)) as Node, `${name}/${key}`);
        return "is there";
      });
  };
  await note("", async () => {
    await visit(await hdf5.open(source), "");
    return "is open";
  });
  return places;
}

async function contentOf(node: Node): Promise<string> {
  if (node.kind === "array") return JSON.stringify(await digest(arrayNode(await node.load(), node.path)));
  if (node.kind === "scalar") return JSON.stringify(await digest({ kind: "scalar", path: "", value: node.value }));
  return node.kind === "group" ? JSON.stringify(node.keys) : node.kind;
}
