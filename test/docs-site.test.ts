import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const root = resolve(import.meta.dirname, "..");

describe("the site of the documentation", () => {
  let folder: string;
  let pages: readonly string[];

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "somakit-site-"));
    const { status, stderr } = spawnSync(process.execPath, ["scripts/docs.mjs", "--out", folder], {
      cwd: root,
      encoding: "utf8",
    });
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    const names = readdirSync(folder, { recursive: true }).map((name) => String(name).replaceAll("\\", "/"));
    pages = names.filter((name) => name.endsWith(".html"));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const html = (page: string): string => readFileSync(join(folder, page), "utf8");

  it("has a page for every guide, data set, package and entry point", () => {
    expect(pages).toEqual(
      expect.arrayContaining([
        "index.html",
        "CHANGELOG.html",
        "writing-a-schema.html",
        "formats/humandata/humandata.html",
        "packages/cli/README.html",
        "api/core.api.html",
      ]),
    );
  });

  it("links to pages, and places on them, that are there", () => {
    const anchors = new Map(
      pages.map((page) => [
        join(folder, page),
        new Set([...html(page).matchAll(/ id="([^"]*)"/g)].map(([, id]) => id)),
      ]),
    );
    const broken: string[] = [];
    let links = 0;
    for (const page of pages) {
      for (const [, href = ""] of html(page).matchAll(/<a href="([^"]*)"/g)) {
        if (/^[a-z]+:/.test(href)) continue;
        links += 1;
        const [file = "", anchor] = href.split("#");
        const target = file === "" ? join(folder, page) : join(folder, dirname(page), file);
        const isThere = existsSync(target) && (anchor === undefined || anchors.get(target)?.has(anchor) !== false);
        if (!isThere) broken.push(`${page}: ${href}`);
      }
    }
    expect(broken).toEqual([]);
    expect(links).toBeGreaterThan(1000);
  });

  it("marks its own place in the menu of each page", () => {
    for (const page of pages) expect([page, html(page).split('aria-current="page"').length - 1]).toEqual([page, 1]);
  });

  it("asks nothing of the network, and runs no script", () => {
    for (const page of pages)
      expect([page, /<script|<(?:img|link|iframe)[^>]*(?:src|href)="(?:https?:)?\/\//.test(html(page))]).toEqual([
        page,
        false,
      ]);
  });
});
