/** How two runs are held against each other in a metric. */
export type MetricKind =
  /** a curve of the training itself: windows of shared steps, against the range it covers */
  | 'curve'
  /** a result measured now and then: as a curve, but one shared point says something */
  | 'result'
  /** a speed or a time: medians over the shared steps */
  | 'speed'
  /** one number of a whole run, comparable where both runs went as far */
  | 'summary'
  /** what the machines did: medians, of a source that may not be there */
  | 'utilisation'
  /** shown, and judged only where a tolerance was given */
  | 'told'

export interface MetricInfo {
  readonly kind: MetricKind
  /** fraction: of the range for curves and results, of v1's value otherwise; absent: shown and not judged */
  readonly tolerance?: number
  readonly unit?: string
}

/** Time 5 % as strategy A of the migration guide asks ("training time per epoch unchanged, ±5 %"), curves 1 % of their range. */
const known: Readonly<Record<string, MetricInfo>> = {
  loss: { kind: 'curve', tolerance: 0.01 },
  accuracy: { kind: 'curve', tolerance: 0.01 },
  'learning rate': { kind: 'curve', tolerance: 0.01 },
  'eval loss': { kind: 'result', tolerance: 0.01 },
  'eval accuracy': { kind: 'result', tolerance: 0.01 },
  'step time': { kind: 'speed', tolerance: 0.05, unit: 's' },
  'epoch time': { kind: 'speed', tolerance: 0.05, unit: 's' },
  'samples/s': { kind: 'speed', tolerance: 0.05 },
  'tokens/s': { kind: 'speed', tolerance: 0.05 },
  'run time': { kind: 'summary', tolerance: 0.05, unit: 's' },
  'run samples/s': { kind: 'summary', tolerance: 0.05 },
  'time to first step': { kind: 'told', unit: 's' },
  restarts: { kind: 'told' },
  'GPU util': { kind: 'utilisation', tolerance: 0.05, unit: '%' },
  'GPU memory': { kind: 'utilisation', tolerance: 0.05, unit: 'MiB' },
  // of one moment, where metrics.k8s.io says them
  CPU: { kind: 'told', unit: 'cores' },
  memory: { kind: 'told', unit: 'MiB' },
}

/** Names of the metrics every run may have, in the order in which they are shown. */
export const metricNames: readonly string[] = Object.keys(known)

/** What is known of a metric; one that nobody knows (`train-rmse`, `f1`, a group of --pattern) is a result. */
export function metricInfo(name: string): MetricInfo {
  return Object.hasOwn(known, name) ? (known[name] ?? unknown) : unknown
}

const unknown: MetricInfo = { kind: 'result', tolerance: 0.01 }

/** What a name in a log means: a metric, where `scale` makes seconds and counts per second of the log's own unit, or an axis. */
export interface Meaning {
  readonly metric: string
  readonly axis: 'epoch' | 'step' | 'run step' | undefined
  readonly scale: number
  /** the log gives how many a second where a step takes so long, or the other way round */
  readonly inverse: boolean
}

const aliases: readonly (readonly [metric: string, names: readonly string[], scale?: number, inverse?: boolean])[] = [
  [
    'loss',
    [
      'loss',
      'train loss',
      'training loss',
      'train/loss',
      'lm loss',
      'reduced train loss',
      'train loss step',
      'loss step',
      'running loss',
      'batch loss',
      'avg loss',
      'average loss',
    ],
  ],
  [
    'eval loss',
    ['eval loss', 'val loss', 'valid loss', 'validation loss', 'test loss', 'eval/loss', 'val/loss', 'lm loss value'],
  ],
  ['accuracy', ['acc', 'accuracy', 'train acc', 'train accuracy', 'train/accuracy', 'train/acc', 'top1', 'acc1']],
  [
    'eval accuracy',
    [
      'eval accuracy',
      'eval acc',
      'val acc',
      'val accuracy',
      'validation accuracy',
      'valid accuracy',
      'test accuracy',
      'test acc',
      'eval/accuracy',
      'val/accuracy',
      'val/acc',
    ],
  ],
  [
    'learning rate',
    ['lr', 'learning rate', 'train/learning rate', 'train/lr', 'lr 0', 'lr-adamw', 'lr-sgd', 'lr-adam'],
  ],
  [
    'step time',
    [
      'step time',
      'train step timing in s',
      'batch cost',
      'iter time (s)',
      'iter time',
      'sec per step',
      's/it',
      's/step',
      'time per step',
      'seconds per step',
      'step time s',
    ],
  ],
  ['step time', ['elapsed time per iteration (ms)', 'ms/step', 'ms per step', 'step time ms', 'step time (ms)'], 0.001],
  [
    'step time',
    ['it/s', 'step/s', 'steps/s', 'steps/sec', 'steps per second', 'batches/s', 'global step/sec'],
    1,
    true,
  ],
  ['epoch time', ['epoch time', 'time per epoch', 's/epoch', 'epoch time (s)', 'epoch seconds']],
  [
    'samples/s',
    [
      'samples/s',
      'samples/sec',
      'samples per second',
      'samples per sec',
      'currsamplespersec',
      'images/s',
      'images/sec',
      'img/s',
      'imgs/s',
      'examples/sec',
      'examples/s',
      'examples per second',
      'ips',
      'train samples per second',
    ],
  ],
  [
    'tokens/s',
    [
      'tokens/s',
      'tokens/sec',
      'tok/s',
      'tokens per second',
      'tokens per sec',
      'train tokens per second',
      'tokens/s/device',
      'tps',
      'wps',
    ],
  ],
]

const byName = new Map<string, Meaning>(
  aliases.flatMap(([metric, names, scale = 1, inverse = false]) =>
    names.map((name): [string, Meaning] => [name, { metric, axis: undefined, scale, inverse }]),
  ),
)

const axisNames: ReadonlyMap<string, Meaning['axis']> = new Map([
  ['epoch', 'epoch'],
  ['step', 'step'],
  ['steps', 'step'],
  ['iter', 'step'],
  ['iteration', 'step'],
  ['global step', 'run step'],
  ['num updates', 'run step'],
  ['trainer/global step', 'run step'],
])

/** Names of logs are met again and again: what they mean is looked up once. */
const seen = new Map<string, Meaning | null>()
const mostSeen = 4096

/**
 * What a name of a log stands for: `train_loss`, `Loss`, `Epoch 3 loss` (its last words decide), `global_step`. Undefined
 * for names that are none of the known ones.
 */
export function meaningOf(raw: string): Meaning | undefined {
  const had = seen.get(raw)
  if (had !== undefined) return had ?? undefined
  const found = lookUp(raw)
  if (seen.size < mostSeen) seen.set(raw, found ?? null)
  return found
}

/** As meaningOf, of metrics only. */
export function metricOf(raw: string): Meaning | undefined {
  const found = meaningOf(raw)
  return found?.axis === undefined ? found : undefined
}

function lookUp(raw: string): Meaning | undefined {
  const words = raw
    .toLowerCase()
    .replaceAll('_', ' ')
    .replace(/-(?=loss|acc)/g, ' ')
    .trim()
    .split(/\s+/)
  const evaluates = words.some((word) => evaluations.has(word))
  for (let from = Math.max(0, words.length - 5); from < words.length; from++) {
    const name = words.slice(from).join(' ')
    const axis = axisNames.get(name)
    if (axis) return { metric: '', axis, scale: 1, inverse: false }
    const found = byName.get(name)
    if (found) return evaluates ? ofEvaluation(found) : found
  }
  return undefined
}

const evaluations = new Set(['eval', 'val', 'valid', 'validation', 'test'])

/** `eval_mean_token_accuracy` is no accuracy of the training, and the speed of an evaluation none of its speeds. */
function ofEvaluation(found: Meaning): Meaning | undefined {
  const metric = metricOfEvaluation(found.metric)
  return metric === undefined ? undefined : { ...found, metric }
}

/** What a metric is called that was measured in an evaluation; undefined for speeds and the learning rate, which are the training's. */
export function metricOfEvaluation(metric: string): string | undefined {
  if (!Object.hasOwn(known, metric) || metric.startsWith('eval ')) return metric
  return Object.hasOwn(known, `eval ${metric}`) ? `eval ${metric}` : undefined
}

/** A value of a log in the metric's own unit. */
export function scaled(value: number, { scale, inverse }: Meaning): number {
  return inverse ? scale / value : value * scale
}
