import { join } from "node:path";
import { build } from "esbuild";
import type { ServedFile } from "./server.js";

const HERE = import.meta.dirname;
const JAVASCRIPT = "text/javascript; charset=utf-8";

const PAGE = `<!doctype html>
<meta charset="utf-8">
<title>somakit</title>
<script type="module" src="/main.js"></script>
`;

/** The page and its scripts, bundled as an application would do it. Paths start with a slash. */
export async function bundle(): Promise<ReadonlyMap<string, ServedFile>> {
  const { outputFiles } = await build({
    entryPoints: ["main", "worker", "hdf5-worker"].map((name) => join(HERE, `page/${name}.ts`)),
    bundle: true,
    format: "esm",
    platform: "browser",
    target: "es2022",
    splitting: true,
    write: false,
    outdir: HERE,
    logLevel: "silent",
  });
  const scripts = outputFiles.map(({ path, contents }): [string, ServedFile] => [
    path.slice(HERE.length).replaceAll("\\", "/"),
    { type: JAVASCRIPT, bytes: contents },
  ]);
  return new Map([["/", { type: "text/html; charset=utf-8", bytes: Buffer.from(PAGE) }], ...scripts]);
}
