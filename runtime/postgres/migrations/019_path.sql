-- At which node of the plan something happened: the way of an application is shown in the plan's picture.
ALTER TABLE timeline ADD node text NOT NULL DEFAULT '';
