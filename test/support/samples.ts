import { spawnSync } from "node:child_process";
import { mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { transformSync } from "esbuild";

const root = resolve(import.meta.dirname, "../..");

export interface SampleOutput {
  readonly stdout: string;
  readonly stderr: string;
}

/** What a TypeScript sample prints in an empty folder that has the packages and the sample files beside it. */
export function runSample(code: string): SampleOutput {
  return runSamples([code])[0] as SampleOutput;
}

/** The same for samples that go on with the files of those before them. */
export function runSamples(codes: readonly string[]): readonly SampleOutput[] {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "somakit-sample-")));
  try {
    for (const name of ["node_modules", "test"]) symlinkSync(join(root, name), join(folder, name), "dir");
    return codes.map((code) => {
      writeFileSync(join(folder, "sample.mjs"), transformSync(code, { loader: "ts", format: "esm" }).code);
      const { stdout, stderr } = spawnSync(process.execPath, ["sample.mjs"], { cwd: folder, encoding: "utf8" });
      return { stdout, stderr };
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
