-- CreateTable
CREATE TABLE "ProbeRun" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "policyId" TEXT NOT NULL,
    "promptHash" TEXT NOT NULL,
    "goldenSetId" TEXT NOT NULL,
    "goldenRevision" INTEGER NOT NULL,
    "model" JSONB NOT NULL,
    "modelName" TEXT NOT NULL,
    "modelHash" TEXT NOT NULL,
    "baseReplayId" TEXT,
    "selection" JSONB NOT NULL,
    "selectionHash" TEXT NOT NULL,
    "parents" INTEGER NOT NULL,
    "parentsOf" INTEGER NOT NULL,
    "withoutEffect" JSONB NOT NULL,
    "status" TEXT NOT NULL,
    "statusReason" TEXT,
    "cancelRequested" BOOLEAN NOT NULL DEFAULT false,
    "options" JSONB NOT NULL,
    "total" INTEGER NOT NULL,
    "author" TEXT NOT NULL,
    "createdAt" REAL NOT NULL,
    "startedAt" REAL,
    "finishedAt" REAL,
    "durationMs" REAL NOT NULL DEFAULT 0,
    "runningSince" REAL,
    CONSTRAINT "ProbeRun_policyId_fkey" FOREIGN KEY ("policyId") REFERENCES "Policy" ("id") ON DELETE CASCADE ON UPDATE CASCADE,
    CONSTRAINT "ProbeRun_promptHash_fkey" FOREIGN KEY ("promptHash") REFERENCES "PromptText" ("hash") ON DELETE RESTRICT ON UPDATE CASCADE,
    CONSTRAINT "ProbeRun_goldenSetId_fkey" FOREIGN KEY ("goldenSetId") REFERENCES "GoldenSet" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);

-- CreateTable
CREATE TABLE "Probe" (
    "replayId" TEXT NOT NULL,
    "caseId" TEXT NOT NULL,
    "position" INTEGER NOT NULL,
    "parentId" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "transform" TEXT NOT NULL,
    "epoch" INTEGER NOT NULL,
    "content" TEXT NOT NULL,

    PRIMARY KEY ("replayId", "caseId"),
    CONSTRAINT "Probe_replayId_fkey" FOREIGN KEY ("replayId") REFERENCES "ProbeRun" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);

-- CreateTable
CREATE TABLE "ProbeTrial" (
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
    CONSTRAINT "ProbeTrial_replayId_fkey" FOREIGN KEY ("replayId") REFERENCES "ProbeRun" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);

-- CreateTable
CREATE TABLE "ProbeClaim" (
    "replayId" TEXT NOT NULL,
    "caseId" TEXT NOT NULL,
    "epoch" INTEGER NOT NULL,
    "owner" TEXT NOT NULL,
    "expiresAt" REAL NOT NULL,

    PRIMARY KEY ("replayId", "caseId", "epoch"),
    CONSTRAINT "ProbeClaim_replayId_fkey" FOREIGN KEY ("replayId") REFERENCES "ProbeRun" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);

-- CreateTable
CREATE TABLE "ContrastPair" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "goldenSetId" TEXT NOT NULL,
    "parentId" TEXT NOT NULL,
    "parentRevision" INTEGER NOT NULL,
    "kind" TEXT NOT NULL,
    "content" TEXT NOT NULL,
    "status" TEXT NOT NULL,
    "caseId" TEXT,
    "author" TEXT NOT NULL,
    "createdAt" REAL NOT NULL,
    "settledAt" REAL,
    CONSTRAINT "ContrastPair_goldenSetId_fkey" FOREIGN KEY ("goldenSetId") REFERENCES "GoldenSet" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);

-- CreateIndex
CREATE INDEX "ProbeRun_policyId_createdAt_idx" ON "ProbeRun"("policyId", "createdAt");

-- CreateIndex
CREATE INDEX "ProbeRun_policyId_promptHash_goldenSetId_goldenRevision_modelHash_selectionHash_idx" ON "ProbeRun"("policyId", "promptHash", "goldenSetId", "goldenRevision", "modelHash", "selectionHash");

-- CreateIndex
CREATE INDEX "Probe_replayId_position_caseId_epoch_idx" ON "Probe"("replayId", "position", "caseId", "epoch");

-- CreateIndex
CREATE INDEX "Probe_replayId_parentId_idx" ON "Probe"("replayId", "parentId");

-- CreateIndex
CREATE INDEX "ProbeClaim_replayId_expiresAt_idx" ON "ProbeClaim"("replayId", "expiresAt");

-- CreateIndex
CREATE INDEX "ContrastPair_goldenSetId_status_createdAt_idx" ON "ContrastPair"("goldenSetId", "status", "createdAt");

-- CreateIndex
CREATE INDEX "ContrastPair_goldenSetId_parentId_idx" ON "ContrastPair"("goldenSetId", "parentId");
