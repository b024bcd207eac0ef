package io.ferrymq.admin;

/**
 * A moment's picture of a global transaction that waits for its outcome.
 *
 * @param xid its name, as it is written in logs and as {@link BrokerAdmin} takes it
 * @param ageMs since it was prepared
 * @param sends messages that it sends when it is committed
 * @param acknowledged persistent messages that nobody gets until its outcome, and that it takes away when it is committed
 */
public record PreparedTransactionView(String xid, long ageMs, int sends, int acknowledged) {}
