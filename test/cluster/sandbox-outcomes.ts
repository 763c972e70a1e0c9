import type { Outcome } from './harness.ts'
import { maskText } from './sandbox-answers.ts'

/** What a command said, without what differs from one moment and one cluster to the next; columns as far apart as words. */
export function shapeOfOutcome({ code, stdout, stderr }: Outcome, namespace: string): unknown {
  return { code, stdout: shapeOfText(stdout, namespace), stderr: shapeOfText(stderr, namespace) }
}

function shapeOfText(text: string, namespace: string): readonly string[] {
  const masked = maskText(text, namespace)
    .replace(/(resourceVersion: )"\d+"/g, '$1VERSION')
    .replace(/(Resource Version: +)\d+/g, '$1VERSION')
    .replace(/\w{3}, \d+ \w{3} \d{4} [\d:]+ \+\d{4}/g, 'TIME')
    .replace(/\d{4}-\d\d-\d\d \d\d:[\d.:]+ \+0000/g, 'TIME')
    .replace(/(LIVE|MERGED)-\d+/g, '$1')
    // a patch that makes no object is refused with the whole of what it would make
    .replace(/Invalid value: "\{.*\}":/g, 'Invalid value: OBJECT:')
    // a record of a move is named by the job's uid
    .replace(/(-bert-)[0-9a-f]{8}(-\d)/g, '$1ID$2')
    .replace(/\b\d+(\.\d+)? ?m?s\b/g, 'AGE')
  return withoutDescriptions(masked.split('\n').map((line) => line.replace(/ {2,}/g, '  ').trimEnd()))
}

/** `kubectl explain` without what the fields are for, which the sandbox does not know. */
function withoutDescriptions(lines: readonly string[]): readonly string[] {
  const start = lines.indexOf('DESCRIPTION:')
  if (start < 0) return lines
  const fields = lines.indexOf('FIELDS:')
  return [...lines.slice(0, start), ...lines.slice(fields).filter((line) => /^FIELDS:|\t/.test(line))]
}
