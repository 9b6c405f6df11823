/** A thing in brief, with the whole behind an `import()`. */
interface Entry<T> {
  readonly name: string;
  readonly load: () => Promise<T>;
}

/**
 * A lookup by name, whatever the case of its letters, in things or in entries that load one when it is first asked for. Of
 * two with one name the first counts, so things of one's own stand in front of those that they replace.
 */
export function catalogLookup<T extends { readonly name: string }>(
  items: Iterable<T | Entry<T>>,
): (name: string) => T | Promise<T> | undefined {
  const byName = new Map<string, T | Entry<T>>();
  for (const item of items) {
    const name = item.name.toLowerCase();
    if (!byName.has(name)) byName.set(name, item);
  }
  return (name) => {
    const found = byName.get(name.toLowerCase());
    return found !== undefined && isEntry(found) ? found.load() : found;
  };
}

function isEntry<T extends { readonly name: string }>(item: T | Entry<T>): item is Entry<T> {
  return "load" in item;
}
