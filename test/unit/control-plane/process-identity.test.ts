import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { describe, expect, it } from 'vitest'
import { identify, isAlive, kill, startTimeFromStat } from '../../cluster/process-identity.ts'

/** Fields 4 to 21 of /proc/PID/stat, which say nothing about identity. */
const between = '1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18'

describe('the start time in /proc/PID/stat', () => {
  it.each<[what: string, stat: string, expected: string | undefined, threads?: number]>([
    ['a plain command', `42 (etcd) S ${between} 777 0 0`, '777'],
    ['a command with spaces', `42 (a b c) R ${between} 778 0 0`, '778'],
    ['a command with parentheses', `42 (a) S (b) S ${between} 779 0 0`, '779'],
    ['a zombie', `42 (etcd) Z ${between} 780 0 0`, undefined],
    ['a process that is ending, but for some of its threads', `42 (etcd) Z ${between} 781 0 0`, '781', 3],
    ['nothing', '', undefined],
  ])('of %s', (_, stat, expected, threads) => {
    expect(startTimeFromStat(stat, threads)).toBe(expected)
  })
})

describe('a recorded process', () => {
  const start = async () => {
    const child = spawn('sleep', ['600'], { stdio: 'ignore' })
    await once(child, 'spawn')
    const identity = identify(child.pid ?? 0)
    if (identity === undefined) throw new Error('sleep is not there')
    return identity
  }

  it('is alive until it is killed', async () => {
    const identity = await start()
    expect(isAlive(identity)).toBe(true)
    await kill([identity])
    expect(isAlive(identity)).toBe(false)
    expect(identify(identity.pid)).toBeUndefined()
  })

  it('is not mistaken for a later one with its number, which is left alone', async () => {
    const identity = await start()
    const earlier = { pid: identity.pid, start: '1' }
    expect(isAlive(earlier)).toBe(false)
    await kill([earlier])
    expect(isAlive(identity)).toBe(true)
    await kill([identity])
  })
})
