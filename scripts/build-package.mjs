// Builds the package in the current folder: tsc, without outputs of sources that are gone, with commands made executable.
//   node ../../scripts/build-package.mjs [--copy FROM=TO …] [--without NAME …]
// --copy adds a folder that ships with the package, --without leaves out what has that name inside it.
import { chmodSync, cpSync, existsSync, readdirSync, rmSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { binOf, node, readJson, run } from "./lib.mjs";

const files = (folder) =>
  existsSync(folder)
    ? readdirSync(folder, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    : [];

const manifest = readJson("package.json");
const { values } = parseArgs({
  options: { copy: { type: "string", multiple: true }, without: { type: "string", multiple: true } },
});
const copies = (values.copy ?? []).map((copy) => copy.split("="));
const without = values.without ?? [];

const stems = new Set(
  files("src")
    .filter((file) => file.endsWith(".ts"))
    .map((file) => file.slice(0, -".ts".length)),
);
if (stems.size === 0) {
  console.error(`${manifest.name} has no sources: ${resolve("src")} holds no TypeScript file.`);
  process.exit(1);
}

// A command that is bundled is made behind this, and may be in use until then.
const bundles = Object.values(manifest.bin ?? {}).map((file) => join(dirname(file), "/"));
// tsc never deletes: an output whose source was renamed or removed would still be packed.
for (const file of files("dist")) {
  if (bundles.some((folder) => folder !== join("dist", "/") && join("dist", file).startsWith(folder))) continue;
  const stem = /^(.*?)(\.d\.ts|\.js)(\.map)?$/.exec(file)?.[1];
  const copied = copies.some(([, to]) => join("dist", file).startsWith(join(to, "/")));
  if (stem !== undefined && !copied && !stems.has(stem)) rmSync(join("dist", file));
}
// … and it trusts its notes: without this an output that was deleted would not come back.
const complete = [...stems].every((stem) => stem.endsWith(".d") || existsSync(join("dist", `${stem}.js`)));
if (!complete) rmSync(join("dist", ".tsbuildinfo"), { force: true });

const { code } = await run(node(binOf("typescript", "tsc"), "-p", "tsconfig.json"), { cwd: ".", inherit: true });
if (code !== 0) process.exit(code);

for (const file of Object.values(manifest.bin ?? {})) if (existsSync(file)) chmodSync(file, 0o755);
for (const [from, to] of copies) {
  if (!existsSync(from)) {
    console.error(`${manifest.name} ships a copy of ${resolve(from)}, which does not exist.`);
    process.exit(1);
  }
  rmSync(to, { recursive: true, force: true });
  cpSync(from, to, { recursive: true, filter: (source) => !without.includes(basename(source)) });
}
