import { type LogFacts, RunLog } from './run-log.ts'

/** A place in a training: `step 48200`. */
export interface RunPlace {
  readonly axis: 'step' | 'epoch'
  readonly at: number
}

/** What the end of a run's log says. */
export interface RunEnd {
  readonly last?: RunPlace
  /** the newest line that says that a checkpoint was written */
  readonly checkpoint?: {
    /** the step the line names, or else the last one before it */
    readonly place?: RunPlace
    /** RFC 3339, by the node's clock */
    readonly time: string
  }
}

const doing =
  '(?:sav(?:ed|ing|e)|wr(?:ote|iting|itten|ite)|stor(?:ed|ing)|dump(?:ed|ing)|upload(?:ed|ing)|creat(?:ed|ing)|committed)'
const thing = '(?:check-?points?|ckpts?|snapshots?|model[_ ]states|model (?:to|at))'

/** They save, write or finish a checkpoint: transformers, DeepSpeed, Megatron-LM, Lightning, TensorFlow, torchtitan. */
const sign = new RegExp(
  `\\b${doing}\\b.*${thing}|\\b${thing}\\b.*\\b(?:saved|written|stored|uploaded|finished|completed?|took)\\b`,
  'i',
)
const noSign =
  /\b(?:load(?:ed|ing|s)?|resum(?:ed?|ing)|restor(?:ed?|ing)|no|not|skip(?:ped|ping)?|fail(?:ed|s|ure)?|errors?|every|disabled|cannot|could|will|interval)\b/i

const namedPlaces: readonly (readonly [axis: RunPlace['axis'], pattern: RegExp])[] = [
  ['step', /steps?[ =:_#-]*(\d+)/i],
  ['step', /iter(?:ation)?s?[ =:_#-]*(\d+)/i],
  ['step', /(?:check-?point|ckpt)s?(?: for| at)?[ =:_#-]*(\d+)\b/i],
  ['epoch', /epochs?[ =:_#-]*(\d+)/i],
]

/** Reads the end of a log line by line: where the run is, and when it last said that it wrote a checkpoint. */
export class RunEndReader {
  readonly #log = new RunLog()
  #checkpoint: RunEnd['checkpoint']

  /** @param text a line without the kubelet's time */
  push({ text, time }: { readonly text: string; readonly time: string }): void {
    this.#log.push(`${text}\n`)
    if (!sign.test(text) || noSign.test(text)) return
    const place = placeIn(text) ?? placeOf(this.#log.end())
    this.#checkpoint = { time, ...(place && { place }) }
  }

  end(): RunEnd {
    const last = placeOf(this.#log.end())
    return { ...(last && { last }), ...(this.#checkpoint && { checkpoint: this.#checkpoint }) }
  }
}

function placeIn(text: string): RunPlace | undefined {
  for (const [axis, pattern] of namedPlaces) {
    const found = pattern.exec(text)?.[1]
    if (found !== undefined) return { axis, at: Number(found) }
  }
  return undefined
}

/** The last step a log tells, or else the last epoch. */
export function placeOf({ series }: Pick<LogFacts, 'series'>): RunPlace | undefined {
  for (const axis of ['step', 'epoch'] as const) {
    const places = series.flatMap(({ series: each }) => (each.axis === axis ? (each.last?.[0] ?? []) : []))
    if (places.length > 0) return { axis, at: Math.max(...places) }
  }
  return undefined
}
