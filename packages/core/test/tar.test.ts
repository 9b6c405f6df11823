import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { isHeader as isTar } from "../src/codec/tar/header.js";
import { openTar, readTar, type TarLimits, tarSink } from "../src/codec/tar/index.js";
import { isPacked } from "../src/codec/tar/read.js";
import * as browser from "../src/platform/browser.js";
import { MemorySink } from "../src/source/sink-memory.js";
import { collect, countingSource, formatError, noise, piecesOf, text } from "./support-io.js";
import { describeWithNumpy, python, withFolder } from "./support-python.js";
import { paxRecord, type TarPart, tarOf } from "./support-tar.js";

const SET: readonly TarPart[] = [
  { name: "./", type: "5" },
  { name: "./set/", type: "5" },
  { name: "./set/a.json", content: "{}" },
  { name: "./set/camera/image.png", content: noise(1500) },
  { name: "set/empty", content: "" },
];

async function namesOf(bytes: Uint8Array, limits?: TarLimits): Promise<string[]> {
  const names: string[] = [];
  for await (const { name, kind, size } of readTar(bytes, { limits })) names.push(`${name} ${kind} ${size}`);
  return names;
}

describe("readTar", () => {
  it("gives files and folders in stored order, compressed or not", async () => {
    const expected = ["set folder 0", "set/a.json file 2", "set/camera/image.png file 1500", "set/empty file 0"];
    expect(await namesOf(tarOf(SET))).toEqual(expected);
    expect(await namesOf(new Uint8Array(gzipSync(tarOf(SET))))).toEqual(expected);
  });

  it("reads several members of gzip as one archive", async () => {
    const whole = tarOf(SET);
    const parts = [whole.subarray(0, 700), whole.subarray(700, 1900), whole.subarray(1900)];
    expect(await namesOf(Buffer.concat(parts.map((part) => gzipSync(part))))).toHaveLength(4);
  });

  it.each([false, true])("gives contents whole, in pieces or not at all (gzip: %s)", async (packed) => {
    const image = noise(700_000);
    const tar = tarOf([
      { name: "skipped", content: noise(3000) },
      { name: "a", content: "A" },
      { name: "b", content: image },
    ]);
    const found: Record<string, Uint8Array> = {};
    for await (const entry of readTar(packed ? new Uint8Array(gzipSync(tar)) : tar)) {
      if (entry.name === "a") found["a"] = await entry.bytes();
      if (entry.name === "b") found["b"] = await collect(entry.pieces());
    }
    expect(Buffer.from(found["a"] as Uint8Array).toString()).toBe("A");
    expect(Buffer.compare(found["b"] as Uint8Array, image)).toBe(0);
  });

  it("does not read contents that nobody takes", async () => {
    const source = countingSource(tarOf([{ name: "big", content: new Uint8Array(5_000_000) }, { name: "end" }]));
    const names: string[] = [];
    for await (const { name } of readTar(source)) names.push(name);
    expect(names).toEqual(["big", "end"]);
    expect(source.bytesRead).toBeLessThan(300_000);
  });

  it("refuses to give a content twice, or after the next entry", async () => {
    const entries = readTar(tarOf([{ name: "a", content: "12" }, { name: "b" }]));
    const first = (await entries.next()).value;
    await first?.bytes();
    await expect(first?.bytes()).rejects.toThrow("once");
    await entries.next();
    await expect(first?.bytes()).rejects.toThrow("once");
  });

  it("takes long names of POSIX and GNU, and sizes from extended headers", async () => {
    const long = `${"d".repeat(120)}/${"f".repeat(90)}.json`;
    const pax = paxRecord("path", long) + paxRecord("size", "3") + paxRecord("comment", "x");
    expect(
      await namesOf(
        tarOf([
          { name: "x", type: "x", content: pax },
          { name: "cut", content: "abc" },
        ]),
      ),
    ).toEqual([`${long} file 3`]);
    expect(
      await namesOf(
        tarOf([
          { name: "L", type: "L", content: `${long}\0` },
          { name: "cut", content: "abc" },
        ]),
      ),
    ).toEqual([`${long} file 3`]);
    expect(await namesOf(tarOf([{ name: "leaf", prefix: "far/away" }]))).toEqual(["far/away/leaf file 0"]);
    expect(await namesOf(tarOf([{ name: "g", type: "g", content: paxRecord("comment", "x") }, { name: "a" }]))).toEqual(
      ["a file 0"],
    );
  });

  it("takes archives from before POSIX, in which folders are told by their names", async () => {
    const old = tarOf([
      { name: "old/", type: "\0", magic: "" },
      { name: "old/a", type: "\0", magic: "", content: "1" },
    ]);
    expect(await namesOf(old)).toEqual(["old folder 0", "old/a file 1"]);
  });

  const refusals: readonly [string, readonly TarPart[], string, string][] = [
    ["a path out of the archive", [{ name: "set/../../evil" }], "refused", "leaves"],
    ["a path out of it as Windows reads it", [{ name: "set\\..\\evil" }], "refused", "leaves"],
    ["an absolute path", [{ name: "/etc/passwd" }], "refused", "absolute"],
    ["an absolute path of Windows", [{ name: "\\\\host\\share" }], "refused", "absolute"],
    ["a drive", [{ name: "C:/x" }], "refused", "drive"],
    ["a name with a backslash", [{ name: "a\\b" }], "refused", "every system"],
    ["an empty step", [{ name: "a//b" }], "refused", "every system"],
    ["a symbolic link", [{ name: "l", type: "2" }], "refused", "symbolic link"],
    ["a hard link", [{ name: "l", type: "1" }], "refused", "hard link"],
    ["a device", [{ name: "l", type: "3" }], "refused", "device"],
    ["a pipe", [{ name: "l", type: "6" }], "refused", "pipe"],
    ["a type that nobody knows", [{ name: "l", type: "S" }], "unsupported", "type S"],
    ["a name that comes twice", [{ name: "a" }, { name: "./a" }], "refused", "two entries"],
    ["a folder that is a file too", [{ name: "a" }, { name: "a/b" }], "refused", "inside"],
    ["a file that is a folder too", [{ name: "a/b" }, { name: "a" }], "refused", "two entries"],
    ["a damaged header", [{ name: "a" }, { name: "b", broken: true }], "checksum", "sum"],
    [
      "sparse contents",
      [{ name: "x", type: "x", content: paxRecord("GNU.sparse.major", "1") }, { name: "a" }],
      "unsupported",
      "sparse",
    ],
    [
      "an extended header that lies about lengths",
      [{ name: "x", type: "x", content: "99 path=a\n" }, { name: "a" }],
      "corrupt",
      "extended",
    ],
    ["an extended header that is too long", [{ name: "x", type: "x", size: 2 ** 33 }], "limit", "extended"],
    ["a size beyond the end", [{ name: "a", size: 100_000 }], "truncated", "content of a"],
    ["a size in numbers that cannot be right", [{ name: "a", size: 2 ** 53 - 512 }], "limit", "allowed"],
  ];
  it.each(refusals)("refuses %s, with its place", async (_, parts, code, words) => {
    const error = await formatError(() => namesOf(tarOf(parts)));
    expect(error.code).toBe(code);
    expect(error.message).toContain(words);
    expect(error.offset).toBeGreaterThanOrEqual(0);
    const packed = await formatError(() => namesOf(new Uint8Array(gzipSync(tarOf(parts)))));
    expect(packed.code).toBe(code);
  });

  it("refuses what follows behind the end, and what ends without one", async () => {
    const tar = tarOf(SET);
    expect((await formatError(() => namesOf(Buffer.concat([tar, text("more")])))).code).toBe("corrupt");
    expect((await formatError(() => namesOf(tarOf(SET, { end: 0 })))).code).toBe("truncated");
    expect((await formatError(() => namesOf(tar.subarray(0, 700)))).code).toBe("truncated");
    expect((await formatError(() => namesOf(tar.subarray(0, 100)))).code).toBe("not-this-format");
    expect((await formatError(() => namesOf(new Uint8Array(0)))).code).toBe("truncated");
  });

  it("tells damage of the compression from that of the archive", async () => {
    const packed = new Uint8Array(gzipSync(tarOf(SET)));
    expect((await formatError(() => namesOf(packed.subarray(0, packed.length - 20)))).code).toBe("truncated");
    const wrongSum = packed.slice();
    wrongSum[wrongSum.length - 6] = (wrongSum[wrongSum.length - 6] as number) ^ 1;
    expect((await formatError(() => namesOf(wrongSum))).code).toBe("checksum");
    expect((await formatError(() => namesOf(text("x".repeat(2000))))).code).toBe("not-this-format");
    expect((await formatError(() => namesOf(new Uint8Array(gzipSync(text("hello")))))).code).toBe("not-this-format");
  });

  it("keeps to its limits before it gives memory", async () => {
    const tar = tarOf([
      { name: "a", content: "123" },
      { name: "b", content: "4567" },
    ]);
    expect((await formatError(() => namesOf(tar, { maxEntries: 1 }))).code).toBe("limit");
    expect((await formatError(() => namesOf(tar, { maxBytes: 6 }))).code).toBe("limit");
    expect((await formatError(() => namesOf(tar, { maxEntryBytes: 3 }))).path).toBe("b");
    const bomb = gzipSync(tarOf([{ name: "zeros", content: new Uint8Array(60 * 2 ** 20) }]));
    expect((await formatError(() => namesOf(bomb))).code).toBe("limit");
    expect(await namesOf(bomb, { maxRatio: 10_000 })).toHaveLength(1);
  });

  it("stops when it is told to", async () => {
    const controller = new AbortController();
    const entries = readTar(tarOf(SET), { signal: controller.signal });
    await entries.next();
    controller.abort(new Error("enough"));
    await expect(entries.next()).rejects.toThrow("enough");
  });
});

describe("openTar", () => {
  it.each([false, true])("is a folder of what the archive holds (gzip: %s)", async (packed) => {
    const tar = tarOf([...SET, { name: "set/._a.json", content: "x" }, { name: "__MACOSX/x", content: "x" }]);
    const folder = await openTar(packed ? new Uint8Array(gzipSync(tar)) : tar);
    expect((await folder.list("")).map(({ name }) => name)).toEqual(["set"]);
    expect((await folder.list("set")).map(({ name, kind }) => `${name} ${kind}`)).toEqual([
      "a.json file",
      "camera folder",
      "empty file",
    ]);
    const file = await folder.open("set/a.json");
    expect(Buffer.from(await file.read(0, file.byteLength)).toString()).toBe("{}");
    expect((await formatError(() => folder.open("set/none"))).code).toBe("missing");
    expect((await formatError(() => folder.open("../x"))).code).toBe("refused");
  });

  it("reads contents of a plain archive only when they are asked for", async () => {
    const source = countingSource(tarOf([{ name: "big", content: new Uint8Array(5_000_000) }]));
    const folder = await openTar(source);
    expect(source.bytesRead).toBeLessThan(200_000);
    const big = await folder.open("big");
    expect((await big.read(0, big.byteLength)).byteLength).toBe(5_000_000);
  });
});

describe("a compressed archive that is larger than the memory it may take", () => {
  const COUNT = 24;
  const nameOf = (index: number, file: string) => `set/datapoint_${String(index).padStart(2, "0")}/${file}`;
  const contents = new Map(
    Array.from({ length: COUNT }, (_, index) => [
      [nameOf(index, "depth.exr"), noise(280_000 + index)] as const,
      [nameOf(index, "image.png"), noise(300_000 - index)] as const,
      [nameOf(index, "camera.json"), text(`{"index": ${index}}`)] as const,
    ]).flat(),
  );
  const packed = new Uint8Array(
    gzipSync(tarOf([...contents].map(([name, content]) => ({ name, content }))), { level: 1 }),
  );
  const LARGEST = 300_000;
  const open = async (maxLoadBytes: number) => {
    const source = countingSource(packed);
    const folder = await openTar(source, { maxLoadBytes });
    const first = source.bytesRead;
    const read = async (name: string, options?: { signal?: AbortSignal }): Promise<boolean> => {
      const file = await folder.open(name);
      const bytes = await file.read(0, file.byteLength, options);
      return Buffer.compare(bytes, contents.get(name) as Uint8Array) === 0;
    };
    /** How often it was unpacked since it was opened, more or less. */
    const passes = () => (source.bytesRead - first) / packed.byteLength;
    return { folder, read, passes };
  };

  it("keeps documents, and unpacks the rest once more in stored order", async () => {
    const { folder, read, passes } = await open(3_000_000);
    expect((await folder.list("set/datapoint_07")).map(({ name, byteLength }) => [name, byteLength])).toEqual([
      ["camera.json", 12],
      ["depth.exr", 280_007],
      ["image.png", 299_993],
    ]);
    for (let index = COUNT - 1; index >= 0; index--) expect(await read(nameOf(index, "camera.json"))).toBe(true);
    expect(passes()).toBe(0);
    for (const name of contents.keys()) expect([name, await read(name)]).toEqual([name, true]);
    expect(passes()).toBeLessThan(1.05);
  });

  it("keeps what it passes for a while, so that files of one folder may be read in any order", async () => {
    const { read, passes } = await open(3_000_000);
    for (let index = 0; index < COUNT; index++)
      for (const file of ["image.png", "camera.json", "depth.exr"]) expect(await read(nameOf(index, file))).toBe(true);
    expect(passes()).toBeLessThan(1.05);
  });

  it("serves those who ask at the same time on one way", async () => {
    const { read, passes } = await open(3_000_000);
    expect(new Set(await Promise.all([...contents.keys()].reverse().map((name) => read(name))))).toEqual(
      new Set([true]),
    );
    expect(passes()).toBeLessThan(1.05);
  });

  it("begins at the beginning for what lies far back", async () => {
    const { folder, read, passes } = await open(3_000_000);
    expect(await read(nameOf(COUNT - 1, "image.png"))).toBe(true);
    expect(await read(nameOf(0, "depth.exr"))).toBe(true);
    expect(passes()).toBeGreaterThan(1);
    expect(await read(nameOf(2, "depth.exr"))).toBe(true);
    expect(passes()).toBeLessThan(1.5);
    await folder.close?.();
    expect(await read(nameOf(2, "depth.exr"))).toBe(true);
  });

  it("reads parts of files that are larger than the memory itself", async () => {
    const { folder, passes } = await open(LARGEST);
    const name = nameOf(5, "image.png");
    const [file, content] = [await folder.open(name), contents.get(name) as Uint8Array];
    for (let start = 0; start < file.byteLength; start += 50_000) {
      const end = Math.min(file.byteLength, start + 50_000);
      expect(Buffer.compare(await file.read(start, end), content.subarray(start, end))).toBe(0);
    }
    expect(passes()).toBeLessThan(1);
    await formatError(() => file.read(0, file.byteLength + 1), "truncated");
  });

  it("stops waiting when aborted, and goes on for others", async () => {
    const { read } = await open(3_000_000);
    const stop = new AbortController();
    const last = nameOf(COUNT - 1, "image.png");
    const stopped = read(last, { signal: stop.signal });
    const patient = read(last);
    stop.abort(new Error("enough"));
    await expect(stopped).rejects.toThrow("enough");
    expect(await patient).toBe(true);
    await expect(read(nameOf(0, "depth.exr"), { signal: AbortSignal.abort(new Error("before")) })).rejects.toThrow(
      "before",
    );
  });

  it("says how far it has come, and keeps to the limits", async () => {
    const seen: number[] = [];
    await openTar(packed, { maxLoadBytes: 1000, onProgress: ({ done, total }) => seen.push(done / total) });
    expect(seen.at(-1)).toBe(1);
    const bomb = new Uint8Array(gzipSync(tarOf([{ name: "a", content: new Uint8Array(60_000_000) }])));
    expect((await formatError(() => openTar(bomb, { maxLoadBytes: 1000 }))).code).toBe("limit");
    const cut = packed.subarray(0, packed.byteLength - 200_000);
    expect((await formatError(() => openTar(cut, { maxLoadBytes: 1000 }))).code).toBe("truncated");
  });
});

describe("gunzip in browsers", () => {
  const content = Buffer.concat([noise(200_000), Buffer.alloc(500_000, "somakit ")]);
  const first = gzipSync(content.subarray(0, 300_000));
  const whole = Buffer.concat([first, gzipSync(content.subarray(300_000)), gzipSync("")]);

  it.each([7, 4096, 1 << 20])("reads all members, in pieces of %i bytes", async (size) => {
    const bytes = size === 7 ? Buffer.concat([gzipSync("hello"), gzipSync(" you")]) : whole;
    const expected = size === 7 ? text("hello you") : content;
    expect(Buffer.compare(await collect(browser.gunzip(piecesOf(bytes, size))), expected)).toBe(0);
  });

  it.each([1, 17, 5000, 8, 20])("notices that the last %i bytes are missing", async (count) => {
    const error = await formatError(() =>
      collect(browser.gunzip(piecesOf(first.subarray(0, first.length - count), 4096))),
    );
    expect(["truncated", "checksum"]).toContain(error.code);
  });

  it("compares the checksum of every member", async () => {
    for (const at of [first.length - 6, first.length - 2, whole.length - 30]) {
      const wrong = Buffer.from(whole);
      wrong[at] = (wrong[at] as number) ^ 4;
      const error = await formatError(() => collect(browser.gunzip(piecesOf(wrong, 4096))));
      expect(["checksum", "corrupt"]).toContain(error.code);
    }
    expect((await formatError(() => collect(browser.gunzip(piecesOf(text("PK no gzip at all"), 4))))).code).toBe(
      "not-this-format",
    );
  });
});

it("tells archives by their first bytes", () => {
  expect(isTar(tarOf(SET))).toBe(true);
  expect(isTar(text("{}".repeat(400)))).toBe(false);
  expect(isPacked(gzipSync("x"))).toBe(true);
});

describe("tarSink", () => {
  const contents: readonly (readonly [string, Uint8Array])[] = [
    ["a.json", text("{}")],
    [`${"folder/".repeat(20)}${"é".repeat(60)}.bin`, noise(1500)],
    ["empty", new Uint8Array(0)],
  ];
  async function archive(level: number | "none"): Promise<Uint8Array> {
    const sink = new MemorySink();
    const target = tarSink(sink, { level });
    for (const [path, bytes] of contents) {
      const file = await target.file(path);
      await file.append(bytes);
      await file.commit();
    }
    await target.commit();
    return sink.bytes();
  }

  it.each(["none", 1] as const)("writes what is read as the same, level %s", async (level) => {
    const bytes = await archive(level);
    expect(isPacked(bytes)).toBe(level !== "none");
    const found: [string, Uint8Array][] = [];
    for await (const entry of readTar(bytes)) found.push([entry.name, await entry.bytes()]);
    expect(found.map(([name]) => name)).toEqual(contents.map(([name]) => name));
    found.forEach(([, content], index) => {
      expect(Buffer.compare(content, contents[index]?.[1] as Uint8Array)).toBe(0);
    });
    expect(Buffer.compare(bytes, await archive(level))).toBe(0);
  });

  it("refuses a path twice, and one that leads out; leaves nothing when it is aborted", async () => {
    const sink = new MemorySink();
    const target = tarSink(sink);
    await target.file("a");
    expect((await formatError(() => target.file("a"))).code).toBe("exists");
    expect((await formatError(() => target.file("../a"))).code).toBe("refused");
    expect((await formatError(() => target.file("a/b"))).code).toBe("refused");
    await target.abort();
    expect(() => sink.bytes()).toThrow("committed");
  });

  describeWithNumpy("beside Python", () => {
    it("is read by Python's tarfile, and reads what that writes in every format", async () => {
      await withFolder(async (folder) => {
        const path = join(folder, "ours.tar.gz");
        await writeFile(path, await archive(6));
        const listed = python(`import tarfile, sys\nfor e in tarfile.open(sys.argv[1]): print(e.name, e.size)`, path);
        expect(listed.trim().split("\n")).toEqual(contents.map(([name, bytes]) => `${name} ${bytes.byteLength}`));
        for (const format of ["USTAR", "GNU", "PAX"]) {
          const theirs = join(folder, `${format}.tar`);
          const name = format === "USTAR" ? "folder/".repeat(15) : contents[1]?.[0];
          python(
            `import tarfile, io, sys
with tarfile.open(sys.argv[1], "w", format=tarfile.${format}_FORMAT) as tar:
  info = tarfile.TarInfo(sys.argv[2] + "x"); info.size = 3
  tar.addfile(info, io.BytesIO(b"abc"))`,
            theirs,
            name as string,
          );
          expect(await namesOf(await readFile(theirs))).toEqual([`${name}x file 3`]);
        }
      });
    });
  });
});
