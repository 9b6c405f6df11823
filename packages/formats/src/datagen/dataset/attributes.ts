import type { WorkOptions } from "@somakit/core";
import { mapConcurrently } from "@somakit/core/source";
import type { DatagenDataset } from "./dataset.js";

/** How often each value of an attribute of the actors occurs, by attribute and value; most frequent values first. */
export type AttributeCounts = ReadonlyMap<string, ReadonlyMap<string, number>>;

type JsonObject = Readonly<Record<string, unknown>>;

/** Files that are read at once. */
const AT_ONCE = 8;

/**
 * Counts attributes over datapoints: age, gender, ethnicity, expression, facial hair, glasses and masks of the actors, kind of
 * image, environment and time of day. Of what a file does not say, nothing is counted. A person in context counts as one each.
 */
export async function attributeCounts(dataset: DatagenDataset, options: WorkOptions = {}): Promise<AttributeCounts> {
  const counts = new Map<string, Map<string, number>>();
  const add = (attribute: string, value: unknown): void => {
    if (typeof value !== "string" && typeof value !== "boolean") return;
    const values = counts.get(attribute) ?? new Map<string, number>();
    counts.set(attribute, values);
    values.set(String(value), (values.get(String(value)) ?? 0) + 1);
  };
  let done = 0;
  const actors = await mapConcurrently(
    dataset.datapoints,
    AT_ONCE,
    async (datapoint, _, signal) => {
      const actor = (await datapoint.has("actor_metadata", { signal }))
        ? await datapoint.actorMetadata({ signal })
        : undefined;
      options.onProgress?.({ stage: "read actors", done: ++done, total: dataset.length, unit: "actors" });
      return actor;
    },
    { signal: options.signal },
  );
  dataset.datapoints.forEach(({ environment, imageKind }, index) => {
    add("image", imageKind);
    add("environment", environment.environment);
    add("time_of_day", environment.time_of_day);
    const actor = actors[index];
    if (actor) countActor(actor, add);
  });
  return new Map([...counts].map(([attribute, values]) => [attribute, mostFirst(values)]));
}

function countActor(actor: JsonObject, add: (attribute: string, value: unknown) => void): void {
  const identities = actor["identities"] as Readonly<Record<string, JsonObject>> | undefined;
  if (identities) {
    for (const person of Object.values(identities)) countIdentity(person, add);
    return;
  }
  countIdentity((actor["identity_label"] ?? {}) as JsonObject, add);
  add("expression", (actor["face_expression"] as JsonObject | undefined)?.["name"]);
  add("facial_hair", actor["facial_hair_included"]);
  const accessories = actor["accessories"];
  if (!Array.isArray(accessories)) return;
  const types = (accessories as readonly JsonObject[]).map(({ type }) => type);
  for (const type of ["glasses", "mask"]) add(type, types.includes(type));
}

function countIdentity(person: JsonObject, add: (attribute: string, value: unknown) => void): void {
  for (const attribute of ["age", "gender", "ethnicity"]) add(attribute, person[attribute]);
}

function mostFirst(values: ReadonlyMap<string, number>): ReadonlyMap<string, number> {
  return new Map([...values].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1)));
}
