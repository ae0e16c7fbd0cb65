-- document (runtime/document): whether its holder gets a paper as a file ------------------------------------------------------------------------------
ALTER TABLE document ADD withheld boolean NOT NULL DEFAULT false; -- it reaches its holder otherwise, at an office or by post; officers open it to print it
-- delivery (runtime/delivery): every page of the desk asks whether an authority has post ------------------------------------------------------------------
CREATE INDEX post_of ON post (authority);
