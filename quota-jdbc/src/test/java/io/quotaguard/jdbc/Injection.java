package io.quotaguard.jdbc;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;

/**
 * Errors that the server itself raises while it decides, for one subject, at one step, so many times. The role that works
 * is no superuser, since row security does not hold for one.
 */
final class Injection {
    private static final String ROLE = "faulty_app";

    private final TestDatabase database;

    /** Where in the call. */
    enum Step {
        /** When the counter's row is looked for, to be locked. */
        LOCK,
        /** When a row with the key is read. */
        KEY,
        /** When the counter is about to be changed. */
        COUNTER,
        /** When the row of the ledger is about to be written. */
        LEDGER,
        /** When everything is written, and all that is left is to commit it. */
        COMMIT
    }

    private Injection(TestDatabase database) {
        this.database = database;
    }

    static Injection into(TestDatabase database) {
        database.run("DO $$ BEGIN CREATE ROLE " + ROLE + "; EXCEPTION WHEN duplicate_object THEN NULL; END $$");
        database.run(QuotaSchema.grants("quotaguard", ROLE));
        database.run("""
                CREATE TABLE public.fault (step text, subject text, state text, times bigint);
                CREATE SEQUENCE public.raised;
                CREATE FUNCTION public.meet(p_step text, p_subject text) RETURNS boolean
                    LANGUAGE plpgsql SECURITY DEFINER AS $$
                DECLARE
                    f record;
                BEGIN
                    SELECT * INTO f FROM public.fault WHERE step = p_step AND subject = p_subject;
                    -- A sequence is not set back with the transaction, so it counts the errors that were raised.
                    IF FOUND AND (SELECT CASE WHEN is_called THEN last_value ELSE 0 END FROM public.raised) < f.times THEN
                        PERFORM nextval('public.raised');
                        RAISE EXCEPTION 'injected at %', p_step USING ERRCODE = f.state;
                    END IF;
                    RETURN true;
                END $$;
                CREATE FUNCTION public.meet_row() RETURNS trigger LANGUAGE plpgsql AS $$
                BEGIN
                    PERFORM public.meet(TG_ARGV[0], new.subject);
                    RETURN new;
                END $$;
                CREATE TRIGGER at_counter BEFORE UPDATE ON quotaguard.usage_counter
                    FOR EACH ROW EXECUTE FUNCTION public.meet_row('COUNTER');
                CREATE TRIGGER at_ledger BEFORE INSERT ON quotaguard.usage_record
                    FOR EACH ROW EXECUTE FUNCTION public.meet_row('LEDGER');
                CREATE CONSTRAINT TRIGGER at_commit AFTER INSERT ON quotaguard.usage_record
                    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION public.meet_row('COMMIT');
                ALTER TABLE quotaguard.usage_counter ENABLE ROW LEVEL SECURITY;
                CREATE POLICY at_lock ON quotaguard.usage_counter USING (public.meet('LOCK', subject)) WITH CHECK (true);
                ALTER TABLE quotaguard.usage_record ENABLE ROW LEVEL SECURITY;
                CREATE POLICY at_key ON quotaguard.usage_record USING (public.meet('KEY', subject)) WITH CHECK (true);
                """);
        return new Injection(database);
    }

    /** A pool of the role that the errors are for. */
    HikariDataSource pool() {
        HikariConfig config = new HikariConfig();
        config.setJdbcUrl(database.url());
        config.setMaximumPoolSize(4);
        config.setMinimumIdle(0);
        config.setConnectionInitSql("SET ROLE " + ROLE);
        return new HikariDataSource(config);
    }

    void fail(Step step, String subject, String state, long times) {
        database.run("DELETE FROM public.fault; SELECT setval('public.raised', 1, false);"
                + " INSERT INTO public.fault VALUES ('" + step + "', '" + subject + "', '" + state + "', " + times
                + ")");
    }

    void heal() {
        database.run("DELETE FROM public.fault");
    }

    /** How many errors were raised since the last {@link #fail}. */
    long raised() {
        return Long.parseLong(database.ask("SELECT CASE WHEN is_called THEN last_value ELSE 0 END FROM public.raised"));
    }
}
