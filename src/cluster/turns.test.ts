import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createTurns, type Turns } from './turns.ts'

const { signal } = new AbortController()

/** Takes a turn under a name; `went` fills up in the order in which turns come. */
function runner(turns: Turns) {
  const went: string[] = []
  const over: Record<string, () => void> = {}
  const take = (name: string, until = signal): void => {
    void turns.take(until).then((finish) => {
      went.push(name)
      over[name] = finish
    })
  }
  return { went, over, take }
}

describe('turns', () => {
  beforeEach(() => {
    vi.useFakeTimers()
  })
  afterEach(() => {
    vi.useRealTimers()
  })
  const pass = (milliseconds: number) => vi.advanceTimersByTimeAsync(milliseconds)

  it('lets one go, and each next one when the one before is over', async () => {
    const { went, over, take } = runner(createTurns(() => false))
    for (const name of ['a', 'b', 'c']) take(name)
    await pass(1)
    expect(went).toEqual(['a'])
    over['a']?.()
    await pass(1)
    expect(went).toEqual(['a', 'b'])
    over['b']?.()
    await pass(1)
    expect(went).toEqual(['a', 'b', 'c'])
  })

  it('lets one more go after every 20 ms in which none was over', async () => {
    const { went, over, take } = runner(createTurns(() => false))
    for (const name of ['a', 'b', 'c', 'd']) take(name)
    await pass(19)
    expect(went).toEqual(['a'])
    await pass(1)
    expect(went).toEqual(['a', 'b'])
    await pass(19)
    over['a']?.()
    await pass(1)
    expect(went, 'an end starts the 20 ms anew').toEqual(['a', 'b', 'c'])
    await pass(18)
    expect(went).toEqual(['a', 'b', 'c'])
    await pass(2)
    expect(went).toEqual(['a', 'b', 'c', 'd'])
  })

  it('lets go at once when nothing is under way, or a connection is free', async () => {
    let free = false
    const { went, over, take } = runner(createTurns(() => free))
    take('a')
    await pass(0)
    over['a']?.()
    take('b')
    await pass(0)
    free = true
    take('c')
    await pass(0)
    expect(went).toEqual(['a', 'b', 'c'])
  })

  it('lets all go once the server turns out to be far', async () => {
    const turns = createTurns(() => false)
    const { went, take } = runner(turns)
    for (const name of ['a', 'b', 'c']) take(name)
    turns.connected(4.9)
    await pass(0)
    expect(went).toEqual(['a'])
    turns.connected(5)
    take('d')
    await pass(0)
    expect(went.sort()).toEqual(['a', 'b', 'c', 'd'])
  })

  it('lets go whoever is aborted, and gives the turn to the next', async () => {
    const controller = new AbortController()
    const { went, over, take } = runner(createTurns(() => false))
    take('a')
    take('b', controller.signal)
    take('c')
    await pass(0)
    controller.abort()
    await pass(0)
    expect(went).toEqual(['a', 'b'])
    over['a']?.()
    await pass(1)
    expect(went).toEqual(['a', 'b', 'c'])
  })

  it('counts an end once', async () => {
    const { went, over, take } = runner(createTurns(() => false))
    for (const name of ['a', 'b', 'c']) take(name)
    await pass(0)
    over['a']?.()
    over['a']?.()
    await pass(1)
    expect(went).toEqual(['a', 'b'])
  })
})
