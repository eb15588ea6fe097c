internal import GRDB

/// The tables of a run file. A change of the schema is a new migration and a new version.
enum RunSchema {
  /// `TRIB`, in the header of every run file.
  static let applicationID: Int32 = 0x5452_4942
  /// The version that this program reads and writes.
  static let version = 3
  /// The oldest version that is read as it is.
  static let oldestReadVersion = 2
  /// Imported systems, judges and annotators come after those of a study, whose positions follow from its plan.
  static let firstImportedPosition = 1_000_000

  static var migrator: DatabaseMigrator {
    var migrator = DatabaseMigrator()
    migrator.registerMigration("1") { db in
      try db.execute(
        sql: """
          CREATE TABLE study (
            hash TEXT PRIMARY KEY, name TEXT NOT NULL, summary TEXT NOT NULL, caution TEXT, json TEXT NOT NULL
          ) STRICT;
          CREATE TABLE prompt (
            id TEXT PRIMARY KEY, position INTEGER NOT NULL UNIQUE, name TEXT NOT NULL, text TEXT NOT NULL,
            kind TEXT NOT NULL, category TEXT
          ) STRICT;
          CREATE TABLE model (
            name TEXT PRIMARY KEY, position INTEGER NOT NULL UNIQUE, id TEXT NOT NULL, source TEXT NOT NULL,
            facts TEXT NOT NULL
          ) STRICT;
          CREATE TABLE direction (
            model TEXT NOT NULL REFERENCES model(name), edit TEXT NOT NULL, hash TEXT NOT NULL, layer INTEGER NOT NULL,
            norms TEXT NOT NULL, trials TEXT NOT NULL, vector BLOB NOT NULL,
            PRIMARY KEY (model, edit)
          ) STRICT;
          CREATE TABLE system (
            id TEXT PRIMARY KEY, position INTEGER NOT NULL UNIQUE, name TEXT NOT NULL,
            model TEXT NOT NULL REFERENCES model(name), edit TEXT NOT NULL, facts TEXT NOT NULL
          ) STRICT;
          CREATE TABLE response (
            system TEXT NOT NULL REFERENCES system(id), prompt TEXT NOT NULL REFERENCES prompt(id),
            sample INTEGER NOT NULL, text TEXT NOT NULL, tokens BLOB NOT NULL, tokenCount INTEGER NOT NULL,
            finish TEXT NOT NULL, flags TEXT NOT NULL, item TEXT NOT NULL, respondentItem TEXT NOT NULL,
            PRIMARY KEY (system, prompt, sample)
          ) STRICT, WITHOUT ROWID;
          CREATE TABLE judge (
            name TEXT PRIMARY KEY, position INTEGER NOT NULL UNIQUE, id TEXT NOT NULL, kind TEXT NOT NULL,
            status TEXT NOT NULL, statusDetail TEXT, configuration TEXT NOT NULL, seesRespondent INTEGER NOT NULL,
            log TEXT NOT NULL
          ) STRICT;
          CREATE TABLE verdict (
            judge TEXT NOT NULL, item TEXT NOT NULL, outcome TEXT NOT NULL, reason TEXT, score REAL, raw TEXT,
            reading TEXT NOT NULL, detail TEXT, evidence TEXT NOT NULL, attempts INTEGER NOT NULL,
            seconds REAL NOT NULL,
            PRIMARY KEY (judge, item)
          ) STRICT, WITHOUT ROWID;
          CREATE TABLE annotator (
            name TEXT PRIMARY KEY, position INTEGER NOT NULL UNIQUE, kind TEXT NOT NULL
          ) STRICT;
          CREATE TABLE annotation (
            annotator TEXT NOT NULL REFERENCES annotator(name), item TEXT NOT NULL, pass INTEGER NOT NULL,
            label TEXT, note TEXT,
            PRIMARY KEY (annotator, item, pass)
          ) STRICT, WITHOUT ROWID;
          CREATE TABLE fact (
            position INTEGER PRIMARY KEY, grp TEXT NOT NULL, name TEXT NOT NULL, value TEXT NOT NULL,
            UNIQUE (grp, name)
          ) STRICT;
          """
      )
    }
    migrator.registerMigration("2") { db in
      try db.execute(
        sql: """
          ALTER TABLE verdict ADD COLUMN scaleLabel TEXT;
          ALTER TABLE verdict ADD COLUMN cacheTime TEXT;
          ALTER TABLE verdict ADD COLUMN cacheVersion TEXT;
          CREATE TABLE judgeCheck (
            judge TEXT NOT NULL, time TEXT NOT NULL, card TEXT NOT NULL,
            PRIMARY KEY (judge, time)
          ) STRICT, WITHOUT ROWID;
          -- An ordinary table: rows as long as answers spill out of an index's pages, which took three times the space.
          CREATE TABLE longResponse (
            system TEXT NOT NULL REFERENCES system(id), prompt TEXT NOT NULL REFERENCES prompt(id),
            sample INTEGER NOT NULL, text TEXT NOT NULL, tokens BLOB NOT NULL, tokenCount INTEGER NOT NULL,
            finish TEXT NOT NULL, flags TEXT NOT NULL, item TEXT NOT NULL, respondentItem TEXT NOT NULL,
            PRIMARY KEY (system, prompt, sample)
          ) STRICT;
          INSERT INTO longResponse SELECT * FROM response;
          DROP TABLE response;
          ALTER TABLE longResponse RENAME TO response;
          """
      )
    }
    registerElsewhere(&migrator)
    migrator.registerMigration("3") { db in
      try db.execute(
        sql: """
          ALTER TABLE response ADD COLUMN reasoning TEXT;
          -- All that was generated, where that is another text than the answer.
          ALTER TABLE response ADD COLUMN raw TEXT;
          """
      )
    }
    return migrator
  }

  /// Systems that answer elsewhere: answers that did not come, and edits by declaration.
  private static func registerElsewhere(_ migrator: inout DatabaseMigrator) {
    migrator.registerMigration("elsewhere") { db in
      try db.execute(
        sql: """
          ALTER TABLE system ADD COLUMN originalModel TEXT;
          CREATE TABLE gap (
            system TEXT NOT NULL REFERENCES system(id), prompt TEXT NOT NULL REFERENCES prompt(id),
            sample INTEGER NOT NULL, reason TEXT NOT NULL, detail TEXT, requests INTEGER NOT NULL,
            PRIMARY KEY (system, prompt, sample)
          ) STRICT;
          """
      )
    }
  }
}
