/** What it means that a guard of this code refuses a job: printed by `explain`, listed in docs/findings.md. */
export interface GuardText {
  readonly class: 'refuses'
  /** one clause */
  readonly what: string
  readonly why: string
  readonly remedy: string
}

/** Guards whose codes stand in no finding; codes are stable: scripts name them. */
export const guardTexts: Readonly<Record<string, GuardText>> = {
  'not-held': {
    class: 'refuses',
    what: 'finalize deletes only a v1 job that a cutover holds, unchanged since',
    why: 'a job that runs, that its owner suspended or that somebody changed is not what was moved',
    remedy: 'cut it over first, or delete it yourself',
  },
  'v2-not-running': {
    class: 'refuses',
    what: 'finalize wants a TrainJob of this very v1 job that runs or is Complete',
    why: 'without it v1 is all there is of the training',
    remedy: 'see with status what is wrong with the TrainJob, or go back with rollback',
  },
  'twin-left': {
    class: 'refuses',
    what: 'a twin of the v1 job still stands beside the TrainJob that took its place',
    why: 'it was there to be compared with v1, and may still use its GPUs',
    remedy: 'delete the twin; the message has the command',
  },
  unproven: {
    class: 'refuses',
    what: 'nothing says yet that the TrainJob trains as v1 did',
    why: 'that pods run says nothing of what they compute; v1’s logs went with its pods',
    remedy: 'wait until it is Complete, name saved logs of v1 with --v1, or say --even-if-unproven',
  },
  'owned-by-v1': {
    class: 'refuses',
    what: 'v2’s pods use a volume claim, ConfigMap, Secret or ServiceAccount that the v1 job alone owns',
    why: 'Kubernetes’ garbage collector deletes what a deleted object owned, and data with it',
    remedy: 'let the TrainJob own it, or nobody; the message has the commands',
  },
  'owners-unknown': {
    class: 'refuses',
    what: 'v2’s pods use Secrets that the user may not read',
    why: 'whether v1 owns them, so that they would go with it, is not known',
    remedy: 'ask somebody who may read them, then --accept owners-unknown',
  },
  revived: {
    class: 'refuses',
    what: 'the v1 job of this name is another one, made after the move',
    why: 'the one that was moved is gone; a new job is never deleted or held as if it were the old one',
    remedy: 'find out who makes it (status), and change that source',
  },
  'file-differs': {
    class: 'refuses',
    what: 'cutover -f was given a reviewed TrainJob, and the v1 job converts to another one now',
    why: 'v1 was changed since, or the flags and decisions of the conversion are others than those of the review',
    remedy: 'convert it again and have it reviewed again, or give the flags that convert was given',
  },
  restoring: {
    class: 'refuses',
    what: 'a rollback made v1 again after finalize had deleted it, and did not come to its end',
    why: 'v1 waits, suspended, for its TrainJob to go',
    remedy: 'let rollback go on; after it the job can be moved again',
  },
  'v2-complete': {
    class: 'refuses',
    what: 'the TrainJob has finished, and v1 would train it all again',
    why: 'what finished is not run again by itself, on either side',
    remedy: 'rollback --rerun, if that is meant',
  },
  'queued-twice': {
    class: 'refuses',
    what: 'v1 was finalized, and its manifest names a queue of Kueue, while its TrainJob is still there',
    why: 'rollback makes v1 again suspended before it removes v2; a suspended job in a queue is started by Kueue as soon as it has quota, and both would run',
    remedy:
      'delete the TrainJob first, then type the rollback again with --rerun: v1 is made again, and waits for its quota alone',
  },
  'v2-unknown': {
    class: 'refuses',
    what: 'v1 was deleted by finalize and its TrainJob is gone as well',
    why: 'whether the training had finished is not known, and what finished is not run again by itself',
    remedy: 'look at what it has written, then rollback --rerun if it has not finished',
  },
  'record-gone': {
    class: 'refuses',
    what: 'an earlier run moved the job, and the record of that is gone',
    why: 'how far that run came, and where it kept the manifest, is not guessed',
    remedy: 'rollback goes by the objects alone; then cut over again',
  },
}
