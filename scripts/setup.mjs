// Installs the dependencies if they are missing or out of date; otherwise says nothing and costs a few milliseconds.
// Needs nothing installed and stays readable for old versions of Node, so that those get a message and not a syntax error.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const lock = join(root, "package-lock.json");
const installed = join(root, "node_modules", ".package-lock.json");
const stamp = join(root, "node_modules", ".cache", "somakit", "setup.json");
const manifests = [root, ...readdirSync(join(root, "packages")).map((name) => join(root, "packages", name))]
  .map((folder) => join(folder, "package.json"))
  .filter((file) => existsSync(file));

function checkNode() {
  const [major, minor] = process.versions.node.split(".").map(Number);
  if (major > 20 || (major === 20 && minor >= 19)) return;
  console.error(`somakit needs Node 20.19 or newer; this is Node ${process.versions.node} (${process.execPath}).`);
  console.error("Get a current one from https://nodejs.org or with your version manager, then run the command again.");
  process.exit(1);
}

/** Changes with everything that decides what gets installed, and with nothing else (not with scripts, say). */
function fingerprint() {
  const hash = createHash("sha256").update(`${process.platform} ${process.arch}\n`);
  if (existsSync(lock)) hash.update(readFileSync(lock));
  for (const file of manifests) {
    const manifest = JSON.parse(readFileSync(file, "utf8"));
    const { name, version, workspaces, overrides } = manifest;
    const { dependencies, devDependencies, optionalDependencies, peerDependencies } = manifest;
    const wanted = { dependencies, devDependencies, optionalDependencies, peerDependencies };
    hash.update(JSON.stringify({ name, version, workspaces, overrides, ...wanted }));
  }
  return hash.digest("hex");
}

const modified = (file) => statSync(file).mtimeMs;

function readStamp() {
  try {
    return JSON.parse(readFileSync(stamp, "utf8"));
  } catch {
    return {};
  }
}

function writeStamp(wanted) {
  mkdirSync(dirname(stamp), { recursive: true });
  writeFileSync(stamp, JSON.stringify({ wanted, installed: modified(installed) }));
}

function upToDate(wanted) {
  if (!existsSync(installed)) return false;
  const known = readStamp();
  if (known.installed === modified(installed) && known.wanted === wanted) return true;
  const inputs = [...manifests, ...(existsSync(lock) ? [lock] : [])];
  if (inputs.some((file) => modified(file) > modified(installed))) return false;
  writeStamp(wanted);
  return true;
}

function install() {
  const command = existsSync(lock) ? "ci" : "install";
  console.error(`Installing the dependencies (npm ${command}) …`);
  const args = [command, "--no-audit", "--no-fund", "--prefer-offline", "--loglevel=error"];
  const script = process.env.npm_execpath || "";
  const options = { cwd: root, encoding: "utf8", maxBuffer: 2 ** 28 };
  const result = script.endsWith("npm-cli.js")
    ? spawnSync(process.execPath, [script, ...args], options)
    : spawnSync("npm", args, { ...options, shell: process.platform === "win32" });
  if (result.status === 0) return;
  console.error(`${result.stdout || ""}${result.stderr || ""}${result.error ? `${result.error.message}\n` : ""}`);
  console.error(`npm ${command} failed, see above.`);
  if (command === "ci")
    console.error("If a package.json was changed on purpose, run `npm install` to bring the lock file along.");
  process.exit(1);
}

checkNode();
const wanted = fingerprint();
if (!upToDate(wanted)) {
  install();
  writeStamp(fingerprint());
}
