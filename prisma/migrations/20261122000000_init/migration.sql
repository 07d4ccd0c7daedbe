-- WITHOUT ROWID was added by hand: those tables are read and written in the order of their key, and it halves what a row costs.
-- CreateTable
CREATE TABLE "Policy" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "slug" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "description" TEXT NOT NULL DEFAULT '',
    "scheme" JSONB NOT NULL,
    "errorCosts" JSONB NOT NULL DEFAULT [],
    "productionPrevalence" REAL,
    "model" JSONB,
    "gate" JSONB,
    "createdAt" REAL NOT NULL,
    "updatedAt" REAL NOT NULL
);

-- CreateTable
CREATE TABLE "PromptText" (
    "hash" TEXT NOT NULL PRIMARY KEY,
    "text" TEXT NOT NULL,
    "createdAt" REAL NOT NULL
);

-- CreateTable
CREATE TABLE "PromptVersion" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "policyId" TEXT NOT NULL,
    "number" INTEGER NOT NULL,
    "textHash" TEXT NOT NULL,
    "message" TEXT NOT NULL,
    "author" TEXT NOT NULL,
    "parentId" TEXT,
    "createdAt" REAL NOT NULL,
    CONSTRAINT "PromptVersion_policyId_fkey" FOREIGN KEY ("policyId") REFERENCES "Policy" ("id") ON DELETE CASCADE ON UPDATE CASCADE,
    CONSTRAINT "PromptVersion_textHash_fkey" FOREIGN KEY ("textHash") REFERENCES "PromptText" ("hash") ON DELETE RESTRICT ON UPDATE CASCADE,
    CONSTRAINT "PromptVersion_parentId_fkey" FOREIGN KEY ("parentId") REFERENCES "PromptVersion" ("id") ON DELETE SET NULL ON UPDATE CASCADE
);

-- CreateTable
CREATE TABLE "Draft" (
    "policyId" TEXT NOT NULL PRIMARY KEY,
    "text" TEXT NOT NULL,
    "baseVersionId" TEXT,
    "revision" INTEGER NOT NULL,
    "author" TEXT NOT NULL,
    "updatedAt" REAL NOT NULL,
    CONSTRAINT "Draft_policyId_fkey" FOREIGN KEY ("policyId") REFERENCES "Policy" ("id") ON DELETE CASCADE ON UPDATE CASCADE,
    CONSTRAINT "Draft_baseVersionId_fkey" FOREIGN KEY ("baseVersionId") REFERENCES "PromptVersion" ("id") ON DELETE SET NULL ON UPDATE CASCADE
);

-- CreateTable
CREATE TABLE "VersionLabel" (
    "policyId" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "versionId" TEXT NOT NULL,
    "movedAt" REAL NOT NULL,

    PRIMARY KEY ("policyId", "name"),
    CONSTRAINT "VersionLabel_policyId_fkey" FOREIGN KEY ("policyId") REFERENCES "Policy" ("id") ON DELETE CASCADE ON UPDATE CASCADE,
    CONSTRAINT "VersionLabel_versionId_fkey" FOREIGN KEY ("versionId") REFERENCES "PromptVersion" ("id") ON DELETE RESTRICT ON UPDATE CASCADE
);

-- CreateTable
CREATE TABLE "VersionLabelMove" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "policyId" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "fromVersionId" TEXT,
    "toVersionId" TEXT NOT NULL,
    "author" TEXT NOT NULL,
    "note" TEXT NOT NULL DEFAULT '',
    "createdAt" REAL NOT NULL,
    CONSTRAINT "VersionLabelMove_policyId_fkey" FOREIGN KEY ("policyId") REFERENCES "Policy" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);

-- CreateTable
CREATE TABLE "GoldenSet" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "policyId" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "head" INTEGER NOT NULL DEFAULT 0,
    "createdAt" REAL NOT NULL,
    CONSTRAINT "GoldenSet_policyId_fkey" FOREIGN KEY ("policyId") REFERENCES "Policy" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);

-- CreateTable
CREATE TABLE "GoldenRevision" (
    "goldenSetId" TEXT NOT NULL,
    "number" INTEGER NOT NULL,
    "author" TEXT NOT NULL,
    "message" TEXT NOT NULL,
    "caseCount" INTEGER NOT NULL,
    "added" INTEGER NOT NULL,
    "changed" INTEGER NOT NULL,
    "relabelled" INTEGER NOT NULL,
    "removed" INTEGER NOT NULL,
    "contentHash" TEXT NOT NULL,
    "createdAt" REAL NOT NULL,

    PRIMARY KEY ("goldenSetId", "number"),
    CONSTRAINT "GoldenRevision_goldenSetId_fkey" FOREIGN KEY ("goldenSetId") REFERENCES "GoldenSet" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);

-- CreateTable
CREATE TABLE "GoldenCase" (
    "goldenSetId" TEXT NOT NULL,
    "caseId" TEXT NOT NULL,
    "fromRevision" INTEGER NOT NULL,
    "untilRevision" INTEGER,
    "position" INTEGER NOT NULL,
    "contentHash" BLOB NOT NULL,
    "stateHash" BLOB NOT NULL,
    "label" TEXT,
    "rules" JSONB,
    "severity" TEXT,
    "mustPass" BOOLEAN NOT NULL DEFAULT false,
    "facets" TEXT NOT NULL,
    "searchText" TEXT,
    "locale" TEXT,
    "surface" TEXT,
    "split" TEXT,
    "tags" JSONB,
    "note" TEXT,
    "meta" JSONB,
    "annotations" JSONB,
    "context" JSONB,
    "content" TEXT NOT NULL,
    "author" TEXT NOT NULL,
    "createdAt" REAL NOT NULL,

    PRIMARY KEY ("goldenSetId", "caseId", "fromRevision"),
    CONSTRAINT "GoldenCase_goldenSetId_fkey" FOREIGN KEY ("goldenSetId") REFERENCES "GoldenSet" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);

-- CreateTable
CREATE TABLE "Replay" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "policyId" TEXT NOT NULL,
    "promptHash" TEXT NOT NULL,
    "goldenSetId" TEXT NOT NULL,
    "goldenRevision" INTEGER NOT NULL,
    "model" JSONB NOT NULL,
    "modelName" TEXT NOT NULL,
    "modelHash" TEXT NOT NULL,
    "epochs" INTEGER NOT NULL,
    "status" TEXT NOT NULL,
    "statusReason" TEXT,
    "cancelRequested" BOOLEAN NOT NULL DEFAULT false,
    "options" JSONB NOT NULL,
    "total" INTEGER NOT NULL,
    "author" TEXT NOT NULL,
    "resultsVersion" INTEGER NOT NULL DEFAULT 0,
    "createdAt" REAL NOT NULL,
    "startedAt" REAL,
    "finishedAt" REAL,
    "durationMs" REAL NOT NULL DEFAULT 0,
    "runningSince" REAL,
    CONSTRAINT "Replay_policyId_fkey" FOREIGN KEY ("policyId") REFERENCES "Policy" ("id") ON DELETE CASCADE ON UPDATE CASCADE,
    CONSTRAINT "Replay_promptHash_fkey" FOREIGN KEY ("promptHash") REFERENCES "PromptText" ("hash") ON DELETE RESTRICT ON UPDATE CASCADE,
    CONSTRAINT "Replay_goldenSetId_fkey" FOREIGN KEY ("goldenSetId") REFERENCES "GoldenSet" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);

-- CreateTable
CREATE TABLE "Trial" (
    "replayId" TEXT NOT NULL,
    "caseId" TEXT NOT NULL,
    "epoch" INTEGER NOT NULL,
    "outcome" TEXT NOT NULL,
    "ruleOutcome" TEXT,
    "label" TEXT,
    "rules" JSONB,
    "severity" TEXT,
    "confidence" REAL,
    "rationale" TEXT,
    "detail" TEXT,
    "answerHash" BLOB,
    "latencyMs" REAL,
    "inputTokens" INTEGER,
    "outputTokens" INTEGER,
    "costUsd" REAL,
    "cached" BOOLEAN NOT NULL,
    "calls" INTEGER NOT NULL,
    "providerModel" TEXT,
    "systemFingerprint" TEXT,
    "finishedAt" REAL NOT NULL,

    PRIMARY KEY ("replayId", "caseId", "epoch"),
    CONSTRAINT "Trial_replayId_fkey" FOREIGN KEY ("replayId") REFERENCES "Replay" ("id") ON DELETE CASCADE ON UPDATE CASCADE
) WITHOUT ROWID;

-- CreateTable
CREATE TABLE "TrialHistory" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "replayId" TEXT NOT NULL,
    "caseId" TEXT NOT NULL,
    "epoch" INTEGER NOT NULL,
    "trial" JSONB NOT NULL,
    "replacedAt" REAL NOT NULL
);

-- CreateTable
CREATE TABLE "TrialClaim" (
    "replayId" TEXT NOT NULL,
    "caseId" TEXT NOT NULL,
    "epoch" INTEGER NOT NULL,
    "owner" TEXT NOT NULL,
    "expiresAt" REAL NOT NULL,

    PRIMARY KEY ("replayId", "caseId", "epoch"),
    CONSTRAINT "TrialClaim_replayId_fkey" FOREIGN KEY ("replayId") REFERENCES "Replay" ("id") ON DELETE CASCADE ON UPDATE CASCADE
) WITHOUT ROWID;

-- CreateTable
CREATE TABLE "Answer" (
    "hash" BLOB NOT NULL PRIMARY KEY,
    "packing" INTEGER NOT NULL,
    "body" BLOB NOT NULL
);

-- CreateTable
CREATE TABLE "CachedResponse" (
    "key" TEXT NOT NULL PRIMARY KEY,
    "answer" JSONB NOT NULL,
    "answerHash" BLOB NOT NULL,
    "latencyMs" REAL NOT NULL,
    "costUsd" REAL,
    "createdAt" REAL NOT NULL
);

-- CreateTable
CREATE TABLE "ComparisonSummary" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "baselineReplayId" TEXT NOT NULL,
    "candidateReplayId" TEXT NOT NULL,
    "document" JSONB NOT NULL,
    "createdAt" REAL NOT NULL
);

-- CreateTable
CREATE TABLE "ComparisonCase" (
    "comparisonId" TEXT NOT NULL,
    "rank" INTEGER NOT NULL,
    "caseId" TEXT NOT NULL,
    "flip" TEXT NOT NULL,
    "noise" BOOLEAN NOT NULL DEFAULT false,
    "expectedLabel" TEXT,
    "baselineOutcome" TEXT,
    "candidateOutcome" TEXT,
    "baselineLabel" TEXT,
    "candidateLabel" TEXT,

    PRIMARY KEY ("comparisonId", "rank"),
    CONSTRAINT "ComparisonCase_comparisonId_fkey" FOREIGN KEY ("comparisonId") REFERENCES "ComparisonSummary" ("id") ON DELETE CASCADE ON UPDATE CASCADE
) WITHOUT ROWID;

-- CreateTable
CREATE TABLE "Decision" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "replayId" TEXT NOT NULL,
    "caseId" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "expectedLabel" TEXT,
    "rules" JSONB,
    "note" TEXT NOT NULL DEFAULT '',
    "author" TEXT NOT NULL,
    "createdAt" REAL NOT NULL,
    CONSTRAINT "Decision_replayId_fkey" FOREIGN KEY ("replayId") REFERENCES "Replay" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);

-- CreateTable
CREATE TABLE "WorkspaceFact" (
    "key" TEXT NOT NULL PRIMARY KEY,
    "value" JSONB NOT NULL
);

-- CreateIndex
CREATE UNIQUE INDEX "Policy_slug_key" ON "Policy"("slug");

-- CreateIndex
CREATE UNIQUE INDEX "PromptVersion_policyId_number_key" ON "PromptVersion"("policyId", "number");

-- CreateIndex
CREATE UNIQUE INDEX "PromptVersion_policyId_textHash_key" ON "PromptVersion"("policyId", "textHash");

-- CreateIndex
CREATE INDEX "VersionLabelMove_policyId_createdAt_idx" ON "VersionLabelMove"("policyId", "createdAt");

-- CreateIndex
CREATE UNIQUE INDEX "GoldenSet_policyId_name_key" ON "GoldenSet"("policyId", "name");

-- CreateIndex
CREATE INDEX "GoldenCase_goldenSetId_position_fromRevision_untilRevision_caseId_idx" ON "GoldenCase"("goldenSetId", "position", "fromRevision", "untilRevision", "caseId");

-- CreateIndex
CREATE INDEX "Replay_policyId_createdAt_idx" ON "Replay"("policyId", "createdAt");

-- CreateIndex
CREATE INDEX "Replay_policyId_promptHash_goldenSetId_goldenRevision_modelHash_epochs_idx" ON "Replay"("policyId", "promptHash", "goldenSetId", "goldenRevision", "modelHash", "epochs");

-- CreateIndex
CREATE INDEX "Trial_replayId_outcome_cached_calls_inputTokens_outputTokens_costUsd_idx" ON "Trial"("replayId", "outcome", "cached", "calls", "inputTokens", "outputTokens", "costUsd");

-- CreateIndex
CREATE INDEX "TrialHistory_replayId_caseId_idx" ON "TrialHistory"("replayId", "caseId");

-- CreateIndex
CREATE INDEX "TrialClaim_replayId_owner_idx" ON "TrialClaim"("replayId", "owner");

-- CreateIndex
CREATE INDEX "TrialClaim_replayId_expiresAt_idx" ON "TrialClaim"("replayId", "expiresAt");

-- CreateIndex
CREATE INDEX "ComparisonSummary_candidateReplayId_idx" ON "ComparisonSummary"("candidateReplayId");

-- CreateIndex
CREATE INDEX "ComparisonCase_comparisonId_flip_rank_idx" ON "ComparisonCase"("comparisonId", "flip", "rank");

-- CreateIndex
CREATE INDEX "ComparisonCase_comparisonId_caseId_idx" ON "ComparisonCase"("comparisonId", "caseId");

-- CreateIndex
CREATE INDEX "Decision_replayId_caseId_idx" ON "Decision"("replayId", "caseId");
