// What the scripts in this folder share: where things are and how to run a program.
import { spawn } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

export const root = fileURLToPath(new URL("..", import.meta.url));

/** Scratch space that survives until the next install. */
export const cache = join(root, "node_modules", ".cache", "somakit");

export const readJson = (path) => JSON.parse(readFileSync(path, "utf8"));

/** The workspace packages, each after the ones it depends on. */
export function packages() {
  const folder = join(root, "packages");
  const found = readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => ({ dir: join(folder, entry.name), manifest: readJson(join(folder, entry.name, "package.json")) }));
  const byName = new Map(found.map((pkg) => [pkg.manifest.name, pkg]));
  const sorted = new Set();
  const visit = (pkg) => {
    for (const name of Object.keys(pkg.manifest.dependencies ?? {})) if (byName.has(name)) visit(byName.get(name));
    sorted.add(pkg);
  };
  for (const pkg of found) visit(pkg);
  return [...sorted];
}

/** The JavaScript file behind a command of an installed package, to be run with the same Node. */
export function binOf(name, command = name) {
  const folder = join(root, "node_modules", name);
  const { bin } = readJson(join(folder, "package.json"));
  return join(folder, typeof bin === "string" ? bin : bin[command]);
}

/** npm as `[program, …arguments]`: the one that started us, else the one on the PATH. */
export function npm(...args) {
  const script = process.env.npm_execpath;
  if (script?.endsWith(".js") && /npm-cli\.js$/.test(script)) return [process.execPath, script, ...args];
  return [process.platform === "win32" ? "npm.cmd" : "npm", ...args];
}

export const node = (...args) => [process.execPath, ...args];

/** Runs a program to its end. `inherit` shows its output as it comes, otherwise it is collected in `output`. */
export function run([program, ...args], { cwd = root, env = {}, inherit = false } = {}) {
  return new Promise((resolve) => {
    const variables = { ...process.env, ...env };
    if (!inherit) {
      delete variables.FORCE_COLOR;
      variables.NO_COLOR = "1";
    }
    const child = spawn(program, args, {
      cwd,
      env: variables,
      stdio: inherit ? "inherit" : ["ignore", "pipe", "pipe"],
      shell: program.endsWith(".cmd"),
    });
    let output = "";
    let stdout = "";
    child.stdout?.setEncoding("utf8").on("data", (text) => {
      stdout += text;
      output += text;
    });
    child.stderr?.setEncoding("utf8").on("data", (text) => {
      output += text;
    });
    child.on("error", (error) => resolve({ code: 127, output: `${output}${error.message}\n`, stdout }));
    child.on("close", (code, signal) => {
      if (signal) output += `stopped by ${signal}\n`;
      resolve({ code: code ?? 1, output, stdout });
    });
  });
}

/** What turbo needs to stay on this machine: no telemetry, no update check, no remote cache. */
export const turboEnv = {
  DO_NOT_TRACK: "1",
  TURBO_CACHE: "local:rw",
  TURBO_NO_UPDATE_NOTIFIER: "1",
  TURBO_PRINT_VERSION_DISABLED: "1",
  TURBO_TELEMETRY_DISABLED: "1",
};

export const turbo = (...args) => node(binOf("turbo"), ...args);
