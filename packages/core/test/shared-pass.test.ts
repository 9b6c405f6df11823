import { describe, expect, it, vi } from "vitest";
import { msgpackStream } from "../src/codec/msgpack/index.js";
import type { RecordTree } from "../src/engine/records/tree.js";
import { memorySource } from "../src/source/memory.js";
import { type SharedView, sharedPass } from "../src/statistics/shared-pass.js";
import type { Node } from "../src/tree/node.js";
import { nodeOfValue } from "../src/tree/value-node.js";

const RECORDS = [{ name: "records", ownStream: false, repeat: true }];
/** `{"n": 0}`, `{"n": 1}` and so on. */
const recordBytes = (count: number): Uint8Array =>
  Uint8Array.from(Array.from({ length: count }, (_, n) => [0x81, 0xa1, 0x6e, 0xcd, n >> 8, n & 255]).flat());

async function stream(count: number, rest: readonly number[] = []) {
  const bytes = Uint8Array.from([...recordBytes(count), ...rest]);
  const tree = (await msgpackStream.open(memorySource(bytes, "x"), { records: RECORDS })) as RecordTree;
  const nodes = vi.spyOn(tree.records, "nodes");
  const views = sharedPass(tree);
  if (!views) throw new Error("it is no stream");
  return { views, nodes };
}

async function* recordsOf({ root }: SharedView): AsyncGenerator<number> {
  const list = root.kind === "group" ? await root.child("records") : undefined;
  if (list?.kind !== "list" || !list.items) throw new Error("there is no list");
  for await (const item of list.items()) yield await numberOf(item);
}

async function numberOf(item: Node): Promise<number> {
  const node = item.kind === "group" ? await item.child("n") : undefined;
  return node?.kind === "scalar" ? Number(node.value) : Number.NaN;
}

async function all(view: SharedView): Promise<readonly number[]> {
  const found: number[] = [];
  try {
    for await (const record of recordsOf(view)) found.push(record);
  } finally {
    view.done();
  }
  return found;
}

const upTo = (count: number): readonly number[] => Array.from({ length: count }, (_, index) => index);

describe("a pass that two walks share", () => {
  it("shows both all items in order, and reads them once", async () => {
    const { views, nodes } = await stream(2000);
    const [one, other] = await Promise.all(views.map(all));
    expect(one).toEqual(upTo(2000));
    expect(other).toEqual(one);
    expect(nodes).toHaveBeenCalledTimes(1);
  });

  it("waits for nobody who has left, or who never came", async () => {
    const { views, nodes } = await stream(2000);
    const [first, second] = views;
    const leaving = (async () => {
      for await (const record of recordsOf(second)) if (record === 3) return record;
      return undefined;
    })();
    expect(await Promise.all([all(first), leaving])).toEqual([upTo(2000), 3]);
    expect(nodes).toHaveBeenCalledTimes(1);
    const { views: others } = await stream(2000);
    others[1].done();
    expect(await all(others[0])).toEqual(upTo(2000));
  });

  it("keeps few items for who is slow", async () => {
    const { views } = await stream(2000);
    let ahead = 0;
    const fast = (async () => {
      for await (const record of recordsOf(views[0])) ahead = record;
    })();
    const slow = recordsOf(views[1]);
    for (let step = 0; step < 5; step++) await slow.next();
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(ahead).toBeLessThan(300);
    await slow.return(undefined);
    await fast;
    expect(ahead).toBe(1999);
  });

  it("ends for both where the bytes are damaged", async () => {
    const { views } = await stream(10, [0xc1]);
    const ended = await Promise.allSettled(views.map(all));
    expect(ended.map(({ status }) => status)).toEqual(["rejected", "rejected"]);
    for (const end of ended) expect(end).toMatchObject({ reason: { path: "records[10]" } });
  });

  it("is made anew for who goes through it twice", async () => {
    const { views, nodes } = await stream(20);
    views[1].done();
    const list = views[0].root.kind === "group" ? await views[0].root.child("records") : undefined;
    const count = async (): Promise<number> => {
      let items = 0;
      if (list?.kind === "list") for await (const _ of list.items?.() ?? []) items++;
      return items;
    };
    expect([await count(), await count()]).toEqual([20, 20]);
    expect(nodes).toHaveBeenCalledTimes(2);
  });

  it("is not for what can be read in any order", () => {
    expect(sharedPass(nodeOfValue(new Map([["a", 1]])))).toBeUndefined();
  });
});
