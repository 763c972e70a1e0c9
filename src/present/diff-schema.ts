import { draft, draftVersion, flag, list, object, text, texts, whole } from './schema.ts'

const row = object(
  {
    pods: { type: 'string', description: 'all, a role (worker), or ranks (rank 0,3)' },
    path: text,
    aspect: { enum: ['env', 'resources', 'other'] },
    v1: { type: 'string', description: 'absent: the side has no such value' },
    v2: text,
    verdict: { enum: ['different', 'harmless', 'same'] },
    cause: { ...object({ code: text, why: text }), description: 'what explains it: `explain CODE`' },
    origin: {
      enum: ['operator', 'template', 'job'],
      description: 'what put the value there; job: it stands in no pod',
    },
  },
  ['v1', 'v2', 'cause'],
)

const finding = object(
  {
    code: text,
    class: { enum: ['same', 'changed', 'lost'] },
    path: { type: 'string', description: 'in the v1 object' },
    message: text,
    why: text,
    remedy: text,
    explains: {
      ...texts,
      description: 'paths of pod values whose difference it explains; * at the end: all that begin so',
    },
  },
  ['why', 'remedy', 'explains'],
)

const neighbour = object(
  {
    kind: text,
    namespace: text,
    name: text,
    part: { type: 'string', description: 'what of it selects, where that is not the whole' },
    v1: { type: 'integer', description: 'how many pods of this side it selects' },
    v2: whole,
    pods: whole,
    ports: texts,
    verdict: { enum: ['same', 'lost', 'gained'] },
  },
  ['part'],
)

const preview = object({
  exists: { type: 'boolean', description: 'the TrainJob exists; otherwise one was made and removed' },
  differences: list(
    object({ pod: text, rank: whole, path: text, v1: text, v2: text }, ['v1', 'v2']),
    'v1: the model, v2: what the operators render',
  ),
  jobs: whole,
})

const amount = { type: 'object', additionalProperties: object({ requests: text, limits: text }) }
const amounts = { v1: amount, v2: amount }

/** What every form of `diff -o json` prints, from which docs/schema/diff-list.json is made. */
export const diffListSchema = draft(
  'diff-list.json',
  'DiffList',
  'What `diff -o json` prints, of live jobs, of files, and with --v1 and --v2.',
  object({
    apiVersion: draftVersion,
    kind: { const: 'DiffList' },
    items: list(
      object(
        {
          job: { type: 'string', description: 'NAMESPACE/NAME, or NAME where the file names no namespace' },
          kind: text,
          against: { type: 'string', description: 'what stands on the side of v2' },
          pods: whole,
          same: { type: 'boolean', description: 'no value differs, whatever was asked for' },
          rows: list(row, 'those asked for, without equal ones but with --all'),
          findings: list(finding),
          preview,
          neighbours: list(neighbour, 'objects of the cluster that select pods of either side'),
          resources: object({
            total: object(amounts),
            each: list(object({ pods: text, ...amounts }), 'of one pod, for pods alike in it'),
          }),
          quotas: list(
            object({
              quota: text,
              resource: text,
              hard: text,
              used: text,
              v1: text,
              v2: text,
              scoped: flag,
            }),
          ),
          queues: { ...object({ v1: text, v2: text }, ['v1', 'v2']), description: 'LocalQueues of Kueue' },
        },
        ['preview', 'neighbours', 'resources', 'quotas', 'queues'],
      ),
    ),
  }),
)
