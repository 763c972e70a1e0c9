import { ClusterError } from '../cluster/errors.ts'
import type { Conversion } from '../convert/convert.ts'
import type { Rewriting } from '../convert/rewrite/rewrite.ts'
import type { Env } from '../env.ts'
import { type ExitCode, exitCode, worse } from '../exit-code.ts'
import { printJson } from '../kube/print-json.ts'
import { type ConvertRow, convertReport } from '../present/convert.ts'
import { ledgerItem, rewritingItem } from '../present/convert-explain.ts'
import { describeError } from '../present/errors.ts'
import { Problem } from '../problem.ts'
import type { Source } from '../read/sources.ts'
import type { EmbeddedJob } from '../v1/embedded.ts'
import { convertedRow, embeddedProblem, embeddedRow, refusedRow, rewrittenRow, ToldFindings } from './convert-rows.ts'
import { columnsOf } from './screen.ts'

/** What is said of a run as a whole. */
export interface RunEnd {
  /** objects of other kinds, passed through */
  readonly others: number
  readonly seconds: number
  /** files written beside those of jobs */
  readonly files: readonly string[]
}

interface OutcomesOptions {
  /** whether `-o ledger` is asked for */
  readonly ledger: boolean
  readonly namespace?: string | undefined
  /** a problem with the flags that it says to add behind the command that was typed */
  readonly typed: (problem: Problem) => Problem
}

/** What became of each job of a convert run, and at its end the report of it. */
export class Outcomes {
  readonly #env: Env
  readonly #rows: ConvertRow[] = []
  readonly #failures: Error[] = []
  readonly #typed: OutcomesOptions['typed']
  /** that `-n` names */
  readonly #namespace: string | undefined
  readonly #told = new ToldFindings()
  /** of `-o ledger`; absent where it is not asked for */
  readonly #ledger: Record<string, unknown>[] | undefined

  constructor(env: Env, { ledger, namespace, typed }: OutcomesOptions) {
    this.#env = env
    this.#typed = typed
    this.#namespace = namespace
    this.#ledger = ledger ? [] : undefined
  }

  /** jobs so far, and sources that could not be read */
  get count(): number {
    return this.#rows.length
  }

  get failed(): boolean {
    return this.#failures.length > 0
  }

  converted(source: Source, conversion: Conversion, file: string | undefined): void {
    this.#rows.push(convertedRow(source, conversion, this.#told, file))
    this.#ledger?.push({ source: source.label, ...ledgerItem(conversion) })
  }

  /** One of Trainer's own objects, for another release. */
  rewritten(source: Source, rewriting: Rewriting, file: string | undefined): void {
    this.#rows.push(rewrittenRow(source, rewriting, this.#told, file))
    this.#ledger?.push({ source: source.label, ...rewritingItem(rewriting) })
  }

  refused(source: Source, error: Error): void {
    this.#fail(source, error, refusedRow(source, reasonOf(error), this.#namespace))
  }

  /** A v1 job that is left where it stands, inside of another object. */
  embedded(source: Extract<Source, { is: 'other' }>, job: EmbeddedJob): void {
    this.#fail(source, embeddedProblem(source, job), embeddedRow(source, job))
  }

  #fail({ label }: Source, problem: Error, row: ConvertRow): void {
    const error = problem instanceof Problem ? this.#typed(problem) : problem
    this.#failures.push(error)
    this.#rows.push(row)
    this.#ledger?.push({
      source: label,
      outcome: 'refused',
      reason: reasonOf(error),
      message: describeError(error, this.#env.name).lines,
    })
  }

  /** Writes the ledger where it is asked for, then the errors and the report; the exit code is that of the worst failure. */
  report({ others, seconds, files }: RunEnd): ExitCode {
    const { err, out, name } = this.#env
    if (this.#ledger) out.write(`${printJson(ledgerList(this.#ledger))}\n`)
    const told = this.#failures.map((failure) => describeError(failure, name))
    for (const { lines } of told) err.write(`${lines.join('\n')}\n`)
    const summary = { rows: this.#rows, others, seconds, width: columnsOf(err) }
    const lines = convertReport(summary)
    if (lines.length > 0) err.write(`${lines.join('\n')}\n`)
    if (files.length > 0) err.write(`runtimes first: kubectl apply -f ${files[0]}, then the folder\n`)
    return told.reduce<ExitCode>((worst, { exit }) => worse(worst, exit), exitCode.ok)
  }
}

/** Stable word for why a job was not converted. */
function reasonOf(error: Error): string {
  if (error instanceof Problem) return error.data.code
  return error instanceof ClusterError ? `server-${error.failure.kind}` : 'error'
}

/** What `-o ledger` prints. */
function ledgerList(items: readonly Record<string, unknown>[]): Record<string, unknown> {
  return { apiVersion: 'kubectl-migrate.dev/v1alpha1', kind: 'LedgerList', items }
}
