-- DropIndex
DROP INDEX "GoldenCase_goldenSetId_position_fromRevision_untilRevision_caseId_idx";

-- CreateIndex
CREATE INDEX "GoldenCase_goldenSetId_position_fromRevision_untilRevision_caseId_label_mustPass_split_facets_idx" ON "GoldenCase"("goldenSetId", "position", "fromRevision", "untilRevision", "caseId", "label", "mustPass", "split", "facets");
