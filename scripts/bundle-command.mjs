// Bundles the command of the package in the current folder, so that it starts fast: two dozen files in place of several
// hundred modules, of which a run loads what it needs (docs/decisions.md says why). Run after the package is built; everything goes to dist/bundle.
//   node ../../scripts/bundle-command.mjs
// Other packages are put into the bundle; what is theirs by licence is in licenses.txt beside it.
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join, relative, sep } from "node:path";
import { transform } from "esbuild";
import { rolldown } from "rolldown";
import { parseAst } from "rolldown/parseAst";
import { partsOf } from "./bundle-parts.mjs";
import { readJson, root } from "./lib.mjs";

const OUT = "dist/bundle";

/** What is loaded only where it is installed, and the generator, which brings a compiler along. */
const OUTSIDE = [
  "h5wasm-plugins",
  "onnxruntime-common",
  "@tensorflow/tfjs-core",
  "memcache-client",
  "@somakit/codegen",
];

/** Expressions for the URL of a file in the folder of each package, as the bundle can resolve them. */
const packages = readdirSync("..").map((name) => {
  const folder = realpathSync(join("..", name));
  return { folder: folder + sep, manifest: `${readJson(join(folder, "package.json")).name}/package.json` };
});

/** Threads, schemas and manifests are found beside a module: there they still are once it is part of the bundle. */
const modulesStayWhereTheyAre = {
  name: "modules-stay-where-they-are",
  load(path) {
    const home = packages.find(({ folder }) => path.startsWith(join(folder, "dist", sep)));
    const code = home && readFileSync(path, "utf8");
    if (!code?.includes("import.meta.url")) return null;
    const place = JSON.stringify(relative(home.folder, path).split(sep).join("/"));
    const url = `new URL(${place}, import.meta.resolve(${JSON.stringify(home.manifest)})).href`;
    return code.replaceAll("import.meta.url", url);
  },
};

/** The path of a module as the parts are told by it: `core/codec/npz/open.js`. */
function nameOf(id) {
  const home = packages.find(({ folder }) => id.startsWith(folder));
  if (!home) return relative(root, id).split(sep).join("/");
  const inside = relative(join(home.folder, ".."), id).split(sep).join("/");
  return inside.replace("/dist/", "/");
}

/** Node reads every byte at each start, and text beyond ASCII at half the speed. Names stay, for the traces of --verbose. */
async function smaller(code) {
  const options = { minifyWhitespace: true, minifySyntax: true, charset: "ascii", format: "esm", target: "node20" };
  return (await transform(code, { ...options, legalComments: "none" })).code;
}

/** Files that only pass on what another one exports take as long to load as any: whoever imports them is sent there. */
function withoutFacades(chunks) {
  const facades = new Map(
    chunks
      .filter(({ isDynamicEntry, modules }) => isDynamicEntry && Object.keys(modules).length === 0)
      .map(({ fileName, imports, code }) => {
        if (imports.length !== 1) throw new Error(`${fileName} passes on what is in ${imports.join(", ")}`);
        return [fileName, { home: imports[0], names: passedOn(code) }];
      }),
  );
  const elsewhere = (whole, name) => {
    const facade = facades.get(name);
    if (!facade) return whole;
    const { home, names } = facade;
    const members = names.map(([inFile, given]) => `${given}: file.${inFile}`);
    const isSame = names.every(([inFile, given]) => inFile === given);
    return `import("./${home}")${isSame ? "" : `.then((file) => ({ ${members.join(", ")} }))`}`;
  };
  return chunks
    .filter(({ fileName }) => !facades.has(fileName))
    .map(({ fileName, code }) => ({ fileName, code: code.replace(/\bimport\("\.\/([\w.-]+)"\)/g, elsewhere) }));
}

/** What a file passes on: names in the file that it imports, each with the one that it exports it by. */
function passedOn(code) {
  const { body } = parseAst(code);
  const imported = new Map();
  for (const { type, specifiers } of body)
    if (type === "ImportDeclaration") for (const one of specifiers) imported.set(one.local.name, one.imported.name);
  return body.flatMap(({ type, source, specifiers }) => {
    if (type === "ImportDeclaration") return [];
    if (type !== "ExportNamedDeclaration") throw new Error(`a file that does more than pass on:\n${code}`);
    return specifiers.map((one) => [source ? one.local.name : imported.get(one.local.name), one.exported.name]);
  });
}

/** The terms of the packages that are in the bundle and not of this repository, as they want to be passed on. */
function licenses(modules) {
  const folders = new Set(
    modules.flatMap((id) => {
      const folder = /^.*[\\/]node_modules[\\/](?:@[^\\/]+[\\/])?[^\\/]+/.exec(id)?.[0];
      return folder === undefined ? [] : [folder];
    }),
  );
  const texts = [...folders].map((folder) => {
    const { name, version, license } = readJson(join(folder, "package.json"));
    const file = readdirSync(folder).find((entry) => /^licen[cs]e/i.test(entry));
    const terms = file === undefined ? "" : `\n\n${readFileSync(join(folder, file), "utf8").trim()}`;
    return `${name} ${version} (${license})${terms}\n`;
  });
  return texts.sort().join(`\n${"-".repeat(80)}\n\n`);
}

const bundle = await rolldown({
  input: { bin: "dist/bin.js" },
  platform: "node",
  external: OUTSIDE,
  plugins: [modulesStayWhereTheyAre],
  preserveEntrySignatures: false,
  // Modules that are imported in both ways are no mistake: libraries are used piece by piece, too.
  checks: { ineffectiveDynamicImport: false },
});
const options = {
  format: "es",
  entryFileNames: "[name].js",
  chunkFileNames: "[name].js",
  minifyInternalExports: false,
};
const split = await bundle.generate(options);
const parts = partsOf(
  split.output.filter(({ type }) => type === "chunk"),
  nameOf,
);
const groups = [...new Set(parts.values())].map((name, index, { length }) => ({
  name,
  test: (id) => parts.get(id) === name,
  priority: length - index,
}));
const { output } = await bundle.generate({ ...options, codeSplitting: { groups } });
await bundle.close();
const files = new Map();
for (const { fileName, code } of withoutFacades(output)) files.set(fileName, await smaller(code));
files.set("licenses.txt", licenses(output.flatMap(({ modules }) => Object.keys(modules))));

// Each file at once, so that the command can be run while it is bundled again.
mkdirSync(OUT, { recursive: true });
for (const [name, text] of files) {
  const path = join(OUT, name);
  if (existsSync(path) && readFileSync(path, "utf8") === text) continue;
  writeFileSync(`${path}.new`, text);
  if (name === "bin.js") chmodSync(`${path}.new`, 0o755);
  renameSync(`${path}.new`, path);
}
for (const name of readdirSync(OUT)) if (!files.has(name)) rmSync(join(OUT, name));
