package io.quotaguard.spi;

/**
 * What a store can promise beyond the rules that all of them keep. Immutable.
 *
 * @param durable whether what it acknowledged survives the end of its process
 * @param shared whether several JVMs can use one instance of its data at once
 * @param verifiesCatalog whether it compares the catalog's revisions inside the deciding step (R25); otherwise staleness
 *     is bounded, not excluded
 * @param joinsTransactions whether it carries out commands inside a transaction of the host's own
 *     ({@link QuotaStore#join})
 */
public record StoreCapabilities(boolean durable, boolean shared, boolean verifiesCatalog, boolean joinsTransactions) {}
