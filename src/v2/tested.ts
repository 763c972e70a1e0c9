/** Releases of Trainer whose own operators moved jobs there and back in tests of this build. */
export const testedTrainers: readonly string[] = ['v2.0.1', 'v2.1.0', 'v2.2.1', 'v2.3.0']
