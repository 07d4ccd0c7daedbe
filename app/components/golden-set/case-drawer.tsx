import { useEffect, useState } from 'react'
import { useJson } from '~/components/ui/use-json'
import { makeTextVisible } from '~/domain/visible-text'
import type { VerdictScheme } from '~/domain/policy/verdict-scheme'
import { CaseEditor } from './case-editor'
import { CaseReader, type CasePlace, type CaseSteps } from './case-reader'
import type { CaseDetail } from './types'

export type CaseDrawerMode = { kind: 'view'; caseId: string } | { kind: 'edit'; caseId: string } | { kind: 'add' }

type Props = {
  mode: CaseDrawerMode | null
  /** Where the case is read, and where a change is sent. */
  detailUrl: string | null
  actionUrl: string
  place: CasePlace
  scheme: VerdictScheme
  readOnly: boolean
  onMode: (mode: CaseDrawerMode | null) => void
  onStep: CaseSteps
  /** A change was written. */
  onChanged: () => void
}

/** One case in a drawer: to read with how versions judged it and its history, to edit, to delete. */
export function CaseDrawer({ mode, detailUrl, actionUrl, place, scheme, readOnly, onMode, onStep, onChanged }: Props) {
  const detail = useJson<CaseDetail>(mode?.kind === 'add' ? null : detailUrl)
  const [dirty, setDirty] = useState(false)
  const [askingToLeave, setAskingToLeave] = useState(false)
  const editing = mode?.kind === 'edit' || mode?.kind === 'add'
  const caseId = mode && mode.kind !== 'add' ? mode.caseId : null
  useEffect(() => {
    setDirty(false)
    setAskingToLeave(false)
  }, [mode?.kind, caseId])

  const leave = () => {
    if (editing && dirty) setAskingToLeave(true)
    else onMode(mode?.kind === 'edit' && caseId !== null ? { kind: 'view', caseId } : null)
  }
  const golden = detail.data?.case ?? null
  if (!mode) return null
  const title =
    mode.kind === 'add' ? 'New case' : mode.kind === 'edit' ? `Edit ${makeTextVisible(mode.caseId)}` : makeTextVisible(mode.caseId)

  if (editing && (mode.kind === 'add' || golden))
    return (
      <CaseEditor
        key={caseId ?? 'add'}
        title={title}
        golden={mode.kind === 'add' ? null : golden}
        revision={detail.data?.revision ?? null}
        scheme={scheme}
        actionUrl={actionUrl}
        askingToLeave={askingToLeave}
        onDirty={() => setDirty(true)}
        onLeave={leave}
        onStay={() => setAskingToLeave(false)}
        onDiscard={() => onMode(caseId === null ? null : { kind: 'view', caseId })}
        onSaved={(savedId) => {
          detail.reload()
          onMode({ kind: 'view', caseId: savedId })
          onChanged()
        }}
      />
    )
  return (
    <CaseReader
      title={title}
      detail={detail}
      readOnly={readOnly || editing}
      actionUrl={actionUrl}
      place={place}
      onStep={onStep}
      onEdit={() => caseId !== null && onMode({ kind: 'edit', caseId })}
      onClose={leave}
      onDeleted={() => {
        detail.reload()
        onMode(null)
        onChanged()
      }}
    />
  )
}
