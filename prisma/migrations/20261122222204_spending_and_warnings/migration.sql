-- AlterTable
ALTER TABLE "Replay" ADD COLUMN "spentUsd" REAL;
ALTER TABLE "Replay" ADD COLUMN "warnings" JSONB;

-- CreateTable
CREATE TABLE "SpendingReservation" (
    "owner" TEXT NOT NULL PRIMARY KEY,
    "usd" REAL NOT NULL,
    "expiresAt" REAL NOT NULL
);
