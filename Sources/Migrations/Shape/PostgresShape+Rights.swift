/// Who may do what, what is said of objects, and what is set at them. All of it is made when the objects stand.
extension PostgresShape {
    static let ofRights: [Query] = [
        Query(
            .security,
            """
            SELECT \(name("relname")),
                concat_ws('; ', CASE WHEN relrowsecurity THEN 'ENABLE ROW LEVEL SECURITY' END,
                    CASE WHEN relforcerowsecurity THEN 'FORCE ROW LEVEL SECURITY' END),
                concat_ws(';' || chr(10),
                    CASE WHEN relrowsecurity THEN 'ALTER TABLE ' || pg_class.oid::regclass || ' ENABLE ROW LEVEL SECURITY' END,
                    CASE WHEN relforcerowsecurity THEN 'ALTER TABLE ' || pg_class.oid::regclass || ' FORCE ROW LEVEL SECURITY' END),
                NULL::oid, NULL::oid, NULL::oid
            FROM pg_class JOIN pg_namespace AS space ON space.oid = relnamespace
            WHERE (relrowsecurity OR relforcerowsecurity) AND \(own("pg_class.oid", "pg_class"))
            """),
        Query(
            .policy,
            """
            SELECT \(name("relname", "polname")), words,
                'CREATE POLICY ' || quote_ident(polname) || ' ON ' || polrelid::regclass || ' AS ' || words, NULL, NULL, NULL
            FROM pg_policy
            JOIN pg_class ON pg_class.oid = polrelid
            JOIN pg_namespace AS space ON space.oid = relnamespace
            CROSS JOIN LATERAL concat_ws(' ', CASE WHEN polpermissive THEN 'PERMISSIVE' ELSE 'RESTRICTIVE' END,
                'FOR ' || CASE polcmd WHEN 'r' THEN 'SELECT' WHEN 'a' THEN 'INSERT' WHEN 'w' THEN 'UPDATE' WHEN 'd' THEN 'DELETE' ELSE 'ALL' END,
                'TO ' || (SELECT string_agg(role, ', ' ORDER BY role)
                    FROM unnest(polroles) AS id, LATERAL (SELECT CASE id WHEN 0 THEN 'PUBLIC' ELSE id::regrole::text END) AS named (role)),
                'USING (' || pg_get_expr(polqual, polrelid) || ')',
                'WITH CHECK (' || pg_get_expr(polwithcheck, polrelid) || ')') AS words
            WHERE \(own("pg_class.oid", "pg_class"))
            """),
        Query(
            .setting,
            """
            SELECT 'storage of ' || \(name("relname", "attname")),
                CASE attstorage WHEN 'p' THEN 'PLAIN' WHEN 'e' THEN 'EXTERNAL' WHEN 'm' THEN 'MAIN' ELSE 'EXTENDED' END,
                \(alterColumn) || ' SET STORAGE '
                    || CASE attstorage WHEN 'p' THEN 'PLAIN' WHEN 'e' THEN 'EXTERNAL' WHEN 'm' THEN 'MAIN' ELSE 'EXTENDED' END,
                NULL, NULL, NULL
            FROM pg_attribute
            JOIN pg_type ON pg_type.oid = atttypid
            JOIN pg_class ON pg_class.oid = attrelid
            JOIN pg_namespace AS space ON space.oid = relnamespace
            WHERE attstorage <> typstorage AND \(columnsOfOwn)
            """),
        Query(
            .setting,
            """
            SELECT 'compression of ' || \(name("relname", "attname")), CASE attcompression WHEN 'l' THEN 'lz4' ELSE 'pglz' END,
                \(alterColumn) || ' SET COMPRESSION ' || CASE attcompression WHEN 'l' THEN 'lz4' ELSE 'pglz' END, NULL, NULL, NULL
            FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid JOIN pg_namespace AS space ON space.oid = relnamespace
            WHERE attcompression <> '' AND \(columnsOfOwn)
            """),
        Query(
            .setting,
            """
            SELECT 'statistics of ' || \(name("relname", "attname")), attstattarget::text,
                \(alterColumn) || ' SET STATISTICS ' || attstattarget, NULL, NULL, NULL
            FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid JOIN pg_namespace AS space ON space.oid = relnamespace
            WHERE attstattarget >= 0 AND \(columnsOfOwn)
            """),
        Query(
            .setting,
            """
            SELECT 'options of ' || \(name("relname", "attname")), array_to_string(attoptions, ', '),
                \(alterColumn) || ' SET (' || array_to_string(attoptions, ', ') || ')', NULL, NULL, NULL
            FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid JOIN pg_namespace AS space ON space.oid = relnamespace
            WHERE attoptions IS NOT NULL AND \(columnsOfOwn)
            """),
        Query(
            .setting,
            """
            SELECT 'statistics of ' || \(name("stxname")), stxstattarget::text,
                'ALTER STATISTICS ' || \(name("stxname")) || ' SET STATISTICS ' || stxstattarget, NULL, NULL, NULL
            FROM pg_statistic_ext JOIN pg_namespace AS space ON space.oid = stxnamespace
            WHERE stxstattarget >= 0 AND \(own("pg_statistic_ext.oid", "pg_statistic_ext"))
            """),
        Query(
            .setting,
            """
            SELECT 'owner of ' || \(name("relname")), refobjid::regclass || '.' || quote_ident(attname),
                'ALTER SEQUENCE ' || pg_class.oid::regclass || ' OWNED BY ' || refobjid::regclass || '.' || quote_ident(attname),
                NULL, NULL, NULL
            FROM pg_class
            JOIN pg_namespace AS space ON space.oid = relnamespace
            JOIN pg_depend ON classid = 'pg_class'::regclass AND objid = pg_class.oid AND deptype = 'a' AND refclassid = 'pg_class'::regclass
            JOIN pg_attribute ON attrelid = refobjid AND attnum = refobjsubid
            WHERE relkind = 'S' AND \(own("pg_class.oid", "pg_class"))
            """),
        Query(
            .setting,
            """
            SELECT 'replica identity of ' || \(name("relname")), identity,
                'ALTER TABLE ' || pg_class.oid::regclass || ' REPLICA IDENTITY ' || identity, NULL, NULL, NULL
            FROM pg_class
            JOIN pg_namespace AS space ON space.oid = relnamespace
            CROSS JOIN LATERAL (SELECT CASE relreplident WHEN 'f' THEN 'FULL' WHEN 'n' THEN 'NOTHING' ELSE 'USING INDEX '
                || COALESCE((SELECT quote_ident(named.relname) FROM pg_index JOIN pg_class AS named ON named.oid = indexrelid
                    WHERE indrelid = pg_class.oid AND indisreplident), '') END) AS chosen (identity)
            WHERE relkind IN ('r', 'p') AND relreplident <> 'd' AND \(own("pg_class.oid", "pg_class"))
            """),
        Query(
            .setting,
            """
            SELECT 'order of ' || \(name("pg_class.relname")), quote_ident(named.relname),
                'ALTER TABLE ' || pg_class.oid::regclass || ' CLUSTER ON ' || quote_ident(named.relname), NULL, NULL, NULL
            FROM pg_index
            JOIN pg_class AS named ON named.oid = indexrelid
            JOIN pg_class ON pg_class.oid = indrelid
            JOIN pg_namespace AS space ON space.oid = pg_class.relnamespace
            WHERE indisclustered AND \(own("pg_class.oid", "pg_class"))
            """),
        Query(
            .setting,
            """
            SELECT 'long values of ' || \(name("relname")), words,
                'ALTER TABLE ' || pg_class.oid::regclass || ' SET (' || words || ')', NULL, NULL, NULL
            FROM pg_class
            JOIN pg_namespace AS space ON space.oid = relnamespace
            CROSS JOIN LATERAL (SELECT string_agg('toast.' || option, ', ')
                FROM pg_class AS toast, unnest(toast.reloptions) AS option WHERE toast.oid = pg_class.reltoastrelid) AS options (words)
            WHERE reltoastrelid <> 0 AND words IS NOT NULL AND \(own("pg_class.oid", "pg_class"))
            """),
        Query(
            .setting,
            """
            SELECT 'database ' || key, value,
                'DO $do$ BEGIN EXECUTE ''ALTER DATABASE '' || quote_ident(current_database()) || '
                    || quote_literal(' SET ' || quote_ident(key) || ' = ' || CASE WHEN key LIKE '%search_path' OR key LIKE '%libraries'
                        OR key = 'temp_tablespaces' THEN value ELSE quote_literal(value) END) || '; END $do$', NULL, NULL, NULL
            FROM pg_db_role_setting
            CROSS JOIN LATERAL unnest(setconfig) AS each
            CROSS JOIN LATERAL (SELECT split_part(each, '=', 1), substr(each, strpos(each, '=') + 1)) AS pair (key, value)
            WHERE setrole = 0 AND setdatabase = (SELECT oid FROM pg_database WHERE datname = current_database())
            """),
        Query(
            .publication, since: 15,
            """
            SELECT quote_ident(pubname), words, 'CREATE PUBLICATION ' || quote_ident(pubname) || words, NULL, NULL, NULL
            FROM pg_publication
            CROSS JOIN LATERAL (
                SELECT string_agg(part, ', ' ORDER BY part)
                FROM (
                    SELECT 'TABLE ONLY ' || prrelid::regclass || COALESCE(' (' || (SELECT string_agg(quote_ident(attname), ', ' ORDER BY attname)
                            FROM unnest(prattrs) AS number JOIN pg_attribute ON attrelid = prrelid AND attnum = number) || ')', '')
                        || COALESCE(' WHERE (' || pg_get_expr(prqual, prrelid) || ')', '')
                    FROM pg_publication_rel WHERE prpubid = pg_publication.oid
                    UNION ALL
                    SELECT 'TABLES IN SCHEMA ' || pnnspid::regnamespace FROM pg_publication_namespace WHERE pnpubid = pg_publication.oid
                ) AS each (part)) AS told (parts)
            CROSS JOIN LATERAL concat(CASE WHEN puballtables THEN ' FOR ALL TABLES' ELSE ' FOR ' || parts END, ' WITH (publish = ',
                quote_literal(concat_ws(', ', CASE WHEN pubinsert THEN 'insert' END, CASE WHEN pubupdate THEN 'update' END,
                    CASE WHEN pubdelete THEN 'delete' END, CASE WHEN pubtruncate THEN 'truncate' END)),
                CASE WHEN pubviaroot THEN ', publish_via_partition_root = true' END, ')') AS words
            """),
        Query(
            .eventTrigger,
            """
            SELECT quote_ident(evtname), words || \(fires("evtenabled")),
                'CREATE EVENT TRIGGER ' || quote_ident(evtname) || ' ' || words
                    || \(enabling("evtenabled", "'ALTER EVENT TRIGGER ' || quote_ident(evtname)", "''"))
                    || COALESCE(';' || chr(10) || 'COMMENT ON EVENT TRIGGER ' || quote_ident(evtname) || ' IS '
                        || quote_literal(obj_description(pg_event_trigger.oid, 'pg_event_trigger')), ''),
                NULL, NULL, NULL
            FROM pg_event_trigger
            CROSS JOIN LATERAL concat('ON ', evtevent,
                ' WHEN TAG IN (' || (SELECT string_agg(quote_literal(tag), ', ') FROM unnest(evttags) AS tag) || ')',
                ' EXECUTE FUNCTION ', evtfoid::regproc, '()') AS words
            WHERE \(noExtensions("pg_event_trigger.oid", "pg_event_trigger"))
            """),
        Query(
            .comment,
            """
            SELECT CASE WHEN classoid = 'pg_class'::regclass THEN regexp_replace(identity, '^public\\.', '') ELSE type || ' ' || identity END,
                description,
                CASE WHEN type <> 'event trigger' THEN 'COMMENT ON ' || CASE
                    WHEN type LIKE '%column' THEN 'COLUMN ' || identity
                    WHEN type = 'table constraint' THEN 'CONSTRAINT ' || identity
                    WHEN type = 'domain constraint' THEN (SELECT 'CONSTRAINT ' || quote_ident(conname) || ' ON DOMAIN ' || contypid::regtype
                        FROM pg_constraint WHERE oid = objoid)
                    WHEN type = 'statistics object' THEN 'STATISTICS ' || identity
                    WHEN type = 'foreign-data wrapper' THEN 'FOREIGN DATA WRAPPER ' || identity
                    ELSE upper(type) || ' ' || identity END || ' IS ' || quote_literal(description) END,
                NULL, NULL, NULL
            FROM pg_description
            CROSS JOIN LATERAL pg_identify_object(classoid, objoid, objsubid) AS named
            WHERE objoid >= 16384 AND type IS NOT NULL AND (schema IS NULL OR schema !~ '^pg_' AND schema <> 'information_schema')
                AND classoid <> 'pg_largeobject'::regclass
                AND NOT EXISTS (SELECT FROM pg_depend WHERE classid = classoid AND objid = objoid AND deptype = 'e')
            """),
        Query(
            .privilege,
            """
            SELECT held.name || ' to ' || CASE grantee WHEN 0 THEN 'PUBLIC' WHEN owner THEN 'its owner' ELSE grantee::regrole::text END,
                COALESCE(privileges, 'none'),
                concat_ws(';' || chr(10),
                    CASE WHEN had THEN prefix || 'REVOKE ALL ON ' || target || ' FROM ' || who END,
                    prefix || 'GRANT ' || plain || ' ON ' || target || ' TO ' || who,
                    prefix || 'GRANT ' || passed || ' ON ' || target || ' TO ' || who || ' WITH GRANT OPTION'), NULL, NULL, NULL
            FROM (\(held)) AS held (name, prefix, target, suffix, owner, acl, base)
            CROSS JOIN LATERAL (
                SELECT grantee, now.privileges, plain, passed, base.privileges IS NOT NULL AS had
                FROM (\(privileges("held.acl"))) AS now (grantee, privileges, plain, passed)
                FULL JOIN (\(privileges("held.base"))) AS base (grantee, privileges) USING (grantee)
                WHERE now.privileges IS DISTINCT FROM base.privileges) AS given
            CROSS JOIN LATERAL (SELECT CASE grantee WHEN 0 THEN 'PUBLIC' WHEN owner THEN 'CURRENT_USER' ELSE grantee::regrole::text END)
                AS named (who)
            """),
    ]

    private static let alterColumn =
        "'ALTER TABLE ' || attrelid::regclass || ' ALTER COLUMN ' || quote_ident(attname)"

    private static let columnsOfOwn =
        "relkind IN ('r', 'p', 'm', 'f') AND attnum > 0 AND NOT attisdropped AND \(own("pg_class.oid", "pg_class"))"

    /// What an access list gives to each of those whom it names.
    private static func privileges(_ acl: String) -> String {
        """
        SELECT grantee, string_agg(DISTINCT privilege_type || suffix || CASE WHEN is_grantable THEN ' WITH GRANT OPTION' ELSE '' END, ', '),
            string_agg(DISTINCT privilege_type || suffix, ', ') FILTER (WHERE NOT is_grantable),
            string_agg(DISTINCT privilege_type || suffix, ', ') FILTER (WHERE is_grantable)
        FROM aclexplode(\(acl))
        GROUP BY grantee
        """
    }

    /// Every access list that is not the usual one, and what would be usual.
    private static let held = """
        SELECT CASE relkind WHEN 'S' THEN 'sequence ' ELSE 'table ' END || \(name("relname")), '',
            CASE relkind WHEN 'S' THEN 'SEQUENCE ' ELSE 'TABLE ' END || pg_class.oid::regclass, '', relowner, relacl,
            acldefault(CASE relkind WHEN 'S' THEN 's'::"char" ELSE 'r' END, relowner)
        FROM pg_class JOIN pg_namespace AS space ON space.oid = relnamespace
        WHERE relacl IS NOT NULL AND \(own("pg_class.oid", "pg_class"))
        UNION ALL
        SELECT 'column ' || \(name("relname", "attname")), '', 'TABLE ' || attrelid::regclass, ' (' || quote_ident(attname) || ')',
            relowner, attacl, NULL
        FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid JOIN pg_namespace AS space ON space.oid = relnamespace
        WHERE attacl IS NOT NULL AND attnum > 0 AND NOT attisdropped AND \(own("pg_class.oid", "pg_class"))
        UNION ALL
        SELECT 'schema ' || quote_ident(space.nspname), '', 'SCHEMA ' || quote_ident(space.nspname), '', nspowner, nspacl,
            array_remove(acldefault('n', nspowner) || CASE WHEN nspname = 'public' THEN makeaclitem(0, nspowner, 'USAGE', false) END, NULL)
        FROM pg_namespace AS space
        WHERE nspacl IS NOT NULL AND \(own("space.oid", "pg_namespace"))
        UNION ALL
        SELECT 'function ' || \(name("proname")) || '(' || pg_get_function_identity_arguments(pg_proc.oid) || ')', '',
            'ROUTINE ' || pg_proc.oid::regprocedure, '', proowner, proacl, acldefault('f', proowner)
        FROM pg_proc JOIN pg_namespace AS space ON space.oid = pronamespace
        WHERE proacl IS NOT NULL AND \(own("pg_proc.oid", "pg_proc"))
        UNION ALL
        SELECT 'type ' || \(name("typname")), '', CASE typtype WHEN 'd' THEN 'DOMAIN ' ELSE 'TYPE ' END || pg_type.oid::regtype, '',
            typowner, typacl, acldefault('T', typowner)
        FROM pg_type JOIN pg_namespace AS space ON space.oid = typnamespace
        WHERE typacl IS NOT NULL AND \(own("pg_type.oid", "pg_type"))
        UNION ALL
        SELECT 'foreign data wrapper ' || quote_ident(fdwname), '', 'FOREIGN DATA WRAPPER ' || quote_ident(fdwname), '', fdwowner, fdwacl,
            acldefault('F', fdwowner)
        FROM pg_foreign_data_wrapper WHERE fdwacl IS NOT NULL
        UNION ALL
        SELECT 'server ' || quote_ident(srvname), '', 'FOREIGN SERVER ' || quote_ident(srvname), '', srvowner, srvacl,
            acldefault('S', srvowner)
        FROM pg_foreign_server WHERE srvacl IS NOT NULL
        UNION ALL
        SELECT concat('later ', kind, ' of ', role, ' in ' || quote_ident(nspname)),
            concat('ALTER DEFAULT PRIVILEGES FOR ROLE ', role, ' IN SCHEMA ' || quote_ident(nspname), ' '), kind, '', defaclrole,
            defaclacl, CASE WHEN defaclnamespace = 0 THEN acldefault(CASE defaclobjtype WHEN 'S' THEN 's' ELSE defaclobjtype END, defaclrole)
                END
        FROM pg_default_acl
        LEFT JOIN pg_namespace ON pg_namespace.oid = defaclnamespace
        CROSS JOIN LATERAL (
            SELECT CASE defaclobjtype WHEN 'r' THEN 'TABLES' WHEN 'S' THEN 'SEQUENCES' WHEN 'f' THEN 'FUNCTIONS' WHEN 'T' THEN 'TYPES'
                    ELSE 'SCHEMAS' END,
                CASE WHEN defaclrole = (SELECT oid FROM pg_roles WHERE rolname = current_user) THEN 'CURRENT_USER' ELSE defaclrole::regrole::text END) AS told (kind, role)
        """
}
