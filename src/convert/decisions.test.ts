import { describe, expect, it } from 'vitest'
import { v1Job } from '../../test/unit/objects.ts'
import { type Acceptance, type Decisions, decisionsFor } from './decisions.ts'

const now = new Date('2026-03-01T12:00:00Z')
const ttl: Acceptance = { code: 'ttl', reason: 'a CronJob deletes them', approver: 'ana' }
const job = v1Job('bert-large', { namespace: 'nlp', labels: { team: 'nlp' } })

const decide = (jobs: Decisions['jobs']) => decisionsFor({ jobs }, job, now)

describe('an entry is for a job', () => {
  it.each<[what: string, match: Decisions['jobs'][number]['match'], matches: boolean]>([
    ['without conditions', undefined, true],
    ['of its kind', { kind: 'PyTorchJob' }, true],
    ['of another kind', { kind: 'TFJob' }, false],
    ['by its namespace', { namespace: 'nlp' }, true],
    ['by a pattern of its name', { name: 'bert-*' }, true],
    ['by a pattern with one open character', { name: 'bert-larg?' }, true],
    ['by a part of its name', { name: 'bert' }, false],
    ['by a pattern whose dot is a dot', { name: 'bert.large' }, false],
    ['by its labels', { labels: { team: 'nlp' } }, true],
    ['by labels it has not', { labels: { team: 'nlp', tier: 'gold' } }, false],
    ['by all conditions at once', { kind: 'PyTorchJob', namespace: 'n*', name: '*', labels: { team: 'cv' } }, false],
  ])('%s', (_, match, matches) => {
    expect(decide([{ match, mpi: 'ssh' }]).mpi).toBe(matches ? 'ssh' : undefined)
  })

  it('in the namespace of the call where it names none', () => {
    const { namespace: _, ...metadata } = job.metadata
    const { mpi } = decisionsFor(
      { jobs: [{ match: { namespace: 'cv' }, mpi: 'exec' }] },
      { ...job, metadata },
      now,
      'cv',
    )
    expect(mpi).toBe('exec')
  })
})

describe('of several entries', () => {
  it('the last holds, value by value', () => {
    const decided = decide([
      { mpi: 'ssh', runtime: 'a', isolation: 'subpath' },
      { mpi: 'exec' },
      { match: { name: 'x' }, runtime: 'b' },
    ])
    expect(decided).toMatchObject({ mpi: 'exec', runtime: 'a', isolation: 'subpath' })
  })

  it('all acceptances hold', () => {
    const gang: Acceptance = { ...ttl, code: 'gang' }
    expect(decide([{ accept: [ttl] }, { accept: [gang] }]).accepted).toEqual([ttl, gang])
  })
})

describe('an acceptance', () => {
  it.each([
    ['2026-02-28', false],
    ['2026-03-01', true],
    ['2026-03-02', true],
  ])('until %s holds on 2026-03-01: %s', (expires, holds) => {
    const dated = { ...ttl, expires }
    const { accepted, expired } = decide([{ accept: [dated] }])
    expect({ accepted, expired }).toEqual({ accepted: holds ? [dated] : [], expired: holds ? [] : [dated] })
  })

  it('that is over does not matter where another of its code holds', () => {
    const { expired } = decide([{ accept: [{ ...ttl, expires: '2020-01-01' }] }, { accept: [ttl] }])
    expect(expired).toEqual([])
  })
})
