import { spawn } from "node:child_process";
import { createReadStream, readdirSync, statSync } from "node:fs";
import { join } from "node:path";

/** What one process measured, or what was measured about it. */
export interface Sample {
  readonly seconds: number;
  readonly cpu: number;
  /** Absent where the system does not say. */
  readonly peak: number | null;
  readonly check: string;
  /** Seconds of each step, of operations that have several. */
  readonly steps?: Readonly<Record<string, number>>;
}

export interface Ended {
  readonly output: string;
  /** From the start of the process to its end. */
  readonly seconds: number;
}

/** Runs a program to its end. Rejects with what it said when it fails. */
export function spawnToEnd(program: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const started = performance.now();
    const child = spawn(program, args, { env: { ...process.env, ...env }, stdio: ["ignore", "pipe", "pipe"] });
    let output = "";
    let errors = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      output += text;
    });
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      errors += text;
    });
    child.on("error", reject);
    let seconds = 0;
    child.on("exit", () => {
      seconds = (performance.now() - started) / 1000;
    });
    child.on("close", (code, signal) => {
      if (code === 0) resolve({ output, seconds });
      else reject(new Error(`${program} ${args.join(" ")} ended with ${code ?? signal}:\n${errors}${output}`));
    });
  });
}

const REPORT = /^report (.*)\n?$/m;

/** The sample that a program printed as its last line, and what it printed before. */
export function sampleOf({ output }: Ended): { readonly sample: Sample; readonly before: string } {
  const [line, report] = REPORT.exec(output) ?? [];
  if (line === undefined || report === undefined) throw new Error(`there is no report in:\n${output}`);
  return { sample: JSON.parse(report) as Sample, before: output.slice(0, output.indexOf(line)) };
}

/** Reads a file, or those of a folder, once, so that they are in the page cache for whoever is measured next. */
export async function warm(path: string): Promise<void> {
  if (statSync(path).isDirectory()) {
    for (const name of readdirSync(path)) await warm(join(path, name));
    return;
  }
  for await (const _ of createReadStream(path, { highWaterMark: 1 << 20 }));
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] as number;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] as number) + upper) / 2;
}
