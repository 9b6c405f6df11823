import { readdirSync, readFileSync, statSync } from "node:fs";
import { createServer } from "node:http";
import { type NdArray, sliceWith, zeros } from "@somakit/core";
import { fileSink, fileSource } from "@somakit/core/node";
import * as humandata from "@somakit/formats/humandata";
import { describe, expect, test } from "vitest";
import { HUMANDATA, somakit } from "./run.js";
import { fixture, json, read, spelled, stored, succeed, workFolder } from "./work-folder.js";

const folder = workFolder();

describe("slice", () => {
  test.each([
    ["1:4", [1, 4]],
    ["-2:", [-2, null]],
    [":", [null, null]],
    ["::-3", [null, null, -3]],
    ["100:200", [100, 200]],
  ] as const)("%s writes what slicing in memory gives, and nothing breaks the schema", async (range, frames) => {
    const out = folder.path(`range${range.replaceAll(":", "_")}.npz`);
    const { stdout } = await succeed(["slice", fixture("full.npz"), range, "-o", out]);
    const expected = sliceWith(humandata.layout, await read(fixture("full.npz")), frames);
    expect(spelled(await read(out))).toEqual(spelled(expected));
    expect(stdout).toMatch(new RegExp(`^written ${out}, .*: ${expected.__data_len__} frames? of 7\n$`));
    await succeed(["validate", "--quiet", out]);
  });

  test("single frames, in the order that is asked for", async () => {
    const out = folder.path("indices.npz");
    const report = await json(["slice", fixture("full.npz"), "--indices", "5,0,-1,0", "-o", out]);
    expect(report).toEqual({
      file: fixture("full.npz"),
      dataset: "humandata",
      along: "N",
      total: 7,
      kept: 4,
      output: { path: out, bytes: statSync(out).size },
    });
    const [whole, part] = [await read(fixture("full.npz")), await read(out)];
    expect(part.image_path).toEqual([5, 0, 6, 0].map((index) => whole.image_path?.[index]));
    expect(part.keypoints2d?.slice(2).toList()).toEqual(whole.keypoints2d?.slice(6).toList());
  });

  test("what is packed stays packed", async () => {
    const out = folder.path("packed.npz");
    await succeed(["slice", fixture("compressed.npz"), "2:5", "-o", out]);
    const [before, after] = [await stored(fixture("compressed.npz")), await stored(out)];
    expect(after.__keypoints_compressed__).toBe(true);
    expect(after.keypoints2d?.shape).toEqual([3, before.keypoints2d?.shape[1], 3]);
    expect((await read(out)).keypoints2d?.toList()).toEqual(
      (await read(fixture("compressed.npz"))).keypoints2d?.slice([2, 5]).toList(),
    );
  });

  test("the ending of the output decides the container", async () => {
    for (const [from, to] of [
      ["full.npz", "slice.pkl"],
      ["full.pkl", "slice.npz"],
    ] as const) {
      const out = folder.path(to);
      await succeed(["slice", fixture(from), "0:2", "-o", out]);
      const { container } = await json(["info", out]);
      expect(container).toBe(to.endsWith(".pkl") ? "pickle" : "npz");
      expect((await read(out)).__data_len__).toBe(2);
    }
  });

  test("images bring their persons along, persons leave the images", async () => {
    const images = folder.path("images.npz");
    await succeed(["slice", fixture("multi.npz"), "1:3", "-o", images]);
    const whole = await humandata.multi.read(await fileSource(fixture("multi.npz")));
    const part = await humandata.multi.read(await fileSource(images));
    const ranges = whole.frame_range as NdArray<"int64">;
    const [first, last] = [Number(ranges.get(1, 0)), Number(ranges.get(2, 1))];
    expect(part.__data_len__).toBe(2);
    expect(part.bbox_xywh?.toList()).toEqual(whole.bbox_xywh?.slice([first, last]).toList());

    const persons = folder.path("persons.pkl");
    const report = await json(["slice", fixture("multi.npz"), "0:4", "--along", "N", "-o", persons]);
    expect(report).toMatchObject({ along: "N", total: 9, kept: 4 });
    const left = await humandata.multi.read(await fileSource(persons));
    expect([left.__data_len__, left.__instance_num__, left.bbox_xywh?.shape]).toEqual([5, 4, [4, 5]]);
  });

  test("outdated forms stay what they are", async () => {
    const out = folder.path("legacy.npz");
    await succeed(["slice", fixture("legacy_like.npz"), "0:1", "-o", out]);
    expect((await stored(out)).bbox_xywh?.shape).toEqual([1, 4]);
    expect((await json<{ notes: readonly string[] }>(["info", out])).notes).toContainEqual(
      expect.stringContaining("boxes without a confidence column"),
    );
  });

  test("standard input", async () => {
    const out = folder.path("piped.npz");
    await succeed(["slice", "-", "0:1", "-o", out], { stdin: readFileSync(fixture("full.npz")) });
    expect((await read(out)).__data_len__).toBe(1);
  });

  test("of a large file on a server only what is needed is asked", async () => {
    const large = folder.path("large.npz");
    const keypoints = zeros("float64", [8000, 190, 3]);
    keypoints.set([4001, 5, 1], 7);
    const data = {
      bbox_xywh: zeros("float64", [8000, 5]),
      keypoints2d: keypoints,
      keypoints2d_convention: "human_data",
    };
    await humandata.write(await fileSink(large), data as never, { compression: "none" });
    const bytes = readFileSync(large);
    let served = 0;
    const server = createServer((request, response) => {
      const [, from = "0", to = ""] = /bytes=(\d+)-(\d*)/.exec(request.headers.range ?? "") ?? [];
      const part = bytes.subarray(Number(from), to === "" ? undefined : Number(to) + 1);
      served += part.length;
      const range = `bytes ${from}-${Number(from) + part.length - 1}/${bytes.length}`;
      response.writeHead(206, { "Content-Range": range, "Content-Length": part.length }).end(part);
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as { readonly port: number };
    const out = folder.path("fetched.npz");
    await succeed(["slice", `http://127.0.0.1:${port}/large.npz`, "4000:4002", "-o", out]);
    server.close();
    server.closeAllConnections();
    const part = await read(out);
    expect([part.__data_len__, part.keypoints2d?.get(1, 5, 1)]).toEqual([2, 7]);
    expect(served).toBeLessThan(bytes.length / 10);
  });

  test("--progress always says what is being done, on standard error", async () => {
    const { stdout, stderr } = await somakit([
      "--progress",
      "always",
      "slice",
      fixture("full.npz"),
      "0:1",
      "-o",
      folder.path("verbose.npz"),
    ]);
    expect(stdout.split("\n")).toHaveLength(2);
    expect(stderr).toMatch(/^read keypoints2d\b[\s\S]*^write keypoints2d\b/m);
  });

  test("values that break the schema: refused, or kept when asked to", async () => {
    const out = folder.path("misfits.npz");
    const args = ["slice", fixture("bad_frames_differ.npz"), "0:1", "-o", out];
    const refused = await somakit(args);
    expect(refused).toMatchObject({ code: 1, stdout: "" });
    expect(refused.stderr).toMatch(/bbox_xywh: .* with N = 2 expected, .*\(3, 5\) found\n {2}hint: somakit validate/);
    await succeed([...args, "--mismatches", "keep"]);
    const boxes = (await json<{ value: readonly unknown[] }>(["show", out, "bbox_xywh"])).value;
    expect(boxes).toHaveLength(3);
  });

  test.each<readonly [string, readonly string[], number, RegExp]>([
    ["full.npz", [], 2, /error: either a range or --indices is needed/],
    ["full.npz", ["1:2", "--indices", "1"], 2, /either a range or --indices/],
    ["full.npz", ["5"], 2, /error: cannot read the range "5"\n.*START:STOP/],
    ["full.npz", ["1:x"], 2, /cannot read the range "1:x"/],
    ["full.npz", ["::0"], 2, /a step of 0/],
    ["full.npz", ["99999999999999999999:"], 2, /out of bounds/],
    ["full.npz", ["--indices", "1,b"], 2, /--indices 1,b: whole numbers/],
    ["full.npz", ["--indices", "7"], 2, /there is no 7 among 7 frames/],
    ["full.npz", ["--indices", "-8"], 2, /there is no -8 among 7 frames/],
    ["full.npz", ["1:", "--along", "Q"], 2, /has no axis "Q"\n.*--along takes N \(frames/],
    ["full.npz", ["1:", "--as", "nope"], 2, /no data set "nope"/],
    ["npy_headers.npz", ["1:"], 1, /no data set that is known/],
    ["cache.npz", ["1:"], 2, /nothing in HumanDataSlices lies along frames/],
    ["bad_truncated.npz", ["1:"], 3, /bad_truncated\.npz: /],
    ["bad_crc.npz", ["0:"], 3, /CRC-32/],
    ["bad_pickle_os_system.npz", ["0:"], 3, /os\.system/],
    ["bad_zero_bytes.npz", ["0:"], 3, /the file is empty/],
  ])("%s %j ends with %i and writes nothing", async (name, args, code, text) => {
    const out = folder.path("never.npz");
    const result = await somakit(["slice", `${HUMANDATA}${name}`, ...args, "-o", out]);
    expect({ code: result.code, stdout: result.stdout }).toEqual({ code, stdout: "" });
    expect(result.stderr).toMatch(text);
    expect(readdirSync(folder.path(".")).filter((file) => /never/.test(file))).toEqual([]);
  });
});
