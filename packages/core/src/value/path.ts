const PLAIN_NAME = /^[\p{L}_$][\p{L}\p{N}_$-]*$/u;

/** The path of a member of `parent`: `a.b`, `a["odd key"]`. */
export function memberPath(parent: string, key: string): string {
  if (!PLAIN_NAME.test(key)) return `${parent}[${JSON.stringify(key)}]`;
  // What is inside of a file of a folder stands behind a colon.
  return parent === "" || parent.endsWith(":") ? `${parent}${key}` : `${parent}.${key}`;
}

/** The path of an element of `parent`: `a[3]`. */
export function elementPath(parent: string, index: number): string {
  return `${parent}[${index}]`;
}

/** Splits a path written by {@link memberPath} and {@link elementPath}. Throws `SyntaxError` when it is malformed. */
export function parsePath(path: string): (string | number)[] {
  const steps: (string | number)[] = [];
  const token = /\.?([\p{L}_$][\p{L}\p{N}_$-]*)|\[(-?\d+)\]|\[("(?:[^"\\]|\\.)*")\]/uy;
  let position = 0;
  while (position < path.length) {
    token.lastIndex = position;
    const match = token.exec(path);
    if (!match || (position === 0 && path[0] === ".")) {
      throw new SyntaxError(`cannot read the path ${JSON.stringify(path)} from position ${position}`);
    }
    const [text, name, index, quoted] = match;
    if (name !== undefined) {
      if (position > 0 && !text.startsWith(".")) throw new SyntaxError(`missing "." before ${name} in ${path}`);
      steps.push(name);
    } else if (index !== undefined) steps.push(Number(index));
    else steps.push(JSON.parse(quoted as string) as string);
    position = token.lastIndex;
  }
  return steps;
}
