import { numberOf } from '../pairs.ts'
import { type Format, type FormatState, type Reading, reading, takePairs } from './format.ts'

const wholeRun = new Map([
  ['train_runtime', 'run time'],
  ['train_samples_per_second', 'run samples/s'],
  ['epoch', 'epoch'],
])
/** with or without a type around the number: `'epoch': np.float64(1.0)` */
const entry = /'(\w+)': (?:'|[\w.]+\()?([-+\w.]+)/g

/**
 * A Python dict, as Hugging Face's Trainer prints its logs (transformers src/transformers/trainer_callback.py,
 * PrinterCallback): `{'loss': 2.3, 'learning_rate': 5e-05, 'epoch': 0.01}`; the values are in quotes since transformers 5.
 * There is no step: the epoch, which has a fraction, says where the run was. A dict without, after other words (`epoch 0: {'loss': 0.5}`), is
 * read with what they say.
 */
export const huggingFace: Format = {
  name: 'huggingface',
  read(line, state) {
    const start = line.indexOf("{'")
    if (start < 0) return state.dict && continued.test(line) ? ofDict(line, state.dict, state) : undefined
    if (line.indexOf("': ", start) < 0) return undefined
    delete state.dict
    if (line.indexOf('}', start) < 0) return ofDict(line.slice(start), reading(), state)
    const found = reading()
    if (line.includes("'train_runtime'", start)) summary(found, line.slice(start))
    else takePairs(found, line, start)
    if (start > 0 && found.epoch === undefined && found.step === undefined) return undefined
    return found.values.size > 0 ? found : undefined
  },
}

const continued = /^\s+'[\w/-]+': /

/** A line of a dict that pprint wrote over several: the epoch stands on one, as a rule on the first, and the loss on another. */
function ofDict(line: string, { step, stepIsOf, epoch }: NonNullable<FormatState['dict']>, state: FormatState) {
  const found = reading()
  takePairs(found, line)
  found.epoch ??= epoch
  if (found.step === undefined && step !== undefined) Object.assign(found, { step, stepIsOf })
  if (line.includes('}')) delete state.dict
  else state.dict = { step: found.step, stepIsOf: found.stepIsOf, epoch: found.epoch }
  return found.values.size > 0 ? found : undefined
}

/** The last line of a run; its mean loss is no point of the curve. */
function summary(into: Reading, line: string): void {
  for (const [, name = '', value = ''] of line.matchAll(entry)) {
    const meaning = wholeRun.get(name)
    if (meaning === 'epoch') into.epoch = numberOf(value)
    else if (meaning !== undefined) into.values.set(meaning, numberOf(value))
  }
}
