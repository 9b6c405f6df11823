import { NdArray } from "@somakit/core";
import { fileSink } from "@somakit/core/node";
import * as humandata from "@somakit/formats/humandata";
import { describe, expect, test } from "vitest";
import { somakit } from "./run.js";
import { contentOf, fixture, json, read, stored, succeed, workFolder } from "./work-folder.js";

const folder = workFolder();

/** Two frames of four keypoints in a data set without a convention of that many; mask as given. */
async function small(name: string, members: Readonly<Record<string, unknown>>): Promise<string> {
  const elements = Float64Array.from([1, 2, 0.5, 0, 0, 0, 3, 4, 0, 5, 6, 1, 0, 0, 0, 0, 0, 0, 7, 8, 0, 9, 9, 1]);
  const path = folder.path(name);
  const data = {
    bbox_xywh: NdArray.from("float64", new Float64Array(10), [2, 5]),
    other_keypoints: NdArray.from("float64", elements, [2, 4, 3]),
    other_keypoints_convention: "made_up",
    ...members,
  };
  await humandata.write(await fileSink(path), data as never, { check: "skip" });
  return path;
}

const mask = (bits: readonly number[]): NdArray => NdArray.from("uint8", Uint8Array.from(bits));

describe("compress and decompress", () => {
  test.each([
    ["full.npz", "packed.pkl"],
    ["full.pkl", "packed.npz"],
  ])("%s there and back is the same, smaller in between", async (name, to) => {
    const [packed, back] = [folder.path(to), folder.path(`back-${name}`)];
    const there = await succeed(["compress", fixture(name), "-o", packed]);
    expect(there.stdout).toMatch(/: packed, nothing lost\n$/);
    const half = await stored(packed);
    expect([half.__keypoints_compressed__, half.keypoints2d?.shape]).toEqual([true, [7, 17, 3]]);
    const here = await succeed(["decompress", packed, "-o", back]);
    expect(here.stdout).toMatch(/: unpacked\n$/);
    expect(await contentOf(back)).toEqual(await contentOf(fixture(name)));
  });

  test("several persons an image", async () => {
    const [open, packed] = [folder.path("multi.npz"), folder.path("multi-packed.npz")];
    await succeed(["decompress", fixture("multi_compressed.npz"), "-o", open]);
    await succeed(["compress", open, "-o", packed]);
    expect(await contentOf(packed)).toEqual(await contentOf(fixture("multi_compressed.npz")));
  });

  test("a packed file stays as it is, an unpacked one too", async () => {
    const packed = folder.path("again.npz");
    const report = await json(["compress", fixture("compressed.npz"), "-o", packed]);
    expect(report).toMatchObject({ packed: true, changed: false, dropped: 0 });
    expect(await contentOf(packed)).toEqual(await contentOf(fixture("compressed.npz")));
    const open = folder.path("open.npz");
    expect(await json(["decompress", fixture("full.npz"), "-o", open])).toMatchObject({
      packed: false,
      changed: false,
    });
    expect(await contentOf(open)).toEqual(await contentOf(fixture("full.npz")));
  });

  test("counts keypoints that are lost", async () => {
    const path = await small("lossy.npz", { other_keypoints_mask: mask([1, 0, 0, 1]) });
    const out = folder.path("lossy-packed.npz");
    const { code, stdout, stderr } = await somakit(["compress", path, "-o", out]);
    expect({ code, stderr }).toEqual({
      code: 0,
      stderr: "other_keypoints: 2 rows that are not zero were left out, as other_keypoints_mask says\n",
    });
    expect(stdout).toMatch(/: packed, 2 keypoints lost that were not zero\n$/);
    const report = await json(["compress", "--force", path, "-o", out]);
    expect(report).toMatchObject({ dropped: 2, changed: true, masksMade: [] });
  });

  test("missing masks are an error that says what to do, and can be made", async () => {
    const path = await small("maskless.npz", {});
    const out = folder.path("maskless-packed.npz");
    const refused = await somakit(["compress", path, "-o", out]);
    expect(refused).toMatchObject({ code: 1, stdout: "" });
    expect(refused.stderr).toMatch(
      /other_keypoints: its mask other_keypoints_mask is missing\n.*--masks-from-confidence/,
    );
    const report = await json(["compress", "--masks-from-confidence", path, "-o", out]);
    expect(report).toMatchObject({ masksMade: ["other_keypoints"], dropped: 2 });
    const data = (await read(out)) as unknown as Record<string, NdArray>;
    expect(data["other_keypoints_mask"]?.toList()).toEqual([1, 0, 0, 1]);
  });

  test("masks that are there are not made again", async () => {
    const path = await small("masked.npz", { other_keypoints_mask: mask([1, 1, 1, 0]) });
    const out = folder.path("masked-packed.npz");
    const report = await json(["compress", "--masks-from-confidence", path, "-o", out]);
    expect(report).toMatchObject({ masksMade: [], dropped: 2 });
    expect(((await stored(out)) as unknown as Record<string, NdArray>)["other_keypoints"]?.shape).toEqual([2, 3, 3]);
  });

  test.each<readonly [string, string, number, RegExp]>([
    ["compress", "cache.npz", 2, /HumanDataSlices has no packed form/],
    ["decompress", "cache.npz", 2, /HumanDataSlices has no packed form/],
    ["compress", "bad_mask_values.npz", 1, /keypoints2d_mask: a mask holds 0 and 1 only/],
    ["compress", "bad_mask_len.npz", 1, /keypoints2d: .* but its mask keypoints2d_mask has/],
    ["decompress", "bad_compressed_no_mask.npz", 1, /its mask keypoints2d_mask is missing/],
    ["decompress", "bad_compressed_mask_count.npz", 1, /ones/],
    ["compress", "npy_headers.npz", 1, /no data set that is known/],
    ["compress", "bad_truncated.npz", 3, /bad_truncated/],
  ])("%s %s ends with %i", async (verb, name, code, text) => {
    const result = await somakit([verb, fixture(name), "-o", folder.path("never.npz")]);
    expect(result.stderr).toMatch(text);
    expect(result).toMatchObject({ code, stdout: "" });
  });
});
