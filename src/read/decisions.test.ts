import { describe, expect, it } from 'vitest'
import { fakeEnv } from '../../test/unit/fake-env.ts'
import { readDecisions } from './decisions.ts'

const head = 'apiVersion: kubectl-migrate.dev/v1alpha1\nkind: Decisions\n'
const read = (text: string) => readDecisions(fakeEnv({ files: { 'd.yaml': text } }).env.files, 'd.yaml')
const told = async (text: string): Promise<string> => {
  const error = await read(text).catch((thrown) => thrown)
  return `${error.data.where ?? ''} | ${error.data.why ?? error.data.what}`
}

describe('a decisions file', () => {
  it('is read with every field', async () => {
    const text = `${head}jobs:
- match: {kind: PyTorchJob, namespace: nlp, name: 'bert-*', labels: {team: nlp}}
  accept:
  - {code: ttl, reason: a CronJob deletes them, approver: ana, expires: 2026-12-31}
  runtime: clustertrainingruntime/torch
  mpi: exec
  isolation: subpath
  podLabels: v1
`
    const found = await read(text)
    expect(found?.decisions.jobs[0]?.accept?.[0]?.expires).toBe('2026-12-31')
    expect(found?.decisions.jobs[0]).toMatchObject({ runtime: 'clustertrainingruntime/torch', mpi: 'exec' })
  })

  it.each<[what: string, text: string, where: string]>([
    ['no jobs', head, 'd.yaml:1 | d.yaml:1: must have jobs'],
    ['another kind', `${head.replace('Decisions', 'Plan')}jobs: []\n`, 'd.yaml:2 | d.yaml:2: kind must be Decisions'],
    [
      'an unknown field',
      `${head}jobs:\n- runtimes: x\n`,
      'd.yaml:4 | d.yaml:4: jobs[0].runtimes is not known; did you mean runtime?',
    ],
    [
      'an unknown code',
      `${head}jobs:\n- accept:\n  - {code: tll, reason: a, approver: b}\n`,
      'd.yaml:5 | d.yaml:5: jobs[0].accept[0].code is none that is known; near to it: ttl',
    ],
    [
      'no reason',
      `${head}jobs:\n- accept:\n  - {code: ttl, approver: b}\n`,
      'd.yaml:5 | d.yaml:5: jobs[0].accept[0] must have reason',
    ],
    [
      'an empty approver',
      `${head}jobs:\n- accept:\n  - {code: ttl, reason: a, approver: ''}\n`,
      'd.yaml:5 | d.yaml:5: jobs[0].accept[0].approver must not be empty',
    ],
    [
      'no date',
      `${head}jobs:\n- accept:\n  - {code: ttl, reason: a, approver: b, expires: 2026-02-30}\n`,
      'd.yaml:5 | d.yaml:5: jobs[0].accept[0].expires must be a date, YYYY-MM-DD',
    ],
    ['a word that is none', `${head}jobs:\n- mpi: rsh\n`, 'd.yaml:4 | d.yaml:4: jobs[0].mpi must be one of exec, ssh'],
    ['a list for a map', `${head}jobs:\n- []\n`, 'd.yaml:4 | d.yaml:4: jobs[0] must be a map'],
    ['a map for a list', `${head}jobs: {}\n`, 'd.yaml:3 | d.yaml:3: jobs must be a list'],
    [
      'two documents',
      `${head}jobs: []\n---\na: 1\n`,
      'd.yaml:5 | d.yaml is no decisions file that can be used: it holds more than one document',
    ],
    ['nothing', '', ' | d.yaml is no decisions file that can be used: it is empty'],
  ])('with %s is refused at its line', async (_, text, where) => {
    expect(await told(text)).toBe(where)
  })

  it('that is named must be there', async () => {
    const error = await readDecisions(fakeEnv().env.files, 'd.yaml').catch((thrown) => thrown)
    expect(error.data.what).toBe('d.yaml is no decisions file that can be used: it does not exist')
  })

  it('is ./migrate.yaml where none is named, and need not be there', async () => {
    const there = await readDecisions(fakeEnv({ files: { 'migrate.yaml': `${head}jobs: []\n` } }).env.files)
    expect([there?.path, await readDecisions(fakeEnv().env.files)]).toEqual(['migrate.yaml', undefined])
  })
})
