// Made by `npm run types` from the snapshot of the OpenAPI document. Not for editing.

export interface paths {
    "/api/v1/alerts": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Alerts, the worst first, of equal ones the newest.
         * @description Agencies see those of which they are told; keys bound to regions see those of their regions. Empty until something was
         *     raised for the first time.
         */
        get: operations["listAlerts"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/alerts/suppressions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What is held back now, newest first. For stewards and admins; institutions see what is of their own indicators. */
        get: operations["listAlertSuppressions"];
        put?: never;
        /** Hold alerts back. */
        post: operations["suppressAlerts"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/alerts/suppressions/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** End holding back. */
        delete: operations["liftAlertSuppression"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/alerts/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One alert: evidence, where else was looked, and what people did. */
        get: operations["getAlert"];
        put?: never;
        /**
         * Take a step: acknowledge, verify, dismiss, close or snooze an alert.
         * @description For data stewards, admins, and the institution that is told. Kept with the name of the key. A verdict changes no
         *     threshold.
         */
        post: operations["actOnAlert"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/backups": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The last backups since the hub started, newest first. */
        get: operations["listBackups"];
        put?: never;
        /**
         * Begins a backup into a folder of the hub's machine. Pushes and questions go on meanwhile; ask for it by its id to
         *     see how it ends. Only files that no earlier backup of the folder has are copied.
         */
        post: operations["createBackup"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/backups/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** A backup that was begun since the hub started. */
        get: operations["getBackup"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/boards": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The boards of the site, read anew each time: a new file is there with the next answer. Questions are not asked here. */
        get: operations["listBoards"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/contracts/{dataset}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /**
         * Add a dataset, or give one a new contract version, live.
         * @description The body is an Open Data Contract Standard 3.1 document in YAML. Additive changes are taken on live data; a
         *     breaking one needs a new major version and is refused otherwise, with the reasons.
         */
        put: operations["putContract"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/datasets": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The datasets that the caller may know of; without a key the public ones. */
        get: operations["listDatasets"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/datasets/{dataset}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One dataset with its columns and contract. */
        get: operations["getDataset"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/datasets/{dataset}/lookup": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * The row of a key, asked for in a body.
         * @description For keys that are personal; works for others as well.
         */
        post: operations["lookupRow"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/datasets/{dataset}/rows": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Rows of a dataset.
         * @description Filters are `column=op.value`, as `tanggal=gte.2025-07-01&kecamatan=eq.35.03.01`. Paging sees each row exactly
         *     once while pushes go on. Filters on personal columns are refused here: send them to `rows/query`.
         */
        get: operations["listRows"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/datasets/{dataset}/rows/query": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Rows of a dataset, asked for in a body. */
        post: operations["queryRows"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/datasets/{dataset}/rows/{key}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The row of a key.
         * @description Parts of the key stand in key order, joined by `~`, each percent-encoded (a `~` within a part as `%7E`). A key of
         *     personal columns is refused here: send it to `lookup`.
         */
        get: operations["getRow"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What happens, as it happens: server-sent events.
         * @description `receipt`: a push that the caller may know of came to its end (`receipt_id`, `dataset`, `status`, `rows`, `derived`,
         *     `received_at`). `alert`: an alert that the caller may see is `new`, `changed` or `closed` (`id`, `what`, `indicator`,
         *     `severity`, `sentence`, `region`, `owner`, `at`). `tick`: how far the hub is (`at`, `visible_seq`), about once a second
         *     while it moves. The first event is a `tick` with `resumed`: true when everything since `Last-Event-ID` follows, false
         *     when lists are to be asked for anew. Comments are heartbeats.
         */
        get: operations["listenToEvents"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/feeds/{dataset}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Push rows to a dataset.
         * @description The payload is CSV, NDJSON or JSON, plain or packed with gzip or zstd, or any of these as the part `file` of a
         *     form. All of a push becomes visible at one moment, or none of it. Rows that break the contract are kept apart
         *     with line, column, rule, value and reason.
         */
        post: operations["push"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/freshness": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Is every feed still arriving? */
        get: operations["getFreshness"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/indicators": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The indicators whose values the caller may read. */
        get: operations["listIndicators"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/indicators/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One indicator. */
        get: operations["getIndicator"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/indicators/{id}/backtest": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Days of the past judged anew, each from what had arrived by then, beside what is known now. Nothing is written. */
        get: operations["backtestIndicator"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/indicators/{id}/series": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The points of an indicator by unit and day, with their verdicts. */
        get: operations["listIndicatorPoints"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/keys": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** All keys ever made, by name, without the keys themselves. */
        get: operations["listKeys"];
        put?: never;
        /** Makes a key. The answer is the only place where it is ever shown. */
        post: operations["createKey"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/keys/{name}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Ends a key, at once and for good; its sessions end with it. */
        delete: operations["revokeKey"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/models": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The models in the order in which they are worked out, and files that cannot be read; for analysts, stewards and admins. */
        get: operations["listModels"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/models/{name}/refresh": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Bring one model up to date now. The hub does so by itself a moment after its sources change. */
        post: operations["refreshModel"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/quarantine": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Rejected rows by dataset, rule and push, with the age of the oldest: what waits to be fixed.
         * @description Counts only, nothing of what was sent. Agencies see what their own key pushed, and the owner of a dataset all of it.
         */
        get: operations["listQuarantine"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/receipts": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Receipts, newest first. Agencies see those of their own key. */
        get: operations["listReceipts"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/receipts/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One receipt. */
        get: operations["getReceipt"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/receipts/{id}/rejects": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The rejected rows of a push.
         * @description As CSV or as a workbook: the columns as they were sent, and `_baris,_kolom,_aturan,_alasan` behind them, ready to be
         *     fixed and pushed again with `corrects={id}`: `_baris` then tells which rows are corrected, the other three are ignored
         *     on the way in. In a workbook every cell is text, wrong ones are coloured and have their reason as a note. Values are
         *     never changed, so a text file may hold cells that begin with `=`: open the workbook, not the CSV, in a spreadsheet.
         *     Sent text is shown to the key that pushed it and to data
         *     stewards who state a purpose, and is left out for everyone else.
         */
        get: operations["listRejects"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/receipts/{id}/rejects/discard": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Give rejected rows up.
         * @description For rows that will never be fixed. They stay where they are until they expire, and count as `discarded`. For the key that
         *     pushed them, and for data stewards and admins.
         */
        post: operations["discardRejects"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/receipts/{id}/replay": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Read rejected rows again.
         * @description The open rejected rows of the push are read as they were sent, with corrections where some are given, under the
         *     contract in force now. Rows that pass are in and closed as `replayed`; those that do not are open in the new receipt,
         *     under their old lines, and `superseded` in the old one. The new push is that of the key that had pushed the rows, within
         *     that key's scope. For that key, and for data stewards and admins. The same again changes nothing.
         */
        post: operations["replayRejects"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/reports": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Weeks with a briefing, newest first, each with its newest issue. */
        get: operations["listReports"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/reports/{week}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The briefing of a week: figures, tables, sentences, and what was asked for each of them.
         * @description A figure carries its metric and the position of the log; its question in `questions`, asked `as_of` there, gives the same.
         */
        get: operations["getReport"];
        put?: never;
        /**
         * Make the briefing of a week now.
         * @description It is kept as a new issue that says what changed; where the newest issue says the same, that one is answered (200).
         */
        post: operations["makeReport"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/reports/{week}.pdf": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The briefing of a week for printing (PDF, A4), as it was issued. */
        get: operations["getReportPdf"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/reports/{week}.xlsx": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The briefing of a week for calculating (XLSX), as it was issued. */
        get: operations["getReportXlsx"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/session": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Who the key or session belongs to. */
        get: operations["getSession"];
        put?: never;
        /** Sign in: a key for a session cookie. */
        post: operations["signIn"];
        /** Sign out. Works without a session too: the cookie is cleared in any case. */
        delete: operations["signOut"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/sql": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Run a reading statement.
         * @description It sees one cut of the whole lake, and only what the policy allows the key. The answer is streamed: NDJSON ends
         *     with `{"end":true,"rows":n}`, JSON with `"end":true`, so a cut answer can be told from a whole one. Hanging up
         *     cancels the query.
         */
        post: operations["runSql"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/healthz": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Alive: the process answers. Also while the log is replayed. */
        get: operations["getHealth"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/metrics": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Figures in Prometheus text form. */
        get: operations["getMetrics"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/readyz": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Ready: the log is replayed and requests are served. */
        get: operations["getReadiness"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        /** @description An alert. */
        Alert: {
            /** @description What to do first, Indonesian. */
            action?: string | null;
            /** @description What to do first, English. */
            action_en?: string | null;
            /** @description How much speaks for it: `lemah`, `sedang`, `kuat`. */
            confidence?: string | null;
            delivery?: components["schemas"]["AlertDelivery"] | null;
            /**
             * Format: double
             * @description Counted beyond what was expected, over all flagged points.
             */
            excess?: number | null;
            /** @description Family of the indicator. */
            family: string;
            /**
             * @description Names it; it stays the same while the alert goes on.
             * @example 5d0f3a9c77b1e204
             */
            id: string;
            /** @description The indicator that raised it. */
            indicator: string;
            /**
             * Format: date
             * @description Last flagged day.
             */
            last: string;
            /** @description Where to look further. */
            links: components["schemas"]["AlertLinks"];
            /** @description Name of the unit. */
            name?: string | null;
            /** @description Institution that is told. */
            owner: string;
            /**
             * Format: double
             * @description Probability of the least probable of its points if nothing is wrong; left out where only rules speak.
             */
            p?: number | null;
            /** @description Kemendagri code of its place. */
            region?: string | null;
            /** @description What, where, how unusual, since when: one Indonesian sentence. */
            sentence: string;
            /** @description The same in English. */
            sentence_en: string;
            /** @description How bad if it is true. */
            severity: components["schemas"]["AlertSeverity"];
            /**
             * Format: date
             * @description First flagged day.
             */
            since: string;
            /**
             * Format: date-time
             * @description Until when it rests.
             */
            snoozed_until?: string | null;
            /** @description Where it stands. */
            status: components["schemas"]["AlertStatus"];
            /** @description Title, Indonesian. */
            title: string;
            /** @description Title, English. */
            title_en: string;
            /** @description Code of the unit: a school, a health centre, a place of service. */
            unit: string;
            /** @description Digest of the definition of the indicator that raised it. */
            version?: string | null;
        };
        /**
         * @description What a person does with an alert.
         * @enum {string}
         */
        AlertAction: "acknowledge" | "verify" | "dismiss" | "close" | "snooze";
        /** @description A step of a person. */
        AlertActionRequest: {
            /** @description What is done. `verify`, `dismiss` and `close` need a note; an alert is closed after a verdict. */
            action: components["schemas"]["AlertAction"];
            /**
             * @description Why; what was found. No names of persons.
             * @example 12 murid demam, puskesmas sudah mengambil sampel
             */
            note?: string;
            /**
             * Format: date-time
             * @description Until when an alert rests; only of `snooze`, within a year.
             */
            until?: string | null;
        };
        /** @description Where else was looked. */
        AlertChecked: {
            /** @description Whether it speaks for the alert. */
            found: boolean;
            /** @description What was found, Indonesian. */
            text?: string | null;
            /** @description What was found, English. */
            text_en?: string | null;
            /** @description What was looked at, Indonesian. */
            what: string;
            /** @description What was looked at, English. */
            what_en?: string | null;
        };
        /**
         * @description What happened to an alert: what people did, and what the hub had to say.
         * @enum {string}
         */
        AlertDeed: "acknowledge" | "verify" | "dismiss" | "close" | "snooze" | "withdraw" | "merge" | "return" | "reopen";
        /**
         * @description Whether the owner was told.
         * @enum {string}
         */
        AlertDelivery: "now" | "held" | "suppressed";
        /** @description An alert with everything that speaks for it, and what people did. */
        AlertDetail: components["schemas"]["Alert"] & {
            /** @description Of service use: what the change is made of, with uncertainty. */
            attribution?: Record<string, never> | null;
            /** @description Where else was looked, and what was found there. */
            checked: components["schemas"]["AlertChecked"][];
            /** @description What was flagged; the first is the one that raised it. */
            evidence: components["schemas"]["AlertEpisode"][];
            /** @description What the caller may do with it now. */
            may: components["schemas"]["AlertAction"][];
            /** @description What people did, oldest first. */
            steps: components["schemas"]["AlertStep"][];
        };
        /** @description A run of flagged points of one series. */
        AlertEpisode: {
            /**
             * @description The table with the values.
             * @example mart.indikator_absensi_sekolah
             */
            data: string;
            /**
             * Format: double
             * @description Counted beyond what was expected.
             */
            excess?: number | null;
            /**
             * Format: date
             * @description First flagged day.
             */
            from: string;
            /** @description The indicator. */
            indicator: string;
            /** @description Flagged by a fixed rule, whatever the statistics say. */
            is_rule: boolean;
            /** @description Name of the unit. */
            name?: string | null;
            /**
             * Format: double
             * @description Probability of the least probable point if nothing is wrong.
             */
            p?: number | null;
            /** @description The flagged points. */
            points: components["schemas"]["AlertPoint"][];
            /** @description Kemendagri code of its place. */
            region?: string | null;
            /** @description The series around it. */
            series: string;
            /** @description Its title, Indonesian. */
            title: string;
            /**
             * Format: date
             * @description Last flagged day.
             */
            to: string;
            /** @description Code of the unit. */
            unit: string;
            /** @description Digest of the definition. */
            version?: string | null;
        };
        /** @description Where to look further. */
        AlertLinks: {
            /** @description The indicator that raised it. */
            indicator: string;
            /** @description The alert for people. */
            page: string;
            /** @description The alert itself. */
            self: string;
            /** @description The series around it. */
            series: string;
        };
        /** @description A flagged point. */
        AlertPoint: {
            /**
             * Format: date
             * @description Day; of a week or month its last one.
             */
            date: string;
            /**
             * Format: double
             * @description What was expected.
             */
            expected?: number | null;
            /**
             * Format: double
             * @description What was counted.
             */
            observed?: number | null;
            /**
             * Format: double
             * @description Probability of this or more if nothing is wrong.
             */
            p?: number | null;
            /**
             * Format: double
             * @description What was exceeded.
             */
            upper?: number | null;
        };
        /**
         * @description How bad it is if it is true. Ordered.
         * @enum {string}
         */
        AlertSeverity: "info" | "sedang" | "tinggi" | "kritis";
        /**
         * @description Where an alert stands.
         * @enum {string}
         */
        AlertStatus: "open" | "acknowledged" | "verified" | "dismissed" | "closed";
        /** @description A step that was taken. */
        AlertStep: {
            /**
             * @description The alert as it was called then: where it is not the alert that is asked for, it became part of it.
             * @example 3f9a0c1b22d4e5f6
             */
            alert: string;
            /**
             * Format: date-time
             * @description When.
             */
            at: string;
            /** @description Name of the key; left out for those who may not know other keys. */
            by?: string | null;
            /** @description What was done. */
            deed: components["schemas"]["AlertDeed"];
            /** @description Why; what was found. */
            note: string;
            /**
             * Format: date-time
             * @description Until when the alert rests.
             */
            until?: string | null;
        };
        /** @description What is held back. */
        AlertSuppression: {
            /**
             * Format: date-time
             * @description Since when.
             */
            at: string;
            /** @description Name of the key; left out for those who may not know other keys. */
            by?: string | null;
            /** @description Names it. */
            id: string;
            /** @description Alerts of this indicator. */
            indicator?: string | null;
            /** @description Why. */
            note: string;
            /** @description Alerts of this unit. */
            unit?: string | null;
            /**
             * Format: date-time
             * @description Until when.
             */
            until: string;
        };
        /** @description What to hold back. */
        AlertSuppressionRequest: {
            /**
             * @description Alerts of this indicator. Institutions name one of theirs.
             * @example absensi_sekolah
             */
            indicator?: string | null;
            /**
             * @description Why.
             * @example sekolah direnovasi, murid belajar di rumah
             */
            note: string;
            /** @description Alerts of this unit. */
            unit?: string | null;
            /**
             * Format: date-time
             * @description Until when; within a year.
             */
            until: string;
        };
        /** @description A sign of life. */
        Alive: {
            /**
             * @description Always `ok`.
             * @example ok
             */
            status: string;
            /** @description Version of the program. */
            version: string;
        };
        /** @description The days judged anew. */
        Backtest: {
            /** @description The points that were flagged then or now, by day and unit. */
            flagged: components["schemas"]["BacktestPoint"][];
            /** @description Flagged both times. */
            flagged_both: number;
            /** @description Flagged from what is known now. */
            flagged_now: number;
            /** @description Flagged from what was known then. */
            flagged_then: number;
            /** @description Points that were judged then, now, or both. */
            points: number;
            /** @description Points of which nothing was known then: their reports had not come. */
            unknown_then: number;
        };
        /** @description What is said of a point. */
        BacktestJudgement: {
            /** @description Flagged by statistics; left out without a verdict. */
            flag?: boolean | null;
            /**
             * Format: double
             * @description What was counted; left out where the report was missing.
             */
            observed?: number | null;
            /** @description Flagged by the fixed rule. */
            rule: boolean;
        };
        /** @description A point, as it was judged then and as it is judged now. */
        BacktestPoint: {
            /**
             * Format: date
             * @description Day of the point.
             */
            date: string;
            now?: components["schemas"]["BacktestJudgement"] | null;
            then?: components["schemas"]["BacktestJudgement"] | null;
            /** @description Code of the unit. */
            unit: string;
        };
        /** @description A backup and how far it has come. */
        BackupBody: {
            /**
             * Format: date-time
             * @description When it ended.
             */
            ended_at?: string | null;
            /** @description Why there is none; nothing of it is left then. */
            error?: string | null;
            /** @description The folder of all backups. */
            folder: string;
            /**
             * @description Its id, which is the moment of its begin and its folder's name.
             * @example 20261122T031500250Z
             */
            id: string;
            /** @description How far it has come. Totals grow while more is found to be copied. */
            progress: components["schemas"]["BackupProgress"];
            result?: components["schemas"]["BackupResult"] | null;
            /**
             * Format: date-time
             * @description When it was begun.
             */
            started_at: string;
            /** @description Whether it goes on. */
            state: components["schemas"]["BackupState"];
        };
        /** @description Files and bytes copied, of those to copy. */
        BackupProgress: {
            /** Format: int64 */
            bytes_done: number;
            /** Format: int64 */
            bytes_total: number;
            /** Format: int64 */
            files_done: number;
            /** Format: int64 */
            files_total: number;
        };
        /** @description What a complete backup is. */
        BackupResult: {
            /**
             * Format: int64
             * @description Their bytes.
             */
            bytes: number;
            /** @description Folders outside the data folder from which the hub reads contracts; they are not in the backup. */
            elsewhere: string[];
            /**
             * Format: int64
             * @description Files that belong to it.
             */
            files: number;
            /**
             * Format: int64
             * @description Their bytes.
             */
            new_bytes: number;
            /**
             * Format: int64
             * @description Files of the lake that no earlier backup of the folder had.
             */
            new_files: number;
            /** @description Older backups that were removed. */
            removed: string[];
            /**
             * Format: int64
             * @description Tables.
             */
            tables: number;
            /**
             * Format: int64
             * @description Every push up to this position of the log is in it, and no later one.
             */
            through: number;
        };
        /**
         * @description Where a backup stands.
         * @enum {string}
         */
        BackupState: "running" | "complete" | "failed";
        /** @description What is wrong with a file. */
        BoardFault: {
            /** @description The file, below the data folder. */
            file: string;
            /** @description Line, from 1. */
            line: number;
            /** @description What is wrong, and what would be right. */
            message: string;
        };
        /** @description The boards of the site. */
        Boards: {
            /** @description Files that are left out, and why; for stewards and admins. */
            faults: components["schemas"]["BoardFault"][];
            /**
             * @description What of them is for the key, by name: `id`, `title`, `lead`, `sections` with `filters` and `panels`, each with its
             *     question. The keys are those of the files, with `{"id": ..., "en": ...}` for texts.
             */
            items: Record<string, never>[];
        };
        /**
         * @description How much a change weighs.
         * @enum {string}
         */
        ChangeWeight: "identical" | "metadata" | "additive" | "breaking" | "new";
        /** @description What a contract changes. */
        ContractChange: {
            /** @description True when it is in force now. */
            activated: boolean;
            /** @description Columns that are new. */
            added: string[];
            /** @description The dataset. */
            dataset: string;
            /** @description All differences. */
            differences: components["schemas"]["ContractDifference"][];
            /** @description Version before; absent for a new dataset. */
            from?: string | null;
            /** @description The weightiest difference. */
            kind: components["schemas"]["ChangeWeight"];
            /** @description True when the new version lives in a table of its own. */
            new_table: boolean;
            /** @description Why it may not be activated; only a dry run answers with any. */
            refusals: string[];
            /** @description Version after. */
            to: string;
        };
        /** @description One difference. */
        ContractDifference: {
            /** @description True when it needs a new major. */
            breaking: boolean;
            /** @description How much it weighs. */
            kind: components["schemas"]["ChangeWeight"];
            /**
             * @description What differs.
             * @example columns.hadir.type
             */
            path: string;
            /** @description How. */
            what: string;
        };
        /** @description One correction of cells as they were sent: `from` and `to`, or `pattern` and `to`, or `missing`. */
        Correction: {
            /**
             * @description Column as the contract names it, or by an alias.
             * @example jenis_kelamin
             */
            column: string;
            /**
             * @description Cells that are just this text, outer blanks aside.
             * @example Laki2
             */
            from?: string | null;
            /** @description What cells without a value get. */
            missing?: string | null;
            /** @description Cells in which this regular expression matches; every match is replaced. */
            pattern?: string | null;
            /**
             * @description What goes in; behind a pattern `$1` and `${name}` are its groups.
             * @example L
             */
            to?: string | null;
        };
        /** @description Rejected rows of an older push that a corrected file or a replay closed. */
        Corrects: {
            /** @description Who read the rows again, when it was not the key that had pushed them. */
            by?: string | null;
            /**
             * Format: int64
             * @description Rows that are done with.
             */
            closed: number;
            /**
             * @description The older push.
             * @example 0197a3f0-5c1e-7d3a-9c55-0a1b2c3d4e5f
             */
            receipt_id: string;
            /**
             * Format: int64
             * @description Rows that are rejected again, and open in this receipt.
             */
            superseded: number;
        };
        /** @description A new key, with the key itself. */
        CreatedKey: components["schemas"]["KeyBody"] & {
            /** @description The key. It is shown this once and kept nowhere. */
            key: string;
        };
        /** @description A dataset in the catalogue. */
        Dataset: {
            /** @description Equal payloads are separate pushes; otherwise the same file again changes nothing. */
            allow_repeats: boolean;
            /** @description `terbuka`, `terbatas`, `pribadi`, `pribadi_spesifik` or `tertutup`. */
            classification: string;
            /**
             * @description Dataset id: SQL table `data.<id>`, of a model `mart.<id>`, and part of the URL.
             * @example absensi_harian_sekolah
             */
            dataset: string;
            /** @description What it holds. */
            description: string;
            /** @description Is it still arriving? */
            freshness: components["schemas"]["DatasetFreshness"];
            /** @description `data` for what agencies send, `mart` for what the hub works out from it. */
            layer: string;
            /** @description Whether the caller may push to it. */
            may_push: boolean;
            /** @description Owner institution. */
            owner: string;
            /** @description Names of the primary key; empty for an append-only dataset. */
            primary_key: string[];
            /** @description Readable without a key. */
            public: boolean;
            /** @description A code list, also under `ref.<id>`. */
            reference: boolean;
            size?: components["schemas"]["DatasetSize"] | null;
            /** @description Title, Indonesian. */
            title: string;
            /** @description Contract version. */
            version: string;
        };
        /** @description A column. */
        DatasetColumn: {
            /** @description The only values there are; left out where it is not a list. */
            allowed?: string[];
            /** @description Secrecy. */
            classification: string;
            /** @description What it means. */
            description?: string | null;
            /** @description A made-up value as a sender may write it. */
            example?: string | null;
            /** @description True when this key sees it covered. */
            masked: boolean;
            /** @description Name in SQL and in the API. */
            name: string;
            /** @description A missing value is a fault. */
            required: boolean;
            /** @description Human title. */
            title?: string | null;
            /** @description `text`, `int32`, `int64`, `float64`, `decimal(p,s)`, `boolean`, `date` or `timestamp`. */
            type: string;
        };
        /** @description A dataset with its columns and contract. */
        DatasetDetail: components["schemas"]["Dataset"] & {
            /** @description Its columns in order. */
            columns: components["schemas"]["DatasetColumn"][];
            /** @description The contract as written (Open Data Contract Standard, YAML). */
            contract: string;
            /** @description What delimited text must be cut with; left out where it is found out from the first line. */
            delimiter?: string | null;
            /** @description Where the contract came from: `embedded`, `site`, `api`, or `derived` from a model. */
            origin: string;
            /** @description Cross-column checks, each in a sentence. */
            rules: string[];
        };
        /** @description Is a dataset still arriving? */
        DatasetFreshness: {
            /**
             * Format: int64
             * @description Seconds the feed may be silent.
             */
            expected_seconds?: number | null;
            /**
             * Format: date-time
             * @description When the last push arrived.
             */
            last_received_at?: string | null;
            /** @description The same in English. */
            sentence_en: string;
            /** @description One Indonesian sentence. */
            sentence_id: string;
            /** @description `fresh`, `late`, `silent` or `never`. */
            state: string;
        };
        /** @description How much a dataset holds. */
        DatasetSize: {
            /**
             * Format: int64
             * @description Bytes of these files.
             */
            bytes?: number | null;
            /**
             * Format: int64
             * @description Files of the Delta table; for operators and analysts.
             */
            files?: number | null;
            /**
             * Format: int64
             * @description Rows; exact.
             */
            rows: number;
        };
        /** @description Where rows come from that the hub worked out itself. */
        Derivation: {
            /**
             * @description The model that gave them.
             * @example kehadiran_sekolah_harian
             */
            model: string;
            /**
             * Format: int64
             * @description Everything that its sources had up to this position of the log is in them.
             */
            through: number;
            /** @description Digest of its file. */
            version: string;
        };
        /** @description Which rows to give up. */
        Discard: {
            /** @description Only the rows on these lines; left out, all that are open. */
            lines?: number[] | null;
            /**
             * @description Why they will never be fixed; kept with the name of the key.
             * @example data uji coba, bukan data sebenarnya
             */
            reason: string;
        };
        /** @description Rows that were given up. */
        Discarded: {
            /**
             * Format: int64
             * @description How many.
             */
            discarded: number;
            /** @description What became of the rejected rows of the receipt by now. */
            rejects: components["schemas"]["RejectCounts"];
        };
        /** @description One wrong cell. */
        Fault: {
            /** @description Column as the contract names it; absent when the fault is of the whole row. */
            column?: string | null;
            /**
             * Format: int64
             * @description Line of the payload, counted from 1, header included.
             */
            line: number;
            /** @description What is wrong and what would be right. */
            message: string;
            /** @description Rule that failed. */
            rule: string;
            /** @description The text as it was sent; only for the key that pushed it and for stewards with a purpose. */
            value?: string | null;
        };
        /** @description How a feed is doing. */
        FeedFreshness: {
            /** @description The dataset it fills. */
            dataset: string;
            /**
             * Format: int64
             * @description Seconds the feed may be silent; left out when no interval was agreed.
             */
            expected_seconds?: number | null;
            /**
             * Format: date-time
             * @description When the last push that left rows arrived.
             */
            last_received_at?: string | null;
            /** @description Who answers for it. */
            owner: string;
            /**
             * Format: int64
             * @description Rows in the lake; left out where the key may not see all of them.
             */
            rows?: number | null;
            /** @description The same in English. */
            sentence_en: string;
            /** @description One Indonesian sentence for people. */
            sentence_id: string;
            /** @description `fresh`, `late`, `silent` or `never`. */
            state: string;
            /** @description Its title. */
            title: string;
        };
        /** @description A form with the payload in it. */
        FileForm: {
            /**
             * Format: binary
             * @description The payload; its content type or file name says how it is written.
             */
            file: string;
        };
        /** @description How all feeds are doing. */
        FreshnessRegister: {
            /** @description The feeds that the key may know of, those that need attention first. */
            feeds: components["schemas"]["FeedFreshness"][];
            /**
             * Format: date-time
             * @description When this was judged.
             */
            generated_at: string;
            /**
             * Format: int64
             * @description Last visible position of the log.
             */
            visible_seq: number;
        };
        /** @description An indicator and how it is doing. */
        Indicator: components["schemas"]["IndicatorDefinition"] & {
            counts?: components["schemas"]["IndicatorCounts"] | null;
            /**
             * @description The table with its values.
             * @example mart.indikator_absensi_sekolah
             */
            data: string;
        };
        /** @description How much there is that the caller may see. */
        IndicatorCounts: {
            /**
             * Format: int64
             * @description Series that are flagged at the newest judged period, by statistics or the fixed rule.
             */
            flagged: number;
            /**
             * Format: date
             * @description That period: its day, or its last day.
             */
            newest?: string | null;
            /**
             * Format: int64
             * @description Series.
             */
            series: number;
        };
        /** @description What an indicator file says of itself. */
        IndicatorDefinition: {
            /** @description Whether it raises alerts; otherwise its values are shown only. */
            alerts: boolean;
            /** @description Which days are due: `hari_sekolah`, `hari_kerja` or `setiap_hari`. */
            calendar: string;
            /** @description What it is, and what it does not see. */
            description: string;
            /** @description `naik`, `turun` or `dua_arah`. */
            direction: string;
            /**
             * @description Family within which false discoveries are controlled and evidence is joined.
             * @example absensi
             */
            family: string;
            /**
             * @description `hari`, `minggu` (Sunday to Saturday) or `bulan`.
             * @example hari
             */
            grain: string;
            /**
             * @description Its id, the file's name; its values are `mart.indikator_<id>`.
             * @example absensi_sekolah
             */
            id: string;
            /** @description Days that are judged by no baseline: `libur`, `ramadan`, `fakultatif`, `ujian`, `banjir`. */
            masks: string[];
            /**
             * @description Name of the method, as `smartcenter detect` knows it; `rule` where only a rule judges.
             * @example attendance
             */
            method: string;
            /**
             * @description Institution that is told.
             * @example dikpora
             */
            owner: string;
            /** @description Parameters of the method that the file sets. */
            parameters: Record<string, never>;
            /** @description The fixed rule over a point, in SQL, where there is one. */
            rule?: string | null;
            /** @description What the fixed rule is called. */
            rule_title?: string | null;
            /** @description What the fixed rule is called, English. */
            rule_title_en?: string | null;
            /** @description Title, Indonesian. */
            title: string;
            /** @description Title, English. */
            title_en: string;
            /**
             * @description What one series is, in Indonesian: `sekolah`, `puskesmas`.
             * @example sekolah
             */
            unit: string;
            /**
             * @description The same in English.
             * @example school
             */
            unit_en: string;
            /**
             * @description Digest of the file.
             * @example 3f9a0c1b22d4
             */
            version: string;
        };
        /** @description A point of a series and what was found about it. */
        IndicatorPoint: {
            /**
             * Format: date
             * @description Day; of a week or month its last one.
             */
            date: string;
            /**
             * Format: double
             * @description Of how many.
             */
            denominator?: number | null;
            /**
             * Format: double
             * @description What was expected.
             */
            expected?: number | null;
            /** @description Flagged by statistics; left out where there is no verdict. */
            flag?: boolean | null;
            /** @description Name of the unit. */
            name?: string | null;
            /** @description Why there is no verdict, or what the method says; Indonesian. */
            note?: string | null;
            /**
             * Format: double
             * @description What was counted; left out where the report is missing, which is not zero.
             */
            observed?: number | null;
            /**
             * Format: double
             * @description Probability of this or more if nothing is wrong.
             */
            p?: number | null;
            /** @description Kemendagri code of its place. */
            region?: string | null;
            /** @description Flagged by the fixed rule. */
            rule?: boolean;
            /**
             * Format: double
             * @description The method's own measure of how unusual it is.
             */
            score?: number | null;
            severity?: components["schemas"]["AlertSeverity"] | null;
            /** @description Code of the unit. */
            unit: string;
            /**
             * Format: double
             * @description The bound beyond which a point is flagged.
             */
            upper?: number | null;
        };
        /** @description A key as it may be listed: everything but the key. */
        KeyBody: {
            /**
             * Format: date-time
             * @description When it was made.
             */
            created_at: string;
            /**
             * Format: date-time
             * @description When it stops working by itself.
             */
            expires_at?: string | null;
            /** @description Institution the key is bound to. */
            institution?: string | null;
            /** @description Unique name. */
            name: string;
            /** @description Region prefixes the key is bound to; empty means all. */
            regions: string[];
            /**
             * Format: date-time
             * @description When it was revoked.
             */
            revoked_at?: string | null;
            /** @description Role. */
            role: string;
            /** @description Named API scopes. */
            scopes: string[];
        };
        /** @description A key in a body. */
        LookupRequest: {
            /** @description The data as they were at this position of the log or at this time (RFC 3339). */
            as_of?: string | null;
            /** @description All versions, oldest first, instead of the current one. */
            history?: boolean;
            /** @description Value of each key column. */
            key: Record<string, never>;
        };
        /** @description A model and how it is doing. */
        Model: {
            /**
             * Format: int64
             * @description Everything that its sources had up to this position of the log is in its rows.
             */
            applied_seq?: number | null;
            /**
             * Format: int64
             * @description Slices that the last refresh worked out; left out when it was everything.
             */
            changed_slices?: number | null;
            /** @description Models that read it. */
            downstream: string[];
            /** @description `table` or `view`; empty for a file that cannot be read. */
            kind: string;
            /** @description Why it is not up to date. */
            last_error?: string | null;
            /**
             * Format: int64
             * @description How long the last refresh took.
             */
            milliseconds?: number | null;
            /**
             * @description Its name: SQL table or view `mart.<name>`.
             * @example kehadiran_sekolah_harian
             */
            name: string;
            /** @description Institution that answers for it. */
            owner: string;
            /**
             * Format: date-time
             * @description When it was last worked out.
             */
            refreshed_at?: string | null;
            /**
             * Format: int64
             * @description Rows; left out for a view.
             */
            rows?: number | null;
            /** @description Title, Indonesian. */
            title: string;
            /** @description Tables that it reads. */
            upstream: string[];
            /** @description Digest of its file. */
            version: string;
        };
        /** @description What a refresh did. */
        ModelRefresh: {
            /**
             * Format: int64
             * @description Everything that its sources had up to this position of the log is in its rows.
             */
            applied_seq: number;
            /**
             * Format: int64
             * @description Slices that were worked out; left out when it was everything.
             */
            changed_slices?: number | null;
            /**
             * Format: int64
             * @description How long it took.
             */
            milliseconds: number;
            /** @description The model. */
            name: string;
            receipt?: components["schemas"]["Receipt"] | null;
        };
        /** @description Where a backup is to go. */
        NewBackupBody: {
            /**
             * @description Absolute path of a folder on the hub's machine, outside the data folder. It holds all backups of this hub and
             *     is made where it is missing.
             * @example /srv/backup/hub
             */
            folder: string;
            /**
             * Format: int32
             * @description Backups to keep, this one included; older ones are removed when it is complete. Left out, none is removed.
             * @example 30
             */
            keep?: number | null;
        };
        /** @description What a new key is to be. */
        NewKeyBody: {
            /**
             * Format: date-time
             * @description From this moment on the key opens nothing.
             */
            expires_at?: string | null;
            /**
             * @description Institution the key is bound to; an `opd` key must have one.
             * @example dinkes
             */
            institution?: string | null;
            /**
             * @description Unique name, never given out again.
             * @example dinkes-simpus
             */
            name: string;
            /**
             * @description Region prefixes the key is bound to; empty means all.
             * @example [
             *       "35.03.01"
             *     ]
             */
            regions?: string[];
            /**
             * @description `opd`, `layanan`, `analis`, `walidata`, `pimpinan` or `admin`.
             * @example opd
             */
            role: string;
            /**
             * @description Named API scopes.
             * @example [
             *       "push:kasus_penyakit"
             *     ]
             */
            scopes?: string[];
        };
        /** @description Rejected rows of a dataset that are in one state. */
        OpenRejects: {
            /**
             * @description The dataset.
             * @example kasus_penyakit
             */
            dataset: string;
            /**
             * Format: date-time
             * @description When the oldest of them arrived.
             */
            oldest: string;
            /**
             * Format: int64
             * @description How old that is, in days.
             */
            oldest_days: number;
            /** @description Rows by push, the oldest first. */
            receipts: components["schemas"]["ReceiptRejects"][];
            /**
             * Format: int64
             * @description Rows.
             */
            rows: number;
            /** @description Rows by the rules that they broke, most first; a row that broke several counts for each. */
            rules: components["schemas"]["RuleRejects"][];
        };
        /** @description One page of a list. */
        Page_Alert: {
            /** @description The things themselves. */
            items: {
                /** @description What to do first, Indonesian. */
                action?: string | null;
                /** @description What to do first, English. */
                action_en?: string | null;
                /** @description How much speaks for it: `lemah`, `sedang`, `kuat`. */
                confidence?: string | null;
                delivery?: components["schemas"]["AlertDelivery"] | null;
                /**
                 * Format: double
                 * @description Counted beyond what was expected, over all flagged points.
                 */
                excess?: number | null;
                /** @description Family of the indicator. */
                family: string;
                /**
                 * @description Names it; it stays the same while the alert goes on.
                 * @example 5d0f3a9c77b1e204
                 */
                id: string;
                /** @description The indicator that raised it. */
                indicator: string;
                /**
                 * Format: date
                 * @description Last flagged day.
                 */
                last: string;
                /** @description Where to look further. */
                links: components["schemas"]["AlertLinks"];
                /** @description Name of the unit. */
                name?: string | null;
                /** @description Institution that is told. */
                owner: string;
                /**
                 * Format: double
                 * @description Probability of the least probable of its points if nothing is wrong; left out where only rules speak.
                 */
                p?: number | null;
                /** @description Kemendagri code of its place. */
                region?: string | null;
                /** @description What, where, how unusual, since when: one Indonesian sentence. */
                sentence: string;
                /** @description The same in English. */
                sentence_en: string;
                /** @description How bad if it is true. */
                severity: components["schemas"]["AlertSeverity"];
                /**
                 * Format: date
                 * @description First flagged day.
                 */
                since: string;
                /**
                 * Format: date-time
                 * @description Until when it rests.
                 */
                snoozed_until?: string | null;
                /** @description Where it stands. */
                status: components["schemas"]["AlertStatus"];
                /** @description Title, Indonesian. */
                title: string;
                /** @description Title, English. */
                title_en: string;
                /** @description Code of the unit: a school, a health centre, a place of service. */
                unit: string;
                /** @description Digest of the definition of the indicator that raised it. */
                version?: string | null;
            }[];
            /** @description Cursor of the next page; absent on the last one. */
            next?: string | null;
        };
        /** @description One page of a list. */
        Page_AlertSuppression: {
            /** @description The things themselves. */
            items: {
                /**
                 * Format: date-time
                 * @description Since when.
                 */
                at: string;
                /** @description Name of the key; left out for those who may not know other keys. */
                by?: string | null;
                /** @description Names it. */
                id: string;
                /** @description Alerts of this indicator. */
                indicator?: string | null;
                /** @description Why. */
                note: string;
                /** @description Alerts of this unit. */
                unit?: string | null;
                /**
                 * Format: date-time
                 * @description Until when.
                 */
                until: string;
            }[];
            /** @description Cursor of the next page; absent on the last one. */
            next?: string | null;
        };
        /** @description One page of a list. */
        Page_BackupBody: {
            /** @description The things themselves. */
            items: {
                /**
                 * Format: date-time
                 * @description When it ended.
                 */
                ended_at?: string | null;
                /** @description Why there is none; nothing of it is left then. */
                error?: string | null;
                /** @description The folder of all backups. */
                folder: string;
                /**
                 * @description Its id, which is the moment of its begin and its folder's name.
                 * @example 20261122T031500250Z
                 */
                id: string;
                /** @description How far it has come. Totals grow while more is found to be copied. */
                progress: components["schemas"]["BackupProgress"];
                result?: components["schemas"]["BackupResult"] | null;
                /**
                 * Format: date-time
                 * @description When it was begun.
                 */
                started_at: string;
                /** @description Whether it goes on. */
                state: components["schemas"]["BackupState"];
            }[];
            /** @description Cursor of the next page; absent on the last one. */
            next?: string | null;
        };
        /** @description One page of a list. */
        Page_Dataset: {
            /** @description The things themselves. */
            items: {
                /** @description Equal payloads are separate pushes; otherwise the same file again changes nothing. */
                allow_repeats: boolean;
                /** @description `terbuka`, `terbatas`, `pribadi`, `pribadi_spesifik` or `tertutup`. */
                classification: string;
                /**
                 * @description Dataset id: SQL table `data.<id>`, of a model `mart.<id>`, and part of the URL.
                 * @example absensi_harian_sekolah
                 */
                dataset: string;
                /** @description What it holds. */
                description: string;
                /** @description Is it still arriving? */
                freshness: components["schemas"]["DatasetFreshness"];
                /** @description `data` for what agencies send, `mart` for what the hub works out from it. */
                layer: string;
                /** @description Whether the caller may push to it. */
                may_push: boolean;
                /** @description Owner institution. */
                owner: string;
                /** @description Names of the primary key; empty for an append-only dataset. */
                primary_key: string[];
                /** @description Readable without a key. */
                public: boolean;
                /** @description A code list, also under `ref.<id>`. */
                reference: boolean;
                size?: components["schemas"]["DatasetSize"] | null;
                /** @description Title, Indonesian. */
                title: string;
                /** @description Contract version. */
                version: string;
            }[];
            /** @description Cursor of the next page; absent on the last one. */
            next?: string | null;
        };
        /** @description One page of a list. */
        Page_Indicator: {
            /** @description The things themselves. */
            items: (components["schemas"]["IndicatorDefinition"] & {
                counts?: components["schemas"]["IndicatorCounts"] | null;
                /**
                 * @description The table with its values.
                 * @example mart.indikator_absensi_sekolah
                 */
                data: string;
            })[];
            /** @description Cursor of the next page; absent on the last one. */
            next?: string | null;
        };
        /** @description One page of a list. */
        Page_IndicatorPoint: {
            /** @description The things themselves. */
            items: {
                /**
                 * Format: date
                 * @description Day; of a week or month its last one.
                 */
                date: string;
                /**
                 * Format: double
                 * @description Of how many.
                 */
                denominator?: number | null;
                /**
                 * Format: double
                 * @description What was expected.
                 */
                expected?: number | null;
                /** @description Flagged by statistics; left out where there is no verdict. */
                flag?: boolean | null;
                /** @description Name of the unit. */
                name?: string | null;
                /** @description Why there is no verdict, or what the method says; Indonesian. */
                note?: string | null;
                /**
                 * Format: double
                 * @description What was counted; left out where the report is missing, which is not zero.
                 */
                observed?: number | null;
                /**
                 * Format: double
                 * @description Probability of this or more if nothing is wrong.
                 */
                p?: number | null;
                /** @description Kemendagri code of its place. */
                region?: string | null;
                /** @description Flagged by the fixed rule. */
                rule?: boolean;
                /**
                 * Format: double
                 * @description The method's own measure of how unusual it is.
                 */
                score?: number | null;
                severity?: components["schemas"]["AlertSeverity"] | null;
                /** @description Code of the unit. */
                unit: string;
                /**
                 * Format: double
                 * @description The bound beyond which a point is flagged.
                 */
                upper?: number | null;
            }[];
            /** @description Cursor of the next page; absent on the last one. */
            next?: string | null;
        };
        /** @description One page of a list. */
        Page_KeyBody: {
            /** @description The things themselves. */
            items: {
                /**
                 * Format: date-time
                 * @description When it was made.
                 */
                created_at: string;
                /**
                 * Format: date-time
                 * @description When it stops working by itself.
                 */
                expires_at?: string | null;
                /** @description Institution the key is bound to. */
                institution?: string | null;
                /** @description Unique name. */
                name: string;
                /** @description Region prefixes the key is bound to; empty means all. */
                regions: string[];
                /**
                 * Format: date-time
                 * @description When it was revoked.
                 */
                revoked_at?: string | null;
                /** @description Role. */
                role: string;
                /** @description Named API scopes. */
                scopes: string[];
            }[];
            /** @description Cursor of the next page; absent on the last one. */
            next?: string | null;
        };
        /** @description One page of a list. */
        Page_Model: {
            /** @description The things themselves. */
            items: {
                /**
                 * Format: int64
                 * @description Everything that its sources had up to this position of the log is in its rows.
                 */
                applied_seq?: number | null;
                /**
                 * Format: int64
                 * @description Slices that the last refresh worked out; left out when it was everything.
                 */
                changed_slices?: number | null;
                /** @description Models that read it. */
                downstream: string[];
                /** @description `table` or `view`; empty for a file that cannot be read. */
                kind: string;
                /** @description Why it is not up to date. */
                last_error?: string | null;
                /**
                 * Format: int64
                 * @description How long the last refresh took.
                 */
                milliseconds?: number | null;
                /**
                 * @description Its name: SQL table or view `mart.<name>`.
                 * @example kehadiran_sekolah_harian
                 */
                name: string;
                /** @description Institution that answers for it. */
                owner: string;
                /**
                 * Format: date-time
                 * @description When it was last worked out.
                 */
                refreshed_at?: string | null;
                /**
                 * Format: int64
                 * @description Rows; left out for a view.
                 */
                rows?: number | null;
                /** @description Title, Indonesian. */
                title: string;
                /** @description Tables that it reads. */
                upstream: string[];
                /** @description Digest of its file. */
                version: string;
            }[];
            /** @description Cursor of the next page; absent on the last one. */
            next?: string | null;
        };
        /** @description One page of a list. */
        Page_OpenRejects: {
            /** @description The things themselves. */
            items: {
                /**
                 * @description The dataset.
                 * @example kasus_penyakit
                 */
                dataset: string;
                /**
                 * Format: date-time
                 * @description When the oldest of them arrived.
                 */
                oldest: string;
                /**
                 * Format: int64
                 * @description How old that is, in days.
                 */
                oldest_days: number;
                /** @description Rows by push, the oldest first. */
                receipts: components["schemas"]["ReceiptRejects"][];
                /**
                 * Format: int64
                 * @description Rows.
                 */
                rows: number;
                /** @description Rows by the rules that they broke, most first; a row that broke several counts for each. */
                rules: components["schemas"]["RuleRejects"][];
            }[];
            /** @description Cursor of the next page; absent on the last one. */
            next?: string | null;
        };
        /** @description One page of a list. */
        Page_Receipt: {
            /** @description The things themselves. */
            items: {
                /**
                 * @description Contract version the rows were checked against.
                 * @example 1.0.0
                 */
                contract_version: string;
                corrects?: components["schemas"]["Corrects"] | null;
                /**
                 * @description Dataset that was pushed to.
                 * @example absensi_harian_sekolah
                 */
                dataset: string;
                derived?: components["schemas"]["Derivation"] | null;
                /** @description True when the sender only asked and nothing was kept. */
                dry_run?: boolean;
                /**
                 * Format: date-time
                 * @description By when the rows were on disk.
                 */
                durable_at?: string | null;
                /** @description The first 20 faults; all of them are under `links.rejects`. */
                faults: components["schemas"]["Fault"][];
                /** @description Where to look further. */
                links: components["schemas"]["ReceiptLinks"];
                /** @description SHA-256 of the payload after content decoding, in hex. */
                payload_sha256: string;
                /**
                 * @description Identity of the push, a UUIDv7.
                 * @example 0197a3f0-5c1e-7d3a-9c55-0a1b2c3d4e5f
                 */
                receipt_id: string;
                /**
                 * Format: date-time
                 * @description When the first byte arrived.
                 */
                received_at: string;
                rejects?: components["schemas"]["RejectCounts"] | null;
                /** @description Row counts. */
                rows: components["schemas"]["RowCounts"];
                /**
                 * Format: int64
                 * @description Position in the hub's log; absent where nothing was kept.
                 */
                seq?: number | null;
                /** @description What became of the push. */
                status: components["schemas"]["PushStatus"];
                /** @description Findings that did not stop a row. */
                warnings?: string[];
            }[];
            /** @description Cursor of the next page; absent on the last one. */
            next?: string | null;
        };
        /** @description One page of a list. */
        Page_RejectedRow: {
            /** @description The things themselves. */
            items: {
                /** @description Header and text of every cell as it was sent; left out where the sent text is hidden. */
                cells?: [
                    string,
                    string
                ][] | null;
                /** @description Receipt of the push that closed it. */
                closed_by?: string | null;
                /** @description Columns that were wrong, joined with `; `. */
                columns: string;
                /** @description Everything found wrong; left out where the sent text is hidden. */
                faults?: components["schemas"]["Fault"][] | null;
                /**
                 * Format: int64
                 * @description Line of the payload on which the row starts, from 1.
                 */
                line: number;
                /** @description Rules that failed, joined with `; `. */
                rules: string;
                /**
                 * @description What became of it: `open`, `corrected`, `superseded`, `replayed`, `discarded` or `expired`.
                 * @example open
                 */
                state: string;
            }[];
            /** @description Cursor of the next page; absent on the last one. */
            next?: string | null;
        };
        /** @description One page of a list. */
        Page_ReportSummary: {
            /** @description The things themselves. */
            items: {
                /**
                 * Format: date
                 * @description Its Monday (WIB).
                 */
                from: string;
                /** @description The week in a few sentences. */
                headline: components["schemas"]["ReportText"][];
                /** @description Whether the week was not over then. */
                in_progress: boolean;
                /**
                 * Format: date-time
                 * @description When the newest was made.
                 */
                made_at: string;
                /**
                 * Format: date
                 * @description Its Sunday (WIB).
                 */
                to: string;
                /**
                 * Format: int32
                 * @description The newest issue.
                 */
                version: number;
                /** @description All issues, oldest first. */
                versions: number[];
                /**
                 * @description ISO week.
                 * @example 2026-W47
                 */
                week: string;
            }[];
            /** @description Cursor of the next page; absent on the last one. */
            next?: string | null;
        };
        /** @description The body of an error. */
        Problem: {
            /** @description What is wrong here and what to do about it. */
            detail: string;
            /** @description Every single thing found wrong, where there is more to say than one sentence. */
            faults?: components["schemas"]["ProblemFault"][];
            /** @description This occurrence: `urn:request:` and the request id, as in the hub's log. */
            instance?: string | null;
            /**
             * Format: int32
             * @description The HTTP status code.
             */
            status: number;
            /** @description The sort of error in words. */
            title: string;
            /** @description Stable identifier of the sort of error, such as `/problems/invalid`. */
            type: string;
        };
        /** @description One thing wrong with what was sent. */
        ProblemFault: {
            /** @description Column, parameter or path inside the document. */
            column?: string | null;
            /**
             * Format: int64
             * @description Line of the document, counted from 1.
             */
            line?: number | null;
            /** @description What is wrong and what would be right. */
            message: string;
            /** @description Rule that failed. */
            rule?: string | null;
        };
        /**
         * @description What became of a push.
         * @enum {string}
         */
        PushStatus: "accepted" | "partial" | "rejected" | "duplicate";
        /** @description A ready hub. */
        ReadyBody: {
            /** @description Why pushes are refused just now, if they are; reads go on. */
            refusing?: string | null;
            /**
             * @description Always `ready`.
             * @example ready
             */
            status: string;
            /**
             * Format: int64
             * @description Last visible position of the log.
             */
            visible_seq: number;
        };
        /** @description The durable answer to a push. */
        Receipt: {
            /**
             * @description Contract version the rows were checked against.
             * @example 1.0.0
             */
            contract_version: string;
            corrects?: components["schemas"]["Corrects"] | null;
            /**
             * @description Dataset that was pushed to.
             * @example absensi_harian_sekolah
             */
            dataset: string;
            derived?: components["schemas"]["Derivation"] | null;
            /** @description True when the sender only asked and nothing was kept. */
            dry_run?: boolean;
            /**
             * Format: date-time
             * @description By when the rows were on disk.
             */
            durable_at?: string | null;
            /** @description The first 20 faults; all of them are under `links.rejects`. */
            faults: components["schemas"]["Fault"][];
            /** @description Where to look further. */
            links: components["schemas"]["ReceiptLinks"];
            /** @description SHA-256 of the payload after content decoding, in hex. */
            payload_sha256: string;
            /**
             * @description Identity of the push, a UUIDv7.
             * @example 0197a3f0-5c1e-7d3a-9c55-0a1b2c3d4e5f
             */
            receipt_id: string;
            /**
             * Format: date-time
             * @description When the first byte arrived.
             */
            received_at: string;
            rejects?: components["schemas"]["RejectCounts"] | null;
            /** @description Row counts. */
            rows: components["schemas"]["RowCounts"];
            /**
             * Format: int64
             * @description Position in the hub's log; absent where nothing was kept.
             */
            seq?: number | null;
            /** @description What became of the push. */
            status: components["schemas"]["PushStatus"];
            /** @description Findings that did not stop a row. */
            warnings?: string[];
        };
        /** @description Addresses relative to the hub. */
        ReceiptLinks: {
            /** @description Its rejected rows. */
            rejects: string;
            /** @description This receipt. */
            self: string;
        };
        /** @description Rows of one push. */
        ReceiptRejects: {
            /** @description Who pushed. */
            pusher: string;
            /** @description Its receipt. */
            receipt_id: string;
            /**
             * Format: date-time
             * @description When it arrived.
             */
            received_at: string;
            /**
             * Format: int64
             * @description Rows.
             */
            rows: number;
        };
        /** @description Rejected rows by what became of them. */
        RejectCounts: {
            /**
             * Format: int64
             * @description Brought in by a corrected file.
             */
            corrected: number;
            /**
             * Format: int64
             * @description Given up.
             */
            discarded: number;
            /**
             * Format: int64
             * @description Open for longer than rejected rows are kept.
             */
            expired: number;
            /**
             * Format: int64
             * @description Nobody did anything about them.
             */
            open: number;
            /**
             * Format: int64
             * @description Brought in by a replay.
             */
            replayed: number;
            /**
             * Format: int64
             * @description Sent again, rejected again, and open in the later receipt.
             */
            superseded: number;
        };
        /** @description A rejected row. */
        RejectedRow: {
            /** @description Header and text of every cell as it was sent; left out where the sent text is hidden. */
            cells?: [
                string,
                string
            ][] | null;
            /** @description Receipt of the push that closed it. */
            closed_by?: string | null;
            /** @description Columns that were wrong, joined with `; `. */
            columns: string;
            /** @description Everything found wrong; left out where the sent text is hidden. */
            faults?: components["schemas"]["Fault"][] | null;
            /**
             * Format: int64
             * @description Line of the payload on which the row starts, from 1.
             */
            line: number;
            /** @description Rules that failed, joined with `; `. */
            rules: string;
            /**
             * @description What became of it: `open`, `corrected`, `superseded`, `replayed`, `discarded` or `expired`.
             * @example open
             */
            state: string;
        };
        /** @description What to read again. */
        Replay: {
            /** @description Only tell how many rows would pass: nothing is kept. */
            dry_run?: boolean;
            /** @description Only the rows on these lines; left out, all that are open. */
            lines?: number[] | null;
            /** @description Corrections to make first, in this order. */
            rules?: components["schemas"]["Correction"][];
        };
        /** @description The briefing of one week, as it was issued. */
        Report: {
            /** @description What differs from the issue before; empty in the first. */
            changes: components["schemas"]["ReportChange"][];
            /**
             * Format: date
             * @description Its Monday (WIB).
             */
            from: string;
            /** @description The week in a few sentences. */
            headline: components["schemas"]["ReportText"][];
            /** @description Whether the week was not over when it was made. */
            in_progress: boolean;
            /** @description Ids of the figures that stand for the week; the figures themselves are in the sections. */
            key_figures: string[];
            /**
             * Format: date-time
             * @description When it was made.
             */
            made_at: string;
            /** @description What was asked for each figure and table. */
            questions: components["schemas"]["ReportQuestion"][];
            /** @description The parts, in their order. */
            sections: components["schemas"]["ReportSection"][];
            /**
             * Format: int64
             * @description Everything that was visible at this position of the log is in it, and nothing later.
             */
            seq: number;
            /**
             * Format: date
             * @description Its Sunday (WIB).
             */
            to: string;
            /**
             * Format: int32
             * @description Counts the issues of a week from 1.
             */
            version: number;
            /**
             * @description ISO week, such as `2026-W47`.
             * @example 2026-W47
             */
            week: string;
        };
        /**
         * @description Which way is better.
         * @enum {string}
         */
        ReportBetter: "more" | "less";
        /** @description A cell. Nothing is not known or withheld. */
        ReportCell: number | string | components["schemas"]["ReportText"] | null;
        /** @description A difference from the issue before. */
        ReportChange: {
            /** @description The figure or table. */
            metric: string;
            /**
             * Format: double
             * @description What it is; of a table the number of rows that are new or other.
             */
            new?: number | null;
            /**
             * Format: double
             * @description What it was; of a table the number of rows that are no more.
             */
            old?: number | null;
            /** @description The difference in words. */
            sentence: components["schemas"]["ReportText"];
        };
        /** @description A column. */
        ReportColumn: {
            /** @description Its name in the answer. */
            key: string;
            /** @description What stands in it. */
            kind: components["schemas"]["ReportColumnKind"];
            /** @description Its heading. */
            title: components["schemas"]["ReportText"];
            /** @description Unit of its numbers. */
            unit: components["schemas"]["ReportUnit"];
        };
        /**
         * @description What stands in a column.
         * @enum {string}
         */
        ReportColumnKind: "text" | "sentence" | "number" | "change" | "day";
        /** @description A key figure. An absent value is not known or withheld; it is not zero. */
        ReportFigure: {
            /**
             * Format: double
             * @description The value of the period before.
             */
            before?: number | null;
            better?: components["schemas"]["ReportBetter"] | null;
            /**
             * Format: date
             * @description First day of its period.
             */
            from: string;
            /** @description How long its periods are. */
            grain: components["schemas"]["ReportGrain"];
            /** @description Names it, such as `laporan.pendidikan.tidak_hadir`. */
            metric: string;
            note?: components["schemas"]["ReportText"] | null;
            /**
             * Format: int64
             * @description The position of the log at which it was asked.
             */
            seq: number;
            /**
             * Format: double
             * @description What was aimed at, where the data say so.
             */
            target?: number | null;
            /** @description What it is. */
            title: components["schemas"]["ReportText"];
            /**
             * Format: date
             * @description Last day of its period.
             */
            to: string;
            /** @description The last periods, oldest first, this one included. */
            trend: components["schemas"]["ReportPoint"][];
            /** @description Its unit. */
            unit: components["schemas"]["ReportUnit"];
            /**
             * Format: double
             * @description The value.
             */
            value?: number | null;
        };
        /**
         * @description How long the periods of a figure are.
         * @enum {string}
         */
        ReportGrain: "minggu" | "epi" | "bulan" | "triwulan";
        /** @description A briefing, and which others there are of its week. */
        ReportIssue: components["schemas"]["Report"] & {
            /** @description All issues of the week, oldest first. */
            versions: number[];
        };
        /** @description A point of a trend. */
        ReportPoint: {
            /**
             * Format: date
             * @description First day of its period.
             */
            from: string;
            /**
             * Format: double
             * @description The value, where it is known.
             */
            value?: number | null;
        };
        /** @description What was asked. */
        ReportQuestion: {
            /** @description Moments at which it was asked instead: what counts are rows of the last one whose `kunci` is in none of the first. */
            at?: string[];
            /** @description Why there was no answer: a table that is not there yet, or not for this role. */
            failed?: string | null;
            /** @description The figure or table that it gave. */
            metric: string;
            /** @description What its `$name`s stood for. */
            params: {
                [key: string]: string;
            };
            /**
             * Format: int64
             * @description The position of the log.
             */
            seq: number;
            /** @description The statement; `as_of` the position, it gives the same rows again. */
            sql: string;
        };
        /** @description A part. */
        ReportSection: {
            /** @description Single figures. */
            figures: components["schemas"]["ReportFigure"][];
            /** @description Its id, such as `pendidikan`. */
            id: string;
            /** @description What is counted, and what is not. */
            note: components["schemas"]["ReportText"];
            /** @description What its figures say. */
            sentences: components["schemas"]["ReportText"][];
            /** @description Tables. */
            tables: components["schemas"]["ReportTable"][];
            /** @description Its heading. */
            title: components["schemas"]["ReportText"];
        };
        /** @description A week with a briefing. */
        ReportSummary: {
            /**
             * Format: date
             * @description Its Monday (WIB).
             */
            from: string;
            /** @description The week in a few sentences. */
            headline: components["schemas"]["ReportText"][];
            /** @description Whether the week was not over then. */
            in_progress: boolean;
            /**
             * Format: date-time
             * @description When the newest was made.
             */
            made_at: string;
            /**
             * Format: date
             * @description Its Sunday (WIB).
             */
            to: string;
            /**
             * Format: int32
             * @description The newest issue.
             */
            version: number;
            /** @description All issues, oldest first. */
            versions: number[];
            /**
             * @description ISO week.
             * @example 2026-W47
             */
            week: string;
        };
        /** @description A table. */
        ReportTable: {
            /** @description Its columns. */
            columns: components["schemas"]["ReportColumn"][];
            /**
             * Format: int64
             * @description Rows beyond those that are shown.
             */
            left_out: number;
            /** @description Names it, such as `laporan.pendidikan.kecamatan`. */
            metric: string;
            note?: components["schemas"]["ReportText"] | null;
            /** @description Its rows, a cell for each column. */
            rows: components["schemas"]["ReportCell"][][];
            /**
             * Format: int64
             * @description The position of the log at which it was asked.
             */
            seq: number;
            /** @description What it is. */
            title: components["schemas"]["ReportText"];
        };
        /** @description A text in both languages. */
        ReportText: {
            /** @description English. */
            en: string;
            /** @description Indonesian. */
            id: string;
        };
        /**
         * @description What a figure counts or measures.
         * @enum {string}
         */
        ReportUnit: "persen" | "kunjungan" | "pengunjung" | "kasus" | "menit" | "jam" | "indeks" | "surat" | "pengaduan" | "bintang" | "rata" | "bilangan";
        /** @description `received = accepted + rejected + duplicate`; `accepted = inserted + updated + unchanged + deleted + stale`. */
        RowCounts: {
            /**
             * Format: int64
             * @description Rows that passed the contract.
             */
            accepted: number;
            /**
             * Format: int64
             * @description Accepted rows that ended a key.
             */
            deleted: number;
            /**
             * Format: int64
             * @description Rows repeated inside the batch.
             */
            duplicate: number;
            /**
             * Format: int64
             * @description Accepted rows that are new.
             */
            inserted: number;
            /**
             * Format: int64
             * @description Rows read from the payload.
             */
            received: number;
            /**
             * Format: int64
             * @description Rows in quarantine.
             */
            rejected: number;
            /**
             * Format: int64
             * @description Accepted rows older than the current version.
             */
            stale: number;
            /**
             * Format: int64
             * @description Accepted rows equal to the current version.
             */
            unchanged: number;
            /**
             * Format: int64
             * @description Accepted rows that replaced an older version.
             */
            updated: number;
        };
        /** @description One page of rows. */
        RowsBody: {
            /** @description The rows, each an object of column and value. */
            items: unknown[];
            /** @description Cursor of the next page; absent on the last one. */
            next?: string | null;
        };
        /** @description One condition. */
        RowsFilter: {
            /** @description Column. */
            column: string;
            /**
             * @description `eq`, `neq`, `gt`, `gte`, `lt`, `lte`, `in`, `like` or `is`.
             * @example gte
             */
            op: string;
            /** @description The value as text; a comma list for `in`, `null` or `notnull` for `is`. */
            value: string;
        };
        /** @description A rows request in a body. */
        RowsQuery: {
            /**
             * @description The data as they were at this position of the log or at this time (RFC 3339).
             * @default null
             */
            as_of: string | null;
            /**
             * @description Where the page before ended.
             * @default null
             */
            cursor: string | null;
            /**
             * @description Conditions; all must hold.
             * @default []
             */
            filters: components["schemas"]["RowsFilter"][];
            /**
             * @description All versions instead of the current rows.
             * @default false
             */
            history: boolean;
            /**
             * @description Rows of a page: 100 unless told, 10,000 at most.
             * @default null
             */
            limit: number | null;
            /**
             * @description Columns to order by, each `column`, `column.asc` or `column.desc`.
             * @default []
             * @example [
             *       "tanggal.desc"
             *     ]
             */
            order: string[];
            /**
             * @description Columns wanted; all when empty.
             * @default []
             */
            select: string[];
        };
        /** @description Rows that broke a rule. */
        RuleRejects: {
            /** @description Column as the contract names it; empty for a rule of the whole row. */
            column: string;
            /**
             * Format: int64
             * @description Rows.
             */
            rows: number;
            /** @description The rule. */
            rule: string;
        };
        /** @description A key to sign in with. */
        SignIn: {
            /** @description The key, as it was shown when it was made. */
            key: string;
        };
        /** @description A statement to run. */
        SqlRequest: {
            /**
             * @description The data as they were at this position of the log or at this time (RFC 3339), under the contracts and rules of
             *     now. Rejected rows and `system` are always those of now.
             * @example 2026-01-31T08:00:00+07:00
             */
            as_of?: string | null;
            /**
             * @description `json`, `ndjson`, `csv`, `arrow` or `parquet`; otherwise `Accept` decides.
             * @example ndjson
             */
            format?: string | null;
            /**
             * Format: int64
             * @description Most rows wanted.
             */
            limit?: number | null;
            /** @description Values for `$1`, `$2`, ... (a list) or `$name` (an object). */
            params?: unknown;
            /**
             * @description One reading statement, over `data.*`, `history.*`, `quarantine.*`, `ref.*` and `system.*`.
             * @example SELECT tanggal, sum(hadir) AS hadir FROM data.absensi_harian_sekolah WHERE tanggal >= $1 GROUP BY tanggal
             */
            sql: string;
        };
        /** @description Who is signed in. */
        Who: {
            /** @description Institution it is bound to. */
            institution?: string | null;
            /** @description Name of the key. */
            name: string;
            /** @description Regions it is bound to; empty means all. */
            regions: string[];
            /** @description Its role. */
            role: string;
        };
    };
    responses: never;
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    listAlerts: {
        parameters: {
            query?: {
                /**
                 * @description That stand there: `open`, `acknowledged`, `verified`, `dismissed`, `closed`, or several with commas between.
                 * @example open,acknowledged
                 */
                status?: string;
                /**
                 * @description That are so bad: `info`, `sedang`, `tinggi`, `kritis`, or several with commas between.
                 * @example tinggi,kritis
                 */
                severity?: string;
                /**
                 * @description Whose last flagged day is this one or later: a date, or a moment (RFC 3339), which stands for its date.
                 * @example 2026-08-01
                 */
                since?: string;
                /** @description Of which this institution is told. */
                owner?: string;
                /**
                 * @description In this region or below it (Kemendagri code).
                 * @example 35.03.11
                 */
                wilayah?: string;
                /** @description At most so many; 50 unless told, 1,000 at most. */
                limit?: number;
                /** @description Where the page before ended. */
                cursor?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    /** @description The next page */
                    Link?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_Alert"];
                };
            };
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listAlertSuppressions: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_AlertSuppression"];
                };
            };
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    suppressAlerts: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["AlertSuppressionRequest"];
            };
        };
        responses: {
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AlertSuppression"];
                };
            };
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    liftAlertSuppression: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Suppression id */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getAlert: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Alert id */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AlertDetail"];
                };
            };
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    actOnAlert: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Alert id */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["AlertActionRequest"];
            };
        };
        responses: {
            /** @description The alert after the step */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AlertDetail"];
                };
            };
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The step does not fit where the alert stands */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A note or a date is wanting */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listBackups: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_BackupBody"];
                };
            };
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    createBackup: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewBackupBody"];
            };
        };
        responses: {
            202: {
                headers: {
                    /** @description Where to ask for it */
                    Location?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["BackupBody"];
                };
            };
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Another backup goes on, or the folder is another hub's */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The folder is not absolute or lies in the data folder */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getBackup: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Id of the backup */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["BackupBody"];
                };
            };
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listBoards: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Boards"];
                };
            };
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    putContract: {
        parameters: {
            query?: {
                /** @description Only judge: the answer says what would change, nothing is activated. */
                dry_run?: boolean;
            };
            header?: never;
            path: {
                /** @description Dataset id; the same as in the contract */
                dataset: string;
            };
            cookie?: never;
        };
        /** @description The contract */
        requestBody: {
            content: {
                "application/yaml": string;
            };
        };
        responses: {
            /** @description The difference, and whether it is in force now */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ContractChange"];
                };
            };
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A breaking change without a new major */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not a valid contract; `faults` lists everything with its line */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listDatasets: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_Dataset"];
                };
            };
        };
    };
    getDataset: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Dataset id */
                dataset: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DatasetDetail"];
                };
            };
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    lookupRow: {
        parameters: {
            query?: never;
            header?: {
                /** @description Purpose of reading personal data */
                "X-Purpose"?: string | null;
            };
            path: {
                /** @description Dataset id */
                dataset: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["LookupRequest"];
            };
        };
        responses: {
            /** @description The current row, or with `history` its versions */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": Record<string, never>;
                    "application/x-ndjson": string;
                    "text/csv": string;
                    "application/vnd.apache.arrow.stream": number[];
                    "application/vnd.apache.parquet": number[];
                };
            };
            /** @description Not a key of this dataset */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A key column is masked for this caller */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listRows: {
        parameters: {
            query?: {
                /** @description Columns wanted, comma list; all when absent. */
                select?: string;
                /** @description Columns to order by, comma list, each `column`, `column.asc` or `column.desc`. */
                order?: string;
                /** @description Rows of a page: 100 unless told, 10,000 at most. */
                limit?: number;
                /** @description Where the page before ended. */
                cursor?: string;
                /** @description All versions instead of the current rows. */
                history?: boolean;
                /** @description The data as they were at this position of the log or at this time (RFC 3339). */
                as_of?: string;
            };
            header?: never;
            path: {
                /** @description Dataset id */
                dataset: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page */
            200: {
                headers: {
                    /** @description The next page */
                    Link?: string;
                    /** @description Its cursor */
                    "X-Next-Cursor"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RowsBody"];
                    "application/x-ndjson": string;
                    "text/csv": string;
                    "application/vnd.apache.arrow.stream": number[];
                    "application/vnd.apache.parquet": number[];
                };
            };
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    queryRows: {
        parameters: {
            query?: never;
            header?: {
                /** @description Purpose of reading personal data */
                "X-Purpose"?: string | null;
            };
            path: {
                /** @description Dataset id */
                dataset: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["RowsQuery"];
            };
        };
        responses: {
            /** @description A page */
            200: {
                headers: {
                    /** @description Cursor of the next page */
                    "X-Next-Cursor"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RowsBody"];
                    "application/x-ndjson": string;
                    "text/csv": string;
                    "application/vnd.apache.arrow.stream": number[];
                    "application/vnd.apache.parquet": number[];
                };
            };
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getRow: {
        parameters: {
            query?: {
                /** @description All versions, oldest first, instead of the current one. */
                history?: boolean;
                /** @description The data as they were at this position of the log or at this time (RFC 3339). */
                as_of?: string;
            };
            header?: never;
            path: {
                /** @description Dataset id */
                dataset: string;
                /** @description Primary key; parts joined by `~` */
                key: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The current row, or with `history=true` its versions */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": Record<string, never>;
                    "application/x-ndjson": string;
                    "text/csv": string;
                    "application/vnd.apache.arrow.stream": number[];
                    "application/vnd.apache.parquet": number[];
                };
            };
            /** @description Not a key of this dataset, or one that is personal */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A key column is masked for this caller */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listenToEvents: {
        parameters: {
            query?: never;
            header?: {
                /** @description The last event that was heard */
                "Last-Event-ID"?: string | null;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Events without an end */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/event-stream": string;
                };
            };
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many listen, or the hub stops */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    push: {
        parameters: {
            query?: {
                /** @description Only check: the receipt says what would happen, nothing is kept. */
                dry_run?: boolean;
                /** @description `landed`: answer 201 after the rows are in the Delta table, not only durable and visible. */
                wait?: "landed";
                /**
                 * @description How the rows meet those that are there. Left out, a dataset with a primary key takes `upsert`, one without
                 *     `append`, the only way it knows.
                 */
                mode?: "upsert" | "append" | "snapshot";
                /**
                 * @description Workbooks: the sheet to read, by name or by number from 1. Left out, the one that the contract names, or whose
                 *     header fits the contract best.
                 */
                sheet?: string;
                /**
                 * @description The rows were rejected in an earlier push, with this receipt, and are corrected here. Rows with a line in the
                 *     column `_baris`, as exported rejects have it, close just that line; without the column all open lines are closed
                 *     once nothing of the file is rejected.
                 */
                corrects?: string;
                /**
                 * @description For `mode=snapshot`: `column:value`, all of which must hold; several by comma or by repeating the parameter; `,` and `%` inside a value as `%2C` and `%25`, besides the URL's own encoding. Without it the snapshot is of the whole dataset
                 * @example [
                 *       "tahun:2026"
                 *     ]
                 */
                scope?: string[];
            };
            header?: {
                /** @description `id`: reasons in Indonesian */
                "Accept-Language"?: string | null;
                /** @description 1 to 255 characters of the sender's choice; the same key again answers the same receipt and changes nothing */
                "Idempotency-Key"?: string | null;
                /** @description gzip or zstd */
                "Content-Encoding"?: string | null;
            };
            path: {
                /**
                 * @description Dataset id
                 * @example absensi_harian_sekolah
                 */
                dataset: string;
            };
            cookie?: never;
        };
        /** @description The rows */
        requestBody: {
            content: {
                "application/json": unknown;
                "application/x-ndjson": string;
                "multipart/form-data": components["schemas"]["FileForm"];
                "text/csv": string;
            };
        };
        responses: {
            /** @description `dry_run=true`: nothing kept */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Receipt"];
                };
            };
            /** @description `wait=landed`: in the Delta table */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Receipt"];
                };
            };
            /** @description Durable and visible */
            202: {
                headers: {
                    /** @description `true` when this push had been finished before */
                    "Idempotency-Replayed"?: boolean;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Receipt"];
                };
            };
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The same push is in flight */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The batch was rejected (a receipt), or the request is not valid (a problem) */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Receipt"];
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A budget is used up */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Starting, disk full, or log stopped */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getFreshness: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["FreshnessRegister"];
                };
            };
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listIndicators: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_Indicator"];
                };
            };
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getIndicator: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Indicator id */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Indicator"];
                };
            };
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    backtestIndicator: {
        parameters: {
            query: {
                /** @description First day. */
                from: string;
                /** @description Last day. */
                to: string;
                /** @description Days after the end of each at which it is looked at; 0 unless told. */
                delay_days?: number;
            };
            header?: never;
            path: {
                /** @description Indicator id */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Backtest"];
                };
            };
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listIndicatorPoints: {
        parameters: {
            query?: {
                /**
                 * @description Of units in this region or below it (Kemendagri code).
                 * @example 35.03.11
                 */
                wilayah?: string;
                /** @description Of this unit. */
                unit?: string;
                /** @description From this day on. */
                from?: string;
                /** @description Up to this day. */
                to?: string;
                /** @description At most so many; 1,000 unless told, 10,000 at most. */
                limit?: number;
                /** @description Where the page before ended. */
                cursor?: string;
            };
            header?: never;
            path: {
                /** @description Indicator id */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    /** @description The next page */
                    Link?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_IndicatorPoint"];
                };
            };
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listKeys: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_KeyBody"];
                };
            };
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    createKey: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewKeyBody"];
            };
        };
        responses: {
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CreatedKey"];
                };
            };
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The name exists or existed */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    revokeKey: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Name of the key */
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["KeyBody"];
                };
            };
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listModels: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_Model"];
                };
            };
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    refreshModel: {
        parameters: {
            query?: {
                /** @description Work everything out anew, whatever changed. */
                full?: boolean;
            };
            header?: never;
            path: {
                /** @description Name of the model */
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ModelRefresh"];
                };
            };
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A view, or a model with a fault */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Its SQL fails on the rows that there are */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listQuarantine: {
        parameters: {
            query?: {
                /** @description Of this dataset only. */
                dataset?: string;
                /** @description By what became of them; left out, those that are open. */
                state?: "all" | "open" | "corrected" | "superseded" | "replayed" | "discarded" | "expired";
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_OpenRejects"];
                };
            };
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listReceipts: {
        parameters: {
            query?: {
                /** @description Of this dataset only. */
                dataset?: string;
                /** @description With this status only. */
                status?: components["schemas"]["PushStatus"];
                /** @description That arrived at this moment (RFC 3339) or later. */
                since?: string;
                /** @description `false`: of what was sent only; `true`: only of what the hub worked out itself. */
                derived?: boolean;
                /** @description At most so many; 50 unless told, 1,000 at most. */
                limit?: number;
                /** @description Where the page before ended. */
                cursor?: string;
            };
            header?: {
                /** @description `id`: reasons in Indonesian */
                "Accept-Language"?: string | null;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    /** @description The next page */
                    Link?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_Receipt"];
                };
            };
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getReceipt: {
        parameters: {
            query?: never;
            header?: {
                /** @description `id`: reasons in Indonesian */
                "Accept-Language"?: string | null;
            };
            path: {
                /** @description Receipt id */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Receipt"];
                };
            };
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listRejects: {
        parameters: {
            query?: {
                /** @description By what became of them. Left out, the JSON list has all and a file those that are open. */
                state?: "all" | "open" | "corrected" | "superseded" | "replayed" | "discarded" | "expired";
                /** @description At most so many; 1,000 unless told, 10,000 at most. */
                limit?: number;
                /** @description Where the page before ended. */
                cursor?: string;
            };
            header?: {
                /** @description `id`: reasons in Indonesian */
                "Accept-Language"?: string | null;
                /** @description Purpose of reading personal data */
                "X-Purpose"?: string | null;
            };
            path: {
                /** @description Receipt id */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Rejected rows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_RejectedRow"];
                    "text/csv": string;
                    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": string;
                };
            };
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            406: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    discardRejects: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Receipt id */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Discard"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Discarded"];
                };
            };
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Rows of this receipt are being closed by another push */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description No reason */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    replayRejects: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Receipt id */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Replay"];
            };
        };
        responses: {
            /** @description `dry_run`: nothing kept */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Receipt"];
                };
            };
            /** @description Durable and visible */
            202: {
                headers: {
                    /** @description `true` when the same replay had been finished before */
                    "Idempotency-Replayed"?: boolean;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Receipt"];
                };
            };
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Rows of this receipt are being closed by another push */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description No row passes (a receipt), or the request is not valid (a problem) */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Receipt"];
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listReports: {
        parameters: {
            query?: {
                /** @description At most so many, 1 to 100; 20 unless told. */
                limit?: number;
                /** @description Where the page before ended. */
                cursor?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    /** @description The next page */
                    Link?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_ReportSummary"];
                };
            };
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getReport: {
        parameters: {
            query?: {
                /** @description An issue; the newest unless told. */
                version?: number;
                /** @description Language of a file; Indonesian unless told. The JSON has both. */
                lang?: "id" | "en";
            };
            header?: never;
            path: {
                /** @description ISO week, such as 2026-W47 */
                week: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ReportIssue"];
                };
            };
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    makeReport: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description ISO week, such as 2026-W47 */
                week: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Nothing has changed since the newest issue */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ReportIssue"];
                };
            };
            /** @description A new issue */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ReportIssue"];
                };
            };
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description No week, or one that has not begun */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getReportPdf: {
        parameters: {
            query?: {
                /** @description An issue; the newest unless told. */
                version?: number;
                /** @description Language of a file; Indonesian unless told. The JSON has both. */
                lang?: "id" | "en";
            };
            header?: never;
            path: {
                /** @description ISO week, such as 2026-W47 */
                week: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/pdf": number[];
                };
            };
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getReportXlsx: {
        parameters: {
            query?: {
                /** @description An issue; the newest unless told. */
                version?: number;
                /** @description Language of a file; Indonesian unless told. The JSON has both. */
                lang?: "id" | "en";
            };
            header?: never;
            path: {
                /** @description ISO week, such as 2026-W47 */
                week: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": number[];
                };
            };
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getSession: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Who"];
                };
            };
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    signIn: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SignIn"];
            };
        };
        responses: {
            200: {
                headers: {
                    /** @description The session */
                    "Set-Cookie"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Who"];
                };
            };
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    signOut: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    runSql: {
        parameters: {
            query?: never;
            header?: {
                /** @description Purpose of reading personal data */
                "X-Purpose"?: string | null;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SqlRequest"];
            };
        };
        responses: {
            /** @description The rows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": unknown;
                    "application/x-ndjson": string;
                    "text/csv": string;
                    "application/vnd.apache.arrow.stream": number[];
                    "application/vnd.apache.parquet": number[];
                };
            };
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            406: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A wrong statement, or one that does more than read */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Past the deadline or the memory budget */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getHealth: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Alive"];
                };
            };
        };
    };
    getMetrics: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Prometheus text */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/plain": string;
                };
            };
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getReadiness: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ReadyBody"];
                };
            };
            /** @description Starting or stopping; `detail` says which */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
}
