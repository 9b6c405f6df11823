/** What regenerating does to one file. */
export interface FileDifference {
  readonly path: string;
  /** Lines that are new, and those that go; moved lines are neither. */
  readonly added: readonly string[];
  readonly removed: readonly string[];
  /** Names that the file exports, and members of its accessors, that are new or go. */
  readonly names: { readonly added: readonly string[]; readonly removed: readonly string[] };
}

/** Compares the lines of two texts of a file; of a text that is not there every line is new, or goes. */
export function differenceOf(path: string, before: string, after: string): FileDifference {
  const [old, now] = [linesOf(before), linesOf(after)];
  const [oldNames, newNames] = [namesOf(before), namesOf(after)];
  return {
    path,
    added: without(now, old),
    removed: without(old, now),
    names: { added: without(newNames, oldNames), removed: without(oldNames, newNames) },
  };
}

function linesOf(text: string): readonly string[] {
  return text.split("\n").filter((line) => line.trim() !== "");
}

const EXPORT = /^export (?:declare )?(?:abstract )?(?:class|interface|type|const|function|async function) ([\w$]+)/;
const CLASS = /^(?:export )?class ([\w$]+)/;
const MEMBER = /^ {2}(?:async |get )?(?:([\w$]+)|\["(.+)"\])(?:<.*>)?\(/;

/** Exports by name, members as `Class.member`. */
function namesOf(text: string): readonly string[] {
  const names: string[] = [];
  let inside: string | undefined;
  for (const line of text.split("\n")) {
    inside = CLASS.exec(line)?.[1] ?? (line.startsWith("}") ? undefined : inside);
    const exported = EXPORT.exec(line)?.[1];
    const member = inside === undefined ? null : MEMBER.exec(line);
    if (exported !== undefined) names.push(exported);
    else if (member && member[1] !== "constructor") names.push(`${inside}.${member[1] ?? member[2]}`);
  }
  return names;
}

/** Items of one list beyond those of the other, each as often as it occurs more. */
function without(items: readonly string[], others: readonly string[]): readonly string[] {
  const counts = new Map<string, number>();
  for (const item of others) counts.set(item, (counts.get(item) ?? 0) + 1);
  return items.filter((item) => {
    const count = counts.get(item) ?? 0;
    counts.set(item, count - 1);
    return count <= 0;
  });
}
