import { describe, expect, it } from 'vitest'
import { resources } from '../kube/resources.ts'
import { allows, lookVerbs, moveRights, moveVerbs, type Rule, rightsOf, rightsOfRole, rightTitle } from './rights.ts'
import { roleObjects, rulesFor } from './roles.ts'

const right = (verb: string, resource: string, group = '') => ({
  group,
  resource,
  verb,
  clusterWide: false,
  optional: false,
})

describe('a rule', () => {
  it.each<[string, Rule, boolean]>([
    ['gives what it names', { apiGroups: [''], resources: ['pods/log'], verbs: ['get'] }, true],
    ['gives all with stars', { apiGroups: ['*'], resources: ['*'], verbs: ['*'] }, true],
    ['gives a part of all with a star before it', { apiGroups: [''], resources: ['*/log'], verbs: ['get'] }, true],
    ['of the whole gives no part', { apiGroups: [''], resources: ['pods'], verbs: ['get'] }, false],
    ['of another group gives nothing', { apiGroups: ['apps'], resources: ['pods/log'], verbs: ['get'] }, false],
    ['of another verb gives nothing', { apiGroups: [''], resources: ['pods/log'], verbs: ['list'] }, false],
    ['of one object gives nothing', { apiGroups: [''], resources: ['*'], verbs: ['*'], resourceNames: ['a'] }, false],
    ['without anything gives nothing', {}, false],
  ])('%s', (_name, rule, given) => {
    expect(allows([rule], right('get', 'pods/log'))).toBe(given)
  })
})

describe('roles', () => {
  it('to look change nothing', () => {
    expect(new Set(rightsOfRole('viewer').map(({ verb }) => verb))).toEqual(new Set(['get', 'list', 'watch']))
  })

  it('never give Secrets to read', () => {
    for (const role of ['viewer', 'mover', 'platform'] as const) {
      const secrets = rightsOfRole(role).filter(({ resource }) => resource === 'secrets')
      expect(secrets.filter(({ verb }) => ['get', 'list', 'watch'].includes(verb))).toEqual([])
    }
  })

  it('name no right by a star', () => {
    expect(
      rightsOfRole('platform').filter(({ verb, resource, group }) => `${verb}${resource}${group}`.includes('*')),
    ).toEqual([])
  })

  it.each([
    ['viewer', lookVerbs],
    ['mover', [...lookVerbs, ...moveVerbs]],
    ['platform', [...lookVerbs, ...moveVerbs]],
  ] as const)('%s gives each of its verbs what it needs', (role, verbs) => {
    const rules = rulesFor(rightsOfRole(role))
    const missing = verbs.flatMap((verb) =>
      rightsOf(verb)
        .filter((one) => !allows(rules, one))
        .map(rightTitle),
    )
    expect(missing).toEqual([])
  })

  it('of a namespace hold the rest in a ClusterRole', () => {
    const [role, cluster] = roleObjects('viewer', 'nlp')
    expect([role?.kind, role?.metadata.namespace, cluster?.kind, cluster?.metadata.name]).toEqual([
      'Role',
      'nlp',
      'ClusterRole',
      'kubectl-migrate-viewer-cluster',
    ])
    expect(cluster?.['rules']).toEqual([
      { apiGroups: ['trainer.kubeflow.org'], resources: ['clustertrainingruntimes'], verbs: ['get', 'list'] },
      { apiGroups: [''], resources: ['nodes'], verbs: ['list'] },
    ])
  })
})

describe('a move', () => {
  const needs = { kind: resources.mpiJobs, extras: true, runtimeExists: false }
  const titles = (of: typeof needs) => moveRights('cutover', of).map(rightTitle)

  it('of an MPIJob by kubectl exec needs the right it gives away', () => {
    expect(titles(needs)).toContain('create pods/exec')
    expect(titles({ ...needs, extras: false })).not.toContain('create pods/exec')
  })

  it('needs its own kind only', () => {
    expect(titles(needs).filter((title) => title.endsWith('jobs.kubeflow.org'))).toEqual(
      ['get', 'list', 'watch', 'patch'].map((verb) => `${verb} mpijobs.kubeflow.org`),
    )
  })
})
