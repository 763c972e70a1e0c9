/** Whether a release (`v2.3.0`, or `2.3` where no more is known) is one of those that were tested, or another patch of one. */
export function isTestedRelease(release: string, tested: readonly string[]): boolean {
  return tested.some((one) => minorOf(one) === minorOf(release))
}

function minorOf(release: string): string | undefined {
  return /^v?(\d+\.\d+)/.exec(release)?.[1]
}
