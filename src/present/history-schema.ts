import { apiVersion, list, moment, object, published, text, texts, whole } from './schema.ts'

const place = object({ axis: { enum: ['step', 'epoch'] }, at: { type: 'number' } })

const end = {
  ...object(
    {
      last: place,
      checkpoint: object({ time: moment, place }, ['place']),
      unread: { enum: ['forbidden', 'unreadable'], description: 'why its log told nothing' },
    },
    ['last', 'checkpoint', 'unread'],
  ),
  description: 'what v1’s log said right before it was stopped',
}

const run = object(
  {
    at: moment,
    verb: { enum: ['start', 'cutover', 'rollback', 'finalize'] },
    actor: text,
    tool: { type: 'string', description: 'version of kubectl-migrate' },
    reason: { type: 'string', description: 'as given with --reason' },
  },
  ['reason'],
)

const entry = object(
  {
    at: moment,
    run: { type: 'integer', description: 'which of the runs, from 0' },
    step: text,
    back: { const: true, description: 'the step is taken back' },
    what: {
      enum: ['intent', 'acted', 'done', 'failed'],
      description: 'intent: about to be written; acted: the server has stored it; done, failed: what came of the step',
    },
    writes: texts,
    says: text,
  },
  ['back', 'writes', 'says'],
)

const migration = object(
  {
    id: { type: 'string', description: 'what this migration created carries it' },
    kind: text,
    namespace: text,
    name: text,
    uid: { type: 'string', description: 'of the v1 job' },
    attempt: { type: 'integer', description: 'from 1: a job may be moved again after it came back' },
    state: {
      enum: [
        'moving',
        'started',
        'moved',
        'undone',
        'returning',
        'returned',
        'ended',
        'stranded',
        'finalizing',
        'finalized',
      ],
      description:
        'moving, returning, finalizing: under way, or killed on the way; started: a twin runs beside v1; moved: v1 is held; undone, returned: v1 is what it was before; ended: v1 ended by itself and stays held; stranded: stopped half-way; finalized: v1 is deleted',
    },
    before: { ...object({ suspend: { type: 'boolean' }, ready: whole }, ['suspend']), description: 'what v1 was' },
    hashes: { type: 'object', additionalProperties: text, description: 'of v1’s spec, and of what was made of it' },
    handover: object({ v1: end, first: place, followed: whole }, ['v1', 'first', 'followed']),
    runs: list(run),
    entries: list(entry),
  },
  ['handover'],
)

/** What `status NAME --history -o json` prints, from which docs/schema/job-history.json is made. */
export const jobHistorySchema = published(
  'job-history.json',
  'JobHistory',
  'What `status NAME --history -o json` prints: every migration of the job, the oldest first.',
  object({ apiVersion, kind: { const: 'JobHistory' }, migrations: list(migration) }),
)
