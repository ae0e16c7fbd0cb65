-- what a correction has made less (runtime/payment) --------------------------------------------------------------------------------
-- What was frozen stays. What has become less than was paid is frozen beside what is asked for, and goes back as a refund of the payments it names.
ALTER TABLE assessment ADD less jsonb NOT NULL DEFAULT '[]'; -- [{node, visit, lines: [{fee, amount}]}], amounts below zero
