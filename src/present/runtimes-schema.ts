import { draft, draftVersion, flag, list, object, text, texts, whole } from './schema.ts'

const kind = { enum: ['TrainingRuntime', 'ClusterTrainingRuntime'] }
const serving = object({
  kind,
  runtime: text,
  verdict: {
    enum: ['same', 'changed', 'differs', 'unfit'],
    description: 'equal pods, equal but for what the codes say, other pods, or it cannot take the job',
  },
  codes: { ...texts, description: 'findings that are about this runtime' },
  why: { ...texts, description: 'what would differ, or why it is unfit' },
})

/** What `runtimes -o json` prints, from which docs/schema/runtime-list.json is made. */
export const runtimeListSchema = draft(
  'runtime-list.json',
  'RuntimeList',
  'What `runtimes -o json` prints.',
  object({
    apiVersion: draftVersion,
    kind: { const: 'RuntimeList' },
    items: list(
      object(
        {
          kind,
          name: text,
          namespace: { type: 'string', description: 'absent for a ClusterTrainingRuntime' },
          framework: text,
          image: text,
          nodes: whole,
          devices: { type: 'object', additionalProperties: text, description: 'that each node asks for, by resource' },
          users: { ...texts, description: 'TrainJobs as NAMESPACE/NAME; absent: they may not be read' },
          deprecated: flag,
        },
        ['namespace', 'image', 'users'],
      ),
    ),
  }),
)

/** What `runtimes --for NAME -o json` prints, from which docs/schema/runtime-serving-list.json is made. */
export const runtimeServingListSchema = draft(
  'runtime-serving-list.json',
  'RuntimeServingList',
  'What `runtimes --for NAME -o json` prints.',
  object({
    apiVersion: draftVersion,
    kind: { const: 'RuntimeServingList' },
    job: object({ kind: text, namespace: text, name: text }, ['namespace']),
    items: list(serving, 'the best first'),
  }),
)

/** What `runtimes --jobs -o json` prints, from which docs/schema/job-serving-list.json is made. */
export const jobServingListSchema = draft(
  'job-serving-list.json',
  'JobServingList',
  'What `runtimes --jobs -o json` prints.',
  object({
    apiVersion: draftVersion,
    kind: { const: 'JobServingList' },
    items: list(
      object(
        {
          kind: text,
          namespace: text,
          name: text,
          served: list(serving, 'runtimes that could serve it'),
          of: { type: 'integer', description: 'runtimes that were looked at' },
          refused: { type: 'string', description: 'why the job is not converted at all' },
        },
        ['refused'],
      ),
    ),
  }),
)
