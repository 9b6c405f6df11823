import { ntu120Classes } from "../../lists/ntu120_classes.gen.js";

/**
 * Names of the actions in the order of their labels (label = action number - 1), from the label maps of PYSKL. NTU RGB+D
 * (60) has the first {@link NTU60_ACTIONS} of them.
 */
export const ntuActionNames: readonly string[] = ntu120Classes.items;

export const NTU60_ACTIONS = 60;
