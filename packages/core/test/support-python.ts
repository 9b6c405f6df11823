import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe } from "vitest";

const PYTHON = process.env["SOMAKIT_PYTHON"] ?? "/usr/bin/python3";

/** Whether there is a Python with numpy to compare with. Tests that need it are shown as skipped where there is none. */
export const hasNumpy: boolean = spawnSync(PYTHON, ["-c", "import numpy"]).status === 0;

/** A group of tests that run Python. */
export const describeWithNumpy: typeof describe.skip = hasNumpy ? (describe as typeof describe.skip) : describe.skip;

/** What a script prints, given `args` in `sys.argv`; throws with its messages when it fails. */
export function python(script: string, ...args: readonly string[]): string {
  return execFileSync(PYTHON, ["-W", "ignore", "-c", script, ...args], { encoding: "utf8", maxBuffer: 2 ** 28 });
}

/** Runs `work` with a folder that is removed afterwards. */
export async function withFolder<T>(work: (folder: string) => Promise<T> | T): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), "somakit-test-"));
  try {
    return await work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
