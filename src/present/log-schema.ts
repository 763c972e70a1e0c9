import { draft, object, text, whole } from './schema.ts'

/** What `logs -o json` prints on each line, from which docs/schema/log-line.json is made. */
export const logLineSchema = draft(
  'log-line.json',
  'LogLine',
  'What `logs -o json` prints on each line: a line of a log.',
  object(
    {
      side: { enum: ['v1', 'v2'] },
      role: text,
      rank: { ...whole, description: 'among the pods of the side; absent: the pod takes no part in the training' },
      pod: text,
      container: text,
      time: { type: 'string', description: 'RFC 3339 as the node wrote it; empty: the log has none' },
      text: { type: 'string', description: 'without time and line break' },
    },
    ['rank'],
  ),
)
