-- CreateTable
CREATE TABLE "QuotationSearch" (
    "goldenSetId" TEXT NOT NULL,
    "promptHash" TEXT NOT NULL,
    "searchedUntil" INTEGER NOT NULL,

    PRIMARY KEY ("goldenSetId", "promptHash"),
    CONSTRAINT "QuotationSearch_goldenSetId_fkey" FOREIGN KEY ("goldenSetId") REFERENCES "GoldenSet" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);

-- CreateTable
CREATE TABLE "QuotedState" (
    "goldenSetId" TEXT NOT NULL,
    "promptHash" TEXT NOT NULL,
    "caseId" TEXT NOT NULL,
    "fromRevision" INTEGER NOT NULL,

    PRIMARY KEY ("goldenSetId", "promptHash", "caseId", "fromRevision"),
    CONSTRAINT "QuotedState_goldenSetId_promptHash_fkey" FOREIGN KEY ("goldenSetId", "promptHash") REFERENCES "QuotationSearch" ("goldenSetId", "promptHash") ON DELETE CASCADE ON UPDATE CASCADE
);
