/** What stands before the words of a line: whose line it is and when it was written. */
export interface LineHead {
  /** milliseconds since 1970; undefined when the line says none */
  readonly time?: number
  /** how exact it is: seconds of many loggers, less of the kubelet */
  readonly resolution: number
  /** of the process that wrote it, where a launcher says so before each line */
  readonly rank?: number
  /** where the words begin */
  readonly from: number
}

/** `[pod/bert-master-0/pytorch] `, as kubectl logs --prefix writes it. */
const prefix = /^\[pod\/[^\]\s]+\] /
/** `2026-08-01 10:00:00,123`, `[2026/08/01 10:00:00]`: of the program, in a time zone it does not say */
const program = /(\d{4})[-/](\d\d)[-/](\d\d)[ T](\d\d):(\d\d):(\d\d)(?:[.,](\d{1,9}))?/
/** A time further inside is a part of the words. */
const headRoom = 64

/**
 * `[default0]:` and `[trainer0|3]:` of torchrun --tee (torch/distributed/elastic/multiprocessing/tail_log.py), `[rank3]:`, `[1,0]<stdout>:`
 * of mpirun --tag-output, `[rank: 0] ` of Lightning. Other words with a number are no rank: `[iter100]: loss 1`.
 */
const rankTag =
  /\[(?:(?:local_?)?(?:rank|default|worker|trainer)\s*:?\s*(\d+)(?:\|(\d+))?\](?::\s?|\s)|[^\],[]{1,64},(\d+)\]<std(?:out|err)>:\s?)/iy

/** Reads the head of a line; the kubelet's time and the rank are cut off, the program's own time is a part of its words. */
export function headOf(line: string): LineHead {
  const head = timeOf(line)
  rankTag.lastIndex = head.from
  const tag = line.charCodeAt(head.from) === bracket ? rankTag.exec(line) : null
  if (!tag) return head
  return { ...head, rank: Number(tag[3] ?? tag[2] ?? tag[1]), from: rankTag.lastIndex }
}

function timeOf(line: string): LineHead {
  const start = line.startsWith('[pod/') ? (prefix.exec(line)?.[0].length ?? 0) : 0
  const kubelet = kubeletTime(line, start)
  if (kubelet) return kubelet
  const own = program.exec(line.length > headRoom ? line.slice(0, headRoom) : line)
  if (!own) return { resolution: 1000, from: start }
  return { time: instant(own), resolution: own[7] === undefined ? 1000 : 1, from: start }
}

function instant([, year, month, day, hour, minute, second, fraction]: RegExpExecArray): number {
  const whole = Date.UTC(Number(year), Number(month) - 1, Number(day), Number(hour), Number(minute), Number(second))
  return fraction === undefined ? whole : whole + Number(`0.${fraction}`) * 1000
}

const [dash, letterT, colon, dot, letterZ, blank, bracket] = [45, 84, 58, 46, 90, 32, 91]

/** RFC 3339 and a blank, as kubectl logs --timestamps writes it; read by hand, as each line of a measure has one. */
function kubeletTime(line: string, from: number): LineHead | undefined {
  const is = (at: number, unit: number | undefined) => line.charCodeAt(from + at) === unit
  if (!is(4, dash) || !is(7, dash) || !is(10, letterT) || !is(13, colon) || !is(16, colon)) return undefined
  const two = (at: number) => (line.charCodeAt(from + at) - 48) * 10 + line.charCodeAt(from + at + 1) - 48
  let at = from + 19
  let fraction = 0
  if (line.charCodeAt(at) === dot) {
    let scale = 100
    for (at++; line.charCodeAt(at) >= 48 && line.charCodeAt(at) <= 57; at++, scale /= 10) {
      fraction += (line.charCodeAt(at) - 48) * scale
    }
  }
  let zone = 0
  if (line.charCodeAt(at) === letterZ) at++
  else {
    const found = /^[+-]\d\d:\d\d/.exec(line.slice(at, at + 6))
    if (!found) return undefined
    zone = offset(found[0])
    at += 6
  }
  if (line.charCodeAt(at) !== blank) return undefined
  const whole = Date.UTC(two(0) * 100 + two(2), two(5) - 1, two(8), two(11), two(14), two(17))
  if (Number.isNaN(whole)) return undefined
  return { time: whole + fraction - zone, resolution: at > from + 20 && fraction !== 0 ? 1 : 1000, from: at + 1 }
}

function offset(zone: string): number {
  const minutes = Number(zone.slice(1, 3)) * 60 + Number(zone.slice(4, 6))
  return (zone.startsWith('-') ? -minutes : minutes) * 60_000
}
