import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, test } from "vitest";
import { Journal } from "../src/journal/journal.js";
import { memoryJournalStore } from "../src/journal/memory-store.js";
import type { JournalStore } from "../src/journal/store.js";
import { fileJournalStore } from "../src/node/journal.js";

const KIND = { kind: "parts/1" };
const bytes = (...values: readonly number[]): Uint8Array => Uint8Array.from(values);

async function contentOf(journal: Journal): Promise<unknown> {
  return Promise.all(journal.entries.map(async (entry) => [entry.head, [...(await entry.read())]]));
}

const stores: readonly (readonly [string, (folder: string) => (content?: Uint8Array) => Promise<JournalStore>])[] = [
  ["in memory", () => async (content) => memoryJournalStore(content)],
  [
    "in a file",
    (folder) => async (content) => {
      const path = join(folder, "work.journal");
      if (content) writeFileSync(path, content);
      return fileJournalStore(path);
    },
  ],
];

describe.each(stores)("a journal %s", (_, storesIn) => {
  let folder: string;
  let open: (content?: Uint8Array) => Promise<JournalStore>;
  const opened: JournalStore[] = [];
  const store = async (content?: Uint8Array): Promise<JournalStore> => {
    const made = await open(content);
    opened.push(made);
    return made;
  };
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "somakit-journal-"));
    open = storesIn(folder);
  });
  afterEach(async () => {
    for (const one of opened.splice(0)) await one.close().catch(() => undefined);
    rmSync(folder, { recursive: true, force: true });
  });

  async function filled(): Promise<{ readonly content: Uint8Array; readonly ends: readonly number[] }> {
    const one = await store();
    const journal = await Journal.open(one, KIND);
    const ends = [one.byteLength];
    for (const [head, body] of [
      [{ name: "a" }, bytes(1, 2, 3)],
      [["b", 2], bytes()],
      [{ name: "ü" }, new Uint8Array(3_000_000).fill(7)],
    ] as const) {
      await journal.append(head, body);
      ends.push(one.byteLength);
    }
    return { content: (await one.read(0, one.byteLength)).slice(), ends };
  }

  it("gives back what was appended, now and later", async () => {
    const one = await store();
    const journal = await Journal.open(one, KIND);
    const entry = await journal.append({ name: "a" }, bytes(1, 2, 3));
    expect([entry.head, entry.byteLength, [...(await entry.read())]]).toEqual([{ name: "a" }, 3, [1, 2, 3]]);
    await journal.append({ name: "b" }, bytes());
    const expected = [
      [{ name: "a" }, [1, 2, 3]],
      [{ name: "b" }, []],
    ];
    expect(await contentOf(journal)).toEqual(expected);
    expect(await contentOf(await Journal.open(one, KIND))).toEqual(expected);
  });

  it("keeps appends apart that overlap", async () => {
    const one = await store();
    const journal = await Journal.open(one, KIND);
    await Promise.all(Array.from({ length: 50 }, (_, at) => journal.append(at, bytes(at, at))));
    const again = await Journal.open(one, KIND);
    expect(await contentOf(again)).toEqual(Array.from({ length: 50 }, (_, at) => [at, [at, at]]));
  });

  it("cuts off what was not written in full, wherever that is", async () => {
    const { content, ends } = await filled();
    const [none, first, second] = ends as [number, number, number];
    const cuts = [0, 5, 17, 18, 25, none, none + 1, first - 1, first, second + 20, content.length - 1];
    for (const cut of cuts) {
      const one = await store(content.slice(0, cut));
      const whole = ends.filter((end) => end <= cut).length;
      const journal = await Journal.open(one, KIND);
      expect(journal.entries).toHaveLength(Math.max(0, whole - 1));
      expect(one.byteLength).toBe(ends[Math.max(0, whole - 1)]);
      await journal.append("more", bytes(9));
      const again = await Journal.open(one, KIND);
      expect(again.entries.at(-1)?.head).toBe("more");
      await one.close();
    }
  });

  it("cuts off from the first entry that was damaged", async () => {
    const { content, ends } = await filled();
    for (const [at, left] of [
      [(ends[1] as number) - 1, 0],
      [(ends[1] as number) + 2, 1],
      [content.length - 1_500_000, 2],
    ] as const) {
      const damaged = content.slice();
      damaged[at] = (damaged[at] as number) ^ 0xff;
      const journal = await Journal.open(await store(damaged), KIND);
      expect(journal.entries).toHaveLength(left);
    }
  });

  test.each([
    ["something else", new TextEncoder().encode("years of work"), "not-this-format"],
    ["zeros", new Uint8Array(100), "not-this-format"],
  ])("refuses %s, and leaves it as it is", async (_name, content, code) => {
    const one = await store(content);
    await expect(Journal.open(one, KIND)).rejects.toMatchObject({ code });
    expect(await one.read(0, one.byteLength)).toEqual(content);
  });

  it("refuses a journal of another kind, and leaves it as it is", async () => {
    const { content } = await filled();
    const torn = content.slice(0, -1);
    const one = await store(torn);
    await expect(Journal.open(one, { kind: "parts/2" })).rejects.toMatchObject({
      code: "mismatch",
      message: expect.stringContaining("is a journal of parts/1, not of parts/2"),
    });
    expect(one.byteLength).toBe(torn.length);
  });

  it("leaves nothing of an append that failed", async () => {
    const one = await store();
    let full = false;
    const failing: JournalStore = {
      ...one,
      name: one.name,
      get byteLength() {
        return one.byteLength;
      },
      async append(data) {
        await one.append(full ? data.subarray(0, 5) : data);
        if (full) throw new Error("the disk is full");
      },
    };
    const journal = await Journal.open(failing, KIND);
    await journal.append(1, bytes(1));
    const { byteLength } = one;
    full = true;
    await expect(journal.append(2, bytes(2))).rejects.toThrow("the disk is full");
    expect(one.byteLength).toBe(byteLength);
    full = false;
    await journal.append(3, bytes(3));
    expect(await contentOf(await Journal.open(one, KIND))).toEqual([
      [1, [1]],
      [3, [3]],
    ]);
  });

  it("is gone when it was removed", async () => {
    const one = await store();
    await (await Journal.open(one, KIND)).append(1, bytes(1));
    await one.remove();
    const again = await Journal.open(await store(), KIND);
    expect(again.entries).toEqual([]);
  });

  it("stops reading at its signal", async () => {
    const { content } = await filled();
    const one = await store(content);
    await expect(Journal.open(one, { ...KIND, signal: AbortSignal.abort(new Error("enough")) })).rejects.toThrow(
      "enough",
    );
    expect(one.byteLength).toBe(content.length);
  });
});

test("a journal in a file holds no more than its entries", async () => {
  const folder = mkdtempSync(join(tmpdir(), "somakit-journal-"));
  try {
    const path = join(folder, "work.journal");
    const store = await fileJournalStore(path);
    await (await Journal.open(store, KIND)).append({ a: 1 }, bytes(1, 2));
    await store.close();
    const { length } = readFileSync(path);
    expect(length).toBe(18 + 12 + '{"kind":"parts/1"}'.length + 12 + '{"a":1}'.length + 2);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
