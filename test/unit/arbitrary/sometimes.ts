import fc from 'fast-check'

type Values<T> = { [K in keyof T]?: T[K] extends fc.Arbitrary<infer V> ? V : never }

/** A record in which each member is present once in `every` times; absent members are not there at all. */
export function sometimes<T extends Readonly<Record<string, fc.Arbitrary<unknown>>>>(
  every: number,
  members: T,
): fc.Arbitrary<Values<T>> {
  const entries = Object.entries(members).map(([key, arbitrary]) =>
    fc.oneof(
      { weight: every - 1, arbitrary: fc.constant([]) },
      { weight: 1, arbitrary: arbitrary.map((value) => [[key, value]]) },
    ),
  )
  return fc.tuple(...entries).map((present) => Object.fromEntries(present.flat()) as Values<T>)
}
