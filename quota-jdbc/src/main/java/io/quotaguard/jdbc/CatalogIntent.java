package io.quotaguard.jdbc;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.quotaguard.model.Anchor;
import io.quotaguard.model.Cadence;
import io.quotaguard.model.CatalogEntry.Entity;
import io.quotaguard.model.FeatureOverride;
import io.quotaguard.model.Plan;
import io.quotaguard.model.Subscription;
import io.quotaguard.model.Subscription.Phase;
import io.quotaguard.model.Term;
import io.quotaguard.spi.CatalogCommand;
import io.quotaguard.spi.CatalogCommand.DeletePlan;
import io.quotaguard.spi.CatalogCommand.SaveDefaultPlan;
import io.quotaguard.spi.CatalogCommand.SaveOverride;
import io.quotaguard.spi.CatalogCommand.SavePlan;
import io.quotaguard.spi.CatalogCommand.SaveSubscription;
import io.quotaguard.spi.Line;
import java.time.Instant;
import java.util.List;

/**
 * What a change of the catalog is about, and what makes two changes with one request key the same (R12). Immutable.
 *
 * <p>A repeated change is made anew from the state that it finds, so instants, revisions and earlier phases differ and
 * do not count; what was asked for does.
 *
 * @param entity what kind of thing changes
 * @param name which one
 * @param fingerprint what was asked for, as JSON
 * @param realign lines whose alerts follow the new terms
 */
record CatalogIntent(Entity entity, String name, String fingerprint, List<Line> realign) {
    /** The name of the choice of default plan while there is none. */
    private static final String NO_PLAN = "none";

    static CatalogIntent of(CatalogCommand command) {
        ObjectNode asked = JsonNodeFactory.instance.objectNode();
        if (command instanceof SavePlan save) {
            Plan plan = save.plan().withVersion(0);
            asked.set("plan", CatalogJson.of(plan));
            return new CatalogIntent(Entity.PLAN, plan.code(), Json.write(asked), List.of());
        } else if (command instanceof DeletePlan delete) {
            asked.put("deletedPlan", delete.code());
            asked.put("replacement", delete.replacement());
            return new CatalogIntent(Entity.PLAN, delete.code(), Json.write(asked), List.of());
        } else if (command instanceof SaveDefaultPlan save) {
            String code = save.plan() == null ? NO_PLAN : save.plan();
            asked.put("defaultPlan", save.plan());
            return new CatalogIntent(Entity.DEFAULT_PLAN, code, Json.write(asked), List.of());
        } else if (command instanceof SaveSubscription save) {
            return of(save, asked);
        } else if (command instanceof SaveOverride save) {
            FeatureOverride override = save.override();
            asked.put("subject", save.subject());
            asked.put("feature", save.feature());
            asked.set("override", override == null ? JsonNodeFactory.instance.nullNode() : CatalogJson.of(override));
            return new CatalogIntent(Entity.OVERRIDE, save.subject(), Json.write(asked), save.realign());
        }
        throw new IllegalArgumentException("unknown change " + command.getClass());
    }

    private static CatalogIntent of(SaveSubscription save, ObjectNode asked) {
        Subscription subscription = save.subscription();
        Phase latest = subscription.latest();
        Term term = subscription.term();
        asked.put("subject", subscription.subject());
        asked.put("plan", latest.plan());
        asked.put("pinnedVersion", latest.pinnedVersion());
        asked.put("start", latest.start().name());
        asked.put("anchor", latest(subscription.cadence()).toString());
        asked.put("term", term.kind().name());
        asked.put("cycle", term.cycle() == null ? null : term.cycle().name());
        asked.put("fallback", term.fallback());
        asked.put("cancelled", term.cancelledFrom() != null);
        // The end of a term that is bought by the cycle is counted from the moment of the purchase, not asked for.
        Instant endsAt = term.cycle() == null ? term.endsAt() : null;
        asked.put("endsAt", endsAt == null ? null : endsAt.toString());
        return new CatalogIntent(Entity.SUBSCRIPTION, subscription.subject(), Json.write(asked), save.realign());
    }

    private static Anchor latest(Cadence cadence) {
        List<Cadence.Change> changes = cadence.changes();
        return changes.isEmpty()
                ? cadence.first()
                : changes.get(changes.size() - 1).anchor();
    }
}
