import { type ChildProcess, spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { breaches } from "./output-schema.js";

/** The built command, as npm would link it. */
export const BIN: string = fileURLToPath(new URL("../dist/bundle/bin.js", import.meta.url));

export const HUMANDATA: string = fileURLToPath(new URL("../../../test/conformance/humandata/", import.meta.url));

export interface Result {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  readonly stdin?: Uint8Array;
  /** The folder to run in; that of the tests when left out. */
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Called once the process runs. */
  readonly started?: (child: ChildProcess) => void;
}

/** Runs `somakit` with arguments and waits for its end. Whatever JSON it prints has to be what its schema says. */
export async function somakit(args: readonly string[], options: RunOptions = {}): Promise<Result> {
  const result = await command(process.execPath, [BIN, ...args], options);
  // Who is stopped has not come to the end of its document.
  const isWhole = result.code !== null && result.code < 128;
  const broken = isWhole ? breaches(args, result.stdout) : [];
  if (broken.length > 0) throw new Error(`somakit ${args.join(" ")} printed\n${broken.slice(0, 20).join("\n")}`);
  return result;
}

/** Runs a shell line in which `somakit` is the command. */
export function shell(line: string, env: Readonly<Record<string, string>> = {}): Promise<Result> {
  return command("bash", ["-o", "pipefail", "-c", `somakit() { "$NODE" "$BIN" "$@"; }; ${line}`], {
    env: { NODE: process.execPath, BIN, ...env },
  });
}

function command(program: string, args: readonly string[], { stdin, cwd, env, started }: RunOptions): Promise<Result> {
  return new Promise((resolve, reject) => {
    const variables = { ...process.env, FORCE_COLOR: undefined, ...env };
    const child = spawn(program, args, { cwd, env: variables, stdio: ["pipe", "pipe", "pipe"] });
    let stdout = "";
    let stderr = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      stdout += text;
    });
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      stderr += text;
    });
    child.on("error", reject);
    child.on("close", (code) => resolve({ code, stdout, stderr }));
    child.stdin.on("error", () => undefined);
    if (stdin) child.stdin.end(stdin);
    else if (!started) child.stdin.end();
    started?.(child);
  });
}
