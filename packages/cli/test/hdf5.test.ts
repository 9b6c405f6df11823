import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { somakit } from "./run.js";

const SKELSHOP = fileURLToPath(new URL("../../../test/conformance/skelshop/", import.meta.url));
const SHOTS = join(SKELSHOP, "track_start50_gap.h5");
const IMAGES = join(SKELSHOP, "images_multipose.h5");

describe("attributes of HDF5", () => {
  test("are in the tree, those of arrays too", async () => {
    const { code, stdout } = await somakit(["show", IMAGES]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^@mode: 'BODY_25'$/m);
    expect(stdout).toMatch(/^a\.jpg: float32 \(1, 25, 3\)\n {2}@height: 50 \(int64\)\n {2}@width: 100 \(int64\)$/m);
  });

  test("are shown by their path", async () => {
    expect((await somakit(["show", SHOTS, "timeline.shot2@end_frame"])).stdout).toBe("75 (int64)\n");
    expect((await somakit(["show", SHOTS, "@mode"])).stdout).toBe("'BODY_25'\n");
    const absent = await somakit(["show", SHOTS, "timeline@nothing"]);
    expect([absent.code, absent.stderr]).toEqual([2, expect.stringContaining('has no "nothing"')]);
  });

  test("are said by info, with what they mean", async () => {
    const { stdout } = await somakit(["info", SHOTS]);
    expect(stdout).toMatch(/^data set {2}SkelShopShots \(skelshop\/trackshots\) as hdf5$/m);
    expect(stdout).toMatch(/^@fmt_ver +1 \(int64\) +Version of the format$/m);
    expect(stdout).toMatch(/^timeline +dict +3 +The shots of the video$/m);
  });

  test("are part of the digest", async () => {
    const { hdf5 } = JSON.parse((await somakit(["digest", IMAGES])).stdout) as {
      readonly hdf5: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
    };
    expect(hdf5["@"]).toMatchObject({ fmt_type: "images_multipose", limbs: { npscalar: "<i8", value: 25 } });
    expect(hdf5["none.png"]).toMatchObject({ "@": { width: { value: 10 } }, shape: [0] });
  });
});

describe("validate of HDF5", () => {
  test("names the place in the file", async () => {
    const { code, stdout } = await somakit(["validate", join(SKELSHOP, "bad_indptr_decreasing.h5")]);
    expect(code).toBe(3);
    expect(stdout).toMatch(/timeline\.shot0\.pose0\.indptr +row starts decrease at index 2/);
    expect((await somakit(["validate", SHOTS])).code).toBe(0);
  });
});
