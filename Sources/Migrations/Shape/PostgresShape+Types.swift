/// Schemas, extensions, types, and what is called: functions, aggregates, operators, casts, text search.
extension PostgresShape {
    static let ofTypes: [Query] = [
        Query(
            .schema,
            """
            SELECT nspname::text, '', 'CREATE SCHEMA ' || quote_ident(nspname), NULL::oid, 'pg_namespace'::regclass, oid
            FROM pg_namespace
            WHERE nspname !~ '^pg_' AND nspname NOT IN ('information_schema', 'public')
                AND \(noExtensions("pg_namespace.oid", "pg_namespace"))
            """),
        Query(
            .extension,
            """
            SELECT extname::text, extversion::text,
                'CREATE EXTENSION ' || quote_ident(extname)
                    || CASE WHEN nspname IN ('public', 'pg_catalog') OR \(madeSchema) THEN '' ELSE ' SCHEMA ' || quote_ident(nspname) END,
                NULL, 'pg_extension'::regclass, pg_extension.oid
            FROM pg_extension JOIN pg_namespace ON pg_namespace.oid = extnamespace
            WHERE extname <> 'plpgsql'
            """),
        Query(
            .collation,
            """
            SELECT \(name("collname")), words, 'CREATE COLLATION ' || \(name("collname")) || ' (' || words || ')',
                NULL, 'pg_collation'::regclass, each.oid
            FROM pg_collation AS each
            JOIN pg_namespace AS space ON space.oid = collnamespace
            CROSS JOIN LATERAL to_jsonb(each) AS json
            CROSS JOIN LATERAL concat_ws(', ',
                'PROVIDER = ' || CASE collprovider WHEN 'i' THEN 'icu' WHEN 'b' THEN 'builtin' ELSE 'libc' END,
                'LOCALE = ' || quote_literal(COALESCE(json ->> 'colllocale', json ->> 'colliculocale')),
                'LC_COLLATE = ' || quote_literal(collcollate), 'LC_CTYPE = ' || quote_literal(collctype),
                CASE WHEN NOT collisdeterministic THEN 'DETERMINISTIC = false' END) AS words
            WHERE \(own("each.oid", "pg_collation"))
            """),
        Query(
            .type,
            """
            SELECT \(name("typname")), labels, 'CREATE TYPE ' || pg_type.oid::regtype || ' AS ' || labels,
                NULL, 'pg_type'::regclass, pg_type.oid
            FROM pg_type
            JOIN pg_namespace AS space ON space.oid = typnamespace
            CROSS JOIN LATERAL (
                SELECT 'ENUM (' || COALESCE(string_agg(quote_literal(enumlabel), ', ' ORDER BY enumsortorder), '') || ')'
                FROM pg_enum WHERE enumtypid = pg_type.oid) AS enum (labels)
            WHERE typtype = 'e' AND \(own("pg_type.oid", "pg_type"))
            """),
        Query(
            .type,
            """
            SELECT \(name("typname")),
                'DOMAIN ' || base || COALESCE((SELECT string_agg(' ' || pg_get_constraintdef(oid, true), '' ORDER BY conname)
                    FROM pg_constraint WHERE contypid = pg_type.oid AND contype = 'c'), ''),
                'CREATE DOMAIN ' || pg_type.oid::regtype || ' AS ' || base
                    || COALESCE((SELECT string_agg(' CONSTRAINT ' || quote_ident(conname) || ' ' || pg_get_constraintdef(oid, true), ''
                        ORDER BY conname) FROM pg_constraint WHERE contypid = pg_type.oid AND contype = 'c'), ''),
                NULL, 'pg_type'::regclass, pg_type.oid
            FROM pg_type
            JOIN pg_namespace AS space ON space.oid = typnamespace
            CROSS JOIN LATERAL (
                SELECT format_type(typbasetype, typtypmod)
                    || CASE WHEN typcollation <> (SELECT base.typcollation FROM pg_type AS base WHERE base.oid = pg_type.typbasetype)
                        THEN ' COLLATE ' || typcollation::regcollation ELSE '' END
                    || CASE WHEN typnotnull THEN ' NOT NULL' ELSE '' END
                    || COALESCE(' DEFAULT ' || typdefault, '')) AS domain (base)
            WHERE typtype = 'd' AND \(own("pg_type.oid", "pg_type"))
            """),
        Query(
            .type,
            """
            SELECT \(name("typname")), 'COMPOSITE ' || members, 'CREATE TYPE ' || pg_type.oid::regtype || ' AS ' || members,
                NULL, 'pg_type'::regclass, pg_type.oid
            FROM pg_type
            JOIN pg_namespace AS space ON space.oid = typnamespace
            JOIN pg_class ON pg_class.oid = typrelid
            CROSS JOIN LATERAL (
                SELECT '(' || COALESCE(string_agg(quote_ident(attname) || ' ' || format_type(atttypid, atttypmod), ', ' ORDER BY attnum), '') || ')'
                FROM pg_attribute
                WHERE attrelid = typrelid AND attnum > 0 AND NOT attisdropped) AS composite (members)
            WHERE relkind = 'c' AND \(own("pg_type.oid", "pg_type"))
            """),
        Query(
            .type,
            """
            SELECT \(name("typname")), words, 'CREATE TYPE ' || pg_type.oid::regtype || ' AS ' || words,
                NULL, 'pg_type'::regclass, pg_type.oid
            FROM pg_range
            JOIN pg_type ON pg_type.oid = rngtypid
            JOIN pg_namespace AS space ON space.oid = typnamespace
            JOIN pg_opclass ON pg_opclass.oid = rngsubopc
            JOIN pg_namespace AS class_space ON class_space.oid = opcnamespace
            CROSS JOIN LATERAL (
                SELECT 'RANGE (' || concat_ws(', ', 'SUBTYPE = ' || format_type(rngsubtype, NULL),
                    'SUBTYPE_OPCLASS = ' || quote_ident(class_space.nspname) || '.' || quote_ident(opcname),
                    CASE WHEN rngcollation <> 0 THEN 'COLLATION = ' || rngcollation::regcollation END,
                    CASE WHEN rngcanonical <> 0 THEN 'CANONICAL = ' || rngcanonical::regproc END,
                    CASE WHEN rngsubdiff <> 0 THEN 'SUBTYPE_DIFF = ' || rngsubdiff::regproc END,
                    'MULTIRANGE_TYPE_NAME = ' || rngmultitypid::regtype) || ')') AS range (words)
            WHERE \(own("pg_type.oid", "pg_type"))
            """),
        Query(
            .function,
            """
            SELECT \(name("proname")) || '(' || pg_get_function_identity_arguments(pg_proc.oid) || ')',
                pg_get_functiondef(pg_proc.oid), rtrim(pg_get_functiondef(pg_proc.oid), chr(10)),
                NULL, 'pg_proc'::regclass, pg_proc.oid
            FROM pg_proc JOIN pg_namespace AS space ON space.oid = pronamespace
            WHERE prokind <> 'a' AND \(own("pg_proc.oid", "pg_proc")) AND \(noExtensions("pg_proc.oid", "pg_proc", "'i'"))
            """),
        Query(
            .aggregate,
            """
            SELECT \(name("proname")) || '(' || pg_get_function_identity_arguments(each.oid) || ')', words,
                'CREATE AGGREGATE ' || \(name("proname")) || '('
                    || CASE WHEN pronargs = 0 THEN '*' ELSE pg_get_function_arguments(each.oid) END || ') (' || words || ')',
                NULL, 'pg_proc'::regclass, each.oid
            FROM pg_aggregate
            JOIN pg_proc AS each ON each.oid = aggfnoid
            JOIN pg_namespace AS space ON space.oid = pronamespace
            CROSS JOIN LATERAL concat_ws(', ', 'SFUNC = ' || aggtransfn::regproc, 'STYPE = ' || format_type(aggtranstype, NULL),
                CASE WHEN aggtransspace <> 0 THEN 'SSPACE = ' || aggtransspace END,
                CASE WHEN aggfinalfn <> 0 THEN 'FINALFUNC = ' || aggfinalfn::regproc END,
                CASE WHEN aggfinalextra THEN 'FINALFUNC_EXTRA' END,
                CASE WHEN aggfinalmodify <> CASE aggkind WHEN 'n' THEN 'r' ELSE 'w' END THEN 'FINALFUNC_MODIFY = '
                    || CASE aggfinalmodify WHEN 'r' THEN 'READ_ONLY' WHEN 's' THEN 'SHAREABLE' ELSE 'READ_WRITE' END END,
                CASE WHEN aggcombinefn <> 0 THEN 'COMBINEFUNC = ' || aggcombinefn::regproc END,
                CASE WHEN aggserialfn <> 0 THEN 'SERIALFUNC = ' || aggserialfn::regproc END,
                CASE WHEN aggdeserialfn <> 0 THEN 'DESERIALFUNC = ' || aggdeserialfn::regproc END,
                'INITCOND = ' || quote_literal(agginitval),
                CASE WHEN aggmtransfn <> 0 THEN 'MSFUNC = ' || aggmtransfn::regproc END,
                CASE WHEN aggminvtransfn <> 0 THEN 'MINVFUNC = ' || aggminvtransfn::regproc END,
                CASE WHEN aggmtranstype <> 0 THEN 'MSTYPE = ' || format_type(aggmtranstype, NULL) END,
                CASE WHEN aggmfinalfn <> 0 THEN 'MFINALFUNC = ' || aggmfinalfn::regproc END,
                'MINITCOND = ' || quote_literal(aggminitval),
                CASE WHEN aggsortop <> 0 THEN 'SORTOP = ' || \(operatorName("aggsortop")) END,
                CASE proparallel WHEN 's' THEN 'PARALLEL = SAFE' WHEN 'r' THEN 'PARALLEL = RESTRICTED' END,
                CASE WHEN aggkind = 'h' THEN 'HYPOTHETICAL' END) AS words
            WHERE \(own("each.oid", "pg_proc"))
            """),
        Query(
            .operator,
            """
            SELECT CASE WHEN space.nspname = 'public' THEN '' ELSE quote_ident(space.nspname) || '.' END || oprname
                    || '(' || COALESCE(NULLIF(format_type(oprleft, NULL), '-'), 'NONE') || ', ' || format_type(oprright, NULL) || ')',
                words,
                'CREATE OPERATOR ' || quote_ident(space.nspname) || '.' || oprname || ' (' || words || ')',
                NULL, 'pg_operator'::regclass, each.oid
            FROM pg_operator AS each
            JOIN pg_namespace AS space ON space.oid = oprnamespace
            CROSS JOIN LATERAL concat_ws(', ', 'FUNCTION = ' || oprcode::regproc,
                CASE WHEN oprleft <> 0 THEN 'LEFTARG = ' || format_type(oprleft, NULL) END,
                CASE WHEN oprright <> 0 THEN 'RIGHTARG = ' || format_type(oprright, NULL) END,
                CASE WHEN oprcom <> 0 THEN 'COMMUTATOR = ' || \(operatorName("each.oprcom")) END,
                CASE WHEN oprnegate <> 0 THEN 'NEGATOR = ' || \(operatorName("each.oprnegate")) END,
                CASE WHEN oprrest <> 0 THEN 'RESTRICT = ' || oprrest::regproc END,
                CASE WHEN oprjoin <> 0 THEN 'JOIN = ' || oprjoin::regproc END,
                CASE WHEN oprcanhash THEN 'HASHES' END, CASE WHEN oprcanmerge THEN 'MERGES' END) AS words
            WHERE oprcode <> 0 AND \(own("each.oid", "pg_operator"))
            """),
        Query(
            .operatorFamily,
            """
            SELECT \(name("opfname")) || ' USING ' || amname, COALESCE(members, ''),
                'CREATE OPERATOR FAMILY ' || \(name("opfname")) || ' USING ' || amname
                    || COALESCE(';' || chr(10) || 'ALTER OPERATOR FAMILY ' || \(name("opfname")) || ' USING ' || amname || ' ADD ' || members, ''),
                NULL, 'pg_opfamily'::regclass, pg_opfamily.oid
            FROM pg_opfamily
            JOIN pg_am ON pg_am.oid = opfmethod
            JOIN pg_namespace AS space ON space.oid = opfnamespace
            CROSS JOIN LATERAL (\(members(of: "pg_opfamily.oid", in: "pg_opfamily"))) AS loose (members)
            WHERE \(own("pg_opfamily.oid", "pg_opfamily"))
            """),
        Query(
            .operatorClass,
            """
            SELECT \(name("opcname")) || ' USING ' || amname, words,
                'CREATE OPERATOR CLASS ' || \(name("opcname")) || ' ' || words, NULL, 'pg_opclass'::regclass, pg_opclass.oid
            FROM pg_opclass
            JOIN pg_am ON pg_am.oid = opcmethod
            JOIN pg_namespace AS space ON space.oid = opcnamespace
            JOIN pg_opfamily ON pg_opfamily.oid = opcfamily
            JOIN pg_namespace AS family_space ON family_space.oid = opfnamespace
            CROSS JOIN LATERAL (\(members(of: "pg_opclass.oid", in: "pg_opclass"))) AS tight (members)
            CROSS JOIN LATERAL concat(CASE WHEN opcdefault THEN 'DEFAULT ' END, 'FOR TYPE ', format_type(opcintype, NULL), ' USING ', amname,
                ' FAMILY ', quote_ident(family_space.nspname), '.', quote_ident(opfname), ' AS ', members,
                CASE WHEN opckeytype <> 0 THEN ', STORAGE ' || format_type(opckeytype, NULL) END) AS words
            WHERE \(own("pg_opclass.oid", "pg_opclass"))
            """),
        Query(
            .cast,
            """
            SELECT pair, words, 'CREATE CAST ' || pair || ' ' || words, NULL, 'pg_cast'::regclass, pg_cast.oid
            FROM pg_cast
            CROSS JOIN LATERAL concat('(', format_type(castsource, NULL), ' AS ', format_type(casttarget, NULL), ')') AS pair
            CROSS JOIN LATERAL concat(
                CASE castmethod WHEN 'f' THEN 'WITH FUNCTION ' || castfunc::regprocedure WHEN 'i' THEN 'WITH INOUT' ELSE 'WITHOUT FUNCTION' END,
                CASE castcontext WHEN 'a' THEN ' AS ASSIGNMENT' WHEN 'i' THEN ' AS IMPLICIT' END) AS words
            WHERE pg_cast.oid >= 16384 AND \(noExtensions("pg_cast.oid", "pg_cast", "'e', 'i'"))
            """),
        Query(
            .dictionary,
            """
            SELECT \(name("dictname")), words, 'CREATE TEXT SEARCH DICTIONARY ' || \(name("dictname")) || ' (' || words || ')',
                NULL, 'pg_ts_dict'::regclass, pg_ts_dict.oid
            FROM pg_ts_dict
            JOIN pg_namespace AS space ON space.oid = dictnamespace
            JOIN pg_ts_template ON pg_ts_template.oid = dicttemplate
            JOIN pg_namespace AS template_space ON template_space.oid = tmplnamespace
            CROSS JOIN LATERAL concat_ws(', ',
                'TEMPLATE = ' || quote_ident(template_space.nspname) || '.' || quote_ident(tmplname), dictinitoption) AS words
            WHERE \(own("pg_ts_dict.oid", "pg_ts_dict"))
            """),
        Query(
            .textSearch,
            """
            SELECT \(name("cfgname")), concat_ws(', ', parser, mappings),
                concat_ws(';' || chr(10), 'CREATE TEXT SEARCH CONFIGURATION ' || \(name("cfgname")) || ' (' || parser || ')', statements),
                NULL, 'pg_ts_config'::regclass, pg_ts_config.oid
            FROM pg_ts_config
            JOIN pg_namespace AS space ON space.oid = cfgnamespace
            JOIN pg_ts_parser ON pg_ts_parser.oid = cfgparser
            JOIN pg_namespace AS parser_space ON parser_space.oid = prsnamespace
            CROSS JOIN LATERAL concat('PARSER = ', quote_ident(parser_space.nspname), '.', quote_ident(prsname)) AS parser
            CROSS JOIN LATERAL (
                SELECT string_agg(mapping, ', ' ORDER BY mapping),
                    string_agg('ALTER TEXT SEARCH CONFIGURATION ' || \(name("cfgname")) || ' ADD ' || mapping, ';' || chr(10) ORDER BY mapping)
                FROM (
                    SELECT 'MAPPING FOR ' || alias || ' WITH ' || string_agg(mapdict::regdictionary::text, ', ' ORDER BY mapseqno)
                    FROM pg_ts_config_map JOIN ts_token_type(cfgparser) ON tokid = maptokentype
                    WHERE mapcfg = pg_ts_config.oid
                    GROUP BY alias) AS each (mapping)) AS mapped (mappings, statements)
            WHERE \(own("pg_ts_config.oid", "pg_ts_config"))
            """),
    ]

    /// Whether an extension's schema is its own: it makes it itself.
    private static let madeSchema = """
        EXISTS (SELECT FROM pg_depend WHERE classid = 'pg_namespace'::regclass AND objid = extnamespace
            AND refobjid = pg_extension.oid AND deptype = 'e')
        """

    private static func operatorName(_ oid: String) -> String {
        """
        (SELECT 'OPERATOR(' || quote_ident(nspname) || '.' || named.oprname || ')'
            FROM pg_operator AS named JOIN pg_namespace ON pg_namespace.oid = named.oprnamespace WHERE named.oid = \(oid))
        """
    }

    /// Operators and functions of an operator class, or those that a family has beside its classes.
    private static func members(of oid: String, in catalog: String) -> String {
        """
        SELECT string_agg(member, ', ' ORDER BY member)
        FROM (
            SELECT 'OPERATOR ' || amopstrategy || ' ' || amopopr::regoperator
                || CASE WHEN amopsortfamily <> 0 THEN (SELECT ' FOR ORDER BY ' || quote_ident(nspname) || '.' || quote_ident(opfname)
                    FROM pg_opfamily AS sorting JOIN pg_namespace ON pg_namespace.oid = opfnamespace WHERE sorting.oid = amopsortfamily) ELSE '' END
            FROM pg_depend JOIN pg_amop ON pg_amop.oid = objid AND classid = 'pg_amop'::regclass
            WHERE refclassid = '\(catalog)'::regclass AND refobjid = \(oid)
            UNION ALL
            SELECT 'FUNCTION ' || amprocnum || ' (' || format_type(amproclefttype, NULL) || ', ' || format_type(amprocrighttype, NULL) || ') '
                || amproc::regprocedure
            FROM pg_depend JOIN pg_amproc ON pg_amproc.oid = objid AND classid = 'pg_amproc'::regclass
            WHERE refclassid = '\(catalog)'::regclass AND refobjid = \(oid)) AS each (member)
        """
    }
}
