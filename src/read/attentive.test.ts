import { describe, expect, it } from 'vitest'
import { attentive } from './attentive.ts'

/** Every item takes 20 ms of work; Ctrl-C is heard in the pause with that number. */
async function work(items: number, ctrlCInPause?: number) {
  const interruption = new AbortController()
  let time = 0
  let pauses = 0
  const world = {
    now: () => new Date(time),
    sleep: async () => {
      pauses++
      if (pauses === ctrlCInPause) interruption.abort()
    },
    signal: interruption.signal,
  }
  async function* numbers() {
    for (let number = 1; number <= items; number++) yield number
  }
  const seen: number[] = []
  const done = (async () => {
    for await (const item of attentive(world, numbers())) {
      seen.push(item)
      time += 20
    }
  })()
  const failure = await done.then(
    () => undefined,
    (error: unknown) => error,
  )
  return { seen, pauses, failure }
}

describe('a long row of items', () => {
  it('comes whole, with a pause after each 50 ms of work', async () => {
    expect(await work(7)).toEqual({ seen: [1, 2, 3, 4, 5, 6, 7], pauses: 2, failure: undefined })
  })

  it('is short enough without a pause', async () => {
    expect(await work(2)).toEqual({ seen: [1, 2], pauses: 0, failure: undefined })
  })

  it('ends at the pause in which Ctrl-C is heard', async () => {
    const { seen, failure } = await work(100, 2)
    expect(seen).toEqual([1, 2, 3, 4, 5, 6])
    expect(failure).toMatchObject({ failure: { kind: 'aborted' } })
  })
})
