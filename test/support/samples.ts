import { spawnSync } from "node:child_process";
import { mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { transformSync } from "esbuild";

const root = resolve(import.meta.dirname, "../..");

/** What a TypeScript sample prints in an empty folder that has the packages and the sample files beside it. */
export function runSample(code: string): { readonly stdout: string; readonly stderr: string } {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "somakit-sample-")));
  try {
    for (const name of ["node_modules", "test"]) symlinkSync(join(root, name), join(folder, name), "dir");
    writeFileSync(join(folder, "sample.mjs"), transformSync(code, { loader: "ts", format: "esm" }).code);
    const { stdout, stderr } = spawnSync(process.execPath, ["sample.mjs"], { cwd: folder, encoding: "utf8" });
    return { stdout, stderr };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
