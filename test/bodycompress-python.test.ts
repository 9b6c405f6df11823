import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { MemorySink, NdArray } from "@somakit/core";
import { createWriter, type Frame, open } from "@somakit/formats/bodycompress";
import { afterAll, describe, expect, test } from "vitest";
import { debianPython } from "./support/python.js";

/** Reads a file as the original library does: header and metadata from the start, frames by `xz` from `data_start` on. */
const READER = `
import hashlib, io, json, subprocess, sys
import msgpack, msgpack_numpy, numpy as np
path = sys.argv[1]
def objects(start):
    with open(path, 'rb') as file:
        file.seek(start)
        run = subprocess.run(['xz', '-dc'], stdin=file, capture_output=True)
    if run.returncode != 0: raise SystemExit(run.stderr.decode())
    return msgpack.Unpacker(io.BytesIO(run.stdout), object_hook=msgpack_numpy.decode)
first = objects(0)
header, metadata = next(first), next(first)
def decoded(pair, axis):
    return np.cumsum(pair[0], axis=axis, dtype=np.int64).astype(np.float32) / np.float32(pair[1])
frames = []
sums = []
for frame in objects(header['data_start']):
    for key, axis in [('vertices', -2), ('joints', -2), ('vertex_uncertainties', -1), ('joint_uncertainties', -1)]:
        if 'qd_' + key in frame: frame[key] = decoded(frame.pop('qd_' + key), axis)
    frames.append(list(frame))
    sums.append({k: hashlib.sha256(np.ascontiguousarray(v).tobytes()).hexdigest() for k, v in frame.items() if isinstance(v, np.ndarray)})
rest = sum(1 for _ in first)
print(json.dumps(dict(header=header, metadata=metadata, keys=frames, sums=sums, rest=rest)))
`;

const ready =
  debianPython !== undefined &&
  spawnSync(debianPython, ["-c", "import msgpack, msgpack_numpy, numpy"]).status === 0 &&
  spawnSync("xz", ["--version"]).status === 0;

const sha256 = (array: NdArray): string => createHash("sha256").update(array.toBytes()).digest("hex");

describe.skipIf(!ready)("Python reads what is written", () => {
  const folder = mkdtempSync(join(tmpdir(), "somakit-bodycompress-"));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  interface Found {
    readonly header: Readonly<Record<string, unknown>>;
    readonly metadata: unknown;
    readonly keys: readonly (readonly string[])[];
    readonly sums: readonly Readonly<Record<string, string>>[];
    readonly rest: number;
  }

  function python(bytes: Uint8Array): Found {
    const path = join(folder, "file.xz");
    writeFileSync(path, bytes);
    const { stdout, stderr, status } = spawnSync(debianPython as string, ["-c", READER, path], { encoding: "utf8" });
    expect(stderr).toBe("");
    expect(status).toBe(0);
    return JSON.parse(stdout) as Found;
  }

  const random = (number: number, shape: readonly number[]): NdArray<"float32"> => {
    const size = shape.reduce((all, one) => all * one, 1);
    const values = Float32Array.from({ length: size }, (_, i) => Math.sin(number * 7919 + i * 1.37) * 3000);
    return NdArray.from("float32", values, shape);
  };

  const frame = (number: number, people: number): Frame => ({
    number,
    vertices: random(number, [people, 50, 3]),
    box: NdArray.from("float64", Float64Array.of(1, 2, 3, 4.5)),
    joints: random(number + 0.5, [people, 24, 3]),
    vertex_uncertainties: random(number + 0.25, [people, 50]),
  });

  async function compare(bytes: Uint8Array, count: number): Promise<Found> {
    const found = python(bytes);
    const file = await open(bytes);
    const sums: Record<string, string>[] = [];
    for await (const one of file.frames) {
      const arrays = Object.entries(one).filter((entry): entry is [string, NdArray] => entry[1] instanceof NdArray);
      sums.push(Object.fromEntries(arrays.map(([key, array]) => [key, sha256(array)])));
    }
    expect(sums.length).toBe(count);
    expect(found.sums).toEqual(sums);
    expect(found.header).toEqual(await file.header.read());
    // Without a place, frames follow what is before them.
    expect(found.rest).toBe(count);
    return found;
  }

  test.each([1, 0.3, 0.5])("frames of any number of people, in steps of %f mm", async (quantizationMm) => {
    const sink = new MemorySink();
    const writer = await createWriter(
      sink,
      { metadata: { fps: 25, n: [1, "x"] } },
      { perBlock: 3, steps: { quantizationMm } },
    );
    for (const number of [0, 1, 2, 3, 4, 5, 6]) await writer.append(frame(number, number % 3));
    await writer.close();
    const found = await compare(sink.bytes(), 7);
    expect(found.header).toMatchObject({ __bodycompress_version__: [0, 2, 1], length: 7, frames_per_block: 3 });
    expect(found.metadata).toEqual({ fps: 25, n: [1, "x"] });
    expect(found.keys[0]).toEqual(["number", "box", "vertices", "joints", "vertex_uncertainties"]);
  });

  test("a file that was gone on with, one that never was more than the original's, and one without frames", async () => {
    const basic = readFileSync(join(import.meta.dirname, "conformance/bodycompress/basic.xz"));
    const sink = new MemorySink();
    const writer = await createWriter(sink, {}, { after: basic });
    expect(writer.count).toBe(12);
    await writer.append(frame(12, 1));
    await writer.close();
    await compare(sink.bytes(), 13);
    const none = new MemorySink();
    await (await createWriter(none, {})).close();
    await compare(none.bytes(), 0);
  });
});
