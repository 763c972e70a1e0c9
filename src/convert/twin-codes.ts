import type { CodeText } from './code-text.ts'

/** Findings of a twin: in what it differs from the v1 job it runs beside, because somebody asked for it. */
export const twinCodes = {
  isolated: {
    class: 'changed',
    what: 'a volume that v1 writes to is kept apart from its twin',
    why: 'two trainings that write to the same place destroy each other’s checkpoints; --isolate says how they are kept apart',
    remedy: 'such a twin is for comparing: cutover stops it and starts the TrainJob on v1’s own volumes',
  },
  'shared-volume': {
    class: 'changed',
    what: 'v1 and its twin both write to a volume',
    why: '--share-volumes, or --isolate VOLUME=share, says that they do not write to the same files',
    remedy: 'look at the paths both write to; --isolate VOLUME=subpath gives the twin a folder of its own',
  },
  'twin-nodes': {
    class: 'changed',
    what: 'the twin has fewer pods than v1',
    why: '--nodes makes it cheaper; its losses and speed are those of a smaller job',
    remedy: 'such a twin is never promoted; start it without --nodes for one that can be',
  },
  'twin-env': {
    class: 'changed',
    what: 'the twin has environment variables that v1 has not',
    why: '--env sets them in the container that trains',
    remedy: 'such a twin is never promoted; start it without --env for one that can be',
  },
  'twin-command': {
    class: 'changed',
    what: 'the twin runs another command than v1',
    why: '--command replaces command and args of the container that trains',
    remedy: 'such a twin is never promoted; start it without --command for one that can be',
  },
} as const satisfies Readonly<Record<string, CodeText>>
