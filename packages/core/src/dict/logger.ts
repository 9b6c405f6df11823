import type { Issue } from "../issues.js";

/** How grave it is. */
export type LogLevel = "error" | "warning" | "info";

/** Something that a dict has to say beside what it returns or throws. */
export interface LogEntry {
  readonly level: LogLevel;
  readonly message: string;
  /** The key that it is about. */
  readonly key?: string | undefined;
  /** What is wrong with a value, where that is what is said. */
  readonly issue?: Issue | undefined;
}

/** Takes what there is to say of a value: warnings, and the reasons of errors. */
export type Logger = (entry: LogEntry) => void;

/** Says nothing. */
export const silentLogger: Logger = () => undefined;

/** Prints warnings. Errors are thrown as well and carry more than their line; infos are for loggers that want them. */
export const consoleLogger: Logger = ({ level, message }) => {
  if (level === "warning") console.warn(message.trimEnd());
};

let current: Logger = consoleLogger;

/** Sets the logger of all dicts that have none of their own; {@link consoleLogger} again when left out. */
export function setLogger(logger: Logger | undefined): void {
  current = logger ?? consoleLogger;
}

/** The logger of all dicts that have none of their own. */
export function sharedLogger(): Logger {
  return current;
}

const warned = new Set<string>();

/** True the first time that this process asks for `key`, whichever dict asks. */
export function isFirstWarning(key: string): boolean {
  if (warned.has(key)) return false;
  warned.add(key);
  return true;
}

/** Lets every key be warned of once more. */
export function forgetWarnedKeys(): void {
  warned.clear();
}
