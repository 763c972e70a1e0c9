import type { Dialect } from './dialects/dialect.ts'

/** Releases of Trainer whose own operators moved jobs there and back in tests of this build. */
export const testedTrainers: readonly string[] = ['v2.0.1', 'v2.1.0', 'v2.2.1', 'v2.3.0']

/** Whether the operators of a dialect's releases were among them; a patch release is taken for its minor one. */
export function isTestedTrainer({ version }: Dialect): boolean {
  return testedTrainers.some((release) => release.startsWith(`v${version}.`))
}
