import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { describe, expect, it } from "vitest";

const root = resolve(import.meta.dirname, "..");

/** Every page that people read: those of the repository, of each package, and in docs, generated ones included. */
const pages = [
  ...readdirSync(root).filter((name) => name.endsWith(".md")),
  ...readdirSync(join(root, "packages")).map((name) => `packages/${name}/README.md`),
  ...readdirSync(join(root, "docs"), { recursive: true }).map((name) => `docs/${String(name).replaceAll("\\", "/")}`),
].filter((name) => name.endsWith(".md") && !name.endsWith(".api.md"));

/** The text of a page without what is in code, where brackets are no links. */
function prose(path: string): string {
  return readFileSync(path, "utf8")
    .replace(/^( *)(```+|~~~+)[^\n]*\n[\s\S]*?^\1\2/gm, "")
    .replace(/(`+)[^`\n][^\n]*?\1/g, "");
}

/** Where the headings of a page are, as GitHub makes it of them. */
function anchorsOf(path: string): ReadonlySet<string> {
  const anchors = new Set<string>();
  const text = readFileSync(path, "utf8").replace(/^( *)(```+|~~~+)[^\n]*\n[\s\S]*?^\1\2/gm, "");
  for (const [, heading = ""] of text.matchAll(/^#{1,6} +(.*?) *#*$/gm)) {
    const plain = heading.replace(/\[([^\]]*)\]\([^)]*\)/g, "$1").replace(/<[^>]*>/g, "");
    const anchor = plain
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\p{M}_ -]/gu, "")
      .replaceAll(" ", "-");
    let name = anchor;
    for (let count = 1; anchors.has(name); count++) name = `${anchor}-${count}`;
    anchors.add(name);
  }
  for (const [, id = ""] of text.matchAll(/<a (?:id|name)="([^"]*)"/g)) anchors.add(id);
  return anchors;
}

describe("pages", () => {
  it("are those that there should be", () => {
    expect(pages).toEqual(
      expect.arrayContaining(["README.md", "CHANGELOG.md", "docs/decisions.md", "packages/cli/README.md"]),
    );
    expect(pages.length).toBeGreaterThan(20);
  });

  it.each(pages)("%s links to pages, and places on them, that are there", (name) => {
    const path = join(root, name);
    const broken: string[] = [];
    for (const [, target = ""] of prose(path).matchAll(/\]\(<?([^)\s>]+)>?(?: "[^"]*")?\)/g)) {
      if (/^[a-z]+:/.test(target)) continue;
      const [file = "", anchor] = target.split("#");
      const found = file === "" ? path : join(dirname(path), decodeURIComponent(file));
      const isInside = !relative(root, found).startsWith("..");
      if (!isInside || !existsSync(found)) broken.push(target);
      else if (anchor !== undefined && statSync(found).isFile() && !anchorsOf(found).has(anchor)) broken.push(target);
    }
    expect(broken).toEqual([]);
  });

  it.each(readdirSync(join(root, "packages")))("README of %s is of use where only the package is installed", (name) => {
    const text = prose(join(root, "packages", name, "README.md"));
    const local = [...text.matchAll(/\]\(([^)]+)\)/g)]
      .map(([, target]) => target)
      .filter((target) => !target?.includes("://"));
    expect(local).toEqual([]);
  });
});
