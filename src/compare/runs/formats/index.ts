import { bar } from './bar.ts'
import { deepSpeed } from './deepspeed.ts'
import type { Format } from './format.ts'
import { huggingFace } from './huggingface.ts'
import { jsonLines } from './json-lines.ts'
import { katib } from './katib.ts'
import { keras } from './keras.ts'
import { megatron } from './megatron.ts'
import { paddle } from './paddle.ts'
import { plain } from './plain.ts'
import { xgboost } from './xgboost.ts'

/** The formats known, the particular ones first: the first that can read a line has it. */
export const formats: readonly Format[] = [
  huggingFace,
  jsonLines,
  megatron,
  deepSpeed,
  paddle,
  keras,
  bar,
  xgboost,
  katib,
  plain,
]
