import type { Output } from '../env.ts'
import { ellipsis } from '../present/style.ts'

/** A screen on a terminal that is drawn again in its place. */
export interface LiveScreen {
  draw(lines: readonly string[]): void
  /** leaves the last drawing and gives the cursor back */
  close(): void
}

/** Erases what is seen and goes to its top left corner: after a resize nobody knows how many lines the last drawing takes. */
const cleanScreen = '\u001b[2J\u001b[H'

/** Draws on a terminal; lines that its height has no room for are counted in the last one. */
export async function liveScreen(output: Output): Promise<LiveScreen> {
  const { createLogUpdate } = await import('log-update')
  const stream = {
    isTTY: true,
    write: (text: string) => output.write(text),
    get columns() {
      return output.columns
    },
    get rows() {
      return output.rows
    },
  }
  const update = createLogUpdate(stream as unknown as NodeJS.WriteStream)
  let size: string | undefined
  return {
    draw(lines) {
      const present = `${output.columns} ${output.rows}`
      if (size !== undefined && size !== present) {
        update.done()
        output.write(cleanScreen)
      }
      size = present
      const room = (output.rows ?? Number.POSITIVE_INFINITY) - 1
      const hidden = lines.length - room + 1
      update(
        (hidden > 1 ? [...lines.slice(0, room - 1), `${ellipsis(output)} ${hidden} more lines`] : lines).join('\n'),
      )
    },
    close: () => update.done(),
  }
}
