import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** The command of a Chromium that is installed here; undefined where there is none. */
export const chromium: string | undefined = ["chromium", "chromium-browser", "google-chrome"].find(
  (command) => spawnSync(command, ["--version"], { stdio: "ignore" }).status === 0,
);

export interface RunningBrowser {
  /** Rejects, with what the browser said, when it ends before it is closed. */
  readonly ended: Promise<never>;
  /** What the browser printed so far. */
  output(): string;
  close(): Promise<void>;
}

const FLAGS = [
  "--headless",
  "--no-sandbox",
  "--disable-gpu",
  // WebGL comes without a graphics card; WebGPU does when it is told to.
  "--enable-unsafe-webgpu",
  "--use-webgpu-adapter=swiftshader",
  "--disable-quic",
  "--disable-dev-shm-usage",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-default-apps",
  "--disable-extensions",
  "--disable-sync",
  "--disable-breakpad",
  "--no-default-browser-check",
  "--no-first-run",
  "--no-proxy-server",
  "--password-store=basic",
  "--use-mock-keychain",
  // Whatever it would like to ask of the world, it finds nobody there.
  "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
  "--enable-logging=stderr",
];

/** Opens `url` without a window. Everything that the browser stores is gone when it is closed. */
export function openBrowser(command: string, url: URL): RunningBrowser {
  const home = mkdtempSync(join(tmpdir(), "somakit-browser-"));
  const child = spawn(command, [...FLAGS, `--user-data-dir=${join(home, "profile")}`, url.href], {
    stdio: ["ignore", "ignore", "pipe"],
    env: { ...process.env, XDG_CONFIG_HOME: join(home, "config"), XDG_CACHE_HOME: join(home, "cache") },
  });
  let output = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    output += text;
  });
  const ended = new Promise<never>((_, reject) => {
    child.once("error", reject);
    child.once("exit", (code, signal) => reject(new Error(`the browser ended (${signal ?? code}):\n${output}`)));
  });
  // Whoever does not wait for it is not to hear of it.
  ended.catch(() => undefined);
  const kill = (): void => void child.kill("SIGKILL");
  process.once("exit", kill);
  return {
    ended,
    output: () => output,
    async close() {
      await stop(child);
      process.off("exit", kill);
      rmSync(home, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 });
    },
  };
}

/** How long the browser may take to end when it is asked to, in milliseconds. */
const PATIENCE = 3000;

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
  const gone = new Promise<void>((resolve) => child.once("close", () => resolve()));
  child.kill();
  const timer = setTimeout(() => child.kill("SIGKILL"), PATIENCE);
  await gone;
  clearTimeout(timer);
}
