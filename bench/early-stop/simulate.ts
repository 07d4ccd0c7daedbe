import { createEarlyStop } from '../../app/domain/gate/early-stop'
import { gateConditionsSchema } from '../../app/domain/gate/gate-conditions'
import { judgeDifference } from '../../app/domain/gate/judge-difference'
import { createRandom } from '../../app/domain/statistics'

/** How candidates change a golden set: shares of cases that they fix and break. */
const candidates = [
  { name: 'the same', fixed: 0, regressed: 0 },
  { name: 'a few flips', fixed: 0.01, regressed: 0.01 },
  { name: 'noisy, no change', fixed: 0.03, regressed: 0.03 },
  { name: 'clearly better', fixed: 0.12, regressed: 0.02 },
  { name: 'at the margin', fixed: 0.02, regressed: 0.04 },
  { name: 'somewhat worse', fixed: 0.02, regressed: 0.06 },
  { name: 'clearly worse', fixed: 0.02, regressed: 0.15 },
  { name: 'broken', fixed: 0.01, regressed: 0.4 },
]

const [casesArgument = '1000', runsArgument = '40'] = process.argv.slice(2)
const [cases, runs] = [Number(casesArgument), Number(runsArgument)]
const conditions = gateConditionsSchema.parse({ margin: 0.02, alpha: 0.05 })
const batch = Math.max(20, Math.ceil(cases / 40))
const random = createRandom(20260101)

const rows = candidates.map(({ name, fixed, regressed }) => {
  let share = 0
  let stopped = 0
  let different = 0
  let wronglyPassed = 0
  const answers = { pass: 0, fail: 0, inconclusive: 0 }
  for (let run = 0; run < runs; run++) {
    const nets = Array.from({ length: cases }, () => {
      const draw = random.next()
      return draw < fixed ? 1 : draw < fixed + regressed ? -1 : 0
    })
    const count = (net: number) => nets.filter((value) => value === net).length
    const full = judgeDifference(conditions, { fixed: count(1), regressed: count(-1), n: cases })
    const tracker = createEarlyStop(conditions, { first: 0, random: cases, marked: 0, tagged: 0 })
    for (const [index, net] of random.shuffle(nets).entries()) {
      tracker.add({
        part: 'random',
        baseline: net > 0 ? 'wrong' : 'correct',
        candidate: net < 0 ? 'wrong' : 'correct',
        marked: false,
        tagged: false,
      })
      const replayed = index + 1
      if (replayed % batch !== 0 && replayed < cases) continue
      const { answer } = tracker.state(null)
      if (answer === null) continue
      answers[answer]++
      share += replayed / cases
      if (replayed < cases) stopped++
      if (answer !== full) different++
      if (answer === 'pass' && full !== 'pass') wronglyPassed++
      break
    }
  }
  return {
    name,
    fixed,
    regressed,
    meanShare: share / runs,
    stopped: stopped / runs,
    different: different / runs,
    wronglyPassed: wronglyPassed / runs,
    answers,
  }
})

console.log(JSON.stringify({ cases, runs, margin: conditions.margin, alpha: conditions.alpha, rows }))
