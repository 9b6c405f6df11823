/** What numpy appends to the name of an array to name its entry. */
export const SUFFIX = ".npy";
