-- The directory's connector space. Attributes are packed as the engine packs them; nothing here looks inside.
CREATE TABLE directory_object (
    guid       BLOB PRIMARY KEY NOT NULL,
    dn         TEXT NOT NULL,
    parent     BLOB,
    attributes BLOB NOT NULL,
    error      TEXT
) STRICT;

-- The tenant's connector space: what the tenant confirmed, and the export memory.
CREATE TABLE tenant_record (
    anchor    TEXT PRIMARY KEY NOT NULL,
    guid      BLOB,
    detail    TEXT NOT NULL,
    confirmed BLOB,
    pending   BLOB
) STRICT;

-- Cursors, fingerprint and counters, as JSON by name.
CREATE TABLE setting (
    name  TEXT PRIMARY KEY NOT NULL,
    value TEXT NOT NULL
) STRICT;
