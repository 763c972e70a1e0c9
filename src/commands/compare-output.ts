import type { CompareView } from '../compare/runs/view.ts'
import type { Env } from '../env.ts'
import { printJson } from '../kube/print-json.ts'
import { compareLines } from '../present/run-comparison.ts'
import { layoutOf } from './screen.ts'

export interface CompareFormat {
  readonly output: string | undefined
  readonly charts: number | undefined
}

/** Writes a comparison in the format asked for. */
export async function present({ out }: Env, view: CompareView, { output, charts }: CompareFormat): Promise<void> {
  switch (output) {
    case 'json':
      out.write(`${printJson({ apiVersion: 'kubectl-migrate.dev/v1', kind: 'RunComparison', ...view })}\n`)
      break
    case 'markdown':
      out.write((await import('../present/run-comparison-markdown.ts')).compareMarkdown(view))
      break
    case 'html':
      out.write((await import('../present/run-comparison-html.ts')).compareHtml(view))
      break
    default:
      out.write(`${compareLines(view, { ...layoutOf(out), charts: charts ?? 0 }).join('\n')}\n`)
  }
}
