import { classWords } from '../convert/class-words.ts'
import { stateWords } from '../kube/job-state.ts'
import { queueSchema } from './fleet-queues.ts'
import { apiVersion, link, list, moment, next, notRead, object, phase, published, text, whole } from './schema.ts'

const system = object({ version: { type: 'string', description: 'absent: not to be seen' } }, ['version'])
const trainer = object(
  {
    ...system.properties,
    dialect: { type: 'string', description: 'the field in which TrainJobs take overrides; absent: not known here' },
  },
  ['version', 'dialect'],
)

const place = object({ namespace: text, name: text, since: moment })
const trouble = object({ namespace: text, kind: text, name: text, reason: text, message: text }, ['message'])
const group = object({ name: text, jobs: whole, toMove: whole, moved: whole, finished: whole })
const tallies = ['total', 'gpus', 'running', 'waiting', 'blocked', 'suspended', 'done', 'failed']
const counted = (words: readonly string[]) => Object.fromEntries(words.map((word) => [word, whole]))

const progress = object({
  names: { type: 'integer', description: 'v1 jobs, and TrainJobs that were one; runs of one series are one name' },
  migrated: { type: 'integer', description: 'the TrainJob runs or ran; v1 is held or gone' },
  held: { type: 'integer', description: 'of those: v1 is kept, suspended' },
  ...counted(['inProgress', 'failed', 'notStarted']),
  ended: { type: 'integer', description: 'finished on v1: nothing to move' },
  ...counted(['bothRunning', 'revived']),
})

/** What `status -o json` prints of many jobs, from which docs/schema/fleet-status.json is made. */
export const fleetStatusSchema = published(
  'fleet-status.json',
  'FleetStatus',
  'What `status -o json` prints without a name.',
  object(
    {
      apiVersion,
      kind: { const: 'FleetStatus' },
      context: text,
      namespace: { type: 'string', description: 'absent: all namespaces' },
      systems: {
        ...object({ trainer, trainingOperator: system, kueue: system }, ['trainer', 'trainingOperator', 'kueue']),
        description: 'what is installed; absent: the user may not ask',
      },
      kinds: list(object({ kind: text, ...counted(tallies) }), 'jobs by what they do'),
      classes: list(object({ kind: text, ...counted(classWords) }), 'v1 jobs by what stands before their TrainJobs'),
      phases: { type: 'object', additionalProperties: whole, description: 'pairs by where their move stands' },
      progress,
      gpus: object({ v1: whole, v2: whole }),
      bothRunning: list(object({ namespace: text, name: text, trainJob: text }), 'the first ones'),
      revived: list(
        object({ namespace: text, name: text, kind: text, created: moment, creator: text }),
        'v1 jobs made under names that were moved: the youngest ones',
      ),
      oldestHold: place,
      oldestOpen: place,
      blockers: list(object({ class: { enum: classWords }, code: text, jobs: whole })),
      queues: list(queueSchema, 'LocalQueues in which Kueue keeps jobs from running'),
      groups: object({ by: text, rows: list(group) }),
      newV1Jobs: object({ jobs: whole, sources: list(object({ source: text, jobs: whole })) }),
      troubles: list(trouble, 'the first ones'),
      troubleCount: whole,
      notRead,
      next,
    },
    ['namespace', 'systems', 'oldestHold', 'oldestOpen', 'groups'],
  ),
)

const pod = object(
  {
    name: text,
    state: text,
    health: { enum: ['runs', 'waits', 'failed', 'done', 'held'] },
    message: text,
    exitCode: whole,
    ready: { type: 'boolean' },
    restarts: whole,
    lastEnd: { type: 'string', description: 'how the last run of the container ended' },
    node: text,
    created: moment,
    endsBy: { ...moment, description: 'of a pod that is deleted: when its time to end by itself is over' },
    gpus: whole,
    rank: { type: 'integer', description: 'of a TrainJob’s pod: its place among v1’s, absent where that is not known' },
    v1: { type: 'string', description: 'of a TrainJob’s pod: the v1 pod in its place, without the job’s name' },
  },
  ['message', 'exitCode', 'lastEnd', 'node', 'created', 'endsBy', 'rank', 'v1'],
)

const role = object(
  {
    role: text,
    ready: whole,
    desired: whole,
    succeeded: whole,
    waitsFor: {
      type: 'string',
      description: 'of a TrainJob: the role that must be ready, or complete, before pods of this one are made',
    },
    pods: list(pod),
  },
  ['ready', 'desired', 'waitsFor'],
)

const side = object(
  {
    kind: text,
    name: text,
    uid: text,
    created: moment,
    state: { enum: stateWords },
    reason: text,
    message: text,
    since: moment,
    ready: whole,
    desired: whole,
    runtime: { type: 'string', description: 'of a TrainJob: KIND/NAME' },
    progress: { type: 'string', description: 'how far it is, by its own status or its log' },
    queue: {
      ...object({ word: { enum: ['waits', 'evicted', 'inactive'] }, queue: text, workload: text, message: text }, [
        'queue',
        'message',
      ]),
      description: 'why Kueue keeps it from running',
    },
    roles: list(role),
  },
  ['queue', 'created', 'reason', 'message', 'since', 'ready', 'desired', 'runtime', 'progress'],
)

/** What `status NAME -o json` prints, from which docs/schema/job-status.json is made. */
export const jobStatusSchema = published(
  'job-status.json',
  'JobStatus',
  'What `status NAME -o json` prints.',
  object(
    {
      apiVersion,
      kind: { const: 'JobStatus' },
      namespace: text,
      name: text,
      phase,
      link,
      begun: { ...moment, description: 'when the move that stands began' },
      proof: {
        ...object({
          pods: whole,
          same: { type: 'integer', description: 'pods without a difference, but for harmless ones' },
          explained: { type: 'integer', description: 'pods that differ in nothing but what has a reason' },
          harmless: { type: 'integer', description: 'causes of harmless differences' },
          differing: list(object({ path: text, pods: whole }), 'values without a reason, and in how many pods'),
        }),
        description: 'v1’s pods against those of the JobSet that Trainer made',
      },
      v1: side,
      v2: side,
      twin: object({ name: text, state: { enum: stateWords } }),
      reactivated: {
        type: 'string',
        description: 'the active Workload of a v1 job that is held by its Workload: Kueue runs it when there is quota',
      },
      revived: {
        ...object({ created: moment, creator: text }, ['created']),
        description: 'the v1 job is another one than was moved, made after the move: when, and by whom',
      },
      resume: object({ verified: { type: 'boolean' }, says: text }),
      warnings: list(object({ object: text, reason: text, message: text, lastSeen: moment }), 'the newest first'),
      notRead,
      next,
    },
    ['link', 'begun', 'proof', 'v1', 'v2', 'twin', 'reactivated', 'revived', 'resume'],
  ),
)
