/** What must be alike for two runs to be comparable; what is not known of a run is absent. */
export interface RunSetting {
  /** digests of the images the training containers ran */
  readonly image?: string
  readonly worldSize?: string
  /** processes in all */
  readonly processes?: string
  readonly dataPath?: string
  readonly seed?: string
}

/** Whether the runs were alike in one respect; unknown is not alike. */
export interface FairCheck {
  readonly name: string
  readonly result: 'same' | 'differs' | 'unknown'
  readonly v1?: string
  readonly v2?: string
}

const names: readonly (readonly [key: keyof RunSetting, name: string])[] = [
  ['image', 'image digest'],
  ['worldSize', 'world size'],
  ['processes', 'processes'],
  ['dataPath', 'data path'],
  ['seed', 'seed'],
]

/** Of other programs, or of other numbers of processes, equal results say nothing. A seed may be of the day, and data stand in two places. */
const needed: readonly string[] = ['image digest', 'world size', 'processes']

/** `world size 8 against 4`: why the runs cannot be held against each other, as far as is known. */
export function unfair(checks: readonly FairCheck[]): string[] {
  return checks
    .filter(({ name, result }) => result === 'differs' && needed.includes(name))
    .map(({ name, v1, v2 }) => `not the same ${name}${name === 'image digest' ? '' : `: ${v1} and ${v2}`}`)
}

/** All the checks, in a fixed order. */
export function fairChecks(v1: RunSetting, v2: RunSetting): FairCheck[] {
  return names.map(([key, name]) => {
    const [a, b] = [v1[key], v2[key]]
    const result = a === undefined || b === undefined ? 'unknown' : a === b ? 'same' : 'differs'
    return { name, result, ...(a === undefined ? {} : { v1: a }), ...(b === undefined ? {} : { v2: b }) }
  })
}
