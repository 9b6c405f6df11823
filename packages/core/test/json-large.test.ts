// Large documents are gone through in pieces and read in blocks. Here pieces and blocks are a few bytes, so that small documents have
// every way of being divided; the last group has documents of real sizes.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { openJson } from "../src/codec/json/container.js";
import { JsonDocument } from "../src/codec/json/document.js";
import { valueOfJson } from "../src/codec/json/from-json.js";
import { nodeOfOutline } from "../src/codec/json/tree.js";
import { exactValue } from "../src/engine/exact.js";
import { FormatError } from "../src/errors.js";
import { memorySource } from "../src/source/memory.js";
import type { Source } from "../src/source/source.js";
import type { GroupNode, ListNode, Node } from "../src/tree/node.js";
import type { Value } from "../src/value/value.js";

const bytesOf = (text: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(text);

/** A source that has to be waited for, or is read at once, as files of Node are. */
function sourceOf(bytes: Uint8Array, kind: "view" | "now" | "waits"): Source {
  const { byteLength, name, read, view } = memorySource(bytes);
  if (kind === "view") return { byteLength, name, read, view: view as NonNullable<Source["view"]> };
  const slow: Source = { byteLength, name, read: async (start, stop) => bytes.slice(start, stop) };
  return kind === "waits"
    ? slow
    : { ...slow, readNow: (to, start) => to.set(bytes.subarray(start, start + to.length)) };
}

const KINDS = ["view", "now", "waits"] as const;

/** The tree of a document that is divided into tiny parts; that of its value where nothing is large enough. */
async function divided(
  bytes: Uint8Array,
  piece: number,
  kind: (typeof KINDS)[number] = "now",
  large = 2,
): Promise<Node | undefined> {
  const document = new JsonDocument(sourceOf(bytes, kind), {}, { piece, large, block: 5 });
  const outline = await document.outline({});
  return outline && nodeOfOutline(document, outline, "");
}

/** Everything below a node, by way of its children. */
async function walked(node: Node): Promise<Value> {
  if (node.kind === "group") {
    const entries = await Promise.all(
      node.keys.map(async (key) => [key, await walked((await node.child(key)) as Node)] as const),
    );
    for (const [key, value] of entries) {
      const now = node.valueNow?.(key);
      if (now !== undefined) expect(now).toEqual(value);
    }
    return new Map<Value, Value>(entries);
  }
  if (node.kind !== "list") return (node as { value: Value }).value;
  const items: Value[] = [];
  for (let index = 0; index < node.length; index++) items.push(await walked(await node.child(index)));
  for (const [index, item] of items.entries()) {
    const now = node.itemNow?.(index);
    if (now !== undefined) expect(now).toEqual(item);
  }
  return items;
}

function outcome(work: () => unknown): unknown {
  try {
    return work();
  } catch (error) {
    if (error instanceof FormatError) return [error.code, error.offset];
    throw error;
  }
}

describe("objects in a list, of which only keys are read", () => {
  const items = [
    "{}",
    "{ }",
    '{"a": 1, "b": [1, {"c": "]}"}], "a": "\\"}"}',
    '{ "a" :\n1 , "b" : "x, y" , "": null }',
    '{"a":NaN,"b":-Infinity,"c":true,"d":1.0,"e":12345678901234567890,"f":"\\u00e9 ü"}',
    '{"1": {"2": {"3": [[[]]]}}, "0": 0}',
  ];
  const bytes = bytesOf(`[${items.join(" , ")}]`);

  it.each(KINDS)("are what they are when all is read: %s", async (kind) => {
    const list = (await divided(bytes, 7, kind, 100)) as ListNode;
    const whole = valueOfJson(bytes) as Map<string, Value>[];
    expect(list.length).toBe(items.length);
    expect(await walked(list)).toEqual(whole);
    for (const [index, value] of whole.entries()) {
      const item = (await list.child(index)) as GroupNode;
      expect([item.kind, item.keys]).toEqual(["group", [...value.keys()]]);
      expect(await item.load?.()).toEqual(value);
      expect([await item.child("nothing"), item.valueNow?.("nothing")]).toEqual([undefined, undefined]);
    }
  });

  it("make no values of lists and objects at once", async () => {
    const list = (await divided(bytes, 7, "now", 100)) as ListNode;
    const item = (await list.child(2)) as GroupNode;
    expect([item.valueNow?.("a"), item.valueNow?.("b")]).toEqual(['"}', undefined]);
  });

  it("are refused, and nothing else happens, when the file is changed behind them", async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(bytes.length - 1), fc.constantFrom(...bytesOf('{}[]",: 1\\u')), async (at, byte) => {
        const changed = bytes.slice();
        const list = (await divided(changed, 7, "now", 100)) as ListNode;
        changed[at] = byte;
        // Read as something else, or refused.
        await walked(list).catch((error: unknown) => expect(error).toBeInstanceOf(FormatError));
      }),
      { numRuns: 1000 },
    );
  });
});

describe("a document in parts", () => {
  it("holds what it holds as a whole, however it is divided and read", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.jsonValue({ maxDepth: 5 }),
        fc.integer({ min: 1, max: 20 }),
        fc.constantFrom(...KINDS),
        fc.constantFrom(0, 1, 2),
        fc.constantFrom(2, 20, 60),
        async (value, piece, kind, indent, large) => {
          const bytes = bytesOf(JSON.stringify(value, null, indent));
          const node = await divided(bytes, piece, kind, large);
          if (!node) return;
          const whole = valueOfJson(bytes);
          expect(await exactValue(node, {})).toEqual(whole);
          expect(await walked(node)).toEqual(whole);
        },
      ),
    );
  });

  it("that is damaged is refused at the same place", async () => {
    const base =
      '{"a": [1.5e3, {"b": "\\u00e9ü\\n"}, null], "c": [[], {}, true, -0.0, NaN, -Infinity], "d": 12345678901234567890}';
    const damage = fc.tuple(
      fc.nat(bytesOf(base).length - 1),
      fc.constantFrom(...bytesOf('{}[]",:\\ue-.0tN \u0001'), 0xff, 0xc3),
      fc.nat(bytesOf(base).length),
    );
    await fc.assert(
      fc.asyncProperty(damage, fc.integer({ min: 1, max: 9 }), async ([at, byte, length], piece) => {
        const bytes = bytesOf(base).slice(0, Math.max(1, length));
        bytes[Math.min(at, bytes.length - 1)] = byte;
        const expected = outcome(() => valueOfJson(bytes));
        const found = await divided(bytes, piece).then(
          async (node) => (node ? exactValue(node, {}) : expected),
          (error: unknown) =>
            outcome(() => {
              throw error;
            }),
        );
        expect(found).toEqual(expected);
      }),
      { numRuns: 2000 },
    );
  });

  it.each([
    ["a byte order mark", '\ufeff{"a": [1, 2, 3]}'],
    ["keys that come twice", '{"a": [1, 2, 3], "b": 1, "a": {"x": [4, 5]}}'],
    ["lone surrogates", '["\\ud800", "\\udc00\\ud800"]'],
    ["numbers beyond all floats", "[1e999, -1e999, 1e-999, 9007199254740993, -0, -0.0]"],
    [
      "numbers on the edge of floats",
      "[0.1, 123456789012345.6, 1234567890.12345, 5e-324, 1.7976931348623157e308, 4.35]",
    ],
    ["what Python writes", "[NaN, Infinity, -Infinity]"],
    ["keys like those of all objects", '{"__proto__": [1, 2], "constructor": {"a": 1}}'],
    ["empty ones", '{"a": [], "b": {}, "": [[[]]]}'],
  ])("may have %s", async (_, text) => {
    const bytes = bytesOf(text);
    const plain = text.startsWith("\ufeff") ? text.slice(1) : text;
    for (let piece = 1; piece < 12; piece++) {
      const node = (await divided(bytes, piece)) as Node;
      expect(await exactValue(node, {})).toEqual(valueOfJson(bytes));
      expect(await walked(node)).toEqual(valueOfJson(bytesOf(plain)));
    }
  });

  it("keeps the first place and the last value of a key that comes twice", async () => {
    const node = (await divided(bytesOf('{"a": [1, 1], "b": [2, 2], "a": [3, 3]}'), 4)) as GroupNode;
    expect(node.keys).toEqual(["a", "b"]);
    expect(await walked(node)).toEqual(
      new Map([
        ["a", [3, 3]],
        ["b", [2, 2]],
      ]),
    );
  });

  it("is refused beyond 1000 levels, and for an int of more than 4300 digits", async () => {
    const levels = (count: number): Uint8Array => bytesOf("[".repeat(count) + "]".repeat(count));
    expect(await exactValue((await divided(levels(1001), 64)) as Node, {})).toEqual(valueOfJson(levels(1001)));
    await expect(divided(levels(1002), 64)).rejects.toMatchObject({ code: "limit", offset: 1001 });
    await expect(divided(bytesOf(`[${"9".repeat(4301)}]`), 100)).rejects.toMatchObject({ code: "limit", offset: 1 });
    expect(outcome(() => valueOfJson(bytesOf("9".repeat(4301))))).toEqual(["limit", 0]);
    expect(valueOfJson(bytesOf("9".repeat(4300)))).toBe(10n ** 4300n - 1n);
  });
});

/** Two million bytes: objects, a list of numbers, a long text, a nested list that is large itself. */
function largeText(): string {
  const records = Array.from({ length: 20_000 }, (_, id) => ({ id, box: [id / 2, 0.25, -1e-3], name: `ü${id}` }));
  const numbers = Array.from({ length: 100_000 }, (_, index) => index / 7);
  return JSON.stringify({ records, numbers, text: "x".repeat(300_000), nested: [[1], numbers, [2]], one: 1.5 });
}

describe("a large document", () => {
  const text = largeText();
  const whole = valueOfJson(bytesOf(text));

  it.each(KINDS)("is read in parts: %s", async (kind) => {
    const node = (await openJson(sourceOf(bytesOf(text), kind), "read")) as GroupNode;
    expect(node.keys).toEqual(["records", "numbers", "text", "nested", "one"]);
    const records = (await node.child("records")) as ListNode;
    expect([records.kind, records.length, records.path]).toEqual(["list", 20_000, "records"]);
    for (const index of [0, 19_999, 7, 8, 12_345]) {
      const record = (await records.child(index)) as GroupNode;
      expect([record.path, record.valueNow?.("id")]).toEqual([`records[${index}]`, index]);
    }
    expect(await exactValue(node, {})).toEqual(whole);
  });

  it("is not kept: of a record only its surroundings are read", async () => {
    const bytes = bytesOf(text);
    let read = 0;
    const source = sourceOf(bytes, "now");
    const counted: Source = {
      ...source,
      readNow: (to, start) => {
        read += to.length;
        source.readNow?.(to, start);
      },
    };
    const node = (await openJson(counted, "read")) as GroupNode;
    const records = (await node.child("records")) as ListNode;
    expect(read).toBe(0);
    await records.child(10_000);
    expect(read).toBeLessThan(5_000);
    for (let index = 0; index < records.length; index++) await records.child(index);
    expect(read).toBeLessThan(2 * bytes.length);
  });

  it("that ends too early, or goes on, is refused when it is opened", async () => {
    const bytes = bytesOf(text);
    const open = (part: Uint8Array): Promise<Node> => openJson(sourceOf(part, "now"), "read");
    const cut = bytes.length - 1;
    await expect(open(bytes.slice(0, cut))).rejects.toMatchObject({ code: "truncated", offset: cut });
    await expect(open(bytesOf(`${text} x`))).rejects.toMatchObject({ code: "corrupt", offset: bytes.length + 1 });
    await expect(openJson(memorySource(bytesOf(text.replace("1.5}", "NaN}"))), "refuse")).rejects.toMatchObject({
      code: "corrupt",
      message: expect.stringMatching(/NaN is no number/),
    });
  });

  it("may be one text, or spaces", async () => {
    const long = "y".repeat(1_200_000);
    expect(await exactValue(await openJson(sourceOf(bytesOf(`"${long}"`), "now"), "read"), {})).toBe(long);
    expect(
      await exactValue(await openJson(sourceOf(bytesOf(`[1]${" ".repeat(1_200_000)}`), "now"), "read"), {}),
    ).toEqual([1]);
    await expect(openJson(sourceOf(bytesOf(" ".repeat(1_200_000)), "now"), "read")).rejects.toMatchObject({
      code: "truncated",
    });
  });

  it("that is longer than any text is gone through, without being held", async () => {
    // 700 MB of one list: a text of that length cannot be.
    const item = bytesOf(`${" ".repeat(990)}[1.5, 22],`);
    const count = 700_000;
    const end = bytesOf("0]");
    const byteLength = 1 + item.length * count + end.length;
    const source: Source = {
      byteLength,
      name: "",
      read: async (start, stop) => filled(new Uint8Array(stop - start), start),
      readNow: (to, start) => void filled(to, start),
    };
    function filled(to: Uint8Array, start: number): Uint8Array {
      for (let at = 0; at < to.length; ) {
        const place = start + at - 1;
        if (place < 0) to[at++] = 0x5b;
        else if (place >= item.length * count) to[at++] = end[place - item.length * count] as number;
        else {
          const part = item
            .subarray(place % item.length)
            .subarray(0, Math.min(to.length - at, item.length * count - place));
          to.set(part, at);
          at += part.length;
        }
      }
      return to;
    }
    const list = (await openJson(source, "read")) as ListNode;
    expect(list.length).toBe(count + 1);
    expect(await exactValue(await list.child(count - 1), {})).toEqual([1.5, 22]);
    expect(list.itemNow?.(count)).toBe(0);
  }, 60_000);
});
