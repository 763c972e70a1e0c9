import type { Env } from '../env.ts'
import { exitCode } from '../exit-code.ts'
import { printJson } from '../kube/print-json.ts'
import { printYaml } from '../kube/print-yaml.ts'
import { gapLines, servedLines } from '../present/gaps.ts'
import { type ListedPair, type ListOptions, listTable } from '../present/list.ts'
import { objectName } from '../present/object-name.ts'
import { spoken } from '../present/spoken.ts'
import type { Table } from '../present/table.ts'
import { Problem } from '../problem.ts'
import type { Jobs } from '../read/jobs.ts'
import { liveScreen } from './live.ts'
import { hiddenNote, layoutOf } from './screen.ts'

export interface ListFormat {
  readonly output: string
  readonly header: boolean
  /** absent: all */
  readonly namespace?: string
  /** columns that nothing is read for */
  readonly without?: readonly string[]
}

/** Columns of a wide table for which nodes, pods and events are read once; a watch does not read them again and again. */
const readOnce = ['NODE-POOLS', 'STARTED', 'LAST-EVENT']

/** Where rows go: all of them, and in a watch those that changed (absent where everything is drawn again). */
export interface ListSink {
  /** rows before all are known, where they go out line by line */
  early?(pairs: readonly ListedPair[]): void
  all(pairs: readonly ListedPair[], jobs: Jobs): void
  changed?(pairs: readonly ListedPair[]): void
  close(): void
}

const apiVersion = 'kubectl-migrate.dev/v1'

/** The rows once, in any format; a table also as its rows come. */
export function printed(env: Env, format: ListFormat): ListSink {
  let above: Table | undefined
  const hidden = new Set<string>()
  const rows = (pairs: readonly ListedPair[]) => {
    above = nextTable(env, format, pairs, above)
    for (const header of above.hidden) hidden.add(header)
    env.out.write(`${above.lines.join('\n')}\n`)
  }
  return {
    early(pairs) {
      if (pairs.length > 0) rows(pairs)
    },
    all(pairs, jobs) {
      notes(env, jobs)
      if (format.output === 'name') return env.out.write(pairs.flatMap(namesOf).join(''))
      if (format.output === 'json' || format.output === 'yaml')
        return env.out.write(document(format.output, pairs, jobs))
      if (pairs.length === 0 && !above) return env.err.write(`${nothingFound(format.namespace)}\n`)
      if (pairs.length > 0) rows(pairs)
      if (hidden.size > 0) env.err.write(`${hiddenNote(env, [...hidden], '-o wide or -o json')}\n`)
    },
    close() {
      // nothing was opened
    },
  }
}

/** The rows again and again: drawn in place on a terminal; elsewhere, and as JSON, changed ones after the others. */
export async function followed(env: Env, format: ListFormat): Promise<ListSink> {
  if (format.output === 'json') return jsonLines(env)
  if (format.output !== 'table' && format.output !== 'wide') throw notInAWatch(format.output)
  const shown: ListFormat = { ...format, without: readOnce }
  return env.out.isTTY ? await drawnRows(env, shown) : appendedRows(env, shown)
}

/** Milliseconds until ages are told anew, and rows laid out for the terminal as it is by then. */
const redraw = 1000

async function drawnRows(env: Env, format: ListFormat): Promise<ListSink> {
  const screen = await liveScreen(env.out)
  let draw = (): void => undefined
  let open = true
  const keepUp = async (): Promise<void> => {
    while (open) {
      draw()
      await env.sleep(redraw)
    }
  }
  void keepUp()
  return {
    all(pairs, jobs) {
      draw = () => {
        const rows = pairs.length === 0 ? [nothingFound(format.namespace)] : tableOf(env, format, pairs).lines
        screen.draw([...rows, ...spoken(notesOf(jobs), env.out).split('\n').slice(0, -1)])
      }
      draw()
    },
    close() {
      open = false
      screen.close()
    },
  }
}

function appendedRows(env: Env, format: ListFormat): ListSink {
  let above: Table | undefined
  const append = (pairs: readonly ListedPair[]) => {
    if (pairs.length === 0) return
    above = tableOf(env, { ...format, header: format.header && !above }, pairs, above)
    env.out.write(`${above.lines.join('\n')}\n`)
  }
  return {
    all(pairs, jobs) {
      notes(env, jobs)
      append(pairs)
    },
    changed: append,
    close() {
      // nothing was opened
    },
  }
}

/** One document a line, as programs read a stream. */
function jsonLines(env: Env): ListSink {
  const write = (pairs: readonly ListedPair[]) =>
    env.out.write(
      pairs.map((pair) => `${printJson({ apiVersion, kind: 'JobPair', ...pair }, { oneLine: true })}\n`).join(''),
    )
  return {
    all(pairs, jobs) {
      notes(env, jobs)
      write(pairs)
    },
    changed: write,
    close() {
      // nothing was opened
    },
  }
}

/**
 * Rows below those that are printed already, in the same columns. On a terminal, where a column has to grow, the headers come again
 * above the new layout; a pipe has them once, for programs.
 */
function nextTable(env: Env, format: ListFormat, pairs: readonly ListedPair[], above: Table | undefined): Table {
  if (!above) return tableOf(env, format, pairs)
  if (env.out.isTTY && format.header) {
    const anew = tableOf(env, format, pairs, { widths: above.widths })
    if (anew.widths.join() !== above.widths.join() || anew.hidden.join() !== above.hidden.join()) return anew
  }
  return tableOf(env, { ...format, header: false }, pairs, above)
}

/** @param above the table above, which it continues */
function tableOf(env: Env, format: ListFormat, pairs: readonly ListedPair[], above?: Partial<Table>) {
  const wide = format.output === 'wide'
  const layout = layoutOf(env.out)
  const options: ListOptions = {
    ...layout,
    now: env.now(),
    wide,
    header: format.header,
    namespaces: format.namespace === undefined,
    width: wide ? undefined : layout.width,
    widths: above?.widths,
    gap: above?.gap,
    hidden: above?.hidden ?? (wide ? format.without : undefined),
  }
  return listTable(pairs, options)
}

function document(format: 'json' | 'yaml', items: readonly ListedPair[], jobs: Jobs): string {
  const whole = { apiVersion, kind: 'JobList', items, served: jobs.served, notRead: jobs.gaps }
  return format === 'json' ? `${printJson(whole)}\n` : printYaml(whole)
}

interface Sides {
  readonly v1?: { readonly kind: string; readonly name: string }
  readonly v2?: { readonly kind: string; readonly name: string }
}

/** Lines of `-o name`: what there is of a pair. */
export function namesOf({ v1, v2 }: Sides): string[] {
  return [
    ...(v1 ? [`${objectName(v1.kind, 'kubeflow.org', v1.name)}\n`] : []),
    ...(v2 ? [`${objectName(v2.kind, 'trainer.kubeflow.org', v2.name)}\n`] : []),
  ]
}

function notesOf({ served, gaps }: Jobs): string[] {
  return [...servedLines(served), ...gapLines(gaps)]
}

function notes(env: Env, jobs: Jobs): void {
  for (const line of notesOf(jobs)) env.err.write(`${line}\n`)
}

/** What is said where there is no job; without a namespace, of the cluster. */
export function nothingFound(namespace: string | undefined): string {
  return `No v1 jobs or TrainJobs found${namespace === undefined ? '' : ` in namespace ${namespace}`}.`
}

function notInAWatch(output: string): Problem {
  return new Problem({
    code: 'format-not-in-a-watch',
    what: `-o ${output} has no end in a watch`,
    next: ['-w with -o table, -o wide or -o json (one document a line)'],
    exit: exitCode.usage,
  })
}
