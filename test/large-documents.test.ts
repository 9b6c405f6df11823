// Documents of more than 1 MiB, whose lists are read item by item: how often each item is read, and that nothing is found or lost
// by it. A document of the same content as a value in memory has no such lists, and is what the other is compared with.
import { checkFile, type GroupNode, type ListNode, type Node, type OpenedFile, openMotion } from "@somakit/core";
import { beforeAll, describe, expect, it } from "vitest";
import { convertTo, opened } from "./support/motion.js";

const IMAGES = 600;
const PEOPLE = 3;

interface Document {
  readonly images: Record<string, unknown>[];
  readonly annotations: Record<string, unknown>[];
  readonly [key: string]: unknown;
}

/** Annotations of all images, in an order that jumps about, as in files that were put together from several. */
function document(): Document {
  const images = Array.from({ length: IMAGES }, (_, index) => ({
    id: index + 1,
    width: 640,
    height: 480,
    file_name: `${index}.jpg`,
    coco_url: `https://example.org/images/${`${index}`.padStart(200, "0")}.jpg`,
  }));
  const annotations = Array.from({ length: IMAGES * PEOPLE }, (_, index) => ({
    segmentation: [Array.from({ length: 100 }, (_, at) => at + 0.25)],
    keypoints: Array.from({ length: 51 }, (_, at) => (at % 3 === 2 ? 2 : index + at)),
    num_keypoints: 17,
    image_id: ((index * 7) % IMAGES) + 1,
    bbox: [index, 1.5, 20, 30],
    area: 600,
    iscrowd: 0,
    category_id: 1,
    id: index + 1,
  }));
  return { images, annotations, categories: [{ id: 1, name: "person" }] };
}

const bytesOf = (value: object): Uint8Array => new TextEncoder().encode(JSON.stringify(value));

interface Counted {
  readonly file: OpenedFile;
  /** How often each item was asked for, by lists. */
  readonly reads: ReadonlyMap<string, Uint32Array>;
}

/** A file whose lists count what is asked of them. */
async function counted(value: object): Promise<Counted> {
  const file = await opened("coco", bytesOf(value));
  const reads = new Map<string, Uint32Array>();
  const list = (node: ListNode): ListNode => {
    expect(node.itemwise).toBe(true);
    const times = reads.get(node.path) ?? new Uint32Array(node.length);
    reads.set(node.path, times);
    const count = (index: number): number => {
      times[index] = (times[index] as number) + 1;
      return index;
    };
    return {
      ...node,
      child: (index, options) => node.child(count(index), options),
      load: () => Promise.reject(new Error(`${node.path} is read as a whole`)),
    };
  };
  const root = file.root as GroupNode;
  const child = async (key: string): Promise<Node | undefined> => {
    const node = await root.child(key);
    return node?.kind === "list" && node.length > 1 ? list(node) : node;
  };
  const { load: _, ...rest } = root;
  return { file: { ...file, root: { ...rest, child } }, reads };
}

/** How often items of a list were read, all together. */
function total({ reads }: Counted, path: string): number {
  return (reads.get(path) ?? new Uint32Array(0)).reduce((all, times) => all + times, 0);
}

/** Once to find the frame of each, once for its numbers; those of the first frame twice more, to see what people have. */
const TWICE = 2 * IMAGES * PEOPLE + 2 * PEOPLE;

/** Issues of a file whose lists are read item by item, and of the same file read as a whole. */
async function issuesOf(value: object): Promise<readonly (readonly object[])[]> {
  const inParts = await opened("coco", bytesOf(value));
  const whole = await opened("coco", bytesOf(value));
  const members = new Map<string, Node>();
  const { nodeOfValue } = await import("@somakit/core/tree");
  const root = whole.root as GroupNode;
  for (const key of root.keys) {
    const node = (await root.child(key)) as Node;
    members.set(key, node.kind === "list" && node.load ? nodeOfValue(await node.load(), node.path) : node);
  }
  const atOnce: OpenedFile = { ...whole, root: { ...root, child: async (key: string) => members.get(key) } };
  const sorted = async (file: OpenedFile): Promise<readonly object[]> =>
    [...(await checkFile(file))].sort((a, b) => `${a.path} ${a.rule}`.localeCompare(`${b.path} ${b.rule}`));
  return [await sorted(inParts), await sorted(atOnce)];
}

describe("a large document", () => {
  let value: Document;
  beforeAll(() => {
    value = document();
    expect(bytesOf(value).length).toBeGreaterThan(2 ** 20);
  });

  it("is checked by reading each item once", async () => {
    const counting = await counted(value);
    expect(await checkFile(counting.file)).toEqual([]);
    for (const times of counting.reads.values()) expect(new Set(times)).toEqual(new Set([1]));
    expect([...counting.reads.keys()]).toEqual(["images", "annotations"]);
  });

  it("shows its headers by the first hundred items of each list", async () => {
    const counting = await counted(value);
    // Images that annotations refer to are mostly among those that are not looked at.
    expect(await checkFile(counting.file, { depth: "headers" })).toEqual([]);
    for (const times of counting.reads.values()) {
      expect(times.reduce((all, one) => all + one)).toBe(100);
      expect(times[99]).toBe(1);
    }
  });

  it("shows what is wrong in the first items", async () => {
    const [first, ...others] = value.annotations;
    const wrong = { ...value, annotations: [{ ...first, area: -1 }, ...others] };
    const issues = await checkFile((await counted(wrong)).file, { depth: "headers" });
    expect(issues.map(({ path, code }) => [path, code])).toEqual([["annotations[0].area", "range"]]);
  });

  it.each<[string, (value: Document) => object]>([
    [
      "an id that comes twice",
      ({ annotations, ...rest }) => ({ ...rest, annotations: [...annotations, annotations[5]] }),
    ],
    [
      "an image that there is not",
      ({ annotations, ...rest }) => ({ ...rest, annotations: [...annotations, { id: 1e6, image_id: 1e6 }] }),
    ],
    [
      "a category that there is not",
      ({ annotations, ...rest }) => ({
        ...rest,
        annotations: [...annotations, { id: 1e6, image_id: 2, category_id: 9 }],
      }),
    ],
    [
      "numbers out of range, keys that are missing and values of another type",
      ({ annotations, ...rest }) => ({
        ...rest,
        annotations: [
          ...annotations,
          { id: 1e6, image_id: 2, area: -4, iscrowd: 7 },
          { id: 1e6 + 1 },
          { id: "x", image_id: 2, bbox: [1, 2, 3] },
          17,
          [1],
          { id: 1e6 + 2, image_id: 2, keypoints: ["a"], segmentation: { size: [1, 2] } },
        ],
      }),
    ],
    ["images that are missing", ({ images, ...rest }) => ({ ...rest, images: images.slice(1) })],
  ])("has the issues that it has in memory: %s", async (_, change) => {
    const [inParts, whole] = await issuesOf(change(value));
    expect(inParts).toEqual(whole);
    expect(whole?.length).toBeGreaterThan(0);
  });

  it("is checked item by item where all of it is a list", async () => {
    const results: object[] = Array.from({ length: 4000 }, (_, index) => ({
      image_id: index,
      category_id: 1,
      keypoints: new Array(51).fill(index),
      score: 0.5,
    }));
    results[3001] = { category_id: 1, score: 0.5 };
    results[3002] = { image_id: 1, category_id: 1, score: "high" };
    const bytes = bytesOf(results);
    expect(bytes.length).toBeGreaterThan(2 ** 20);
    const file = await opened("coco/results", bytes);
    const places = async (depth: "headers" | "values"): Promise<readonly string[]> =>
      (await checkFile(file, { depth })).map(({ path, code }) => `${path} ${code}`);
    expect(await places("values")).toEqual(["[3001].image_id missing", "[3002].score type"]);
    expect(await places("headers")).toEqual([]);
  });

  it("is converted by reading each annotation twice and each image once, whatever the order", async () => {
    const counting = await counted(value);
    const { bytes } = await convertTo(counting.file, "pyskl");
    expect(total(counting, "images")).toBe(IMAGES);
    expect(total(counting, "annotations")).toBe(TWICE);
    expect(bytes.length).toBeGreaterThan(IMAGES * PEOPLE * 17 * 4);
  });

  it("is gone through again without reading it again", async () => {
    const counting = await counted(value);
    for await (const { windows, layers } of openMotion(counting.file).sequences()) {
      const seen: number[][] = [];
      for (const only of [undefined, new Set(layers.map(({ key }) => key)), new Set(["bbox"])]) {
        for await (const window of windows({ only })) {
          seen.push([window.frames, window.people, window.layers.size, window.quantities?.size ?? 0]);
        }
      }
      expect(seen).toEqual([
        [IMAGES, PEOPLE, 1, 2],
        [IMAGES, PEOPLE, 1, 0],
        [IMAGES, PEOPLE, 0, 1],
      ]);
    }
    expect(total(counting, "annotations")).toBe(TWICE);
  });
});
