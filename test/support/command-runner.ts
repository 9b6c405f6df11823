import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

/** How one command line ended. */
export interface Ended {
  /** The exit code, or what was thrown or happened in its place. */
  readonly code: number | string;
  /** The first million characters, and whether that is all. */
  readonly stdout: Captured;
  readonly stderr: Captured;
  /** Seconds of the processor. */
  readonly seconds: number;
  /** The most memory that the process has held so far, in bytes. */
  readonly peak: number;
}

export interface Captured {
  readonly text: string;
  readonly whole: boolean;
}

export interface CommandRunnerOptions {
  /** Megabytes of the heap of JavaScript. */
  readonly heap: number;
  /** Seconds that one command line may take by the clock; who takes longer is killed. */
  readonly deadline: number;
}

const CHILD = fileURLToPath(new URL("command-child.mjs", import.meta.url));

/** Runs command lines of the built command, in a process of little memory that is replaced when one of them ends it. */
export class CommandRunner {
  readonly #options: CommandRunnerOptions;
  #child: ChildProcess | undefined;
  #lines: AsyncIterator<string> | undefined;

  constructor(options: CommandRunnerOptions) {
    this.#options = options;
  }

  async run(args: readonly string[]): Promise<Ended> {
    const { child, lines } = this.#start();
    let late = false;
    const timer = setTimeout(() => {
      late = true;
      child.kill("SIGKILL");
    }, 1000 * this.#options.deadline);
    child.stdin?.write(`${JSON.stringify(args)}\n`);
    const line = await lines.next();
    clearTimeout(timer);
    if (!line.done) return JSON.parse(line.value) as Ended;
    this.#child = undefined;
    const nothing = { text: "", whole: true };
    return {
      code: late ? "killed: too slow" : "the process ended",
      stdout: nothing,
      stderr: nothing,
      seconds: 0,
      peak: 0,
    };
  }

  close(): void {
    this.#child?.stdin?.end();
    this.#child = undefined;
  }

  #start(): { readonly child: ChildProcess; readonly lines: AsyncIterator<string> } {
    if (!this.#child || !this.#lines) {
      this.#child = spawn(process.execPath, [`--max-old-space-size=${this.#options.heap}`, CHILD], {
        stdio: ["pipe", "pipe", "ignore"],
      });
      this.#child.stdin?.on("error", () => undefined);
      if (!this.#child.stdout) throw new Error("a pipe was asked for");
      this.#lines = createInterface({ input: this.#child.stdout })[Symbol.asyncIterator]();
    }
    return { child: this.#child, lines: this.#lines };
  }
}
