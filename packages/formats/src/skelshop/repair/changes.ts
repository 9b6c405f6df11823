import type { RepairChange } from "@somakit/core";

/** What a repair does, in the order of the file. */
export class Changes {
  readonly list: RepairChange[] = [];

  /** Nothing that the file held is missing afterwards. */
  mend(path: string, message: string): void {
    this.list.push({ path, message, loss: false });
  }

  lose(path: string, message: string): void {
    this.list.push({ path, message, loss: true });
  }
}
