import { execFileSync, spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

const scripts = resolve(import.meta.dirname, "../scripts");

/** A repository of two packages, the second of which needs the first. */
describe("a release", { timeout: 30_000 }, () => {
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "somakit-release-"));
    for (const name of ["lib.mjs", "release.mjs"]) cpSync(join(scripts, name), join(folder, "scripts", name));
    write("package.json", { name: "all", version: "0.2.0", private: true });
    write(".gitignore", "/build/\n");
    write("CHANGELOG.md", "# Changelog\n\n## [0.2.0] - 2026-01-31\n\n### Added\n\n- Something.\n");
    const publishConfig = { access: "public", provenance: true };
    write("packages/one/package.json", { name: "@lab/one", version: "0.2.0", publishConfig });
    const dependencies = { "@lab/one": "0.2.0" };
    write("packages/a-two/package.json", { name: "@lab/two", version: "0.2.0", dependencies, publishConfig });
    git("init", "--quiet");
    commit();
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  function write(path: string, content: object | string): void {
    mkdirSync(join(folder, path, ".."), { recursive: true });
    writeFileSync(join(folder, path), typeof content === "string" ? content : JSON.stringify(content));
  }

  function git(...args: string[]): void {
    const settings = ["user.name=a", "user.email=a@b.c", "commit.gpgsign=false"].flatMap((line) => ["-c", line]);
    execFileSync("git", [...settings, ...args], { cwd: folder, stdio: "pipe" });
  }

  function commit(): void {
    git("add", "--all");
    git("commit", "--quiet", "--message", "all");
  }

  function release(...args: string[]): {
    readonly status: number | null;
    readonly stdout: string;
    readonly stderr: string;
  } {
    const env = { ...process.env, GITHUB_ACTIONS: "" };
    return spawnSync(process.execPath, ["scripts/release.mjs", "--skip-tests", ...args], {
      cwd: folder,
      encoding: "utf8",
      env,
    });
  }

  it("packs all packages and says how to publish them, each after those that it needs", () => {
    const { status, stdout, stderr } = release();
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    expect(readdirSync(join(folder, "build/release")).sort()).toEqual(["lab-one-0.2.0.tgz", "lab-two-0.2.0.tgz"]);
    const commands = stdout.split("\n").filter((line) => line.startsWith("  npm publish"));
    expect(commands).toEqual([
      "  npm publish build/release/lab-one-0.2.0.tgz --access public --provenance --tag latest",
      "  npm publish build/release/lab-two-0.2.0.tgz --access public --provenance --tag latest",
    ]);
  });

  it("can be tried at any time, with changes and without a section of the changelog", () => {
    write("packages/one/index.js", "");
    write("CHANGELOG.md", "# Changelog\n");
    const { status, stdout } = release("--dry-run");
    expect({ status, last: stdout.trimEnd().split("\n").at(-1) }).toEqual({
      status: 0,
      last: "somakit 0.2.0: all 2 packages can be published",
    });
    write("packages/one/package.json", {
      name: "@lab/one",
      version: "0.2.0",
      publishConfig: { provenance: true },
      private: true,
    });
    expect(release("--dry-run")).toMatchObject({ status: 1, stderr: expect.stringContaining("is private") });
  });

  it("of a version with a suffix does not become what everybody gets", () => {
    for (const path of ["package.json", "packages/one/package.json", "packages/a-two/package.json"]) {
      const text = execFileSync("git", ["show", `HEAD:${path}`], { cwd: folder, encoding: "utf8" });
      write(path, text.replaceAll("0.2.0", "0.2.0-rc.1"));
    }
    write("CHANGELOG.md", "## [0.2.0-rc.1] - 2026-01-31\n\n- Something.\n");
    commit();
    expect(release().stdout).toContain("lab-one-0.2.0-rc.1.tgz --access public --provenance --tag next");
  });

  it.each<[string, string, object | string, RegExp]>([
    [
      "a version that differs",
      "packages/one/package.json",
      { name: "@lab/one", version: "0.1.0" },
      /has version 0\.1\.0/,
    ],
    [
      "no section of the changelog",
      "CHANGELOG.md",
      "## [0.1.0] - 2025-01-01\n\n- Old.\n",
      /no section "## \[0\.2\.0\]/,
    ],
    ["a section without a date", "CHANGELOG.md", "## [0.2.0]\n\n- Something.\n", /has no date/],
    ["an empty section", "CHANGELOG.md", "## [0.2.0] - 2026-01-31\n", /says nothing about 0\.2\.0/],
    ["no provenance", "packages/one/package.json", { name: "@lab/one", version: "0.2.0" }, /lacks provenance/],
  ])("is refused for %s", (_, path, content, reason) => {
    write(path, content);
    commit();
    const { status, stderr } = release();
    expect(status).toBe(1);
    expect(stderr).toMatch(reason);
  });

  it("is refused for changes that are not committed, and for a tag of another commit", () => {
    write("packages/one/index.js", "");
    expect(release()).toMatchObject({ status: 1, stderr: expect.stringContaining("not committed") });
    git("tag", "v0.2.0");
    commit();
    expect(release()).toMatchObject({ status: 1, stderr: expect.stringContaining("the tag of another commit") });
  });

  it("is not published but by the workflow, of a package that says where its sources are", () => {
    expect(release("--publish").stderr).toContain("no repository.url");
  });
});
