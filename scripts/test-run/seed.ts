/**
 * The seed of random tests for a commit: the same commit draws the same jobs on every machine, the next commit others.
 * @param commit a commit's id in hexadecimal, undefined outside of a git checkout
 */
export function seedFor(commit: string | undefined): number {
  return Number.parseInt(/^[0-9a-f]{7}/.exec(commit ?? '')?.[0] ?? '1', 16)
}
