import { isFormatError, MemorySink, memorySource, type Source } from "@somakit/core";
import {
  AsIfSingleShot,
  AsIfTracked,
  type Bundle,
  type EmptyShot,
  open,
  readIdentification,
  readSelection,
  type ShotReader,
  ShotSegmentedReader,
  type ShotSegmentedReaderOptions,
  ShotSegmentedWriter,
  type SkelShopReader,
  trackshots,
  UnsegmentedReader,
  UnsegmentedWriter,
  unseg,
} from "@somakit/formats/skelshop";
import { describe, expect, it } from "vitest";
import { fixtureBytes } from "./support/skelshop-traces.js";

/** A pose whose first keypoint is (frame, id, 0.5), and whose second is not there. */
const pose = (frame: number, id: number): Float32Array => {
  const numbers = new Float32Array(75);
  numbers.set([frame, id, 0.5]);
  numbers.set([1, 2, 0.25], 72);
  return numbers;
};

interface Shot {
  readonly start: number;
  readonly end: number;
  /** Frames of each person. */
  readonly people: Readonly<Record<number, readonly number[]>>;
}

async function shots(...all: readonly Shot[]): Promise<Uint8Array> {
  const sink = new MemorySink();
  const writer = new ShotSegmentedWriter(sink, { mode: "BODY_25" });
  for (const { start, end, people } of all) {
    writer.startShot(start);
    for (let frame = start; frame < end; frame++) {
      writer.registerFrame(frame);
      for (const [id, frames] of Object.entries(people))
        if (frames.includes(frame)) await writer.addPose(frame, Number(id), pose(frame, Number(id)));
    }
    await writer.endShot();
  }
  await writer.close();
  return sink.bytes();
}

const TWO = (): Promise<Uint8Array> =>
  shots({ start: 3, end: 6, people: { 7: [3, 5], 2: [4] } }, { start: 8, end: 10, people: { 0: [8, 9] } });

async function using<T>(
  bytes: Uint8Array,
  options: ShotSegmentedReaderOptions,
  use: (reader: ShotSegmentedReader) => Promise<T>,
): Promise<T> {
  const reader = await ShotSegmentedReader.open(bytes, options);
  try {
    return await use(reader);
  } finally {
    await reader.close();
  }
}

async function listOf<T>(items: AsyncIterable<T>, most = 100): Promise<T[]> {
  const list: T[] = [];
  for await (const item of items) {
    list.push(item);
    if (list.length === most) break;
  }
  return list;
}

const outline = (list: readonly (ShotReader | EmptyShot)[]): readonly string[] =>
  list.map(({ kind, index, startFrame, endFrame }) => `${kind} ${index}: ${startFrame} ${endFrame ?? "…"}`);

const framesOf = (bundles: readonly Bundle[]): readonly string[] =>
  bundles.map(({ frame, ids }) => `${frame}: ${ids.join(" ")}`);

describe("shots", () => {
  it("come by number, with what is before and between them", async () => {
    const found = await using(await TWO(), {}, (reader) => listOf(reader));
    expect(outline(found)).toEqual(["empty -1: 0 3", "shot 0: 3 6", "empty 0: 6 8", "shot 1: 8 10"]);
  });

  it("go on for ever in an infinite reader, also in one without shots", async () => {
    const found = await using(await TWO(), { infinite: true }, async (reader) => {
      const all = await listOf(reader);
      return [outline(all).at(-1), framesOf(await listOf(all.at(-1) as EmptyShot, 2))];
    });
    expect(found).toEqual(["empty 2: 10 …", ["10: ", "11: "]]);
    const none = await using(await shots(), { infinite: true }, async (reader) => outline(await listOf(reader)));
    expect(none).toEqual(["empty 0: 0 …"]);
  });

  it.each([
    [0, ["empty -1: 0 3", "shot 0: 3 6", "empty 0: 6 8", "shot 1: 8 10"]],
    [1, ["empty -1: 1 3", "shot 0: 3 6", "empty 0: 6 8", "shot 1: 8 10"]],
    [7, ["empty 0: 7 8", "shot 1: 8 10"]],
    [9, ["shot 1: 8 10"]],
    [10, []],
  ])("are sought from frame %i on", async (frame, expected) => {
    const found = await using(await TWO(), {}, (reader) => listOf(reader.iterFromFrame(frame)));
    expect(outline(found)).toEqual(expected);
  });

  it("begin with the very frame that is sought", async () => {
    const frames = await using(await TWO(), {}, async (reader) =>
      framesOf(await listOf(new AsIfSingleShot(reader).iterFrom(5))),
    );
    expect(frames).toEqual(["5: 7", "6: ", "7: ", "8: 0", "9: 0"]);
  });

  it("are found by number, by frame, and from a number on", async () => {
    await using(await TWO(), {}, async (reader) => {
      expect(reader.length).toBe(2);
      expect((await reader.shot(1)).startFrame).toBe(8);
      expect((await reader.shotAt(5))?.index).toBe(0);
      expect(await reader.shotAt(6)).toBeUndefined();
      expect(outline(await listOf(reader.iterFromShot(1)))).toEqual(["shot 1: 8 10"]);
      await expect(reader.shot(2)).rejects.toThrow(/no shot 2/);
    });
  });

  it("count frames from their beginning, and give none outside", async () => {
    await using(await TWO(), {}, async (reader) => {
      const shot = await reader.shot(0);
      expect(framesOf([await shot.at(0), await shot.at(2), await shot.at(3)])).toEqual(["3: 7", "5: 7", "6: "]);
      expect((await shot.at(1, [2])).ids).toEqual([2]);
      expect((await shot.at(1, [7])).ids).toEqual([]);
      expect(framesOf(await listOf(shot.iterFrom(1)))).toEqual(["1: ", "2: ", "3: 7", "4: 2", "5: 7"]);
    });
  });
});

describe("frames", () => {
  it("are exactly those that are asked for", async () => {
    await using(await TWO(), {}, async (reader) => {
      expect(framesOf(await listOf(reader.iterFrames(5, 9)))).toEqual(["5: 7", "6: ", "7: ", "8: 0"]);
      expect(framesOf(await listOf(reader.iterFrames(9, 12)))).toEqual(["9: 0", "10: ", "11: "]);
      expect(framesOf(await listOf(reader.iterFrames(9)))).toEqual(["9: 0"]);
      expect(framesOf([await reader.frame(7), await reader.frame(9), await reader.frame(99)])).toEqual([
        "7: ",
        "9: 0",
        "99: ",
      ]);
      const batched: Bundle[] = [];
      for await (const batch of reader.batches(4, 9)) batched.push(...batch);
      expect(framesOf(batched)).toEqual(framesOf(await listOf(reader.iterFrames(4, 9))));
    });
  });

  it("keep their order when many are asked for at once", async () => {
    await using(await TWO(), {}, async (reader) => {
      const bundles = reader.iterFrames(0, 10)[Symbol.asyncIterator]();
      const found = await Promise.all(Array.from({ length: 12 }, () => bundles.next()));
      expect(found.map(({ value }) => (value as Bundle | undefined)?.frame)).toEqual([
        0,
        1,
        2,
        3,
        4,
        5,
        6,
        7,
        8,
        9,
        undefined,
        undefined,
      ]);
    });
  });

  it("tell persons who are there from those who are not, and from those who are no more", async () => {
    await using(await TWO(), {}, async (reader) => {
      const bundle = await reader.frame(4);
      expect([7, 2, 1].map((id) => bundle.presence(id))).toEqual(["empty", "present", "absent"]);
      expect([bundle.size, bundle.get(7)?.isEmpty, bundle.get(1)]).toEqual([1, true, undefined]);
      expect(Array.from(bundle.get(7)?.keypoints ?? []).every((number) => number === 0)).toBe(true);
    });
    const kept = await using(await TWO(), { empty: "keep" }, (reader) => reader.frame(4));
    expect(kept.ids).toEqual([2, 7]);
  });

  it("have poses of (limbs, 3), whose keypoints have names", async () => {
    await using(await TWO(), {}, async (reader) => {
      const [entry] = [...(await reader.frame(9))];
      const [id, found] = entry ?? [];
      expect([id, found?.keypoints.shape, found?.keypoints.dtype]).toEqual([0, [25, 3], "float32"]);
      expect(found?.get("nose_openpose")).toEqual([9, 0, 0.5]);
      expect(found?.get("right_heel_openpose")).toEqual([1, 2, 0.25]);
      expect(() => found?.get("left_antenna")).toThrow(/openpose_25 has no keypoint "left_antenna"/);
    });
  });
});

describe("persons", () => {
  it("are read over all their frames, or some", async () => {
    await using(await TWO(), {}, async (reader) => {
      const tracks = await (await reader.shot(0)).tracks();
      expect(tracks.map(({ id, startFrame, endFrame, length }) => [id, startFrame, endFrame, length])).toEqual([
        [2, 4, 5, 1],
        [7, 3, 6, 3],
      ]);
      const seven = tracks[1];
      expect((await seven?.keypoints())?.shape).toEqual([3, 25, 3]);
      expect(await seven?.presences()).toEqual(["present", "empty", "present"]);
      const part = await seven?.keypoints({ from: 5, to: 99 });
      expect([part?.shape, part?.get(0, 0, 0)]).toEqual([[1, 25, 3], 5]);
      expect((await seven?.keypoints({ from: 50 }))?.shape).toEqual([0, 25, 3]);
      expect((await seven?.at(5))?.get(0, 0)).toBe(5);
      expect(await seven?.at(6)).toBeUndefined();
      expect([seven?.covers(5), seven?.covers(6)]).toEqual([true, false]);
    });
  });

  it("without tracking keep their numbers, unless they are read as if they were tracked", async () => {
    const sink = new MemorySink();
    const writer = new UnsegmentedWriter(sink, { mode: "BODY_25", attributes: { num_frames: 9 } });
    for (const [frame, id] of [
      [2, 0],
      [2, 1],
      [3, 1],
      [5, 1],
    ] as const)
      await writer.addPose(frame, id, pose(frame, id));
    await writer.close();
    const reader = await UnsegmentedReader.open(sink.bytes());
    expect(framesOf(await listOf(reader.iterFrames(1)))).toEqual(["1: ", "2: 0 1", "3: 1", "4: ", "5: 1"]);
    expect((await listOf(new AsIfTracked(reader).iterFrom(3))).map(({ ids }) => ids)).toEqual([[0], [], [0]]);
    expect((await reader.tracks()).map(({ id }) => id)).toEqual([0, 1]);
    await reader.close();
    const whole = await UnsegmentedReader.open(sink.bytes(), { end: "video" });
    expect([whole.endFrame, (await listOf(whole)).length]).toEqual([9, 9]);
    await whole.close();
  });
});

describe("any file of SkelShop", () => {
  it.each([
    ["track_body25all.h5", "trackshots"],
    ["unseg_body25.h5", "unseg"],
    ["face_dense_chip.h5", "faces-dense"],
    ["face_sparse.h5", "faces-sparse"],
    ["images_multipose.h5", "images_multipose"],
    ["reference_embeddings.h5", "reference_embeddings"],
    ["preembed_badorder.h5", "pre-embed"],
  ])("%s is opened as %s", async (name, kind) => {
    const reader: SkelShopReader = await open(fixtureBytes(name));
    expect(reader.kind).toBe(kind);
    await reader.close();
  });

  it.each([
    ["track_body25all.h5", 137, 138, "openpose_25_all"],
    ["track_legacy_all.h5", 135, 135, "openpose_25_all_legacy"],
    ["track_body135.h5", 135, 138, "openpose_135"],
    ["track_body25face.h5", 95, 96, "openpose_25_face"],
    ["track_face_mode.h5", 70, 70, "openpose_face"],
  ])("%s has %i keypoints in %i columns", async (name, keypoints, limbs, convention) => {
    const { info } = await ShotSegmentedReader.open(fixtureBytes(name));
    expect([info.skeleton.keypoints, info.limbs, info.skeleton.convention]).toEqual([keypoints, limbs, convention]);
    expect(info.columns.size).toBeGreaterThanOrEqual(keypoints);
    await info.file.close();
  });

  it("of the first days is refused by what it is", async () => {
    await expect(open(fixtureBytes("prerelease_2020-06-07.h5"))).rejects.toThrow(/layout of SkelShop's first days/);
  });

  it("is closed again when it is another one", async () => {
    let closed = 0;
    const bytes = memorySource(fixtureBytes("unseg_body25.h5"));
    const source: Source = { ...bytes, byteLength: bytes.byteLength, name: "", close: async () => void closed++ };
    const error = await ShotSegmentedReader.open(source).catch((thrown: unknown) => thrown);
    expect([isFormatError(error, "mismatch"), closed]).toEqual([true, 1]);
  });

  it("comes back as it was when its schema writes it", async () => {
    for (const [name, system] of [
      ["track_body25_13shots.h5", trackshots],
      ["var_float64_int64.h5", trackshots],
      ["unseg_gzip_shuffle.h5", unseg],
    ] as const) {
      const value = await system.read(fixtureBytes(name));
      const sink = new MemorySink();
      await (system.write as (to: MemorySink, what: unknown) => Promise<void>)(sink, value);
      expect(await system.read(sink.bytes()), name).toEqual(value);
      expect(await system.check(sink.bytes()), name).toEqual([]);
    }
  });
});

describe("long files", () => {
  const FRAMES = 6000;

  async function long(): Promise<Source & { readonly read: Source["read"]; bytes: number }> {
    const sink = new MemorySink();
    const writer = new UnsegmentedWriter(sink, { mode: "BODY_25", storage: { gzip: 0 } });
    for (let frame = 0; frame < FRAMES; frame++)
      for (const id of [0, 1])
        await writer.addPose(
          frame,
          id,
          Float32Array.from({ length: 75 }, (_, index) => frame + index + id + 1),
        );
    await writer.close();
    const inner = memorySource(sink.bytes());
    const counted = {
      byteLength: inner.byteLength,
      name: "",
      bytes: 0,
      async read(start: number, end: number) {
        counted.bytes += end - start;
        return inner.read(start, end);
      },
    };
    return counted;
  }

  it("give one pose for less than 64 KB, where bytes need not be waited for", async () => {
    const source = await long();
    const bytes = await source.read(0, source.byteLength);
    let read = 0;
    const readNow = (target: Uint8Array, start: number): void => {
      read += target.byteLength;
      target.set(bytes.subarray(start, start + target.byteLength));
    };
    const reader = await UnsegmentedReader.open({
      byteLength: source.byteLength,
      name: "",
      read: source.read,
      readNow,
    });
    const [first] = await reader.tracks();
    expect((await first?.at(4321))?.get(0, 0)).toBe(4322);
    expect(read).toBeGreaterThan(1000);
    expect(read).toBeLessThan(65_536);
  });

  it("give one pose without reading the others", async () => {
    const source = await long();
    const reader = await UnsegmentedReader.open(source);
    const [first] = await reader.tracks();
    const before = source.bytes;
    const found = await first?.at(4321);
    expect([found?.get(0, 0), found?.get(24, 2)]).toEqual([4322, 4396]);
    expect(source.byteLength).toBeGreaterThan(3_000_000);
    // Pages are larger than what is needed of them.
    expect(source.bytes - before).toBeLessThan(source.byteLength / 5);
  });

  it("are read window by window, with nothing lost where windows meet", async () => {
    const reader = await UnsegmentedReader.open(await long());
    let [frames, sum] = [0, 0];
    for await (const bundle of reader) {
      frames++;
      for (const [id, { keypoints }] of bundle) sum += (keypoints.get(0, 0) as number) - bundle.frame - id;
    }
    expect([frames, sum]).toEqual([FRAMES, 2 * FRAMES]);
  });
});

describe("tables beside the files", () => {
  it("are read whatever the order of their columns, with names in quotes", () => {
    expect(readIdentification('label,seg,skel_id\r\n"Mr. ""X"", of Y",1,2\r\n')).toEqual([
      { seg: 1, skel_id: 2, label: 'Mr. "X", of Y' },
    ]);
    const head = "seg,pers_id,seg_frame_num,abs_frame_num,extractor";
    expect(readSelection(`${head}\n1,2,3,4,dlib\n`)).toHaveLength(1);
    expect(readSelection(head)).toEqual([]);
  });

  it.each([
    ["seg,label\n", /line 1: there is no column skel_id/],
    ["seg,skel_id,label\n1,2\n", /line 2: 2 fields, 3 expected/],
    ["seg,skel_id,label\n1,-2,x\n", /line 2: skel_id "-2" is no number/],
    ['seg,skel_id,label\n1,2,"x\n', /line 2: a quote is not closed/],
  ])("that are none are refused: %j", (text, message) => {
    expect(() => readIdentification(text, "ids.csv")).toThrow(message);
  });
});
