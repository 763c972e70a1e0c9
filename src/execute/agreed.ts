import { agreedConversion } from '../convert/agreed.ts'
import type { Conversion } from '../convert/convert.ts'
import type { Refused } from '../migration/guards/guard.ts'
import { someOf } from '../migration/words.ts'
import type { Reviewed } from '../read/reviewed-file.ts'
import type { Dialect } from '../v2/dialects/dialect.ts'

/** The conversion with the TrainJob and runtime of the reviewed file, or why it is refused where those do something else by now. */
export function asAgreed(
  ours: Conversion,
  reviewed: Reviewed | undefined,
  dialect: Dialect,
): Conversion | (Refused & { readonly code: string }) {
  if (!reviewed) return ours
  const agreed = agreedConversion(ours, reviewed, dialect)
  if (!('differences' in agreed)) return agreed
  const { name, namespace, object } = ours.job
  return {
    code: 'file-differs',
    message: `it is not what ${reviewed.path} says: ${someOf(agreed.differences)}`,
    why: 'v1, the flags or the decisions are not those of the review, or the file does something else',
    remedy: [
      `$0 convert ${object.kind.toLowerCase()}/${name} -n ${namespace}   (for what it would be now: to be reviewed again)`,
    ],
  }
}
