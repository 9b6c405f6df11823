import type { Loaded } from "../load/files.js";
import type { Problems } from "../load/problems.js";
import { baseName } from "../load/refs.js";
import { fieldsOf, type Lowered } from "../lower/dataset.js";
import type { Known } from "../lower/layouts.js";
import { lintArrays } from "./arrays.js";
import { lintChecks } from "./checks.js";
import { lintDataset, lintUnused } from "./datasets.js";
import { lintFields } from "./fields.js";
import { lintFollows } from "./follows.js";
import { lintMotion } from "./motion.js";
import { lintMotionBeside } from "./motion-beside.js";
import { lintFileNames, lintNames, lintTypeNames } from "./names.js";
import { lintOutdated } from "./outdated.js";
import { lintPatterns } from "./patterns.js";
import { lintPlacement } from "./placement.js";
import { lintRecords } from "./records.js";
import type { Rule } from "./rule.js";
import { lintSiblings } from "./siblings.js";
import { lintSymbols } from "./symbols.js";
import { lintValues } from "./values.js";
import { visitsOf } from "./walk.js";

/** Rules about one data set; each reports all it finds. */
const RULES: readonly Rule[] = [
  lintSymbols,
  lintFollows,
  lintSiblings,
  lintOutdated,
  lintArrays,
  lintFields,
  lintValues,
  lintChecks,
  lintMotion,
  lintMotionBeside,
  lintNames,
  lintRecords,
  lintDataset,
];

/** Finds what the dialect cannot say: names that lead nowhere, sizes that disagree, keywords without effect. */
export function lint(loaded: Loaded, lowered: readonly Lowered[], known: Known, problems: Problems): void {
  const { schemas } = loaded;
  const unreadConventions = new Set([...loaded.unread].map((path) => baseName(path).replace(/\.json$/, "")));
  for (const file of schemas.values()) {
    lintPlacement(file, schemas, problems);
    lintPatterns(file, problems);
  }
  lintFileNames(
    [...schemas.values()].filter((file) => file.kind === "dataset"),
    problems,
  );
  lintTypeNames(
    lowered.map(({ dataset }) => dataset),
    problems,
  );
  for (const { dataset, bundle } of lowered) {
    const fields = [...fieldsOf(dataset)];
    const { visits, complete } = visitsOf(dataset);
    const context = { dataset, bundle, visits, fields, files: schemas, ...known, unreadConventions, problems };
    const place = { file: dataset.file, pointer: "/$defs" };
    if (!complete) problems.warning(place, "parts refer to each other in more ways than can be checked");
    for (const rule of RULES) rule(context);
  }
  // With errors around, what refers to a file may just be out of order.
  if (!problems.hasErrors())
    lintUnused(
      loaded,
      lowered.map(({ bundle }) => bundle),
      problems,
    );
}
