// Bundles the command of the package in the current folder, so that it starts fast: one file for each part that is loaded by
// itself in place of several hundred modules. Run after the package is built; everything goes to dist/bundle.
//   node ../../scripts/bundle-command.mjs
// Packages of this repository are put into the bundle, the others stay imports where the command depends on them itself.
import { chmodSync, readdirSync, readFileSync, realpathSync, rmSync } from "node:fs";
import { join, relative, sep } from "node:path";
import { build } from "esbuild";
import { readJson } from "./lib.mjs";

const OUT = "dist/bundle";

/** What is loaded only where it is installed, and the generator, which brings a compiler along. */
const OUTSIDE = ["h5wasm-plugins", "onnxruntime-common", "@tensorflow/tfjs-core", "memcache-client"];
const GENERATOR = "@somakit/codegen";

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

const manifest = readJson("package.json");
const own = Object.keys(manifest.dependencies ?? {}).filter((name) => !name.startsWith("@somakit/"));

rmSync(OUT, { recursive: true, force: true });
await build({
  entryPoints: { bin: "dist/bin.js" },
  outdir: OUT,
  bundle: true,
  splitting: true,
  format: "esm",
  platform: "node",
  target: "node20",
  conditions: ["node"],
  external: [...OUTSIDE, GENERATOR, ...own.filter((name) => name !== "picocolors")],
  legalComments: "linked",
  plugins: [modulesStayWhereTheyAre],
  logLevel: "warning",
});
chmodSync(join(OUT, "bin.js"), 0o755);
