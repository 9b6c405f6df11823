import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import type { Convention, ConventionKeypoint } from "../src/conventions/convention.js";

const FOLDER = resolve(import.meta.dirname, "../../../schemas/conventions");

/** The conventions of the schemas, as the generator delivers them. */
export const shipped: ReadonlyMap<string, Convention> = new Map(
  readdirSync(FOLDER).map((file) => {
    const schema = JSON.parse(readFileSync(join(FOLDER, file), "utf8")) as Omit<Convention, "limbs"> &
      Partial<Convention>;
    return [schema.name, { ...schema, limbs: schema.limbs ?? [] }] as const;
  }),
);

export function named(name: string): Convention {
  const convention = shipped.get(name);
  if (!convention) throw new Error(`no convention ${name}`);
  return convention;
}

/** A convention of keypoints given by name or in full. */
export function convention(
  name: string,
  keypoints: readonly (string | ConventionKeypoint)[],
  limbs: Convention["limbs"] = [],
): Convention {
  return {
    name,
    description: "for tests",
    keypoints: keypoints.map((keypoint) => (typeof keypoint === "string" ? { name: keypoint } : keypoint)),
    limbs,
  };
}
