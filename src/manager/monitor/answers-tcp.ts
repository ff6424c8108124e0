// Whether a machine's kernel answers at all: what tells a dead agent from a dead node.
import { connect } from 'node:net'

/** Swarm's members listen here for each other's gossip; where none does, the refusal is as good an answer. */
const gossipPort = 7946

/**
 * @returns true when a connection is accepted or refused within the time; false for silence, or when this machine finds no way there
 */
export function answersTcp(host: string, deadlineMs: number, port = gossipPort): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port })
    const timer = setTimeout(() => end(false), deadlineMs)
    socket.once('connect', () => end(true))
    socket.once('error', (error: NodeJS.ErrnoException) => end(error.code === 'ECONNREFUSED'))
    function end(answers: boolean): void {
      clearTimeout(timer)
      socket.destroy()
      resolve(answers)
    }
  })
}
