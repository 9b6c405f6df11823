import type { Convention, Dataset, NamedList, Project } from "../ir.js";
import { Changes, REFUSED, type SchemaChange, STAYS_VALID, same, show } from "./change.js";
import { diffRoots } from "./field.js";

/**
 * What differs between two versions of schemas, by what it means to files and code that were made under the old one. Data
 * sets are paired by their id; two that are alone, as in two files, are a pair whatever their names are.
 */
export function diffProjects(older: Project, newer: Project): readonly SchemaChange[] {
  return [
    ...diffDatasets(older.datasets, newer.datasets),
    ...diffNamed("convention", older.conventions, newer.conventions, diffConvention),
    ...diffNamed("list", older.lists, newer.lists, diffList),
  ];
}

function diffDatasets(older: readonly Dataset[], newer: readonly Dataset[]): SchemaChange[] {
  const [oldOne] = older;
  const [newOne] = newer;
  if (oldOne && newOne && older.length === 1 && newer.length === 1) return diffDataset(oldOne, newOne);
  const byId = new Map(newer.map((dataset) => [dataset.id, dataset]));
  const known = new Set(older.map(({ id }) => id));
  return [
    ...older.flatMap((dataset) => {
      const found = byId.get(dataset.id);
      return found ? diffDataset(dataset, found) : [gone("data set", dataset.id, dataset.file)];
    }),
    ...newer.filter(({ id }) => !known.has(id)).map(({ id, file }) => added("data set", id, file)),
  ];
}

function gone(what: string, of: string, file: string): SchemaChange {
  const message = `the ${what} ${show(of)} is gone`;
  return { kind: "breaking", of, file, pointer: "", message, why: "nothing reads its files any more" };
}

function added(what: string, of: string, file: string): SchemaChange {
  const message = `the ${what} ${show(of)} is new`;
  return { kind: "compatible", of, file, pointer: "", message, why: "nothing was made with it before" };
}

function diffDataset(older: Dataset, newer: Dataset): SchemaChange[] {
  const changes = new Changes(newer.id);
  const at = (pointer: string) => ({ file: newer.file, pointer });
  diffContainers(older, newer, changes);
  const rules = new Set(newer.detect.map((rule) => JSON.stringify(rule)));
  if (older.detect.some((rule) => !rules.has(JSON.stringify(rule)))) {
    changes.add(
      "breaking",
      at("/detect"),
      "the rules of recognition are others",
      "files may not be recognised any more",
    );
  }
  if (!same(older.records, newer.records))
    changes.add("breaking", at("/records"), "the records of the stream are others", REFUSED);
  diffProfiles(older, newer, changes);
  diffRoots(older, newer, changes);
  return changes.found;
}

function diffContainers(older: Dataset, newer: Dataset, changes: Changes): void {
  const at = { file: newer.file, pointer: "/container" };
  const nameOf = ({ kind, wrap }: Dataset["containers"][number]) => (wrap === undefined ? kind : `${kind} in ${wrap}`);
  const before = older.containers.map(nameOf);
  const after = newer.containers.map(nameOf);
  for (const name of before.filter((kind) => !after.includes(kind)))
    changes.add("breaking", at, `${name} is no container any more`, "such files cannot be read any more");
  for (const name of after.filter((kind) => !before.includes(kind)))
    changes.add("compatible", at, `${name} is a container as well`, STAYS_VALID);
  if (before[0] !== after[0] && before.includes(after[0] as string))
    changes.add("compatible", at, `new files are ${after[0]} in place of ${before[0]}`, STAYS_VALID);
  for (const container of newer.containers) {
    const twin = older.containers.find((other) => nameOf(other) === nameOf(container));
    if (!twin) continue;
    const lost = twin.extensions.filter((ending) => !container.extensions.includes(ending));
    if (lost.length > 0)
      changes.add(
        "compatible",
        at,
        `names of new files no longer end in ${lost.join(", ")}`,
        "content decides, not names",
      );
    const classes = twin.classes.filter((name) => !container.classes.includes(name));
    if (classes.length > 0)
      changes.add("breaking", at, `instances of ${classes.join(", ")} are refused`, "files that hold some do not open");
    if (twin.nulls !== container.nulls)
      changes.add(
        "breaking",
        at,
        `a stored None is ${container.nulls === "absent" ? "no value" : "a value"} now`,
        REFUSED,
      );
  }
}

function diffProfiles(older: Dataset, newer: Dataset, changes: Changes): void {
  for (const [name, profile] of Object.entries(older.profiles)) {
    const at = { file: newer.file, pointer: `/profiles/${name}` };
    const now = newer.profiles[name];
    if (!now) changes.add("breaking", at, `the profile ${show(name)} is gone`, "checks that name it fail");
    else if (!same(profile, now)) {
      const why = "a check by this profile may judge the same file in another way";
      changes.add("breaking", at, `the profile ${show(name)} is another`, why);
    }
  }
  for (const name of Object.keys(newer.profiles).filter((key) => !(key in older.profiles)))
    changes.add(
      "compatible",
      { file: newer.file, pointer: `/profiles/${name}` },
      `the profile ${show(name)} is new`,
      STAYS_VALID,
    );
}

function diffNamed<T extends { readonly name: string; readonly file: string }>(
  what: string,
  older: readonly T[],
  newer: readonly T[],
  diff: (older: T, newer: T, changes: Changes) => void,
): SchemaChange[] {
  const byName = new Map(newer.map((item) => [item.name, item]));
  const known = new Set(older.map(({ name }) => name));
  return [
    ...older.flatMap((item) => {
      const found = byName.get(item.name);
      if (!found) return [gone(what, item.name, item.file)];
      const changes = new Changes(item.name);
      diff(item, found, changes);
      return changes.found;
    }),
    ...newer.filter(({ name }) => !known.has(name)).map(({ name, file }) => added(what, name, file)),
  ];
}

function diffConvention(older: Convention, newer: Convention, changes: Changes): void {
  const at = { file: newer.file, pointer: "/keypoints" };
  const [before, after] = [older, newer].map(({ keypoints }) => keypoints.map(({ name }) => name)) as [
    string[],
    string[],
  ];
  if (same(before, after)) return;
  if (before.length !== after.length) {
    const message = `${after.length} keypoints in place of ${before.length}`;
    changes.add("breaking", at, message, "arrays made before have another size");
    return;
  }
  for (const [index, name] of before.entries()) {
    const now = newer.keypoints[index];
    if (!now || now.name === name) continue;
    const place = { file: newer.file, pointer: `/keypoints/${index}` };
    const message = `keypoint ${index} is ${show(now.name)} in place of ${show(name)}`;
    if (now.aliases?.includes(name)) changes.add("compatible", place, message, "the former name is still understood");
    else changes.add("breaking", place, message, "the same numbers mean another place on the body");
  }
}

function diffList(older: NamedList, newer: NamedList, changes: Changes): void {
  const at = { file: newer.file, pointer: "/items" };
  const changed = older.items.findIndex((item, index) => newer.items[index] !== item);
  if (changed >= 0)
    changes.add(
      "breaking",
      at,
      `item ${changed} is another, or gone`,
      "labels count the items: the same number means another one",
    );
  else if (newer.items.length > older.items.length)
    changes.add("compatible", at, `${newer.items.length - older.items.length} more items at the end`, STAYS_VALID);
}
