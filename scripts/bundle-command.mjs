// Bundles the command of the package in the current folder, so that it starts fast: one file in place of several hundred modules
// (in parts, as esbuild splits it, it starts a third slower: Node takes half a millisecond for each of 140 files). Modules that
// are imported by `import()` are still run only when they are. Run after the package is built; everything goes to dist/bundle.
//   node ../../scripts/bundle-command.mjs
// Packages of this repository are put into the bundle, the others stay imports where the command depends on them itself.
import { chmodSync, readdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { basename, join, relative, sep } from "node:path";
import { build } from "esbuild";
import { readJson } from "./lib.mjs";

const OUT = "dist/bundle";

/** What is loaded only where it is installed, and the generator, which brings a compiler along. */
const OUTSIDE = ["h5wasm-plugins", "onnxruntime-common", "@tensorflow/tfjs-core", "memcache-client"];
const GENERATOR = "@somakit/codegen";

/** What is larger than all the rest, and seldom needed: a file of its own. */
const LARGE = "h5wasm";

/** Expressions for the URL of a file in the folder of each package, as the bundle can resolve them. */
const packages = readdirSync("..").map((name) => {
  const folder = realpathSync(join("..", name));
  return { folder: folder + sep, manifest: `${readJson(join(folder, "package.json")).name}/package.json` };
});

/** Threads, schemas and manifests are found beside a module: there they still are once it is part of the bundle. */
const modulesStayWhereTheyAre = {
  name: "modules-stay-where-they-are",
  setup: ({ onLoad }) =>
    onLoad({ filter: /[\\/]packages[\\/][^\\/]+[\\/]dist[\\/].*\.js$/ }, ({ path }) => {
      const code = readFileSync(path, "utf8");
      const home = packages.find(({ folder }) => path.startsWith(folder));
      if (!home || !code.includes("import.meta.url")) return undefined;
      const place = JSON.stringify(relative(home.folder, path).split(sep).join("/"));
      const url = `new URL(${place}, import.meta.resolve(${JSON.stringify(home.manifest)})).href`;
      return { contents: code.replaceAll("import.meta.url", url), loader: "js" };
    }),
};

/** Imports of what is in a file of its own lead there. */
const largeStaysApart = {
  name: "large-stays-apart",
  setup: ({ onResolve }) =>
    onResolve({ filter: new RegExp(`^${LARGE}$`) }, ({ kind }) =>
      kind === "entry-point" ? undefined : { path: `./${LARGE}.js`, external: true },
    ),
};

/** What is run: Node 22 and later keep what they have compiled for the next time. */
const START = `#!/usr/bin/env node
import module from "node:module";

module.enableCompileCache?.();
await import("./command.js");
`;

const manifest = readJson("package.json");
const own = Object.keys(manifest.dependencies ?? {}).filter((name) => !name.startsWith("@somakit/"));

const options = {
  outdir: OUT,
  bundle: true,
  format: "esm",
  platform: "node",
  target: "node20",
  conditions: ["node"],
  external: [...OUTSIDE, GENERATOR, ...own.filter((name) => name !== "picocolors")],
  legalComments: "linked",
  // Node reads every byte of it at each start. Names stay, for the traces of --verbose.
  minifyWhitespace: true,
  minifySyntax: true,
  logLevel: "warning",
  metafile: true,
};
const command = await build({
  ...options,
  entryPoints: { command: "dist/bin.js" },
  plugins: [modulesStayWhereTheyAre, largeStaysApart],
});
const large = await build({
  ...options,
  stdin: { contents: `export * from "${LARGE}";`, resolveDir: join("..", "core"), sourcefile: `${LARGE}.js` },
  entryNames: LARGE,
});
writeFileSync(join(OUT, "bin.js"), START);
chmodSync(join(OUT, "bin.js"), 0o755);

// Only now, so that the command can be run while it is bundled again.
const made = [command, large].flatMap(({ metafile }) => Object.keys(metafile.outputs)).map((file) => basename(file));
for (const name of readdirSync(OUT)) if (name !== "bin.js" && !made.includes(name)) rmSync(join(OUT, name));
