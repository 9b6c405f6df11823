import { execFileSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { chmod, open } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { describe, expect, it } from "vitest";
import { fileFolder, fileSink, fileSource } from "../src/node/index.js";
import { formatError, noise, text } from "./support-io.js";
import { withFolder } from "./support-python.js";

describe("files as sources", () => {
  const bytes = noise(200_000);

  it.each(["path", "URL", "handle"])("are opened by %s", async (way) => {
    await withFolder(async (folder) => {
      const path = join(folder, "data.bin");
      writeFileSync(path, bytes);
      const handle = await open(path);
      const source = await fileSource(way === "path" ? path : way === "URL" ? pathToFileURL(path) : handle);
      expect(source.byteLength).toBe(200_000);
      expect(Buffer.compare(await source.read(1000, 150_000), bytes.subarray(1000, 150_000))).toBe(0);
      const target = new Uint8Array(10);
      await source.readInto?.(target.subarray(2, 8), 5);
      expect([...target]).toEqual([0, 0, ...bytes.subarray(5, 11), 0, 0]);
      await formatError(() => source.read(199_999, 200_001), "truncated");
      await source.close?.();
      if (way === "handle") expect((await handle.stat()).size).toBe(200_000);
      else await expect(source.read(0, 1)).rejects.toThrow("was closed");
      await handle.close();
    });
  });

  it("notice that they have become shorter", async () => {
    await withFolder(async (folder) => {
      const path = join(folder, "data.bin");
      writeFileSync(path, bytes);
      const source = await fileSource(path);
      truncateSync(path, 100_000);
      const error = await formatError(() => source.read(99_990, 100_020), "truncated");
      expect(error.offset).toBe(100_000);
      expect(error.message).toContain("data.bin");
      await source.close?.();
    });
  });

  it("read beyond 4 GiB", async () => {
    await withFolder(async (folder) => {
      const path = join(folder, "sparse.bin");
      const handle = await open(path, "w");
      await handle.write(text("end"), 0, 3, 5 * 2 ** 30);
      await handle.close();
      const source = await fileSource(path);
      expect(source.byteLength).toBe(5 * 2 ** 30 + 3);
      expect(Buffer.from(await source.read(5 * 2 ** 30 - 1, source.byteLength)).toString()).toBe("\0end");
      await formatError(() => source.read(0, 2 ** 53 - 1), "truncated");
      await source.close?.();
    });
  });

  it("stop when aborted", async () => {
    await withFolder(async (folder) => {
      writeFileSync(join(folder, "a"), bytes);
      const source = await fileSource(join(folder, "a"));
      await expect(source.read(0, 10, { signal: AbortSignal.abort(new Error("enough")) })).rejects.toThrow("enough");
      await source.close?.();
    });
  });

  it("are not folders, and exist", async () => {
    await withFolder(async (folder) => {
      await expect(fileSource(folder)).rejects.toThrow(/no regular file/);
      await expect(fileSource(join(folder, "nothing"))).rejects.toMatchObject({ code: "ENOENT" });
    });
  });
});

describe("files as sinks", () => {
  const listing = (folder: string): string[] => readdirSync(folder).sort();

  it("appear when they are committed, whole", async () => {
    await withFolder(async (folder) => {
      const path = join(folder, "out.npz");
      const sink = await fileSink(path, { sync: true });
      await sink.append(text("one "));
      expect(existsSync(path)).toBe(false);
      await sink.append(text("two"));
      await sink.commit();
      expect(listing(folder)).toEqual(["out.npz"]);
      expect(readFileSync(path, "utf8")).toBe("one two");
      await expect(sink.append(text("x"))).rejects.toThrow("after commit");
      await sink.abort();
      expect(listing(folder)).toEqual(["out.npz"]);
    });
  });

  it("leave nothing when they are aborted", async () => {
    await withFolder(async (folder) => {
      const path = join(folder, "out.npz");
      writeFileSync(path, "old");
      const sink = await fileSink(path, { overwrite: true });
      await sink.append(text("new"));
      await sink.abort();
      await sink.abort();
      expect(listing(folder)).toEqual(["out.npz"]);
      expect(readFileSync(path, "utf8")).toBe("old");
    });
  });

  it("replace what is there only when told to, keeping its permissions", async () => {
    await withFolder(async (folder) => {
      const path = join(folder, "out.npz");
      writeFileSync(path, "old");
      await chmod(path, 0o640);
      await formatError(() => fileSink(path), "exists");
      const sink = await fileSink(path, { overwrite: true });
      await sink.append(text("new"));
      await sink.commit();
      expect(readFileSync(path, "utf8")).toBe("new");
      expect(statSync(path).mode & 0o777).toBe(0o640);
      expect(listing(folder)).toEqual(["out.npz"]);
    });
  });

  it("let one of two writers win", async () => {
    await withFolder(async (folder) => {
      const path = join(folder, "out.npz");
      const [first, second] = [await fileSink(path), await fileSink(path)];
      await first.append(text("first"));
      await second.append(text("second"));
      await second.commit();
      await formatError(() => first.commit(), "exists");
      expect(readFileSync(path, "utf8")).toBe("second");
      expect(listing(folder)).toEqual(["out.npz"]);
    });
  });

  it("write through a link to the file it names", async () => {
    await withFolder(async (folder) => {
      mkdirSync(join(folder, "real"));
      writeFileSync(join(folder, "real", "file"), "old");
      symlinkSync(join("real", "file"), join(folder, "link"));
      await formatError(() => fileSink(join(folder, "link")), "exists");
      const sink = await fileSink(join(folder, "link"), { overwrite: true });
      await sink.append(text("new"));
      await sink.commit();
      expect(readFileSync(join(folder, "real", "file"), "utf8")).toBe("new");
      expect(listing(folder)).toEqual(["link", "real"]);
    });
  });

  it("are not folders, nor in folders that are not there", async () => {
    await withFolder(async (folder) => {
      await formatError(() => fileSink(folder, { overwrite: true }), "exists");
      await expect(fileSink(join(folder, "no", "file"))).rejects.toMatchObject({ code: "ENOENT" });
    });
  });
});

describe("folders of the file system", () => {
  it("list files and folders, and open files", async () => {
    await withFolder(async (root) => {
      mkdirSync(join(root, "camera"));
      writeFileSync(join(root, "camera", "left.png"), "left");
      writeFileSync(join(root, "b.txt"), "b");
      const folder = await fileFolder(root);
      expect(await folder.list("")).toEqual([
        { name: "b.txt", kind: "file" },
        { name: "camera", kind: "folder" },
      ]);
      const source = await folder.open("camera/left.png");
      expect([Buffer.from(await source.read(0, 4)).toString(), source.name]).toEqual(["left", "camera/left.png"]);
      await source.close?.();
      await formatError(() => folder.open("camera"), "missing");
      await formatError(() => folder.open("nothing"), "missing");
      await formatError(() => folder.open("b.txt/x"), "missing");
      await formatError(() => folder.list("b.txt"), "missing");
      await formatError(() => folder.open("../b.txt"), "refused");
      await expect(fileFolder(join(root, "b.txt"))).rejects.toThrow("no folder");
    });
  });

  it("follow links inside, and none that leave", async () => {
    await withFolder(async (root) => {
      mkdirSync(join(root, "in"));
      mkdirSync(join(root, "in-secret"));
      writeFileSync(join(root, "in-secret", "key"), "secret");
      writeFileSync(join(root, "in", "file"), "fine");
      mkdirSync(join(root, "in", "sub"));
      symlinkSync("file", join(root, "in", "good"));
      symlinkSync("sub", join(root, "in", "good-folder"));
      symlinkSync("/etc/passwd", join(root, "in", "outside"));
      symlinkSync(join("..", "in-secret"), join(root, "in", "sibling"));
      symlinkSync("nowhere", join(root, "in", "broken"));
      symlinkSync("circle", join(root, "in", "circle"));
      execFileSync("mkfifo", [join(root, "in", "pipe")]);
      const folder = await fileFolder(join(root, "in"));
      expect((await folder.list("")).map(({ name, kind }) => [name, kind])).toEqual([
        ["file", "file"],
        ["good", "file"],
        ["good-folder", "folder"],
        ["sub", "folder"],
      ]);
      const source = await folder.open("good");
      expect(source.byteLength).toBe(4);
      await source.close?.();
      await formatError(() => folder.open("outside"), "refused");
      await formatError(() => folder.open("sibling/key"), "refused");
      await formatError(() => folder.list("sibling"), "refused");
      await formatError(() => folder.open("broken"), "missing");
      await formatError(() => folder.open("circle"), "refused");
      await formatError(() => folder.open("pipe"), "missing");
    });
  });

  it("are not left by links that come about between listing and opening", async () => {
    await withFolder(async (root) => {
      const home = join(root, "in");
      mkdirSync(join(home, "camera", "key_points"), { recursive: true });
      mkdirSync(join(root, "in-secret", "key_points"), { recursive: true });
      for (const folder of ["in/camera", "in/camera/key_points", "in-secret", "in-secret/key_points"])
        writeFileSync(join(root, folder, "file"), folder);
      const folder = await fileFolder(home);
      await folder.list("");
      await folder.list("camera");
      await folder.list("camera/key_points");
      const content = async (path: string) => {
        const source = await folder.open(path);
        const bytes = await source.read(0, source.byteLength);
        await source.close?.();
        return Buffer.from(bytes).toString();
      };
      expect(await content("camera/key_points/file")).toBe("in/camera/key_points");

      rmSync(join(home, "camera", "file"));
      symlinkSync("../../in-secret/file", join(home, "camera", "file"));
      await formatError(() => folder.open("camera/file"), "refused");

      rmSync(join(home, "camera"), { recursive: true });
      symlinkSync("../in-secret", join(home, "camera"));
      await formatError(() => folder.open("camera/file"), "refused");
      await formatError(() => folder.open("camera/key_points/file"), "refused");
      await formatError(() => folder.list("camera"), "refused");
      await formatError(() => folder.list("camera/key_points"), "refused");
      expect(await folder.list("")).toEqual([]);
    });
  });

  it.runIf(existsSync("/proc/self/fd"))("hold no files open that were refused, or closed", async () => {
    await withFolder(async (root) => {
      mkdirSync(join(root, "in", "sub"), { recursive: true });
      writeFileSync(join(root, "in", "sub", "file"), "fine");
      writeFileSync(join(root, "outside"), "secret");
      const folder = await fileFolder(join(root, "in"));
      await folder.list("sub");
      const openFiles = () => readdirSync("/proc/self/fd").length;
      const before = openFiles();
      for (let i = 0; i < 20; i++) {
        const source = await folder.open("sub/file");
        await source.close?.();
        await source.close?.();
        await expect(source.read(0, 1)).rejects.toThrow("was closed");
        await formatError(() => folder.open("sub"), "missing");
      }
      expect(openFiles()).toBeLessThanOrEqual(before);
    });
  });
});
