/** Options that can be typed in another way, the same with every command. Help and documentation have the first one. */
export const OTHER_SPELLINGS: readonly (readonly [option: string, other: string])[] = [
  ["--output", "--out"],
  ["--as", "--from"],
];

/** Commands that go by another name as well. */
export const OTHER_NAMES: Readonly<Record<string, string>> = { concat: "merge", validate: "verify" };

/** What else the option of these flags can be called: `--out` for `-o, --output <file>`. */
export function otherSpellings(flags: string): readonly string[] {
  const [names = ""] = flags.split(/ [<[]/);
  const typed = names.split(", ");
  return OTHER_SPELLINGS.filter(([option]) => typed.includes(option)).map(([, other]) => other);
}

/** The same in words, for documentation. */
export const SPELLINGS: string = `${[...OTHER_SPELLINGS, ...Object.entries(OTHER_NAMES)]
  .map(([name, other]) => `${other} is the same as ${name}`)
  .join(", ")}.`;
