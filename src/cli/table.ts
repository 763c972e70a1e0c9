import type { Command } from './command.ts'

export type VerbGroup = 'Look' | 'Convert' | 'Move' | 'Other'

export interface Verb {
  readonly name: string
  /** the summary of the command: a test holds them equal */
  readonly summary: string
  readonly group: VerbGroup
  load(): Promise<{ readonly command: Command }>
}

export const verbs: readonly Verb[] = [
  {
    name: 'list',
    group: 'Look',
    summary: 'every v1 job and TrainJob, in pairs, and what they do',
    load: () => import('../commands/list.ts'),
  },
  {
    name: 'status',
    group: 'Look',
    summary: 'where the move stands: all jobs in numbers, one job to its pods',
    load: () => import('../commands/status.ts'),
  },
  {
    name: 'diff',
    group: 'Look',
    summary: 'pods of a v1 job against those of its TrainJob, rank by rank',
    load: () => import('../commands/diff.ts'),
  },
  {
    name: 'logs',
    group: 'Look',
    summary: 'logs of a v1 job and its TrainJob in one stream, by time and rank',
    load: () => import('../commands/logs.ts'),
  },
  {
    name: 'compare',
    group: 'Look',
    summary: 'results and speed of two runs from their logs, and a verdict',
    load: () => import('../commands/compare.ts'),
  },
  {
    name: 'runtimes',
    group: 'Look',
    summary: 'runtimes there are, who uses them, and which v1 jobs they serve',
    load: () => import('../commands/runtimes.ts'),
  },
  {
    name: 'preflight',
    group: 'Look',
    summary: 'is this cluster ready for a move, and may you make it?',
    load: () => import('../commands/preflight.ts'),
  },
  {
    name: 'convert',
    group: 'Convert',
    summary: 'write v1 jobs as TrainJobs, proved to make the same pods',
    load: () => import('../commands/convert.ts'),
  },
  {
    name: 'start',
    group: 'Move',
    summary: 'run a twin of a v1 job beside it as a TrainJob, to compare them',
    load: () => import('../commands/start.ts'),
  },
  {
    name: 'cutover',
    group: 'Move',
    summary: 'run a v1 job as a TrainJob of its name; back to v1 if that fails',
    load: () => import('../commands/cutover.ts'),
  },
  {
    name: 'rollback',
    group: 'Move',
    summary: 'back to v1: its TrainJob is removed, and v1 is what it was before',
    load: () => import('../commands/rollback.ts'),
  },
  {
    name: 'finalize',
    group: 'Move',
    summary: 'delete a held v1 job for good; its manifest is kept',
    load: () => import('../commands/finalize.ts'),
  },
  {
    name: 'cleanup',
    group: 'Move',
    summary: 'delete what moves left behind and nobody needs any more',
    load: () => import('../commands/cleanup.ts'),
  },
  {
    name: 'sandbox',
    group: 'Other',
    summary: 'a simulated cluster with a team of v1 jobs, to try every verb on',
    load: () => import('../commands/sandbox.ts'),
  },
  {
    name: 'explain',
    group: 'Convert',
    summary: 'what a finding code means, why it is so and what to do',
    load: () => import('../commands/explain.ts'),
  },
  {
    name: 'version',
    group: 'Other',
    summary: 'which kubectl-migrate this is, and what it was tested with',
    load: () => import('../commands/version.ts'),
  },
  {
    name: 'completion',
    group: 'Other',
    summary: 'a script that completes verbs, flags and names of jobs at TAB',
    load: () => import('../commands/completion.ts'),
  },
  {
    name: 'options',
    group: 'Other',
    summary: 'the flags of kubectl that every verb takes',
    load: () => import('./options-verb.ts'),
  },
  {
    name: 'help',
    group: 'Other',
    summary: 'help of the program or of one verb',
    load: () => import('./help-verb.ts'),
  },
]
