import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { HUMANDATA, type Result, shell, somakit } from "./run.js";

const FULL = join(HUMANDATA, "full.npz");
const EMPTY = mkdtempSync(join(tmpdir(), "somakit-empty-"));
afterAll(() => rmSync(EMPTY, { recursive: true }));
let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "somakit-cli-"));
});

afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

function file(name: string, content: string | Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

describe("info", () => {
  test("says what a file is, in which container, and what each key means", async () => {
    const { code, stdout, stderr } = await somakit(["info", FULL]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toMatch(
      /^file {6}.*full\.npz, 23 KiB\ndata set {2}HumanData \(humandata\) as npz\nframes {4}7 \(N: /,
    );
    expect(stdout).toMatch(/^keypoints2d +float64 +\(7, 190, 3\) +31 KiB +\d.* +2D keypoints$/m);
    expect(stdout).toMatch(/^smpl +dict +4 .*SMPL body parameters/m);
    expect(stdout).not.toContain("\u001b");
  });

  test("goes by the content, not the name", async () => {
    const renamed = file("poses.txt", readFileSync(join(HUMANDATA, "multi.pkl")));
    const { stdout } = await somakit(["info", renamed]);
    expect(stdout).toMatch(/data set {2}MultiHumanData \(humandata\/multi\) as pickle\nframes {4}5 .*\npeople {4}9 /);
  });

  test("shows other content as the container that it is", async () => {
    const { code, stdout } = await somakit(["info", join(HUMANDATA, "npy_headers.npz")]);
    expect(code).toBe(0);
    expect(stdout).toContain("no known data set, shown as npz");
    expect(stdout).toMatch(/^plain +float32 +\(2, 3\)/m);
    expect((await somakit(["info", file("list.json", "[1, [2], {}]")])).stdout).toMatch(
      /shown as json\n\nkey .*\n\[0\] .* 1\n/,
    );
  });

  test("marks what cannot be read and ends with 3", async () => {
    const { code, stdout } = await somakit(["info", join(HUMANDATA, "bad_crc.npz")]);
    expect(code).toBe(3);
    expect(stdout).toMatch(/^bbox_xywh .*unreadable: CRC-32/m);
    expect(stdout).toMatch(/^keypoints2d .*float64/m);
  });

  test("names outdated forms", async () => {
    const { stdout } = await somakit(["info", join(HUMANDATA, "legacy_like.npz")]);
    expect(stdout).toMatch(/^note {6}bbox_xywh: boxes without a confidence column/m);
  });
});

describe("validate", () => {
  test.each<readonly [readonly string[], number, RegExp]>([
    [["full.npz"], 0, /full\.npz: HumanData, no issues\n1 file: 0 errors, 0 warnings\n/],
    [["legacy_like.npz"], 0, /warning +bbox_xywh/],
    [["--profile", "strict", "legacy_like.npz"], 1, /error +bbox_xywh/],
    [["bad_frames_differ.npz"], 1, /error +bbox_xywh {2}.*\n +expected 2, found 3\n +rule urn:somakit:humandata/],
    [["bad_crc.npz"], 3, /error +bbox_xywh.*\[unreadable: checksum\]/],
    [["--depth", "headers", "bad_mask_values.npz"], 0, /0 errors/],
    [["bad_mask_values.npz"], 1, /keypoints2d_mask/],
    [["bad_truncated.npz"], 3, /bad_truncated\.npz: cannot be read: /],
    [["npy_headers.npz"], 1, /not checked: .*no data set that is known\n.*somakit formats/],
    [
      ["--as", "humandata", "npy_headers.npz"],
      0,
      /warning .*none of the keys of HumanData is in the file.*\n +found \[/,
    ],
    [["--as", "humandata", "--depth", "headers", "full.npz"], 0, /no issues/],
    [["--as", "humandata/cache", "full.npz"], 1, /none of the keys of HumanDataSlices is in the file/],
    [["bad_pickle_os_system.npz"], 3, /os\.system.*\[unreadable: refused\]/],
    [["full.npz", "bad_frames_differ.npz", "bad_crc.npz"], 3, /3 files: 2 errors/],
  ])("%j ends with %i", async (args, code, text) => {
    const result = await somakit(["validate", ...args.map((arg) => (/\.\w+$/.test(arg) ? join(HUMANDATA, arg) : arg))]);
    expect(result.stdout).toMatch(text);
    expect(result.code).toBe(code);
  });

  test("quiet says what is wrong and nothing else", async () => {
    const quiet = await somakit(["validate", "--quiet", FULL, join(HUMANDATA, "legacy_like.npz")]);
    expect(quiet).toEqual({ code: 0, stdout: "", stderr: "" });
  });
});

describe("show", () => {
  test("prints arrays as numpy does, the rest on standard error", async () => {
    const { code, stdout, stderr } = await somakit(["show", FULL, "smpl.betas", "--slice", "0:2,:3"]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^\[\[-1\.0764986 +-0\.6352966 +-0\.31577012\]\n \[/);
    expect(stderr).toBe("smpl.betas: float32 (2, 3) of float32 (7, 10)\n");
  });

  test("a range of frames does not print the others", async () => {
    const { stdout } = await somakit(["show", FULL, "keypoints2d", "--slice", "3:5"]);
    expect(stdout.split("\n")).toHaveLength(7 + 1 + 7 + 1);
    const all = await somakit(["show", "--all", FULL, "keypoints2d", "--slice", "3:5"]);
    expect(all.stdout.split("\n")).toHaveLength(190 + 1 + 190 + 1);
  });

  test("lists dicts and lists as a tree", async () => {
    const { stdout } = await somakit(["show", FULL, "misc"]);
    expect(stdout).toContain("kps3d_root_aligned: False\nbbox_source: 'keypoints2d_original'\nbbox_body_scale: 1.2\n");
    expect(stdout).toContain("focal_length: float64 (1, 2)\ntags: ('a', 'b')\n");
    expect((await somakit(["show", FULL])).stdout).toMatch(/^smpl: dict of 4\n {2}body_pose: float32 \(7, 23, 3\)$/m);
  });

  test.each([
    [["nope"], /has no "nope"; it has "__key_strict__"/],
    [["bbox_xywh[7]"], /has 7 elements, so no \[7\]/],
    [["a..b"], /cannot read the path "a\.\.b"/],
    [["bbox_xywh", "--slice", "a"], /--slice a: cannot read "a"/],
    [["smpl", "--slice", "0"], /--slice needs an array/],
  ])("%j is wrong usage", async (args, message) => {
    const { code, stdout, stderr } = await somakit(["show", FULL, ...args]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toMatch(message);
  });
});

describe("entries that cannot be read", () => {
  test("show marks them, shows the others, and ends with 3", async () => {
    const { code, stdout, stderr } = await somakit(["show", join(HUMANDATA, "bad_crc.npz")]);
    expect(code).toBe(3);
    expect(stdout).toMatch(/^bbox_xywh: unreadable: CRC-32/m);
    expect(stdout).toMatch(/^keypoints2d: float64/m);
    expect(stderr).toMatch(/^somakit: bbox_xywh.*: CRC-32/);
  });

  test.each([
    ["bad_pickle_os_system.npz", "meta", "refused"],
    ["bad_npy_version.npz", undefined, "unsupported"],
  ])("of %s everything else is there", async (name, key, reason) => {
    const all = await somakit(["--json", "show", join(HUMANDATA, name)]);
    const { value, unreadable } = JSON.parse(all.stdout) as {
      readonly value: Readonly<Record<string, unknown>>;
      readonly unreadable: readonly { readonly path: string; readonly code: string }[];
    };
    const digest = await somakit(["digest", join(HUMANDATA, name)]);
    const entries = Object.entries((JSON.parse(digest.stdout) as { npz: Record<string, { unreadable?: string }> }).npz);
    const lost = entries.filter(([, entry]) => typeof entry === "object" && entry?.unreadable !== undefined);
    expect([all.code, digest.code]).toEqual([3, 3]);
    expect(unreadable).toEqual([expect.objectContaining({ code: reason })]);
    expect(lost).toEqual([[key ?? (lost[0]?.[0] as string), { unreadable: reason }]]);
    expect(Object.keys(value)).toEqual(entries.map(([entry]) => entry).filter((entry) => entry !== lost[0]?.[0]));
    expect(digest.stderr).toMatch(/^somakit: /);
  });
});

describe("digest and formats", () => {
  test("a digest is what the fixture expects", async () => {
    const { code, stdout } = await somakit(["digest", FULL]);
    const expected = JSON.parse(readFileSync(`${FULL}.expected.json`, "utf8")) as {
      readonly npz: Readonly<Record<string, { readonly sum?: number }>>;
    };
    const found = JSON.parse(stdout) as typeof expected;
    expect(code).toBe(0);
    expect(Object.keys(found.npz)).toEqual(Object.keys(expected.npz));
    expect(found.npz["image_path"]).toEqual(expected.npz["image_path"]);
  });

  test("formats come from the registry", async () => {
    const { stdout } = await somakit(["formats"]);
    expect(stdout).toMatch(
      /^name +data set +containers +endings +can\n(?:.*\n)*humandata +HumanData +npz, pickle +\.npz, \.pkl, \.pickle +write, .*convert-to/,
    );
  });
});

describe("--json prints one strict document", () => {
  const documents: readonly (readonly string[])[] = [
    ["info", FULL],
    ["info", join(HUMANDATA, "nested.npz")],
    ["validate", FULL, join(HUMANDATA, "bad_crc.npz"), "/nowhere"],
    ["show", FULL],
    ["show", FULL, "keypoints2d", "--slice", "0"],
    ["show", join(HUMANDATA, "nested.npz")],
    ["show", join(HUMANDATA, "dtypes.npz")],
    ["digest", join(HUMANDATA, "dtypes.npz")],
    ["formats"],
    ["info", "/nowhere"],
    ["show", FULL, "nope"],
  ];

  test.each(documents.map((args) => [args]))("%j", async (args) => {
    const { stdout } = await somakit(["--json", ...args]);
    expect(stdout).not.toMatch(/\bNaN\b(?!")|[^"]Infinity(?!")/);
    expect(typeof JSON.parse(stdout)).toBe("object");
    expect(stdout.endsWith("\n")).toBe(true);
  });

  test("with the error in it when something fails", async () => {
    const { code, stdout, stderr } = await somakit(["--json", "info", join(HUMANDATA, "bad_truncated.npz")]);
    const { error } = JSON.parse(stdout) as { readonly error: { readonly code: string } };
    expect({ code, reason: error.code }).toEqual({ code: 3, reason: "truncated" });
    expect(stderr).toContain("somakit: error: ");
  });
});

describe("exit codes and errors", () => {
  test.each<readonly [readonly string[], number, RegExp]>([
    [[], 2, /Usage: somakit/],
    [["--help"], 0, /Exit codes:\n {2}0 {4}fine/],
    [["help", "show"], 0, /Usage: somakit show/],
    [["show", "-h"], 0, /Examples:/],
    [["frobnicate"], 2, /unknown command/],
    [["info"], 2, /missing required argument 'file'/],
    [["diff", FULL, FULL, "extra"], 2, /too many arguments/],
    [["info", "--frob", FULL], 2, /unknown option '--frob'/],
    [["validate", "--depth", "deep", FULL], 2, /Allowed choices are headers, values/],
    [["validate", "--profile", "nope", FULL], 2, /no profile "nope"\n.*there are: strict, upstream, lenient/],
    [
      ["validate", "--as", "nope", FULL],
      2,
      /no data set "nope"\n.*--as takes .*humandata, humandata\/cache, humandata\/multi/,
    ],
    [["info", "/nowhere/file.npz"], 3, /\/nowhere\/file\.npz: there is no such file/],
    [["stats", EMPTY], 1, /this folder is no data set that is known/],
    [["info", join(HUMANDATA, "bad_zero_bytes.npz")], 3, /the file is empty \(byte 0\)\n {2}hint: /],
    [["digest", join(HUMANDATA, "bad_truncated.npz")], 3, /bad_truncated\.npz: /],
    [["generate", "-o", "x"], 2, /nothing says where the schemas are/],
    [["generate", "--schemas", "/nowhere", "-o", "x"], 2, /there is no folder \/nowhere/],
  ])("%j ends with %i", async (args, code, text) => {
    const result = await somakit(args);
    expect(result.code).toBe(code);
    expect(code === 0 ? result.stdout : result.stderr).toMatch(text);
    expect(code === 0 ? result.stderr : result.stdout).toBe("");
    expect(result.stderr).not.toMatch(/^\s+at /m);
  });

  test("stacks only when asked for", async () => {
    const { stderr } = await somakit(["--verbose", "info", join(HUMANDATA, "bad_truncated.npz")]);
    expect(stderr).toMatch(/^\s+at /m);
  });

  test("Ctrl-C ends with 130", async () => {
    const { code } = await somakit(["info", "-"], {
      started: (child) => setTimeout(() => child.kill("SIGINT"), 1000),
    });
    expect(code).toBe(130);
  });

  test("--version names the libraries", async () => {
    expect((await somakit(["--version"])).stdout).toMatch(/^somakit \d.*\n@somakit\/core \d.*\n@somakit\/formats \d/);
    expect(JSON.parse((await somakit(["--version", "--json"])).stdout)).toHaveProperty("somakit");
  });
});

describe("pipes and other sources", () => {
  test("a reader that has seen enough is no error", async () => {
    const env = { FILE: join(HUMANDATA, "full.npz") };
    const head = await shell('somakit show --all "$FILE" keypoints2d | head -1', env);
    expect(head).toEqual({
      code: 0,
      stdout: expect.stringMatching(/^\[\[\[.*\n$/) as string,
      stderr: expect.any(String) as string,
    });
    expect(await shell('somakit --json show "$FILE" | head -c 1', env)).toEqual({ code: 0, stdout: "{", stderr: "" });
  });

  test("standard input and named pipes", async () => {
    const stdin = readFileSync(FULL);
    expect((await somakit(["info", "-"], { stdin })).stdout).toMatch(/^file {6}-, 23 KiB\ndata set {2}HumanData/);
    expect((await shell('somakit info <(cat "$FILE")', { FILE: FULL })).stdout).toContain("HumanData (humandata)");
    expect(await somakit(["info", "-"], { stdin: new Uint8Array(0) })).toMatchObject({ code: 3 });
  });

  test("file URLs", async () => {
    expect((await somakit(["info", `file://${FULL}`])).stdout).toContain("HumanData (humandata)");
  });

  describe("http", () => {
    let server: Server;
    let address: string;
    const asked: string[] = [];

    beforeAll(async () => {
      const bytes = readFileSync(FULL);
      server = createServer((request, response) => {
        asked.push(String(request.headers.range));
        if (request.url !== "/full.npz") response.writeHead(404).end();
        else {
          const [, from = "0", to = ""] = /bytes=(\d+)-(\d*)/.exec(request.headers.range ?? "") ?? [];
          const part = bytes.subarray(Number(from), to === "" ? undefined : Number(to) + 1);
          const range = `bytes ${from}-${Number(from) + part.length - 1}/${bytes.length}`;
          response.writeHead(206, { "Content-Range": range, "Content-Length": part.length }).end(part);
        }
      });
      await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
      const place = server.address();
      address = typeof place === "object" && place ? `http://127.0.0.1:${place.port}` : "";
    });

    afterAll(() => {
      server.close();
      server.closeAllConnections();
    });

    test("reads ranges", async () => {
      const { code, stdout } = await somakit(["info", `${address}/full.npz`]);
      expect(code).toBe(0);
      expect(stdout).toContain("HumanData (humandata) as npz");
      expect(asked.every((range) => range.startsWith("bytes="))).toBe(true);
    });

    test("says what is missing", async () => {
      const result: Result = await somakit(["info", `${address}/other.npz`]);
      expect(result).toMatchObject({ code: 3, stdout: "" });
      expect(result.stderr).toContain("404");
    });
  });
});

test("nothing on the command line steers the terminal", async () => {
  const hostile = "\u001b]0;owned\u0007\u202e.npz";
  const path = file(hostile, readFileSync(join(HUMANDATA, "bad_crc.npz")));
  for (const args of [
    [hostile],
    ["info", `--${hostile}`],
    ["validate", path],
    ["show", path, hostile],
    ["slice", path, hostile.replace(".npz", ":"), "-o", "x.npz"],
    ["slice", path, ":", "-o", `/nowhere/${hostile}`],
    ["conventions", hostile],
    ["convention", "convert", path, "--convention", hostile, "-o", "x.npz"],
    ["--json", "info", hostile],
  ]) {
    const { stdout, stderr } = await somakit(args);
    expect(stdout + stderr).toMatch(/owned/);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not be there.
    expect(stdout + stderr).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/);
  }
});

test("nothing in a file steers the terminal", async () => {
  const hostile = "\u001b]0;owned\u0007\u001b[2J\n\u202e";
  const path = file(
    "hostile.json",
    JSON.stringify({ [hostile]: hostile, list: [hostile], deep: { [hostile]: [{ [hostile]: hostile }] } }),
  );
  for (const args of [
    ["info", path],
    ["show", path],
    ["show", path, "list"],
    ["show", path, `[${JSON.stringify(`${hostile}x`)}]`],
    ["validate", path],
  ]) {
    const { stdout, stderr } = await somakit(args);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not be there.
    expect(stdout + stderr).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/);
  }
});
