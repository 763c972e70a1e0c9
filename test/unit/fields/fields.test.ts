import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { lostCodes } from '../../../src/convert/codes.ts'
import { type Conversion, type ConvertOptions, convertJob } from '../../../src/convert/convert.ts'
import { stableJson } from '../../../src/kube/clone.ts'
import { formatFieldPath } from '../../../src/kube/field-path.ts'
import type { KubeObject } from '../../../src/kube/object.ts'
import { Problem } from '../../../src/problem.ts'
import { kindInfo, type V1Kind, v1Kinds } from '../../../src/v1/kinds.ts'
import { dialects } from '../../../src/v2/dialects/index.ts'
import { usual } from '../conversions.ts'
import { kindManifest, type RoleOptions } from '../kind-manifest.ts'
import { type Field, type Fields, readFieldList } from './field-list.ts'
import { type Place, samplesOf, withField } from './samples.ts'

const sections = readFieldList(readFileSync(new URL('v1.txt', import.meta.url), 'utf8'))

function fieldsOf(section: string): Fields {
  const fields = sections.get(section)
  if (!fields) throw new Error(`the list has no section ${section}`)
  return fields
}

/**
 * What becomes of each field that is not simply carried, by its path or the beginning of it. Whoever adds a field to the list carries
 * it or decides about it here.
 */
const ofTemplate: Readonly<Record<string, string>> = {
  'metadata.name': 'nobody reads it: the operator gives its pods their names',
  'metadata.namespace': 'nobody reads it: the operator gives its pods their names',
  'spec.ephemeralContainers': 'invalid-job',
  'spec.hostname': 'lost pod-host-name',
  'spec.subdomain': 'lost pod-host-name',
  'spec.restartPolicy': 'same template-restart-policy',
}
const ofAllKinds: Readonly<Record<string, string>> = {
  'spec.runPolicy.activeDeadlineSeconds': 'changed deadline-clock',
  'spec.runPolicy.cleanPodPolicy': 'changed clean-pods-all',
  'spec.runPolicy.schedulingPolicy': 'lost gang',
  'spec.runPolicy.ttlSecondsAfterFinished': 'changed ttl',
}
const ofKind: Readonly<Record<V1Kind, Readonly<Record<string, string>>>> = {
  PyTorchJob: {
    'spec.pytorchReplicaSpecs.{}.restartPolicy': 'same evicted-pod-kept',
    'spec.runPolicy.backoffLimit': 'changed backoff-limit-evictions',
    'spec.elasticPolicy.metrics': 'lost elastic-autoscaling',
    'spec.elasticPolicy.minReplicas': 'changed elastic-fixed-size',
  },
  TFJob: {
    'spec.enableDynamicWorker': 'lost dynamic-worker',
    'spec.tfReplicaSpecs.{}.restartPolicy': 'same evicted-pod-kept',
    'spec.runPolicy.backoffLimit': 'same backoff-limit-unused',
  },
  MPIJob: {
    'spec.cleanPodPolicy': 'changed clean-pods-all',
    'spec.mpiReplicaSpecs.{}.restartPolicy': 'changed eviction-retried',
    'spec.runPolicy.backoffLimit': 'same backoff-limit-unused',
  },
  XGBoostJob: {
    'spec.xgbReplicaSpecs.{}.restartPolicy': 'changed eviction-retried',
    'spec.runPolicy.backoffLimit': 'same backoff-limit-unused',
  },
  PaddleJob: {
    'spec.elasticPolicy': 'same elastic-unused',
    'spec.paddleReplicaSpecs.{}.restartPolicy': 'same evicted-pod-kept',
    'spec.runPolicy.backoffLimit': 'changed backoff-limit-evictions, changed backoff-limit-scope',
  },
  JAXJob: {
    'spec.jaxReplicaSpecs.{}.restartPolicy': 'same evicted-pod-kept',
    'spec.runPolicy.managedBy': 'changed managed-by-obeyed',
    'spec.runPolicy.backoffLimit': 'same backoff-limit-unused',
  },
}

function decided({ path }: Field, decisions: Readonly<Record<string, string>>): string {
  return decidedPath(path.join('.'), decisions)
}

function decidedPath(path: string, decisions: Readonly<Record<string, string>>): string {
  const known = Object.keys(decisions).find((start) => path === start || path.startsWith(`${start}.`))
  return (known === undefined ? undefined : decisions[known]) ?? 'carried'
}

type Options = Partial<ConvertOptions>

function convert(object: KubeObject, options: Options): Conversion | Problem {
  try {
    return convertJob(object, { ...usual, mpi: 'exec', accept: lostCodes, ...options })
  } catch (error) {
    if (error instanceof Problem) return error
    throw error
  }
}

/** What stands in the TrainJob, its runtime and the objects beside them, without what is written about the conversion. */
function written({ trainJob, runtime, extras }: Conversion): string {
  const { annotations: _annotations, ...metadata } = trainJob.metadata
  const { runtimeRef: _named, ...spec } = trainJob.spec
  return stableJson([metadata, spec, runtime.spec, extras])
}

/** Class and code of what is said of a field, else whether its value is in the output. */
function outcome(place: Place, field: Field, options: Options): string {
  const [one, other] = samplesOf(field).map((value) => withField(place, field, value)) as [Placed, Placed]
  const [first, second] = [convert(one.object, options), convert(other.object, options)]
  for (const result of [first, second]) if (result instanceof Problem) return result.data.code
  const said = findingsAt(first as Conversion, formatFieldPath(one.path))
  if (said.length > 0) return said.join(', ')
  return written(first as Conversion) === written(second as Conversion) ? 'silence' : 'carried'
}

type Placed = ReturnType<typeof withField>

/** What says nothing of whether a field is carried: names given to ports, and that a field alone makes no pod that the API server takes. */
const besides: readonly string[] = ['port-named', 'pods-refused']

/** Findings of a field or of a part that it belongs to; those of the whole of the replicas say how and not whether. */
function findingsAt({ job, findings }: Conversion, at: string): string[] {
  const about = findings.filter(
    ({ path, code }) =>
      path !== `spec.${job.info.specKey}` &&
      !besides.includes(code) &&
      (at === path || at.startsWith(`${path}.`) || at.startsWith(`${path}[`)),
  )
  return [...new Set(about.map((finding) => `${finding.class} ${finding.code}`))]
}

/** All fields of a list with what becomes of them, where that is not what was decided. */
function surprises(place: Place, decisions: Readonly<Record<string, string>>, options: Options): string[] {
  return place.fields.leaves.flatMap((field) => {
    const expected = decided(field, decisions)
    const found = outcome(place, field, options)
    const silent = found === 'silence' && expected.startsWith('nobody reads it')
    return found === expected || silent ? [] : [`${field.path.join('.')}: ${found}, not ${expected}`]
  })
}

const lead: Readonly<Record<V1Kind, string>> = {
  PyTorchJob: 'Master',
  TFJob: 'Chief',
  MPIJob: 'Launcher',
  XGBoostJob: 'Master',
  PaddleJob: 'Master',
  JAXJob: 'Worker',
}

/** A job of two roles with an init container and a container beside the one that trains. */
function jobOf(kind: V1Kind, roles: readonly string[]): KubeObject {
  const role: RoleOptions = {
    replicas: 2,
    sidecars: [{ name: 'side', image: 'side:1' }],
    pod: { initContainers: [{ name: 'init', image: 'init:1' }] },
  }
  return kindManifest(
    kind,
    Object.fromEntries(roles.map((name) => [name, name === 'Worker' ? role : { ...role, replicas: 1 }])),
  )
}

function templateOf(kind: V1Kind, roles: readonly string[], item: number): Place {
  const holder = ['spec', kindInfo(kind)?.specKey ?? '', 'Worker', 'template']
  return { object: jobOf(kind, roles), holder, item, fields: fieldsOf('template') }
}

const each = v1Kinds.map(({ kind }) => kind)

describe('every field of the v1 kinds has one outcome: carried, or one finding', () => {
  it.each(each)('of the spec of a %s', (kind) => {
    // who decides success is up to the leader where there is one
    const roles = kind === 'TFJob' ? ['Worker'] : [lead[kind], 'Worker']
    const place = { object: jobOf(kind, roles), holder: [], item: 0, fields: fieldsOf(kind) }
    expect(surprises(place, { ...ofAllKinds, ...ofKind[kind] }, {})).toEqual([])
  })

  it('of a pod template whose replicas are alike', () => {
    // the container that trains keeps the name its operator looks for
    const decisions = { ...ofTemplate, 'spec.containers.[].name': 'invalid-job' }
    expect(surprises(templateOf('PyTorchJob', ['Worker'], 0), decisions, {})).toEqual([])
  }, 60_000)

  it('of a pod template that is one role’s own', () => {
    expect(surprises(templateOf('PyTorchJob', ['Master', 'Worker'], 1), ofTemplate, {})).toEqual([])
  }, 60_000)

  it.each(['exec', 'ssh'] as const)(
    'of the template of an MPIJob’s workers, with --mpi %s',
    (mpi) => {
      const decisions = {
        ...ofTemplate,
        'spec.containers.[].args': 'nobody reads it: the operator runs sleep where there is no command',
        ...(mpi === 'ssh' ? { 'spec.containers.[].name': 'nobody reads it: it is called node there' } : {}),
      }
      expect(surprises(templateOf('MPIJob', ['Launcher', 'Worker'], 0), decisions, { mpi })).toEqual([])
    },
    60_000,
  )

  it.each(each)('of a template of a %s that has them all at once', (kind) => {
    let place = templateOf(kind, [lead[kind], 'Worker'], 0)
    for (const field of place.fields.leaves) {
      if (decided(field, ofTemplate) === 'invalid-job' || field.path.join('.') === 'spec.containers.[].name') continue
      place = { ...place, object: withField(place, field, samplesOf(field)[0]).object }
    }
    const result = convert(place.object, {})
    expect(result instanceof Problem ? [result.data.code, result.data.why] : 'converted').toBe('converted')
  })
})

/** Fields of pod templates that came after a release, by a part of their path: test/cluster/fields.test.ts asks the releases. */
const newer = {
  '2.0': [
    'spec.hostnameOverride',
    'spec.schedulingGroup',
    '.restartPolicyRules.',
    '.lifecycle.stopSignal',
    '.valueFrom.fileKeyRef.',
    '.podCertificate.',
  ],
  '2.1': ['spec.schedulingGroup', '.podCertificate.userAnnotations.'],
  '2.2': [],
  '2.3': [],
} as const

describe('what a release of Trainer does not know', () => {
  it.each(dialects)(
    'is refused by name for v$version, and nothing else is',
    (dialect) => {
      const place = templateOf('PyTorchJob', ['Worker'], 0)
      const paths = (fields: readonly Field[]) => fields.map(({ path }) => path.join('.'))
      const refused = place.fields.leaves.filter((field) => {
        const result = convert(withField(place, field, samplesOf(field)[0]).object, { dialect })
        return result instanceof Problem && result.data.code === 'field-too-new'
      })
      const known = paths(place.fields.leaves).filter((path) => decidedPath(path, ofTemplate) !== 'invalid-job')
      expect(paths(refused)).toEqual(known.filter((path) => newer[dialect.version].some((part) => path.includes(part))))
    },
    60_000,
  )

  it('says from which release on it is known', () => {
    const place = templateOf('PyTorchJob', ['Worker'], 0)
    const field: Field = { path: ['spec', 'schedulingGroup', 'podGroupName'], type: 'text' }
    const result = convert(withField(place, field, 'ours').object, { dialect: dialects[1] })
    expect(result).toMatchObject({
      data: {
        what: 'PyTorchJob nlp/train is not converted: Trainer 2.1 does not know spec.pytorchReplicaSpecs.Worker.template.spec.schedulingGroup',
        where: 'spec.pytorchReplicaSpecs.Worker.template.spec.schedulingGroup',
        next: ['remove the field', 'upgrade Trainer, and --target-version 2.2'],
      },
    })
  })
})
