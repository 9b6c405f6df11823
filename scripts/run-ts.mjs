// Runs a TypeScript file of this repository with plain Node: bundled by esbuild, packages left outside.
//   node scripts/run-ts.mjs [NODE OPTIONS] FILE [ARGUMENTS]
// `import.meta.url`, `dirname` and `filename` keep naming the source file, and stack traces point into it. Packages
// (@somakit/… too) are loaded as a user would load them, so those must be built.
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { build } from "esbuild";
import { cache, node, root, run } from "./lib.mjs";

const args = process.argv.slice(2);
const at = args.findIndex((arg) => !arg.startsWith("-"));
if (at < 0) {
  console.error("usage: node scripts/run-ts.mjs [NODE OPTIONS] FILE [ARGUMENTS]");
  process.exit(2);
}
const file = resolve(args[at]);

/** Gives each source file its own `import.meta`, which bundling would replace by the bundle's. */
const importMeta = {
  name: "import-meta",
  setup: ({ onLoad }) =>
    onLoad({ filter: /\.m?ts$/ }, ({ path }) => {
      const own = { url: pathToFileURL(path).href, dirname: dirname(path), filename: path };
      const text = readFileSync(path, "utf8");
      const contents = text.replace(/\bimport\.meta\.(url|dirname|filename)\b/g, (_, name) =>
        JSON.stringify(own[name]),
      );
      return { contents, loader: "ts" };
    }),
};

/** Sources of core name their platform by `#platform`; its published meaning is the compiled file. */
const platform = {
  name: "platform",
  setup: ({ onResolve }) =>
    onResolve({ filter: /^#platform$/ }, () => ({ path: join(root, "packages/core/src/platform/node.ts") })),
};

let bundle;
try {
  const result = await build({
    absWorkingDir: root,
    entryPoints: [file],
    bundle: true,
    format: "esm",
    platform: "node",
    target: "node20",
    packages: "external",
    plugins: [platform, importMeta],
    // Scripts ask process.argv[1] whether they were started or imported.
    banner: { js: `process.argv[1] = ${JSON.stringify(file)};` },
    sourcemap: "inline",
    sourcesContent: false,
    outfile: join(cache, "run-ts", "out.mjs"),
    write: false,
    logLevel: "warning",
  });
  bundle = result.outputFiles[0].contents;
} catch {
  process.exit(1); // esbuild has said why
}

// Named by content, so that runs side by side do not disturb each other.
const name = `${relative(root, file).replace(/[^\w.-]+/g, "_")}-${createHash("sha256").update(bundle).digest("hex").slice(0, 12)}`;
const out = join(cache, "run-ts", `${name}.mjs`);
mkdirSync(dirname(out), { recursive: true });
writeFileSync(`${out}.${process.pid}`, bundle);
renameSync(`${out}.${process.pid}`, out);

const { code } = await run(node("--enable-source-maps", ...args.slice(0, at), out, ...args.slice(at + 1)), {
  cwd: process.cwd(),
  inherit: true,
});
process.exitCode = code;
