/** Releases of Trainer whose own operators moved jobs there and back in tests of this build. */
export const testedTrainers: readonly string[] = ['v2.0.1', 'v2.1.0', 'v2.2.1', 'v2.3.0']

/** Whether the operators of a release (`v2.3.0`, or `2.3` where no more is known) were among them; a patch release is taken for its minor one. */
export function isTestedTrainer(release: string): boolean {
  return testedTrainers.some((tested) => minor(tested) === minor(release))
}

const minor = (release: string): string | undefined => /^v?(\d+\.\d+)/.exec(release)?.[1]
