// Prepares a release of all packages, which have one version, and says how to publish it. Publishes nothing itself unless told.
//   node scripts/release.mjs                 looks at everything, packs into build/release, prints the commands
//   node scripts/release.mjs --skip-tests    the same without building and testing
//   node scripts/release.mjs --dry-run       whether every package, as it is now, can be packed and published; needs a build
//   node scripts/release.mjs --publish       then publishes, with provenance: for the release workflow, which has the right to
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { join, relative } from "node:path";
import { parseArgs } from "node:util";
import { node, npm, packages, readJson, root, run } from "./lib.mjs";

const { values: options } = parseArgs({
  options: {
    "skip-tests": { type: "boolean", default: false },
    "dry-run": { type: "boolean", default: false },
    publish: { type: "boolean", default: false },
  },
});
const out = join(root, "build/release");

/** A reason not to release. */
class Refusal extends Error {}

try {
  await main();
} catch (error) {
  if (!(error instanceof Refusal)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}

async function main() {
  const all = packages();
  const version = commonVersion(all);
  if (options["dry-run"]) return dryRun(all, version);
  checkChangelog(version);
  checkManifests(all);
  await checkTree(version);
  if (!options["skip-tests"]) await test();
  const tarballs = await pack(all);
  const tag = version.includes("-") ? "next" : "latest";
  const commands = tarballs.map((file) =>
    npm("publish", relative(root, file), "--access", "public", "--provenance", "--tag", tag),
  );
  console.log(`\nsomakit ${version}, each package after those that it needs:\n`);
  for (const command of commands) console.log(`  npm ${command.slice(command.indexOf("publish")).join(" ")}`);
  console.log(`  git tag v${version} && git push origin v${version}`);
  if (!options.publish) return;
  if (process.env.GITHUB_ACTIONS !== "true")
    throw new Refusal("provenance is made where the release workflow runs, not here");
  for (const command of commands) {
    const { code } = await run(command, { inherit: true });
    if (code !== 0) throw new Refusal(`${command.join(" ")} failed; what stands before it is published`);
  }
}

/** What npm would publish of each package. Says nothing about whether it is time to: trees and changelogs may be unfinished. */
async function dryRun(all, version) {
  checkManifests(all);
  for (const file of await pack(all)) {
    const { code, output } = await run(npm("publish", relative(root, file), "--dry-run", "--access", "public"));
    if (code !== 0) throw new Refusal(`${relative(root, file)} cannot be published\n${output}`);
  }
  console.log(`\nsomakit ${version}: all ${all.length} packages can be published`);
}

/** The version of all packages, which must also be the one that they ask of each other. */
function commonVersion(all) {
  const { version } = readJson(join(root, "package.json"));
  const names = new Set(all.map(({ manifest }) => manifest.name));
  for (const { manifest } of all) {
    if (manifest.version !== version)
      throw new Refusal(`${manifest.name} has version ${manifest.version}, the repository ${version}`);
    for (const [name, range] of Object.entries({ ...manifest.dependencies, ...manifest.devDependencies })) {
      if (names.has(name) && range !== version)
        throw new Refusal(`${manifest.name} asks for ${name} ${range}, not ${version}`);
    }
  }
  return version;
}

/** There has to be a section for the version, with a date and something in it. */
function checkChangelog(version) {
  const text = readFileSync(join(root, "CHANGELOG.md"), "utf8");
  const [, ...sections] = text.split(/^## /m);
  const section = sections.find((candidate) => candidate.startsWith(`[${version}]`));
  if (!section) throw new Refusal(`CHANGELOG.md has no section "## [${version}] - <date>"`);
  const [heading, ...lines] = section.split("\n");
  if (!/^\[[^\]]+\] - \d{4}-\d{2}-\d{2}$/.test(heading))
    throw new Refusal(`CHANGELOG.md: "## ${heading}" has no date, as in "## [${version}] - 2026-01-31"`);
  if (!lines.some((line) => line.startsWith("- "))) throw new Refusal(`CHANGELOG.md says nothing about ${version}`);
}

/** npm proves where a package was built only if the package says where its sources are. */
function checkManifests(all) {
  for (const { manifest } of all) {
    if (manifest.private) throw new Refusal(`${manifest.name} is private`);
    if (manifest.publishConfig?.provenance !== true)
      throw new Refusal(`${manifest.name}: publishConfig lacks provenance`);
    if (options.publish && !manifest.repository?.url)
      throw new Refusal(`${manifest.name} has no repository.url, without which npm refuses a statement of provenance`);
  }
}

async function checkTree(version) {
  const status = await run(["git", "status", "--porcelain"]);
  if (status.code !== 0) throw new Refusal(`git status failed\n${status.output}`);
  if (status.stdout.trim() !== "") throw new Refusal(`there are changes that are not committed\n${status.stdout}`);
  const tag = await run(["git", "tag", "--list", `v${version}`]);
  const head = await run(["git", "tag", "--points-at", "HEAD"]);
  if (tag.stdout.trim() !== "" && !head.stdout.split("\n").includes(`v${version}`))
    throw new Refusal(`v${version} is the tag of another commit`);
}

async function test() {
  const { code } = await run(node("scripts/test.mjs"), { inherit: true });
  if (code !== 0) throw new Refusal("not everything passes");
}

/** One tarball a package, in the order in which they are to be published. */
async function pack(all) {
  rmSync(out, { recursive: true, force: true });
  mkdirSync(out, { recursive: true });
  const files = [];
  for (const { dir, manifest } of all) {
    const { code, stdout, output } = await run(npm("pack", "--silent", "--pack-destination", out), { cwd: dir });
    const file = join(out, stdout.trim().split("\n").at(-1) ?? "");
    if (code !== 0 || !existsSync(file)) throw new Refusal(`${manifest.name} cannot be packed\n${output}`);
    const bytes = readFileSync(file);
    const sum = createHash("sha256").update(bytes).digest("hex");
    console.log(`${relative(root, file)}  ${(bytes.length / 1e6).toFixed(2)} MB  sha256 ${sum}`);
    files.push(file);
  }
  return files;
}
