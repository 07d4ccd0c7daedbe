/**
 * The point between `inside` and `outside` at which `holds` turns from true to false, by bisection until no double lies between: it asks
 * neither for a derivative nor for a value at the ends, where score statistics are 0/0. `holds` is taken to be true at `inside` and false at
 * `outside`, and to turn once.
 */
export function bisect(inside: number, outside: number, holds: (value: number) => boolean): number {
  let good = inside
  let bad = outside
  for (let step = 0; step < 200; step += 1) {
    const middle = good + (bad - good) / 2
    if (middle === good || middle === bad) break
    if (holds(middle)) good = middle
    else bad = middle
  }
  return good + (bad - good) / 2
}
