import type { Env, Output } from '../env.ts'
import { spoken } from '../present/spoken.ts'
import type { Style } from '../present/style.ts'

/** The width to lay out for; undefined where no terminal cuts lines. */
export function columnsOf({ isTTY, columns }: Output): number | undefined {
  return isTTY ? columns : undefined
}

/** How a stream wants a screen laid out. */
export function layoutOf(output: Output): Style & { readonly width: number | undefined } {
  return { color: output.color, unicode: output.unicode, width: columnsOf(output) }
}

/** Says what somebody must know of an answer beside the answer. */
export function noteTo({ err }: Env): (text: string) => void {
  return (text) => err.write(spoken([`note: ${text}`], err))
}

/** Says which columns a terminal had no room for, and what shows them. */
export function hiddenNote({ out }: Env, hidden: readonly string[], remedy: string): string {
  return `note: ${out.columns} columns are too few for ${hidden.join(', ')}; ${remedy} shows them`
}
