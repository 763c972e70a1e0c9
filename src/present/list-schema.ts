import { classWords } from '../convert/class-words.ts'
import { stateWords } from '../kube/job-state.ts'
import { apiVersion, link, list, moment, notRead, object, phase, published, text, whole } from './schema.ts'

const role = object({ role: text, ready: whole, desired: whole, succeeded: whole }, ['ready', 'desired'])

const job = object(
  {
    kind: text,
    name: text,
    uid: text,
    created: moment,
    state: { enum: stateWords, description: 'what it does, by its conditions, pods and events' },
    reason: { type: 'string', description: 'one word of the system' },
    message: text,
    ready: { type: 'integer', description: 'pods; absent: not known' },
    desired: whole,
    roles: list(role),
    class: { enum: classWords, description: 'of a v1 job: what stands between it and its TrainJob' },
    codes: list(text, 'of the class: findings that change something or must be accepted, or why it is not converted'),
    gpus: { type: 'integer', description: 'that its pods ask for together; absent: not known' },
    queue: { type: 'string', description: 'LocalQueue of Kueue' },
    runtime: { type: 'string', description: 'of a TrainJob: KIND/NAME' },
    creator: { type: 'string', description: 'who made it' },
  },
  ['created', 'reason', 'message', 'ready', 'desired', 'class', 'codes', 'gpus', 'queue', 'runtime'],
)

const pair = {
  namespace: text,
  name: { type: 'string', description: 'of the v1 job, else of the TrainJob' },
  phase,
  link,
  v1: job,
  v2: job,
}

const deleted = { const: true, description: 'the pair is gone, and this is what it was' }
const remains = {
  const: 'v1',
  description: 'of a pair that is gone: the v1 job, which has another TrainJob, is still there',
}

/** What `list -o json` prints, from which docs/schema/job-list.json is made. */
export const jobListSchema = published(
  'job-list.json',
  'JobList',
  'What `list -o json` prints.',
  object({
    apiVersion,
    kind: { const: 'JobList' },
    items: list(object(pair, ['link', 'v1', 'v2'])),
    served: object({ v1: { type: 'boolean' }, v2: { type: 'boolean' } }),
    notRead,
  }),
)

/** What `list -w -o json` prints on each line, from which docs/schema/job-pair.json is made. */
export const jobPairSchema = published(
  'job-pair.json',
  'JobPair',
  'What `list -w -o json` prints on each line.',
  object({ apiVersion, kind: { const: 'JobPair' }, ...pair, deleted, remains }, [
    'link',
    'v1',
    'v2',
    'deleted',
    'remains',
  ]),
)
