import { describe, expect, it } from 'vitest'
import { leftLine, type UnreadLog, unreadLines } from './log-notes.ts'

const unread = (rank: number | undefined, why: UnreadLog['why'], message = '', namespace = 'nlp'): UnreadLog => ({
  source: { side: 'v2', rank, pod: `bert-node-0-${rank ?? 'x'}`, namespace },
  why,
  message,
})

describe('unreadLines', () => {
  it('is one line for each reason, with at most three pods by name', () => {
    expect(
      unreadLines([
        unread(0, 'unreadable', 'dial tcp: i/o timeout'),
        unread(1, 'not started', 'Unschedulable'),
        ...[2, 3, 4, 5].map((rank) => unread(rank, 'not started', 'ContainerCreating')),
        unread(6, 'forbidden', 'User "jane" cannot get bert-node-0-6'),
        unread(7, 'forbidden', 'User "jane" cannot get bert-node-0-7'),
        unread(undefined, 'gone'),
        unread(8, 'no previous', 'previous terminated container "node" in pod "p" not found'),
      ]),
    ).toEqual([
      'note: the log cannot be read of v2 rank 0 (bert-node-0-0): dial tcp: i/o timeout',
      'note: not started yet, so there is no log of v2 rank 1 (bert-node-0-1): Unschedulable (-f waits for it)',
      'note: not started yet, so there is no log of v2 rank 2 (bert-node-0-2), v2 rank 3 (bert-node-0-3), v2 rank 4 (bert-node-0-4) and 1 more: ContainerCreating (-f waits for it)',
      'note: you may not read pods/log in namespace nlp: without v2 rank 6 (bert-node-0-6), v2 rank 7 (bert-node-0-7)',
      'note: gone before the log was read to its end: v2 (bert-node-0-x)',
      'note: never restarted, so there is no previous log of v2 rank 8 (bert-node-0-8)',
    ])
  })

  it('is safe for a terminal', () => {
    expect(unreadLines([unread(0, 'unreadable', '\u001b[2Jx')])[0]).toContain('\\e[2Jx')
  })
})

describe('leftLine', () => {
  it('names at most three pods', () => {
    expect(leftLine(['a', 'b', 'c', 'd', 'e'])).toBe(
      'note: the jobs have ended; still running, and not followed any more: a, b, c and 2 more',
    )
  })
})
