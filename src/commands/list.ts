import type { Command, FlagSpecs, Invocation } from '../cli/command.ts'
import { failedWith } from '../cluster/errors.ts'
import type { Env } from '../env.ts'
import { type ExitCode, exitCode } from '../exit-code.ts'
import { Problem } from '../problem.ts'
import type { JobQuery } from '../read/job-reader.ts'
import { type Early, type Jobs, readJobs } from '../read/jobs.ts'
import { readWideFacts, type WideFacts } from '../read/wide-facts.ts'
import { classWords, kindWords, stateWords, wanted } from './list-filter.ts'
import { sortPairs, sortWords } from './list-order.ts'
import { followed, type ListFormat, printed } from './list-output.ts'
import { watchList } from './list-watch.ts'
import { pairView } from './pair-view.ts'

const flags = {
  selector: {
    type: 'string',
    short: 'l',
    value: 'SELECTOR',
    describe: 'jobs with these labels, as kubectl reads them (a=b,c!=d,e in (f,g)), and their partners',
    group: 'Selection',
  },
  'field-selector': {
    type: 'string',
    value: 'SELECTOR',
    describe: 'jobs with these fields, as far as the server selects by them (metadata.name=NAME), and their partners',
    group: 'Selection',
  },
  kind: {
    type: 'strings',
    value: 'KIND',
    describe: 'only jobs of this kind; may be repeated',
    choices: kindWords,
    group: 'Selection',
  },
  state: {
    type: 'strings',
    value: 'STATE',
    describe:
      'only pairs of which a side is in this state; may be repeated; in a watch a pair that leaves it is shown as deleted',
    choices: stateWords,
    group: 'Selection',
  },
  class: {
    type: 'strings',
    value: 'CLASS',
    describe: 'only v1 jobs of this class: what stands between them and their TrainJob; may be repeated',
    choices: classWords,
    group: 'Selection',
  },
  output: {
    type: 'string',
    short: 'o',
    value: 'FORMAT',
    choices: ['table', 'wide', 'json', 'yaml', 'name'],
    default: 'table',
    describe:
      'wide adds the TrainJob’s name, GPUs, roles, runtime, queue who made the job and, but for a watch, node pools, start and last event',
    group: 'Output',
  },
  'sort-by': {
    type: 'string',
    value: 'COLUMN',
    choices: sortWords,
    describe: 'order of the rows; age: youngest first, a path as kubectl sorts by it; default namespace, then name',
    group: 'Output',
  },
  watch: {
    type: 'boolean',
    short: 'w',
    describe: 'go on until Ctrl-C: drawn again on a terminal, changed rows in a pipe, a document a line with -o json',
    group: 'Output',
  },
  until: {
    type: 'string',
    value: 'END',
    choices: ['done', 'failed'],
    describe:
      'with -w, stop: done when all jobs shown have ended, failed as soon as one has; exit 0 where none failed, 1 where one did',
    group: 'Output',
  },
  'no-headers': { type: 'boolean', describe: 'rows only', group: 'Output' },
} as const satisfies FlagSpecs

export const command: Command<typeof flags> = {
  name: 'list',
  summary: 'every v1 job and TrainJob, in pairs, and what they do',
  usage: '',
  examples: [
    { does: 'Jobs of the current namespace', type: '$0 list' },
    { does: 'Watch a namespace', type: '$0 list -n nlp -w' },
    { does: 'Wait for a team’s jobs, in a script', type: '$0 list -n nlp -l team=nlp -w --until done' },
    { does: 'All jobs of the cluster, with roles, runtimes and queues', type: '$0 list -A -o wide' },
    { does: 'v1 jobs for which somebody must decide something', type: '$0 list -A --class NeedsDecision' },
    {
      does: 'v1 jobs of one team that still have no TrainJob',
      type: '$0 list -l team=nlp -o json | jq \'.items[] | select(.phase == "NotStarted") | .name\'',
    },
  ],
  flags,
  connects: true,
  leavesUncompiled: true,
  collectsOften: true,
  keepsYoungSmall: true,
  manyNamespaces: true,
  run,
}

async function run(env: Env, invocation: Invocation<typeof flags>): Promise<ExitCode> {
  const { flags: given } = invocation
  if (given.until !== undefined && !given.watch) throw withoutWatch(given.until)
  const cluster = await env.connect(invocation.connection)
  const query: JobQuery = {
    namespace: invocation.allNamespaces ? undefined : cluster.namespace,
    labelSelector: given.selector || undefined,
    fieldSelector: given['field-selector'] || undefined,
    classes: given.output !== 'name' || given.class.length > 0 || given['sort-by'] === 'class',
    now: () => env.now(),
  }
  const format: ListFormat = {
    output: given.output ?? 'table',
    header: !given['no-headers'],
    namespace: query.namespace,
  }
  const view = (jobs: Pick<Jobs, 'pairs'>, facts?: WideFacts) =>
    sortPairs(jobs.pairs.map((pair) => pairView(pair, facts)).filter(wanted(given)), given['sort-by'])
  try {
    if (given.watch) return await watchList(env, cluster, query, view, await followed(env, format), given.until)
    const sink = printed(env, format)
    const asTheyCome = given.output === 'table' && given['sort-by'] === undefined && query.namespace === undefined
    const jobs = await readJobs(
      cluster,
      query,
      asTheyCome ? early((pairs) => sink.early?.(view({ pairs }))) : undefined,
    )
    const wide = given.output === 'wide' ? await readWideFacts(cluster, jobs, query.namespace) : undefined
    sink.all(view(jobs, wide?.facts), wide?.jobs ?? jobs)
    return exitCode.ok
  } catch (error) {
    throw selectorRefused(error, query) ?? error
  }
}

/** Milliseconds after which rows that are known are shown, while others are still read; until there are some; and between more of them. */
const patience = { first: 100, none: 30, more: 250 }

function early(show: Early['give']): Early {
  let next = patience.first
  return {
    wait() {
      const milliseconds = next
      if (next === patience.first) next = patience.none
      // a timer of a list that is finished keeps nobody waiting
      return new Promise((resolve) => setTimeout(resolve, milliseconds).unref())
    },
    give(pairs) {
      next = patience.more
      show(pairs)
    },
  }
}

function withoutWatch(until: string): Problem {
  return new Problem({
    code: 'usage',
    what: `--until ${until} says when a watch ends, and there is none`,
    next: [`$0 list -w --until ${until}`],
    exit: exitCode.usage,
  })
}

/** The server's 400 for a field it does not select by, as an instruction; undefined for any other failure. */
function selectorRefused(error: unknown, { fieldSelector }: JobQuery): Problem | undefined {
  if (!failedWith(error, 'internal') || error.failure.status !== 400 || fieldSelector === undefined) return undefined
  return new Problem(
    {
      code: 'selector-refused',
      what: `the server does not select ${error.failure.resource} by --field-selector ${fieldSelector}`,
      why: error.failure.message,
      next: ['for these kinds it knows metadata.name and metadata.namespace'],
      exit: exitCode.usage,
    },
    { cause: error },
  )
}
