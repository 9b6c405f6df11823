import { isFormatError } from "@somakit/core";
import { fileFolder } from "@somakit/core/node";
import * as datagen from "@somakit/formats/datagen";
import type { Fixtures } from "../../fixtures.js";
import type { Check, Difference } from "../../system.js";

/** What an archive must be refused with, by what the fixtures say of it. */
const REFUSALS: readonly (readonly [words: RegExp, codes: readonly string[]])[] = [
  [/absolute path|leaves the target|link/, ["refused"]],
  [/ends too early/, ["truncated"]],
  [/not a gzip/, ["not-this-format"]],
  [/checksum/, ["checksum", "corrupt"]],
  [/limit|ratio|too (many|large)/, ["limit"]],
];

/** A folder of which checking must name the file that is damaged, or an archive that must not open. */
export function badChecks(
  path: string,
  expected: Readonly<Record<string, unknown>>,
  fixtures: Fixtures,
): readonly Check[] {
  const error = String(expected["error"] ?? expected["warning"]);
  if (/\.(tar|tgz|tar\.gz)$/.test(path)) return [{ name: "bad", run: () => refusal(fixtures.bytes(path), error) }];
  const file = typeof expected["file"] === "string" ? expected["file"] : "";
  return [{ name: "bad", run: () => damage(fixtures.path(path), file, error) }];
}

async function refusal(bytes: Uint8Array, error: string): Promise<readonly Difference[]> {
  try {
    await datagen.read(bytes);
    return [{ path: "", expected: error, found: "an archive that can be read" }];
  } catch (thrown) {
    if (!isFormatError(thrown)) throw thrown;
    const codes = REFUSALS.find(([words]) => words.test(error))?.[1];
    if (!codes || codes.includes(thrown.code)) return [];
    return [{ path: "", expected: `${codes.join(" or ")}: ${error}`, found: `${thrown.code}: ${thrown.message}` }];
  }
}

/** What only a complete data set needs is said by the strict profile. */
async function damage(path: string, file: string, error: string): Promise<readonly Difference[]> {
  const folder = await fileFolder(path);
  const issues = await datagen.checkDataset(folder, { profile: "strict" });
  const grave = issues.filter(({ severity }) => severity === "error");
  const named = grave.find((issue) => issue.path.startsWith(file) || issue.message.includes(file));
  if (named) return [];
  const found = grave.map((issue) => `${issue.path}: ${issue.message}`).join("; ");
  return [{ path: file, expected: error, found: found || "no issue" }];
}
