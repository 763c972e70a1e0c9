import { podSelecting, type Resource, resources } from '../kube/resources.ts'
import { v1Kinds } from '../v1/kinds.ts'
import type { Leftover } from './leftovers.ts'

/** A right of RBAC that a verb of this program needs. */
export interface Right {
  readonly group: string
  /** `pods`, `pods/log` */
  readonly resource: string
  readonly verb: string
  /** what is asked for has no namespace */
  readonly clusterWide: boolean
  /** without it the answer is poorer, not wrong, and says so */
  readonly optional: boolean
}

/** Who is given which verbs. */
export type RoleName = 'viewer' | 'mover' | 'platform'

/** Verbs of this program that read. */
export type LookVerb = 'list' | 'status' | 'diff' | 'logs' | 'compare' | 'runtimes' | 'convert'

/** Verbs of this program that write. */
export type MoveVerb = 'start' | 'cutover' | 'rollback' | 'finalize'

/** All verbs that read, in the order of `--help`. */
export const lookVerbs: readonly LookVerb[] = ['list', 'status', 'diff', 'logs', 'compare', 'runtimes', 'convert']

/** All verbs that write, in the order of a migration. */
export const moveVerbs: readonly MoveVerb[] = ['start', 'cutover', 'rollback', 'finalize']

interface Options {
  readonly optional?: boolean
  /** `log` of pods, `exec` */
  readonly part?: string
}

function rights(on: Resource | readonly Resource[], verbs: string, { optional = false, part }: Options = {}): Right[] {
  return (Array.isArray(on) ? (on as readonly Resource[]) : [on as Resource]).flatMap(({ group, plural, namespaced }) =>
    verbs.split(' ').map((verb) => ({
      group,
      resource: part === undefined ? plural : `${plural}/${part}`,
      verb,
      clusterWide: !namespaced,
      optional,
    })),
  )
}

const v1Jobs = v1Kinds.map(({ resource }) => resource)
const { trainJobs, trainingRuntimes, clusterTrainingRuntimes, jobSets, pods, events } = resources
const optional = { optional: true }

const jobs = [...rights(v1Jobs, 'get list watch'), ...rights(trainJobs, 'get list watch')]
const runtimes = [...rights(trainingRuntimes, 'get list'), ...rights(clusterTrainingRuntimes, 'get list', optional)]
const sides = [
  ...jobs,
  ...rights(pods, 'list watch'),
  ...rights(jobSets, 'get list watch'),
  ...rights(events, 'list', optional),
]

/** Objects that select pods, and what decides whether pods get in: where they may be listed. */
const neighbours = rights(
  [...podSelecting, resources.resourceQuotas, resources.workloads, resources.localQueues],
  'list',
  optional,
)

/** What the verbs that only look need; any job may be asked for, so all six kinds. */
const look: Readonly<Record<LookVerb, readonly Right[]>> = {
  list: [
    ...jobs,
    ...rights(pods, 'list', optional),
    ...rights(events, 'list', optional),
    ...rights([trainingRuntimes, clusterTrainingRuntimes], 'list', optional),
    ...rights(resources.nodes, 'list', optional),
  ],
  status: [
    ...sides,
    ...rights(pods, 'get', { part: 'log', optional: true }),
    ...rights([resources.configMaps, resources.workloads], 'list', optional),
  ],
  diff: [...sides, ...runtimes, ...neighbours],
  logs: [...sides, ...rights(pods, 'get', { part: 'log' })],
  compare: [...sides, ...rights(pods, 'get', { part: 'log' }), ...rights(resources.podMetrics, 'list', optional)],
  runtimes: [...jobs, ...runtimes],
  convert: [...rights(v1Jobs, 'get list'), ...runtimes, ...rights(resources.workloads, 'list', optional)],
}

/** What tells of a move beside it: logs of how far the training is, and Events on the jobs. */
const told = [
  ...rights(pods, 'get', { part: 'log', optional: true }),
  ...rights(resources.newEvents, 'create', optional),
]

/** What a move watches while it goes on (src/execute/observer.ts), for a job of that kind. */
const watched = [
  ...rights([trainJobs, trainingRuntimes, jobSets, resources.jobs, pods], 'list watch'),
  ...rights([resources.services, resources.configMaps, events], 'list watch', optional),
]

/** The record of a migration, and the lock of who writes it (src/execute/journal.ts, lease.ts). */
const record = [
  ...rights(resources.configMaps, 'get list create patch'),
  ...rights(resources.leases, 'get create patch delete'),
]

/** What may belong to a v1 job, and go with it; and its manifest, kept again where it is gone. */
const takenAlong = [
  ...rights([resources.persistentVolumeClaims, resources.configMaps, resources.serviceAccounts], 'list'),
  ...rights(resources.secrets, 'create'),
]

/** How the volumes may be mounted that a twin would share with its job. */
const claims = rights(resources.persistentVolumeClaims, 'get', optional)

/** What an MPIJob by kubectl exec brings along. Nobody may give a right away without having it: pods/exec, too (RBAC, escalation). */
const launcher = [
  ...rights(
    [resources.configMaps, resources.serviceAccounts, resources.roles, resources.roleBindings],
    'list watch create',
  ),
  ...rights(pods, 'get'),
  ...rights(pods, 'create', { part: 'exec' }),
]

/** What decides which rights a move of one job needs. */
export interface MoveNeeds {
  readonly kind: Resource
  /** the TrainJob needs helpers of its own */
  readonly extras: boolean
  /** the runtime is there already, or somebody else makes it */
  readonly runtimeExists: boolean
  /** v1 is gone, and is made again */
  readonly recreates?: boolean
  /** Kueue manages the job, or will */
  readonly queued?: boolean
}

/** What one move needs. */
export function moveRights(verb: MoveVerb, needs: MoveNeeds): Right[] {
  const { kind, extras, runtimeExists, recreates = false, queued = false } = needs
  if (verb === 'finalize')
    return distinct([...rights(kind, 'get list watch delete'), ...watched, ...told, ...record, ...takenAlong])
  const v1 = rights(kind, verb === 'start' ? 'get list watch' : 'get list watch patch')
  const back = [
    ...v1,
    ...watched,
    ...told,
    ...record,
    ...rights(trainJobs, 'delete'),
    ...rights(resources.workloads, 'list watch patch', { optional: !queued }),
    ...rights(resources.localQueues, 'get', optional),
  ]
  if (verb === 'rollback') return distinct([...back, ...(recreates ? rights(kind, 'create') : [])])
  return distinct([
    ...back,
    // the v1 manifest is kept in one, and nothing reads it back; a twin leaves v1 alone
    ...(verb === 'start' ? claims : rights(resources.secrets, 'create')),
    ...rights(trainJobs, 'create patch'),
    ...(runtimeExists ? [] : rights(trainingRuntimes, 'create')),
    ...neighbours,
    ...(extras ? launcher : []),
  ])
}

/** Whether a verb writes. */
export function isMoveVerb(verb: LookVerb | MoveVerb): verb is MoveVerb {
  return moveVerbs.some((move) => move === verb)
}

/** What a verb needs for whichever job, or for jobs of one shape where that is told. */
export function rightsOf(verb: LookVerb | MoveVerb, needs?: MoveNeeds): Right[] {
  if (!isMoveVerb(verb)) return distinct(look[verb])
  if (needs) return moveRights(verb, needs)
  return distinct(
    v1Jobs.flatMap((kind) =>
      moveRights(verb, { kind, extras: verb !== 'rollback', runtimeExists: false, recreates: true }),
    ),
  )
}

/** What preflight reads beyond discovery: which program answers for an API, and its version. */
const operators: readonly Right[] = [
  { group: 'apiextensions.k8s.io', resource: 'customresourcedefinitions' },
  { group: 'admissionregistration.k8s.io', resource: 'validatingwebhookconfigurations' },
  { group: 'admissionregistration.k8s.io', resource: 'mutatingwebhookconfigurations' },
].flatMap((on) => ['get', 'list'].map((verb) => ({ ...on, verb, clusterWide: true, optional: true })))

/** What a role may do: a mover looks as well, and the platform's people make runtimes for everybody and see the operators. */
export function rightsOfRole(role: RoleName): Right[] {
  const viewer = lookVerbs.flatMap((verb) => rightsOf(verb))
  if (role === 'viewer') return distinct(viewer)
  const mover = [...viewer, ...moveVerbs.flatMap((verb) => rightsOf(verb))]
  if (role === 'mover') return distinct(mover)
  return distinct([
    ...mover,
    ...rights([trainingRuntimes, clusterTrainingRuntimes], 'create update patch delete'),
    ...rights(resources.leases, 'list'),
    ...Object.values(cleanupRights).flat(),
    ...rights(resources.services, 'get'),
    ...rights(resources.deployments, 'list'),
    ...operators,
  ])
}

/** What deleting leftovers needs, beside looking for them. */
export const cleanupRights: Readonly<Record<Leftover['kind'], readonly Right[]>> = {
  TrainingRuntime: rights(trainingRuntimes, 'delete'),
  TrainJob: rights(resources.trainJobs, 'delete'),
  Lease: rights(resources.leases, 'delete'),
  // the manifest goes by its name, and is not read
  record: [...rights(resources.configMaps, 'delete'), ...rights(resources.secrets, 'delete')],
}

/** Each right once; one that anything needs is no option. */
function distinct(all: readonly Right[]): Right[] {
  const byKey = new Map<string, Right>()
  for (const right of all) {
    const key = `${right.verb} ${right.resource} ${right.group}`
    const had = byKey.get(key)
    if (!had || (had.optional && !right.optional)) byKey.set(key, right)
  }
  return [...byKey.values()]
}

/** `create leases.coordination.k8s.io`, `get pods/log`: in the words of `kubectl auth can-i`. */
export function rightTitle({ group, resource, verb }: Pick<Right, 'group' | 'resource' | 'verb'>): string {
  const [plural, part] = resource.split('/')
  return `${verb} ${plural}${group === '' ? '' : `.${group}`}${part === undefined ? '' : `/${part}`}`
}

/** One rule of what somebody may do (authorization.k8s.io/v1 ResourceRule, rbac.authorization.k8s.io/v1 PolicyRule). */
export interface Rule {
  readonly apiGroups?: readonly string[]
  readonly resources?: readonly string[]
  readonly verbs?: readonly string[]
  /** of these objects only: no right to the others */
  readonly resourceNames?: readonly string[]
}

/** Whether one of the rules gives the right (kubernetes v1.36.3, pkg/apis/rbac/v1/evaluation_helpers.go). */
export function allows(rules: readonly Rule[], { group, resource, verb }: Right): boolean {
  const [, part] = resource.split('/')
  const has = (words: readonly string[] | undefined, ...wanted: string[]) =>
    words?.some((word) => word === '*' || wanted.includes(word)) ?? false
  return rules.some(
    ({ apiGroups, resources: on, verbs, resourceNames = [] }) =>
      resourceNames.length === 0 &&
      has(apiGroups, group) &&
      has(on, resource, ...(part === undefined ? [] : [`*/${part}`])) &&
      has(verbs, verb),
  )
}
