import { digest, type GroupNode, hdf5, type NdArray } from "@somakit/core";
import { fileSource } from "@somakit/core/node";
import {
  FaceReader,
  type FaceRows,
  ImageReader,
  open,
  PreEmbedReader,
  ReferenceReader,
  SparseFaceReader,
} from "@somakit/formats/skelshop";
import { differences } from "../../compare.js";
import type { Fixtures } from "../../fixtures.js";
import type { Check, Difference } from "../../system.js";
import { sha16, sha256 } from "./digests.js";
import { attributes } from "./stored.js";

type Expected = Readonly<Record<string, unknown>>;

/** Dumps of faces, dense and sparse. */
export function faceChecks(path: string, expected: Expected, fixtures: Fixtures): readonly Check[] {
  const file = fixtures.path(path);
  const sections: Readonly<Record<string, () => Promise<readonly Difference[]>>> = {
    kind: async () => differences(expected["kind"], (await kindOf(file)).replace("faces-", "face-")),
    attrs: async () => differences(expected["attrs"], await attributes(file)),
    datasets: () => arrayDifferences(file, ["faces"], expected["datasets"] as Expected),
    frames: async () => differences(expected["frames"], await frames(file)),
    asSparse: async () => differences(expected["asSparse"], await asSparse(file)),
    entries: async () => differences(expected["entries"], await entries(file)),
    correctAsDense: async () => differences(expected["correctAsDense"], await asDense(file)),
  };
  return Object.keys(expected)
    .filter((name) => !["sha16Of", "upstreamAsDense"].includes(name))
    .map((name) => {
      const run = sections[name];
      return run ? { name, run } : { name, skip: "a section that this runner does not know" };
    });
}

/** Dumps of images, reference embeddings, embeddings of hands. */
export function otherChecks(path: string, expected: Expected, fixtures: Fixtures): readonly Check[] {
  const file = fixtures.path(path);
  const sections: Readonly<Record<string, () => Promise<readonly Difference[]>>> = {
    kind: async () => differences(expected["kind"], await kindOf(file)),
    attrs: async () => differences(expected["attrs"], await attributes(file)),
    images: () => imageDifferences(file, expected["images"] as Expected),
    refs: () => referenceDifferences(file, expected["refs"] as Expected),
    frames: () => handDifferences(file, expected["frames"] as Expected),
    storedOrder: async () => differences(expected["storedOrder"], (await rootOf(file)).keys),
  };
  return Object.keys(expected).map((name) => {
    const run = sections[name];
    return run ? { name, run } : { name, skip: "a section that this runner does not know" };
  });
}

async function kindOf(file: string): Promise<string> {
  const reader = await open(await fileSource(file));
  await reader.close();
  return reader.kind;
}

async function rootOf(file: string): Promise<GroupNode> {
  return (await hdf5.open(await fileSource(file))) as GroupNode;
}

/** dtype, shape and checksum of each array of a group. */
async function arrayDifferences(
  file: string,
  names: readonly string[],
  expected: Expected,
): Promise<readonly Difference[]> {
  let group = await rootOf(file);
  for (const name of names) group = (await group.child(name)) as GroupNode;
  const found: Record<string, unknown> = {};
  const wanted: Record<string, unknown> = {};
  for (const key of group.keys) {
    const node = await group.child(key);
    const { npy } = (node ? await digest(node) : {}) as { readonly npy?: Expected };
    found[key] = { dtype: npy?.["dtype"], shape: npy?.["shape"], sha256: npy?.["sha256"] };
  }
  for (const [key, value] of Object.entries(expected)) {
    const { dtype, shape, sha256: sum } = value as Expected;
    wanted[key] = { dtype, shape, sha256: sum };
  }
  return differences(wanted, found, "", { order: false });
}

const rowsOf = ({ embed }: FaceRows): readonly string[] =>
  Array.from({ length: embed.shape[0] as number }, (_, row) => sha16(embed.slice(row)));

async function frames(file: string): Promise<unknown> {
  const reader = await FaceReader.open(await fileSource(file));
  const found: unknown[] = [];
  for await (const rows of reader) found.push(rowsOf(rows));
  for (let frame = 0; frame < reader.length; frame++)
    if (rowsOf(await reader.frame(frame)).join() !== (found[frame] as string[]).join())
      return `other faces in ${frame}`;
  await reader.close();
  return found;
}

async function asSparse(file: string): Promise<unknown> {
  const reader = await FaceReader.open(await fileSource(file));
  const found: unknown[] = [];
  for await (const { frame, person, rows } of reader.entries()) found.push([frame, person, ...rowsOf(rows)]);
  await reader.close();
  return found;
}

async function entries(file: string): Promise<unknown> {
  const reader = await SparseFaceReader.open(await fileSource(file));
  const found: unknown[] = [];
  let index = 0;
  for await (const { frame, person, rows } of reader) {
    const embed = sha16(rows.embed);
    found.push({ frame, pers: person, embed });
    // However the face is reached.
    const sought = await reader.find(frame, person);
    const others = [sha16(await reader.embeddingAt(index)), ...sought.map((entry) => sha16(entry.rows.embed))];
    if (!others.every((other) => other === embed) || others.length !== 2) return `face ${index} is another one`;
    index++;
  }
  await reader.close();
  return found;
}

async function asDense(file: string): Promise<unknown> {
  const reader = await SparseFaceReader.open(await fileSource(file));
  const found: unknown[] = [];
  for await (const people of reader.asDense()) found.push(people.map((rows) => (rows ? rowsOf(rows)[0] : null)));
  await reader.close();
  return found;
}

const shortOf = (array: NdArray): Expected => ({
  dtype: array.type.descr,
  shape: array.shape,
  sha256: sha256(array.toBytes()),
});

const wantedOf = (value: unknown): Expected => {
  const { dtype, shape, sha256: sum } = value as Expected;
  return { dtype, shape, sha256: sum };
};

async function imageDifferences(file: string, expected: Expected): Promise<readonly Difference[]> {
  const reader = await ImageReader.open(await fileSource(file));
  const found: Record<string, unknown> = {};
  const wanted: Record<string, unknown> = {};
  for (const name of await reader.names()) {
    const { width, height, people } = await reader.image(name);
    found[name] = { ...shortOf(people as NdArray), width, height };
  }
  for (const [name, value] of Object.entries(expected)) {
    const { width, height } = (value as Expected)["attrs"] as Readonly<Record<string, Expected>>;
    wanted[name] = { ...wantedOf(value), width: width?.["value"], height: height?.["value"] };
  }
  await reader.close();
  return differences(wanted, found);
}

async function referenceDifferences(file: string, expected: Expected): Promise<readonly Difference[]> {
  const reader = await ReferenceReader.open(await fileSource(file));
  const found: Record<string, unknown> = {};
  for (const label of await reader.labels()) found[label] = shortOf(await reader.embeddings(label));
  await reader.close();
  return differences(Object.fromEntries(Object.entries(expected).map(([key, value]) => [key, wantedOf(value)])), found);
}

async function handDifferences(file: string, expected: Expected): Promise<readonly Difference[]> {
  const reader = await PreEmbedReader.open(await fileSource(file));
  const found: [number, Expected][] = [];
  for await (const { frame, embeddings } of reader) found.push([frame, shortOf(embeddings)]);
  await reader.close();
  const wanted = Object.entries(expected).map(([key, value]) => [Number(key), wantedOf(value)] as const);
  return differences(
    wanted.sort(([a], [b]) => a - b),
    found,
  );
}
