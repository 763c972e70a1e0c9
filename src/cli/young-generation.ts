import { getHeapSpaceStatistics, setFlagsFromString } from 'node:v8'

/** What V8 is asked and told here; `thisHeap` is that of the process. */
export interface Heap {
  /** bytes of both semi-spaces of the young generation */
  youngBytes(): number
  setFlag(flag: string): void
}

export const thisHeap: Heap = {
  youngBytes: () => getHeapSpaceStatistics().find(({ space_name: name }) => name === 'new_space')?.space_size ?? 0,
  setFlag: setFlagsFromString,
}

/** Half of what V8 lets each of the two semi-spaces become. */
const semiSpaceBytes = 8 * 1024 * 1024

/** In which time they do not grow from 8 MB to more: that takes as many megabytes that survive, hundreds of milliseconds. */
const lookEvery = 100

/**
 * Keeps the semi-spaces of V8's young generation at 8 MB, for a verb that takes up thousands of objects one after another and holds on to
 * few: garbage and what will soon be garbage take half the room (bench/README.md says what that saves, and what it costs).
 *
 * Said to V8 while it runs. `--max-semi-space-size` is read at its start only, and a Node that is started with any flag of V8 refuses its code
 * cache of Node's own modules, which costs `list` 25 ms. The factor by which semi-spaces grow is read at each growth (V8 12.4,
 * heap/new-spaces.cc): with 1 they stay as they are. V8 shrinks those of an idle process, which may then grow again.
 */
export function keepYoungGenerationSmall(heap: Heap): void {
  let mayGrow = true
  const look = (): void => {
    if (heap.youngBytes() < 2 * semiSpaceBytes === mayGrow) return
    mayGrow = !mayGrow
    heap.setFlag(`--semi-space-growth-factor=${mayGrow ? 2 : 1}`)
  }
  setInterval(look, lookEvery).unref()
}
