import type { Issue } from "@somakit/core";
import { FormatError } from "@somakit/core/errors";
import type { Datapoint } from "../dataset/datapoint.js";

const RULES = "urn:somakit:datagen:1#";

/** What is wrong with a datapoint, before it is known where its files are. */
export interface Finding {
  /** Name of the rule that was broken. */
  readonly rule: string;
  /** File in the camera's folder, or a modality's that may lie further out. */
  readonly file: string;
  readonly message: string;
  readonly severity?: Issue["severity"];
  readonly expected?: string;
  readonly actual?: string;
}

/** Looks at one thing of a datapoint. */
export type Rule = (datapoint: Datapoint) => Promise<readonly Finding[]>;

/**
 * What all rules find. What cannot be read says nothing here: checking by the schema reports that, with its place.
 */
export async function issuesOf(datapoint: Datapoint, rules: readonly Rule[]): Promise<readonly Issue[]> {
  const issues: Issue[] = [];
  for (const rule of rules) {
    for (const finding of await findingsOf(rule, datapoint)) issues.push(issueOf(datapoint, finding));
  }
  return issues;
}

async function findingsOf(rule: Rule, datapoint: Datapoint): Promise<readonly Finding[]> {
  try {
    return await rule(datapoint);
  } catch (error) {
    if (error instanceof FormatError) return [];
    throw error;
  }
}

function issueOf({ place }: Datapoint, { rule, file, message, severity = "error", expected, actual }: Finding): Issue {
  return {
    code: "constraint",
    severity,
    path: place.files.at(`${place.folders[0]}/${file}`),
    message,
    rule: `${RULES}/rules/${rule}`,
    ...(expected !== undefined && { expected }),
    ...(actual !== undefined && { actual }),
  };
}
