import { cameTooLate, type Faults } from './fault-proxy.ts'

/** Something that a test does beside a run, once. */
export interface Deed {
  readonly done: boolean
  /** for Place.run */
  readonly faults: () => Faults
}

/** Acts once, just before a write whose title ends so is sent on, or just after it was done, and lets it, or its answer, go on then. */
export function atWrite(title: string, moment: 'before' | 'after', act: () => Promise<unknown>): Deed {
  let done = false
  return {
    get done() {
      return done
    },
    faults: () => async (request, when) => {
      if (done || when !== moment || request.kind !== 'write' || !request.title.endsWith(title)) return undefined
      if (cameTooLate(request)) return undefined
      done = true
      await act()
      return undefined
    },
  }
}
