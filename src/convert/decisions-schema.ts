import { codes } from './codes.ts'

/** The part of JSON Schema (2020-12) that a decisions file needs. */
export interface Schema {
  readonly $schema?: string
  readonly $id?: string
  readonly title?: string
  readonly description?: string
  readonly type?: 'object' | 'array' | 'string'
  readonly const?: string
  readonly enum?: readonly string[]
  readonly pattern?: string
  readonly minLength?: number
  readonly format?: 'date'
  readonly properties?: Readonly<Record<string, Schema>>
  readonly required?: readonly string[]
  readonly additionalProperties?: false | Schema
  readonly items?: Schema
}

const text = (description: string): Schema => ({ type: 'string', minLength: 1, description })

const acceptance: Schema = {
  type: 'object',
  required: ['code', 'reason', 'approver'],
  additionalProperties: false,
  properties: {
    code: { enum: Object.keys(codes), description: 'finding that is accepted; `explain CODE` says what it means' },
    reason: text('why it does no harm here'),
    approver: text('who says so'),
    expires: {
      type: 'string',
      format: 'date',
      pattern: '^[0-9]{4}-[0-9]{2}-[0-9]{2}$',
      description: 'last day (UTC) on which it holds',
    },
  },
}

const match: Schema = {
  type: 'object',
  additionalProperties: false,
  description: 'jobs the entry is for: all conditions hold; without one, every job',
  properties: {
    kind: { enum: ['PyTorchJob', 'TFJob', 'MPIJob', 'XGBoostJob', 'PaddleJob', 'JAXJob'] },
    namespace: text('pattern of its namespace; * stands for any text, ? for one character'),
    name: text('pattern of its name; * stands for any text, ? for one character'),
    labels: { type: 'object', additionalProperties: { type: 'string' }, description: 'labels of the job' },
  },
}

/** The JSON schema of a decisions file, from which docs/schema/decisions.json is made and by which files are checked. */
export const decisionsSchema: Schema = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  $id: 'https://kubectl-migrate.dev/schema/decisions.json',
  title: 'Decisions of kubectl-migrate',
  description:
    'What somebody decided about jobs of Training Operator v1 on their way to Trainer v2; usually migrate.yaml',
  type: 'object',
  required: ['apiVersion', 'kind', 'jobs'],
  additionalProperties: false,
  properties: {
    apiVersion: { const: 'kubectl-migrate.dev/v1alpha1' },
    kind: { const: 'Decisions' },
    jobs: {
      type: 'array',
      description: 'of several entries that match a job all hold; where they disagree, the last',
      items: {
        type: 'object',
        additionalProperties: false,
        properties: {
          match,
          accept: { type: 'array', items: acceptance },
          runtime: text('runtime to use, as --runtime takes it'),
          mpi: { enum: ['exec', 'ssh'], description: 'how the launcher of an MPIJob reaches its workers' },
          isolation: {
            enum: ['subpath', 'readonly', 'emptydir', 'shared'],
            description: 'what becomes of writable volumes while both sides run',
          },
          gangScheduler: text(
            'gang scheduler of Training Operator, as --gang-scheduler takes it; none where it has none',
          ),
          podLabels: { enum: ['v1'], description: 'keep the labels of Training Operator on the pods' },
        },
      },
    },
  },
}
