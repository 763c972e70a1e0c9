import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { KubeObject } from '../../src/kube/object.ts'
import type { Pod } from '../../src/kube/pod.ts'
import { moveVerbs, type Right, rightsOf, rightTitle } from '../../src/migration/rights.ts'
import { roleObjects, rulesFor } from '../../src/migration/roles.ts'
import { cluster } from './harness.ts'
import { isReady, v1Job } from './jobs.ts'

/** Users of this test: RBAC knows a user by name alone, and kubectl's --as acts as one. */
const suffix = Math.random().toString(36).slice(2, 8)

/** A namespace with a job that runs, and a user in it with a role as --print-rbac prints it, but for what `without` takes away. */
async function userWith(role: 'viewer' | 'mover', without: (right: Right) => boolean = () => false) {
  const { namespace, create, kubectl, get, waitFor, migrate } = cluster()
  const place = await namespace()
  const user = `${role}-${suffix}`
  const printed = await migrate(['preflight', `--print-rbac=${role}`], { namespace: place })
  expect([printed.code, printed.stderr]).toEqual([0, ''])
  const applied = await kubectl(['apply', '-f', '-'], { input: printed.stdout })
  expect([applied.code, applied.stderr]).toEqual([0, ''])
  const [own] = roleObjects(role, place)
  const rules = rulesFor(rightsIn(own).filter((right) => !without(right)))
  const name = `kubectl-migrate-${role}`
  if (own) expect((await kubectl(['apply', '-f', '-'], { input: JSON.stringify({ ...own, rules }) })).code).toBe(0)
  const bindings = ['create', 'rolebinding', name, `--role=${name}`, `--user=${user}`]
  expect((await kubectl(bindings, { namespace: place })).code).toBe(0)
  await create(place, v1Job('bert', { roles: { Master: 1, Worker: 1 } }))
  await waitFor('v1 runs', async () => {
    const { items } = await get<{ items: Pod[] }>(['pods'], { namespace: place })
    return items.filter(isReady).length === 2
  })
  const run = (...words: string[]) => migrate([...words, '--as', user], { namespace: place })
  return { place, run }
}

function rightsIn(role: KubeObject | undefined): Right[] {
  const rules = (role?.['rules'] ?? []) as ReturnType<typeof rulesFor>
  return rules.flatMap(({ apiGroups: [group = ''], resources, verbs }) =>
    resources.flatMap((resource) =>
      verbs.map((verb): Right => ({ group, resource, verb, clusterWide: false, optional: false })),
    ),
  )
}

beforeAll(async () => {
  // what no namespace holds is bound for the whole cluster, once
  const { migrate, kubectl } = cluster()
  for (const role of ['viewer', 'mover']) {
    const { stdout } = await migrate(['preflight', `--print-rbac=${role}`, '-n', 'default'])
    const [, shared = ''] = stdout.split('---\n')
    expect((await kubectl(['apply', '-f', '-'], { input: shared })).code).toBe(0)
    const name = `kubectl-migrate-${role}-cluster`
    await kubectl([
      'create',
      'clusterrolebinding',
      `${name}-${suffix}`,
      `--clusterrole=${name}`,
      `--user=${role}-${suffix}`,
    ])
  }
})

afterAll(async () => {
  const names = ['viewer', 'mover'].map((role) => `kubectl-migrate-${role}-cluster-${suffix}`)
  await cluster().kubectl(['delete', 'clusterrolebinding', ...names, '--ignore-not-found'])
})

describe('with exactly the rights that preflight prints', () => {
  it('a viewer uses every verb that looks, and none that moves', async () => {
    const { place, run } = await userWith('viewer')
    for (const words of ['list', 'status', 'status job bert', 'diff job bert', 'runtimes', 'convert job bert']) {
      const { code, stderr } = await run(...words.split(' '))
      expect([words, code, /forbidden|may not/.test(stderr)]).toEqual([
        words,
        words.startsWith('diff') ? code : 0,
        false,
      ])
      expect(code).toBeLessThan(2)
    }
    const logs = await run('logs', 'bert')
    expect(logs.stderr).not.toMatch(/may not/)
    const moved = await run('cutover', 'job', 'bert', '--yes')
    expect(moved.stderr).toContain(`${place}/bert is not cut over: you may not`)
    expect(moved.code).toBe(1)
    const ready = await run('preflight', '-o', 'json')
    const { checks } = JSON.parse(ready.stdout) as { checks: { check: string; result: string }[] }
    expect(checks.filter(({ result }) => result === 'blocks').map(({ check }) => check)).toEqual(moveVerbs)
  })

  it('a mover cuts over and rolls back', async () => {
    const { place, run } = await userWith('mover')
    const ready = await run('preflight')
    expect([ready.code, ready.stdout.match(/^(warning|blocks).*/gm)]).toEqual([0, null])
    const moved = await run('cutover', 'job', 'bert', '--yes', '--observe', '1s')
    expect([moved.code, moved.stdout]).toEqual([
      0,
      `${place}/bert is cut over: 2 of 2 pods run, equal to the proof; v1 is kept suspended\n`,
    ])
    const back = await run('rollback', 'job', 'bert', '--yes')
    expect([back.code, back.stderr.match(/forbidden|may not/)]).toEqual([0, null])
  })

  it('a mover without one of them is told which before anything is written', async () => {
    const lacking = { group: 'trainer.kubeflow.org', resource: 'trainjobs', verb: 'delete' }
    const { place, run } = await userWith('mover', (right) => rightTitle(right) === rightTitle(lacking))
    const moved = await run('cutover', 'job', 'bert', '--yes')
    expect([moved.code, moved.stdout]).toEqual([1, ''])
    expect(moved.stderr).toContain('you may not delete trainjobs.trainer.kubeflow.org')
    const { get } = cluster()
    const kinds = 'trainjobs,trainingruntimes,configmaps,secrets'
    const { items } = await get<{ items: KubeObject[] }>([kinds], { namespace: place })
    expect(items.map(({ metadata }) => metadata.name)).toEqual(['kube-root-ca.crt'])
    const job = await get<{ spec: { runPolicy?: { suspend?: boolean } } }>(['pytorchjob', 'bert'], { namespace: place })
    expect(job.spec.runPolicy?.suspend ?? false).toBe(false)
    const ready = await run('preflight')
    expect([ready.code, ready.stdout.match(/^blocks.*/gm)]).toEqual([
      1,
      moveVerbs
        .filter((verb) => rightsOf(verb).some((right) => rightTitle(right) === rightTitle(lacking)))
        .map((verb) => `blocks    ${verb.padEnd(17)}  you may not delete trainjobs (trainer.kubeflow.org)`),
    ])
  })
})
