import { describe, expect, it } from 'vitest'
import { effectiveEnv, expand } from './expand.ts'
import type { ModelPod } from './model-pod.ts'
import type { Container, EnvVar } from './pod.ts'

describe('$(NAME) in a value', () => {
  const known = (name: string) => ({ A: 'a', EMPTY: '', LOOP: '$(A)' })[name]

  it.each([
    ['plain', 'plain', 'nothing to expand'],
    ['$(A)', 'a', 'a known name'],
    ['x$(A)y$(A)', 'xaya', 'several'],
    ['$(EMPTY)', '', 'a known name without a value'],
    ['$(UNKNOWN)', '$(UNKNOWN)', 'an unknown name stays'],
    ['$$(A)', '$(A)', '$$ is a literal $'],
    ['$$$(A)', '$a', 'and what follows is read on'],
    ['$$$$', '$$', 'pairs'],
    ['$(LOOP)', '$(A)', 'what was put in is not expanded again'],
    ['$(A', '$(A', 'an unfinished reference stays'],
    ['$A ${A}', '$A ${A}', 'the shell’s own references stay'],
    ['$()', '$()', 'an empty name'],
    ['$(A B)', '$(A B)', 'a name with a space is unknown'],
    ['$($(A))', '$($(A))', 'a name ends at the first parenthesis'],
    ['end$', 'end$', 'a $ at the end'],
  ])('%j becomes %j: %s', (text, expanded) => {
    expect(expand(text, known)).toBe(expanded)
  })
})

describe('the environment a process sees', () => {
  const pod: ModelPod = {
    role: 'worker',
    index: 0,
    name: 'train-worker-0',
    namespace: 'nlp',
    hostname: 'train-worker-0',
    addresses: ['train-worker-0'],
    labels: { team: 'nlp' },
    annotations: { note: 'n' },
    spec: { containers: [] },
    main: 'pytorch',
  }
  const seen = (...env: EnvVar[]) => {
    const container: Container = { name: 'pytorch', env }
    return Object.fromEntries(effectiveEnv(container, pod))
  }
  const from = (name: string, valueFrom: EnvVar['valueFrom']): EnvVar => ({ name, valueFrom })

  it('takes the last of a name', () => {
    expect(seen({ name: 'A', value: '1' }, { name: 'A', value: '2' })).toEqual({ A: '2' })
  })

  it('expands a reference with what stands before it, and leaves one to what comes later', () => {
    const env = seen({ name: 'B', value: '$(A)' }, { name: 'A', value: '1' }, { name: 'C', value: '$(A)' })
    expect(env).toEqual({ B: '$(A)', A: '1', C: '1' })
  })

  it('expands with the earlier of two values of a name where it stands between them', () => {
    const env = seen({ name: 'A', value: '1' }, { name: 'B', value: '$(A)' }, { name: 'A', value: '2' })
    expect(env).toEqual({ A: '2', B: '1' })
  })

  it('reads a variable without a value as empty', () => {
    expect(seen({ name: 'A' }, { name: 'B', value: '<$(A)>' })).toEqual({ A: '', B: '<>' })
  })

  it.each([
    ["metadata.labels['team']", 'nlp'],
    ["metadata.labels['absent']", ''],
    ["metadata.annotations['note']", 'n'],
    ['metadata.namespace', 'nlp'],
    ['metadata.name', '<field metadata.name>'],
    ['status.podIP', '<field status.podIP>'],
  ])('reads the field %s as %j', (fieldPath, value) => {
    expect(seen(from('A', { fieldRef: { fieldPath } }))).toEqual({ A: value })
  })

  it.each([
    ['its own resources', { resource: 'limits.cpu' }, '<resource (main) limits.cpu>'],
    [
      'the main container by name',
      { resource: 'limits.cpu', containerName: 'pytorch' },
      '<resource (main) limits.cpu>',
    ],
    ['a sidecar', { resource: 'limits.cpu', containerName: 'proxy' }, '<resource proxy limits.cpu>'],
    ['a divisor', { resource: 'limits.cpu', divisor: '1m' }, '<resource (main) limits.cpu/1m>'],
    ['the divisor that absence means', { resource: 'limits.cpu', divisor: '0' }, '<resource (main) limits.cpu>'],
  ])('tells a resource field of %s', (_, resourceFieldRef, value) => {
    expect(seen(from('A', { resourceFieldRef }))).toEqual({ A: value })
  })

  it('tells keys of ConfigMaps and Secrets by name, and expands nothing in them', () => {
    const env = seen(
      from('A', { configMapKeyRef: { name: 'settings', key: 'a' } }),
      from('B', { secretKeyRef: { name: 'token', key: 'b', optional: true } }),
      { name: 'C', value: '$(A)' },
    )
    expect(env).toEqual({ A: '<configMap settings/a>', B: '<secret token/b optional>', C: '<configMap settings/a>' })
  })

  it('keeps a source nobody here knows as it is written', () => {
    expect(seen(from('A', { fileKeyRef: { path: 'a', key: 'b' } }))).toEqual({
      A: '<{"fileKeyRef":{"path":"a","key":"b"}}>',
    })
  })
})
