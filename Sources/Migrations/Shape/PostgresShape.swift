import SQL

/// Reads Postgres' catalogs. What can be said in one statement comes from the server's own `pg_get_…def`.
enum PostgresShape {
    static func objects(on connection: any Connection) throws -> [SchemaObject] {
        let parts = queries.map { kind, query in
            "SELECT '\(kind.rawValue)', name, definition, statement FROM (\(query)) AS objects (name, definition, statement)"
        }
        let objects = try connection.all(
            SQLText(sqlite: "", postgres: parts.joined(separator: "\nUNION ALL\n")), []
        ) { row in
            SchemaObject(
                kind: SchemaObject.Kind(rawValue: try row.text()) ?? .table, name: try row.text(),
                definition: try row.text(), statement: try row.optional(row.text))
        }
        return objects.filter { object in
            !object.name.split(separator: ".").contains { Ledger.tables.contains(String($0)) }
        }
    }

    /// A name with quotes where they are needed and without `public.`, and the filter that leaves out the system's schemas
    /// and what extensions made.
    private static func name(_ parts: String...) -> String {
        let quoted = parts.map { "quote_ident(\($0))" }.joined(separator: " || '.' || ")
        return "CASE WHEN space.nspname = 'public' THEN '' ELSE quote_ident(space.nspname) || '.' END || \(quoted)"
    }

    private static func own(_ oid: String, _ catalog: String) -> String {
        """
        space.nspname !~ '^pg_' AND space.nspname <> 'information_schema'
        AND NOT EXISTS (
            SELECT FROM pg_depend WHERE classid = '\(catalog)'::regclass AND objid = \(oid) AND deptype = 'e')
        """
    }

    /// Each gives a name, a definition, and the statement that makes the object, or NULL.
    private static let queries: [(SchemaObject.Kind, String)] = [
        (
            .schema,
            """
            SELECT nspname::text, '', 'CREATE SCHEMA ' || quote_ident(nspname)
            FROM pg_namespace
            WHERE nspname !~ '^pg_' AND nspname NOT IN ('information_schema', 'public')
            """
        ),
        (
            .extension,
            """
            SELECT extname::text, extversion::text, 'CREATE EXTENSION ' || quote_ident(extname)
            FROM pg_extension
            WHERE extname <> 'plpgsql'
            """
        ),
        (
            .type,
            """
            SELECT \(name("typname")),
                'ENUM (' || string_agg(quote_literal(enumlabel), ', ' ORDER BY enumsortorder) || ')',
                'CREATE TYPE ' || pg_type.oid::regtype || ' AS ENUM ('
                    || string_agg(quote_literal(enumlabel), ', ' ORDER BY enumsortorder) || ')'
            FROM pg_type JOIN pg_namespace AS space ON space.oid = typnamespace JOIN pg_enum ON enumtypid = pg_type.oid
            WHERE \(own("pg_type.oid", "pg_type"))
            GROUP BY pg_type.oid, space.nspname, typname
            UNION ALL
            SELECT \(name("typname")),
                'DOMAIN ' || format_type(typbasetype, typtypmod) || CASE WHEN typnotnull THEN ' NOT NULL' ELSE '' END
                    || COALESCE(' DEFAULT ' || typdefault, '')
                    || COALESCE((SELECT string_agg(' ' || pg_get_constraintdef(oid, true), '' ORDER BY conname)
                        FROM pg_constraint WHERE contypid = pg_type.oid), ''),
                NULL
            FROM pg_type JOIN pg_namespace AS space ON space.oid = typnamespace
            WHERE typtype = 'd' AND \(own("pg_type.oid", "pg_type"))
            UNION ALL
            SELECT \(name("typname")),
                'COMPOSITE (' || (SELECT string_agg(attname || ' ' || format_type(atttypid, atttypmod), ', ' ORDER BY attnum)
                    FROM pg_attribute WHERE attrelid = typrelid AND attnum > 0 AND NOT attisdropped) || ')',
                NULL
            FROM pg_type JOIN pg_namespace AS space ON space.oid = typnamespace JOIN pg_class ON pg_class.oid = typrelid
            WHERE relkind = 'c' AND \(own("pg_type.oid", "pg_type"))
            """
        ),
        (
            .sequence,
            """
            SELECT \(name("relname")),
                format_type(seqtypid, NULL) || ' START ' || seqstart || ' INCREMENT ' || seqincrement || ' MIN ' || seqmin
                    || ' MAX ' || seqmax || CASE WHEN seqcycle THEN ' CYCLE' ELSE '' END,
                CASE WHEN EXISTS (SELECT FROM pg_depend WHERE objid = pg_class.oid AND deptype = 'i') THEN NULL
                ELSE 'CREATE SEQUENCE ' || pg_class.oid::regclass || ' AS ' || format_type(seqtypid, NULL)
                    || ' INCREMENT ' || seqincrement || ' MINVALUE ' || seqmin || ' MAXVALUE ' || seqmax || ' START '
                    || seqstart || CASE WHEN seqcycle THEN ' CYCLE' ELSE '' END END
            FROM pg_class JOIN pg_namespace AS space ON space.oid = relnamespace JOIN pg_sequence ON seqrelid = pg_class.oid
            WHERE \(own("pg_class.oid", "pg_class"))
            """
        ),
        (
            .function,
            """
            SELECT \(name("proname")) || '(' || pg_get_function_identity_arguments(pg_proc.oid) || ')',
                pg_get_functiondef(pg_proc.oid), pg_get_functiondef(pg_proc.oid)
            FROM pg_proc JOIN pg_namespace AS space ON space.oid = pronamespace
            WHERE prokind IN ('f', 'p') AND \(own("pg_proc.oid", "pg_proc"))
            """
        ),
        (
            .table,
            """
            SELECT \(name("relname")),
                concat_ws(' ', CASE relpersistence WHEN 'u' THEN 'UNLOGGED' END,
                    CASE WHEN relispartition THEN 'PARTITION OF '
                        || (SELECT inhparent::regclass FROM pg_inherits WHERE inhrelid = pg_class.oid) || ' '
                        || pg_get_expr(relpartbound, pg_class.oid) END,
                    CASE WHEN relkind = 'p' THEN 'PARTITION BY ' || pg_get_partkeydef(pg_class.oid) END,
                    CASE WHEN reloptions IS NOT NULL THEN 'WITH (' || array_to_string(reloptions, ', ') || ')' END),
                NULL
            FROM pg_class JOIN pg_namespace AS space ON space.oid = relnamespace
            WHERE relkind IN ('r', 'p') AND \(own("pg_class.oid", "pg_class"))
            """
        ),
        (
            .column,
            """
            SELECT \(name("relname", "attname")),
                format_type(atttypid, atttypmod)
                    || CASE WHEN attcollation <> typcollation
                        THEN ' COLLATE ' || (SELECT quote_ident(collname) FROM pg_collation WHERE oid = attcollation) ELSE '' END
                    || CASE WHEN attnotnull THEN ' NOT NULL' ELSE '' END
                    || CASE attidentity WHEN 'a' THEN ' GENERATED ALWAYS AS IDENTITY'
                        WHEN 'd' THEN ' GENERATED BY DEFAULT AS IDENTITY' ELSE '' END
                    || CASE WHEN attgenerated = 's' THEN ' GENERATED ALWAYS AS (' || pg_get_expr(adbin, adrelid) || ') STORED'
                        ELSE COALESCE(' DEFAULT ' || pg_get_expr(adbin, adrelid), '') END,
                NULL
            FROM pg_attribute
            JOIN pg_class ON pg_class.oid = attrelid
            JOIN pg_namespace AS space ON space.oid = relnamespace
            JOIN pg_type ON pg_type.oid = atttypid
            LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum
            WHERE relkind IN ('r', 'p') AND attnum > 0 AND NOT attisdropped AND \(own("pg_class.oid", "pg_class"))
            """
        ),
        (
            .constraint,
            """
            SELECT \(name("relname", "conname")), pg_get_constraintdef(pg_constraint.oid, true), NULL
            FROM pg_constraint
            JOIN pg_class ON pg_class.oid = conrelid
            JOIN pg_namespace AS space ON space.oid = relnamespace
            WHERE contype <> 't' AND \(own("pg_class.oid", "pg_class"))
            """
        ),
        (
            .index,
            """
            SELECT \(name("relname")),
                pg_get_indexdef(indexrelid) || CASE WHEN indisvalid THEN '' ELSE ' INVALID' END,
                CASE WHEN NOT relispartition THEN replace(pg_get_indexdef(indexrelid), ' ON ONLY ', ' ON ') END
            FROM pg_index
            JOIN pg_class ON pg_class.oid = indexrelid
            JOIN pg_namespace AS space ON space.oid = relnamespace
            WHERE NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = indexrelid AND contype IN ('p', 'u', 'x'))
                AND \(own("pg_class.oid", "pg_class"))
            """
        ),
        (
            .view,
            """
            SELECT \(name("relname")),
                COALESCE('WITH (' || array_to_string(reloptions, ', ') || ') ', '') || pg_get_viewdef(pg_class.oid, true),
                'CREATE ' || CASE relkind WHEN 'm' THEN 'MATERIALIZED ' ELSE '' END || 'VIEW ' || pg_class.oid::regclass
                    || COALESCE(' WITH (' || array_to_string(reloptions, ', ') || ')', '')
                    || ' AS' || chr(10) || rtrim(pg_get_viewdef(pg_class.oid, true), ';')
            FROM pg_class JOIN pg_namespace AS space ON space.oid = relnamespace
            WHERE relkind IN ('v', 'm') AND \(own("pg_class.oid", "pg_class"))
            """
        ),
        (
            .trigger,
            """
            SELECT \(name("relname", "tgname")),
                pg_get_triggerdef(pg_trigger.oid, true) || CASE tgenabled WHEN 'O' THEN '' ELSE ' (fires: ' || tgenabled::text || ')' END,
                pg_get_triggerdef(pg_trigger.oid, true)
            FROM pg_trigger
            JOIN pg_class ON pg_class.oid = tgrelid
            JOIN pg_namespace AS space ON space.oid = relnamespace
            WHERE NOT tgisinternal AND \(own("pg_class.oid", "pg_class"))
            """
        ),
        (
            .security,
            """
            SELECT \(name("relname")),
                concat_ws('; ', CASE WHEN relrowsecurity THEN 'ENABLE ROW LEVEL SECURITY' END,
                    CASE WHEN relforcerowsecurity THEN 'FORCE ROW LEVEL SECURITY' END,
                    (SELECT string_agg(
                        'GRANT ' || privilege_type || ' TO ' || CASE grantee WHEN 0 THEN 'PUBLIC' ELSE grantee::regrole::text END,
                        '; ' ORDER BY privilege_type, grantee::regrole::text)
                    FROM aclexplode(relacl) WHERE grantee <> relowner)),
                NULL
            FROM pg_class JOIN pg_namespace AS space ON space.oid = relnamespace
            WHERE relkind IN ('r', 'p', 'v', 'm') AND \(own("pg_class.oid", "pg_class"))
                AND (relrowsecurity OR relforcerowsecurity
                    OR EXISTS (SELECT FROM aclexplode(relacl) WHERE grantee <> relowner))
            """
        ),
        (
            .policy,
            """
            SELECT \(name("relname", "polname")),
                concat_ws(' ', CASE WHEN polpermissive THEN 'PERMISSIVE' ELSE 'RESTRICTIVE' END, 'FOR ' || polcmd::text,
                    'TO ' || (SELECT string_agg(CASE role WHEN 0 THEN 'PUBLIC' ELSE role::regrole::text END, ', ')
                        FROM unnest(polroles) AS role),
                    'USING (' || pg_get_expr(polqual, polrelid) || ')',
                    'WITH CHECK (' || pg_get_expr(polwithcheck, polrelid) || ')'),
                NULL
            FROM pg_policy
            JOIN pg_class ON pg_class.oid = polrelid
            JOIN pg_namespace AS space ON space.oid = relnamespace
            WHERE \(own("pg_class.oid", "pg_class"))
            """
        ),
        (
            .comment,
            """
            SELECT \(name("relname")) || COALESCE('.' || quote_ident(attname), ''), description,
                'COMMENT ON ' || CASE WHEN attname IS NULL THEN 'TABLE ' || pg_class.oid::regclass
                    ELSE 'COLUMN ' || pg_class.oid::regclass || '.' || quote_ident(attname) END || ' IS ' || quote_literal(description)
            FROM pg_description
            JOIN pg_class ON pg_class.oid = objoid AND classoid = 'pg_class'::regclass
            JOIN pg_namespace AS space ON space.oid = relnamespace
            LEFT JOIN pg_attribute ON attrelid = objoid AND attnum = objsubid AND objsubid > 0
            WHERE \(own("pg_class.oid", "pg_class"))
            """
        ),
    ]
}
