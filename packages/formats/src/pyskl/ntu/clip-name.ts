/** What the name of a clip says, as in `S001C002P003R002A013`. */
export interface ClipName {
  readonly name: string;
  /** 1 to 17 in NTU RGB+D, to 32 in NTU RGB+D 120: where the cameras stood, and how high. */
  readonly setup: number;
  /** 1 to 3. */
  readonly camera: number;
  /** The person who acts, 1 to 106. */
  readonly performer: number;
  /** 1 or 2. */
  readonly replication: number;
  /** 1 to 60, or to 120. */
  readonly action: number;
}

export const NTU120_ACTIONS = 120;

/** The parts of a clip's name, without an ending; undefined for anything else. */
export function parseClipName(name: string): ClipName | undefined {
  const match = /^S(\d{3})C(\d{3})P(\d{3})R(\d{3})A(\d{3})$/.exec(name);
  if (!match) return undefined;
  const [setup, camera, performer, replication, action] = match.slice(1).map(Number) as [
    number,
    number,
    number,
    number,
    number,
  ];
  if (action < 1 || action > NTU120_ACTIONS) return undefined;
  return { name, setup, camera, performer, replication, action };
}
